"""What an idea said before, and what was changed each time (differences.py)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models.functions import Now

from accounts.models import Participant
from ideas.domain.differences import Part, Steps, compared
from ideas.models import Idea, Revision

ON_A_PAGE = 10
TEXTS = ("title", "body", "tags", "language")


@dataclass(frozen=True)
class Change:
    """One revision beside the one before it; the parts are None where nothing changed."""

    number: int
    at: datetime
    editor: Participant | None
    by_brand: bool
    is_first: bool
    title: list[Part] | None
    body: list[Part] | None
    tags: list[Part] | None
    language: str  # empty: as before

    @property
    def is_of_texts(self) -> bool:
        return any(part is not None for part in (self.title, self.body, self.tags))


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
    where it was never changed. One query.
    """
    rows = _before(idea, before)
    shown = rows[:ON_A_PAGE]
    return shown, shown[-1].number if len(rows) > ON_A_PAGE else None


def changes_of(idea: Idea, *, before: int | None = None) -> tuple[list[Change], int | None]:
    """A page of what was changed, the newest first, down to what was posted; and the number to ask
    the next page before, None at the end. One query, and one budget of steps for the whole page:
    anybody may ask for it, as often as they like.
    """
    found = _before(idea, before)
    shown = found[:ON_A_PAGE]
    earlier = [*found[1:], None][: len(shown)]
    steps = Steps()
    changes = [_change(row, old, steps) for row, old in zip(shown, earlier, strict=True)]
    return changes, shown[-1].number if len(found) > ON_A_PAGE else None


def _before(idea: Idea, before: int | None) -> list[Revision]:
    rows = Revision.objects.filter(idea=idea).select_related("editor__user")
    rows = rows if before is None else rows.filter(number__lt=before)
    return list(rows.order_by("-number")[: ON_A_PAGE + 1])


def _change(row: Revision, old: Revision | None, steps: Steps) -> Change:
    return Change(
        number=row.number,
        at=row.at,
        editor=row.editor,
        by_brand=row.by_brand,
        is_first=old is None,
        title=_compared(old.title if old else None, row.title, steps),
        body=_compared(old.body if old else None, row.body, steps),
        tags=_compared(", ".join(old.tags) if old else None, ", ".join(row.tags), steps),
        language=row.language if old is None or old.language != row.language else "",
    )


def _compared(old: str | None, new: str, steps: Steps) -> list[Part] | None:
    """What the first revision said is no change, and is shown as it is."""
    if old is None:
        return [Part("same", new)] if new else None
    return compared(old, new, steps) if old != new else None


def _create(idea: Idea, **how: Any) -> None:
    texts = {name: getattr(idea, name) for name in TEXTS}
    Revision.objects.create(idea=idea, number=idea.revision, **texts, **how)
