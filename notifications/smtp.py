"""Django's SMTP backend with a say at the point of no return: the moment before DATA."""

import smtplib
from collections.abc import Callable
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.smtp import EmailBackend

from cocreate.lib.tokens import random_code


def new_message_id() -> str:
    """Made with the mail's row: one that has to go out again is known to be the same."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return f"<{random_code(24)}@{domain or 'localhost'}>"


def nothing() -> None:
    """What is done before DATA unless a letter wants something."""


class Letter(EmailMultiAlternatives):
    """A message that is asked, once the server has taken both addresses, whether it still may go.

    `before_data` refuses by raising. Until then the server holds nothing; after it, silence of the
    server leaves open whether it took the letter.
    """

    before_data: Callable[[], None] = staticmethod(nothing)


class Asking(smtplib.SMTP):
    before_data: Callable[[], None] = staticmethod(nothing)

    def data(self, msg: Any) -> tuple[int, bytes]:
        self.before_data()
        return super().data(msg)


class AskingSecurely(Asking, smtplib.SMTP_SSL):
    pass


class Backend(EmailBackend):
    @property
    def connection_class(self) -> type[Asking]:
        return AskingSecurely if self.use_ssl else Asking

    def _send(self, email_message: EmailMessage) -> bool:
        assert isinstance(self.connection, Asking)  # noqa: S101 - for the type checker
        self.connection.before_data = getattr(email_message, "before_data", nothing)
        sent: bool = super()._send(email_message)  # type: ignore[misc]  # the stubs lack it
        return sent
