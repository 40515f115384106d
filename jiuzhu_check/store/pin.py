"""在读 pin: while somebody has a snapshot of a dataset open, nothing of that dataset is purged.

The kernel holds it, on the dataset's own folder: shared by readers, alone for who purges. It ends with the process.
"""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_AGAIN = 0.05  # seconds between two looks at a dataset that somebody reads


class Pin:
    """Held as long as the object lives; who comes while something is purged waits until that is done."""

    def __init__(self, home: Path) -> None:
        self._descriptor = -1
        with suppress(OSError):  # there is no such dataset, and its reader will say so
            self._descriptor = os.open(home, os.O_RDONLY | os.O_DIRECTORY)
            fcntl.flock(self._descriptor, fcntl.LOCK_SH)

    def __del__(self, close: Callable[[int], None] = os.close) -> None:
        if self._descriptor >= 0:
            close(self._descriptor)


@contextmanager
def unread(home: Path, seconds: float) -> Iterator[bool]:
    """Whether nobody reads the dataset, and nobody begins to while the block runs; waits so long for who does."""
    descriptor = os.open(home, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield _taken(descriptor, time.monotonic() + seconds)
    finally:
        os.close(descriptor)


def _taken(descriptor: int, until: float) -> bool:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                return False
            time.sleep(_AGAIN)
        else:
            return True
