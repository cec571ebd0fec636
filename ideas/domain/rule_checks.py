"""What the words and the rules of a challenge may be: checked, tidied, refused with a sentence at
the field. The fields of phases are named by their place: `phases.0.closes_at`.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Brand
from accounts.models.brand import SLUG_SHAPE
from cocreate.lib.errors import Invalid
from cocreate.lib.text import one_line, tidy_text
from ideas.enums import Mode, Period, Verb, Voters
from ideas.models import Challenge
from ideas.models.challenge import MAX_POINTS

SHORTEST_TITLE = 3
TITLE_LENGTH = 200
TEXT_LENGTH = 20_000  # of the brief and of a licence
REASON_LENGTH = 500
PHASE_LENGTH = 80
MOST_PHASES = 12
LARGEST_BUDGET = {Mode.UP: 1_000, Mode.UP_DOWN: 1_000, Mode.POINTS: 10_000}
SHORTEST_HALF_LIFE, LONGEST_HALF_LIFE = timedelta(hours=1), timedelta(days=5 * 366)
FIRST_MOMENT, LAST_MOMENT = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
RESERVED_SLUGS = {"new"}  # the desk's page for a new one

Problems = dict[str, list[tuple[str, str]]]


def clean_words(brand: Brand, words: Mapping[str, Any], *, own: int | None) -> dict[str, Any]:
    """Of `title`, `body`, `language` and `slug` those that are named. `own`: the challenge whose
    slug is taken by itself. Raises Invalid.
    """
    problems: Problems = {}
    checks: dict[str, Callable[[Any, Problems], Any]] = {
        "title": _clean_title,
        "body": _clean_body,
        "language": _clean_language,
        "slug": lambda slug, found: _clean_slug(brand, slug, own, found),
    }
    cleaned = {name: checks[name](words[name], problems) for name in words}
    _raise(problems)
    return cleaned


def clean_rules(rules: Mapping[str, Any]) -> dict[str, Any]:
    """All of a version's rules but its phases. Raises Invalid."""
    problems: Problems = {}
    cleaned = dict(rules)
    cleaned["licence"] = tidy_text(rules["licence"]).strip()
    _one_of(rules["mode"], Mode.values, "mode", problems)
    _one_of(rules["budget_period"], Period.values, "budget_period", problems)
    _one_of(rules["who_votes"], Voters.values, "who_votes", problems)
    if not problems:
        _check_numbers(rules, problems)
    if not SHORTEST_HALF_LIFE <= rules["half_life"] <= LONGEST_HALF_LIFE:
        message = _("A half-life is one hour at least and five years at most.")
        problems["half_life"] = [("out_of_range", message)]
    if len(cleaned["licence"]) > TEXT_LENGTH:
        problems["licence"] = [_too_long(TEXT_LENGTH)]
    _raise(problems)
    return cleaned


