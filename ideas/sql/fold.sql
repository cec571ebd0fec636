-- The fold: turns new ledger rows into counters and scores, each row exactly once.
--
-- The brands are dealt out over eight shards, each with a cursor of its own: whoever folds one holds its cursor's row,
-- and others fold the rest meanwhile. So one brand that takes long delays nobody who has a worker left.

-- 1. Forward decay in the log domain (Cormode, Shkapenyuk, Srivastava, Xu, ICDE 2009) ----------------------

-- How many half-lives after the landmark a moment is. The landmark (2025-01-01) never moves: with a half-life of
-- one hour, a century later the exponent is 876,600 and a float8 still resolves it to 1e-10.
CREATE OR REPLACE FUNCTION decay_exponent(moment timestamptz, half_life interval) RETURNS float8
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT (date_part('epoch', moment) - 1735689600) / date_part('epoch', half_life) $$;

-- log2(2^a + 2^b). A term 2^-60 of the other is below its last bit, and PostgreSQL raises an ERROR where a
-- power underflows.
CREATE OR REPLACE FUNCTION log2_add(a float8, b float8) RETURNS float8
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN greatest(a, b) = '-Infinity' OR greatest(a, b) - least(a, b) > 60 THEN greatest(a, b)
                ELSE greatest(a, b) + ln(1 + power(2::float8, least(a, b) - greatest(a, b))) / ln(2::float8) END
$$;

-- 2^x, and next to nothing where PostgreSQL would raise an ERROR for an underflow, or too much for an overflow.
CREATE OR REPLACE FUNCTION power_of_2(x float8) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT power(2::float8, least(greatest(x, -900), 900)) $$;

CREATE OR REPLACE AGGREGATE log2_sum(float8) (
    SFUNC = log2_add, STYPE = float8, INITCOND = '-Infinity', COMBINEFUNC = log2_add, PARALLEL = SAFE
);

-- Sort key of "hot": grows with (votes for - votes against), decayed. The factor that time takes is the same for
-- all ideas, so log2 of the sum sorts like the sum itself, for ever. Sign first, then size; the offset keeps the
-- logarithm positive for any vote dated after 1900 with a half-life of a day or more.
CREATE OR REPLACE FUNCTION hot_key(for_log2 float8, against_log2 float8) RETURNS float8
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN for_log2 = against_log2 THEN 0
        WHEN greatest(for_log2, against_log2) - least(for_log2, against_log2) > 60
            THEN sign(for_log2 - against_log2) * (1e6 + greatest(for_log2, against_log2))
        ELSE sign(for_log2 - against_log2) * (1e6 + greatest(for_log2, against_log2)
             + ln(greatest(1 - power(2::float8, least(for_log2, against_log2) - greatest(for_log2, against_log2)), 1e-300))
               / ln(2::float8))
    END $$;

-- Today's decayed sum, for people: votes for minus votes against, each halved once per half-life.
CREATE OR REPLACE FUNCTION decayed_now(log2_sum float8, half_life interval, moment timestamptz) RETURNS float8
    LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN log2_sum - decay_exponent(moment, half_life) < -60 THEN 0
                ELSE power(2::float8, log2_sum - decay_exponent(moment, half_life)) END
$$;

-- 2. What counts -------------------------------------------------------------------------------------------

-- Ledger rows without a person stand for `amount` votes that came, or, where a total fell (imports.sql), for as many
-- that were there and went.
CREATE OR REPLACE VIEW imported_total AS
    SELECT e.counts_on_id AS idea_id, side.value, sum(side.sign * e.amount)::integer AS amount, e.at
      FROM ideas_voteevent e, LATERAL (VALUES (e.value, 1), (e.was, -1)) AS side (value, sign)
     WHERE e.ref = '' AND side.value <> 0
     GROUP BY e.counts_on_id, side.value, e.at HAVING sum(side.sign * e.amount) > 0
;

