"""`bench vote`: every road on which a vote comes, beside pgbench calling the same function.

A vote that is there already costs less than a new one, so every (voter, idea) is used once and what
counts is rows of the ledger. The token is that of a widget's session, and its people are known. At
the end every answer must have its row, and every counter must be what the rows say.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random

from django.conf import settings
from django.db.models import Max

from accounts.domain import keys, widgets
from accounts.enums import Scope
from accounts.models import ApiKey, Brand
from cocreate.bench import cpu, database, figures, fill
from cocreate.bench.figures import Rounds, Slot, Verdict, cpu_ms, p99, rate
from cocreate.bench.fill import Member
from cocreate.bench.lag import Lag
from cocreate.bench.roads import CSRF, notes_of, press
from cocreate.bench.site import CLIENTS, Site
from cocreate.bench.yardstick import pgbench
from ideas.domain import tally
from ideas.domain.votes import AS_USER, BY_WIDGET, ON_BEHALF
from ideas.models import Idea, VoteEvent

IDEAS = 50_000
MOST_VOTES_PER_SECOND = 5_000  # of one road: so many requests are made ready
FEWEST_MEMBERS = 20_000
SETTLE_WITHIN = 30.0
NOTE = (
    "token: that of a widget's session, good for ten minutes, presented by the host's page."
    " page: the form of a list, sent by its script with session and CSRF token, answered with the"
    " control. session: the API with the same two."
)
BODY = b'{"value": 1}'
TRIES = 100
MANY = 200  # people at once
CROWD = f"token, one idea, {MANY} at once"
NEW, SHOWN = "201", "200"  # the API says that a vote is new, a page shows the control
OWN, BEHALF, WIDGET = "pgbench, a member's vote", "pgbench, on behalf", "pgbench, by widget"
HOST = "https://host.invalid"
SESSION_SECONDS = 6 * 3600  # of the bench: its rounds may take longer than a session

Request = Callable[[Member, int, int], bytes]  # who, which idea, a number used once


@dataclass
class Ground:
    """The brand that is voted in."""

    site: Site
    brand: Brand
    members: list[Member]
    first_idea: int
    key: ApiKey
    secret: str
    widget: ApiKey
    postgres: int | None
    chance: Random
    ideas: int
    used: int = 0
    asked: set[tuple[int, int]] = field(default_factory=set)

    def any_idea(self) -> int:
        return self.first_idea + self.chance.randrange(self.ideas)

    def new_to(self, member: Member) -> int:
        """Any idea on which this member has not been made to vote, where one is soon found."""
        idea = self.any_idea()
        for _n in range(TRIES):
            if (member.id, idea) not in self.asked:
                break
            idea = self.any_idea()
        self.asked.add((member.id, idea))
        return idea


def run(
    site: Site, members: list[Member], *, rounds: int, seconds: float, tell: Callable[[str], None]
) -> Rounds:
    ground = ground_of(site, members)
    token = by_token(ground.widget)
    roads: dict[str, Request] = {
        "token": token,
        "page": by_page(ground.brand),
        "session": by_session,
        "on behalf": on_behalf(ground.secret),
    }
    warm_up(ground, roads)
    found = Rounds()
    for number in range(rounds):
        tell(f"vote: round {number + 1} of {rounds}")
        slots = [yardstick(WIDGET, ground, widget_script(ground), seconds)]
        slots.append(yardstick(OWN, ground, own_script(ground), seconds))
        slots.append(yardstick(BEHALF, ground, behalf_script(ground), seconds))
        for name, request in roads.items():
            slots.append(road(f"{name}, spread", ground, request, seconds, hot=False))
            slots.append(road(f"{name}, one idea", ground, request, seconds, hot=True))
        slots.append(road(CROWD, ground, token, seconds, hot=True, clients=MANY))
        found.rounds.append({slot.name: slot for slot in slots})
    found.differences = [str(difference) for difference in tally.verify()]
    return found


def prepare(seconds: float) -> list[Member]:
    """Before the site starts: the fold would count the same rows meanwhile."""
    brand = fill.brand_of(IDEAS)
    members = fill.create_members(max(FEWEST_MEMBERS, int(seconds * MOST_VOTES_PER_SECOND)))
    fill.admit_members(brand, members)
    return members


def ground_of(site: Site, members: list[Member], ideas: int = IDEAS) -> Ground:
    """With members whom the host names for the first time."""
    fill.name_members(fill.brand_of(ideas), members)
    return ground_among_known(site, members, ideas)


def ground_among_known(site: Site, members: list[Member], ideas: int) -> Ground:
    brand = fill.brand_of(ideas)
    key, secret, _none = keys.create_key(
        brand=brand, scopes=[Scope.READ, Scope.VOTE], origins=[], rate=0, actor=None
    )
    widget = keys.create_key(
        brand=brand, scopes=[Scope.WIDGET], origins=[HOST], rate=0, actor=None
    )[0]
    first = Idea.objects.filter(brand=brand).order_by("id").values_list("id", flat=True)[0]
    chance = Random(widget.pk)  # noqa: S311 - made-up votes
    postgres = database.server_pid()
    return Ground(site, brand, members, first, key, secret, widget, postgres, chance, ideas)


def warm_up(ground: Ground, roads: dict[str, Request]) -> None:
    """Connections, prepared statements and caches of every worker; not measured."""
    for request in roads.values():
        ground.site.send(requests(ground, request, hot=False, most=400), 1.0)
    settle()


def by_token(widget: ApiKey) -> Request:
    """As the host's page sends it; the sessions are ready, as those of votes before this one."""

    def request(member: Member, idea: int, number: int) -> bytes:
        headers = widget_headers(widget, fill.name_of(member))
        return put(fill.code_of(idea), headers, BODY)

    return request


