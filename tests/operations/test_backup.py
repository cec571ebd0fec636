"""A backup is one file, made while people vote; in an empty cluster it is the same install."""

import json
import stat
import zipfile
from pathlib import Path

import psycopg
import pytest

from cocreate.backup import archive, making, restoring
from cocreate.backup.programs import Failed
from cocreate.lib import tokens
from tests.operations.install import CAST, COUNTS, DIFFERENCES, Install, Voters, throw_away

OTHER = "another-key-" + "9876543210" * 4
OLDEST = Path("/usr/lib/postgresql/15/bin")
PICTURE, SECRET = b"RIFF....WEBP" + bytes(range(256)) * 9, "a-canary-of-a-key-" + "0123456789" * 4


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    with throw_away() as stack:
        install = Install(stack, tmp_path_factory.mktemp("source"), SECRET)
        install.board = install.fill()
        picture = install.var / "media/avatars/ab/face.webp"
        picture.parent.mkdir(parents=True)
        picture.write_bytes(PICTURE)
        yield install


@pytest.fixture(scope="module")
def backup(source):
    """Made in the middle of votes; those acknowledged before it began are in `before`."""
    file = source.var / "one.backup"
    with Voters(source, source.board) as voters:
        source.before = list(voters.acknowledged)
        done = source.manage("backup", file)
    assert done.returncode == 0, done.stderr
    source.said, source.acknowledged = done.stdout, len(voters.acknowledged)
    return file


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    """An empty cluster of its own."""
    with throw_away() as stack:
        yield Install(stack, tmp_path_factory.mktemp("empty"), SECRET)


@pytest.fixture(scope="module")
def restored(empty, backup):
    done = empty.manage("restore", backup)
    assert done.returncode == 0, done.stdout + done.stderr
    empty.said = done.stdout
    return empty


def test_a_backup_is_for_its_owner_alone(backup):
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert [path.name for path in backup.parent.glob(".one.backup*")] == []


def test_the_key_is_not_in_it_and_the_command_says_so(source, backup):
    assert "SECRET_KEY is not in it" in source.said
    assert SECRET.encode() not in backup.read_bytes()


def test_the_manifest_says_of_what_it_is(backup):
    manifest = json.loads(zipfile.ZipFile(backup).read("manifest.json"))
    assert (manifest["product"], manifest["format"]) == ("cocreate", 1)
    assert manifest["migrations"]["ideas"][0] == "0001_ideas_and_votes"
    assert set(manifest["parts"]) == {"database.dump", "media/avatars/ab/face.webp"}
    assert manifest["system_identifier"].isdigit()


def test_every_vote_acknowledged_before_the_backup_is_in_the_restored_install(source, restored):
    votes, events, people, ideas = restored.query(COUNTS)[0]
    assert len(source.before) <= votes <= source.acknowledged
    assert (events, people, ideas) == (votes, *source.query(COUNTS)[0][2:])
    pairs = set(
        restored.query(
            "SELECT i.code, p.user_id FROM ideas_vote v JOIN ideas_idea i ON i.id = v.idea_id"
            " JOIN accounts_participant p ON p.id = v.participant_id"
        )
    )
    assert set(source.before) <= pairs


def test_its_counters_are_the_votes(restored):
    assert "all is true" in restored.said
    assert restored.query(DIFFERENCES) == []
    (counted,) = restored.query("SELECT sum(support + pending) FROM ideas_score")[0]
    assert counted == restored.query(COUNTS)[0][0]


def test_its_pictures_are_the_same_bytes(restored):
    assert (restored.var / "media/avatars/ab/face.webp").read_bytes() == PICTURE
    assert [path.name for path in (restored.var / "media").iterdir()] == ["avatars"]


def test_votes_go_on_and_are_folded_in_the_new_cluster(source, restored):
    identifier = "SELECT system_identifier FROM pg_control_system()"
    assert source.query(identifier) != restored.query(identifier)
    code, who = source.board["codes"][0], source.board["users"][-1]
    assert restored.query(CAST, code, who) == [("new",)]
    assert restored.query("SELECT count(*) FROM unfolded_events()") == [(1,)]
    fold = "from ideas.domain import tally; tally.fold_until_settled()"
    assert restored.manage("shell", "-v0", "-c", fold).returncode == 0
    assert restored.query("SELECT count(*) FROM unfolded_events()") == [(0,)]
    assert restored.query(DIFFERENCES) == []


@pytest.mark.skipif(not OLDEST.exists(), reason="there is no PostgreSQL 15 on this machine")
def test_a_backup_of_a_newer_postgresql_is_restored_into_the_oldest(backup, tmp_path, monkeypatch):
    monkeypatch.setenv("COCREATE_PG_BIN", str(OLDEST))
    with throw_away() as stack:
        monkeypatch.delenv("COCREATE_PG_BIN")
        old = Install(stack, tmp_path, SECRET)
        assert old.query("SHOW server_version")[0][0].startswith("15.")
        done = old.manage("restore", backup)
        assert done.returncode == 0, done.stderr
        assert old.manage("backup", tmp_path / "again").returncode == 0


def test_a_database_in_use_is_not_replaced_without_force(restored, backup):
    before = restored.query(COUNTS)
    done = restored.manage("restore", backup)
    assert (done.returncode, restored.query(COUNTS)) == (1, before)
    assert "--force" in done.stderr


