-- Who somebody is to a brand: found, or created on the first act. Called by cast_vote() and by the verbs in
-- accounts/domain/participants.py, so that a vote and a post always name the same person.

CREATE OR REPLACE FUNCTION random_ref() RETURNS text LANGUAGE sql VOLATILE AS $$
    SELECT string_agg(substr('23456789bcdfghjkmnpqrstvwxyz', 1 + get_byte(bytes, place) % 28, 1), '')
      FROM (SELECT uuid_send(gen_random_uuid()) AS bytes OFFSET 0) r,
           unnest(ARRAY[0, 1, 2, 3, 4, 5, 9, 10, 11, 12, 13, 14]) AS place     -- 6 and 8 hold fixed bits
$$;

-- Whoever joins what a mailbox was named for holds this alone, whoever first names it in a brand holds it shared (the other kinds
-- of this key space are in ideas/sql/locks.sql). It comes before every other lock.
CREATE OR REPLACE FUNCTION mailbox_lock_key(p_mailbox text) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT (4::bigint << 56) | ('x00' || left(p_mailbox, 14))::bit(64)::bigint $$;

-- Whether the user's votes count: they proved a mailbox that is theirs alone.
CREATE OR REPLACE FUNCTION has_proved_mailbox(p_user bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM accounts_mailbox
                    WHERE user_id = p_user AND (rests_until IS NULL OR rests_until <= clock_timestamp()))
$$;

-- The user has proved the mailbox. False: it is another account's. Call join_identities() in the same transaction.
CREATE OR REPLACE FUNCTION prove_mailbox(p_mailbox text, p_user bigint) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO accounts_mailbox AS m (key, user_id) VALUES (p_mailbox, p_user)
    ON CONFLICT (key) DO UPDATE SET user_id = p_user, proved_at = clock_timestamp() WHERE m.user_id IS NULL;
    RETURN (SELECT m.user_id = p_user FROM accounts_mailbox m WHERE m.key = p_mailbox);
END $$;

-- A user's participant at a brand, whoever may see the brand.
CREATE OR REPLACE FUNCTION participant_for(p_brand bigint, p_user bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_id bigint := (SELECT id FROM accounts_participant WHERE brand_id = p_brand AND user_id = p_user);
BEGIN
    IF v_id IS NULL THEN
        INSERT INTO accounts_participant (brand_id, user_id, ref, display_name, verified, created_at)
             VALUES (p_brand, p_user, random_ref(), '', has_proved_mailbox(p_user), clock_timestamp())
        ON CONFLICT (brand_id, user_id) DO NOTHING RETURNING id INTO v_id;
    END IF;
    IF v_id IS NULL THEN      -- somebody created it in this very moment
        SELECT id INTO v_id FROM accounts_participant WHERE brand_id = p_brand AND user_id = p_user;
    END IF;
    RETURN v_id;
END $$;

-- The participant of a signed-in user. NULL: a members-only brand that has not admitted them.
CREATE OR REPLACE FUNCTION participant_of_user(p_brand bigint, p_user bigint) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    v_id bigint;
    v_admitted boolean;
BEGIN
    SELECT id, admitted INTO v_id, v_admitted FROM accounts_participant WHERE brand_id = p_brand AND user_id = p_user;
    IF v_admitted IS NOT TRUE AND EXISTS (SELECT FROM accounts_brand WHERE id = p_brand AND visibility <> 'public')
       AND NOT EXISTS (SELECT FROM accounts_membership WHERE brand_id = p_brand AND user_id = p_user) THEN
        RETURN NULL;
    END IF;
    RETURN coalesce(v_id, participant_for(p_brand, p_user));
END $$;

-- The row that a key or an import names: the external id goes before the mailbox (a keyed hash). Where the mailbox
-- is proved, or a second name leads to somebody known, the row says so in joined_into_id.
CREATE OR REPLACE FUNCTION named_participant(p_brand bigint, p_key bigint, p_external text, p_mailbox text, p_name text)
RETURNS accounts_participant LANGUAGE plpgsql AS $$
DECLARE
    v               accounts_participant;
    v_knows_id      boolean;
    v_knows_mailbox boolean;
    v_owner         bigint;
BEGIN
    FOR attempt IN 1..2 LOOP
        -- One key at a time: asked with OR, a plan that knows no values reads all people of the brand.
        SELECT * INTO v FROM accounts_participant WHERE brand_id = p_brand AND external_id = p_external;
        IF v.id IS NULL THEN
            SELECT * INTO v FROM accounts_participant WHERE brand_id = p_brand AND mailbox = p_mailbox;
        END IF;
        v_knows_id := p_external IS NULL OR v.external_id = p_external;
        v_knows_mailbox := p_mailbox IS NULL OR v.mailbox = p_mailbox;
        EXIT WHEN v.id IS NOT NULL AND v_knows_id AND v_knows_mailbox;

        -- A name we do not know yet. Whoever proves the mailbox now finds what we write, or we find the proof.
        PERFORM pg_advisory_xact_lock_shared(mailbox_lock_key(p_mailbox)) WHERE p_mailbox IS NOT NULL;
        SELECT user_id INTO v_owner FROM accounts_mailbox WHERE key = p_mailbox;
        IF v.id IS NULL THEN
            INSERT INTO accounts_participant AS p
                   (brand_id, named_by_id, external_id, mailbox, joined_into_id, display_name, ref, created_at)
                 VALUES (p_brand, p_key, p_external, p_mailbox,
                         CASE WHEN v_owner IS NOT NULL THEN participant_for(p_brand, v_owner) END,
                         coalesce(p_name, ''), random_ref(), clock_timestamp())
            ON CONFLICT DO NOTHING RETURNING p.* INTO v;
            EXIT WHEN v.id IS NOT NULL;        -- else somebody named them in this very moment
        ELSIF v_knows_id THEN
            UPDATE accounts_participant SET mailbox = p_mailbox
             WHERE id = v.id AND mailbox IS NULL AND user_id IS NULL AND joined_into_id IS NULL AND v_owner IS NULL
               AND NOT EXISTS (SELECT FROM accounts_participant WHERE brand_id = p_brand AND mailbox = p_mailbox);
            EXIT;
        ELSE
            INSERT INTO accounts_participant
                   (brand_id, named_by_id, external_id, joined_into_id, display_name, ref, created_at)
                 VALUES (p_brand, p_key, p_external, coalesce(v.joined_into_id, v.id), v.display_name, random_ref(),
                         clock_timestamp())
            ON CONFLICT DO NOTHING;
            EXIT;
        END IF;
    END LOOP;
    RETURN v;
END $$;

-- Who votes when a key names somebody.
CREATE OR REPLACE FUNCTION participant_of_claim(p_brand bigint, p_key bigint, p_external text, p_mailbox text, p_name text)
RETURNS bigint LANGUAGE sql AS $$
    SELECT coalesce(joined_into_id, id) FROM named_participant(p_brand, p_key, p_external, p_mailbox, p_name)
$$;

-- Who posts when a key names somebody. Never an account: a key may not put words into a member's mouth, nor learn
-- that an address has one. What it posted before the mailbox was proved became its owner's by joining.
CREATE OR REPLACE FUNCTION author_of_claim(p_brand bigint, p_key bigint, p_external text, p_mailbox text, p_name text)
RETURNS bigint LANGUAGE sql AS $$
    SELECT CASE WHEN t.id IS NOT NULL AND t.user_id IS NULL THEN t.id ELSE n.id END
      FROM named_participant(p_brand, p_key, p_external, p_mailbox, p_name) n
      LEFT JOIN accounts_participant t ON t.id = n.joined_into_id
$$;
