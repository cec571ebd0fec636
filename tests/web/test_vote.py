"""Voting on pages: by members with a form, refused in words, never by GET."""

import re
from urllib.parse import urlencode

import pytest
from django.test import Client

from accounts.models import Brand
from ideas.domain import challenges, votes
from ideas.enums import Mode, Verb
from ideas.models import Idea, Vote, VoteEvent
from tests.api.conftest import until_refused
from tests.factories import make_challenge, make_idea, make_user, set_closed
from tests.web.conftest import path_of, reader, text_of

FRAGMENT = {"X-Fragment": "1"}


def press(client, idea, value, **sent):
    return client.post(f"/i/{idea.code}/vote/", {"value": value} | sent)


def test_a_press_votes_and_leads_back(member, idea, charlie):
    response = press(member, idea, 1, next="/b/mio/c/street/?sort=new")
    assert (response.status_code, response["Location"]) == (
        302,
        f"/b/mio/c/street/?sort=new#voted-{idea.code}",
    )
    assert Vote.objects.get().value == 1


def test_a_press_leads_to_words_beside_the_control_that_say_how_it_ended(member, idea):
    place = f'id="voted-{idea.code}"'
    assert place not in member.get(path_of(idea)).content.decode()
    for where in (path_of(idea), "/b/mio/c/street/"):
        answer = press(member, idea, 1, next=where)
        assert answer["Location"] == f"{where}#voted-{idea.code}"
        (words,) = re.findall(rf"{place}>(.*?)</span>", member.get(where).content.decode())
        assert words.endswith("Your vote is in.")
    taken_back = press(member, idea, 0)
    assert taken_back["Location"] == f"{path_of(idea)}#idea-{idea.code}"
    assert place not in member.get(path_of(idea)).content.decode()


def test_who_waits_for_their_proof_is_led_to_where_it_says_so(brand, idea):
    client = reader(make_user("dora", verified=False))
    place = press(client, idea, 1)["Location"].partition("#")[2]
    page = client.get(path_of(idea)).content.decode()
    assert f'id="{place}">Your vote waits' in page


def test_the_vote_is_seen_before_any_fold(member, idea):
    press(member, idea, 1)
    page = member.get(path_of(idea)).content.decode()
    assert 'aria-pressed="true"' in page
    assert '<span class="n">1</span>' in page


def test_a_second_press_takes_the_vote_back(member, idea):
    press(member, idea, 1)
    press(member, idea, 0)
    assert Vote.objects.get().value == 0
    assert 'aria-pressed="true"' not in member.get(path_of(idea)).content.decode()


@pytest.mark.parametrize("user_name", [None, "charlie"])
def test_looking_at_the_vote_page_writes_nothing(idea, user_name, request):
    user = request.getfixturevalue(user_name) if user_name else None
    reader(user).get(f"/i/{idea.code}/vote/?value=1")
    assert not VoteEvent.objects.exists()


def test_a_member_who_follows_a_vote_link_has_one_press_left(member, idea):
    response = member.get(f"/i/{idea.code}/vote/?value=1")
    assert "One press and your vote counts" in text_of(response)
    assert "autofocus" in response.content.decode()


def test_a_visitor_is_asked_for_their_address_with_the_wish(visitor, idea):
    response = visitor.get(f"/i/{idea.code}/vote/?value=1")
    assert response.status_code == 302
    wish = f"%2Fi%2F{idea.code}%2Fvote%2F%3Fvalue%3D1"
    assert response["Location"] == f"/accounts/enter/?next={wish}"
    assert not response.cookies


def test_a_visitors_post_votes_nothing(visitor, idea):
    assert press(visitor, idea, 1).status_code == 302
    assert not VoteEvent.objects.exists()


def test_a_form_without_its_token_is_refused(charlie, idea):
    client = Client(enforce_csrf_checks=True)
    client.force_login(charlie, "allauth.account.auth_backends.AuthenticationBackend")
    response = press(client, idea, 1)
    assert response.status_code == 403
    assert "That form was too old" in text_of(response)
    assert not VoteEvent.objects.exists()


@pytest.mark.parametrize(
    "away", ["https://evil.example/", "//evil.example", "/\\evil.example", "x"]
)
def test_nobody_is_sent_elsewhere(member, idea, away):
    assert press(member, idea, 1, next=away)["Location"] == f"{path_of(idea)}#voted-{idea.code}"


