"""The tools of the bench measure what they say; the whole of it runs by hand (-m bench)."""

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from xml.etree import ElementTree

import pytest
from django.db import connection

from accounts.domain.signin import member_of_session
from accounts.domain.tokens import find_token
from accounts.models import User
from cocreate.bench import (
    chart,
    cpu,
    database,
    fill,
    growth,
    lists,
    load,
    memory,
    pages,
    proxy,
    raw,
    report,
    roads,
    vote,
    yardstick,
)
from cocreate.bench.figures import Rounds, Slot
from cocreate.bench.site import Site
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


class ClosesEachTime(Answers):
    def end_headers(self):
        self.send_header("Connection", "close")
        super().end_headers()


def test_a_server_that_closes_each_connection_is_asked_on_a_new_one(server):
    server.RequestHandlerClass = ClosesEachTime
    found = load.run(*server.server_address, 2, 30.0, [put(f"new {n}") for n in range(20)])
    assert (found["requests"], found["statuses"]) == (20, {"201": 20})
    assert len({port for _body, port in server.seen}) == 20


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
def test_a_database_that_is_there_can_be_copied():
    with database.own_database():
        fill.create_members(2)
        name = connection.settings_dict["NAME"]
        with database.own_database(name):
            assert connection.settings_dict["NAME"] != name
            assert User.objects.count() == 2
            User.objects.all().delete()
        assert User.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_members_of_a_second_bench_are_others():
    members = fill.create_members(2) + fill.create_members(2)
    assert len({member.id for member in members}) == 4
    assert len({member.session for member in members}) == 4


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


# requests of browsers


