"""What the API says of an idea's history and authors, and how an author deletes it."""

from functools import partial

import pytest

from ideas.domain import coauthors, ideas, revisions
from ideas.domain.deleting import delete_idea
from ideas.models import Idea
from tests.factories import make_idea, make_participant
from tests.gate import Crowd, another_connection


@pytest.fixture
def own(challenge, charlie):
    return make_idea(
        challenge, author=make_participant(challenge.brand, charlie), title="Doors", body="Two."
    )


def path(idea, rest=""):
    return f"ideas/{idea.code}/{rest}"


def test_the_history_tells_each_text_and_its_writer(own, visitor, charlie):
    assert visitor.get(path(own, "revisions/")).json() == {"results": [], "next": None}
    ideas.edit_idea(idea=own, actor=None, body="Three.")
    first, second = visitor.get(path(own, "revisions/")).json()["results"][::-1]
    assert (first["revision"], first["body"], first["by_brand"]) == (1, "Two.", False)
    assert first["editor"] == {"name": "Charlie", "handle": charlie.handle}
    assert (second["body"], second["by_brand"], second["editor"]) == ("Three.", True, None)


def test_a_hidden_revision_has_no_text_for_anybody(own, visitor, charlie, as_member, bob):
    ideas.edit_idea(idea=own, actor=charlie, body="Three.", tags=["door"])
    revisions.set_hidden(idea=own, number=1, hidden=True, actor=bob, reason="It insults.")
    for caller in (visitor, as_member(bob)):
        second, first = caller.get(path(own, "revisions/")).json()["results"]
        assert (first["hidden"], first["title"], first["body"], first["tags"]) == (True, "", "", [])
        assert (second["hidden"], second["body"]) == (False, "Three.")


def test_the_history_has_pages(own, visitor):
    for n in range(11):
        ideas.edit_idea(idea=own, actor=None, body=f"Body {n}")
    first = visitor.get(path(own, "revisions/")).json()
    assert (len(first["results"]), first["next"]) == (10, "3")
    last = visitor.get(path(own, "revisions/?cursor=3")).json()
    assert ([row["revision"] for row in last["results"]], last["next"]) == ([2, 1], None)
    for wrong in ("x", "-1", "1" * 20):
        assert visitor.get(path(own, f"revisions/?cursor={wrong}")).json()["code"] == "bad_cursor"


def test_a_change_to_the_same_is_no_revision(own, as_member, charlie):
    answer = as_member(charlie).patch(path(own), {"title": "Doors"})
    assert (answer.status_code, answer.json()["revision"]) == (200, 1)


def test_who_signs_it_stands_in_the_answer_and_may_change_it(own, as_member, visitor, mallory):
    row = coauthors.invite(idea=own, whom=mallory.handle, actor=own.author.user).row
    assert visitor.get(path(own)).json()["co_authors"] == []
    assert as_member(mallory).patch(path(own), {"body": "x"}).status_code == 403
    coauthors.accept(row=row, user=mallory)
    signed = [{"name": "Mallory", "handle": mallory.handle}]
    assert visitor.get(path(own)).json()["co_authors"] == signed
    assert as_member(mallory).patch(path(own), {"body": "x"}).status_code == 200


def test_an_author_deletes_it_and_the_api_knows_it_no_more(
    own, as_member, visitor, charlie, bob, as_server, brand
):
    assert as_member(charlie).delete(path(own)).status_code == 204
    readers = (
        visitor,
        as_member(charlie),
        as_member(bob),
        as_server(brand),
    )
    assert [reader.get(path(own)).status_code for reader in readers] == [404] * 4
    assert visitor.get("brands/mio/ideas/").json()["results"] == []
    changed = as_member(charlie).patch(path(own), {"title": "Back"})
    assert changed.status_code == 404
    assert as_member(charlie).delete(path(own)).status_code == 404
    assert as_member(bob).put(path(own, "vote/"), {"value": 1}).status_code == 404


def test_nobody_else_deletes_it(own, as_member, visitor, bob, mallory, as_server, brand):
    readers = (
        visitor,
        as_member(bob),
        as_member(mallory),
        as_server(brand),
    )
    assert [reader.delete(path(own)).status_code for reader in readers] == [401, 403, 403, 403]
    assert not Idea.objects.get().deleted_at


def test_what_is_decided_on_stays(own, as_member, charlie):
    Idea.objects.update(closed=True)
    answer = as_member(charlie).delete(path(own))
    assert (answer.status_code, answer.json()["code"]) == (409, "cannot_be_deleted")
    answer = as_member(charlie).patch(path(own), {"title": "A cabin, once more"})
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    assert "decided on" in answer.json()["message"]


def test_a_deleted_idea_has_no_history_for_anybody(own, visitor, charlie):
    ideas.edit_idea(idea=own, actor=charlie, body="Three.")
    delete_idea(idea=own, actor=charlie)
    assert visitor.get(path(own, "revisions/")).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_change_that_waited_for_the_decision_is_refused_and_a_keys_is_taken(
    own, as_member, as_server, charlie, brand
):
    readers = [as_member(charlie), as_server(brand)]
    with another_connection() as gate:
        gate.execute("UPDATE ideas_idea SET closed = true WHERE id = %s", [own.pk])
        crowd = Crowd([partial(reader.patch, path(own), {"body": "Late."}) for reader in readers])
        crowd.wait_until_all_wait()
    theirs, of_the_brand = crowd.finish()
    assert (theirs.status_code, theirs.json()["code"]) == (403, "not_allowed")
    assert of_the_brand.status_code == 200
