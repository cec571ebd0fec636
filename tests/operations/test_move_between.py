"""A brand moves between two running installs while people vote: other servers, another key."""

from pathlib import Path

import pytest

from tests.operations.install import CAST, DIFFERENCES, Install, Voters, throw_away

OTHER = "another-key-" + "9876543210" * 4
OLDEST = Path("/usr/lib/postgresql/15/bin")
# Whoever votes on the board of an Install has no address yet that they proved.
PROVED = """
    INSERT INTO account_emailaddress (user_id, email, verified, "primary")
    SELECT id, email, true, true FROM accounts_user u
     WHERE NOT EXISTS (SELECT FROM account_emailaddress e WHERE e.user_id = u.id) RETURNING user_id
"""
VOTES = """
    SELECT i.code, u.email FROM ideas_vote v JOIN ideas_idea i ON i.id = v.idea_id
      JOIN accounts_participant p ON p.id = v.participant_id
      JOIN accounts_user u ON u.id = p.user_id
"""
# Nobody asked them to vote at the old place, so nothing of their budget is spent.
OWNER = """
    SELECT user_id FROM accounts_membership m JOIN accounts_brand b ON b.id = m.brand_id
     WHERE b.slug <> 'own'
"""
THEIR_OWN = [
    ["create_user", "own@example.org", "--handle", "own"],
    ["create_brand", "own", "--name", "Own", "--owner", "own@example.org"],
]
FOLD = "from ideas.domain import tally; tally.fold_until_settled()"


@pytest.fixture(scope="module")
def old(tmp_path_factory):
    """Exports in the middle of votes; those acknowledged before it began are in `before`. Somebody
    votes after it.
    """
    with throw_away() as stack:
        install = Install(stack, tmp_path_factory.mktemp("old"))
        board = install.fill()
        install.query(PROVED)
        (slug,) = install.query("SELECT slug FROM accounts_brand")[0]
        emails = dict(install.query("SELECT id, email FROM accounts_user"))
        install.file = install.var / "one.brand"
        with Voters(install, board) as voters:
            before = list(voters.acknowledged)
            done = install.manage("export_brand", slug, install.file)
        assert done.returncode == 0, done.stderr
        code, who = board["codes"][0], board["users"][-1]
        assert install.query(CAST, code, who) == [("new",)]
        install.slug, install.before = slug, {(code, emails[who]) for code, who in before}
        yield install


@pytest.fixture(scope="module")
def new(tmp_path_factory, old):
    """On the oldest PostgreSQL that there is here, with a brand of its own."""
    with pytest.MonkeyPatch.context() as patch:
        if OLDEST.exists():
            patch.setenv("COCREATE_PG_BIN", str(OLDEST))
        with throw_away() as stack:
            install = Install(stack, tmp_path_factory.mktemp("new"), OTHER)
            assert install.manage("migrate", "-v0").returncode == 0
            for command in (*THEIR_OWN, ["import_brand", old.file]):
                done = install.manage(*command)
                assert done.returncode == 0, done.stdout + done.stderr
            install.said = done.stdout
            yield install


def test_every_vote_acknowledged_before_the_export_is_at_the_new_place(old, new):
    assert len(old.before) >= 100
    assert old.before <= set(new.query(VOTES))
    assert "every counter is what the votes say" in new.said
    assert new.query(DIFFERENCES) == []


def test_votes_go_on_there_and_are_folded_once(old, new):
    assert new.query("SELECT count(*) FROM unfolded_events()") == [(0,)]
    ((who,),) = new.query(OWNER)
    ((wish,),) = new.query("SELECT code FROM ideas_idea LIMIT 1")
    assert new.query(CAST, wish, who) == [("new",)]
    assert new.query("SELECT count(*) FROM unfolded_events()") == [(1,)]
    assert new.manage("shell", "-v0", "-c", FOLD).returncode == 0
    assert new.query("SELECT count(*) FROM unfolded_events()") == [(0,)]
    assert new.query(DIFFERENCES) == []


def test_the_old_place_keeps_a_brand_that_went_on_after_the_export(old):
    done = old.manage("remove_brand", old.slug, "--exported", old.file, "--at-once")
    assert done.returncode == 1
    assert "after the export" in done.stderr
    assert old.query("SELECT count(*) FROM accounts_brand") == [(1,)]
    assert old.query(DIFFERENCES) == []


def test_it_leaves_for_good_with_a_file_that_has_all_of_it(old):
    again = old.var / "again.brand"
    assert old.manage("export_brand", old.slug, again).returncode == 0
    done = old.manage("remove_brand", old.slug, "--exported", again, "--at-once")
    assert done.returncode == 0, done.stderr
    assert old.query("SELECT count(*) FROM ideas_voteevent") == [(0,)]
    assert old.query(DIFFERENCES) == []
