"""The one way a file gets to disk: whole or not at all, readable by its owner alone, and still there after a crash."""

import errno
import fcntl
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from glob import escape
from pathlib import Path

from jiuzhu_check.errors import StoreError, TryLater
from jiuzhu_check.language import say

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_TEMPORARY = ".new-"
_ZEROES = 1 << 20


def write_file(path: Path, data: bytes) -> None:
    """Put a file in place, or replace it, atomically: a reader sees the old bytes or the new ones.

    What a killed run left half written of the same file is removed: it may hold what the file holds.
    raises: TryLater where the disk is full; StoreError where it cannot be written. The old file then stays.
    """
    with explained(path):
        _remove_abandoned(path)
        descriptor, temporary = _open_beside(path)
        try:
            _write(descriptor, data)
            temporary.rename(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        finally:
            os.close(descriptor)
        sync_folder(path.parent)


def write_once(path: Path, data: bytes, *, mode: int = 0o600) -> None:
    """Put a file in place that is not there yet, atomically; where it is there, that one stays.

    What a killed run left half written beside it is removed, in a folder that may not be swept.
    raises: TryLater, StoreError as write_file
    """
    temporary = path.with_name(f"{_TEMPORARY}{path.name}")
    with explained(path):
        temporary.unlink(missing_ok=True)
        if path.exists():
            return
        try:
            _write_new(temporary, data, mode)
            with suppress(FileExistsError):
                os.link(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)
        sync_folder(path.parent)


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """A temporary folder to fill with write_new; it appears under its name, with all its files, when the block ends.

    One folder sync serves all its files. Where the block fails, nothing is left.
    raises: TryLater, StoreError as write_file
    """
    make_dir(path.parent)
    temporary = path.with_name(f"{_TEMPORARY}{secrets.token_hex(8)}")
    with explained(path):
        try:
            temporary.mkdir(mode=0o700)
            yield temporary
            sync_folder(temporary)
            temporary.rename(path)
        except BaseException:
            shutil.rmtree(temporary, ignore_errors=True)
            raise
        sync_folder(path.parent)


def write_new(path: Path, data: bytes | Iterable[bytes], *, mode: int = 0o600) -> None:
    """Write a file that does not exist yet, whole or in pieces, and sync it; its name is durable after sync_folder.

    raises: TryLater, StoreError as write_file; what was half written is removed
    """
    with explained(path):
        _write_new(path, data, mode)


def make_dir(path: Path) -> None:
    """The folder and those above it, each new one mode 0700 and durable. An existing one stays as it is."""
    if path.is_dir():
        return
    make_dir(path.parent)
    with explained(path):
        path.mkdir(mode=0o700, exist_ok=True)
        sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def overwrite(path: Path) -> None:
    """Put zeroes in the place of a file's bytes, on the disk, and take its name away."""
    descriptor = os.open(path, os.O_WRONLY)
    try:
        rest = os.fstat(descriptor).st_size
        while rest:
            rest -= os.write(descriptor, bytes(min(rest, _ZEROES)))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    path.unlink()


def remove_leftovers(folder: Path) -> None:
    """Clear what a killed run left half written. Only for the holder of the folder's lock."""
    for leftover in folder.glob(f"{_TEMPORARY}*"):
        if leftover.is_dir():
            shutil.rmtree(leftover, ignore_errors=True)
        else:
            leftover.unlink(missing_ok=True)


def _write_new(path: Path, data: bytes | Iterable[bytes], mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        _write(descriptor, data)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    finally:
        os.close(descriptor)


def _write(descriptor: int, data: bytes | Iterable[bytes]) -> None:
    for piece in (data,) if isinstance(data, bytes) else data:
        rest = memoryview(piece)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
    os.fsync(descriptor)


def _open_beside(path: Path) -> tuple[int, Path]:
    """A new file to be renamed to the path, locked as long as it is open: so that nobody takes it for abandoned."""
    while True:
        temporary = path.with_name(f"{_TEMPORARY}{path.name}-{secrets.token_hex(4)}")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if os.fstat(descriptor).st_nlink:
            return descriptor, temporary
        os.close(descriptor)  # taken for abandoned just before it was locked


def _remove_abandoned(path: Path) -> None:
    for leftover in path.parent.glob(f"{_TEMPORARY}{escape(path.name)}-{'?' * 8}"):
        with suppress(OSError):  # another's, or gone by now
            descriptor = os.open(leftover, os.O_RDONLY | os.O_NOFOLLOW)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                leftover.unlink()
            finally:
                os.close(descriptor)


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """What the system says against writing there, as an error that says what to do.

    raises: TryLater where the disk is full; StoreError where it cannot be written
    """
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise TryLater(
                say("磁盘空间不足或超出配额，没有写入 {path}", path=path), hint=say("清出空间后重新执行同一命令。")
            ) from None
        raise StoreError(
            say("不能写入 {path}：{why}", path=path, why=os.strerror(error.errno or 0)),
            hint=say("检查目录的权限和磁盘，然后重新执行同一命令。"),
        ) from None
