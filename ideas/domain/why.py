"""Why an idea stands where it does in its challenge's lists: terms in plain words that add up to
its score.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import sqrt
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cocreate.lib.numbers import counted_as, decimal, percent, whole
from ideas.domain import scoring
from ideas.domain.challenges import state_of
from ideas.domain.exposure import figures_of
from ideas.domain.lists import SortHidden
from ideas.enums import Sort
from ideas.models import Idea

EXPLAINED = (Sort.HOT, Sort.BEST, Sort.DISCOVER, Sort.RISING)
DIGITS = 3  # of a term, and of the score where people read it


@dataclass(frozen=True)
class Term:
    """`value` is what it adds to the score."""

    text: str
    value: float


@dataclass(frozen=True)
class Why:
    """`place` of `ideas` in the list; None: it is younger than the version, and stands with the new
    ones. `interval`: 90% of what the votes allow (best).
    """

    sort: Sort
    score: float | None = None
    terms: list[Term] = field(default_factory=list)
    place: int | None = None
    ideas: int = 0
    version: int | None = None
    built_at: datetime | None = None
    interval: tuple[float, float] | None = None


def why(*, idea: Idea, sort: Sort) -> Why:
    """Raises SortHidden while a phase hides the counts."""
    if state_of(idea.challenge).hides_counts:
        raise SortHidden
    return _hot(idea) if sort == Sort.HOT else _placed(idea, sort)


def exposure_of(idea: Idea) -> dict[str, Any]:
    """How often it was shown (ideas.domain.exposure); its votes for each 100 views are a count, and
    hidden where counts are.
    """
    found = figures_of(idea.pk)
    if state_of(idea.challenge).hides_counts:
        found["per_hundred"], found["has_more_votes"] = None, False
    return found


# --- Hot ------------------------------------------------------------------------------------------

# Upper ends of the ages that are told apart.
AGES = (timedelta(days=1), timedelta(days=7), timedelta(days=30))
DECAYED = """
    SELECT v.value > 0 AS is_for, width_bucket(extract(epoch FROM now() - v.at), %(ages)s) AS age,
           sum(v.amount), sum(v.amount * power(2::float8,
               -least(greatest(extract(epoch FROM now() - v.at), 0) / %(half_life)s, 300)))
      FROM counted_vote v WHERE v.idea_id = %(idea)s GROUP BY 1, 2 ORDER BY 2, 1 DESC
"""
HOT_PLACE = """
    SELECT (SELECT count(*) FROM ideas_score o
             WHERE o.brand_id = s.brand_id AND o.challenge_id = s.challenge_id AND o.listed
               AND (o.hot > s.hot
                    OR (o.hot = s.hot AND (o.created_at, o.code) <= (s.created_at, s.code)))),
           (SELECT count(*) FROM ideas_score o
             WHERE o.brand_id = s.brand_id AND o.challenge_id = s.challenge_id AND o.listed)
      FROM ideas_score s WHERE s.idea_id = %(idea)s AND s.listed
"""


def _hot(idea: Idea) -> Why:
    rules = idea.challenge.rules
    assert rules is not None  # noqa: S101 - every challenge has rules
    values: dict[str, Any] = {
        "idea": idea.pk,
        "half_life": rules.half_life.total_seconds(),
        "ages": [age.total_seconds() for age in AGES],
    }
    with connection.cursor() as cursor:
        cursor.execute(DECAYED, values)
        sums = cursor.fetchall()
        cursor.execute(HOT_PLACE, values)
        place, ideas = cursor.fetchone() or (None, 0)
    terms = [
        Term(_votes(int(votes), is_for, age), value if is_for else -value)
        for is_for, age, votes, value in sums
    ]
    score = sum(term.value for term in terms)
    return Why(Sort.HOT, score, _rounded(terms, score), place, ideas)


def _votes(number: int, is_for: bool, age: int) -> str:
    if is_for:
        text = ngettext("{n} vote for it, {age}", "{n} votes for it, {age}", number)
    else:
        text = ngettext("{n} vote against it, {age}", "{n} votes against it, {age}", number)
    ages = (
        _("of the last day"),
        _("of the last week"),
        _("of the last thirty days"),
        _("older than thirty days"),
    )
    return text.format(n=whole(number), age=ages[age])


# --- Best, discover, rising -----------------------------------------------------------------------

# Few views for many votes make a mean above one half: only then all places are added up.
PLACED = """
    SELECT o.number, o.built_at, o.mean, o.visits, o.can_say_no, o.half_life,
           p.place, p.score, p.ups, p.downs, p.views, p.recent, p.expected,
           (SELECT max(l.place) FROM ideas_orderplace l
             WHERE l.version_id = o.id AND l.sort = %(sort)s) AS ideas,
           CASE WHEN o.mean > 0.5 AND NOT o.can_say_no THEN
               (SELECT sum(l.views) < sum(l.ups) FROM ideas_orderplace l
                 WHERE l.version_id = o.id AND l.sort = %(sort)s)
           ELSE false END AS is_unmeasured
      FROM (SELECT * FROM ideas_orderversion WHERE brand_id = %(brand)s
               AND challenge_id = %(challenge)s ORDER BY number DESC LIMIT 1) o
      LEFT JOIN ideas_orderplace p
             ON p.version_id = o.id AND p.idea_id = %(idea)s AND p.sort = %(sort)s
