"""What a telephone knows of this site once it stands among its apps."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.templatetags.static import static
from django.views.decorators.http import require_safe

PAPER = "#fcfaf7"  # as in partials/head.html
ICONS = (
    ("icon-192.png", 192, "any"),
    ("icon-512.png", 512, "any"),
    ("icon-mask.png", 512, "maskable"),
)
KEPT_SECONDS = 3600


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Asked for by name where no page has said which; the name of ours changes with what it is."""
    response = HttpResponseRedirect(static("img/favicon-32.png"))
    response["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
    return response


@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """In no language: its only words are the name of the site."""
    facts = {
        "name": settings.SITE_NAME,
        "short_name": settings.SITE_NAME,
        "id": "/",
        "start_url": "/",
        "scope": "/",
        "display": "minimal-ui",
        "background_color": PAPER,
        "theme_color": PAPER,
        "icons": [
            {
                "src": static(f"img/{name}"),
                "sizes": f"{side}x{side}",
                "type": "image/png",
                "purpose": purpose,
            }
            for name, side, purpose in ICONS
        ],
    }
    response = JsonResponse(facts, content_type="application/manifest+json")
    response["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
    return response
