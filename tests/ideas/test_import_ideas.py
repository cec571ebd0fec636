"""A table of ideas becomes ideas: by hand for the rules, real files where there is data."""

import io
import os
import re
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from accounts.models import Activity, Participant
from cocreate.lib.errors import Invalid
from ideas.domain import tally
from ideas.domain.challenges import change_rules
from ideas.domain.ideas import edit_idea
from ideas.domain.votes import cast_as_user
from ideas.enums import ImportState, Mode
from ideas.importers import batches, working, writing
from ideas.importers.batches import NotNow, TooManyRows
from ideas.importers.columns import COLUMNS
from ideas.importers.remarks import Remark
from ideas.importers.tables import EmptyTable, NoTable, Spreadsheet
from ideas.models import Idea, ImportBatch, ImportPart, Score, VoteEvent
from tests.factories import make_brand, make_challenge
from tests.gate import Crowd, another_connection
from tests.ideas.ledger import all_is_true, counters
from tests.source import ROOT

pytestmark = pytest.mark.django_db(transaction=True)

DATA = Path(os.environ.get("COCREATE_DATA") or ROOT.parent / "shared" / "data")


def real(*parts):
    path = DATA.joinpath(*parts)
    mark = pytest.mark.skipif(
        not path.exists(), reason=f"no {path}: COCREATE_DATA names the folder of real data"
    )
    return pytest.param(path, marks=mark)


# The beginning of a picture; its tables of numbers have line ends and separators in them.
JPEG = (
    b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xdb\x00C\x00\x08\x06\x06"
    b"\x07\x06\x05\x08\x07\x07\x07\t\t\x08\n\x0c\x14\r\x0c\x0b\x0b\x0c\x19\x12\x13\x0f\x14\x1d\x1a\x1f\x1e"
    b"\x1d\x1a\x1c\x1c $.' \",#\x1c\x1c(7),01444\x1f'9=82<.342\n\xff\xc0\x00\x0b\x08\x00\x10"
)


def table(*lines, sep="\n"):
    return io.BytesIO(sep.join(lines).encode())


def prepared(challenge, file, *said, **over):
    return batches.prepare(
        brand=challenge.brand, challenge=challenge, file=file, file_name="ideas.csv",
        actor=over.pop("actor", None), said=said, **over,
    )  # fmt: skip


def imported(challenge, file, *said, **over):
    """Run to its end. The batch."""
    batch = prepared(challenge, file, *said, **over)
    batch = working.taken_on(batches.start, batch=batch, actor=None)
    working.run_to_end(batch)
    tally.fold_until_settled()
    return batch


def remarks(batch):
    return [tuple(each) for each in batch.report]


def idea_of(challenge, number):
    return Idea.objects.get(external_id=f"csv:{challenge.pk}:{number}")


def everything():
    return [
        list(rows.order_by("pk").values())
        for rows in (Idea.objects, Participant.objects, VoteEvent.objects, Score.objects)
    ]


@pytest.fixture
def question(brand):
    return make_challenge(brand, mode=Mode.UP_DOWN)


def test_a_row_becomes_an_idea_with_its_date_text_tags_and_author(question):
    batch = imported(
        question,
        table(
            "external_id,title,body,created,tags,author,language",
            '7,A bench that warms,"Warm, in **winter**.",2025-03-01T10:30:00+01:00,"seat, Winter",'
            "Ana,fr",
        ),
    )
    idea = idea_of(question, 7)
    assert (idea.title, idea.body) == ("A bench that warms", "Warm, in **winter**.")
    assert idea.created_at == datetime(2025, 3, 1, 9, 30, tzinfo=UTC)
    assert (idea.tags, idea.language, idea.import_batch) == (["seat", "winter"], "fr", batch)
    assert idea.author.display_name == "Ana"
    assert idea.author.user is None
    assert (batch.state, batch.counts) == (
        ImportState.DONE,
        {"rows": 1, "new": 1, "known": 0, "changed": 0},
    )


def test_totals_without_voters_are_one_ledger_row_each_dated_as_the_idea(question):
    imported(
        question,
        table("external_id,title,support,oppose,created", "1,Trams,15,4,2025-01-01", "2,Boats,0,,"),
    )
    trams, boats = idea_of(question, 1), idea_of(question, 2)
    assert counters(trams) == (15, 4, 11)
    assert Score.objects.get(pk=trams.pk).imported == 15
    assert counters(boats) == (0, 0, 0)
    rows = list(
        VoteEvent.objects.order_by("seq").values_list("idea", "value", "amount", "ref", "at")
    )
    assert rows == [
        (trams.pk, 1, 15, "", trams.created_at),
        (trams.pk, -1, 4, "", trams.created_at),
    ]
    assert all_is_true()


