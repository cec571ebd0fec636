"""How closely ideas stand in a list: cards with their pictures, or a line each.

`?view=` says so in the address. Whoever has chosen lines finds them again by a cookie that holds
this one word and nothing of them; choosing cards deletes it. So the server makes the right list at
once, and caches tell the two apart by `Vary: Cookie`, which every page has.
"""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

CARDS, LINES = "cards", "list"
ONE_YEAR = 60 * 60 * 24 * 365


@dataclass(frozen=True)
class Way:
    """To see a list in one of them."""

    key: str
    label: str
    icon: str
    query: str
    is_current: bool


def seen_as(request: HttpRequest) -> dict[str, Any]:
    """What partials/ideas.html and partials/densities.html show it by."""
    density = _asked(request) or _kept(request)
    return {"density": density, "ways": _ways(request, density)}


def _ways(request: HttpRequest, current: str) -> tuple[Way, ...]:
    """With all else that the address says."""
    query = request.GET.copy()
    found = []
    for key, label, icon in (
        (CARDS, _("Cards"), "layout-grid"),
        (LINES, _("List"), "layout-list"),
    ):
        query["view"] = key
        found.append(Way(key, label, icon, query.urlencode(), key == current))
    return tuple(found)


def remembered(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The answer, with the cookie where the address chooses anew."""
    asked = _asked(request)
    if not asked or asked == _kept(request):
        return response
    name, same_site = settings.DENSITY_COOKIE_NAME, settings.LANGUAGE_COOKIE_SAMESITE
    if asked == CARDS:
        response.delete_cookie(name, samesite=same_site)
    else:
        response.set_cookie(
            name, asked, max_age=ONE_YEAR, httponly=True, samesite=same_site,
            secure=settings.LANGUAGE_COOKIE_SECURE,
        )  # fmt: skip
    return response


def _asked(request: HttpRequest) -> str:
    word = request.GET.get("view", "")
    return word if word in {CARDS, LINES} else ""


def _kept(request: HttpRequest) -> str:
    return LINES if request.COOKIES.get(settings.DENSITY_COOKIE_NAME) == LINES else CARDS
