"""Pictures of ideas and covers of challenges, for whoever may see what they belong to. Asked each
time: whoever loses the right loses the picture, whatever their browser has kept.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.http import parse_etags
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import limits
from accounts.access import Moved, brand_or_404
from accounts.domain.participants import of_user
from accounts.models import Brand
from cocreate.lib.errors import DomainError, Invalid, NotFound
from cocreate.lib.uploads import picture_in
from ideas.access import (
    challenge_or_404,
    image_or_404,
    image_to_change_or_404,
    waiting_image_or_404,
)
from ideas.domain import images
from ideas.models import Image
from web.links import picture_path, thumb_width
from web.pages import member_of, page, to_todays_address, with_retry
from web.pictures import webp

# A new picture has a new name. What shared caches keep for everybody they ask about each hour: an
# idea may be hidden, and its pictures with it.
FOR_EVERYBODY = "public, max-age=31536000, s-maxage=3600, immutable"
FOR_SOME = "private, no-cache"

Found = Callable[[Any], bytes]


@require_safe
def picture(request: HttpRequest, code: str, image: str, width: int) -> HttpResponse:
    """Of an idea."""
    return served(
        request,
        f"{image}-{width}",
        lambda user: images.file_of(image_or_404(user, code, image), width),
    )


@require_safe
def waiting(request: HttpRequest, slug: str, image: str, width: int) -> HttpResponse:
    """One that is on no idea yet, for whoever sent it."""

    def found(user: Any) -> bytes:
        return images.file_of(waiting_image_or_404(user, brand_or_404(user, slug), image), width)

    return served(request, f"{image}-{width}", found, is_public=False)


@require_safe
def challenge_cover(
    request: HttpRequest, slug: str, challenge_slug: str, name: str
) -> HttpResponse:
    def found(user: Any) -> bytes:
        challenge = challenge_or_404(brand_or_404(user, slug), challenge_slug, user)
        return images.cover_file(challenge, name)

    return served(request, name, found)


@page
@require_POST
def upload(request: HttpRequest, slug: str) -> HttpResponse:
    """A picture by itself, as the page's script sends it; answers JSON."""
    return told(lambda: uploaded(request, brand_or_404(request.user, slug)))


@page
@require_POST
def crop(request: HttpRequest, slug: str, image: str) -> HttpResponse:
    """A part of a picture of theirs, as a new one; answers JSON as `upload` does."""
    return told(lambda: cropped(request, brand_or_404(request.user, slug), image))


def told(make: Callable[[], Image]) -> HttpResponse:
    """The picture that it makes, or why there is none."""
    try:
        image = make()
    except Moved:
        raise
    except DomainError as error:
        first = next(iter(error.fields.values()), None)
        message = str(first[0][1] if first else error.message)
        body = {"code": error.code, "message": message}
        return with_retry(JsonResponse(body, status=error.status), error)
    shown = {"code": image.code, "alt": image.alt, "url": picture_path(image, thumb_width(image))}
    shown["large"] = picture_path(image, image.width)
    return JsonResponse(shown | {"width": image.width, "height": image.height}, status=201)


def cropped(request: HttpRequest, brand: Brand, code: str) -> Image:
    user = member_of(request)
    whole = image_to_change_or_404(user, brand, code)
    limits.upload_as_member(user_id=user.pk)
    left, top, width, height = (pixels(request, name) for name in ("x", "y", "width", "height"))
    part = (left, top, left + width, top + height)
    return images.crop(image=whole, part=part, uploader=partial(of_user, brand=brand, user=user))


def pixels(request: HttpRequest, name: str) -> int:
    """-1, which is in no picture, for what is no number."""
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else -1


def uploaded(request: HttpRequest, brand: Brand) -> Image:
    user = member_of(request)
    limits.upload_as_member(user_id=user.pk)
    source = picture_in(request, "file")
    if not source:
        raise Invalid(_("Choose a picture first.") if source is None else _("This file is empty."))
    author = partial(of_user, brand=brand, user=user)
    return images.upload(
        brand=brand, uploader=author, source=source, alt=request.POST.get("alt", "")
    )


def served(
    request: HttpRequest, name: str, found: Found, *, is_public: bool = True
) -> HttpResponse:
    """`found` reads it as a user may, None first: no session is read for what everybody sees, a
    picture that varies by cookie could not be shared.
    """
    try:
        content, caching = content_for(request, found, is_public=is_public)
    except Moved as error:
        response = to_todays_address(request, error.slug)
        response["Cache-Control"] = "private, no-cache"  # the brand may come back
        return response
    except NotFound as error:
        raise Http404 from error
    response = webp(content, caching)
    response["ETag"] = f'"{name}"'
    if f'"{name}"' in parse_etags(request.META.get("HTTP_IF_NONE_MATCH", "")):
        response.status_code, response.content = 304, b""
    return response


def content_for(request: HttpRequest, found: Found, *, is_public: bool) -> tuple[bytes, str]:
    if is_public:
        try:
            return found(None), FOR_EVERYBODY
        except Moved:
            raise
        except NotFound:
            pass
    return found(request.user), FOR_SOME
