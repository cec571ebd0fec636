"""What an idea said before, and what was changed each time (differences.py)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.domain import activity
from accounts.models import Activity, Participant, User
from cocreate.lib import grace
from cocreate.lib.errors import DomainError, Invalid, NotFound
from cocreate.lib.text import one_line
from ideas.domain.differences import Part, Steps, compared
from ideas.models import Idea, Revision

ON_A_PAGE = 10
TEXTS = ("title", "body", "tags", "language")
REASON_LENGTH = 500  # why a revision was hidden
HIDDEN, SHOWN = "revision.hidden", "revision.shown"
MOST_LOGGED = 50


class IsCurrent(DomainError):
    code, status = "revision_is_current", 409
    message = _("This is what the idea says now: change it, or hide the whole idea.")


@dataclass(frozen=True)
class Change:
    """One revision beside the one before it; the parts are None where nothing changed, and where
    it is hidden from whoever reads. `beside`: the number of the one that it is compared with.
    """

    number: int
    at: datetime
    editor: Participant | None
    by_brand: bool
    is_first: bool
    hidden: bool
    beside: int
    title: list[Part] | None
    body: list[Part] | None
    tags: list[Part] | None
    language: str  # empty: as before

    @property
    def is_of_texts(self) -> bool:
        return any(part is not None for part in (self.title, self.body, self.tags))

    @property
    def skips(self) -> bool:
        """Whether what is hidden lies between it and what it is compared with."""
        return not self.is_first and self.beside != self.number - 1


@dataclass(frozen=True)
class Hiding:
    """One line of the public log: a revision was hidden, or shown again."""

    number: int  # 0: that was forgotten with the account of who wrote it
    at: datetime
    hidden: bool
    reason: str


def write(*, idea: Idea, editor: Participant | None) -> None:
    """Keep what the idea says now. `editor`: None is the brand. Inside the transaction that changed
    it and holds its row.
    """
    _create(idea, editor=editor, by_brand=editor is None, at=Now())


def begin(idea: Idea) -> None:
    """Keep what it says before it is changed for the first time: by its author, when it was
    posted. What was changed before such rows were kept, nobody knows the writer of.
    """
    if Revision.objects.filter(idea=idea, number=idea.revision).exists():
        return
    if idea.revision == 1:
        _create(idea, editor=idea.author, by_brand=idea.author is None, at=idea.created_at)
    else:
        _create(idea, editor=None, by_brand=False, at=idea.updated_at)


def texts_of(idea: Idea, *, before: int | None = None) -> tuple[list[Revision], int | None]:
    """A page of what it said, the newest first, and the number to ask the next page before; none
    where it was never changed. What is hidden keeps its place, without a text. One query.
    """
    rows = _before(idea, before)
    shown = rows[:ON_A_PAGE]
    for row in shown:
        if row.hidden:
            row.title, row.body, row.tags = "", "", []
    return shown, shown[-1].number if len(rows) > ON_A_PAGE else None


def changes_of(
    idea: Idea, *, before: int | None = None, for_team: bool = False
) -> tuple[list[Change], int | None]:
    """A page of what was changed, the newest first, down to what was posted; and the number to ask
    the next page before, None at the end. `for_team`: the reader may answer, and reads what is
    hidden; for others it is compared with nothing, as a difference would quote it.

    One query, two where a page ends at what is hidden; and one budget of steps for the whole page:
    anybody may ask for it, as often as they like.
    """
    found = _before(idea, before)
    shown = found[:ON_A_PAGE]
    first = found[-1] if found and len(found) <= ON_A_PAGE else None
    readable = found if for_team else _readable(idea, found)
    steps = Steps()
    changes = [_change(row, readable, steps, is_first=row is first) for row in shown]
    return changes, shown[-1].number if len(found) > ON_A_PAGE else None


def page_with(idea: Idea, number: int) -> int | None:
    """What to ask the page before on which this revision stands: None is the first page."""
    pages = (idea.revision - number) // ON_A_PAGE
    return idea.revision + 1 - pages * ON_A_PAGE if pages else None


def hidings_of(idea: Idea) -> list[Hiding]:
    """The public log of what was hidden and shown again, the latest first. One query."""
    rows = Activity.objects.filter(
        subject_kind="idea", subject_code=idea.code, kind__in=[HIDDEN, SHOWN]
    )
    return [
        Hiding(row.data.get("number", 0), row.at, row.kind == HIDDEN, row.data.get("reason", ""))
        for row in rows.order_by("-id")[:MOST_LOGGED]
    ]


@transaction.atomic
def set_hidden(
    *, idea: Idea, number: int, hidden: bool, actor: User | None, reason: str = ""
) -> bool:
    """Take what an idea said once away from the public, or give it back; whether that changed
    anything. Records `revision.hidden`, whose reason everybody reads, or `revision.shown`.

    Raises NotFound, IsCurrent, Invalid (reason) without one that fits.
    """
    words = _clean_reason(reason) if hidden else ""
    if number > idea.revision:  # also what is no number of a database
        raise NotFound
    row = Revision.objects.filter(idea=idea, number=number).select_related("editor").first()
    if row is None:
        raise NotFound
    if number == idea.revision:
        raise IsCurrent
    if not Revision.objects.filter(pk=row.pk).exclude(hidden=hidden).update(hidden=hidden):
        return False
    activity.record(
        HIDDEN if hidden else SHOWN,
        subject=("idea", idea.code),
        brand=idea.brand,
        actor=actor,
        participant=row.editor,
        data={"number": number} | ({"reason": words} if hidden else {}),
        wait=grace.to_tell() if hidden else None,
    )
    return True


def _clean_reason(reason: str) -> str:
    words = one_line(reason)
    if not words:
        message = str(_("Say why, in a few words: everybody reads it."))
        raise Invalid(fields={"reason": [("required", message)]})
    if len(words) > REASON_LENGTH:
        message = str(_("Keep the reason under {n} characters.")).format(n=REASON_LENGTH)
        raise Invalid(fields={"reason": [("too_long", message)]})
    return words


def _before(idea: Idea, before: int | None) -> list[Revision]:
    rows = Revision.objects.filter(idea=idea).select_related("editor__user")
    rows = rows if before is None else rows.filter(number__lt=before)
    return list(rows.order_by("-number")[: ON_A_PAGE + 1])


def _readable(idea: Idea, found: Sequence[Revision]) -> list[Revision]:
    """Those that everybody reads, and of the hidden ones at the end what is before them."""
    readable = [row for row in found if not row.hidden]
    if not found or not found[-1].hidden:
        return readable
    rows = Revision.objects.filter(idea=idea, number__lt=found[-1].number, hidden=False)
    return [*readable, *rows.order_by("-number")[:1]]


def _change(row: Revision, readable: Sequence[Revision], steps: Steps, *, is_first: bool) -> Change:
    old = next((one for one in readable if one.number < row.number), None)
    texts = _compared_texts(row, old, steps) if row in readable else _NO_TEXTS
    return Change(
        number=row.number,
        at=row.at,
        editor=row.editor,
        by_brand=row.by_brand,
        is_first=is_first,
        hidden=row.hidden,
        beside=old.number if old else 0,
        **texts,
    )


_NO_TEXTS: dict[str, Any] = {"title": None, "body": None, "tags": None, "language": ""}


def _compared_texts(row: Revision, old: Revision | None, steps: Steps) -> dict[str, Any]:
    return {
        "title": _compared(old.title if old else None, row.title, steps),
        "body": _compared(old.body if old else None, row.body, steps),
        "tags": _compared(", ".join(old.tags) if old else None, ", ".join(row.tags), steps),
        "language": row.language if old is None or old.language != row.language else "",
    }


def _compared(old: str | None, new: str, steps: Steps) -> list[Part] | None:
    """What the first revision said is no change, and is shown as it is."""
    if old is None:
        return [Part("same", new)] if new else None
    return compared(old, new, steps) if old != new else None


def _create(idea: Idea, **how: Any) -> None:
    texts = {name: getattr(idea, name) for name in TEXTS}
    Revision.objects.create(idea=idea, number=idea.revision, **texts, **how)
