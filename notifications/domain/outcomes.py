"""What became of the mail of a notice, for its reader: "did I get it?"."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from notifications.enums import Frequency, MailState
from notifications.models import Mail, Notice

SEPARATOR = ": "  # of the kind of an error and what was said


@dataclass(frozen=True)
class Outcome:
    """`code`: sent, waiting, sending, refused, failed, withheld, dropped, off, unmailed,
    next_digest or read_before. `day` is that of the digest it is in; `answer` what the other
    server said.
    """

    code: str
    at: datetime | None = None
    address: str = ""
    answer: str = ""
    day: date | None = None


def of(notice: Notice) -> Outcome:
    """With its mails, its digest and the digest's mails at hand."""
    if notice.digest:
        return _of_mail(_first(notice.digest.mails), notice.digest.day)
    if notice.digest_at:
        return Outcome("next_digest", at=notice.digest_at)
    if not notice.pace:
        return Outcome("unmailed")
    if notice.pace == Frequency.OFF:
        return Outcome("off")
    if notice.pace == Frequency.INSTANT:
        return _of_mail(_first(notice.mails))
    return Outcome("read_before" if notice.read_at else "dropped")


def _of_mail(mail: Mail | None, day: date | None = None) -> Outcome:
    if mail is None:
        return Outcome("dropped", day=day)
    if mail.state == MailState.FAILED:
        kind, _colon, answer = mail.error.partition(SEPARATOR)
        code = "refused" if kind in {"SMTPRecipientsRefused", "SMTPDataError"} else "failed"
        return Outcome(code, address=mail.sent_to, answer=answer or kind, day=day)
    if mail.state == MailState.QUEUED:
        _kind, _colon, answer = mail.error.partition(SEPARATOR)
        at = mail.due_at if mail.attempts else None
        return Outcome("waiting", at=at, answer=answer, day=day)
    return Outcome(mail.state, at=mail.sent_at, address=mail.sent_to, day=day)


def _first(mails: Any) -> Mail | None:
    """From what was prefetched: asking for the first would be a query."""
    return next(iter(mails.all()), None)
