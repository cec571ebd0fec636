"""The team hears, beside its top ten, when an idea passes a threshold or bursts: once, and again
only after the figure fell clearly below.

Supporters are those a page shows. Votes in a span are people's votes for the idea that stand now,
cast in that span here or through a key. A burst is of people alone: votes they cast themselves. A
key can hand in a day's votes in a second, and imported votes keep their date; neither is a crowd.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from django.db import connection, transaction

from accounts.domain import activity
from accounts.models import Brand
from ideas.domain.bursts import WEEK_HOURS, is_burst, is_over, usual
from ideas.enums import AlertKind
from ideas.models import Alert, AlertRule, Idea
from ideas.models.alert import LEAST_BURST

LOWERED_BELOW = 0.8
AT_ONCE = 5_000

# One look at a time, and no look while a rule changes: whoever looks or changes holds this row.
CURSOR = "SELECT after_seq FROM ideas_tallycursor WHERE name = 'alerts' FOR UPDATE"
MOVE_ON = "UPDATE ideas_tallycursor SET after_seq = %s WHERE name = 'alerts'"
NEWEST = "SELECT last_batch()"

# Supporters change with the ledger alone; rates fall by time passing.
WATCHED = """
    SELECT e.counts_on_id FROM ideas_ledgerbatch b CROSS JOIN unnest(b.events) AS seq
      JOIN ideas_voteevent e USING (seq) WHERE b.id > %(after)s AND b.id <= %(newest)s
    UNION
    SELECT a.idea_id FROM ideas_alert a JOIN ideas_alertrule r ON r.id = a.rule_id
     WHERE r.kind <> 'supporters'
    UNION
    SELECT s.idea_id FROM ideas_score s WHERE s.challenge_id = ANY(%(revealed)s)
     ORDER BY 1
"""
HUSH = """
    INSERT INTO ideas_hushed
    SELECT DISTINCT s.challenge_id FROM ideas_score s JOIN hiding_challenge h USING (challenge_id)
     WHERE s.idea_id = ANY(%s) ON CONFLICT DO NOTHING
"""
REVEAL = """
    DELETE FROM ideas_hushed
     WHERE challenge_id NOT IN (SELECT challenge_id FROM hiding_challenge) RETURNING challenge_id
"""

SEEN = """
    SELECT s.idea_id, s.brand_id, s.support, s.support - s.imported,
           extract(epoch FROM clock_timestamp() - s.created_at)::float8 / 3600
      FROM ideas_score s WHERE s.idea_id = ANY(%s) AND s.listed
       AND s.challenge_id NOT IN (SELECT challenge_id FROM hiding_challenge)
"""
# By vote_counted_once: an idea costs what it has votes, so only those are asked that may be over.
PACE = """
    SELECT v.counts_on_id, floor(extract(epoch FROM clock_timestamp() - v.at) / 3600)::int,
           count(*), count(*) FILTER (WHERE v.source = 'self')
      FROM ideas_vote v
     WHERE v.counts_on_id = ANY(%s) AND v.state = 'counted' AND v.value > 0
       AND v.source <> 'imported' AND v.at > clock_timestamp() - make_interval(hours => %s)
     GROUP BY 1, 2
"""
# All that may be over a rule now: no vote is younger than the fold that counted it.
CANDIDATES = """
    SELECT s.idea_id FROM ideas_score s
     WHERE s.brand_id = %s AND s.listed AND s.support >= %s
       AND (%s OR s.folded_at > clock_timestamp() - make_interval(hours => %s)) ORDER BY 1
"""


@dataclass
class Seen:
    """An idea and its figures. `hourly` and `own` are votes by how many hours ago they were cast:
    all, and those of people who cast them themselves.
    """

    idea_id: int
    brand_id: int
    support: int
    cast: int
    hours_lived: float
    hourly: dict[int, int] = field(default_factory=dict)
    own: dict[int, int] = field(default_factory=dict)

    def figure(self, rule: AlertRule) -> int:
        if rule.kind == AlertKind.SUPPORTERS:
            return self.support
        if rule.kind == AlertKind.VOTES:
            return sum(votes for ago, votes in self.hourly.items() if ago < rule.hours)
        return self.own.get(0, 0)

    def is_over(self, rule: AlertRule) -> bool:
        if rule.kind == AlertKind.BURST:
            return is_burst(self.figure(rule), self._usual(), rule.threshold)
        return self.figure(rule) >= rule.threshold

    def is_clearly_below(self, rule: AlertRule) -> bool:
        if rule.kind == AlertKind.BURST:
            return is_over(self.figure(rule), self._usual(), rule.threshold)
        return self.figure(rule) < rule.threshold * LOWERED_BELOW

    def _usual(self) -> float:
        before = sum(votes for ago, votes in self.own.items() if 0 < ago <= WEEK_HOURS)
        return usual(before, self.hours_lived - 1)


def default_burst(brand_id: int) -> AlertRule:
    """What a brand has that never said otherwise. Not saved."""
    return AlertRule(brand_id=brand_id, kind=AlertKind.BURST, threshold=LEAST_BURST)


@transaction.atomic
def watch() -> int:
    """Raise and lower alerts of every idea that got votes since the last look. Records
    `idea.threshold` or `idea.burst` for each that is raised. Returns how many were.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"{CURSOR} SKIP LOCKED")
        row = cursor.fetchone()
        if row is None:  # another look is under way, or a rule changes
            return 0
        cursor.execute(NEWEST)
        (newest,) = cursor.fetchone()
        cursor.execute(REVEAL)
        revealed = [challenge for (challenge,) in cursor.fetchall()]
        cursor.execute(WATCHED, {"after": row[0], "newest": newest, "revealed": revealed})
        watched = [idea for (idea,) in cursor.fetchall()]
        cursor.execute(HUSH, [watched])
        if newest != row[0]:
            cursor.execute(MOVE_ON, [newest])
    return sum(_judge(ideas) for ideas in _some_at_a_time(watched))


