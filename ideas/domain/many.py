"""One decision about many ideas: each takes it by its own verb, in its own transaction, with its
own undo. What one refuses, the others still get.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import OperationalError
from psycopg.errors import LockNotAvailable, QueryCanceled

from accounts.models import Brand, User
from cocreate.lib.errors import DomainError, Unavailable
from ideas.domain import decisions, ideas, owners
from ideas.models import Decision, Idea

MOST_AT_ONCE = 50


@dataclass
class Outcome:
    """`same`: it stood so already, and nothing was done. `undo`: codes that take back what was done
    (of decisions, or of ideas).
    """

    done: list[Idea] = field(default_factory=list)
    same: list[Idea] = field(default_factory=list)
    refused: list[tuple[Idea, DomainError]] = field(default_factory=list)
    undo: list[str] = field(default_factory=list)


def chosen(brand: Brand, codes: Sequence[str]) -> list[Idea]:
    """Those of these ideas that are the brand's, in this order. One query."""
    wanted = list(dict.fromkeys(code for code in codes if "\0" not in code))[:MOST_AT_ONCE]
    rows = Idea.objects.filter(brand=brand, code__in=wanted, merged_into=None)
    found = {idea.code: idea for idea in rows}
    for idea in found.values():
        idea.brand = brand
    return [found[code] for code in wanted if code in found]


def set_status(
    *,
    chosen: Iterable[Idea],
    status: str,
    actor: User,
    reason: str = "",
    message: str = "",
    seen: Mapping[str, str] | None = None,
) -> Outcome:
    """As decisions.set_status(), for each. `seen`: by the idea's code."""
    known = seen or {}

    def decide(idea: Idea) -> str:
        made = decisions.set_status(
            idea=idea, status=status, actor=actor, reason=reason, message=message,
            seen=known.get(idea.code),
        )  # fmt: skip
        return made.code if made else ""

    return _each(chosen, decide)


def hide(*, chosen: Iterable[Idea], actor: User, reason: str) -> Outcome:
    """As ideas.set_hidden(), for each that is not hidden yet."""

    def take_away(idea: Idea) -> str:
        is_new = ideas.set_hidden(idea=idea, hidden=True, actor=actor, reason=reason)
        return idea.code if is_new else ""

    return _each(chosen, take_away)


def set_owner(*, chosen: Iterable[Idea], owner: str, actor: User) -> Outcome:
    """As owners.set_owner(), for each."""

    def give(idea: Idea) -> str:
        return idea.code if owners.set_owner(idea=idea, owner=owner, actor=actor) else ""

    return _each(chosen, give)


def undo_owner(*, chosen: Iterable[Idea], actor: User) -> Outcome:
    def give_back(idea: Idea) -> str:
        owners.undo(idea=idea, actor=actor)
        return idea.code

    return _each(chosen, give_back)


def undo_status(*, brand: Brand, codes: Sequence[str], actor: User) -> Outcome:
    """As decisions.undo(), for each of these decisions."""
    wanted = [code for code in codes if "\0" not in code][:MOST_AT_ONCE]
    rows = Decision.objects.filter(brand=brand, code__in=wanted, undone_at=None)
    made = {one.idea: one for one in rows.select_related("idea__brand").order_by("id")}

    def take_back(idea: Idea) -> str:
        decisions.undo(decision=made[idea], actor=actor)
        return idea.code

    return _each(made, take_back)


def undo_hide(*, chosen: Iterable[Idea], actor: User) -> Outcome:
    def give_back(idea: Idea) -> str:
        ideas.set_hidden(idea=idea, hidden=False, actor=actor)
        return idea.code

    return _each(chosen, give_back)


def _waited_too_long(error: OperationalError) -> bool:
    """Votes in flight, or somebody else's decision, held the idea: what the others got stands."""
    return isinstance(error.__cause__, LockNotAvailable | QueryCanceled)


def _each(chosen: Iterable[Idea], act: Callable[[Idea], str]) -> Outcome:
    """`act` gives what undoes it; empty: nothing was done."""
    outcome = Outcome()
    for idea in chosen:
        try:
            undo = act(idea)
        except DomainError as error:
            outcome.refused.append((idea, error))
            continue
        except OperationalError as error:
            if not _waited_too_long(error):
                raise
            outcome.refused.append((idea, Unavailable()))
            continue
        if undo:
            outcome.done.append(idea)
            outcome.undo.append(undo)
        else:
            outcome.same.append(idea)
    return outcome
