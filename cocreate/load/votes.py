"""Votes, participants and all that is counted from them, made by the database itself.

What a vote is follows from the number of its idea, its own number there and the seed, by one hash
that is the same everywhere; so two processors work on it.
"""

import math
from collections.abc import Iterator

from cocreate.load import tables
from cocreate.load.plan import HEX, LETTERS, PEOPLE, PRIMES, SECONDS, UNVERIFIED, Plan
from cocreate.load.rows import BRAND_HALF_LIFE
from cocreate.load.tables import blocks, line

# Tables of our own, dropped in the same transaction. Not temporary ones: several processes read.
SCRATCH = """
    CREATE UNLOGGED TABLE load_user AS SELECT * FROM accounts_user WHERE false;
    CREATE UNLOGGED TABLE load_brand (
        brand bigint, first bigint, people integer, start bigint, born timestamptz);
    CREATE UNLOGGED TABLE load_idea (
        idea bigint, brand bigint, challenge bigint, first bigint, people integer, core integer,
        start bigint, votes integer, spot bigint, stride bigint, begins float8, ends float8,
        mode text, against float8, most integer, budgeted boolean, half_life float8);
"""
DROP_SCRATCH = "DROP TABLE load_user, load_brand, load_idea, load_vote"
BRANDS = "brand first people start born"
IDEAS = (
    "idea brand challenge first people core start votes spot stride begins ends mode against most"
    " budgeted half_life"
)

