"""An author deletes an idea, and may take that back for a while.

It is hidden meanwhile, which returns what its votes cost and takes it out of every list, and only
its author brings it back. Afterwards its text goes; its votes stay with it, for the tally.
"""

from collections.abc import Collection

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.domain import activity
from accounts.domain.stopping import hold_active
from accounts.models import Activity, User
from cocreate.lib import grace
from cocreate.lib.errors import DomainError, NotAllowed, NotFound
from ideas.domain import costs
from ideas.domain.ideas import hold, must_still_be
from ideas.domain.images import remove
from ideas.models import CoAuthor, Idea, Image, Revision
from ideas.rules import KEPT, can_delete, can_restore, is_author

DELETED = "idea.deleted"
EMPTY_TITLE = "—"
AT_ONCE = 100


class CannotBeDeleted(DomainError):
    code, status = "cannot_be_deleted", 409
    message = _("An idea that the team has hidden, decided on or merged cannot be deleted.")


@transaction.atomic
def delete_idea(*, idea: Idea, actor: User, revision: int | None = None) -> None:
    """Nobody but its author and the team finds it any more; nothing where it is deleted already.
    Waits for the votes in flight, and gives back what they had cost: of some hundreds at once, of
    the others soon. `revision`: the one they have read. Records `idea.deleted`.

    Raises NotAllowed for anybody but the author, ChangedMeanwhile, CannotBeDeleted.
    """
    if not is_author(actor, idea):
        raise NotAllowed
    held = hold(idea)
    if held.deleted_at:
        return
    must_still_be(held, revision)
    if not can_delete(actor, held):
        raise CannotBeDeleted
    Idea.objects.filter(pk=idea.pk).update(hidden=True, deleted_at=Now())
    idea.refresh_from_db(fields=["hidden", "deleted_at"])
    _record(DELETED, idea, actor)
    costs.settle_soon(idea)


@transaction.atomic
def restore_idea(*, idea: Idea, actor: User) -> None:
    """As it was, its votes too; nothing where it is not deleted. What the team has hidden
    meanwhile comes back hidden. Records `idea.restored`.

    Raises NotAllowed for anybody but the author, and for one who was stopped; NotFound after its
    time.
    """
    if idea.author is None or not is_author(actor, idea):
        raise NotAllowed
    hold_active(idea.author)
    held = hold(idea)
    if not held.deleted_at:
        return
    if not can_restore(actor, held):
        raise NotFound
    Idea.objects.filter(pk=idea.pk).update(
        hidden=held.hidden_meanwhile, hidden_meanwhile=False, deleted_at=None
    )
    idea.refresh_from_db(fields=["hidden", "hidden_meanwhile", "deleted_at"])
    _record("idea.restored", idea, actor)


def empty_deleted() -> int:
    """Let go of the texts that can be taken back no more. Returns how many ideas. Safe to run
    twice.
    """
    over = Idea.objects.filter(deleted_at__lte=Now() - KEPT).exclude(title=EMPTY_TITLE)
    ids = list(over.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
    for pk in ids:
        with transaction.atomic():
            # Asked again: its author may have brought it back at the last moment.
            held = over.select_for_update(no_key=True).filter(pk=pk).first()
            if held is not None:
                empty([held.code])
    return len(ids) + (empty_deleted() if len(ids) == AT_ONCE else 0)


def empty(codes: Collection[str]) -> None:
    """Of these ideas the text goes, and all that was ever said in it, and they from every list.
    Inside the caller's transaction.
    """
    Activity.objects.filter(subject_kind="idea", subject_code__in=codes).update(data={})
    Revision.objects.filter(idea__code__in=codes).delete()
    CoAuthor.objects.filter(idea__code__in=codes).delete()
    remove(Image.objects.filter(idea__code__in=codes))
    Idea.objects.filter(code__in=codes).update(
        title=EMPTY_TITLE, body="", tags=[], cover="", external_id=None, hidden=True,
        revision=F("revision") + 1, updated_at=Now(),
    )  # fmt: skip


def _record(kind: str, idea: Idea, actor: User) -> None:
    activity.record(
        kind,
        subject=("idea", idea.code),
        brand=idea.brand,
        actor=actor,
        participant=idea.author,
        private=True,
        wait=grace.to_tell() if kind == DELETED else None,
    )
