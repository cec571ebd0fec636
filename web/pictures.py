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
            response = HttpResponse(file.read(), content_type="image/webp")
    except FileNotFoundError as error:
        raise Http404 from error
    response["Cache-Control"] = f"public, max-age={ONE_YEAR}, immutable"
    response["Content-Disposition"] = "inline"
    response["X-Content-Type-Options"] = "nosniff"
    return response
