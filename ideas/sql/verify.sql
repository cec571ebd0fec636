-- Check, heal and count afresh. All of them need REPEATABLE READ: ledger, votes and counters in one snapshot.

-- The votes on these ideas, p_ideas NULL: on all, and where they count from: each way by itself, since a plan that serves
-- both would read all votes for one idea.
CREATE OR REPLACE FUNCTION votes_on(p_ideas bigint[]) RETURNS TABLE (
    idea_id bigint, value smallint, state varchar, source varchar, amount integer, at timestamptz
) LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT counts_on_id, value, state, source, 1, at FROM ideas_vote WHERE p_ideas IS NULL
    UNION ALL
    SELECT idea_id, value, 'counted', 'imported', amount, at FROM imported_total WHERE p_ideas IS NULL
    UNION ALL
    SELECT asked.idea, v.* FROM (SELECT DISTINCT unnest(p_ideas)) asked (idea) CROSS JOIN LATERAL (
        SELECT value, state, source, 1, at FROM ideas_vote WHERE counts_on_id = asked.idea AND state = 'counted'
        UNION ALL
        SELECT value, state, source, 1, at FROM ideas_vote WHERE counts_on_id = asked.idea AND state <> 'counted'
        UNION ALL
        SELECT value, 'counted', 'imported', amount, at FROM imported_total WHERE idea_id = asked.idea) v
$$;

CREATE OR REPLACE FUNCTION half_lives_of(p_ideas bigint[]) RETURNS SETOF idea_half_life LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT * FROM idea_half_life WHERE p_ideas IS NULL
    UNION ALL
    SELECT h.* FROM (SELECT DISTINCT unnest(p_ideas)) asked (idea) JOIN idea_half_life h ON h.idea_id = asked.idea
$$;

-- What every counter and score should be, from the votes alone. p_ideas NULL: all.
--
-- One pass over the votes, and one power for each and each half-life. Weights are added up relative to when the idea
-- was folded last, which is about its youngest vote. Where such a sum is next to nothing or too large for that (old
-- imported votes that fade within hours), the idea's votes are gone through once more, relative to the largest.
CREATE OR REPLACE FUNCTION tally_truth(p_ideas bigint[]) RETURNS TABLE (
    idea_id bigint, support bigint, oppose bigint, points bigint, on_behalf bigint, imported bigint,
    pending bigint, held bigint,
    for_log2 float8, against_log2 float8, brand_for_log2 float8, brand_against_log2 float8
) LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH voted AS (
        SELECT * FROM votes_on(p_ideas) WHERE value <> 0
    ), term AS (
        SELECT v.idea_id, CASE WHEN state = 'counted' THEN value ELSE 0 END AS value, state, source, amount,
               amount * power_of_2((date_part('epoch', at) - h.last) / h.seconds) AS own,
               amount * power_of_2((date_part('epoch', at) - h.last) / h.brand_seconds) AS brand
          FROM voted v JOIN (SELECT idea_id, last, seconds, brand_seconds FROM half_lives_of(p_ideas) OFFSET 0) h USING (idea_id)
        OFFSET 0
    ), added AS (
        SELECT t.idea_id, sum(amount) FILTER (WHERE value > 0) AS support, sum(amount) FILTER (WHERE value < 0) AS oppose,
               sum(amount * value) AS points,
               sum(amount) FILTER (WHERE value > 0 AND source = 'on_behalf') AS on_behalf,
               sum(amount) FILTER (WHERE value > 0 AND source = 'imported') AS imported,
               count(*) FILTER (WHERE state = 'pending') AS pending, count(*) FILTER (WHERE state = 'held') AS held,
               sum(own) FILTER (WHERE value > 0) AS own_for, sum(own) FILTER (WHERE value < 0) AS own_against,
               sum(brand) FILTER (WHERE value > 0) AS brand_for, sum(brand) FILTER (WHERE value < 0) AS brand_against
          FROM term t GROUP BY t.idea_id
    ), counted AS MATERIALIZED (
        SELECT h.idea_id, h.half_life, h.brand_half_life, coalesce(support, 0) AS support, coalesce(oppose, 0) AS oppose,
               coalesce(points, 0) AS points, coalesce(on_behalf, 0) AS on_behalf, coalesce(imported, 0) AS imported,
               coalesce(pending, 0) AS pending, coalesce(held, 0) AS held,
               coalesce((last - 1735689600) / seconds + ln(own_for) / ln(2::float8), '-Infinity') AS own_for,
               coalesce((last - 1735689600) / seconds + ln(own_against) / ln(2::float8), '-Infinity') AS own_against,
               coalesce((last - 1735689600) / brand_seconds + ln(brand_for) / ln(2::float8), '-Infinity') AS brand_for,
               coalesce((last - 1735689600) / brand_seconds + ln(brand_against) / ln(2::float8), '-Infinity')
                   AS brand_against,
               coalesce(least(own_for, own_against, brand_for, brand_against) > 1e-200
                    AND greatest(own_for, own_against, brand_for, brand_against) < 1e200, true) AS in_range
          FROM half_lives_of(p_ideas) h LEFT JOIN added USING (idea_id)
    )
    SELECT idea_id, support, oppose, points, on_behalf, imported, pending, held,
           own_for, own_against, brand_for, brand_against FROM counted WHERE in_range
    UNION ALL
    SELECT idea_id, support, oppose, points, on_behalf, imported, pending, held, r.*
      FROM counted c CROSS JOIN LATERAL sums_of_idea(c.idea_id, c.half_life, c.brand_half_life) r WHERE NOT in_range
