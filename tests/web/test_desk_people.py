"""Who is stopped, and what people report."""

import re

import pytest

from accounts.domain import privacy, stopping
from ideas.domain import comments, reports
from ideas.models import Report
from tests.factories import make_idea, make_participant
from tests.web.conftest import path_of, reader, text_of
from tests.web.test_desk_idea import path_to, undo_in

WHY = "Insults, again and again."
PEOPLE, REPORTS = "/desk/mio/people/", "/desk/mio/reports/"


@pytest.fixture
def desk(bob, brand):
    return reader(bob)


@pytest.fixture
def written(challenge, charlie):
    """An idea of charlie's."""
    return make_idea(challenge, author=make_participant(challenge.brand, charlie), title="Mine")


def test_somebody_is_stopped_from_their_idea_and_the_undo_allows_them_again(desk, written, member):
    here = path_to(written)
    assert "Stop this person" in text_of(desk.get(here))
    stop = f"{PEOPLE}{written.author.ref}/stop/?next={here}"
    assert "Stop Charlie" in text_of(desk.get(stop))
    page = desk.post(stop, {"reason": WHY}, follow=True)
    assert page.redirect_chain == [(here, 302)]
    assert "Charlie is stopped, and reads why." in text_of(page)
    assert "Stop this person" not in text_of(page)
    undo = undo_in(page)
    (line,) = desk.get(PEOPLE).context["people"]
    assert (line.participant, line.reason, line.by) == (written.author, WHY, "Bob")
    page = desk.post(undo, follow=True)
    assert page.redirect_chain == [(here, 302)]
    assert "Charlie may take part again." in text_of(page)
    assert desk.get(PEOPLE).context["people"] == []


def test_who_is_stopped_reads_why_on_every_way_in(written, idea, member, bob):
    stopping.stop(participant=written.author, actor=bob, reason=WHY)
    told = "The team of Mio Motors has stopped you from taking part: Insults, again and again."
    vote = member.post(f"/i/{idea.code}/vote/", {"value": "1"})
    post = member.post(
        "/b/mio/submit/", {"challenge": "street", "title": "Again me", "language": "en"}
    )
    talk = member.post(f"/i/{idea.code}/comments/", {"body": "Me again."})
    assert [answer.status_code for answer in (vote, post, talk)] == [403, 400, 403]
    for answer in (vote, post, talk):
        assert told in text_of(answer)
    assert member.get(path_of(idea)).status_code == 200


def test_a_reason_that_is_too_short_is_kept_in_its_field(desk, written):
    page = desk.post(f"{PEOPLE}{written.author.ref}/stop/", {"reason": "spam"})
    assert page.status_code == 400
    assert "Say why, in a few words: they read it." in text_of(page)
    assert page.context["form"]["reason"].value() == "spam"


def test_nobody_of_the_team_is_stopped(desk, brand, rita):
    page = desk.post(f"{PEOPLE}{make_participant(brand, rita).ref}/stop/", {"reason": WHY})
    assert page.status_code == 400
    assert "Somebody of your own team cannot be stopped." in text_of(page)


def test_who_only_reads_sees_who_is_stopped_and_changes_nothing(written, rita, bob):
    stopping.stop(participant=written.author, actor=bob, reason=WHY)
    analyst = reader(rita)
    page = analyst.get(PEOPLE)
    assert WHY in text_of(page)
    assert "Allow again" not in text_of(page)
    for act in ("stop", "allow"):
        path = f"{PEOPLE}{written.author.ref}/{act}/"
        assert analyst.post(path, {"reason": WHY}).status_code == 403


def test_somebody_of_another_brand_is_not_found(written, mallory):
    for act in ("stop", "allow"):
        path = f"/desk/rival/people/{written.author.ref}/{act}/"
        assert reader(mallory).post(path, {"reason": WHY}).status_code == 404


def test_nobody_is_sent_elsewhere_after_stopping_somebody(desk, written):
    path = f"{PEOPLE}{written.author.ref}/stop/?next=//evil.example/"
    assert desk.post(path, {"reason": WHY})["Location"] == PEOPLE


@pytest.mark.parametrize("many", [1, 30])
def test_the_list_of_the_stopped_costs_the_same(desk, brand, bob, many, django_assert_num_queries):
    for _n in range(many):
        stopping.stop(participant=make_participant(brand), actor=bob, reason=WHY)
    with django_assert_num_queries(6):  # session and user, brand, role, people, reasons, unread
        desk.get(PEOPLE)


