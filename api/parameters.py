"""What stands behind the question mark: known names, each once, each of its own kind."""

import re
from collections.abc import Collection
from enum import StrEnum
from typing import TypeVar

from django.http import HttpRequest
from django.utils.translation import gettext as _

from api.authentication import KEY_PARAMETER, is_for_widgets
from api.errors import UnknownParameter
from cocreate.lib.errors import Invalid
from cocreate.lib.pages import DEFAULT_LIMIT, LARGEST_LIMIT, SMALLEST_LIMIT

Choice = TypeVar("Choice", bound=StrEnum)


def read(request: HttpRequest, *names: str) -> dict[str, str]:
    """What was sent, without a widget's key. Raises UnknownParameter, or Invalid for one sent
    twice or with a NUL.
    """
    if not request.META.get("QUERY_STRING"):
        return {}
    sent = dict(request.GET.lists())
    if is_for_widgets(request):
        sent.pop(KEY_PARAMETER, None)
    unknown = {
        name: [("unknown", _("Nobody here knows this parameter."))]
        for name in sent
        if name not in names
    }
    if unknown:
        raise UnknownParameter(fields=unknown)
    wrong = {
        name: [("invalid", _("Send it once, as plain text."))]
        for name, values in sent.items()
        if len(values) != 1 or "\0" in values[0]
    }
    if wrong:
        raise Invalid(fields=wrong)
    return {name: values[0] for name, values in sent.items()}


def choice(sent: dict[str, str], name: str, choices: type[Choice]) -> Choice | None:
    """None where it was not sent."""
    if name not in sent:
        return None
    return choices(one_of(sent[name], name, list(choices)))


def one_of(text: str, name: str, choices: Collection[str]) -> str:
    """Raises Invalid for what is none of them."""
    if text not in choices:
        message = _("Choose one of these: {choices}.").format(choices=", ".join(choices))
        raise Invalid(fields={name: [("invalid_choice", message)]})
    return text


def limit(sent: dict[str, str]) -> int:
    text = sent.get("limit", str(DEFAULT_LIMIT))
    if re.fullmatch(r"[0-9]{1,3}", text) and SMALLEST_LIMIT <= int(text) <= LARGEST_LIMIT:
        return int(text)
    message = _("A whole number from {least} to {most}.").format(
        least=SMALLEST_LIMIT, most=LARGEST_LIMIT
    )
    raise Invalid(fields={"limit": [("invalid", message)]})
