"""The tags that a brand's ideas have most."""

from accounts.models import Brand
from cocreate.lib import prepared

# Of the newest ideas, by the index of that list: what was in fashion years ago helps nobody. Their
# number is a value: of one it knows, a plan for any brand thinks that few have as many, and sorts.
MOST_USED = """
    SELECT tag FROM (
        SELECT unnest(i.tags) AS tag FROM (
            SELECT tags FROM ideas_idea WHERE brand_id = %(brand)s AND NOT hidden
               AND merged_into_id IS NULL ORDER BY created_at DESC, code
             LIMIT %(newest)s::bigint) i) t
     GROUP BY tag ORDER BY count(*) DESC, tag LIMIT %(limit)s
"""
NEWEST = 1_000
OFFERED = 12


def most_used(brand: Brand, limit: int = OFFERED) -> list[str]:
    rows = prepared.dicts(MOST_USED, {"brand": brand.pk, "newest": NEWEST, "limit": limit})
    return [row["tag"] for row in rows]
