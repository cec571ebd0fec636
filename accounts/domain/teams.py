"""Brands and the people who run them.

Every verb that changes who may do what locks the brand's row first, so that two of them never
decide by a team that the other is changing.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts import rules
from accounts.domain import activity, brands, keys
from accounts.enums import Role
from accounts.models import Brand, Invitation, Membership, User
from cocreate.lib.errors import DomainError, NotAllowed, NotFound

ACTING = {Role.OWNER, Role.MANAGER}  # whose keys and invitations live


class OwnerStays(DomainError):
    code, status = "owner_stays", 409
    message = _("A brand has an owner. Hand it over to somebody of the team first.")


class AlreadyOwner(DomainError):
    code, status, message = "already_owner", 409, _("They own the brand already.")


@transaction.atomic
def create_brand(*, slug: str, name: str, owner: User, **fields: object) -> Brand:
    """A brand and its owner. Raises ValidationError for a bad or taken slug. Records
    `brand.created`.

    `cocreate.domain.brands.create_brand` is the door: it adds the permanent challenge.
    """
    brand = Brand(slug=slug, name=name, **fields)
    brand.full_clean()
    brand.save(force_insert=True)
    if brands.was_anothers(brand):
        raise ValidationError({"slug": _("Another brand had this address.")})
    Membership.objects.create(brand=brand, user=owner, role=Role.OWNER)
    activity.record(
        "brand.created", subject=("brand", brand.slug), brand=brand, actor=owner, private=True
    )
    return brand


@transaction.atomic
def add_member(*, brand: Brand, user: User, role: Role, actor: User | None = None) -> Membership:
    """Put somebody into the team, or change their role. Records `member.added`."""
    membership, is_new = Membership.objects.update_or_create(
        brand=brand, user=user, defaults={"role": role}
    )
    rules.forget_roles(user)
    _record("member.added", membership, actor, role=role)
    if not is_new and role not in ACTING:
        _end_rights(brand, user, keys.DEMOTED, actor)
    return membership


@transaction.atomic
def change_role(*, brand: Brand, user: User, role: Role, actor: User) -> Membership:
    """Manager or analyst. Who stops being a manager loses the keys they made (W14) and the
    invitations they sent. Records `member.changed`.

    Raises NotFound where the user is not in the team, NotAllowed where the actor may not.
    """
    brands.lock(brand)
    membership = _place(brand, user)
    before = Role(membership.role)
    if not rules.can_give_role(_fresh(actor), brand, before, role):
        raise NotAllowed
    if before == role:
        return membership
    membership.role = role
    membership.save(update_fields=["role"])
    rules.forget_roles(user)
    _record("member.changed", membership, actor, before=before, role=role)
    if role not in ACTING:
        _end_rights(brand, user, keys.DEMOTED, actor)
    return membership


@transaction.atomic
def remove_member(*, brand: Brand, user: User, actor: User) -> None:
    """Their place, the keys they made and the invitations they sent end. Records
    `member.removed`. Raises NotFound, NotAllowed.
    """
    brands.lock(brand)
    membership = _place(brand, user)
    if not rules.can_remove(_fresh(actor), brand, Role(membership.role)):
        raise NotAllowed
    _end_place(membership, user, "member.removed", keys.REMOVED, actor)


@transaction.atomic
def leave(*, brand: Brand, user: User) -> None:
    """Out of the team, by one's own wish; as `remove_member`. Records `member.left`.

    Raises NotFound where the user is not in the team, OwnerStays for the owner.
    """
    brands.lock(brand)
    membership = _place(brand, user)
    if membership.role == Role.OWNER:
        raise OwnerStays
    _end_place(membership, user, "member.left", keys.LEFT, user)


@transaction.atomic
def hand_over(*, brand: Brand, to: User, actor: User) -> None:
    """`to`, who is in the team, becomes the owner and the owner a manager, who keeps their keys.
    Whoever calls this has asked the owner's password again. Records `brand.handed_over`.

    Raises NotAllowed for anybody but the owner, NotFound for somebody who is not in the team.
    """
    brands.lock(brand)
    if not rules.can_hand_over(_fresh(actor), brand):
        raise NotAllowed
    if to == actor:
        raise AlreadyOwner
    after = _place(brand, to)
    if not to.is_active:
        raise NotFound
    Membership.objects.filter(brand=brand, user=actor).update(role=Role.MANAGER)
    Membership.objects.filter(pk=after.pk).update(role=Role.OWNER)
    rules.forget_roles(actor, to)
    activity.record(
        "brand.handed_over",
        subject=("user", to.handle),
        brand=brand,
        actor=actor,
        private=True,
        data={"from": actor.handle},
    )


@transaction.atomic
def settle(*, brand: Brand, user: User) -> None:
    """Somebody changed the team past the verbs: what the user may not have any more ends."""
    rules.forget_roles(user)
    role = rules.role_in(user, brand)
    if role not in ACTING:
        _end_rights(brand, user, keys.DEMOTED if role else keys.REMOVED, None)


def members_of(brand: Brand) -> list[Membership]:
    """The team, the owner first, then by role and name; each with its user."""
    rows = brand.memberships.select_related("user").order_by("user__display_name", "user__handle")
    order = [role.value for role in Role]
    return sorted(rows, key=lambda place: order.index(place.role))


def _place(brand: Brand, user: User) -> Membership:
    membership = Membership.objects.filter(brand=brand, user=user).first()
    if membership is None:
        raise NotFound
    return membership


def _fresh(actor: User) -> User:
    """What was remembered of the actor's role may be older than the lock."""
    rules.forget_roles(actor)
    return actor


def _end_place(membership: Membership, user: User, kind: str, reason: str, actor: User) -> None:
    brand = membership.brand
    membership.delete()
    rules.forget_roles(user)
    _record(kind, membership, actor)
    _end_rights(brand, user, reason, actor)


def _end_rights(brand: Brand, user: User, reason: str, actor: User | None) -> None:
    """Else somebody removed could come back by an invitation that they sent to themselves."""
    keys.revoke_keys_of(user, brand=brand, reason=reason, actor=actor)
    Invitation.objects.filter(
        brand=brand, invited_by=user, accepted_at=None, revoked_at=None
    ).update(revoked_at=Now())


def _record(kind: str, membership: Membership, actor: User | None, **data: Any) -> None:
    subject = ("user", membership.user.handle)
    activity.record(
        kind, subject=subject, brand=membership.brand, actor=actor, private=True, data=data
    )
