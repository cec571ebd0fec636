"""Putting a brand's file into an install: all of it in one transaction, or nothing.

Rows are copied into tables of their own, get new numbers there, and are inserted with every link
translated. Codes, addresses, dates and the ledger's order stay.
"""

import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

import psycopg.errors
from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import DataError, IntegrityError, connection, transaction

from accounts.models import Brand, FormerSlug, User
from accounts.models.brand import SLUG_SHAPE
from cocreate.backup import archive, making
from cocreate.backup.programs import Failed
from cocreate.move import people, plan, shapes
from cocreate.move.file import PEOPLE, ROWS, Reader
from cocreate.move.plan import TABLES, Table
from ideas.domain import joining, ranking, tally
from ideas.domain.tally import Difference
from insights.domain import daily

BRAND = TABLES[0]
# Ids of transactions mean nothing in another cluster: this one is long past, and no fold reads it.
PAST = "'3'::xid8"
LEDGER = "ideas.VoteEvent"

# What waits for a fold at the old place is numbered here, as the next batch of its challenge.
NUMBER_THE_REST = """
    INSERT INTO ideas_ledgerbatch (challenge_id, number, events)
    SELECT e.challenge_id,
           1 + coalesce((SELECT max(b.number) FROM ideas_ledgerbatch b
                          WHERE b.challenge_id = e.challenge_id), 0),
           array_agg(e.seq ORDER BY e.seq)
      FROM (SELECT new FROM new_ideas_voteevent
            EXCEPT SELECT unnest(events) FROM ideas_ledgerbatch
                    WHERE challenge_id IN (SELECT new FROM new_ideas_challenge)) w
      JOIN ideas_voteevent e ON e.seq = w.new
     GROUP BY e.challenge_id
"""
CHALLENGES = "SELECT new FROM new_ideas_challenge"
COUNT_ALL = "SELECT write_truth(ARRAY(SELECT new FROM new_ideas_idea ORDER BY new))"
TORN = """
    SELECT EXISTS (SELECT FROM ideas_ledgerbatch
                    WHERE challenge_id IN (SELECT new FROM new_ideas_challenge)
                      AND array_position(events, NULL) IS NOT NULL)
"""
# In every brand: whoever arrives with a proof may have been named here by other brands' keys.
CLAIMED = """
    SELECT DISTINCT m.user_id
      FROM accounts_participant p JOIN accounts_mailbox m ON m.key = p.mailbox
     WHERE p.user_id IS NULL AND p.joined_into_id IS NULL AND m.user_id IS NOT NULL
     ORDER BY 1
"""
# Codes and keys are of one brand alone, wherever it lives.
HERE_ALREADY = """
    SELECT slug FROM accounts_brand WHERE id IN (
        SELECT i.brand_id FROM ideas_idea i JOIN arriving_ideas_idea a USING (code)
        UNION ALL
        SELECT k.brand_id FROM accounts_apikey k JOIN arriving_accounts_apikey a USING (prefix))
     ORDER BY slug LIMIT 1
"""
LOST = """
    SELECT (SELECT count(*) FROM arriving_accounts_participant
             WHERE mailbox IS NOT NULL AND user_id IS NULL AND joined_into_id IS NULL),
           (SELECT count(*) FROM arriving_accounts_apikey WHERE revoked_at IS NULL)
"""
PEOPLE_OF = """
    SELECT count(*) FILTER (WHERE NOT known), count(*) FILTER (WHERE known) FROM new_accounts_user
"""
# Who was here already keeps the face that they have here.
FACES = """
    SELECT avatar FROM arriving_user JOIN new_accounts_user USING (old)
     WHERE known = %s AND avatar <> ''
"""
# Its own former address it may take back; those that are or were others' here stay theirs.
OTHERS_ADDRESSES = """
    WITH others AS (
        SELECT slug FROM accounts_brand UNION SELECT slug FROM accounts_formerslug
         UNION SELECT slug FROM arriving
    ), gone AS (
        DELETE FROM arriving_accounts_formerslug WHERE slug IN (SELECT slug FROM others)
        RETURNING slug
    )
    SELECT slug FROM gone WHERE slug NOT IN (SELECT slug FROM arriving) ORDER BY 1
"""
RENAMED = """
    SELECT w.old, w.new FROM renamed w JOIN arriving_user a ON a.handle = w.old
      JOIN new_accounts_user n ON n.old = a.old WHERE NOT n.known ORDER BY 1
"""


