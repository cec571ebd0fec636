-- cast_vote(): everything one vote does, in one round trip and one transaction.
--
-- Why a function and not one statement with CTEs: every statement of a READ COMMITTED transaction takes a fresh
-- snapshot, so what is read AFTER a lock is granted stays true until commit. Parts of one statement read one
-- snapshot, older than the lock: 24 identical votes spend a budget several times, a + and a - drift the counter.

-- The first day of the period that a moment falls into; a budget that never refills has one for ever.
CREATE OR REPLACE FUNCTION budget_period(period text, moment timestamptz) RETURNS date
    LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE period WHEN 'challenge' THEN DATE '1970-01-01'
                       ELSE date_trunc(period, moment AT TIME ZONE 'UTC')::date END
$$;

-- Counted effect of a reader's own ledger rows that no fold has seen: what is shown is the counter plus this.
-- Returns a table of one row: such a function in FROM is planned as a part of its query (a seventh of the time).
CREATE OR REPLACE FUNCTION unfolded_of(p_ref text, p_idea bigint) RETURNS TABLE (support int, oppose int, points int)
    LANGUAGE sql STABLE ROWS 1 AS $$
    SELECT coalesce(sum((e.value > 0 AND e.state = 'counted')::int - (e.was > 0 AND e.was_state = 'counted')::int), 0)::int,
           coalesce(sum((e.value < 0 AND e.state = 'counted')::int - (e.was < 0 AND e.was_state = 'counted')::int), 0)::int,
           coalesce(sum(CASE WHEN e.state = 'counted' THEN e.value ELSE 0 END
                      - CASE WHEN e.was_state = 'counted' THEN e.was ELSE 0 END), 0)::int
      FROM ideas_voteevent e JOIN ideas_tallycursor c ON c.name = votes_cursor(tally_shard(e.brand_id))
     WHERE e.ref = p_ref AND e.counts_on_id = p_idea
       AND e.seq > c.after_seq AND NOT pg_visible_in_snapshot(e.xid, c.seen)
$$;

-- p_code, p_brand: the idea; p_brand NULL means any brand. p_value: 0 withdraws.
-- p_source: self, on_behalf, imported. p_at: the date of an imported vote, else NULL (database time).
--
-- outcome: new, changed, unchanged, or a refusal: not_found, not_allowed, not_a_voter, value_not_allowed, idea_closed,
-- phase_closed, no_budget. Counts are NULL while a phase hides them.
CREATE OR REPLACE FUNCTION cast_vote(
    p_code text, p_brand bigint, p_participant bigint, p_value smallint, p_source text, p_actor text,
    p_at timestamptz DEFAULT NULL,
    OUT outcome text, OUT value smallint, OUT state text, OUT support integer, OUT oppose integer, OUT points integer,
    OUT hidden boolean, OUT budget integer, OUT used integer, OUT until timestamptz
) LANGUAGE plpgsql AS $$
DECLARE
    v_idea      bigint;
    v_challenge bigint;
    v_now       timestamptz;
    v_period    date;
    v_earlier   integer;      -- what earlier periods paid for it
    v_owed      integer := 0; -- what it still has to take of this period's budget after this call (costs.sql)
    v_cost      integer;      -- what it holds of this period's budget after this call
    v_charge    integer;      -- the difference to what it holds now
    v_theirs    boolean;      -- somebody else asks, and they have voted themselves
    r           record;
