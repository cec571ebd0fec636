"""The copies that a process has of kept answers for a moment, so that it need not ask the store."""

import time

import pytest
from django.test import Client

from api import keeping
from api.keeping import Copies, Kept

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def copies(monkeypatch):
    """Fresh ones, which live as long as the test."""
    monkeypatch.setattr(keeping, "COPY_SECONDS", 60)
    monkeypatch.setattr(keeping, "copies", Copies())
    return keeping.copies


@pytest.fixture
def path(host, idea):
    return f"/embed/v1/ideas/{idea.code}/?key={host.publishable}"


@pytest.fixture
def looks(monkeypatch):
    """Fills with the names of what the store is asked for."""
    asked, look = [], keeping.Place.look

    def noted(place):
        asked.append(place.name)
        return look(place)

    monkeypatch.setattr(keeping.Place, "look", noted)
    return asked


def answer(text):
    return Kept(text.encode(), '"e"', [])


def test_the_third_reader_costs_no_look_into_the_store(path, copies, looks):
    bodies = [Client().get(path).content for _n in range(4)]
    assert len(looks) == 2
    assert len(set(bodies)) == 1


def test_after_a_moment_the_store_is_asked_again(path, copies, looks, monkeypatch):
    monkeypatch.setattr(keeping, "COPY_SECONDS", 0)
    for _n in range(4):
        Client().get(path)
    assert len(looks) == 4


def test_what_a_reader_made_itself_is_no_copy(path, copies):
    Client().get(path)
    assert copies._answers == {}


def test_what_is_refused_is_never_copied(path, copies, looks):
    for _n in range(3):
        assert Client().get(path + "x").status_code == 404
    assert copies._answers == {}
    assert len(looks) == 3


def test_a_copy_ends_by_the_clock(monkeypatch):
    monkeypatch.setattr(keeping, "COPY_SECONDS", 0.2)
    now = time.monotonic()
    monkeypatch.setattr(keeping.time, "monotonic", lambda: now)
    kept = Copies()
    kept.take("a", answer("old"))
    assert kept.of("a").body == b"old"
    now += 0.2
    assert kept.of("a") is None


def test_there_are_never_more_than_so_many(monkeypatch, copies):
    monkeypatch.setattr(keeping, "MOST_COPIES", 3)
    for name in "abcda":
        copies.take(name, answer(name))
    assert [name for name in "abcd" if copies.of(name)] == ["a", "c", "d"]


def test_with_the_store_away_everybody_makes_their_own(path, copies, no_store):
    assert Client().get(path).status_code == 200
    assert copies._answers == {}
