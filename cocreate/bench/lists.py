"""`bench list`: the API's list and the brand's page at three sizes, beside their own SQL."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg

from accounts.models import Brand
from cocreate.bench import cpu, database, fill
from cocreate.bench.figures import Rounds, Slot, Verdict, p50, rate
from cocreate.bench.roads import get, road, warm_up
from cocreate.bench.site import Site
from cocreate.bench.yardstick import pgbench, script_of
from cocreate.lib.pages import DEFAULT_LIMIT, encode
from ideas.domain.lists import ideas_page
from ideas.enums import Sort
from ideas.models import Score

SMALL, MIDDLE, LARGE = SIZES = (20, 5_000, 50_000)
FAR_PAGE = 1_000
NOTE = (
    "20 ideas by hot. API: by a brand's key, made for each who asks; visitors' API: kept, and"
    " looked after each second; page: for visitors; pgbench: the statement that they send."
)


@dataclass(frozen=True)
class Target:
    """A page of a brand's list."""

    name: str
    brand: Brand
    cursor: str


def run(
    site: Site, prepared: None, *, rounds: int, seconds: float, tell: Callable[[str], None]
) -> Rounds:
    targets = [Target(f"{size:,} ideas", fill.brand_of(size), "") for size in SIZES]
    large = fill.brand_of(LARGE)
    targets.append(Target(f"{LARGE:,} ideas, page {FAR_PAGE:,}", large, cursor_of(large)))
    postgres, found = database.server_pid(), Rounds()
    scripts = {target.name: script_of(*statement(target)) for target in targets}
    asked = {target.name: requests(target) for target in targets}
    for requests_of_one in asked.values():
        warm_up(site, requests_of_one.values())
    for number in range(rounds):
        tell(f"list: round {number + 1} of {rounds}")
        slots = []
        for target in targets:
            slots.append(yardstick(target.name, *scripts[target.name], seconds, postgres))
            for name, request in asked[target.name].items():
                slots.append(road(name, site, request, seconds, postgres))
        found.rounds.append({slot.name: slot for slot in slots})
    return found


def prepare(seconds: float) -> None:
    for size in SIZES:
        fill.brand_of(size)


def cursor_of(brand: Brand) -> str:
    """Behind the last idea of page 999."""
    rows = Score.objects.filter(brand=brand, listed=True).order_by(
        "-brand_hot", "created_at", "code"
    )
    last = rows[(FAR_PAGE - 1) * DEFAULT_LIMIT - 1]
    return encode(Sort.HOT, last.brand_hot, last.created_at.isoformat(), last.code)


def statement(target: Target) -> tuple[str, dict[str, Any]]:
    """What the product itself sends to PostgreSQL for this page."""
    with recorded() as sent:
        ideas_page(brand=target.brand, sort=Sort.HOT, cursor=target.cursor)
    return sent[-1]


@contextmanager
def recorded() -> Iterator[list[tuple[str, dict[str, Any]]]]:
    """Queries with named parameters that psycopg's own cursors execute meanwhile."""
    sent: list[tuple[str, dict[str, Any]]] = []

    class Recorder(psycopg.Cursor[Any]):
        def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
            sent.append((query, params))
            return super().execute(query, params, **options)

    original = psycopg.Cursor
    psycopg.Cursor = Recorder  # type: ignore[misc]
    try:
        yield sent
    finally:
        psycopg.Cursor = original  # type: ignore[misc]


def requests(target: Target) -> dict[str, bytes]:
    cursor = f"cursor={target.cursor}" if target.cursor else ""
    api = f"/api/v1/brands/{target.brand.slug}/ideas/?sort=hot&limit={DEFAULT_LIMIT}&{cursor}"
    page = f"/b/{target.brand.slug}/?{cursor}"
    return by_all(target.name, target.brand, api.rstrip("&"), page.rstrip("?"))


def by_all(name: str, brand: Brand, api: str, page: str) -> dict[str, bytes]:
    """A page of a list, as each kind of reader asks for it. No more than the first one is kept."""
    kept = {} if "cursor=" in api else {f"visitors' API, {name}": get(api)}
    by_key = get(api, fill.reading_key(brand))
    return {f"API, {name}": by_key, f"page, {name}": get(page)} | kept


def yardstick(
    name: str, script: str, values: dict[str, str], seconds: float, postgres: int | None
) -> Slot:
    """`name`: of the target, whose own statement the script is."""
    before = cpu.seconds(postgres) if postgres else 0.0
    done = pgbench(script, seconds, values)
    spent = (cpu.seconds(postgres) if postgres else 0.0) - before
    cost = {"postgres": spent / max(done.transactions, 1) * 1e6}
    return Slot(f"pgbench, {name}", done.per_second, done.per_second, cpu_us=cost)


def yardstick_of(name: str) -> str:
    return "pgbench, " + name.partition(", ")[2]


def verdicts(found: Rounds) -> list[Verdict]:
    large, middle = f"{LARGE:,} ideas", f"{MIDDLE:,} ideas"
    far = f"{large}, page {FAR_PAGE:,}"
    refused = found.unsteady(f"pgbench, {large}", f"pgbench, {middle}", f"pgbench, {far}")
    sizes = [
        found.against(
            7, f"{kind} p50, hot, {LARGE:,} ÷ {MIDDLE:,} ideas", f"{kind}, {large}",
            f"{kind}, {middle}", p50, most=1.15, refused=refused,
        )
        for kind in ("API", "page")
    ]  # fmt: skip
    pages = [
        found.against(
            7, f"{kind} p50, hot, page {FAR_PAGE:,} ÷ page 1", f"{kind}, {far}",
            f"{kind}, {large}", p50, most=1.3, refused=refused,
        )
        for kind in ("API", "page")
    ]  # fmt: skip
    against = [
        found.against(
            8, f"{kind} list ÷ pgbench, hot, {size}", f"{kind}, {size}", f"pgbench, {size}", rate,
            least=0.34, refused=refused,
        )
        for kind in ("API", "visitors' API")
        for size in (middle, large)
    ]  # fmt: skip
    return [*sizes, *pages, *against]
