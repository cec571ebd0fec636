"""Ideas from a file at the desk: looked at, checked, imported, taken back."""

import io
import time
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cocreate.lib import uploads
from ideas.domain import tally
from ideas.importers import batches, polis, working
from ideas.models import Idea, ImportBatch, ImportPart
from tests.factories import make_brand, make_challenge, make_idea
from tests.ideas.ledger import all_is_true
from tests.ideas.test_import_files import JPEG
from tests.ideas.test_import_polis import TINY
from tests.web.conftest import reader, text_of
from web import figures
from web.desk import imports

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = "/desk/mio/imports/"
ROWS = (
    "key;titre;description;votes_ok;vu;date\n1;Trams;<b>So</b>;15;;31/01/2025\n2;;x;1;;01/02/2025\n"
)


@pytest.fixture
def manager(bob, brand):
    make_challenge(brand, slug="street", title="What for the street?")
    return reader(bob)


def sent(text=ROWS, name="idées.csv", **over):
    return {"table": SimpleUploadedFile(name, text.encode()), "challenge": "street"} | over


def upload(client, *args, **over):
    """The address of the draft."""
    page = client.post(PAGE, sent(*args, **over))
    assert page.status_code == 302, text_of(page)
    return page["Location"]


def plan_of(client, address, **over):
    """What the form of the draft would send, as it is filled in."""
    form = client.get(address).context["form"]
    filled = {bound.html_name: bound.value() or "" for bound in form}
    return filled | over


def worked(client, address):
    working.work(60)
    return client.get(address)


def test_a_file_is_looked_at_with_its_columns_guessed_and_its_first_lines_shown(manager):
    page = manager.get(upload(manager))
    said = text_of(page)
    assert "2 lines. Say which column is what; nothing is imported yet." in said
    assert "31/01/2025" in said
    guessed = page.context["form"].plan.columns
    assert guessed == {
        "title": "titre", "body": "description", "external_id": "key", "created": "date",
        "support": "votes_ok",
    }  # fmt: skip
    assert not Idea.objects.exists()


def test_the_question_offered_first_is_the_permanent_one(manager, brand):
    page = manager.get(PAGE)
    assert page.context["form"]["challenge"].value() == "open"
    assert '<option value="open" selected>' in page.content.decode()


def test_the_result_of_a_check_offers_to_import_and_asks_for_nothing_more(manager):
    address = upload(manager)
    assert manager.get(address).content.decode().count('name="import"') == 1
    manager.post(f"{address}choose/", plan_of(manager, address, check="1"))
    page = worked(manager, address)
    said, body = text_of(page), page.content.decode()
    assert "2 lines; nothing is imported yet." in said
    assert "Say which column is what" not in said
    checked = body[body.index('id="checked"') :]
    assert 'form="plan"' in checked[: checked.index("<table")]
    assert '<form id="plan"' in body


def test_a_check_that_can_take_nothing_offers_no_import_beside_it(manager):
    address = upload(manager, "id;title\n1;\n")
    manager.post(f"{address}choose/", plan_of(manager, address, check="1"))
    assert 'form="plan"' not in worked(manager, address).content.decode()


def test_columns_that_are_left_out_are_named_before_and_after(manager):
    address = upload(manager)
    assert "Not used: vu" in text_of(manager.get(address))
    manager.post(f"{address}choose/", plan_of(manager, address, column_created="", check="1"))
    assert text_of(worked(manager, address)).count("Not used: vu, date") == 1
    manager.post(f"{address}choose/", plan_of(manager, address, **{"import": "1"}))
    assert "Not used: vu, date" in text_of(worked(manager, address))


def test_how_far_undoing_is_is_said_once_and_of_how_many(manager):
    address = upload(manager, "id;title\n1;Trams\n2;Boats\n")
    manager.post(f"{address}choose/", plan_of(manager, address, **{"import": "1"}))
    worked(manager, address)
    manager.post(f"{address}undo/")
    page = manager.get(address)
    assert "0 of 2 ideas" in text_of(page)
    assert "taken back" not in text_of(page)
    assert '<progress class="import-bar" max="2" value="0">' in page.content.decode()


