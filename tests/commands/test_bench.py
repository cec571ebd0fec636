"""The tools of the bench measure what they say; the whole of it runs by hand (-m bench)."""

import json
import os
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from django.db import connection

from accounts.domain.signin import member_of_session
from accounts.domain.tokens import find_token
from accounts.models import User
from cocreate.bench import cpu, database, fill, lists, load, vote, yardstick
from cocreate.bench.figures import Rounds, Slot, Spread, Verdict
from ideas.domain import tally
from ideas.domain.lists import ideas_page
from ideas.domain.votes import cast_as_user
from ideas.enums import Sort
from ideas.models import Idea, Score, VoteEvent


class Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    seen: list[tuple[str, int]]

    def do_PUT(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen.append((body.decode(), self.client_address[1]))
        self.send_response(201 if b"new" in body else 200)
        self.send_header("Content-Length", "70000")
        self.end_headers()
        self.wfile.write(b"x" * 70_000)

    def log_message(self, *arguments):
        pass


@pytest.fixture
def server():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    server.seen = []
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()


def put(body):
    return f"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()


# the load generator


def test_every_request_is_sent_once_by_clients_that_keep_their_connection(server, tmp_path):
    load.write_requests(tmp_path / "requests", (put(f"new {n}") for n in range(50)))
    found = load.run(*server.server_address, 4, 30.0, load.read_requests(tmp_path / "requests"))
    assert sorted(body for body, _port in server.seen) == sorted(f"new {n}" for n in range(50))
    assert len({port for _body, port in server.seen}) == 4
    assert (found["requests"], found["statuses"], found["ran_out"]) == (50, {"201": 50}, True)


def test_the_clock_ends_it_and_what_was_sent_is_waited_for(server):
    found = load.run(*server.server_address, 2, 0.2, [put("same")] * 100_000)
    assert found["requests"] == len(server.seen)
    assert (list(found["statuses"]), found["ran_out"]) == (["200"], False)
    assert 0.2 <= found["seconds"] < 5
    assert 0 < found["p50_ms"] <= found["p99_ms"]


def test_it_runs_as_a_process_of_its_own(server, tmp_path):
    load.write_requests(tmp_path / "requests", [put("new")] * 3)
    host, port = server.server_address
    arguments = [host, str(port), "8", "5", str(tmp_path / "requests")]
    command = [sys.executable, "-m", "cocreate.bench.load", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["statuses"] == {"201": 3}


# CPU


def test_the_cpu_of_a_tree_is_counted_with_children_that_have_ended():
    before = cpu.seconds(os.getpid())
    subprocess.run([sys.executable, "-c", "sum(range(10**7))"], check=True)
    assert cpu.seconds(os.getpid()) - before > 0.05


def test_a_process_that_sleeps_costs_nothing():
    with subprocess.Popen(["sleep", "60"]) as process:
        time.sleep(0.1)
        assert cpu.seconds(process.pid) < 0.05
        assert (cpu.parent_of(process.pid), cpu.name_of(process.pid)) == (os.getpid(), "sleep")
        process.kill()
    assert cpu.parent_of(process.pid) is None


# figures


def rate(slot):
    return slot.per_second


def rounds_of(*pairs):
    return Rounds(
        [{"yard": Slot("yard", yard), "ours": Slot("ours", ours)} for yard, ours in pairs]
    )


def test_a_ratio_is_taken_within_each_round():
    found = rounds_of((100, 20), (50, 20), (80, 20))
    assert found.ratio("ours", "yard", rate) == Spread(0.2, 0.25, 0.4)
    assert found.unsteady("yard") == ""


def test_a_yardstick_that_varies_by_more_than_2_times_judges_nothing():
    found = rounds_of((100, 20), (49, 20))
    assert found.unsteady("yard") == "yard varied by 2.0 times between rounds"
    verdict = Verdict(1, "ours", Spread(1, 1, 1), 0.2, True, found.unsteady("yard"))
    assert verdict.word == "refused"
    assert rounds_of((100, 20)).unsteady("yard")


def test_a_machine_that_others_use_judges_nothing():
    found = rounds_of((100, 20), (90, 20))
    found.others = 0.6
    assert found.unsteady("yard") == "others used 60% of the machine"


@pytest.mark.parametrize(
    ("found", "at_least", "word"),
    [(0.26, True, "met"), (0.25, True, "missed"), (0.26, False, "met"), (0.27, False, "missed")],
)
def test_a_target_is_met_from_its_own_value_on(found, at_least, word):
    assert Verdict(1, "x", Spread(0, found, 9), 0.26, at_least).word == word


# the database of its own, and what it is filled with


@pytest.mark.django_db(transaction=True)
def test_the_bench_works_in_a_database_that_is_gone_afterwards(alice):
    before = connection.settings_dict["NAME"]
    with database.own_database() as url:
        name = connection.settings_dict["NAME"]
        assert url.rpartition("?")[0].endswith(f"/{name}") or url.endswith(f"/{name}")
        assert name.startswith("bench_")
        assert not User.objects.exists()
    assert connection.settings_dict["NAME"] == before
    assert User.objects.get() == alice
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_database WHERE datname = %s", [name])
        assert cursor.fetchone() is None


@pytest.mark.django_db(transaction=True)
def test_a_database_that_a_killed_bench_left_is_dropped_by_the_next():
    with connection.cursor() as cursor:
        cursor.execute("CREATE DATABASE bench_cocreate_left")
    with database.own_database(), connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_database WHERE datname = 'bench_cocreate_left'")
        assert cursor.fetchone() is None


@pytest.mark.django_db(transaction=True)
def test_members_can_present_what_they_were_given():
    for member in fill.create_members(3):
        assert find_token(member.token).pk == member.id
        assert member_of_session(member.session).pk == member.id


@pytest.mark.django_db(transaction=True)
def test_ideas_have_true_counters_and_take_votes():
    brand = fill.brand_of(30)
    members = fill.create_members(2)
    fill.admit_members(brand, members)
    fill.count_afresh()
    assert tally.verify() == []
    assert Score.objects.order_by("-points")[0].points == fill.MOST_VOTES
    first = Idea.objects.order_by("id")[0]
    assert first.code == fill.code_of(first.pk)
    assert cast_as_user(code=first.code, user_id=members[0].id, value=1).is_new
    assert fill.brand_of(30) == brand


# the yardstick


@pytest.mark.django_db(transaction=True)
def test_pgbench_casts_new_votes_by_the_products_own_statements():
    brand, members = fill.brand_of(50), fill.create_members(200)
    fill.admit_members(brand, members)
    ground = vote.ground_of(None, members, ideas=50)
    scripts = (vote.own_script(ground), vote.behalf_script(ground), vote.widget_script(ground))
    for script in scripts:
        before = VoteEvent.objects.count()
        done = yardstick.pgbench(script, 1)
        assert 0 < VoteEvent.objects.count() - before <= done.transactions


@pytest.mark.django_db(transaction=True)
def test_pgbench_asks_for_the_page_that_the_product_shows():
    brand = fill.brand_of(60)
    fill.count_afresh()
    first = ideas_page(brand=brand, sort=Sort.HOT)
    for cursor in ("", first.next):
        query, values = lists.statement(lists.Target("any", brand, cursor))
        assert values["brand"] == brand.pk
        script, texts = yardstick.script_of(query, values)
        assert "%(" not in script
        assert yardstick.pgbench(script, 1, texts).transactions > 0


def test_parameters_become_variables_of_their_type():
    query = "SELECT %(a)s, %(b)s, %(none)s, %(a)s LIMIT %(c)s"
    script, values = yardstick.script_of(query, {"a": 3, "b": True, "none": None, "c": "x", "d": 1})
    assert script == "SELECT :a::bigint, :b::boolean, NULL, :a::bigint LIMIT :c::text;\n"
    assert values == {"a": "3", "b": "true", "c": "x"}


# the command


@pytest.mark.parametrize(
    "arguments", [["fly"], ["vote", "--rounds", "0"], ["--seconds", "0"], ["--seconds", "x"]]
)
def test_wrong_arguments_are_exit_code_2_before_anything_starts(terminal, arguments):
    run = terminal("bench", *arguments)
    assert (run.code, run.out) == (2, "")


@pytest.mark.bench
@pytest.mark.django_db(transaction=True)
def test_the_whole_bench_on_a_small_scale(terminal):
    run = terminal("bench", "--json", "--rounds", "2", "--seconds", "0.5")
    assert run.code == 0, run.err
    found = json.loads(run.out)["benches"]
    assert {"vote", "list", "embed"} <= set(found)
    for each in found["vote"]["rounds"]:
        for slot in each:
            assert slot["per_second"] > 0
            if "statuses" in slot["notes"]:
                assert slot["notes"]["statuses"] == {"201": slot["notes"]["ledger_rows"]}
