"""A conversation from Polis leaves again: votes with voters, and its question."""

import pytest
from django.utils import timezone

from accounts.domain import mailboxes
from accounts.models import Activity, Participant
from cocreate.lib.mailboxes import mailbox_key
from ideas.domain import challenges
from ideas.domain.ideas import post_idea
from ideas.domain.votes import cast_as_user
from ideas.enums import EventKind, ImportKind, ImportState, Mode
from ideas.importers import batches, polis, replay, working
from ideas.models import Challenge, Idea, ImportBatch, Score, Vote, VoteEvent
from tests.factories import make_challenge, make_participant, make_user
from tests.ideas.imports import imported, prepared, table, totals, undone
from tests.ideas.ledger import all_is_true, counters, spent
from tests.ideas.test_import_polis import TINY
from tests.ideas.test_import_polis import idea_of as comment_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def question(brand):
    return make_challenge(brand, mode=Mode.UP_DOWN)


def known_as_voter_of(idea):
    """Somebody proves the mailbox that is known of a voter."""
    voter = Vote.objects.filter(idea=idea, value=1).first().participant
    user = make_user(verified=False)
    Participant.objects.filter(pk=voter.pk).update(mailbox=mailbox_key(user.email))
    mailboxes.prove(user=user, email=user.email)
    return user


def whole(batch):
    """Its question as it is now."""
    return Challenge.objects.select_related("rules", "brand").get(pk=batch.challenge_id)


def tiny(brand):
    return polis.import_folder(brand=brand, folder=TINY, actor=None).batch


def test_votes_of_a_conversation_leave_one_ledger_row_each(brand):
    batch = tiny(brand)
    cast = Vote.objects.exclude(value=0).count()
    undone(batch)
    assert cast > 0
    assert not Vote.objects.exclude(value=0).exists()
    left = VoteEvent.objects.filter(kind=EventKind.UNDO)
    assert list(left.values_list("actor", flat=True)) == [batch.actor] * cast
    assert not Idea.objects.filter(hidden=False).exists()
    assert batch.counts["votes_gone"] == cast
    assert all_is_true()


def test_a_conversation_comes_back_whole_after_it_was_undone(brand):
    batch = tiny(brand)
    once = totals()
    undone(batch)
    tiny(brand)
    fresh = Idea.objects.exclude(external_id=None).order_by("pk")
    rows = Score.objects.filter(idea__in=fresh).order_by("pk")
    assert [tuple(r) for r in rows.values_list("support", "oppose", "imported")] == once
    assert all_is_true()


def test_a_question_that_an_import_made_closes_when_all_has_left_and_opens_with_the_next(brand):
    first, second = tiny(brand), tiny(brand)
    undone(second)
    first.challenge.refresh_from_db()
    assert not first.challenge.closed
    undone(first)
    first.challenge.refresh_from_db()
    assert first.challenge.closed
    assert Activity.objects.filter(kind="challenge.closed").count() == 1
    third = tiny(brand)
    assert not third.challenge.closed
    assert third.counts["votes"] == first.counts["votes"]
    undone(third)
    third.challenge.refresh_from_db()
    assert third.challenge.closed


def test_a_question_that_an_import_did_not_make_or_that_has_an_idea_left_stays_open(
    brand, question, charlie
):
    undone(imported(question, table("title", "A")))
    batch = tiny(brand)
    post_idea(challenge=batch.challenge, author=make_participant(brand, charlie), title="Mine")
    undone(batch)
    for one in (question, batch.challenge):
        one.refresh_from_db()
        assert not one.closed


def test_a_question_stays_open_for_an_import_that_is_on_its_way(brand):
    batch = tiny(brand)
    another = ImportBatch.objects.create(
        brand=brand, challenge=batch.challenge, file_name="b.csv", state=ImportState.RUNNING
    )
    undone(batch)
    batch.challenge.refresh_from_db()
    assert not batch.challenge.closed
    another.delete()


