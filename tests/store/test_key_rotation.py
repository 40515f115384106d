"""A new key for the workspace: whatever happens on the way, everything is readable with what is there."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import keyring
import polars as pl
import pytest

from jiuzhu_check.audit.verify import verify
from jiuzhu_check.checks.case import check_case
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.doctor import examine
from jiuzhu_check.checks.key_rotation import rotate_key
from jiuzhu_check.errors import CredentialError, IntegrityError, Locked, StoreError, UsageError
from jiuzhu_check.store.lock import workspace_lock
from jiuzhu_check.store.workspace import Workspace
from tests.checks.centres import AS_OF, Member, Small, number
from tests.store.test_keyring_key import secret_service


@pytest.fixture
def small(tmp_path: Path) -> Small:
    """A household, and a car of somebody else's."""
    small = Small(tmp_path)
    small.enrol([Member("张伟", number(1))])
    small.vehicles([("王五", number(9))])
    return small


@pytest.fixture
def ring() -> Iterator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(secret_service())
    yield
    keyring.set_keyring(before)


def where(small: Small) -> Path:
    return small.centre.workspace.path


def everything(workspace: Workspace) -> dict[str, pl.DataFrame | bytes]:
    """Every part and delivery that the workspace's key opens."""
    store, held = workspace.store, dict[str, pl.DataFrame | bytes]()
    for dataset in store.datasets():
        for entry in store.snapshots(dataset):
            snapshot = store.snapshot(dataset, entry.id)
            for name in snapshot.part_names():
                held[f"{dataset} {entry.id} {name}"] = snapshot.raw() if name == "raw" else snapshot.read(name)
    return held


def is_same(one: dict[str, pl.DataFrame | bytes], other: dict[str, pl.DataFrame | bytes]) -> bool:
    return one.keys() == other.keys() and all(
        frame.equals(other[name]) if isinstance(frame, pl.DataFrame) else frame == other[name]
        for name, frame in one.items()
    )


def sealed_by(workspace: Path) -> set[str]:
    """The ids of the keys by which manifests in the store are sealed."""
    return {json.loads(file.read_bytes())["kek_id"] for file in (workspace / "store").rglob("*.json")}


def test_all_is_read_with_the_new_key_and_no_data_file_was_written(small: Small) -> None:
    old = small.centre.workspace
    files = {path: path.stat().st_mtime_ns for path in old.store_dir.rglob("*.parquet")}
    before = everything(old)
    done = rotate_key(old.path)
    new = Workspace.open(old.path)
    assert new.keys.id != old.keys.id
    assert done.new == new.key_place == f"file {small.folder / 'workspace-2.key'}"
    assert done.old == f"file {small.folder / 'workspace.key'}"
    assert is_same(everything(new), before)
    assert {path: path.stat().st_mtime_ns for path in old.store_dir.rglob("*.parquet")} == files
    assert sealed_by(old.path) == {new.keys.id}
    assert done.files == len(before)


def test_the_old_key_opens_nothing_any_more_and_says_that_the_key_was_changed(small: Small) -> None:
    old = small.centre.workspace
    rotate_key(old.path)
    with pytest.raises(CredentialError, match="另一把密钥封存") as caught:
        everything(old)
    assert "重新执行同一命令" in caught.value.hint
    (small.folder / "workspace.key").unlink()
    assert everything(Workspace.open(old.path))


def test_the_log_stays_one_chain_and_people_are_found_where_they_were(small: Small) -> None:
    rotate_key(where(small))
    centre = Centre.open(where(small))
    log = verify(centre.workspace.audit_dir, centre.workspace.keys.audit)
    assert log.is_whole
    assert log.interrupted == ()
    assert centre.households_of(number(1), number(1)) == ["JZ1"]
    assert check_case(centre, "JZ1", "recheck", AS_OF).member.height == 1
    told = "".join(file.read_text("utf-8") for file in centre.workspace.audit_dir.glob("*.jsonl"))
    assert told.count('"action":"key_rotate"') == 1


def test_a_key_may_be_changed_again_and_again(small: Small) -> None:
    before = everything(small.centre.workspace)
    for place in ("workspace-2.key", "workspace-3.key", "workspace-4.key"):
        assert rotate_key(where(small)).new == f"file {small.folder / place}"
        assert is_same(everything(Workspace.open(where(small))), before)


def test_a_rotation_that_was_interrupted_leaves_all_readable_and_is_completed_with_the_same_key(small: Small) -> None:
    before = everything(small.centre.workspace)
    begun = small.centre.workspace.begin_rotation()
    assert is_same(everything(begun), before)
    begun.store.reseal("roster")
    halfway = Workspace.open(where(small))
    assert len(sealed_by(where(small))) == 2
    assert is_same(everything(halfway), before)
    small.centre = Centre.open(where(small))
    small.vehicles([("赵六", number(8))], on=AS_OF)  # the day's work goes on
    done = rotate_key(where(small))
    assert done.resumed
    assert done.new == halfway.key_place
    assert len(sealed_by(where(small))) == 1
    (small.folder / "workspace.key").unlink()
    after = everything(Workspace.open(where(small)))
    assert is_same({name: after[name] for name in before}, before)
    assert len(after) > len(before)


