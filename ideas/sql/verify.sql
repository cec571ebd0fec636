-- Check, heal and count afresh. All of them need REPEATABLE READ: ledger, votes and counters in one snapshot.

-- What every counter and score should be, from the votes alone. p_ideas NULL: all.
CREATE OR REPLACE FUNCTION tally_truth(p_ideas bigint[]) RETURNS TABLE (
    idea_id bigint, support bigint, oppose bigint, points bigint, on_behalf bigint, imported bigint,
    pending bigint, held bigint,
    for_log2 float8, against_log2 float8, brand_for_log2 float8, brand_against_log2 float8
) LANGUAGE sql STABLE AS $$
    WITH counted AS (
        SELECT v.idea_id,
               sum(amount) FILTER (WHERE value > 0) AS support, sum(amount) FILTER (WHERE value < 0) AS oppose,
               sum(amount * value) AS points,
               sum(amount) FILTER (WHERE value > 0 AND source = 'on_behalf') AS on_behalf,
               sum(amount) FILTER (WHERE value > 0 AND source = 'imported') AS imported,
               log2_sum(decay_exponent(at, h.half_life) + ln(amount) / ln(2)) FILTER (WHERE value > 0) AS for_log2,
               log2_sum(decay_exponent(at, h.half_life) + ln(amount) / ln(2)) FILTER (WHERE value < 0) AS against_log2,
               log2_sum(decay_exponent(at, h.brand_half_life) + ln(amount) / ln(2)) FILTER (WHERE value > 0) AS brand_for_log2,
               log2_sum(decay_exponent(at, h.brand_half_life) + ln(amount) / ln(2)) FILTER (WHERE value < 0) AS brand_against_log2
          FROM counted_vote v JOIN idea_half_life h USING (idea_id)
         WHERE p_ideas IS NULL OR v.idea_id = ANY (p_ideas) GROUP BY v.idea_id
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

CREATE OR REPLACE FUNCTION nearly_equal(a float8, b float8) RETURNS boolean LANGUAGE sql IMMUTABLE
    AS $$ SELECT a = b OR abs(a - b) <= 1e-6 $$;             -- a = b also covers two empty sums

-- Counters and scores that are not what the votes say, rows not yet folded taken into account. Scores of an idea
-- with such rows are compared once they are folded.
CREATE OR REPLACE FUNCTION counter_differences(p_ideas bigint[]) RETURNS TABLE (
    what text, idea text, stored text, truth text
) LANGUAGE sql STABLE AS $$
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

-- The ledger against the votes, the budgets, and the ends that no foreign key holds.
CREATE OR REPLACE FUNCTION ledger_differences() RETURNS TABLE (what text, idea text, stored text, truth text)
LANGUAGE sql STABLE AS $$
    WITH last AS (
        SELECT DISTINCT ON (idea_id, ref) idea_id, ref, value, state, source FROM ideas_voteevent
         WHERE ref <> '' ORDER BY idea_id, ref, seq DESC
    ), vote AS (
        SELECT v.idea_id, p.ref, v.value, v.state, v.source FROM ideas_vote v
          JOIN accounts_participant p ON p.id = v.participant_id
    )
    SELECT 'ledger', coalesce(v.idea_id, l.idea_id)::text || '/' || coalesce(v.ref, l.ref),
           (v.value, v.state, v.source)::text, (l.value, l.state, l.source)::text
      FROM vote v FULL JOIN last l USING (idea_id, ref)
     WHERE (v.value, v.state, v.source) IS DISTINCT FROM (l.value, l.state, l.source)
    UNION ALL
    SELECT 'step', e.idea_id::text || '/' || e.ref, (e.was, e.was_state)::text, (e.before, e.before_state)::text
      FROM (SELECT idea_id, ref, was, was_state, seq,
                   coalesce(lag(value) OVER w, 0) AS before, lag(state) OVER w AS before_state
              FROM ideas_voteevent WHERE ref <> '' WINDOW w AS (PARTITION BY idea_id, ref ORDER BY seq)) e
     WHERE (e.was, e.was_state) IS DISTINCT FROM (e.before, e.before_state)
    UNION ALL
    SELECT 'orphan', v.idea_id::text || '/' || v.participant_id, 'a vote', 'no idea or no participant' FROM ideas_vote v
     WHERE NOT EXISTS (SELECT FROM ideas_idea i WHERE i.id = v.idea_id)
        OR NOT EXISTS (SELECT FROM ideas_idea i WHERE i.id = v.counts_on_id)
        OR NOT EXISTS (SELECT FROM accounts_participant p WHERE p.id = v.participant_id)
    UNION ALL
    SELECT 'budget', b.challenge_id::text || '/' || b.participant_id, b.used::text, coalesce(sum(v.cost), 0)::text
      FROM ideas_votebudget b
      LEFT JOIN ideas_idea i ON i.challenge_id = b.challenge_id
      LEFT JOIN ideas_vote v ON v.idea_id = i.id AND v.participant_id = b.participant_id AND v.cost_period = b.period
     WHERE b.period = (SELECT max(period) FROM ideas_votebudget n
                        WHERE (n.challenge_id, n.participant_id) = (b.challenge_id, b.participant_id))
     GROUP BY b.id HAVING b.used <> coalesce(sum(v.cost), 0)
    UNION ALL
    SELECT 'cost', v.idea_id::text || '/' || v.participant_id, (v.cost, v.returned)::text,
           CASE WHEN i.closed OR i.hidden THEN 'returned' ELSE 'taken' END
      FROM ideas_vote v JOIN ideas_idea i ON i.id = v.idea_id
     WHERE NOT EXISTS (SELECT FROM ideas_unsettled u WHERE u.idea_id = i.id)
       AND (CASE WHEN i.closed OR i.hidden THEN v.cost ELSE v.returned END) > 0
    UNION ALL
    SELECT 'comments', s.code, s.comments::text, coalesce(c.count, 0)::text
      FROM ideas_score s LEFT JOIN (
           SELECT idea_id, count(*) FROM ideas_comment c WHERE comment_counts(c) GROUP BY idea_id) c USING (idea_id)
     WHERE s.comments <> coalesce(c.count, 0)
$$;

-- Fold, then write the truth where counters differ. One snapshot, so nothing voted meanwhile is lost or doubled.
-- Returns the differences that were healed.
CREATE OR REPLACE FUNCTION heal_tallies(p_ideas bigint[]) RETURNS TABLE (what text, idea text, stored text, truth text)
LANGUAGE plpgsql AS $$
DECLARE
    v_wrong bigint[];
BEGIN
    PERFORM 1 FROM ideas_tallycursor WHERE name = 'votes' FOR UPDATE;
    PERFORM fold_votes();
    RETURN QUERY SELECT * FROM counter_differences(p_ideas);
    SELECT array_agg(s.idea_id) INTO v_wrong
      FROM counter_differences(p_ideas) d JOIN ideas_score s ON s.code = d.idea;
    PERFORM write_truth(v_wrong) WHERE v_wrong IS NOT NULL;
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
     WHERE name = 'votes';
END $$;
