"""`bench sorts`: the API's list in each order, for one reader: a large brand beside a small one,
and a far page beside the first.
"""

from collections.abc import Callable, Iterator

from cocreate.bench import database, fill
from cocreate.bench.figures import Rounds, Verdict, p50
from cocreate.bench.lists import FAR_PAGE, LARGE, MIDDLE
from cocreate.bench.roads import get, road, warm_up
from cocreate.bench.site import Site
from cocreate.lib.pages import DEFAULT_LIMIT, LARGEST_LIMIT
from ideas.domain.lists import ideas_page
from ideas.enums import Sort

SORTS = [sort for sort in Sort if sort != Sort.UNSEEN]  # which shows what one has not voted on
SHORT = 0.5  # seconds are enough for one reader's median
ONE_PERSON = 1
SIZES = (MIDDLE, LARGE)
NOTE = (
    "20 ideas as JSON for one program with a brand's key, which asks without pause; far: page"
    f" {FAR_PAGE:,}."
)


def prepare(seconds: float) -> None:
    for size in SIZES:
        fill.brand_of(size)


def run(
    site: Site, prepared: None, *, rounds: int, seconds: float, tell: Callable[[str], None]
) -> Rounds:
    asked = dict(requests_of())
    postgres, found = database.server_pid(), Rounds()
    warm_up(site, asked.values())
    for number in range(rounds):
        tell(f"sorts: round {number + 1} of {rounds}")
        slots = [
            road(name, site, request, min(seconds, SHORT), postgres, ONE_PERSON)
            for name, request in asked.items()
        ]
        found.rounds.append({slot.name: slot for slot in slots})
    return found


def requests_of() -> Iterator[tuple[str, bytes]]:
    keys = {size: fill.reading_key(fill.brand_of(size)) for size in SIZES}
    for sort in SORTS:
        for size in SIZES:
            path = f"/api/v1/brands/bench-{size}/ideas/?sort={sort.value}&limit={DEFAULT_LIMIT}"
            yield of_size(sort, size), get(path, keys[size])
        yield far(sort), get(f"{path}&cursor={cursor_of(sort)}", keys[LARGE])


def cursor_of(sort: Sort) -> str:
    """Of the far page, found by turning the pages before it, large ones."""
    brand, cursor = fill.brand_of(LARGE), ""
    for _n in range((FAR_PAGE - 1) * DEFAULT_LIMIT // LARGEST_LIMIT):
        cursor = ideas_page(brand=brand, sort=sort, cursor=cursor, limit=LARGEST_LIMIT).next or ""
    return cursor


def of_size(sort: Sort, size: int) -> str:
    return f"{sort.value} of {size:,}"


def far(sort: Sort) -> str:
    return f"{sort.value}, far"


def yardstick_of(name: str) -> str:
    sort = Sort(name.partition(" ")[0].rstrip(","))
    return of_size(sort, LARGE if name.endswith("far") else MIDDLE)


def verdicts(found: Rounds) -> Iterator[Verdict]:
    for sort in SORTS:
        small, large = of_size(sort, MIDDLE), of_size(sort, LARGE)
        refused = found.unsteady(small, large)
        yield found.against(
            7, f"{sort.value}: p50 for one reader, {LARGE:,} ÷ {MIDDLE:,} ideas", large, small, p50,
            most=1.15, refused=refused,
        )  # fmt: skip
        yield found.against(
            7, f"{sort.value}: p50 for one reader, page {FAR_PAGE:,} ÷ page 1", far(sort), large,
            p50, most=1.3, refused=refused,
        )  # fmt: skip
