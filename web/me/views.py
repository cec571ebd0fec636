"""A member's own page: what happened, what they posted, what they voted for."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from accounts.access import brands_of_team, visible_ids_of
from ideas.access import restorable_ideas
from ideas.domain.lists import ideas_of, votes_of
from ideas.rules import KEPT
from notifications.access import inbox_of
from notifications.domain import addresses, headlines
from notifications.domain.inbox import mark_read
from web.ballots import shown
from web.links import idea_path
from web.pages import member_of, page


@page
@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: HttpRequest) -> HttpResponse:
    """Looking marks nothing as read; the button does."""
    user = member_of(request)
    if request.method == "POST":
        mark_read(user=user)
        return HttpResponseRedirect(request.path)
    inbox = inbox_of(user, request.GET.get("cursor"))
    brand_ids = visible_ids_of(user, user)
    context = {
        "notices": headlines.lines_of(inbox.items),
        "next": inbox.next,
        "refused": addresses.refused(user),
        "has_unread": any(notice.read_at is None for notice in inbox.items),
        "teams": brands_of_team(user),
        "ideas": shown(ideas_of(user_id=user.pk, brand_ids=brand_ids, reader_id=user.pk), {}, user),
        "deleted": [
            (idea, idea_path(idea.code, idea.title), idea.deleted_at + KEPT)
            for idea in restorable_ideas(user)
        ],
        "votes": shown(votes_of(user_id=user.pk, brand_ids=brand_ids), {}, user),
    }
    return render(request, "me/index.html", context)
