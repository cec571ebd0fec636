"""What a team narrows its list to. It lives in the query of the address, so that it survives
paging, an idea's page, and the way back.
"""

from copy import copy
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.domain import teams
from accounts.models import Brand, Membership
from accounts.models.user import HANDLE_SHAPE
from ideas.access import challenges_of
from ideas.domain.challenges import state_of
from ideas.domain.lists import default_sort
from ideas.domain.narrowing import SHOWS_COUNTS, Filters
from ideas.domain.search import LONGEST_SEARCH
from ideas.domain.statuses import Graph
from ideas.models import Challenge
from ideas.models.status import STATUS_LENGTH
from web.sorts import wanted_sort

KEPT = ("q", "challenge", "status", "owner", "unanswered", "reported", "hidden", "sort")
NAMES = (*KEPT, "cursor", "from")  # what a saved view keeps, and where one is in the list
ME, NOBODY = "-me", "-nobody"  # no handle begins so
GONE = -1  # no place in any team
SWITCHES = ("unanswered", "reported", "hidden")


@dataclass(frozen=True)
class Listing:
    """The list that a page shows, or that one came from."""

    request: HttpRequest
    brand: Brand

    @cached_property
    def challenges(self) -> list[Challenge]:
        return challenges_of(self.brand)

    @cached_property
    def challenge(self) -> Challenge | None:
        slug = self.request.GET.get("challenge")
        return next((one for one in self.challenges if one.slug == slug), None)

    @cached_property
    def hides_counts(self) -> bool:
        return self.challenge is not None and state_of(self.challenge).hides_counts

    @cached_property
    def hiding(self) -> set[int]:
        """Ids of the questions that hide their counts now."""
        return {one.pk for one in self.challenges if state_of(one).hides_counts}

    @cached_property
    def sort(self) -> str:
        """An order that would tell what a phase hides is the default instead: filters change."""
        default = default_sort(hidden=self.hides_counts)
        sort = wanted_sort(self.request, default)
        return default if self.hides_counts and sort in SHOWS_COUNTS else sort

    @property
    def search(self) -> str:
        text = self.request.GET.get("q", "")[:LONGEST_SEARCH]
        return " ".join("".join(c if c.isprintable() else " " for c in text).split())

    @property
    def status(self) -> str:
        text = self.request.GET.get("status", "")
        is_key = len(text) <= STATUS_LENGTH and text.isascii() and text.isprintable()
        return text if is_key else ""

    @cached_property
    def members(self) -> list[Membership]:
        """The team, the reader first."""
        team = teams.members_of(self.brand)
        return sorted(team, key=lambda place: place.user_id != self.request.user.pk)

    @property
    def owner(self) -> str:
        """Who is in charge: ME, NOBODY, or a handle."""
        text = self.request.GET.get("owner", "")
        return text if text in (ME, NOBODY) or HANDLE_SHAPE.regex.fullmatch(text) else ""

    @cached_property
    def owner_id(self) -> int | None:
        """Of their place in the team; GONE: they have none."""
        return self.place_of(self.owner) if self.owner else None

    def place_of(self, owner: str) -> int | None:
        if owner == NOBODY:
            return None
        handle = self.request.user.handle if owner == ME else owner
        places = (place.pk for place in self.members if place.user.handle == handle)
        return next(places, GONE)

    @cached_property
    def filters(self) -> Filters:
        switches = {name: bool(self.request.GET.get(name)) for name in SWITCHES}
        return Filters(
            status=self.status, text=self.search, with_names=True, owner=self.owner_id,
            unowned=self.owner == NOBODY, **switches,
        )  # fmt: skip

    @property
    def is_narrowed(self) -> bool:
        return self.filters != Filters(with_names=True) or self.challenge is not None

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Of all links to an idea and back: only what a list understands."""
        sent = self.request.GET
        return [(name, sent[name]) for name in NAMES if sent.get(name)]

    @property
    def query(self) -> str:
        return urlencode(self.pairs)

    @property
    def kept(self) -> str:
        """What a saved view keeps, the order included."""
        chosen = [(name, value) for name, value in self.pairs if name in KEPT and name != "sort"]
        return urlencode([*chosen, ("sort", self.sort)])

    def query_with_status(self, key: str) -> str:
        """The same list from its first page, with this status; empty: with any."""
        rest = [(n, value) for n, value in self.pairs if n not in ("status", "cursor", "from")]
        return urlencode([*rest, ("status", key)] if key else rest)

    def opened_by(self, asked: QueryDict) -> "Listing":
        """The list that the same reader would find at that query."""
        request = copy(self.request)
        request.GET = asked
        other = Listing(request, self.brand)
        vars(other).update(challenges=self.challenges, members=self.members)  # known already
        return other

    @property
    def path(self) -> str:
        return reverse("desk", args=[self.brand.slug]) + self.tail

    @property
    def tail(self) -> str:
        return f"?{self.query}" if self.query else ""

    @property
    def owners(self) -> list[tuple[str, str, bool]]:
        """For the filter: value, name, whether it is the chosen one. Who left the team may still
        stand in an address.
        """
        others = (place.user for place in self.members if place.user_id != self.request.user.pk)
        known = [(ME, _("Me"), False), (NOBODY, _("Nobody"), False)]
        known += [(user.handle, user.display_name or user.handle, False) for user in others]
        values = [value for value, _name, _chosen in known] + [self.request.user.handle]
        if self.owner and self.owner not in values:
            known.append((self.owner, _("Somebody who left the team"), False))
        wanted = ME if self.owner == self.request.user.handle else self.owner
        return [(value, name, value == wanted) for value, name, _chosen in known]

    def statuses(self, graph: Graph) -> list[tuple[str, str, bool]]:
        """For the filter: key, name, whether it is the chosen one. A status that left the graph
        may still be an idea's.
        """
        known = [(step.key, step.label, step.key == self.status) for step in graph.steps.values()]
        if self.status and self.status not in graph.steps:
            known.append((self.status, graph.step(self.status).label, True))
        return known
