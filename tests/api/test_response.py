"""POST ideas/{code}/response/: the brand answers."""

import pytest
from django.conf import settings

from accounts.enums import Scope
from accounts.models import Activity
from ideas.domain import decisions
from ideas.enums import Status
from ideas.models import Comment
from tests.api.conftest import blamed, refusal

pytestmark = pytest.mark.django_db

BODY = {"body": "We build it *this year*."}


def at(idea) -> str:
    return f"ideas/{idea.code}/response/"


def test_a_managers_answer_is_official_pinned_and_names_nobody(idea, as_member, visitor, bob):
    response = as_member(bob).post(at(idea), BODY)
    shown = response.json()
    assert response.status_code == 201
    assert response["Location"] == f"{settings.PUBLIC_URL}/api/v1/comments/{shown['code']}/"
    assert (shown["official"], shown["pinned"], shown["author"]) == (True, True, None)
    assert shown["body_html"] == "<p>We build it <em>this year</em>.</p>\n"
    assert visitor.get(f"comments/{shown['code']}/").json() == shown
    assert Comment.objects.get().actor == bob
    assert Activity.objects.get(kind="answer.posted").due_at is not None


def test_a_key_answers_for_its_brand_also_where_comments_have_ended(idea, as_server, bob):
    decisions.set_status(idea=idea, status=Status.ARCHIVED, actor=bob)
    assert as_server(idea.brand, Scope.WRITE).post(at(idea), BODY).status_code == 201


def test_others_answer_nothing(idea, visitor, as_member, as_server, as_widget, charlie, rita):
    assert refusal(visitor.post(at(idea), BODY)) == (401, "sign_in_required")
    for caller in (
        as_member(charlie), as_member(rita), as_member(idea.author.user),
        as_server(idea.brand, Scope.READ, Scope.VOTE), as_widget(idea.brand),
    ):  # fmt: skip
        assert refusal(caller.post(at(idea), b"{{{")) == (403, "not_allowed")
    assert not Comment.objects.exists()


def test_another_brand_finds_nothing(idea, as_server, as_member, mallory):
    assert refusal(as_server(mallory.memberships.get().brand).post(at(idea), BODY)) == (
        404,
        "not_found",
    )
    assert refusal(as_member(mallory).post(at(idea), BODY)) == (403, "not_allowed")


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"body": ["required"]}),
        ({"body": ""}, {"body": ["required"]}),
        ({"body": True}, {"body": ["invalid"]}),
        ({"body": "a\0"}, {"body": ["null_characters_not_allowed"]}),
        ({"body": "a" * 20_001}, {"body": ["too_long"]}),
        ({**BODY, "parent": "abc"}, {"parent": ["unknown_field"]}),
    ],
)
def test_each_wrong_field_is_named(idea, as_member, bob, body, fields):
    assert blamed(as_member(bob).post(at(idea), body)) == fields
    assert not Comment.objects.exists()


def test_reading_it_is_405_and_a_million_bytes_are_413(idea, as_member, bob):
    manager = as_member(bob)
    assert refusal(manager.get(at(idea))) == (405, "method_not_allowed")
    assert refusal(manager.post(at(idea), b" " * 1_000_000)) == (413, "too_large")
