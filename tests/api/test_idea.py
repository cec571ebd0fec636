"""GET and PATCH ideas/{code}/"""

import pytest
from django.conf import settings

from accounts.enums import Scope, Visibility
from ideas.domain import challenges, ideas, tally
from ideas.domain.votes import cast_as_user
from ideas.models import Idea
from tests.api.conftest import blamed, queries_sent, refusal
from tests.factories import make_challenge, make_idea, make_participant, make_user, set_closed

pytestmark = pytest.mark.django_db

BLIND = {"title": "Blind", "verbs": ["submit", "vote"], "hides_counts": True}
MODEL_FIELDS = [field.name for field in Idea._meta.get_fields()]
ALL = """
    code url brand challenge title body body_html language author status support oppose points
    support_by uncounted counts_hidden score comments my_vote tags images merged_into licence
    co_authors revision created updated
"""
OURS = {"title", "body", "tags", "language", "images"}


@pytest.fixture
def own(challenge, charlie):
    """An idea of charlie's."""
    return make_idea(challenge, author=make_participant(challenge.brand, charlie), body="**Bold**")


def at(idea):
    return f"ideas/{idea.code}/"


def test_an_idea_has_its_text_and_says_where_its_support_comes_from(own, visitor, charlie):
    shown = visitor.get(at(own)).json()
    assert shown["body"] == "**Bold**"
    assert shown["body_html"] == "<p><strong>Bold</strong></p>\n"
    assert shown["support_by"] == {"self": 0, "on_behalf": 0, "imported": 0}
    assert shown["uncounted"] == {"pending": 0, "held": 0}
    assert shown["author"] == {"name": "Charlie", "handle": charlie.handle}
    assert (shown["merged_into"], shown["licence"], shown["images"]) == (None, "", [])
    assert shown["url"] == f"{settings.PUBLIC_URL}/i/{own.code}/{own.slug}/"
    assert set(shown) == set(ALL.split())


@pytest.mark.django_db(transaction=True)
def test_support_by_adds_up_to_support(own, as_server, visitor, brand):
    cast_as_user(code=own.code, user_id=make_user().pk, value=1)
    as_server(brand).put(f"{at(own)}vote/", {"value": 1, "voter": {"external_id": "7"}})
    tally.fold_until_settled()
    shown = visitor.get(at(own)).json()
    assert (shown["support"], shown["support_by"]) == (
        2,
        {"self": 1, "on_behalf": 1, "imported": 0},
    )


def test_hidden_counts_are_null_for_the_team_too(brand, as_member, alice):
    idea = make_idea(make_challenge(brand, phases=[BLIND]))
    shown = as_member(alice).get(at(idea)).json()
    names = ("support", "oppose", "points", "support_by", "uncounted", "score")
    assert [shown[name] for name in names] == [None] * 6


def test_an_idea_is_four_queries_for_a_visitor(own, visitor):
    visitor.get(at(own))
    with queries_sent() as sent:
        assert visitor.get(at(own)).status_code == 200
    assert len(sent) == 4  # the idea with its challenge, the phases, the counts, its co-authors


def test_a_merged_idea_says_into_what(challenge, own, visitor):
    target = make_idea(challenge)
    Idea.objects.filter(pk=own.pk).update(merged_into=target)
    response = visitor.get(at(own))
    assert (response.status_code, response.json()["merged_into"]) == (200, target.code)


def test_a_hidden_idea_is_seen_by_its_author_the_team_and_the_brands_server_alone(
    brand, own, visitor, as_member, as_server, as_widget, charlie, rita, mallory
):
    ideas.set_hidden(idea=own, hidden=True, actor=None)
    for caller in (as_member(charlie), as_member(rita), as_server(brand, Scope.READ)):
        assert caller.get(at(own)).status_code == 200
    for caller in (visitor, as_member(mallory), as_widget(brand)):
        assert refusal(caller.get(at(own))) == (404, "not_found")


def test_an_idea_of_a_members_only_brand_is_404_for_strangers(
    brand, idea, visitor, as_member, as_widget, as_server, charlie, alice
):
    brand.visibility = Visibility.MEMBERS
    brand.save()
    for caller in (visitor, as_member(charlie), as_widget(brand)):
        assert refusal(caller.get(at(idea))) == (404, "not_found")
    for caller in (as_member(alice), as_server(brand)):
        assert caller.get(at(idea)).status_code == 200


@pytest.mark.parametrize("code", ["nothing", "ABC", "a%00b", "%ED%A0%80", "'", "a" * 13])
def test_a_code_that_is_none_is_404(visitor, db, code):
    assert refusal(visitor.get(f"ideas/{code}/")) == (404, "not_found")


def test_an_unchanged_idea_is_304(own, visitor):
    tag = visitor.get(at(own))["ETag"]
    for sent in (tag, f'"x", W/{tag}', "*"):
        response = visitor.get(at(own), **{"If-None-Match": sent})
        assert (response.status_code, response.content, response["ETag"]) == (304, b"", tag)
    assert visitor.get(at(own), **{"If-None-Match": '"1.0"'}).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_the_tag_is_the_revision_and_the_tally(own, visitor, as_member, charlie, bob):
    first = visitor.get(at(own))["ETag"]
    assert first.strip('"').split(".")[0] == "1"
    cast_as_user(code=own.code, user_id=bob.pk, value=1)
    assert visitor.get(at(own))["ETag"] == first  # no fold yet
    assert as_member(bob).get(at(own), **{"If-None-Match": first}).status_code == 200  # their own
    tally.fold_until_settled()
    second = visitor.get(at(own))["ETag"]
    assert (second != first, second.strip('"').split(".")[0]) == (True, "1")
    as_member(charlie).patch(at(own), {"title": "Another title"})
    assert visitor.get(at(own))["ETag"].strip('"').split(".")[0] == "2"