-- Every counted vote, and every imported total.
CREATE OR REPLACE VIEW counted_vote AS
    SELECT counts_on_id AS idea_id, value, source, 1 AS amount, at FROM ideas_vote WHERE state = 'counted' AND value <> 0
    UNION ALL
    SELECT idea_id, value, 'imported'::varchar(10), amount, at FROM imported_total
;

-- `last`: when the idea was folded last, which is about its youngest vote.
CREATE OR REPLACE VIEW idea_half_life AS
    SELECT s.idea_id, r.half_life, b.half_life AS brand_half_life,
           date_part('epoch', coalesce(s.folded_at, s.created_at)) AS last, date_part('epoch', r.half_life) AS seconds,
           date_part('epoch', b.half_life) AS brand_seconds
      FROM ideas_score s
      JOIN ideas_challenge c ON c.id = s.challenge_id
      JOIN ideas_rules r ON r.id = c.rules_id
      JOIN accounts_brand b ON b.id = s.brand_id
;

-- The four decayed sums of one idea, from its votes: each side relative to its largest term, so that nothing
-- overflows and each vote costs one power. (log2_sum() calls a function for every row: three times as long.)
CREATE OR REPLACE FUNCTION sums_of_idea(p_idea bigint, p_half_life interval, p_brand_half_life interval,
    OUT for_log2 float8, OUT against_log2 float8, OUT brand_for_log2 float8, OUT brand_against_log2 float8)
    LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH term AS MATERIALIZED (
        SELECT value > 0 AS is_for, decay_exponent(at, p_half_life) + ln(amount::float8) / ln(2::float8) AS own,
               decay_exponent(at, p_brand_half_life) + ln(amount::float8) / ln(2::float8) AS brand
          FROM counted_vote WHERE idea_id = p_idea
    ), largest AS (
        SELECT max(own) FILTER (WHERE is_for) AS own_for, max(own) FILTER (WHERE NOT is_for) AS own_against,
               max(brand) FILTER (WHERE is_for) AS brand_for, max(brand) FILTER (WHERE NOT is_for) AS brand_against
          FROM term
    ), added AS (
        SELECT sum(power_of_2(own - own_for)) FILTER (WHERE is_for) AS own_for,
               sum(power_of_2(own - own_against)) FILTER (WHERE NOT is_for) AS own_against,
               sum(power_of_2(brand - brand_for)) FILTER (WHERE is_for) AS brand_for,
               sum(power_of_2(brand - brand_against)) FILTER (WHERE NOT is_for) AS brand_against
          FROM term CROSS JOIN largest
    )
    SELECT coalesce(l.own_for + ln(a.own_for) / ln(2::float8), '-Infinity'),
           coalesce(l.own_against + ln(a.own_against) / ln(2::float8), '-Infinity'),
           coalesce(l.brand_for + ln(a.brand_for) / ln(2::float8), '-Infinity'),
           coalesce(l.brand_against + ln(a.brand_against) / ln(2::float8), '-Infinity')
      FROM largest l CROSS JOIN added a
$$;

-- 3. Which rows are new ---------------------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION tally_shards() RETURNS SETOF bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 8
    AS $$ SELECT generate_series(0::bigint, 7) $$;

-- In an index: another number of shards needs another index.
CREATE OR REPLACE FUNCTION tally_shard(p_brand bigint) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT p_brand % 8 $$;

CREATE OR REPLACE FUNCTION votes_cursor(p_shard bigint) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT 'votes ' || p_shard $$;

-- A row is new when its transaction was not visible in the last fold's snapshot and is visible now. That is exact
-- whatever the order of commits, and it does not stop while some other transaction stays open for an hour: that
-- transaction's id stays in the snapshot's list, and its rows are picked up when it commits.
CREATE OR REPLACE FUNCTION unfolded_events(p_shard bigint) RETURNS SETOF ideas_voteevent LANGUAGE plpgsql STABLE
PARALLEL RESTRICTED SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    cur    ideas_tallycursor;
    v_open xid8[];                -- a value, so that the plan knows how few they are: else it reads all since after_seq
