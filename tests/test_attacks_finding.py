"""Somebody who means harm, at lists, searches and bodies: sizes and places that are none, patterns
and operators, texts that take for ever, JSON that no reader should try (D01, D03, D04).
"""

import json
from contextlib import contextmanager

import pytest
from django.db import connection

from cocreate.lib.pages import encode
from ideas.domain.search import parts_of
from ideas.models import Comment, Idea, Vote
from tests.api.conftest import Api, refusal, session_of
from tests.factories import make_challenge, make_idea
from tests.web.conftest import plain_and_quick as plain_and_quick
from tests.web.conftest import reader, text_of

pytestmark = pytest.mark.django_db

LIST, SIMILAR = "brands/mio/ideas/", "brands/mio/similar/"
PAGE, BRAND, DESK = "/b/mio/c/street/", "/b/mio/", "/desk/mio/"


@pytest.fixture
def lanterns(challenge):
    return [make_idea(challenge, title=f"Lantern {n}", tags=["light"]) for n in range(3)]


# D01: sizes and places


@pytest.mark.parametrize(
    "size",
    ["-1", "0", "101", "1000000000", "1e3", "x", "", "3.0", "٣", "0x10", "+5", " 5", "9" * 400],
)
def test_d01_a_size_that_is_none_is_refused(lanterns, size):
    for path in (LIST, f"ideas/{lanterns[0].code}/comments/"):
        assert refusal(Api().get(f"{path}?limit={size}")) == (400, "invalid")
    assert refusal(Api().get(f"{LIST}?q=lantern&limit={size}")) == (400, "invalid")


@pytest.mark.parametrize("name", ["page", "page_size", "offset", "per_page"])
def test_d01_a_size_by_another_name_is_unknown(lanterns, name):
    assert refusal(Api().get(f"{LIST}?{name}=1000000000000")) == (400, "unknown_parameter")


CURSORS = [
    "10000000000000", "-1", "x", "%00", "%F0%9F%9A%97", "A" * 10_000,
    encode("match", 10**12), encode("match", -1), encode("match", 1.5), encode("match", "1"),
    encode("match"), encode("match", 1, 2), encode("new", 1), encode("hot", float("nan"), "x", "y"),
    encode("top", 10**400, "2026-01-01T00:00:00+00:00", "abc"),
    encode("new", "9999-12-31T23:59:59+00:00' OR true --", "abc"),
    encode("new", "2026-01-01T00:00:00+00:00", "abc' OR true --"),
]  # fmt: skip


REFUSED = (400, "bad_cursor"), (400, "invalid")


@pytest.mark.parametrize("cursor", CURSORS)
def test_d01_a_place_that_is_none_is_refused_on_pages_and_in_the_api(lanterns, alice, cursor):
    for query in ("q=lantern", "q=lantern&sort=new", "sort=new", "sort=random", "tag=light"):
        assert refusal(Api().get(f"{LIST}?{query}&cursor={cursor}")) == REFUSED[cursor == "%00"]
        for page in (PAGE, f"{BRAND}?q=lantern&".rstrip("&")):
            joint = "&" if "?" in page else "?"
            assert reader().get(f"{page}{joint}{query}&cursor={cursor}").status_code == 400
    assert reader(alice).get(f"{DESK}?q=lantern&sort=new&cursor={cursor}").status_code == 400


@pytest.mark.parametrize("number", ["-1", "1000000000000", "x", "%00", "1e9", "٣"])
def test_d01_a_number_that_only_counts_rows_breaks_no_page(lanterns, alice, number):
    place = encode("new", "2026-01-01T00:00:00+00:00", "abc")
    page = reader(alice).get(f"{DESK}?sort=new&from={number}&cursor={place}")
    assert page.status_code == 200


@pytest.mark.parametrize("place", [1, 3, 100, 199])
def test_d01_a_deep_place_among_the_best_matches_is_an_empty_page(lanterns, place):
    body = Api().get(f"{LIST}?q=lantern&cursor={encode('match', place)}").json()
    assert len(body["results"]) == max(0, 3 - place)
    assert body["next"] is None


# D03: searches

