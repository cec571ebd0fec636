import pytest
from django.db import connection

from ideas.domain import tally
from ideas.domain.votes import cast_as_user
from ideas.models import Score, VoteEvent
from tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def voted(idea):
    for _n in range(3):
        cast_as_user(code=idea.code, user_id=make_user().pk, value=1)
    tally.fold_until_settled()
    return idea


def test_a_true_tally_says_what_was_checked(terminal, voted):
    run = terminal("verify_tallies")
    assert (run.code, run.err) == (0, "")
    assert run.out.startswith("All is true: 1 ideas, 3 votes, 3 ledger rows checked in ")


def test_votes_that_no_fold_has_seen_are_no_difference(terminal, idea, charlie):
    cast_as_user(code=idea.code, user_id=charlie.pk, value=1)
    assert terminal("verify_tallies").code == 0


def test_drift_is_shown_in_a_table_and_refused(terminal, voted):
    Score.objects.filter(pk=voted.pk).update(support=7)
    run = terminal("verify_tallies")
    assert run.code == 1
    assert run.lines[0].split() == ["what", "where", "stored", "should", "be"]
    assert run.lines[2].split() == ["counter", voted.code, "(7,0,3,0,0,0,0)", "(3,0,3,0,0,0,0)"]
    assert run.err == "Refused: 1 differ; --heal writes the truth into the counters.\n"
    assert Score.objects.get(pk=voted.pk).support == 7


def test_heal_writes_the_truth(terminal, voted):
    Score.objects.filter(pk=voted.pk).update(support=7)
    run = terminal("verify_tallies", "--heal")
    assert run.code == 0
    assert "1 healed." in run.lines
    assert Score.objects.get(pk=voted.pk).support == 3


def test_heal_does_not_hide_a_ledger_that_lost_a_row(terminal, voted):
    VoteEvent.objects.filter(pk=VoteEvent.objects.first().pk).delete()
    run = terminal("verify_tallies", "--heal")
    assert run.code == 1
    assert [line.split()[0] for line in run.lines[-1:]] == ["ledger"]
    assert run.err == "Refused: 1 differ.\n"


def test_a_ledger_of_another_cluster_is_refused_until_the_reset(terminal, voted):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ideas_tallycursor SET cluster = 1 WHERE starts_with(name, 'votes')")
    refused = terminal("verify_tallies", "--heal")
    assert (refused.code, refused.err.count("\n")) == (1, 1)
    assert "run reset_tally first" in refused.err
    assert terminal("reset_tally").code == 0
    assert terminal("verify_tallies", "--heal").code == 0


def test_reset_counts_again_from_the_votes(terminal, voted):
    Score.objects.filter(pk=voted.pk).update(support=7, hot=0)
    run = terminal("reset_tally")
    assert run.code == 0
    assert Score.objects.get(pk=voted.pk).support == 3
    assert tally.verify() == []
