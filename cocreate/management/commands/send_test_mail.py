"""Whether mail works: send one now, past the outbox, through the configured server."""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser

from cocreate.lib.errors import DomainError
from cocreate.management import base
from notifications.domain import outbox, rendering
from notifications.domain.delivery import AUTOMATIC, PostOffice
from notifications.smtp import Letter, new_message_id


class Command(base.Command):
    help = (
        "Send one mail through the configured server and say whether the server took it. "
        "Exit code 0: taken; 1: refused, with its words; 2: that is no address."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("to", metavar="TO")

    def handle(self, *, to: str, **_options: Any) -> None:
        try:
            letter = test_letter(outbox.one_address(to))
        except DomainError as error:
            raise base.WrongArguments(base.sentence_of(error)) from error
        with PostOffice() as office:
            try:
                office.hand_over(letter)
            except OSError as error:
                raise base.Refused(f"Not sent: {reason(error)}") from error
        self.say(f"Sent to {to} through {way()}.")


def test_letter(to: str) -> Letter:
    rendered = rendering.render("test", {})
    headers = AUTOMATIC | {"Message-ID": new_message_id()}
    sender = settings.DEFAULT_FROM_EMAIL
    letter = Letter(rendered.subject, rendered.text, sender, [to], headers=headers)
    letter.attach_alternative(rendered.html, "text/html")
    return letter


def way() -> str:
    """Where mail goes, without the password."""
    if settings.EMAIL_URL:
        return f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    return f"a file in {settings.EMAIL_FILE_PATH} (EMAIL_URL names no server)"


def reason(error: OSError) -> str:
    """One line, with the server's own words."""
    return " ".join(f"{way()}: {error or type(error).__name__}".split())
