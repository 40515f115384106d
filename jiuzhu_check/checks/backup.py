"""备份 backup: a consistent copy of the workspace without its key, into a folder that may hold an earlier one.

It is made under the workspace's lock, so that no run is half in it; what the store lists, and nothing else of the store, each file
by the SHA-256 that its snapshot says. A damaged workspace is not backed up over a whole backup.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from jiuzhu_check.audit import files as log
from jiuzhu_check.checks.audited import audited
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.errors import CredentialError, StoreError, UsageError
from jiuzhu_check.language import say
from jiuzhu_check.store.backup_folder import BackupFolder, Kept, Listing
from jiuzhu_check.store.durable import make_dir, write_file
from jiuzhu_check.store.lock import workspace_lock
from jiuzhu_check.store.settings import FILE
from jiuzhu_check.store.snapshot import Store

_LAST = "last-backup.json"
_FOLDERS = ("policy", "connectors")  # what lies in reports/ names people in clear, and can be printed again
Progress = Callable[[int, int], None]
Wanted = tuple[str, Path, str]  # where it belongs, where it is, its SHA-256 or empty


@dataclass(frozen=True)
class BackedUp:
    """What was done.

    copied, removed: how many files were new, and how many the earlier backup held that do not belong any more
    left_out:        links and other things that are no files
    """

    listing: Listing
    copied: int
    removed: int
    left_out: tuple[str, ...]


def back_up(workspace: Path, to: Path, now: datetime, *, progress: Progress = lambda done, of: None) -> BackedUp:
    """Back the workspace up.

    now:    in UTC
    raises: UsageError where the folder lies in the workspace or around it, StoreError where it holds something else,
            Locked, IntegrityError where something of the workspace is damaged, CredentialError while a key is changed
    """
    workspace, to = workspace.absolute(), to.absolute()
    centre = Centre.open(workspace)
    _refuse_within(workspace.resolve(), to.resolve())
    if centre.workspace.keys.before is not None:
        raise CredentialError(
            say("更换密钥没有做完，先不备份"), hint=say("先执行 jiuzhu-check key rotate，把它做完；再备份。")
        )
    folder = BackupFolder(to)
    folder.refuse_foreign(centre.workspace.id)
    with workspace_lock(workspace, "backup"):
        centre = Centre.open(workspace)
        with audited(centre.audit, "backup") as ending:
            make_dir(to)
            kept, copied = list[Kept](), 0
            wanted, left_out = _wanted(centre)
            for at, (path, file, sha256) in enumerate(wanted):
                progress(at, len(wanted))
                held, is_new = folder.keep(path, file, sha256)
                kept.append(held)
                copied += is_new
            for held, is_new in _log(centre, folder):
                kept.append(held)
                copied += is_new
            progress(len(wanted), len(wanted))
            made = now.isoformat(timespec="seconds")
            listing = Listing(centre.workspace.id, centre.workspace.keys.id, made, tuple(kept))
            removed = folder.publish(listing, centre.workspace.keys)
            ending.counts = {"files": len(kept), "copied": copied, "removed": removed}
            ending.facts = {"made": made}
        note_backup(workspace, made, to)
    return BackedUp(listing, copied, removed, left_out)


def note_backup(workspace: Path, made: str, to: Path) -> None:
    """Remember when the workspace was backed up, and where to."""
    write_file(workspace / _LAST, json.dumps({"made": made, "to": str(to)}, ensure_ascii=False).encode())


def last_backup(workspace: Path) -> tuple[datetime, str] | None:
    """When the workspace was last backed up, and where to; null where it never was, or nobody can say."""
    try:
        told = json.loads((workspace / _LAST).read_bytes())
        return datetime.fromisoformat(told["made"]), str(told["to"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _refuse_within(workspace: Path, to: Path) -> None:
    if to.is_relative_to(workspace) or workspace.is_relative_to(to):
        raise UsageError(
            say("备份目录 {path} 在工作区之内，或把工作区包在其中", path=to),
            hint=say("换一个在别的磁盘、最好在别的机器上的目录。"),
        )


def _wanted(centre: Centre) -> tuple[list[Wanted], tuple[str, ...]]:
    """Every file but the log's, and what is left out."""
    root = centre.workspace.path
    found: list[Wanted] = [(name, root / name, "") for name in (FILE, "sources.toml")]
    left_out = []
    for folder in _FOLDERS:
        for file in sorted((root / folder).rglob("*")):
            path = file.relative_to(root).as_posix()
            if file.is_symlink() or not (file.is_file() or file.is_dir()):
                left_out.append(path)
            elif file.is_file() and not file.name.startswith(".new-"):
                found.append((path, file, ""))
    return [*found, *_stored(centre.store)], tuple(left_out)


def _stored(store: Store) -> Iterator[Wanted]:
    """What the store lists: each dataset's list, each snapshot's sealed JSON, its files."""
    for dataset in store.datasets():
        home = store.home(dataset)
        yield f"store/{dataset}/MANIFEST.json", home / "MANIFEST.json", ""
        for entry in store.snapshots(dataset):
            below = f"store/{dataset}/{entry.folder}"
            yield f"{below}/{entry.sealed}", home / entry.folder / entry.sealed, entry.sha256
            for file in store.snapshot(dataset, entry.id).files:
                yield f"{below}/{file.name}", home / entry.folder / file.name, file.sha256


def _log(centre: Centre, folder: BackupFolder) -> Iterator[tuple[Kept, bool]]:
    """The audit log as it stands between two records."""
    home = centre.workspace.audit_dir
    with log.locked(home, to_write=False):
        for file in sorted(home.iterdir()):
            if file.suffix in (".jsonl", ".json", ".bin") and not file.name.startswith("."):
                yield folder.keep(f"audit/{file.name}", file.read_bytes())


def refuse_empty(folder: BackupFolder) -> Listing:
    """What a backup says it holds; raises StoreError where there is none."""
    told = folder.told()
    if told is None:
        raise StoreError(
            say("{path} 里没有完整的备份", path=folder.path),
            hint=say("中断了的备份没有清单：换一份，或在原机器上再执行一次 backup。"),
        )
    return told