TEXTS = [
    "%", "%%%%", "____", "\\", "\\\\", "'", "''; DROP TABLE ideas_idea; --", '"', '""', '"""',
    "&", "|", "!", "!!!", "()", "(((", ")))", ":*", "a:*", "a:ABCD", "<->", "<999999>", "a <-> b",
    "a & | b", "!a & !b", "-", "--", "-a", "-a -b -c", '-"a b"', "*", "**", "a*", "a**",
    "a* b* c* d* e* f* g*", "{0}", "%(brand)s", "%s", "${x}", "\u2028", "\u202e\u202d", "\ufeff",
    "😀" * 50, "e" + "\u0301" * 150, "ﷺ" * 150, "a" * 200, "a " * 100, "é" * 200, "1" * 200,
    "-1 " * 60, "/" * 200, "http://a.b/c?d=e&f=g#h", "a@b.cd", "<script>alert(1)</script>",
    "<!-- --> ]]>", "&amp;&lt;", "日本語 한국어 ไทย עברית", "½ ² ⅷ ℀", "NULL", "true", "\x1b[31m",
]  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_d03_no_text_is_an_error_anywhere(lanterns, alice, text):
    visitor, team = reader(), reader(alice)
    for sort in ({}, {"sort": "new"}, {"sort": "hot"}):
        assert visitor.get("/api/v1/" + LIST, {"q": text, **sort}).status_code == 200
        assert visitor.get(PAGE, {"q": text, **sort}).status_code == 200
        assert visitor.get(BRAND, {"q": text, **sort}).status_code == 200
        assert team.get(DESK, {"q": text, **sort}).status_code == 200
    assert visitor.get("/b/mio/similar/", {"title": text}).status_code == 200
    status = 200 if text.strip() else 400
    assert visitor.get("/api/v1/" + SIMILAR, {"q": text}).status_code == status
    for name in ("tag", "author", "language", "status", "since", "until"):
        assert visitor.get(PAGE, {name: text}).status_code == 200
        assert visitor.get("/api/v1/" + LIST, {name: text}).status_code in {200, 400}
    assert Idea.objects.count() == 3


def test_d03_a_pattern_is_no_pattern(lanterns):
    for text in ("%", "%%%%", "_______", "Lanter_", "%antern%", "*", "l*n"):
        body = Api().client.get("/api/v1/" + LIST, {"q": text}).json()
        assert body["results"] == []


