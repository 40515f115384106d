import os
import subprocess
import sys
from pathlib import Path

import pytest

from jiuzhu_check.errors import Locked, StoreError
from jiuzhu_check.store.lock import workspace_lock

ROOT = Path(__file__).parents[2]
HOLD = """
import sys
from pathlib import Path
from jiuzhu_check.store.lock import workspace_lock
with workspace_lock(Path(sys.argv[1]), "check recipients"):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_who_comes_second_is_told_who_is_there_and_since_when(tmp_path: Path) -> None:
    with (
        workspace_lock(tmp_path, "pull vehicle"),
        pytest.raises(Locked, match=rf"pull vehicle（进程 {os.getpid()}，20\d\d-.* 开始）") as caught,
        workspace_lock(tmp_path, "pull housing"),
    ):
        pass
    assert caught.value.exit_code == 11


def test_a_killed_process_holds_nothing(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        with pytest.raises(Locked, match=rf"check recipients（进程 {holder.pid}"), workspace_lock(tmp_path, "pull"):
            pass
        holder.kill()
    with workspace_lock(tmp_path, "pull"):
        pass


def test_after_the_run_the_workspace_is_free_and_an_error_frees_it_too(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), workspace_lock(tmp_path, "pull"):
        raise ZeroDivisionError
    with workspace_lock(tmp_path, "pull"):
        assert (tmp_path / "lock").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "lock").read_bytes() == b""


def test_a_folder_that_is_not_there_cannot_be_locked(tmp_path: Path) -> None:
    with pytest.raises(StoreError), workspace_lock(tmp_path / "nowhere", "pull"):
        pass
