"""What stands beside an idea: a vote to cast, or what became of it where nobody votes any more."""

from datetime import timedelta

import pytest
from django.utils import timezone

from ideas.domain import challenges, comments, decisions, tally, votes
from ideas.enums import DeclineReason, Mode, Status, Verb, Voters
from tests.factories import make_challenge, make_idea, make_user, set_closed
from tests.web.conftest import path_of, reader, text_of

pytestmark = pytest.mark.django_db(transaction=True)
BUDGET = "votes left here"
ASKED = "Would you like this?"
OVER = "Voting on this idea has ended."


def cast(idea, user, value=1):
    votes.cast_as_user(code=idea.code, user_id=user.pk, value=value)
    tally.fold_until_settled()


def said(idea, user=None):
    return text_of(reader(user).get(path_of(idea)))


@pytest.fixture
def spent(brand, charlie):
    """An idea of a question with a budget, which two people voted for."""
    idea = make_idea(make_challenge(brand, slug="few", budget=7))
    cast(idea, charlie)
    cast(idea, make_user())
    return idea


def test_a_member_is_asked_and_reads_what_they_have_left(spent, charlie):
    page = said(spent, charlie)
    assert ASKED in page
    assert f"You have 6 {BUDGET}" in page


def test_where_voting_has_ended_it_says_how_many_wanted_it_and_no_more_of_budgets(spent, charlie):
    set_closed(spent)
    page = said(spent, charlie)
    assert "2 people wanted this" in page
    assert "You voted for this" in page
    assert OVER in page
    assert ASKED not in page
    assert BUDGET not in page
    assert "You voted" not in said(spent)


def test_a_closed_idea_without_votes_does_not_count_them(brand):
    idea = make_idea(make_challenge(brand))
    set_closed(idea)
    page = said(idea)
    assert "The vote is over" in page
    assert "wanted this" not in page


def test_hidden_counts_stay_hidden_where_voting_has_ended(brand, charlie):
    blind = [{"title": "Blind", "verbs": [Verb.VOTE], "hides_counts": True}]
    idea = make_idea(make_challenge(brand, phases=[{"title": "All", "verbs": list(Verb)}]))
    cast(idea, charlie)
    challenges.change_rules(challenge=idea.challenge, actor=None, phases=blind)
    assert "Counts are hidden until the end of the round" in said(idea, charlie)
    set_closed(idea)
    page = said(idea, charlie)
    assert "The vote is over" in page
    assert "Votes are hidden until the end of the round" in page
    assert "You voted for this" in page
    assert "wanted this" not in page


def test_points_and_votes_against_are_told_as_such(brand, charlie, rita):
    marked = make_idea(make_challenge(brand, mode=Mode.POINTS, max_points=5))
    split = make_idea(make_challenge(brand, mode=Mode.UP_DOWN))
    cast(marked, charlie, 4)
    cast(split, charlie, -1)
    cast(split, rita)
    set_closed(marked)
    set_closed(split)
    page = said(marked, charlie)
    assert "4 points for this" in page
    assert "You gave it 4 points" in page
    page = said(split, charlie)
    assert "1 person wanted this" in page
    assert "1 person was against it." in page
    assert "You voted against this" in page


def test_before_the_vote_begins_it_says_when(brand):
    opens = timezone.now() + timedelta(days=40)
    phases = [
        {"title": "Ideas", "verbs": [Verb.SUBMIT], "closes_at": opens},
        {"title": "Votes", "verbs": [Verb.VOTE], "opens_at": opens},
    ]
    idea = make_idea(make_challenge(brand, phases=phases))
    page = said(idea)
    assert "The vote has not begun" in page
    assert "Voting begins on" in page
    challenges.set_closed(challenge=idea.challenge, closed=True, actor=None)
    page = said(idea)
    assert "The vote is over" in page
    assert "Voting is not open in this challenge now." in page


def test_a_decided_idea_shows_its_status_and_the_way_to_the_answer(spent, alice, charlie):
    why = "Two other makers sell this lamp already, and it is a good one."
    decisions.set_status(
        idea=spent,
        status=Status.DECLINED,
        reason=DeclineReason.ALREADY_DONE,
        message=why,
        actor=alice,
    )
    page = reader(charlie).get(path_of(spent))
    assert "2 people wanted this" in text_of(page)
    assert page.content.decode().count('<a class="small" href="#answers">Read the answer</a>') == 1
    said_more = comments.answer(idea=spent, body="We thank you all.", actor=alice)
    html = reader(charlie).get(path_of(spent)).content.decode()
    assert f'<a class="small" href="#comment-{said_more.code}">Read the answer</a>' in html


def test_who_may_not_vote_here_is_asked_nothing_and_reads_why(brand, spent, charlie):
    challenges.change_rules(challenge=spent.challenge, actor=None, who_votes=Voters.TEAM)
    page = said(spent, charlie)
    assert ASKED not in page
    assert BUDGET not in page
    assert "How it stands" in page
    assert "Only the brand’s team votes here." in page


WAY = '<a href="#body-new" data-to-field>Say why in a comment</a>'


def test_whoever_may_comment_is_offered_to_say_why(spent, charlie, alice):
    def offers(user):
        return WAY in reader(user).get(path_of(spent)).content.decode()

    assert offers(charlie)
    assert not offers(None)
    phases = [{"title": "Votes", "verbs": [Verb.VOTE]}]
    challenges.change_rules(challenge=spent.challenge, actor=None, phases=phases)
    assert not offers(charlie)
    assert not offers(alice), "the team answers there, which is no reason for a vote"
