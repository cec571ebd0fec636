-- What a vote costs while nobody can take it back.
--
-- An idea that is closed or hidden returns what its votes cost, and counts stay; opened again, it takes that again from
-- the periods that paid. Who has spent it meanwhile loses the vote, which becomes void. The change itself is quick: it
-- marks the idea, and settle_costs() goes through its voters later, some at a time.
-- Locks, in the order of the house: participants by id, idea, challenge.

-- After the change: it holds the idea's lock then, and no settling of this idea is under way that could take the mark.
CREATE OR REPLACE FUNCTION mark_unsettled() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.closed OR NEW.hidden) <> (OLD.closed OR OLD.hidden) THEN
        INSERT INTO ideas_unsettled (idea_id) VALUES (NEW.id)
        ON CONFLICT (idea_id) DO UPDATE SET at = clock_timestamp();         -- it may be undone from now on
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER costs_follow AFTER UPDATE OF closed, hidden ON ideas_idea
    FOR EACH ROW EXECUTE FUNCTION mark_unsettled();

-- Write what a vote costs, or that it lapsed, and the line in the ledger.
CREATE OR REPLACE FUNCTION rewrite_cost(p_vote ideas_vote, p_kind text, p_state text, p_cost integer, p_returned integer)
RETURNS void LANGUAGE sql AS $$
    UPDATE ideas_vote SET state = p_state, cost = p_cost, returned = p_returned WHERE id = p_vote.id;
    INSERT INTO ideas_voteevent (brand_id, challenge_id, idea_id, counts_on_id, ref, kind, was, was_state, was_source,
                                 value, state, source, cost, actor, at)
         SELECT i.brand_id, i.challenge_id, i.id, p_vote.counts_on_id, p.ref, p_kind, p_vote.value, p_vote.state,
                p_vote.source, p_vote.value, p_state, p_vote.source, p_cost - p_vote.cost, 'system', clock_timestamp()
           FROM ideas_idea i, accounts_participant p WHERE i.id = p_vote.idea_id AND p.id = p_vote.participant_id;
$$;

CREATE OR REPLACE FUNCTION return_cost(p_vote ideas_vote, p_challenge bigint) RETURNS void LANGUAGE sql AS $$
    UPDATE ideas_votebudget SET used = used - p_vote.cost
     WHERE challenge_id = p_challenge AND participant_id = p_vote.participant_id AND period = p_vote.cost_period;
    SELECT rewrite_cost(p_vote, 'refund', p_vote.state, 0, p_vote.returned + p_vote.cost);
$$;

-- Whether it could be taken; else the vote is void from now on.
CREATE OR REPLACE FUNCTION take_cost(p_vote ideas_vote, p_challenge bigint) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    v_limit integer := (SELECT r.budget FROM ideas_challenge c JOIN ideas_rules r ON r.id = c.rules_id WHERE c.id = p_challenge);
BEGIN
    IF v_limit IS NULL THEN                                      -- votes cost nothing here any more
        UPDATE ideas_vote SET returned = 0 WHERE id = p_vote.id;
        RETURN true;
    END IF;
    -- Without a row where the vote was another name's when it was paid (people.sql).
    INSERT INTO ideas_votebudget AS b (challenge_id, participant_id, period, used)
         SELECT p_challenge, p_vote.participant_id, p_vote.cost_period, p_vote.returned WHERE p_vote.returned <= v_limit
    ON CONFLICT (challenge_id, participant_id, period) DO UPDATE SET used = b.used + excluded.used
          WHERE b.used + excluded.used <= v_limit;
    IF FOUND THEN
        PERFORM rewrite_cost(p_vote, 'reclaim', p_vote.state, p_vote.cost + p_vote.returned, 0);
        RETURN true;
    END IF;
    UPDATE ideas_votebudget SET used = used - p_vote.cost        -- what a change has paid since it was opened
     WHERE challenge_id = p_challenge AND participant_id = p_vote.participant_id AND period = p_vote.cost_period;
    PERFORM rewrite_cost(p_vote, 'void', 'void', 0, 0);
    RETURN false;
END $$;

-- Who of an idea's voters is still owed a cost, or owes it.
CREATE OR REPLACE FUNCTION unsettled_votes(p_idea bigint, p_returns boolean) RETURNS SETOF ideas_vote LANGUAGE sql STABLE AS $$
    SELECT * FROM ideas_vote WHERE idea_id = p_idea AND (CASE WHEN p_returns THEN cost ELSE returned END) > 0
$$;

-- Settle at most p_most votes of an idea. `moved`: how many; `lapsed`: the participants whose vote is void now;
-- `settled`: nothing is left. A call that finds the idea changed meanwhile does nothing; the next sees how it stands.
-- It never writes the idea's row: who changes that waits for our locks with the row in hand.
CREATE OR REPLACE FUNCTION settle_costs(p_idea bigint, p_most integer, OUT settled boolean, OUT moved integer,
                                        OUT lapsed bigint[])
LANGUAGE plpgsql AS $$
DECLARE
    v_returns   boolean;
    v_challenge bigint;
    v_people    bigint[];
    v           ideas_vote;
    r           record;
BEGIN
    settled := false; moved := 0; lapsed := '{}';
    SELECT closed OR hidden, challenge_id INTO v_returns, v_challenge FROM ideas_idea WHERE id = p_idea;
    v_people := ARRAY(SELECT participant_id FROM unsettled_votes(p_idea, v_returns) ORDER BY participant_id LIMIT p_most);
    PERFORM pg_advisory_xact_lock(vote_lock_key(1, id)) FROM (SELECT unnest(v_people) AS id ORDER BY 1) p;
    PERFORM pg_advisory_xact_lock_shared(vote_lock_key(2, p_idea)),
            pg_advisory_xact_lock_shared(vote_lock_key(3, v_challenge));

    -- A new snapshot: neither the idea nor these votes change before this transaction ends.
    SELECT closed OR hidden AS returns, challenge_id INTO r FROM ideas_idea WHERE id = p_idea;
    IF r.returns IS DISTINCT FROM v_returns OR r.challenge_id IS DISTINCT FROM v_challenge THEN
        RETURN;
    END IF;
    FOR v IN SELECT * FROM unsettled_votes(p_idea, v_returns) WHERE participant_id = ANY (v_people) ORDER BY participant_id LOOP
        IF v_returns THEN
            PERFORM return_cost(v, v_challenge);
        ELSIF NOT take_cost(v, v_challenge) THEN
            lapsed := lapsed || v.participant_id;
        END IF;
        moved := moved + 1;
    END LOOP;
    settled := NOT EXISTS (SELECT FROM unsettled_votes(p_idea, v_returns));
    DELETE FROM ideas_unsettled WHERE idea_id = p_idea AND settled;
END $$;
