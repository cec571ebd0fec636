"""What we answer about comments and decisions. `talk_described.py` says the same to the schema."""

import hashlib
from typing import Any

from django.conf import settings

from api.answers import moment
from cocreate.lib.html import render
from ideas.domain.statuses import Graph
from ideas.enums import DeclineReason
from ideas.models import Comment, Decision, Idea


def comment(row: Comment, *, for_team: bool = False) -> dict[str, Any]:
    """What is deleted or hidden keeps its place, without text or name; the team reads what it
    hid.
    """
    is_gone = row.deleted_at is not None or (row.hidden and not for_team)
    author, body = (None, "") if is_gone else (row.author, row.body)
    return {
        "code": row.code,
        "url": f"{settings.PUBLIC_URL}/i/{row.idea.code}/comments/{row.code}/",
        "idea": row.idea.code,
        "parent": row.parent.code if row.parent else None,
        "depth": row.depth,
        "author": {"name": author.name, "handle": author.user.handle if author.user else None}
        if author
        else None,
        "official": row.official,
        "pinned": row.pinned,
        "body": body,
        "body_html": render(body),
        "deleted": row.deleted_at is not None,
        "hidden": row.hidden,
        "created": moment(row.created_at),
        "edited": moment(row.edited_at),
    }


def words_of(row: Comment) -> str:
    """Names the words that it has now, and tells nothing of them."""
    return format(int(row.said_at.timestamp() * 1_000_000), "x")


def etag(row: Comment, shown: dict[str, Any]) -> str:
    """`"<its words>.<all that is shown of it>"`: If-Match compares the part before the dot."""
    whole = hashlib.sha256(repr(list(shown.values())).encode()).hexdigest()[:16]
    return f'"{words_of(row)}.{whole}"'


def decision(row: Decision, graph: Graph) -> dict[str, Any]:
    """Who of the team decided is nobody's to read here."""
    return {
        "before": {"key": row.before, "label": graph.step(row.before).label},
        "after": {"key": row.after, "label": graph.step(row.after).label},
        "reason": {"key": row.reason, "label": str(DeclineReason(row.reason).label)}
        if row.reason
        else None,
        "message": row.message,
        "message_html": render(row.message),
        "at": moment(row.at),
    }


def follow(idea: Idea, *, follows: bool) -> dict[str, Any]:
    return {"idea": idea.code, "follows": follows}
