"""No page reads all votes of what it shows, nor the rows of other brands: what PostgreSQL says of
every query. That lists do not read a whole brand either is shown in tests/ideas.
"""

import re
from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection
from django.db.models import Count
from django.test import Client

from accounts.models import Participant, User
from ideas.domain import orders
from ideas.enums import Sort
from ideas.models import Challenge, Score
from web.links import idea_path

pytestmark = pytest.mark.django_db(transaction=True)

# The largest brand has 1,000 ideas and 1,500 people, its best idea more votes than that.
SIZE = ["--brands=40", "--ideas=14000", "--users=6000", "--votes=120000"]
MOST = 2_500  # rows that a step may read, give or leave out
BRAND, DESK, API = "/b/load-1/", "/desk/load-1/", "/api/v1/brands/load-1/"
READ = re.compile(r"actual time=\S+ rows=(\d+)(?:\.\d+)? loops=(\d+)")
LEFT_OUT = re.compile(r"Rows Removed by (?:Join )?Filter: (\d+)")

PAGES = {
    "nobody": [
        "/", BRAND, f"{BRAND}c/{{question}}/rules/", "{idea}", "/i/{hot}/history/",
        "/u/{author}/", f"{API}ideas/?limit=100", f"{API}challenges/", "/api/v1/ideas/{hot}/",
        "/api/v1/ideas/{hot}/comments/", "/api/v1/ideas/{hot}/revisions/",
    ],
    "member": [
        "/", BRAND, "/me/", "/me/drafts/", "/me/places/", "/me/notifications/", "{idea}",
        "/i/{hot}/vote/", "/u/{author}/", f"{BRAND}c/open/votes/", f"{BRAND}c/{{question}}/votes/",
        f"{API}challenges/open/statement/", f"{BRAND}submit/",
    ],
    "owner": [
        DESK, f"{DESK}?unanswered=1", f"{DESK}?reported=1", f"{DESK}?hidden=1",
        f"{DESK}?hidden=1&sort=top", f"{DESK}?q=de", f"{DESK}?q=ann", f"{DESK}statuses/",
        f"{DESK}ideas/{{hot}}/", f"{DESK}reports/", f"{DESK}people/", f"{DESK}challenges/",
        f"{DESK}challenges/{{question}}/", f"{DESK}team/", f"{DESK}admission/", f"{DESK}imports/",
        f"{DESK}keys/", f"{DESK}settings/",
    ],
}  # fmt: skip


LISTS = [f"{BRAND}c/open/?sort={sort}" for sort in Sort]
LISTS += [f"{BRAND}c/open/?{found}" for found in ("q=de", "q=a*", "q=velo", "sort=hot&tag=city")]


class Wire:
    """All that is asked of the database, and what it says of how it found it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.sent: list[tuple[str, object]] = []
        self.execute = psycopg.Cursor.execute

        def listening(cursor, query, params=None, **options):
            if str(query).lstrip().startswith(("SELECT", "WITH")):
                self.sent.append((str(query), params))
            return self.execute(cursor, query, params, **options)

        monkeypatch.setattr(psycopg.Cursor, "execute", listening)

    def plans(self) -> Iterator[tuple[str, str]]:
        sent, self.sent = self.sent, []
        asked = psycopg.Cursor(connection.connection)
        # Of a few thousand rows, to read all costs less than to look up hundreds: is there a way
        # that reads what it shows?
        for way in ("seqscan", "hashjoin", "mergejoin"):
            self.execute(asked, f"SET enable_{way} = off")
        for query, params in sent:
            self.execute(asked, "EXPLAIN (ANALYZE, TIMING) " + query, params)
            yield query, "\n".join(line for (line,) in asked.fetchall())
        self.execute(asked, "RESET ALL")


def most_rows(plan: str) -> int:
    """Of a step; each run of a step that is repeated counts."""
    read = [int(rows) * int(loops) for rows, loops in READ.findall(plan)]
    return max(read + [int(rows) for rows in LEFT_OUT.findall(plan)], default=0)


@pytest.fixture
def loaded(terminal, var):
    assert terminal("generate_load", *SIZE).code == 0


def client_of(role: str) -> Client:
    client = Client()
    if role == "member":  # one who has voted as often as anybody in the largest brand
        of_brand = Participant.objects.filter(brand=1, user__isnull=False, verified=True)
        busiest = of_brand.annotate(n=Count("votes")).order_by("-n", "pk")[0]
        client.force_login(busiest.user)
    if role == "owner":
        client.force_login(User.objects.get(memberships__brand=1))
    return client


@pytest.fixture
def names(loaded):
    hot = Score.objects.filter(brand=1, listed=True).order_by("-support")[0].idea
    return {
        "hot": hot.code,
        "idea": idea_path(hot.code, hot.title),
        "question": Challenge.objects.filter(brand=1, published_at__isnull=False).latest("pk").slug,
        "author": User.objects.filter(participants__ideas__brand=1).first().handle,
    }


def slow(wire: Wire, client: Client, path: str) -> list[str]:
    """Queries of this page with a step of too many rows, the plan of each."""
    wire.sent.clear()
    answer = client.get(path)
    assert answer.status_code == 200, path
    found = [(query, plan) for query, plan in wire.plans() if most_rows(plan) > MOST]
    return [f"{path}\n{plan}\n{query}" for query, plan in found]


def test_no_page_reads_all_votes_of_its_ideas_or_other_brands(names, monkeypatch):
    orders.rebuild_all_of(1)
    wire = Wire(monkeypatch)
    found = []
    for role, pages in PAGES.items():
        client = client_of(role)
        for path in pages + LISTS:
            found += slow(wire, client, path.format(**names))
    assert not found, "\n\n".join(found)
