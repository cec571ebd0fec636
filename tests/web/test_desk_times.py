"""When phases open and close: typed at the desk by a clock that is named there."""

from datetime import UTC, datetime, timedelta

import pytest

from ideas.models import Rules
from tests.factories import make_challenge
from tests.web.conftest import reader, text_of
from tests.web.test_desk_challenges import form_of

DRAFT = "/desk/mio/challenges/draft/"


@pytest.fixture
def desk(bob, brand):
    return reader(bob)


@pytest.fixture
def draft(brand):
    return make_challenge(brand, slug="draft", title="What is unfinished?", published=False)


def test_a_time_over_which_clocks_jump_or_which_comes_twice_is_explained(bob, brand, draft):
    bob.time_zone = "Europe/Paris"
    bob.save(update_fields=["time_zone"])
    desk = reader(bob)
    page = desk.get(DRAFT)
    assert "Times are those of your clock: Paris" in text_of(page)
    form = form_of(page) | {"p1-closes": "2027-03-28T02:30", "save": "1"}
    said = "On that day clocks jump over this time in Paris. Choose another one."
    assert said in text_of(desk.post(DRAFT, form))
    form |= {"p1-closes": "2027-10-31T02:30"}
    page = desk.post(DRAFT, form)
    assert "this time comes twice. Choose which one you mean." in text_of(page)
    assert "the first one (CEST)" in text_of(page)
    desk.post(DRAFT, form | {"p1-closes-which": "2"})
    draft.refresh_from_db()
    (phase,) = draft.rules.phases.all()
    assert phase.closes_at == datetime(2027, 10, 31, 1, 30, tzinfo=UTC)
    shown = form_of(desk.get(DRAFT))
    assert (shown["p1-closes"], shown["p1-closes-which"]) == ("2027-10-31T02:30", "2")


def test_nobody_who_chose_no_zone_is_told_that_utc_is_their_clock(desk, draft):
    said = text_of(desk.get(DRAFT))
    assert "Times are in UTC. Change your time zone" in said
    assert "your clock" not in said


def test_a_form_keeps_the_zone_it_was_opened_in(bob, brand, draft):
    bob.time_zone = "Europe/Paris"
    bob.save(update_fields=["time_zone"])
    desk = reader(bob)
    form = form_of(desk.get(DRAFT)) | {"p1-closes": "2027-01-01T12:00", "save": "1"}
    bob.time_zone = "America/New_York"
    bob.save(update_fields=["time_zone"])
    desk.post(DRAFT, form)
    assert draft.rules.phases.get().closes_at == datetime(2027, 1, 1, 11, tzinfo=UTC)


def test_saving_what_stands_there_moves_no_moment(desk, draft):
    odd = datetime(2027, 3, 1, 10, 20, 30, 123_456, tzinfo=UTC)
    draft.rules.phases.update(closes_at=odd)
    Rules.objects.filter(pk=draft.rules_id).update(half_life=timedelta(hours=1, seconds=7))
    desk.post(DRAFT, form_of(desk.get(DRAFT)) | {"save": "1"})
    draft.refresh_from_db()
    assert draft.rules.phases.get().closes_at == odd
    assert draft.rules.half_life == timedelta(hours=1, seconds=7)
