"""When a team wants to hear of an idea, and what is over its thresholds now.

Who sets a threshold knows what is over it already, for the page lists it: mails tell what comes
after. So every change of a rule adopts (`ideas.domain.alerts`).
"""

from django.db import transaction
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _

from accounts.domain import activity
from accounts.models import Brand, User
from cocreate.lib.errors import Invalid, NotFound
from ideas.domain.alerts import adopt_rule, default_burst, hold_looks
from ideas.domain.bursts import WEEK_HOURS
from ideas.enums import AlertKind
from ideas.models import Alert, AlertRule

MOST_RULES = 10
MOST_VOTES = 1_000_000
SHOWN = 100
HIDING = "SELECT challenge_id FROM hiding_challenge WHERE brand_id = %s"


def rules_of(brand: Brand) -> list[AlertRule]:
    """The thresholds; bursts are apart."""
    rules = AlertRule.objects.filter(brand=brand).exclude(kind=AlertKind.BURST)
    return list(rules.order_by("kind", "hours", "threshold"))


def burst_of(brand: Brand) -> AlertRule:
    """On, where the brand never said otherwise."""
    found = AlertRule.objects.filter(brand=brand, kind=AlertKind.BURST).first()
    return found or default_burst(brand.pk)


def raised(brand: Brand) -> list[Alert]:
    """What is up now, newest first, with idea, score and rule at hand; not what is hidden, nor
    whose counts are. A hundred at most.
    """
    rows = Alert.objects.filter(
        rule__brand=brand, idea__score__listed=True, rule__active=True
    ).exclude(idea__challenge_id__in=RawSQL(HIDING, [brand.pk]))  # noqa: S611 - a constant
    return list(rows.select_related("rule", "idea__score").order_by("-raised_at", "-pk")[:SHOWN])


@transaction.atomic
def add_rule(
    *, brand: Brand, kind: str, threshold: int, hours: int, actor: User | None
) -> AlertRule:
    """A threshold more. Raises Invalid. Records `alerts.changed`."""
    hold_looks()
    if kind not in {AlertKind.SUPPORTERS, AlertKind.VOTES}:
        raise _wrong("kind", "invalid_choice", _("Choose one of these."))
    rule = AlertRule(brand=brand, kind=kind)
    _set(rule, threshold, hours)
    if len(rules_of(brand)) >= MOST_RULES:
        raise _wrong("kind", "too_many", _("Ten thresholds are enough. Remove one first."))
    rule.save(force_insert=True)
    adopt_rule(rule)
    _record(brand, actor)
    return rule


@transaction.atomic
def change_rule(
    *, brand: Brand, code: str, threshold: int, hours: int, actor: User | None
) -> AlertRule:
    """Raises NotFound, Invalid. Records `alerts.changed`."""
    hold_looks()
    rule = _rule(brand, code)
    _set(rule, threshold, hours)
    rule.save(update_fields=["threshold", "hours"])
    _begin_again(rule)
    _record(brand, actor)
    return rule


@transaction.atomic
def remove_rule(*, brand: Brand, code: str, actor: User | None) -> None:
    """With its alerts. Raises NotFound. Records `alerts.changed`."""
    hold_looks()
    _rule(brand, code).delete()
    _record(brand, actor)


@transaction.atomic
def set_burst(*, brand: Brand, active: bool, least: int, actor: User | None) -> AlertRule:
    """Whether the team hears of bursts, and from how many votes in an hour on. Raises Invalid.
    Records `alerts.changed`.
    """
    hold_looks()
    rule = burst_of(brand)
    rule.threshold, rule.active = _in_bounds("threshold", least, MOST_VOTES), active
    rule.save()
    _begin_again(rule)
    _record(brand, actor)
    return rule


def _rule(brand: Brand, code: str) -> AlertRule:
    rules = AlertRule.objects.filter(brand=brand, code=code).exclude(kind=AlertKind.BURST)
    found = rules.first()
    if found is None:
        raise NotFound
    return found


def _set(rule: AlertRule, threshold: int, hours: int) -> None:
    rule.threshold = _in_bounds("threshold", threshold, MOST_VOTES)
    rule.hours = _in_bounds("hours", hours, WEEK_HOURS) if rule.kind == AlertKind.VOTES else 0
    same = {"brand": rule.brand, "kind": rule.kind, "threshold": rule.threshold}
    if AlertRule.objects.filter(**same, hours=rule.hours).exclude(pk=rule.pk).exists():
        raise _wrong("threshold", "taken", _("You have this threshold already."))


def _begin_again(rule: AlertRule) -> None:
    """What was up under the old figure is forgotten, what is over the new one is known."""
    rule.alerts.all().delete()
    if rule.active:
        adopt_rule(rule)


def _in_bounds(field: str, number: int, most: int) -> int:
    if not 1 <= number <= most:
        words = _("Choose a number from 1 to {most}.").format(most=most)
        raise _wrong(field, "out_of_bounds", words)
    return number


def _wrong(field: str, code: str, message: str) -> Invalid:
    return Invalid(fields={field: [(code, message)]})


def _record(brand: Brand, actor: User | None) -> None:
    activity.record(
        "alerts.changed", subject=("brand", brand.slug), brand=brand, actor=actor, private=True
    )
