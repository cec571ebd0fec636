"""What a member has left to spend in a challenge."""

from django.db import connection

from ideas.domain.votes import Budget
from ideas.models import Challenge

# The period and its end are those of cast_vote().
OWN = """
    SELECT r.budget, coalesce(b.used, 0),
           CASE WHEN r.budget_period <> 'challenge' THEN
               (date_trunc(r.budget_period, now() AT TIME ZONE 'UTC')
                + ('1 ' || replace(r.budget_period, 'quarter', 'month'))::interval
                * CASE r.budget_period WHEN 'quarter' THEN 3 ELSE 1 END) AT TIME ZONE 'UTC' END
      FROM ideas_challenge c
      JOIN ideas_rules r ON r.id = c.rules_id
      LEFT JOIN accounts_participant p ON p.brand_id = c.brand_id AND p.user_id = %s
      LEFT JOIN ideas_votebudget b ON b.challenge_id = c.id AND b.participant_id = p.id
                                  AND b.period = budget_period(r.budget_period, now())
     WHERE c.id = %s AND r.budget IS NOT NULL
"""


def budget_of(*, challenge: Challenge, user_id: int | None) -> Budget | None:
    """None where the challenge sets no limit, and for visitors."""
    if user_id is None or challenge.rules is None or challenge.rules.budget is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute(OWN, [user_id, challenge.pk])
        row = cursor.fetchone()
    return Budget(*row) if row else None
