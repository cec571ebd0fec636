import shutil
import time

import pytest

from ideas.models import Challenge
from tests.ideas.test_import_polis import TINY

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_command_tells_what_it_did(terminal, brand):
    run = terminal("import_polis", brand.slug, TINY)
    assert run.code == 0
    assert run.lines[0].endswith("/b/mio/c/tiny-village/")
    assert "+4 votes stand, 1 of them on hidden ideas, which no page counts" in run.lines
    assert "votes.csv:10 skipped: there is no comment 9" in run.lines
    assert run.lines[-3].endswith("counters verified")
    assert run.lines[-1].startswith("To take it back: undo_import ")


def test_a_conversation_that_is_over_is_closed_for_whoever_says_so(terminal, brand):
    assert terminal("import_polis", brand.slug, TINY, "--closed").code == 0
    assert Challenge.objects.get(slug="tiny-village").closed
    assert terminal("import_polis", brand.slug, TINY).code == 0
    assert Challenge.objects.get(slug="tiny-village").closed


def test_a_conversation_without_a_vote_for_a_year_is_said_to_look_over(terminal, brand):
    hint = "if the conversation is over, run this again with --closed."
    assert hint in terminal("import_polis", brand.slug, TINY).lines[-2]
    assert hint not in terminal("import_polis", brand.slug, TINY, "--closed").out


def test_a_conversation_that_goes_on_is_not_said_to_look_over(terminal, brand, tmp_path):
    folder = shutil.copytree(TINY, tmp_path / "young.village")
    comment = (folder / "votes.csv").read_text().splitlines()[1].split(",")[2]
    now = int(time.time() * 1000) - 60_000
    with (folder / "votes.csv").open("a") as file:
        file.write(f"{now},Sun,{comment},77,1\n")
    assert "--closed" not in terminal("import_polis", brand.slug, folder).out


def test_an_import_that_brought_nothing_new_offers_nothing_to_take_back(terminal, brand):
    assert "undo_import" in terminal("import_polis", brand.slug, TINY).out
    again = terminal("import_polis", brand.slug, TINY)
    assert again.lines[-1] == "There was nothing new in it."
    assert "undo_import" not in again.out


def test_the_command_refuses_in_one_line(terminal, brand, tmp_path):
    for arguments in (["nix", TINY], [brand.slug, tmp_path]):
        run = terminal("import_polis", *arguments)
        assert (run.code, run.out, run.err.count("\n")) == (1, "", 1)
    assert terminal("import_polis", brand.slug).code == 2
