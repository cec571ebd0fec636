-- Check, heal and count afresh. All of them need REPEATABLE READ: ledger, votes and counters in one snapshot.

-- What every counter and score should be, from the votes alone. p_ideas NULL: all.
--
-- One pass over the votes. They are added up within steps of 900 half-lives, where 2^900 times all votes there will ever
-- be is still a float8; an idea has one step, or two, and only those are added as logarithms.
CREATE OR REPLACE FUNCTION tally_truth(p_ideas bigint[]) RETURNS TABLE (
    idea_id bigint, support bigint, oppose bigint, points bigint, on_behalf bigint, imported bigint,
    pending bigint, held bigint,
    for_log2 float8, against_log2 float8, brand_for_log2 float8, brand_against_log2 float8
) LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH term AS (
        SELECT v.idea_id, v.amount, v.value, v.source,
               decay_exponent(v.at, h.half_life) AS own, floor(decay_exponent(v.at, h.half_life) / 900) * 900 AS own_step,
               decay_exponent(v.at, h.brand_half_life) AS brand,
               floor(decay_exponent(v.at, h.brand_half_life) / 900) * 900 AS brand_step
          FROM counted_vote v JOIN idea_half_life h USING (idea_id)
         WHERE p_ideas IS NULL OR v.idea_id = ANY (p_ideas)
    ), step AS (
        SELECT t.idea_id, own_step, brand_step,
               sum(amount) FILTER (WHERE value > 0) AS support, sum(amount) FILTER (WHERE value < 0) AS oppose,
               sum(amount * value) AS points,
               sum(amount) FILTER (WHERE value > 0 AND source = 'on_behalf') AS on_behalf,
               sum(amount) FILTER (WHERE value > 0 AND source = 'imported') AS imported,
               sum(amount * power(2::float8, own - own_step)) FILTER (WHERE value > 0) AS own_for,
               sum(amount * power(2::float8, own - own_step)) FILTER (WHERE value < 0) AS own_against,
               sum(amount * power(2::float8, brand - brand_step)) FILTER (WHERE value > 0) AS brand_for,
               sum(amount * power(2::float8, brand - brand_step)) FILTER (WHERE value < 0) AS brand_against
          FROM term t GROUP BY t.idea_id, own_step, brand_step
    ), counted AS (
        SELECT p.idea_id, sum(support)::bigint AS support, sum(oppose)::bigint AS oppose, sum(points)::bigint AS points,
               sum(on_behalf)::bigint AS on_behalf, sum(imported)::bigint AS imported,
               log2_sum(own_step + ln(own_for) / ln(2::float8)) FILTER (WHERE own_for > 0) AS for_log2,
               log2_sum(own_step + ln(own_against) / ln(2::float8)) FILTER (WHERE own_against > 0) AS against_log2,
               log2_sum(brand_step + ln(brand_for) / ln(2::float8)) FILTER (WHERE brand_for > 0) AS brand_for_log2,
               log2_sum(brand_step + ln(brand_against) / ln(2::float8)) FILTER (WHERE brand_against > 0) AS brand_against_log2
          FROM step p GROUP BY p.idea_id
    ), waiting AS (
        SELECT counts_on_id AS idea_id, count(*) FILTER (WHERE state = 'pending') AS pending,
               count(*) FILTER (WHERE state = 'held') AS held
          FROM ideas_vote WHERE state IN ('pending', 'held') AND value <> 0
           AND (p_ideas IS NULL OR counts_on_id = ANY (p_ideas)) GROUP BY 1
    )
    SELECT s.idea_id, coalesce(c.support, 0), coalesce(c.oppose, 0), coalesce(c.points, 0), coalesce(c.on_behalf, 0),
           coalesce(c.imported, 0), coalesce(w.pending, 0), coalesce(w.held, 0),
           coalesce(c.for_log2, '-Infinity'), coalesce(c.against_log2, '-Infinity'),
           coalesce(c.brand_for_log2, '-Infinity'), coalesce(c.brand_against_log2, '-Infinity')
      FROM ideas_score s LEFT JOIN counted c USING (idea_id) LEFT JOIN waiting w USING (idea_id)
     WHERE p_ideas IS NULL OR s.idea_id = ANY (p_ideas)
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
        SELECT s.code, s AS score, t AS truth,
               w.idea_id IS NULL AND NOT EXISTS (SELECT FROM ideas_recount r WHERE r.idea_id = s.idea_id) AS settled,
               (s.support + coalesce(w.support, 0), s.oppose + coalesce(w.oppose, 0), s.points + coalesce(w.points, 0),
                s.on_behalf + coalesce(w.on_behalf, 0), s.imported + coalesce(w.imported, 0),
                s.pending + coalesce(w.pending, 0), s.held + coalesce(w.held, 0)) AS stored_counts,
               (t.support, t.oppose, t.points, t.on_behalf, t.imported, t.pending, t.held) AS true_counts
          FROM tally_truth(p_ideas) t JOIN ideas_score s USING (idea_id) LEFT JOIN waiting w USING (idea_id)
    )
    SELECT 'counter', code, stored_counts::text, true_counts::text FROM both_sides WHERE stored_counts <> true_counts
    UNION ALL
    SELECT 'score', code,
           ((score).for_log2, (score).against_log2, (score).brand_for_log2, (score).brand_against_log2)::text,
           ((truth).for_log2, (truth).against_log2, (truth).brand_for_log2, (truth).brand_against_log2)::text
      FROM both_sides
     WHERE settled AND NOT (
           nearly_equal((score).for_log2, (truth).for_log2) AND nearly_equal((score).against_log2, (truth).against_log2)
       AND nearly_equal((score).brand_for_log2, (truth).brand_for_log2)
       AND nearly_equal((score).brand_against_log2, (truth).brand_against_log2)
       AND nearly_equal((score).hot, hot_key((score).for_log2, (score).against_log2))
       AND nearly_equal((score).brand_hot, hot_key((score).brand_for_log2, (score).brand_against_log2)))
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

CREATE OR REPLACE FUNCTION write_truth(p_ideas bigint[]) RETURNS void LANGUAGE sql AS $$
    UPDATE ideas_score s
       SET support = t.support, oppose = t.oppose, points = t.points, on_behalf = t.on_behalf, imported = t.imported,
           pending = t.pending, held = t.held, for_log2 = t.for_log2, against_log2 = t.against_log2,
           hot = hot_key(t.for_log2, t.against_log2), brand_for_log2 = t.brand_for_log2,
           brand_against_log2 = t.brand_against_log2, brand_hot = hot_key(t.brand_for_log2, t.brand_against_log2),
           folded_at = clock_timestamp()
      FROM tally_truth(p_ideas) t WHERE t.idea_id = s.idea_id
       AND (s.support, s.oppose, s.points, s.on_behalf, s.imported, s.pending, s.held, s.for_log2, s.against_log2,
            s.brand_for_log2, s.brand_against_log2, s.hot, s.brand_hot)
           IS DISTINCT FROM
           (t.support, t.oppose, t.points, t.on_behalf, t.imported, t.pending, t.held, t.for_log2, t.against_log2,
            t.brand_for_log2, t.brand_against_log2, hot_key(t.for_log2, t.against_log2),
            hot_key(t.brand_for_log2, t.brand_against_log2))
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
