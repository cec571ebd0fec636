"""Answers that are made before they are sent: in memory while they are small, else in a file that
nobody else can open.
"""

from tempfile import SpooledTemporaryFile
from typing import IO

LARGEST_IN_MEMORY = 4 * 1024 * 1024


def spooled() -> IO[bytes]:
    """The response that it is given to closes it."""
    return SpooledTemporaryFile(max_size=LARGEST_IN_MEMORY)  # noqa: SIM115 - outlives this call
