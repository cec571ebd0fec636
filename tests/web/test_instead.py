"""Whoever finds an idea like theirs while they write: votes for it and goes on, or votes for it
instead. Nothing that they wrote is lost, and nothing is posted.
"""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import transaction

from accounts import limits
from accounts.enums import Visibility
from ideas.domain import challenges, drafts
from ideas.domain.similar import shared_words
from ideas.domain.votes import cast_as_user, cast_unless_voted
from ideas.models import Draft, Idea, Vote, VoteEvent
from tests.factories import PASSWORD, make_brand, make_challenge, make_idea, make_participant
from tests.web.conftest import path_of, reader, text_of

PAGE = "/b/mio/submit/"
BODY = "One rail slides out and carries two."


def typed(**over):
    form = {"challenge": "street", "title": "A rail for bicycles in the boot", "language": "en"}
    return form | {"body": BODY, "draft": drafts.new_name()} | over


@pytest.fixture
def rail(challenge):
    return make_idea(
        challenge, title="A rail in the boot", author=make_participant(challenge.brand)
    )


def votes_on(idea):
    return list(Vote.objects.filter(idea=idea).exclude(value=0).values_list("value", flat=True))


def noticed(page):
    """What the page says first, of what was just done."""
    start = page.content.decode().index('class="wrap notices"')
    return page.content.decode()[start:].partition("</header>")[0].partition("<main")[0]


def pressed(page, code):
    """Of the control that votes for the idea."""
    return re.search(rf'value="{code}"\s+aria-pressed="(\w+)"', page.content.decode()).group(1)


def test_a_vote_for_another_idea_instead_keeps_the_words_and_leads_there(member, rail, charlie):
    answer = member.post(PAGE, typed(instead=rail.code))
    assert answer["Location"] == path_of(rail)
    said = noticed(member.get(path_of(rail)))
    assert "Your vote is in." in said
    assert "What you wrote is kept: you find it on your page, under Drafts." in said
    assert votes_on(rail) == [1]
    draft = Draft.objects.get()
    assert (draft.user, draft.body) == (charlie, BODY)
    assert Idea.objects.count() == 1


def test_it_says_nothing_of_drafts_where_nothing_was_written(member, rail):
    answer = member.post(PAGE, typed(title="", body="", instead=rail.code), follow=True)
    assert "under Drafts" not in text_of(answer)
    assert votes_on(rail) == [1]


def test_pressing_twice_is_one_vote_and_one_draft(member, rail):
    sent = typed(instead=rail.code)
    for _n in range(2):
        assert member.post(PAGE, sent)["Location"] == path_of(rail)
    assert votes_on(rail) == [1]
    assert Draft.objects.count() == 1


def test_a_vote_that_is_refused_says_why_and_the_words_are_kept(member, rail, challenge):
    challenges.set_closed(challenge=challenge, closed=True, actor=None)
    page = member.post(PAGE, typed(instead=rail.code, challenge="open"), follow=True)
    assert page.redirect_chain == [(path_of(rail), 302)]
    assert "Your vote is in." not in noticed(page)
    assert 'class="notice error"' in page.content.decode()
    assert votes_on(rail) == []
    assert Draft.objects.get().body == BODY


def test_words_that_cannot_be_kept_are_not_left_and_no_vote_is_cast(
    member, rail, brand, charlie, monkeypatch
):
    monkeypatch.setattr(drafts, "MOST", 0)
    page = member.post(PAGE, typed(instead=rail.code))
    assert page.status_code == 409
    assert "You keep 20 drafts here already" in text_of(page)
    assert BODY in page.content.decode()
    assert votes_on(rail) == []


@pytest.mark.parametrize("name", ["instead", "onward", "support", "withdraw"])
@pytest.mark.parametrize("code", ["nothing", "a\0b", "../x"])
def test_an_idea_that_is_not_there_is_told_above_the_form_as_it_was(member, challenge, name, code):
    page = member.post(PAGE, typed(**{name: code}))
    assert page.status_code in {400, 404}
    assert BODY in page.content.decode()
    assert not Idea.objects.exists()


def test_an_idea_of_members_is_nobody_elses_to_vote_for(member, challenge, alice):
    club = make_brand("club", owner=alice, visibility=Visibility.MEMBERS)
    idea = make_idea(make_challenge(club, slug="club"))
    assert member.post(PAGE, typed(instead=idea.code)).status_code == 404
    assert member.post(PAGE, typed(support=idea.code)).status_code == 404
    assert votes_on(idea) == []


