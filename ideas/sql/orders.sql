-- The orders best, discover and rising (ideas/domain/orders.py).

-- 1. The formulas, as in ideas/domain/scoring.py, where their sources stand ------------------------------------

CREATE OR REPLACE FUNCTION mean_of(ups float8, downs float8) RETURNS float8                                    -- m of R1
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT (ups + 2) / (ups + downs + 4) $$;

CREATE OR REPLACE FUNCTION best_of(ups float8, downs float8, m float8) RETURNS float8                          -- R1
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT (ups + 10 * m) / (ups + downs + 10) $$;

CREATE OR REPLACE FUNCTION rate_of(ups float8, views float8, m float8) RETURNS float8                          -- of R2
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT best_of(ups, greatest(views - ups, 0), m) $$;

CREATE OR REPLACE FUNCTION ucb_of(score float8, views float8, visits float8) RETURNS float8                    -- R2
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT score + 0.5 * sqrt(ln(visits + 2) / (views + 1)) $$;

CREATE OR REPLACE FUNCTION expected_of(before float8, all_before float8, all_recent float8) RETURNS float8     -- E of R3
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT all_recent * before / (all_before + 10) $$;

CREATE OR REPLACE FUNCTION rise_of(recent float8, expected float8) RETURNS float8                              -- R3
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT (recent - expected) / sqrt(expected + 1) $$;

-- The logarithm of gamma(x) for x > 0: Stirling's series where it is exact to the last bits, and the recurrence
-- gamma(x + 1) = x gamma(x) down to there (Abramowitz and Stegun, 6.1.41 and 6.1.15).
CREATE OR REPLACE FUNCTION ln_gamma(p_x float8) RETURNS float8 LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE
    x     float8 := p_x;
    below float8 := 0;
BEGIN
    WHILE x < 15 LOOP
        below := below + ln(x);
        x := x + 1;
    END LOOP;
    RETURN (x - 0.5) * ln(x) - x + ln(2 * pi()) / 2 - below
         + 1 / (12 * x) - 1 / (360 * x ^ 3) + 1 / (1260 * x ^ 5) - 1 / (1680 * x ^ 7) + 1 / (1188 * x ^ 9);
END $$;

CREATE OR REPLACE FUNCTION apart_from_zero(x float8) RETURNS float8
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT CASE WHEN abs(x) > 1e-30 THEN x ELSE 1e-30 END $$;

-- The regularised incomplete beta function (26.5.8 there) by Lentz's method.
CREATE OR REPLACE FUNCTION beta_cdf(p_x float8, p_a float8, p_b float8) RETURNS float8
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE
    flip  boolean := p_x > (p_a + 1) / (p_a + p_b + 2);             -- the side where it converges fast
    x     float8 := CASE WHEN flip THEN 1 - p_x ELSE p_x END;
    a     float8 := CASE WHEN flip THEN p_b ELSE p_a END;
    b     float8 := CASE WHEN flip THEN p_a ELSE p_b END;
    lower float8 := 1 / apart_from_zero(1 - (a + b) * x / (a + 1));
    upper float8 := 1;
    value float8 := lower;
    term  float8;
    share float8;
    log_front float8;
BEGIN
    IF p_x <= 0 OR p_x >= 1 THEN RETURN (p_x >= 1)::integer; END IF;
    FOR n IN 1..10000 LOOP
        term := n * (b - n) * x / ((a + 2 * n - 1) * (a + 2 * n));
        lower := 1 / apart_from_zero(1 + term * lower);
        upper := apart_from_zero(1 + term / upper);
        value := value * lower * upper;
        term := -(a + n) * (a + b + n) * x / ((a + 2 * n) * (a + 2 * n + 1));
        lower := 1 / apart_from_zero(1 + term * lower);
        upper := apart_from_zero(1 + term / upper);
        value := value * lower * upper;
        EXIT WHEN abs(lower * upper - 1) < 1e-15;
    END LOOP;
    log_front := ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b) + a * ln(x) + b * ln(1 - x);
    share := CASE WHEN log_front < -700 THEN 0 ELSE exp(log_front) * value / a END;
    RETURN CASE WHEN flip THEN 1 - share ELSE share END;