$$;

CREATE OR REPLACE FUNCTION nearly_equal(a float8, b float8) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT a = b OR abs(a - b) <= 1e-6 $$;             -- a = b also covers two empty sums

-- Counters and scores that are not what the votes say, rows not yet folded taken into account. Scores of an idea
-- with such rows are compared once they are folded.
CREATE OR REPLACE FUNCTION counter_differences(p_ideas bigint[]) RETURNS TABLE (
    what text, idea text, stored text, truth text
) LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH waiting AS MATERIALIZED (
        SELECT e.* FROM (SELECT array_agg(u) AS all_of_them FROM unfolded_events() u) f, effects_of(f.all_of_them) e
    ), both_sides AS (
        SELECT s.code, s.for_log2, s.against_log2, s.hot, s.brand_for_log2, s.brand_against_log2, s.brand_hot,
               t.for_log2 AS true_for, t.against_log2 AS true_against, t.brand_for_log2 AS true_brand_for,
               t.brand_against_log2 AS true_brand_against,
               w.idea_id IS NULL AND NOT EXISTS (SELECT FROM ideas_recount r WHERE r.idea_id = s.idea_id) AS settled,
               s.support + coalesce(w.support, 0) AS support, s.oppose + coalesce(w.oppose, 0) AS oppose,
               s.points + coalesce(w.points, 0) AS points, s.on_behalf + coalesce(w.on_behalf, 0) AS on_behalf,
               s.imported + coalesce(w.imported, 0) AS imported, s.pending + coalesce(w.pending, 0) AS pending,
               s.held + coalesce(w.held, 0) AS held, t.support AS true_support, t.oppose AS true_oppose,
               t.points AS true_points, t.on_behalf AS true_on_behalf, t.imported AS true_imported,
               t.pending AS true_pending, t.held AS true_held
          FROM tally_truth(p_ideas) t JOIN ideas_score s USING (idea_id) LEFT JOIN waiting w USING (idea_id)
    ), judged AS (
        SELECT *, (support, oppose, points, on_behalf, imported, pending, held) <>
                  (true_support, true_oppose, true_points, true_on_behalf, true_imported, true_pending, true_held)
                      AS is_miscounted,
               settled AND NOT (
                   nearly_equal(for_log2, true_for) AND nearly_equal(against_log2, true_against)
               AND nearly_equal(brand_for_log2, true_brand_for) AND nearly_equal(brand_against_log2, true_brand_against)
               AND nearly_equal(hot, hot_key(for_log2, against_log2))
               AND nearly_equal(brand_hot, hot_key(brand_for_log2, brand_against_log2))) AS is_misplaced
          FROM both_sides
    ), wrong AS MATERIALIZED (
        SELECT * FROM judged WHERE is_miscounted OR is_misplaced
    )
    SELECT 'counter', code, (support, oppose, points, on_behalf, imported, pending, held)::text,
           (true_support, true_oppose, true_points, true_on_behalf, true_imported, true_pending, true_held)::text
      FROM wrong WHERE is_miscounted
    UNION ALL
    SELECT 'score', code, (for_log2, against_log2, brand_for_log2, brand_against_log2)::text,
           (true_for, true_against, true_brand_for, true_brand_against)::text
      FROM wrong WHERE is_misplaced
$$;

-- What is healed each minute: ideas with a vote in the last hour, whatever somebody wrote since the last look (xmin is the
-- transaction that did), and the first pages of all brands where there are up to 2,000, else of 2,000 others each minute.
CREATE OR REPLACE FUNCTION ideas_to_heal() RETURNS SETOF bigint LANGUAGE sql STABLE AS $$
    SELECT idea_id FROM ideas_score
     WHERE folded_at > clock_timestamp() - interval '1 hour'
        OR age(xmin) BETWEEN 0 AND age((SELECT pg_snapshot_xmin(seen) FROM ideas_tallycursor WHERE name = 'healed')::xid)
    UNION
    SELECT first.idea_id FROM (
        SELECT id, row_number() OVER (ORDER BY id) AS place, (count(*) OVER () + 1999) / 2000 AS turns FROM accounts_brand
    ) b, LATERAL (
        (SELECT idea_id FROM ideas_score WHERE brand_id = b.id AND listed
          ORDER BY brand_hot DESC, created_at, code LIMIT 20)
        UNION
        (SELECT idea_id FROM ideas_score WHERE brand_id = b.id AND listed ORDER BY points DESC, created_at, code LIMIT 20)
    ) first WHERE b.place % b.turns = extract(epoch FROM clock_timestamp())::bigint / 60 % b.turns
$$;

