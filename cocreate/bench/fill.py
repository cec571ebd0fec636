"""Data for the bench through COPY: members with what they present, ideas with true counters."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain
from random import Random
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection, models
from django.db.models import NOT_PROVIDED
from django.utils import timezone
from psycopg import sql

from accounts.domain import keys, tokens
from accounts.enums import Scope
from accounts.models import Brand, Mailbox, Participant, PersonalToken, Session, User
from accounts.sessions import SessionStore
from cocreate.domain.brands import create_brand
from cocreate.domain.people import create_account
from cocreate.lib.mailboxes import mailbox_key
from cocreate.lib.tokens import keyed_hash, new_secret, prefix_of
from ideas.domain import orders, tally
from ideas.enums import EventKind, Source, VoteState
from ideas.models import Challenge, Idea, VoteEvent

BRAND = "bench-"
FIRST_MEMBER = 1_000_001  # ids below belong to whoever signed up before
MOST_VOTES, ZIPF = 20_000, 0.7
WORDS = ["street", "light", "water", "roof", "door", "seat", "tree", "bench", "battery", "shade"]
BODY = "So that everybody on our street gains something from it, whether they drive or not. " * 3


@dataclass(frozen=True)
class Member:
    """A member and what a program or a browser of theirs presents."""

    id: int
    token: str
    session: str


def copy_rows(model: type[models.Model], rows: Iterable[dict[str, Any]]) -> None:
    """Each row names columns; for others the model's defaults stand, taken once."""
    rest = iter(rows)
    first = next(rest)
    defaults = _defaults(model)
    names = list(defaults | first)
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(model._meta.db_table), sql.SQL(", ").join(map(sql.Identifier, names))
    )
    connection.ensure_connection()
    with connection.connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in chain([first], rest):
            complete = defaults | row
            copy.write_row([complete[name] for name in names])


def _defaults(model: type[models.Model]) -> dict[str, Any]:
    """As a save would fill them; not the key, nor what the database fills."""
    blank = model()
    return {
        field.attname: field.get_db_prep_save(field.pre_save(blank, True), connection)
        for field in model._meta.concrete_fields
        if not field.primary_key and field.db_default is NOT_PROVIDED
    }


def create_members(count: int) -> list[Member]:
    """New accounts with a proved mailbox, a session and a personal token each."""
    last = User.objects.aggregate(last=models.Max("id"))["last"] or 0
    numbers = range(max(last + 1, FIRST_MEMBER), max(last + 1, FIRST_MEMBER) + count)
    members = [Member(n, new_secret(tokens.PERSONAL), f"{n:032d}") for n in numbers]
    locked = User(password="!bench")  # noqa: S106 - no password at all
    copy_rows(
        User,
        (
            {"id": m.id, "email": f"m{m.id}@bench.invalid", "handle": f"m{m.id}",
             "display_name": f"Member {m.id}", "password": locked.password}
            for m in members
        ),
    )  # fmt: skip
    copy_rows(
        EmailAddress,
        (
            {"user_id": m.id, "email": f"m{m.id}@bench.invalid", "verified": True, "primary": True}
            for m in members
        ),
    )
    copy_rows(
        Mailbox,
        ({"key": mailbox_key(f"m{m.id}@bench.invalid"), "user_id": m.id} for m in members),
    )
    copy_rows(
        PersonalToken,
        (
            {"user_id": m.id, "prefix": prefix_of(m.token),
             "hash": keyed_hash(m.token, purpose=tokens.PURPOSE)}
            for m in members
        ),
    )  # fmt: skip
    _create_sessions(members, locked.get_session_auth_hash())
    return members


def _create_sessions(members: list[Member], proof: str) -> None:
    backend, store = settings.AUTHENTICATION_BACKENDS[0], SessionStore()
    ends = timezone.now() + timedelta(days=1)

    def data(member: Member) -> str:
        names = {SESSION_KEY: str(member.id), BACKEND_SESSION_KEY: backend, HASH_SESSION_KEY: proof}
        return store.encode(names)

    copy_rows(
        Session,
        (
            {
                "session_key": m.session,
                "user_id": m.id,
                "session_data": data(m),
                "expire_date": ends,
            }
            for m in members
        ),
    )


