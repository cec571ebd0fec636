"""A synchronous primary whose standby is away: its commits hang, which /readyz says."""

import re
import shutil
import threading

import pytest

from cocreate.lib import standby
from tests.mail import free_port
from tests.source import ROOT
from tools.drill.servers import Primary, wait_for

NAMES = "SELECT current_setting('synchronous_standby_names')"


@pytest.fixture
def alone(tmp_path):
    for above in (tmp_path, tmp_path.parent, tmp_path.parent.parent):
        above.chmod(0o711)  # PostgreSQL may run as another user
    server = Primary(tmp_path / "pg", free_port(), synchronous=False)
    try:
        server.start()
        with server.connected("postgres") as database:
            database.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
            database.execute("SELECT pg_reload_conf()")
        wait_for(lambda: server.ask(NAMES, "postgres") == [("*",)], "the configuration")
        yield server
    finally:
        server.stop()
        shutil.rmtree(server.sockets)


def commits_wait(server):
    return server.ask(standby.COMMITS_WAIT, "postgres") == [(True,)]


def write(server):
    with server.connected("postgres") as database:
        database.execute("CREATE TABLE tried ()")


def test_commits_that_wait_for_a_standby_are_seen_and_ended_as_the_page_says(alone):
    page = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    (ends_it,) = re.findall(r'psql -c "(ALTER SYSTEM[^"]*)" -c "(SELECT[^"]*)"', page)
    writing = threading.Thread(target=write, args=(alone,), daemon=True)
    assert not commits_wait(alone)
    writing.start()
    wait_for(lambda: commits_wait(alone), "a commit that waits", 30)
    with alone.connected("postgres") as database:
        for command in ends_it:
            database.execute(command)
    writing.join(30)
    assert not writing.is_alive()
    assert not commits_wait(alone)