@dataclass
class Arrived:
    """What came. `claims` and `keys`: what this install's SECRET_KEY makes void. `left_out`: former
    addresses that are another brand's here.
    """

    brand: Brand
    rows: dict[str, int]
    pictures: int
    new_people: int
    known_people: int
    renamed: list[tuple[str, str]]
    same_key: bool
    left_out: list[str]
    claims: int = 0
    keys: int = 0


class Rehearsed(Exception):
    """Ends a rehearsal's transaction."""


def arrive(
    path: Path,
    *,
    slug: str,
    rehearse: bool,
    say: Callable[[str], None],
    with_passwords: bool = False,
) -> Arrived:
    """Put the brand in under `slug`, or under its own. `rehearse`: find out, and write nothing.
    `with_passwords`: believe the hashes of passwords that the file has.

    Raises Failed, with everything as it was.
    """
    reader = whole(path, say)
    if with_passwords and not reader.manifest.with_passwords:
        raise Failed("There are no passwords in this file.")
    slug = slug or reader.manifest.slug
    refuse_address(slug)
    kept: list[str] = []
    done = None
    try:
        with transaction.atomic(durable=True):
            done = take_in(reader, slug, with_passwords=with_passwords)
            done.pictures = take_pictures(reader, done.brand, kept, rehearse=rehearse)
            join_the_known()
            if rehearse:
                raise Rehearsed
    except Rehearsed:
        assert done  # noqa: S101 - for the type checker
        return done
    except BaseException as error:
        for name in kept:
            default_storage.delete(name)
        if isinstance(error, IntegrityError | DataError):
            raise Failed(words_of(error)) from error
        raise
    ranking.adopt_top(brand=done.brand)
    return done


def settle() -> list[Difference]:
    """What `verify_tallies` finds, once the joined are folded."""
    tally.fold_until_settled()
    return tally.verify()


def whole(path: Path, say: Callable[[str], None]) -> Reader:
    """The file, read once to its end. Raises Failed."""
    reader = Reader(path)
    refuse_too_large(reader, say)
    reader.check()
    refuse_other_schema(reader)
    say(f"{path} is whole; taking in {reader.manifest.name}.")
    return reader


def refuse_too_large(reader: Reader, say: Callable[[str], None]) -> None:
    """Before any of it is unpacked. Raises Failed."""
    size = reader.unpacked()
    say(f"{reader.path} holds {size:,} bytes; reading them.")
    free = shutil.disk_usage(nearest(Path(settings.MEDIA_ROOT))).free
    if size > free:
        raise Failed(f"The file holds {size:,} bytes, and the disk here has {free:,} bytes free.")


def nearest(folder: Path) -> Path:
    """The folder, or the one above it that there is."""
    return next(one for one in (folder.absolute(), *folder.absolute().parents) if one.exists())


def refuse_other_schema(reader: Reader) -> None:
    if reader.manifest.migrations != making.applied_migrations():
        raise Failed(
            f"The file is of version {reader.manifest.version}, whose tables are not this "
            "install's: bring both to one version, and export again."
        )


def refuse_address(slug: str) -> None:
    if not re.fullmatch(SLUG_SHAPE.regex, str(slug)):
        raise Failed(f"{ascii(slug)} is no address for a brand: choose one by --slug.")
    if Brand.objects.filter(slug=slug).exists() or FormerSlug.objects.filter(slug=slug).exists():
        raise Failed(
            f"The address /b/{slug}/ is or was another brand's here: choose one by --slug."
        )


