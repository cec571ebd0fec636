"""Pressing a vote as a visitor: one address, one code, and the vote is in."""

import re

import pytest
from django.test import Client

from accounts.domain import teams
from accounts.domain.people import choose_name
from accounts.enums import Role, Visibility
from accounts.models import Participant, User
from cocreate.lib.errors import Invalid
from ideas.enums import Mode, Voters
from ideas.models import Comment, Idea, Vote, VoteEvent
from tests.accounts.steps import ask_to_enter, code_sent_to, come_in, enter_with, newcomer
from tests.factories import make_brand, make_challenge, make_idea, make_user, set_closed
from tests.web.conftest import path_of, text_of
from tests.web.talk import talk_of

EMAIL = "nina@example.org"
SUBMIT = "/b/mio/submit/"


def wish(idea, value=1):
    return f"/i/{idea.code}/vote/?value={value}"


def says_that_it_waits(page, idea):
    return f"Your vote for “ {idea.title} ” is ready" in text_of(page)


@pytest.fixture
def nina(db):
    return newcomer(EMAIL)


# --- The vote that waits --------------------------------------------------------------------------


def test_a_press_an_address_and_a_code_are_a_vote(visitor, idea):
    page = visitor.get(visitor.get(wish(idea))["Location"])
    assert says_that_it_waits(page, idea)
    answer = ask_to_enter(visitor, EMAIL, next=wish(idea))
    page = visitor.get(answer["Location"])
    assert idea.title in text_of(page)
    assert not Vote.objects.exists()

    sent = re.search(r'name="next" value="([^"]+)"', page.content.decode())[1]
    answer = enter_with(visitor, code_sent_to(EMAIL), next=sent)

    assert answer["Location"] == path_of(idea)
    vote = Vote.objects.get()
    assert (vote.idea, vote.value, vote.state) == (idea, 1, "counted")
    assert vote.participant.user.email == EMAIL
    assert Participant.objects.get(user=vote.participant.user).verified
    page = visitor.get(path_of(idea))
    assert "Your vote is in. You can choose a name and a password on your page" in text_of(page)
    assert 'aria-pressed="true"' in page.content.decode()


def test_a_member_who_comes_in_by_code_is_greeted_by_name(visitor, idea, charlie):
    come_in(visitor, charlie.email, next=wish(idea))
    assert Vote.objects.get().participant.user == charlie
    assert "Welcome, Charlie. Your vote is in." in text_of(visitor.get(path_of(idea)))


def test_a_wish_against_is_a_vote_against(visitor, brand, db):
    idea = make_idea(make_challenge(brand, mode=Mode.UP_DOWN))
    come_in(visitor, EMAIL, next=wish(idea, -1))
    assert Vote.objects.get().value == -1


def test_the_brand_stays_with_them_all_the_way(visitor, idea):
    asked = visitor.get(visitor.get(wish(idea))["Location"])
    waiting = visitor.get(ask_to_enter(visitor, EMAIL, next=wish(idea))["Location"])
    wrong = enter_with(visitor, "0000-000", next=wish(idea))
    for page in (asked, waiting, wrong, visitor.get(f"/accounts/login/?next={wish(idea)}")):
        body = page.content.decode()
        assert '<a class="brand-home one-line"' in body
        assert 'href="/b/mio/"' in body


def test_the_brand_stays_on_the_page_that_says_it_is_too_much(visitor, idea):
    for _n in range(5):
        ask_to_enter(Client(), EMAIL)
    page = ask_to_enter(visitor, EMAIL, next=wish(idea))
    assert page.status_code == 429
    assert 'href="/b/mio/"' in page.content.decode()
    assert says_that_it_waits(page, idea)


@pytest.mark.parametrize("back", ["/b/mio/", "/b/mio/c/street/"])
def test_who_comes_from_a_page_of_the_brand_stays_with_it(visitor, challenge, back):
    for path in ("/accounts/enter/", "/accounts/signup/", "/accounts/login/"):
        assert 'class="brand-home' in visitor.get(path, {"next": back}).content.decode()


