"""May they? Pure predicates that page, template and API ask alike."""

from typing import Any

from accounts.rules import can_answer, role_in
from ideas.models import Idea


def can_see(user: Any, idea: Idea) -> bool:
    """Of a brand they may see. A hidden idea is seen by the team and by its author."""
    return not idea.hidden or is_author(user, idea) or role_in(user, idea.brand) is not None


def is_author(user: Any, idea: Idea) -> bool:
    author = idea.author
    return (
        author is not None
        and author.user_id is not None
        and author.user_id == getattr(user, "pk", None)
    )


def can_edit(user: Any, idea: Idea) -> bool:
    """The author while voting is open; the brand's managers always."""
    return can_answer(user, idea.brand) or (is_author(user, idea) and not idea.closed)
