"""What the schema says of widget sessions."""

from typing import Any

from rest_framework import serializers

from accounts.domain.widgets import LONGEST_TOKEN, OriginRefused, TokenRefused
from api.errors import CsrfFailed, TooLarge, UnsupportedMediaType
from api.v1.operations import ALWAYS, CREDENTIALS, ONCE, operation
from api.v1.serializers import Strict, Text
from cocreate.lib.bodies import TooSlow
from cocreate.lib.errors import NotFound


class HostToken(Strict):
    token = Text(
        max_length=LONGEST_TOKEN,
        help_text="A JWT, signed with HS256 and the widget key's secret. Header: `kid`, the key. "
        "Claims: `aud`, our origin; `sub`, your visitor's id; `exp`, five minutes ahead at most; "
        "`jti`, a name used once; `email` and `name`, if you like.",
    )


class SessionShape(serializers.Serializer[Any]):
    token = serializers.CharField(help_text="`cot_…`: send it as Bearer, from the same origin.")
    expires = serializers.DateTimeField(help_text="In ten minutes; votes before then are good.")
    brand = serializers.CharField()


open_session = operation(
    "open_widget_session",
    "Begin a widget's session",
    "For a host's page: its server says who the visitor is, by a token that it signs and that is "
    "good once. A page of another site names its widget's key in `?key=`, here and with each vote.",
    good={201: SessionShape}, request=HostToken,
    errors=(
        *ALWAYS, *ONCE, CsrfFailed, TooLarge, TooSlow, UnsupportedMediaType, TokenRefused,
        OriginRefused, NotFound,
    ),
    auth=[*CREDENTIALS[:1], {"key": []}, {}],
)  # fmt: skip
