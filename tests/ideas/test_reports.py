"""Somebody thinks that a text should not stand there; the team looks."""

from functools import partial

import pytest

from accounts.models import Activity, Participant
from cocreate.lib.errors import Invalid, NotAllowed, NotFound
from ideas.domain import comments, ideas
from ideas.domain.reports import open_reports, report, settle
from ideas.enums import ReportState
from ideas.models import Report
from tests.factories import make_challenge, make_idea, make_participant
from tests.gate import Crowd

pytestmark = pytest.mark.django_db


@pytest.fixture
def reporter(brand, charlie) -> Participant:
    return make_participant(brand, charlie)


@pytest.fixture
def comment(idea, brand):
    return comments.post(idea=idea, author=make_participant(brand), body="Rude")


def told(kind: str) -> int:
    return Activity.objects.filter(kind=kind).count()


def test_a_report_waits_for_the_team_and_is_on_its_record_alone(idea, comment, reporter, brand):
    found = report(
        idea=idea, comment=comment, reporter=reporter, reason="abuse", detail=" He \x00shouts. "
    )
    assert (found.detail, found.state) == ("He shouts.", ReportState.OPEN)
    assert open_reports(brand) == [found]
    activity = Activity.objects.get(kind="text.reported")
    assert (activity.private, activity.data) == (True, {"report": found.code})
    assert (activity.actor, activity.participant) == (None, None)  # the author never learns who


def test_one_open_report_a_person_and_text(idea, comment, reporter, brand):
    first = report(idea=idea, comment=comment, reporter=reporter, reason="abuse")
    assert report(idea=idea, comment=comment, reporter=reporter, reason="spam") == first
    report(idea=idea, comment=None, reporter=reporter, reason="spam")
    report(idea=idea, comment=comment, reporter=make_participant(brand), reason="spam")
    assert Report.objects.count() == told("text.reported") == 3
    settle(report=first, hide=False, actor=None)
    report(idea=idea, comment=comment, reporter=reporter, reason="spam")
    assert Report.objects.count() == 4


@pytest.mark.django_db(transaction=True)
def test_a_report_pressed_10_times_at_once_is_one(idea, comment, reporter):
    call = partial(report, idea=idea, comment=comment, reporter=reporter, reason="spam")
    assert {answer.pk for answer in Crowd([call] * 10).finish()} == {Report.objects.get().pk}
    assert told("text.reported") == 1


def test_a_reason_is_of_the_list_and_the_detail_short(idea, comment, reporter):
    with pytest.raises(Invalid) as refusal:
        report(idea=idea, comment=comment, reporter=reporter, reason="x", detail="x" * 1_001)
    assert {name: errors[0][0] for name, errors in refusal.value.fields.items()} == {
        "reason": "required",
        "detail": "too_long",
    }
    report(idea=idea, comment=comment, reporter=reporter, reason="other", detail="x" * 1_000)


def test_nobody_reports_their_own_text_and_nobody_stopped_reports(challenge, reporter, brand):
    idea = make_idea(challenge, author=reporter)
    comment = comments.post(idea=idea, author=reporter, body="Mine")
    for text in (None, comment):
        with pytest.raises(NotAllowed):
            report(idea=idea, comment=text, reporter=reporter, reason="spam")
    other = make_participant(brand)
    report(idea=idea, comment=comment, reporter=other, reason="spam")
    Participant.objects.filter(pk=other.pk).update(active=False)
    with pytest.raises(NotAllowed):
        report(idea=idea, comment=None, reporter=other, reason="spam")
    assert Report.objects.count() == 1


def test_a_comment_of_another_idea_or_a_deleted_one_is_not_there(challenge, comment, reporter):
    with pytest.raises(NotFound):
        report(idea=make_idea(challenge), comment=comment, reporter=reporter, reason="spam")
    comments.delete(comment=comment, actor=comment.author.user)
    comment.refresh_from_db()
    with pytest.raises(NotFound):
        report(idea=comment.idea, comment=comment, reporter=reporter, reason="spam")


def test_settling_answers_every_open_report_of_that_text_and_no_other(
    idea, comment, reporter, brand, bob
):
    one, two = (
        report(idea=idea, comment=comment, reporter=who, reason="abuse")
        for who in (reporter, make_participant(brand))
    )
    other = report(idea=idea, comment=None, reporter=reporter, reason="spam")
    settle(report=two, hide=True, actor=bob, reason="No insults here.")
    comment.refresh_from_db()
    assert comment.hidden
    assert open_reports(brand) == [other]
    one.refresh_from_db()
    assert (one.state, one.settled_by) == (ReportState.HIDDEN, bob)
    hidden = Activity.objects.get(kind="comment.hidden")
    assert hidden.data == {"comment": comment.code, "reason": "No insults here."}


def test_what_is_settled_stays_so(idea, comment, reporter, bob, alice):
    found = report(idea=idea, comment=comment, reporter=reporter, reason="abuse")
    settle(report=found, hide=False, actor=bob)
    settle(report=found, hide=True, actor=alice)
    comment.refresh_from_db()
    found.refresh_from_db()
    assert (comment.hidden, found.state, found.settled_by) == (False, ReportState.KEPT, bob)
    assert told("report.settled") == 1


def test_hiding_an_idea_tells_its_author_why_in_the_words_of_the_report(idea, reporter, bob, brand):
    found = report(idea=idea, comment=None, reporter=reporter, reason="spam")
    settle(report=found, hide=True, actor=bob)
    idea.refresh_from_db()
    assert idea.hidden
    assert Activity.objects.get(kind="idea.hidden").data["reason"] == "Advertising or spam"


def test_what_the_team_shows_again_is_on_record_as_staying(idea, comment, reporter, bob):
    of_comment = report(idea=idea, comment=comment, reporter=reporter, reason="spam")
    of_idea = report(idea=idea, comment=None, reporter=reporter, reason="abuse")
    settle(report=of_comment, hide=True, actor=bob)
    settle(report=of_idea, hide=True, actor=bob)
    comments.set_hidden(comment=comment, hidden=False, actor=bob)
    states = Report.objects.order_by("id").values_list("state", flat=True)
    assert list(states) == [ReportState.KEPT, ReportState.HIDDEN]
    ideas.set_hidden(idea=idea, hidden=False, actor=bob)
    assert set(states.all()) == {ReportState.KEPT}


def test_open_reports_are_the_brands_own(idea, comment, reporter, brand, mallory):
    report(idea=idea, comment=comment, reporter=reporter, reason="spam")
    rival = mallory.memberships.get().brand
    elsewhere = make_idea(make_challenge(rival))
    report(idea=elsewhere, comment=None, reporter=make_participant(rival), reason="spam")
    assert [found.idea for found in open_reports(brand)] == [idea]
    assert [found.idea for found in open_reports(rival)] == [elsewhere]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_one_query_however_many(idea, brand, count, django_assert_num_queries):
    for _n in range(count):
        text = comments.post(idea=idea, author=make_participant(brand), body="Rude")
        report(idea=idea, comment=text, reporter=make_participant(brand), reason="spam")
    with django_assert_num_queries(1):
        for found in open_reports(brand):
            assert found.comment.author.user.handle != found.reporter.user.handle
            assert found.idea.author.user.handle
