"""Questions and their rules: rules are versions, never edited, so that what held when a vote was
cast can be read.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.forms.models import model_to_dict
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.domain import activity
from accounts.models import Brand, User
from ideas.enums import Mode, Verb
from ideas.models import Challenge, Phase, Rules
from ideas.models.challenge import PERMANENT_SLUG

ALL_VERBS = [Verb.SUBMIT, Verb.VOTE, Verb.COMMENT]
RULE_FIELDS = ["mode", "max_points", "budget", "budget_period", "half_life", "licence", "who_votes"]
PHASE_FIELDS = ["title", "opens_at", "closes_at", "verbs", "hides_counts"]


@dataclass(frozen=True)
class State:
    """What a challenge allows at a moment. For display: a vote is judged by the database at its
    own time.
    """

    mode: Mode
    max_points: int
    budget: int | None
    verbs: frozenset[str]
    hides_counts: bool
    phases: list[Phase]
    current: Phase | None

    def allows(self, verb: Verb) -> bool:
        return verb in self.verbs


def state_of(challenge: Challenge, moment: datetime | None = None) -> State:
    """Read from `challenge.rules.phases`: prefetch them where there are many."""
    moment = moment or timezone.now()
    rules = challenge.rules
    assert rules is not None  # noqa: S101 - create_challenge() sets them in the same transaction
    phases = list(rules.phases.all())
    running = [phase for phase in phases if phase.is_open_at(moment)]
    verbs = (
        frozenset()
        if challenge.closed
        else frozenset(verb for phase in running for verb in phase.verbs)
    )
    return State(
        mode=Mode(rules.mode),
        max_points=rules.max_points,
        budget=rules.budget,
        verbs=verbs,
        hides_counts=any(phase.hides_counts for phase in running),
        phases=phases,
        current=running[-1] if running else None,
    )


@transaction.atomic
def create_challenge(
    *,
    brand: Brand,
    slug: str,
    title: str,
    actor: User | None,
    body: str = "",
    language: str | None = None,
    phases: list[dict[str, Any]] | None = None,
    **rules: Any,
) -> Challenge:
    """A question with version 1 of its rules. Without phases everything is allowed, always.

    Raises ValidationError. Records `challenge.created`.
    """
    challenge = Challenge(
        brand=brand, slug=slug, title=title, body=body, language=language or brand.language
    )
    challenge.full_clean(exclude=["rules"])
    challenge.save(force_insert=True)
    phases = phases or [{"title": str(_("Open")), "verbs": ALL_VERBS}]
    _adopt(challenge, _new_version(challenge, 1, actor, rules, phases))
    activity.record("challenge.created", subject=("challenge", slug), brand=brand, actor=actor)
    return challenge


def create_permanent(*, brand: Brand, actor: User | None) -> Challenge:
    """The `open` challenge that every brand has: up and down, no budget, no end.

    It speaks the brand's language, whoever creates it.
    """
    with translation.override(brand.language):
        title = str(_("What should {brand} do next?")).format(brand=brand.name)
        return create_challenge(
            brand=brand, slug=PERMANENT_SLUG, title=title, actor=actor, mode=Mode.UP_DOWN
        )


@transaction.atomic
def change_rules(
    *,
    challenge: Challenge,
    actor: User | None,
    phases: list[dict[str, Any]] | None = None,
    **changes: Any,
) -> Rules:
    """A new version: what is not named stays. Waits for the votes in flight. Records
    `challenge.rules_changed`.

    A new half-life asks for `tally.reset()` afterwards: the sums were kept in the old one.
    """
    old = challenge.rules
    assert old is not None  # noqa: S101 - as in state_of()
    number = (challenge.versions.aggregate(last=Max("version"))["last"] or 0) + 1
    rules = model_to_dict(old, RULE_FIELDS) | changes
    phases = (
        phases
        if phases is not None
        else [model_to_dict(phase, PHASE_FIELDS) for phase in old.phases.all()]
    )
    new = _new_version(challenge, number, actor, rules, phases)
    _adopt(challenge, new)
    changed = {name: str(value) for name, value in changes.items()}
    activity.record(
        "challenge.rules_changed",
        subject=("challenge", challenge.slug),
        brand=challenge.brand,
        actor=actor,
        data={"version": number, "changes": changed},
    )
    return new


@transaction.atomic
def set_closed(*, challenge: Challenge, closed: bool, actor: User | None) -> None:
    """Close or reopen the whole challenge, whatever its dates say. Waits for the votes in
    flight.
    """
    challenge.closed = closed
    challenge.save(update_fields=["closed"])
    kind = "challenge.closed" if closed else "challenge.reopened"
    activity.record(kind, subject=("challenge", challenge.slug), brand=challenge.brand, actor=actor)


def _new_version(
    challenge: Challenge,
    number: int,
    actor: User | None,
    rules: dict[str, Any],
    phases: list[dict[str, Any]],
) -> Rules:
    unknown = set(rules) - set(RULE_FIELDS)
    if unknown:
        raise ValidationError(f"Unknown rules: {', '.join(sorted(unknown))}")
    version = Rules(challenge=challenge, version=number, created_by=actor, **rules)
    version.full_clean()
    version.save(force_insert=True)
    for place, phase in enumerate(phases):
        row = Phase(rules=version, place=place, **phase)
        row.full_clean()
        row.save(force_insert=True)
    return version


def _adopt(challenge: Challenge, version: Rules) -> None:
    challenge.rules = version
    challenge.save(update_fields=["rules"])
