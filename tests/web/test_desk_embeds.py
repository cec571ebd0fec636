"""The lines that a manager pastes into pages of their own: made to order, and right."""

from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import pytest

from accounts.domain import keys
from accounts.enums import Scope
from cocreate.lib import scripts
from cocreate.lib.accents import accents_elsewhere
from cocreate.lib.tokens import prefix_of
from ideas.enums import Sort
from tests.factories import make_brand, make_challenge, make_idea, make_participant
from tests.web.conftest import reader, text_of
from web.sorts import TABS

PAGE = "/desk/mio/embed/"
ORIGIN = "https://shop.example"


@pytest.fixture
def manager(bob, brand):
    return reader(bob)


def widget_key(brand):
    return keys.create_key(
        brand=brand, scopes=[Scope.WIDGET], origins=[ORIGIN], rate=0, actor=None
    )[1]


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def tags(lines):
    parser = Tags()
    parser.feed(lines)
    return parser.found


def test_at_first_it_shows_the_board_with_a_place_for_the_key(manager):
    page = manager.get(PAGE)
    assert page.status_code == 200
    assert tags(page.context["embed"].element) == [
        ("cocreate-board", {"brand": "mio", "key": "cow_…", "limit": "5"}),
        ("a", {"href": "http://127.0.0.1:8000/b/mio/"}),
    ]
    assert "Write your widget key where it says cow_…" in text_of(page)
    assert b"/embed/v1/cocreate.js&quot;" in page.content
    assert b"<cocreate-board" not in page.content


def test_the_list_of_keys_leads_to_the_lines_of_that_key_as_far_as_it_is_kept(manager, brand):
    first, _second = widget_key(brand), widget_key(brand)
    begins = f"{prefix_of(first)}…"
    listed = manager.get("/desk/mio/keys/").content.decode()
    (address,) = {
        href for href in hrefs(listed) if parse_qs(urlsplit(href).query) == {"key": [begins]}
    }
    page = manager.get(address)
    assert page.status_code == 200
    assert f'key="{begins}"' in page.context["embed"].element
    assert f'value="{begins}"' in page.content.decode()
    assert f"Write the whole of your widget key where it says {begins}" in text_of(page)
    assert b"<cocreate-board" not in page.content


def test_the_beginning_of_no_key_of_theirs_that_works_is_refused(manager, brand):
    key, secret, _signing = keys.create_key(
        brand=brand, scopes=[Scope.WIDGET], origins=[ORIGIN], rate=0, actor=None
    )
    keys.revoke_key(key=key, actor=None)
    other = widget_key(make_brand("other"))
    for begins in (prefix_of(secret), keys.prefix_of(other), "cow_"):
        assert manager.get(PAGE, {"key": f"{begins}…"}).status_code == 400


def hrefs(html):
    return [dict(attrs).get("href", "") for _tag, attrs in tags(html)]


def test_with_a_key_it_shows_how_it_looks(manager, brand, challenge):
    secret = widget_key(brand)
    page = manager.get(
        PAGE, {"key": f" {secret} ", "challenge": "street", "sort": "new", "lang": "fr", "limit": 3}
    )
    known = {"brand": "mio", "key": secret, "challenge": "street", "sort": "new", "limit": "3"}
    assert tags(page.context["embed"].element)[0] == ("cocreate-board", known | {"lang": "fr"})
    shown = [own for name, own in tags(page.content.decode()) if name == "cocreate-board"]
    assert shown == [known | {"lang": "fr", "level": "3"}]
    assert ORIGIN in text_of(page)


@pytest.mark.parametrize("sent", ["{code}", "http://127.0.0.1:8000/i/{code}/a-horn/", "/i/{code}/"])
def test_an_idea_is_named_by_its_address(manager, idea, sent):
    page = manager.get(PAGE, {"show": "vote", "idea": sent.format(code=idea.code), "theme": "dark"})
    embed = page.context["embed"]
    assert tags(embed.element)[0] == (
        "cocreate-vote", {"idea": idea.code, "key": "cow_…", "theme": "dark"},
    )  # fmt: skip
    ((name, own),) = tags(embed.frame)
    assert name == "iframe"
    assert own["src"] == f"http://127.0.0.1:8000/embed/v1/ideas/{idea.code}/?key=cow_…&theme=dark"
    assert own["title"] == "Mio Motors"


def test_the_link_inside_an_element_leads_somewhere(manager, visitor, idea):
    for sent in ({"show": "vote", "idea": idea.code}, {}):
        element = manager.get(PAGE, sent).context["embed"].element
        _element, (name, own) = tags(element)
        path = own["href"].removeprefix("http://127.0.0.1:8000")
        assert name == "a"
        assert visitor.get(path, follow=True).status_code == 200


def test_orders_have_the_names_that_the_lists_give_them(manager):
    page = manager.get(PAGE)
    names = {str(value): str(label) for value, label in page.context["form"].fields["sort"].choices}
    assert names == {"": "Our usual order"} | {
        str(sort): str(label) for sort, label in TABS.items() if sort != Sort.UNSEEN
    }
    assert "Most support" in text_of(page)


