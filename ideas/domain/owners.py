"""Who of a brand's team sees to an idea. The team alone knows.

As with a decision, whoever is put in charge hears of it after a short while (UNDO_SECONDS): until
then it can be undone in silence.
"""

from datetime import UTC, timedelta

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.domain import activity
from accounts.models import Activity, Brand, Membership, Participant, User
from cocreate.lib import grace, prepared
from cocreate.lib.errors import DomainError, Invalid
from ideas.domain.ideas import hold
from ideas.domain.meanwhile import DecidedMeanwhile
from ideas.models import Idea

# Whoever leaves the team waits, or has left.
HOLD_TEAM = "SELECT 1 FROM accounts_brand WHERE id = %s FOR SHARE"
CHANGED, UNDONE = "owner.changed", "owner.undone"


class TooLateToGiveBack(DomainError):
    code, status = "too_late", 409
    message = gettext_lazy("They have been told already, or somebody else has been at it since.")


@transaction.atomic
def set_owner(*, idea: Idea, owner: str, actor: User, seen: str | None = None) -> bool:
    """Put somebody of the team in charge, by handle; empty: nobody. Returns whether that is new.

    `seen`: the handle that they saw there, else DecidedMeanwhile. Raises Invalid (owner). Records
    `owner.changed`, of which its new owner hears later.
    """
    prepared.one(HOLD_TEAM, (idea.brand_id,))
    held = hold(idea)
    before, after = held.owner, _place(idea.brand, owner)
    if before == after:
        return False
    if seen is not None and seen != handle_of(before):
        raise DecidedMeanwhile
    _give(idea, after)
    _record(CHANGED, idea, actor, data={"was": mark_of(before)}, wait=grace.to_tell())
    return True


@transaction.atomic
def undo(*, idea: Idea, actor: User) -> None:
    """Put back in charge whoever was, before anybody is told. Raises TooLateToGiveBack where
    somebody else came after. Records `owner.undone`.
    """
    prepared.one(HOLD_TEAM, (idea.brand_id,))
    hold(idea)
    changes = Activity.objects.filter(
        subject_kind="idea", subject_code=idea.code, kind__in=(CHANGED, UNDONE)
    )
    fresh = Activity.objects.filter(actor=actor, kind=CHANGED, at__gt=Now() - grace.to_undo())
    latest = changes.order_by("-id").values("pk")[:1]
    made = fresh.filter(pk=latest).first()
    if made is None:
        raise TooLateToGiveBack
    _give(idea, _marked(idea.brand, made.data.get("was", "")))
    _record(UNDONE, idea, actor)


def mark_of(owner: Membership | None) -> str:
    """By what the record knows somebody's place in the team: the moment at which it began. It says
    nothing about them, moves with the brand, and means nobody once the place is gone. They need not
    have taken part for it, as they would need to for a participant. Empty: nobody.
    """
    return owner.created_at.astimezone(UTC).isoformat() if owner else ""


def handle_of(owner: Membership | None) -> str:
    return owner.user.handle if owner else ""


def _give(idea: Idea, owner: Membership | None) -> None:
    Idea.objects.filter(pk=idea.pk).update(owner=owner)
    idea.owner = owner


def _place(brand: Brand, handle: str) -> Membership | None:
    if not handle:
        return None
    places = Membership.objects.select_related("user", "brand")
    place = places.filter(brand=brand, user__handle=handle, user__is_active=True).first()
    if place is None:
        raise Invalid(fields={"owner": [("unknown", _("They are not in the team any more."))]})
    return place


def _marked(brand: Brand, mark: str) -> Membership | None:
    """Of somebody who may have left since."""
    places = Membership.objects.select_related("user", "brand").filter(brand=brand)
    return next((place for place in places if mark_of(place) == mark), None)


def _record(
    kind: str,
    idea: Idea,
    actor: User,
    *,
    data: dict[str, str] | None = None,
    wait: timedelta | None = None,
) -> None:
    """That somebody, or nobody, is in charge now. Who has taken part is named even after they left
    the team, as long as their account is there.
    """
    owner = idea.owner
    person = Participant.objects.filter(brand=idea.brand, user=owner.user) if owner else None
    activity.record(
        kind,
        subject=("idea", idea.code),
        brand=idea.brand,
        actor=actor,
        participant=person.first() if person is not None else None,
        private=True,
        data={"owner": mark_of(owner)} | (data or {}),
        wait=wait,
    )
