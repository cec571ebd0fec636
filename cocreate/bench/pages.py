"""`bench pages`: what people open and press, beside a view that answers a word, and beside what
other products took for the same.
"""

from collections.abc import Callable, Iterator
from itertools import cycle
from random import Random

from cocreate.bench import database, fill, peers, vote
from cocreate.bench.figures import Rounds, Verdict, cpu_ms, p50, rate
from cocreate.bench.fill import Member
from cocreate.bench.roads import get, road, visit, warm_up
from cocreate.bench.site import CLIENTS, Site
from cocreate.lib.pages import DEFAULT_LIMIT
from ideas.models import Challenge, Idea

SMALL, MIDDLE, LARGE = SIZES = (20, 5_000, 50_000)
CONSTANT, IDEA = "constant view", "page of an idea"
ONE_PERSON = 1
FEWEST_MEMBERS, MOST_VOTES_PER_SECOND = 5_000, 1_500
OF_CONSTANT = 0.12
NOTE = (
    "Browsers' requests: all of their headers, for members the session too, each time another"
    " one's; votes are the form of a card, each new. The constant view is /healthz. Peers are"
    " constants of another hour on a like machine (cocreate/bench/peers.py): read their rows by"
    " the CPU time, which moves less than a rate."
)


def prepare(seconds: float) -> list[Member]:
    members = fill.create_members(max(FEWEST_MEMBERS, int(seconds * MOST_VOTES_PER_SECOND)))
    for size in SIZES:
        fill.admit_members(fill.brand_of(size), members)
    return members


def run(
    site: Site, members: list[Member], *, rounds: int, seconds: float, tell: Callable[[str], None]
) -> Rounds:
    postgres, found = database.server_pid(), Rounds()
    roads = dict(roads_of(members))
    grounds = {size: vote.ground_of(site, members, size) for size in SIZES}
    warm_up(site, (next(requests()) for requests, _clients in roads.values()))
    for number in range(rounds):
        tell(f"pages: round {number + 1} of {rounds}")
        slots = [
            road(name, site, requests(), seconds, postgres, clients)
            for name, (requests, clients) in roads.items()
        ]
        for size, ground in grounds.items():
            press = vote.by_page(ground.brand)
            slots.append(vote.road(vote_in(size), ground, press, seconds, hot=False))
        found.rounds.append({slot.name: slot for slot in slots})
    return found


Road = tuple[Callable[[], Iterator[bytes]], int]  # what is asked, and by how many at once


def roads_of(members: list[Member]) -> Iterator[tuple[str, Road]]:
    yield CONSTANT, (always(visit("/healthz")), CLIENTS)
    for size in SIZES:
        path = f"/api/v1/brands/bench-{size}/ideas/?sort=hot&limit={DEFAULT_LIMIT}"
        clients = CLIENTS if size == SMALL else ONE_PERSON
        yield list_of(size), (always(get(path)), clients)
    for size in (SMALL, LARGE):
        path = question_path(size)
        yield question_of(size), (always(visit(path)), CLIENTS)
        yield f"{question_of(size)}, signed in", (by_members(path, members), CLIENTS)
    paths = idea_paths(LARGE)
    yield IDEA, (lambda: (visit(path) for path in cycle(paths)), CLIENTS)


def always(request: bytes) -> Callable[[], Iterator[bytes]]:
    return lambda: cycle([request])


def by_members(path: str, members: list[Member]) -> Callable[[], Iterator[bytes]]:
    requests = [visit(path, member.session) for member in members]
    Random(1).shuffle(requests)  # noqa: S311 - any order will do
    return lambda: cycle(requests)


def question_path(size: int) -> str:
    challenge = Challenge.objects.get(brand=fill.brand_of(size))
    return f"/b/{challenge.brand.slug}/c/{challenge.slug}/"


def idea_paths(size: int) -> list[str]:
    """Of ideas that are asked for by the address they show."""
    ideas = Idea.objects.filter(brand=fill.brand_of(size)).order_by("?")[:200]
    return [f"/i/{idea.code}/{idea.slug}/" for idea in ideas]


def list_of(size: int) -> str:
    return f"API list of {size:,}"


def question_of(size: int) -> str:
    return f"question of {size:,}"


def vote_in(size: int) -> str:
    return f"page vote, {size:,} ideas"


def yardstick_of(name: str) -> str:
    return CONSTANT


def verdicts(found: Rounds) -> list[Verdict]:
    return [*of_fider(found), *of_pages(found), *of_quackback(found)]


def of_pages(found: Rounds) -> list[Verdict]:
    refused = found.unsteady(CONSTANT)
    return [
        found.against(
            17, f"question of {size:,} with 20 cards, signed in ÷ {CONSTANT}",
            f"{question_of(size)}, signed in", CONSTANT, rate, least=OF_CONSTANT, refused=refused,
        )
        for size in (SMALL, LARGE)
    ]  # fmt: skip


def of_fider(found: Rounds) -> Iterator[Verdict]:
    tiny = list_of(SMALL)
    yield found.beside_peer(
        9, "list of 20 ideas a second ÷ Fider", tiny, peers.FIDER_LIST_PER_SECOND, rate, least=3
    )
    yield found.beside_peer(
        9, "list of 20 ideas, CPU ms ÷ Fider", tiny, peers.FIDER_LIST_CPU_MS, cpu_ms, most=1 / 3
    )
    for size, times in ((MIDDLE, 100), (LARGE, 700)):
        yield found.beside_peer(
            10, f"list p50 of {size:,} ideas, one client ÷ Fider", list_of(size),
            peers.FIDER_LIST_MS[size], p50, most=1 / times,
        )  # fmt: skip
    for size, times in ((SMALL, 1.5), (MIDDLE, 5), (LARGE, 30)):
        yield found.beside_peer(
            11, f"member's votes a second, {size:,} ideas ÷ Fider", vote_in(size),
            peers.FIDER_VOTES_PER_SECOND[size], rate, least=times,
        )  # fmt: skip
        yield found.beside_peer(
            11, f"member's vote, CPU ms, {size:,} ideas ÷ Fider", vote_in(size),
            peers.FIDER_VOTE_CPU_MS[size], cpu_ms, most=1 / times,
        )  # fmt: skip


def of_quackback(found: Rounds) -> Iterator[Verdict]:
    for size, times in ((SMALL, 12), (LARGE, 90)):
        for who in ("", ", signed in"):
            name = f"{question_of(size)}{who}"
            yield found.beside_peer(
                19, f"{name}, a second ÷ Quackback", name,
                peers.QUACKBACK_BOARDS_PER_SECOND[size], rate, least=times,
            )  # fmt: skip
            yield found.beside_peer(
                19, f"{name}, CPU ms ÷ Quackback", name,
                peers.QUACKBACK_BOARD_CPU_MS[size], cpu_ms, most=1 / times,
            )  # fmt: skip
    yield found.beside_peer(
        20, "page of an idea a second ÷ Quackback", IDEA, peers.QUACKBACK_IDEAS_PER_SECOND, rate,
        least=12,
    )  # fmt: skip
    yield found.beside_peer(
        20, "member's vote, CPU ms ÷ Quackback", vote_in(LARGE), peers.QUACKBACK_VOTE_CPU_MS,
        cpu_ms, most=1 / 10,
    )  # fmt: skip
