"""Ideas as somebody sees them whom a brand's host has named: with what was cast for them there.

What they cast themselves, signed in here, is not told: that a host names a mailbox is a claim, and
must not read its owner's votes.
"""

from typing import Any

from accounts.domain.widgets import Session
from cocreate.lib import prepared

COUNTS = ("support", "oppose", "points")

# The external id goes before the mailbox, as in named_participant().
CAST_FOR_THEM = """
    WITH named AS (
        SELECT coalesce(joined_into_id, id) AS id FROM accounts_participant
         WHERE brand_id = %(brand)s AND (external_id = %(external_id)s OR mailbox = %(mailbox)s)
         ORDER BY external_id = %(external_id)s DESC NULLS LAST, id LIMIT 1)
    SELECT v.idea_id, nullif(v.value, 0) AS my_vote, o.support, o.oppose, o.points
      FROM named JOIN accounts_participant p ON p.id = named.id
      JOIN ideas_vote v ON v.participant_id = p.id AND v.idea_id = ANY (%(ideas)s::bigint[])
                       AND v.source = 'on_behalf' AND v.state <> 'void'
     CROSS JOIN LATERAL unfolded_of(p.ref, v.idea_id) o
"""


def add_votes(rows: list[dict[str, Any]], session: Session) -> None:
    """Their votes, and what those add to counts that no fold has seen, into rows of a list."""
    values = {
        "brand": session.brand_id, "external_id": session.external_id, "mailbox": session.mailbox,
        "ideas": [row["id"] for row in rows],
    }  # fmt: skip
    found = {each["idea_id"]: each for each in prepared.dicts(CAST_FOR_THEM, values)}
    for row in rows:
        if own := found.get(row["id"]):
            row["my_vote"] = own["my_vote"]
            row.update({n: row[n] + own[n] for n in COUNTS if row[n] is not None})
