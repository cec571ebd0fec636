"""`bench memory`: what the processes of the site hold once everything has been asked of them."""

from collections.abc import Callable
from pathlib import Path

from cocreate.bench import cpu, database, fill, lists, pages, peers, vote
from cocreate.bench.figures import Rounds, Slot, Verdict
from cocreate.bench.fill import Member
from cocreate.bench.roads import get, road, visit
from cocreate.bench.site import Site

SIZE = lists.LARGE
WEB, TALLY = "web worker", "tally worker"
MOST_WEB_MB, MOST_TALLY_MB = 150.0, 200.0
OF_PEER = 0.28
NOTE = (
    "Resident megabytes after pages, lists and votes. Web worker: the largest. Tally worker: all"
    " of its processes, what they share counted once."
)


def prepare(seconds: float) -> list[Member]:
    members = fill.create_members(max(2_000, int(seconds * pages.MOST_VOTES_PER_SECOND)))
    fill.admit_members(fill.brand_of(SIZE), members)
    return members


def run(
    site: Site, members: list[Member], *, rounds: int, seconds: float, tell: Callable[[str], None]
) -> Rounds:
    found, postgres = Rounds(), database.server_pid()
    ground = vote.ground_of(site, members, SIZE)
    page = visit(pages.question_path(SIZE), members[0].session)
    for number in range(rounds):
        tell(f"memory: round {number + 1} of {rounds}")
        slots = [
            road("page", site, page, seconds, postgres),
            road("list", site, get(f"/api/v1/brands/bench-{SIZE}/ideas/"), seconds, postgres),
            vote.road("token", ground, vote.by_token(ground.widget), seconds, hot=False),
            held(WEB, max(resident_mb(pid) for pid in cpu.below(*site.pids("web")))),
            held(TALLY, sum(share_mb(pid) for pid in cpu.below(*site.pids("tally")))),
        ]
        found.rounds.append({slot.name: slot for slot in slots})
    return found


def held(name: str, megabytes: float) -> Slot:
    return Slot(name, 0.0, notes={"mb": megabytes})


def resident_mb(pid: int) -> float:
    return _field(Path(f"/proc/{pid}/status"), "VmRSS:")


def share_mb(pid: int) -> float:
    """Pages that several processes hold are divided among them."""
    return _field(Path(f"/proc/{pid}/smaps_rollup"), "Pss:")


def _field(path: Path, name: str) -> float:
    """0 where the process has just ended."""
    try:
        lines = path.read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith(name)), 0.0)


def yardstick_of(name: str) -> str:
    return "page"


def megabytes(slot: Slot) -> float:
    return float(slot.notes["mb"])


def verdicts(found: Rounds) -> list[Verdict]:
    return [
        found.beside_peer(
            21, "MB of a web worker ÷ Quackback", WEB, peers.QUACKBACK_RESIDENT_MB, megabytes,
            most=OF_PEER, timed=False,
        ),
        found.alone(21, "MB of a web worker", found.values(WEB, megabytes), most=MOST_WEB_MB),
        found.alone(
            21, "MB of the tally worker", found.values(TALLY, megabytes), most=MOST_TALLY_MB
        ),
    ]  # fmt: skip