def refused(client, idea, value, status, sentence):
    """As a page, and as the part that our script asks for."""
    page = press(client, idea, value)
    part = client.post(f"/i/{idea.code}/vote/", {"value": value}, headers=FRAGMENT)
    assert [page.status_code, part.status_code] == [status, status]
    assert sentence in text_of(page)
    assert sentence in text_of(part)
    assert part["X-Fragment"] == "1"


def test_a_closed_idea_refuses_in_words(member, idea, alice):
    set_closed(idea, closed=True)
    refused(member, idea, 1, 409, "Voting on this idea has ended.")


def test_a_closed_phase_refuses_in_words(member, challenge, idea):
    challenges.change_rules(
        challenge=challenge, actor=None, phases=[{"title": "Talk", "verbs": [Verb.COMMENT]}]
    )
    refused(member, idea, 1, 409, "Voting is not open in this challenge now.")


def test_an_empty_budget_refuses_in_words(member, brand):
    challenge = make_challenge(brand, budget=1)
    press(member, make_idea(challenge), 1)
    refused(member, make_idea(challenge), 1, 409, "You have no votes left here.")


@pytest.mark.parametrize("value", ["-1", "2", "", "x", "999999", "9" * 30, "²"])
def test_a_value_that_is_none_refuses_in_words(member, idea, value):
    refused(member, idea, value, 400, "A vote here cannot be worth that.")


def test_too_many_votes_are_slowed_down(member, idea):
    answers = until_refused(lambda: press(member, idea, 1))
    assert len(answers) > 60
    assert {answer.status_code for answer in answers[:-1]} == {302}
    slowed = answers[-1]
    assert slowed.status_code == 429
    assert int(slowed["Retry-After"]) >= 1
    assert "Wait a moment and try again." in text_of(slowed)


def test_a_refused_voter_can_go_back_to_where_they_were(member, idea, alice):
    set_closed(idea, closed=True)
    page = press(member, idea, 1, next="/b/mio/c/street/?sort=new")
    assert 'href="/b/mio/c/street/?sort=new"' in page.content.decode()


def test_the_script_gets_the_control_alone(member, brand, charlie):
    challenge = make_challenge(brand, slug="few", budget=3)
    idea = make_idea(challenge)
    response = member.post(f"/i/{idea.code}/vote/", {"value": 1}, headers=FRAGMENT)
    assert response.status_code == 200
    body = response.content.decode()
    assert "<html" not in body
    assert f'data-swap="votes-{idea.code}"' in body
    assert 'data-swap="budget-few"' in body
    assert "You have 2 votes left here." in text_of(response)


def test_up_and_down_are_two_presses(member, brand, charlie):
    idea = make_idea(make_challenge(brand, mode=Mode.UP_DOWN))
    press(member, idea, 1)
    press(member, idea, -1)
    assert Vote.objects.get().value == -1
    body = member.get(path_of(idea)).content.decode()
    assert body.count('<span class="n">0</span>') == body.count('<span class="n">1</span>') == 1


def test_a_vote_sent_to_a_merged_idea_is_a_vote_on_what_it_became(member, challenge, idea):
    old = make_idea(challenge)
    type(old).objects.filter(pk=old.pk).update(merged_into=idea)
    press(member, old, 1)
    assert Vote.objects.get().idea == idea


def test_points_show_the_mark_that_was_given(member, brand, charlie):
    idea = make_idea(make_challenge(brand, mode=Mode.POINTS, max_points=5, budget=10))
    votes.cast_as_user(code=idea.code, user_id=charlie.pk, value=4)
    body = member.get(path_of(idea)).content.decode()
    assert body.count('aria-pressed="true"') == 1
    assert "You have 6 points left to give here." in body


def without_token(response):
    assert response.status_code == 200
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())


