"""Links by mail into a brand's team, or into the community of a members-only brand.

`notifications.domain.invitations` is the door for sending: a link leaves by mail alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.db.models.functions import Now
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import limits, rules
from accounts.domain import activity, admission, brands
from accounts.enums import Role
from accounts.models import Brand, Invitation, Mailbox, Membership, Participant, User
from cocreate.lib.errors import DomainError, NotAllowed, NotFound
from cocreate.lib.mailboxes import mailbox_key
from cocreate.lib.tokens import keyed_hash, new_secret

KIND, PURPOSE = "coi", "invitation"
LASTS = timedelta(days=7)
LISTED_AFTER = timedelta(days=30)  # so long somebody may still send an expired one again
MOST_PENDING_TEAM, MOST_PENDING_ADMISSION = 50, 500


class InvitationGone(DomainError):
    """One sentence for all: a guess learns nothing from it."""

    code, status = "invitation_gone", 404
    message = _(
        "This invitation is not valid any more: it was used, withdrawn, replaced by a newer one or "
        "is older than 7 days. Ask whoever invited you for a new one."
    )


class WrongAccount(DomainError):
    code, status = "wrong_account", 403
    message = _(
        "This invitation was sent to another address than yours. Sign in with the account that has"
        " that address, or add the address to yours and confirm it."
    )


class TooManyPending(DomainError):
    code, status = "too_many_pending", 409
    message = _("Too many invitations wait for an answer: withdraw some, or wait.")


class AlreadyInvited(DomainError):
    code, status = "already_invited", 409
    message = _("Is invited already. The list below sends it again.")


class AlreadyIn(DomainError):
    code, status, message = "already_in", 409, _("Is in already.")


@dataclass(frozen=True)
class Issued:
    """A new invitation, with the secret of its link: known now and never again."""

    invitation: Invitation
    secret: str


@dataclass(frozen=True)
class Refused:
    email: str
    code: str
    message: str | Promise


@dataclass
class Batch:
    issued: list[Issued] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


@transaction.atomic
def invite(*, brand: Brand, emails: Sequence[str], role: Role | None, actor: User) -> Batch:
    """A link for each address; without a role into the community. Those that cannot be invited
    are named with the reason, the others stand. Records `member.invited`, or
    `participant.invited`.

    Raises NotAllowed for an actor who may not, and for a role that nobody is invited to.
    """
    brands.lock(brand)
    must_be_allowed(brand, role, actor)
    known = _mailboxes_in(_waiting(brand, role).filter(expires_at__gt=Now()))
    batch = Batch()
    for email in emails:
        mailbox = mailbox_key(email)
        try:
            _must_be_new(brand, role, mailbox, known)
            limits.invite(brand_id=brand.pk, email=email)
        except DomainError as error:
            batch.refused.append(Refused(email, error.code, error.message))
            continue
        _forget_expired(brand, role, mailbox)
        batch.issued.append(_issue(brand, email, role, actor))
        known.add(mailbox)
    return batch


@transaction.atomic
def renew(*, invitation: Invitation, actor: User) -> Issued:
    """A new link for seven days; the old one is dead. Records `invitation.renewed`.

    Raises NotAllowed, InvitationGone for one that nobody waits for any more, TooMany.
    """
    brand = invitation.brand
    brands.lock(brand)
    role = Role(invitation.role) if invitation.role else None
    must_be_allowed(brand, role, actor)
    if not _waiting(brand, role).filter(pk=invitation.pk).exists():
        raise InvitationGone
    limits.invite(brand_id=brand.pk, email=invitation.email)
    secret = new_secret(KIND)
    Invitation.objects.filter(pk=invitation.pk).update(
        hash=_hash(secret), expires_at=Now() + LASTS, invited_by=actor
    )
    invitation.refresh_from_db(fields=["hash", "expires_at", "invited_by"])
    _record("invitation.renewed", invitation, actor)
    return Issued(invitation, secret)


@transaction.atomic
def revoke(*, invitation: Invitation, actor: User) -> None:
    """Its link is dead. Records `invitation.revoked`. Raises NotAllowed, InvitationGone."""
    brands.lock(invitation.brand)
    role = Role(invitation.role) if invitation.role else None
    must_be_allowed(invitation.brand, role, actor)
    waiting = _waiting(invitation.brand, role).filter(pk=invitation.pk)
    if not waiting.update(revoked_at=Now()):
        raise InvitationGone
    _record("invitation.revoked", invitation, actor)


@transaction.atomic
def accept(*, secret: str, user: User) -> Invitation:
    """The user takes the place that the invitation offers: one in the team where they have none,
    or admission. Records `member.added` or `participant.admitted`.

    Raises InvitationGone, and WrongAccount for somebody who has not proved its address.
    """
    found = open_invitation(secret)
    brands.lock(found.brand)
    invitation = open_invitation(secret)  # as it stands now that nobody changes it
    if not is_addressed_to(invitation, user):
        raise WrongAccount
    Invitation.objects.filter(pk=invitation.pk).update(accepted_at=Now(), accepted_by=user)
    if invitation.role:
        _join_team(invitation, user)
    else:
        admission.admit(brand=invitation.brand, user=user, actor=user)
    return invitation


def open_invitation(secret: str) -> Invitation:
    """The one whose link this is, with brand and inviter, while it can be accepted.

    Who invited must still be allowed to. Raises InvitationGone.
    """
    rows = Invitation.objects.select_related("brand", "invited_by")
    invitation = rows.filter(
        hash=_hash(secret), accepted_at=None, revoked_at=None, expires_at__gt=Now()
    ).first()
    if invitation is None or not may_still_invite(invitation):
        raise InvitationGone
    return invitation


def accepted_by(secret: str, user: User) -> Invitation | None:
    """The invitation that this user has accepted by this link: a second click finds the way."""
    rows = Invitation.objects.select_related("brand")
    return rows.filter(hash=_hash(secret), accepted_by=user).first()


def is_addressed_to(invitation: Invitation, user: User) -> bool:
    """Whether the user has proved the address, in whatever spelling of the same mailbox."""
    mailbox = mailbox_key(invitation.email)
    proved = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    return any(mailbox_key(email) == mailbox for email in proved)


def may_still_invite(invitation: Invitation) -> bool:
    inviter = invitation.invited_by
    return inviter is not None and inviter.is_active and rules.can_invite(inviter, invitation.brand)


def must_be_allowed(brand: Brand, role: Role | None, actor: User) -> None:
    rules.forget_roles(actor)
    may = rules.can_invite if role else rules.can_manage_admission
    if not may(actor, brand) or (role is not None and role not in rules.INVITABLE):
        raise NotAllowed


def pending(brand: Brand, *, team: bool) -> list[Invitation]:
    """Those that wait for an answer, and those that expired lately (`expired`), newest first."""
    rows = Invitation.objects.filter(
        _of_team(team), brand=brand, accepted_at=None, revoked_at=None,
        expires_at__gt=Now() - LISTED_AFTER,
    )  # fmt: skip
    rows = rows.annotate(expired=ExpressionWrapper(Q(expires_at__lte=Now()), BooleanField()))
    return list(rows.select_related("invited_by").order_by("-created_at", "-pk"))


def waiting_or_404(brand: Brand, code: str) -> Invitation:
    """One of the brand's own that nobody has answered, by the beginning of its hash."""
    rows = Invitation.objects.select_related("brand").filter(brand=brand, hash__startswith=code)
    invitation = rows.filter(accepted_at=None, revoked_at=None).first()
    if invitation is None:
        raise NotFound
    return invitation


