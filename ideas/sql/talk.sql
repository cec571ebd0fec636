-- Where a comment stands, and how many an idea has.

-- Replies stand under what they answer, down to the fourth level (ideas.models.comment.DEEPEST); deeper ones beside it.
CREATE OR REPLACE FUNCTION place_comment() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_parent ideas_comment;
BEGIN
    IF NEW.parent_id IS NULL THEN
        NEW.thread := NEW.id; NEW.path := ARRAY[NEW.id];
    ELSE
        SELECT * INTO STRICT v_parent FROM ideas_comment WHERE id = NEW.parent_id;
        IF v_parent.idea_id <> NEW.idea_id THEN
            RAISE EXCEPTION 'A reply stands under the same idea.' USING ERRCODE = 'check_violation';
        END IF;
        NEW.thread := v_parent.thread; NEW.path := v_parent.path[1:3] || NEW.id;
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER comment_stands BEFORE INSERT ON ideas_comment
    FOR EACH ROW EXECUTE FUNCTION place_comment();

CREATE OR REPLACE FUNCTION comment_counts(c ideas_comment) RETURNS boolean LANGUAGE sql IMMUTABLE
    AS $$ SELECT NOT (c.hidden OR c.deleted_at IS NOT NULL) $$;

CREATE OR REPLACE FUNCTION count_comments() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_change integer := 0;
BEGIN
    IF TG_OP <> 'INSERT' THEN v_change := v_change - comment_counts(OLD)::integer; END IF;
    IF TG_OP <> 'DELETE' THEN v_change := v_change + comment_counts(NEW)::integer; END IF;
    IF v_change <> 0 THEN
        UPDATE ideas_score SET comments = comments + v_change WHERE idea_id = coalesce(NEW.idea_id, OLD.idea_id);
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER comments_counted AFTER INSERT OR DELETE OR UPDATE OF hidden, deleted_at ON ideas_comment
    FOR EACH ROW EXECUTE FUNCTION count_comments();
