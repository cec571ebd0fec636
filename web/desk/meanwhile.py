"""What somebody else of the team did to an idea since one opened it, in sentences."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from ideas.domain import comments, decisions
from ideas.domain.meanwhile import latest_decision
from ideas.domain.statuses import Graph
from ideas.models import Comment, Idea


@dataclass(frozen=True)
class Deed:
    """`text`: in their own words. Nobody's where it was taken back, or a program did it."""

    words: str
    by: str = ""
    at: datetime | None = None
    text: str = ""


def seen_of(found: Idea, answers: Sequence[Comment], owner: str) -> dict[str, str]:
    """What a page shows, by the form that is sent from it."""
    decision = latest_decision(found)
    return {
        "status": decision.code if decision else "",
        "answer": answers[0].code if answers else "",
        "owner": owner,
    }


def of_status(found: Idea, graph: Graph, seen: str) -> list[Deed]:
    made = [
        Deed(
            _("Status: %(status)s.") % {"status": graph.step(one.after).label},
            _name_of(one.actor), one.at, one.message,
        )
        for one in _since(decisions.history_of(found), seen)
    ]  # fmt: skip
    taken_back = _("Status taken back; it is now: %(status)s.")
    return made or [Deed(taken_back % {"status": graph.step(found.status).label})]


def of_answer(found: Idea, seen: str) -> list[Deed]:
    given = _since(comments.answers_of(found), seen)
    made = [
        Deed(_("Official answer"), _name_of(one.actor), one.created_at, one.body) for one in given
    ]
    return made or [Deed(_("The answer that stood here was taken back."))]


def of_owner(name: str) -> list[Deed]:
    if not name:
        return [Deed(_("Nobody is in charge now."))]
    return [Deed(_("In charge now: %(name)s.") % {"name": name})]


def _name_of(user: Any) -> str:
    return user.display_name if user else ""


def _since(made: Sequence[Any], seen: str) -> Sequence[Any]:
    """Those after the one that was seen; of one that was undone since, nothing but the latest."""
    codes = [one.code for one in made]
    if not seen:
        return made
    return made[: codes.index(seen)] if seen in codes else made[:1]
