"""What stands behind the question mark: known names, each once, each of its own kind. All that is
wrong there is told at once.
"""

import re
from collections.abc import Callable, Collection
from enum import StrEnum
from types import TracebackType
from typing import ParamSpec, TypeVar

from django.http import HttpRequest
from django.utils.translation import gettext as _

from api.authentication import KEY_PARAMETER, is_for_widgets
from api.errors import Fields, UnknownParameter
from cocreate.lib import pages
from cocreate.lib.errors import DomainError, Invalid
from cocreate.lib.pages import DEFAULT_LIMIT, LARGEST_LIMIT, SMALLEST_LIMIT

Choice = TypeVar("Choice", bound=StrEnum)
Given, Read = ParamSpec("Given"), TypeVar("Read")


def read(request: HttpRequest, *names: str) -> dict[str, str]:
    """What was sent under these names, whatever it is. Raises as Query does."""
    with Query(request, *names) as query:
        return query.sent


class Query:
    """`with Query(request, "sort", "limit") as query:` reads name by name. At its end the first
    refusal is raised, UnknownParameter or Invalid say, with the fields of all. What is wrong counts
    until then as not sent.

    `sent` is without a widget's key, and without what came twice or with a NUL.
    """

    def __init__(self, request: HttpRequest, *names: str) -> None:
        self.sent: dict[str, str] = {}
        self._first: DomainError | None = None
        self._fields: Fields = {}
        if request.META.get("QUERY_STRING"):
            self._take(request, names)

    def __enter__(self) -> "Query":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        if error is None and self._first is not None:
            self._first.fields = self._fields
            raise self._first

    def choice(self, name: str, choices: type[Choice]) -> Choice | None:
        """None where it was not sent."""
        text = self.one_of(name, list(choices))
        return None if text is None else choices(text)

    def one_of(self, name: str, choices: Collection[str]) -> str | None:
        """None where it was not sent."""
        text = self.sent.get(name)
        if text is None or text in choices:
            return text
        message = _("Choose one of these: {choices}.").format(choices=", ".join(choices))
        return self._wrong(name, "invalid_choice", message)

    def limit(self, default: int = DEFAULT_LIMIT) -> int:
        text = self.sent.get("limit", str(default))
        if re.fullmatch(r"[0-9]{1,3}", text) and SMALLEST_LIMIT <= int(text) <= LARGEST_LIMIT:
            return int(text)
        message = _("A whole number from {least} to {most}.").format(
            least=SMALLEST_LIMIT, most=LARGEST_LIMIT
        )
        self._wrong("limit", "invalid", message)
        return default

    def cursor(self) -> str:
        """Empty for the first page. Whether it is of this list, its reader says."""
        text = self.sent.get("cursor", "")
        if text:
            self.tried(pages.parts_of, text)
        return text

    def tried(
        self, reads: Callable[Given, Read], *given: Given.args, **named: Given.kwargs
    ) -> Read | None:
        """What it returns; None where it refuses what was sent."""
        try:
            return reads(*given, **named)
        except DomainError as refusal:
            if refusal.status != 400:
                raise
            self._note(refusal)
            return None

    def _take(self, request: HttpRequest, names: Collection[str]) -> None:
        sent = dict(request.GET.lists())
        if is_for_widgets(request):
            sent.pop(KEY_PARAMETER, None)
        unknown = {
            name: [("unknown", _("Nobody here knows this parameter."))]
            for name in sent
            if name not in names
        }
        if unknown:
            self._note(UnknownParameter(fields=unknown))
        for name, values in sent.items():
            if name in unknown:
                continue
            if len(values) != 1 or "\0" in values[0]:
                self._wrong(name, "invalid", _("Send it once, as plain text."))
            else:
                self.sent[name] = values[0]

    def _wrong(self, name: str, code: str, message: str) -> None:
        self._note(Invalid(fields={name: [(code, message)]}))

    def _note(self, refusal: DomainError) -> None:
        self._first = self._first or refusal
        for name, told in refusal.fields.items():
            self._fields.setdefault(name, told)  # what came twice is not missing
