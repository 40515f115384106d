"""The month files of the log, their lock, and what a crash left of a last line.

AUDIT/2026-11.jsonl  one file a UTC month, 0600     AUDIT/torn-SEQ-HASH.bin  a line that was cut off, moved aside
"""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_BLOCK = 64 * 1024


@dataclass(frozen=True)
class Tail:
    """The end of a month file: its last whole line, empty where it has none, and what a crash left after it."""

    line: bytes
    torn: bytes


def month_files(folder: Path) -> list[Path]:
    """The log's files, oldest first."""
    return sorted(folder.glob("[0-9][0-9][0-9][0-9]-[0-9][0-9].jsonl"))


@contextmanager
def locked(folder: Path, *, to_write: bool) -> Iterator[None]:
    """Hold the log's lock: writers one at a time, and no writer beside a reader."""
    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX if to_write else fcntl.LOCK_SH)
        yield
    finally:
        os.close(descriptor)


def read_tail(file: Path) -> Tail:
    """The end of a month file, read from its end."""
    with file.open("rb") as log:
        start = log.seek(0, os.SEEK_END)
        tail = b""
        while start and tail.count(b"\n") < 2:
            step = min(_BLOCK, start)
            start = log.seek(start - step)
            tail = log.read(step) + tail
    whole, _, torn = tail.rpartition(b"\n")
    return Tail(whole.rpartition(b"\n")[2], torn)


def append(file: Path, line: bytes) -> None:
    """Write one line at the end with one call, and sync it; of a new file, its name too.

    raises: OSError where it is not on the disk as a whole; what was half written is taken back
    """
    is_new = not file.exists()
    descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        before = os.fstat(descriptor).st_size
        try:
            written = os.write(descriptor, line)
            if written < len(line):
                os.write(descriptor, line[written:])  # a disk that is full says so now
            os.fsync(descriptor)
        except OSError:
            os.ftruncate(descriptor, before)
            raise
    finally:
        os.close(descriptor)
    if is_new:
        sync_folder(file.parent)


def set_aside(file: Path, torn: bytes, seq: int) -> None:
    """Move what a crash left of a line out of the log, unchanged."""
    aside = file.parent / f"torn-{seq}-{hashlib.sha256(torn).hexdigest()[:8]}.bin"
    replace(aside, torn)
    descriptor = os.open(file, os.O_WRONLY)
    try:
        os.ftruncate(descriptor, os.fstat(descriptor).st_size - len(torn))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def replace(file: Path, data: bytes) -> None:
    """Put a small file in place, whole or not at all. Only for the holder of the lock."""
    temporary = file.with_name(f".{file.name}.new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(descriptor, data)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    temporary.rename(file)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