# Half of an idea's votes come from the core of its brand's people, as far as there are so many.
# `place` is the number of a voter: steps of a prime around the circle meet nobody twice. The
# numbers are given in order, so the rows lie in order without being sorted once more.
VOTES = """
    CREATE UNLOGGED TABLE load_vote AS
    SELECT row_number() OVER (ORDER BY at, idea, participant) AS id, drawn.* FROM (
        SELECT i.idea, i.brand, i.challenge, i.first + place AS participant,
               to_timestamp(least(greatest(
                   day * 86400 + ({seconds})[1 + floor((moment / 86400 - day) * 256)::integer]
                       + (h >> 20 & 255), i.begins + 1), greatest(i.ends - 1, i.begins + 1))) AS at,
               (CASE i.mode WHEN 'up' THEN 1
                            WHEN 'up_down' THEN CASE WHEN luck < i.against THEN -1 ELSE 1 END
                            ELSE 1 + floor(i.most * luck * luck) END)::smallint AS value,
               CASE WHEN ((i.start + place * {stride}) % {users} + 1) % {unverified} = 0
                    THEN 'pending' ELSE 'counted' END AS state,
               i.budgeted::integer::smallint AS cost, i.half_life
          FROM load_idea i
         CROSS JOIN LATERAL generate_series(0, i.votes - 1) AS k
         CROSS JOIN LATERAL (SELECT least(i.votes / 2, i.core) AS inner_circle OFFSET 0) AS c
         CROSS JOIN LATERAL (
            SELECT CASE WHEN k < inner_circle THEN (i.spot + k * i.stride) % i.core
                        ELSE i.core + (i.spot + (k - inner_circle) * i.stride) % (i.people - i.core)
                   END AS place, hashint8extended(i.idea * 1048576 + k, {seed}) AS h) AS v
         CROSS JOIN LATERAL (
            SELECT (h >> 32 & 2147483647) / 2147483648.0::float8 AS luck,
                   i.begins + (i.ends - i.begins)
                       * power((h & 2147483647) / 2147483648.0::float8, 2.5) AS moment) AS t
         CROSS JOIN LATERAL (SELECT floor(moment / 86400) AS day) AS d) AS drawn
"""
PARTICIPANTS = """
    INSERT INTO accounts_participant (id, brand_id, ref, user_id, display_name, verified,
                                      created_at)
    SELECT b.first + n, b.brand, {ref}, u, '', u % {unverified} <> 0,
           coalesce(acts.at - interval '20 minutes', b.born)
      FROM load_brand b
     CROSS JOIN LATERAL generate_series(0::bigint, b.people - 1) AS n
     CROSS JOIN LATERAL (SELECT (b.start + n * {stride}) % {users} + 1 AS u) AS who
      LEFT JOIN (
        SELECT participant, min(at) AS at FROM (
            SELECT participant, at FROM load_vote
            UNION ALL SELECT author_id, created_at FROM ideas_idea
            UNION ALL SELECT author_id, created_at FROM ideas_comment) done
         GROUP BY participant) acts ON acts.participant = b.first + n
"""
REF = "translate(lpad(to_hex(({id}) * {spread} & 281474976710655), 12, '0'), '{hex}', '{letters}')"
USERS = """
    INSERT INTO accounts_user (id, password, is_superuser, email, handle, display_name, language,
                               is_active, is_staff, date_joined)
    SELECT u.id, password, is_superuser, email, handle, u.display_name, language, is_active,
           is_staff, coalesce(p.at, %s) - interval '10 minutes'
      FROM load_user u LEFT JOIN (
           SELECT user_id, min(created_at) AS at FROM accounts_participant GROUP BY 1
      ) p ON p.user_id = u.id
"""
VOTE_ROWS = """
    INSERT INTO ideas_vote (id, idea_id, participant_id, counts_on_id, value, state, source, cost,
                            cost_period, at)
    SELECT id, idea, participant, idea, value, state, 'self', cost, '1970-01-01', at FROM load_vote
"""
# An old transaction's number: no fold looks for these rows again.
LEDGER = """
    INSERT INTO ideas_voteevent (seq, brand_id, challenge_id, idea_id, counts_on_id, ref, kind,
                                 value, state, source, cost, actor, at, xid)
    SELECT id, brand, challenge, idea, idea, {ref}, 'cast', value, state, 'self', cost, 'self', at,
           '3'::xid8 FROM load_vote
"""
# A batch a month: the chain of a question's ledger in the order in which its rows came.
BATCHES = """
    INSERT INTO ideas_ledgerbatch (challenge_id, number, events, at)
    SELECT challenge, row_number() OVER (PARTITION BY challenge ORDER BY at), events, at
      FROM (SELECT challenge, array_agg(id ORDER BY id) AS events, max(at) AS at
              FROM load_vote GROUP BY challenge, date_trunc('month', at)) batch
     ORDER BY at, challenge
"""
BUDGETS = """
    INSERT INTO ideas_votebudget (challenge_id, participant_id, period, used)
    SELECT challenge, participant, '1970-01-01', sum(cost) FROM load_vote WHERE cost > 0
     GROUP BY challenge, participant
"""
# Nobody has spent more than there was.
LIMITS = """
    UPDATE ideas_rules r SET budget = greatest(r.budget, used)
      FROM (SELECT challenge_id, max(used) AS used FROM ideas_votebudget GROUP BY 1) spent
     WHERE spent.challenge_id = r.challenge_id AND r.budget IS NOT NULL
"""
# The decayed sums of sums_of_idea() (ideas/sql/fold.sql) by addition: over three years no power of
# two is too small for it.
SCORES = """
    INSERT INTO ideas_score (idea_id, brand_id, challenge_id, code, created_at, listed, support,
                             oppose, points, pending, comments, for_log2, against_log2, hot,
                             brand_for_log2, brand_against_log2, brand_hot, folded_at)
    SELECT i.id, i.brand_id, i.challenge_id, i.code, i.created_at, NOT i.hidden,
           coalesce(v.support, 0), coalesce(v.oppose, 0), coalesce(v.points, 0),
           coalesce(v.pending, 0), coalesce(c.count, 0), s.pro, s.contra, hot_key(s.pro, s.contra),
           s.brand_pro, s.brand_contra, hot_key(s.brand_pro, s.brand_contra), v.folded_at
      FROM ideas_idea i
      LEFT JOIN (
        SELECT idea, min(half_life) AS half_life, max(at) AS folded_at,
               count(*) FILTER (WHERE counts AND value > 0) AS support,
               count(*) FILTER (WHERE counts AND value < 0) AS oppose,
               count(*) FILTER (WHERE NOT counts) AS pending,
               sum(value) FILTER (WHERE counts) AS points,
               sum(weight) FILTER (WHERE counts AND value > 0) AS pro,
               sum(weight) FILTER (WHERE counts AND value < 0) AS contra,
               sum(brand_weight) FILTER (WHERE counts AND value > 0) AS brand_pro,
               sum(brand_weight) FILTER (WHERE counts AND value < 0) AS brand_contra
          FROM (SELECT idea, value, at, half_life, state = 'counted' AS counts,
                       power(2::float8, (date_part('epoch', at) - {end}) / half_life) AS weight,
                       power(2::float8, (date_part('epoch', at) - {end}) / {brand}) AS brand_weight
                  FROM load_vote) weighed
         GROUP BY idea) v ON v.idea = i.id
      LEFT JOIN (SELECT idea_id, count(*) FROM ideas_comment GROUP BY 1) c ON c.idea_id = i.id
     CROSS JOIN LATERAL (
        SELECT coalesce(ln(v.pro) / {ln2} + {age} / v.half_life, '-Infinity') AS pro,
               coalesce(ln(v.contra) / {ln2} + {age} / v.half_life, '-Infinity') AS contra,
               coalesce(ln(v.brand_pro) / {ln2} + {age} / {brand}, '-Infinity') AS brand_pro,
               coalesce(ln(v.brand_contra) / {ln2} + {age} / {brand}, '-Infinity')
                   AS brand_contra) s
"""
LANDMARK = 1_735_689_600  # decay_exponent() counts from there
DAY = 86_400


