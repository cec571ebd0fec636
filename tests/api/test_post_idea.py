"""POST brands/{brand}/ideas/"""

import pytest
from django.conf import settings

from accounts.enums import Scope, Visibility
from accounts.models import Activity, Participant
from api.v1.serializers import NewIdea
from ideas.domain import challenges
from ideas.models import Idea
from tests.api.conftest import blamed, refusal
from tests.factories import make_challenge, make_participant

pytestmark = pytest.mark.django_db

POST = "brands/mio/ideas/"
TITLE = {"title": "A roof that drinks the rain"}


def test_a_member_posts_as_themselves(challenge, as_member, charlie):
    body = {
        **TITLE,
        "body": "With a *gutter*.",
        "challenge": "street",
        "tags": ["Roof"],
        "language": "en",
        "accept_licence": False,
    }
    response = as_member(charlie).post(POST, body)
    shown = response.json()
    assert response.status_code == 201
    assert response["Location"] == f"{settings.PUBLIC_URL}/api/v1/ideas/{shown['code']}/"
    assert response["ETag"].startswith('"1.')
    assert (shown["title"], shown["challenge"], shown["tags"]) == (
        TITLE["title"],
        "street",
        ["roof"],
    )
    assert shown["author"] == {"name": "Charlie", "handle": charlie.handle}
    assert (shown["support"], shown["my_vote"]) == (0, None)  # posting casts no vote
    assert Activity.objects.get(kind="idea.posted").actor == charlie


def test_without_a_challenge_an_idea_goes_to_the_permanent_one(brand, as_program, charlie):
    assert as_program(charlie).post(POST, TITLE).json()["challenge"] == "open"


def test_a_key_posts_as_the_brand(brand, as_server):
    response = as_server(brand, Scope.WRITE).post(POST, TITLE)
    assert (response.status_code, response.json()["author"]) == (201, None)
    assert Idea.objects.get().author is None


def test_a_key_posts_for_the_person_it_names(brand, as_server):
    author = {"external_id": "7", "email": "zoe@example.org", "name": "Zoë"}
    shown = as_server(brand).post(POST, {**TITLE, "author": author}).json()
    assert shown["author"] == {"name": "Zoë", "handle": None}
    person = Participant.objects.get(external_id="7")
    assert (person.user, person.mailbox is None) == (None, False)


def test_an_email_of_a_member_that_a_key_names_reveals_and_signs_in_nobody(
    brand, as_server, charlie
):
    shown = as_server(brand).post(POST, {**TITLE, "author": {"email": charlie.email}}).json()
    assert shown["author"] == {"name": "", "handle": None}


@pytest.mark.parametrize("author", [{}, {"name": "Zoë"}, {"external_id": ""}])
def test_an_author_without_a_name_of_either_kind_is_refused(brand, as_server, author):
    response = as_server(brand).post(POST, {**TITLE, "author": author})
    assert blamed(response) == {"author": ["required"]}


def test_a_member_names_no_author(brand, as_member, charlie):
    response = as_member(charlie).post(POST, {**TITLE, "author": {"external_id": "7"}})
    assert blamed(response) == {"author": ["not_yours"]}
    assert not Idea.objects.exists()
    assert not Participant.objects.filter(user=charlie).exists()


def test_a_visitor_is_asked_to_sign_in(brand, visitor):
    assert refusal(visitor.post(POST, TITLE)) == (401, "sign_in_required")


def test_a_key_needs_the_scope(brand, as_server, as_widget):
    for caller in (as_server(brand, Scope.READ, Scope.VOTE), as_widget(brand)):
        assert refusal(caller.post(POST, TITLE)) == (403, "not_allowed")


def test_a_brand_that_is_not_theirs_to_see_is_404_before_anything_else(
    brand, as_member, charlie, mallory
):
    brand.visibility = Visibility.MEMBERS
    brand.save()
    assert refusal(as_member(charlie).post(POST, b"{{{")) == (404, "not_found")
    assert refusal(as_member(charlie).post("brands/nobody/ideas/", TITLE)) == (404, "not_found")


def test_a_suspended_member_posts_nothing(brand, as_member, charlie):
    Participant.objects.filter(pk=make_participant(brand, charlie).pk).update(active=False)
    assert refusal(as_member(charlie).post(POST, TITLE)) == (403, "not_allowed")
    assert not Idea.objects.exists()


def test_a_licence_must_be_accepted_where_there_is_one(brand, as_member, charlie):
    make_challenge(brand, slug="legal", licence="You keep your rights.")
    body, author = {**TITLE, "challenge": "legal"}, as_member(charlie)
    assert blamed(author.post(POST, body)) == {"accept_licence": ["licence_required"]}
    shown = author.post(POST, {**body, "accept_licence": True}).json()
    assert shown["licence"] == "You keep your rights."


def test_a_closed_challenge_takes_no_idea(challenge, as_member, charlie):
    challenges.set_closed(challenge=challenge, closed=True, actor=None)
    body = {**TITLE, "challenge": "street"}
    assert refusal(as_member(charlie).post(POST, body)) == (409, "phase_closed")
    assert not Participant.objects.filter(user=charlie).exists()


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"title": ["required"]}),
        ({"title": "a"}, {"title": ["required"]}),
        ({**TITLE, "challenge": "nothing"}, {"challenge": ["unknown"]}),
        ({**TITLE, "challenge": 5}, {"challenge": ["invalid"]}),
        ({**TITLE, "accept_licence": "yes"}, {"accept_licence": ["invalid"]}),
        ({**TITLE, "accept_licence": 1}, {"accept_licence": ["invalid"]}),
        (
            {**TITLE, "status": "planned", "votes": 9},
            {"status": ["unknown_field"], "votes": ["unknown_field"]},
        ),
        ({"title": 1, "body": 2}, {"title": ["invalid"], "body": ["invalid"]}),
    ],
)
def test_each_wrong_field_is_named(brand, as_member, charlie, body, fields):
    assert blamed(as_member(charlie).post(POST, body)) == fields
    assert not Idea.objects.exists()


def test_the_faults_of_all_fields_come_in_one_answer(brand, as_member, charlie):
    make_challenge(brand, slug="legal", licence="You keep your rights.")
    body = {"challenge": "legal", "title": "", "body": 5, "tags": ["x" * 99], "mood": "good"}
    body |= {"author": {"email": "no", "shoe": 43}}
    assert blamed(as_member(charlie).post(POST, body)) == {
        "title": ["required"],
        "body": ["invalid"],
        "tags": ["too_many"],
        "mood": ["unknown_field"],
        "author.email": ["invalid"],
        "author.shoe": ["unknown_field"],
        "accept_licence": ["licence_required"],
    }
    body = {"challenge": "nothing", "title": "", "accept_licence": True}
    assert blamed(as_member(charlie).post(POST, body)) == {
        "title": ["required"],
        "challenge": ["unknown"],
    }
    assert not Idea.objects.exists()


def test_z10_no_other_field_of_an_idea_can_be_set(brand, as_server):
    server = as_server(brand)
    for name in {field.name for field in Idea._meta.get_fields()} - set(NewIdea().fields):
        answer = server.post(POST, {**TITLE, name: 1})
        assert blamed(answer) == {name: ["unknown_field"]}
    assert not Idea.objects.exists()