@pytest.mark.parametrize(
    ("rules", "values"),
    [
        ({"mode": Mode.UP}, [1, 0]),
        ({"mode": Mode.UP_DOWN}, [1, -1, 0]),
        ({"mode": Mode.POINTS, "max_points": 5, "budget": 12}, [4, 2, 0]),
        ({"mode": Mode.UP, "budget": 1, "budget_period": "month"}, [1, 0]),
    ],
)
@pytest.mark.parametrize("are_hidden", [False, True])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_answer_from_the_vote_itself_is_what_a_look_at_the_idea_would_say(
    brand, alice, charlie, rules, values, are_hidden, language
):
    phase = {"title": "Round", "verbs": [Verb.SUBMIT, Verb.VOTE], "hides_counts": are_hidden}
    idea = make_idea(
        make_challenge(brand, slug="asked", phases=[phase], **rules), title="A <b> & “c”"
    )
    votes.cast_as_user(code=idea.code, user_id=alice.pk, value=1)
    client = reader(charlie)
    for value in values:
        sent = {"value": value, "next": "/b/mio/?sort=new&tag=x"}
        headers = FRAGMENT | {"Accept-Language": language}
        taken = client.post(f"/i/{idea.code}/vote/", sent, headers=headers)
        again = client.post(f"/i/{idea.code}/vote/", sent, headers=headers)  # changes nothing
        assert without_token(taken) == without_token(again)


def test_a_vote_that_waits_says_so_at_once(brand, idea):
    nobody_yet = make_user("dora", verified=False)
    answer = reader(nobody_yet).post(f"/i/{idea.code}/vote/", {"value": 1}, headers=FRAGMENT)
    assert "Your vote waits" in text_of(answer)


def made_private(brand, idea):
    Brand.objects.filter(pk=brand.pk).update(visibility="members")


def made_hidden(brand, idea):
    Idea.objects.filter(pk=idea.pk).update(hidden=True)


def merged_while_hidden(brand, idea):
    into = make_idea(idea.challenge)
    Idea.objects.filter(pk=idea.pk).update(hidden=True, merged_into=into)


@pytest.mark.parametrize("happened", [made_private, made_hidden, merged_while_hidden])
@pytest.mark.parametrize("value", ["1", "7", "x"])
def test_what_a_stranger_may_not_see_they_cannot_vote_on_however_they_ask(
    brand, idea, alice, happened, value
):
    happened(brand, idea)
    client = reader(make_user("dave"))
    for headers in ({}, FRAGMENT):
        path = f"/i/{idea.code}/vote/"
        assert client.post(path, {"value": value}, headers=headers).status_code == 404
    assert not VoteEvent.objects.exists()


GONE = "This idea is no longer here"
LIST = "/b/mio/c/street/?sort=new"


@pytest.mark.parametrize("happened", [made_hidden, made_private])
def test_an_idea_that_went_meanwhile_is_said_in_the_place_of_its_control(member, idea, happened):
    happened(idea.brand, idea)
    part = member.post(f"/i/{idea.code}/vote/", {"value": 1}, headers=FRAGMENT)
    assert (part.status_code, part["X-Fragment"]) == (404, "1")
    assert text_of(part) == f"{GONE}."
    assert f'data-swap="votes-{idea.code}"' in part.content.decode()


def test_without_a_script_a_page_says_so_and_leads_back_to_the_list(member, idea):
    made_hidden(idea.brand, idea)
    for back in (LIST, f"{path_of(idea)}?{urlencode({'from': LIST})}"):
        page = press(member, idea, 1, next=back)
        assert page.status_code == 404
        assert GONE in text_of(page)
        assert f'href="{LIST}"' in page.content.decode()


@pytest.mark.parametrize("back", ["", "https://evil.example/", "/i/{code}/an-idea/"])
def test_where_no_list_is_known_it_leads_to_the_front_page(member, idea, back):
    made_hidden(idea.brand, idea)
    page = press(member, idea, 1, next=back.format(code=idea.code))
    (content,) = re.findall("(?s)<main.*</main>", page.content.decode())
    assert re.findall('href="([^"]+)"', content) == ["/"]


def test_whoever_is_signed_out_gets_a_page(visitor, idea):
    made_hidden(idea.brand, idea)
    page = visitor.post(f"/i/{idea.code}/vote/", headers=FRAGMENT)
    assert (page.status_code, "X-Fragment" in page) == (404, False)
    assert GONE in text_of(page)


def test_who_still_sees_a_hidden_idea_is_told_that_it_is_hidden(idea, bob):
    made_hidden(idea.brand, idea)
    refused(reader(bob), idea, 1, 404, "This idea is hidden: nobody can vote on it now.")


def test_a_vote_asks_who_the_idea_and_the_vote(member, idea, django_assert_num_queries):
    with django_assert_num_queries(3):
        assert (
            member.post(f"/i/{idea.code}/vote/", {"value": 1}, headers=FRAGMENT).status_code == 200
        )
