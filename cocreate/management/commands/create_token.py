from typing import Any

from django.core.management.base import CommandParser

from accounts.domain.tokens import create_token
from cocreate.management import base


class Command(base.Command):
    help = (
        "A personal token (cop_…), alone on the last line, shown this once: "
        "a program that has it acts as the member."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def handle(self, *, email: str, **options: Any) -> None:
        user = base.user_named(email)
        if not user.is_active:
            raise base.Refused(f"The account of {user.email} is not active.")
        self.say(create_token(user=user))
