"""What figures hold of a person (cocreate/lib/personal.py)."""

from cocreate.lib.personal import holds_nothing

holds_nothing(
    "insights.DailyVotes",
    "insights.CountedLedger",
    "insights.CountingPlace",
    because="Counts of days and questions.",
)