def test_half_way_both_keys_are_needed(small: Small) -> None:
    small.centre.workspace.begin_rotation()
    (small.folder / "workspace.key").unlink()
    with pytest.raises(CredentialError, match=r"workspace\.key"):
        Workspace.open(where(small))


def test_half_way_another_place_for_the_key_is_refused(small: Small) -> None:
    small.centre.workspace.begin_rotation()
    with pytest.raises(UsageError, match="还没有完成"):
        rotate_key(where(small), "file", small.folder / "elsewhere.key")


def test_where_a_manifest_is_damaged_nothing_is_begun(small: Small) -> None:
    (manifest,) = (where(small) / "store" / "records").rglob("MANIFEST.json")
    manifest.write_bytes(manifest.read_bytes()[:-1])
    with pytest.raises(IntegrityError):
        rotate_key(where(small))
    assert not (small.folder / "workspace-2.key").exists()
    assert Workspace.open(where(small)).keys.id == small.centre.workspace.keys.id


def test_the_key_that_is_in_use_is_no_new_key(small: Small) -> None:
    with pytest.raises(CredentialError, match="就是现在的密钥"):
        rotate_key(where(small), "file", small.folder / "workspace.key")


def test_a_key_inside_the_workspace_is_refused_and_nothing_is_changed(small: Small) -> None:
    with pytest.raises(CredentialError, match="工作区之内"):
        rotate_key(where(small), "file", where(small) / "in.key")
    assert Workspace.open(where(small)).keys.id == small.centre.workspace.keys.id


def test_while_a_run_is_at_work_the_key_is_not_changed(small: Small) -> None:
    with workspace_lock(where(small), "check recipients"), pytest.raises(Locked, match="check recipients"):
        rotate_key(where(small))


@pytest.mark.usefixtures("ring")
def test_a_key_moves_into_the_key_ring_is_changed_there_and_comes_back(small: Small) -> None:
    before, identity = everything(small.centre.workspace), small.centre.workspace.id
    first = small.centre.workspace.keys.id[:8]
    assert rotate_key(where(small), "keyring").new == f"keyring {identity}-{first}"
    assert is_same(everything(Workspace.open(where(small))), before)
    assert rotate_key(where(small)).new == f"keyring {identity}-{first}-2"
    assert is_same(everything(Workspace.open(where(small))), before)
    rotate_key(where(small), "file", small.folder / "back.key")
    keyring.set_keyring(secret_service())
    assert is_same(everything(Workspace.open(where(small))), before)


def test_under_systemd_the_unit_hands_over_both_keys(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    granted = small.folder / "credentials"
    granted.mkdir()
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(granted))
    (granted / "jiuzhu-check").write_text(os.urandom(32).hex(), "ascii")
    before = everything(small.centre.workspace)
    assert rotate_key(where(small), "systemd").new == "systemd jiuzhu-check"
    with pytest.raises(CredentialError, match="jiuzhu-check-2"):
        rotate_key(where(small))
    (granted / "jiuzhu-check-2").write_text(os.urandom(32).hex(), "ascii")
    assert rotate_key(where(small)).new == "systemd jiuzhu-check-2"
    assert is_same(everything(Workspace.open(where(small))), before)


def test_a_region_that_was_altered_is_noticed_and_a_key_that_was_moved_is_found(small: Small) -> None:
    settings = where(small) / "workspace.toml"
    told = settings.read_text("utf-8")
    settings.write_text(told.replace('region = "370000"', 'region = "370001"'), "utf-8")
    with pytest.raises(StoreError, match=r"workspace\.toml"):
        Workspace.open(where(small))
    (small.folder / "workspace.key").rename(small.folder / "moved.key")
    settings.write_text(told.replace("workspace.key", "moved.key"), "utf-8")
    assert Workspace.open(where(small)).region == "370000"


def test_what_was_kept_of_the_first_key_cannot_be_left_out(small: Small) -> None:
    rotate_key(where(small))
    settings = where(small) / "workspace.toml"
    lines = settings.read_text("utf-8").splitlines()
    settings.write_text("\n".join(line for line in lines if not line.startswith("kept")), "utf-8")
    with pytest.raises(StoreError, match=r"workspace\.toml"):
        Workspace.open(where(small))


def test_what_people_wrote_into_the_file_of_the_workspace_stays(small: Small) -> None:
    settings = where(small) / "workspace.toml"
    told = settings.read_text("utf-8").replace('phone = ""', 'phone = "0531-00000000"  # 总机')
    settings.write_text(told, "utf-8")
    rotate_key(where(small))
    assert 'phone = "0531-00000000"  # 总机' in settings.read_text("utf-8")
    assert Workspace.open(where(small)).contact.phone == "0531-00000000"


def test_doctor_says_that_a_rotation_is_not_complete(small: Small) -> None:
    small.centre.workspace.begin_rotation()
    told = [each for each in examine(where(small), AS_OF, datetime(2018, 12, 1, tzinfo=UTC)) if each.what == "密钥"]
    assert [(each.state, "没有做完" in each.said, "key rotate" in each.todo) for each in told] == [
        ("problem", True, True)
    ]
