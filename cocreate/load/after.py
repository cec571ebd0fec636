"""What follows from ideas, votes and talk: who follows what, what happened, what was seen."""

from cocreate.load import tables

FOLLOWS = """
    INSERT INTO ideas_follow (idea_id, participant_id, active, at)
    SELECT idea, participant, true, min(at)
      FROM (SELECT id AS idea, author_id AS participant, created_at AS at FROM ideas_idea
            UNION ALL SELECT idea_id, author_id, created_at FROM ideas_comment) spoken
     WHERE participant IS NOT NULL GROUP BY idea, participant
"""
# Told already: nobody gets mail of it.
ACTIVITIES = """
    INSERT INTO accounts_activity (brand_id, kind, subject_kind, subject_code, actor_id,
                                   participant_id, private, data, at, dispatched_at)
    SELECT brand, kind, subject, code, actor, participant, private, data, at, at
      FROM (
        SELECT b.id AS brand, 'brand.created' AS kind, 'brand' AS subject, b.slug AS code,
               m.user_id AS actor, NULL::bigint AS participant, true AS private,
               '{}'::jsonb AS data, b.created_at AS at
          FROM accounts_brand b JOIN accounts_membership m ON m.brand_id = b.id
        UNION ALL
        SELECT c.brand_id, 'challenge.created', 'challenge', c.slug, r.created_by_id, NULL, false,
               '{}', c.created_at FROM ideas_challenge c JOIN ideas_rules r ON r.id = c.rules_id
        UNION ALL
        SELECT i.brand_id, 'idea.posted', 'idea', i.code, p.user_id, p.id, false, '{}', i.created_at
          FROM ideas_idea i LEFT JOIN accounts_participant p ON p.id = i.author_id
        UNION ALL
        SELECT c.brand_id, CASE WHEN c.official THEN 'answer.posted' ELSE 'comment.posted' END,
               'idea', i.code, coalesce(c.actor_id, p.user_id), p.id, false,
               jsonb_build_object('comment', c.code), c.created_at
          FROM ideas_comment c JOIN ideas_idea i ON i.id = c.idea_id
          LEFT JOIN accounts_participant p ON p.id = c.author_id
        UNION ALL
        SELECT d.brand_id, 'status.changed', 'idea', i.code, d.actor_id, NULL, false,
               jsonb_build_object('decision', d.code), d.at
          FROM ideas_decision d JOIN ideas_idea i ON i.id = d.idea_id) told
     ORDER BY at, kind, code
"""
# Whom a list has shown; a visitor sees some eight ideas.
EXPOSURES = """
    INSERT INTO ideas_exposure (idea_id, views, times, stored_at)
    SELECT idea_id, 2.0 + 4 * (support + oppose) + abs(hashint8(idea_id)) % 20,
           10 + 25 * (support + oppose), coalesce(folded_at, created_at)
      FROM ideas_score WHERE listed
"""
VISITS = """
    INSERT INTO ideas_attendance (challenge_id, visits)
    SELECT s.challenge_id, ceil(sum(e.times) / 8) FROM ideas_score s
      JOIN ideas_exposure e ON e.idea_id = s.idea_id GROUP BY 1
"""
# As ideas.domain.ranking.adopt_top(), for all brands at once: nobody is told who is on top.
TOP = """
    INSERT INTO ideas_topidea (idea_id, brand_id)
    SELECT idea_id, brand_id FROM (
        SELECT idea_id, brand_id, row_number() OVER (
                   PARTITION BY brand_id ORDER BY brand_hot DESC, created_at, code) AS place
          FROM ideas_score
         WHERE listed AND brand_hot > 0
           AND challenge_id NOT IN (SELECT challenge_id FROM hiding_challenge)) ranked
     WHERE place <= 10
"""
HUSHED = """
    INSERT INTO ideas_hushed
    SELECT DISTINCT challenge_id FROM ideas_score JOIN hiding_challenge USING (challenge_id)
     WHERE folded_at IS NOT NULL
"""
# The tasks go on behind what is here. No vote is younger, so no fold has to look for these rows.
CURSORS = """
    UPDATE ideas_tallycursor
       SET seen = pg_current_snapshot(),
           cluster = CASE WHEN starts_with(name, 'votes') THEN this_cluster() ELSE cluster END,
           after_seq = CASE
               WHEN starts_with(name, 'votes')
                   THEN (SELECT coalesce(max(seq), 0) FROM ideas_voteevent)
               WHEN name IN ('exposure', 'healed') THEN after_seq
               ELSE (SELECT coalesce(max(id), 0) FROM ideas_ledgerbatch) END
"""
SEQUENCES = """
    SELECT setval(pg_get_serial_sequence(%s, %s), greatest(last, 1), last > 0)
      FROM (SELECT coalesce(max({column}), 0) AS last FROM {table}) rows
"""
COUNTED = {
    "accounts_activity": "id", "accounts_brand": "id", "accounts_participant": "id",
    "accounts_user": "id", "ideas_challenge": "id", "ideas_comment": "id", "ideas_decision": "id",
    "ideas_follow": "id", "ideas_idea": "id", "ideas_ledgerbatch": "id", "ideas_rules": "id",
    "ideas_vote": "id", "ideas_votebudget": "id", "ideas_voteevent": "seq",
}  # fmt: skip


def fill_follows() -> int:
    return tables.execute(FOLLOWS)


def fill_activities() -> int:
    return tables.execute(ACTIVITIES)


def fill_exposures() -> int:
    count = tables.execute(EXPOSURES)
    return count + tables.execute(VISITS)


def fill_tops() -> int:
    return tables.execute(TOP) + tables.execute(HUSHED)


def move_cursors() -> None:
    tables.execute(CURSORS)
    for table, column in COUNTED.items():
        tables.execute(SEQUENCES.format(table=table, column=column), [table, column])
