"""Bodies: one JSON object of at most 256 KB that every reader reads alike."""

import json
from typing import Any, NoReturn

from django.utils.translation import gettext as _
from rest_framework.parsers import BaseParser

from api.errors import TooLarge
from cocreate.lib.errors import Invalid

MOST_BYTES = 256 * 1024


class StrictJSONParser(BaseParser):
    media_type = "application/json"

    def parse(
        self, stream: Any, media_type: str | None = None, parser_context: Any = None
    ) -> dict[str, Any]:
        raw = stream.read(MOST_BYTES + 1)
        if len(raw) > MOST_BYTES:
            raise TooLarge
        return read_object(raw)


def read_object(raw: bytes) -> dict[str, Any]:
    """The object that these bytes spell in UTF-8. Raises Invalid."""
    try:
        body = json.loads(raw.decode(), object_pairs_hook=_without_twins, parse_constant=_no_number)
    except RecursionError as error:
        raise Invalid(_("Your JSON is nested too deeply.")) from error
    except ValueError as error:
        raise Invalid(_("That is not JSON.")) from error
    if not isinstance(body, dict):
        raise Invalid(_("Send one JSON object."))
    return body


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    names = [name for name, _value in pairs]
    twins = (
        sorted({name for name in names if names.count(name) > 1}) if len(names) < 100 else names[:1]
    )
    raise Invalid(fields={name: [("duplicate", _("This field is there twice."))] for name in twins})


def _no_number(_text: str) -> NoReturn:
    """NaN and Infinity, which JSON does not have."""
    raise ValueError
