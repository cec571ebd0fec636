"""What is said about the ideas of the demo: comments, the brand's statuses and its answers, each
with its own date. Nobody is told of it: it has always been there.
"""

from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.models import Activity, Participant, User
from cocreate.domain.demo.clock import ago
from ideas.domain import comments, decisions
from ideas.domain.statuses import DEFAULT, FIRST
from ideas.enums import Lock
from ideas.models import Comment, Decision, Idea

Table = dict[str, Any]


def tell(idea: Idea, table: Table, manager: User, known: Callable[[str], Participant]) -> None:
    """All that the content says under an idea; `known` finds who says it."""
    _discuss(idea, table.get("talk", []), known)
    if "answer" in table:
        answer = comments.answer(idea=idea, body=table["answer"].strip(), actor=manager)
        _date(answer, table["answered"])
    if "status" in table:
        _decide(idea, table, manager)


def _discuss(idea: Idea, talk: list[Any], known: Callable[[str], Participant]) -> None:
    """Each is [who, how many days ago, what, the place of the one that it answers]."""
    said: list[Comment] = []
    for who, days, text, *to in talk:
        parent = said[to[0]] if to else None
        comment = comments.post(idea=idea, author=known(who), body=text.strip(), parent=parent)
        _date(comment, days)
        said.append(comment)


def _decide(idea: Idea, table: Table, manager: User) -> None:
    """Step by step to its status, the last with the words."""
    steps = path_to(table["status"])
    for place, status in enumerate(steps, start=1):
        is_last = place == len(steps)
        words = {name: table.get(name, "") for name in ("reason", "message")} if is_last else {}
        decision = decisions.set_status(idea=idea, status=status, actor=manager, **words)
        assert decision is not None  # noqa: S101 - every step changes the status
        at = _moment_of(place, len(steps), idea.created_at, table)
        Decision.objects.filter(pk=decision.pk).update(at=at)
        Activity.objects.filter(data__decision=decision.code).update(at=at)


def _moment_of(place: int, steps: int, posted: datetime, table: Table) -> datetime:
    """The last step at the age that the content says, else it and the others evenly in between."""
    age = timezone.now() - posted
    last = ago(table["decided"]) if "decided" in table else posted + age * (2 + steps) / (4 + steps)
    return posted + (last - posted) * (2 + place) / (2 + steps)


def voting_ends(posted: datetime, table: Table) -> datetime | None:
    """When its status ended votes on it, if it did."""
    if "status" not in table or not DEFAULT.step(table["status"]).ends(Lock.VOTE):
        return None
    steps = len(path_to(table["status"]))
    return _moment_of(steps, steps, posted, table)


def path_to(status: str) -> list[str]:
    """The shortest way from the first status along the graph that every brand starts with."""
    ways = deque([[str(FIRST)]])
    while ways:
        way = ways.popleft()
        if way[-1] == status:
            return way[1:]
        ways.extend([*way, step] for step in DEFAULT.step(way[-1]).next if step not in way)
    raise ValueError(status)


def _date(comment: Comment, days: float) -> None:
    Comment.objects.filter(pk=comment.pk).update(created_at=ago(days))
    Activity.objects.filter(data__comment=comment.code).update(at=ago(days))
