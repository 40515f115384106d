"""The store: datasets of immutable snapshots, and each snapshot's parts.

STORE/DATASET/MANIFEST.json           the snapshots in order; the only file that is ever replaced
STORE/DATASET/ID.snapshot/snapshot.json   what it is, and each file's SHA-256 and wrapped key
STORE/DATASET/ID.snapshot/PART.parquet    one encrypted part

A snapshot is written into a temporary folder, synced, read back, renamed, and only then listed: a reader sees all
of it or nothing. A reader hashes the bytes that it read, compares them with the manifest, and parses those same bytes.
An older manifest put back whole is not noticed here; the audit log's facts and the runs name the snapshots they used.
"""

import fcntl
import hashlib
import os
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cached_property
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

import polars as pl

from jiuzhu_check.errors import IntegrityError, StoreError, TryLater
from jiuzhu_check.language import say
from jiuzhu_check.store import landing, part
from jiuzhu_check.store.durable import make_dir, new_folder, remove_leftovers, write_file, write_new
from jiuzhu_check.store.keys import Keys
from jiuzhu_check.store.landing import Bytes
from jiuzhu_check.store.manifest import (
    File,
    SnapshotEntry,
    day_from_json,
    day_to_json,
    entry_from_json,
    entry_to_json,
    seal,
    sealed_by,
    unseal,
)
from jiuzhu_check.store.pin import Pin
from jiuzhu_check.store.place import Place
from jiuzhu_check.tables.side_by_side import side_by_side

if TYPE_CHECKING:
    from jiuzhu_check.store.aside import Aside

_MANIFEST = "MANIFEST.json"
_SNAPSHOT = "snapshot.json"
_FOLDER = ".snapshot"
_DROPPED = ".dropped-"
_RAW = "raw"
_THREADS = 3

Parts = Mapping[str, pl.DataFrame] | Iterable[tuple[str, pl.DataFrame]]


@dataclass(frozen=True)
class Snapshot:
    """One published snapshot.

    data_date: the day that the data speaks of
    received:  when it was published, UTC, as text
    facts:     what the publisher said of it: spec hash, rejects, parts, ...
    parent:    SHA-256 of the snapshot before it, empty for the first
    pin:       keeps it from being purged as long as somebody has it open
    """

    dataset: str
    id: str
    data_date: date | None
    received: str
    facts: Mapping[str, Any]
    parent: str
    files: tuple[File, ...]
    folder: Path
    keys: Keys
    pin: Pin | None = field(default=None, repr=False, compare=False)

    @property
    def rows(self) -> int:
        """Rows of all parts together."""
        return sum(file.rows for file in self.files)

    def rows_of(self, name: str) -> int:
        """Rows of one part, without opening it."""
        return self._by_part[name].rows

    def sha256_of(self, name: str) -> str:
        """Of the encrypted bytes of one part, as they were published."""
        return self._by_part[name].sha256

    def part_names(self) -> list[str]:
        """Every part's name, in the order of publication."""
        return [file.part for file in self.files]

    def read(self, name: str, columns: Sequence[str] | None = None, *, where: pl.Expr | None = None) -> pl.DataFrame:
        """One part, once its bytes have proved to be those that were published.

        columns: only these
        where:   only the rows for which it holds
        raises:  IntegrityError where the file is missing, altered, or not of this place; TryLater where the snapshot
                 was replaced since it was opened
        """
        file, place = self._by_part[name], self._place(name)
        data = self._bytes(file)
        return part.decode(data, self.key(file), place, columns=columns, where=where)

    def lent(self, names: Iterable[str], keys: Keys) -> "Snapshot":
        """The same snapshot to somebody who has other keys: only these parts, each file's own key wrapped by theirs.

        raises: IntegrityError where a file's key cannot be unwrapped
        """
        files = [self._by_part[name] for name in names]
        again = (keys.wrap(self.key(file), self._place(file.part), file.sha256) for file in files)
        wrapped = tuple(replace(file, wrapped_key=key) for file, key in zip(files, again, strict=True))
        return replace(self, files=wrapped, keys=keys)

    def raw(self) -> bytes:
        """The delivery that was landed under this id, byte for byte; raises IntegrityError as read."""
        file = self._by_part[_RAW]
        return landing.unseal(self._bytes(file), self.key(file), self._place(_RAW))

    def looked_at(self, read: Callable[[File], bool] = lambda _file: True) -> Iterator[tuple[str, bool]]:
        """Each part, and whether its file is there as it was published; decrypts none.

        read: of which files the bytes are read; of the others it is looked whether they are there in full length
        """
        each = side_by_side(lambda file: self._is_whole(file) if read(file) else self._is_there(file), self.files)
        for file, is_whole in zip(self.files, each, strict=True):
            yield file.part, is_whole

    def damaged(self) -> list[str]:
        """The parts whose files are missing or not what was published."""
        return [part for part, is_whole in self.looked_at() if not is_whole]

    def verify(self) -> None:
        """Look at every file; raises IntegrityError that names the first damaged one and counts them."""
        damaged = self.damaged()
        if damaged:
            raise self._place(damaged[0]).damaged(say("缺失或与清单不符（共 {count} 个文件）", count=len(damaged)))

    @cached_property
    def _by_part(self) -> dict[str, File]:
        return {file.part: file for file in self.files}

    def _place(self, name: str) -> Place:
        return Place(self.dataset, self.id, name)

    def key(self, file: File) -> bytes:
        """The file's own key; raises IntegrityError where it cannot be unwrapped."""
        return self.keys.unwrap(file.wrapped_key, self._place(file.part), file.sha256)

    def _is_whole(self, file: File) -> bool:
        try:
            self.key(file)
            self._bytes(file)
        except IntegrityError:
            return False
        return True

    def _is_there(self, file: File) -> bool:
        try:
            return (self.folder / file.name).stat().st_size == file.size
        except OSError:
            return False

    def _bytes(self, file: File) -> bytes:
        place = self._place(file.part)
        try:
            data = (self.folder / file.name).read_bytes()
        except OSError as error:
            if not self.folder.exists():  # it was whole when it was opened, and has been replaced or removed since
                raise TryLater(
                    say("{dataset} 快照 {snapshot} 刚被替换或删去", dataset=self.dataset, snapshot=self.id),
                    hint=say("重新执行同一命令。"),
                ) from None
            raise place.damaged(say("读不出：{why}", why=os.strerror(error.errno or 0))) from None
        if len(data) != file.size or hashlib.sha256(data).hexdigest() != file.sha256:
            raise place.damaged(say("内容与清单不符"))
        return data


