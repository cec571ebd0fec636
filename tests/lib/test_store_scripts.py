"""Scripts of the store go over a connection that each thread keeps."""

import os
import threading
import time

import pytest
from django.conf import settings

from cocreate.lib.store import Away, Script, Store, store
from tests.store import nobody

ADD = Script("return KEYS[1] .. ARGV[1]")


def who():
    """What the server calls the connection over which this thread's scripts go."""
    assert store().run(ADD, ["a"], ["b"]) == b"ab"
    connection = store()._connection()
    connection.send_command("CLIENT", "ID")
    return connection.read_response()


def elsewhere(call):
    found = []
    thread = threading.Thread(target=lambda: found.append(call()))
    thread.start()
    thread.join()
    return found[0]


def test_a_thread_keeps_its_connection_and_shares_it_with_no_other():
    mine = who()
    assert who() == mine
    assert elsewhere(who) != mine


def test_threads_that_come_and_go_never_use_up_the_connections():
    assert len({elsewhere(who) for _n in range(120)}) == 120
    assert store().client.info("clients")["connected_clients"] < 60


def test_what_the_server_has_closed_is_opened_again_without_a_word():
    mine = who()
    store().client.client_kill_filter(_id=mine)
    assert who() != mine


def test_an_answer_that_was_left_over_is_nobodys():
    store()._connection().send_command("ECHO", "left over")
    time.sleep(0.2)  # until it has come
    assert store().run(ADD, ["a"], ["b"]) == b"ab"


def test_a_child_shares_no_connection_with_its_parent(monkeypatch):
    mine, process = who(), os.getpid()
    monkeypatch.setattr(os, "getpid", lambda: process + 1)
    assert who() != mine


def test_a_script_that_the_store_forgot_is_told_again():
    assert store().run(ADD, ["a"], ["b"]) == b"ab"
    store().client.script_flush()
    assert store().run(ADD, ["a"], ["c"]) == b"ac"


def test_a_store_that_is_away_is_said_to_be():
    with pytest.raises(Away):
        Store(nobody()).run(ADD, ["a"], ["b"])


def test_many_runs_are_one_trip_answered_in_their_order_also_where_the_store_forgot_the_script():
    store().client.script_flush()
    asked = [([f"{n}"], ["b"]) for n in range(50)]
    assert store().run_all(ADD, asked) == [b"%db" % n for n in range(50)]


def test_one_of_many_that_fails_leaves_no_answer_over_for_the_next():
    fails = Script("if ARGV[1] == 'b' then return redis.call('NO SUCH COMMAND') end return 'a'")
    there = Store(settings.REDIS_URL)
    with pytest.raises(Away):
        there.run_all(fails, [([], ["a"]), ([], ["b"]), ([], ["a"])])
    there._is_away = False
    assert there.run(ADD, ["a"], ["b"]) == b"ab"


def test_many_runs_with_the_store_away_say_so():
    with pytest.raises(Away):
        Store(nobody()).run_all(ADD, [(["a"], ["b"])])
