"""The team's plain list."""

import pytest

from ideas.domain import comments, reports, votes
from ideas.enums import Verb
from tests.factories import make_challenge, make_idea, make_participant
from tests.web.conftest import reader, text_of

PAGE = "/desk/mio/"


@pytest.fixture
def desk(rita, brand):
    return reader(rita)


def test_the_team_reads_ideas_by_rank(desk, challenge, charlie, alice):
    first, second = make_idea(challenge, title="First"), make_idea(challenge, title="Second")
    votes.cast_as_user(code=first.code, user_id=alice.pk, value=1)
    votes.cast_as_user(code=first.code, user_id=charlie.pk, value=1)
    response = desk.get(f"{PAGE}?sort=new")
    assert [(n, idea.title) for n, idea in response.context["ideas"]] == [
        (1, second.title),
        (2, first.title),
    ]
    assert "Submitted" in text_of(response)


def test_a_visitor_signs_in_first(visitor, brand):
    assert visitor.get(PAGE)["Location"] == "/accounts/login/?next=%2Fdesk%2Fmio%2F"


def test_the_public_and_rivals_are_refused(member, brand, mallory):
    assert member.get(PAGE).status_code == 403
    assert reader(mallory).get(PAGE).status_code == 403


def test_a_brand_that_is_not_there_is_404(member, db):
    assert member.get("/desk/nobody/").status_code == 404


def test_a_filter_keeps_one_question(desk, brand, challenge):
    make_idea(challenge, title="Of the street")
    make_idea(make_challenge(brand, slug="night"), title="Of the night")
    page = text_of(desk.get(f"{PAGE}?challenge=night"))
    assert "Of the night" in page
    assert "Of the street" not in page


def test_the_count_goes_on_on_the_next_page(desk, challenge):
    for _n in range(51):
        make_idea(challenge)
    first = desk.get(f"{PAGE}?sort=new")
    body = first.content.decode()
    assert "from=51" in body
    second = desk.get(f"{PAGE}?sort=new&from=51&cursor={first.context['next']}")
    assert [place for place, _idea in second.context["ideas"]] == [51]


def test_the_team_too_sees_no_hidden_counts(desk, brand, charlie):
    phases = [{"title": "Blind", "verbs": [Verb.VOTE, Verb.SUBMIT], "hides_counts": True}]
    challenge = make_challenge(brand, slug="blind", phases=phases)
    votes.cast_as_user(code=make_idea(challenge).code, user_id=charlie.pk, value=1)
    page = desk.get(f"{PAGE}?challenge=blind")
    assert page.context["sort"] == "random"
    assert "Counts are hidden until the end of the round" in text_of(page)


def test_a_line_says_what_was_answered_and_what_is_reported(desk, challenge, alice, charlie):
    answered, reported, neither = [make_idea(challenge, title=t) for t in ("One", "Two", "Three")]
    comments.answer(idea=answered, body="We hear you.", actor=alice)
    reporter = make_participant(challenge.brand, charlie)
    reports.report(idea=reported, comment=None, reporter=reporter, reason="spam")
    listed = [idea for _n, idea in desk.get(f"{PAGE}?sort=new").context["ideas"]]
    assert [idea.code for idea in listed] == [neither.code, reported.code, answered.code]
    assert [idea.answered for idea in listed] == [False, False, True]
    assert [idea.reported for idea in listed] == [False, True, False]


def test_only_who_may_decide_can_tick_ideas(desk, bob, challenge):
    make_idea(challenge)
    tick = 'name="idea"'
    assert tick not in desk.get(PAGE).content.decode()
    assert tick in reader(bob).get(PAGE).content.decode()


def test_an_empty_desk_says_what_will_come(desk):
    assert "No ideas yet." in text_of(desk.get(PAGE))


@pytest.mark.parametrize("ideas_there", [1, 3])
def test_the_list_costs_the_same_for_one_and_three(
    desk, challenge, ideas_there, django_assert_num_queries
):
    for _n in range(ideas_there):
        make_idea(challenge, author=make_participant(challenge.brand))
    # session and user, brand, role, questions, phases, team, views, statuses, unread, ideas, how
    # each stands, and numbers
    with django_assert_num_queries(12):
        desk.get(PAGE)
