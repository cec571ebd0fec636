-- When people change: two names turn out to be one person, because a user proved the mailbox that a key or an import
-- had named; a mailbox is proved at last; somebody is erased.
--
-- No vote row changes its owner. What the other name cast is withdrawn there and cast here, in pairs of ledger
-- rows of one transaction: every counter is right before and after, and the ledger says who was joined.
-- Locks, in the one order of the house: mailbox, rows that change hands (participants, then their ideas), then the
-- advisory ones: participants by id, ideas by id, challenges by id. Who closes an idea has its row, then asks for its lock.

CREATE OR REPLACE FUNCTION lock_votes_of(p_people bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(vote_lock_key(1, id)) FROM (SELECT unnest(p_people) AS id ORDER BY 1) p;
    PERFORM pg_advisory_xact_lock_shared(vote_lock_key(2, id))
       FROM (SELECT DISTINCT idea_id AS id FROM ideas_vote WHERE participant_id = ANY (p_people) ORDER BY 1) i;
    PERFORM pg_advisory_xact_lock_shared(vote_lock_key(3, id))
       FROM (SELECT DISTINCT i.challenge_id AS id FROM ideas_vote v JOIN ideas_idea i ON i.id = v.idea_id
              WHERE v.participant_id = ANY (p_people) ORDER BY 1) c;
END $$;

-- These people, and whoever was joined to them before: joining moves those on, which takes their locks, too (locks.sql).
CREATE OR REPLACE FUNCTION with_their_names(p_people bigint[]) RETURNS bigint[] LANGUAGE sql STABLE AS $$
    SELECT array_agg(id ORDER BY id) FROM accounts_participant WHERE id = ANY (p_people) OR joined_into_id = ANY (p_people)
$$;

-- All that joining these people needs to hold.
CREATE OR REPLACE FUNCTION lock_people(p_people bigint[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_all bigint[] := with_their_names(p_people);
BEGIN
    -- First, as who posts in one of these names holds the name, then its idea.
    PERFORM FROM accounts_participant WHERE id = ANY (v_all) ORDER BY id FOR NO KEY UPDATE;
    PERFORM FROM ideas_idea WHERE author_id = ANY (v_all) ORDER BY id FOR NO KEY UPDATE;
    PERFORM lock_votes_of(v_all);
END $$;

-- Write what a vote becomes: the row and its line in the ledger. p_at: the date the vote keeps.
DROP FUNCTION IF EXISTS rewrite_vote(text, bigint, bigint, smallint, text, text, smallint, date, timestamptz);
CREATE OR REPLACE FUNCTION rewrite_vote(p_kind text, p_idea bigint, p_participant bigint, p_value smallint, p_state text,
    p_source text, p_cost smallint, p_cost_period date, p_at timestamptz, p_actor text DEFAULT 'system')
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_was  ideas_vote;
    v_idea ideas_idea;
BEGIN
    SELECT * INTO v_was FROM ideas_vote WHERE idea_id = p_idea AND participant_id = p_participant;
    SELECT * INTO STRICT v_idea FROM ideas_idea WHERE id = p_idea;
    INSERT INTO ideas_vote AS v (idea_id, counts_on_id, participant_id, value, state, source, cost, cost_period, at)
         VALUES (p_idea, coalesce(v_was.counts_on_id, v_idea.merged_into_id, p_idea), p_participant, p_value, p_state,
                 p_source, p_cost, p_cost_period, p_at)
    ON CONFLICT (idea_id, participant_id) DO UPDATE
        SET value = excluded.value, state = excluded.state, source = excluded.source, cost = excluded.cost,
            cost_period = excluded.cost_period, at = excluded.at,
            returned = CASE WHEN p_value = 0 THEN 0 ELSE v.returned END;
    INSERT INTO ideas_votebudget AS b (challenge_id, participant_id, period, used)
         SELECT v_idea.challenge_id, p_participant, period, sum(cost)
           FROM (VALUES (p_cost_period, p_cost::int), (v_was.cost_period, -v_was.cost)) AS change (period, cost)
          WHERE period IS NOT NULL GROUP BY period HAVING sum(cost) > 0
    ON CONFLICT (challenge_id, participant_id, period) DO UPDATE SET used = b.used + excluded.used;
    UPDATE ideas_votebudget b SET used = b.used - given_back.cost
      FROM (SELECT period, -sum(cost) AS cost
              FROM (VALUES (p_cost_period, p_cost::int), (v_was.cost_period, -v_was.cost)) AS change (period, cost)
             WHERE period IS NOT NULL GROUP BY period HAVING sum(cost) < 0) given_back
     WHERE b.challenge_id = v_idea.challenge_id AND b.participant_id = p_participant AND b.period = given_back.period;
    INSERT INTO ideas_voteevent (brand_id, challenge_id, idea_id, counts_on_id, ref, kind, was, was_state, was_source,
                                 value, state, source, cost, actor, at)
         SELECT v_idea.brand_id, v_idea.challenge_id, p_idea, coalesce(v_was.counts_on_id, v_idea.merged_into_id, p_idea),
                p.ref, p_kind, coalesce(v_was.value, 0), v_was.state, v_was.source, p_value, p_state, p_source,
                p_cost - coalesce(v_was.cost, 0), p_actor, p_at
           FROM accounts_participant p WHERE p.id = p_participant;
END $$;

-- Everything that p_from did becomes p_into's. The caller holds the locks.
CREATE OR REPLACE FUNCTION join_participant(p_from bigint, p_into bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v      ideas_vote;
    mine   ideas_vote;
    stands boolean;
    taken  boolean;
BEGIN
    FOR v IN SELECT * FROM ideas_vote WHERE participant_id = p_from AND value <> 0 ORDER BY idea_id LOOP
        SELECT * INTO mine FROM ideas_vote WHERE idea_id = v.idea_id AND participant_id = p_into;
        taken := EXISTS (SELECT FROM ideas_vote WHERE participant_id = p_into AND counts_on_id = v.counts_on_id
                                                  AND idea_id <> v.idea_id AND state = 'counted');
        PERFORM rewrite_vote('join', v.idea_id, p_from, 0::smallint, v.state, v.source, 0::smallint, v.cost_period, v.at);
        -- Their own word stands, a withdrawal too; else the vote becomes theirs and keeps its date and source.
        -- One that lapsed is no word (costs.sql), and another that lapsed takes the place of none.
        stands := mine.source = 'self' OR mine.value <> 0 AND v.source <> 'self';
        CONTINUE WHEN mine.id IS NOT NULL
                      AND (v.state = 'void' OR stands AND NOT (mine.state = 'void' AND mine.value <> 0));
        PERFORM rewrite_vote('join', v.idea_id, p_into, v.value, CASE WHEN taken THEN 'merged' ELSE v.state END, v.source,
                             CASE WHEN taken THEN 0::smallint ELSE v.cost END, v.cost_period, v.at);
        UPDATE ideas_vote SET returned = v.returned
         WHERE idea_id = v.idea_id AND participant_id = p_into AND v.returned > 0 AND NOT taken;
    END LOOP;
    UPDATE ideas_idea SET author_id = p_into WHERE author_id = p_from;
    UPDATE ideas_comment SET author_id = p_into WHERE author_id = p_from;
    UPDATE ideas_report r SET reporter_id = p_into WHERE reporter_id = p_from
       AND NOT EXISTS (SELECT FROM ideas_report o WHERE o.reporter_id = p_into AND o.state = 'open' AND r.state = 'open'
                          AND o.idea_id = r.idea_id AND o.comment_id IS NOT DISTINCT FROM r.comment_id);
    INSERT INTO ideas_follow (idea_id, participant_id, active)
         SELECT idea_id, p_into, active FROM ideas_follow WHERE participant_id = p_from
    ON CONFLICT (participant_id, idea_id) DO NOTHING;
    DELETE FROM ideas_follow WHERE participant_id = p_from;
    UPDATE accounts_activity SET participant_id = p_into WHERE participant_id = p_from;
    UPDATE accounts_participant i
       SET active = i.active AND f.active, stopped_at = coalesce(i.stopped_at, f.stopped_at),
           admitted = i.admitted OR f.admitted
      FROM accounts_participant f WHERE i.id = p_into AND f.id = p_from
       AND (NOT f.active AND i.active OR f.admitted AND NOT i.admitted);
    UPDATE accounts_participant SET joined_into_id = p_into WHERE joined_into_id = p_from OR id = p_from;
END $$;

-- A host says that its id and a mailbox are one person, and each has a name of its own here: the id's becomes the mailbox's.
-- Names of claims alone: an id that has a mailbox keeps it, and what is a member's is joined by their own proof, since
-- nobody else may put words into their mouth. Returns whether they were two.
CREATE OR REPLACE FUNCTION join_names(p_brand bigint, p_external text, p_mailbox text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    v_from bigint;
    v_into bigint;
BEGIN
    FOR attempt IN 1..3 LOOP      -- first without a lock: nearly always there is nothing to join
        SELECT a.id, b.id INTO v_from, v_into
          FROM accounts_participant a
          JOIN accounts_participant b ON b.brand_id = p_brand AND b.mailbox = p_mailbox
         WHERE a.brand_id = p_brand AND a.external_id = p_external AND a.id <> b.id AND a.mailbox IS NULL
               AND a.joined_into_id IS NULL AND b.joined_into_id IS NULL
               AND NOT EXISTS (SELECT FROM accounts_mailbox WHERE key = p_mailbox AND user_id IS NOT NULL);
        IF v_from IS NULL THEN
            RETURN false;
        END IF;
        IF attempt = 1 THEN
            PERFORM pg_advisory_xact_lock(mailbox_lock_key(p_mailbox));
        ELSIF attempt = 2 THEN
            PERFORM lock_people(ARRAY[v_from, v_into]);
        END IF;
    END LOOP;
    PERFORM join_participant(v_from, v_into);
    RETURN true;
END $$;

-- The votes that waited for a mailbox count from now on, each with its own date.
CREATE OR REPLACE FUNCTION count_waiting_votes(p_participant bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v ideas_vote;
BEGIN
    UPDATE accounts_participant SET verified = true WHERE id = p_participant AND NOT verified;
    FOR v IN SELECT * FROM ideas_vote WHERE participant_id = p_participant AND state = 'pending' ORDER BY idea_id LOOP
        PERFORM rewrite_vote('release', v.idea_id, v.participant_id, v.value,
            CASE WHEN EXISTS (SELECT FROM ideas_vote o WHERE o.participant_id = v.participant_id AND o.state = 'counted'
                                 AND o.counts_on_id = v.counts_on_id AND o.idea_id <> v.idea_id)
                 THEN 'merged' ELSE 'counted' END, v.source, v.cost, v.cost_period, v.at);
    END LOOP;
END $$;

-- All that a user's proved mailboxes join, in every brand; and, once they count, the votes that waited.
-- Returns how many names were joined. May run again: it then finds nothing to do.
CREATE OR REPLACE FUNCTION join_identities(p_user bigint) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    v_from bigint[];
    v_into bigint[];
    v_own  bigint[];
BEGIN
    PERFORM pg_advisory_xact_lock(mailbox_lock_key(key))
       FROM (SELECT key FROM accounts_mailbox WHERE user_id = p_user ORDER BY key) m;
    SELECT array_agg(p.id ORDER BY p.id), array_agg(participant_for(p.brand_id, p_user) ORDER BY p.id)
      INTO v_from, v_into
      FROM accounts_participant p JOIN accounts_mailbox m ON m.key = p.mailbox
     WHERE m.user_id = p_user AND p.user_id IS NULL AND p.joined_into_id IS NULL;
    v_own := ARRAY(SELECT id FROM accounts_participant WHERE user_id = p_user
                    AND (NOT verified OR id = ANY (v_into)));
    PERFORM lock_people(v_own || coalesce(v_from, '{}'));
    FOR place IN 1..coalesce(cardinality(v_from), 0) LOOP
        PERFORM join_participant(v_from[place], v_into[place]);
    END LOOP;
    IF has_proved_mailbox(p_user) THEN
        PERFORM count_waiting_votes(id) FROM unnest(v_own) AS id ORDER BY id;
    END IF;
    RETURN coalesce(cardinality(v_from), 0);
END $$;

-- Withdraw the votes that leave with their owner: where the rules of the challenge say so. Returns how many.
CREATE OR REPLACE FUNCTION erase_votes(p_people bigint[]) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    v       ideas_vote;
    v_count integer := 0;
BEGIN
    PERFORM lock_votes_of(p_people);
    FOR v IN SELECT o.* FROM ideas_vote o JOIN ideas_idea i ON i.id = o.idea_id
               JOIN ideas_challenge c ON c.id = i.challenge_id JOIN ideas_rules r ON r.id = c.rules_id
              WHERE o.participant_id = ANY (p_people) AND o.value <> 0 AND r.votes_leave
              ORDER BY o.participant_id, o.idea_id LOOP
        PERFORM rewrite_vote('erase', v.idea_id, v.participant_id, 0::smallint, v.state, v.source, 0::smallint,
                             v.cost_period, clock_timestamp());
        v_count := v_count + 1;
    END LOOP;
    RETURN v_count;
END $$;

-- A vote that waits for its participant's lock must see that the name was joined meanwhile.
CREATE OR REPLACE TRIGGER joining_in_flight BEFORE UPDATE OF joined_into_id ON accounts_participant
    FOR EACH ROW EXECUTE FUNCTION wait_for_votes_in_flight(1);