def test_a_question_that_the_team_has_closed_since_is_not_opened_by_an_import(brand, alice):
    batch = undone(tiny(brand))
    question = Challenge.objects.get(pk=batch.challenge_id)
    challenges.set_closed(challenge=question, closed=False, actor=alice)
    challenges.set_closed(challenge=question, closed=True, actor=alice)
    again = tiny(brand)
    again.challenge.refresh_from_db()
    assert again.challenge.closed


def test_a_question_that_the_team_has_opened_again_is_not_closed_by_the_next_undoing(brand, alice):
    batch = undone(tiny(brand))
    question = Challenge.objects.get(pk=batch.challenge_id)
    challenges.set_closed(challenge=question, closed=False, actor=alice)
    undone(tiny(brand))
    undone(imported(question, table("title", "A")))
    question.refresh_from_db()
    assert not question.closed


@pytest.mark.parametrize("first", [0, 1])
def test_a_question_that_an_import_made_closes_whichever_import_leaves_it_last(brand, first):
    batch = tiny(brand)
    batches_of_it = [batch, imported(whole(batch), table("title", "A"))]
    undone(batches_of_it[first])
    assert not whole(batch).closed
    undone(batches_of_it[1 - first])
    assert whole(batch).closed
    again = tiny(brand)
    assert not again.challenge.closed
    undone(again)
    assert whole(batch).closed


def test_a_file_that_is_imported_into_what_an_undoing_has_closed_opens_it_and_closes_it(brand):
    batch = tiny(brand)
    draft = prepared(whole(batch), table("title", "A"))
    undone(batch)
    held = working.taken_on(batches.start, batch=draft, actor=None)
    assert not whole(batch).closed
    working.run_to_end(held)
    undone(held)
    assert whole(batch).closed


def test_a_file_opens_no_question_that_somebody_has_closed(brand, alice, question):
    challenges.set_closed(challenge=question, closed=True, actor=alice)
    imported(question, table("title", "A"))
    question.refresh_from_db()
    assert question.closed


def test_a_comment_that_people_voted_on_stays_and_gets_its_votes_back(brand, charlie):
    batch = tiny(brand)
    idea = comment_of(0)
    before = counters(idea)
    cast_as_user(code=idea.code, user_id=charlie.pk, value=1)
    undone(batch)
    assert counters(idea) == (1, 0, 1)
    tiny(brand)
    assert counters(idea) == (before[0] + 1, before[1], before[2] + 1)
    assert all_is_true()


def test_a_vote_that_somebody_made_their_own_stays_theirs(brand):
    batch = tiny(brand)
    idea = comment_of(0)
    user = known_as_voter_of(idea)
    cast_as_user(code=idea.code, user_id=user.pk, value=-1)
    undone(batch)
    mine = Vote.objects.exclude(value=0)
    assert list(mine.values_list("source", "participant__user")) == [("self", user.pk)]
    assert batch.kept == [[idea.code, idea.title, "votes"]]
    assert all_is_true()


def test_votes_of_a_name_that_was_joined_to_a_person_leave_too(brand):
    batch = tiny(brand)
    idea = comment_of(0)
    user = known_as_voter_of(idea)
    assert Vote.objects.filter(participant__user=user, value=1).exists()
    undone(batch)
    assert not Vote.objects.exclude(value=0).exists()
    assert all_is_true()


def test_what_imported_votes_cost_is_given_back(brand):
    question = make_challenge(brand, budget=3)
    idea = post_idea(challenge=question, author=None, title="Trams everywhere")
    batch = batches.open_batch(
        brand=brand, challenge=question, kind=ImportKind.POLIS, file_name="x", actor=None
    )
    voter = make_participant(brand)
    vote = replay.PastVote(1, idea.code, voter.pk, 1, timezone.now())
    replay.replay([vote], actor=batch.actor)
    batches.close_batch(batch=batch)
    assert spent(question.pk) == 1
    undone(batch)
    assert spent(question.pk) == 0
    assert counters(idea) == (0, 0, 0)
    assert not idea.hidden, "the import did not bring it"
    assert all_is_true()
