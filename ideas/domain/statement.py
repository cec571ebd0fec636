"""What a member has paid and got back in a challenge: every debit and credit of their ledger.

A name that turned out to be theirs is in their statement too: what it had paid was given back when
it was joined, and taken from them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from cocreate.lib import prepared
from cocreate.lib.pages import Page, decode, encode
from ideas.enums import EventKind
from ideas.models import Challenge

ROWS = 50
ORDER = "statement"  # what its cursors are for
EVER = date(1970, 1, 1)  # the period of a budget that never fills up again
UNKNOWN = date.min
COPIED = ("seq", "at", "kind", "source", "code", "title", "was", "value", "was_deleted")
PAYING = {EventKind.CAST, EventKind.CHANGE, EventKind.WITHDRAW}

Row = dict[str, Any]
Key = tuple[str, int]  # a name's ref, and the idea

# `paid_in`: the period by the rules of that moment; none for an imported vote, whose date is not
# the day it was paid. `lies_in`: that of the vote as it is now.
LEDGER = """
    WITH me AS (
        SELECT id FROM accounts_participant WHERE brand_id = %(brand)s AND user_id = %(user)s
    ), people AS (
        SELECT id, ref FROM accounts_participant WHERE id IN (SELECT id FROM me)
         UNION ALL
        SELECT id, ref FROM accounts_participant WHERE joined_into_id IN (SELECT id FROM me)
    )
    SELECT e.seq, e.ref, e.idea_id AS idea, e.kind, e.source, e.was, e.value, e.cost, e.at,
           i.code, CASE WHEN i.hidden OR i.deleted_at IS NOT NULL THEN '' ELSE i.title END AS title,
           e.at >= i.deleted_at IS TRUE AS was_deleted,
           (SELECT v.cost_period FROM ideas_vote v
             WHERE v.idea_id = e.idea_id AND v.participant_id = p.id) AS lies_in,
           CASE WHEN e.source <> 'imported' THEN
           budget_period((SELECT r.budget_period FROM ideas_rules r
                           WHERE r.challenge_id = %(challenge)s
                           ORDER BY r.created_at <= e.at DESC,
                                    r.version * CASE WHEN r.created_at <= e.at THEN -1 ELSE 1 END
                           LIMIT 1), e.at) END AS paid_in
      FROM people p
      JOIN ideas_voteevent e ON e.ref = p.ref
      JOIN ideas_idea i ON i.id = e.idea_id
     WHERE e.challenge_id = %(challenge)s
     ORDER BY e.seq
"""


@dataclass(frozen=True)
class Line:
    """One debit (`cost` above zero) or credit. `used`: what was spent of its period after it.
    `title` is empty for an idea that is not shown any more. `was_deleted`: its author had
    deleted it by then.
    """

    seq: int
    at: datetime
    kind: str
    source: str
    code: str
    title: str
    was: int
    value: int
    was_deleted: bool
    cost: int
    period: date
    used: int = 0


@dataclass(frozen=True)
class Total:
    """Of a period, which is named by its first day."""

    period: date
    paid: int
    returned: int

    @property
    def used(self) -> int:
        return self.paid - self.returned

    @property
    def is_whole(self) -> bool:
        return self.period == EVER


@dataclass(frozen=True)
class Statement:
    """`lines` latest first, a page of them; `totals` of every period, latest first."""

    lines: Page[Line]
    totals: list[Total]


@dataclass
class _Spell:
    """A vote from the row that paid for it to the next one that does. All that becomes of it in
    between is settled in the period of that row.
    """

    period: date


def statement_of(
    *, challenge: Challenge, user_id: int, cursor: str = "", limit: int = ROWS
) -> Statement:
    """Raises BadCursor. One query."""
    names = {"brand": challenge.brand_id, "user": user_id, "challenge": challenge.pk}
    before = decode(cursor, ORDER, int)[0] if cursor else None
    lines = lines_of(prepared.dicts(LEDGER, names))
    shown = [line for line in reversed(lines) if before is None or line.seq < before]
    # The lines of one row stay together.
    page = [line for line in shown if len(shown) <= limit or line.seq >= shown[limit - 1].seq]
    following = encode(ORDER, page[-1].seq) if len(page) < len(shown) else None
    return Statement(Page(page, following), _totals(lines))


def lines_of(rows: list[Row]) -> list[Line]:
    """Of the ledger's rows in their order, those that cost, gave back, or lapsed."""
    lines: list[Line] = []
    used: dict[date, int] = {}
    for row, cost, period in _settled(rows):
        if not cost and row["kind"] != EventKind.VOID:
            continue
        used[period] = used.get(period, 0) + cost
        line = Line(**{name: row[name] for name in COPIED}, cost=cost, period=period)
        lines.append(replace(line, used=used[period]))
    return lines


def _settled(rows: list[Row]) -> Iterator[tuple[Row, int, date]]:
    """Each row with what it costs in which period."""
    held: dict[Key, int] = {}  # what the vote holds of the period in which it lies
    for row, before, spell in _spells(rows):
        key, cost = (row["ref"], row["idea"]), row["cost"]
        if before is not None and before.period != spell.period:
            earlier = held.pop(key, 0)
            # Elsewhere what an earlier period has paid stays paid; here another vote replaces it.
            if row["kind"] == EventKind.JOIN and earlier:
                yield row, -earlier, before.period
                cost += earlier
        held[key] = held.get(key, 0) + cost
        yield row, cost, spell.period


def _spells(rows: list[Row]) -> list[tuple[Row, _Spell | None, _Spell]]:
    """Each row with the spell before it and its own."""
    now: dict[Key, _Spell] = {}
    handed: dict[int, _Spell] = {}  # by idea: what a joined name gives to the one that goes on
    found, lies_in = [], {}
    for row in rows:
        key = (row["ref"], row["idea"])
        before = now.get(key)
        is_join = row["kind"] == EventKind.JOIN
        if row["kind"] in PAYING:
            now[key] = _Spell(row["paid_in"] or UNKNOWN)
        elif is_join and row["value"] and row["idea"] in handed:
            now[key] = handed.pop(row["idea"])
        else:
            now.setdefault(key, _Spell(EVER))
        if is_join and not row["value"]:
            handed[row["idea"]] = now[key]
        found.append((row, before, now[key]))
        lies_in[key] = row["lies_in"]
    for key, period in lies_in.items():
        now[key].period = period or now[key].period  # the vote itself knows best
    following: dict[Key, date] = {}
    for row, _before, spell in reversed(found):
        key = (row["ref"], row["idea"])
        if spell.period == UNKNOWN:  # what replaced it came soon after: one import casts both
            spell.period = following.get(key, EVER)
        following[key] = spell.period
    return found


def _totals(lines: list[Line]) -> list[Total]:
    periods = sorted({line.period for line in lines}, reverse=True)
    return [
        Total(
            period,
            paid=sum(line.cost for line in lines if line.period == period and line.cost > 0),
            returned=-sum(line.cost for line in lines if line.period == period and line.cost < 0),
        )
        for period in periods
    ]