def test_the_same_file_once_more_changes_nothing(question):
    lines = ["external_id,title,support,oppose", "1,Trams,15,4", "2,Boats,3,0"]
    imported(question, table(*lines))
    before = everything()
    again = imported(question, table(*lines))
    assert everything() == before
    assert (again.counts["new"], again.counts["known"], again.counts["changed"]) == (0, 2, 0)


def test_a_total_that_changed_is_a_ledger_row_of_the_difference_up_or_down(question):
    imported(question, table("external_id,title,support,oppose", "1,Trams,15,4"))
    more = imported(question, table("external_id,title,support,oppose", "1,Trams,20,4"))
    less = imported(question, table("external_id,title,support,oppose", "1,Trams,12,0"))
    assert counters(idea_of(question, 1)) == (12, 0, 12)
    rows = VoteEvent.objects.order_by("seq").values_list("was", "value", "amount", "actor")
    assert list(rows)[2:] == [
        (0, 1, 5, more.actor), (1, 0, 8, less.actor), (-1, 0, 4, less.actor)
    ]  # fmt: skip
    assert (less.counts["changed"], less.counts["votes"]) == (1, -12)
    assert all_is_true()
    tally.reset()
    assert all_is_true()


def test_people_vote_on_top_of_a_total(question, charlie):
    imported(question, table("external_id,title,support", "1,Trams,15"))
    idea = idea_of(question, 1)
    cast_as_user(code=idea.code, user_id=charlie.pk, value=1)
    imported(question, table("external_id,title,support", "1,Trams,14"))
    assert counters(idea) == (15, 0, 15)
    assert Score.objects.get(pk=idea.pk).imported == 14
    assert all_is_true()


def test_where_people_vote_only_for_votes_against_are_left_out_and_said(brand):
    question = make_challenge(brand, mode=Mode.UP)
    batch = imported(question, table("external_id,title,support,oppose", "1,Trams,15,4"))
    assert counters(idea_of(question, 1)) == (15, 0, 15)
    assert remarks(batch) == [(2, "oppose", "no_against", "4")]


def test_bad_rows_are_told_by_the_line_they_begin_on_and_good_ones_are_kept(question):
    batch = imported(
        question,
        table(
            "external_id,title,body,support,created",
            "1,Trams,,1,2025-01-01",
            '2,Boats,"one',
            'two",x,2025-01-01',
            "3,,,1,2025-01-01",
            "4,Bikes,,1,soon",
            "",
            "5,Feet,,1,2999-01-01",
            "6,Cars,,1,1802-01-01",
            "7,Bus",
            "8,Van,,1,2025-01-01,9",
            "1,Trams again,,1,2025-01-01",
            "9,Skis,,1,2025-01-01",
        ),
    )
    assert remarks(batch) == [
        (3, "support", "no_count", "x"),
        (5, "title", "no_title", ""),
        (6, "created", "no_date", "soon"),
        (8, "created", "future_date", "2999-01-01"),
        (9, "created", "early_date", "1802-01-01"),
        (10, "body", "cells_few", ""),
        (11, "", "cells_many", ""),
        (12, "external_id", "twice", "2"),
    ]
    assert sorted(Idea.objects.values_list("title", flat=True)) == ["Skis", "Trams"]
    assert batch.counts["skipped"] == 8
    assert batch.counts["rows"] == 10
    assert all(Remark(*each).sentence for each in batch.report)


def test_html_becomes_markdown_and_a_long_title_begins_the_text(question):
    long = "A " + "very " * 80 + "long title"
    batch = imported(
        question,
        table(
            "title,body",
            'One,"<p>So <strong>much:</strong>yes</p><ul><li>a</li></ul>"',
            f"{long},Text",
        ),
    )
    one, two = Idea.objects.order_by("pk")
    assert one.body == "So **much:** yes\n\n- a"
    assert two.title.endswith("…")
    assert two.body == f"{long}\n\nText"
    assert remarks(batch) == [(3, "title", "title_cut", "300")]


def test_a_row_without_a_number_is_known_by_what_it_says(question):
    imported(question, table("title,body", "Trams,Soon", "Trams,Later"))
    again = imported(question, table("title,body", "Trams,Soon", "Trams,Never"))
    assert (again.counts["known"], again.counts["new"]) == (1, 1)
    assert Idea.objects.count() == 3


def test_another_title_under_a_known_number_is_told_and_touches_nothing(question, alice):
    imported(question, table("external_id,title,support", "1,Trams,15", "2,Boats,1"))
    edit_idea(idea=idea_of(question, 2), actor=alice, title="Boats on the canal")
    batch = imported(question, table("external_id,title,support", "1,Parking,3", "2,Boats,5"))
    assert remarks(batch) == [(2, "external_id", "other_title", "Trams")]
    assert counters(idea_of(question, 1)) == (15, 0, 15)
    assert counters(idea_of(question, 2)) == (5, 0, 5)


