"""备份目录 backup folder: the files of a workspace, each once under its SHA-256, and a sealed list of what belongs where.

BACKUP/data/ab/abcd…  a file's bytes       BACKUP/backup.json  path → SHA-256 and size; written last, replaced in one step

What is there already is not copied again. An interrupted backup leaves the list, and so the backup, before it whole. What the
new list no longer names is removed afterwards, sealed JSON with wrapped keys first.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from jiuzhu_check.errors import IntegrityError, StoreError
from jiuzhu_check.language import say
from jiuzhu_check.store.durable import explained, make_dir, overwrite, sync_folder, write_file, write_new
from jiuzhu_check.store.keys import Keys
from jiuzhu_check.store.manifest import seal, unseal

_LIST, _DATA, _HALF = "backup.json", "data", ".new-"
_PIECE = 4 * 1024 * 1024


@dataclass(frozen=True)
class Kept:
    """One file of the workspace: where it belongs, and what it is."""

    path: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Listing:
    """What a backup holds.

    made:    when, UTC, as text
    kek_id:  which key opens it
    digest:  SHA-256 of the sealed list
    """

    workspace: str
    kek_id: str
    made: str
    files: tuple[Kept, ...]
    digest: str = ""

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(each.size for each in self.files)

    def of(self, path: str) -> Kept | None:
        """The file of that path."""
        return next((each for each in self.files if each.path == path), None)


@dataclass(frozen=True)
class BackupFolder:
    """One backup, in a folder of its own."""

    path: Path

    def told(self) -> Listing | None:
        """What the list says, before anybody has opened its seal; null where there is none.

        raises: IntegrityError where it cannot be read
        """
        try:
            data = (self.path / _LIST).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        try:
            return _listing(json.loads(data), data)
        except (ValueError, KeyError, TypeError):
            raise IntegrityError(
                say("备份的清单 {path} 已损坏", path=self.path / _LIST), hint=say("换另一份备份。")
            ) from None

    def opened(self, keys: Keys) -> Listing:
        """The list under its seal; raises IntegrityError where it was altered, CredentialError where another key sealed it."""
        data = (self.path / _LIST).read_bytes()
        try:
            return _listing({**unseal(data, keys, say("备份的清单")), "kek_id": keys.id}, data)
        except IntegrityError as altered:
            raise IntegrityError(altered.message, hint=say("换另一份备份。")) from None

    def refuse_foreign(self, workspace: str) -> None:
        """Raise StoreError where the folder holds anything but earlier backups of this workspace."""
        if not self.path.exists():
            return
        there = {each.name for each in self.path.iterdir()} if self.path.is_dir() else {""}
        before = self.told()
        if before is not None and before.workspace != workspace:
            raise StoreError(
                say("{path} 里是另一个工作区的备份", path=self.path), hint=say("每个工作区备份到自己的目录。")
            )
        if before is None and any(each != _DATA and not each.startswith(_HALF) for each in there):
            raise StoreError(say("{path} 不是空的，也不是备份", path=self.path), hint=say("换一个空目录。"))

    def keep(self, path: str, source: Path | bytes, sha256: str = "") -> tuple[Kept, bool]:
        """Hold a file; whether it had to be copied.

        sha256: what it must be; empty: whatever it is
        raises: IntegrityError where the file is missing or something else; TryLater, StoreError
        """
        if not sha256:
            source = source if isinstance(source, bytes) else b"".join(_pieces(source, path))
            sha256 = hashlib.sha256(source).hexdigest()
        target = self._place(sha256)
        if target.exists() and _hashed(target, path) == sha256:
            return Kept(path, sha256, target.stat().st_size), False
        make_dir(target.parent)
        half = target.with_name(_HALF + target.name)
        with explained(half):
            half.unlink(missing_ok=True)
            digest = hashlib.sha256()
            write_new(half, _through(digest.update, [source] if isinstance(source, bytes) else _pieces(source, path)))
            if digest.hexdigest() != sha256:
                half.unlink()
                raise _damaged(path)
            half.rename(target)
        return Kept(path, sha256, target.stat().st_size), True

    def publish(self, listing: Listing, keys: Keys) -> int:
        """Put the list in place, then remove what it no longer names; how many files that were."""
        with explained(self.path):
            for folder in (*self._folders(), self.path / _DATA, self.path):
                sync_folder(folder)
        body = {
            "workspace": listing.workspace,
            "made": listing.made,
            "files": [asdict(each) for each in listing.files],
        }
        write_file(self.path / _LIST, seal(body, keys))
        named = {each.sha256 for each in listing.files}
        with explained(self.path):
            rest = [file for folder in self._folders() for file in folder.iterdir() if file.name not in named]
            sealed = [file for file in rest if _is_json(file)]
            for file in sealed:
                overwrite(file)
            for file in (each for each in rest if each not in sealed):
                file.unlink()
        return len(rest)

    def missing(self, listing: Listing) -> list[Kept]:
        """The files that are not there, or not as long as they were."""
        return [each for each in listing.files if not _is_long(self._place(each.sha256), each.size)]

    def take(self, kept: Kept, root: Path) -> None:
        """Put a file where it belongs below a folder; one that is there already, as it was, stays.

        raises: IntegrityError where it is not what was kept; TryLater, StoreError
        """
        target = root / _safe(kept.path)
        if target.is_file() and _hashed(target, kept.path) == kept.sha256:
            return
        make_dir(target.parent)
        half = target.with_name(_HALF + target.name)
        with explained(target):
            half.unlink(missing_ok=True)
            digest = hashlib.sha256()
            write_new(half, _through(digest.update, _pieces(self._place(kept.sha256), kept.path)))
            if digest.hexdigest() != kept.sha256:
                half.unlink()
                raise _damaged(kept.path)
            half.rename(target)

    def read(self, kept: Kept) -> bytes:
        """A small file's bytes; raises IntegrityError as take."""
        data = b"".join(_pieces(self._place(kept.sha256), kept.path))
        if hashlib.sha256(data).hexdigest() != kept.sha256:
            raise _damaged(kept.path)
        return data

    def _place(self, sha256: str) -> Path:
        return self.path / _DATA / sha256[:2] / sha256

    def _folders(self) -> list[Path]:
        home = self.path / _DATA
        return sorted(home.iterdir()) if home.is_dir() else []


