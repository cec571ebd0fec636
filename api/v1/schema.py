"""The OpenAPI 3.1 description, and what the generator must be told of our credentials."""

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.utils import translation
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer
from drf_spectacular.utils import extend_schema

from api import parameters
from api.authentication import KEY_PARAMETER
from api.views import ApiView


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "api.authentication.BearerAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        text = (
            "A personal token `cop_…`, a brand's secret key `cos_…`, a widget's key `cow_…` or its "
            "session `cot_…`."
        )
        return {"type": "http", "scheme": "bearer", "description": text}


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "api.authentication.KeyInAddressAuthentication"
    name = "key"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        text = "A widget's key `cow_…`, for pages of other sites: what everybody may read."
        return {"type": "apiKey", "in": "query", "name": KEY_PARAMETER, "description": text}


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "api.authentication.MemberAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        text = "The session of the pages; whatever changes something needs the header X-CSRFToken."
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": settings.SESSION_COOKIE_NAME,
            "description": text,
        }


@extend_schema(exclude=True)
class SchemaView(ApiView):
    """It changes with a release alone, so it is written once in a process."""

    def get(self, request: Any) -> HttpResponse:
        parameters.read(request)
        return HttpResponse(described(), content_type="application/vnd.oai.openapi+json")


@cache
def described() -> bytes:
    with translation.override("en"):
        schema = SchemaGenerator().get_schema(request=None, public=True)
        return bytes(OpenApiJsonRenderer().render(schema))
