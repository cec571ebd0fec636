"""`bench growth`: the same votes and the same list on a little, some and all of the made-up data.

Each size has its database and its site; rounds go from one to the next, so that what else the
machine does meets all of them. What was found is kept beside the other state of the install, and
the chart is drawn from all sizes there: the largest takes long to fill, and may be measured alone.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory

from django.conf import settings
from django.db import connection

from accounts.domain import keys
from accounts.enums import Scope
from accounts.models import ApiKey, Brand
from cocreate.bench import chart, cpu, data, database, fill, memory, roads, vote
from cocreate.bench.figures import Rounds, Slot, Verdict, cpu_ms, p95, percentile, rate
from cocreate.bench.lag import Lag
from cocreate.bench.options import Options
from cocreate.bench.site import Site, running_site
from cocreate.load import tables
from ideas.models import Idea

WHOLE = 1.0
BRAND = "load-1"  # the largest
PEOPLE_PER_SECOND = 3_000  # so many votes are made ready
KEPT, CHART = "bench-growth.json", "growth.svg"
DISK = "SELECT pg_database_size(current_database())"
LIST = f"/api/v1/brands/{BRAND}/ideas/?sort=hot&limit=20"
LEAST_VOTES, MOST_WAIT = 0.9, 1.15
NOTE = (
    "Votes by widget, each of another person on any idea of the largest brand; the first page of"
    " its list by hot, as JSON; both by 8 clients. Disk is the database. The chart is"
    f" {CHART} beside {KEPT} in the folder of the install's state."
)


@dataclass
class Place:
    """A size, its site, and what is asked there."""

    share: float
    site: Site
    name: str  # of its database
    widget: ApiKey
    codes: list[str]
    reading: bytes
    postgres: int | None
    used: int = 0

    @property
    def label(self) -> str:
        return label_of(self.share)


def run(options: Options) -> Rounds:
    found = Rounds()
    with ExitStack() as stack:
        places = [stack.enter_context(place_of(share, options)) for share in options.scales]
        for place in places:
            warm_up(place)
        for number in range(options.rounds):
            options.tell(f"growth: round {number + 1} of {options.rounds}")
            slots = [slot for place in places for slot in measured(place, options.seconds)]
            found.rounds.append({slot.name: slot for slot in slots})
    keep(found, options.scales)
    return found


@contextmanager
def place_of(share: float, options: Options) -> Iterator[Place]:
    template = options.template if share == WHOLE else ""
    with ExitStack() as stack:
        url = stack.enter_context(database.own_database(template))
        if not template:
            options.tell(f"growth: filling {share:g} of everything")
            folder = stack.enter_context(TemporaryDirectory())
            data.fill_with(options, Path(folder), share)
        widget, codes, reading = ground()
        site = stack.enter_context(running_site(url))
        name = connection.settings_dict["NAME"]
        yield Place(share, site, name, widget, codes, reading, database.server_pid())


def ground() -> tuple[ApiKey, list[str], bytes]:
    """A key of the largest brand's, ideas that may be voted on without end, and how a program asks
    for the list.
    """
    brand = Brand.objects.get(slug=BRAND)
    scopes = [Scope.WIDGET]
    widget = keys.create_key(brand=brand, scopes=scopes, origins=[vote.HOST], rate=0, actor=None)[0]
    open_ones = Idea.objects.filter(brand=brand, challenge__slug="open", closed=False, hidden=False)
    codes = list(open_ones.order_by("id").values_list("code", flat=True)[:50_000])
    return widget, codes, roads.get(LIST, fill.reading_key(brand))


def warm_up(place: Place) -> None:
    with database.pointing_at(place.name):
        roads.warm_up(place.site, [place.reading])
        place.site.send(votes(place, 400), 2.0)
        vote.settle()


def measured(place: Place, seconds: float) -> list[Slot]:
    with database.pointing_at(place.name):
        voted = cast(place, seconds)
        vote.settle()
        read = roads.road(
            f"list, {place.label}", place.site, place.reading, seconds, place.postgres
        )
        return [voted, read, size_of(place)]


def cast(place: Place, seconds: float) -> Slot:
    ready = votes(place, int(seconds * PEOPLE_PER_SECOND))
    last, before = vote.last_row(), roads.usage(place.site, place.postgres)
    with Lag() as lag:
        done = place.site.send(ready, seconds)
    after = roads.usage(place.site, place.postgres)
    new = vote.rows_behind(last)
    return Slot(
        f"votes, {place.label}", new / done["seconds"], done["requests"] / done["seconds"],
        done["p50_ms"], done["p99_ms"],
        {part: (after[part] - before[part]) / max(new, 1) * 1e6 for part in after}, lag.seconds,
        roads.notes_of(done) | {"ledger_rows": new},
    )  # fmt: skip


def votes(place: Place, count: int) -> list[bytes]:
    """Each by somebody whom the host has not named before."""
    chance = Random(place.used)  # noqa: S311 - made-up votes
    names = [f"grown-{place.used + n}" for n in range(count)]
    place.used += count
    return [
        vote.put(chance.choice(place.codes), vote.widget_headers(place.widget, name), vote.BODY)
        for name in names
    ]


def size_of(place: Place) -> Slot:
    """Megabytes: of the database on its disk, and of the two kinds of processes."""
    notes = {
        "disk": tables.rows_of(DISK)[0][0] / 2**20,
        "web": max(memory.resident_mb(pid) for pid in cpu.below(*place.site.pids("web"))),
        "tally": sum(memory.share_mb(pid) for pid in cpu.below(*place.site.pids("tally"))),
    }
    return Slot(f"size, {place.label}", 0.0, notes=notes)


def label_of(share: float) -> str:
    return f"{share * 100:g} %"


def keep(found: Rounds, scales: list[float]) -> None:
    """Beside what other runs found of other sizes."""
    path = settings.VAR / KEPT
    kept = json.loads(path.read_text()) if path.exists() else {}
    kept |= {label_of(share): figures_of(found, label_of(share)) for share in scales}
    path.write_text(json.dumps(kept, indent=1))
    sizes = sorted(kept, key=lambda label: float(label.split()[0]))
    (settings.VAR / CHART).write_text(chart.draw({size: kept[size] for size in sizes}))


def figures_of(found: Rounds, label: str) -> dict[str, float]:
    """Middles over the rounds, by what the chart calls them."""
    votes, read, size = (f"{what}, {label}" for what in ("votes", "list", "size"))

    def noted(name: str) -> Callable[[Slot], float]:
        return lambda slot: float(slot.notes[name])

    figures = {
        "votes": (votes, rate), "vote_ms": (votes, cpu_ms), "list_p95": (read, p95),
        "lag": (votes, lag_of), "disk": (size, noted("disk")), "web": (size, noted("web")),
        "tally": (size, noted("tally")),
    }  # fmt: skip
    return {name: median(found.values(slot, of)) for name, (slot, of) in figures.items()}


def lag_of(slot: Slot) -> float:
    return percentile(slot.lag_s, 0.99)


def yardstick_of(name: str) -> str:
    return name


def verdicts(found: Rounds) -> list[Verdict]:
    """Of the largest size beside the smallest."""
    labels = [name.partition(", ")[2] for name in found.names if name.startswith("size")]
    if len(labels) == 1:
        return []
    small, large = labels[0], labels[-1]
    refused = found.unsteady(f"votes, {small}", f"list, {small}")
    return [
        found.against(
            18, f"votes a second, {large} ÷ {small} of the load", f"votes, {large}",
            f"votes, {small}", rate, least=LEAST_VOTES, refused=refused,
        ),
        found.against(
            18, f"list p95, {large} ÷ {small} of the load", f"list, {large}", f"list, {small}", p95,
            most=MOST_WAIT, refused=refused,
        ),
    ]  # fmt: skip
