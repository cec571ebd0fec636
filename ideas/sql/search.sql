-- The words of an idea (ideas.models.search.Searchable), kept by a trigger.

-- unaccent() is only STABLE, because somebody might change its dictionary; we name ours and do not.
CREATE OR REPLACE FUNCTION unaccented(words text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    AS $$ SELECT public.unaccent('public.unaccent'::regdictionary, words) $$;

-- Whose stems and small words: 'simple' knows none.
CREATE OR REPLACE FUNCTION words_config(language text) RETURNS regconfig LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE left(language, 2) WHEN 'fr' THEN 'pg_catalog.french'::regconfig WHEN 'en' THEN 'pg_catalog.english'::regconfig
                                  WHEN 'de' THEN 'pg_catalog.german'::regconfig WHEN 'es' THEN 'pg_catalog.spanish'::regconfig
                                  WHEN 'it' THEN 'pg_catalog.italian'::regconfig WHEN 'pt' THEN 'pg_catalog.portuguese'::regconfig
                                  WHEN 'nl' THEN 'pg_catalog.dutch'::regconfig ELSE 'pg_catalog.simple'::regconfig END
$$;

-- Two vectors in one. Accents go from the second alone: taken away before the stemmer they break it, because
-- "été" is a small word of French and "ete" is not, and "créées" and "cree" get different stems.
CREATE OR REPLACE FUNCTION two_vectors(language text, words text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT to_tsvector(words_config(language), words) || to_tsvector('pg_catalog.simple', unaccented(words)) $$;

CREATE OR REPLACE FUNCTION words_of(language text, title text, tags text[], body text) RETURNS tsvector
    LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT setweight(two_vectors(language, title), 'A')
        || setweight(two_vectors(language, array_to_string(tags, ' ')), 'B')
        || setweight(two_vectors(language, body), 'C')
$$;

CREATE OR REPLACE FUNCTION write_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO ideas_searchable (idea_id, brand_id, title, words)
         VALUES (NEW.id, NEW.brand_id, lower(unaccented(NEW.title)), words_of(NEW.language, NEW.title, NEW.tags, NEW.body))
    ON CONFLICT (idea_id) DO UPDATE
        SET brand_id = excluded.brand_id, title = excluded.title, words = excluded.words;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER words_follow AFTER INSERT OR UPDATE OF brand_id, title, body, tags, language ON ideas_idea
    FOR EACH ROW EXECUTE FUNCTION write_words();
