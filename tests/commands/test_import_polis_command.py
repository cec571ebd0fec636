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
    assert run.lines[-2].endswith("counters verified")
    assert run.lines[-1].startswith("To take it back: undo_import ")


def test_a_conversation_that_is_over_is_closed_for_whoever_says_so(terminal, brand):
    assert terminal("import_polis", brand.slug, TINY, "--closed").code == 0
    assert Challenge.objects.get(slug="tiny-village").closed
    assert terminal("import_polis", brand.slug, TINY).code == 0
    assert Challenge.objects.get(slug="tiny-village").closed


def test_the_command_refuses_in_one_line(terminal, brand, tmp_path):
    for arguments in (["nix", TINY], [brand.slug, tmp_path]):
        run = terminal("import_polis", *arguments)
        assert (run.code, run.out, run.err.count("\n")) == (1, "", 1)
    assert terminal("import_polis", brand.slug).code == 2
