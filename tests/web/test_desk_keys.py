"""A brand's keys on the desk: made and shown once, listed without their secrets, replaced."""

import pytest
from django.db.models.functions import Now

from accounts.domain import keys
from accounts.enums import Scope
from accounts.models import ApiKey, Session
from tests.web.conftest import reader, text_of

PAGE = "/desk/mio/keys/"
SENT = {"name": "CRM", "kind": "secret", "scopes": ["read", "vote"], "rate": "20", "origins": ""}
WIDGET = {"name": "Shop", "kind": "widget", "origins": "https://shop.example", "rate": "0"}


@pytest.fixture
def manager(bob, brand):
    return reader(bob)


def states(page):
    return {line["key"].prefix: line["state"] for line in page.context["keys"]}


def test_a_key_is_made_and_shown_once(manager, brand, bob):
    page = manager.post(PAGE, SENT)
    assert (page.status_code, page["Cache-Control"]) == (201, "private, no-store")
    secret = page.context["secret"]
    assert secret in page.content.decode()
    key = keys.find_key(secret)
    assert (key.brand, key.created_by, key.name) == (brand, bob, "CRM")
    assert (key.scopes, key.rate) == (["read", "vote"], 20)
    listing = manager.get(PAGE).content.decode()
    assert secret not in listing
    assert f"{key.prefix}…" in listing
    assert secret not in "".join(row.session_data for row in Session.objects.all())


def test_a_widget_key_shows_its_signing_secret_once(manager):
    page = manager.post(PAGE, WIDGET)
    assert page.context["secret"].startswith("cow_")
    assert page.context["signing"] in page.content.decode()
    assert "cws_" not in manager.get(PAGE).content.decode()
    assert ApiKey.objects.get().origins == ["https://shop.example"]


def test_what_is_shown_once_can_be_copied_by_a_press(manager):
    page = manager.post(PAGE, WIDGET).content.decode()
    assert [f'data-copy="{field}"' in page for field in ("secret", "signing")] == [True, True]
    assert "js/copy.js" in page
    assert page.count('data-copied="Copied."') == 2
    assert manager.post(PAGE, SENT).content.decode().count("data-copied=") == 1


def test_whoever_has_a_key_finds_how_to_use_it(manager):
    assert 'href="/docs/api/"' in manager.get(PAGE).content.decode()
    assert 'href="/docs/embed/"' in manager.get("/desk/mio/embed/").content.decode()


@pytest.mark.parametrize(
    ("over", "sentence"),
    [
        ({"name": ""}, "Give it a name."),
        ({"name": "x" * 61}, "at most 60 characters"),
        ({"kind": ""}, "Choose one."),
        ({"scopes": []}, "Choose what the key may do."),
        ({"scopes": ["widget"]}, "Choose among these."),
        ({"scopes": ["everything"]}, "Choose among these."),
        ({"rate": "many"}, "Enter a whole number."),
        ({"rate": "-1"}, "greater than or equal to 0"),
        ({"origins": "shop.example"}, "“shop.example” is no site's address"),
        ({"kind": "widget", "scopes": []}, "Name the sites: no other may show the widget."),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_typed_is_lost(manager, over, sentence):
    page = manager.post(PAGE, SENT | over)
    assert page.status_code == 400
    assert sentence in text_of(page)
    assert page.context["form"]["name"].value() == (SENT | over)["name"]
    assert not ApiKey.objects.exists()


def test_the_list_says_what_stands_how(manager, brand, bob):
    def make(name):
        return keys.create_key(
            brand=brand, scopes=[Scope.READ], origins=[], rate=0, actor=bob, name=name
        )

    works, ending, ended, revoked = (make(name) for name in ("a", "b", "c", "d"))
    keys.find_key(works[1])
    keys.note_leak(works[1])
    manager.post(f"{PAGE}{ending[0].prefix}/rotate/", {"overlap": "24"})
    ApiKey.objects.filter(pk=ended[0].pk).update(expires_at=Now())
    manager.post(f"{PAGE}{revoked[0].prefix}/revoke/")
    page = manager.get(PAGE)
    found = states(page)
    assert found[works[0].prefix] == "works"
    assert found[ending[0].prefix] == "ending"
    assert found[ended[0].prefix] == "ended"
    assert found[revoked[0].prefix] == "revoked"
    assert len(found) == 5
    said = text_of(page)
    assert said.count("This key stood in a web address") == 1
    assert "being replaced: 23 hours left" in said
    assert "Last used within the last ten minutes" in said


def test_a_key_is_replaced_and_the_old_one_works_on(manager):
    old = manager.post(PAGE, SENT).context["secret"]
    page = manager.post(f"{PAGE}{old[:12]}/rotate/", {"overlap": "24"})
    assert (page.status_code, page["Cache-Control"]) == (201, "private, no-store")
    assert "goes on working: 23 hours left" in text_of(page)
    assert keys.find_key(old)
    assert keys.find_key(page.context["secret"])
    again = manager.post(f"{PAGE}{old[:12]}/rotate/", {"overlap": "24"}, follow=True)
    assert "This key is revoked or replaced already." in text_of(again)


def test_replaced_at_once_the_page_says_so(manager):
    old = manager.post(PAGE, SENT).context["secret"]
    page = manager.post(f"{PAGE}{old[:12]}/rotate/", {"overlap": "0"})
    assert f"The old key {old[:12]}… works no more." in text_of(page)
    assert keys.find_key(old) is None


@pytest.mark.parametrize("overlap", ["", "2", "-1", "9999999"])
def test_an_overlap_of_ones_own_is_refused(manager, overlap):
    old = manager.post(PAGE, SENT).context["secret"]
    page = manager.post(f"{PAGE}{old[:12]}/rotate/", {"overlap": overlap}, follow=True)
    assert "Choose when the old key ends." in text_of(page)
    assert ApiKey.objects.count() == 1


def test_w11_a_key_of_another_brand_is_not_there(manager, mallory):
    rival = mallory.memberships.get().brand
    theirs = keys.create_key(brand=rival, scopes=[Scope.READ], origins=[], rate=0, actor=mallory)
    path = f"{PAGE}{theirs[0].prefix}"
    for answer in (
        manager.post(f"{path}/rotate/", {"overlap": "0"}),
        manager.post(f"{path}/revoke/"),
    ):
        never = manager.post(f"{PAGE}cos_nothing0/revoke/")
        assert (answer.status_code, answer.content) == (404, never.content)
    assert keys.find_key(theirs[1])


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_for_one_and_three(
    manager, brand, bob, rows, django_assert_num_queries
):
    for _n in range(rows):
        key, secret, _none = keys.create_key(
            brand=brand, scopes=[Scope.READ], origins=[], rate=0, actor=bob
        )
        keys.note_leak(secret)
    # session, user, brand, role, keys, unread
    with django_assert_num_queries(5):
        manager.get(PAGE)


def test_the_way_to_what_the_api_says_of_itself(manager, visitor):
    assert 'href="/api/v1/schema/"' in manager.get(PAGE).content.decode()
    assert visitor.get("/api/v1/schema/").status_code == 200
