-- Who changes what a vote depends on waits for the votes in flight.
--
-- cast_vote() holds, until it commits: the participant's lock alone, the idea's and the challenge's shared.
-- These triggers take the same locks exclusively, so the ORM, the admin or a script cannot close an idea behind
-- a vote's back. Advisory, because a row lock writes the row: on a hot idea that is a multixact for every vote.
-- Order, always: participant, idea, challenge; several of one kind by rising id.

CREATE OR REPLACE FUNCTION vote_lock_key(kind integer, id bigint) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT (kind::bigint << 56) | id $$;            -- kinds: 1 participant, 2 idea, 3 challenge

CREATE OR REPLACE FUNCTION wait_for_votes_in_flight() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(vote_lock_key(TG_ARGV[0]::integer, OLD.id));
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION wait_for_votes_under_rules() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_rules bigint := (to_jsonb(coalesce(NEW, OLD)) ->> TG_ARGV[0])::bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(vote_lock_key(3, r.challenge_id)) FROM ideas_rules r WHERE r.id = v_rules;
    RETURN coalesce(NEW, OLD);
END $$;

-- Where the team alone votes, the vote of somebody who leaves it is over before they are out.
CREATE OR REPLACE FUNCTION wait_for_votes_of_member() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(vote_lock_key(1, p.id)) FROM accounts_participant p
      WHERE p.brand_id = OLD.brand_id AND p.user_id = OLD.user_id;
    RETURN coalesce(NEW, OLD);
END $$;

CREATE OR REPLACE TRIGGER votes_in_flight BEFORE UPDATE OF active, verified, admitted ON accounts_participant
    FOR EACH ROW EXECUTE FUNCTION wait_for_votes_in_flight(1);
CREATE OR REPLACE TRIGGER votes_in_flight BEFORE UPDATE OF brand_id, user_id OR DELETE ON accounts_membership
    FOR EACH ROW EXECUTE FUNCTION wait_for_votes_of_member();
CREATE OR REPLACE TRIGGER votes_in_flight
    BEFORE UPDATE OF closed, hidden, merged_into_id, challenge_id, brand_id ON ideas_idea
    FOR EACH ROW EXECUTE FUNCTION wait_for_votes_in_flight(2);
CREATE OR REPLACE TRIGGER votes_in_flight BEFORE UPDATE OF closed, rules_id ON ideas_challenge
    FOR EACH ROW EXECUTE FUNCTION wait_for_votes_in_flight(3);
CREATE OR REPLACE TRIGGER votes_in_flight BEFORE UPDATE ON ideas_rules
    FOR EACH ROW EXECUTE FUNCTION wait_for_votes_under_rules('id');
CREATE OR REPLACE TRIGGER votes_in_flight BEFORE INSERT OR UPDATE OR DELETE ON ideas_phase
    FOR EACH ROW EXECUTE FUNCTION wait_for_votes_under_rules('rules_id');

-- Every idea has its row of counters, and the columns the lists filter and break ties by are the idea's.
CREATE OR REPLACE FUNCTION place_score() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO ideas_score AS s (idea_id, brand_id, challenge_id, code, created_at, listed)
         VALUES (NEW.id, NEW.brand_id, NEW.challenge_id, NEW.code, NEW.created_at,
                 NOT NEW.hidden AND NEW.merged_into_id IS NULL)
    ON CONFLICT (idea_id) DO UPDATE
        SET brand_id = excluded.brand_id, challenge_id = excluded.challenge_id, code = excluded.code,
            created_at = excluded.created_at, listed = excluded.listed;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER score_follows
    AFTER INSERT OR UPDATE OF brand_id, challenge_id, code, created_at, hidden, merged_into_id ON ideas_idea
    FOR EACH ROW EXECUTE FUNCTION place_score();
