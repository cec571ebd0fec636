import stat
from pathlib import Path

import pytest

from cocreate.embedded import environment
from cocreate.embedded.stack import servers_to_start


@pytest.fixture
def bare(monkeypatch):
    for name in ("SECRET_KEY", "SECRET_KEY_FILE", "DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def test_the_secret_key_is_made_once_and_for_us_alone(bare, tmp_path):
    path = Path(environment.for_children(tmp_path)["SECRET_KEY_FILE"])
    secret = path.read_text()
    assert len(secret) >= 50
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert environment.for_children(tmp_path)["SECRET_KEY_FILE"] == str(path)
    assert path.read_text() == secret


@pytest.mark.parametrize("name", ["SECRET_KEY", "SECRET_KEY_FILE"])
def test_a_chosen_secret_key_stays(bare, tmp_path, name):
    bare.setenv(name, "chosen")
    children = environment.for_children(tmp_path)
    assert children[name] == "chosen"
    assert not (tmp_path / "secret_key").exists()


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),
        ("::", "http://[::1]:8000"),
        ("fe80::1", "http://[fe80::1]:8000"),
        ("ideas.example.org", "http://ideas.example.org:8000"),
    ],
)
def test_the_address_is_one_a_browser_can_open(host, url):
    assert environment.public_url(host, 8000) == url


def test_a_named_server_is_not_started(bare):
    assert servers_to_start() == ("postgres", "valkey")
    bare.setenv("DATABASE_URL", "postgresql://elsewhere")
    assert servers_to_start() == ("valkey",)
    bare.setenv("REDIS_URL", "redis://elsewhere")
    assert servers_to_start() == ()