@transaction.atomic
def adopt(*, brand: Brand) -> None:
    """Take whatever is over a threshold or bursts now as known: nobody is told. For data that
    arrive as if they had always been there.
    """
    hold_looks()
    for rule in _rules({brand.pk})[brand.pk]:
        adopt_rule(rule)


def adopt_rule(rule: AlertRule) -> None:
    """The same for one rule. The caller holds looks."""
    span = WEEK_HOURS if rule.kind == AlertKind.BURST else rule.hours
    with connection.cursor() as cursor:
        cursor.execute(
            CANDIDATES,
            [rule.brand_id, rule.threshold, rule.kind == AlertKind.SUPPORTERS, span],
        )
        candidates = [idea for (idea,) in cursor.fetchall()]
    for ideas in _some_at_a_time(candidates):
        known = _known(ideas)
        seen = _look_at(ideas, {rule.brand_id: [rule]}, known)
        _insert([(one, rule) for one in seen if _rises(one, rule, known)])


def hold_looks() -> None:
    """Wait for the look under way, and let none begin before this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(CURSOR)


def _some_at_a_time(ideas: list[int]) -> Iterator[list[int]]:
    return (ideas[n : n + AT_ONCE] for n in range(0, len(ideas), AT_ONCE))


def _judge(ideas: Collection[int]) -> int:
    """Lower what fell, raise what rose and record it. Returns how many rose."""
    known = _known(ideas)
    brands = set(Idea.objects.filter(pk__in=ideas).values_list("brand", flat=True))
    rules = _rules(brands)
    seen = _look_at(ideas, rules, known)
    fallen = [
        known[one.idea_id, rule.pk]
        for one in seen
        for rule in rules[one.brand_id]
        if (one.idea_id, rule.pk) in known and one.is_clearly_below(rule)
    ]
    Alert.objects.filter(pk__in=fallen).delete()
    risen = [
        (one, rule) for one in seen for rule in rules[one.brand_id] if _rises(one, rule, known)
    ]
    _insert(risen)
    _tell(risen)
    return len(risen)


def _rises(one: Seen, rule: AlertRule, known: dict[tuple[int, int], int]) -> bool:
    return (one.idea_id, rule.pk) not in known and one.is_over(rule)


def _known(ideas: Collection[int]) -> dict[tuple[int, int], int]:
    """Alerts that are up: idea and rule to the alert's id."""
    rows = Alert.objects.filter(idea__in=ideas).values_list("idea", "rule", "pk")
    return {(idea, rule): pk for idea, rule, pk in rows}


def _rules(brands: set[int]) -> dict[int, list[AlertRule]]:
    """What each brand wants to hear of."""
    found: dict[int, list[AlertRule]] = {brand: [] for brand in brands}
    for rule in AlertRule.objects.filter(brand__in=brands).order_by("pk"):
        found[rule.brand_id].append(rule)
    for brand, rules in found.items():
        if not any(rule.kind == AlertKind.BURST for rule in rules):
            rules.append(default_burst(brand))
    return {brand: [rule for rule in rules if rule.active] for brand, rules in found.items()}


def _look_at(
    ideas: Collection[int],
    rules: dict[int, list[AlertRule]],
    known: dict[tuple[int, int], int],
) -> list[Seen]:
    """Those of the ideas that are listed and whose counts are shown, with their figures."""
    with connection.cursor() as cursor:
        cursor.execute(SEEN, [list(ideas)])
        seen = {row[0]: Seen(*row) for row in cursor.fetchall()}
        rates = {
            brand: [rule for rule in of_brand if rule.kind != AlertKind.SUPPORTERS]
            for brand, of_brand in rules.items()
        }
        asked = [
            one.idea_id
            for one in seen.values()
            for rule in rates[one.brand_id]
            if one.cast >= rule.threshold or (one.idea_id, rule.pk) in known
        ]
        if asked:
            cursor.execute(PACE, [sorted(set(asked)), WEEK_HOURS + 1])
            for idea, ago, votes, own in cursor.fetchall():
                seen[idea].hourly[ago], seen[idea].own[ago] = votes, own
    return list(seen.values())


def _insert(risen: Iterable[tuple[Seen, AlertRule]]) -> None:
    rows = []
    for one, rule in risen:
        if rule.pk is None:  # a brand's first burst
            rule.save(force_insert=True)
        rows.append(Alert(idea_id=one.idea_id, rule=rule, figure=one.figure(rule)))
    Alert.objects.bulk_create(rows)


def _tell(risen: list[tuple[Seen, AlertRule]]) -> None:
    ideas = Idea.objects.select_related("brand").in_bulk([one.idea_id for one, _rule in risen])
    for one, rule in risen:
        idea = ideas[one.idea_id]
        activity.record(
            "idea.burst" if rule.kind == AlertKind.BURST else "idea.threshold",
            subject=("idea", idea.code), brand=idea.brand, private=True,
            data={
                "title": idea.title, "rule": rule.kind, "figure": one.figure(rule),
                "threshold": rule.threshold, "hours": rule.hours,
            },
        )  # fmt: skip
