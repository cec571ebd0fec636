"""Accounts of a brand's people, out of one install and into another.

Somebody is the same person at both ends where both have a proof of one mailbox. What travels is
what signing in and the public profile need; never sessions, tokens or an operator's rights.
"""

import json
from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any

import psycopg
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection
from django.db.models import QuerySet

from accounts.domain.signup import RESERVED_HANDLES
from accounts.models import Mailbox, User
from accounts.models.user import HANDLE_LENGTH
from cocreate.backup.programs import Failed
from cocreate.lib.mailboxes import mailbox_key

PUBLIC = [
    "handle", "display_name", "has_own_name", "language", "time_zone", "interests", "avatar",
]  # fmt: skip
KEPT = ["id", "email", *PUBLIC, "is_active", "date_joined"]
AT_ONCE = 2_000
LONGEST_LINE = 64 * 1024
SHOWN = 10

TABLE = """
    CREATE TEMP TABLE arriving_user (
        old bigint, email text, handle text, display_name text, has_own_name boolean,
        language text, time_zone text, interests text[], avatar text, is_active boolean,
        date_joined timestamptz, password text, proved_at timestamptz, rests_until timestamptz,
        mailbox text
    ) ON COMMIT DROP
"""
# A proved mailbox says who somebody is; else the very address, where both ends have proved it.
KNOWN = """
    CREATE TEMP TABLE new_accounts_user ON COMMIT DROP AS
    SELECT a.old, u.id AS new, true AS known
      FROM arriving_user a
      JOIN accounts_mailbox m ON m.key = a.mailbox AND a.proved_at IS NOT NULL
      JOIN accounts_user u ON u.id = m.user_id;
    INSERT INTO new_accounts_user (old, new, known)
    SELECT a.old, e.user_id, true
      FROM arriving_user a
      JOIN account_emailaddress e ON lower(e.email) = lower(a.email) AND e.verified
     WHERE a.old NOT IN (SELECT old FROM new_accounts_user)
       AND e.user_id NOT IN (SELECT new FROM new_accounts_user);
"""
# Whoever registered an address here without proving it may not be given another's words.
IN_THE_WAY = """
    SELECT u.handle FROM arriving_user a JOIN accounts_user u ON lower(u.email) = lower(a.email)
     WHERE a.old NOT IN (SELECT old FROM new_accounts_user) ORDER BY u.handle LIMIT 10
"""
# A proof outlives a change of address, so that nobody votes once with each. It does not say who
# reads the mailbox today.
TODAY = """
    SELECT n.old, a.mailbox, u.handle, e.email
      FROM new_accounts_user n JOIN arriving_user a USING (old) JOIN accounts_user u ON u.id = n.new
      LEFT JOIN account_emailaddress e ON e.user_id = n.new AND e.verified
"""
NEW = """
    INSERT INTO new_accounts_user (old, new, known)
    SELECT old, nextval(pg_get_serial_sequence('accounts_user', 'id')), false
      FROM (SELECT old FROM arriving_user
             WHERE old NOT IN (SELECT old FROM new_accounts_user) ORDER BY old) a;
    CREATE UNIQUE INDEX ON new_accounts_user (old);
    CREATE TEMP TABLE renamed (old text, new text) ON COMMIT DROP;
    ANALYZE new_accounts_user
"""
TAKEN = """
    SELECT a.handle FROM arriving_user a JOIN new_accounts_user n USING (old)
     WHERE NOT n.known AND (a.handle = ANY (%s)
           OR EXISTS (SELECT FROM accounts_user u WHERE u.handle = a.handle))
     ORDER BY a.handle
"""
IS_TAKEN = """
    SELECT EXISTS (SELECT FROM accounts_user WHERE handle = %(handle)s)
        OR EXISTS (SELECT FROM arriving_user WHERE handle = %(handle)s)
        OR EXISTS (SELECT FROM renamed WHERE new = %(handle)s)
"""
# Those who were here already are named here as they are.
RENAMED = """
    INSERT INTO renamed SELECT a.handle, u.handle FROM arriving_user a
      JOIN new_accounts_user n USING (old) JOIN accounts_user u ON u.id = n.new
     WHERE n.known AND u.handle <> a.handle
"""
WRITE = """
    INSERT INTO accounts_user (
           id, password, is_superuser, is_staff, email, handle, display_name,
           has_own_name, language, time_zone, interests, avatar, is_active, date_joined)
    SELECT n.new, a.password, false, false, a.email, coalesce(r.new, a.handle), a.display_name,
           a.has_own_name, a.language, a.time_zone, a.interests, a.avatar, a.is_active,
           a.date_joined
      FROM arriving_user a
      JOIN new_accounts_user n USING (old) LEFT JOIN renamed r ON r.old = a.handle
     WHERE NOT n.known ORDER BY a.old;
    INSERT INTO account_emailaddress (user_id, email, verified, "primary")
    SELECT n.new, a.email, true, true
      FROM arriving_user a JOIN new_accounts_user n USING (old) WHERE NOT n.known ORDER BY a.old;
    INSERT INTO accounts_mailbox AS m (key, user_id, proved_at, rests_until)
    SELECT a.mailbox, n.new, a.proved_at, a.rests_until
      FROM arriving_user a JOIN new_accounts_user n USING (old)
     WHERE NOT n.known AND a.proved_at IS NOT NULL
    ON CONFLICT (key) DO UPDATE SET user_id = excluded.user_id, proved_at = excluded.proved_at
          WHERE m.user_id IS NULL
"""


