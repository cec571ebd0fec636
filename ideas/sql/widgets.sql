-- A widget's session votes for whom its host named (accounts/domain/widgets.py): as cast_vote_on_behalf(), and in the same round
-- trip it is asked whether the key still lives, as OF_KEY in accounts/domain/keys.py asks it. A widget reaches what is public.
-- One more outcome: key_over.
CREATE OR REPLACE FUNCTION cast_vote_by_widget(
    p_code text, p_key bigint, p_external text, p_mailbox text, p_name text, p_value smallint,
    OUT outcome text, OUT value smallint, OUT state text, OUT support integer, OUT oppose integer, OUT points integer,
    OUT hidden boolean, OUT budget integer, OUT used integer, OUT until timestamptz
) LANGUAGE plpgsql AS $$
DECLARE
    v_brand  bigint;
    v_prefix text;
    v_public boolean;
BEGIN
    SELECT k.brand_id, k.prefix, b.visibility = 'public' INTO v_brand, v_prefix, v_public
      FROM accounts_apikey k JOIN accounts_brand b ON b.id = k.brand_id
     WHERE k.id = p_key AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > clock_timestamp())
       AND (k.created_by_id IS NULL OR EXISTS (
           SELECT FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id
            WHERE m.brand_id = k.brand_id AND m.user_id = k.created_by_id
              AND m.role IN ('owner', 'manager') AND u.is_active));
    IF NOT FOUND THEN
        outcome := 'key_over'; RETURN;
    END IF;
    IF NOT v_public THEN
        outcome := 'not_found'; RETURN;
    END IF;
    SELECT * INTO outcome, value, state, support, oppose, points, hidden, budget, used, until
      FROM cast_vote_on_behalf(p_code, v_brand, p_key, left('key:' || v_prefix, 20), p_external, p_mailbox, p_name, p_value);
END $$;