@pytest.mark.parametrize("back", ["/", "//mio/", "/b/nothing/", "http://[x", "/b/%00/", "/b/club/"])
def test_no_other_way_back_wears_a_brand(visitor, alice, back):
    make_brand("club", owner=alice, visibility=Visibility.MEMBERS)
    page = visitor.get("/accounts/enter/", {"next": back})
    assert page.status_code == 200
    assert 'class="brand-home' not in page.content.decode()


# --- What stays refused ---------------------------------------------------------------------------


def test_a_closed_account_votes_nothing(visitor, idea):
    make_user(email=EMAIL, is_active=False)
    assert come_in(visitor, EMAIL, next=wish(idea))["Location"] == "/accounts/inactive/"
    assert not VoteEvent.objects.exists()


def test_a_brand_for_members_only_shows_nothing_and_takes_no_vote(visitor, alice):
    club = make_brand("club", owner=alice, visibility=Visibility.MEMBERS)
    idea = make_idea(make_challenge(club))
    assert visitor.get(wish(idea)).status_code == 404
    page = visitor.get("/accounts/enter/", {"next": wish(idea)})
    assert idea.title not in text_of(page)
    come_in(visitor, EMAIL, next=wish(idea))
    assert not VoteEvent.objects.exists()


def test_where_only_some_vote_they_are_told_after_they_have_come_in(visitor, brand):
    idea = make_idea(make_challenge(brand, slug="inner", who_votes=Voters.TEAM))
    assert come_in(visitor, EMAIL, next=wish(idea))["Location"] == path_of(idea)
    assert not Vote.objects.exists()
    assert "Only the brand’s team votes here." in text_of(visitor.get(path_of(idea)))


def test_a_vote_that_came_too_late_is_explained(visitor, idea, alice):
    set_closed(idea, closed=True)
    come_in(visitor, EMAIL, next=wish(idea))
    assert "Voting on this idea has ended." in text_of(visitor.get(path_of(idea)))


def test_a_mailbox_that_votes_already_does_not_vote_twice(visitor, idea):
    make_user(email="nina@gmail.com")
    come_in(visitor, "n.i.na+two@gmail.com", next=wish(idea))
    assert Vote.objects.get().state == "pending"
    page = text_of(visitor.get(path_of(idea)))
    assert "This mailbox already votes through another account" in page


def test_a_wish_does_not_linger(visitor, idea):
    visitor.get(visitor.get(wish(idea))["Location"])
    ask_to_enter(visitor, EMAIL, next=wish(idea))
    enter_with(visitor, code_sent_to(EMAIL))
    assert not VoteEvent.objects.exists()


# --- Name and password, later ---------------------------------------------------------------------


def test_their_page_invites_them_to_choose_a_name_and_a_password(nina):
    client, user = nina
    page = client.get("/me/")
    assert f"People see you as {user.display_name}." in text_of(page)
    assert 'href="/accounts/password/set/"' in page.content.decode()


def test_nobody_else_is_invited(member):
    page = text_of(member.get("/me/"))
    assert "People see you as" not in page
    assert "Choose a password as well" not in page


def test_a_name_that_is_chosen_on_the_profile_is_theirs(nina):
    client, user = nina
    form = {"handle": user.handle, "language": "en", "time_zone": "", "interests": ""}
    client.post("/me/profile/", form | {"display_name": user.display_name, "interests": "rain"})
    user.refresh_from_db()
    assert not user.has_own_name  # something else was saved
    client.post("/me/profile/", form | {"display_name": "Nina"})
    user.refresh_from_db()
    assert (user.display_name, user.has_own_name) == ("Nina", True)


# --- The first words of their own -----------------------------------------------------------------


def filled(**over):
    form = {"challenge": "street", "title": "A roof that drinks the rain", "language": "en"}
    return form | {"body": "Ten **litres**.", "tags": "rain"} | over


def test_the_form_for_an_idea_asks_for_a_name(nina, member, challenge):
    client, _user = nina
    assert 'name="display_name"' in client.get(SUBMIT).content.decode()
    assert 'name="display_name"' not in member.get(SUBMIT).content.decode()


