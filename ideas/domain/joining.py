"""Two names, one person (ideas/sql/people.sql)."""

import logging

from cocreate.lib import prepared

log = logging.getLogger(__name__)

JOIN = "SELECT join_identities(%s)"


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