def refuse_the_same() -> None:
    """Inside the caller's transaction, once the file's rows are laid out."""
    for (slug,) in _all(HERE_ALREADY):
        raise Failed(
            f"This brand is here already, at /b/{slug}/: it cannot be here twice. To bring in the "
            f"file's state instead, first take {slug} away (remove_brand)."
        )


def words_of(error: IntegrityError | DataError) -> str:
    """What the database refused, for people."""
    cause = error.__cause__
    detail = cause.diag.message_detail if isinstance(cause, psycopg.errors.Error) else ""
    where = cause.diag.table_name if isinstance(cause, psycopg.errors.Error) else ""
    return (
        f"The brand cannot be taken in, a row of {where} is in the way ({detail or error}): is it "
        "here already under another address, or is the file not whole?"
    )


def take_in(reader: Reader, slug: str, *, with_passwords: bool) -> Arrived:
    """Inside the caller's transaction."""
    same_key = reader.manifest.key_fingerprint == making.key_fingerprint()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL datestyle = 'ISO'")
        cursor.execute(
            "CREATE TEMP TABLE arriving ON COMMIT DROP AS "
            "SELECT %s::text AS slug, %s::boolean AS same_key",
            [slug, same_key],
        )
    people.lay_out(reader.chunks(PEOPLE), with_passwords=with_passwords)
    rows = {table.name: lay_out(table, reader) for table in TABLES}
    refuse_the_same()
    shapes.refuse_others()
    left_out = [slug for (slug,) in _all(OTHERS_ADDRESSES)]
    people.take_in()
    for table in TABLES:
        number(table)
    for table in TABLES:
        insert(table)
    finish_ledger()
    new, known = _all(PEOPLE_OF)[0]
    claims, keys = (0, 0) if same_key else _all(LOST)[0]
    brand = Brand.objects.get(slug=slug)
    renamed = _all(RENAMED)
    return Arrived(brand, rows, 0, new, known, renamed, same_key, left_out, claims, keys)


def lay_out(table: Table, reader: Reader) -> int:
    """The file's rows in `arriving_…`. Returns how many. Raises Failed."""
    columns = ", ".join(f'"{name}"' for name in table.columns)
    with connection.cursor() as cursor:
        like = f"SELECT {columns} FROM {table.name} WITH NO DATA"  # noqa: S608 - names of our own
        cursor.execute(f"CREATE TEMP TABLE arriving_{table.name} ON COMMIT DROP AS {like}")
    try:
        with connection.connection.cursor() as bare:
            with bare.copy(f"COPY arriving_{table.name} ({columns}) FROM STDIN") as rows:
                for chunk in reader.chunks(ROWS + table.name):
                    rows.write(chunk)
            return int(bare.rowcount)
    except psycopg.DataError as error:
        raise Failed(f"The file's rows of {table.name} cannot be read.") from error


def number(table: Table) -> None:
    """New numbers of what arrives, in `new_…`."""
    with connection.cursor() as cursor:
        if table.counts_by_itself:
            cursor.execute(numbers_of(table))
        cursor.execute(f"ANALYZE arriving_{table.name}")


def numbers_of(table: Table) -> str:
    """In the order of the old ones, which lists and the ledger go by."""
    sequence = f"pg_get_serial_sequence('{table.name}', '{table.key}')"
    return f"""
        CREATE TEMP TABLE new_{table.name} ON COMMIT DROP AS
        SELECT old, nextval({sequence}) AS new
          FROM (SELECT "{table.key}" AS old FROM arriving_{table.name} ORDER BY 1) r;
        CREATE UNIQUE INDEX ON new_{table.name} (old);
        ANALYZE new_{table.name}
    """  # noqa: S608 - names of our own