def test_a_check_says_what_would_be_and_an_import_does_it(manager, bob):
    address = upload(manager)
    manager.post(f"{address}choose/", plan_of(manager, address, check="1"))
    assert "data-moves" in manager.get(address).content.decode()
    page = worked(manager, address)
    assert "1 new idea · 1 line left out · 15 votes" in text_of(page)
    assert "line 3 Title there is no title is left out" in text_of(page)
    assert not Idea.objects.exists()
    manager.post(f"{address}choose/", plan_of(manager, address, **{"import": "1"}))
    said = text_of(worked(manager, address))
    assert "Done" in said
    assert "1 new idea · 1 line left out · 15 votes" in said
    idea = Idea.objects.get()
    assert (idea.title, idea.body, idea.challenge.slug) == ("Trams", "**So**", "street")
    assert idea.import_batch.by == bob
    assert all_is_true()


def test_a_check_says_all_that_is_wrong_with_a_line_and_that_it_is_left_out(manager):
    address = upload(manager, "id;title;votes;author_email\n1;;x;nobody\n2;Boats;1;nobody\n")
    manager.post(f"{address}choose/", plan_of(manager, address, check="1"))
    said = text_of(worked(manager, address))
    assert "1 new idea · 1 line left out · 1 vote" in said
    assert (
        "line 2 Title there is no title is left out"
        " line 2 Votes for “x” is no number of votes is left out"
        " line 2 Author’s e-mail “nobody” is no e-mail address is left out"
        " line 3 Author’s e-mail “nobody” is no e-mail address is taken"
    ) in said
    assert "more remark" not in said


def test_taking_it_back_names_what_stays(manager, charlie):
    address = upload(manager, "id;title\n1;Trams\n2;Boats\n")
    manager.post(f"{address}choose/", plan_of(manager, address, **{"import": "1"}))
    worked(manager, address)
    trams = Idea.objects.get(title="Trams")
    reader(charlie).post(f"/i/{trams.code}/vote/", {"value": "1"})
    assert "Take it back" in text_of(manager.get(address))
    manager.post(f"{address}undo/")
    assert "Being undone" in text_of(manager.get(address))
    said = text_of(worked(manager, address))
    assert "1 idea taken back · 1 kept" in said
    assert "Trams people have voted for or against it" in said
    assert "Take it back" not in said
    again = manager.post(f"{address}undo/")
    assert again.status_code == 409
    assert "It was taken back already." in text_of(again)
    boats = Idea.objects.get(title="Boats")
    page = manager.get(f"/desk/{boats.brand.slug}/ideas/{boats.code}/")
    assert "with the import that had brought it, which was undone" in text_of(page)
    assert "Its author deleted it" not in text_of(page)


def test_a_draft_is_discarded_with_its_file(manager):
    address = upload(manager)
    assert manager.post(f"{address}discard/").status_code == 302
    assert manager.get(address).status_code == 404
    assert not ImportPart.objects.exists()


def test_columns_and_dates_are_as_somebody_says(manager):
    address = upload(manager, "a,b,c\nTrams,Boats,01/02/2025\n")
    said = {"column_title": "b", "column_created": "c", "import": "1"}
    refused = manager.post(f"{address}choose/", plan_of(manager, address, **said))
    assert refused.status_code == 400
    assert "Say which comes first in “01/02/2025”, the day or the month." in text_of(refused)
    manager.post(f"{address}choose/", plan_of(manager, address, date_format="month", **said))
    worked(manager, address)
    idea = Idea.objects.get()
    assert (idea.title, idea.created_at) == ("Boats", datetime(2025, 1, 2, tzinfo=UTC))


@pytest.mark.parametrize(
    ("over", "sentence"),
    [
        ({"column_title": ""}, "Say which column is the title of an idea."),
        ({"column_title": "nowhere"}, "Choose one of these."),
        ({"challenge": "nowhere"}, "Choose one of these."),
        ({"date_format": "stardate"}, "stardate is not one of"),
    ],
)
def test_what_a_plan_lacks_is_said_beside_it(manager, over, sentence):
    address = upload(manager)
    page = manager.post(f"{address}choose/", plan_of(manager, address, **over))
    assert page.status_code == 400
    assert sentence in text_of(page)
    assert ImportBatch.objects.get().state == "draft"


