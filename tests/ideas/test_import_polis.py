"""Conversations from Polis: a hand-made folder for the logic, a real one where there is data."""

import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from accounts.models import Participant
from cocreate.lib.errors import Invalid
from ideas.domain import ideas, lists, tally
from ideas.domain.votes import cast_as_user
from ideas.enums import Mode, Sort, Source
from ideas.importers.polis import import_folder
from ideas.models import Challenge, Idea, LedgerBatch, Score, Vote, VoteEvent
from tests.factories import make_challenge, set_closed
from tests.source import ROOT

pytestmark = pytest.mark.django_db(transaction=True)

TINY = Path(__file__).parent / "polis" / "tiny.village"
DATA = Path(os.environ.get("COCREATE_DATA") or ROOT.parent / "shared" / "data")
REAL = DATA / "polis" / "london.youth.policing"
REAL_IDEAS, REAL_ROWS, REAL_PEOPLE = 39, 640, 27

needs_data = pytest.mark.skipif(
    not REAL.exists(), reason=f"no real conversations in {DATA}: COCREATE_DATA names their folder"
)


def tiny(brand, folder=TINY):
    return import_folder(brand=brand, folder=folder, actor=None)


def idea_of(number, folder="tiny.village"):
    return Idea.objects.get(external_id=f"polis:{folder}:{number}")


def votes_on(number):
    rows = Vote.objects.filter(idea=idea_of(number)).order_by("participant_id")
    names = dict(Participant.objects.values_list("pk", "external_id"))
    return {names[row.participant_id].rsplit(":")[-1]: row.value for row in rows}


def everything():
    """All that an import may write."""
    return [
        list(rows.order_by("pk").values())
        for rows in (
            Challenge.objects.all(),
            Participant.objects.all(),
            Idea.objects.all(),
            Vote.objects.all(),
            VoteEvent.objects.all(),
            Score.objects.all(),
            LedgerBatch.objects.all(),
        )
    ]


def moment(milliseconds):
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)


def test_a_folder_becomes_a_challenge_for_and_against(brand):
    challenge = tiny(brand).challenge
    assert (challenge.slug, challenge.title) == ("tiny-village", "What should the village do next?")
    assert challenge.body == "Two lines,\n\nand a comma."
    assert challenge.rules.mode == Mode.UP_DOWN


def test_comments_become_ideas_with_date_and_author(brand):
    tiny(brand)
    bench, lights = idea_of(0), idea_of(1)
    assert (bench.title, bench.body) == ("A bench by the river", "")
    assert (bench.created_at, bench.author.external_id) == (
        moment(1_500_000_000_000),
        "polis:tiny.village:7",
    )
    assert lights.title.startswith("Lights that follow you home. And go out")
    assert lights.body.count("\n") == 1


def test_votes_count_by_the_sign_of_the_file_and_a_later_row_replaces_the_earlier(brand):
    tiny(brand)
    assert votes_on(0) == {"1": -1, "2": 1}
    score = Score.objects.get(pk=idea_of(0).pk)
    assert (score.support, score.oppose, score.points, score.imported) == (1, 1, 0, 1)
    first = VoteEvent.objects.filter(idea=idea_of(0)).order_by("seq").values_list("value", "was")
    assert list(first) == [(1, 0), (1, 0), (-1, 1)]


def test_a_pass_withdraws_and_a_first_pass_is_nothing(brand):
    tiny(brand)
    assert votes_on(1) == {"2": -1, "3": 0}
    score = Score.objects.get(pk=idea_of(1).pk)
    assert (score.support, score.oppose) == (0, 1)


def test_votes_keep_their_date_and_say_that_they_are_imported(brand):
    tiny(brand)
    vote = Vote.objects.get(idea=idea_of(0), value=1)
    assert (vote.at, vote.source) == (moment(1_500_000_011_000), Source.IMPORTED)


def test_a_rejected_comment_is_a_hidden_idea_with_its_votes(brand):
    tiny(brand)
    assert [idea.title for idea in Idea.objects.filter(hidden=True)] == ["Buy my lamps"]
    assert votes_on(3) == {"4": 1}
    assert Score.objects.get(pk=idea_of(3).pk).support == 1


def test_lines_that_cannot_be_used_are_named_and_skipped(brand):
    assert tiny(brand).skipped == [
        ("comments.csv", 6, "comment 2 is empty"),
        ("votes.csv", 10, "there is no comment 9"),
        ("votes.csv", 11, "'5' is no vote (1, -1 or 0)"),
        ("votes.csv", 12, "'soon' is no time in milliseconds"),
        ("votes.csv", 13, "5138-11-16T09:46:39.999000+00:00 is in the future"),
        ("votes.csv", 14, "there is no comment 2"),
    ]


