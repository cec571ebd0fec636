"""`bench similar`: ideas like a title, while somebody types, among 50,000 of one brand."""

import time
from collections.abc import Callable
from random import Random
from urllib.parse import urlencode

from accounts.domain.keys import create_key
from accounts.enums import Scope
from accounts.models import Brand
from cocreate.bench import database, prose
from cocreate.bench.figures import Rounds, Slot, Spread, Verdict
from cocreate.bench.lists import OK, recorded, usage
from cocreate.bench.prose_brand import LANGUAGES, SIZE, SLUG, brand_of_prose
from cocreate.bench.site import Site
from ideas.domain.similar import similar_to
from ideas.models import Idea

TITLES = 300
LONGEST_P95_MS, OF_A_SCAN = 70.0, 1 / 15
ONE_PERSON = 1
NOTE = (
    f"One person who types, among {SIZE:,} ideas of one brand, answered by the real server. Near"
    " copies: titles with a word less and two letters swapped. Scan: the trigrams of every title."
)
SCAN = """
    SELECT idea_id FROM ideas_searchable WHERE brand_id = %(brand)s
     ORDER BY similarity(title, lower(unaccented(%(text)s))) DESC LIMIT 3
"""


def titles(brand: Brand) -> dict[str, list[str]]:
    """What is typed, by what it is: said before, new, and made of the commonest words alone."""
    chance = Random(2)  # noqa: S311 - made-up data
    there = list(Idea.objects.filter(brand=brand).order_by("id").values_list("title", flat=True))
    common = {language: prose.vocabulary(language)[:25] for language in LANGUAGES}
    return {
        "near copies": [prose.mistyped(title, chance) for title in chance.sample(there, TITLES)],
        "new titles": [prose.text(LANGUAGES[n % 2], 8, chance) for n in range(TITLES)],
        "common words": [
            " ".join(chance.sample(common[LANGUAGES[n % 2]], 6)) for n in range(TITLES)
        ],
    }


def prepare(seconds: float) -> str:
    """A key of the brand's: people have a limit."""
    brand = brand_of_prose()
    scopes = [Scope.READ]
    return create_key(brand=brand, scopes=scopes, origins=[], rate=0, actor=None)[1]


def run(
    site: Site, key: str, *, rounds: int, seconds: float, tell: Callable[[str], None]
) -> Rounds:
    brand, postgres, found = brand_of_prose(), database.server_pid(), Rounds()
    typed = titles(brand)
    scan = [(SCAN, {"brand": brand.pk, "text": typed["near copies"][0]})]
    for texts in typed.values():
        site.send(requests(texts, key), seconds, ONE_PERSON)
    for number in range(rounds):
        tell(f"similar: round {number + 1} of {rounds}")
        slots = [yardstick("scan", [scan], seconds)]
        for name, texts in typed.items():
            slots.append(yardstick(name, [statements(brand, text) for text in texts[:20]], seconds))
            slots.append(road(name, site, requests(texts, key), seconds, postgres))
        found.rounds.append({slot.name: slot for slot in slots})
    return found


def statements(brand: Brand, text: str) -> list[tuple[str, dict[str, object]]]:
    similar_to(brand=brand, text=text)  # statistics are read now and then
    with recorded() as sent:
        similar_to(brand=brand, text=text)
    return sent


def yardstick(name: str, asked: list[list[tuple[str, dict[str, object]]]], seconds: float) -> Slot:
    """The same SQL on one connection, by turns. No pgbench: eight scans at once would hit the
    limit of a web process.
    """
    done, end = 0, time.monotonic() + seconds
    with database.connect() as own:
        own.execute("SET plan_cache_mode = force_generic_plan")
        begun = time.perf_counter()
        while not done or time.monotonic() < end:
            for query, values in asked[done % len(asked)]:
                own.execute(query, values, prepare=True).fetchall()
            done += 1
        took = time.perf_counter() - begun
    return Slot(f"SQL, {name}", done / took, done / took)


def requests(texts: list[str], key: str) -> list[bytes]:
    paths = [f"/api/v1/brands/{SLUG}/similar/?{urlencode({'q': text})}" for text in texts]
    return [
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {key}\r\n\r\n".encode()
        for path in paths
    ]


def road(name: str, site: Site, asked: list[bytes], seconds: float, postgres: int | None) -> Slot:
    before = usage(site, postgres)
    done = site.send(asked, seconds, ONE_PERSON)
    after = usage(site, postgres)
    good = done["statuses"].get(OK, 0)
    if not good:
        raise database.CannotBench(f"similar ideas are answered with {done['statuses']}")
    return Slot(
        name=f"API, {name}", per_second=good / done["seconds"],
        requests_per_second=done["requests"] / done["seconds"],
        p50_ms=done["p50_ms"], p99_ms=done["p99_ms"],
        cpu_us={part: (after[part] - before[part]) / good * 1e6 for part in after},
        notes={n: done[n] for n in ("statuses", "requests", "own_cpu_us", "p95_ms")},
    )  # fmt: skip


def yardstick_of(name: str) -> str:
    return "SQL, " + name.partition(", ")[2]


def verdicts(found: Rounds) -> list[Verdict]:
    refused = found.unsteady("SQL, scan")
    kinds = [name for name in found.names if name.startswith("API, ")]
    slowest = [
        Verdict(
            15, f"{name}, p95 in ms", Spread.of(found.values(name, p95)), LONGEST_P95_MS, False,
            refused,
        )
        for name in kinds
    ]  # fmt: skip
    against = [
        Verdict(
            15, f"SQL of {name.partition(', ')[2]} ÷ a scan of all titles",
            found.ratio("SQL, scan", yardstick_of(name), lambda slot: slot.per_second),
            round(OF_A_SCAN, 3), False, refused,
        )
        for name in kinds
    ]  # fmt: skip
    return [*slowest, *against]


def p95(slot: Slot) -> float:
    return float(slot.notes["p95_ms"])
