"""The statuses of a list's ideas, each a link to those that have it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ideas.domain.figures import Figures
from ideas.domain.matching import MOST_MATCHES
from ideas.domain.statuses import graph_of

if TYPE_CHECKING:
    from web.public.listing import Narrowing


@dataclass(frozen=True)
class Choice:
    """As partials/statuses.html shows it; without `key` it is all of them. `ideas` is None where
    the figures do not know how many the list has.
    """

    key: str
    label: str
    ideas: int | None
    query: str
    is_current: bool


def choices_of(
    narrowing: "Narrowing", figures: Figures, count: int | None, *, is_whole: bool
) -> tuple[Choice, ...]:
    """Those that occur, and the one that is chosen; none where they are all the same. `count`: of
    the ideas that the list shows now, where somebody has counted them. `is_whole`: a status is all
    that narrows it.
    """
    found = tuple(_statuses(narrowing, figures, count))
    if len(found) < 2 and not narrowing.filters.status:
        return ()
    all_of_them = _choice(narrowing, "", "", figures.ideas)
    return tuple(one if is_whole else replace(one, ideas=None) for one in (all_of_them, *found))


def _statuses(narrowing: "Narrowing", figures: Figures, count: int | None) -> Iterator[Choice]:
    chosen = narrowing.filters.status
    for one in figures.standings:
        # The figures are a minute old; what is chosen is counted anew.
        is_counted = one.step.key == chosen and count is not None and count < MOST_MATCHES
        number = count if is_counted else one.ideas
        yield _choice(narrowing, one.step.key, one.step.label, number)
    if chosen and chosen not in {one.step.key for one in figures.standings}:
        label = graph_of(narrowing.brand).step(chosen).label
        yield _choice(narrowing, chosen, label, count)


def _choice(narrowing: "Narrowing", key: str, label: str, ideas: int | None) -> Choice:
    query = narrowing.query_with("status", key)
    return Choice(key, label, ideas, query, narrowing.filters.status == key)