def brand_of(size: int) -> Brand:
    """The brand with so many ideas, filled in where it is not there yet."""
    return Brand.objects.filter(slug=f"{BRAND}{size}").first() or _create_brand_of(size)


def _create_brand_of(size: int) -> Brand:
    """Ideas in its permanent challenge, and votes Zipf-like over them."""
    owner = User.objects.filter(handle="bench").first()
    owner = owner or create_account(email="bench@bench.invalid", handle="bench", password=None)
    brand = create_brand(slug=f"{BRAND}{size}", name=f"Bench {size}", owner=owner)
    challenge = Challenge.objects.get(brand=brand)
    first = (Idea.objects.aggregate(last=models.Max("id"))["last"] or 0) + 1
    now, chance = timezone.now(), Random(size)  # noqa: S311 - made-up data
    copy_rows(Idea, (_idea(brand, challenge, first + n, now, chance) for n in range(size)))
    places = list(range(size))
    chance.shuffle(places)
    copy_rows(
        VoteEvent,
        (_votes(brand, challenge, first + n, now, place, chance) for n, place in enumerate(places)),
    )
    return brand


def reading_key(brand: Brand) -> str:
    """The header of a new key without a limit: what it asks for is made for each request, where an
    answer to visitors is kept.
    """
    secret = keys.create_key(brand=brand, scopes=[Scope.READ], origins=[], rate=0, actor=None)[1]
    return f"Authorization: Bearer {secret}\r\n"


def count_afresh() -> None:
    """Every counter and score from what was filled in, by the product's own count, and every order.
    Whatever asks before there is one, in an install that had no idea a moment ago, is answered by
    plans for empty tables, until PostgreSQL has looked at them: a minute or two.
    """
    tally.reset()
    for brand in Brand.objects.filter(slug__startswith=BRAND):
        orders.rebuild_all_of(brand.pk)


def code_of(idea: int) -> str:
    return f"b{idea:09d}"


def name_of(member: Member) -> str:
    """By which a host knows them."""
    return f"host-{member.id}"


CODE_IN_SQL = "('b' || lpad({id}::text, 9, '0'))"
NAME_IN_SQL = "'host-' || {id}::text"


def _idea(
    brand: Brand, challenge: Challenge, idea: int, now: Any, chance: Random
) -> dict[str, Any]:
    at = now - timedelta(days=chance.random() * 365)
    return {
        "id": idea, "code": code_of(idea), "brand_id": brand.pk, "challenge_id": challenge.pk,
        "title": " ".join(chance.choices(WORDS, k=8)).capitalize(),
        "body": BODY, "created_at": at, "updated_at": at,
    }  # fmt: skip


def _votes(
    brand: Brand, challenge: Challenge, idea: int, now: Any, place: int, chance: Random
) -> dict[str, Any]:
    """One ledger row that stands for all of an idea's votes: an imported total."""
    return {
        "brand_id": brand.pk, "challenge_id": challenge.pk, "idea_id": idea, "counts_on_id": idea,
        "ref": "", "kind": EventKind.IMPORT, "value": 1, "state": VoteState.COUNTED,
        "source": Source.IMPORTED, "amount": max(1, int(MOST_VOTES / (place + 1) ** ZIPF)),
        "actor": "import", "at": now - timedelta(days=chance.random() * 30),
        "was_state": None, "was_source": None,
    }  # fmt: skip


def admit_members(brand: Brand, members: list[Member]) -> None:
    """Each has voted here before, so each has a participant."""
    copy_rows(
        Participant,
        (
            {"brand_id": brand.pk, "user_id": m.id, "ref": f"b{brand.pk % 1000:03d}{m.id:08d}"}
            for m in members
        ),
    )


def name_members(brand: Brand, members: list[Member]) -> None:
    """Each has voted from a host's page before: there they are somebody else."""
    copy_rows(
        Participant,
        (
            {
                "brand_id": brand.pk,
                "external_id": name_of(m),
                "ref": f"w{brand.pk % 1000:03d}{m.id:08d}",
            }
            for m in members
        ),
    )
