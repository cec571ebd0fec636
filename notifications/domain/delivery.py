"""Sending the outbox. Only a server that falls silent while it takes a mail gets that twice."""

import logging
import smtplib
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import partial
from types import TracebackType
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.mail import get_connection
from django.db import connection as database
from django.db.models.functions import Now

from notifications.domain import addresses, contents
from notifications.domain.rendering import Rendered
from notifications.enums import MailState
from notifications.models import Mail
from notifications.models.mail import ERROR_LENGTH
from notifications.smtp import Letter

log = logging.getLogger(__name__)

WAITS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=12),
    timedelta(hours=24),
)
MOST_HANDOVERS = 2
SWEEP_BATCH, SWEEP_SECONDS = 1000, 20.0
SWEEP_LOCK = 7_261_001  # one sweep at a time: a server that hangs holds one worker, not all
AWAY_KEY, AWAY_SECONDS = "mail-server-away", 60
AUTOMATIC = {"Auto-Submitted": "auto-generated"}


class ClaimLost(Exception):
    """Another worker has taken the mail over."""


class SilentTwice(Exception):
    """The server may have taken the mail twice and never said so: a third would be a nuisance."""


class ServerAway(Exception):
    """The mail server cannot be talked to; the next mail would fare no better."""


class PostOffice:
    """One connection to the mail server, opened for the first letter and again after a failure."""

    def __init__(self) -> None:
        self.connection = get_connection()

    def __enter__(self) -> "PostOffice":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def hand_over(self, letter: Letter) -> None:
        """Raises what smtplib raises. Does not wait for the farewell of the server."""
        self.connection.open()
        self.connection.send_messages([letter])

    def close(self) -> None:
        with suppress(OSError):
            self.connection.close()


def send_one(mail_id: int) -> None:
    """Send this mail if it is ready; left to the sweep while the server is known to be away."""
    if cache.get(AWAY_KEY):
        return
    with PostOffice() as office, suppress(ServerAway):
        deliver(mail_id, office)


def sweep() -> int:
    """Send what is due or was left by a dead worker, oldest first. Returns how many it claimed."""
    claimed = 0
    with only_sweep() as is_ours, PostOffice() as office, suppress(ServerAway):
        end = time.monotonic() + SWEEP_SECONDS
        for mail_id in _ready_ids() if is_ours else []:
            claimed += deliver(mail_id, office)
            if time.monotonic() > end:
                break
    return claimed


@contextmanager
def only_sweep() -> Iterator[bool]:
    """Whether no other sweep is at work. The lock is the session's: it goes with a dead worker."""
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [SWEEP_LOCK])
        (is_ours,) = cursor.fetchone()
    try:
        yield is_ours
    finally:
        if is_ours:
            with database.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [SWEEP_LOCK])


def deliver(mail_id: int, office: PostOffice) -> bool:
    """Claim and send. Returns whether we had it. Raises ServerAway, after the mail was put back."""
    mail = claim(mail_id)
    if mail is None:
        return False
    try:
        state = _send(mail, office)
    except ClaimLost:
        office.close()
    except Exception as error:
        office.close()
        _answer(mail, error)
    else:
        settle(mail, state)
        if state == MailState.SENT:
            addresses.clear(email=contents.address_of(mail))
    return True


def claim(mail_id: int) -> Mail | None:
    """The mail, ours for CLAIM_LASTS from the last renewal; None when it is not ready or gone."""
    mails = Mail.objects.select_related(
        "notice__user", "notice__activity__brand", "notice__activity__participant",
        "digest__user", "digest__brand",
    )  # fmt: skip
    mail = mails.filter(pk=mail_id).first()
    if mail is None:
        return None
    mine = Mail.objects.ready().filter(pk=mail_id, attempts=mail.attempts)
    if not mine.update(state=MailState.SENDING, claimed_at=Now(), attempts=mail.attempts + 1):
        return None
    mail.attempts += 1
    return mail


