"""What a member has left to spend in a challenge."""

from dataclasses import dataclass

from django.db import connection

from cocreate.lib import prepared
from ideas.domain.votes import Budget
from ideas.models import Challenge

MOST_SHOWN = 12

# The period and its end are those of cast_vote().
UNTIL = """
           CASE WHEN r.budget_period <> 'challenge' THEN
               (date_trunc(r.budget_period, now() AT TIME ZONE 'UTC')
                + ('1 ' || replace(r.budget_period, 'quarter', 'month'))::interval
                * CASE r.budget_period WHEN 'quarter' THEN 3 ELSE 1 END) AT TIME ZONE 'UTC' END
"""
OWN = f"""
    SELECT r.budget, coalesce(b.used, 0), {UNTIL}
      FROM ideas_challenge c
      JOIN ideas_rules r ON r.id = c.rules_id
      LEFT JOIN accounts_participant p ON p.brand_id = c.brand_id AND p.user_id = %s
      LEFT JOIN ideas_votebudget b ON b.challenge_id = c.id AND b.participant_id = p.id
                                  AND b.period = budget_period(r.budget_period, now())
     WHERE c.id = %s AND r.budget IS NOT NULL
"""  # noqa: S608 - a constant
BEGUN = f"""
    SELECT c.title, c.language, c.slug, b.slug, b.name, r.mode, r.budget, s.used, {UNTIL}
      FROM accounts_participant p
      JOIN ideas_votebudget s ON s.participant_id = p.id
      JOIN ideas_challenge c ON c.id = s.challenge_id
      JOIN ideas_rules r ON r.id = c.rules_id
      JOIN accounts_brand b ON b.id = c.brand_id
     WHERE p.user_id = %(user)s AND p.brand_id = ANY (%(brands)s::bigint[])
           AND r.budget IS NOT NULL AND s.period = budget_period(r.budget_period, now())
           AND NOT c.closed AND c.published_at IS NOT NULL
     ORDER BY s.id DESC LIMIT {MOST_SHOWN}
"""  # noqa: S608 - a constant


@dataclass(frozen=True)
class Account:
    """A budget that a member has begun to spend, with the question that it is for."""

    title: str
    language: str
    challenge: str  # both by slug
    brand: str
    brand_name: str
    mode: str
    budget: Budget


def budget_of(*, challenge: Challenge, user_id: int | None) -> Budget | None:
    """None where the challenge sets no limit, and for visitors."""
    if user_id is None or challenge.rules is None or challenge.rules.budget is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute(OWN, [user_id, challenge.pk])
        row = cursor.fetchone()
    return Budget(*row) if row else None


def budgets_of(*, user_id: int, brand_ids: list[int]) -> list[Account]:
    """What a member has begun to spend in questions of these brands that are not closed, the latest
    first. One query.
    """
    rows = prepared.rows(BEGUN, {"user": user_id, "brands": brand_ids})
    return [
        Account(title, language, challenge, brand, name, mode, Budget(limit, used, until))
        for title, language, challenge, brand, name, mode, limit, used, until in rows
    ]
