"""POST images/: a picture by itself, for an idea that names it later."""

import hashlib
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from rest_framework.parsers import MultiPartParser

from accounts.access import Moved
from accounts.enums import Scope
from accounts.models import Brand, Participant
from api import parameters
from api.answers import answer
from api.callers import Caller
from api.errors import UnsupportedMediaType
from api.idempotency import Slot, slot_of
from api.permissions import known_brand
from api.throttling import limit_images
from api.v1 import described, shapes
from api.v1.authors import author_of, person
from api.v1.serializers import NewImage, read
from api.views import ApiView
from cocreate.lib.errors import Invalid
from cocreate.lib.uploads import picture_in
from ideas.domain import images
from ideas.models import Image


class Images(ApiView):
    parser_classes = (MultiPartParser,)

    @described.post_image
    def post(self, request: Any) -> HttpResponse:
        self.caller.must_be_known()
        parameters.read(request)
        if request._request.content_type != MultiPartParser.media_type:
            raise UnsupportedMediaType(_("Send multipart/form-data, with the picture as `file`."))
        sent = read(NewImage, fields_of(request.data))
        brand = brand_named(self.caller, sent["brand"])
        self.caller.must_have(Scope.WRITE)
        source = file_of(request)
        fingerprint = sent | {"file": hashlib.sha256(source).hexdigest()}
        slot = slot_of(request, self.caller, fingerprint)
        if kept := slot and slot.kept():
            return kept
        return Upload(self.caller, brand, sent, source, slot).answer()


@dataclass
class Upload:
    """A picture is made before the transaction of its row begins: too long for one. So whoever
    sends it again at once learns of the first in there.
    """

    caller: Caller
    brand: Brand
    sent: dict[str, Any]
    source: bytes
    slot: Slot | None

    def answer(self) -> HttpResponse:
        named = self.sent.get("author")
        limit_images(self.caller, self.brand, person(named) if named else None)
        try:
            image = images.upload(
                brand=self.brand, uploader=self.begin, source=self.source, alt=self.sent["alt"],
                then=self.end,
            )  # fmt: skip
        except AnsweredBefore as before:
            return before.response
        return self.shown(image)

    def begin(self) -> Participant | None:
        if kept := self.slot and self.slot.claim():
            raise AnsweredBefore(kept)
        return author_of(self.caller, self.brand, self.sent.get("author"))

    def end(self, image: Image) -> None:
        if self.slot:
            self.slot.keep(self.shown(image))

    def shown(self, image: Image) -> HttpResponse:
        return answer(shapes.waiting_image(image), 201)


class AnsweredBefore(Exception):  # noqa: N818 - it is none
    def __init__(self, response: HttpResponse) -> None:
        self.response = response


def brand_named(caller: Caller, slug: str) -> Brand:
    """Here a redirect would lead nowhere: the brand is not in the address."""
    try:
        return known_brand(caller, slug)
    except Moved as moved:
        message = _("This brand has another address now: {slug}.").format(slug=moved.slug)
        raise Invalid(fields={"brand": [("moved", message)]}) from moved


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
