"""Two at once, a reader while something is published, a clock that was set back, and a disk that is really full."""

import os
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.program import run
from tests.torture.compared import without_run
from tests.torture.faults import FIGURES, ON_THE_WAY, Torture, without
from tests.torture.keeping import Keeping

ROUNDS = 12
PAGE = 4096
YEARS = 2 * 366 * 24 * 3600


def test_of_two_runs_at_once_one_works_and_the_other_is_told(torture: Torture) -> None:
    for _ in range(ROUNDS):
        torture.reset("key rotate")
        pairs = [torture.lines["check"], torture.lines["check"], torture.lines["key rotate"]]
        with ThreadPoolExecutor(3) as pool:
            ended = list(pool.map(lambda line: run(*line), pairs))
        assert {each.code for each in ended} <= {0, 11}, ended
        assert any(each.code == 0 for each in ended)
        FIGURES["together", "check, check, key rotate", f"{sum(each.code == 11 for each in ended)} told to wait"] += 1
        held = torture.program.digest(torture.workspace)
        assert {name: held[name] for name in torture.held["check"]} == torture.held["check"]
        assert without_run(torture.exported()) == without_run(torture.tables)


def test_who_reads_while_data_comes_in_and_the_key_is_changed_reads_one_state_whole(torture: Torture) -> None:
    torture.reset("key rotate")
    at, file = ["-C", str(torture.workspace)], torture.program.folder / "vehicle.csv"
    writing = [
        *([*at, "pull", "vehicle", "--file", str(file), "--data-date", f"2018-11-{day:02}"] for day in range(1, 9)),
        [*at, "key", "rotate"],
    ]
    reading = [*at, "export", "links", "-o", "-"]

    def write() -> list[int]:
        return [run(*line).code for line in writing]

    with ThreadPoolExecutor(1) as pool:
        written = pool.submit(write)
        while not written.done():
            said = run(*reading)
            assert said.code in (0, 12), said  # 12: opened before the key was changed, and says to do it again
            if said.code == 0:
                assert said.out.encode() == torture.tables["links"]
            FIGURES["together", "export beside pull and rotate", f"exit {said.code}"] += 1
    assert written.result() == [0] * len(writing)


def test_who_reads_while_something_is_purged_reads_all_of_it(keeping: Keeping) -> None:
    at = ["-C", str(keeping.workspace)]
    for _ in range(ROUNDS // 3):
        keeping.reset("retention apply")
        with ThreadPoolExecutor(1) as pool:
            written = pool.submit(lambda: run(*keeping.lines["retention apply"]))
            while not written.done():
                for table in ("rejects", "links"):
                    said = run(*at, "export", table, "--run", "latest", "-o", "-")
                    assert said.code == 0, said
                    assert said.out.encode() == keeping.tables[table]
                FIGURES["together", "export beside retention apply", "exit 0"] += 1
        told = written.result()
        assert told.code in (0, 75), told  # 75: somebody read, and what was read stays until the next time
        assert run(*keeping.lines["retention apply"]).code == 0
        assert keeping.program.digest(keeping.workspace) == keeping.new


def test_a_clock_that_was_set_back_changes_nothing_and_breaks_no_chain(torture: Torture) -> None:
    torture.reset("roster import")
    ahead = datetime.now(UTC) + timedelta(seconds=YEARS)
    try:
        for name in ("roster import", "pull vehicle", "pull housing", "pull provident_fund"):
            torture.program.clock = YEARS
            assert torture.program.run(torture.lines[name]).code == 0
        torture.program.clock = -YEARS
        assert torture.program.run(torture.lines["check"]).code == 0
        assert torture.exported() == torture.tables
        assert torture.program.digest(torture.workspace) == torture.held["check"]
        assert torture.program.run(torture.lines["key rotate"]).code == 0
        assert torture.program.digest(torture.workspace)["audit"] == ""
        assert [file.name for file in (torture.workspace / "audit").glob("*.jsonl")] == [f"{ahead:%Y-%m}.jsonl"]
    finally:
        torture.program.clock = 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk")
def test_a_disk_that_is_really_full_leaves_the_old_state_and_more_room_mends_it(torture: Torture) -> None:
    folder, step = torture.program.folder / "disk", 16 * 1024
    folder.mkdir()
    for name in ("roster import", "pull vehicle", "check", "key rotate"):
        files = [path for path in torture.before[name].rglob("*") if path.is_file()]
        need = sum(-(-path.stat().st_size // PAGE) * PAGE for path in files) + PAGE
        for size in range(need, need + 400 * step, step):
            subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "disk", folder], check=True)
            try:
                ended = _on_disk(torture, name, folder)
                if ended == 0:
                    FIGURES["full disk", name, "went through"] += 1
                    break
                FIGURES["full disk", name, f"exit {ended}, as before"] += 1
            finally:
                subprocess.run(["umount", folder], check=True)
        else:
            raise AssertionError(name)


def _on_disk(torture: Torture, name: str, disk: Path) -> int:
    """The command in a workspace on the small disk: 0, or what it says where there is no room."""
    shutil.copytree(torture.before[name], disk / "here")
    settings = disk / "here" / "workspace" / "workspace.toml"
    settings.write_text(settings.read_text("utf-8").replace(str(torture.here), str(disk / "here")), "utf-8")
    line = [word.replace(str(torture.here), str(disk / "here")) for word in torture.lines[name]]
    ended = torture.program.run(line)
    assert ended.code in (0, 75), (name, ended)
    now = without(torture.program.digest(disk / "here" / "workspace"), ON_THE_WAY)
    old, new = torture.state_before(name), torture.held[name]
    assert all(now[each] in (old.get(each), new.get(each)) for each in now), (name, ended)
    assert set(old) <= set(now)
    if not ended.code:
        assert now == new
    return ended.code
