"""The generator of the schema, which every view needs before there are views."""

from typing import Any

from drf_spectacular.openapi import AutoSchema


class Described(AutoSchema):
    """A key names the voter in the body of DELETE too, which the generator would leave out."""

    def _get_request_body(self, direction: str = "request") -> Any:
        if self.method != "DELETE" or self.get_request_serializer() is None:
            return super()._get_request_body(direction)  # type: ignore[no-untyped-call]
        self.method = "PUT"
        try:
            return super()._get_request_body(direction)  # type: ignore[no-untyped-call]
        finally:
            self.method = "DELETE"
