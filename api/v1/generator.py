"""The generator of the schema, which every view needs before there are views."""

from typing import Any

from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import force_instance
from rest_framework import serializers

from api.v1.links import links_of


class Described(AutoSchema):
    """A key names the voter in the body of DELETE too, which the generator would leave out; and
    links say where an answer leads.
    """

    def get_operation(self, *args: Any) -> dict[str, Any] | None:
        operation: dict[str, Any] | None = super().get_operation(*args)  # type: ignore[no-untyped-call]
        if operation is not None:
            for status, links in links_of(operation["operationId"]).items():
                operation["responses"][status]["links"] = links
        return operation

    def _get_request_body(self, direction: str = "request") -> Any:
        if self.method != "DELETE" or self.get_request_serializer() is None:
            return super()._get_request_body(direction)  # type: ignore[no-untyped-call]
        self.method = "PUT"
        try:
            return super()._get_request_body(direction)  # type: ignore[no-untyped-call]
        finally:
            self.method = "DELETE"


class NothingElse(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]
    """A field that nobody knows is refused, and what the domain checks is told with its field."""

    target_class = "api.v1.serializers.Strict"
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        shape = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        strict = force_instance(self.target)
        for name, field in strict.fields.items():
            if isinstance(field, serializers.CharField):
                shape["properties"][name] |= getattr(field, "told", {})
        if not vars(type(strict)).get("__doc__"):  # what is said there is said of all
            shape.pop("description", None)
        return {**shape, **strict.told, "additionalProperties": False}
