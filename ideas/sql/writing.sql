-- What was sent or changed under a name that turned out to be somebody's becomes theirs (join_participant() in
-- people.sql, which older migrations run before these tables are there).
CREATE OR REPLACE FUNCTION hand_over_writing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE ideas_image SET uploader_id = NEW.joined_into_id WHERE uploader_id = NEW.id;
    UPDATE ideas_revision SET editor_id = NEW.joined_into_id WHERE editor_id = NEW.id;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER writing_is_joined AFTER UPDATE OF joined_into_id ON accounts_participant
    FOR EACH ROW WHEN (NEW.joined_into_id IS NOT NULL) EXECUTE FUNCTION hand_over_writing();