def widget_headers(widget: ApiKey, person: str) -> str:
    """Of somebody whom the host's page has named."""
    ends = int(time.time()) + SESSION_SECONDS
    session = widgets.Session(
        widget.pk, widget.brand_id, widget.prefix, person, None, "", HOST, ends
    )
    return f"Origin: {HOST}\r\nAuthorization: Bearer {widgets.issue(session)}"


def by_session(member: Member, idea: int, number: int) -> bytes:
    session, csrf = settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME
    cookies = f"Cookie: {session}={member.session}; {csrf}={CSRF}"
    return put(fill.code_of(idea), f"{cookies}\r\nX-CSRFToken: {CSRF}", BODY)


def by_page(brand: Brand) -> Request:
    """As the script of a list sends the form of one of its cards."""
    back = f"/b/{brand.slug}/"

    def request(member: Member, idea: int, number: int) -> bytes:
        path = f"/i/{fill.code_of(idea)}/vote/"
        return press(path, member.session, {"next": back, "value": "1"})

    return request


def on_behalf(secret: str) -> Request:
    def request(member: Member, idea: int, number: int) -> bytes:
        body = b'{"value": 1, "voter": {"external_id": "w%d"}}' % number
        return put(fill.code_of(idea), f"Authorization: Bearer {secret}", body)

    return request