"""


def _placed(idea: Idea, sort: Sort) -> Why:
    found = _read(idea, sort)
    if found is None:
        return Why(sort)
    about = {
        "ideas": found["ideas"] or 0, "version": found["number"], "built_at": found["built_at"],
    }  # fmt: skip
    if found["place"] is None:
        return Why(sort, **about)
    terms = {Sort.BEST: _best, Sort.DISCOVER: _discover}.get(sort, _rising)(found)
    interval = None
    if sort == Sort.BEST and found["can_say_no"]:
        interval = scoring.interval(found["ups"], found["downs"], found["mean"])
    shown = _rounded(terms, found["score"])
    return Why(sort, found["score"], shown, found["place"], interval=interval, **about)


def _read(idea: Idea, sort: Sort) -> dict[str, Any] | None:
    values: dict[str, Any] = {
        "brand": idea.brand_id, "challenge": idea.challenge_id, "idea": idea.pk, "sort": sort.value,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(PLACED, values)
        row = cursor.fetchone()
        names = [column.name for column in cursor.description]
    return None if row is None else dict(zip(names, row, strict=True))


def _best(found: dict[str, Any]) -> list[Term]:
    if not found["can_say_no"]:
        text = ngettext(
            "{n} point, given by {people}", "{n} points, given by {people}", int(found["score"])
        )
        people = ngettext("{n} person", "{n} people", found["ups"]).format(n=whole(found["ups"]))
        return [Term(text.format(n=whole(int(found["score"])), people=people), found["score"])]
    ups, downs, mean = found["ups"], found["downs"], found["mean"]
    every = ups + downs + scoring.PRIOR
    begin = _(
        "{n} votes that every idea begins with, {share} of them for it: as all votes here are"
    ).format(n=scoring.PRIOR, share=percent(mean))
    for_it = ngettext("{n} vote for it", "{n} votes for it", ups).format(n=whole(ups))
    against = ngettext(
        "{n} vote against it: it is only among all {all} votes that the others are divided by",
        "{n} votes against it: they are only among all {all} votes that the others are divided by",
        downs,
    ).format(n=whole(downs), all=whole(every))
    return [
        Term(begin, scoring.PRIOR * mean / every), Term(for_it, ups / every), Term(against, 0.0),
    ]  # fmt: skip


def _discover(found: dict[str, Any]) -> list[Term]:
    share = _best(found) if found["can_say_no"] else _rate(found)
    views, visits = found["views"], found["visits"]
    come = ngettext("{n} visit to this question", "{n} visits to this question", visits)
    if views < found["ups"] + found["downs"]:
        text = _("because few views of it were counted so far: {views} in {visits}")
    else:
        text = _("because it was shown little so far: {views} in {visits}")
    text = text.format(views=_views(views), visits=come.format(n=whole(visits)))
    return [*share, Term(text, scoring.bonus(views, visits))]


def _rate(found: dict[str, Any]) -> list[Term]:
    ups, views, mean = found["ups"], found["views"], found["mean"]
    every = max(views, ups) + scoring.PRIOR
    if found["is_unmeasured"]:
        begin = _(
            "what every idea here begins with; in this question fewer views were counted than"
            " votes, so nobody can say yet how many views bring a vote"
        )
    else:
        begin = _(
            "{n} views that every idea begins with, {share} of them with a vote: as all views here"
        ).format(n=scoring.PRIOR, share=percent(mean))
    for_it = ngettext("{n} vote for it", "{n} votes for it", ups).format(n=whole(ups))
    if views < ups:
        seen = _(
            "{votes}, more than its views that were counted ({views}): each counts as one view"
        )
    else:
        seen = _("{votes}, divided by its {views}")
    seen = seen.format(votes=for_it, views=_views(views))
    return [Term(begin, scoring.PRIOR * mean / every), Term(seen, ups / every)]


def _views(number: float) -> str:
    return ngettext("{n} view", "{n} views", counted_as(number)).format(n=decimal(number))


def _rising(found: dict[str, Any]) -> list[Term]:
    spread = sqrt(found["expected"] + 1)
    hours = round(found["half_life"].total_seconds() / 3600)
    recent = ngettext(
        "{n} recent vote for it; a vote of {hours} hours ago counts one half",
        "{n} recent votes for it; a vote of {hours} hours ago counts one half",
        counted_as(found["recent"], 2),
    ).format(n=decimal(found["recent"], 2), hours=whole(hours))
    expected = _("{n} of them could be expected from its share of earlier votes").format(
        n=decimal(found["expected"], 2)
    )
    return [Term(recent, found["recent"] / spread), Term(expected, -found["expected"] / spread)]


# --- To read --------------------------------------------------------------------------------------


def _rounded(terms: list[Term], score: float) -> list[Term]:
    """Whoever adds them up comes to the rounded score: what rounding leaves goes to the terms that
    it moved furthest the other way.
    """
    one = 10**DIGITS
    units = [round(term.value * one) for term in terms]
    rest = round(score * one) - sum(units)
    step = 1 if rest > 0 else -1
    moved = sorted(range(len(terms)), key=lambda n: step * (units[n] - terms[n].value * one))
    for n in moved[: abs(rest)]:
        units[n] += step
    return [Term(term.text, unit / one) for term, unit in zip(terms, units, strict=True)]
