"""Accounts, brands, keys and tokens from the command line, and what each refuses."""

import pytest
from allauth.account.models import EmailAddress

from accounts.domain.keys import find_key
from accounts.domain.tokens import find_token
from accounts.enums import Role, Scope
from accounts.models import ApiKey, Brand, Membership, PersonalToken, User
from ideas.models.challenge import PERMANENT_SLUG
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_chosen_password(monkeypatch):
    monkeypatch.delenv("COCREATE_PASSWORD", raising=False)
    monkeypatch.delenv("COCREATE_PASSWORD_FILE", raising=False)


# create_user


def test_a_generated_password_stands_alone_on_the_last_line(terminal):
    run = terminal("create_user", "Zoe@Example.org", "--handle", "zoe")
    user = User.objects.get(email="zoe@example.org")
    assert run.code == 0
    assert user.check_password(run.lines[-1])
    assert (user.handle, user.display_name, user.is_staff) == ("zoe", "zoe", False)
    assert user.mailboxes.count() == 1


def test_a_chosen_password_is_not_printed(terminal, monkeypatch):
    monkeypatch.setenv("COCREATE_PASSWORD", "three green lamps")
    run = terminal("create_user", "zoe@example.org", "--handle", "zoe", "--name", "Zoë B.")
    user = User.objects.get(handle="zoe")
    assert (run.code, user.display_name) == (0, "Zoë B.")
    assert user.check_password("three green lamps")
    assert "lamps" not in run.out + run.err


def test_a_weak_chosen_password_is_taken_with_a_warning(terminal, monkeypatch):
    monkeypatch.setenv("COCREATE_PASSWORD", "zoe")
    run = terminal("create_user", "zoe@example.org", "--handle", "zoe")
    assert run.code == 0
    assert run.err.startswith("The password is weak: ")


def test_staff_may_do_everything_in_the_admin(terminal, client):
    terminal("create_user", "ops@example.org", "--handle", "ops", "--staff")
    user = User.objects.get(handle="ops")
    assert (user.is_staff, user.is_superuser) == (True, True)


@pytest.mark.parametrize(
    ("email", "handle", "reason"),
    [
        ("zoe@example.org", "taken", "handle: "),
        ("TAKEN@example.org", "zoe", "email: "),
        ("proved@example.org", "zoe", "email: "),
        ("no address", "zoe", "email: "),
        ("zoe@example.org", "Zoë!", "handle: "),
    ],
)
def test_create_user_refuses_in_one_line(terminal, email, handle, reason):
    taken = make_user("Taken", email="taken@example.org")
    EmailAddress.objects.create(user=taken, email="proved@example.org", verified=True)
    run = terminal("create_user", email, "--handle", handle)
    assert (run.code, run.out) == (1, "")
    assert run.err.startswith(f"Refused: {reason}")
    assert run.err.count("\n") == 1
    assert User.objects.count() == 1


def test_create_user_without_a_handle_is_a_wrong_argument(terminal):
    run = terminal("create_user", "zoe@example.org")
    assert run.code == 2
    assert "--handle" in run.err


# create_token


def test_a_token_stands_alone_on_the_last_line_and_opens_the_account(terminal, charlie):
    run = terminal("create_token", charlie.email.upper())
    assert run.code == 0
    assert run.lines[-1].startswith("cop_")
    assert find_token(run.lines[-1]) == charlie


def test_nobody_and_the_suspended_get_no_token(terminal, charlie):
    User.objects.filter(pk=charlie.pk).update(is_active=False)
    for email in ("nobody@example.org", charlie.email):
        assert terminal("create_token", email).code == 1
    assert not PersonalToken.objects.exists()


def test_create_token_without_an_address_is_a_wrong_argument(terminal):
    assert terminal("create_token").code == 2


# create_brand


def test_a_brand_has_its_owner_and_its_permanent_challenge(terminal, alice):
    run = terminal("create_brand", "mio", "--name", "Mio Motors", "--owner", alice.email)
    brand = Brand.objects.get(slug="mio")
    assert (run.code, run.lines[-1]) == (0, "Mio Motors is at http://127.0.0.1:8000/b/mio/")
    assert [challenge.slug for challenge in brand.challenges.all()] == [PERMANENT_SLUG]
    assert Membership.objects.get(brand=brand).role == Role.OWNER


def test_a_french_brand_asks_in_french(terminal, alice):
    terminal("create_brand", "mio", "--name", "Mio", "--owner", alice.email, "--language", "fr")
    assert Brand.objects.get().challenges.get().language == "fr"


@pytest.mark.parametrize(
    ("slug", "owner", "reason"),
    [
        ("rival", "alice", "slug: "),
        ("Not a slug", "alice", "slug: "),
        ("mio", "nobody@example.org", "Nobody has the address nobody@example.org."),
    ],
)
def test_create_brand_refuses_in_one_line(terminal, alice, mallory, slug, owner, reason):
    run = terminal(
        "create_brand",
        slug,
        "--name",
        "Mio",
        "--owner",
        owner.replace("alice", alice.email, owner == "alice"),
    )
    assert (run.code, run.err.count("\n")) == (1, 1)
    assert run.err.startswith(f"Refused: {reason}")
    assert Brand.objects.count() == 1


def test_create_brand_without_an_owner_is_a_wrong_argument(terminal):
    assert terminal("create_brand", "mio", "--name", "Mio").code == 2


# create_key


def test_a_secret_key_stands_alone_on_the_last_line(terminal, brand):
    run = terminal("create_key", brand.slug, "--scopes", "read, vote", "--rate", "0")
    key = find_key(run.lines[-1])
    assert run.code == 0
    assert run.lines[-1].startswith("cos_")
    assert (key.brand, key.scopes, key.rate) == (brand, [Scope.READ, Scope.VOTE], 0)
    assert "secret:" not in run.out


def test_a_widget_key_has_its_signing_secret_on_the_line_before(terminal, brand):
    origins = "https://shop.example,http://LOCALHOST:8001/"
    run = terminal("create_key", brand.slug, "--scopes", "widget", "--origins", origins)
    secret, publishable = run.lines[-2:]
    assert run.code == 0
    assert secret.startswith("secret: cws_")
    assert publishable.startswith("cow_")
    key = find_key(publishable)
    assert key.origins == ["https://shop.example", "http://localhost:8001"]
    assert (key.is_widget, key.rate) == (True, 100)


def test_create_key_refuses_an_unknown_brand_and_mixed_scopes(terminal, brand):
    unknown = terminal("create_key", "nix", "--scopes", "read")
    mixed = terminal("create_key", brand.slug, "--scopes", "widget,read")
    assert (unknown.code, unknown.err) == (1, "Refused: There is no brand nix.\n")
    assert (mixed.code, mixed.err) == (
        1,
        "Refused: A widget key is public: it takes no other scope.\n",
    )
    assert not ApiKey.objects.exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["--scopes", "read,fly"],
        ["--scopes", ","],
        ["--scopes", "read", "--rate", "-1"],
        ["--scopes", "read", "--rate", "9999999999"],
        ["--scopes", "widget", "--origins", "shop.example"],
        ["--scopes", "widget", "--origins", "https://shop.example/page"],
        [],
    ],
)
def test_wrong_arguments_of_create_key_are_exit_code_2(terminal, brand, arguments):
    assert terminal("create_key", brand.slug, *arguments).code == 2
    assert not ApiKey.objects.exists()
