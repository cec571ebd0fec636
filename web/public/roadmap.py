"""A brand's road map: what it looks at, what is on its way, what it has made, and what not."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import pgettext_lazy

from accounts.access import brand_or_404
from ideas.domain.roadmap import Lane, road_map
from ideas.domain.statuses import Graph, Step, graph_of
from ideas.enums import Tone
from web.figures import recent
from web.outcomes import Told, told
from web.pages import page

TITLES = {
    Tone.AMBER: pgettext_lazy("road map", "Being looked at"),
    Tone.SKY: pgettext_lazy("road map", "On its way"),
    Tone.LEAF: pgettext_lazy("road map", "Made"),
}


@dataclass(frozen=True)
class Stop:
    """A status: how many ideas have it, and the latest of them."""

    step: Step
    number: int
    latest: list[Told]

    @property
    def has_more(self) -> bool:
        return self.number > len(self.latest)


@dataclass(frozen=True)
class Column:
    tone: Tone
    stops: list[Stop]

    @property
    def title(self) -> str:
        return str(TITLES[self.tone])

    @property
    def number(self) -> int:
        return sum(stop.number for stop in self.stops)


@page
def roadmap(request: HttpRequest, slug: str) -> HttpResponse:
    found = brand_or_404(request.user, slug)
    graph = graph_of(found)
    numbers = {one.step.key: one.ideas for one in recent(found).of_all.standings}
    lanes = road_map(brand=found, graph=graph, user_id=request.user.pk)
    context = {
        "brand": found,
        "columns": [column_of(lane, numbers, request.user) for lane in lanes],
        "refused": refused(graph, numbers),
    }
    return render(request, "public/roadmap.html", context)


def column_of(lane: Lane, numbers: dict[str, int], user: Any) -> Column:
    stops = []
    for stop in lane.stops:
        latest = [told(outcome, user) for outcome in stop.latest]
        # What was decided within the minute is here, and not in the figures.
        number = max(numbers.get(stop.step.key, 0), len(latest))
        stops.append(Stop(stop.step, number, latest))
    return Column(lane.tone, stops)


def refused(graph: Graph, numbers: dict[str, int]) -> list[Stop]:
    """What a brand says no with: those statuses that it must give a reason for."""
    return [
        Stop(step, numbers[step.key], [])
        for step in graph.steps.values()
        if step.needs_reason and step.key in numbers
    ]