def test_how_many_points_they_give_is_asked_on_the_page_for_it(member, brand):
    make_challenge(brand, slug="street")
    marks = make_challenge(brand, slug="marks", mode="points", max_points=5)
    idea = make_idea(marks, title="A rail in the boot")
    assert member.post(PAGE, typed(instead=idea.code))["Location"] == f"/i/{idea.code}/vote/"
    assert votes_on(idea) == []
    assert Draft.objects.get().body == BODY


@pytest.fixture
def judged(brand, charlie):
    """An idea that one votes for or against, and the voter."""
    make_challenge(brand, slug="street")
    both = make_challenge(brand, slug="both", mode="up_down")
    idea = make_idea(both, title="A rail in the boot", author=make_participant(brand))

    def vote(value):
        cast_as_user(code=idea.code, user_id=charlie.pk, value=value)
        return idea

    return vote


def choice_beside(page):
    """The button that leads from the form to the idea: its name, and what it says."""
    sign = r'name="(instead|onward)"\s+value="\w+">\s*(.*?)\s*<'
    return re.search(sign, page.content.decode(), re.DOTALL).groups()


@pytest.mark.parametrize(
    ("value", "says"),
    [(-1, "Look at this one instead"), (1, "Go on with this one instead")],
)
def test_whoever_has_voted_on_it_goes_there_and_their_vote_stays(member, judged, value, says):
    idea = judged(value)
    page = member.post(PAGE, typed(act="similar"))
    assert choice_beside(page) == ("onward", says)
    assert ("You voted against" in text_of(page)) is (value == -1)
    answer = member.post(PAGE, typed(onward=idea.code), follow=True)
    assert answer.redirect_chain == [(path_of(idea), 302)]
    assert votes_on(idea) == [value]
    assert "Your vote is in." not in noticed(answer)
    assert "under Drafts" in text_of(answer)
    assert Draft.objects.get().body == BODY


def test_whoever_takes_their_vote_back_in_another_tab_has_none_when_they_go_there(member, judged):
    idea = judged(1)
    page = member.post(PAGE, typed(act="similar"))
    judged(0)
    name, _says = choice_beside(page)
    assert member.post(PAGE, typed(**{name: idea.code}))["Location"] == path_of(idea)
    assert votes_on(idea) == []


@pytest.mark.parametrize("value", [-1, 1])
def test_a_vote_cast_in_another_tab_meanwhile_stays_what_it_is(member, judged, value):
    idea = judged(0)
    assert choice_beside(member.post(PAGE, typed(act="similar")))[0] == "instead"
    judged(value)
    before = list(VoteEvent.objects.values_list("pk", "value"))
    answer = member.post(PAGE, typed(instead=idea.code), follow=True)
    assert answer.redirect_chain == [(path_of(idea), 302)]
    assert votes_on(idea) == [value]
    assert list(VoteEvent.objects.values_list("pk", "value")) == before
    assert ("Your vote is in." in noticed(answer)) is (value == 1)
    assert ("You have voted on this already" in text_of(answer)) is (value == -1)


def test_a_vote_that_was_taken_back_is_none_and_can_be_cast_instead(member, judged):
    judged(-1)
    idea = judged(0)
    member.post(PAGE, typed(instead=idea.code))
    assert votes_on(idea) == [1]


def test_of_two_who_vote_at_once_for_one_person_the_first_is_heard(brand, charlie, judged):
    idea = judged(0)
    with transaction.atomic():
        assert cast_unless_voted(code=idea.code, user_id=charlie.pk, value=-1)
        assert not cast_unless_voted(code=idea.code, user_id=charlie.pk, value=1)
    assert votes_on(idea) == [-1]


def test_a_vote_beside_the_form_is_cast_and_taken_back_and_the_form_stays(member, rail):
    page = member.post(PAGE, typed(support=rail.code))
    assert page.status_code == 200
    assert votes_on(rail) == [1]
    assert pressed(page, rail.code) == "true"
    assert BODY in page.content.decode()
    assert "<details open>" in page.content.decode()
    page = member.post(PAGE, typed(withdraw=rail.code))
    assert (votes_on(rail), pressed(page, rail.code)) == ([], "false")
    assert not Draft.objects.exists()
    assert Idea.objects.count() == 1


def test_a_button_looks_for_similar_ideas_and_marks_what_they_share(member, rail, challenge):
    make_idea(challenge, title="Rails & boots <b>")
    answer = member.post(PAGE, typed(act="similar"))
    page = answer.content.decode()
    assert "2 ideas like yours are here already." in page
    assert "A <mark>rail</mark> in the <mark>boot</mark>" in page
    assert "<mark>Rails</mark> &amp; <mark>boots</mark> &lt;b&gt;" in page
    assert 'aria-invalid="true"' not in page
    assert BODY in page
    assert Idea.objects.count() == 2


