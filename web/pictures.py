"""Pictures as we made them. Their names are random and never used again, so a browser may keep one
for ever; no session is read.
"""

from django.core.files.storage import Storage
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.access import avatar_or_404
from cocreate.lib.errors import NotFound

ONE_YEAR = 60 * 60 * 24 * 365


@require_safe
def avatar(_request: HttpRequest, handle: str, name: str) -> HttpResponse:
    """Of whom it shows today: a picture that was replaced or removed is gone."""
    try:
        file = avatar_or_404(handle, name)
    except NotFound as error:
        raise Http404 from error
    return picture(file.storage, file.name)


def picture(storage: Storage, name: str) -> HttpResponse:
    """A stored picture that anybody may see."""
    try:
        with storage.open(name) as file:
            response = webp(file.read(), f"public, max-age={ONE_YEAR}, immutable")
    except FileNotFoundError as error:
        raise Http404 from error
    return response


def webp(content: bytes, caching: str) -> HttpResponse:
    """Nothing but a picture, whatever is in it and however it is opened."""
    response = HttpResponse(content, content_type="image/webp")
    response["Cache-Control"] = caching
    response["Content-Disposition"] = "inline"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
