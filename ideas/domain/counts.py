"""The two numbers that the vote of an idea shows, of some ideas at once and as cheaply as can be:
those who look at a list ask again and again.
"""

from typing import Any

from accounts.models import Brand
from cocreate.lib import prepared

MOST = 50

# As a list shows them (lists.LIST): with the reader's own votes that no fold has seen. Whether they
# are hidden is asked of each idea's question: as a condition it would be joined, and all questions
# that hide theirs be read for it.
COUNTS = """
    SELECT i.code,
           EXISTS (SELECT FROM hiding_challenge h WHERE h.challenge_id = i.challenge_id),
           CASE WHEN r.mode = 'points' THEN {points} ELSE {support} END, {oppose}
      FROM ideas_idea i
      JOIN ideas_score s ON s.idea_id = i.id
      JOIN ideas_challenge c ON c.id = i.challenge_id
      JOIN ideas_rules r ON r.id = c.rules_id
      {mine}
     WHERE i.code = ANY (%(codes)s) AND i.brand_id = %(brand)s
       AND NOT i.hidden AND i.merged_into_id IS NULL
     ORDER BY i.code
"""
MINE = """
      LEFT JOIN accounts_participant me ON me.brand_id = i.brand_id AND me.user_id = %(user)s
     CROSS JOIN LATERAL unfolded_of(coalesce(me.ref, '-'), i.id) o
"""
STORED = {name: f"s.{name}" for name in ("points", "support", "oppose")}
VISITORS = COUNTS.format(**STORED, mine="")
READERS = COUNTS.format(**{n: f"{s} + o.{n}" for n, s in STORED.items()}, mine=MINE)


def counts_of(*, brand: Brand, codes: list[str], user_id: int | None) -> dict[str, list[int]]:
    """By code: points or supporters, and who is against. Without ideas that are not listed, and
    without those whose counts a phase hides.
    """
    if not codes:
        return {}
    values: dict[str, Any] = {"codes": codes, "brand": brand.pk, "user": user_id}
    rows = prepared.rows(VISITORS if user_id is None else READERS, values)
    return {code: numbers for code, is_hidden, *numbers in rows if not is_hidden}
