"""What is purged is gone with its key, wherever that is interrupted; what was not is whole; who reads goes on reading."""

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from jiuzhu_check.errors import IntegrityError, StoreError
from jiuzhu_check.store import part
from jiuzhu_check.store.lock import workspace_lock
from jiuzhu_check.store.place import Place
from jiuzhu_check.store.purge import purge, unlisted
from jiuzhu_check.store.snapshot import Store
from jiuzhu_check.store.workspace import Workspace

ROOT = Path(__file__).parents[2]
CARS, RULE, TODAY = "records/vehicle/370100", "retention.records", date(2020, 1, 1)
OLD, NEW = pl.DataFrame({"plate_no": ["鲁A00001"]}), pl.DataFrame({"plate_no": ["鲁A00002"]})
# Purges, and is killed by the kernel just before the n-th file is renamed or removed.
KILLED = f"""
import os, signal, sys
from datetime import date
from pathlib import Path
from jiuzhu_check.store.purge import purge
from jiuzhu_check.store.workspace import Workspace
left = [int(sys.argv[2])]
def struck(event, _arguments):
    if event in ("os.rename", "os.remove", "os.rmdir"):
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
store = Workspace.open(Path(sys.argv[1])).store
sys.addaudithook(struck)
purge(store, {CARS!r}, ["old"], {RULE!r}, date(2020, 1, 1))
"""
# Opens a snapshot, waits, and reads all of it.
READS = f"""
import sys
from pathlib import Path
from jiuzhu_check.store.workspace import Workspace
held = Workspace.open(Path(sys.argv[1])).store.snapshot({CARS!r}, "old")
print("open", flush=True)
sys.stdin.readline()
print(held.read("n000").write_csv() + held.read("n001").write_csv(), flush=True)
"""


@pytest.fixture
def kept(workspace: Workspace) -> Workspace:
    workspace.store.publish(CARS, "old", {"n000": OLD, "n001": OLD}, data_date=date(2018, 1, 1))
    workspace.store.publish(CARS, "new", {"n000": NEW}, data_date=date(2019, 1, 1))
    return workspace


def opens(workspace: Workspace, data: bytes, name: str) -> bool:
    """Whether any key that stands in any file of the workspace opens a data file of the old snapshot."""
    for file in workspace.path.rglob("*.json"):
        if not file.read_bytes().strip(b"\0"):
            continue
        for each in json.loads(file.read_bytes()).get("files", ()):
            try:
                place = Place(CARS, "old", name)
                part.decode(data, workspace.keys.unwrap(each["wrapped_key"], place, each["sha256"]), place)
            except IntegrityError:
                continue
            return True
    return False


def test_what_was_purged_is_listed_as_such_and_the_rest_is_whole(kept: Workspace) -> None:
    store, sealed = kept.store, kept.store.listed(CARS)[0].sha256
    assert purge(store, CARS, ["old"], RULE, TODAY)
    assert [entry.id for entry in store.snapshots(CARS)] == ["new"]
    gone = store.listed(CARS)[0]
    assert (gone.sha256, gone.data_date) == (sealed, date(2018, 1, 1))
    assert gone.gone is not None
    assert (gone.gone.on, gone.gone.rule, gone.gone.rows, gone.gone.files) == ("2020-01-01", RULE, 2, 2)
    assert [path.name for path in store.home(CARS).glob("*.snapshot")] == ["new.snapshot"]
    assert store.snapshot(CARS, "new").read("n000").equals(NEW)
    with pytest.raises(StoreError, match="已于 2020-01-01 按保存期清除"):
        store.snapshot(CARS, "old")


def test_a_snapshots_number_is_never_given_twice_and_an_older_one_is_not_taken_for_the_purged(kept: Workspace) -> None:
    store = kept.store
    store.publish(CARS, "older", {}, data_date=date(2017, 1, 1))
    assert store.sequence(CARS) == 4
    purge(store, CARS, ["old"], RULE, TODAY)
    assert store.sequence(CARS) == 4
    assert store.newest(CARS, date(2018, 6, 1)) is None
    assert store.newest(CARS, date(2017, 6, 1)) is not None
    store.publish(CARS, "old", {"n000": NEW}, data_date=date(2018, 1, 1))
    assert store.snapshot(CARS, "old").read("n000").equals(NEW)


def test_the_key_goes_before_the_data_wherever_it_is_killed_and_a_second_purge_finishes(
    kept: Workspace, tmp_path: Path
) -> None:
    data = {
        name: (kept.store_dir / CARS / "old.snapshot" / f"{name}.parquet").read_bytes() for name in ("n000", "n001")
    }
    assert all(opens(kept, data[name], name) for name in data)
    seen = set()
    for step in range(1, 20):
        copy = replace(kept, path=tmp_path / str(step))
        shutil.copytree(kept.path, copy.path)
        ended = subprocess.run([sys.executable, "-c", KILLED, str(copy.path), str(step)], cwd=ROOT).returncode
        left = list((copy.store_dir / CARS / "old.snapshot").glob("*.parquet"))
        opened = [name for name in data if opens(copy, data[name], name)]
        assert not opened or len(left) == 2, "data was removed while its key was still there"
        assert copy.store.snapshot(CARS, "new").read("n000").equals(NEW)
        listed = copy.store.has(CARS, "old")
        if listed:
            copy.store.snapshot(CARS, "old").verify()
        seen.add((listed, len(left), bool(opened)))
        assert purge(copy.store, CARS, ["old"], RULE, TODAY)
        assert not unlisted(copy.store, CARS)
        assert not (copy.store_dir / CARS / "old.snapshot").exists()
        assert not any(opens(copy, data[name], name) for name in data)
        if not ended:
            break
    assert {(False, 2, False), (False, 1, False)} <= seen, "it was never killed between key and data"


def test_who_has_it_open_reads_all_of_it_and_it_goes_afterwards(kept: Workspace) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", READS, str(kept.path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as reader:
        assert reader.stdout is not None
        assert reader.stdin is not None
        assert reader.stdout.readline() == "open\n"
        assert not purge(kept.store, CARS, ["old"], RULE, TODAY)
        assert kept.store.has(CARS, "old")
        reader.stdin.write("\n")
        reader.stdin.flush()
        assert reader.stdout.read().split() == ["plate_no", "鲁A00001"] * 2
    assert purge(kept.store, CARS, ["old"], RULE, TODAY)


def test_what_a_killed_publication_left_is_swept_with_its_keys(kept: Workspace) -> None:
    home = kept.store.home(CARS)
    shutil.copytree(home / "old.snapshot", home / "never.snapshot")
    assert unlisted(kept.store, CARS)
    assert purge(kept.store, CARS, [], RULE, TODAY)
    assert sorted(path.name for path in home.glob("*.snapshot")) == ["new.snapshot", "old.snapshot"]


def test_the_key_can_be_changed_after_a_purge(kept: Workspace) -> None:
    purge(kept.store, CARS, ["old"], RULE, TODAY)
    with workspace_lock(kept.path, "test"):
        begun = kept.begin_rotation()
        begun.store.reseal(CARS)
        fresh = begun.finish_rotation()
    assert fresh.store.snapshot(CARS, "new").read("n000").equals(NEW)
    assert [bool(entry.gone) for entry in fresh.store.listed(CARS)] == [True, False]


def test_an_open_snapshot_of_another_dataset_holds_nothing_up(kept: Workspace) -> None:
    store: Store = kept.store
    other = store.publish("records/housing/370100", "a", {"n000": NEW}, data_date=None)
    assert purge(store, CARS, ["old"], RULE, TODAY)
    assert other.read("n000").equals(NEW)