def test_force_replaces_what_is_there_and_with_secrets_the_key_comes_along(source, restored):
    file = source.var / "with-key.backup"
    assert "SECRET_KEY is in it" in source.manage("backup", file, "--with-secrets").stdout
    (restored.var / "media" / "old.webp").write_bytes(b"old")
    done = restored.manage("restore", file, "--force", SECRET_KEY=OTHER)
    assert done.returncode == 0, done.stderr
    assert not (restored.var / "media" / "old.webp").exists()
    kept = restored.var / "secret_key.restored"
    assert (kept.read_text(), stat.S_IMODE(kept.stat().st_mode)) == (SECRET, 0o600)


@pytest.mark.parametrize(("key", "said"), [(SECRET, "go on"), (OTHER, "are void until you set")])
def test_a_restore_says_whether_the_keys_can_be_used(backup, key, said, monkeypatch, settings):
    settings.SECRET_KEY = key
    monkeypatch.setattr(tokens, "_key", tokens._key.__wrapped__)  # remembers nothing
    assert said in restoring.words_on_secrets(archive.Reader(backup))


def test_a_file_that_exists_is_not_written_over_without_force(backup):
    before = backup.read_bytes()
    with pytest.raises(Failed) as refusal:
        making.make(backup, with_secrets=False, force=False)
    assert str(refusal.value.message) == f"{backup} exists; --force writes over it."
    assert backup.read_bytes() == before


def altered(backup: Path, name: str, change) -> Path:
    """A copy with one part changed, behind the manifest's back."""
    copy = backup.with_name(f"altered-{name.replace('/', '-')}")
    with zipfile.ZipFile(backup) as old, zipfile.ZipFile(copy, "w") as new:
        for part in old.namelist():
            content = old.read(part)
            new.writestr(part, change(content) if part == name else content)
    return copy


def truncated(backup: Path) -> Path:
    copy = backup.with_name("truncated")
    copy.write_bytes(backup.read_bytes()[:-2000])
    return copy


def flipped(backup: Path) -> Path:
    copy, content = backup.with_name("flipped"), bytearray(backup.read_bytes())
    content[len(content) // 3] ^= 0xFF
    copy.write_bytes(content)
    return copy


def text(backup: Path) -> Path:
    copy = backup.with_name("text")
    copy.write_text("SELECT 1;")
    return copy


def of_another(backup: Path) -> Path:
    return altered(backup, "manifest.json", lambda _content: b'{"product": "other"}')


def newer(backup: Path) -> Path:
    return altered(backup, "manifest.json", lambda c: c.replace(b"0001_people", b"0099_moon"))


def swapped(backup: Path) -> Path:
    return altered(backup, "database.dump", lambda content: content[::-1])


def climbing(backup: Path) -> Path:
    copy = backup.with_name("climbing")
    with zipfile.ZipFile(backup) as old, zipfile.ZipFile(copy, "w") as new:
        for part in old.namelist():
            content = old.read(part).replace(b"media/avatars", b"media/../../x")
            new.writestr(part.replace("media/avatars", "media/../../x"), content)
    return copy


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (truncated, "is no backup, or only the beginning of one"),
        (flipped, "is damaged"),
        (text, "is no backup"),
        (of_another, "is no backup of cocreate"),
        (newer, "which knows accounts.0099_moon; this one does not"),
        (swapped, "is damaged: database.dump is not what was written"),
        (climbing, "does not hold what its manifest says"),
        (lambda backup: backup.with_name("nowhere"), "cannot be read: No such file"),
    ],
)
def test_a_broken_file_is_refused(backup, broken, said):
    with pytest.raises(Failed) as refusal:
        reader = archive.Reader(broken(backup))
        reader.check()
        restoring.refuse_unknown_migrations(reader.manifest)
    assert said in str(refusal.value.message)


def test_a_refusal_is_one_line_and_changes_nothing(restored, backup):
    before = restored.query(COUNTS)
    done = restored.manage("restore", flipped(backup), "--force")
    assert (done.returncode, restored.query(COUNTS)) == (1, before)
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert (restored.var / "media/avatars/ab/face.webp").exists()


def test_a_restore_that_fails_half_way_leaves_what_was_there(restored, backup):
    """The file is sound; the server refuses one of its commands."""
    before = restored.query(COUNTS)
    with_trigger(restored, "CREATE")
    done = restored.manage("restore", backup, "--force")
    with_trigger(restored, "DROP")
    assert (done.returncode, restored.query(COUNTS)) == (1, before)
    assert "psql: " in done.stderr
    assert "not tonight" in done.stderr


def with_trigger(install: Install, verb: str) -> None:
    with psycopg.connect(install.stack.postgres.url, autocommit=True) as database:
        if verb == "CREATE":
            database.execute("CREATE SCHEMA elsewhere")
            database.execute(
                "CREATE FUNCTION elsewhere.no() RETURNS event_trigger LANGUAGE plpgsql AS"
                " $$ BEGIN RAISE EXCEPTION 'not tonight'; END $$"
            )
            database.execute(
                "CREATE EVENT TRIGGER no ON ddl_command_end WHEN TAG IN ('CREATE INDEX')"
                " EXECUTE FUNCTION elsewhere.no()"
            )
        else:
            database.execute("DROP EVENT TRIGGER no")
            database.execute("DROP SCHEMA elsewhere CASCADE")