def told(users: "QuerySet[User]", *, with_passwords: bool) -> Iterator[bytes]:
    """A line of JSON for each account."""
    names = [*KEPT, "password"] if with_passwords else KEPT
    rows = users.order_by("pk").values(*names).iterator(chunk_size=AT_ONCE)
    for some in _many(rows):
        keys = [mailbox_key(row["email"]) for row in some]
        found = Mailbox.objects.in_bulk(keys)
        for row, key in zip(some, keys, strict=True):
            # Several accounts may have spellings of one mailbox; one of them has proved it.
            proof = found.get(key)
            proof = proof if proof and proof.user_id == row["id"] else None
            row |= {
                "proved_at": proof and proof.proved_at,
                "rests_until": proof and proof.rests_until,
            }
            yield json.dumps(row, default=str, ensure_ascii=False).encode() + b"\n"


def lay_out(chunks: Iterable[bytes], *, with_passwords: bool) -> None:
    """Fill `arriving_user`. Without `with_passwords` none is taken, whatever the file has."""
    with connection.cursor() as cursor:
        cursor.execute(TABLE)
    try:
        _copy(chunks, with_passwords=with_passwords)
    except psycopg.DataError as error:
        raise _cannot_be_read() from error


def take_in() -> None:
    """Fill `new_accounts_user` (old, new, known) and write the accounts that are new here.

    Raises Failed where an address is somebody's who has not proved it, or has given it up.
    """
    with connection.cursor() as cursor:
        cursor.execute(KNOWN)
        _refuse_former_readers(cursor)
        cursor.execute(IN_THE_WAY)
        if names := [name for (name,) in cursor.fetchall()]:
            raise Failed(
                "Accounts here have addresses of the brand's people and have not proved them: "
                f"{', '.join(names)}. Let them prove them, or close and erase these accounts."
            )
        cursor.execute(NEW)
        cursor.execute(TAKEN, [sorted(RESERVED_HANDLES)])
        for (handle,) in cursor.fetchall():
            cursor.execute("INSERT INTO renamed VALUES (%s, %s)", [handle, _free(handle)])
        cursor.execute(RENAMED)
        cursor.execute(WRITE)


def _refuse_former_readers(cursor: Any) -> None:
    """Raises Failed."""
    cursor.execute(TODAY)
    former: dict[int, str] = {}
    still = set()
    for old, mailbox, handle, email in cursor.fetchall():
        if email and mailbox_key(email) == mailbox:
            still.add(old)
        else:
            former[old] = handle
    if names := sorted(handle for old, handle in former.items() if old not in still)[:SHOWN]:
        raise Failed(
            "Accounts here proved addresses of the brand's people once, and have others today: "
            f"{', '.join(names)}. Where it is the same person, let them take the address back; "
            "else let them close and erase these accounts."
        )


def _cannot_be_read() -> Failed:
    return Failed("The file's list of people cannot be read.")


def _copy(chunks: Iterable[bytes], *, with_passwords: bool) -> None:
    names = [name if name != "id" else "old" for name in KEPT]
    names += ["password", "proved_at", "rests_until", "mailbox"]
    statement = f"COPY arriving_user ({', '.join(names)}) FROM STDIN"
    with connection.connection.cursor() as cursor, cursor.copy(statement) as rows:
        for line in _lines(chunks):
            rows.write_row(_row(line, with_passwords=with_passwords))


def _row(line: bytes, *, with_passwords: bool) -> list[Any]:
    """Raises Failed."""
    try:
        facts = {"has_own_name": True} | json.loads(line)  # files of before know no other
        validate_email(facts["email"])
        row = [facts[name] for name in KEPT]
        password = with_passwords and facts["password"] or make_password(None)
        return [
            *row,
            password,
            facts["proved_at"],
            facts["rests_until"],
            mailbox_key(facts["email"]),
        ]
    except (ValueError, KeyError, TypeError, AttributeError, ValidationError) as error:
        raise _cannot_be_read() from error


def _lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        if len(rest) > LONGEST_LINE:
            raise _cannot_be_read()
        yield from whole
    if rest:
        raise Failed("The file's list of people ends in the middle.")


def _many(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    some: list[dict[str, Any]] = []
    for row in rows:
        some.append(row)
        if len(some) == AT_ONCE:
            yield some
            some = []
    yield some


def _free(handle: str) -> str:
    """One like it that nobody has, here or among those who arrive."""
    for number in count(2):
        end = f"-{number}"
        name = handle[: HANDLE_LENGTH - len(end)].rstrip("-_") + end
        if not _is_taken(name):
            return name
    raise AssertionError


def _is_taken(handle: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(IS_TAKEN, {"handle": handle})
        return bool(cursor.fetchone()[0])