def make_scratch() -> None:
    tables.execute(SCRATCH)


def drop_scratch() -> None:
    tables.execute(DROP_SCRATCH)


def draw(plan: Plan) -> int:
    """All votes, in the order of time."""
    tables.copy("load_brand", BRANDS, blocks(
        line(b.id, b.first, b.people, b.offset, b.born) for b in plan.brands
    ))  # fmt: skip
    tables.copy("load_idea", IDEAS, blocks(_voting_lines(plan)))
    tables.execute("ANALYZE load_idea")
    count = tables.execute(VOTES.format(
        seconds="ARRAY" + str(list(SECONDS)), stride=PRIMES[0], users=plan.size.users,
        unverified=UNVERIFIED, seed=plan.seed,
    ))  # fmt: skip
    tables.execute("ANALYZE load_vote")
    return count


def _voting_lines(plan: Plan) -> Iterator[str]:
    chance = plan.chance
    for idea in plan.ideas:
        brand, rules = idea.brand, idea.challenge
        yield line(
            idea.id, brand.id, rules.id, brand.first, brand.people, brand.core, brand.offset,
            idea.votes, chance.randrange(1 << 20), chance.choice(PRIMES), idea.at.timestamp(),
            plan.until(idea).timestamp(), rules.mode, round(0.4 * chance.random() ** 2, 3),
            rules.max_points, "ft"[rules.budgeted], rules.half_life * DAY,
        )  # fmt: skip


def fill_participants(plan: Plan) -> int:
    return tables.execute(PARTICIPANTS.format(
        ref=_ref("b.first + n"), stride=PRIMES[0], users=plan.size.users, unverified=UNVERIFIED
    ))  # fmt: skip


def fill_users(plan: Plan) -> int:
    return tables.execute(USERS, [plan.end])


def fill_votes() -> int:
    return tables.execute(VOTE_ROWS)


def fill_ledger() -> int:
    return tables.execute(LEDGER.format(ref=_ref("participant")))


def fill_batches() -> int:
    return tables.execute(BATCHES)


def fill_budgets() -> int:
    count = tables.execute(BUDGETS)
    tables.execute(LIMITS)
    return count


def fill_scores(plan: Plan) -> int:
    end = plan.end.timestamp()
    return tables.execute(
        SCORES.format(
            end=end, age=end - LANDMARK, brand=float(BRAND_HALF_LIFE * DAY), ln2=math.log(2)
        )
    )


def _ref(number: str) -> str:
    """As all that the ledger knows of a participant."""
    return REF.format(id=number, spread=PEOPLE, hex=HEX, letters=LETTERS)
