"""A brand's logo and cover, for whoever may see the brand."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.access import Moved, brand_or_404
from accounts.domain.brands import picture_or_404
from accounts.models import Brand
from cocreate.lib.errors import NotFound
from web.pages import to_todays_address
from web.pictures import webp

# A new picture has a new name, so nobody need ask again; a closed brand's is its readers' own.
FOR_EVERYBODY = "public, max-age=31536000, immutable"
FOR_MEMBERS = "private, max-age=3600"


@require_safe
def logo(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    return picture(request, slug, "logo", name)


@require_safe
def cover(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    return picture(request, slug, "cover", name)


def picture(request: HttpRequest, slug: str, kind: str, name: str) -> HttpResponse:
    try:
        brand, caching = seen_brand(request, slug)
        content = picture_or_404(brand, kind, name)
    except Moved as error:
        response = to_todays_address(request, error.slug)
        response["Cache-Control"] = "private, no-cache"  # the brand may come back
        return response
    except NotFound as error:
        raise Http404 from error
    return webp(content, caching)


def seen_brand(request: HttpRequest, slug: str) -> tuple[Brand, str]:
    """The brand and what caches may do. No session is read for what everybody sees: a picture that
    varies by cookie could not be shared.
    """
    try:
        return brand_or_404(None, slug), FOR_EVERYBODY
    except NotFound as error:
        if isinstance(error, Moved):
            raise
        return brand_or_404(request.user, slug), FOR_MEMBERS
