"""What is remembered of pages changes no page: each is the same, byte for byte, whether its parts
were remembered from other readers or put together for this one, with all that the page knows.
"""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import quote

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.domain import stopping
from cocreate.lib import fragments
from ideas.domain import challenges, comments, ideas, tally, votes
from ideas.enums import Mode, Verb, Voters
from tests.factories import make_challenge, make_idea, make_participant, make_user, set_closed
from tests.web.conftest import path_of, reader
from web.templatetags.fragments import FragmentNode

TEMPLATES = Path(settings.BASE_DIR) / "templates"
ALL = [Verb.SUBMIT, Verb.VOTE, Verb.COMMENT]
TOKEN = re.compile(r'(name="csrfmiddlewaretoken" value=")[^"]+')
USED = re.compile(r'{% (?:fragment|include) "([^"]+)"')
# These say something that no value given to them says.
NOT_IN_FRAGMENTS = re.compile(
    r"{% (?:now|lorem|cycle|query|desk_pages|why_path|unread|wished_idea)\b"
    r"|\|(?:naturaltime|naturalday|timesince|timeuntil|random|sees_desk_of|manages)\b"
)


@pytest.fixture
def town(brand, charlie, bob) -> list[str]:
    """Questions of every kind with ideas and votes of several people. Returns addresses."""
    phases = [
        {"title": "Before", "verbs": [], "closes_at": timezone.now() - timedelta(days=3)},
        {"title": "Now", "verbs": ALL, "closes_at": timezone.now() + timedelta(days=2)},
    ]
    kinds: dict[str, dict[str, Any]] = {
        "up": {},
        "both": {"mode": Mode.UP_DOWN, "phases": phases},
        "marks": {"mode": Mode.POINTS, "max_points": 3, "budget": 9},
        "blind": {"phases": [{"title": "Blind", "verbs": ALL, "hides_counts": True}]},
        "chosen": {"who_votes": Voters.ADMITTED},
        "team": {"who_votes": Voters.TEAM},
    }
    paths = ["/", "/b/mio/", "/b/mio/?q=cabin", "/b/mio/?tag=none", "/b/nobody/"]
    for slug, rules in kinds.items():
        challenge = make_challenge(brand, slug=slug, body="With *words*.", **rules)
        found = [
            make_idea(challenge, author=make_participant(brand, charlie), body="For `us`."),
            make_idea(challenge, author=make_participant(brand), title="Une idée & <b>deux</b>"),
            make_idea(challenge, author=None, title="Of the brand", tags=["light"]),
        ]  # fmt: skip
        for user in (charlie, bob, make_user()):
            if slug in {"chosen", "team"} and user is not bob:
                continue
            for idea in found[:2]:
                votes.cast_as_user(code=idea.code, user_id=user.pk, value=1)
        set_closed(found[1])
        comments.post(idea=found[0], author=make_participant(brand, charlie), body="I like it.")
        paths += [f"/b/mio/c/{slug}/?sort=new", path_of(found[0])]
    over = make_challenge(brand, slug="over")
    ideas.set_hidden(idea=make_idea(over), hidden=True, actor=bob)
    challenges.set_closed(challenge=over, closed=True, actor=None)
    tally.fold_until_settled()
    return [*paths, "/b/mio/c/over/"]


@pytest.fixture
def readers(brand, alice, bob, rita, charlie) -> list[Client]:
    abroad, stopped = make_user("Zoé", language="fr", time_zone="Asia/Tokyo"), make_user("Stan")
    stopping.stop(
        participant=make_participant(brand, stopped), actor=alice, reason="Rude to others, twice."
    )
    members = [charlie, alice, bob, rita, abroad, stopped]
    return [reader(), reader(accept_language="fr"), *map(reader, members)]


def as_an_include(node: FragmentNode, context: Any) -> str:
    """The whole page is at hand, nothing is remembered or put in afterwards."""
    here = context["request"].get_full_path()
    values = node.given_in(context) | {"here": here, "here_quoted": quote(here, safe="")}
    template = context.template.engine.get_template(node.name.resolve(context))
    with context.push(**values):
        return str(template.render(context))


def body(client: Client, path: str) -> str:
    return TOKEN.sub(r"\1…", client.get(path).content.decode())


@pytest.mark.django_db(transaction=True)
def test_a_page_is_the_same_for_each_reader_whatever_was_made_for_others(town, readers):
    for path in town:  # every reader leaves what was made for them
        for client in readers:
            client.get(path)
    for path in town:
        for client in readers:
            kept = body(client, path)
            with patch.object(FragmentNode, "render", as_an_include):
                assert kept == body(client, path), path


def kept_templates() -> set[str]:
    """All that are named by `{% fragment %}`, and what those include."""
    named: set[str] = set()
    for path in TEMPLATES.rglob("*.html"):
        named |= set(re.findall(r'{% fragment "([^"]+)"', path.read_text()))
    found: set[str] = set()
    while named:
        name = named.pop()
        found.add(name)
        named |= set(USED.findall((TEMPLATES / name).read_text())) - found
    return found


@pytest.mark.parametrize("name", sorted(kept_templates()))
def test_a_fragment_asks_neither_the_clock_nor_the_reader(name):
    assert not NOT_IN_FRAGMENTS.search((TEMPLATES / name).read_text())


def test_a_vote_shows_at_once_and_to_its_voter_alone(challenge, idea, charlie, bob):
    pages = {user: reader(user) for user in (charlie, bob)}
    for client in pages.values():
        assert 'aria-pressed="false"' in body(client, "/b/mio/c/street/")
    votes.cast_as_user(code=idea.code, user_id=charlie.pk, value=1)
    assert 'aria-pressed="true"' in body(pages[charlie], "/b/mio/c/street/")
    assert 'aria-pressed="true"' not in body(pages[bob], "/b/mio/c/street/")


def test_a_visitors_page_carries_no_token_after_a_members_was_made(challenge, idea, charlie):
    reader(charlie).get("/b/mio/c/street/")
    response = reader().get("/b/mio/c/street/")
    assert "csrfmiddlewaretoken" not in response.content.decode()
    assert not response.cookies
    assert "public" in response["Cache-Control"]


def test_each_member_gets_the_token_of_their_own_session(challenge, idea, charlie, bob):
    tokens = {
        re.search(r'name="csrfmiddlewaretoken" value="([^"]+)', page.content.decode()).group(1)
        for page in (reader(user).get("/b/mio/c/street/") for user in (charlie, bob))
    }
    assert len(tokens) == 2
    assert not any(fragments.MARK in token for token in tokens)
