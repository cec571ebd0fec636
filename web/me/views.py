"""A member's own page: what happened, what they posted, what they voted for."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from accounts.access import brands_of_team, visible_ids_of
from accounts.models import User
from ideas.access import restorable_ideas
from ideas.domain.budgets import budgets_of
from ideas.domain.contributions import contributions_of
from ideas.domain.lists import followed_by, ideas_of, votes_of
from ideas.enums import Tone
from ideas.rules import KEPT
from notifications.access import inbox_of, unread_count
from notifications.domain import addresses, headlines
from notifications.domain.inbox import mark_read
from web.ballots import shown
from web.links import idea_path
from web.pages import member_of, page

MOST = 50  # of each list
TAKEN_UP = {Tone.SKY, Tone.LEAF}


@page
@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: HttpRequest) -> HttpResponse:
    """Looking marks nothing as read; the button does, and following a line (told.open_notice)."""
    user = member_of(request)
    if request.method == "POST":
        mark_read(user=user)
        return HttpResponseRedirect(request.path)
    inbox = inbox_of(user, request.GET.get("cursor"))
    waiting = unread_count(user)
    context = {
        "notices": headlines.lines_of(inbox.items),
        "next": inbox.next,
        "refused": addresses.refused(user),
        "unread": waiting,
        "has_unread": waiting > 0,
        "teams": brands_of_team(user),
        "deleted": [
            (idea, idea_path(idea.code, idea.title), idea.deleted_at + KEPT)
            for idea in restorable_ideas(user)
        ],
        "most": MOST,
    }
    return render(request, "me/index.html", context | given_by(user))


def given_by(user: User) -> dict[str, Any]:
    """What is theirs at the brands that they may see."""
    ids = visible_ids_of(user, user)
    behind = shown(
        ideas_of(user_id=user.pk, brand_ids=ids, reader_id=user.pk, limit=MOST), {}, user
    )
    followed = shown(followed_by(user_id=user.pk, brand_ids=ids, limit=MOST), {}, user)
    signed = {idea.code for idea in behind}
    return {
        "given": contributions_of(user_id=user.pk, brand_ids=ids),
        "ideas": behind,
        "credits": [idea for idea in behind if idea.step.tone in TAKEN_UP],
        "followed": [idea for idea in followed if idea.code not in signed],
        "votes": shown(votes_of(user_id=user.pk, brand_ids=ids, limit=MOST), {}, user),
        "accounts": budgets_of(user_id=user.pk, brand_ids=ids),
    }
