"""A night that nobody watches, with the real program: locks, deadlines, signals, the log."""

import fcntl
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.night import Night
from jiuzhu_check.checks.portion import Portion
from jiuzhu_check.checks.run import check_all
from jiuzhu_check.errors import ExitCode, Stopped
from tests.cli.program import AS_OF, PROGRAM, SAMPLE, WHOLE_NUMBER, Desk, environment

ROOT = Path(__file__).parents[2]
CHECK = ("check", "recipients", "--as-of", AS_OF)
HOLD = """
import sys
from pathlib import Path
from jiuzhu_check.store.lock import workspace_lock
with workspace_lock(Path(sys.argv[1]), "pull vehicle"):
    print("held", flush=True)
    sys.stdin.read()
"""
# the program, to which a signal comes just as it says that a stage begins, however fast or slow it is
SIGNALLED = """
import io, os, signal, sys
stage, sign = sys.argv[1], int(sys.argv[2])
signal.signal(signal.SIGINT, signal.default_int_handler)
class Heard(io.TextIOWrapper):
    def write(self, text):
        written = super().write(text)
        if f'"stage": "{stage}"' in text:
            os.kill(os.getpid(), sign)
        return written
sys.stderr = Heard(sys.stderr.buffer, encoding="utf-8", line_buffering=True)
sys.argv = ["jiuzhu-check", *sys.argv[3:]]
from jiuzhu_check.cli import main
main()
"""