@pytest.fixture
def pages_work(settings):
    """Without the names that a collection of static files gives."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}


@pytest.mark.usefixtures("pages_work")
@pytest.mark.django_db(transaction=True)
def test_a_members_vote_is_pressed_as_the_page_sends_it(live_server):
    brand, members = fill.brand_of(3), fill.create_members(2)
    fill.admit_members(brand, members)
    fill.count_afresh()
    request = vote.by_page(brand)
    first = Idea.objects.order_by("id")[0]
    address = ("127.0.0.1", live_server.thread.port)
    done = load.run(*address, 1, 30.0, [request(m, first.pk, 0) for m in members])
    assert done["statuses"] == {"200": 2}
    assert VoteEvent.objects.filter(idea=first, ref__startswith="b").count() == 2


@pytest.mark.usefixtures("pages_work")
@pytest.mark.django_db(transaction=True)
def test_a_page_is_visited_by_the_member_whose_session_is_shown(live_server):
    fill.brand_of(3)
    (member,) = fill.create_members(1)
    fill.count_afresh()
    path = pages.question_path(3)
    client = load.Client(("127.0.0.1", live_server.thread.port))
    client.send(roads.visit(path, member.session))
    while (status := client.receive()) is None:
        pass
    assert status == 200
    shown = gzip.decompress(client.answer.partition(b"\r\n\r\n")[2])
    assert shown.count(b"data-vote") == 3


# nginx


@pytest.mark.skipif(shutil.which("nginx") is None, reason="there is no nginx here")
def test_nginx_takes_our_files_and_answers_what_it_keeps(live_server):
    with TemporaryDirectory() as name:  # under a folder that nginx's own user may look into
        site = Site(live_server.thread.port, Path(name), {}, 0)
        with proxy.proxy_before(site) as before:
            path = before.keep_as_file("/healthz", {"Host": "127.0.0.1"})
            slot = before.road("file", roads.get(path), 0.2, file=True)
        kept = (site.folder / "nginx/files/yardstick.html").read_bytes()
    assert set(slot.notes["statuses"]) == {"200"}
    assert kept.strip() == b"ok"


# plain SQL beside the product


@pytest.mark.django_db(transaction=True)
def test_plain_sql_holds_the_same_rows(tmp_path):
    brand, members = fill.brand_of(30), fill.create_members(3)
    fill.admit_members(brand, members)
    codes = list(Idea.objects.order_by("id").values_list("code", flat=True))
    for member in members:
        for code in codes[: 5 + member.id % 3]:
            cast_as_user(code=code, user_id=member.id, value=1)
    votes = VoteEvent.objects.exclude(ref="").count()
    with database.connect() as db:
        raw.prepare(db)
        raw.write_files(db, tmp_path)
        try:
            assert raw.load(db, tmp_path) > 0
            assert raw.upkeep(db, [Idea.objects.order_by("id")[0].pk]) > 0
            assert db.execute("SELECT count(*), sum(votes) FROM score").fetchone() == (
                30,
                votes + 1,
            )
            before = db.execute("TABLE score ORDER BY idea_id").fetchall()
            assert raw.rebuild(db) > 0
            assert db.execute("TABLE score ORDER BY idea_id").fetchall() == before
            assert db.execute(raw.RECOUNT).fetchone()[1] == votes
        finally:
            db.execute("DROP SCHEMA raw CASCADE")


# memory


def test_what_a_process_holds_is_read_from_the_kernel():
    block = b"x" * 50_000_000
    assert memory.resident_mb(os.getpid()) > len(block) / 2**20
    assert 0 < memory.share_mb(os.getpid()) <= memory.resident_mb(os.getpid()) + 1


def test_a_process_that_has_ended_holds_nothing():
    with subprocess.Popen(["true"]) as process:
        process.wait()
    assert (memory.resident_mb(process.pid), memory.share_mb(process.pid)) == (0, 0)


# growth


def grown(label, **notes):
    slots = [
        Slot(f"votes, {label}", notes["votes"], cpu_us={"web": 900.0}, lag_s=[0.1, 0.3]),
        Slot(f"list, {label}", 50.0, notes={"p95_ms": notes["p95"]}),
        Slot(f"size, {label}", 0.0, notes={"disk": 80.0, "web": 120.0, "tally": 90.0}),
    ]
    return {slot.name: slot for slot in slots}


def test_a_size_measured_alone_joins_those_of_before(settings, tmp_path):
    settings.VAR = tmp_path
    growth.keep(Rounds([grown("1 %", votes=500.0, p95=4.0)]), [0.01])
    growth.keep(Rounds([grown("100 %", votes=480.0, p95=4.2)]), [1.0])
    growth.keep(Rounds([grown("10 %", votes=490.0, p95=4.1)]), [0.1])
    drawn = (tmp_path / growth.CHART).read_text()
    assert re.findall(r'class="soft"[^>]*>([0-9]+ %)<', drawn)[:3] == ["1 %", "10 %", "100 %"]
    assert "500" in drawn
    assert "480" in drawn


def test_growth_is_judged_between_the_smallest_and_the_largest():
    small, large = grown("1 %", votes=500.0, p95=4.0), grown("100 %", votes=460.0, p95=4.8)
    found = growth.verdicts(Rounds([small | large, small | large]))
    assert [verdict.word for verdict in found] == ["met", "missed"]
    assert growth.verdicts(Rounds([small, small])) == []


def test_the_chart_says_each_figure_in_words_and_needs_no_script():
    figures_of_all = {
        label: growth.figures_of(Rounds([grown(label, votes=votes, p95=4.0)]), label)
        for label, votes in (("1 %", 500.0), ("100 %", 1480.0))
    }
    drawn = ElementTree.fromstring(chart.draw(figures_of_all))  # noqa: S314 - our own
    tags = [element.tag.rpartition("}")[2] for element in drawn.iter()]
    assert tags.count("rect") == len(chart.PANELS) * 2
    assert "script" not in tags
    said = next(element.text for element in drawn if element.tag.endswith("desc"))
    assert "Votes a second, 8 clients: 500 at 1 %, 1,480 at 100 %" in said


# the command


@pytest.mark.parametrize(
    "arguments",
    [
        ["fly"],
        ["vote", "--rounds", "0"],
        ["--seconds", "0"],
        ["--seconds", "x"],
        ["data", "--scale", "2"],
        ["growth", "--scales", "0.1,x"],
    ],
)
def test_wrong_arguments_are_exit_code_2_before_anything_starts(terminal, arguments):
    run = terminal("bench", *arguments)
    assert (run.code, run.out) == (2, "")


@pytest.mark.bench
@pytest.mark.django_db(transaction=True)
def test_the_whole_bench_on_a_small_scale(terminal):
    arguments = ["--rounds", "2", "--seconds", "0.5", "--scale", "0.01"]
    run = terminal("bench", "--full", *arguments)
    assert run.code == 0, run.err
    found = json.loads(run.out)
    assert set(found["benches"]) == set(report.USUAL)
    assert {line["target"] for line in found["targets"]} == set(range(1, 22)) - {18}
    for each in found["benches"]["vote"]["rounds"]:
        for slot in each:
            assert slot["per_second"] > 0
    exact = [line for line in found["targets"] if line["target"] == 5]
    assert [line["ok"] for line in exact] == [True]


@pytest.mark.bench
@pytest.mark.django_db(transaction=True)
def test_growth_on_a_small_scale(terminal, settings, tmp_path):
    settings.VAR = tmp_path
    arguments = ["--rounds", "2", "--seconds", "0.5", "--scales", "0.002,0.005"]
    run = terminal("bench", "growth", "--json", *arguments)
    assert run.code == 0, run.err
    assert [line["target"] for line in json.loads(run.out)] == [18, 18]
    assert (tmp_path / growth.CHART).exists()
