"""A brand's questions, and how they came to be as they are."""

from datetime import datetime, timedelta
from typing import Any

from accounts.models import Activity, Brand, User
from cocreate.domain.demo.clock import ago, on_the_hour
from ideas.domain import challenges
from ideas.enums import Verb
from ideas.models import Challenge, Rules

Table = dict[str, Any]


def ask(brand: Brand, table: Table, manager: User) -> Challenge:
    """Open for everything until conclude(): today's rules judge every vote, and some of these were
    cast while there was another phase.
    """
    is_draft = table.get("draft", False)
    challenge = challenges.create_challenge(
        brand=brand, slug=table["slug"], title=table["title"], body=table["body"].strip(),
        actor=manager, published=not is_draft, **_rules(table),
    )  # fmt: skip
    asked = ago(table["days"])
    Rules.objects.filter(challenge=challenge).update(created_at=asked)
    Challenge.objects.filter(pk=challenge.pk).update(
        created_at=asked, published_at=None if is_draft else asked
    )
    _date("challenge.created", challenge, asked)
    return challenge


def conclude(challenge: Challenge, table: Table, manager: User) -> None:
    """Its phases, and the changes of its rules with their reasons."""
    rules = challenges.rules_of(challenge)
    rules.phases.all().delete()
    challenges.write_phases(rules, [_phase(phase) for phase in table["phases"]])
    for change in table.get("changes", []):
        version = challenges.change_rules(
            challenge=challenge, actor=manager, reason=change["reason"].strip(), **_rules(change)
        )
        Rules.objects.filter(pk=version.pk).update(created_at=ago(change["days"]))
        _date("challenge.rules_changed", challenge, ago(change["days"]))


def voting_span(table: Table) -> tuple[datetime, datetime]:
    """From the first phase with votes to the end of the last."""
    spans = [_phase(phase) for phase in table["phases"] if Verb.VOTE in phase["verbs"]]
    return min(one["opens_at"] for one in spans), max(one["closes_at"] for one in spans)


def _phase(table: Table) -> Table:
    return {
        "title": table["title"], "verbs": table["verbs"],
        "opens_at": on_the_hour(table["opens"]), "closes_at": on_the_hour(table["closes"]),
        "hides_counts": table.get("hides_counts", False),
    }  # fmt: skip


def _rules(table: Table) -> Table:
    names = ("mode", "max_points", "budget", "budget_period", "who_votes")
    rules: Table = {name: table[name] for name in names if name in table}
    if "licence" in table:
        rules["licence"] = table["licence"].strip()
    if "half_life_days" in table:
        rules["half_life"] = timedelta(days=table["half_life_days"])
    return rules


def _date(kind: str, challenge: Challenge, at: datetime) -> None:
    """Of the last that was recorded of this kind."""
    rows = Activity.objects.filter(
        brand=challenge.brand_id, kind=kind, subject_code=challenge.slug
    ).order_by("-pk")
    Activity.objects.filter(pk__in=list(rows[:1].values_list("pk", flat=True))).update(at=at)
