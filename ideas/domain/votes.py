"""One vote: one call, one round trip, one transaction (ideas/sql/cast_vote.sql).

The ledger is the vote's activity: nothing else is recorded, and nothing is published per vote.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.domain import stopping, widgets
from accounts.models import ApiKey
from cocreate.lib import prepared
from cocreate.lib.errors import DomainError, Invalid, NotAllowed, NotFound
from cocreate.lib.mailboxes import mailbox_key
from ideas.domain.joining import join_names
from ideas.enums import Mode, Source
from ideas.models import Idea, Rules

COLUMNS = "outcome, value, state, support, oppose, points, hidden, budget, used, until"
AS_USER = f"SELECT {COLUMNS} FROM cast_vote_as_user(%s, %s, %s::smallint)"  # noqa: S608 - a constant
ON_BEHALF = f"SELECT {COLUMNS} FROM cast_vote_on_behalf(%s, %s, %s, %s, %s, %s, %s, %s::smallint)"  # noqa: S608
BY_WIDGET = f"SELECT {COLUMNS} FROM cast_vote_by_widget(%s, %s, %s, %s, %s, %s::smallint)"  # noqa: S608
AS_PARTICIPANT = f"SELECT {COLUMNS} FROM cast_vote(%s, %s, %s, %s::smallint, %s, %s, %s)"  # noqa: S608

WITHDRAWN = 0
SMALLEST, LARGEST = -32_768, 32_767  # what the column holds; the rules decide within
TEAM = "team"  # in the ledger: somebody at the desk, whom the activity log names


class ValueNotAllowed(DomainError):
    code, status, message = "value_not_allowed", 400, _("A vote here cannot be worth that.")


class PhaseClosed(DomainError):
    code, status, message = "phase_closed", 409, _("Voting is not open in this challenge now.")


class IdeaClosed(DomainError):
    code, status, message = "idea_closed", 409, _("Voting on this idea has ended.")


class NotAVoter(DomainError):
    code, status = "not_allowed", 403
    message = _("In this challenge only the people whom the brand has chosen vote.")


class NoBudget(DomainError):
    code, status, message = (
        "no_budget",
        409,
        _("You have no votes left here. Take one back to vote for this."),
    )


REFUSALS: dict[str, type[DomainError]] = {
    "not_found": NotFound,
    "not_allowed": NotAllowed,
    "not_a_voter": NotAVoter,
    "value_not_allowed": ValueNotAllowed,
    "phase_closed": PhaseClosed,
    "idea_closed": IdeaClosed,
    "no_budget": NoBudget,
    "key_over": widgets.SessionOver,
}


@dataclass(frozen=True)
class Budget:
    limit: int
    used: int
    until: datetime | None

    @property
    def left(self) -> int:
        return max(0, self.limit - self.used)

    @property
    def over(self) -> int:
        """What was spent before the limit was lowered below it."""
        return max(0, self.used - self.limit)

    def as_json(self) -> dict[str, Any]:
        until = self.until.isoformat() if self.until else None
        return {"limit": self.limit, "used": self.used, "left": self.left, "until": until}


@dataclass(frozen=True)
class Cast:
    """How it stands after a vote. `value` None: no vote. Counts are None while a phase hides
    them.
    """

    idea: str
    outcome: str
    value: int | None
    state: str | None
    support: int | None
    oppose: int | None
    points: int | None
    hidden: bool
    budget: Budget | None

    @property
    def is_new(self) -> bool:
        return self.outcome == "new"

    @property
    def is_taken(self) -> bool:
        """Something changed: it was judged, and votes were open."""
        return self.outcome in {"new", "changed"}

    def as_json(self) -> dict[str, Any]:
        return {
            "idea": self.idea,
            "value": self.value,
            "state": self.state if self.value is not None else None,
            "support": self.support,
            "oppose": self.oppose,
            "points": self.points,
            "budget": self.budget.as_json() if self.budget else None,
        }


def cast_as_user(*, code: str, user_id: int, value: int) -> Cast:
    """A member's vote on the idea; 0 withdraws. Creates their participant. Raises one of
    REFUSALS; who was stopped reads why.
    """
    row = prepared.one(AS_USER, (code, user_id, _checked(value)))
    try:
        return _read(code, row)
    except NotAllowed as error:
        brand_id = Idea.objects.values_list("brand_id", flat=True).get(code=code)
        raise stopping.refusal(brand_id=brand_id, user_id=user_id) from error


def cast_unless_voted(*, code: str, user_id: int, value: int) -> bool:
    """As cast_as_user(), but what they have voted already stays, were it a moment ago: one that
    would replace it is undone. False: theirs is another one.
    """
    with transaction.atomic():
        cast = cast_as_user(code=code, user_id=user_id, value=value)
        is_first = cast.outcome != "changed"
        transaction.set_rollback(not is_first)
    return is_first


def cast_on_behalf(
    *,
    code: str,
    key: ApiKey,
    value: int,
    external_id: str | None,
    email: str | None,
    name: str = "",
) -> Cast:
    """A key votes for somebody it names; it never replaces what they cast themselves. Raises one
    of REFUSALS.
    """
    if not external_id and not email:
        raise Invalid(
            fields={
                "voter": [("voter_required", str(_("Name the voter by external_id or email.")))]
            }
        )
    mailbox = mailbox_key(email) if email else None
    actor, value = f"key:{key.prefix}"[:20], _checked(value)
    join_names(brand_id=key.brand_id, external_id=external_id, mailbox=mailbox)
    row = prepared.one(
        ON_BEHALF,
        (code, key.brand_id, key.pk, actor, external_id, mailbox, name[:40], value),
    )
    return _read(code, row)


def cast_by_team(*, code: str, brand_id: int, email: str, name: str, value: int) -> Cast:
    """As cast_on_behalf(), where somebody of the team names the voter. What it raises and returns
    tells of that person: ideas.domain.behalf is what a page asks.
    """
    who = (None, TEAM, None, mailbox_key(email), name[:40])
    return _read(code, prepared.one(ON_BEHALF, (code, brand_id, *who, _checked(value))))


def recast_by_team(
    *, code: str, participant_id: int, value: int, imported_at: datetime | None = None
) -> Cast:
    """What stood for somebody before cast_by_team(); an imported vote keeps its date. Raises one
    of REFUSALS.
    """
    source = Source.IMPORTED if imported_at else Source.ON_BEHALF
    values = (code, None, participant_id, _checked(value), source.value, TEAM, imported_at)
    return _read(code, prepared.one(AS_PARTICIPANT, values))


def cast_by_widget(*, code: str, session: widgets.Session, value: int) -> Cast:
    """A widget's session votes for whom its host named, as cast_on_behalf(). That the session is
    not over was asked before; that its key still works is asked here. Raises one of REFUSALS.
    """
    who = (session.external_id, session.mailbox, session.name)
    row = prepared.one(BY_WIDGET, (code, session.key_id, *who, _checked(value)))
    return _read(code, row)


def cast_imported(*, code: str, participant_id: int, value: int, at: datetime) -> Cast:
    """A vote that was cast elsewhere at `at`. Today's rules apply; it never replaces a vote cast
    here.
    """
    return _read(
        code,
        prepared.one(AS_PARTICIPANT, (code, None, participant_id, value, "imported", "import", at)),
    )


def _checked(value: int) -> int:
    if not SMALLEST <= value <= LARGEST:
        raise ValueNotAllowed
    return value


def value_refused(code: str) -> ValueNotAllowed:
    """With what a vote on the idea may be worth, by its question's rules."""
    own, target = F("challenge__rules"), F("merged_into__challenge__rules")
    used = Idea.objects.filter(code=code).values(rules=Coalesce(target, own))
    found = Rules.objects.filter(pk__in=used).first()
    problem = (ValueNotAllowed.code, _allowed_by(found)) if found else None
    return ValueNotAllowed(fields={"value": [problem]} if problem else None)


def _allowed_by(rules: Rules) -> str:
    match rules.mode:
        case Mode.UP:
            return gettext("It may be 1 here.")
        case Mode.UP_DOWN:
            return gettext("It may be 1 or -1 here.")
        case _:
            most = rules.max_points
            return gettext("It may be a whole number from 1 to {most} here.").format(most=most)


def _read(code: str, row: tuple[Any, ...] | None) -> Cast:
    assert row is not None  # noqa: S101 - a function with OUT parameters returns one row
    outcome, value, state, support, oppose, points, hidden, limit, used, until = row
    budget = Budget(limit, used, until) if limit is not None else None
    if refusal := REFUSALS.get(outcome):
        if refusal is ValueNotAllowed:
            raise value_refused(code)
        raise refusal(extra={"budget": budget.as_json()} if budget else None)
    return Cast(code, outcome, value, state, support, oppose, points, bool(hidden), budget)
