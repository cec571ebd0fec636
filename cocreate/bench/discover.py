"""`bench discover`: a list that is read from a version, beside its own SQL, and how long writing
one takes.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cocreate.bench import cpu, database, fill, lists
from cocreate.bench.figures import Rounds, Slot, Verdict, p50, rate
from cocreate.bench.roads import road, warm_up
from cocreate.bench.site import Site
from cocreate.bench.yardstick import script_of
from cocreate.lib.pages import DEFAULT_LIMIT, encode
from ideas.domain import orders
from ideas.domain.lists import ideas_page
from ideas.enums import Sort
from ideas.models import Challenge

MIDDLE, LARGE = SIZES = (5_000, 50_000)
FAR_PAGE = lists.FAR_PAGE
MOST_SECONDS = 6.0  # a tenth of a minute, at most once a minute
NOTE = (
    "20 ideas of a question by discover. API: by a brand's key; visitors' API: kept; page: for"
    " visitors; pgbench: the statement that they send. Writing a version of"
    f" {LARGE:,} ideas places each of them in three orders; the rate is how many could be written"
    f" a second, one after the other. The far page of {MIDDLE:,} ideas is the last."
)


@dataclass(frozen=True)
class Target:
    """A page of a challenge's list."""

    name: str
    challenge: Challenge
    cursor: str = ""


def prepare(seconds: float) -> None:
    for size in SIZES:
        fill.brand_of(size)


def run(
    site: Site, prepared: None, *, rounds: int, seconds: float, tell: Callable[[str], None]
) -> Rounds:
    targets, postgres, found = targets_of(), database.server_pid(), Rounds()
    scripts = {target.name: script_of(*statement(target)) for target in targets}
    asked = {target.name: requests(target) for target in targets}
    for requests_of_one in asked.values():
        warm_up(site, requests_of_one.values())
    for number in range(rounds):
        tell(f"discover: round {number + 1} of {rounds}")
        slots = [writing(postgres)]
        for target in targets:
            slots.append(lists.yardstick(target.name, *scripts[target.name], seconds, postgres))
            for name, request in asked[target.name].items():
                slots.append(road(name, site, request, seconds, postgres))
        found.rounds.append({slot.name: slot for slot in slots})
    return found


def targets_of() -> list[Target]:
    """The first and a far page at each size, of versions that are there."""
    targets = []
    for size in SIZES:
        challenge = challenge_of(size)
        page = min(FAR_PAGE, size // DEFAULT_LIMIT)
        far = encode(Sort.DISCOVER, 1, (page - 1) * DEFAULT_LIMIT, "")
        targets.append(Target(f"{size:,} ideas", challenge))
        targets.append(Target(f"{size:,} ideas, page {page:,}", challenge, far))
    return targets


def challenge_of(size: int) -> Challenge:
    return Challenge.objects.select_related("brand").get(brand=fill.brand_of(size))


def writing(postgres: int | None) -> Slot:
    """One more version of the large list, as Celery writes it."""
    challenge = challenge_of(LARGE)
    spent, begun = cpu.seconds(postgres) if postgres else 0.0, time.perf_counter()
    orders.rebuild(orders.List(challenge.brand_id, challenge.pk))
    seconds = time.perf_counter() - begun
    cost = (cpu.seconds(postgres) - spent) * 1e6 if postgres else 0.0
    return Slot(WRITING, 1 / seconds, 1 / seconds, cpu_us={"postgres": cost})


WRITING = f"writing a version, {LARGE:,} ideas"


def statement(target: Target) -> tuple[str, dict[str, Any]]:
    with lists.recorded() as sent:
        ideas_page(
            brand=target.challenge.brand, challenge=target.challenge, sort=Sort.DISCOVER,
            cursor=target.cursor,
        )  # fmt: skip
    return sent[-1]


def requests(target: Target) -> dict[str, bytes]:
    brand, slug = target.challenge.brand.slug, target.challenge.slug
    cursor = f"&cursor={target.cursor}" if target.cursor else ""
    api = f"/api/v1/brands/{brand}/ideas/?challenge={slug}&sort=discover{cursor}"
    page = f"/b/{brand}/c/{slug}/?sort=discover{cursor}"
    return lists.by_all(target.name, target.challenge.brand, api, page)


def yardstick_of(name: str) -> str:
    return lists.yardstick_of(name)


def verdicts(found: Rounds) -> list[Verdict]:
    large, middle = f"{LARGE:,} ideas", f"{MIDDLE:,} ideas"
    far = f"{large}, page {FAR_PAGE:,}"
    refused = found.unsteady(f"pgbench, {large}", f"pgbench, {middle}", f"pgbench, {far}")
    sizes = [
        found.against(
            7, f"{kind} p50, discover, {LARGE:,} ÷ {MIDDLE:,} ideas", f"{kind}, {large}",
            f"{kind}, {middle}", p50, most=1.15, refused=refused,
        )
        for kind in ("API", "page")
    ]  # fmt: skip
    pages = [
        found.against(
            7, f"{kind} p50, discover, page {FAR_PAGE:,} ÷ page 1", f"{kind}, {far}",
            f"{kind}, {large}", p50, most=1.3, refused=refused,
        )
        for kind in ("API", "page")
    ]  # fmt: skip
    against = found.against(
        8, f"API list ÷ pgbench, discover, {large}", f"API, {large}", f"pgbench, {large}", rate,
        least=0.34, refused=refused,
    )  # fmt: skip
    seconds = found.values(WRITING, lambda slot: 1 / slot.per_second)
    written = found.alone(
        7, f"seconds to write a version of {LARGE:,}", seconds, most=MOST_SECONDS,
        refused=found.unsteady(),
    )  # fmt: skip
    return [*sizes, *pages, against, written]