def insert(table: Table) -> None:
    """Foreign keys are compared at the end of the transaction: rows may name what comes later."""
    values, joins = dict(translated(table)), "".join(joins_of(table))
    if table.label == LEDGER:
        values["xid"] = PAST
    names = ", ".join(f'"{name}"' for name in values)
    statement = f"""
        INSERT INTO {table.name} ({names}) SELECT {", ".join(values.values())}
          FROM arriving_{table.name} r {joins} ORDER BY r."{table.key}"
    """  # noqa: S608 - names of our own
    with connection.cursor() as cursor:
        cursor.execute(statement)


def translated(table: Table) -> Iterator[tuple[str, str]]:
    """Each column, and what stands in it here."""
    links = dict(table.links())
    for name in table.columns:
        if name in table.becomes:
            yield name, table.becomes[name]
        elif name == table.key and table.counts_by_itself:
            yield name, "own.new"
        elif name in links:
            yield name, f"m_{name}.new" if is_told(table, name) else "NULL"
        else:
            yield name, f'r."{name}"'


def joins_of(table: Table) -> Iterator[str]:
    if table.counts_by_itself:
        yield f' JOIN new_{table.name} own ON own.old = r."{table.key}"'
    for name, other in table.links():
        if is_told(table, name):
            target = other.name if other else "accounts_user"
            yield f' LEFT JOIN new_{target} m_{name} ON m_{name}.old = r."{name}"'


def is_told(table: Table, column: str) -> bool:
    """Whether the row that the column names goes along, too."""
    other = dict(table.links())[column]
    field = next(each for each in table.fields if each.column == column)
    return other is not None or plan.related_of(field) is User


def finish_ledger() -> None:
    """Every row has its place in the chain, and every counter is counted from the votes."""
    with connection.cursor() as cursor:
        cursor.execute(TORN)
        if cursor.fetchone()[0]:
            raise Failed("The file's ledger names rows that are not in it.")
        cursor.execute(NUMBER_THE_REST)
        # A new install knows of no rows, and each call reads all votes that there are.
        cursor.execute("ANALYZE ideas_idea, ideas_score, ideas_vote, ideas_voteevent")
        cursor.execute(COUNT_ALL)
        cursor.execute(CHALLENGES)
        daily.look_again(challenges=[pk for (pk,) in cursor.fetchall()])


def take_pictures(reader: Reader, brand: Brand, kept: list[str], *, rehearse: bool) -> int:
    """Into the storage, under their own names. `kept` tells what to delete if all this fails."""
    packed = {name.removeprefix(archive.MEDIA) for name in reader.media()}
    shown = {*plan.files_of(brand), *(name for (name,) in _all(FACES, [False]))}
    refuse_unnamed(packed - shown - {name for (name,) in _all(FACES, [True])})
    for name in sorted(shown):
        # Also what the old place had lost: a row may not name what is somebody else's here.
        if default_storage.exists(name):
            raise Failed(f"There is a picture {name} here already: is the brand here already?")
        if name in packed and not rehearse:
            kept.append(name)
            default_storage.save(
                name, File(cast(IO[bytes], Chunks(reader, archive.MEDIA + name)), name=name)
            )
    return len(shown & packed)


def refuse_unnamed(names: set[str]) -> None:
    """Raises Failed."""
    if names:
        raise Failed(f"The file is not to be trusted: none of its rows names {ascii(min(names))}.")


class Chunks:
    """A part of the file as something to read from."""

    def __init__(self, reader: Reader, name: str) -> None:
        self.rest = reader.chunks(name)

    def read(self, size: int = -1) -> bytes:
        return next(self.rest, b"") if size != -1 else b"".join(self.rest)


def join_the_known() -> None:
    """Names whose mailbox somebody has proved become theirs, in the import's own transaction: the
    proof is no news later, so nothing would do it then.
    """
    for (user,) in _all(CLAIMED):
        joining.join_identities(user_id=user)


def _all(sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())
