"""POST images/: a picture by itself, for an idea that names it later."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from rest_framework.parsers import MultiPartParser

from accounts.enums import Scope
from api import parameters
from api.answers import answer
from api.errors import UnsupportedMediaType
from api.permissions import known_brand
from api.throttling import limit_images
from api.v1 import described, shapes
from api.v1.authors import author_of, person
from api.v1.serializers import NewImage, read
from api.views import ApiView
from cocreate.lib.errors import Invalid
from cocreate.lib.uploads import picture_in
from ideas.domain import images


class Images(ApiView):
    parser_classes = (MultiPartParser,)

    @described.post_image
    def post(self, request: Any) -> HttpResponse:
        self.caller.must_be_known()
        parameters.read(request)
        if request._request.content_type != MultiPartParser.media_type:
            raise UnsupportedMediaType(_("Send multipart/form-data, with the picture as `file`."))
        sent = read(NewImage, fields_of(request.data))
        brand = known_brand(self.caller, sent["brand"])
        self.caller.must_have(Scope.WRITE)
        named = sent.get("author")
        source = file_of(request)
        limit_images(self.caller, brand, person(named) if named else None)
        image = images.upload(
            brand=brand,
            uploader=lambda: author_of(self.caller, brand, named),
            source=source,
            alt=sent["alt"],
        )
        return answer(shapes.waiting_image(image), 201)


def fields_of(data: Any) -> dict[str, Any]:
    """What a form says beside its file: each name once, `author.email` as part of `author`."""
    found: dict[str, Any] = {}
    for name, values in data.lists():
        if name == "file":
            continue
        if len(values) > 1:
            raise Invalid(fields={name: [("duplicate", _("This field is there twice."))]})
        outer, _dot, inner = name.partition(".")
        if outer == "author" and inner:
            found.setdefault("author", {})[inner] = values[0]
        else:
            found[name] = values[0]
    return found


def file_of(request: Any) -> bytes:
    """Raises PictureRefused, also for what was too large to be kept."""
    source = picture_in(request._request, "file")
    if not source:
        raise Invalid(fields={"file": [("required", _("Choose a picture first."))]})
    return source