@pytest.mark.django_db(transaction=True)
def test_v23_while_counts_are_hidden_the_tag_tells_no_vote(brand, visitor, as_member, bob):
    idea = make_idea(make_challenge(brand, phases=[BLIND]))
    cast_as_user(code=idea.code, user_id=bob.pk, value=1)
    tally.fold_until_settled()
    assert visitor.get(at(idea))["ETag"] == '"1"'
    assert visitor.get(at(idea), **{"If-None-Match": '"1"'}).status_code == 304
    own = as_member(bob).get(at(idea), **{"If-None-Match": '"1"'})
    assert (own.status_code, own.json()["my_vote"]) == (200, 1)


def test_an_author_changes_their_idea(own, as_member, charlie):
    response = as_member(charlie).patch(at(own), {"title": "A  better\ntitle", "tags": ["B", "b"]})
    shown = response.json()
    assert response.status_code == 200
    assert (shown["title"], shown["tags"], shown["body"]) == ("A better title", ["b"], "**Bold**")
    assert shown["revision"] == 2
    assert response["ETag"].startswith('"2.')


def test_nothing_to_change_changes_nothing(own, as_member, charlie):
    response = as_member(charlie).patch(at(own), {})
    assert (response.status_code, response.json()["revision"]) == (200, 1)


def test_managers_and_the_brands_server_change_any_idea_and_others_none(
    brand, own, visitor, as_member, as_server, bob, rita, mallory
):
    body = {"title": "By the brand"}
    for caller in (as_member(bob), as_server(brand)):
        assert caller.patch(at(own), body).status_code == 200
    for caller in (as_member(rita), as_member(mallory), as_server(brand, Scope.READ, Scope.VOTE)):
        assert refusal(caller.patch(at(own), body)) == (403, "not_allowed")
    assert refusal(visitor.patch(at(own), body)) == (401, "sign_in_required")


def test_an_author_leaves_a_closed_idea_alone(own, as_member, charlie):
    set_closed(own, closed=True)
    assert refusal(as_member(charlie).patch(at(own), {"title": "Late"})) == (403, "not_allowed")


def test_a_tag_that_is_old_is_412_and_changes_nothing(own, as_member, charlie):
    author = as_member(charlie)
    tag = author.get(at(own))["ETag"]
    first = author.patch(at(own), {"title": "First"}, headers={"If-Match": tag})
    assert first.status_code == 200
    late = author.patch(at(own), {"title": "Second"}, headers={"If-Match": tag})
    assert refusal(late) == (412, "changed_meanwhile")
    assert Idea.objects.get().title == "First"


@pytest.mark.parametrize("tag", ['"1"', '"1.anything"', 'W/"1.x"', "*", '"7.x", "1.y"'])
def test_if_match_compares_the_revision_alone(own, as_member, charlie, tag):
    response = as_member(charlie).patch(at(own), {"title": "Now"}, headers={"If-Match": tag})
    assert response.status_code == 200


@pytest.mark.parametrize("tag", ['"0"', '"x"', "1", '""', '"11.1"', '"-1"'])
def test_if_match_with_anything_else_is_412(own, as_member, charlie, tag):
    response = as_member(charlie).patch(at(own), {"title": "Now"}, headers={"If-Match": tag})
    assert refusal(response) == (412, "changed_meanwhile")


def test_z10_no_other_field_of_an_idea_can_be_set(own, as_member, alice):
    owner = as_member(alice)
    for name in {*MODEL_FIELDS, "votes", "is_staff", "author_id"} - OURS:
        assert blamed(owner.patch(at(own), {name: 1})) == {name: ["unknown_field"]}
    assert Idea.objects.get().revision == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 301}, "title"),
        ({"title": None}, "title"),
        ({"title": 5}, "title"),
        ({"title": "a\0bc"}, "title"),
        ({"title": "abc\ud800"}, "title"),
        ({"body": "x" * 20_001}, "body"),
        ({"body": ["x"]}, "body"),
        ({"tags": "a"}, "tags"),
        ({"tags": [1]}, "tags.0"),
        ({"tags": ["x" * 41]}, "tags"),
        ({"tags": [str(n) for n in range(11)]}, "tags"),
        ({"language": "klingon-of-the-north"}, "language"),
        ({"language": "<b>"}, "language"),
    ],
)
def test_what_cannot_be_kept_is_blamed_by_name(own, as_member, charlie, body, field):
    assert list(blamed(as_member(charlie).patch(at(own), body))) == [field]
    assert Idea.objects.get().revision == 1


def test_a_parameter_is_unknown(own, visitor, as_member, charlie):
    assert refusal(visitor.get(f"{at(own)}?fields=body")) == (400, "unknown_parameter")
    response = as_member(charlie).patch(f"{at(own)}?force=1", {"title": "Now"})
    assert refusal(response) == (400, "unknown_parameter")


def test_a_closed_phase_still_shows_the_idea(own, visitor):
    challenges.set_closed(challenge=own.challenge, closed=True, actor=None)
    assert visitor.get(at(own)).status_code == 200
