"""Where the answer of an endpoint leads: the links of the schema, which programs can follow."""

from typing import Any

OF_IDEA = (
    "idea", "edit_idea", "delete_idea", "revisions", "vote", "withdraw_vote", "why", "comments",
    "post_comment", "history", "set_status", "respond", "follow", "unfollow", "similar_to_idea",
)  # fmt: skip
OF_COMMENT = ("comment", "edit_comment", "delete_comment")

MADE, FIRST = "$response.body#", "$response.body#/results/0"
THAT_IDEA, THAT_COMMENT = {"code": f"{MADE}/code"}, {"code": f"{MADE}/code"}
FIRST_IDEA, FIRST_COMMENT = {"code": f"{FIRST}/code"}, {"code": f"{FIRST}/code"}
ITS_STATEMENT = {"slug": f"{FIRST}/brand", "challenge": f"{FIRST}/slug"}

# What an answer of this status leads to, and which of its values name that.
LINKS: dict[str, tuple[str, tuple[str, ...], dict[str, str]]] = {
    "challenges": ("200", ("statement",), ITS_STATEMENT),
    "ideas": ("200", OF_IDEA, FIRST_IDEA),
    "post_idea": ("201", OF_IDEA, THAT_IDEA),
    "comments": ("200", OF_COMMENT, FIRST_COMMENT),
    "post_comment": ("201", OF_COMMENT, THAT_COMMENT),
    "respond": ("201", OF_COMMENT, THAT_COMMENT),
}


def links_of(operation: str) -> dict[str, dict[str, Any]]:
    """By status."""
    if operation not in LINKS:
        return {}
    status, targets, names = LINKS[operation]
    links = {name: {"operationId": name, "parameters": names} for name in targets}
    return {status: links}
