"""The ideas of a challenge as its page lists them: order, filters, one page."""

from typing import Any

from django.http import HttpRequest

from ideas.domain.challenges import State
from ideas.domain.lists import default_sort, ideas_page
from ideas.models import Challenge
from ideas.models.idea import TAG_LENGTH
from web.ballots import shown
from web.sorts import sort_tabs, wanted_sort


def listing(request: HttpRequest, challenge: Challenge, state: State) -> dict[str, Any]:
    """What partials/idea_list.html shows. Raises BadCursor."""
    sort = wanted_sort(request, default_sort(hidden=state.hides_counts))
    tag = "".join(filter(str.isprintable, request.GET.get("tag", "")))[:TAG_LENGTH]
    found = ideas_page(
        brand=challenge.brand, challenge=challenge, sort=sort, hidden=state.hides_counts, tag=tag,
        cursor=request.GET.get("cursor", ""), user_id=request.user.pk,
    )  # fmt: skip
    return {
        "tabs": sort_tabs(request, sort, hidden=state.hides_counts),
        "sort": sort,
        "tag": tag,
        "is_first_page": "cursor" not in request.GET,
        "ideas": shown(found.items, {challenge.slug: state}, request.get_full_path()),
        "next": found.next,
    }