def _listing(body: Mapping[str, Any], data: bytes) -> Listing:
    files = tuple(Kept(str(each["path"]), str(each["sha256"]), int(each["size"])) for each in body["files"])
    return Listing(
        str(body["workspace"]), str(body["kek_id"]), str(body["made"]), files, hashlib.sha256(data).hexdigest()
    )


def _safe(path: str) -> Path:
    """The path, which leads nowhere but below the folder; the list is sealed, and yet."""
    told = PurePosixPath(path)
    assert not told.is_absolute(), "a listed path leads elsewhere"
    assert ".." not in told.parts, "a listed path leads elsewhere"
    return Path(*told.parts)


def _pieces(file: Path, path: str) -> Iterator[bytes]:
    try:
        with file.open("rb") as data:
            while piece := data.read(_PIECE):
                yield piece
    except OSError as error:
        why = os.strerror(error.errno or 0)
        raise IntegrityError(
            say("{path} 读不出：{why}", path=path, why=why), hint=say("查明原因；备份里的，换另一份备份。")
        ) from None


def _hashed(file: Path, path: str) -> str:
    digest = hashlib.sha256()
    for piece in _pieces(file, path):
        digest.update(piece)
    return digest.hexdigest()


def _through(look: Callable[[bytes], None], pieces: Iterable[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        look(piece)
        yield piece


def _is_long(file: Path, size: int) -> bool:
    return file.is_file() and file.stat().st_size == size


def _is_json(file: Path) -> bool:
    with file.open("rb") as data:
        return data.read(1) == b"{"


def _damaged(path: str) -> IntegrityError:
    return IntegrityError(
        say("{path} 与清单不符，已损坏或被改动", path=path), hint=say("不要使用；换另一份备份，并查明原因。")
    )
