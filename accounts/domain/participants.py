"""Somebody as one brand knows them: found, or created on the first act."""

import unicodedata
from contextlib import suppress

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

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
    """Who a key or an import names; created at the first mention. An e-mail is a claim: it
    deduplicates inside the brand and does nothing else.

    The same choice as `participant_of_claim()` makes for a vote (ideas/sql/cast_vote.sql): the
    external id goes before the mailbox.
    """
    mailbox = mailbox_key(email) if email else None
    found = _named(brand, external_id, mailbox)
    if found is not None:
        return found
    try:
        with transaction.atomic():
            return Participant.objects.create(
                brand=brand,
                external_id=external_id or None,
                mailbox=mailbox,
                named_by=key,
                display_name=name[:40],
            )
    except IntegrityError:  # somebody named them in this very moment
        found = _named(brand, external_id, mailbox)
        if found is None:
            raise
        return found


def _named(brand: Brand, external_id: str | None, mailbox: str | None) -> Participant | None:
    people = Participant.objects.filter(brand=brand)
    by_id = people.filter(external_id=external_id).first() if external_id else None
    return by_id or (people.filter(mailbox=mailbox).first() if mailbox else None)


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
