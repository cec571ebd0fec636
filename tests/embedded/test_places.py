import os
import stat
import tempfile
from pathlib import Path

import pytest

from cocreate.embedded import places
from cocreate.embedded.processes import Refused


@pytest.fixture
def temporary(monkeypatch):
    """A temporary folder with a short name, unlike those of pytest."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        monkeypatch.setattr(tempfile, "tempdir", folder)
        yield Path(folder)


@pytest.fixture
def for_nobody(tmp_path, monkeypatch):
    """As root, with a state folder that `nobody` cannot enter."""
    monkeypatch.setattr(places, "FOR_NOBODY", tmp_path / "lib")
    monkeypatch.setattr(places, "is_root", lambda: True)
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    return closed


def test_the_socket_folder_is_private_and_the_same_at_every_start(temporary):
    first, second = (places.socket_dir(temporary / "var") for _ in range(2))
    assert first == second
    assert not first.stat().st_mode & 0o066  # nobody reads or writes it; PostgreSQL may pass


def test_two_checkouts_have_two_socket_folders(temporary):
    assert places.socket_dir(temporary / "a") != places.socket_dir(temporary / "b")


def test_a_long_temporary_folder_is_avoided(temporary, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(temporary / ("deep" * 25)))
    folder = places.socket_dir(temporary / "var")
    longest = os.fsencode(folder) + b"/pg/.s.PGSQL.5432.lock"
    folder.rmdir()
    assert len(longest) <= places.SOCKET_PATH_LIMIT


def test_a_socket_folder_of_somebody_else_is_refused_in_one_line(temporary):
    folder = places.socket_dir(temporary / "var")
    folder.rmdir()
    folder.symlink_to(temporary)
    with pytest.raises(Refused, match=r"^[^\n]*belongs to somebody else[^\n]*$"):
        places.socket_dir(temporary / "var")


def test_data_stays_where_it_is_wanted_when_everybody_can_go_there(temporary):
    temporary.chmod(0o755)
    assert places.reachable_data_dir(temporary / "pg") == temporary / "pg"


def test_data_in_a_closed_folder_is_linked_to_an_open_one(for_nobody):
    data = places.reachable_data_dir(for_nobody / "pg")
    assert data.parent.parent == places.FOR_NOBODY
    assert places.reachable_data_dir(for_nobody / "pg") == data


def test_a_moved_checkout_keeps_its_data(for_nobody):
    data = places.reachable_data_dir(for_nobody / "pg")
    moved = for_nobody.rename(for_nobody.with_name("moved"))
    assert places.reachable_data_dir(moved / "pg") == data


def test_a_copied_checkout_gets_data_of_its_own(for_nobody):
    data = places.reachable_data_dir(for_nobody / "pg")
    copy = for_nobody.with_name("copy")
    copy.mkdir(mode=0o700)
    (copy / "pg").symlink_to(data)
    assert places.reachable_data_dir(copy / "pg") != data
    assert places.reachable_data_dir(for_nobody / "pg") == data


def test_binaries_in_a_closed_folder_are_copied_with_their_layout(for_nobody):
    (for_nobody / "wheel/bin").mkdir(parents=True)
    (for_nobody / "wheel/bin/postgres").touch(mode=0o700)
    copy = places.reachable_binaries(for_nobody, ("wheel",), "18.6")
    assert stat.S_IMODE((copy / "wheel/bin/postgres").stat().st_mode) == 0o755
    assert places.reachable_binaries(for_nobody, ("wheel",), "18.6") == copy
