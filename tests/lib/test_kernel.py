"""The kernel: cursors, tokens, text, environment."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from cocreate.lib import env, html, pages, tokens


def test_a_cursor_comes_back_as_it_went():
    cursor = pages.encode("hot", 1_000_023.123456789012, "2026-01-01T00:00:00+00:00", "k3v9")
    assert pages.decode(cursor, "hot", float, str, str) == [
        1_000_023.123456789012,
        "2026-01-01T00:00:00+00:00",
        "k3v9",
    ]


@pytest.mark.parametrize("cursor", ["", "x", "W10", "bnVsbA", "eyJhIjoxfQ", "[" * 200, "ü"])
def test_anything_else_is_no_cursor(cursor):
    with pytest.raises(pages.BadCursor):
        pages.decode(cursor, "hot", str)


def test_codes_are_readable_and_do_not_repeat():
    codes = {tokens.random_code() for _n in range(2000)}
    assert len(codes) == 2000
    assert all(set(code) <= set(tokens.ALPHABET) and len(code) == 10 for code in codes)


def test_a_hash_depends_on_its_purpose_and_on_the_secret(settings):
    one = tokens.keyed_hash("x", purpose="a")
    assert one != tokens.keyed_hash("x", purpose="b")
    settings.SECRET_KEY = "another"
    tokens._key.cache_clear()
    assert one != tokens.keyed_hash("x", purpose="a")
    tokens._key.cache_clear()


def test_markdown_becomes_html_with_headings_below_the_pages_own():
    assert html.render("# Big\n\n*so* [x](https://example.org)") == (
        "<h3>Big</h3>\n<p><em>so</em> "
        '<a href="https://example.org" rel="nofollow ugc noopener noreferrer">x</a></p>\n'
    )


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "<img src=x onerror=alert(1)>",
        "![x](https://tracker.example/p.png)",
        '<a href="#" hx-get="/x" onclick="y()">z</a>',
        "<svg><style><img src=x onerror=alert(1)></style></svg>",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
    ],
)
def test_x01_nothing_that_runs_or_calls_out_survives(text):
    rendered = html.render(text).lower()
    assert "<script" not in rendered
    assert "<img" not in rendered
    assert "<svg" not in rendered
    assert 'href="javascript' not in rendered
    assert 'href="data' not in rendered
    assert '<a href="#" hx' not in rendered


def test_a_text_with_hundreds_of_brackets_keeps_them_as_they_are():
    """Their ends would be looked for in the square of their number."""
    link = "[x](https://example.org)"
    assert "<a href" in html.render(link * html.MOST_BRACKETS)
    assert "<a href" not in html.render(link * (html.MOST_BRACKETS + 1))


@pytest.mark.parametrize("sign", html.MARKS)
def test_a_text_of_nothing_but_signs_is_shown_as_it_is(sign):
    dense = f"*not* so{sign * html.MOST_MARKS}"
    rendered = html.render(dense)
    assert "<em>" not in rendered
    assert rendered.startswith("<p>*not* so")
    assert "<em>" in html.render(f"*yes* so{sign * (html.MOST_MARKS - 3)}")


def test_a_dense_text_is_as_harmless_as_any():
    assert "<script" not in html.render("<script>alert(1)</script>\n" * 500)


def test_words_are_what_stands_outside_of_code():
    assert html.words("*Yes*, `no` [maybe](/x)\n\n    never") == ["Yes", ", ", " ", "maybe"]


def test_an_excerpt_is_one_plain_line():
    assert html.excerpt("# A\n\n*b* c") == "A b c"
    assert html.excerpt("word " * 100, 20).endswith("…")


def test_a_secret_may_come_from_a_file(tmp_path, monkeypatch):
    (tmp_path / "key").write_text("hush\n")
    monkeypatch.setenv("A_SECRET_FILE", str(tmp_path / "key"))
    assert env.text("A_SECRET") == "hush"
    monkeypatch.setenv("A_SECRET_FILE", str(tmp_path / "none"))
    with pytest.raises(ImproperlyConfigured, match="A_SECRET_FILE"):
        env.text("A_SECRET")


@pytest.mark.parametrize(("name", "read"), [("yesno", env.flag), ("count", env.number)])
def test_a_wrong_value_fails_loudly_and_names_the_variable(monkeypatch, name, read):
    monkeypatch.setenv(name, "perhaps")
    with pytest.raises(ImproperlyConfigured, match=name):
        read(name)


def test_a_database_url_may_name_a_socket_folder_or_a_host():
    socket = env.database("postgresql://me@/mine?host=/run/pg")
    assert (socket["HOST"], socket["NAME"], socket["USER"]) == ("/run/pg", "mine", "me")
    host = env.database("postgres://me:p%40ss@db.example:5433/mine?sslmode=require")
    assert (host["HOST"], host["PORT"], host["PASSWORD"]) == ("db.example", "5433", "p@ss")
    assert host["OPTIONS"] == {"sslmode": "require"}
    with pytest.raises(ImproperlyConfigured):
        env.database("mysql://x")


def test_a_database_url_may_name_several_servers_and_means_the_one_that_takes_writes():
    found = env.database("postgresql://me:p%2C@one:5433,[::1],three/mine?connect_timeout=9")
    assert (found["HOST"], found["PORT"]) == ("one,::1,three", "5433,5432,5432")
    assert found["PASSWORD"] == "p,"
    options = found["OPTIONS"]
    assert (options["target_session_attrs"], options["connect_timeout"]) == ("read-write", "9")
    with pytest.raises(ImproperlyConfigured):
        env.database("postgresql://one:5432,two:port/mine")


def test_a_store_may_have_several_addresses_each_of_them_readable():
    url = "redis://:hush@one:6379,two/0"
    assert env.store(url) == url
    assert [(one.hostname, one.port) for one in env.each_host(url)] == [
        ("one", 6379),
        ("two", None),
    ]
    for wrong in ("redis://one:6379,two:port/0", "redis://one,/0", "redis://,/0"):
        with pytest.raises(ImproperlyConfigured):
            env.store(wrong)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example", (25, False, False)),
        ("smtp+tls://u:p@mail.example", (587, False, True)),
        ("smtps://mail.example:4650", (4650, True, False)),
    ],
)
def test_an_email_url_names_server_port_and_encryption(url, expected):
    mail = env.mail(url)
    assert (mail["EMAIL_PORT"], mail["EMAIL_USE_SSL"], mail["EMAIL_USE_TLS"]) == expected