def test_one_that_takes_no_votes_any_more_is_there_to_be_read(member, rail, challenge):
    challenges.set_closed(challenge=challenge, closed=True, actor=None)
    sent = typed(act="similar", challenge="open")
    page = member.post(PAGE, sent)
    assert f"Read it : {rail.title} (opens in a new tab)" in text_of(page)
    Idea.objects.update(status="implemented")
    page = member.post(PAGE, sent)
    assert f"Implemented Read what became of it : {rail.title}" in text_of(page)
    assert f'href="{path_of(rail)}#answers"' in page.content.decode()
    assert 'name="instead"' not in page.content.decode()


def test_words_are_marked_in_their_other_forms_too(challenge):
    titles = ["A tree, a lantern", "Nothing"]
    assert set(shared_words("trees of the lanterns", titles)) == {"tree", "lantern"}
    assert shared_words("of the", ["of the"]) == []
    assert shared_words("tree", []) == []


def test_whoever_looks_too_often_waits_and_keeps_the_form(member, rail, monkeypatch):
    monkeypatch.setattr(limits, "SIMILAR_OF_PERSON", limits.Limit("similar", 1, limits.MINUTE))
    assert member.post(PAGE, typed(act="similar")).status_code == 200
    late = member.post(PAGE, typed(act="similar"))
    assert late.status_code == 429
    assert late["Retry-After"]
    assert BODY in late.content.decode()


def sign_in(visitor, to, user):
    return visitor.post(
        "/accounts/login/",
        {
            "login": user.email,
            "password": PASSWORD,
            "next": parse_qs(urlsplit(to).query)["next"][0],
        },
    )


def test_whose_session_has_ended_signs_in_and_has_voted_and_kept_the_words(visitor, rail, charlie):
    sent = typed(instead=rail.code)
    answer = visitor.post(PAGE, sent)
    back = parse_qs(urlsplit(answer["Location"]).query)["next"][0]
    assert back.startswith(f"/i/{rail.code}/vote/?value=1&kept=")
    assert rail.title in text_of(visitor.get(answer["Location"]))
    assert votes_on(rail) == []
    entered = sign_in(visitor, answer["Location"], charlie)
    assert entered["Location"] == path_of(rail)
    assert votes_on(rail) == [1]
    draft = Draft.objects.get()
    assert (draft.user, draft.body, draft.secret) == (charlie, BODY, None)
    page = visitor.get(path_of(rail))
    assert "Your vote is in." in noticed(page)
    assert "under Drafts" in text_of(page)


def test_whose_session_has_ended_before_a_vote_by_points_chooses_them_then(visitor, brand, charlie):
    make_challenge(brand, slug="street")
    idea = make_idea(make_challenge(brand, slug="marks", mode="points", max_points=5))
    answer = visitor.post(PAGE, typed(instead=idea.code))
    entered = sign_in(visitor, answer["Location"], charlie)
    assert urlsplit(entered["Location"]).path == f"/i/{idea.code}/vote/"
    assert votes_on(idea) == []
    assert Draft.objects.get().user == charlie


def test_whose_session_has_ended_keeps_the_vote_against_that_they_had(visitor, judged, charlie):
    """The page did not know of it any more."""
    idea = judged(-1)
    answer = visitor.post(PAGE, typed(instead=idea.code))
    sign_in(visitor, answer["Location"], charlie)
    assert votes_on(idea) == [-1]
    page = text_of(visitor.get(path_of(idea)))
    assert "You have voted on this already" in page
    assert "under Drafts" in page


def test_whose_session_has_ended_before_they_went_on_signs_in_and_casts_nothing(
    visitor, judged, charlie
):
    idea = judged(-1)
    answer = visitor.post(PAGE, typed(onward=idea.code))
    entered = sign_in(visitor, answer["Location"], charlie)
    assert urlsplit(entered["Location"]).path == f"/i/{idea.code}/vote/"
    assert votes_on(idea) == [-1]
    assert Draft.objects.get().user == charlie


def test_an_idea_that_visitors_do_not_see_is_not_told_of_on_the_way(visitor, alice, charlie):
    club = make_brand("club", owner=alice, visibility=Visibility.MEMBERS)
    idea = make_idea(make_challenge(club, slug="club"))
    places = [
        visitor.post("/b/club/submit/", typed(instead=code))["Location"]
        for code in (idea.code, "nothing")
    ]
    assert all("%2Fb%2Fclub%2Fsubmit%2F%3Fkept" in place for place in places)


def test_a_form_of_another_site_votes_for_nothing(rail, charlie):
    client = reader(charlie, **{"Sec-Fetch-Site": "cross-site"})
    assert client.post(PAGE, typed(instead=rail.code)).status_code == 403
    assert client.post(PAGE, typed(support=rail.code)).status_code == 403
    assert votes_on(rail) == []
