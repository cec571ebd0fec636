"""An import leaves again: by ledger rows, and without what people have made of it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Activity, Participant
from cocreate.lib.errors import NotFound
from ideas.domain import comments, decisions, deleting, tally
from ideas.domain.ideas import edit_idea, post_idea
from ideas.domain.lists import ideas_page
from ideas.domain.votes import cast_as_user
from ideas.enums import ImportState, Mode, Sort
from ideas.importers import batches, undoing, working
from ideas.importers.batches import AlreadyUndone, NotNow
from ideas.models import Idea, ImportBatch, Score, VoteEvent
from tests.factories import make_challenge, make_participant, make_user
from tests.ideas.imports import idea_of, imported, table, totals, undone
from tests.ideas.ledger import all_is_true, counters

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def question(brand):
    return make_challenge(brand, mode=Mode.UP_DOWN)


def new_ideas(brand):
    return ideas_page(brand=brand, sort=Sort.NEW, user_id=None).items


def test_ideas_and_totals_leave_and_the_ledger_keeps_both_steps(question):
    batch = imported(question, table("external_id,title,support,oppose", "1,A,15,2", "2,B,3,0"))
    undone(batch)
    assert totals() == [(0, 0, 0), (0, 0, 0)]
    ideas = Idea.objects.order_by("pk").values_list("hidden", "external_id")
    assert list(ideas) == [(True, None), (True, None)]
    rows = VoteEvent.objects.order_by("seq").values_list("kind", "was", "value", "amount", "actor")
    assert list(rows)[3:] == [
        ("undo", -1, 0, 2, batch.actor), ("undo", 1, 0, 15, batch.actor),
        ("undo", 1, 0, 3, batch.actor),
    ]  # fmt: skip
    assert (batch.state, batch.counts["gone"], batch.counts["votes_gone"]) == ("undone", 2, 20)
    assert all_is_true()
    tally.reset()
    assert all_is_true()


def test_the_texts_go_after_thirty_days_as_those_of_any_deleted_idea(question):
    undone(imported(question, table("external_id,title,body", "1,A,Words")))
    deleting.empty_deleted()
    assert Idea.objects.get().body == "Words"
    Idea.objects.update(deleted_at=timezone.now() - timedelta(days=31))
    deleting.empty_deleted()
    assert Idea.objects.get().body == ""


def test_the_same_file_can_be_imported_again(question):
    lines = ["external_id,title,support", "1,A,15"]
    undone(imported(question, table(*lines)))
    again = imported(question, table(*lines))
    assert again.counts["new"] == 1
    assert counters(idea_of(question, 1)) == (15, 0, 15)
    assert all_is_true()


def use(idea, how, brand, alice):
    """Somebody does something with an idea that an import brought."""
    match how:
        case "votes":
            cast_as_user(code=idea.code, user_id=make_user().pk, value=-1)
        case "comments":
            comments.post(idea=idea, author=make_participant(brand), body="And in the rain?")
        case "answered":
            decisions.set_status(
                idea=idea, status="under_review", actor=alice, message="We look into it."
            )
        case "edited":
            edit_idea(idea=idea, actor=alice, title="Better words for it")


@pytest.mark.parametrize("how", ["votes", "comments", "answered", "edited"])
def test_an_idea_that_people_have_used_stays_without_the_votes_of_the_import(
    question, brand, alice, how
):
    batch = imported(question, table("external_id,title,support", "1,A,15", "2,B,3"))
    idea = idea_of(question, 1)
    use(idea, how, brand, alice)
    foreseen = undoing.foresee(batch)
    undone(batch)
    idea.refresh_from_db()
    assert (idea.hidden, idea.deleted_at) == (False, None)
    assert batch.kept == [[idea.code, idea.title, how]]
    assert (batch.counts["gone"], batch.counts["kept"]) == (1, 1)
    assert counters(idea)[0] == 0
    assert Score.objects.get(pk=idea.pk).imported == 0
    assert (foreseen.ideas, foreseen.votes) == (1, 18)
    assert foreseen.kept == [(idea.code, idea.title, how)]
    assert all_is_true()


def test_a_status_that_the_team_took_back_is_no_answer_and_keeps_no_idea(question, alice):
    batch = imported(question, table("external_id,title,support", "1,A,15"))
    declined = decisions.set_status(idea=idea_of(question, 1), status="under_review", actor=alice)
    decisions.undo(decision=declined, actor=alice)
    foreseen = undoing.foresee(batch)
    undone(batch)
    assert (foreseen.ideas, foreseen.kept) == (1, [])
    assert (batch.counts["gone"], batch.counts["kept"], batch.kept) == (1, 0, [])
    assert all_is_true()


def test_an_idea_that_was_kept_is_known_when_the_file_comes_again(question):
    lines = ["external_id,title,support", "1,A,15"]
    batch = imported(question, table(*lines))
    cast_as_user(code=idea_of(question, 1).code, user_id=make_user().pk, value=1)
    undone(batch)
    again = imported(question, table(*lines))
    assert again.counts["known"] == 1
    assert counters(idea_of(question, 1)) == (16, 0, 16)
    assert all_is_true()


@pytest.mark.parametrize("second_total", [20, 12, 0])
def test_undoing_a_later_import_brings_the_totals_of_the_earlier_back(question, second_total):
    imported(question, table("external_id,title,support", "1,A,15"))
    later = imported(question, table("external_id,title,support", f"1,A,{second_total}"))
    undone(later)
    idea = idea_of(question, 1)
    assert not idea.hidden
    assert counters(idea) == (15, 0, 15)
    assert all_is_true()


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize("second_total", [20, 12])
def test_undoing_both_leaves_nothing_in_either_order(question, order, second_total):
    both = [
        imported(question, table("external_id,title,support", "1,A,15")),
        imported(question, table("external_id,title,support", f"1,A,{second_total}")),
    ]
    for place in order:
        undone(both[place])
    assert totals() == [(0, 0, 0)]
    assert all_is_true()


@pytest.mark.parametrize(
    ("order", "stands"),
    [([1], 60), ([2], 100), ([1, 2], 50), ([2, 1], 50), ([0], 60), ([2, 0], 100)],
)
def test_a_total_is_what_the_last_import_said_that_is_not_undone(question, order, stands):
    said = [
        imported(question, table("external_id,title,support", line))
        for line in ("1,A,50", "1,A,100", "1,A,60")
    ]
    Idea.objects.update(import_batch=None)  # the idea itself stays
    for place in order:
        before = Score.objects.get().support
        foreseen = undoing.foresee(said[place])
        undone(said[place])
        assert foreseen.votes == before - Score.objects.get().support
    assert totals() == [(stands, 0, stands)]
    assert all_is_true()


@pytest.mark.parametrize(("says", "stands"), [(70, 70), (60, 50)])
def test_a_total_that_was_taken_back_does_not_return_with_a_later_undo(question, says, stands):
    """Found: it was 100 again. A total that comes a second time stays with the first import."""
    first, second, third = (
        imported(question, table("external_id,title,support,oppose", f"1,A,{total},3"))
        for total in (50, 100, 60)
    )
    undone(second)
    again = imported(question, table("external_id,title,support,oppose", f"1,A,{says},3"))
    undone(third)
    assert totals() == [(stands, 3, stands)]
    undone(again)
    assert totals() == [(50, 3, 50)]
    undone(first)
    assert totals() == [(0, 0, 0)]
    assert all_is_true()


def test_an_idea_that_an_import_has_taken_back_is_not_restored_by_its_author(question):
    batch = imported(question, table("external_id,title", "1,A"))
    idea, user = idea_of(question, 1), make_user()
    Participant.objects.filter(pk=idea.author_id).update(user=user)
    deleting.delete_idea(idea=Idea.objects.get(), actor=user)
    deleting.restore_idea(idea=Idea.objects.get(), actor=user)
    undone(batch)
    with pytest.raises(NotFound):
        deleting.restore_idea(idea=Idea.objects.get(), actor=user)
    assert not new_ideas(question.brand)


def test_ideas_that_were_here_before_stay(question, brand):
    post_idea(challenge=question, author=make_participant(brand), title="Mine, before")
    undone(imported(question, table("external_id,title", "1,A")))
    assert list(Idea.objects.filter(hidden=False).values_list("title", flat=True)) == [
        "Mine, before"
    ]


def test_what_was_undone_is_in_no_list(question, brand):
    batch = imported(question, table("external_id,title,support", "1,A,15"))
    assert new_ideas(brand)
    undone(batch)
    assert not new_ideas(brand)


def test_a_running_import_is_stopped_by_undoing_it(question, monkeypatch):
    monkeypatch.setattr(working, "CHUNK", 1)
    batch = batches.prepare(
        brand=question.brand, challenge=question, file=table("title", "A", "B", "C"),
        file_name="a.csv", actor=None, said=[],
    )  # fmt: skip
    batches.start(batch=batch, actor=None)
    working.work(0)
    assert Idea.objects.count() == 1
    batches.undo(batch=batch, actor=None)
    for _turn in range(3):
        working.work(0)
    batch.refresh_from_db()
    assert batch.state == ImportState.UNDONE
    assert list(Idea.objects.values_list("hidden", flat=True)) == [True]


def test_undoing_goes_on_where_it_stopped(question, monkeypatch):
    monkeypatch.setattr(undoing, "IDEAS_AT_ONCE", 2)
    lines = (f"{n},T{n},{n}" for n in range(5))
    batch = imported(question, table("external_id,title,support", *lines))
    batches.undo(batch=batch, actor=None)
    working.work(0)
    batch.refresh_from_db()
    assert (batch.state, batch.counts["gone"]) == ("undoing", 2)
    for _turn in range(3):
        working.work(0)
    batch.refresh_from_db()
    assert (batch.state, batch.counts["gone"], batch.counts["votes_gone"]) == ("undone", 5, 10)
    assert all_is_true()


@pytest.mark.parametrize("state", ["draft", "checking", "undoing", "undone"])
def test_only_what_ran_is_undone(question, state):
    batch = imported(question, table("title", "A"))
    ImportBatch.objects.update(state=state)
    with pytest.raises(NotNow):
        batches.undo(batch=batch, actor=None)


def test_what_was_taken_back_is_said_to_be_so(question):
    batch = undone(imported(question, table("title", "A")))
    with pytest.raises(AlreadyUndone) as refused:
        batches.undo(batch=batch, actor=None)
    assert refused.value.message == "It was taken back already."


def test_who_undid_it_is_in_the_trail(question, alice):
    batch = imported(question, table("title", "A"))
    batches.undo(batch=batch, actor=alice)
    assert Activity.objects.get(kind="import.undoing").actor == alice
