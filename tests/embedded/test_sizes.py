"""PostgreSQL takes a share of the memory there is, on small machines and in containers."""

import psycopg
import pytest

from cocreate.embedded import sizes
from cocreate.embedded.stack import ThrowAwayStack

GIGABYTE = 1 << 30


def test_a_small_machine_keeps_most_of_its_memory_for_the_rest():
    assert sizes.settings_for(2 * GIGABYTE) == (
        "shared_buffers=256MB",
        "effective_cache_size=1024MB",
        "maintenance_work_mem=64MB",
    )


@pytest.mark.parametrize(
    ("memory", "pages", "building"),
    [(512 << 20, 128, 64), (16 * GIGABYTE, 2048, 256), (256 * GIGABYTE, 2048, 512)],
)
def test_the_shares_have_a_floor_and_a_ceiling(memory, pages, building):
    found = sizes.settings_for(memory)
    assert found[0] == f"shared_buffers={pages}MB"
    assert found[2] == f"maintenance_work_mem={building}MB"


def test_a_container_counts_what_it_may_use(tmp_path):
    v2, v1, none = tmp_path / "memory.max", tmp_path / "limit", tmp_path / "nothing"
    v2.write_text("max\n")
    v1.write_text("1073741824\n")
    whole = sizes.memory((str(none), str(v2)))
    assert whole > 0
    assert sizes.memory((str(v2), str(v1))) == min(whole, GIGABYTE)


def test_a_server_that_lasts_starts_with_them():
    asked = "SELECT pg_size_bytes(current_setting('shared_buffers'))"
    with (
        ThrowAwayStack(durable=True, only=("postgres",)) as stack,
        psycopg.connect(stack.postgres.url) as db,
    ):
        ((size,),) = db.execute(asked).fetchall()
    assert f"shared_buffers={size >> 20}MB" == sizes.settings_for(sizes.memory())[0]
