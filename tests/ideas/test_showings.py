"""What lists have shown waits in the process for a moment."""

import importlib
import multiprocessing
import threading
from types import SimpleNamespace

import pytest

from cocreate.lib.store import Store, store
from ideas.domain import exposure, showings
from ideas.domain.exposure import Showing
from ideas.domain.showings import Waiting
from tests.store import nobody, use

ADA, BEA = (Showing("192.0.2.0", agent, (1, 2), (9,)) for agent in ("Ada", "Bea"))


@pytest.fixture
def sent(monkeypatch):
    """What arrives at exposure.seen_all(), trip by trip; nobody sends by the clock."""
    trips = []
    monkeypatch.setattr(exposure, "seen_all", lambda shown: trips.append(list(shown)))
    monkeypatch.setattr(Waiting, "_send_for_ever", lambda self: None)
    return trips


def test_what_waits_goes_in_one_trip_and_once(sent):
    waiting = Waiting()
    for showing in (ADA, BEA, ADA):
        waiting.note(showing)
    assert sent == []
    waiting.send()
    assert sent == [[ADA, BEA]]
    waiting.send()
    assert sent[1:] == [[]]


def test_it_is_sent_by_itself_and_by_one_thread_for_all(monkeypatch):
    arrived, threads = threading.Semaphore(0), []

    def seen_all(shown):
        threads.append(threading.current_thread())
        arrived.release(len(list(shown)))

    monkeypatch.setattr(exposure, "seen_all", seen_all)
    monkeypatch.setattr(showings, "EVERY_SECONDS", 0.01)
    waiting = Waiting()
    for n in range(3):
        waiting.note(ADA._replace(ideas=(n,)))
        assert arrived.acquire(timeout=30)
    assert len(set(threads)) == 1
    assert threads[0] is not threading.current_thread()


def test_whoever_comes_when_it_is_full_sends_all(sent, monkeypatch):
    monkeypatch.setattr(showings, "MOST_WAITING", 2)
    waiting = Waiting()
    waiting.note(ADA)
    waiting.note(BEA)
    assert sent == [[ADA, BEA]]


def test_a_forked_child_has_a_sender_of_its_own(sent):
    waiting = Waiting()
    waiting.note(ADA)
    first = waiting._sender
    first.join()  # as in a child, where no other thread goes on
    waiting.note(BEA)
    assert waiting._sender is not first


def test_where_no_thread_is_to_be_had_nothing_breaks_and_it_goes_with_the_next(sent, monkeypatch):
    waiting = Waiting()
    with monkeypatch.context() as none:
        none.setattr(threading.Thread, "start", lambda self: _no_thread())
        waiting.note(ADA)
    waiting.note(BEA)
    waiting.send()
    assert sent == [[ADA, BEA]]


def _no_thread():
    raise RuntimeError("can't start new thread")


def test_a_forked_worker_that_ends_sends_what_waits(monkeypatch):
    """As the server's are: they end without atexit."""
    process = multiprocessing.get_context("fork")
    arrived = process.SimpleQueue()
    monkeypatch.setattr(exposure, "seen_all", lambda shown: arrived.put(list(shown)))
    monkeypatch.setattr(showings, "EVERY_SECONDS", 60)
    worker = process.Process(target=_shown_in_a_worker)
    worker.start()
    worker.join(timeout=60)
    assert worker.exitcode == 0
    assert not arrived.empty()
    assert arrived.get() == [ADA]


def _shown_in_a_worker():
    importlib.reload(showings)  # a worker loads the site itself
    showings.EVERY_SECONDS = 60
    showings.waiting.note(ADA)


def test_a_list_of_nothing_is_not_noted(monkeypatch):
    noted = []
    monkeypatch.setattr(showings, "waiting", SimpleNamespace(note=noted.append))
    showings.note(network="192.0.2.0", agent="Ada", ideas=[], challenges=[9])
    showings.note(network="192.0.2.0", agent="Ada", ideas=[1, 2], challenges=[9])
    assert noted == [ADA]


def test_showings_of_many_visitors_are_counted_as_if_each_had_come_alone(monkeypatch):
    for key in store().client.scan_iter("seen:*"):
        store().client.delete(key)
    exposure.seen_all([ADA, BEA, ADA])
    counted = store().client.hgetall(exposure.COLLECTED)
    assert (counted[b"n1"], counted[b"n2"], counted[b"c9"]) == (b"2", b"2", b"2")


def test_with_the_store_away_nobody_is_counted_and_nothing_breaks(settings):
    use(settings, nobody())
    assert isinstance(store(), Store)
    exposure.seen_all([ADA])
