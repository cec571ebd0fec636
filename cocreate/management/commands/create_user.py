import secrets
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import CommandParser

from cocreate.domain.people import create_account
from cocreate.lib import env
from cocreate.management import base

PASSWORD_BYTES = 15


class Command(base.Command):
    help = (
        "A verified account. The password is COCREATE_PASSWORD; without it one is generated "
        "and printed alone on the last line."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument(
            "--handle", required=True, help="small letters, digits, - and _; part of /u/<handle>/"
        )
        parser.add_argument("--name", default="", help="shown to others; else the handle is")
        parser.add_argument("--staff", action="store_true", help="an operator: opens /admin/")

    def handle(self, *, email: str, handle: str, name: str, staff: bool, **options: Any) -> None:
        chosen = env.text("COCREATE_PASSWORD")
        password = chosen or secrets.token_urlsafe(PASSWORD_BYTES)
        user = create_account(email=email, handle=handle, name=name, password=password, staff=staff)
        self.say(f"{user.email} can sign in, and is @{user.handle} to others.")
        if not chosen:
            return self.say(password)
        try:  # an operator may choose what sign-up would refuse, knowingly
            validate_password(chosen, user)
        except ValidationError as error:
            self.stderr.write(f"The password is weak: {' '.join(error.messages)}")
        return None