@pytest.mark.parametrize("size", [201, 10_240, 60_000])
def test_d03_a_long_text_is_refused_by_the_api_and_cut_by_a_page(lanterns, size):
    response = Api().client.get("/api/v1/" + LIST, {"q": "lantern " * (size // 8 + 1)})
    assert refusal(response) == (400, "invalid")
    assert "at most 200 characters" in json.dumps(response.json()["fields"]["q"])
    page = reader().get(PAGE, {"q": "x " * (size // 2 + 1)})
    assert page.status_code == 200
    assert "Search with at most 200 characters." in text_of(page)
    assert reader().get("/b/mio/similar/", {"title": "lantern " * size}).status_code == 200
    assert refusal(Api().client.get("/api/v1/" + SIMILAR, {"q": "x" * 301})) == (400, "invalid")


def test_d03_only_the_first_words_of_very_many_are_looked_for():
    assert len(list(parts_of("a b " * 10_000))) <= 100


def test_d03_nul_is_refused_by_the_api_and_no_word_on_a_page(lanterns):
    for name in ("q", "tag", "status", "author", "language", "since", "until", "cursor", "sort"):
        assert refusal(Api().get(f"{LIST}?{name}=a%00b"))[0] == 400
        assert reader().get(f"{PAGE}?{name}=a%00b").status_code in {200, 400}
    assert refusal(Api().get(f"{SIMILAR}?q=a%00b")) == (400, "invalid")
    assert reader().get("/b/mio/similar/?title=a%00b").status_code == 200
    assert reader().get(f"{PAGE}?q=%ff%fe").status_code == 200  # no UTF-8


def test_d03_a_name_sent_twice_is_refused_by_the_api(lanterns):
    assert refusal(Api().get(f"{LIST}?q=a&q=b")) == (400, "invalid")


@contextmanager
def no_time_left():
    """As if every statement took longer than a web process allows."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '1ms'")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET statement_timeout")


SLOW = """
    INSERT INTO ideas_searchable (idea_id, brand_id, title, words)
    SELECT id, brand_id, repeat('x', 300), to_tsvector('simple', 'lantern ' || (
           SELECT string_agg('w' || k, ' ') FROM generate_series(1, 3000) k))
      FROM ideas_idea WHERE code LIKE 'slow%'
"""
MANY = """
    INSERT INTO ideas_idea (brand_id, challenge_id, code, title, body, language, status, tags,
                            licence, revision)
    SELECT %s, %s, 'slow' || n, 'Lantern', '', 'en', 'submitted', '{}', '', 1
      FROM generate_series(1, 400) n
"""


@pytest.mark.django_db(transaction=True)
def test_d03_a_search_that_takes_too_long_is_503_with_a_time_to_come_back(brand):
    challenge = make_challenge(brand, slug="street")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ideas_idea DISABLE TRIGGER words_follow")
        cursor.execute(MANY, [brand.pk, challenge.pk])
        cursor.execute(SLOW)
        cursor.execute("ALTER TABLE ideas_idea ENABLE TRIGGER words_follow")
    text = "lantern w1 w2 w3 w4 w5 w6 w7"
    with no_time_left():
        answers = [
            Api().client.get("/api/v1/" + LIST, {"q": text}),
            Api().client.get("/api/v1/" + SIMILAR, {"q": text}),
            reader().get(PAGE, {"q": text}),
            reader().get("/b/mio/similar/", {"title": text}),
        ]
    assert [response.status_code for response in answers] == [503] * 4
    assert all(int(response["Retry-After"]) > 0 for response in answers)
    assert Api().client.get("/api/v1/" + LIST, {"q": text}).status_code == 200


def test_d03_a_web_process_waits_three_seconds_at_most(settings):
    assert "statement_timeout=3s" in settings.WEB_OPTIONS


# D04: bodies

DEEP = [b"[" * 100_000, b'{"a":' * 100_000, b'{"title":' + b"[" * 100_000 + b"]" * 100_000 + b"}"]
NO_JSON = [
    *DEEP, b" ", b"{", b"nul", b'{"title": NaN}', b'{"value": Infinity}', b'{"value": -Infinity}',
    b'{"value": 1e999999}', b'{"value": 0x1}', b'{"title": "\xff"}', b"\x00", b'{"a": 1}\x00',
]  # fmt: skip
WRONG_VALUES = ["1" * 5_000, "-" + "9" * 400, "1e400", "1.5", "null", "true", '"1"', "[1]", "{}"]


@pytest.fixture
def doors(lanterns, alice):
    """Every endpoint that reads a body, as somebody who may use it."""
    code = lanterns[0].code
    api = session_of(alice)
    return [
        lambda body: api.post(LIST, body),
        lambda body: api.patch(f"ideas/{code}/", body),
        lambda body: api.put(f"ideas/{code}/vote/", body),
        lambda body: api.post(f"ideas/{code}/comments/", body),
        lambda body: api.post(f"ideas/{code}/status/", body),
        lambda body: api.post(f"ideas/{code}/response/", body),
    ]


def nothing_was_written():
    return (Idea.objects.count(), Vote.objects.count(), Comment.objects.count()) == (3, 0, 0)


@pytest.mark.parametrize("body", NO_JSON, ids=range(len(NO_JSON)))
def test_d04_what_is_no_json_is_refused_by_every_door(doors, body):
    for send in doors:
        assert refusal(send(body))[0] in {400, 413}
    assert nothing_was_written()


def test_d04_fifty_megabytes_are_413_at_every_door(doors):
    body = b'{"title": "' + b"a" * 50_000_000 + b'"}'
    for send in doors:
        assert refusal(send(body)) == (413, "too_large")
    assert nothing_was_written()


@pytest.mark.parametrize("value", WRONG_VALUES)
def test_d04_a_number_that_is_no_vote_is_refused(doors, value):
    assert refusal(doors[2](f'{{"value": {value}}}'.encode()))[0] == 400
    assert nothing_was_written()


@pytest.mark.parametrize("text", ["a\\u0000b", "\\ud800", "\\udfff x"])
def test_d04_nul_and_half_characters_are_refused_or_left_out(doors, text):
    bodies = [
        f'{{"title": "{text}"}}', f'{{"title": "{text}"}}', f'{{"value": "{text}"}}',
        f'{{"body": "{text}"}}', f'{{"status": "{text}"}}', f'{{"body": "{text}"}}',
    ]  # fmt: skip
    for send, body in zip(doors, bodies, strict=True):
        assert refusal(send(body.encode()))[0] == 400
    assert nothing_was_written()


def test_d04_a_form_of_a_page_takes_no_flood_either(lanterns, charlie):
    member = reader(charlie)
    big = {"challenge": "street", "title": "A title", "body": "x" * 5_000_000}
    assert member.post("/b/mio/submit/", big).status_code in {400, 413}
    many = {f"f{n}": "x" for n in range(2_000)}
    assert member.post("/b/mio/submit/", many).status_code in {400, 413}
    for value in ("9" * 5_000, "NaN", "\x00", "1e400", "-99999999"):
        assert member.post(f"/i/{lanterns[0].code}/vote/", {"value": value}).status_code == 400
    assert nothing_was_written()