@pytest.mark.parametrize(
    ("over", "sentence"),
    [
        ({"table": ""}, "Choose a file first."),
        ({"table": SimpleUploadedFile("a.csv", b"")}, "This file has no rows"),
        ({"table": SimpleUploadedFile("a.xlsx", b"PK\x03\x04x")}, "Save it as CSV"),
        ({"table": SimpleUploadedFile("a.jpg", JPEG)}, "This file is no table that we can read."),
        ({"table": SimpleUploadedFile("a.csv", b"\n\n")}, "This file has no rows"),
        ({"challenge": "nowhere"}, "Choose one of these."),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(manager, over, sentence):
    page = manager.post(PAGE, sent(**over))
    assert page.status_code == 400
    assert sentence in text_of(page)
    assert not ImportBatch.objects.exists()


def test_a_file_that_is_too_large_or_has_too_many_rows_is_refused(manager, monkeypatch):
    monkeypatch.setattr(imports, "MOST_ROWS", 1)
    assert "more than 1 rows" in text_of(manager.post(PAGE, sent()))
    monkeypatch.setattr(uploads, "MOST_TABLE_BYTES", 10)
    assert "larger than 20 MB" in text_of(manager.post(PAGE, sent()))


def test_a_desk_keeps_ten_files_that_wait(manager, monkeypatch):
    monkeypatch.setattr(batches, "MOST_DRAFTS", 2)
    upload(manager)
    upload(manager)
    page = manager.post(PAGE, sent())
    assert (page.status_code, ImportBatch.objects.count()) == (400, 2)
    assert "Import or discard one first." in text_of(page)


def test_who_only_reads_and_who_is_a_stranger_change_nothing(manager, rita, charlie):
    address = upload(manager)
    for user in (rita, charlie):
        client = reader(user)
        assert client.post(PAGE, sent()).status_code == 403
        for verb in ("choose", "discard", "undo"):
            assert client.post(f"{address}{verb}/").status_code == 403
    assert ImportBatch.objects.get().state == "draft"


def test_another_brands_import_is_not_there(manager, alice):
    other = make_brand("other", owner=alice)
    question = make_challenge(other)
    foreign = batches.prepare(
        brand=other, challenge=question, file=io.BytesIO(b"title\nA\n"), file_name="a.csv",
        actor=alice,
    )  # fmt: skip
    for method, verb in (("get", ""), ("post", "choose/"), ("post", "discard/"), ("post", "undo/")):
        assert getattr(manager, method)(f"{PAGE}{foreign.code}/{verb}").status_code == 404


def test_a_line_that_runs_on_is_shown_as_far_as_there_are_columns(manager):
    """Found: two lines of 700,000 cells were a page of 29 MB, and 42 seconds of a process."""
    address = upload(manager, f"title\n{'ab,' * 2000}\n{'x' * 100_000}\n")
    page = manager.get(address)
    assert page.context["rows"] == [["ab"], ["x" * 200]]
    assert page.content.decode().count("<td") == 2


def test_text_of_a_file_is_shown_as_text(manager):
    address = upload(manager, "title;<b>x</b>\n<script>alert(1)</script>;=1+1\n", "<i>.csv")
    body = manager.get(address).content.decode()
    assert "<script>alert(1)" not in body
    assert "<b>x</b>" not in body
    assert "&lt;i&gt;.csv" in body


def test_the_list_costs_the_same_for_one_import_and_three(manager):
    def cost():
        manager.get(PAGE)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page = manager.get(PAGE)
        assert page.status_code == 200
        return len(queries)

    upload(manager)
    one = cost()
    upload(manager)
    upload(manager)
    assert cost() == one
    assert one <= 14


def test_older_imports_are_on_the_next_page(manager, monkeypatch):
    monkeypatch.setattr("ideas.access.IMPORTS_ON_A_PAGE", 1)
    upload(manager, name="first.csv")
    upload(manager, name="second.csv")
    page = manager.get(PAGE)
    assert "second.csv" in text_of(page)
    assert "first.csv" not in text_of(page)
    assert "first.csv" in text_of(manager.get(f"{PAGE}?cursor={page.context['next']}"))


def test_an_import_says_as_many_votes_as_the_question_shows_and_where_the_others_are(
    manager, visitor, brand
):
    batch = polis.import_folder(brand=brand, folder=TINY, actor=None).batch
    said = text_of(manager.get(f"{PAGE}{batch.code}/"))
    assert (
        "3 new ideas (1 of them hidden: your team alone sees it) · 6 lines left out · 4 votes"
        " (1 of them on hidden ideas"
    ) in said
    assert "2 ideas 3 votes" in text_of(visitor.get("/b/mio/c/tiny-village/"))


def test_totals_of_votes_on_hidden_ideas_are_said_apart_before_and_after(manager):
    address = upload(manager, "id;title;votes;hidden\n1;Trams;15;\n2;Boats;3;yes\n")
    told = (
        "2 new ideas (1 of them hidden: your team alone sees it) · 18 votes"
        " (3 of them on hidden ideas, which no page counts)"
    )
    for button in ("check", "import"):
        manager.post(
            f"{address}choose/", plan_of(manager, address, column_hidden="hidden", **{button: "1"})
        )
        assert told in text_of(worked(manager, address))
    manager.post(f"{address}undo/")
    assert "2 ideas taken back · 18 votes taken back" in text_of(worked(manager, address))


def test_a_question_that_left_with_its_import_is_said_to_be_a_draft_that_stays(
    manager, visitor, brand
):
    batch = polis.import_folder(brand=brand, folder=TINY, actor=None).batch
    manager.post(f"{PAGE}{batch.code}/undo/")
    said = text_of(worked(manager, f"{PAGE}{batch.code}/"))
    assert "Nothing is left in its question, so only your team sees it, as a draft." in said
    assert visitor.get("/b/mio/c/tiny-village/").status_code == 404
    assert manager.get("/b/mio/c/tiny-village/").status_code == 200
    page = manager.get("/desk/mio/challenges/tiny-village/")
    assert "it cannot be thrown away" in text_of(page)
    assert "Throw the draft away" not in text_of(page)
    sent = {"revision": batch.challenge.revision + 1}
    assert manager.post("/desk/mio/challenges/tiny-village/discard/", sent).status_code == 409


def a_second_passes(brand):
    """The turn of who counted last is over."""
    cache.delete(f"recent:{figures.SHAPE}:{brand.pk}:turn")


def test_the_figures_of_a_question_follow_an_import_as_it_comes_and_goes(manager, visitor, brand):
    assert "1 idea" not in text_of(visitor.get("/b/mio/c/street/"))
    address = upload(manager, "id;title;votes\n1;Trams;15\n")
    manager.post(f"{address}choose/", plan_of(manager, address, **{"import": "1"}))
    worked(manager, address)
    a_second_passes(brand)
    assert "1 idea" in text_of(visitor.get("/b/mio/c/street/"))
    tally.fold_until_settled()
    a_second_passes(brand)
    assert "1 idea 15 votes" in text_of(visitor.get("/b/mio/c/street/"))
    manager.post(f"{address}undo/")
    worked(manager, address)
    a_second_passes(brand)
    assert "1 idea" not in text_of(visitor.get("/b/mio/c/street/"))


def test_figures_are_kept_a_minute_where_nothing_was_imported(visitor, brand, monkeypatch):
    question = make_challenge(brand, slug="street")
    visitor.get("/b/mio/c/street/")
    make_idea(question)
    clock = SimpleNamespace(time=lambda: time.time() + 50)
    monkeypatch.setattr(figures, "time", clock)
    a_second_passes(brand)
    assert "1 idea" not in text_of(visitor.get("/b/mio/c/street/"))
