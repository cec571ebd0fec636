"""How closely ideas stand in a list: a line each, or cards with their pictures.

Where somebody has not chosen, it is lines, but for few ideas of which most have a picture. `?view=`
in the address chooses, and a cookie keeps this one word and nothing of who chose. So the server
makes the right list at once, and caches tell the two apart by `Vary: Cookie`, which every page has.
"""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from ideas.domain.figures import Figures

CARDS, LINES = "cards", "list"
MANY = 9  # more than a screen shows of cards
ONE_YEAR = 60 * 60 * 24 * 365


@dataclass(frozen=True)
class Way:
    """To see a list in one of them."""

    key: str
    label: str
    icon: str
    query: str
    is_current: bool


def seen_as(request: HttpRequest, figures: Figures | None) -> dict[str, Any]:
    """What partials/ideas.html and partials/densities.html show a list by that has as many ideas
    and pictures.
    """
    density = _asked(request) or _kept(request) or usual(figures or Figures())
    return {"density": density, "ways": _ways(request, density)}


def usual(figures: Figures) -> str:
    is_pictured = 0 < figures.ideas <= 2 * figures.pictured
    return CARDS if is_pictured and figures.ideas < MANY else LINES


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
    response.set_cookie(
        settings.DENSITY_COOKIE_NAME, asked, max_age=ONE_YEAR, httponly=True,
        samesite=settings.LANGUAGE_COOKIE_SAMESITE, secure=settings.LANGUAGE_COOKIE_SECURE,
    )  # fmt: skip
    return response


def _asked(request: HttpRequest) -> str:
    return _known(request.GET.get("view"))


def _kept(request: HttpRequest) -> str:
    return _known(request.COOKIES.get(settings.DENSITY_COOKIE_NAME))


def _known(word: str | None) -> str:
    return word if word in {CARDS, LINES} else ""
