"""Two of a team at one idea: nobody decides past what the other has just done."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from cocreate.lib.errors import DomainError
from ideas.models import Comment, Decision, Idea


class DecidedMeanwhile(DomainError):
    code, status = "decided_meanwhile", 409
    message = _(
        "Somebody of your team was here meanwhile. Look at what they did, then send yours again if"
        " it still holds."
    )


def latest_decision(idea: Idea) -> Decision | None:
    return Decision.objects.filter(idea=idea, undone_at=None).order_by("-id").first()


def latest_decisions(ideas: Sequence[Idea]) -> dict[int, str]:
    """Codes, by the idea's id. One query."""
    found = Decision.objects.filter(idea__in=ideas, undone_at=None).order_by("idea", "-id")
    return dict(found.distinct("idea").values_list("idea", "code"))


def latest_answer(idea: Idea) -> Comment | None:
    answers = Comment.objects.filter(idea=idea, pinned=True, hidden=False, deleted_at=None)
    return answers.order_by("-id").first()


def must_be_latest(made: Decision | Comment | None, seen: str | None) -> None:
    """`seen`: the code of what they saw as the latest; empty: nothing; None: they do not say.
    Raises DecidedMeanwhile.
    """
    if seen is not None and seen != (made.code if made else ""):
        raise DecidedMeanwhile
