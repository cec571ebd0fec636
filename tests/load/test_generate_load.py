"""What is loaded is as true as if people had done it, and leaves the schema alone."""

import json
import stat
import subprocess
from collections import Counter

import pytest
from django.contrib.auth import authenticate
from django.db import connection
from django.utils.html import escape

from accounts.models import Activity, Brand, Participant, User
from cocreate.backup.programs import program
from cocreate.domain import demo_file
from cocreate.load import filling, rows
from ideas.domain import alerts, orders, ranking, tally
from ideas.domain.votes import cast_as_user
from ideas.models import (
    Challenge,
    Comment,
    Decision,
    Idea,
    OrderVersion,
    Phase,
    Score,
    TopIdea,
    Vote,
    VoteBudget,
    VoteEvent,
)
from tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)

SIZE = ["--brands=40", "--ideas=800", "--users=300", "--votes=2500"]
SMALL = ["--brands=4", "--ideas=30", "--users=60", "--votes=200"]


def schema():
    """As pg_dump writes it, without what differs from run to run."""
    values = connection.get_connection_params()
    url = f"postgresql://{values['user']}@/{values['dbname']}?host={values['host']}"
    done = subprocess.run(
        [program("pg_dump"), "--schema-only", url], capture_output=True, text=True, check=True
    )
    return [line for line in done.stdout.splitlines() if "restrict" not in line]


