"""What may be sent: one JSON object, small, that every reader reads alike. D04, W01."""

import json

import pytest

from ideas.models import Idea
from tests.api.conftest import blamed, refusal

pytestmark = pytest.mark.django_db

POST = "brands/mio/ideas/"


@pytest.fixture
def server(brand, as_server):
    return as_server(brand)


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b"null",
        b"1",
        b'"title"',
        b"true",
        b"\xff\xfe",
        b"\xef\xbb\xbf{}",
        b'{"title": NaN}',
        b'{"title": Infinity}',
        b'{"a": -Infinity}',
        b"{'title': 1}",
        b'{"title": "a",}',
        b'{"title": "a"} x',
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b'{"n": ' + b"9" * 10_000 + b"}",
        b'{"title": "\xed\xa0\x80"}',
    ],
)
def test_what_is_not_one_json_object_is_refused_as_a_whole(server, body):
    assert blamed(server.post(POST, body)) == {}
    assert not Idea.objects.exists()


def test_nesting_that_python_can_read_is_refused_by_its_field(server):
    deep = b'{"title": ' + b"[" * 500 + b"]" * 500 + b"}"
    assert blamed(server.post(POST, deep)) == {"title": ["invalid"]}


@pytest.mark.parametrize(
    "body", [b'{"title": "One", "title": "Two"}', b'{"author": {"name": "a", "name": "b"}}']
)
def test_a_field_sent_twice_is_refused(server, body):
    assert list(blamed(server.post(POST, body)).values()) == [["duplicate"]]


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/xml",
        "x",
        "",
    ],
)
def test_w01_another_content_type_is_415(server, kind):
    response = server.post(POST, b'{"title": "A title"}', content_type=kind)
    assert refusal(response) == (415, "unsupported_media_type")
    assert not Idea.objects.exists()


@pytest.mark.parametrize(
    "kind", ["application/json; charset=utf-8", "application/json;charset=latin-1"]
)
def test_json_is_utf_8_whatever_is_said_of_it(server, kind):
    body = json.dumps({"title": "Le café d’été"}, ensure_ascii=False).encode()
    assert server.post(POST, body, content_type=kind).json()["title"] == "Le café d’été"


def test_256_kilobytes_are_read_and_one_byte_more_is_413(server):
    start = b'{"title": "'
    fits = start + b"a" * (256 * 1024 - len(start) - 2) + b'"}'
    assert blamed(server.post(POST, fits)) == {"title": ["too_long"]}
    assert refusal(server.post(POST, b" " + fits)) == (413, "too_large")
    assert refusal(server.post(POST, b"[" * 5_000_000)) == (413, "too_large")


def test_nul_and_half_a_surrogate_pair_are_refused(server):
    assert list(blamed(server.post(POST, {"title": "a\0b"}))) == ["title"]
    assert list(blamed(server.post(POST, b'{"title": "abc \\ud800"}'))) == ["title"]
    assert refusal(server.post(POST, b'{"title": "abc", "\\ud800": 1}')) == (400, "invalid")


def test_many_wrong_fields_get_a_short_answer(server):
    long = {"x" * 500: 1}
    assert list(blamed(server.post(POST, long))) == ["title", "x" * 100]
    many = {f"field-{n}": 1 for n in range(300)}
    assert len(blamed(server.post(POST, many))) == 20
