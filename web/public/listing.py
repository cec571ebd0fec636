"""Ideas as a page lists them: what is searched for, filters, order, one page."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.models import Brand
from cocreate.lib.pages import DEFAULT_LIMIT
from cocreate.lib.text import one_line
from ideas.domain.asked import NAMES, filters_from, languages_of
from ideas.domain.challenges import State
from ideas.domain.keysets import somewhere_on_the_circle
from ideas.domain.lists import default_sort, ideas_page
from ideas.domain.matching import MOST_MATCHES, best_matches, count_of
from ideas.domain.narrowing import SHOWS_COUNTS, Filters
from ideas.enums import Mode, Sort
from ideas.models import Challenge
from web.ballots import shown
from web.figures import Recent
from web.impressions import shown_to
from web.public.choices import Choice, choices_of
from web.public.densities import seen_as
from web.public.way_back import is_worth_keeping
from web.sorts import Tab, sort_tabs, wanted_sort
from web.templatetags.words import calendar_day


@dataclass(frozen=True)
class Chip:
    """One filter that is on, and the query without it. That of a status is a Choice instead."""

    name: str
    label: str
    query: str


@dataclass(frozen=True)
class Form:
    """What partials/find.html shows; without `is_whole` it asks for words alone."""

    is_whole: bool = False
    kept: tuple[tuple[str, str], ...] = ()
    text: str = ""
    language: str = ""
    tag: str = ""
    author: str = ""
    since: str = ""
    until: str = ""
    languages: tuple[tuple[str, str], ...] = ()
    tags: tuple[str, ...] = ()


WORDS_ALONE = Form()


@dataclass(frozen=True)
class Narrowing:
    """What the address of a list narrows it to. What it asks for and cannot be used is said in
    `problems` and left out.
    """

    request: HttpRequest
    brand: Brand
    tags: list[str]  # offered to whoever types one

    @cached_property
    def asked(self) -> dict[str, str]:
        sent = self.request.GET
        return {name: text for name in NAMES if (text := one_line(sent.get(name, "")))}

    @cached_property
    def _read(self) -> tuple[Filters, dict[str, tuple[str, str]]]:
        return filters_from(self.brand, self.asked)

    @property
    def filters(self) -> Filters:
        return self._read[0]

    @property
    def problems(self) -> list[str]:
        return [message for _code, message in self._read[1].values()]

    @property
    def is_on(self) -> bool:
        return self.filters != Filters()

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What has no field of its own in the form: a status, how closely ideas stand, and an
        order, which stays with the search it was chosen for.
        """
        names = ("sort", "view") if "q" in self.asked else ("view",)
        found = [(name, text) for name in names if (text := self.request.GET.get(name))]
        return [("status", self.filters.status), *found] if self.filters.status else found

    @cached_property
    def languages(self) -> list[tuple[str, str]]:
        return list(languages_of(self.brand, self.filters.language).items())

    @property
    def form(self) -> Form:
        typed = {name: self.asked.get(name, "") for name in ("tag", "author", "since", "until")}
        return Form(
            True, tuple(self.kept), self.filters.text, self.filters.language, **typed,
            languages=tuple(self.languages), tags=tuple(self.tags),
        )  # fmt: skip

    @cached_property
    def chips(self) -> list[Chip]:
        shown = [name for name in self.asked if name != "status" and name not in self._read[1]]
        used = {name: self.asked[name] for name in shown}
        return [
            Chip(name, self._label(name, text), self._without(name)) for name, text in used.items()
        ]

    def _label(self, name: str, text: str) -> str:
        match name:
            case "q":
                return _("“{text}”").format(text=text)
            case "tag":
                return f"#{self.filters.tag}"
            case "language":
                return dict(self.languages)[text]
            case "author":
                return f"@{text.removeprefix('@')}"
            case "since":
                return _("from {day}").format(day=calendar_day(date.fromisoformat(text)))
        return _("until {day}").format(day=calendar_day(date.fromisoformat(text)))

    def _without(self, name: str) -> str:
        return self.query_with(name, "")

    def query_with(self, name: str, text: str) -> str:
        """The address's query from its first page on, with this filter instead of what it says."""
        query = self.request.GET.copy()
        for gone in (name, "cursor", "from"):
            query.pop(gone, None)
        if text:
            query[name] = text
        return query.urlencode()