BEGIN
    SELECT * INTO STRICT cur FROM ideas_tallycursor WHERE name = votes_cursor(p_shard);
    RETURN QUERY SELECT * FROM ideas_voteevent
                  WHERE tally_shard(brand_id) = p_shard AND xid >= pg_snapshot_xmax(cur.seen) AND seq > cur.after_seq;
    v_open := ARRAY(SELECT pg_snapshot_xip(cur.seen));
    IF v_open <> '{}' THEN
        RETURN QUERY SELECT * FROM ideas_voteevent
                      WHERE tally_shard(brand_id) = p_shard AND xid = ANY (v_open) AND seq > cur.after_seq;
    END IF;
END $$;

CREATE OR REPLACE FUNCTION unfolded_events() RETURNS SETOF ideas_voteevent LANGUAGE sql STABLE PARALLEL RESTRICTED
    AS $$ SELECT e.* FROM tally_shards() shard, unfolded_events(shard) e $$;

-- The shards that have something to fold and were not folded within `p_pause`: more workers share the work, and do
-- not fold more often. Asked several times a second, mostly for nothing, so no way may read all rows to find none:
-- EXISTS would (PostgreSQL expects many rows that are new, and reads from the oldest), the newest row by the index
-- cannot. A reset leaves no row of the past that seems newer.
CREATE OR REPLACE FUNCTION shards_to_fold(p_pause interval) RETURNS SETOF bigint LANGUAGE sql STABLE AS $$
    WITH recounted AS MATERIALIZED (
        SELECT DISTINCT tally_shard((SELECT s.brand_id FROM ideas_score s WHERE s.idea_id = r.idea_id)) AS shard
          FROM ideas_recount r
    )
    SELECT shard FROM ideas_tallyshard t JOIN ideas_tallycursor c ON c.name = votes_cursor(shard)
     WHERE t.folded_at NOT BETWEEN clock_timestamp() - p_pause AND clock_timestamp()    -- also where the clock was set back
       AND (c.cluster <> this_cluster()                                            -- the fold says what is to be done
         OR (SELECT e.xid FROM ideas_voteevent e WHERE tally_shard(e.brand_id) = shard ORDER BY e.xid DESC LIMIT 1)
            >= pg_snapshot_xmax(c.seen)
         OR EXISTS (SELECT FROM pg_snapshot_xip(c.seen) open
                     WHERE (SELECT e.xid FROM ideas_voteevent e WHERE tally_shard(e.brand_id) = shard AND e.xid >= open
                             ORDER BY e.xid LIMIT 1) = open)
         OR shard IN (SELECT r.shard FROM recounted r))
     ORDER BY t.folded_at
$$;

