from insights.models.daily import CountedLedger, CountingPlace, DailyVotes

__all__ = ["CountedLedger", "CountingPlace", "DailyVotes"]
