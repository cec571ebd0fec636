"""A member's own statement: what they have paid and got back in a challenge."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.access import brand_or_404
from ideas.access import challenge_or_404
from ideas.domain.budgets import budget_of
from ideas.domain.challenges import rules_of, state_of
from ideas.domain.statement import Line, statement_of
from ideas.enums import EventKind, Source
from web.links import idea_path
from web.pages import member_of, page

WORDS = {
    EventKind.CAST: lambda: _("You voted"),
    EventKind.CHANGE: lambda: _("You changed your vote"),
    EventKind.WITHDRAW: lambda: _("You took your vote back"),
    EventKind.REFUND: lambda: _("Voting on it ended: you have it back, and your vote counts"),
    EventKind.RECLAIM: lambda: _("Voting on it began again: it costs again"),
    EventKind.VOID: lambda: _("Voting on it began again, and you had spent it: your vote lapsed"),
    EventKind.MERGE: lambda: _("It became part of another idea"),
    EventKind.UNMERGE: lambda: _("It is an idea of its own again"),
    EventKind.ERASE: lambda: _("It left with an account"),
}


@page
def statement(request: HttpRequest, slug: str, challenge_slug: str) -> HttpResponse:
    found = challenge_or_404(brand_or_404(request.user, slug), challenge_slug, request.user)
    member = member_of(request)
    told = statement_of(challenge=found, user_id=member.pk, cursor=request.GET.get("cursor", ""))
    context = {
        "brand": found.brand,
        "challenge": found,
        "state": state_of(found),
        "rules": rules_of(found),
        "budget": budget_of(challenge=found, user_id=member.pk),
        "lines": [
            (line, in_words(line), idea_path(line.code, line.title)) for line in told.lines.items
        ],
        "totals": told.totals,
        "next": told.lines.next,
        "is_first_page": "cursor" not in request.GET,
    }
    return render(request, "public/statement.html", context)


def in_words(line: Line) -> str:
    """What happened, to the person whose vote it is."""
    if line.kind == EventKind.JOIN:
        return joined(line)
    if line.kind == EventKind.CAST and line.source != Source.SELF:
        return _("The brand voted in your name")
    if line.kind == EventKind.REFUND and line.was_deleted:
        return _("Its author deleted it: you have back what your vote had cost")
    words = WORDS.get(EventKind(line.kind))
    return words() if words else _("Your vote was looked at")


def joined(line: Line) -> str:
    if line.cost < 0:
        return _("Given back: a vote in another name that turned out to be yours")
    return _("Taken over: a vote in another name that turned out to be yours")
