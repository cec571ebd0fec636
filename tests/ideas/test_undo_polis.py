"""A conversation from Polis leaves again: votes with voters, and its question."""

import shutil
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.domain import mailboxes
from accounts.models import Activity, Participant
from cocreate.lib.errors import Invalid, NotFound
from cocreate.lib.mailboxes import mailbox_key
from ideas.access import challenge_or_404, challenges_of
from ideas.domain import challenge_drafts, challenges
from ideas.domain.deleting import delete_idea
from ideas.domain.ideas import post_idea
from ideas.domain.rule_changes import log_of
from ideas.domain.votes import cast_as_user
from ideas.enums import EventKind, ImportKind, ImportState, Mode
from ideas.importers import batches, polis, replay, working
from ideas.models import Challenge, Idea, ImportBatch, Score, Vote, VoteEvent
from ideas.rules import KEPT
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


def is_shown(challenge):
    """To everybody."""
    return challenge in challenges_of(challenge.brand)


def test_a_question_that_an_import_made_is_the_teams_when_all_has_left_and_shown_with_the_next(
    brand, bob
):
    first, second = tiny(brand), tiny(brand)
    undone(second)
    assert is_shown(whole(first))
    undone(first)
    question = whole(first)
    assert not is_shown(question)
    with pytest.raises(NotFound):
        challenge_or_404(brand, question.slug)
    assert challenge_or_404(brand, question.slug, bob) == question
    third = tiny(brand)
    assert third.challenge == question
    assert is_shown(question)
    assert challenge_or_404(brand, question.slug) == question
    assert third.counts["votes"] == first.counts["votes"]
    undone(third)
    assert not is_shown(question)


def test_no_line_of_the_public_log_says_that_the_team_closed_what_an_undoing_withdrew(brand):
    undone(tiny(brand))
    question = tiny(brand).challenge
    assert [entry.kind for entry in log_of(question)] == ["published"]
    told = Activity.objects.filter(subject_code=question.slug, private=False)
    assert sorted(told.values_list("kind", flat=True)) == [
        "challenge.created", "challenge.published",
    ]  # fmt: skip


def test_a_question_that_an_import_did_not_make_or_that_has_an_idea_left_stays_public(
    brand, question, charlie
):
    undone(imported(question, table("title", "A")))
    batch = tiny(brand)
    post_idea(challenge=batch.challenge, author=make_participant(brand, charlie), title="Mine")
    undone(batch)
    assert is_shown(question)
    assert is_shown(batch.challenge)


def test_a_question_stays_public_while_somebody_may_bring_their_own_idea_back(brand, charlie):
    batch = tiny(brand)
    author = make_participant(brand, charlie)
    mine = post_idea(challenge=batch.challenge, author=author, title="Mine")
    delete_idea(idea=mine, actor=charlie)
    undone(batch)
    assert is_shown(whole(batch))
    long_ago = timezone.now() - KEPT - timedelta(minutes=1)
    Idea.objects.filter(pk=mine.pk).update(deleted_at=long_ago)
    undone(tiny(brand))
    assert not is_shown(whole(batch))


def test_a_question_stays_public_for_an_import_that_is_on_its_way(brand):
    batch = tiny(brand)
    another = ImportBatch.objects.create(
        brand=brand, challenge=batch.challenge, file_name="b.csv", state=ImportState.RUNNING
    )
    undone(batch)
    assert is_shown(batch.challenge)
    another.delete()


def test_a_question_that_the_team_has_published_again_is_withdrawn_by_no_undoing(brand, alice):
    batch = undone(tiny(brand))
    question = whole(batch)
    challenges.publish(challenge=question, actor=alice)
    undone(tiny(brand))
    undone(imported(question, table("title", "A")))
    assert is_shown(question)


def test_a_question_that_the_team_has_changed_as_a_draft_is_shown_by_no_import(brand, alice):
    batch = undone(tiny(brand))
    question = whole(batch)
    challenges.edit_challenge(challenge=question, title="Ours", actor=alice)
    with pytest.raises(Invalid) as refusal:
        tiny(brand)
    assert "is a draft of the team" in str(refusal.value.message)
    imported(question, table("title", "A"))
    assert not is_shown(question)


def test_a_question_that_the_team_has_closed_is_closed_after_the_next_import(brand, alice):
    batch = tiny(brand)
    challenges.set_closed(challenge=whole(batch), closed=True, actor=alice)
    undone(batch)
    assert tiny(brand).challenge.closed


@pytest.mark.parametrize("first", [0, 1])
def test_a_question_that_an_import_made_leaves_with_whichever_import_is_last(brand, first):
    batch = tiny(brand)
    batches_of_it = [batch, imported(whole(batch), table("title", "A"))]
    undone(batches_of_it[first])
    assert is_shown(whole(batch))
    undone(batches_of_it[1 - first])
    assert not is_shown(whole(batch))


def test_a_file_that_is_imported_into_what_an_undoing_withdrew_shows_it_and_takes_it_back(brand):
    batch = tiny(brand)
    draft = prepared(whole(batch), table("title", "A"))
    undone(batch)
    held = working.taken_on(batches.start, batch=draft, actor=None)
    assert is_shown(whole(batch))
    working.run_to_end(held)
    undone(held)
    assert not is_shown(whole(batch))


def test_what_an_undoing_of_an_earlier_version_has_closed_is_opened_by_the_next_import(brand):
    batch = tiny(brand)
    undone(batch)
    question = whole(batch)
    Challenge.objects.filter(pk=question.pk).update(published_at=timezone.now(), closed=True)
    assert not tiny(brand).challenge.closed
    assert is_shown(question)


def test_a_file_opens_no_question_that_somebody_has_closed(brand, alice, question):
    challenges.set_closed(challenge=question, closed=True, actor=alice)
    imported(question, table("title", "A"))
    question.refresh_from_db()
    assert question.closed


def test_a_draft_into_which_ideas_were_imported_is_not_thrown_away(brand, alice):
    question = whole(undone(tiny(brand)))
    with pytest.raises(challenge_drafts.HasIdeas):
        challenge_drafts.discard_draft(challenge=question, actor=alice)
    assert whole(ImportBatch.objects.get()).rules is not None


def test_a_conversation_that_is_over_comes_closed_with_all_its_votes_and_once_more(brand):
    def over():
        return polis.import_folder(brand=brand, folder=TINY, actor=None, closed=True)

    first = over()
    question = whole(first.batch)
    assert (question.closed, first.votes) == (True, 4)
    assert [entry.kind for entry in log_of(question)] == ["came_closed", "published"]
    again = over()
    assert (again.votes, again.new_ideas) == (0, 0)
    undone(again.batch)
    undone(first.batch)
    assert not is_shown(question)
    back = over()
    assert (back.votes, whole(back.batch).closed) == (4, True)
    assert [entry.kind for entry in log_of(whole(back.batch))] == ["came_closed", "published"]


def test_a_folder_finds_its_question_under_the_address_that_an_earlier_version_gave_it(
    brand, tmp_path
):
    folder = tmp_path / "straße.cœur"
    shutil.copytree(TINY, folder)
    first = polis.import_folder(brand=brand, folder=folder, actor=None)
    assert first.challenge.slug == "strasse-coeur"
    Challenge.objects.filter(pk=first.challenge.pk).update(slug="strae-cur")
    again = polis.import_folder(brand=brand, folder=folder, actor=None)
    assert (again.challenge, again.new_ideas, again.votes) == (first.challenge, 0, 0)
    assert Challenge.objects.filter(brand=brand).count() == 2, "the permanent one, and it"


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