-- What those rows change, by idea: the counts' differences, and the sums and keys as they are with them. `recount`:
-- these cannot be had so and must be taken from the votes. Something counted leaves, and a difference of logarithms
-- loses everything after some 50 half-lives; or a vote lies so far back that next to one of today a float8 has no room.
--
-- Weights are added up relative to now. Logarithms, which are dear, are taken by idea and not by vote.
CREATE OR REPLACE FUNCTION effects_of(p_events ideas_voteevent[]) RETURNS TABLE (
    idea_id bigint, support bigint, oppose bigint, points bigint, on_behalf bigint, imported bigint,
    pending bigint, held bigint, recount boolean,
    for_log2 float8, against_log2 float8, brand_for_log2 float8, brand_against_log2 float8, hot float8, brand_hot float8
) LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH event AS (
        SELECT e.counts_on_id, e.amount, e.value, e.state, e.source, e.was, e.was_state, e.was_source,
               CASE WHEN e.state = 'counted' THEN e.value ELSE 0 END AS now,
               CASE WHEN e.was_state = 'counted' THEN e.was ELSE 0 END AS before,
               (date_part('epoch', e.at) - date_part('epoch', now())) / date_part('epoch', h.half_life) AS own,
               (date_part('epoch', e.at) - date_part('epoch', now())) / date_part('epoch', h.brand_half_life) AS brand,
               h.half_life, h.brand_half_life
          FROM unnest(p_events) e JOIN idea_half_life h ON h.idea_id = e.counts_on_id
         WHERE e.kind NOT IN ('refund', 'reclaim')                                  -- what it costs, not what it counts
    ), added AS (
        SELECT counts_on_id,
               sum(amount * ((now > 0)::int - (before > 0)::int)) AS support,
               sum(amount * ((now < 0)::int - (before < 0)::int)) AS oppose,
               sum(amount * (now - before)) AS points,
               sum(amount * ((now > 0 AND source = 'on_behalf')::int - (before > 0 AND was_source = 'on_behalf')::int))
                   AS on_behalf,
               sum(amount * ((now > 0 AND source = 'imported')::int - (before > 0 AND was_source = 'imported')::int))
                   AS imported,
               sum((state = 'pending' AND value <> 0)::int - coalesce((was_state = 'pending' AND was <> 0)::int, 0))
                   AS pending,
               sum((state = 'held' AND value <> 0)::int - coalesce((was_state = 'held' AND was <> 0)::int, 0)) AS held,
               bool_or(before <> 0 OR now <> 0 AND (abs(own) > 800 OR abs(brand) > 800)) AS recount,
               sum(amount * power_of_2(own)) FILTER (WHERE now > 0) AS own_for,
               sum(amount * power_of_2(own)) FILTER (WHERE now < 0) AS own_against,
               sum(amount * power_of_2(brand)) FILTER (WHERE now > 0) AS brand_for,
               sum(amount * power_of_2(brand)) FILTER (WHERE now < 0) AS brand_against,
               decay_exponent(now(), min(half_life)) AS own_now,
               decay_exponent(now(), min(brand_half_life)) AS brand_now
          FROM event GROUP BY counts_on_id
    ), fresh AS (
        SELECT a.*, coalesce(own_now + ln(own_for) / ln(2::float8), '-Infinity') AS for_fresh,
               coalesce(own_now + ln(own_against) / ln(2::float8), '-Infinity') AS against_fresh,
               coalesce(brand_now + ln(brand_for) / ln(2::float8), '-Infinity') AS brand_for_fresh,
               coalesce(brand_now + ln(brand_against) / ln(2::float8), '-Infinity') AS brand_against_fresh
          FROM added a OFFSET 0                                      -- else each is worked out wherever it is named
    ), summed AS (
        SELECT f.*, log2_add(s.for_log2, for_fresh) AS for_log2,
               log2_add(s.against_log2, against_fresh) AS against_log2,
               log2_add(s.brand_for_log2, brand_for_fresh) AS brand_for_log2,
               log2_add(s.brand_against_log2, brand_against_fresh) AS brand_against_log2
          FROM fresh f JOIN ideas_score s ON s.idea_id = f.counts_on_id OFFSET 0
    )
    SELECT counts_on_id, support, oppose, points, on_behalf, imported, pending, held, recount,
           for_log2, against_log2, brand_for_log2, brand_against_log2,
           hot_key(for_log2, against_log2), hot_key(brand_for_log2, brand_against_log2)
      FROM summed
$$;

-- 4. The fold ----------------------------------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION this_cluster() RETURNS bigint LANGUAGE sql STABLE
    AS $$ SELECT system_identifier FROM pg_control_system() $$;

-- Number the rows for each challenge's chain: a batch a fold, in the order of `seq`. Call under the cursor's lock.
CREATE OR REPLACE FUNCTION number_in_ledger(p_events ideas_voteevent[]) RETURNS void LANGUAGE sql AS $$
    SELECT pg_advisory_xact_lock_shared(vote_lock_key(6, 0));                         -- until commit: last_batch()
    INSERT INTO ideas_ledgerbatch (challenge_id, number, events)
    SELECT e.challenge_id,
           1 + coalesce((SELECT max(b.number) FROM ideas_ledgerbatch b WHERE b.challenge_id = e.challenge_id), 0),
           array_agg(e.seq ORDER BY e.seq)
      FROM unnest(p_events) e GROUP BY e.challenge_id
