"""What plain SQL needs for the same rows, without any product: the yardstick of `bench data`.

Four tables in a schema of their own: brands, users, ideas, votes, and a narrow score for each idea
with the four orders that a list needs. They are loaded through COPY from files of the made-up data
that lie beside, so both sides have the same rows.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

ROOM = """
    SET maintenance_work_mem = '1GB'; SET work_mem = '256MB'; SET synchronous_commit = off;
    SET max_parallel_maintenance_workers = 1; SET search_path = raw, public
"""
# What is loaded, by its table.
ROWS = {
    "brands": "SELECT id, slug, name FROM public.accounts_brand",
    "users": "SELECT id, email, display_name, date_joined FROM public.accounts_user",
    "ideas": (
        "SELECT id, brand_id, coalesce(author_id, 0), language, title, body, closed::integer,"
        " created_at FROM public.ideas_idea"
    ),
    "votes": (
        "SELECT v.idea_id, p.user_id, v.at FROM public.ideas_vote v"
        " JOIN public.accounts_participant p ON p.id = v.participant_id"
    ),
}
TABLES = """
    DROP SCHEMA IF EXISTS raw CASCADE;
    CREATE SCHEMA raw;
    CREATE TABLE brands (id bigint NOT NULL, slug text NOT NULL, name text NOT NULL);
    CREATE TABLE users (id bigint NOT NULL, email text, name text, created_at timestamptz);
    CREATE TABLE ideas (
        id bigint NOT NULL, brand_id bigint NOT NULL, author_id bigint NOT NULL, lang text NOT NULL,
        title text NOT NULL, body text NOT NULL, status smallint NOT NULL,
        created_at timestamptz NOT NULL);
    CREATE TABLE votes (
        idea_id bigint NOT NULL, user_id bigint NOT NULL, created_at timestamptz NOT NULL)
"""
HOT = "log(greatest({votes}, 1)::float8) + extract(epoch FROM {at})::float8 / 45000"
SCORES = f"""
    ALTER TABLE brands ADD PRIMARY KEY (id);
    ALTER TABLE users ADD PRIMARY KEY (id);
    ALTER TABLE ideas ADD PRIMARY KEY (id);
    ALTER TABLE votes ADD PRIMARY KEY (idea_id, user_id);
    CREATE TABLE score (
        idea_id bigint NOT NULL, brand_id bigint NOT NULL, created_at timestamptz NOT NULL,
        votes integer NOT NULL, hot float8 NOT NULL) WITH (fillfactor = 80);
    INSERT INTO score
    SELECT i.id, i.brand_id, i.created_at, coalesce(v.n, 0),
           {HOT.format(votes="coalesce(v.n, 0)", at="i.created_at")}
      FROM ideas i LEFT JOIN (SELECT idea_id, count(*) AS n FROM votes GROUP BY 1) v
        ON v.idea_id = i.id
"""  # noqa: S608 - our own text
ORDERS = """
    ALTER TABLE {table} ADD PRIMARY KEY (idea_id);
    CREATE INDEX ON {table} (brand_id, hot DESC, idea_id DESC);
    CREATE INDEX ON {table} (brand_id, votes DESC, idea_id DESC);
    CREATE INDEX ON {table} (brand_id, created_at DESC, idea_id DESC);
    CREATE INDEX ON {table} (hot DESC, idea_id DESC)
"""
KEYS = """
    CREATE INDEX ON ideas (brand_id);
    ALTER TABLE votes ADD FOREIGN KEY (idea_id) REFERENCES ideas;
    ALTER TABLE votes ADD FOREIGN KEY (user_id) REFERENCES users;
    VACUUM ANALYZE users; VACUUM ANALYZE ideas; VACUUM ANALYZE score; VACUUM ANALYZE votes
"""
ONE_MORE_VOTE = f"""
    UPDATE score s SET votes = s.votes + 1,
           hot = {HOT.format(votes="s.votes + 1", at="s.created_at")}
      FROM unnest(%s::bigint[]) AS d (id) WHERE s.idea_id = d.id
"""  # noqa: S608 - our own text
REBUILT = f"""
    CREATE TABLE rebuilt WITH (fillfactor = 80) AS
    SELECT idea_id, brand_id, created_at, votes,
           {HOT.format(votes="votes", at="created_at")} AS hot FROM score
"""  # noqa: S608 - our own text
SWAP = "DROP TABLE score; ALTER TABLE rebuilt RENAME TO score"
RECOUNT = "SELECT count(*), sum(n) FROM (SELECT count(*) AS n FROM votes GROUP BY idea_id) counted"

Db = psycopg.Connection[Any]


def prepare(db: Db) -> None:
    db.execute(ROOM)


def write_files(db: Db, folder: Path) -> None:
    for name, query in ROWS.items():
        statement = sql.SQL("COPY ({}) TO STDOUT").format(sql.SQL(query))
        with (folder / name).open("wb") as file, db.cursor().copy(statement) as copy:
            for block in copy:
                file.write(block)


def load(db: Db, folder: Path) -> float:
    """Seconds for tables, rows, keys, scores and their orders, from nothing."""
    begun = time.perf_counter()
    _each(db, TABLES)
    for name in ROWS:
        statement = sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(name))
        with (folder / name).open("rb") as file, db.cursor().copy(statement) as copy:
            while block := file.read(1 << 18):
                copy.write(block)
    for text in (SCORES, ORDERS.format(table="score"), KEYS):
        _each(db, text)
    return time.perf_counter() - begun


def upkeep(db: Db, ideas: list[int]) -> float:
    """Seconds for one more vote on each of these ideas, in one statement."""
    return _seconds(lambda: db.execute(ONE_MORE_VOTE, [ideas]))


def rebuild(db: Db) -> float:
    """Seconds for every score anew in a table beside, which then takes the place."""

    def swap() -> None:
        db.execute(REBUILT)
        _each(db, ORDERS.format(table="rebuilt"))
        _each(db, SWAP)

    return _seconds(swap)


def recount(db: Db) -> float:
    """Seconds for counting every vote."""
    return _seconds(lambda: db.execute(RECOUNT).fetchone())


def _each(db: Db, text: str) -> None:
    """VACUUM wants to be sent alone."""
    for statement in text.split(";"):
        db.execute(statement)  # type: ignore[call-overload]


def _seconds(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun
