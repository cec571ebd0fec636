"""How it goes: votes by day, how ideas stand and wait, and what they are about."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.models import Brand
from ideas.access import challenges_of
from ideas.domain.challenges import state_of
from ideas.domain.statuses import Graph, graph_of
from insights.domain.daily import Day, votes_by_day
from insights.domain.standing import WAITS, Heat, Standing, standing_of
from web.desk import charts
from web.desk.common import desk_of
from web.pages import page

DAYS = 56
LABELS = 5


@page
@require_http_methods(["GET", "HEAD"])
def insights(request: HttpRequest, slug: str) -> HttpResponse:
    brand = desk_of(request, slug)
    standing = standing_of(brand)
    context = {
        "brand": brand,
        "standing": standing,
        "votes": votes_of(brand),
        "funnel": funnel_of(standing, graph_of(brand)),
        "waits": waits_of(standing),
        "typical_wait": in_words(standing.typical_wait),
        "heat": heat_of(standing),
    }
    return render(request, "desk/insights.html", context)


def votes_of(brand: Brand) -> dict[str, Any]:
    """Without the challenges whose counts a phase hides now, from the team too."""
    challenges = challenges_of(brand)
    shown = [challenge.pk for challenge in challenges if not state_of(challenge).hides_counts]
    days = votes_by_day(shown, DAYS)
    top = charts.round_top(max(day.supported for day in days))
    columns = charts.columns([day.supported for day in days], top)
    return {
        "left_out": len(challenges) - len(shown),
        "days": days,
        "bars": list(zip(columns, days, strict=True)),
        "labels": [days[round(n * (DAYS - 1) / (LABELS - 1))] for n in range(LABELS)],
        "top": top,
        "lines": charts.lines(top),
        "weeks": weeks_of(days),
        "total": sum(day.supported for day in days),
    }


def weeks_of(days: list[Day]) -> list[Day]:
    """Seven days each, by the first of them, the latest week first."""
    weeks = [days[n : n + 7] for n in range(0, len(days), 7)]
    return [
        Day(week[0].day, *(sum(part) for part in zip(*map(counts, week), strict=True)))
        for week in reversed(weeks)
    ]


def counts(day: Day) -> tuple[int, int, int]:
    return day.supported, day.opposed, day.withdrawn


@dataclass(frozen=True)
class Bar:
    label: str
    row: charts.Row
    tone: str = ""


def funnel_of(standing: Standing, graph: Graph) -> list[Bar]:
    """In the order of the brand's statuses; those that left the graph last."""
    found = standing.by_status()
    keys = [*graph.steps, *(key for key in found if key not in graph.steps)]
    rows = charts.rows([found[key] for key in keys])
    return [
        Bar(graph.step(key).label, row, graph.step(key).tone)
        for key, row in zip(keys, rows, strict=True)
    ]


def waits_of(standing: Standing) -> list[Bar]:
    labels = [within(limit) for limit in WAITS]
    rows = charts.rows([*standing.by_wait(), standing.unanswered])
    bars = [Bar(label, row) for label, row in zip(labels, rows[:-1], strict=True)]
    return [*bars, Bar(_("No reaction yet"), rows[-1], "none")]


def within(limit: timedelta | None) -> str:
    if limit is None:
        return _("Later")
    n = limit.days
    return ngettext("Within %(n)s day", "Within %(n)s days", n) % {"n": n}


def in_words(wait: timedelta | None) -> str:
    if wait is None:
        return ""
    if wait < timedelta(days=1):
        return _("less than a day")
    return ngettext("%(n)s day", "%(n)s days", wait.days) % {"n": wait.days}


def heat_of(standing: Standing) -> dict[str, Any]:
    heats = standing.heat()
    most = max((count for heat in heats for count in heat.months), default=0)
    return {"months": standing.months(), "rows": [(heat, cells(heat, most)) for heat in heats]}


def cells(heat: Heat, most: int) -> list[tuple[int, int, int]]:
    """Of each month: its place, how many, how warm."""
    return [(n, count, charts.warmth(count, most)) for n, count in enumerate(heat.months)]
