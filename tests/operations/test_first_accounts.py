"""O10: no password that anybody could know, no page that makes the first operator."""

import stat

import pytest
from django.core.exceptions import ValidationError
from django.urls import URLResolver, get_resolver

from accounts.domain import signup
from accounts.models import User
from cocreate.domain import demo_file, people
from cocreate.domain.demo.people import create_persona
from tests.commands.terminal import Terminal
from tests.gate import Crowd, another_connection

EMAIL = "you@example.org"


@pytest.fixture
def terminal(capsys, monkeypatch):
    monkeypatch.delenv("COCREATE_PASSWORD", raising=False)
    return Terminal(capsys)


def test_o10_the_demos_passwords_are_made_anew_for_each_install_and_read_by_its_owner(tmp_path, db):
    found = []
    for name in ("one", "two"):
        file = tmp_path / name
        tables = [{"key": f"{name}{n}", "name": "P", "does": "reads"} for n in range(3)]
        accounts = [create_persona(table)[1] for table in tables]
        demo_file.write(file, accounts, None)
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        found.append({account.password for account in accounts})
        assert all(word in file.read_text() for word in found[-1])
    assert not found[0] & found[1]
    assert all(len(word) >= 10 for words in found for word in words)


def test_o10_generated_passwords_differ(terminal, db):
    printed = {
        terminal("create_user", f"p{n}@example.org", "--handle", f"p{n}").lines[-1]
        for n in range(3)
    }
    assert len(printed) == 3
    assert all(len(word) >= 20 for word in printed)


def test_o10_whoever_signs_up_first_is_no_operator(client, db):
    user = User(email=EMAIL)
    user.set_password("three green lamps")
    signup.complete(user=user, display_name="First", language="en")
    assert User.objects.filter(is_staff=True).count() == 0


def test_o10_no_address_makes_an_operator():
    def names(resolver):
        for entry in resolver.url_patterns:
            if isinstance(entry, URLResolver):
                yield from names(entry)
            else:
                yield f"{entry.pattern} {entry.name}".lower()

    words = ("setup", "install", "first", "wizard", "bootstrap", "superuser")
    assert [name for name in names(get_resolver()) for word in words if word in name] == []


@pytest.mark.django_db(transaction=True)
def test_o10_of_two_operators_made_at_once_for_one_address_one_wins():
    def make(handle):
        return lambda: people.create_account(
            email=EMAIL, handle=handle, password="three green lamps", staff=True
        )

    with another_connection() as gate:
        gate.execute("LOCK TABLE accounts_user IN SHARE MODE")
        crowd = Crowd([make("one"), make("two")])
        crowd.wait_until_all_wait()
    winner, loser = sorted(crowd.finish(), key=lambda answer: isinstance(answer, Exception))
    assert isinstance(winner, User)
    assert isinstance(loser, ValidationError)
    assert loser.messages == ["Somebody has just taken this address or handle."]
    assert User.objects.filter(email=EMAIL).count() == 1
