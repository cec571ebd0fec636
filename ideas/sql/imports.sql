-- Votes that an import brought: totals without voters, and how all of it leaves again (ideas/importers/).
--
-- The ledger is never edited. A total is one row without a person that stands for `amount` votes; a total that
-- changes is one more row, for the difference; what an import brought leaves by rows of the kind `undo`.
-- Locks: idea (shared), then its totals (kind 4, alone); several of one kind by rising id.

CREATE OR REPLACE FUNCTION lock_totals_of(p_ideas bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(vote_lock_key(2, id)) FROM (SELECT unnest(p_ideas) AS id ORDER BY 1) i;
    PERFORM pg_advisory_xact_lock(vote_lock_key(4, id)) FROM (SELECT unnest(p_ideas) AS id ORDER BY 1) i;
END $$;

-- How many votes of this value the idea has from totals.
CREATE OR REPLACE FUNCTION imported_total(p_idea bigint, p_value smallint) RETURNS integer LANGUAGE sql STABLE AS $$
    SELECT coalesce(sum(CASE p_value WHEN value THEN amount WHEN was THEN -amount ELSE 0 END), 0)::integer
      FROM ideas_voteevent WHERE ref = '' AND idea_id = p_idea
       AND counts_on_id = (SELECT coalesce(merged_into_id, id) FROM ideas_idea WHERE id = p_idea)
$$;

-- The line in the ledger for so many votes more, or less. It is dated as the idea.
CREATE OR REPLACE FUNCTION write_total(p_kind text, p_idea bigint, p_value smallint, p_amount integer, p_actor text)
RETURNS void LANGUAGE sql AS $$
    INSERT INTO ideas_voteevent (brand_id, challenge_id, idea_id, counts_on_id, ref, kind, was, was_state, was_source,
                                 value, state, source, cost, amount, actor, at)
         SELECT i.brand_id, i.challenge_id, i.id, coalesce(i.merged_into_id, i.id), '', p_kind,
                CASE WHEN p_amount < 0 THEN p_value ELSE 0 END, CASE WHEN p_amount < 0 THEN 'counted' END,
                CASE WHEN p_amount < 0 THEN 'imported' END, CASE WHEN p_amount > 0 THEN p_value ELSE 0 END, 'counted',
                'imported', 0, abs(p_amount), p_actor, i.created_at
           FROM ideas_idea i WHERE i.id = p_idea
$$;

-- From now on these ideas have these totals. Returns those that had another, and by how much it changed.
CREATE OR REPLACE FUNCTION set_totals(p_actor text, p_value smallint, p_ideas bigint[], p_totals integer[])
RETURNS TABLE (idea_id bigint, change integer) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM lock_totals_of(p_ideas);
    FOR idea_id, change IN                                -- a new snapshot: nobody else writes these totals now
        SELECT w.id, w.total - imported_total(w.id, p_value) FROM unnest(p_ideas, p_totals) AS w (id, total) ORDER BY w.id
    LOOP
        CONTINUE WHEN change = 0;
        PERFORM write_total('import', idea_id, p_value, change, p_actor);
        RETURN NEXT;
    END LOOP;
END $$;

-- The total that was set last by an import other than p_without that is neither undone nor being undone; 0 where none
-- has. Its line is the difference to what stood then, so it said what the lines up to its own add up to.
CREATE OR REPLACE FUNCTION standing_total(p_idea bigint, p_value smallint, p_without text)
RETURNS integer LANGUAGE sql STABLE AS $$
    WITH line AS (
        SELECT e.seq, e.kind, e.actor,
               sum(CASE p_value WHEN e.value THEN e.amount ELSE -e.amount END) OVER (ORDER BY e.seq) AS total
          FROM ideas_voteevent e
         WHERE e.ref = '' AND e.idea_id = p_idea AND p_value IN (e.value, e.was)
           AND e.counts_on_id = (SELECT coalesce(merged_into_id, id) FROM ideas_idea WHERE id = p_idea)
    )
    SELECT coalesce((SELECT l.total FROM line l
                      WHERE l.kind = 'import' AND l.actor <> p_without
                        AND NOT EXISTS (SELECT FROM ideas_importbatch b
                                         WHERE l.actor = 'import:' || b.code AND b.state IN ('undoing', 'undone'))
                      ORDER BY l.seq DESC LIMIT 1), 0)::integer
$$;

-- Take the totals of an import back from these ideas, in the name of p_actor. Returns how many votes left. May run
-- again: it then finds nothing to do.
CREATE OR REPLACE FUNCTION undo_totals(p_actor text, p_ideas bigint[]) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_left bigint := 0;
    r      record;
BEGIN
    PERFORM lock_totals_of(p_ideas);
    FOR r IN
        SELECT i.id, side.value, standing_total(i.id, side.value, p_actor) - imported_total(i.id, side.value) AS change
          FROM (SELECT unnest(p_ideas) AS id) i CROSS JOIN (VALUES (1::smallint), (-1::smallint)) AS side (value)
         ORDER BY i.id, side.value
    LOOP
        CONTINUE WHEN r.change = 0;
        PERFORM write_total('undo', r.id, r.value, r.change, p_actor);
        v_left := v_left - r.change;
    END LOOP;
    RETURN v_left;
END $$;

-- Votes on an idea whose value an import was the last to say. A name that was joined to a person brought its votes
-- along, so its lines are read too.
CREATE OR REPLACE FUNCTION votes_of_import(p_actor text, p_idea bigint) RETURNS SETOF ideas_vote LANGUAGE sql STABLE AS $$
    SELECT v.* FROM ideas_vote v
     WHERE v.idea_id = p_idea AND v.source = 'imported' AND v.value <> 0
       AND p_actor = (SELECT e.actor FROM ideas_voteevent e
                       WHERE e.ref IN (SELECT ref FROM accounts_participant
                                        WHERE id = v.participant_id OR joined_into_id = v.participant_id)
                         AND e.counts_on_id IN (v.idea_id, v.counts_on_id) AND e.idea_id = v.idea_id
                         AND e.kind IN ('cast', 'change') AND e.source = 'imported'
                       ORDER BY e.seq DESC LIMIT 1)
$$;

-- Withdraw at most p_most of them. Returns how many.
CREATE OR REPLACE FUNCTION undo_votes(p_actor text, p_idea bigint, p_most integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    v        ideas_vote;
    v_people bigint[] := ARRAY(SELECT participant_id FROM votes_of_import(p_actor, p_idea) ORDER BY 1 LIMIT p_most);
    v_count  integer := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(vote_lock_key(1, id)) FROM unnest(v_people) AS id ORDER BY id;
    PERFORM pg_advisory_xact_lock_shared(vote_lock_key(2, p_idea));
    PERFORM pg_advisory_xact_lock_shared(vote_lock_key(3, challenge_id)) FROM ideas_idea WHERE id = p_idea;
    FOR v IN SELECT * FROM votes_of_import(p_actor, p_idea) WHERE participant_id = ANY (v_people) ORDER BY participant_id LOOP
        PERFORM rewrite_vote('undo', v.idea_id, v.participant_id, 0::smallint, v.state, v.source, 0::smallint,
                             v.cost_period, clock_timestamp(), p_actor);
        v_count := v_count + 1;
    END LOOP;
    RETURN v_count;
END $$;
