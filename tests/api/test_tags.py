"""ETag, If-None-Match and If-Match: ask again for nothing, and change only what was read."""

import pytest

from accounts.models import Brand
from ideas.domain import comments, ideas
from ideas.models import Comment, Decision, Idea
from tests.api.conftest import refusal
from tests.factories import make_idea, make_participant

pytestmark = pytest.mark.django_db

PLANNED = {"status": "planned", "message": "For May."}


@pytest.fixture
def own(challenge, charlie):
    return make_idea(challenge, author=make_participant(challenge.brand, charlie))


def addresses(idea):
    said = comments.post(idea=idea, author=make_participant(idea.brand), body="Mine")
    of_idea = f"ideas/{idea.code}/"
    return [
        "schema/", "brands/mio/", "brands/mio/challenges/", "brands/mio/ideas/?sort=new",
        "brands/mio/board/?challenge=street",
        "brands/mio/similar/?q=roof", of_idea, f"{of_idea}comments/", f"{of_idea}status/",
        f"{of_idea}revisions/", f"{of_idea}similar/", f"{of_idea}why/", f"comments/{said.code}/",
    ]  # fmt: skip


def test_whatever_is_read_has_a_tag_and_is_304_while_it_holds(own, visitor):
    for path in addresses(own):
        first = visitor.get(path)
        again = visitor.get(path, **{"If-None-Match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b""), path
        assert again["ETag"] == first["ETag"], path
        assert again["Cache-Control"] == first["Cache-Control"] == "no-cache", path
        strong = visitor.get(path, **{"If-None-Match": first["ETag"].removeprefix("W/")})
        assert strong.status_code == 304, path
        assert visitor.get(path, **{"If-None-Match": '"another"'}).status_code == 200, path


def test_a_tag_goes_with_what_is_said(own, visitor, as_member, charlie, a_second_later):
    path = "brands/mio/ideas/?sort=new"
    tag = visitor.get(path)["ETag"]
    as_member(charlie).patch(f"ideas/{own.code}/", {"title": "A better title"})
    a_second_later()
    assert visitor.get(path, **{"If-None-Match": tag}).status_code == 200


def test_a_members_tag_is_theirs_and_kept_by_no_cache(own, visitor, as_member, charlie):
    member, path = as_member(charlie), "brands/mio/ideas/?sort=new"
    member.put(f"ideas/{own.code}/vote/", {"value": 1})
    theirs = member.get(path)
    assert theirs["ETag"] != visitor.get(path)["ETag"]
    again = member.get(path, **{"If-None-Match": theirs["ETag"]})
    assert (again.status_code, again["Cache-Control"]) == (304, "private, no-store")


def test_z09_who_may_not_see_it_any_more_gets_no_304(own, visitor, a_second_later):
    tags = {path: visitor.get(path)["ETag"] for path in addresses(own)[1:]}
    Brand.objects.filter(pk=own.brand_id).update(visibility="members")
    a_second_later()
    for path, tag in tags.items():
        assert refusal(visitor.get(path, **{"If-None-Match": tag})) == (404, "not_found")


def test_an_error_and_what_was_changed_have_no_such_tag(own, visitor, as_member, charlie):
    assert "ETag" not in visitor.get("brands/nothing/")
    assert "ETag" not in as_member(charlie).put(f"ideas/{own.code}/vote/", {"value": 1})


# --- If-Match -------------------------------------------------------------------------------------


def test_deleting_and_deciding_refuse_a_text_that_nobody_has_read(own, as_member, charlie, bob):
    author, manager, path = as_member(charlie), as_member(bob), f"ideas/{own.code}/"
    tag = author.get(path)["ETag"]
    author.patch(path, {"title": "A better title"})
    late = {"If-Match": tag}
    for answer in (
        author.patch(path, {"title": "Now"}, headers=late),
        author.delete(path, headers=late),
        manager.post(f"{path}status/", PLANNED, headers=late),
    ):
        assert refusal(answer) == (412, "changed_meanwhile")
    assert (Idea.objects.get().title, Idea.objects.get().hidden) == ("A better title", False)
    assert Decision.objects.count() == 0


def test_with_the_tag_of_today_they_are_done(own, as_member, charlie, bob):
    author, manager, path = as_member(charlie), as_member(bob), f"ideas/{own.code}/"
    today = {"If-Match": author.get(path)["ETag"]}
    assert manager.post(f"{path}status/", PLANNED, headers=today).status_code == 200
    today = {"If-Match": author.get(path)["ETag"]}
    assert author.delete(path, headers=today).status_code in {204, 409}


def test_a_vote_meanwhile_is_no_other_text(own, as_member, charlie, bob):
    author, path = as_member(charlie), f"ideas/{own.code}/"
    tag = author.get(path)["ETag"]
    as_member(bob).put(f"{path}vote/", {"value": 1})
    assert author.delete(path, headers={"If-Match": tag}).status_code == 204


@pytest.mark.parametrize("tag", ["*", None])
def test_any_text_will_do_for_whoever_says_so(own, as_member, charlie, tag):
    headers = {"If-Match": tag} if tag else {}
    answer = as_member(charlie).delete(f"ideas/{own.code}/", headers=headers)
    assert answer.status_code == 204


def test_who_was_faster_by_a_moment_is_found_by_the_verb(own, as_member, bob, monkeypatch):
    """Changed between the look at the tag and the lock on the row."""
    tag = as_member(bob).get(f"ideas/{own.code}/")["ETag"]

    def slowly(request, idea):
        ideas.edit_idea(idea=Idea.objects.get(), actor=None, title="Another title")
        return idea.revision

    monkeypatch.setattr("api.v1.talk.started_from", slowly)
    answer = as_member(bob).post(f"ideas/{own.code}/status/", PLANNED, headers={"If-Match": tag})
    assert refusal(answer) == (412, "changed_meanwhile")


# --- If-Match of comments -------------------------------------------------------------------------


@pytest.fixture
def said(idea, charlie):
    author = make_participant(idea.brand, charlie)
    return comments.post(idea=idea, author=author, body="And in winter?")


def test_a_comment_is_not_changed_or_deleted_over_words_that_nobody_has_read(
    said, as_member, charlie
):
    author, path = as_member(charlie), f"comments/{said.code}/"
    late = {"If-Match": author.get(path)["ETag"]}
    first = author.patch(path, {"body": "And at night?"}, headers=late)
    assert first.status_code == 200
    for answer in (
        author.patch(path, {"body": "And now?"}, headers=late),
        author.delete(path, headers=late),
        author.delete(path, headers={"If-Match": '"another"'}),
    ):
        assert refusal(answer) == (412, "changed_meanwhile")
        assert "this comment" in answer.json()["message"]
    assert author.get(path).json()["body"] == "And at night?"
    today = {"If-Match": first["ETag"]}
    assert author.delete(path, headers=today).json()["deleted"]


def test_the_tag_of_a_comment_comes_with_each_answer_about_it(idea, as_member, charlie):
    author = as_member(charlie)
    posted = author.post(f"ideas/{idea.code}/comments/", {"body": "And in winter?"})
    path = f"comments/{posted.json()['code']}/"
    assert posted["ETag"] == author.get(path)["ETag"]
    changed = author.patch(path, {"body": "In winter, too."}, headers={"If-Match": posted["ETag"]})
    assert changed["ETag"] == author.get(path)["ETag"] != posted["ETag"]


def test_what_stands_beside_the_words_of_a_comment_does_no_harm(said, as_member, charlie):
    author, path = as_member(charlie), f"comments/{said.code}/"
    tag = author.get(path)["ETag"]
    Comment.objects.filter(pk=said.pk).update(pinned=True, official=True)
    assert author.get(path)["ETag"] != tag
    Comment.objects.filter(pk=said.pk).update(pinned=False, official=False)
    same_words = {"If-Match": f'{tag.partition(".")[0]}.another"'}
    assert author.patch(path, {"body": "Later."}, headers=same_words).status_code == 200


@pytest.mark.parametrize("tag", ["*", None])
def test_any_words_of_a_comment_will_do_for_whoever_says_so(said, as_member, charlie, tag):
    headers = {"If-Match": tag} if tag else {}
    author, path = as_member(charlie), f"comments/{said.code}/"
    assert author.patch(path, {"body": "Later."}, headers=headers).status_code == 200
    assert author.delete(path, headers=headers).status_code == 200


@pytest.mark.parametrize("method", ["patch", "delete"])
def test_who_was_faster_with_a_comment_is_found_by_the_verb(
    said, as_member, charlie, monkeypatch, method
):
    """Changed between the look at the tag and the lock on the row."""
    author, path = as_member(charlie), f"comments/{said.code}/"
    tag = author.get(path)["ETag"]

    def slowly(request, comment):
        comments.edit(comment=comment, body="Another thought.", actor=charlie)
        return comment.said_at

    monkeypatch.setattr("api.v1.talk.moment_read", slowly)
    body = {"body": "Later."} if method == "patch" else None
    answer = author.send(method.upper(), path, body, headers={"If-Match": tag})
    assert refusal(answer) == (412, "changed_meanwhile")
    assert Comment.objects.get().body == "Another thought."
