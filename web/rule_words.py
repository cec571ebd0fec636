"""The rules of a challenge as people say them: on its page, in its log, at the desk."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ideas.domain.rule_changes import Change
from ideas.enums import Mode, Period, Verb, Voters
from ideas.models import Rules
from web.templatetags.words import clock_of, day

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Said:
    """A rule that differs, in words. `is_long`: texts, which stand below each other."""

    label: str
    before: list[str]
    after: list[str]
    is_long: bool = False


def said(changes: Iterable[Change]) -> list[Said]:
    found = list(changes)
    modes = {change.name: change for change in found}
    return [
        Said(LABELS[change.name](), *_values(change), change.name in {"licence", "phases"})
        for change in found
        if change.name != "max_points" or is_of_points(modes.get("mode"))
    ]


def other_phases(change: Change) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Those that are not on both sides, before and after; none where only their order differs."""
    return (
        [phase for phase in change.before if phase not in change.after],
        [phase for phase in change.after if phase not in change.before],
    )


def is_of_points(mode: Change | None) -> bool:
    """The most points are told where there are points, now or then."""
    return mode is None or Mode.POINTS in {mode.before, mode.after}


LABELS = {
    "phases": lambda: _("Phases"),
    "mode": lambda: _("How people vote"),
    "max_points": lambda: _("Most points for one idea"),
    "budget": lambda: _("Votes, or points, of each person"),
    "budget_period": lambda: _("They get them"),
    "half_life": lambda: _("Half-life of a vote"),
    "licence": lambda: _("Terms for posting"),
    "who_votes": lambda: _("Who may vote"),
    "votes_leave": lambda: _("When somebody deletes their account"),
}


def _values(change: Change) -> tuple[list[str], list[str]]:
    if change.name == "phases" and any(other_phases(change)):
        before, after = other_phases(change)
    else:
        before, after = change.before, change.after
    return _value(change.name, before), _value(change.name, after)


def _value(name: str, value: Any) -> list[str]:
    match name:
        case "phases":
            return [phase_line(**phase) for phase in value] or ["–"]
        case "mode":
            return [str(Mode(value).label)]
        case "budget":
            return [number(value) if value is not None else _("no limit")]
        case "budget_period":
            return [str(Period(value).label)]
        case "half_life":
            return [span(value)]
        case "who_votes":
            return [str(Voters(value).label)]
        case "votes_leave":
            return [_("their votes go") if value else _("their votes stay")]
        case "licence":
            return value.splitlines() or [_("none")]
    return [number(value)]


def phase_line(
    title: str,
    opens_at: datetime | None,
    closes_at: datetime | None,
    verbs: Iterable[str],
    hides_counts: bool,  # noqa: FBT001 - a row of the domain
) -> str:
    """ "Choose: 3 May 2026, 08:00 CEST – no end; Vote; counts hidden" """
    named = _("{name}: {value}").format(name=title, value=dates(opens_at, closes_at))
    parts = [named, allowed(verbs)]
    if hides_counts:
        parts.append(_("counts hidden"))
    return "; ".join(parts)


def dates(opens_at: datetime | None, closes_at: datetime | None) -> str:
    if opens_at is None and closes_at is None:
        return _("always")
    if closes_at is None:
        return _("from {opens}").format(opens=exact(opens_at))
    if opens_at is None:
        return _("until {closes}").format(closes=exact(closes_at))
    return f"{exact(opens_at)} – {exact(closes_at)}"


def allowed(verbs: Iterable[str]) -> str:
    labels = [str(Verb(verb).label) for verb in verbs]
    return ", ".join(labels) if labels else _("nothing can be done")


def exact(moment: datetime | None) -> str:
    """ "14 January, 08:00 CET", on the reader's clock."""
    return f"{day(moment)}, {clock_of(moment)}" if moment else ""


def span(length: timedelta) -> str:
    """ "30 days", "12 hours", "1.5 days"."""
    if length < DAY:
        hours = round(length / timedelta(hours=1), 2)
        shown = number(int(hours) if hours == int(hours) else hours)
        return ngettext("{n} hour", "{n} hours", _count(hours)).format(n=shown)
    days = round(length / DAY, 2)
    shown = number(int(days) if days == int(days) else days)
    return ngettext("{n} day", "{n} days", _count(days)).format(n=shown)


def _count(amount: float) -> int:
    return 1 if amount == 1 else 2


def number(amount: float) -> str:
    return number_format(amount, force_grouping=True)


def voting(rules: Rules) -> str:
    """How one votes, in a sentence."""
    match rules.mode:
        case Mode.UP:
            return _("You support an idea, or you do not. Nobody votes against one.")
        case Mode.UP_DOWN:
            return _("You vote for an idea or against it.")
    sentence = ngettext(
        "You give an idea {n} point.", "You give an idea 1 to {n} points.", rules.max_points
    )
    return sentence.format(n=rules.max_points)


def budget(rules: Rules) -> str:
    if rules.budget is None:
        return _("You may vote for as many ideas as you like.")
    if rules.mode == Mode.POINTS:
        amount = ngettext("You have {n} point", "You have {n} points", rules.budget)
    else:
        amount = ngettext("You have {n} vote", "You have {n} votes", rules.budget)
    whole = {
        Period.CHALLENGE: _("{amount} for the whole question."),
        Period.WEEK: _("{amount} each week; what is left on Monday is gone, and you get new ones."),
        Period.MONTH: _("{amount} each month, from the first on (UTC)."),
        Period.QUARTER: _("{amount} each quarter of the year (UTC)."),
    }[Period(rules.budget_period)]
    back = _(
        "Whoever takes a vote back has it again, and so has everybody whose idea ends its voting."
    )
    return f"{whole.format(amount=amount.format(n=number(rules.budget)))} {back}"


def half_life(rules: Rules) -> str:
    sentence = _(
        "In the order “hot” a vote weighs half after {span}, a quarter after twice that. The counts"
        " stay as they are."
    )
    return sentence.format(span=span(rules.half_life))


def voters(rules: Rules) -> str:
    return {
        Voters.EVERYBODY: _("Everybody with a confirmed account may vote."),
        Voters.ADMITTED: _("Only people whom the brand has admitted, and its team, may vote."),
        Voters.TEAM: _("Only the brand’s team may vote."),
    }[Voters(rules.who_votes)]


def leaving(rules: Rules) -> str:
    if rules.votes_leave:
        return _("Whoever deletes their account takes their votes along.")
    return _("The votes of somebody who deletes their account stay, without a name.")
