-- A half-life that changes: the sums of its ideas were kept in the old one, and the next folds take them from the
-- votes again (fold.sql). Until then their scores are the old ones, and verify.sql waits for them.
--
-- A row that is there already is written again: a fold that saw the half-life before this one then fails to take
-- it away, and begins anew.

CREATE OR REPLACE FUNCTION mark_for_recount() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'accounts_brand' THEN
        INSERT INTO ideas_recount (idea_id) SELECT id FROM ideas_idea WHERE brand_id = NEW.id ORDER BY id
        ON CONFLICT (idea_id) DO UPDATE SET idea_id = excluded.idea_id;
    ELSIF TG_TABLE_NAME = 'ideas_idea' THEN
        INSERT INTO ideas_recount (idea_id) VALUES (NEW.id)
        ON CONFLICT (idea_id) DO UPDATE SET idea_id = excluded.idea_id;
    ELSIF (SELECT half_life FROM ideas_rules WHERE id = OLD.rules_id)
          IS DISTINCT FROM (SELECT half_life FROM ideas_rules WHERE id = NEW.rules_id) THEN
        INSERT INTO ideas_recount (idea_id) SELECT id FROM ideas_idea WHERE challenge_id = NEW.id ORDER BY id
        ON CONFLICT (idea_id) DO UPDATE SET idea_id = excluded.idea_id;
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER half_life_changes AFTER UPDATE OF rules_id ON ideas_challenge
    FOR EACH ROW WHEN (OLD.rules_id IS NOT NULL AND NEW.rules_id IS DISTINCT FROM OLD.rules_id)
    EXECUTE FUNCTION mark_for_recount();
CREATE OR REPLACE TRIGGER half_life_changes AFTER UPDATE OF half_life ON accounts_brand
    FOR EACH ROW WHEN (NEW.half_life IS DISTINCT FROM OLD.half_life) EXECUTE FUNCTION mark_for_recount();
CREATE OR REPLACE TRIGGER half_life_changes AFTER UPDATE OF challenge_id, brand_id ON ideas_idea
    FOR EACH ROW WHEN ((NEW.challenge_id, NEW.brand_id) IS DISTINCT FROM (OLD.challenge_id, OLD.brand_id))
    EXECUTE FUNCTION mark_for_recount();
