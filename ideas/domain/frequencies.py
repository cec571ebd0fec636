"""How common words are among all ideas of this install, as PostgreSQL's own statistics say."""

import time
from dataclasses import dataclass

from cocreate.lib import prepared

KEPT_SECONDS = 600.0

# The share of ideas that have a word, of the thousand most frequent.
FREQUENT = """
    SELECT s.most_common_elems::text::text[], s.most_common_elem_freqs, greatest(c.reltuples, 0)
      FROM pg_stats s JOIN pg_class c ON c.oid = 'ideas_searchable'::regclass
     WHERE s.schemaname = current_schema() AND s.tablename = 'ideas_searchable'
       AND s.attname = 'words'
"""


@dataclass(frozen=True)
class Frequencies:
    shares: dict[str, float]
    ideas: float
    until: float  # by time.monotonic()

    def of(self, form: str) -> float:
        """A word that is none of the frequent ones is rarer than they are."""
        rarest = min(self.shares.values(), default=0.01)
        return self.shares.get(form, rarest / 10)

    def of_beginning(self, beginning: str) -> float:
        """The share of ideas that have one of the words that begin so, or more of them."""
        found = (share for word, share in self.shares.items() if word.startswith(beginning))
        return max(found, default=0.0)


_known = Frequencies({}, 0.0, 0.0)


def frequencies() -> Frequencies:
    """Read anew every few minutes; PostgreSQL itself does not look more often."""
    global _known  # noqa: PLW0603 - one for the process
    if time.monotonic() > _known.until:
        row = prepared.one(FREQUENT, {}) or ([], [], 0.0)
        shares = dict(zip(row[0] or [], row[1] or [], strict=False))
        _known = Frequencies(shares, float(row[2]), time.monotonic() + KEPT_SECONDS)
    return _known
