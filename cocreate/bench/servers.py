"""`bench servers`: the same pages by other web servers, as far as they are installed here.

The product needs one of them (docs/decisions/0002). The others are for this comparison alone:
`pip install --target FOLDER gunicorn uvicorn`, and FOLDER in PYTHONPATH.
"""

import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from itertools import cycle

from accounts.domain import keys
from accounts.enums import Scope
from cocreate.bench import cpu, database, fill, memory, pages, vote
from cocreate.bench.figures import Rounds, Slot, Verdict
from cocreate.bench.options import Options
from cocreate.bench.roads import get, road, visit, warm_up
from cocreate.bench.site import Site, running_site
from cocreate.embedded.up import WEB_THREADS, WEB_WORKERS, web
from ideas.models import Idea

IDEAS, PEOPLE = 5_000, 20_000
GUNICORN = ("gunicorn", "cocreate.wsgi:application", f"--workers={WEB_WORKERS}")
FACTORY = ("django.core.asgi:get_asgi_application", "--factory", f"--workers={WEB_WORKERS}")
OURS = "granian, threads"
NOTE = (
    "Two workers each, eight threads where there are threads, all middleware, 8 clients that keep"
    " their connection where the server does. Memory is that of all its processes together."
)


def gunicorn(*options: str) -> Callable[[str, int], list[str]]:
    return lambda host, port: _python(*GUNICORN, f"--bind={host}:{port}", *options)


def asgi(module: str, *options: str) -> Callable[[str, int], list[str]]:
    return lambda host, port: _python(
        module, *FACTORY, f"--host={host}", f"--port={port}", *options
    )


def _python(module: str, *options: str) -> list[str]:
    return [sys.executable, "-m", module, *options]


# By what they are called, with the package that each needs.
SERVERS: dict[str, tuple[str, Callable[[str, int], list[str]]]] = {
    OURS: ("granian", web),
    "gunicorn, threads": ("gunicorn", gunicorn("-kgthread", f"--threads={WEB_THREADS}")),
    "gunicorn, sync": ("gunicorn", gunicorn("-ksync")),
    "granian, ASGI": ("granian", asgi("granian", "--interface=asgi", "--log-level=error")),
    "uvicorn, ASGI": ("uvicorn", asgi("uvicorn", "--log-level=error")),
}


def run(options: Options) -> Rounds:
    found = Rounds()
    there = {name: start for name, (package, start) in SERVERS.items() if find_spec(package)}
    for name in SERVERS.keys() - there.keys():
        options.tell(f"servers: {name} is not installed")
    with database.own_database() as url:
        members = prepare()
        for number in range(options.rounds):
            options.tell(f"servers: round {number + 1} of {options.rounds}")
            slots: list[Slot] = []
            for name, start in there.items():
                with running_site(url, start) as site:
                    slots += measured(name, site, members, options.seconds)
            found.rounds.append({slot.name: slot for slot in slots})
    return found


def prepare() -> list[fill.Member]:
    members = fill.create_members(PEOPLE)
    brand = fill.brand_of(IDEAS)
    fill.admit_members(brand, members)
    fill.name_members(brand, members)
    fill.count_afresh()
    database.vacuum()
    return members


def measured(server: str, site: Site, members: list[fill.Member], seconds: float) -> Iterator[Slot]:
    postgres = database.server_pid()
    ground = vote.ground_among_known(site, members, IDEAS)
    asked = dict(requests_of(members))
    warm_up(site, asked.values())
    for name, request in asked.items():
        yield road(f"{server}: {name}", site, cycle([request]), seconds, postgres)
    token = vote.by_token(ground.widget)
    yield vote.road(f"{server}: vote", ground, token, seconds, hot=False)
    held = sum(memory.share_mb(pid) for pid in cpu.below(*site.pids("web")))
    yield memory.held(f"{server}: memory", held)


def requests_of(members: list[fill.Member]) -> Iterator[tuple[str, bytes]]:
    brand = fill.brand_of(IDEAS)
    widget = [Scope.WIDGET]
    key = keys.create_key(brand=brand, scopes=widget, origins=[vote.HOST], rate=0, actor=None)[1]
    code = Idea.objects.filter(brand=brand).order_by("id").values_list("code", flat=True)[0]
    yield "constant view", get("/healthz")
    path = f"/api/v1/brands/{brand.slug}/ideas/?sort=hot&limit=20"
    yield "list, JSON", get(path, fill.reading_key(brand))
    yield "question, signed in", visit(pages.question_path(IDEAS), members[0].session)
    yield "frame of an idea", get(f"/embed/v1/ideas/{code}/?key={key}", f"Origin: {vote.HOST}\r\n")


def yardstick_of(name: str) -> str:
    """The product's own server, asked for the same."""
    return f"{OURS}: {name.partition(': ')[2]}"


def verdicts(found: Rounds) -> list[Verdict]:
    """None: it is a choice, with reasons beside speed (docs/decisions/0002)."""
    return []
