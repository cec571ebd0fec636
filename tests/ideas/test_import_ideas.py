"""A row of a table becomes an idea, with what its cells say."""

from datetime import UTC, datetime

import pytest

from accounts.models import Participant
from ideas.domain import tally
from ideas.domain.challenges import change_rules
from ideas.domain.ideas import edit_idea
from ideas.domain.votes import cast_as_user
from ideas.enums import ImportState, Mode
from ideas.importers import files, working
from ideas.importers.remarks import Remark
from ideas.models import Idea, Score, StatusStep, VoteEvent
from tests.factories import make_challenge
from tests.ideas.imports import (
    everything,
    idea_of,
    imported,
    prepared,
    remarks,
    table,
    totals,
)
from tests.ideas.ledger import all_is_true, counters

pytestmark = pytest.mark.django_db(transaction=True)


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


def test_all_that_is_wrong_with_a_line_is_said_at_once_and_it_counts_as_one(question):
    lines = (
        "external_id,title,created,support,tags,author_email",
        "1,Trams,2025-01-01,1,,",
        f"1,,soon,x,{'long ' * 9},nobody",
        f"{'9' * 121},Boats,2999-01-01,-4,,",
        "2,Bikes,2025-01-01,2,,nobody",
    )
    expected = [
        (3, "title", "no_title", ""),
        (3, "created", "no_date", "soon"),
        (3, "support", "no_count", "x"),
        (3, "external_id", "twice", "2"),
        (3, "tags", "tags_cut", "10"),
        (3, "author_email", "no_email", "nobody"),
        (4, "created", "future_date", "2999-01-01"),
        (4, "support", "no_count", "-4"),
        (4, "external_id", "long_id", "9" * 80 + "…"),
        (5, "author_email", "no_email", "nobody"),
    ]
    draft = prepared(question, table(*lines))
    foreseen = working.foreseen(draft, files.opened(draft))
    batch = imported(question, table(*lines))
    assert [tuple(each) for each in foreseen.remarks] == remarks(batch) == expected
    assert foreseen.counts | {"changed": 0} == batch.counts
    counts = batch.counts
    assert (counts["rows"], counts["new"], counts["skipped"]) == (4, 2, 2)
    assert counts["skipped"] + counts["noted"] == len(expected)


def test_a_faulty_line_takes_the_place_of_no_later_one(question):
    imported(question, table("title,support", "Trams,x", "Trams,3"))
    assert totals() == [(3, 0, 3)]


def test_a_row_that_comes_in_place_of_one_left_out_says_that_its_number_is_there_twice(question):
    batch = imported(
        question,
        table(
            "external_id,title,support",
            "1,Trams,x",
            "1,Boats,3",
            "1,Bikes,4",
            "2,Feet",
            "2,Skis,1",
            "3,Cars,1",
        ),
    )
    assert remarks(batch) == [
        (2, "support", "no_count", "x"),
        (4, "external_id", "twice", "3"),
        (5, "support", "cells_few", ""),
        (3, "external_id", "number_twice", "2"),
        (6, "external_id", "number_twice", "5"),
    ]
    assert sorted(Idea.objects.values_list("title", flat=True)) == ["Boats", "Cars", "Skis"]
    assert (batch.counts["skipped"], batch.counts["noted"]) == (3, 2)
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


@pytest.mark.parametrize(
    ("said", "key"),
    [("Prévu", "planned"), ("PREVUES", "planned"), ("ecartees", "declined"), ("Décliné", "")],
)
def test_a_status_is_known_in_any_language_without_accents_case_and_endings(question, said, key):
    batch = imported(question, table("external_id,title,status", f"1,A,{said}"))
    assert idea_of(question, 1).status == (key or "submitted")
    assert [code for _line, _column, code, _detail in remarks(batch)] == ["no_status"][bool(key) :]


def test_a_status_that_two_names_are_spelt_alike_but_for_endings_is_not_guessed(question, brand):
    for place, (key, name) in enumerate([("submitted", "Neu"), ("a", "Prévu"), ("b", "Prévues")]):
        StatusStep.objects.create(brand=brand, key=key, labels={"fr": name}, place=place)
    batch = imported(
        question, table("external_id,title,status", "1,A,Prévu", "2,B,Prévues", "3,C,Prévue")
    )
    found = [idea_of(question, number).status for number in (1, 2, 3)]
    assert found == ["a", "b", "submitted"]
    assert remarks(batch) == [(4, "status", "no_status", "Prévue")]


@pytest.mark.parametrize("header", ["Étiquettes", "etiquette", "ÉTIQUETTES", "Mots-clés", "Tag"])
def test_a_column_is_known_without_accents_case_and_endings(question, header):
    imported(question, table(f"Idées,{header}", "A bench,seat"))
    assert (Idea.objects.get().title, Idea.objects.get().tags) == ("A bench", ["seat"])


def test_a_language_that_is_none_is_said_beside_the_other_faults_of_its_line(question):
    batch = imported(
        question,
        table(
            "external_id;title;support;status;language",
            "1;A;1,5;Nowhere;xx-zz", "2;B;1;;pt_BR", "3;C;1;;gsw",
        ),
    )  # fmt: skip
    assert remarks(batch) == [
        (2, "support", "no_count", "1,5"),
        (2, "status", "no_status", "Nowhere"),
        (2, "language", "no_language", "xx-zz"),
    ]
    assert (idea_of(question, 2).language, idea_of(question, 3).language) == ("pt", "gsw")


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


def test_rules_that_changed_between_two_imports_are_those_of_the_second(question, alice):
    imported(question, table("external_id,title,support,oppose", "1,Trams,15,4"))
    change_rules(challenge=question, actor=alice, reason="Simpler", mode=Mode.UP)
    question.refresh_from_db()
    imported(question, table("external_id,title,support,oppose", "1,Trams,15,2"))
    assert counters(idea_of(question, 1))[:2] == (15, 4)
