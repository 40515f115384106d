"""恢复 restore: a workspace again, out of a backup and its key, into an empty folder; whole, or nothing that looks like one.

1  list, key and every file's presence are looked at, before anything is written
2  TARGET/restoring says what is being restored; every file is put in place and compared with the list
3  every list and sealed JSON is opened, and the audit log verified
4  workspace.toml, without which it is no workspace, is put in place last
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from jiuzhu_check.audit.log import AuditLog
from jiuzhu_check.audit.verify import verify
from jiuzhu_check.checks.audited import audited
from jiuzhu_check.checks.backup import note_backup, refuse_empty
from jiuzhu_check.errors import CredentialError, IntegrityError, StoreError, UsageError
from jiuzhu_check.language import say
from jiuzhu_check.store.backup_folder import BackupFolder, Listing
from jiuzhu_check.store.durable import make_dir, sync_folder, write_file
from jiuzhu_check.store.escrow import Escrow
from jiuzhu_check.store.keys import Keys, load_key, write_key_file
from jiuzhu_check.store.lock import workspace_lock
from jiuzhu_check.store.settings import FILE, KeyPlace, Settings, parse_settings, write_settings
from jiuzhu_check.store.snapshot import Store
from jiuzhu_check.store.workspace import Workspace, default_key_file

_MARK, _DIGEST = "restoring", "backup"
_FOLDERS = ("store", "audit", "policy", "connectors", "reports")
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Restored:
    """What was restored, and where its key is."""

    listing: Listing
    key_place: str


def restore(
    source: Path,
    target: Path,
    *,
    key_file: Path | None = None,
    escrow: Escrow | None = None,
    progress: Progress = lambda done, of: None,
) -> Restored:
    """Restore a backup.

    key_file: where the key is, or with an escrow where it is put; by default where the workspace had it, or with an
              escrow under the user's configuration
    raises:   StoreError where there is no backup, or the target is not empty; CredentialError where the key does not fit;
              IntegrityError that names the first file that is missing or damaged
    """
    target, folder = target.absolute(), BackupFolder(source.absolute())
    told = refuse_empty(folder)
    _refuse_occupied(target, source.absolute(), told)
    settings = _settings(folder, told, target)
    keys = _keys(settings, escrow, key_file, target)
    listing = folder.opened(keys)
    _refuse_missing(folder, listing)
    settings = replace(settings, key=_place(settings, key_file, escrow))
    make_dir(target)
    with workspace_lock(target, "restore"):
        _refuse_occupied(target, source.absolute(), told)
        mark = target / _MARK
        make_dir(mark)
        write_file(mark / _DIGEST, listing.digest.encode())
        if escrow is not None:
            write_key_file(Path(settings.key.location), escrow.key, target)
        held = load_key(settings.key.provider, settings.key.location, workspace=settings.id, root=target)
        if held.id != keys.id:
            raise _another_key()
        for at, each in enumerate(listing.files):
            progress(at, len(listing.files))
            folder.take(each, mark if each.path == FILE else target)
        progress(len(listing.files), len(listing.files))
        for name in _FOLDERS:
            make_dir(target / name)
        _look_through(target, keys)
        write_settings(mark, settings)
        audit = AuditLog(target / "audit", keys.audit)
        with audited(audit, "restore", facts={"made": listing.made, "backup": listing.digest}):
            for folder_in in (target, *(path for path in target.rglob("*") if path.is_dir())):
                sync_folder(folder_in)
        note_backup(target, listing.made, source.absolute())  # what was restored is backed up there
        (mark / FILE).rename(target / FILE)
        sync_folder(target)
        shutil.rmtree(mark, ignore_errors=True)
    return Restored(listing, Workspace.open(target).key_place)


def _refuse_occupied(target: Path, source: Path, told: Listing) -> None:
    if target.resolve().is_relative_to(source.resolve()) or source.resolve().is_relative_to(target.resolve()):
        raise UsageError(
            say("{path} 在备份目录之内，或把它包在其中", path=target), hint=say("换一个空目录，或一个还不存在的路径。")
        )
    mark = target / _MARK / _DIGEST
    there = {each.name for each in target.iterdir()} if target.is_dir() else {""}
    if not target.exists() or (there <= {"lock", _MARK} and not mark.exists()):
        return
    begun = mark.read_text("utf-8") if mark.is_file() else None
    if not target.is_dir() or begun is None or (target / FILE).exists():
        raise StoreError(
            say("目录 {path} 不是空的，没有恢复", path=target), hint=say("换一个空目录，或一个还不存在的路径。")
        )
    if begun not in ("", told.digest):
        raise StoreError(
            say("目录 {path} 里有另一份备份恢复到一半", path=target), hint=say("清空这个目录，或换一个，再恢复。")
        )


def _settings(folder: BackupFolder, told: Listing, target: Path) -> Settings:
    kept = told.of(FILE)
    if kept is None:
        raise IntegrityError(say("备份的清单里没有 {path}", path=FILE), hint=say("换另一份备份。"))
    return parse_settings(folder.read(kept), target)


def _place(settings: Settings, key_file: Path | None, escrow: Escrow | None) -> KeyPlace:
    """Where the key is for the restored workspace."""
    if key_file is None and escrow is None:
        return settings.key
    path = (key_file or default_key_file(settings.id)).absolute()
    return replace(settings.key, provider="file", location=str(path))


def _keys(settings: Settings, escrow: Escrow | None, key_file: Path | None, root: Path) -> Keys:
    if escrow is not None:
        keys = Keys(escrow.key, settings.id) if escrow.workspace == settings.id else None
    else:
        place = _place(settings, key_file, None)
        try:
            keys = load_key(place.provider, place.location, workspace=settings.id, root=root)
        except CredentialError as lacking:
            hint = say("密钥在别处的，用 --key-file 指明；这台机器上没有的，用 --escrow 指明托管文件。")
            raise CredentialError(lacking.message, hint=hint) from None
    if keys is None or keys.id != settings.key.kek_id:
        raise _another_key()
    if escrow is not None:
        return Keys(escrow.key, settings.id, kept=settings.key.kept)
    return load_key(place.provider, place.location, workspace=settings.id, root=root, kept=settings.key.kept)


def _another_key() -> CredentialError:
    return CredentialError(
        say("这把密钥不是这份备份的密钥"),
        hint=say("换过密钥的，备份要用当时的那一把：取备份那天的密钥或托管文件，--key-file 或 --escrow 指明。"),
    )


def _refuse_missing(folder: BackupFolder, listing: Listing) -> None:
    missing = folder.missing(listing)
    if missing:
        raise IntegrityError(
            say("备份不完整，缺 {path}（共 {count} 个文件缺失或长短不符）", path=missing[0].path, count=len(missing)),
            hint=say("什么也没有写；换另一份备份。"),
        )


def _look_through(target: Path, keys: Keys) -> None:
    """Open every list and every sealed JSON, and follow the log."""
    store = Store(target / "store", keys)
    for dataset in store.datasets():
        for entry in store.snapshots(dataset):
            store.snapshot(dataset, entry.id)
    problems = verify(target / "audit", keys.audit).problems
    if problems:
        raise IntegrityError(
            say("恢复出来的审计记录不完整：{what}", what=problems[0]), hint=say("换另一份备份，并查明原因。")
        )
