"""What the team tells itself about an idea; nobody else ever reads it."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.domain import activity
from accounts.models import User
from cocreate.lib import grace
from cocreate.lib.errors import Invalid, NotAllowed, NotFound
from cocreate.lib.text import tidy_text
from ideas.models import Idea, Note
from ideas.models.moderation import NOTE_LENGTH

MOST_SHOWN = 100


@transaction.atomic
def add(*, idea: Idea, body: str, actor: User) -> Note:
    """Records `note.added`, without its text, of which those of the team whom it names (`@handle`)
    hear after a while in which it can be taken back. Raises Invalid (body).
    """
    words = tidy_text(body).strip()
    if not words:
        raise Invalid(fields={"body": [("required", _("Write something first."))]})
    if len(words) > NOTE_LENGTH:
        message = _("Keep the text under {n} characters.").format(n=NOTE_LENGTH)
        raise Invalid(fields={"body": [("too_long", message)]})
    note = Note.objects.create(brand=idea.brand, idea=idea, author=actor, body=words)
    activity.record(
        "note.added",
        subject=("idea", idea.code),
        brand=idea.brand,
        actor=actor,
        private=True,
        data={"note": note.code},
        wait=grace.to_tell(),
    )
    return note


@transaction.atomic
def delete(*, note: Note, actor: User) -> None:
    """By its author alone. Records `note.deleted`. Raises NotAllowed."""
    if note.author_id != actor.pk:
        raise NotAllowed
    if Note.objects.filter(pk=note.pk).delete()[0]:
        activity.record(
            "note.deleted",
            subject=("idea", note.idea.code),
            brand=note.idea.brand,
            actor=actor,
            private=True,
        )


def notes_of(idea: Idea) -> list[Note]:
    """The latest first, each with its author."""
    notes = Note.objects.filter(idea=idea).select_related("author")
    return list(notes.order_by("-id")[:MOST_SHOWN])


def note_or_404(idea: Idea, code: str) -> Note:
    note = Note.objects.select_related("idea__brand").filter(idea=idea, code=code).first()
    if note is None:
        raise NotFound
    return note