@dataclass(frozen=True)
class Store:
    """All datasets of a workspace. A dataset is a path of plain words, such as records/vehicle/370100."""

    root: Path
    keys: Keys
    _listed: dict[str, tuple[bytes, list[SnapshotEntry]]] = field(default_factory=dict, repr=False, compare=False)
    _pins: WeakValueDictionary[str, Pin] = field(
        default_factory=WeakValueDictionary, init=False, repr=False, compare=False
    )

    @property
    def bucket_key(self) -> bytes:
        """The key for store/bucket.py."""
        return self.keys.bucket

    def publish(
        self,
        dataset: str,
        snapshot: str,
        parts: Parts,
        *,
        data_date: date | None,
        facts: Mapping[str, Any] | None = None,
        replace: bool = False,
        narrow: Callable[[str], bool] = lambda _part: False,
    ) -> Snapshot:
        """Write the parts, read them back, and list them as a snapshot. Parts may be made one by one as taken.

        facts:   plain JSON values; no personal data
        narrow:  which parts are asked for few rows that stand together (store/part.py)
        replace: put it in the place of the one with the same id, which is then removed
        raises:  StoreError where the id exists and is not to be replaced, TryLater where the disk is full,
                 IntegrityError where what was read back is not what was to be written
        """
        named = parts.items() if isinstance(parts, Mapping) else parts

        def write(folder: Path) -> Iterator[File]:
            def written(item: tuple[str, pl.DataFrame]) -> File:
                return self._write_part(folder, Place(dataset, snapshot, item[0]), item[1], narrow=narrow(item[0]))

            return side_by_side(written, named, _THREADS, ahead=2 * _THREADS)

        return self._publish(dataset, snapshot, write, data_date, facts or {}, replace=replace)

    def land(
        self,
        dataset: str,
        snapshot: str,
        data: Bytes | Path,
        facts: Mapping[str, Any] | None = None,
        *,
        replace: bool = False,
    ) -> Snapshot:
        """Keep a delivery as it came; the same bytes under the same id are kept once.

        Its SHA-256 and size stand in the facts as raw_sha256 and raw_size.
        raises: as publish
        """
        content = data.read_bytes() if isinstance(data, Path) else data
        known = {**(facts or {}), "raw_size": len(content)}
        if not replace and self.has(dataset, snapshot):
            held, digest = self.snapshot(dataset, snapshot), hashlib.sha256()
            for piece in landing.pieces(content):
                digest.update(piece)
            if held.facts.get("raw_sha256") == digest.hexdigest():
                return held

        def write(folder: Path) -> Iterator[File]:
            plain = hashlib.sha256()
            yield self._write_raw(folder, Place(dataset, snapshot, _RAW), content, plain.update)
            known["raw_sha256"] = plain.hexdigest()

        return self._publish(dataset, snapshot, write, None, known, replace=replace)

    def drop(self, prefix: str) -> None:
        """Forget every dataset below a path, such as told/bank: what they held stands elsewhere by now.

        They lose their name at once, so that nobody finds half of them; what a killed run left of it goes with the next.
        """
        home = self.home(prefix)
        with suppress(OSError):  # it is not there, or stays whole
            home.rename(home.with_name(f"{_DROPPED}{home.name}-{secrets.token_hex(4)}"))
        for dropped in home.parent.glob(f"{_DROPPED}{escape(home.name)}-*"):
            shutil.rmtree(dropped, ignore_errors=True)

    def aside(self) -> "Aside":
        """Where frames wait on the disk that do not fit into memory together; to be closed."""
        from jiuzhu_check.store.aside import Aside

        make_dir(self.root)
        return Aside(self.root)

    def landed(self, dataset: str, snapshot: str) -> bytes:
        """A landed delivery, byte for byte; raises IntegrityError, or StoreError where it is not listed."""
        return self.snapshot(dataset, snapshot).raw()

    def has(self, dataset: str, snapshot: str) -> bool:
        """Whether a snapshot of this id is listed."""
        return any(entry.id == snapshot for entry in self.snapshots(dataset))

    def snapshots(self, dataset: str) -> list[SnapshotEntry]:
        """The dataset's snapshots in the order of publication; none where there is no such dataset.

        raises: IntegrityError, CredentialError
        """
        return [entry for entry in self.listed(dataset) if entry.gone is None]

    def sequence(self, dataset: str) -> int:
        """The number of the snapshot that comes next: those that were purged are counted too."""
        return len(self.listed(dataset)) + 1

    def listed(self, dataset: str) -> list[SnapshotEntry]:
        """Every snapshot that was ever published, also what is left of those that were purged; as snapshots."""
        try:
            sealed = (self.home(dataset) / _MANIFEST).read_bytes()
        except FileNotFoundError:
            return []
        known = self._listed.get(dataset)
        if known and known[0] == sealed:  # the same bytes say the same: hundreds of nights make a long list
            return list(known[1])
        body = unseal(sealed, self.keys, say("{dataset} 的清单", dataset=dataset))
        if body["dataset"] != dataset:
            raise IntegrityError(
                say("{dataset} 的清单属于别处", dataset=dataset), hint=say("请从备份恢复该文件，并查明原因。")
            )
        entries = [entry_from_json(entry) for entry in body["snapshots"]]
        self._listed[dataset] = sealed, entries
        return list(entries)

    def snapshot(self, dataset: str, snapshot: str) -> Snapshot:
        """The snapshot of that id; raises StoreError where it is not listed, IntegrityError where it is damaged."""
        for entry in self.snapshots(dataset):
            if entry.id == snapshot:
                return self._open(dataset, entry)
        raise self._absent(dataset, snapshot)

    def _absent(self, dataset: str, snapshot: str) -> StoreError:
        gone = next((each.gone for each in self.listed(dataset) if each.id == snapshot and each.gone), None)
        if gone is not None:
            return StoreError(
                say(
                    "{dataset} 快照 {snapshot} 已于 {day} 按保存期清除", dataset=dataset, snapshot=snapshot, day=gone.on
                ),
                hint=say("清除了的不能恢复；旧的发现由证据包说明。用 jiuzhu-check retention purged 看清除了什么。"),
            )
        return StoreError(
            say("{dataset} 没有快照 {snapshot}", dataset=dataset, snapshot=snapshot),
            hint=say("请核对名称；用 pull 导入数据。"),
        )

    def latest(self, dataset: str) -> Snapshot | None:
        """The snapshot published last."""
        entries = self.snapshots(dataset)
        return self._open(dataset, entries[-1]) if entries else None

    def newest(self, dataset: str, as_of: date) -> Snapshot | None:
        """The snapshot of the newest data not after as_of, of equals the one published last.

        One without a data date counts as older than any with one. Where the newest was purged there is none: an older
        one that was held back is not what was known on that day.
        """
        known = [(entry.data_date or date.min, order, entry) for order, entry in enumerate(self.listed(dataset))]
        due = [each for each in known if each[0] <= as_of]
        found = max(due, key=lambda each: each[:2])[2] if due else None
        return self._open(dataset, found) if found and found.gone is None else None

    def datasets(self, prefix: str = "") -> list[str]:
        """The names, sorted, of the datasets that have a snapshot; prefix is plain text, such as records/vehicle/."""
        found = []
        for folder, inner, files in os.walk(self.root / prefix.rpartition("/")[0]):
            inner[:] = [name for name in inner if "." not in name]
            if _MANIFEST in files:
                found.append(Path(folder).relative_to(self.root).as_posix())
        return sorted(name for name in found if name.startswith(prefix))

    def home(self, dataset: str) -> Path:
        """The dataset's folder."""
        return self.root / dataset

    def reseal(self, dataset: str) -> None:
        """Wrap every file's own key by the new of two keys, and seal the manifests with it. The data files stay as they are.

        A reader sees all of it or nothing; a second call does what is left.
        raises: IntegrityError where a manifest is damaged; the dataset then stays as it was
        """
        home = self.home(dataset)
        with alone(home):
            entries, moved = self.listed(dataset), dict[str, str]()
            fresh = [self._resealed(dataset, entry, moved) for entry in entries]
            if fresh != entries or sealed_by((home / _MANIFEST).read_bytes()) != self.keys.id:
                self.relist(dataset, fresh)
            for entry in (each for each in fresh if each.gone is None):
                for file in (home / entry.folder).glob("snapshot*.json"):
                    if file.name != entry.sealed:
                        file.unlink()  # what the old key opens
                remove_leftovers(home / entry.folder)
            remove_leftovers(home)

    def _resealed(self, dataset: str, entry: SnapshotEntry, moved: dict[str, str]) -> SnapshotEntry:
        """The entry of the snapshot under the new key; moved: of each sealed JSON, old SHA-256 → new."""
        if entry.gone is not None:
            return entry
        path = self.home(dataset) / entry.folder / entry.sealed
        held = self._open(dataset, entry)
        parent = moved.get(held.parent, held.parent)
        sealed = path.read_bytes()
        if sealed_by(sealed) == self.keys.id and parent == held.parent:
            return entry
        files = [
            replace(file, wrapped_key=self.keys.wrap(held.key(file), Place(dataset, held.id, file.part), file.sha256))
            for file in held.files
        ]
        body = unseal(sealed, self.keys, dataset)
        told = seal({**body, "parent": parent, "files": [asdict(file) for file in files]}, self.keys)
        moved[entry.sha256] = digest = hashlib.sha256(told).hexdigest()
        name = f"snapshot-{self.keys.id}.json"
        write_file(path.with_name(name), told)
        return replace(entry, sha256=digest, sealed=name)

    def _open(self, dataset: str, entry: SnapshotEntry) -> Snapshot:
        """The listed snapshot. One that was replaced since the list was read is looked up again."""
        pin = self._pin(dataset)
        try:
            return self.opened(dataset, entry, pin)
        except IntegrityError:
            now = next((each for each in self.snapshots(dataset) if each.id == entry.id), None)
            if now == entry:
                raise
            if now is None:
                raise self._absent(dataset, entry.id) from None
            return self._open(dataset, now)

    def _pin(self, dataset: str) -> Pin:
        """What keeps a dataset from being purged; one for all of its snapshots that are open."""
        pin = self._pins.get(dataset)
        if pin is None:
            pin = self._pins[dataset] = Pin(self.home(dataset))
        return pin

    def opened(self, dataset: str, entry: SnapshotEntry, pin: Pin | None = None) -> Snapshot:
        """The snapshot of an entry; without a pin it may be purged while it is read. Raises IntegrityError."""
        folder = self.home(dataset) / entry.folder
        what = say("{dataset} 快照 {snapshot} 的清单", dataset=dataset, snapshot=entry.id)
        try:
            sealed = (folder / entry.sealed).read_bytes()
        except OSError as error:
            raise IntegrityError(
                say("{what} 读不出：{why}", what=what, why=os.strerror(error.errno or 0)),
                hint=say("请从备份恢复，或重新执行 pull。"),
            ) from None
        if hashlib.sha256(sealed).hexdigest() != entry.sha256:
            raise IntegrityError(say("{what} 与上级清单不符", what=what), hint=say("请从备份恢复，或重新执行 pull。"))
        body = unseal(sealed, self.keys, what)
        return Snapshot(
            dataset=body["dataset"],
            id=body["id"],
            data_date=day_from_json(body["data_date"]),
            received=body["received"],
            facts=body["facts"],
            parent=body["parent"],
            files=tuple(File(**file) for file in body["files"]),
            folder=folder,
            keys=self.keys,
            pin=pin,
        )

    def _publish(
        self,
        dataset: str,
        snapshot: str,
        write: Callable[[Path], Iterator[File]],
        data_date: date | None,
        facts: Mapping[str, Any],
        *,
        replace: bool,
    ) -> Snapshot:
        home = self.home(dataset)
        make_dir(home)
        with alone(home):
            entries = self.listed(dataset)
            before = next((entry for entry in entries if entry.id == snapshot and entry.gone is None), None)
            if before and not replace:
                raise StoreError(
                    say("{dataset} 已有快照 {snapshot}", dataset=dataset, snapshot=snapshot),
                    hint=say("同一份数据不必再导入。"),
                )
            folder = home / _folder_name(snapshot, before)
            remove_leftovers(home)
            shutil.rmtree(folder, ignore_errors=True)  # renamed but never listed: a run was killed in between
            with new_folder(folder) as staged:
                files = [asdict(file) for file in write(staged)]  # what is written may add to the facts
                body = {
                    "dataset": dataset,
                    "id": snapshot,
                    "data_date": day_to_json(data_date),
                    "received": datetime.now(UTC).isoformat(timespec="seconds"),
                    "facts": dict(facts),
                    "parent": entries[-1].sha256 if entries else "",
                    "files": files,
                }
                sealed = seal(body, self.keys)
                write_new(staged / _SNAPSHOT, sealed)
            entry = SnapshotEntry(snapshot, data_date, folder.name, hashlib.sha256(sealed).hexdigest())
            self.relist(
                dataset, [entry if each is before else each for each in entries] if before else [*entries, entry]
            )
            if before:
                shutil.rmtree(home / before.folder, ignore_errors=True)
        return self._open(dataset, entry)

    def relist(self, dataset: str, entries: Iterable[SnapshotEntry]) -> None:
        """Put a dataset's list in the place of the one there is. Only for who is alone in it."""
        body = {"dataset": dataset, "snapshots": [entry_to_json(entry) for entry in entries]}
        write_file(self.home(dataset) / _MANIFEST, seal(body, self.keys))

    def _write_part(self, folder: Path, place: Place, frame: pl.DataFrame, *, narrow: bool) -> File:
        data, key = part.encode(frame, place, narrow=narrow)
        path = folder / f"{place.part}.parquet"
        write_new(path, data)
        if path.read_bytes() != data or not part.holds(data, key, place, frame):
            raise place.damaged(say("写入后读回不一致"))
        sha256 = hashlib.sha256(data).hexdigest()
        return File(path.name, place.part, sha256, len(data), frame.height, self.keys.wrap(key, place, sha256))

    def _write_raw(self, folder: Path, place: Place, data: Bytes, look: Callable[[bytes], None]) -> File:
        pieces, key = landing.seal(data, place, look)
        path, digest = folder / f"{place.part}.enc", hashlib.sha256()
        write_new(path, _through(digest.update, pieces))
        size = path.stat().st_size
        return File(path.name, place.part, digest.hexdigest(), size, 0, self.keys.wrap(key, place, digest.hexdigest()))


def _through(look: Callable[[bytes], None], pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same pieces, each looked at on its way."""
    for piece in pieces:
        look(piece)
        yield piece


def _folder_name(snapshot: str, before: SnapshotEntry | None) -> str:
    """ID.snapshot; a replacement lies beside what it replaces until it is listed."""
    plain = f"{snapshot}{_FOLDER}"
    return f"{snapshot}~2{_FOLDER}" if before and before.folder == plain else plain


@contextmanager
def alone(home: Path) -> Iterator[None]:
    """One publisher at a time in one dataset; others wait."""
    descriptor = os.open(home / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
