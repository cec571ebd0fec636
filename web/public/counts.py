"""How the votes on some ideas stand, for a page that is open while others vote."""

import hashlib

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.views.decorators.http import require_safe

from accounts.access import brand_or_404
from cocreate.lib.errors import Invalid
from ideas.domain.counts import MOST, counts_of
from web.pages import FRESH_SECONDS, page


@page
@require_safe
def counts(request: HttpRequest, slug: str) -> HttpResponse:
    """`?ideas=CODE,CODE`: two numbers by code, as static/js/counts.js shows them. Left out is what
    a phase hides. The tag is of what is answered, so 304 says that nobody has voted.
    """
    brand = brand_or_404(request.user, slug)
    found = counts_of(brand=brand, codes=codes_in(request), user_id=request.user.pk)
    response = JsonResponse({"ideas": found})
    if not request.user.is_authenticated:
        patch_cache_control(response, public=True, max_age=0, s_maxage=FRESH_SECONDS)
    tag = f'W/"{hashlib.sha256(response.content).hexdigest()[:20]}"'
    response["ETag"] = tag
    answer: HttpResponse = get_conditional_response(request, etag=tag, response=response)
    return answer


def codes_in(request: HttpRequest) -> list[str]:
    """Raises Invalid: a page never shows so many at once."""
    codes = [code for code in request.GET.get("ideas", "").split(",") if code]
    if len(codes) > MOST or not all(code.isascii() and code.isalnum() for code in codes):
        raise Invalid
    return codes
