"""换密钥: the workspace under a new key, without a byte of the data written anew, and whole wherever it is interrupted.

1  every manifest is read: where one is damaged, nothing is begun
2  the new key is made, and workspace.toml names both: from here on either opens what it wrapped
3  dataset by dataset, the files' own keys are wrapped by the new key and the manifests sealed with it
4  workspace.toml names the new key alone
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from jiuzhu_check.checks.audited import audited
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.store.lock import workspace_lock
from jiuzhu_check.store.settings import read_settings
from jiuzhu_check.store.workspace import Workspace


@dataclass(frozen=True)
class Rotated:
    """What was done.

    old, new: where the key was and is
    resumed:  whether a rotation that was interrupted was completed
    files:    how many files' keys are wrapped by the new key
    """

    old: str
    new: str
    resumed: bool
    datasets: int
    files: int


def rotate_key(
    workspace: Path,
    provider: str = "",
    key_file: Path | None = None,
    *,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Rotated:
    """Put a new key in the place of the workspace's, or complete what was interrupted.

    provider, key_file: where the new key is made; by default beside the old one
    raises:             Locked, CredentialError, UsageError, IntegrityError where a manifest is damaged
    """
    Workspace.open(workspace)  # says what is wrong with the workspace before a lock is made in it
    with workspace_lock(workspace, "key rotate"):
        centre = Centre.open(workspace)
        before = read_settings(workspace).before
        facts = {"provider": provider, "old": before.kek_id if before else centre.workspace.keys.id}
        with audited(centre.audit, "key_rotate", facts=facts) as ending:
            datasets = centre.store.datasets()
            for dataset in datasets:
                for entry in centre.store.snapshots(dataset):
                    centre.store.snapshot(dataset, entry.id)
            old = f"{before.provider} {before.location}" if before else centre.workspace.key_place
            begun = centre.workspace.begin_rotation(provider, key_file)
            ending.facts = {"new": begun.keys.id, "resumed": before is not None}
            files = 0
            for done, dataset in enumerate(datasets):
                progress(done, len(datasets))
                begun.store.reseal(dataset)
                files += sum(
                    len(begun.store.snapshot(dataset, each.id).files) for each in begun.store.snapshots(dataset)
                )
            progress(len(datasets), len(datasets))
            ending.counts = {"datasets": len(datasets), "files": files}
            made = begun.finish_rotation()
    return Rotated(old, made.key_place, before is not None, len(datasets), files)