def clean_phases(phases: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Raises Invalid."""
    problems: Problems = {}
    if not phases:
        problems["phases"] = [("required", _("A question needs at least one phase."))]
    elif len(phases) > MOST_PHASES:
        message = ngettext("{n} phase at most.", "{n} phases at most.", MOST_PHASES)
        problems["phases"] = [("too_many", message.format(n=MOST_PHASES))]
    cleaned = [_clean_phase(phase, f"phases.{n}", problems) for n, phase in enumerate(phases)]
    _raise(problems)
    return cleaned


def together(*checks: Callable[[], Any]) -> list[Any]:
    """What each of them returns. Raises Invalid with all that they refuse."""
    problems: Problems = {}
    found = []
    for check in checks:
        try:
            found.append(check())
        except Invalid as error:
            problems |= error.fields
    _raise(problems)
    return found


def clean_reason(reason: str, *, required: bool) -> str:
    """Why the rules change, on one line. Raises Invalid."""
    words = one_line(reason)
    if required and not words:
        message = _("Say why: it stands in the public log beside the change.")
        raise Invalid(fields={"reason": [("required", message)]})
    if len(words) > REASON_LENGTH:
        raise Invalid(fields={"reason": [_too_long(REASON_LENGTH)]})
    return words


def _clean_title(title: str, problems: Problems) -> str:
    words = one_line(title)
    if len(words) < SHORTEST_TITLE:
        problems["title"] = [("required", _("Ask your question in a few words."))]
    elif len(words) > TITLE_LENGTH:
        problems["title"] = [_too_long(TITLE_LENGTH)]
    return words


def _clean_body(body: str, problems: Problems) -> str:
    words = tidy_text(body).strip()
    if len(words) > TEXT_LENGTH:
        problems["body"] = [_too_long(TEXT_LENGTH)]
    return words


def _clean_language(language: str, problems: Problems) -> str:
    _one_of(language, dict(settings.LANGUAGES), "language", problems)
    return language


def _clean_slug(brand: Brand, slug: str, own: int | None, problems: Problems) -> str:
    slug = slug.strip().lower()
    try:
        SLUG_SHAPE(slug)
    except ValidationError:
        message = _("An address has 1 to 50 small letters without accents, digits and -.")
        problems["slug"] = [("invalid", message)]
        return slug
    if slug in RESERVED_SLUGS:
        problems["slug"] = [("reserved", _("This address is kept for the site itself."))]
    elif is_taken(brand, slug, own):
        problems["slug"] = [("taken", _("Another question of yours has this address."))]
    return slug


def is_taken(brand: Brand, slug: str, own: int | None = None) -> bool:
    same = Challenge.objects.filter(brand=brand, slug=slug).first()
    return same is not None and same.pk != own


def _check_numbers(rules: Mapping[str, Any], problems: Problems) -> None:
    mode, points, budget = Mode(rules["mode"]), rules["max_points"], rules["budget"]
    if not (2 if mode == Mode.POINTS else 1) <= points <= MAX_POINTS:
        message = _("People give 2 to {n} points at most.").format(n=MAX_POINTS)
        problems["max_points"] = [("out_of_range", message)]
    if budget is not None and not 1 <= budget <= LARGEST_BUDGET[mode]:
        message = _("A budget is 1 to {n}; leave it empty for no limit.")
        problems["budget"] = [("out_of_range", message.format(n=LARGEST_BUDGET[mode]))]
    elif budget is not None and mode == Mode.POINTS and budget < points:
        message = _("With so small a budget nobody could ever give {n} points.").format(n=points)
        problems["budget"] = [("too_small", message)]


def _clean_phase(phase: Mapping[str, Any], at: str, problems: Problems) -> dict[str, Any]:
    title = one_line(phase.get("title", ""))
    opens, closes = phase.get("opens_at"), phase.get("closes_at")
    verbs = phase.get("verbs", [])
    if not title:
        problems[f"{at}.title"] = [("required", _("Give the phase a name."))]
    elif len(title) > PHASE_LENGTH:
        problems[f"{at}.title"] = [_too_long(PHASE_LENGTH)]
    for name, moment in (("opens_at", opens), ("closes_at", closes)):
        if moment is not None and not FIRST_MOMENT <= moment < LAST_MOMENT:
            message = _("Choose a day between the years 2000 and 2199.")
            problems[f"{at}.{name}"] = [("out_of_range", message)]
    if opens is not None and closes is not None and closes <= opens:
        message = _("It must close after it opens.")
        problems.setdefault(f"{at}.closes_at", [("before_opening", message)])
    if not set(verbs) <= set(Verb.values):
        problems[f"{at}.verbs"] = [("invalid", _("Choose among what is offered."))]
    return {
        "title": title, "opens_at": opens, "closes_at": closes,
        "verbs": [verb for verb in Verb.values if verb in verbs],
        "hides_counts": bool(phase.get("hides_counts", False)),
    }  # fmt: skip


def _one_of(value: Any, known: Collection[str], field: str, problems: Problems) -> None:
    if value not in known:
        problems[field] = [("invalid", _("Choose one of these."))]


def _too_long(length: int) -> tuple[str, str]:
    return ("too_long", _("Keep it under {n} characters.").format(n=length))


def _raise(problems: Problems) -> None:
    if problems:
        raise Invalid(fields=problems)
