"""What every command shares: exit codes, and refusals in one line.

0 is done, 1 refused, 2 wrong arguments (argparse's own), 141 nobody reads on (`… | head`). A verb's
DomainError or ValidationError, and what the database functions RAISE, become the one line that
says why.
"""

import argparse
import os
import signal
import sys
from collections.abc import Callable
from typing import Any, NoReturn

import psycopg.errors
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from accounts.models import Brand, User
from cocreate.lib.errors import LOST_DATABASE, DomainError
from cocreate.lib.origins import clean_origin
from ideas.models import Challenge, ImportBatch

MILLION = 1_000_000
CLOSED_PIPE = 128 + signal.SIGPIPE


class Refused(CommandError):
    """Said in one line on stderr, exit code 1."""


class WrongArguments(CommandError):
    """What argparse alone cannot see, exit code 2."""

    def __init__(self, message: str) -> None:
        super().__init__(message, returncode=2)


class Command(BaseCommand):
    """Subclasses implement `handle`."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        try:
            said = super().execute(*args, **options)
            sys.stdout.flush()
        except BrokenPipeError:
            leave_quietly()
        except WrongArguments as error:
            if not getattr(self, "_called_from_command_line", False):
                raise
            self.stderr.write(str(error))  # Django would put the name of the class before it
            sys.exit(error.returncode)
        except DomainError as error:
            raise Refused(sentence_of(error)) from error
        except ValidationError as error:
            raise Refused(sentence_of_validation(error)) from error
        except DatabaseError as error:
            if isinstance(error.__cause__, psycopg.errors.RaiseException):
                raise Refused(str(error.__cause__.diag.message_primary)) from error
            if isinstance(error, LOST_DATABASE):
                raise Refused(f"The database does not answer: {first_line(error)}") from error
            raise
        return said

    def say(self, line: str) -> None:
        self.stdout.write(line)


def leave_quietly() -> NoReturn:
    """As programs end that the signal of a closed pipe ends; what is still to be written goes
    nowhere, or the interpreter would complain of it at the end.
    """
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(CLOSED_PIPE)


def first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)


def sentence_of(error: DomainError) -> str:
    """The refusal and, behind it, what is wrong with each input."""
    fields = [f"{name}: {text}" for name, texts in error.fields.items() for _code, text in texts]
    return " ".join([str(error.message), *fields])


def sentence_of_validation(error: ValidationError) -> str:
    """As `name: what is wrong with it`, input by input."""
    if not hasattr(error, "error_dict"):
        return " ".join(error.messages)
    return " ".join(
        message if name == "__all__" else f"{name}: {message}"
        for name, messages in error.message_dict.items()
        for message in messages
    )


def user_named(email: str) -> User:
    user = User.objects.filter(email__iexact=email.strip()).first()
    if user is None:
        raise Refused(f"Nobody has the address {email}.")
    return user


def brand_named(slug: str) -> Brand:
    brand = Brand.objects.filter(slug=slug).first()
    if brand is None:
        raise Refused(f"There is no brand {slug}.")
    return brand


def challenge_named(brand: Brand, slug: str) -> Challenge:
    """With its rules; a draft too."""
    rows = Challenge.objects.filter(brand=brand, slug=slug)
    challenge = rows.select_related("brand", "rules").first()
    if challenge is None:
        raise Refused(f"{brand.slug} has no question {slug}.")
    return challenge


def import_named(code: str) -> ImportBatch:
    batch = ImportBatch.objects.select_related("brand", "challenge").filter(code=code).first()
    if batch is None:
        raise Refused(f"There is no import {code}.")
    return batch


def words(check: Callable[[str], str]) -> Callable[[str], list[str]]:
    """An argparse type: a comma-separated list whose every word passes `check`."""

    def read(text: str) -> list[str]:
        found = [check(word.strip()) for word in text.split(",") if word.strip()]
        if not found:
            raise argparse.ArgumentTypeError("is empty")
        return list(dict.fromkeys(found))

    return read


def origin(text: str) -> str:
    """An argparse type: https://host or http://host:port, nothing behind it."""
    try:
        return clean_origin(text)
    except ValueError as error:
        message = f"{text!r} is no origin such as https://shop.example"
        raise argparse.ArgumentTypeError(message) from error


def natural(text: str) -> int:
    """An argparse type: a whole number from 0 to a million."""
    if not (text.isascii() and text.isdigit()) or int(text) > MILLION:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 0 to {MILLION:,}")
    return int(text)
