-- The ledger against the votes, the budgets, and the ends that no foreign key holds. In one snapshot.

-- One word for a state of somebody's vote on an idea. Not a secret: it finds drift, the chain finds forgers.
CREATE OR REPLACE FUNCTION vote_print(p_ref text, p_idea bigint, p_value smallint, p_state text, p_source text)
    RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT hashtextextended(p_ref, (p_idea << 16) # ((p_value::bigint & 255) << 8) # (ascii(p_state) << 4) # ascii(p_source))
$$;

-- Ideas whose ledger may not say what their votes are. What each row of the ledger leaves, less what it found, is what
-- stands; so both sums of prints are equal where ledger and votes agree. Two passes, and nothing has to be put in order.
CREATE OR REPLACE FUNCTION doubtful_ledgers() RETURNS SETOF bigint LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH ledger AS (
        SELECT idea_id, sum(vote_print(ref, idea_id, value, state, source))
                 - coalesce(sum(vote_print(ref, idea_id, was, was_state, was_source)) FILTER (WHERE was_state IS NOT NULL), 0)
               AS print
          FROM ideas_voteevent WHERE ref <> '' GROUP BY idea_id
    ), vote AS (
        SELECT v.idea_id, sum(vote_print(p.ref, v.idea_id, v.value, v.state, v.source)) AS print,
               bool_or(p.id IS NULL OR v.counts_on_id <> v.idea_id) AS has_loose_ends
          FROM ideas_vote v LEFT JOIN accounts_participant p ON p.id = v.participant_id GROUP BY v.idea_id
    )
    SELECT idea_id FROM ledger FULL JOIN vote USING (idea_id) LEFT JOIN ideas_idea i ON i.id = idea_id
     WHERE ledger.print IS DISTINCT FROM vote.print OR has_loose_ends OR i.id IS NULL
$$;

-- The last row of each ledger against the vote, in these ideas.
CREATE OR REPLACE FUNCTION unlike_their_votes(p_ideas bigint[]) RETURNS TABLE (what text, idea text, stored text, truth text)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH last AS (
        SELECT DISTINCT ON (idea_id, ref) idea_id, ref, value, state, source FROM ideas_voteevent
         WHERE ref <> '' AND idea_id = ANY (p_ideas) ORDER BY idea_id, ref, seq DESC
    ), vote AS (
        SELECT v.idea_id, p.ref, v.value, v.state, v.source FROM ideas_vote v
          JOIN accounts_participant p ON p.id = v.participant_id WHERE v.idea_id = ANY (p_ideas)
    )
    SELECT 'ledger', coalesce(v.idea_id, l.idea_id)::text || '/' || coalesce(v.ref, l.ref),
           (v.value, v.state, v.source)::text, (l.value, l.state, l.source)::text
      FROM vote v FULL JOIN last l USING (idea_id, ref)
     WHERE (v.value, v.state, v.source) IS DISTINCT FROM (l.value, l.state, l.source)
    UNION ALL
    SELECT 'orphan', v.idea_id::text || '/' || v.participant_id, 'a vote', 'no idea or no participant' FROM ideas_vote v
     WHERE v.idea_id = ANY (p_ideas)
       AND (NOT EXISTS (SELECT FROM ideas_idea i WHERE i.id = v.idea_id)
         OR NOT EXISTS (SELECT FROM ideas_idea i WHERE i.id = v.counts_on_id)
         OR NOT EXISTS (SELECT FROM accounts_participant p WHERE p.id = v.participant_id))
$$;

-- Rows of the ledger that do not begin where the one before ended. Put in order are those that say they follow one, and
-- all of these ideas: a row too many that begins at nothing, as the first does, leaves a print that nothing takes off.
CREATE OR REPLACE FUNCTION broken_steps(p_doubtful bigint[]) RETURNS TABLE (what text, idea text, stored text, truth text)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH followed AS (
        SELECT idea_id, ref FROM ideas_voteevent WHERE ref <> '' AND (was_state IS NOT NULL OR was <> 0)
        UNION
        SELECT idea_id, ref FROM ideas_voteevent WHERE ref <> '' AND idea_id = ANY (p_doubtful)
    ), step AS (
        SELECT e.idea_id, e.ref, was, was_state, coalesce(lag(value) OVER w, 0) AS before, lag(state) OVER w AS before_state
          FROM ideas_voteevent e JOIN followed USING (idea_id, ref)
        WINDOW w AS (PARTITION BY e.idea_id, e.ref ORDER BY seq)
    )
    SELECT 'step', idea_id::text || '/' || ref, (was, was_state)::text, (before, before_state)::text FROM step
     WHERE (was, was_state) IS DISTINCT FROM (before, before_state)
$$;

CREATE OR REPLACE FUNCTION wrong_budgets() RETURNS TABLE (what text, idea text, stored text, truth text)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT 'budget', b.challenge_id::text || '/' || b.participant_id, b.used::text, coalesce(t.cost, 0)::text
      FROM (SELECT DISTINCT ON (challenge_id, participant_id) challenge_id, participant_id, period, used
              FROM ideas_votebudget ORDER BY challenge_id, participant_id, period DESC) b
      LEFT JOIN (SELECT i.challenge_id, v.participant_id, v.cost_period AS period, sum(v.cost) AS cost
                   FROM ideas_vote v JOIN ideas_idea i ON i.id = v.idea_id WHERE v.cost > 0 GROUP BY 1, 2, 3) t
           USING (challenge_id, participant_id, period)
     WHERE b.used <> coalesce(t.cost, 0)
    UNION ALL
    SELECT 'cost', v.idea_id::text || '/' || v.participant_id, (v.cost, v.returned)::text,
           CASE WHEN i.closed OR i.hidden THEN 'returned' ELSE 'taken' END
      FROM ideas_vote v JOIN ideas_idea i ON i.id = v.idea_id
     WHERE (v.cost > 0 OR v.returned > 0) AND NOT EXISTS (SELECT FROM ideas_unsettled u WHERE u.idea_id = i.id)
       AND (CASE WHEN i.closed OR i.hidden THEN v.cost ELSE v.returned END) > 0
$$;

CREATE OR REPLACE FUNCTION ledger_differences() RETURNS TABLE (what text, idea text, stored text, truth text)
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    v_doubtful bigint[] := ARRAY(SELECT doubtful_ledgers());
BEGIN
    RETURN QUERY SELECT * FROM unlike_their_votes(v_doubtful);
    RETURN QUERY SELECT * FROM broken_steps(v_doubtful);
    RETURN QUERY SELECT * FROM wrong_budgets();
    RETURN QUERY
    SELECT 'comments', s.code::text, s.comments::text, coalesce(c.count, 0)::text
      FROM ideas_score s LEFT JOIN (
           SELECT idea_id, count(*) FROM ideas_comment c WHERE comment_counts(c) GROUP BY idea_id) c USING (idea_id)
     WHERE s.comments <> coalesce(c.count, 0);
END $$;