def test_what_does_not_matter_cannot_be_wrong(manager, idea):
    for sent in ({"show": "vote", "idea": idea.code, "limit": "999"}, {"idea": "nothing"}):
        assert manager.get(PAGE, sent).status_code == 200


def test_the_exact_version_has_its_integrity(manager):
    """W18."""
    ((name, own),) = tags(manager.get(PAGE).context["embed"].this_script)
    assert (name, own["integrity"]) == ("script", scripts.today().integrity)
    assert own["src"].endswith(f"/embed/v1/cocreate.{scripts.today().hash}.js")
    assert own["crossorigin"] == "anonymous"


def test_a_button_in_the_corner_has_a_script_of_its_own_and_wears_the_brands_colour(manager, brand):
    secret = widget_key(brand)
    page = manager.get(PAGE, {"show": "launcher", "key": secret, "theme": "dark", "limit": 3})
    embed, shades = page.context["embed"], accents_elsewhere(brand.look)
    known = {"brand": "mio", "key": secret, "limit": "3", "theme": "dark"}
    worn = known | {"accent": f"{shades['light']} {shades['dark']}"}
    assert tags(embed.element) == [
        ("cocreate-launcher", worn),
        ("a", {"href": "http://127.0.0.1:8000/b/mio/"}),
    ]
    ((_name, todays),) = tags(embed.todays_script)
    assert todays["src"] == "http://127.0.0.1:8000/embed/v1/launcher.js"
    ((_name, exact),) = tags(embed.this_script)
    assert exact["integrity"] == scripts.today(scripts.LAUNCHER).integrity
    found = tags(page.content.decode())
    assert [own for name, own in found if name == "cocreate-launcher"] == [worn]
    assert "/embed/v1/launcher.js" in [own.get("src") for _name, own in found]
    assert "A frame instead of both" not in text_of(page)


def test_what_stands_in_the_lines_cannot_leave_them(alice):
    make_brand("odd", owner=alice, name='"><script>alert(1)</script>')
    page = reader(alice).get("/desk/odd/embed/")
    embed = page.context["embed"]
    assert [name for name, _own in tags(embed.element + embed.frame)] == [
        "cocreate-board", "a", "iframe",
    ]  # fmt: skip
    assert b"<script>alert" not in page.content


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"key": "cow_nobodys-key-nobodys-key-nobodys"}, "That is no widget key of yours"),
        ({"key": "é"}, "That is no widget key of yours"),
        ({"show": "vote"}, "Paste the address of the idea."),
        ({"show": "vote", "idea": " "}, "Paste the address of the idea."),
        (
            {"show": "vote", "idea": "http://elsewhere/i/nothing/"},
            "There is no such idea of yours.",
        ),
        ({"show": "all"}, "Select a valid choice."),
        ({"limit": "51"}, "less than or equal to 50"),
        ({"challenge": "nothing"}, "Select a valid choice."),
        ({"sort": "unseen"}, "Select a valid choice."),
        ({"theme": "pink"}, "Select a valid choice."),
        ({"lang": "xx"}, "Select a valid choice."),
    ],
)
def test_what_cannot_be_is_said_and_no_lines_are_shown(manager, sent, sentence):
    page = manager.get(PAGE, sent)
    assert page.status_code == 400
    assert sentence in text_of(page)
    assert page.context["embed"] is None


def test_keys_and_ideas_of_others_are_none_of_ours(manager, mallory, brand):
    rival = mallory.memberships.get().brand
    author = make_participant(rival)
    theirs = make_idea(make_challenge(rival, slug="theirs"), author=author)
    secret = keys.create_key(brand=brand, scopes=[Scope.READ], origins=[], rate=0, actor=None)[1]
    for key in (widget_key(rival), secret):
        assert "That is no widget key of yours" in text_of(manager.get(PAGE, {"key": key}))
    page = manager.get(PAGE, {"show": "vote", "idea": theirs.code})
    assert "There is no such idea of yours." in text_of(page)


def test_a_brand_for_members_only_reads_that_no_page_can_show_it(alice):
    make_brand("club", owner=alice, visibility="members")
    page = reader(alice).get("/desk/club/embed/")
    assert "no other page can show its ideas" in text_of(page)


def test_the_way_from_a_new_key_to_its_lines(manager, brand):
    sent = {"name": "Shop", "kind": "widget", "origins": ORIGIN, "rate": "0"}
    made = manager.post("/desk/mio/keys/", sent)
    secret = made.context["secret"]
    assert f'href="{PAGE}?key={secret}"' in made.content.decode()
    assert manager.get(PAGE, {"key": secret}).context["key"].name == "Shop"
    assert f'href="{PAGE}"' in manager.get("/desk/mio/keys/").content.decode()


def test_who_only_reads_makes_no_lines(rita, brand):
    assert reader(rita).get(PAGE).status_code == 403
