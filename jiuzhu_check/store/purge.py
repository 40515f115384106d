"""清除 purge: snapshots are forgotten for good, their keys before their data, and what they were stays on the list.

1  the dataset's list names them as purged: no reader finds them
2  each sealed JSON, which holds the wrapped keys of the files, is overwritten, synced and removed
3  the data files, which nothing opens any more, are removed

Whatever a killed purge or publication left without being listed is swept the same way by the next one.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from pathlib import Path

from jiuzhu_check.store.durable import explained, overwrite, remove_leftovers, sync_folder
from jiuzhu_check.store.manifest import SnapshotEntry, Tombstone
from jiuzhu_check.store.pin import unread
from jiuzhu_check.store.snapshot import Store, alone

_PATIENCE = 3.0  # seconds to wait for who reads


def purge(store: Store, dataset: str, snapshots: Collection[str], rule: str, on: date) -> bool:
    """Purge snapshots of a dataset; whether it was done: where somebody reads the dataset, nothing is changed.

    rule:   the parameter whose period had passed
    raises: IntegrityError where one of them is damaged; TryLater, StoreError where the disk does not take it: a second
            call does what is left
    """
    home = store.home(dataset)
    with alone(home), unread(home, _PATIENCE) as free:
        if free:
            entries = store.listed(dataset)
            told = [_buried(store, dataset, each, rule, on) if each.id in snapshots else each for each in entries]
            if told != entries:
                store.relist(dataset, told)
            _sweep(home, {each.folder for each in told if each.gone is None})
        return free


def unlisted(store: Store, dataset: str) -> bool:
    """Whether folders lie in a dataset that nothing names: what a killed purge or publication left."""
    home = store.home(dataset)
    named = {each.folder for each in store.snapshots(dataset)}
    return any(each.name not in named for each in _folders(home))


def _buried(store: Store, dataset: str, entry: SnapshotEntry, rule: str, on: date) -> SnapshotEntry:
    if entry.gone is not None:
        return entry
    held = store.opened(dataset, entry)
    size = sum(file.size for file in held.files)
    raw = str(held.facts.get("raw_sha256", ""))
    return replace(entry, gone=Tombstone(on.isoformat(), rule, held.received, held.rows, len(held.files), size, raw))


def _sweep(home: Path, named: Collection[str]) -> None:
    """Destroy the folders that are not named. Only for who is alone in the dataset."""
    with explained(home):
        remove_leftovers(home)
        for folder in _folders(home):
            if folder.name not in named:
                _destroy(folder)
        sync_folder(home)


def _folders(home: Path) -> list[Path]:
    return sorted(home.glob("*.snapshot"))


def _destroy(folder: Path) -> None:
    """The keys first."""
    for sealed in sorted(folder.glob("*snapshot*.json*")):
        overwrite(sealed)
    sync_folder(folder)
    for file in sorted(folder.iterdir()):
        file.unlink()
    folder.rmdir()
