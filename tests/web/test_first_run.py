"""The three jobs of a demo: one press each, in a demo on one's own machine and nowhere else."""

from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from accounts.domain.teams import add_member
from accounts.enums import Role
from accounts.models import User
from cocreate.domain import demo_file
from cocreate.domain.demo_file import Account, Widget
from tests.factories import make_challenge, make_user
from tests.web.conftest import reader, text_of

DEMO = "/demo/"
PASSWORD = "qh3-Vt8_kLw2"  # noqa: S105 - as the demo makes them, without spaces
PERSONAS = {"member": "Lena", "manager": "Peter", "operator": "Operator"}
WIDGET = Widget("http://localhost:8001", "mio", "street", "abc", "cow_abc", "secret")


@pytest.fixture
def var(settings, tmp_path) -> Path:
    settings.VAR = tmp_path
    settings.PUBLIC_HOST = "127.0.0.1"
    return tmp_path


@pytest.fixture
def personas(var, brand) -> dict[str, User]:
    """As the demo makes them, with the file that it writes."""
    make_challenge(brand, slug="fourth-floor")
    people = {
        key: make_user(name, email=f"{key}@example.org", is_staff=key == "operator")
        for key, name in PERSONAS.items()
    }
    for user in people.values():
        user.set_password(PASSWORD)
        user.save(update_fields=["password"])
    add_member(brand=brand, user=people["manager"], role=Role.MANAGER)
    accounts = [Account(user.email, PASSWORD, "does") for user in people.values()]
    demo_file.write(var / demo_file.NAME, accounts, WIDGET)
    return people


def who(client: Client) -> str:
    return str(client.session.get("_auth_user_id", ""))


def press(client: Client, job: str, **over: str):
    return client.post(DEMO, {"job": job}, **over)


# --- What is offered ------------------------------------------------------------------------------


def test_the_front_page_of_a_demo_offers_its_three_jobs(visitor, personas):
    page = visitor.get("/")
    said = text_of(page)
    assert "This is a demo: try each side of it" in said
    assert "Take part as Lena" in said
    assert "Decide as Peter" in said
    assert "Get the lines as Peter" in said
    assert 'href="http://localhost:8001/"' in page.content.decode()
    assert page["Cache-Control"] == "private, no-store"  # it holds the token of its forms


def test_without_the_file_of_the_demo_nothing_is_offered(visitor, var, brand):
    make_user("Lena", email="member@example.org")
    page = visitor.get("/")
    assert "demo" not in text_of(page)
    assert page["Cache-Control"] == "public, max-age=0, s-maxage=5"


@pytest.mark.parametrize("host", ["ideas.example", "10.0.0.7", "192.168.1.4"])
def test_a_site_with_an_address_of_its_own_offers_nothing(visitor, personas, settings, host):
    settings.PUBLIC_HOST = host
    assert "demo" not in text_of(visitor.get("/"))
    assert press(visitor, "take-part").status_code == 404


@pytest.mark.parametrize(
    "over",
    [
        {"REMOTE_ADDR": "10.0.0.7"},
        {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        {"HTTP_FORWARDED": "for=127.0.0.1"},
        {"HTTP_X_REAL_IP": "127.0.0.1"},
    ],
)
def test_nobody_else_on_the_network_is_offered_anything(visitor, personas, over):
    assert "demo" not in text_of(visitor.get("/", **over))
    assert press(visitor, "take-part", **over).status_code == 404
    assert who(visitor) == ""


def test_an_account_that_left_is_not_offered(visitor, personas):
    personas["manager"].delete()
    said = text_of(visitor.get("/"))
    assert "Take part as Lena" in said
    assert "Decide as" not in said


# --- What a press does ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("job", "persona", "path"),
    [
        ("take-part", "member", "/b/mio/c/fourth-floor/"),
        ("triage", "manager", "/desk/mio/"),
        ("embed", "manager", "/desk/mio/embed/"),
    ],
)
def test_one_press_signs_in_and_leads_to_the_job(visitor, personas, job, persona, path):
    answer = press(visitor, job)
    assert (answer.status_code, answer["Location"]) == (302, path)
    assert who(visitor) == str(personas[persona].pk)
    assert visitor.get(path).status_code == 200


def test_another_press_changes_sides(visitor, personas):
    press(visitor, "take-part")
    press(visitor, "triage")
    assert who(visitor) == str(personas["manager"].pk)


def test_a_press_is_no_proof_of_the_password(visitor, personas):
    """What asks for it once more still does."""
    press(visitor, "take-part")
    answer = visitor.get("/me/data/erase/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/reauthenticate/")


# --- What is refused ------------------------------------------------------------------------------


def test_on_a_real_install_the_address_answers_to_nobody(visitor, member, var, brand):
    for client in (visitor, member):
        assert client.get(DEMO).status_code == 404
        assert press(client, "take-part").status_code == 404
    assert who(visitor) == ""


def test_looking_signs_nobody_in(visitor, personas):
    assert visitor.get(f"{DEMO}?job=take-part").status_code == 404
    assert who(visitor) == ""


@pytest.mark.parametrize("job", ["", "operator", "member", "alice", "\0"])
def test_no_other_account_is_signed_in(visitor, personas, job):
    assert press(visitor, job).status_code == 404
    assert who(visitor) == ""


def test_a_demo_account_with_another_password_is_somebodys(visitor, personas):
    personas["member"].set_password("Nobody else knows it")
    personas["member"].save(update_fields=["password"])
    answer = press(visitor, "take-part")
    assert answer.status_code == 403
    assert "it is the demo’s no more" in text_of(answer)
    assert who(visitor) == ""


def test_a_demo_account_with_another_address_is_somebodys(visitor, personas):
    User.objects.filter(pk=personas["member"].pk).update(email="lena@home.org")
    assert "Take part as" not in text_of(visitor.get("/"))
    assert press(visitor, "take-part").status_code == 403
    assert who(visitor) == ""


def test_who_signs_up_under_an_address_that_became_free_is_not_taken_over(visitor, personas):
    User.objects.filter(pk=personas["member"].pk).update(email="lena@home.org")
    EmailAddress.objects.filter(user=personas["member"]).update(email="lena@home.org")
    other = make_user("Zoe", email="member@example.org", handle="zoe")
    other.set_password("My very own words")
    other.save(update_fields=["password"])
    assert press(visitor, "take-part").status_code == 403
    assert who(visitor) == ""


@pytest.mark.parametrize("change", [{"is_active": False}, {"is_staff": True}])
def test_an_account_that_was_stopped_or_made_an_operator_is_not_signed_in(
    visitor, personas, change
):
    User.objects.filter(pk=personas["member"].pk).update(**change)
    assert press(visitor, "take-part").status_code == 403
    assert who(visitor) == ""


def test_another_site_cannot_press(personas):
    client = Client(enforce_csrf_checks=True)
    assert client.post(DEMO, {"job": "take-part"}).status_code == 403
    assert who(client) == ""


def test_whoever_presses_all_the_time_waits_as_at_the_door(personas):
    last = 302
    for _n in range(11):
        last = press(reader(), "take-part").status_code
    assert last == 429


def test_the_address_is_the_one_that_the_page_names(db):
    assert reverse("try_demo") == DEMO
