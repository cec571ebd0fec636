"""GET brands/{slug}/roadmap/: what a brand has taken up, and its word on it, the latest first."""

from datetime import UTC, datetime
from html import unescape
from typing import Any

from django.http import HttpRequest, HttpResponse
from rest_framework import serializers

from accounts.models import Brand
from api import parameters
from api.answers import answer, moment
from api.callers import Caller
from api.permissions import readable_brand
from api.shared import SharedView
from api.v1 import described, shapes
from api.v1.operations import in_query, operation
from cocreate.lib.html import excerpt
from cocreate.lib.pages import LARGEST_LIMIT
from ideas.domain.claimed import add_votes
from ideas.domain.outcomes import Outcome
from ideas.domain.roadmap import OF_A_STATUS, road_map
from ideas.domain.statuses import graph_of

NEVER = datetime.min.replace(tzinfo=UTC)  # what nobody has decided here stands last


class TakenUp(serializers.Serializer[Any]):
    idea = described.ListedIdea()
    decided = serializers.DateTimeField(
        allow_null=True, help_text="null: it came with its status from elsewhere."
    )
    words = serializers.CharField(
        help_text="The beginning of what the brand said of it last, as plain text; may be empty."
    )


class RoadMapShape(serializers.Serializer[Any]):
    results = TakenUp(many=True)


HOW_MANY = in_query("limit", described.LIMIT | {"default": LARGEST_LIMIT}, "How many at most.", 10)
of_brand = operation(
    "roadmap", "What a brand has taken up",
    f"What it looks at, what is on its way and what is made, the latest first: up to {OF_A_STATUS}"
    f" ideas of each status, {LARGEST_LIMIT} in all. What was declined is in the list of ideas, by"
    " its `status`.",
    described.BRAND, HOW_MANY, good={200: RoadMapShape},
)  # fmt: skip


class RoadMap(SharedView):
    kept_for_visitors = False  # they have the page

    @of_brand
    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        brand = readable_brand(self.caller, slug)
        with parameters.Query(request, "limit") as query:
            limit = query.limit(LARGEST_LIMIT)
        latest = latest_of(brand, self.caller)[:limit]
        if self.caller.session is not None:
            add_votes([one.row for one in latest], self.caller.session)
        return answer({"results": [taken_up(one) for one in latest]})


def latest_of(brand: Brand, caller: Caller) -> list[Outcome]:
    lanes = road_map(brand=brand, graph=graph_of(brand), user_id=caller.user_id)
    found = [one for lane in lanes for stop in lane.stops for one in stop.latest]
    return sorted(found, key=lambda one: one.at or NEVER, reverse=True)


def taken_up(one: Outcome) -> dict[str, Any]:
    return {
        "idea": shapes.idea_in_list(one.row),
        "decided": moment(one.at),
        "words": unescape(excerpt(one.words)),
    }