def settle(mail: Mail, state: MailState, **fields: Any) -> bool:
    """Move a mail that we hold; False when it is not ours any more.

    A final state empties its bodies, which may hold a secret.
    """
    if state != MailState.QUEUED:
        fields |= {"text": "", "html": ""}
    if state == MailState.SENT:
        fields |= {"sent_at": Now(), "error": ""}
    fields |= {"handovers": mail.handovers, "sent_to": mail.sent_to}
    return bool(_held(mail).update(state=state, **fields))


def permanent(error: Exception) -> bool:
    """Whether the server refuses this mail for good; what our own account lacks can be mended."""
    match error:
        case smtplib.SMTPRecipientsRefused():
            return all(500 <= code < 600 for code, _text in error.recipients.values())
        case smtplib.SMTPDataError():
            return 500 <= error.smtp_code < 600
        case smtplib.SMTPNotSupportedError() | SilentTwice():
            return True
    return False


def _ready_ids() -> list[int]:
    return list(Mail.objects.ready().order_by("due_at").values_list("pk", flat=True)[:SWEEP_BATCH])


def _send(mail: Mail, office: PostOffice) -> MailState:
    if mail.handovers >= MOST_HANDOVERS:
        raise SilentTwice("the server may have it twice already")
    content = contents.of(mail)
    if isinstance(content, MailState):
        return content
    office.hand_over(_letter(mail, content))
    return MailState.SENT


def _letter(mail: Mail, rendered: Rendered) -> Letter:
    to = contents.address_of(mail)
    if not mail.to:
        mail.sent_to = to
    headers = AUTOMATIC | mail.headers | rendered.headers | {"Message-ID": mail.message_id}
    sender = settings.DEFAULT_FROM_EMAIL
    letter = Letter(rendered.subject, rendered.text, sender, [to], headers=headers)
    letter.attach_alternative(rendered.html, "text/html")
    letter.before_data = partial(_renew, mail)
    return letter


def _renew(mail: Mail) -> None:
    """The point of no return: it must still be ours, and the row says that it may be delivered."""
    if not _held(mail).update(claimed_at=Now(), handovers=mail.handovers + 1):
        raise ClaimLost
    mail.handovers += 1


def _held(mail: Mail) -> Any:
    return Mail.objects.filter(pk=mail.pk, state=MailState.SENDING, attempts=mail.attempts)


def _answer(mail: Mail, error: Exception) -> None:
    """Put it back for later, or give it up. Raises ServerAway when others need not try either."""
    reason = f"{type(error).__name__}: {addresses.answer_in(error) or error}"[:ERROR_LENGTH]
    _log(mail, error)
    if addresses.is_unknown(error):
        addresses.mark(email=contents.address_of(mail), answer=addresses.answer_in(error))
    if isinstance(error, smtplib.SMTPDataError):
        mail.handovers -= 1  # it answered: it does not have it
    if permanent(error) or mail.attempts > len(WAITS):
        settle(mail, MailState.FAILED, error=reason)
    else:
        settle(mail, MailState.QUEUED, error=reason, due_at=Now() + WAITS[mail.attempts - 1])
    if _is_away(error):
        cache.set(AWAY_KEY, True, AWAY_SECONDS)
        raise ServerAway from error


def _log(mail: Mail, error: Exception) -> None:
    """Without address and text. What is no answer of a server is a defect: with its trace."""
    expected = isinstance(error, OSError | SilentTwice)
    words = (mail.pk, mail.attempts, type(error).__name__, _code(error))
    log.warning("mail %s not sent, attempt %s: %s %s", *words, exc_info=None if expected else error)


def _code(error: Exception) -> int | str:
    """What the server answered, as a number."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return next(iter(error.recipients.values()))[0]
    return getattr(error, "smtp_code", "")


def _is_away(error: Exception) -> bool:
    """No server, a silent one, or one that does not let us in; not the refusal of one mail."""
    of_one_mail = (
        smtplib.SMTPRecipientsRefused,
        smtplib.SMTPSenderRefused,
        smtplib.SMTPDataError,
        smtplib.SMTPNotSupportedError,
    )
    return isinstance(error, OSError) and not isinstance(error, of_one_mail)