def test_the_summary_compares_with_the_columns_of_the_file(brand):
    done = tiny(brand)
    assert (done.comments, done.new_ideas, done.hidden, done.people) == (3, 3, 1, 6)
    assert (done.rows, done.cast, done.known, done.repeated) == (8, 8, 0, 2)
    assert done.outcomes == {"new": 5, "changed": 1, "withdrawn": 1, "unchanged": 1}
    assert (done.votes, done.unseen) == (4, 1)
    assert (done.agreeing, done.apart) == (2, 1)


def test_counters_are_true_after_the_import(brand):
    assert tiny(brand).differences == []
    assert tally.waiting()[0] == 0
    assert tally.verify() == []


def test_a_second_import_changes_nothing(brand):
    tiny(brand)
    before = everything()
    again = tiny(brand)
    assert everything() == before
    assert (again.new_ideas, again.hidden, again.outcomes) == (0, 0, {"unchanged": 1})


def test_a_longer_export_adds_what_is_new(brand, tmp_path):
    tiny(brand)
    longer = shutil.copytree(TINY, tmp_path / "tiny.village")
    with (longer / "votes.csv").open("a") as votes:
        votes.write("1500000030000,Fri,0,3,1\n1500000031000,Fri,0,1,1\n")
    done = tiny(brand, longer)
    assert done.outcomes == {"new": 1, "changed": 1, "unchanged": 1}
    assert votes_on(0) == {"1": 1, "2": 1, "3": 1}


def test_an_import_that_was_interrupted_goes_on(brand, monkeypatch):
    def fail(_done, _total):
        raise KeyboardInterrupt

    monkeypatch.setattr("ideas.importers.replay.BATCH", 2)
    with pytest.raises(KeyboardInterrupt):
        import_folder(brand=brand, folder=TINY, actor=None, on_progress=fail)
    assert VoteEvent.objects.count() == 2
    tiny(brand)
    assert votes_on(0) == {"1": -1, "2": 1}
    assert votes_on(1) == {"2": -1, "3": 0}
    assert tally.verify() == []


def test_an_idea_that_the_team_shows_again_stays_shown(brand, alice):
    tiny(brand)
    ideas.set_hidden(idea=idea_of(3), hidden=False, actor=alice)
    tiny(brand)
    assert not idea_of(3).hidden


def test_todays_rules_judge_and_every_refusal_names_its_line(brand):
    tiny(brand)
    Vote.objects.all().delete()
    VoteEvent.objects.all().delete()
    set_closed(idea_of(0), closed=True)
    closed = [line for _file, line, why in tiny(brand).skipped if "has ended" in why]
    assert closed == [3, 4, 2]


def test_a_vote_that_was_cast_here_stands(brand, charlie):
    tiny(brand)
    cast_as_user(code=idea_of(0).code, user_id=charlie.pk, value=-1)
    tiny(brand)
    tally.fold_until_settled()
    assert Score.objects.get(pk=idea_of(0).pk).oppose == 2
    assert tally.verify() == []


@pytest.mark.parametrize("missing", ["summary.csv", "comments.csv", "votes.csv"])
def test_a_folder_without_a_file_is_refused(brand, tmp_path, missing):
    folder = shutil.copytree(TINY, tmp_path / "tiny")
    (folder / missing).unlink()
    with pytest.raises(Invalid) as refusal:
        tiny(brand, folder)
    assert f"{missing} cannot be read" in str(refusal.value.message)
    assert not Idea.objects.exists()


@pytest.mark.parametrize("content", [b"a,b\n1,2\n", b"\xff\xfe"])
def test_a_file_of_something_else_is_refused(brand, tmp_path, content):
    folder = shutil.copytree(TINY, tmp_path / "tiny")
    (folder / "votes.csv").write_bytes(content)
    with pytest.raises(Invalid):
        tiny(brand, folder)


@pytest.mark.parametrize("kind", [{"mode": Mode.UP}, {"mode": Mode.UP_DOWN, "published": False}])
def test_a_challenge_of_another_kind_or_a_draft_is_not_taken_over(brand, kind):
    make_challenge(brand, slug="tiny-village", **kind)
    with pytest.raises(Invalid):
        tiny(brand)
    assert not Idea.objects.exists()


@needs_data
def test_a_real_conversation_is_ranked_and_true_and_may_come_twice(brand):
    done = import_folder(brand=brand, folder=REAL, actor=None)
    assert (done.comments, done.rows, done.people) == (REAL_IDEAS, REAL_ROWS, REAL_PEOPLE)
    assert (done.skipped, done.differences) == ([], [])
    assert done.apart == done.repeated == 2
    challenge = done.challenge
    top = lists.ideas_page(brand=brand, challenge=challenge, sort=Sort.TOP, limit=5).items
    points = sorted(
        Score.objects.filter(listed=True).values_list("points", flat=True), reverse=True
    )
    assert [row["points"] for row in top] == points[:5]
    hot = lists.ideas_page(brand=brand, challenge=challenge, sort=Sort.HOT).items
    assert hot[0]["points"] > 0
    assert len(hot) == 20
    before = everything()
    import_folder(brand=brand, folder=REAL, actor=None)
    assert everything() == before
    assert tally.verify() == []