END $$;

-- Which share of a Beta distribution lies below: by halving, to a millionth of a millionth.
CREATE OR REPLACE FUNCTION beta_quantile(share float8, a float8, b float8) RETURNS float8
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE
    low    float8 := 0;
    high   float8 := 1;
    middle float8;
BEGIN
    FOR n IN 1..40 LOOP
        middle := (low + high) / 2;
        IF beta_cdf(middle, a, b) < share THEN low := middle; ELSE high := middle; END IF;
    END LOOP;
    RETURN (low + high) / 2;
END $$;

-- 2. How a list is ordered ---------------------------------------------------------------------------------------

-- R3's half-life: a day in a challenge that begins and ends within 14 days. A phase without a date has no end; one
-- that is open from the beginning begins when the challenge is published, however long its draft has waited.
CREATE OR REPLACE FUNCTION rising_half_life(p_challenge bigint) RETURNS interval LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN max(coalesce(p.closes_at, 'infinity')) - min(coalesce(p.opens_at, c.published_at, c.created_at))
                     <= interval '14 days' THEN interval '24 hours' ELSE interval '72 hours' END
      FROM ideas_challenge c LEFT JOIN ideas_phase p ON p.rules_id = c.rules_id WHERE c.id = p_challenge
$$;

-- 3. What is to be built again -----------------------------------------------------------------------------------

-- A new idea is younger than the list's version and shown beside it; one that leaves is passed over where the list is
-- read. One that comes back, or from another challenge, is seen in the next version only.
CREATE OR REPLACE FUNCTION touch_orders_of_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO ideas_ordertouch (brand_id, challenge_id, urgent)
    SELECT brand_id, challenge_id, false FROM fresh WHERE NOT hidden AND merged_into_id IS NULL
    UNION
    SELECT brand_id, NULL, false FROM fresh WHERE NOT hidden AND merged_into_id IS NULL;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION touch_orders_of_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    WITH step AS (
        SELECT o.brand_id, o.challenge_id, false AS comes, n.id FROM was o JOIN fresh n USING (id)
         WHERE NOT o.hidden AND o.merged_into_id IS NULL
           AND (n.hidden OR n.merged_into_id IS NOT NULL
                OR (n.brand_id, n.challenge_id) <> (o.brand_id, o.challenge_id))
        UNION ALL
        SELECT n.brand_id, n.challenge_id, true, n.id FROM was o JOIN fresh n USING (id)
         WHERE NOT n.hidden AND n.merged_into_id IS NULL
           AND (o.hidden OR o.merged_into_id IS NOT NULL
                OR (n.brand_id, n.challenge_id) <> (o.brand_id, o.challenge_id))
    )
    INSERT INTO ideas_ordertouch (brand_id, challenge_id, urgent)
    SELECT brand_id, challenge_id, bool_or(comes) FROM step GROUP BY brand_id, challenge_id
    UNION ALL
    SELECT brand_id, NULL, bool_or(comes) FROM step GROUP BY brand_id;
    RETURN NULL;
END $$;

-- Another way of voting, other phases.
CREATE OR REPLACE FUNCTION touch_orders_of_rules() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO ideas_ordertouch (brand_id, challenge_id, urgent)
    VALUES (NEW.brand_id, NEW.id, true), (NEW.brand_id, NULL, true);
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER orders_follow_new AFTER INSERT ON ideas_idea
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION touch_orders_of_new();
CREATE OR REPLACE TRIGGER orders_follow_changed AFTER UPDATE ON ideas_idea
    REFERENCING OLD TABLE AS was NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION touch_orders_of_changed();
CREATE OR REPLACE TRIGGER orders_follow_rules AFTER UPDATE OF rules_id ON ideas_challenge
    FOR EACH ROW WHEN (OLD.rules_id IS NOT NULL AND NEW.rules_id IS DISTINCT FROM OLD.rules_id)
    EXECUTE FUNCTION touch_orders_of_rules();
