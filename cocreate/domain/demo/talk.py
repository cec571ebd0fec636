"""What is said about the ideas of the demo: comments, the brand's statuses and its answers, each
with its own date. Nobody is told of it: it has always been there.
"""

from collections import deque
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from accounts.models import Activity, Participant, User
from cocreate.domain.demo.clock import ago
from ideas.domain import comments, decisions, owners
from ideas.domain.statuses import DEFAULT, FIRST
from ideas.enums import Lock, Status
from ideas.models import Comment, Decision, Idea

Table = dict[str, Any]
Said = list[tuple[Comment, datetime]]

IN_WORK = {Status.UNDER_REVIEW, Status.PLANNED, Status.IN_PROGRESS}  # somebody is in charge
# What the verbs recorded has the dates of what it is about.
DATE_COMMENTS = """
    UPDATE ideas_comment AS c SET created_at = told.at
      FROM unnest(%s::bigint[], %s::timestamptz[]) AS told (id, at) WHERE c.id = told.id
"""
DATE_RECORDS = """
    UPDATE accounts_activity AS a SET at = told.at
      FROM (
        SELECT jsonb_build_object('comment', code) AS it, created_at AS at FROM ideas_comment
        UNION ALL SELECT jsonb_build_object('decision', code), at FROM ideas_decision) AS told
     WHERE a.data @> told.it
"""


def tell(idea: Idea, table: Table, manager: User, known: dict[str, Participant]) -> Said:
    """All that the content says under an idea; `known` are those who say it. Returns the comments
    with the dates that date() is to give them.
    """
    said = _discuss(idea, table.get("talk", []), known)
    if "answer" in table:
        answer = comments.answer(idea=idea, body=table["answer"].strip(), actor=manager)
        said.append((answer, ago(table["answered"])))
    if "status" in table:
        _decide(idea, table, manager)
    return said


def date(said: Said) -> None:
    """All at once: one by one it takes a second."""
    with connection.cursor() as cursor:
        ids, dates = [comment.pk for comment, _at in said], [at for _comment, at in said]
        cursor.execute(DATE_COMMENTS, [ids, dates])
        cursor.execute(DATE_RECORDS)


def _discuss(idea: Idea, talk: list[Any], known: dict[str, Participant]) -> Said:
    """Each is [who, how many days ago, what, the place of the one that it answers]."""
    said: Said = []
    for who, days, text, *to in talk:
        parent = said[to[0]][0] if to else None
        comment = comments.post(idea=idea, author=known[who], body=text.strip(), parent=parent)
        said.append((comment, ago(days)))
    return said


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
    if table["status"] in IN_WORK:
        owners.set_owner(idea=idea, owner=manager.handle, actor=manager)
        given = Activity.objects.filter(kind=owners.CHANGED, subject_code=idea.code)
        given.update(at=_moment_of(1, len(steps), idea.created_at, table))


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