def put(code: str, headers: str, body: bytes) -> bytes:
    head = (
        f"PUT /api/v1/ideas/{code}/vote/ HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def requests(ground: Ground, request: Request, *, hot: bool, most: int) -> Iterator[bytes]:
    """Each by another member; on one idea that nobody has voted on, or each on any of many."""
    one = ground.any_idea()
    for _n in range(min(most, len(ground.members))):
        member = ground.members[ground.used % len(ground.members)]
        ground.used += 1
        yield request(member, one if hot else ground.new_to(member), ground.used)


def road(
    name: str,
    ground: Ground,
    request: Request,
    seconds: float,
    *,
    hot: bool,
    clients: int = CLIENTS,
) -> Slot:
    most = int(seconds * MOST_VOTES_PER_SECOND)
    ready = list(requests(ground, request, hot=hot, most=most))
    last, before = last_row(), usage(ground)
    with Lag() as lag:
        done = ground.site.send(ready, seconds, clients)
    after = usage(ground)
    new = rows_behind(last)
    settle()
    spent = {part: (after[part] - before[part]) / max(new, 1) * 1e6 for part in after}
    notes = notes_of(done) | {"ledger_rows": new}
    return Slot(
        name=name, per_second=new / done["seconds"],
        requests_per_second=done["requests"] / done["seconds"], p50_ms=done["p50_ms"],
        p99_ms=done["p99_ms"], cpu_us=spent, lag_s=lag.seconds, notes=notes,
    )  # fmt: skip


def yardstick(name: str, ground: Ground, script: str, seconds: float) -> Slot:
    last, before = last_row(), usage(ground)
    done = pgbench(script, seconds)
    after = usage(ground)
    new = rows_behind(last)
    settle()
    spent = (after["postgres"] - before["postgres"]) / max(new, 1) * 1e6
    rate = new / (done.transactions / done.per_second)
    notes = {"requests": done.transactions, "ledger_rows": new}
    return Slot(name, rate, done.per_second, cpu_us={"postgres": spent}, notes=notes)


def own_script(ground: Ground) -> str:
    """The statement of ideas.domain.votes, by any member on any idea."""
    query = AS_USER
    for value in (fill.CODE_IN_SQL.format(id=":idea"), ":member", "1"):
        query = query.replace("%s", value, 1)
    return f"{any_member(ground)}{any_idea(ground)}{query};\n"


def widget_script(ground: Ground) -> str:
    """As above, for a person whom the host has named."""
    query, named = BY_WIDGET, f"({fill.NAME_IN_SQL.format(id=':member')})"
    values = [fill.CODE_IN_SQL.format(id=":idea"), str(ground.widget.pk), named, "NULL", "''", "1"]
    for value in values:
        query = query.replace("%s", value, 1)
    return f"{any_member(ground)}{any_idea(ground)}{query};\n"


def behalf_script(ground: Ground) -> str:
    """As above, for somebody new each time. pgbench takes a colon in a text for a variable."""
    query, actor = ON_BEHALF, f"'key' || chr(58) || '{ground.key.prefix}'"
    values = [fill.CODE_IN_SQL.format(id=":idea"), str(ground.brand.pk), str(ground.key.pk), actor]
    for value in (*values, "('y' || :person::text)", "NULL", "''", "1"):
        query = query.replace("%s", value, 1)
    return f"\\set person random(1, 1000000000000)\n{any_idea(ground)}{query};\n"


def any_member(ground: Ground) -> str:
    return f"\\set member random({ground.members[0].id}, {ground.members[-1].id})\n"


def any_idea(ground: Ground) -> str:
    return f"\\set idea random({ground.first_idea}, {ground.first_idea + ground.ideas - 1})\n"


def usage(ground: Ground) -> dict[str, float]:
    postgres = cpu.seconds(ground.postgres) if ground.postgres else 0.0
    return ground.site.cpu_seconds() | {"postgres": postgres}


def last_row() -> int:
    """Of the ledger; to be asked while nobody votes."""
    return VoteEvent.objects.aggregate(last=Max("seq"))["last"] or 0


def rows_behind(last: int) -> int:
    return VoteEvent.objects.filter(seq__gt=last).count()


def settle() -> None:
    """Until the tally worker has counted every vote, so that no slot pays for the one before."""
    give_up = time.monotonic() + SETTLE_WITHIN
    while tally.waiting()[0]:
        if time.monotonic() > give_up:
            raise database.CannotBench(f"The tally did not settle within {SETTLE_WITHIN:.0f} s.")
        time.sleep(0.05)


def yardstick_of(name: str) -> str:
    """pgbench calling the same function as this road."""
    return BEHALF if "on behalf" in name else WIDGET if "token" in name else OWN


def verdicts(found: Rounds) -> list[Verdict]:
    refused = found.unsteady(OWN, WIDGET)
    lags = [figures.percentile(each["token, spread"].lag_s, 0.99) for each in found.rounds]
    hot, spread = "token, one idea", "token, spread"
    return [
        found.against(
            1, "widget vote ÷ pgbench", spread, WIDGET, rate, least=0.26, refused=refused
        ),
        found.against(
            2, "member's vote in a page ÷ pgbench", "page, spread", OWN, rate, least=0.18,
            refused=refused,
        ),
        found.alone(
            3, "CPU ms per widget vote", found.values(spread, cpu_ms), most=1.0, refused=refused
        ),
        found.against(
            4, "widget vote, one idea ÷ spread", hot, spread, rate, least=0.95, refused=refused
        ),
        found.against(
            4, "widget vote p99, one idea ÷ spread", hot, spread, p99, most=1.2, refused=refused
        ),
        exact(found),
        found.alone(6, "tally lag p99, seconds", lags, most=0.5, refused=refused),
    ]  # fmt: skip


def exact(found: Rounds) -> Verdict:
    """However unsteady the machine was: this is no matter of speed."""
    wrong = [
        sum(abs(answered(s) - s.notes["ledger_rows"]) for s in each.values() if is_road(s))
        for each in found.rounds
    ]
    wrong[-1] += len(found.differences)
    return found.alone(
        5, "votes answered without a row, rows without an answer, wrong counters", wrong, most=0
    )


def is_road(slot: Slot) -> bool:
    return "statuses" in slot.notes


def answered(slot: Slot) -> int:
    taken = SHOWN if slot.name.startswith("page") else NEW
    return int(slot.notes["statuses"].get(taken, 0))
