"""`bench similar`: ideas like a title, while somebody types, among 50,000 of one brand."""

import time
from collections.abc import Callable
from random import Random
from urllib.parse import urlencode

from accounts.domain.keys import create_key
from accounts.enums import Scope
from accounts.models import Brand
from cocreate.bench import database, prose
from cocreate.bench.figures import Rounds, Slot, Verdict, p95
from cocreate.bench.lists import recorded
from cocreate.bench.prose_brand import LANGUAGES, SIZE, SLUG, brand_of_prose
from cocreate.bench.roads import get, road
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
            asked = requests(texts, key)
            slots.append(road(f"API, {name}", site, asked, seconds, postgres, ONE_PERSON))
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
    return [get(path, f"Authorization: Bearer {key}\r\n") for path in paths]


def yardstick_of(name: str) -> str:
    return "SQL, " + name.partition(", ")[2]


def verdicts(found: Rounds) -> list[Verdict]:
    refused = found.unsteady("SQL, scan")
    kinds = [name for name in found.names if name.startswith("API, ")]
    slowest = [
        found.alone(
            15, f"similar ideas p95 in ms, {name.partition(', ')[2]}", found.values(name, p95),
            most=LONGEST_P95_MS, refused=refused,
        )
        for name in kinds
    ]  # fmt: skip
    against = [
        found.against(
            15, f"similar ideas, SQL of {name.partition(', ')[2]} ÷ a scan of all titles",
            yardstick_of(name), "SQL, scan", seconds_each, most=round(OF_A_SCAN, 3),
            refused=refused,
        )
        for name in kinds
    ]  # fmt: skip
    return [*slowest, *against]


def seconds_each(slot: Slot) -> float:
    return 1 / slot.per_second
