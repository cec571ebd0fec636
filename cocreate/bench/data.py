"""`bench data`: what is done with all votes at once, on made-up data, beside plain SQL that does
the same with the same rows.
"""

import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from django.db import connection, transaction

from cocreate.bench import cpu, database, fill, raw
from cocreate.bench.figures import Rounds, Slot, Verdict
from cocreate.bench.options import Options
from cocreate.load import filling, plan, tables
from ideas.domain import tally

DIRTY = 7_000  # a hundredth of all ideas at full size
LOAD, RAW_LOAD = "generate_load", "SQL, rows and keys"
FOLD, RAW_UPKEEP, OWN_UPKEEP = "fold, an idea", "SQL, an idea", "SQL on our table, an idea"
REBUILD, RAW_REBUILD = "reset_tally", "SQL, rebuild and swap"
RAW_ANEW = "SQL, recount, rebuild and swap"
VERIFY, RAW_RECOUNT = "verify_tallies", "SQL, recount"
NOTE = (
    "One connection, nobody else on the site; a rate is how many such a second. Plain SQL: four"
    " tables with ideas, people, votes and a narrow score with four orders (cocreate/bench/raw.py)."
    " An idea: one more vote on each of many ideas, folded at once. generate_load runs once."
)
# Open for votes without end, and none of a budget's.
PICKED = """
    SELECT i.id, i.code FROM ideas_idea i JOIN ideas_challenge c ON c.id = i.challenge_id
     WHERE c.slug = 'open' AND NOT i.closed AND NOT i.hidden ORDER BY hashint8(i.id) LIMIT %s
"""
VOTES = """
    SELECT count(*) FROM unnest(%s::text[]) AS d (code),
           LATERAL cast_vote_as_user(d.code, %s, 1::smallint) AS v WHERE v.outcome = 'new'
"""
OWN_TABLE = """
    UPDATE ideas_score s SET support = s.support + 1, points = s.points + 1, hot = s.hot + 1e-6,
           brand_hot = s.brand_hot + 1e-6, folded_at = clock_timestamp()
      FROM unnest(%s::bigint[]) AS d (id) WHERE s.idea_id = d.id
"""
# As after a change of every half-life; a reset leaves what is right as it is.
MISPLACE = "UPDATE ideas_score SET hot = hot + 1, brand_hot = brand_hot + 1"


def run(options: Options) -> Rounds:
    found = Rounds()
    with database.own_database(options.template), tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        loaded = None if options.template else fill_with(options, folder, options.scale)
        members = fill.create_members(options.rounds)
        with database.connect() as db:
            raw.prepare(db)
            raw.write_files(db, folder)
            picked = tables.rows_of(PICKED, [DIRTY])
            for number, member in enumerate(members):
                options.tell(f"data: round {number + 1} of {options.rounds}")
                slots = [took(RAW_LOAD, lambda: raw.load(db, folder))]
                slots += [loaded] if loaded else []
                slots += kept_up(db, picked, member.id)
                slots += counted_anew(db)
                found.rounds.append({slot.name: slot for slot in slots})
    return found


def fill_with(options: Options, folder: Path, share: float) -> Slot:
    """Made-up data in the bench's own database."""
    end = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    size = plan.FULL.scaled(share)
    done = filling.fill(size, seed=1, end=end, folder=folder, tell=options.tell_step)
    return Slot(LOAD, 1 / done.seconds, notes={"scale": share, "steps": done.steps})


def kept_up(db: raw.Db, picked: list[tuple[int, str]], voter: int) -> list[Slot]:
    """One more vote on each of the ideas."""
    ids, codes = [idea for idea, _code in picked], [code for _idea, code in picked]
    cast = tables.rows_of(VOTES, [codes, voter])[0][0]
    if cast != len(codes):
        raise database.CannotBench(f"Of {len(codes)} votes {cast} were taken.")
    slots = [
        took(RAW_UPKEEP, lambda: raw.upkeep(db, ids), len(ids)),
        took(OWN_UPKEEP, lambda: own_upkeep(ids), len(ids)),
    ]
    vacuum_scores()  # the fold would find its pages full of what was taken back
    return [*slots, took(FOLD, lambda: folded(len(ids)), len(ids))]


def vacuum_scores() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ideas_score")


def folded(votes: int) -> float:
    """Seconds for counting what waits, all shards one after the other."""
    begun = time.perf_counter()
    done = tally.fold()
    seconds = time.perf_counter() - begun
    if done is None or done.events != votes:
        raise database.CannotBench(f"Of {votes} votes {done.events if done else 0} were folded.")
    return seconds


def own_upkeep(ids: list[int]) -> float:
    """Seconds for writing the same columns as the fold does; taken back."""
    with transaction.atomic():
        seconds = seconds_of(lambda: tables.execute(OWN_TABLE, [ids]))
        transaction.set_rollback(True)
    return seconds


def counted_anew(db: raw.Db) -> list[Slot]:
    tables.execute(MISPLACE, [])
    vacuum_scores()
    slots = [
        took(RAW_REBUILD, lambda: raw.rebuild(db)),
        took(RAW_ANEW, lambda: raw.recount(db) + raw.rebuild(db)),
        took(REBUILD, lambda: seconds_of(tally.reset)),
        took(RAW_RECOUNT, lambda: raw.recount(db)),
        took(VERIFY, verified),
    ]
    vacuum_scores()  # a reset may have written all of it
    return slots


def verified() -> float:
    begun = time.perf_counter()
    if differences := tally.verify():
        raise database.CannotBench(f"The made-up votes do not add up: {differences[0]}")
    return time.perf_counter() - begun


def took(name: str, act: Callable[[], float], count: int = 1) -> Slot:
    """`act` returns the seconds of what is measured."""
    postgres = database.server_pid()
    before = cpu.seconds(postgres) if postgres else 0.0
    seconds = act()
    spent = (cpu.seconds(postgres) if postgres else 0.0) - before
    return Slot(name, count / seconds, cpu_us={"postgres": spent / count * 1e6})


def seconds_of(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def yardstick_of(name: str) -> str:
    return name


def seconds_each(slot: Slot) -> float:
    return 1 / slot.per_second


def verdicts(found: Rounds) -> list[Verdict]:
    def against(number: int, what: str, ours: str, theirs: str, most: float) -> Verdict:
        refused = found.unsteady(theirs)
        return found.against(number, what, ours, theirs, seconds_each, most=most, refused=refused)

    judged = [
        against(13, "fold of an idea ÷ SQL", FOLD, RAW_UPKEEP, 1.2),
        against(13, "fold of an idea ÷ SQL on our own table", FOLD, OWN_UPKEEP, 1.2),
        against(14, "every score anew ÷ SQL rebuild and swap", REBUILD, RAW_REBUILD, 1.2),
        against(14, "every score anew from the votes ÷ SQL that does", REBUILD, RAW_ANEW, 1.2),
        against(14, "verify_tallies ÷ SQL recount", VERIFY, RAW_RECOUNT, 1.5),
    ]
    if LOAD in found.names:  # else a database was copied
        judged.append(against(16, "generate_load ÷ raw load", LOAD, RAW_LOAD, 8))
    return judged
