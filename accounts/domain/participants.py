"""Somebody as one brand knows them: found, or created on the first act."""

import unicodedata
from contextlib import suppress

from allauth.account.models import EmailAddress
from django.db.models import Q

from accounts.models import ApiKey, Brand, Participant, User
from cocreate.lib.tokens import keyed_hash

PLUS_AND_DOTS = {"gmail.com", "googlemail.com"}


def of_user(*, brand: Brand, user: User) -> Participant:
    """The user's participant at the brand. Creates it."""
    participant, _created = Participant.objects.get_or_create(
        brand=brand, user=user, defaults={"mailbox": None, "verified": has_proved_mailbox(user)}
    )
    return participant


def claimed(
    *, brand: Brand, key: ApiKey | None, external_id: str | None, email: str | None, name: str = ""
) -> Participant:
    """Who a key or an import names. An e-mail is a claim: it deduplicates inside the brand and
    does nothing else.
    """
    mailbox = mailbox_key(email) if email else None
    known = Q(pk=None)
    if external_id:
        known |= Q(external_id=external_id)
    if mailbox:
        known |= Q(mailbox=mailbox)
    found = Participant.objects.filter(known, brand=brand).order_by("id").first()
    if found:
        return found
    lookup = {"external_id": external_id} if external_id else {"mailbox": mailbox}
    extra = {"mailbox": mailbox, "named_by": key, "display_name": name[:40]}
    participant, _created = Participant.objects.get_or_create(brand=brand, **lookup, defaults=extra)
    return participant


def mailbox_key(email: str) -> str:
    """Keyed hash of the normalised address: one mailbox is one key, whatever its spelling."""
    local, _at, domain = unicodedata.normalize("NFKC", email).strip().lower().rpartition("@")
    with suppress(UnicodeError):  # a name that no server can have stays as it was written
        domain = domain.encode("idna").decode()
    local = local.split("+", 1)[0]
    if domain in PLUS_AND_DOTS:
        local, domain = local.replace(".", ""), "gmail.com"
    return keyed_hash(f"{local}@{domain}", purpose="mailbox")


def has_proved_mailbox(user: User) -> bool:
    return bool(EmailAddress.objects.filter(user=user, verified=True).exists())
