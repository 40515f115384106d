"""A publisher is killed, or its disk fills up, at every point that matters: a reader sees the old state or the new one."""

import re
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from jiuzhu_check.store.snapshot import Store
from jiuzhu_check.store.workspace import Workspace

ROOT = Path(__file__).parents[2]
CARS = "records/vehicle/370100"
PUBLISH = f"""
import sys
from pathlib import Path
import polars as pl
from jiuzhu_check.errors import JiuzhuError
from jiuzhu_check.store.workspace import Workspace
store = Workspace.open(Path(sys.argv[1])).store
rows = pl.DataFrame({{"source_row": range(int(sys.argv[2]))}}).select(pl.all().hash().cast(pl.String))
try:
    store.publish({CARS!r}, "new", {{"n000": rows, "n001": rows}}, data_date=None)
except JiuzhuError as error:
    sys.exit(int(error.exit_code))
"""
DROP = """
import errno, os, sys
from pathlib import Path
from jiuzhu_check.store.workspace import Workspace
store = Workspace.open(Path(sys.argv[1])).store
left = int(sys.argv[2])
def strike(event, _arguments):
    global left
    if event in ("os.rename", "os.remove", "os.rmdir"):
        left -= 1
        if not left and sys.argv[3] == "kill":
            os._exit(9)
        if not left:
            raise OSError(errno.EIO, "")
sys.addaudithook(strike)
store.drop("told/bank")
sys.exit(left > 0)
"""
CALLS = "fsync,rename,renameat,renameat2"


def can_trace() -> bool:
    """Whether strace is here and may trace."""
    return bool(shutil.which("strace")) and not subprocess.run(["strace", "-o", "/dev/null", "true"]).returncode


traced = pytest.mark.skipif(not can_trace(), reason="strace is missing or may not trace: no faults can be injected")


def publish(workspace: Workspace, *before: str, rows: int = 5, limit: Callable[[], None] | None = None) -> int:
    command = [*before, sys.executable, "-c", PUBLISH, str(workspace.path), str(rows)]
    return subprocess.run(command, cwd=ROOT, preexec_fn=limit, capture_output=True).returncode


def is_old_or_new(store: Store) -> bool:
    names = [entry.id for entry in store.snapshots(CARS)]
    for name in names:
        store.snapshot(CARS, name).verify()
        assert store.snapshot(CARS, name).read("n000").height
    return names in (["old"], ["old", "new"])


@pytest.fixture
def kept(workspace: Workspace) -> Workspace:
    workspace.store.publish(CARS, "old", {"n000": pl.DataFrame({"source_row": [1]})}, data_date=None)
    return workspace


@traced
@pytest.mark.parametrize("fault", ["signal=SIGKILL", "error=EIO"])
def test_a_fault_at_any_step_leaves_the_old_state_or_the_new_one(kept: Workspace, tmp_path: Path, fault: str) -> None:
    hit = 0
    for step in range(1, 30):
        shutil.copytree(kept.path, tmp_path / str(step))
        copy = replace(kept, path=tmp_path / str(step))
        inject = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={CALLS}"]
        ended = publish(copy, *inject, "-e", f"inject={CALLS}:{fault}:when={step}")
        assert is_old_or_new(copy.store)
        if ended == 0:
            break
        hit += 1
        assert copy.store.has(CARS, "new") or publish(copy) == 0
        assert is_old_or_new(copy.store)
    assert 3 < hit < 29


@traced
def test_whatever_is_renamed_was_synced_before_and_its_folder_after(kept: Workspace, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    assert publish(kept, "strace", "-f", "-qq", "-y", "-o", str(trace), "-e", f"trace={CALLS}") == 0
    steps = re.findall(r'(fsync)\(\d+<([^>]*)>|(rename)\w*\(.*?"([^"]*)".*?"([^"]*)"', trace.read_text("utf-8"))
    synced = [(order, path) for order, (sync, path, *_) in enumerate(steps) if sync]
    renamed = [(order, source, target) for order, (*_, rename, source, target) in enumerate(steps) if rename]
    assert [Path(target).name for _, _, target in renamed] == ["new.snapshot", "MANIFEST.json"]
    for order, source, target in renamed:
        assert source in [path for at, path in synced if at < order]
        assert str(Path(target).parent) in [path for at, path in synced if at > order]
    staged = renamed[0][1]
    for name in ("n000.parquet", "n001.parquet", "snapshot.json"):
        assert f"{staged}/{name}" in [path for at, path in synced if at < renamed[0][0]]


def test_a_full_disk_leaves_the_old_state_and_asks_to_try_later(kept: Workspace) -> None:
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    assert publish(kept, rows=20_000, limit=limit) == 75
    assert [entry.id for entry in kept.store.snapshots(CARS)] == ["old"]
    assert not list(kept.path.rglob(".new-*"))
    assert publish(kept, rows=20_000) == 0


@pytest.mark.parametrize("fault", ["kill", "EIO"])
def test_what_is_forgotten_is_forgotten_whole_or_stands_whole(workspace: Workspace, tmp_path: Path, fault: str) -> None:
    rows = pl.DataFrame({"source_row": [1]})
    for place in ("told/bank/a", "told/bank/b"):
        for name in ("one", "two"):
            workspace.store.publish(place, name, {"n000": rows}, data_date=None)
    for step in range(1, 60):
        copy = replace(workspace, path=tmp_path / str(step))
        shutil.copytree(workspace.path, copy.path)
        code = subprocess.run([sys.executable, "-c", DROP, str(copy.path), str(step), fault], cwd=ROOT).returncode
        there = [(place, each.id) for place in copy.store.datasets() for each in copy.store.snapshots(place)]
        assert len(there) in (0, 4), step
        assert all(copy.store.snapshot(*each).read("n000").equals(rows) for each in there), step
        copy.store.drop("told/bank")
        assert not [file for file in (copy.store_dir / "told").rglob("*") if file.is_file()], step
        if code == 1:
            break
    assert step > 20
