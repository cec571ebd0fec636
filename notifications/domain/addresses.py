"""Addresses that their own mail server does not know. No notice goes there until the reader has
another address or asks to try again; account mail, of which somebody waits, still does.
"""

import re
import smtplib

from django.db import transaction

from accounts.models import User
from notifications.models import RefusedAddress
from notifications.models.address import ANSWER_LENGTH

# "550 5.7.1": the server refuses us, not the mailbox (RFC 3463, 3.8).
OF_POLICY = re.compile(r"5\.7\.\d")


def refused(user: User) -> RefusedAddress | None:
    """What the server said of the address that the user has today."""
    return RefusedAddress.objects.filter(user=user, email__iexact=user.email).first()


def answer_in(error: Exception) -> str:
    """What a server said, as one line with its code; empty where no server spoke."""
    match error:
        case smtplib.SMTPRecipientsRefused():
            said: bytes | str
            code, said = next(iter(error.recipients.values()))
        case smtplib.SMTPResponseException():
            code, said = error.smtp_code, error.smtp_error
        case _:
            return ""
    words = said.decode(errors="replace") if isinstance(said, bytes) else said
    return f"{code} {' '.join(words.split())}"[:ANSWER_LENGTH]


def is_unknown(error: Exception) -> bool:
    """Whether a server refuses the mailbox for good."""
    if not isinstance(error, smtplib.SMTPRecipientsRefused):
        return False
    codes = [code for code, _said in error.recipients.values()]
    return all(500 <= code < 600 for code in codes) and not OF_POLICY.search(answer_in(error))


@transaction.atomic
def mark(*, email: str, answer: str) -> None:
    """If it is the address of an account. Said twice, it is known once."""
    for user in User.objects.filter(email__iexact=email):
        RefusedAddress.objects.update_or_create(
            user=user, defaults={"email": user.email, "answer": answer}
        )


def clear(*, email: str) -> None:
    """Something arrived there."""
    RefusedAddress.objects.filter(email__iexact=email).delete()


def try_again(*, user: User) -> bool:
    """The next notice goes there. False: there was nothing to try again."""
    deleted, _by_model = RefusedAddress.objects.filter(user=user).delete()
    return bool(deleted)
