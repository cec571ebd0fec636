"""The team's own view of a brand: its ideas as a plain list."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.access import desk_or_403
from ideas.access import challenges_of
from ideas.domain.challenges import state_of
from ideas.domain.lists import default_sort, ideas_page
from web.ballots import shown
from web.pages import member_of, page
from web.sorts import sort_tabs, wanted_sort

ROWS = 50


@page
def desk(request: HttpRequest, slug: str) -> HttpResponse:
    member_of(request)
    brand = desk_or_403(request.user, slug)
    challenges = challenges_of(brand)
    chosen = next(
        (found for found in challenges if found.slug == request.GET.get("challenge")), None
    )
    hidden = chosen is not None and state_of(chosen).hides_counts
    sort = wanted_sort(request, default_sort(hidden=hidden))
    listing = ideas_page(
        brand=brand, challenge=chosen, sort=sort, hidden=hidden, limit=ROWS,
        cursor=request.GET.get("cursor", ""), user_id=request.user.pk,
    )  # fmt: skip
    first = first_place(request)
    context = {
        "brand": brand,
        "challenges": challenges,
        "chosen": chosen,
        "tabs": sort_tabs(request, sort, hidden=hidden),
        "sort": sort,
        "ideas": list(enumerate(shown(listing.items, {}, request.path), start=first)),
        "next": listing.next,
        "next_place": first + ROWS,
        "is_first_page": "cursor" not in request.GET,
    }
    return render(request, "desk/ideas.html", context)


def first_place(request: HttpRequest) -> int:
    """Where a further page begins to count; the link to it says so."""
    text = request.GET.get("from", "")
    return (
        int(text)
        if "cursor" in request.GET and text.isascii() and text.isdigit() and len(text) < 8
        else 1
    )