def test_two_questions_may_use_the_same_numbers(brand, question):
    other = make_challenge(brand)
    imported(question, table("external_id,title", "1,Trams"))
    imported(other, table("external_id,title", "1,Boats"))
    assert {idea_of(question, 1).title, idea_of(other, 1).title} == {"Trams", "Boats"}


def test_a_status_comes_by_key_or_name_and_closes_as_it_does_here(question):
    batch = imported(
        question,
        table("external_id,title,status", "1,A,declined", "2,B,Under review", "3,C,Nowhere"),
    )
    assert (idea_of(question, 1).status, idea_of(question, 1).closed) == ("declined", True)
    assert (idea_of(question, 2).status, idea_of(question, 2).closed) == ("under_review", False)
    assert idea_of(question, 3).status == "submitted"
    assert remarks(batch) == [(4, "status", "no_status", "Nowhere")]


def test_an_authors_address_is_a_claim_that_signs_in_nobody_and_shows_no_account(question, charlie):
    batch = imported(
        question,
        table(
            "title,author,author_email,author_id",
            f"A,Charles,{charlie.email},",
            "B,Zoe,not an address,",
            "C,,,",
            "D,Ana,ana@example.org,u1",
            "E,Ana,,u1",
        ),
    )
    by_title = {idea.title: idea.author for idea in Idea.objects.select_related("author")}
    assert by_title["A"].user is None
    assert by_title["A"].display_name == "Charles"
    assert by_title["C"].display_name == ""
    assert by_title["D"] == by_title["E"]
    assert remarks(batch) == [(3, "author_email", "no_email", "not an address")]
    assert not Participant.objects.filter(mailbox__contains="@").exists()


def test_what_a_column_says_is_hidden_is_hidden(question):
    imported(
        question,
        table("external_id,title,hidden", "1,A,", "2,B,False", "3,C,2024-01-03 20:05:12"),
    )
    hidden = Idea.objects.order_by("title").values_list("title", "hidden")
    assert list(hidden) == [("A", False), ("B", False), ("C", True)]


@pytest.mark.parametrize(
    ("encoded", "separator"),
    [("utf-8", ","), ("utf-8-sig", ";"), ("latin-1", "\t"), ("utf-16", "|"), ("cp1252", ";")],
)
def test_letters_and_separators_are_found_out(question, encoded, separator):
    text = separator.join(["id", "titre", "votes_ok"]) + "\r\n"
    text += separator.join(["1", '"Été à Besançon\r\n: l’été"', "3"]) + "\r\n"
    text = text if encoded != "latin-1" else text.replace("’", "'")
    imported(question, io.BytesIO(text.encode(encoded)))
    idea = Idea.objects.get()
    assert idea.title.replace("'", "’") == "Été à Besançon : l’été"
    assert counters(idea) == (3, 0, 3)


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        (["01/02/2025 17", "31/01/2025 08"], datetime(2025, 2, 1, 17, tzinfo=UTC)),
        (["01/02/2025", "01/31/2025"], datetime(2025, 1, 2, tzinfo=UTC)),
        (["2025-02-01 10:00", "2025-01-31 10:00"], datetime(2025, 2, 1, 10, tzinfo=UTC)),
        (["01.02.2025", "03.02.2025"], datetime(2025, 2, 1, tzinfo=UTC)),
    ],
)
def test_the_form_of_dates_is_found_out_from_all_of_them(question, dates, expected):
    imported(question, table("id,title,date", *(f"{n},T{n},{d}" for n, d in enumerate(dates))))
    assert idea_of(question, 0).created_at == expected


def test_where_day_and_month_cannot_be_told_apart_somebody_must_say(question):
    lines = ["title,created", "A,01/02/2025", "B,03/04/2025"]
    with pytest.raises(Invalid) as refused:
        imported(question, table(*lines))
    assert refused.value.fields["date_format"][0][0] == "ambiguous"
    imported(question, table(*lines), date_format="%d/%m/%Y")
    assert Idea.objects.get(title="A").created_at.month == 2


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", EmptyTable),
        (b"\n\n", EmptyTable),
        (b"PK\x03\x04rest", Spreadsheet),
        (b"META\nkey;value\n", EmptyTable),
        (JPEG, NoTable),
        (b"a\0,\0b\0\n\x001\0,\0002\0", NoTable),
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence(question, content, refusal):
    with pytest.raises(refusal):
        prepared(question, io.BytesIO(content))
    assert not ImportBatch.objects.exists()