-- Ideas of one shard, some 50,000 votes at a time: its fold waits no longer than for those. p_ideas NULL: all.
CREATE OR REPLACE FUNCTION heal_slices(p_ideas bigint[]) RETURNS TABLE (shard bigint, ideas bigint[])
LANGUAGE sql STABLE AS $$
    SELECT s.shard, array_agg(idea_id) FROM (
        SELECT idea_id, tally_shard(brand_id) AS shard,
               sum(support + oppose + 10) OVER (PARTITION BY tally_shard(brand_id) ORDER BY idea_id) / 50000 AS slice
          FROM ideas_score WHERE p_ideas IS NULL OR idea_id = ANY (p_ideas)) s
     GROUP BY s.shard, s.slice
$$;

-- Write the truth where counters of these ideas differ (NULL: of all), and fold first what waits there. One snapshot, so
-- nothing voted meanwhile is lost or doubled. Returns the differences that were healed.
--
-- Where nothing differs nothing is folded: a fold numbers its rows, and last_batch() would wait for the whole comparison.
CREATE OR REPLACE FUNCTION heal_tallies(p_ideas bigint[]) RETURNS TABLE (what text, idea text, stored text, truth text)
LANGUAGE plpgsql SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    v_shards bigint[];
    v_wrong  bigint[];
BEGIN
    v_shards := ARRAY(SELECT DISTINCT tally_shard(brand_id) FROM ideas_score s
                       WHERE p_ideas IS NULL OR s.idea_id = ANY (p_ideas) ORDER BY 1);
    PERFORM 1 FROM ideas_tallycursor WHERE name IN (SELECT votes_cursor(shard) FROM unnest(v_shards) shard)
      ORDER BY name FOR UPDATE;
    IF EXISTS (SELECT FROM ideas_tallycursor
                WHERE name IN (SELECT votes_cursor(shard) FROM unnest(v_shards) shard) AND cluster <> this_cluster()) THEN
        RAISE EXCEPTION 'The ledger comes from another cluster: run reset_tally first.';
    END IF;
    SELECT array_agg(DISTINCT s.idea_id) INTO v_wrong
      FROM counter_differences(p_ideas) d JOIN ideas_score s ON s.code = d.idea;
    IF v_wrong IS NULL THEN RETURN; END IF;
    PERFORM fold_shard(shard) FROM unnest(v_shards) shard;
    RETURN QUERY SELECT * FROM counter_differences(v_wrong);
    PERFORM write_truth(v_wrong);
END $$;

-- Sums that differ by their rounding alone are left: eight indexes go with each row that is written.
CREATE OR REPLACE FUNCTION write_truth(p_ideas bigint[]) RETURNS void LANGUAGE sql AS $$
    WITH truth AS (
        SELECT t.*, hot_key(for_log2, against_log2) AS hot, hot_key(brand_for_log2, brand_against_log2) AS brand_hot
          FROM tally_truth(p_ideas) t OFFSET 0
    )
    UPDATE ideas_score s
       SET support = t.support, oppose = t.oppose, points = t.points, on_behalf = t.on_behalf, imported = t.imported,
           pending = t.pending, held = t.held, for_log2 = t.for_log2, against_log2 = t.against_log2, hot = t.hot,
           brand_for_log2 = t.brand_for_log2, brand_against_log2 = t.brand_against_log2, brand_hot = t.brand_hot,
           folded_at = clock_timestamp()
      FROM truth t WHERE t.idea_id = s.idea_id
       AND ((s.support, s.oppose, s.points, s.on_behalf, s.imported, s.pending, s.held) <>
            (t.support, t.oppose, t.points, t.on_behalf, t.imported, t.pending, t.held)
         OR NOT (nearly_equal(s.for_log2, t.for_log2) AND nearly_equal(s.against_log2, t.against_log2)
             AND nearly_equal(s.brand_for_log2, t.brand_for_log2)
             AND nearly_equal(s.brand_against_log2, t.brand_against_log2)
             AND nearly_equal(s.hot, t.hot) AND nearly_equal(s.brand_hot, t.brand_hot)))
$$;

-- Count everything from the votes and start the cursor here: after a restore or a change of a half-life.
-- Votes wait while it runs, readers do not. Rows that no fold has numbered get their place in the chain first.
CREATE OR REPLACE FUNCTION reset_tally() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_fresh ideas_voteevent[];
BEGIN
    PERFORM must_share_one_snapshot();
    SELECT array_agg(e) INTO v_fresh FROM unfolded_events() e;
    PERFORM number_in_ledger(v_fresh);
    PERFORM write_truth(NULL);
    DELETE FROM ideas_recount;
    -- Ids from an older cluster may lie ahead of this one's: the fold would read them again and again.
    UPDATE ideas_voteevent SET xid = '3' WHERE xid >= pg_snapshot_xmax(pg_current_snapshot());
    UPDATE ideas_tallycursor
       SET seen = pg_current_snapshot(), cluster = this_cluster(),
           after_seq = coalesce((SELECT max(seq) FROM ideas_voteevent), 0)
     WHERE name LIKE 'votes %';
END $$;
