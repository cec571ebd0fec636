"""What is said about the ideas of the demo: comments, the brand's statuses and its answers, each
with its own date. Nobody is told of it: it has always been there.
"""

from collections import deque
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.domain.participants import of_user
from accounts.models import Activity, User
from ideas.domain import comments, decisions
from ideas.domain.statuses import DEFAULT, FIRST
from ideas.models import Comment, Decision, Idea

Table = dict[str, Any]


def tell(idea: Idea, table: Table, manager: User, people: dict[str, User]) -> None:
    """All that demo.toml says under an idea."""
    _discuss(idea, table.get("talk", []), people)
    if "answer" in table:
        answer = comments.answer(idea=idea, body=table["answer"].strip(), actor=manager)
        _date(answer, table["answered"])
    if "status" in table:
        _decide(idea, table, manager)
    Activity.objects.filter(subject_kind="idea", subject_code=idea.code, dispatched_at=None).update(
        dispatched_at=timezone.now()
    )


def _discuss(idea: Idea, talk: list[Table], people: dict[str, User]) -> None:
    said: list[Comment] = []
    for one in talk:
        comment = comments.post(
            idea=idea,
            author=of_user(brand=idea.brand, user=people[one["by"]]),
            body=one["text"].strip(),
            parent=said[one["to"]] if "to" in one else None,
        )
        _date(comment, one["days"])
        said.append(comment)


def _decide(idea: Idea, table: Table, manager: User) -> None:
    """Step by step to its status, the last with the words; a third of its life lies behind each."""
    steps = path_to(table["status"])
    age = timezone.now() - idea.created_at
    for place, status in enumerate(steps, start=1):
        is_last = place == len(steps)
        words = {name: table.get(name, "") for name in ("reason", "message")} if is_last else {}
        decision = decisions.set_status(idea=idea, status=status, actor=manager, **words)
        assert decision is not None  # noqa: S101 - every step changes the status
        at = idea.created_at + age * (2 + place) / (4 + len(steps))
        Decision.objects.filter(pk=decision.pk).update(at=at)
        Activity.objects.filter(data__decision=decision.code).update(at=at)


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
    Comment.objects.filter(pk=comment.pk).update(created_at=_ago(days))
    Activity.objects.filter(data__comment=comment.code).update(at=_ago(days))


def _ago(days: float) -> datetime:
    return timezone.now() - timedelta(days=days)
