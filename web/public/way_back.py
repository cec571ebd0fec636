"""The list that a reader came from to an idea, named by `?from=` of the idea's address: the links
back keep its order and filters, without a script and without a word in any cookie. With a script
the address stays without it (static/js/page.js, static/js/trail.js). The address for a visitor's
vote says where it was asked for in the same way.
"""

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from django.http import HttpRequest
from django.urls import reverse

from ideas.domain.asked import NAMES
from ideas.models import Challenge, Idea
from web.links import idea_path

READ = (*NAMES, "sort", "cursor")  # how closely ideas stand is remembered otherwise
LONGEST = 1_000


@dataclass(frozen=True)
class WayBack:
    """Two addresses; `kept` is what keeps them in the query of the idea's own."""

    brand: str
    challenge: str
    kept: str = ""

    @property
    def tail(self) -> str:
        return f"?{self.kept}" if self.kept else ""


def is_worth_keeping(request: HttpRequest) -> bool:
    """Whether a list is another than the one to which an idea leads anyway."""
    return any(request.GET.get(name) for name in READ)


def way_back(request: HttpRequest, challenge: Challenge) -> WayBack:
    return way_named(request.GET.get("from", ""), challenge)


def way_named(sent: str, challenge: Challenge) -> WayBack:
    """Whoever made the address up gets no further than to a list of this question or brand, with
    what such a list reads.
    """
    plain = WayBack(
        reverse("brand", args=[challenge.brand.slug]),
        reverse("challenge", args=[challenge.brand.slug, challenge.slug]),
    )
    path, _mark, words = sent.partition("?")
    query = _read_by_lists(words)
    if not query or path not in {plain.brand, plain.challenge}:
        return plain
    kept, back = urlencode({"from": f"{path}?{query}"}), f"{path}?{query}#ideas"
    if path == plain.brand:
        return WayBack(back, plain.challenge, kept)
    return WayBack(plain.brand, back, kept)


def place_of_vote(sent: str, found: Idea) -> str:
    """Where a vote was asked for, named by `?from=` of its own address: the page of its idea, which
    knows the list before it, or a list, the plain one, too. Nothing for any other place.
    """
    path, _mark, words = sent.partition("?")
    if path == idea_path(found.code, found.title):
        before = dict(parse_qsl(words)).get("from", "")
        return path + way_named(before, found.challenge).tail
    plain = way_named("", found.challenge)
    if path not in {plain.brand, plain.challenge}:
        return ""
    query = _read_by_lists(words)
    return f"{path}?{query}" if query else path


def _read_by_lists(sent: str) -> str:
    if len(sent) > LONGEST:
        return ""
    parts = dict(parse_qsl(sent))
    return urlencode({name: parts[name] for name in READ if name in parts})
