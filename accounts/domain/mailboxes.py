"""Mailboxes that somebody proved: one mailbox, one voter.

Named by a key or an import, a mailbox is a claim; proved by its reader, it joins what was claimed
to the reader's account. `ideas.receivers` does that, in the transaction that records the proof.
"""

from collections.abc import Iterable
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from accounts.domain import activity
from accounts.models import Mailbox, User
from cocreate.lib import prepared
from cocreate.lib.mailboxes import mailbox_key

# Who erases an account and comes back at once would vote twice: a mailbox rests this long.
REST = timedelta(days=30)
MISSED_SINCE = timedelta(days=2)
PROVE = "SELECT prove_mailbox(%s, %s)"


@transaction.atomic
def prove(*, user: User, email: str) -> bool:
    """The user has shown that they read this mailbox. False: another account has it already, so
    this one's votes wait. Records `mailbox.proved`, upon which the user's identities are joined.
    """
    row = prepared.one(PROVE, (mailbox_key(email), user.pk))
    if row is None or not row[0]:
        _record("mailbox.taken", user)
        return False
    _record("mailbox.proved", user)
    return True


@transaction.atomic
def let_rest(*, user: User) -> None:
    """The user goes; who proves one of their mailboxes next votes after REST."""
    Mailbox.objects.filter(user=user).update(user=None, rests_until=timezone.now() + REST)


def addresses_of(user: User, *, among: Iterable[str]) -> list[str]:
    """Those that lead to a mailbox which the user has proved, given up since or not, and that no
    other account has.
    """
    keys = set(Mailbox.objects.filter(user=user).values_list("key", flat=True))
    found = [email for email in among if mailbox_key(email) in keys]
    others = EmailAddress.objects.filter(email__in=found).exclude(user=user)
    return sorted({*found} - {*others.values_list("email", flat=True)})


def settle() -> int:
    """End the rest of mailboxes whose time has come, and catch up on proofs that a killed process
    left half done. Returns how many mailboxes were settled. Safe to run twice.
    """
    done = 0
    Mailbox.objects.filter(user=None, rests_until__lte=Now()).delete()
    for mailbox in Mailbox.objects.filter(rests_until__lte=Now()).select_related("user"):
        with transaction.atomic():
            over = Mailbox.objects.filter(pk=mailbox.pk, user=mailbox.user, rests_until__lte=Now())
            if over.update(rests_until=None):
                _record("mailbox.proved", mailbox.user)
                done += 1
    for address in _missed():
        done += prove(user=address.user, email=address.email)
    return done


def _missed() -> "list[EmailAddress]":
    """Proved lately, and neither theirs nor another account's: nobody is told twice that it is."""
    lately = timezone.now() - MISSED_SINCE
    recent = Q(user__date_joined__gte=lately) | Q(user__last_login__gte=lately)
    proved = EmailAddress.objects.filter(recent, verified=True, user__mailboxes=None)
    found = {mailbox_key(address.email): address for address in proved.select_related("user")}
    taken = Mailbox.objects.filter(key__in=found).exclude(user=None)
    for key in taken.values_list("key", flat=True):
        del found[key]
    return list(found.values())


def _record(kind: str, user: User | None) -> None:
    handle = user.handle if user else ""
    activity.record(kind, subject=("user", handle), actor=user, private=True)
