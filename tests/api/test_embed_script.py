"""The scripts as other sites load them: small, for everybody, each version under one address."""

import base64
import gzip
import hashlib
from datetime import date, timedelta

import pytest
from django.urls import Resolver404, resolve

from cocreate.lib import scripts
from tests.source import ROOT
from tools import keep_embed

TODAY, FOLDER = "/embed/v1/cocreate.js", ROOT / "static" / "embed"
MOST_BYTES = {scripts.ELEMENTS: 9_600, scripts.CARD: 4_000, scripts.LAUNCHER: 5_000}
ASKED = {"HTTP_ORIGIN": "https://shop.example", "HTTP_ACCEPT_ENCODING": "gzip, br"}


@pytest.mark.parametrize("of", scripts.ALL)
def test_it_is_small(client, of):
    page = client.get(f"/embed/v1/{of}.js", **ASKED)
    assert page["Content-Encoding"] == "gzip"
    assert len(page.content) < MOST_BYTES[of]
    assert gzip.decompress(page.content) == client.get(f"/embed/v1/{of}.js").content


@pytest.mark.parametrize(
    ("address", "caching"),
    [
        (TODAY, "public, max-age=300, stale-while-revalidate=86400"),
        ("/embed/v1/launcher.js", "public, max-age=300, stale-while-revalidate=86400"),
        *(
            (f"/embed/v1/{scripts.today(of).name}", "public, max-age=31536000, immutable")
            for of in scripts.ALL
        ),
    ],
)
def test_every_page_may_load_it_and_no_cookie_is_read_or_set(client, address, caching):
    client.cookies["cocreate_session"] = "anything"
    page = client.get(address, **ASKED)
    assert (page.status_code, page["Cache-Control"]) == (200, caching)
    assert page["Content-Type"] == "text/javascript; charset=utf-8"
    assert page["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in page
    assert page["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert page["X-Content-Type-Options"] == "nosniff"
    assert "Accept-Encoding" in page["Vary"]
    assert "Cookie" not in page["Vary"]
    assert not page.cookies


def test_who_has_it_is_told_so(client):
    etag = client.get(TODAY)["ETag"]
    page = client.get(TODAY, HTTP_IF_NONE_MATCH=etag, **ASKED)
    assert (page.status_code, page.content, page["ETag"]) == (304, b"", etag)
    assert page["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("verb", ["post", "put", "delete"])
def test_it_is_only_read(client, verb):
    assert getattr(client, verb)(TODAY).status_code == 405


@pytest.mark.parametrize("of", scripts.ALL)
def test_the_integrity_is_of_what_is_sent(client, of):
    """W18."""
    script = scripts.today(of)
    digest = hashlib.sha384(client.get(f"/embed/v1/{script.name}").content).digest()
    assert script.integrity == f"sha384-{base64.b64encode(digest).decode()}"


def test_a_launcher_names_the_versions_that_it_fetches_and_their_integrity(client):
    """W18: whoever pins it has pinned all of it."""
    said = client.get("/embed/v1/launcher.js").content.decode()
    parts = [scripts.today(of) for of in scripts.FETCHED_BY_LAUNCHER]
    named = ", ".join(f'"{part.name}": "{part.integrity}"' for part in parts)
    assert f"const PARTS = {{ {named} }};" in said


def test_readers_are_sent_no_line_that_only_explains_and_every_line_that_does_something(client):
    said = [line.strip() for line in client.get(TODAY).content.decode().splitlines()]
    source = [line.strip() for line in (FOLDER / "cocreate.js").read_text().splitlines()]
    assert said == [line for line in source if not line.startswith("//")]
    assert said[0].startswith("/* <cocreate-vote>")


@pytest.mark.parametrize("of", scripts.ALL)
def test_todays_version_is_kept_under_its_own_name(of):
    remedy = f"static/embed/{of}.js has changed: run python -m tools.keep_embed"
    own = [line for line in keep_embed.lines() if line.of == of]
    assert own[-1].hash == scripts.today(of).hash, remedy


def test_every_version_of_the_list_is_served_and_is_what_it_was(client):
    """W18: whoever pinned one and its integrity goes on showing it."""
    for line in keep_embed.lines():
        page = client.get(f"/embed/v1/{line.name}")
        assert page.status_code == 200
        assert scripts.hash_of(page.content) == line.hash


def test_an_old_version_stays_for_ninety_days_after_the_next(tmp_path):
    def release(text, day, version):
        (tmp_path / "cocreate.js").write_text(text)
        keep_embed.keep(tmp_path, day, version)
        return {path.read_text() for path in (tmp_path / "kept").glob("cocreate.*")}

    for name in ("card.js", "launcher.js"):
        (tmp_path / name).write_text("never another")
    first = date(2026, 1, 1)
    assert release("one", first, "1.0") == {"one"}
    assert release("two", first + timedelta(300), "1.1") == {"one", "two"}
    # What was never released as it was is kept by nobody.
    assert release("two!", first + timedelta(310), "1.1") == {
        "one",
        "two!",
    }
    assert release("three", first + timedelta(400), "1.2") == {"one", "two!", "three"}
    assert release("three", first + timedelta(401), "1.2") == {"two!", "three"}
    assert release("three", first + timedelta(900), "1.3") == {"three"}


def test_a_launcher_is_kept_with_all_that_it_fetches(tmp_path):
    def release(text, day, version):
        (tmp_path / "cocreate.js").write_text(text)
        keep_embed.keep(tmp_path, day, version)
        return {path.name for path in (tmp_path / "kept").iterdir()}

    (tmp_path / "card.js").write_text("a card")
    (tmp_path / "launcher.js").write_text('{ "cocreate.js": "", "card.js": "" }')
    first = release("one", date(2026, 1, 1), "1.0")
    assert len(first) == 3
    both = release("two", date(2026, 5, 1), "1.1")
    assert first < both
    assert len(both) == 5  # the card is the same
    names = {path.read_text() for path in (tmp_path / "kept").glob("launcher.*")}
    assert all(any(name in text for text in names) for name in both if "launcher" not in name)
    assert len(release("two", date(2026, 9, 1), "1.2")) == 3


def test_nothing_else_is_there(client):
    page = client.get("/embed/v1/cocreate.0000000000000000.js")
    assert (page.status_code, page["Content-Type"]) == (404, "text/plain")
    for name in ("cocreate..js", "cocreate.../../../manage.py", "kept/", "versions.txt"):
        with pytest.raises(Resolver404):
            resolve(f"/embed/v1/{name}")
