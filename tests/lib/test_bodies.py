"""Bodies that drip in: read whole from whoever hurries a little, 408 for the others."""

import io

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from cocreate.lib import bodies
from cocreate.lib.bodies import BodyInTime, InTimeMiddleware, TooSlow


class Dripping:
    """A body whose bytes come some seconds apart; like the server, it waits for all it is asked."""

    def __init__(self, source, seconds):
        self.source, self.seconds = io.BytesIO(source), seconds
        self.now, self.asked = 0.0, []

    def clock(self):
        return self.now

    def read(self, size):
        self.asked.append(size)
        found = self.source.read(size)
        self.now += len(found) * self.seconds
        return found


def in_time(source, seconds=0.0):
    dripping = Dripping(source, seconds)
    return BodyInTime(dripping, dripping.clock), dripping


@given(st.binary(max_size=2_000), st.lists(st.integers(0, 700), max_size=20))
def test_it_reads_what_the_body_reads(source, sizes):
    body, plain = in_time(source)[0], io.BytesIO(source)
    assert [body.read(n) for n in sizes] == [plain.read(n) for n in sizes]


@given(st.binary(max_size=500), st.lists(st.integers(0, 100), max_size=20))
def test_it_reads_lines_as_the_body_does(source, sizes):
    lines = source.replace(b"\x00", b"\n")
    body, plain = in_time(lines)[0], io.BytesIO(lines)
    assert [body.readline(n) for n in sizes] == [plain.readline(n) for n in sizes]


def test_a_byte_a_second_is_too_slow_after_twenty_seconds():
    body, dripping = in_time(b"x" * 100, seconds=1.0)
    with pytest.raises(TooSlow):
        body.read(100)
    assert body.is_late
    assert dripping.now == pytest.approx(bodies.PATIENCE_SECONDS + 1)


def test_who_hurries_first_and_drips_then_is_looked_at_again_after_one_piece():
    class Stalling(Dripping):
        def read(self, size):
            self.seconds = 1.0 if self.source.tell() >= 5_000 else 0.0
            return super().read(size)

    dripping = Stalling(b"x" * 10_000, 0.0)
    with pytest.raises(TooSlow):
        BodyInTime(dripping, dripping.clock).read(10_000)
    assert max(dripping.asked) == bodies.LARGEST_PIECE
    assert dripping.now <= bodies.LARGEST_PIECE + bodies.PATIENCE_SECONDS + 2


def test_a_picture_over_a_bad_line_may_take_minutes():
    body, dripping = in_time(b"x" * 1_000_000, seconds=1 / 5_000)
    assert len(body.read(1_000_000)) == 1_000_000
    assert dripping.now > 10 * bodies.PATIENCE_SECONDS / 2


def test_what_is_late_stays_late():
    body, _dripping = in_time(b"x" * 100, seconds=1.0)
    for _n in range(2):
        with pytest.raises(TooSlow):
            body.read(100)


@pytest.fixture
def plain_files(settings):
    """No `collectstatic` for the tests."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}


def asked(path, late, answer):
    request = RequestFactory().post(path, b"{}", content_type="application/json")
    request.META["wsgi.input"] = BodyInTime(io.BytesIO())
    request.META["wsgi.input"].is_late = late
    return InTimeMiddleware(lambda _request: answer)(request)


@pytest.fixture
def answer():
    return HttpResponse("what a reader made of it", status=403)


def test_whatever_a_reader_made_of_it_becomes_408(answer, plain_files):
    page, program = asked("/b/mio/", True, answer), asked("/api/v1/images/", True, answer)
    assert (page.status_code, program.status_code) == (408, 408)
    assert "took too long to arrive" in page.content.decode()
    assert b'"code": "too_slow"' in program.content


def test_other_answers_stay_as_they_are(answer):
    assert asked("/b/mio/", False, answer) is answer
