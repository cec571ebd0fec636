"""What accounts hold of a person, and the two verbs that every person has: take it, erase it.

The other apps add theirs to the register (cocreate/lib/personal.py) in their own domain/privacy.py.
"""

import logging
from collections.abc import Iterator
from functools import partial

from allauth.account.models import EmailAddress
from django.contrib.admin.models import LogEntry
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.domain import activity, brands, keys, mailboxes, stopping
from accounts.enums import Role
from accounts.models import (
    Activity,
    ApiKey,
    Invitation,
    Mailbox,
    Membership,
    Participant,
    PersonalToken,
    Session,
    User,
)
from cocreate.lib import personal
from cocreate.lib.errors import DomainError
from cocreate.lib.personal import Rows, holds, holds_nothing

log = logging.getLogger(__name__)


class OwnerMustHandOver(DomainError):
    code, status = "owner_must_hand_over", 409
    message = _("You own a brand. Hand it over to somebody of its team first.")


def export(*, user: User) -> Iterator[tuple[str, Rows]]:
    """All that is held of the user: the label of each model and its rows, ready for JSON.

    Reads as it is walked through; nothing of anybody else is in it.
    """
    for entry in personal.entries():
        if entry.export:
            yield entry.model, entry.export(user)


@transaction.atomic
def erase(*, user: User) -> None:
    """The account, its links and its texts are gone; votes stay counted without a name.

    Ends the keys the user made, records `account.erased` without a name, deletes the avatar after
    the commit. Raises OwnerMustHandOver. The order of the house, from right to left: what a model
    forgets may need to know what stands left of it.
    """
    for place in user.memberships.select_related("brand").order_by("brand"):
        brands.lock(place.brand)  # else one that is handed over to them now had no owner
    if user.memberships.filter(role=Role.OWNER).exists():
        raise OwnerMustHandOver
    hold_participants(user)
    keys.revoke_keys_of(user, reason=keys.ERASED)
    for entry in reversed(personal.entries()):
        if entry.erase:
            entry.erase(user)
    log.info("erased account %s", user.pk)
    user.delete()
    activity.record("account.erased", subject=("user", ""), private=True)


def export_user(user: User) -> Rows:
    fields = (
        "email",
        "handle",
        "display_name",
        "has_own_name",
        "language",
        "time_zone",
        "interests",
        "date_joined",
    )
    rows: Rows = User.objects.filter(pk=user.pk).values(*fields, "last_login")
    return rows


def forget_avatar(user: User) -> None:
    if user.avatar.name:
        transaction.on_commit(partial(user.avatar.storage.delete, user.avatar.name))


def export_addresses(user: User) -> Rows:
    rows: Rows = EmailAddress.objects.filter(user=user).values("email", "verified", "primary")
    return rows


def export_sessions(user: User) -> Rows:
    return Session.objects.filter(user=user).values(
        "agent", "address", "began_at", "last_seen_at", "expire_date"
    )


def export_tokens(user: User) -> Rows:
    return PersonalToken.objects.filter(user=user).values(
        "prefix", "name", "created_at", "last_used_at", "revoked_at"
    )


def export_keys(user: User) -> Rows:
    return ApiKey.objects.filter(created_by=user).values(
        "prefix", "name", "created_at", brand_name=F("brand__name")
    )


def export_memberships(user: User) -> Rows:
    return Membership.objects.filter(user=user).values(
        "role", "created_at", brand_name=F("brand__name")
    )


def names_of(user: User) -> list[int]:
    """The ids of all that the user is to brands: their participants, and the names joined to them.

    Asked for first: with "or" in a larger query PostgreSQL reads everybody's rows.
    """
    pairs = user.participants.values_list("pk", "joined__pk")
    return sorted({pk for pair in pairs for pk in pair if pk})


def _identities(user: User) -> Q:
    return Q(pk__in=names_of(user))


def hold_participants(user: User) -> None:
    """Who posts as one of them at this moment comes first and is seen, or later and is refused."""
    rows = Participant.objects.select_for_update(of=("self",), no_key=True)
    list(rows.filter(_identities(user)).order_by("pk").values_list("pk"))


