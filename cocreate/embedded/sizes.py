"""How much of the machine's memory PostgreSQL takes: docs/decisions/0073-shares-of-the-memory.md.

Web workers, tasks and Valkey live on the same machine, so it takes less than it would alone.
"""

import os
from pathlib import Path

MEGABYTE = 1 << 20
# What a container may use: cgroup v2, then v1. A machine without either has no such file.
LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def memory(limits: tuple[str, ...] = LIMITS) -> int:
    """Bytes of the machine, or of the container in which we are."""
    found = [os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")]
    for path in limits:
        try:
            found.append(int(Path(path).read_text()))
        except (OSError, ValueError):  # not here, or "max"
            continue
    return min(found)


def settings_for(memory: int) -> tuple[str, ...]:
    """An eighth of it for pages, of all memory half counts as their cache; a sixty-fourth to build
    an index. Never less than PostgreSQL's own defaults, which are for the smallest machines.
    """
    pages = _between(128, memory // 8, 2048)
    return (
        f"shared_buffers={pages}MB",
        f"effective_cache_size={_between(512, memory // 2, 1 << 20)}MB",
        f"maintenance_work_mem={_between(64, memory // 64, 512)}MB",
    )


def _between(least: int, size: int, most: int) -> int:
    return max(least, min(size // MEGABYTE, most))
