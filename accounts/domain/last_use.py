"""When a credential was last used: to ten minutes, so that a use does not write each time."""


def is_old(alias: str) -> str:
    """The condition, for a query in which the credential has this alias."""
    when = f"{alias}.last_used_at"
    return f"{when} IS NULL OR {when} < clock_timestamp() - interval '10 minutes'"


def noting(table: str) -> str:
    """The update. Whoever comes while another writes the moment has nothing to add, and does not
    wait.
    """
    return f"""
        UPDATE {table} SET last_used_at = clock_timestamp() WHERE id = (
            SELECT c.id FROM {table} c WHERE c.id = %s AND ({is_old("c")})
               FOR NO KEY UPDATE SKIP LOCKED)
        RETURNING id
    """  # noqa: S608 - a table of our own
