"""What widgets and visitors are shown, as a short text that is another one as soon as any of it
changes.

One query in place of the ten that make the answer. `xmin` is the transaction that last wrote a row:
whoever writes it, by whichever road, changes it. What votes change comes with the fold.
"""

from cocreate.lib import prepared

# The brand, and all rules of its questions: when one opens or closes, too.
_COMMON = """
    b.xmin, (
        SELECT string_agg(concat(c.id, ':', c.xmin, ':', p.xmin, ':',
                   p.opens_at <= clock_timestamp(), p.closes_at <= clock_timestamp()), ' '
                   ORDER BY c.id, p.id)
          FROM ideas_challenge c LEFT JOIN ideas_phase p ON p.rules_id = c.rules_id
         WHERE c.brand_id = b.id)
"""
_PUBLIC = "FROM accounts_brand b WHERE b.slug = %(slug)s AND b.visibility = 'public'"
# Its row is written when it is used: of the key no more than its sites.
_KEY = """
      FROM accounts_apikey k JOIN accounts_brand b ON b.id = k.brand_id
     WHERE k.prefix = %(prefix)s AND k.revoked_at IS NULL
       AND (k.expires_at IS NULL OR k.expires_at > clock_timestamp())
       AND (k.created_by_id IS NULL OR EXISTS (
           SELECT FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id
            WHERE m.brand_id = k.brand_id AND m.user_id = k.created_by_id
              AND m.role IN ('owner', 'manager') AND u.is_active))
"""
# Every verb leaves an activity, every fold a batch in each question that it counted in, every order
# a version with a number. A name belongs to no brand: whoever changes theirs changes every board.
# The last activity is not enough, since an earlier one may be committed later.
_OF_BRAND = f"""
    {_COMMON},
        (SELECT string_agg(a.id::text, ' ' ORDER BY a.id) FROM (
            SELECT id FROM accounts_activity WHERE brand_id = b.id
             ORDER BY at DESC LIMIT 20) a),
        (SELECT string_agg(a.id::text, ' ' ORDER BY a.id) FROM (
            SELECT id FROM accounts_activity
             WHERE brand_id IS NULL
                   AND kind IN ('account.erased', 'mailbox.proved', 'profile.changed')
             ORDER BY at DESC LIMIT 20) a),
        (SELECT sum(number) FROM (
            SELECT (SELECT max(l.number) FROM ideas_ledgerbatch l WHERE l.challenge_id = c.id)
                   AS number FROM ideas_challenge c WHERE c.brand_id = b.id) folded),
        (SELECT sum(number) FROM ideas_orderversion o WHERE o.brand_id = b.id)
"""  # noqa: S608 - texts of our own
OF_BRAND = f"SELECT concat_ws('|', k.origins, {_OF_BRAND}) {_KEY}"  # noqa: S608
OF_PUBLIC_BRAND = f"SELECT concat_ws('|', {_OF_BRAND}) {_PUBLIC}"  # noqa: S608
OF_IDEA = f"""
    SELECT concat_ws('|', k.origins, {_COMMON}, (
        SELECT string_agg(concat_ws(':', i.xmin, s.xmin, st.xmin, a.xmin, u.xmin, (
                   SELECT string_agg(concat_ws('/', w.xmin, p.xmin, n.xmin), ',' ORDER BY w.id)
                     FROM ideas_coauthor w JOIN accounts_participant p ON p.id = w.participant_id
                     LEFT JOIN accounts_user n ON n.id = p.user_id
                    WHERE w.idea_id = i.id AND w.answer = 'accepted'), (
                   SELECT string_agg(k.xmin::text, ',' ORDER BY k.id) FROM ideas_comment k
                    WHERE k.idea_id = i.id AND k.pinned)), ' ' ORDER BY i.id)
          FROM ideas_idea named
          JOIN ideas_idea i ON i.id IN (named.id, named.merged_into_id)
          JOIN ideas_score s ON s.idea_id = i.id
          LEFT JOIN ideas_statusstep st ON st.brand_id = i.brand_id AND st.key = i.status
          LEFT JOIN accounts_participant a ON a.id = i.author_id
          LEFT JOIN accounts_user u ON u.id = a.user_id
         WHERE named.code = %(code)s AND named.brand_id = b.id))
    {_KEY}
"""  # noqa: S608


def stamp_of(*, prefix: str, code: str = "") -> str | None:
    """Of an idea, or of all that the brand of this widget's key shows. None: the key has ended."""
    row = prepared.one(OF_IDEA if code else OF_BRAND, {"prefix": prefix, "code": code})
    return str(row[0]) if row else None


def stamp_of_public(*, slug: str) -> str | None:
    """Of all that this brand shows to visitors. None: no public brand has this address today."""
    row = prepared.one(OF_PUBLIC_BRAND, {"slug": slug})
    return str(row[0]) if row else None
