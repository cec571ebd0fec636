"""`bench embed`: what other sites show of us, kept in the store, beside a view that answers a word.

All go through the same server and its middleware. A second costs one look at the database, by one
reader for all.
"""

from collections.abc import Callable
from itertools import repeat

from accounts.domain import keys
from accounts.enums import Scope
from accounts.models import Brand
from cocreate.bench import database, fill, lists
from cocreate.bench.figures import Rounds, Slot, Verdict
from cocreate.bench.site import Site
from ideas.models import Idea

IDEAS = 5_000
MOST_PER_SECOND = 12_000
HOST = "https://host.invalid"
CONSTANT = "constant view"
TARGET = 0.69
NOTE = "Frames and JSON by a widget's key, for many readers; the constant view is /healthz."


def run(
    site: Site, brand: Brand, *, rounds: int, seconds: float, tell: Callable[[str], None]
) -> Rounds:
    paths = paths_of(brand)
    postgres, found = database.server_pid(), Rounds()
    for path in paths.values():
        site.send(repeat(get(path), 200), seconds)
    for number in range(rounds):
        tell(f"embed: round {number + 1} of {rounds}")
        slots = [road(name, site, path, seconds, postgres) for name, path in paths.items()]
        found.rounds.append({slot.name: slot for slot in slots})
    return found


def prepare(seconds: float) -> Brand:
    return fill.brand_of(IDEAS)


def paths_of(brand: Brand) -> dict[str, str]:
    _key, publishable, _secret = keys.create_key(
        brand=brand, scopes=[Scope.WIDGET], origins=[HOST], rate=0, actor=None
    )
    first = Idea.objects.filter(brand=brand).order_by("id").values_list("id", flat=True)[0]
    code, key = fill.code_of(first), f"key={publishable}"
    return {
        CONSTANT: "/healthz",
        "frame of an idea": f"/embed/v1/ideas/{code}/?{key}",
        "frame of a board": f"/embed/v1/brands/{brand.slug}/?{key}",
        "JSON of an idea": f"/api/v1/ideas/{code}/?{key}",
        "JSON of a board": f"/api/v1/brands/{brand.slug}/ideas/?{key}&limit=6",
    }


def get(path: str) -> bytes:
    """As a browser on the host's page asks."""
    head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: {HOST}\r\n"
    return f"{head}User-Agent: Firefox/140.0\r\nAccept-Language: en\r\n\r\n".encode()


def road(name: str, site: Site, path: str, seconds: float, postgres: int | None) -> Slot:
    before = lists.usage(site, postgres)
    done = site.send(repeat(get(path), int(seconds * MOST_PER_SECOND)), seconds)
    after = lists.usage(site, postgres)
    good = done["statuses"].get("200", 0)
    if not good:
        raise database.CannotBench(f"{path} answers {done['statuses']}")
    return Slot(
        name=name, per_second=good / done["seconds"],
        requests_per_second=done["requests"] / done["seconds"],
        p50_ms=done["p50_ms"], p99_ms=done["p99_ms"],
        cpu_us={part: (after[part] - before[part]) / good * 1e6 for part in after},
        notes={n: done[n] for n in ("statuses", "requests", "own_cpu_us", "ran_out")},
    )  # fmt: skip


def yardstick_of(name: str) -> str:
    return CONSTANT


def verdicts(found: Rounds) -> list[Verdict]:
    refused = found.unsteady(CONSTANT)
    names = [name for name in found.names if name != CONSTANT]
    return [
        Verdict(
            12, f"{name} ÷ {CONSTANT}", found.ratio(name, CONSTANT, lambda slot: slot.per_second),
            TARGET, True, refused,
        )
        for name in names
    ]  # fmt: skip