$$;

-- The id up to which every batch is there or never will be: whoever has read so far has passed over none. Folds of
-- several shards take their ids at once and commit in any order, so the largest id alone does not say that.
--
-- The lock is granted when no fold is between numbering and commit, and is given back at once. READ COMMITTED: the
-- second statement must see what was committed before it.
CREATE OR REPLACE FUNCTION last_batch() RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    v_last bigint;
BEGIN
    PERFORM pg_advisory_lock(vote_lock_key(6, 0));
    SELECT coalesce(max(id), 0) INTO v_last FROM ideas_ledgerbatch;
    PERFORM pg_advisory_unlock(vote_lock_key(6, 0));
    RETURN v_last;
END $$;

-- Ideas of a shard whose half-life changed (recount.sql), at most 500 and some 50,000 votes at a time, but at least
-- one: what waits behind them must not wait long.
CREATE OR REPLACE FUNCTION take_recounts(p_shard bigint) RETURNS bigint[] LANGUAGE sql AS $$
    WITH waiting AS (
        SELECT r.idea_id, s.support + s.oppose AS votes FROM ideas_recount r JOIN ideas_score s USING (idea_id)
         WHERE tally_shard(s.brand_id) = p_shard ORDER BY r.idea_id LIMIT 500
    ), chosen AS (
        SELECT idea_id, sum(votes) OVER (ORDER BY idea_id) - votes AS votes_before FROM waiting
    ), taken AS (
        DELETE FROM ideas_recount WHERE idea_id IN (SELECT idea_id FROM chosen WHERE votes_before < 50000)
        RETURNING idea_id
    )
    SELECT array_agg(idea_id) FROM taken
$$;

-- Add what the rows change to the counters. The sums of `p_recounts` are taken from the votes even where no row
-- changes them, and so are those of every idea that waits for it: its half-life is a new one already. Returns the
-- number of ideas.
--
-- Every step goes from one row to its score by the key, and none joins two results whose size nobody knows beforehand:
-- seven thousand ideas took a hundred times as long where PostgreSQL thought of ten.
CREATE OR REPLACE FUNCTION apply_events(p_events ideas_voteevent[], p_recounts bigint[]) RETURNS bigint
LANGUAGE sql AS $$
    WITH effect AS MATERIALIZED (
        SELECT e.*, e.recount OR e.idea_id = ANY (p_recounts) IS TRUE
                   OR EXISTS (SELECT FROM ideas_recount w WHERE w.idea_id = e.idea_id) AS anew
          FROM effects_of(p_events) e
    ), added AS (
        UPDATE ideas_score s
           SET support = s.support + e.support, oppose = s.oppose + e.oppose, points = s.points + e.points,
               on_behalf = s.on_behalf + e.on_behalf, imported = s.imported + e.imported,
               pending = s.pending + e.pending, held = s.held + e.held,
               for_log2 = e.for_log2, against_log2 = e.against_log2, hot = e.hot,
               brand_for_log2 = e.brand_for_log2, brand_against_log2 = e.brand_against_log2,
               brand_hot = e.brand_hot, folded_at = clock_timestamp()
          FROM effect e WHERE s.idea_id = e.idea_id AND NOT e.anew
        RETURNING 1
    ), changed AS (
        SELECT idea_id, sum(support) AS support, sum(oppose) AS oppose, sum(points) AS points,
               sum(on_behalf) AS on_behalf, sum(imported) AS imported, sum(pending) AS pending, sum(held) AS held
          FROM (SELECT idea_id, support, oppose, points, on_behalf, imported, pending, held FROM effect WHERE anew
                UNION ALL
                SELECT id, 0, 0, 0, 0, 0, 0, 0 FROM unnest(p_recounts) id) c
         GROUP BY idea_id
    ), summed AS (
        SELECT c.*, r.* FROM changed c JOIN idea_half_life h USING (idea_id)
         CROSS JOIN LATERAL sums_of_idea(c.idea_id, h.half_life, h.brand_half_life) r OFFSET 0
    ), counted_anew AS (
        UPDATE ideas_score s
           SET support = s.support + n.support, oppose = s.oppose + n.oppose, points = s.points + n.points,
               on_behalf = s.on_behalf + n.on_behalf, imported = s.imported + n.imported,
               pending = s.pending + n.pending, held = s.held + n.held,
               for_log2 = n.for_log2, against_log2 = n.against_log2, hot = hot_key(n.for_log2, n.against_log2),
               brand_for_log2 = n.brand_for_log2, brand_against_log2 = n.brand_against_log2,
               brand_hot = hot_key(n.brand_for_log2, n.brand_against_log2), folded_at = clock_timestamp()
          FROM summed n WHERE s.idea_id = n.idea_id
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM added) + (SELECT count(*) FROM counted_anew)
$$;