def report(idea, comment=None, reason="spam"):
    reporter = make_participant(idea.brand)
    return reports.report(idea=idea, comment=comment, reporter=reporter, reason=reason)


def test_reports_of_one_text_stand_together_and_are_settled_together(desk, written, bob):
    comment = comments.post(idea=written, author=written.author, body="Buy!", actor=None)
    first, second = report(written), report(written, reason="abuse")
    report(written, comment)
    page = desk.get(REPORTS)
    assert [len(text) for text in page.context["texts"]] == [2, 1]
    page = desk.post(f"{REPORTS}{second.code}/settle/", {"act": "keep"}, follow=True)
    assert "It stays." in text_of(page)
    assert [len(text) for text in page.context["texts"]] == [1]
    assert set(Report.objects.filter(pk__in=[first.pk, second.pk]).values_list("state")) == {
        ("kept",)
    }


def test_what_somebody_erased_wrote_is_not_said_to_be_the_brands(desk, written):
    comment = comments.post(idea=written, author=written.author, body="Buy!", actor=None)
    report(written)
    report(written, comment)
    assert text_of(desk.get(REPORTS)).count("Charlie ·") == 2
    privacy.erase(user=written.author.user)
    assert text_of(desk.get(REPORTS)).count("Somebody ·") == 2


def test_a_reported_comment_is_hidden_from_its_idea_and_comes_back(desk, written):
    comment = comments.post(idea=written, author=written.author, body="Buy!", actor=None)
    waiting, here = report(written, comment), path_to(written)
    assert "Buy!" in text_of(desk.get(here))
    settle = f"{REPORTS}{waiting.code}/settle/?next={here}"
    page = desk.post(settle, {"act": "hide"}, follow=True)
    assert page.redirect_chain == [(here, 302)]
    comment.refresh_from_db()
    assert comment.hidden
    desk.post(undo_in(page))
    comment.refresh_from_db()
    assert not comment.hidden
    page = desk.post(settle, {"act": "hide"}, follow=True)
    assert "Somebody has settled this already." in text_of(page)
    comment.refresh_from_db()
    assert not comment.hidden


def test_a_reported_idea_is_hidden_and_comes_back(desk, written):
    waiting = report(written)
    page = desk.post(f"{REPORTS}{waiting.code}/settle/", {"act": "hide"}, follow=True)
    written.refresh_from_db()
    assert written.hidden
    desk.post(undo_in(page))
    written.refresh_from_db()
    assert not written.hidden


def test_an_act_that_is_none_settles_nothing(desk, written):
    waiting = report(written)
    desk.post(f"{REPORTS}{waiting.code}/settle/", {"act": "burn"})
    waiting.refresh_from_db()
    assert waiting.state == "open"


def test_who_only_reads_settles_nothing_and_a_rival_finds_nothing(written, rita, mallory):
    waiting = report(written)
    page = reader(rita).get(REPORTS)
    assert "It stays" not in text_of(page)
    act = {"act": "hide"}
    assert reader(rita).post(f"{REPORTS}{waiting.code}/settle/", act).status_code == 403
    foreign = f"/desk/rival/reports/{waiting.code}/settle/"
    assert reader(mallory).post(foreign, act).status_code == 404
    written.refresh_from_db()
    assert not written.hidden


@pytest.mark.parametrize("many", [1, 30])
def test_the_queue_costs_the_same(desk, challenge, many, django_assert_num_queries):
    for _n in range(many):
        idea = make_idea(challenge, author=make_participant(challenge.brand))
        comment = comments.post(idea=idea, author=idea.author, body="Word", actor=None)
        report(idea)
        report(idea, comment)
    with django_assert_num_queries(5):  # session and user, brand, role, reports, unread
        desk.get(REPORTS)


def test_the_tab_says_that_it_lists_the_stopped(desk):
    page = desk.get(PEOPLE)
    html = page.content.decode()
    assert 'aria-current="page">Stopped people</a>' in html
    assert re.search(r"<h1[^>]*>\s*Stopped people\s*</h1>", html)
    assert "How it goes Stopped people Team" in text_of(page)
