"""GET and POST ideas/{code}/comments/, and comments/{code}/ for whoever wrote it."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db.models import F

from accounts import limits
from accounts.enums import Scope, Visibility
from accounts.models import Activity, Participant
from api.v1.serializers import NewComment
from ideas.domain import challenges, comments, decisions, ideas
from ideas.enums import Status
from ideas.models import Comment
from tests.api.conftest import blamed, queries_sent, refusal, until_refused
from tests.factories import make_challenge, make_idea, make_participant

pytestmark = pytest.mark.django_db

GOOD = {"body": "A good *one*."}


def at(idea) -> str:
    return f"ideas/{idea.code}/comments/"


def one(comment) -> str:
    return f"comments/{comment.code}/"


def say(idea, user, body="Yes.", parent=None) -> Comment:
    author = make_participant(idea.brand, user)
    return comments.post(idea=idea, author=author, body=body, actor=user, parent=parent)


def read(caller, path) -> list[str]:
    return [comment["body"] for comment in caller.get(path).json()["results"]]


def age(comment, minutes) -> None:
    Comment.objects.filter(pk=comment.pk).update(
        created_at=F("created_at") - timedelta(minutes=minutes)
    )


def test_a_member_comments_as_themselves(idea, as_member, visitor, charlie):
    response = as_member(charlie).post(at(idea), GOOD)
    shown = response.json()
    assert response.status_code == 201
    assert response["Location"] == f"{settings.PUBLIC_URL}/api/v1/comments/{shown['code']}/"
    assert shown | {"created": ""} == {
        "code": shown["code"],
        "url": f"{settings.PUBLIC_URL}/i/{idea.code}/comments/{shown['code']}/",
        "idea": idea.code,
        "parent": None,
        "depth": 1,
        "author": {"name": "Charlie", "handle": charlie.handle},
        "official": False,
        "pinned": False,
        "body": "A good *one*.",
        "body_html": "<p>A good <em>one</em>.</p>\n",
        "deleted": False,
        "hidden": False,
        "created": "",
        "edited": None,
    }
    assert visitor.get(at(idea)).json() == {"results": [shown], "next": None}
    assert visitor.get(f"comments/{shown['code']}/").json() == shown
    assert visitor.get(f"ideas/{idea.code}/").json()["comments"] == 1
    assert Activity.objects.get(kind="comment.posted").actor == charlie


def test_a_reply_stands_under_what_it_answers(idea, as_program, charlie, bob):
    first, second = say(idea, charlie, "One"), say(idea, charlie, "Two")
    program = as_program(bob)
    shown = program.post(at(idea), {"body": "Indeed", "parent": first.code}).json()
    assert (shown["parent"], shown["depth"]) == (first.code, 2)
    assert read(program, at(idea)) == ["One", "Indeed", "Two"]
    assert read(program, f"{at(idea)}?sort=new") == ["Two", "One", "Indeed"]
    assert second.depth == 1


def test_pages_follow_one_another_without_gap_or_repeat(idea, visitor, charlie):
    for n in range(7):
        say(idea, charlie, f"No. {n}")
    for sort in ("old", "new"):
        found, cursor = [], ""
        for _page in range(4):
            page = visitor.get(f"{at(idea)}?sort={sort}&limit=2&cursor={cursor}").json()
            found += [comment["body"] for comment in page["results"]]
            cursor = page["next"]
        assert sorted(found) == [f"No. {n}" for n in range(7)]
        assert cursor is None
    assert refusal(visitor.get(f"{at(idea)}?cursor=zz")) == (400, "bad_cursor")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("?sort=hot", "invalid"),
        ("?limit=0", "invalid"),
        ("?limit=101", "invalid"),
        ("?page=2", "unknown_parameter"),
        ("?sort=old&sort=new", "invalid"),
        ("?cursor=a%00b", "invalid"),
    ],
)
def test_a_wrong_question_is_refused(idea, visitor, query, code):
    assert refusal(visitor.get(at(idea) + query)) == (400, code)


@pytest.mark.parametrize("rows", [1, 3])
def test_a_page_costs_the_same_for_one_and_three(idea, visitor, charlie, bob, rows):
    for n in range(rows):
        say(idea, bob, f"Reply {n}", parent=say(idea, charlie, f"No. {n}"))
    with queries_sent() as sent:
        assert len(visitor.get(at(idea)).json()["results"]) == 2 * rows
    assert len(sent) == 3  # idea, its phases, comments


def test_a_key_speaks_for_its_brand_officially(idea, as_server):
    shown = as_server(idea.brand, Scope.WRITE).post(at(idea), GOOD).json()
    assert (shown["author"], shown["official"], shown["pinned"]) == (None, True, False)
    assert Activity.objects.get(kind="answer.posted").actor is None


def test_a_key_speaks_for_the_person_it_names(idea, as_server, charlie):
    server = as_server(idea.brand)
    author = {"external_id": "7", "email": charlie.email, "name": "Zoë"}
    shown = server.post(at(idea), {**GOOD, "author": author}).json()
    assert (shown["author"], shown["official"]) == ({"name": "Zoë", "handle": None}, False)
    assert Comment.objects.get().author == Participant.objects.get(external_id="7")
    assert blamed(server.post(at(idea), {**GOOD, "author": {"name": "Zoë"}})) == {
        "author": ["required"]
    }


def test_a_member_names_no_author(idea, as_member, charlie):
    response = as_member(charlie).post(at(idea), {**GOOD, "author": {"external_id": "7"}})
    assert blamed(response) == {"author": ["not_yours"]}
    assert not Participant.objects.filter(user=charlie).exists()


def test_who_may_not_comment_is_told_why(idea, visitor, as_server, as_widget):
    assert refusal(visitor.post(at(idea), GOOD)) == (401, "sign_in_required")
    for caller in (as_server(idea.brand, Scope.READ, Scope.VOTE), as_widget(idea.brand)):
        assert refusal(caller.post(at(idea), GOOD)) == (403, "not_allowed")
    assert not Comment.objects.exists()


def test_a_widget_reads(idea, as_widget, charlie):
    said = say(idea, charlie)
    widget = as_widget(idea.brand)
    assert read(widget, at(idea)) == ["Yes."]
    assert widget.get(one(said)).status_code == 200
    assert refusal(widget.patch(one(said), GOOD)) == (403, "not_allowed")
    assert refusal(widget.delete(one(said))) == (403, "not_allowed")


def test_a_key_needs_the_scope_to_read(idea, as_server, charlie):
    writer = as_server(idea.brand, Scope.WRITE)
    assert refusal(writer.get(at(idea))) == (403, "not_allowed")
    assert refusal(writer.get(one(say(idea, charlie)))) == (403, "not_allowed")


def test_another_brands_key_finds_nothing(idea, mallory, as_server, as_widget, charlie):
    rival = mallory.memberships.get().brand
    said = say(idea, charlie)
    for caller in (as_server(rival), as_widget(rival)):
        for path in (at(idea), one(said)):
            assert refusal(caller.get(path)) == (404, "not_found")
        assert refusal(caller.post(at(idea), b"{{{")) == (404, "not_found")
        for method in (caller.patch, caller.delete):
            assert refusal(method(one(said), b"{{{")) == (404, "not_found")


def test_a_brand_that_is_not_theirs_to_see_is_404_before_anything_else(
    idea, as_member, charlie, bob
):
    said = say(idea, bob)
    idea.brand.visibility = Visibility.MEMBERS
    idea.brand.save()
    stranger = as_member(charlie)
    for answer in (
        stranger.get(at(idea)), stranger.post(at(idea), b"{{{"),
        stranger.get(one(said)), stranger.patch(one(said), b"{{{"), stranger.delete(one(said)),
    ):  # fmt: skip
        assert refusal(answer) == (404, "not_found")


def test_a_closed_phase_and_a_status_that_ends_comments_are_409(idea, as_member, charlie, bob):
    member = as_member(charlie)
    challenges.set_closed(challenge=idea.challenge, closed=True, actor=None)
    assert refusal(member.post(at(idea), GOOD)) == (409, "phase_closed")
    challenges.set_closed(challenge=idea.challenge, closed=False, actor=None)
    decisions.set_status(idea=idea, status=Status.ARCHIVED, actor=bob)
    assert refusal(member.post(at(idea), GOOD)) == (409, "idea_closed")
    assert not Participant.objects.filter(user=charlie).exists()


def test_the_brand_speaks_where_nobody_else_may(brand, as_server):
    phases = [{"title": "Vote", "verbs": ["vote", "submit"]}]
    idea = make_idea(make_challenge(brand, phases=phases))
    assert as_server(brand).post(at(idea), GOOD).status_code == 201


def test_somebody_stopped_says_nothing(idea, as_member, charlie):
    person = make_participant(idea.brand, charlie)
    Participant.objects.filter(pk=person.pk).update(active=False)
    assert refusal(as_member(charlie).post(at(idea), GOOD)) == (403, "not_allowed")


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"body": ["required"]}),
        ({"body": " \n "}, {"body": ["required"]}),
        ({"body": "a" * 20_001}, {"body": ["too_long"]}),
        ({"body": 5}, {"body": ["invalid"]}),
        ({"body": None}, {"body": ["null"]}),
        ({"body": ["a"]}, {"body": ["invalid"]}),
        ({"body": "a\0b"}, {"body": ["null_characters_not_allowed"]}),
        ({**GOOD, "parent": "nothing"}, {"parent": ["unknown"]}),
        ({**GOOD, "parent": ""}, {"parent": ["unknown"]}),
        ({**GOOD, "parent": "x" * 100_000}, {"parent": ["unknown"]}),
        ({**GOOD, "parent": 5}, {"parent": ["invalid"]}),
        ({**GOOD, "author": "me"}, {"author": ["invalid"]}),
        ({**GOOD, "official": True}, {"official": ["unknown_field"]}),
    ],
)
def test_each_wrong_field_is_named(idea, as_member, charlie, body, fields):
    assert blamed(as_member(charlie).post(at(idea), body)) == fields
    assert not Comment.objects.exists()


def test_a_body_that_is_no_small_object_is_refused(idea, as_member, charlie):
    member = as_member(charlie)
    for body in (b"[]", b"null", b"{", b'{"body": "\xed\xa0\x80"}'):
        assert blamed(member.post(at(idea), body)) == {}
    assert refusal(member.post(at(idea), b" " * 1_000_000)) == (413, "too_large")
    answer = member.post(at(idea), b"body=a", content_type="text/plain")
    assert refusal(answer) == (415, "unsupported_media_type")


def test_z10_no_other_field_of_a_comment_can_be_set(idea, as_server):
    server = as_server(idea.brand)
    for name in {field.name for field in Comment._meta.get_fields()} - set(NewComment().fields):
        assert blamed(server.post(at(idea), {**GOOD, name: 1})) == {name: ["unknown_field"]}
    assert not Comment.objects.exists()


def test_a_parent_is_of_the_same_idea_and_one_that_the_caller_knows(
    idea, challenge, as_member, as_server, charlie, bob
):
    elsewhere, hidden = say(make_idea(challenge), bob), say(idea, bob)
    comments.set_hidden(comment=hidden, hidden=True, actor=bob)
    member, server = as_member(charlie), as_server(idea.brand)
    for parent in (elsewhere, hidden):
        answer = member.post(at(idea), {**GOOD, "parent": parent.code})
        assert blamed(answer) == {"parent": ["unknown"]}
    answer = server.post(at(idea), {**GOOD, "parent": hidden.code})
    assert refusal(answer) == (409, "parent_gone")


def test_what_is_deleted_or_hidden_keeps_its_place_without_text_or_name(
    idea, visitor, as_member, as_server, charlie, bob
):
    deleted, hidden = say(idea, charlie, "Secret one"), say(idea, charlie, "Secret two")
    say(idea, bob, "Kept", parent=deleted)
    comments.delete(comment=deleted, actor=charlie)
    comments.set_hidden(comment=hidden, hidden=True, actor=bob)
    for caller in (visitor, as_member(charlie), as_server(idea.brand)):
        answer = caller.get(at(idea))
        assert "Secret" not in answer.content.decode()
        first, reply, second = answer.json()["results"]
        assert (first["deleted"], first["author"], first["body_html"]) == (True, None, "")
        assert (second["hidden"], second["author"], second["body"]) == (True, None, "")
        assert (reply["parent"], reply["body"]) == (first["code"], "Kept")
    assert refusal(visitor.get(one(hidden))) == refusal(visitor.get(one(deleted)))
    assert as_server(idea.brand).get(one(hidden)).json()["body"] == ""
    team = as_member(bob)
    assert read(team, at(idea)) == ["", "Kept", "Secret two"]
    assert team.get(one(hidden)).json()["author"]["name"] == "Charlie"


def test_its_author_changes_a_comment_for_a_while(idea, as_member, charlie):
    said = say(idea, charlie, "Yse.")
    member = as_member(charlie)
    shown = member.patch(one(said), {"body": "Yes."}).json()
    assert (shown["body"], shown["edited"] is None) == ("Yes.", False)
    assert blamed(member.patch(one(said), {})) == {"body": ["required"]}
    assert blamed(member.patch(one(said), {"body": "a", "pinned": True})) == {
        "pinned": ["unknown_field"]
    }
    age(said, 31)
    assert refusal(member.patch(one(said), {"body": "No."})) == (409, "too_late")
    assert refusal(member.delete(one(said))) == (409, "too_late")
    assert Comment.objects.get().body == "Yes."


def test_its_author_deletes_a_comment_for_a_while(idea, as_member, visitor, charlie):
    said = say(idea, charlie)
    member = as_member(charlie)
    assert blamed(member.delete(one(said), {"body": "x"})) == {"body": ["unknown_field"]}
    shown = member.delete(one(said)).json()
    assert (shown["deleted"], shown["body"], shown["author"]) == (True, "", None)
    assert refusal(member.delete(one(said))) == (404, "not_found")
    assert visitor.get(f"ideas/{idea.code}/").json()["comments"] == 0


def test_nobody_else_changes_it(idea, visitor, as_member, as_server, charlie, bob, rita):
    said = say(idea, charlie)
    for caller in (as_member(bob), as_member(rita), as_server(idea.brand)):
        for answer in (caller.patch(one(said), b"{{{"), caller.delete(one(said), b"{{{")):
            assert refusal(answer) == (403, "not_allowed")
    assert refusal(visitor.patch(one(said), GOOD)) == (401, "sign_in_required")
    assert refusal(visitor.delete(one(said))) == (401, "sign_in_required")
    assert Comment.objects.get().body == "Yes."


def test_what_the_brand_said_is_changed_by_its_managers_and_keys(
    idea, as_member, as_server, charlie, bob, rita
):
    said = comments.answer(idea=idea, body="Soon.", actor=bob)
    age(said, 600)
    assert as_member(bob).patch(one(said), {"body": "In May."}).json()["body"] == "In May."
    server = as_server(idea.brand)
    assert server.patch(one(said), {"body": "In June."}).json()["body"] == "In June."
    for user in (charlie, rita):
        assert refusal(as_member(user).patch(one(said), GOOD)) == (403, "not_allowed")
    assert refusal(as_server(idea.brand, Scope.READ).delete(one(said))) == (403, "not_allowed")
    assert server.delete(one(said)).json()["deleted"] is True


def test_a_hidden_comment_is_nobodys_to_change(idea, as_member, charlie, bob):
    said = say(idea, charlie)
    comments.set_hidden(comment=said, hidden=True, actor=bob)
    assert refusal(as_member(charlie).patch(one(said), GOOD)) == (404, "not_found")
    own = say(idea, bob)
    comments.set_hidden(comment=own, hidden=True, actor=bob)
    assert refusal(as_member(bob).patch(one(own), GOOD)) == (403, "not_allowed")


def test_comments_of_a_hidden_idea_are_for_its_team(idea, visitor, as_member, charlie, bob):
    said = say(idea, charlie)
    ideas.set_hidden(idea=idea, hidden=True, actor=bob)
    assert refusal(visitor.get(at(idea))) == (404, "not_found")
    assert refusal(visitor.get(one(said))) == (404, "not_found")
    assert read(as_member(bob), at(idea)) == ["Yes."]


def test_the_same_words_twice_are_one_comment(idea, as_member, charlie):
    member = as_member(charlie)
    codes = {member.post(at(idea), GOOD).json()["code"] for _n in range(3)}
    assert len(codes) == Comment.objects.count() == 1


def test_a_flood_of_comments_is_refused_by_whichever_program(idea, as_member, as_program, charlie):
    member, program, numbers = as_member(charlie), as_program(charlie), iter(range(1_000))
    *answers, late = until_refused(lambda: member.post(at(idea), {"body": f"No. {next(numbers)}"}))
    assert {answer.status_code for answer in answers} == {201}
    assert len(answers) >= limits.COMMENTS_OF_PERSON.amount
    assert int(late["Retry-After"]) >= 1
    said = Comment.objects.first()
    assert refusal(program.post(at(idea), GOOD)) == (429, "too_many")
    assert refusal(program.patch(one(said), GOOD)) == (429, "too_many")


def test_a_person_whom_a_key_names_is_limited_and_the_brand_is_not(idea, as_server):
    server, numbers = as_server(idea.brand), iter(range(1_000))
    author = {"external_id": f"flood-{idea.code}"}
    *answers, late = until_refused(
        lambda: server.post(at(idea), {"body": f"No. {next(numbers)}", "author": author})
    )
    assert {answer.status_code for answer in answers} == {201}
    assert refusal(late) == (429, "too_many")
    other = {"external_id": f"calm-{idea.code}"}
    assert server.post(at(idea), {**GOOD, "author": other}).status_code == 201
    assert server.post(at(idea), GOOD).status_code == 201
