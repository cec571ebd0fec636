-- What Django's models cannot say about the vote's tables.

-- Lets the fold see every commit exactly once (fold.sql).
ALTER TABLE ideas_voteevent ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id();
CREATE INDEX voteevent_xid ON ideas_voteevent (xid);                                  -- serves unfolded_events()
CREATE INDEX voteevent_total ON ideas_voteevent (counts_on_id) WHERE ref = '';        -- serves counted_vote

-- A page keeps room, so that an update of a vote or a counter stays on it.
ALTER TABLE ideas_vote SET (fillfactor = 90);
ALTER TABLE ideas_votebudget SET (fillfactor = 80);
ALTER TABLE ideas_score SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);

-- Where the fold stands: the snapshot it saw last. One row.
CREATE TABLE ideas_tallycursor (
    name      text PRIMARY KEY,
    seen      pg_snapshot NOT NULL,
    after_seq bigint NOT NULL DEFAULT 0,      -- rows up to here were counted by reset_tally()
    cluster   bigint NOT NULL                 -- xids mean nothing in another cluster (pg_dump, restore)
);
INSERT INTO ideas_tallycursor (name, seen, cluster)
    SELECT 'votes', pg_current_snapshot(), system_identifier FROM pg_control_system();

-- How far ideas.domain.ranking has looked at ledger batches.
INSERT INTO ideas_tallycursor (name, seen, cluster) VALUES ('top', pg_current_snapshot(), 0);

-- Challenges whose counts an open phase hides now.
CREATE VIEW hiding_challenge AS
    SELECT DISTINCT c.brand_id, c.id AS challenge_id
      FROM ideas_challenge c JOIN ideas_phase p ON p.rules_id = c.rules_id
     WHERE p.hides_counts AND (p.opens_at IS NULL OR p.opens_at <= clock_timestamp())
       AND (p.closes_at IS NULL OR clock_timestamp() < p.closes_at);