def one(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()


def interrupted(*_arguments, **_options):
    raise KeyboardInterrupt


@pytest.fixture
def loaded(terminal, var):
    run = terminal("generate_load", *SIZE)
    assert run.code == 0
    return run


def test_every_count_is_true_and_nothing_is_left_to_fold(loaded, terminal):
    assert terminal("verify_tallies").out.startswith(
        "All is true: 800 ideas, 2,500 votes, 2,500 ledger rows checked"
    )
    assert tally.waiting() == (0, None)
    assert Score.objects.get(pk=1).support == Vote.objects.filter(idea=1, value__gt=0).count()


def test_the_schema_is_the_one_that_migrate_made(terminal, var):
    before = schema()
    assert not [line for line in before if "DISABLE TRIGGER" in line]
    assert terminal("generate_load", *SMALL).code == 0
    assert schema() == before


def test_it_has_all_that_people_leave(loaded):
    assert (Brand.objects.count(), User.objects.count()) == (40, 300)
    for model in (Challenge, Phase, Comment, Decision, VoteBudget, TopIdea):
        assert model.objects.count() > 5
    assert Comment.objects.filter(pinned=True, author=None).exists()
    assert {challenge.mode for challenge in _rules()} == {"up", "up_down", "points"}
    assert set(Vote.objects.values_list("state", flat=True)) == {"counted", "pending"}
    assert not Brand.objects.exclude(memberships__role="owner").exists()
    assert Idea.objects.filter(closed=True).exists()


def _rules():
    return [challenge.rules for challenge in Challenge.objects.select_related("rules")]


def test_search_reads_what_the_trigger_would_have_written(loaded):
    wrong, total = one(
        "SELECT count(*) FILTER (WHERE s.words IS DISTINCT FROM"
        "           words_of(i.language, i.title, i.tags, i.body)"
        "           || labels_of(i.status, i.language, i.tags)"
        "       OR s.title <> lower(unaccented(i.title))), count(*)"
        "  FROM ideas_idea i LEFT JOIN ideas_searchable s ON s.idea_id = i.id"
    )
    assert (wrong, total) == (0, 800)


def test_comments_stand_where_the_trigger_would_have_put_them(loaded):
    for comment in Comment.objects.select_related("parent"):
        above = comment.parent.path[:3] if comment.parent else []
        assert comment.path == [*above, comment.pk]
        assert comment.thread == comment.path[0]
        assert comment.parent is None or comment.parent.idea_id == comment.idea_id


def test_nobody_did_anything_before_they_came(loaded):
    early = (
        "SELECT count(*) FROM ideas_vote v JOIN accounts_participant p ON p.id = v.participant_id"
        "  JOIN accounts_user u ON u.id = p.user_id JOIN ideas_idea i ON i.id = v.idea_id"
        " WHERE NOT (u.date_joined < p.created_at AND p.created_at < v.at AND i.created_at < v.at)"
    )
    assert one(early) == (0,)


def test_nobody_is_told_of_what_was_made_up(loaded):
    assert (ranking.watch_touched_brands(), alerts.watch(), orders.rebuild_touched()) == (0, 0, 0)
    assert not Activity.objects.filter(dispatched_at=None).exists()


def test_the_site_goes_on_where_the_data_end(loaded):
    idea = Idea.objects.filter(challenge__slug="open", closed=False, hidden=False).first()
    user = make_user("Newcomer")
    assert cast_as_user(code=idea.code, user_id=user.pk, value=1).support == (
        Score.objects.get(pk=idea.pk).support + 1
    )
    tally.fold_until_settled()
    assert tally.verify() == []
    assert VoteEvent.objects.latest("seq").idea_id == idea.pk


def test_its_pages_open_at_once(loaded, client):
    for brand in ("load-1", "load-40"):
        titles = Idea.objects.filter(brand__slug=brand, hidden=False).values_list(
            "title", flat=True
        )
        for sort in ("", "?sort=hot", "?sort=top", "?sort=new", "?sort=discussed"):
            page = client.get(f"/b/{brand}/{sort}").content.decode()
            assert any(escape(title) in page for title in titles)
    assert set(OrderVersion.objects.values_list("brand__slug", flat=True)) == {"load-1", "load-2"}
    idea = Idea.objects.filter(talk__official=True, hidden=False).first()
    assert escape(idea.title) in client.get(f"/i/{idea.code}/{idea.slug}/").content.decode()


def test_its_words_are_found_in_either_language(loaded, client):
    for language in ("en", "fr"):
        idea = Idea.objects.filter(language=language, hidden=False).first()
        word = max(idea.title.replace("’", " ").split(), key=len).strip(".,?:")
        page = client.get(f"/b/{idea.brand.slug}/", {"q": word}).content.decode()
        assert escape(idea.title) in page


def test_three_people_can_sign_in_with_passwords_of_one_private_file(loaded, var):
    path = var / filling.ACCOUNTS
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    accounts = demo_file.accounts_of(path)
    assert len(accounts) == 3
    for account in accounts:
        assert account.password not in loaded.out + loaded.err
        assert authenticate(None, email=account.email, password=account.password)
    with_password = User.objects.exclude(password__startswith="!")
    assert with_password.count() == 3


def test_the_same_seed_gives_the_same_rows(terminal, var):
    def facts():
        return (
            list(Vote.objects.order_by("pk").values()),
            list(Idea.objects.order_by("pk").values()),
            list(Participant.objects.order_by("pk").values()),
            list(Comment.objects.order_by("pk").values()),
        )

    seen = []
    for seed in (5, 5, 6):
        assert terminal("generate_load", *SMALL, f"--seed={seed}").code == 0
        seen.append(facts())
        _empty()
    assert seen[0] == seen[1] != seen[2]


def _empty():
    with connection.cursor() as cursor:
        names = ", ".join(filling.TABLES)
        cursor.execute(f"TRUNCATE {names} CASCADE")


def test_json_has_every_step_and_size(terminal, var):
    run = terminal("generate_load", *SMALL, "--json")
    told = json.loads(run.out)
    assert told["asked"] == {"brands": 4, "ideas": 30, "users": 60, "votes": 200, "seed": 1}
    rows_of = {step["name"]: step["rows"] for step in told["steps"]}
    assert (rows_of["votes"], rows_of["ledger"], rows_of["users"]) == (200, 200, 60)
    assert told["bytes"]["ideas_vote"]["table"] > 0
    assert "s  votes: 200" in run.err


def test_an_install_in_use_is_refused(terminal, var):
    make_user()
    run = terminal("generate_load", *SMALL)
    assert (run.code, run.out) == (1, "")
    assert run.err == (
        "Refused: This install is in use: made-up data are loaded into an empty one alone.\n"
    )
    assert not var.exists()


def test_what_fails_half_way_leaves_nothing(terminal, var, monkeypatch):
    before = schema()
    monkeypatch.setattr(rows, "fill_talk", interrupted)
    with pytest.raises(KeyboardInterrupt):
        terminal("generate_load", *SMALL)
    assert (Brand.objects.count(), User.objects.count(), Idea.objects.count()) == (0, 0, 0)
    assert schema() == before
    assert not var.exists()


def test_what_is_interrupted_after_the_commit_can_be_signed_in_to(terminal, var, monkeypatch):
    monkeypatch.setattr(orders, "rebuild_all_of", interrupted)
    with pytest.raises(KeyboardInterrupt):
        terminal("generate_load", *SMALL)
    assert Idea.objects.count() == 30
    accounts = demo_file.accounts_of(var / filling.ACCOUNTS)
    assert len(accounts) == 3
    for account in accounts:
        assert authenticate(None, email=account.email, password=account.password)


def test_no_passwords_are_left_of_people_who_were_rolled_back(terminal, var, monkeypatch):
    write = demo_file.write

    def write_and_stop(*arguments, **options):
        write(*arguments, **options)
        raise KeyboardInterrupt

    monkeypatch.setattr(demo_file, "write", write_and_stop)
    with pytest.raises(KeyboardInterrupt):
        terminal("generate_load", *SMALL)
    assert User.objects.count() == 0
    assert not (var / filling.ACCOUNTS).exists()


@pytest.mark.parametrize("wrong", ["--votes=0", "--ideas=x", "--scale=0", "--scale=11"])
def test_a_size_that_is_none_is_refused(terminal, var, wrong):
    assert terminal("generate_load", wrong).code == 2


def test_votes_are_spread_over_people_and_hours(loaded):
    votes = Vote.objects.values_list("participant", flat=True)
    per_person = sorted(Counter(votes).values(), reverse=True)
    assert sum(per_person[: len(per_person) // 5]) > 0.3 * len(votes)
