"""How PostgreSQL runs a statement that web processes have prepared."""

import re

from django.db import connection


def plan_of(statement, values, *, without=()):
    """As a web process runs it: prepared, with a plan that knows no values. `without` what small
    tables make cheap, as "seqscan" and "sort".
    """
    names = list(dict.fromkeys(re.findall(r"%\((\w+)\)s", statement)))
    numbered = re.sub(r"%\((\w+)\)s", lambda name: f"${names.index(name[1]) + 1}", statement)
    given = ", ".join(["%s"] * len(names))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        for way in without:
            cursor.execute(f"SET LOCAL enable_{way} = off")
        cursor.execute(f"PREPARE listing AS {numbered.replace('%%', '%')}")
        execute = f"EXECUTE listing({given})" if names else "EXECUTE listing"
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT TEXT) {execute}", [values[n] for n in names])
        plan = "\n".join(line for (line,) in cursor.fetchall())
        cursor.execute("DEALLOCATE listing")
    return plan


def rows_read(plan):
    """The most rows that one step gave or left out; the index of words names thousands at no
    cost.
    """
    steps = "\n".join(line for line in plan.splitlines() if "Bitmap Index Scan" not in line)
    given = re.findall(r"actual time=\S+ rows=(\d+)", steps)
    return max(map(int, given + re.findall(r"Rows Removed by Filter: (\d+)", steps)))
