"""Somebody as one brand knows them: found, or created on the first act (accounts/sql/)."""

from accounts.models import ApiKey, Brand, Participant, User
from cocreate.lib import prepared
from cocreate.lib.mailboxes import mailbox_key

FOR_USER = "SELECT participant_for(%s, %s)"
OF_CLAIM = "SELECT author_of_claim(%s, %s, %s, %s, %s)"


def of_user(*, brand: Brand, user: User) -> Participant:
    """The user's participant at the brand. Creates it. Whether they may see the brand is asked
    before.
    """
    return _found(prepared.one(FOR_USER, (brand.pk, user.pk)))


def claimed(
    *, brand: Brand, key: ApiKey | None, external_id: str | None, email: str | None, name: str = ""
) -> Participant:
    """Who a key or an import names as an author; created at the first mention. Never an account,
    not even that of who proved the e-mail: it is a claim, and deduplicates inside the brand.
    """
    mailbox = mailbox_key(email) if email else None
    values = (brand.pk, key.pk if key else None, external_id or None, mailbox, name[:40])
    return _found(prepared.one(OF_CLAIM, values))


def _found(row: tuple[int] | None) -> Participant:
    assert row is not None  # noqa: S101 - both functions return one
    return Participant.objects.select_related("user").get(pk=row[0])