def test_an_idea_without_a_name_is_kept_on_the_page(nina, challenge):
    client, _user = nina
    answer = client.post(SUBMIT, filled())
    assert answer.status_code == 400
    assert "Choose a name." in text_of(answer)
    for typed in ("A roof that drinks the rain", "Ten **litres**."):
        assert typed in answer.content.decode()
    assert not Idea.objects.exists()


def test_an_idea_with_a_name_is_posted_under_it(nina, challenge):
    client, user = nina
    answer = client.post(SUBMIT, filled(display_name="Nina Œdème"))
    assert answer["Location"] == path_of(Idea.objects.get())
    user.refresh_from_db()
    assert (user.display_name, user.has_own_name) == ("Nina Œdème", True)
    assert user.handle.startswith("nina")
    assert "Nina Œdème" in text_of(client.get(path_of(Idea.objects.get())))


def test_a_name_stays_though_the_idea_needs_a_correction(nina, challenge):
    client, user = nina
    assert client.post(SUBMIT, filled(title="", display_name="Nina")).status_code == 400
    user.refresh_from_db()
    assert user.display_name == "Nina"
    assert client.post(SUBMIT, filled()).status_code == 302


def test_a_comment_without_a_name_is_kept_on_the_page(nina, idea):
    client, _user = nina
    assert 'name="display_name"' in client.get(path_of(idea)).content.decode()
    answer = client.post(talk_of(idea), {"body": "I would *use* it."})
    assert answer.status_code == 400
    assert "Choose a name." in text_of(answer)
    assert "I would *use* it." in answer.content.decode()
    assert not Comment.objects.exists()


def test_a_comment_with_a_name_is_posted_under_it(nina, idea):
    client, _user = nina
    assert client.post(talk_of(idea), {"body": "Yes.", "display_name": "Nina"}).status_code == 302
    assert Comment.objects.get().author.user.display_name == "Nina"
    assert 'name="display_name"' not in client.get(path_of(idea)).content.decode()


def test_who_has_a_name_is_not_asked_and_keeps_it(member, idea, charlie):
    assert 'name="display_name"' not in member.get(path_of(idea)).content.decode()
    member.post(talk_of(idea), {"body": "Yes.", "display_name": "Somebody else"})
    charlie.refresh_from_db()
    assert charlie.display_name == "Charlie"


@pytest.mark.parametrize("name", ["", "   ", "\u202e", "x" * 41])
def test_what_is_no_name_is_refused(nina, name):
    _client, user = nina
    with pytest.raises(Invalid) as refused:
        choose_name(user=user, name=name)
    assert set(refused.value.fields) == {"display_name"}
    assert not User.objects.get(pk=user.pk).has_own_name


def test_two_of_one_name_have_two_handles(nina):
    _client, user = nina
    make_user("Nina")
    choose_name(user=user, name="Nina")
    assert user.handle != "nina"
    assert user.handle.startswith("nina-")


@pytest.mark.parametrize(
    ("value", "says"), [(1, "Your vote for “"), (-1, "Your vote against “"), (5, "Your vote for “")]
)
def test_the_page_says_which_vote_waits(visitor, idea, value, says):
    page = visitor.get("/accounts/enter/", {"next": wish(idea, value)})
    assert says in text_of(page)


def test_somebody_of_the_team_without_a_name_answers_for_the_brand(nina, idea):
    client, user = nina
    teams.add_member(brand=idea.brand, user=user, role=Role.MANAGER)
    assert client.post(talk_of(idea), {"body": "We build it.", "official": "on"}).status_code == 302
    user.refresh_from_db()
    assert not user.has_own_name


@pytest.mark.parametrize("field", ["body", "display_name"])
def test_what_nobody_can_read_is_refused_at_its_field(nina, idea, field):
    client, _user = nina
    sent = {"body": "Yes.", "display_name": "Nina"} | {field: "a\x00b"}
    assert client.post(talk_of(idea), sent).status_code == 400
