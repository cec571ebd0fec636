"""`bench embed`: what other sites show of us, kept in the store, beside a view that answers a word.

All go through the same server and its middleware. A second costs one look at the database, by one
reader for all.
"""

from collections.abc import Callable

from accounts.domain import keys
from accounts.enums import Scope
from accounts.models import Brand
from cocreate.bench import database, fill
from cocreate.bench.figures import Rounds, Slot, Verdict, not_measured, rate
from cocreate.bench.proxy import NO_PROXY, Proxy, proxy_before
from cocreate.bench.roads import get, road, warm_up
from cocreate.bench.site import Site
from ideas.models import Idea

IDEAS = 5_000
HOST = "https://host.invalid"
CONSTANT = "constant view"
FRAME = "frame of an idea"
CACHED, STATIC = "frame from nginx's cache", "file by nginx"
TARGET, TARGET_OF_PROXY = 0.69, 0.8
NOTE = "Frames and JSON by a widget's key, for many readers; the constant view is /healthz."


def run(
    site: Site, brand: Brand, *, rounds: int, seconds: float, tell: Callable[[str], None]
) -> Rounds:
    paths = paths_of(brand)
    requests = {name: ask(path) for name, path in paths.items()}
    postgres, found = database.server_pid(), Rounds()
    warm_up(site, requests.values())
    with proxy_before(site) as proxy:
        for number in range(rounds):
            tell(f"embed: round {number + 1} of {rounds}")
            slots = [road(name, site, asked, seconds, postgres) for name, asked in requests.items()]
            if proxy:
                slots += proxied(proxy, paths[FRAME], seconds)
            found.rounds.append({slot.name: slot for slot in slots})
    return found


def proxied(proxy: Proxy, path: str, seconds: float) -> list[Slot]:
    """The frame from nginx's own memory, beside the same bytes as a file."""
    file = proxy.keep_as_file(path, {"Host": "127.0.0.1", "Origin": HOST, "Accept-Language": "en"})
    return [
        proxy.road(CACHED, ask(path), seconds),
        proxy.road(STATIC, get(file), seconds, file=True),
    ]


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
        FRAME: f"/embed/v1/ideas/{code}/?{key}",
        "frame of a board": f"/embed/v1/brands/{brand.slug}/?{key}",
        "JSON of an idea": f"/api/v1/ideas/{code}/?{key}",
        "JSON of a board": f"/api/v1/brands/{brand.slug}/ideas/?{key}&limit=6",
    }


def ask(path: str) -> bytes:
    """As a browser on the host's page asks."""
    return get(path, f"Origin: {HOST}\r\nAccept-Language: en\r\n")


def yardstick_of(name: str) -> str:
    return CONSTANT


def verdicts(found: Rounds) -> list[Verdict]:
    refused = found.unsteady(CONSTANT)
    ours = [
        found.against(
            12, f"{name} ÷ {CONSTANT}", name, CONSTANT, rate, least=TARGET, refused=refused
        )
        for name in found.names
        if name not in {CONSTANT, CACHED, STATIC}
    ]  # fmt: skip
    return [*ours, through_proxy(found)]


def through_proxy(found: Rounds) -> Verdict:
    what = f"{CACHED} ÷ {STATIC}, answers per second of nginx's CPU"
    if CACHED not in found.names:
        return not_measured(12, what, NO_PROXY, TARGET_OF_PROXY, at_least=True)
    refused = found.unsteady(STATIC)
    return found.against(12, what, CACHED, STATIC, frugal, least=TARGET_OF_PROXY, refused=refused)


def frugal(slot: Slot) -> float:
    return 1e6 / max(slot.cpu_us["nginx"], 1e-3)
