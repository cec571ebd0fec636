"""All of it: one transaction, so whatever ends it before the commit leaves the install as it was.
What comes after it (vacuum, two orders) is a matter of speed.
"""

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from cocreate.domain import demo, demo_file
from cocreate.domain.demo_file import Account
from cocreate.lib.errors import DomainError
from cocreate.load import after, rows, tables, votes
from cocreate.load.plan import UNVERIFIED, Plan, Size
from cocreate.load.texts import Pens, pens
from cocreate.load.writing import Dictionary, look_up
from ideas.domain import orders, tally

ACCOUNTS = "load-accounts.txt"
PASSWORD_BYTES = 12
LARGE = 2  # brands
TABLES = [
    "account_emailaddress", "accounts_activity", "accounts_brand", "accounts_mailbox",
    "accounts_membership", "accounts_participant", "accounts_user", "ideas_attendance",
    "ideas_challenge", "ideas_comment", "ideas_decision", "ideas_exposure", "ideas_follow",
    "ideas_hushed", "ideas_idea", "ideas_ledgerbatch", "ideas_phase", "ideas_rules", "ideas_score",
    "ideas_searchable", "ideas_topidea", "ideas_vote", "ideas_votebudget", "ideas_voteevent",
]  # fmt: skip
# For this transaction alone: room to sort in, and both processors for whatever can use them.
ROOM = """
    SET LOCAL work_mem = '256MB';
    SET LOCAL maintenance_work_mem = '512MB';
    SET LOCAL max_parallel_maintenance_workers = 2;
    SET LOCAL jit = off
"""
SIZES = """
    SELECT c.relname, pg_table_size(c.oid), pg_indexes_size(c.oid) FROM pg_class c
     WHERE c.oid = ANY (%s::regclass[]) ORDER BY pg_total_relation_size(c.oid) DESC
"""


class NotEmpty(DomainError):
    code, status = "not_empty", 409
    message = _("This install is in use: made-up data are loaded into an empty one alone.")


@dataclass
class Done:
    """What it took: the steps with their rows and seconds, and the bytes of tables and indexes."""

    accounts: Path
    steps: list[tuple[str, int, float]] = field(default_factory=list)
    sizes: list[tuple[str, int, int]] = field(default_factory=list)
    seconds: float = 0


@dataclass(frozen=True)
class Person:
    """Somebody to sign in as."""

    user: int
    password: str
    does: str


Tell = Callable[[str, int, float], None]


def fill(size: Size, *, seed: int, end: datetime, folder: Path, tell: Tell) -> Done:
    """`end`: the last moment of the data; the same seed and end give the same rows. The passwords
    of three people are written to a file of `folder` alone. Raises NotEmpty or CannotPlan.
    """
    begun, done = time.monotonic(), Done(folder / ACCOUNTS)
    if not demo.is_empty():
        raise NotEmpty
    steps = Steps(done, tell)
    with steps("plan") as count:
        plan = Plan(size, seed, end)
        count(size.ideas)
    _fill_or_leave_nothing(plan, steps)
    with steps("vacuum"), connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"VACUUM ANALYZE {table}")
    with steps("orders of the large brands"):
        for brand in plan.brands[:LARGE]:
            orders.rebuild_all_of(brand.id)
    done.sizes = [(str(name), int(t), int(i)) for name, t, i in tables.rows_of(SIZES, [TABLES])]
    done.seconds = time.monotonic() - begun
    return done


@dataclass
class Steps:
    done: Done
    tell: Tell

    @contextmanager
    def __call__(self, name: str) -> Iterator[Callable[[int], None]]:
        begun, counts = time.monotonic(), [0]
        yield counts.append
        step = (name, counts[-1], time.monotonic() - begun)
        self.done.steps.append(step)
        self.tell(*step)


def _fill_or_leave_nothing(plan: Plan, steps: Steps) -> None:
    """The passwords are written before the commit: data that nobody can sign in to are of no use,
    and passwords of people who are not there harm nobody.
    """
    path = steps.done.accounts
    with ExitStack() as on_failure:
        with transaction.atomic(durable=True):
            accounts = _fill_all(plan, steps)
            on_failure.callback(path.unlink, missing_ok=True)
            demo_file.write(path, accounts, None, heading="Accounts of the made-up people:")
        on_failure.pop_all()


def _fill_all(plan: Plan, steps: Steps) -> list[Account]:
    with connection.cursor() as cursor:
        cursor.execute(ROOM)
    with steps("indexes and keys aside"):
        tables.execute(tally.STOP_FOLDS)  # whoever folds holds the cursor first
        aside = tables.lay_aside(TABLES)
    if not demo.is_empty():  # somebody came in the meantime
        raise NotEmpty
    dictionary = look_up()
    people = _people_to_sign_in(plan)
    with pens(dictionary, plan.seed, texts=plan.size.ideas) as write:
        _fill_texts(plan, dictionary, people, write, steps)
    for name, fill_in in _numbers(plan):
        with steps(name) as count:
            count(fill_in())
    with steps("indexes and keys again"):
        votes.drop_scratch()
        tables.make_again(aside)
    after.move_cursors()
    return [Account(rows.address_of(one.user), one.password, one.does) for one in people]


def _fill_texts(
    plan: Plan, dictionary: Dictionary, people: list[Person], write: Pens, steps: Steps
) -> None:
    votes.make_scratch()
    with steps("brands, questions, rules") as count:
        count(rows.fill_brands(plan, write))
    with steps("people") as count:
        hidden = {person.user: person.password for person in people}
        count(rows.fill_people(plan, dictionary, hidden))
    with steps("ideas and their words") as count:
        count(rows.fill_ideas(plan, write))
    with steps("comments and answers") as count:
        count(rows.fill_talk(plan, write))
    with steps("decisions") as count:
        count(rows.fill_decisions(plan, write))


def _numbers(plan: Plan) -> Iterator[tuple[str, Callable[[], int]]]:
    """What the database makes of them."""
    yield "votes drawn", lambda: votes.draw(plan)
    yield "participants", lambda: votes.fill_participants(plan)
    yield "users", lambda: votes.fill_users(plan)
    yield "votes", votes.fill_votes
    yield "ledger", votes.fill_ledger
    yield "ledger batches", votes.fill_batches
    yield "budgets", votes.fill_budgets
    yield "scores", lambda: votes.fill_scores(plan)
    yield "follows", after.fill_follows
    yield "activities", after.fill_activities
    yield "showings", after.fill_exposures
    yield "tops", after.fill_tops


def _people_to_sign_in(plan: Plan) -> list[Person]:
    """The owners of the largest and of a small brand, and a member."""
    big, small = plan.brands[0], plan.brands[-1]
    member = next(n for n in range(1, big.people) if big.user(n) % UNVERIFIED)
    found = {
        big.user(0): f"owns the largest brand: /desk/load-{big.id}/",
        small.user(0): f"owns a small brand: /desk/load-{small.id}/",
        big.user(member): f"votes in the largest brand: /b/load-{big.id}/",
    }
    return [
        Person(user, secrets.token_urlsafe(PASSWORD_BYTES), does) for user, does in found.items()
    ]
