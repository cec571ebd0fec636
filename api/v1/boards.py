"""GET brands/{slug}/board/: a list of ideas with all that it takes to show it, in one answer."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse

from accounts.models import Brand
from api.v1 import described, shapes
from api.v1.views import Ideas
from cocreate.lib.pages import Page
from ideas.access import challenges_of
from ideas.domain.lists import Row
from ideas.domain.statuses import graph_of
from ideas.models import Challenge


class Board(Ideas):
    """What brands/{slug}/, challenges/ and ideas/ say, as far as these ideas need it."""

    kept_for_visitors = False  # they have the list
    http_method_names = ("get", "head", "options")

    @described.board
    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        return super().get(request, slug)

    def body(self, brand: Brand, named: Challenge | None, page: Page[Row]) -> dict[str, Any]:
        asked = questions_of(brand, named, page.items)
        return {
            "brand": shapes.brand(brand, graph_of(brand)),
            "challenges": [shapes.challenge(one) for one in asked],
            "ideas": super().body(brand, named, page),
        }


def questions_of(brand: Brand, named: Challenge | None, rows: Sequence[Row]) -> Sequence[Challenge]:
    """The one that was named, else those of these ideas."""
    if named is not None:
        return [named]
    slugs = {row["challenge"] for row in rows}
    return [one for one in challenges_of(brand) if one.slug in slugs]