def _waiting(brand: Brand, role: Role | None) -> "QuerySet[Invitation]":
    return Invitation.objects.filter(
        _of_team(role is not None), brand=brand, accepted_at=None, revoked_at=None
    )


def _of_team(team: bool) -> Q:
    return ~Q(role="") if team else Q(role="")


def _mailboxes_in(rows: "QuerySet[Invitation]") -> set[str]:
    return {mailbox_key(email) for email in rows.values_list("email", flat=True)}


def _must_be_new(brand: Brand, role: Role | None, mailbox: str, known: set[str]) -> None:
    if mailbox in known:
        raise AlreadyInvited
    if len(known) >= (MOST_PENDING_TEAM if role else MOST_PENDING_ADMISSION):
        raise TooManyPending
    owner = Mailbox.objects.filter(key=mailbox).exclude(user=None).values("user")
    if role:
        is_in = Membership.objects.filter(brand=brand, user__in=owner).exists()
    else:
        is_in = Participant.objects.filter(brand=brand, user__in=owner, admitted=True).exists()
    if is_in:
        raise AlreadyIn


def _forget_expired(brand: Brand, role: Role | None, mailbox: str) -> None:
    """One line a person: what has expired unanswered makes room for the new one."""
    old = _waiting(brand, role).filter(expires_at__lte=Now()).only("pk", "email")
    same = [row.pk for row in old if mailbox_key(row.email) == mailbox]
    if same:
        Invitation.objects.filter(pk__in=same).update(revoked_at=Now())


def _issue(brand: Brand, email: str, role: Role | None, actor: User) -> Issued:
    secret = new_secret(KIND)
    invitation = Invitation.objects.create(
        brand=brand, email=email, role=role or "", hash=_hash(secret), invited_by=actor,
        expires_at=Now() + LASTS,
    )  # fmt: skip
    invitation.refresh_from_db(fields=["expires_at", "created_at"])
    _record("member.invited" if role else "participant.invited", invitation, actor)
    return Issued(invitation, secret)


def _join_team(invitation: Invitation, user: User) -> None:
    """Who has a place meanwhile keeps it: an old link neither lifts nor lowers anybody."""
    membership, is_new = Membership.objects.get_or_create(
        brand=invitation.brand, user=user, defaults={"role": invitation.role}
    )
    rules.forget_roles(user)
    if is_new:
        activity.record(
            "member.added",
            subject=("user", user.handle),
            brand=invitation.brand,
            actor=user,
            private=True,
            data={"role": membership.role, "invitation": invitation.code},
        )


def _record(kind: str, invitation: Invitation, actor: User) -> None:
    """Without the address: a record is kept, an address is somebody's."""
    activity.record(
        kind,
        subject=("invitation", invitation.code),
        brand=invitation.brand,
        actor=actor,
        private=True,
        data={"role": invitation.role},
    )


def _hash(secret: str) -> str:
    return keyed_hash(secret, purpose=PURPOSE)