def test_the_odd_control_sign_in_a_text_is_none_of_a_table(question):
    body = "A sentence that came from a spreadsheet. " * 9
    imported(question, table("title,body", f"A,{body}\x0bAnd\x00 more.\x1f"))
    assert Idea.objects.get().body.endswith("more.")


@pytest.mark.parametrize("said", ["titel=name", "title=nowhere", "title=", "body=a,body=b"])
def test_a_map_that_names_no_column_is_refused(question, said):
    with pytest.raises(Invalid):
        prepared(question, table("title,a,b", "A,1,2"), *said.split(","))


def test_a_file_with_more_rows_than_allowed_is_refused(question):
    with pytest.raises(TooManyRows):
        prepared(question, table("title", "A", "B", "C"), most_rows=2)
    prepared(question, table("title", "A", "B"), most_rows=2)


def test_a_dry_run_says_what_the_run_then_does_and_leaves_no_trace(question):
    lines = ["external_id,title,support,oppose", "1,Trams,15,1", "2,Boats,3,", "3,,1,", "2,B,1,"]
    imported(question, table(*lines[:2]))
    before = everything()
    lines[1] = "1,Trams,11,1"
    draft = prepared(question, table(*lines))
    batches.check(batch=draft, actor=None)
    assert working.work(60) == 1
    assert everything() == before
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


def test_rules_that_changed_between_two_imports_are_those_of_the_second(question, alice):
    imported(question, table("external_id,title,support,oppose", "1,Trams,15,4"))
    change_rules(challenge=question, actor=alice, reason="Simpler", mode=Mode.UP)
    question.refresh_from_db()
    imported(question, table("external_id,title,support,oppose", "1,Trams,15,2"))
    assert counters(idea_of(question, 1))[:2] == (15, 4)


def test_the_table_of_the_paper_comes_in_as_it_says(question):
    paper = (ROOT / "docs" / "import.md").read_text()
    example = re.search(r"```csv\n(.*?)```", paper, re.DOTALL)[1]
    batch = imported(question, io.BytesIO(example.encode()))
    assert (batch.counts["new"], batch.report) == (2, [])
    bench, seat = idea_of(question, "b-17"), idea_of(question, "b-18")
    assert (bench.status, bench.tags, bench.author.display_name) == (
        "planned", ["seats", "winter"], "Ana"
    )  # fmt: skip
    assert counters(bench) == (15, 2, 13)
    assert (seat.language, seat.body) == ("fr", "")
    named = set(re.findall(r"^\| `(\w+)`(?:, `(\w+)`)? \|", paper, re.MULTILINE))
    assert {name for pair in named for name in pair if name} == set(COLUMNS)


@pytest.mark.parametrize("path", [real("decide_madrid", "proposals_2025-09-12.csv")])
def test_decide_madrid_comes_in_whole(path):
    question = make_challenge(make_brand("madrid"))
    with path.open("rb") as file:
        batch = imported(question, file, "hidden=retired_at", language="es")
    assert batch.plan["date_format"] == "%d/%m/%Y %H"
    assert batch.report == []
    assert batch.counts["new"] == 2600
    assert Idea.objects.filter(body="").count() == 485, "482 cells, and three empty lists"
    assert Idea.objects.filter(hidden=True).count() == 26
    assert not Idea.objects.filter(body__contains="<p>").exists()
    first = idea_of(question, 35573)
    assert first.created_at == datetime(2024, 1, 1, 17, tzinfo=UTC)
    assert counters(first) == (15, 0, 15)
    assert sum(Score.objects.values_list("imported", flat=True)) == 17836
    assert all_is_true()


@pytest.mark.parametrize("path", [real("republique_numerique", "opinions.csv")])
def test_republique_numerique_comes_in_with_votes_for_and_against(path, brand):
    question = make_challenge(brand, mode=Mode.UP_DOWN, language="fr")
    with path.open("rb") as file:
        batch = imported(question, file, "hidden=is_trashed", "tags=section_subtitle")
    assert (batch.counts["new"], batch.counts.get("skipped", 0)) == (390, 0)
    article = idea_of(question, 61)
    assert counters(article) == (2237, 49, 2188)
    assert article.created_at == datetime(2015, 9, 26, 0, 27, 54, tzinfo=UTC)
    assert Idea.objects.filter(hidden=True).count() == 4
    assert all_is_true()


@pytest.mark.parametrize("path", [real("pabulib", "France_Toulouse_2022.pb")])
def test_the_projects_of_a_pabulib_file_come_in(path, brand):
    question = make_challenge(brand, language="fr")
    with path.open("rb") as file:
        batch = imported(question, file)
    assert batch.counts["new"] == 199
    assert batch.counts.get("skipped", 0) == 0
    idea = idea_of(question, 116)
    assert idea.title == "Création d’abris pour la faune"
    assert counters(idea) == (38, 0, 38)
    assert all_is_true()
