"""Who is in the demo: a few to sign in as, and a crowd."""

import secrets
from collections.abc import Iterable
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.utils.text import slugify

from accounts.models import Brand, Mailbox, Participant, User
from cocreate.domain.demo_file import Account
from cocreate.domain.people import create_account
from cocreate.lib.mailboxes import mailbox_key

DOMAIN = "example.org"  # reserved: a mail to it reaches nobody
PASSWORD_BYTES = 12

PARTICIPANTS = """
    SELECT id, participant_of_user(%s, id) FROM unnest(%s::bigint[]) AS id
"""
# When somebody first did something at a brand, or founded one: they came a little earlier.
ARRIVED = """
    UPDATE accounts_participant AS p SET created_at = seen.at - interval '20 minutes'
      FROM (
        SELECT who, min(at) AS at
          FROM (
            SELECT author_id AS who, created_at AS at FROM ideas_idea
            UNION ALL SELECT author_id, created_at FROM ideas_comment
            UNION ALL SELECT participant_id, at FROM ideas_coauthor
            UNION ALL SELECT participant_id, at FROM ideas_vote) AS done
         GROUP BY who) AS seen
     WHERE p.id = seen.who
"""
JOINED = """
    UPDATE accounts_user AS u SET date_joined = seen.at
      FROM (
        SELECT who, min(at) AS at
          FROM (
            SELECT user_id AS who, created_at AS at FROM accounts_participant
            UNION ALL SELECT m.user_id, b.created_at - interval '1 hour'
                        FROM accounts_membership AS m JOIN accounts_brand AS b ON b.id = m.brand_id
            UNION ALL SELECT id, now() - interval '9 days' * (id % 7 + 1) / 7.0
                        FROM accounts_user) AS done
         GROUP BY who) AS seen
     WHERE u.id = seen.who
"""

Table = dict[str, Any]


def create_persona(table: Table) -> tuple[User, Account]:
    """Somebody to sign in as, with a password made now: there is none that others know."""
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    email = f"{table['key']}@{DOMAIN}"
    user = create_account(
        email=email, handle=table["key"], name=table["name"], password=password,
        staff=table.get("staff", False),
    )  # fmt: skip
    return user, Account(email, password, table["does"])


def create_crowd(names: Iterable[str], *, language: str) -> dict[str, User]:
    """Accounts by name. Nobody can sign in as one of them."""
    locked = make_password(None)
    users = [
        User(
            email=f"{slugify(name)}@{DOMAIN}",
            handle=slugify(name)[:30],
            display_name=name,
            language=language,
            password=locked,
        )
        for name in names
    ]
    User.objects.bulk_create(users)
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, primary=True, verified=True) for user in users
    )
    Mailbox.objects.bulk_create(Mailbox(key=mailbox_key(user.email), user=user) for user in users)
    return {user.display_name: user for user in users}


def participants(brand: Brand, users: Iterable[User]) -> dict[int, Participant]:
    """Theirs by the id of the user, as a first vote would create them."""
    with connection.cursor() as cursor:
        cursor.execute(PARTICIPANTS, [brand.pk, [user.pk for user in users]])
        ids = dict(cursor.fetchall())
    rows = Participant.objects.select_related("user").in_bulk(ids.values())
    return {user: rows[participant] for user, participant in ids.items()}


def date_arrivals() -> None:
    """Participants are as old as the first that they did, accounts as old as the first of theirs;
    who has done nothing yet signed up these days.
    """
    with connection.cursor() as cursor:
        cursor.execute(ARRIVED)
        cursor.execute(JOINED)
