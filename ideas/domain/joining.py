"""Two names, one person (ideas/sql/people.sql)."""

import logging

from cocreate.lib import prepared

log = logging.getLogger(__name__)

JOIN = "SELECT join_identities(%s)"
JOIN_NAMES = "SELECT join_names(%s, %s, %s)"


def join_identities(*, user_id: int) -> int:
    """Give the user what keys and imports did in the name of their proved mailboxes, and count the
    votes that waited for the proof. Their own votes stand; others keep their date and source.

    Runs inside the caller's transaction. Returns how many names were joined.
    """
    row = prepared.one(JOIN, (user_id,))
    joined: int = row[0] if row else 0
    if joined:
        log.info("joined %s names to user %s", joined, user_id)
    return joined


def join_names(*, brand_id: int, external_id: str | None, mailbox: str | None) -> bool:
    """A host names somebody by both: what was cast and posted under each alone is one person's from
    now on, the mailbox's (a keyed hash). No member is joined so. Returns whether they were two.
    One trip, and none where one of them is missing.
    """
    if not external_id or not mailbox:
        return False
    row = prepared.one(JOIN_NAMES, (brand_id, external_id, mailbox))
    were_two = bool(row and row[0])
    if were_two:
        log.info("joined two names of somebody at brand %s", brand_id)
    return were_two
