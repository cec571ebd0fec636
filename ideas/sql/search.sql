-- The words of an idea (ideas.models.search.Searchable), kept by a trigger, and what a search makes of a text.

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

-- A word is a run of letters and digits. Left alone, the parser takes "et/ou" for the name of a file, "-5" for a number
-- below zero, and drops "<b and c>" as a tag: none of their words would be found.
CREATE OR REPLACE FUNCTION bare_words(words text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT translate(words, './\@_-+~:%&=#<>', '               ') $$;

CREATE OR REPLACE FUNCTION quoted_lexeme(word text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT '''' || replace(replace(word, '\', '\\'), '''', '''''') || '''' $$;

-- The stems of a text, without their accents. Taken away before the stemmer they would break it, because "été" is a
-- small word of French and "ete" is not, and "créées" and "cree" get different stems; after it they come together.
CREATE OR REPLACE FUNCTION stems(language text, words text) RETURNS tsvector LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    found tsvector := to_tsvector(words_config(language), words);
BEGIN
    IF octet_length(words) = length(words) THEN
        RETURN found;
    END IF;
    RETURN coalesce((SELECT string_agg(quoted_lexeme(unaccented(lexeme)) || ':' || array_to_string(positions, ','), ' ')
                       FROM unnest(found) WHERE unaccented(lexeme) <> '' AND length(lexeme) < 100)::tsvector, '');
END $$;

-- Two vectors in one: the stems of the text's language, and every word as it is without accents.
CREATE OR REPLACE FUNCTION two_vectors(language text, words text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT stems(language, bare_words(words)) || to_tsvector('pg_catalog.simple', unaccented(bare_words(words))) $$;

CREATE OR REPLACE FUNCTION words_of(language text, title text, tags text[], body text) RETURNS tsvector
    LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT setweight(two_vectors(language, title), 'A')
        || setweight(two_vectors(language, array_to_string(tags, ' ')), 'B')
        || setweight(two_vectors(language, body), 'C')
$$;

-- What an idea carries beside its words, as words that nobody can type: one index finds both together. Whoever asks
-- for them still compares the columns (ideas/domain/narrowing.py).
CREATE OR REPLACE FUNCTION labels_of(status text, language text, tags text[]) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_to_tsvector(ARRAY['=' || status, '@' || language] || ARRAY(SELECT '#' || tag FROM unnest(tags) AS tag))
$$;

CREATE OR REPLACE FUNCTION write_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO ideas_searchable (idea_id, brand_id, title, words)
         VALUES (NEW.id, NEW.brand_id, lower(unaccented(NEW.title)),
                 words_of(NEW.language, NEW.title, NEW.tags, NEW.body) || labels_of(NEW.status, NEW.language, NEW.tags))
    ON CONFLICT (idea_id) DO UPDATE
        SET brand_id = excluded.brand_id, title = excluded.title, words = excluded.words;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER words_follow AFTER INSERT OR UPDATE OF brand_id, title, body, tags, language, status ON ideas_idea
    FOR EACH ROW EXECUTE FUNCTION write_words();

-- The forms under which one word may stand in the index, whatever language its reader and its writer speak: its French
-- and its English stem, and itself.
CREATE OR REPLACE FUNCTION forms_of(word text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_agg(DISTINCT form)
      FROM (SELECT unaccented(unnest(ts_lexize('pg_catalog.french_stem', word) || ts_lexize('pg_catalog.english_stem', word)))
             UNION ALL SELECT lower(unaccented(word))) AS forms (form)
     WHERE form <> ''
$$;

CREATE OR REPLACE FUNCTION any_form(word text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT '(' || string_agg(quoted_lexeme(form), ' | ') || ')' FROM unnest(forms_of(word)) AS form $$;

-- Words that nearly every text has, in either language: a search needs no text to have them. Summer is the French for
-- "been", too; and PostgreSQL's list has "le" and "la" alone.
CREATE OR REPLACE FUNCTION is_small(word text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT word = 'les' OR length(word) = 1 AND word !~ '[0-9]'
        OR word NOT IN ('été', 'étés') AND (ts_lexize('pg_catalog.french_stem', word) = '{}'
                                            OR ts_lexize('pg_catalog.english_stem', word) = '{}')
$$;

-- The words of a text as they stand in it; 12 is a blank, 13 a tag, 23 an entity.
CREATE OR REPLACE FUNCTION words_in(words text) RETURNS SETOF text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT lower(token) FROM ts_parse('default', bare_words(words)) WHERE tokid NOT IN (12, 13, 23) AND length(token) < 100
$$;

-- What a search looks for, and what its hits are ranked by; null where it has no word. Each part is of a kind: word (any
-- form of each of its words), begins (words that begin so), phrase (these words in this order), without (not this word),
-- label. Small words rank, and are looked for where there is nothing else.
CREATE OR REPLACE FUNCTION search_of(kinds text[], parts text[], OUT finds tsquery, OUT ranks tsquery)
    LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH pieces (kind, is_small, query) AS (
        SELECT kind, is_small(word), any_form(word)
          FROM unnest(kinds, parts) AS given (kind, part), words_in(part) AS word WHERE kind = 'word'
         UNION ALL
        SELECT kind, false, CASE kind
                   WHEN 'label' THEN quoted_lexeme(part)
                   WHEN 'phrase' THEN nullif(phraseto_tsquery('pg_catalog.simple', unaccented(bare_words(part)))::text, '')
                   WHEN 'begins' THEN (SELECT string_agg(quoted_lexeme(word) || ':*', ' & ') FROM words_in(unaccented(part)) AS word)
                   ELSE '!(' || (SELECT string_agg(any_form(word), ' & ') FROM words_in(part) AS word) || ')' END
          FROM unnest(kinds, parts) AS given (kind, part) WHERE kind <> 'word'
    ), needed AS (SELECT query, kind = 'without' AS is_not FROM pieces
                   WHERE NOT is_small OR NOT EXISTS (SELECT FROM pieces WHERE NOT is_small AND kind NOT IN ('without', 'label') AND query <> ''))
    SELECT (SELECT string_agg('(' || query || ')', ' & ') FROM needed HAVING NOT bool_and(is_not))::tsquery,
           (SELECT string_agg('(' || query || ')', ' | ') FROM pieces WHERE kind NOT IN ('without', 'label'))::tsquery
$$;