BEGIN
    -- 1. Find the idea (a merged one stands for its target) and lock, always in this order.
    SELECT coalesce(t.id, i.id), coalesce(t.challenge_id, i.challenge_id) INTO v_idea, v_challenge
      FROM ideas_idea i LEFT JOIN ideas_idea t ON t.id = i.merged_into_id
     WHERE i.code = p_code AND (p_brand IS NULL OR i.brand_id = p_brand);
    IF NOT FOUND THEN
        outcome := 'not_found'; RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(vote_lock_key(1, p_participant)),
            pg_advisory_xact_lock_shared(vote_lock_key(2, v_idea)),
            pg_advisory_xact_lock_shared(vote_lock_key(3, v_challenge));

    -- 2. A new snapshot: nothing read here can change before this transaction ends.
    v_now := clock_timestamp();
    SELECT i.brand_id, i.closed OR c.closed AS closed, i.hidden OR i.merged_into_id IS NOT NULL AS gone,
           i.challenge_id = v_challenge AS in_place, p.brand_id AS home, p.ref, p.active, p.verified, p.joined_into_id,
           u.mode, u.max_points, u.budget, budget_period(u.budget_period, v_now) AS period,
           CASE WHEN u.budget_period <> 'challenge' THEN
               (date_trunc(u.budget_period, v_now AT TIME ZONE 'UTC')
                + ('1 ' || replace(u.budget_period, 'quarter', 'month'))::interval
                * CASE u.budget_period WHEN 'quarter' THEN 3 ELSE 1 END) AT TIME ZONE 'UTC' END AS until,
           phase.votes, coalesce(phase.hides, false) AS hides,
           u.who_votes = 'everybody' OR u.who_votes = 'admitted' AND p.admitted
               OR EXISTS (SELECT FROM accounts_membership m WHERE m.brand_id = i.brand_id AND m.user_id = p.user_id) AS is_voter,
           v.value AS was, v.state AS was_state, v.source AS was_source,
           CASE WHEN v.cost_period = budget_period(u.budget_period, v_now) THEN v.cost ELSE 0 END AS cost,
           CASE WHEN v.cost_period = budget_period(u.budget_period, v_now) THEN v.returned ELSE 0 END AS owed,
           coalesce(b.used, 0) AS used
      INTO r
      FROM ideas_idea i
      JOIN ideas_challenge c ON c.id = v_challenge
      JOIN ideas_rules u ON u.id = c.rules_id
      LEFT JOIN LATERAL (
          SELECT bool_or('vote' = ANY (verbs)) AS votes, bool_or(hides_counts) AS hides FROM ideas_phase
           WHERE rules_id = u.id AND (opens_at IS NULL OR opens_at <= v_now) AND (closes_at IS NULL OR v_now < closes_at)
      ) phase ON true
      LEFT JOIN accounts_participant p ON p.id = p_participant
      LEFT JOIN ideas_vote v ON v.idea_id = v_idea AND v.participant_id = p_participant
      LEFT JOIN ideas_votebudget b ON b.challenge_id = v_challenge AND b.participant_id = p_participant
                                  AND b.period = budget_period(u.budget_period, v_now)
     WHERE i.id = v_idea;

    -- 3. May it be? In the order that every answer of the API keeps: existence, permission, shape, state, budget.
    IF r.in_place IS NOT TRUE OR r.gone OR r.home IS DISTINCT FROM r.brand_id THEN
        outcome := 'not_found'; RETURN;
    END IF;
    IF r.joined_into_id IS NOT NULL THEN      -- this name turned out to be somebody else's while we waited
        SELECT c.outcome, c.value, c.state, c.support, c.oppose, c.points, c.hidden, c.budget, c.used, c.until
          INTO cast_vote.outcome, value, state, support, oppose, points, hidden, budget, used, until
          FROM cast_vote(p_code, p_brand, r.joined_into_id, p_value, p_source, p_actor, p_at) c;
        RETURN;
    END IF;
    -- Whoever votes for somebody does not learn what they cast themselves: nothing changes, and that is all.
    v_theirs := p_source <> 'self' AND coalesce(r.was_source = 'self', false);
    hidden := r.hides;
    IF NOT v_theirs THEN
        budget := r.budget; used := r.used; until := r.until;
    END IF;
    IF r.was_state IS DISTINCT FROM 'void' AND NOT v_theirs THEN             -- one that lapsed is none (costs.sql)
        value := nullif(r.was, 0); state := r.was_state;
    END IF;
    outcome := CASE
        WHEN NOT r.active THEN 'not_allowed'
        WHEN NOT r.is_voter AND p_value <> 0 AND p_source <> 'imported' THEN 'not_a_voter'
        WHEN p_value <> 0 AND NOT (CASE r.mode WHEN 'up' THEN p_value = 1 WHEN 'up_down' THEN p_value IN (1, -1)
                                               ELSE p_value BETWEEN 1 AND r.max_points END) THEN 'value_not_allowed'
        WHEN p_value = 0 AND coalesce(r.was, 0) = 0 THEN 'unchanged'
        WHEN v_theirs THEN 'unchanged'                                           -- their own word stands
        WHEN p_source = 'imported' AND r.was_source = 'on_behalf' AND r.was <> 0 THEN 'unchanged'
        WHEN p_value = r.was AND r.was_state IN ('counted', 'pending', 'held')
             AND (p_source <> 'self' OR r.was_source = 'self') THEN 'unchanged'
        WHEN r.closed THEN 'idea_closed'
        WHEN r.votes IS NOT TRUE THEN 'phase_closed'
    END;

    -- 4. Budget by the net cost. What an earlier period paid is neither asked again nor given back in this one.
    IF outcome IS NULL AND (r.budget IS NOT NULL OR r.cost > 0) THEN
        v_earlier := CASE WHEN coalesce(r.was, 0) = 0 OR r.was_state NOT IN ('counted', 'pending', 'held') THEN 0
                          ELSE greatest(CASE WHEN r.mode = 'points' THEN r.was ELSE 1 END - r.cost - r.owed, 0) END;
        v_cost := CASE WHEN p_value = 0 OR r.budget IS NULL THEN 0
                       ELSE greatest(CASE WHEN r.mode = 'points' THEN p_value ELSE 1 END - v_earlier, 0) END;
        v_owed := least(coalesce(r.owed, 0), v_cost);                -- who asks for less owes no more than that
        v_cost := v_cost - v_owed;
        v_charge := v_cost - r.cost;
        IF v_charge > 0 AND r.used + v_charge > r.budget THEN
            outcome := 'no_budget';
        ELSIF v_charge <> 0 THEN
            -- The proposed row is checked before the conflict is found, so it must never be negative itself.
            INSERT INTO ideas_votebudget AS b (challenge_id, participant_id, period, used)
                 VALUES (v_challenge, p_participant, r.period, greatest(v_charge, 0))
            ON CONFLICT (challenge_id, participant_id, period) DO UPDATE SET used = b.used + v_charge
              RETURNING b.used INTO used;
        END IF;
    END IF;

    -- 5. The vote and its line in the ledger.
    IF outcome IS NULL THEN
        value := nullif(p_value, 0);
        state := CASE WHEN r.was_state = 'held' AND r.was <> 0 THEN 'held' WHEN r.verified THEN 'counted' ELSE 'pending' END;
        IF r.was IS NULL THEN
            outcome := 'new';
            INSERT INTO ideas_vote (idea_id, counts_on_id, participant_id, value, state, source, cost, cost_period, at)
                 VALUES (v_idea, v_idea, p_participant, p_value, state, p_source, coalesce(v_cost, 0), r.period,
                         coalesce(p_at, v_now));
        ELSE
            outcome := CASE WHEN r.was = 0 THEN 'new' ELSE 'changed' END;
            UPDATE ideas_vote v
               SET value = p_value, state = cast_vote.state, source = p_source, cost = coalesce(v_cost, 0),
                   cost_period = r.period, at = coalesce(p_at, v_now), returned = v_owed
             WHERE v.idea_id = v_idea AND v.participant_id = p_participant;
        END IF;
        INSERT INTO ideas_voteevent (brand_id, challenge_id, idea_id, counts_on_id, ref, kind, was, was_state, was_source,
                                     value, state, source, cost, actor, at)
             VALUES (r.brand_id, v_challenge, v_idea, v_idea, r.ref,
                     CASE WHEN p_value = 0 THEN 'withdraw' WHEN coalesce(r.was, 0) = 0 THEN 'cast' ELSE 'change' END,
                     coalesce(r.was, 0), r.was_state, r.was_source, p_value, state, p_source, coalesce(v_charge, 0),
                     p_actor, coalesce(p_at, v_now));
    END IF;

    -- 6. What the voter sees: the counter and their own rows that no fold has seen, in one snapshot.
    IF NOT r.hides THEN
        SELECT s.support + o.support, s.oppose + o.oppose, s.points + o.points
          INTO cast_vote.support, cast_vote.oppose, cast_vote.points
          FROM ideas_score s, unfolded_of(CASE WHEN v_theirs THEN '' ELSE r.ref END, v_idea) o WHERE s.idea_id = v_idea;
    END IF;
