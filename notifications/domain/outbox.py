"""Putting mail into the outbox, in the transaction of what it tells: both stand or neither."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from cocreate.lib.errors import Invalid
from notifications.domain import hints
from notifications.domain.rendering import Rendered
from notifications.models import Digest, Mail
from notifications.smtp import new_message_id


@transaction.atomic
def queue(
    *,
    to: str,
    rendered: Rendered,
    headers: dict[str, str] | None = None,
    dedupe: str | None = None,
) -> Mail:
    """A finished mail to one address, or the one that has this `dedupe` already. Wakes a worker.

    Raises Invalid for what is not one address, or a header that would become two.
    """
    content = {
        "to": one_address(to),
        "subject": rendered.subject,
        "text": rendered.text,
        "html": rendered.html,
        "headers": safe_headers(headers or {}),
        "message_id": new_message_id(),
    }
    if dedupe is None:
        mail, created = Mail.objects.create(**content), True
    else:
        mail, created = Mail.objects.get_or_create(dedupe=dedupe, defaults=content)
    if created:
        hints.after_commit(hints.SEND_MAIL, mail.pk)
    return mail


def queue_notices(*, ids: Iterable[int]) -> None:
    """A mail for each notice, rendered when it is sent. Repeating it adds nothing."""
    mails = [Mail(notice_id=pk, dedupe=f"notice:{pk}", message_id=new_message_id()) for pk in ids]
    Mail.objects.bulk_create(mails, ignore_conflicts=True, batch_size=1000)


def queue_digest(*, digest: Digest) -> None:
    """Rendered when it is sent, like the mail of a notice. Wakes the sweep."""
    Mail.objects.create(digest=digest, dedupe=f"digest:{digest.pk}", message_id=new_message_id())
    hints.after_commit(hints.SEND_DUE_MAIL)


def one_address(to: str) -> str:
    try:
        validate_email(to)
    except ValidationError as error:
        message = _("This is not one e-mail address.")
        raise Invalid(fields={"to": [("invalid", message)]}) from error
    return to


def safe_headers(headers: dict[str, str]) -> dict[str, str]:
    if any(set("\r\n\0") & set(name + value) for name, value in headers.items()):
        raise Invalid(fields={"headers": [("invalid", _("A header is one line."))]})
    return headers