-- One call = one transaction: counters, scores, chain and cursor of one shard move together or not at all.
-- Returns the rows and ideas folded and the age of the oldest vote among them; NULL where another fold is at work.
--
-- REPEATABLE READ, because ledger, votes and the new cursor must be read in ONE snapshot: a vote that commits
-- meanwhile is in none of them and waits for the next fold. A fold that overtook us ends this one with 40001.
CREATE OR REPLACE FUNCTION fold_shard(p_shard bigint, OUT events bigint, OUT ideas bigint, OUT lag interval)
LANGUAGE plpgsql AS $$
DECLARE
    cur     ideas_tallycursor;
    v_fresh ideas_voteevent[];
    v_recounts bigint[];
BEGIN
    PERFORM must_share_one_snapshot();
    SELECT * INTO cur FROM ideas_tallycursor WHERE name = votes_cursor(p_shard) FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN RETURN; END IF;
    IF cur.cluster <> this_cluster() THEN
        RAISE EXCEPTION 'The ledger comes from another cluster: run reset_tally first.';
    END IF;
    SELECT array_agg(e), count(*), clock_timestamp() - min(e.at) FILTER (WHERE e.source <> 'imported' AND e.kind NOT IN ('join', 'refund', 'reclaim', 'void'))
      INTO v_fresh, events, lag
      FROM unfolded_events(p_shard) e;
    v_recounts := take_recounts(p_shard);
    ideas := 0;
    IF events > 0 OR v_recounts IS NOT NULL THEN
        ideas := apply_events(v_fresh, v_recounts);
        PERFORM number_in_ledger(v_fresh);
    END IF;
    IF ideas > 0 OR cur.seen::text <> pg_current_snapshot()::text THEN
        UPDATE ideas_tallycursor SET seen = pg_current_snapshot() WHERE name = votes_cursor(p_shard);
        UPDATE ideas_tallyshard SET folded_at = clock_timestamp() WHERE shard = p_shard;
    END IF;
END $$;

-- All shards in one transaction: one that somebody else folds meanwhile ends it with 40001.
CREATE OR REPLACE FUNCTION fold_votes(OUT events bigint, OUT ideas bigint, OUT lag interval) LANGUAGE sql AS $$
    SELECT sum(f.events)::bigint, sum(f.ideas)::bigint, max(f.lag)
      FROM tally_shards() shard CROSS JOIN LATERAL fold_shard(shard) f
$$;

CREATE OR REPLACE FUNCTION must_share_one_snapshot() RETURNS void LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF current_setting('transaction_isolation') = 'read committed' THEN
        RAISE EXCEPTION 'This needs REPEATABLE READ: all it reads must come from one snapshot.';
    END IF;
END $$;