def export_participants(user: User) -> Rows:
    return Participant.objects.filter(_identities(user)).values(
        "ref", "display_name", "external_id", "admitted", "active", "stopped_at", "verified",
        "created_at",
        brand_name=F("brand__name"),
    )  # fmt: skip


def unlink_participants(user: User) -> None:
    """The `ref` stays, for the ledger; who it was is nowhere, nor why a team stopped them."""
    ids = list(Participant.objects.filter(_identities(user)).values_list("pk", flat=True))
    Activity.objects.filter(participant__in=ids, kind=stopping.STOPPED).update(data={})
    Participant.objects.filter(pk__in=ids).update(
        user=None, external_id=None, mailbox=None, named_by=None, display_name="", admitted=False,
        active=False, stopped_at=None,
    )  # fmt: skip


def export_mailboxes(user: User) -> Rows:
    return Mailbox.objects.filter(user=user).values("key", "proved_at")


def let_mailboxes_rest(user: User) -> None:
    mailboxes.let_rest(user=user)


def _invitations_to(user: User) -> Q:
    sent_to = Invitation.objects.values_list("email", flat=True).distinct()
    mine = mailboxes.addresses_of(user, among=sent_to)
    return Q(accepted_by=user) | Q(email__in=mine) | Q(email__iexact=user.email)


def export_invitations(user: User) -> Rows:
    return Invitation.objects.filter(_invitations_to(user)).values(
        "email", "role", "created_at", "expires_at", "accepted_at", brand_name=F("brand__name")
    )


def erase_invitations(user: User) -> None:
    Invitation.objects.filter(_invitations_to(user)).delete()


def _about(user: User) -> Q:
    return Q(subject_kind="user", subject_code=user.handle)


def export_activities(user: User) -> Rows:
    return (
        Activity.objects.filter(Q(actor=user) | _about(user))
        .order_by("id")
        .values("kind", "subject_kind", "subject_code", "at")
    )


def unname_activities(user: User) -> None:
    """What happened stays in the record, without a name."""
    Activity.objects.filter(_about(user)).update(subject_code="", data={})
    Activity.objects.filter(actor=user, kind="brand.handed_over").update(data={})


def export_administration(user: User) -> Rows:
    return LogEntry.objects.filter(user=user).values("action_time", "object_repr")


def erase_administration(user: User) -> None:
    """An operator's own entries go with the account; others' may show its address or name."""
    about = Q(content_type__model="user", object_id=str(user.pk))
    LogEntry.objects.filter(about | Q(object_repr__icontains=user.email)).update(object_repr="")


WITH_ACCOUNT = "Deleted with the account."

holds("accounts.User", export=export_user, erase=forget_avatar)
holds("account.EmailAddress", export=export_addresses, goes=WITH_ACCOUNT)
holds("accounts.Session", export=export_sessions, goes=WITH_ACCOUNT)
holds("accounts.PersonalToken", export=export_tokens, goes=WITH_ACCOUNT)
holds("accounts.ApiKey", export=export_keys, goes="The brand's; its maker is set to nobody.")
holds("accounts.Membership", export=export_memberships, goes=WITH_ACCOUNT)
holds("accounts.Mailbox", export=export_mailboxes, erase=let_mailboxes_rest)
holds("accounts.Invitation", export=export_invitations, erase=erase_invitations)
holds("accounts.Activity", export=export_activities, erase=unname_activities)
holds("admin.LogEntry", export=export_administration, erase=erase_administration)
holds("accounts.Participant", export=export_participants, erase=unlink_participants)
holds_nothing("accounts.Brand", "accounts.FormerSlug", because="A brand, not a person.")
holds_nothing(
    "accounts.SpentToken", because="Hashes of random names that hosts gave to their tokens."
)
holds_nothing(
    "account.EmailConfirmation", because="Unused: addresses are proved by codes in the session."
)
holds_nothing(
    "auth.Group",
    "auth.Permission",
    "contenttypes.ContentType",
    because="The framework's own lists.",
)