@contextmanager
def held(desk: Desk) -> Iterator[subprocess.Popen[str]]:
    """Somebody else is in the workspace until the block ends, or until its input is closed."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(desk.workspace)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as holder:  # fmt: skip
        assert holder.stdout is not None
        assert holder.stdin is not None
        holder.stdout.readline()
        yield holder
        holder.stdin.close()


def started(desk: Desk, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [PROGRAM, "-C", str(desk.workspace), *words],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8", env=environment(),
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip


def runs(desk: Desk) -> str:
    return desk.run("run", "list", "--format", "json").out


def is_free(desk: Desk) -> bool:
    with (desk.workspace / "lock").open("r+b") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def closed(desk: Desk) -> bool:
    """Whether every intent in the audit log has its outcome."""
    records = [json.loads(line) for line in desk.log()]
    intents = {each["seq"] for each in records if each["phase"] == "intent"}
    return intents == {each["intent"] for each in records if each["phase"] == "outcome"}


def test_a_check_that_finds_the_workspace_in_use_says_by_whom_and_since_when_and_ends_with_11(desk: Desk) -> None:
    with held(desk) as holder:
        said = desk.run(*CHECK)
    assert said.code == 11
    assert f"pull vehicle（进程 {holder.pid}，20" in said.err


def test_it_waits_for_the_workspace_and_says_for_whom(desk: Desk) -> None:
    with held(desk) as holder:
        process = started(desk, *CHECK, "--lock-wait", "600")
        assert process.stderr is not None
        assert holder.stdin is not None
        told = process.stderr.readline()
        assert f"pull vehicle（进程 {holder.pid}" in told
        assert "等它结束" in told
        holder.stdin.close()
        assert process.wait(120) == 0
        process.communicate()


def test_a_wait_ends_with_11_when_its_time_is_over(desk: Desk) -> None:
    with held(desk):
        said = desk.run(*CHECK, "--lock-wait", "1")
    assert said.code == 11
    assert said.err.count("pull vehicle") == 2


def test_a_wait_ends_at_the_deadline(desk: Desk) -> None:
    with held(desk):
        said = desk.run(*CHECK, "--lock-wait", "600", "--deadline", "1")
    assert said.code == 75


@pytest.mark.parametrize(("sign", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_wait_ends_when_it_is_told_to(desk: Desk, sign: signal.Signals, code: int) -> None:
    with held(desk):
        process = started(desk, *CHECK, "--lock-wait", "600")
        assert process.stderr is not None
        process.stderr.readline()
        process.send_signal(sign)
        _, err = process.communicate(timeout=60)
    assert process.returncode == code
    assert "Traceback" not in err


def test_at_the_deadline_a_check_keeps_nothing_half_and_says_that_the_next_start_goes_on(desk: Desk) -> None:
    before = runs(desk)
    said = desk.run(*CHECK, "--deadline", "0")
    assert said.code == 75
    assert "到了期限" in said.err
    assert "接着做" in said.err
    assert runs(desk) == before
    assert is_free(desk)
    assert closed(desk)
    assert desk.run(*CHECK).code == 0


@pytest.mark.parametrize("wrong", ["25:00", "5.30", "明早", "-1"])
def test_a_deadline_that_is_no_time_is_a_usage_error(desk: Desk, wrong: str) -> None:
    assert desk.run(*CHECK, f"--deadline={wrong}").code == 2


@pytest.mark.parametrize("stage", ["sources", "link", "coverage", "rules"])
@pytest.mark.parametrize(("sign", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_lets_the_piece_at_hand_be_finished_and_leaves_everything_whole(
    desk: Desk, stage: str, sign: signal.Signals, code: int
) -> None:
    before = runs(desk)
    line = [stage, str(sign.value), "-C", str(desk.workspace), *CHECK, "--log", "-"]
    done = subprocess.run(
        [sys.executable, "-c", SIGNALLED, *line], capture_output=True, text=True, encoding="utf-8", env=environment()
    )
    err = done.stderr
    assert done.returncode == code, err
    assert "Traceback" not in err
    assert err.rstrip().endswith(f"退出码 {code}")
    assert json.loads(next(line for line in err.splitlines() if '"stage": "end"' in line))["code"] == code
    assert runs(desk) == before
    assert is_free(desk)
    assert closed(desk)
    assert desk.run("audit", "verify").code == 0


def test_the_log_has_a_line_of_json_for_each_stage_and_names_nobody(desk: Desk, tmp_path: Path) -> None:
    log = tmp_path / "night.log"
    for _ in range(2):
        assert desk.run(*CHECK, "--log", str(log)).code == 0
    lines = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    stages = ["start", "sources", "link", "coverage", "rules", "keep", "end"]
    assert [line["stage"] for line in lines if line["stage"] != "plan"] == 2 * stages
    assert len([line for line in lines if line["stage"] == "plan"]) == 2
    assert {"time", "pid", "spent"} <= set(lines[0])
    assert lines[-1]["result"] == "ok"
    assert log.stat().st_mode & 0o077 == 0
    assert not WHOLE_NUMBER.search(log.read_text("utf-8"))
    names = {row.split(",")[8] for row in (SAMPLE / "roster.csv").read_text("utf-8-sig").splitlines()[1:]}
    assert not [name for name in names if name in log.read_text("utf-8")]


def test_a_log_that_cannot_be_written_is_said_before_anything_is_read(desk: Desk, tmp_path: Path) -> None:
    before = desk.log()
    said = desk.run(*CHECK, "--log", str(tmp_path / "nowhere" / "night.log"))
    assert said.code == 10
    assert desk.log() == before


def test_an_incomplete_check_is_a_warning_in_the_journal(desk: Desk, tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    with journal.open("w") as there:
        seen = os.fstat(there.fileno())
        done = subprocess.run(
            [PROGRAM, "-C", desk.workspace, "check", "recipients", "--as-of", "2019-06-01"],
            stdout=subprocess.DEVNULL, stderr=there,
            env=environment(JOURNAL_STREAM=f"{seen.st_dev}:{seen.st_ino}"),
        )  # fmt: skip
    assert done.returncode == 3
    assert "<4>必需的来源不全" in journal.read_text("utf-8")


def test_what_stood_after_a_stop_is_said_and_counted(desk: Desk) -> None:
    done: dict[str, int] = {}
    night = Night(asked=lambda: ExitCode.TERMINATED if sum(done.values()) >= 100 else None)
    with pytest.raises(Stopped):
        check_all(
            Centre.open(desk.workspace),
            "recipients",
            date.fromisoformat(AS_OF),
            portion=Portion(share=(1, 2)),  # of which everything is read
            progress=lambda title, now, _of: done.update({title: now}),
            night=night,
        )
    said = desk.run(*CHECK, "--shard", "1/2", "--format", "json")
    assert "接着上次停下的做，沿用" in said.err
    parts = {(row["what"], row["state"]): row["count"] for row in json.loads(said.out) if row["table"] == "part"}
    assert parts["", "stood"] >= 80
    assert parts["first", "read"] > 0


def test_a_check_of_a_share_says_wherever_it_is_shown_that_it_was_not_of_everybody(desk: Desk) -> None:
    told = "只含 1/2，不是全部在保家庭"
    checked = desk.run("check", "recipients", "--shard", "1/2", "--as-of", "2018-12-02")
    assert told in checked.err
    assert told in desk.run("report", "summary").out
    assert desk.run("report", "overview", "-o", str(desk.folder / "share.html")).code == 0
    assert told in (desk.folder / "share.html").read_text("utf-8")
    newest, *_ = json.loads(desk.run("run", "list", "--format", "json").out)
    assert newest["种类"] == "在保必核 1/2"
