"""搁置 aside: frames that do not fit into memory together wait on the disk, encrypted, in a file without a name.

Nobody else can open it, and it is gone with the process, however that ends.
"""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import polars as pl

from jiuzhu_check.store import part
from jiuzhu_check.store.durable import explained
from jiuzhu_check.store.place import Place


@dataclass(frozen=True)
class Ticket:
    """By which a frame is had again: where it lies, and what opens it."""

    place: Place
    start: int
    size: int
    key: bytes


class Aside:
    """Frames set aside. Several threads may put and take at once."""

    def __init__(self, folder: Path) -> None:
        with explained(folder):
            self._file = tempfile.TemporaryFile(dir=folder, buffering=0)  # noqa: SIM115 - as long as the object lives
        self._folder, self._end, self._count, self._lock = folder, 0, 0, Lock()

    def put(self, frame: pl.DataFrame) -> Ticket:
        """Set a frame aside; raises TryLater where the disk is full."""
        with self._lock:
            self._count += 1
            place = Place("aside", "aside", str(self._count))
        data, key = part.encode(frame, place)
        with self._lock:
            start = self._end
            self._end += len(data)
        with explained(self._folder):
            rest, at = memoryview(data), start
            while rest:
                written = os.pwrite(self._file.fileno(), rest, at)
                rest, at = rest[written:], at + written
        return Ticket(place, start, len(data), key)

    def take(self, ticket: Ticket) -> pl.DataFrame:
        """The frame again; raises IntegrityError where it is not what was put."""
        data = os.pread(self._file.fileno(), ticket.size, ticket.start)
        return part.decode(data, ticket.key, ticket.place)

    def close(self) -> None:
        """Let the file go."""
        self._file.close()
