"""An import from draft to done: checked, stopped, taken over, at once with another."""

from datetime import UTC, datetime
from functools import partial

import pytest
from django.core.cache import cache

from accounts.models import Activity
from ideas.domain import tally
from ideas.domain.figures import stirred_key
from ideas.enums import ImportState, Mode
from ideas.importers import batches, working, writing
from ideas.importers.batches import NotNow
from ideas.models import Idea, ImportBatch, ImportPart, VoteEvent
from tests.factories import make_challenge
from tests.gate import Crowd, another_connection
from tests.ideas.imports import everything, idea_of, imported, prepared, remarks, table
from tests.ideas.ledger import all_is_true, counters

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def question(brand):
    return make_challenge(brand, mode=Mode.UP_DOWN)


def at_once(*batches_of_one_moment):
    """Both have looked for what is here, and found nothing, before either writes."""
    with another_connection() as gate:
        gate.execute("LOCK TABLE ideas_idea IN SHARE MODE")
        crowd = Crowd([partial(working.run_to_end, batch) for batch in batches_of_one_moment])
        crowd.wait_until_all_wait()
    assert crowd.finish() == [None, None]
    tally.fold_until_settled()


def begun(question, *lines):
    batch = prepared(question, table("external_id,title,support", *lines))
    return working.taken_on(batches.start, batch=batch, actor=None)


def test_a_dry_run_says_what_the_run_then_does_and_leaves_no_trace(question):
    lines = ["external_id,title,support,oppose", "1,Trams,15,1", "2,Boats,3,", "3,,1,", "2,B,1,"]
    imported(question, table(*lines[:2]))
    stirred = cache.get(stirred_key(question.brand_id))
    before = everything()
    lines[1] = "1,Trams,11,1"
    draft = prepared(question, table(*lines))
    batches.check(batch=draft, actor=None)
    assert working.work(60) == 1
    assert everything() == before
    assert cache.get(stirred_key(question.brand_id)) == stirred, "figures are as true as before"
    draft.refresh_from_db()
    assert draft.state == ImportState.DRAFT
    foreseen = draft.counts
    batches.start(batch=draft, actor=None)
    working.work(60)
    draft.refresh_from_db()
    assert draft.counts == foreseen
    assert draft.counts["votes"] == -4 + 3


def test_an_import_that_stops_anywhere_goes_on_where_it_stopped(question, monkeypatch):
    monkeypatch.setattr(working, "CHUNK", 2)
    lines = ["external_id,title,support", *(f"{n},T{n},{n}" for n in range(7)), "x,,"]
    batch = prepared(question, table(*lines))
    batches.start(batch=batch, actor=None)
    for _slice in range(4):
        working.work(0)
        batch.refresh_from_db()
    assert (batch.taken, batch.state, batch.counts["new"]) == (8, ImportState.DONE, 7)
    assert (batch.counts["rows"], batch.counts["known"]) == (8, 0), "no row was read twice"
    assert remarks(batch) == [(9, "title", "no_title", "")]
    assert VoteEvent.objects.count() == 6
    assert not ImportPart.objects.exists()
    assert all_is_true()


def test_a_batch_that_another_works_on_is_left_to_it(question, monkeypatch):
    monkeypatch.setattr(working, "CHUNK", 2)
    batch = prepared(question, table("external_id,title", *(f"{n},T{n}" for n in range(5))))
    ours = working.taken_on(batches.start, batch=batch, actor=None)
    assert working.work(60) == 0, "its lease is ours"
    ImportBatch.objects.update(taken=2)
    assert working.run(ours) is False
    assert not Idea.objects.exists()


def test_a_batch_without_its_worker_is_taken_over(question):
    batch = prepared(question, table("external_id,title", "1,A"))
    working.taken_on(batches.start, batch=batch, actor=None)
    ImportBatch.objects.update(touched_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert working.work(60) == 1
    assert Idea.objects.get().title == "A"


def test_what_the_database_refuses_is_one_row_and_not_its_neighbours(question, monkeypatch):
    create = writing._create

    def broken(batch, rows):
        for row in rows:
            if row.title == "Bad":
                row.title = None
        return create(batch, rows)

    monkeypatch.setattr(writing, "_create", broken)
    batch = imported(question, table("external_id,title", "1,A", "2,Bad", "3,C", "4,D"))
    assert sorted(Idea.objects.values_list("title", flat=True)) == ["A", "C", "D"]
    [(line, column, code, _why)] = remarks(batch)
    assert (line, column, code) == (3, "", "refused")
    assert (batch.counts["new"], batch.counts["skipped"]) == (3, 1)


def test_two_imports_of_one_file_at_once_bring_each_idea_once(question):
    both = [begun(question, "1,A,15", "2,B,3"), begun(question, "1,A,15", "2,B,3")]
    at_once(*both)
    assert [batch.state for batch in both] == [ImportState.DONE, ImportState.DONE]
    found = sorted((batch.counts["new"], batch.counts["known"]) for batch in both)
    assert found == [(0, 2), (2, 0)]
    assert Idea.objects.count() == 2
    assert counters(idea_of(question, 1)) == (15, 0, 15)
    assert all_is_true()


def test_two_ideas_under_one_number_at_once_are_told_apart(question):
    both = [begun(question, "1,Trams,15"), begun(question, "1,Boats,3")]
    at_once(*both)
    idea = Idea.objects.get()
    assert counters(idea)[0] == (15 if idea.title == "Trams" else 3)
    said = [code for batch in both for _line, _column, code, _why in remarks(batch)]
    assert said == ["other_title"]
    assert all_is_true()


def test_only_a_draft_is_started_and_only_once(question):
    batch = prepared(question, table("title", "A"))
    batches.start(batch=batch, actor=None)
    for verb in (batches.start, batches.check, batches.discard):
        with pytest.raises(NotNow):
            verb(batch=batch, actor=None)


def test_a_discarded_draft_is_gone_with_its_file(question):
    batch = prepared(question, table("title", "A"))
    batches.discard(batch=batch, actor=None)
    assert not ImportBatch.objects.exists()
    assert not ImportPart.objects.exists()


def test_a_draft_that_nobody_came_back_to_is_dropped_after_a_week(question):
    prepared(question, table("title", "A"))
    working.sweep()
    assert ImportBatch.objects.exists()
    ImportBatch.objects.update(created_at=datetime(2026, 1, 1, tzinfo=UTC))
    working.sweep()
    assert not ImportBatch.objects.exists()


def test_what_was_said_of_single_rows_is_forgotten_after_a_month(question):
    batch = imported(question, table("title,support", "A,many"))
    working.sweep()
    batch.refresh_from_db()
    assert batch.report
    ImportBatch.objects.update(finished_at=datetime(2026, 1, 1, tzinfo=UTC))
    working.sweep()
    batch.refresh_from_db()
    assert (batch.report, batch.counts["skipped"]) == ([], 1)


def test_who_imported_and_what_came_of_it_is_in_the_trail(question, alice):
    batch = imported(question, table("title", "A"), actor=alice)
    kinds = Activity.objects.filter(subject_kind="import", subject_code=batch.code)
    assert list(kinds.order_by("pk").values_list("kind", "private")) == [
        ("import.prepared", True), ("import.started", True), ("import.done", True)
    ]  # fmt: skip