def listing(
    request: HttpRequest, challenge: Challenge, state: State, known: Recent
) -> dict[str, Any]:
    """What partials/idea_list.html shows of a challenge. Raises BadCursor."""
    default = default_sort(hidden=state.hides_counts, in_challenge=True)
    narrowing = Narrowing(request, challenge.brand, known.tags)
    return _listed(narrowing, {challenge.slug: state}, default, challenge, state.mode, known)


def search_of_brand(
    request: HttpRequest, brand: Brand, states: dict[str, State], known: Recent
) -> dict[str, Any] | None:
    """The same over all questions of a brand, where the address asks for it. Raises BadCursor."""
    if not any(request.GET.get(name) for name in NAMES):
        return None
    narrowing = Narrowing(request, brand, known.tags)
    default = default_sort(hidden=False)
    return _listed(narrowing, states, default, None, Mode.UP_DOWN, known)


def _listed(
    narrowing: Narrowing, states: dict[str, State], default: Sort, challenge: Challenge | None,
    mode: str, known: Recent,
) -> dict[str, Any]:  # fmt: skip
    request, brand, filters = narrowing.request, narrowing.brand, narrowing.filters
    hidden = challenge is not None and states[challenge.slug].hides_counts
    sort: Sort | None = wanted_sort(request, default)
    where = {"brand": brand, "challenge": challenge, "filters": filters}
    page = {"cursor": request.GET.get("cursor", ""), "user_id": request.user.pk}
    circle = "" if page["cursor"] or sort != Sort.RANDOM else somewhere_on_the_circle()
    is_match = bool(filters.text) and request.GET.get("sort") != sort
    count = None
    if is_match:
        found = best_matches(**where, **page, limit=DEFAULT_LIMIT)
        sort, count = None, found.count
    else:
        page["cursor"] = page["cursor"] or circle
        found = ideas_page(**where, **page, sort=sort, hidden=hidden)
        if narrowing.is_on:
            count = count_of(**where, sort=sort, user_id=page["user_id"])
    if not filters.text:  # who searches has asked for what they see
        shown_to(request, found.items)
    matching = (match_tab(request, is_current=is_match),) if filters.text else ()
    tabs = (*matching, *sort_tabs(request, sort, hidden=hidden, mode=mode))
    return seen_as(request, known.of(challenge)) | {
        "narrowing": narrowing,
        "choices": statuses(narrowing, known, challenge, sort, count),
        "is_of_a_tag": bool(filters.tag) and len(narrowing.chips) == 1,
        "tabs": tabs,
        "has_more_orders": not all(tab.is_first for tab in tabs),
        "sort": sort or "",
        "circle": circle,
        "is_first_page": "cursor" not in request.GET,
        "ideas": shown(found.items, states, request.user),
        "back": request.get_full_path(),
        "keeps_list": is_worth_keeping(request),
        "next": found.next,
        "count": count,
        "is_many": count == MOST_MATCHES,
    }


def statuses(
    narrowing: Narrowing, known: Recent, challenge: Challenge | None, sort: Sort | None,
    count: int | None,
) -> tuple[Choice, ...]:  # fmt: skip
    """With how many ideas of each this order has."""
    is_by_votes = challenge is None and sort in SHOWS_COUNTS
    figures = known.of_open if is_by_votes else known.of(challenge)
    is_whole = not narrowing.chips and sort != Sort.UNSEEN
    return choices_of(narrowing, figures, count, is_whole=is_whole)


def match_tab(request: HttpRequest, *, is_current: bool) -> Tab:
    query = request.GET.copy()
    for name in ("sort", "cursor", "from"):
        query.pop(name, None)
    return Tab(_("Best match"), query.urlencode(), is_current, "match")