END $$;

-- A member votes: as cast_vote(), one round trip.
CREATE OR REPLACE FUNCTION cast_vote_as_user(p_code text, p_user bigint, p_value smallint,
    OUT outcome text, OUT value smallint, OUT state text, OUT support integer, OUT oppose integer, OUT points integer,
    OUT hidden boolean, OUT budget integer, OUT used integer, OUT until timestamptz
) LANGUAGE plpgsql AS $$
DECLARE
    v_brand bigint := (SELECT brand_id FROM ideas_idea WHERE code = p_code);
BEGIN
    IF v_brand IS NULL THEN
        outcome := 'not_found'; RETURN;
    END IF;
    SELECT * INTO outcome, value, state, support, oppose, points, hidden, budget, used, until
      FROM cast_vote(p_code, v_brand, participant_of_user(v_brand, p_user), p_value, 'self', 'self');
END $$;

-- A key votes for somebody it names.
CREATE OR REPLACE FUNCTION cast_vote_on_behalf(
    p_code text, p_brand bigint, p_key bigint, p_actor text, p_external text, p_mailbox text, p_name text, p_value smallint,
    OUT outcome text, OUT value smallint, OUT state text, OUT support integer, OUT oppose integer, OUT points integer,
    OUT hidden boolean, OUT budget integer, OUT used integer, OUT until timestamptz
) LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM ideas_idea WHERE code = p_code AND brand_id = p_brand) THEN
        outcome := 'not_found'; RETURN;                    -- nobody is created for nothing
    END IF;
    SELECT * INTO outcome, value, state, support, oppose, points, hidden, budget, used, until
      FROM cast_vote(p_code, p_brand, participant_of_claim(p_brand, p_key, p_external, p_mailbox, p_name), p_value,
                     'on_behalf', p_actor);
END $$;
