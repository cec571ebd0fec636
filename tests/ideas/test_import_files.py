"""Tables as other programs write them: by hand for the rules, real files where there is data."""

import io
import re
from datetime import UTC, date, datetime

import pytest

from cocreate.lib.errors import Invalid
from ideas.enums import Mode
from ideas.importers import values
from ideas.importers.batches import TooManyRows
from ideas.importers.columns import COLUMNS
from ideas.importers.tables import EmptyTable, NoTable, Spreadsheet
from ideas.models import Idea, ImportBatch, Score
from tests.factories import make_brand, make_challenge
from tests.ideas.imports import idea_of, imported, prepared, real, remarks, table
from tests.ideas.ledger import all_is_true, counters
from tests.source import ROOT

pytestmark = pytest.mark.django_db(transaction=True)

# The beginning of a picture; its tables of numbers have line ends and separators in them.
JPEG = (
    b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xdb\x00C\x00\x08\x06\x06"
    b"\x07\x06\x05\x08\x07\x07\x07\t\t\x08\n\x0c\x14\r\x0c\x0b\x0b\x0c\x19\x12\x13\x0f\x14\x1d\x1a\x1f\x1e"
    b"\x1d\x1a\x1c\x1c $.' \",#\x1c\x1c(7),01444\x1f'9=82<.342\n\xff\xc0\x00\x0b\x08\x00\x10"
)


@pytest.fixture
def question(brand):
    return make_challenge(brand, mode=Mode.UP_DOWN)


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


@pytest.mark.parametrize("date_format", ["", "%d/%m/%Y", "%d/%m/%Y %H:%M"])
def test_dates_with_a_time_and_without_stand_in_one_column(question, date_format):
    times = ["", " 17", " 17:30", "  17:30:05", "T17:30", " 7:05"]
    lines = (f"{n},T{n},31/03/2025{time}" for n, time in enumerate(times))
    batch = imported(question, table("id,title,date", *lines), date_format=date_format)
    assert batch.report == []
    found = [idea_of(question, n).created_at.replace(tzinfo=None) for n in range(6)]
    assert [at.time().isoformat() for at in found] == [
        "00:00:00", "17:00:00", "17:30:00", "17:30:05", "17:30:00", "07:05:00"
    ]  # fmt: skip
    assert {at.date() for at in found} == {date(2025, 3, 31)}


@pytest.mark.parametrize("day", ["03/31/2025", "03-31-2025", "31.03.2025", "2025/03/31"])
def test_a_time_may_follow_a_date_whatever_comes_first_in_it(question, day):
    batch = imported(question, table("id,title,date", f"1,A,{day}", f"2,B,{day}T17:30"))
    assert batch.report == []
    assert idea_of(question, 1).created_at == datetime(2025, 3, 31, tzinfo=UTC)
    assert idea_of(question, 2).created_at == datetime(2025, 3, 31, 17, 30, tzinfo=UTC)


def test_a_few_dates_with_a_time_tell_day_and_month_of_the_others_apart(question):
    lines = ["1,A,31/03/2025 17:30", "2,B,01/04/2025", "3,C,02/04/2025"]
    batch = imported(question, table("id,title,date", *lines))
    assert (batch.plan["date_format"], batch.report) == ("%d/%m/%Y %H:%M", [])


@pytest.mark.parametrize("rest", [" 25:00", " 17:30:05:09", ":17", " noon", "T", " 17:30 or so"])
def test_what_follows_a_date_and_is_no_time_is_told(question, rest):
    batch = imported(question, table("id,title,date", "1,A,31/03/2025", f"2,B,31/03/2025{rest}"),
                     date_format="%d/%m/%Y")  # fmt: skip
    assert remarks(batch) == [(3, "created", "no_date", f"31/03/2025{rest}")]


def test_a_draft_whose_form_had_a_time_is_still_of_its_order():
    assert values.order_of("%d/%m/%Y %H:%M") == values.order_of("%d/%m/%Y") == "day"
    assert values.order_of("%m-%d-%Y %H") == "month"
    assert values.order_of("iso") == "iso"
    assert values.order_of("%d %B %Y") == ""


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
