import pytest

from cocreate.embedded.claim import Claim
from cocreate.embedded.processes import Refused

ADDRESSES = {"DATABASE_URL": "postgresql://somewhere", "REDIS_URL": "unix:///somewhere"}


def test_a_second_launcher_is_refused_in_one_line(tmp_path):
    first = Claim(tmp_path)
    first.take()
    with pytest.raises(Refused, match=r"^\./run already works in this folder \(process \d+\)\.$"):
        Claim(tmp_path).take()


def test_others_learn_the_addresses_of_the_holder(tmp_path):
    holder = Claim(tmp_path)
    holder.take()
    assert Claim(tmp_path).environment_of_holder() == {}
    holder.write(ADDRESSES)
    assert Claim(tmp_path).environment_of_holder() == ADDRESSES


def test_what_a_dead_holder_wrote_is_not_believed(tmp_path):
    holder = Claim(tmp_path)
    holder.take()
    holder.write(ADDRESSES)
    holder.file.close()
    assert Claim(tmp_path).environment_of_holder() is None


def test_a_reader_does_not_keep_a_launcher_from_starting(tmp_path):
    assert Claim(tmp_path).environment_of_holder() is None
    Claim(tmp_path).take()
