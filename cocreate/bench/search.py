"""`bench search`: rare and common words among 50,000 ideas of one brand, beside their own SQL."""

from collections.abc import Callable
from random import Random
from urllib.parse import urlencode

from accounts.models import Brand
from cocreate.bench import database, lists, prose
from cocreate.bench.figures import Rounds, Verdict, p50, p95
from cocreate.bench.lists import recorded, yardstick
from cocreate.bench.prose_brand import SIZE, SLUG, brand_of_prose
from cocreate.bench.roads import get, road, warm_up
from cocreate.bench.site import Site
from cocreate.bench.yardstick import script_of_all
from cocreate.lib.pages import DEFAULT_LIMIT
from ideas.domain.matching import best_matches
from ideas.domain.narrowing import Filters

NOTE = (
    f"The 20 best matches among {SIZE:,} ideas of one brand, for visitors; pgbench: all statements"
    " that a search sends. A rare word is in a handful of ideas, a common one in a tenth."
)
LONGEST_P95_MS = 200.0
MOST_TIMES = 12  # what a common word may cost, seen from a rare one


def texts() -> dict[str, str]:
    """What is searched for, by what it is."""
    french, english = prose.vocabulary("fr"), prose.vocabulary("en")
    chance = Random(1)  # noqa: S311 - made-up data
    rare = chance.choice(french[8_000:12_000])
    return {
        "rare word": rare,
        "common word": english[2],
        "two words": f"{english[30]} {english[45]}",
        "common and rare": f"{french[2]} {rare}",
    }


def prepare(seconds: float) -> None:
    brand_of_prose()


def run(
    site: Site, prepared: None, *, rounds: int, seconds: float, tell: Callable[[str], None]
) -> Rounds:
    brand, postgres, found = brand_of_prose(), database.server_pid(), Rounds()
    scripts = {name: script_of_all(statements(brand, text)) for name, text in texts().items()}
    for text in texts().values():
        warm_up(site, map(get, paths(text).values()))
    for number in range(rounds):
        tell(f"search: round {number + 1} of {rounds}")
        slots = []
        for name, text in texts().items():
            slots.append(yardstick(name, *scripts[name], seconds, postgres))
            for kind, path in paths(text).items():
                slots.append(road(f"{kind}, {name}", site, get(path), seconds, postgres))
        found.rounds.append({slot.name: slot for slot in slots})
    return found


def statements(brand: Brand, text: str) -> list[tuple[str, dict[str, object]]]:
    with recorded() as sent:
        best_matches(brand=brand, filters=Filters(text=text), limit=DEFAULT_LIMIT)
    return sent


def paths(text: str) -> dict[str, str]:
    query = urlencode({"q": text})
    return {"API": f"/api/v1/brands/{SLUG}/ideas/?{query}", "page": f"/b/{SLUG}/?{query}"}


def yardstick_of(name: str) -> str:
    return lists.yardstick_of(name)


def verdicts(found: Rounds) -> list[Verdict]:
    """Nobody waits long for any words, nor may a word cost what reading the whole brand would."""
    refused = found.unsteady(*(f"pgbench, {name}" for name in texts()))
    waits = [
        found.alone(
            15, f"API search p95 in ms, 8 at once, {name}", found.values(f"API, {name}", p95),
            most=LONGEST_P95_MS, refused=refused,
        )
        for name in texts()
    ]  # fmt: skip
    costs = found.against(
        15, "API search p50, common ÷ rare word", "API, common word", "API, rare word", p50,
        most=MOST_TIMES, refused=refused,
    )  # fmt: skip
    return [*waits, costs]
