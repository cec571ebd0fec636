"""Wrong settings are sentences that say what to do, all at once and without a traceback."""

import os
import subprocess
import sys

import pytest
from django.core.checks import run_checks
from django.db import connection, connections

from cocreate import checks, checks_database, checks_files
from tests.source import ROOT

PUBLIC = {"PUBLIC_URL": "https://ideas.example"}
WRONG = {
    "PUBLIC_URL": "ideas.example",
    "TRUSTED_PROXIES": "two",
    "DEBUG": "perhaps",
    "LOG_LEVEL": "LOUD",
    "LOG_FORMAT": "xml",
    "REDIS_URL": "valkey.example",
    "DATABASE_URL": "mysql://me:hush@there/it",
    "EMAIL_URL": "imap://me:hush@there",
}


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {k: v for k, v in os.environ.items() if k != "DJANGO_ALLOW_ASYNC_UNSAFE"}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT, env={**inherited, **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_o02_the_deploy_check_is_clean_with_an_https_address():
    done = manage("check", "--deploy", "--fail-level", "WARNING", **PUBLIC)
    assert done.returncode == 0, done.stderr
    assert "WARNINGS" not in done.stdout + done.stderr


def test_o02_it_says_nothing_at_all_where_proxies_and_mail_are_named():
    set_up = PUBLIC | {"TRUSTED_PROXIES": "1", "EMAIL_URL": "smtp://mail.example"}
    done = manage("check", "--deploy", "--fail-level", "DEBUG", **set_up)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout + done.stderr


def test_all_wrong_values_are_said_at_once_and_no_password_with_them():
    done = manage("check", **WRONG)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert [name for name in WRONG if f"(cocreate.E001) {name}" not in done.stderr] == []
    assert "hush" not in done.stderr


def test_a_command_refuses_to_run_on_a_wrong_value():
    done = manage("create_user", "a@example.org", "--handle", "a", TRUSTED_PROXIES="-1")
    assert done.returncode == 1
    assert "TRUSTED_PROXIES is '-1': write a whole number from 0 to 10." in done.stderr
    assert "Traceback" not in done.stderr


def test_a_secret_file_that_is_missing_is_a_sentence():
    environment = {"METRICS_TOKEN_FILE": "/nowhere/token"}
    done = manage("check", **environment)
    assert done.returncode == 1
    assert "METRICS_TOKEN_FILE: cannot read /nowhere/token" in done.stderr


@pytest.mark.parametrize("process", ["web", "worker", "beat"])
def test_no_process_starts_on_a_guess(process):
    done = manage("check", COCREATE_PROCESS=process, TRUSTED_PROXIES="two")
    assert done.returncode == 1
    assert "TRUSTED_PROXIES is 'two'" in done.stderr


def test_the_launcher_says_it_before_anything_starts(tmp_path):
    environment = os.environ | {"COCREATE_VAR": str(tmp_path), "DATABASE_URL": "mysql://x"}
    command = [sys.executable, "-m", "cocreate.embedded", "up", "--port", "0", "--no-demo"]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "DATABASE_URL must be postgresql://" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("key", ["", "changeme" * 8, "short", "ab" * 30])
def test_a_guessable_secret_key_is_refused(settings, key):
    settings.SECRET_KEY = key
    assert [message.id for message in checks.secret_key()][0] in {"cocreate.E002", "cocreate.E003"}


def test_debug_is_for_this_machine_only(settings):
    settings.DEBUG, settings.PUBLIC_HOST = True, "127.0.0.1"
    assert checks.debug() == []
    settings.PUBLIC_HOST = "ideas.example"
    assert [message.id for message in checks.debug()] == ["cocreate.E004"]


@pytest.mark.parametrize(
    ("host", "https", "proxies", "said"),
    [
        ("127.0.0.1", False, 0, ["cocreate.W001"]),
        ("ideas.example", False, 1, ["cocreate.W002"]),
        ("ideas.example", True, 0, ["cocreate.I003"]),
        ("ideas.example", True, 1, []),
    ],
)
def test_the_public_address_is_judged(settings, host, https, proxies, said):
    settings.PUBLIC_HOST, settings.IS_HTTPS, settings.TRUSTED_PROXIES = host, https, proxies
    assert [message.id for message in checks.public_address()] == said


def test_a_short_metrics_token_is_refused(settings):
    settings.METRICS_TOKEN = "short"
    assert [message.id for message in checks.metrics_token()] == ["cocreate.E005"]


def test_the_tests_own_database_is_one_to_live_in(db):
    assert checks_database.of_connection(connection) == []
    assert run_checks(databases=["default"]) == []


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ((14, "UTF8", False, True, True), "011"),
        ((15, "SQL_ASCII", False, True, True), "012"),
        ((15, "UTF8", True, True, True), "013"),
        ((15, "UTF8", False, False, True), "014"),
        ((15, "UTF8", False, True, False), "015"),
        ((15, "UTF8", False, True, True, ["unaccent"]), "016"),
        ((15, "UTF8", False, True, True, []), None),
    ],
)
def test_a_database_that_will_not_do_is_named(facts, code):
    wrong = [found for found, is_wrong, *_words in checks_database.judged(*facts) if is_wrong]
    assert wrong == ([code] if code else [])


def test_an_extension_that_the_server_lacks_is_named(db, monkeypatch):
    monkeypatch.setattr(checks_database, "EXTENSIONS", ["pg_trgm", "pg_nothing"])
    (said,) = checks_database.of_connection(connection)
    assert (said.id, said.msg) == (
        "cocreate.E016",
        "PostgreSQL lacks pg_nothing, which search needs.",
    )


def test_a_database_that_does_not_answer_is_one_sentence(db):
    nowhere = connections["default"].settings_dict | {"HOST": "127.0.0.1", "PORT": "1"}
    lost = type(connections["default"])(nowhere, "default")
    (said,) = checks_database.of_connection(lost)
    assert (said.id, "\n" in said.msg) == ("cocreate.E010", False)


def test_a_folder_that_is_no_folder_is_named(settings, tmp_path):
    assert checks_files.folders() == []
    (tmp_path / "file").touch()
    settings.MEDIA_ROOT = tmp_path / "file" / "media"
    assert [message.id for message in checks_files.folders()] == ["cocreate.E020"]
