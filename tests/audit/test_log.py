import json
import os
import resource
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from jiuzhu_check.audit.log import AuditLog
from jiuzhu_check.audit.verify import verify
from jiuzhu_check.errors import IntegrityError, StoreError, UsageError

KEY = b"a" * 32
ROOT = Path(__file__).parents[2]
APPEND = """
import sys
from pathlib import Path
from jiuzhu_check.audit.log import AuditLog
from jiuzhu_check.errors import JiuzhuError
log = AuditLog(Path(sys.argv[1]), b"a" * 32)
try:
    for _ in range(int(sys.argv[2])):
        print(log.intent("case"), flush=True)
        print(log.outcome(1, "ok"), flush=True)
except JiuzhuError as error:
    sys.exit(int(error.exit_code))
"""


class Clock:
    def __init__(self, *days: str) -> None:
        self.days = [datetime.fromisoformat(day).replace(tzinfo=UTC) for day in days]

    def __call__(self) -> datetime:
        return self.days.pop(0) if len(self.days) > 1 else self.days[0]


def records(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for file in sorted(folder.glob("*.jsonl")) for line in file.read_bytes().splitlines()]


def test_an_intent_and_its_outcome_say_who_did_what_and_for_what(tmp_path: Path) -> None:
    log = AuditLog(tmp_path / "audit", KEY, operator="wang")
    seq = log.intent("case", purpose="recheck", reason="群众举报", subject="JZ00000000", facts={"as_of": "2018-12-01"})
    log.outcome(seq, "ok", {"findings": 2})
    intent, outcome = records(tmp_path / "audit")
    assert (intent["seq"], intent["action"], intent["purpose"], intent["reason"]) == (1, "case", "recheck", "群众举报")
    assert (intent["operator"], intent["os_uid"], intent["pid"]) == ("wang", os.getuid(), os.getpid())
    assert (outcome["intent"], outcome["result"], outcome["counts"]) == (1, "ok", {"findings": 2})
    assert outcome["prev"] == intent["hash"]


def test_the_operator_is_the_account_where_nobody_says_otherwise(tmp_path: Path) -> None:
    AuditLog(tmp_path / "audit", KEY).intent("case")
    assert records(tmp_path / "audit")[0]["operator"]


def test_a_persons_number_stands_only_as_a_pseudonym(tmp_path: Path) -> None:
    log = AuditLog(tmp_path / "audit", KEY)
    for number in ("37010219900101123x", " 37010219900101123X"):
        log.intent("lookup", subject=number)
    one, other = records(tmp_path / "audit")
    assert one["subject"] == other["subject"] == log.pseudonym("37010219900101123X")
    assert log.pseudonym("37010219900101123X") != AuditLog(tmp_path, b"b" * 32).pseudonym("37010219900101123X")
    assert b"3701021990" not in b"".join(path.read_bytes() for path in (tmp_path / "audit").iterdir())


def test_a_reason_with_a_number_is_refused_and_leaves_no_record(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        AuditLog(tmp_path / "audit", KEY).intent("reveal", reason="查 370102199001011234")
    assert not (tmp_path / "audit").exists()


def test_files_are_the_owners_alone(tmp_path: Path) -> None:
    AuditLog(tmp_path / "audit", KEY).intent("case")
    assert (tmp_path / "audit").stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "audit").iterdir()} == {0o600}


def test_a_month_goes_on_where_the_month_before_ended(tmp_path: Path) -> None:
    log = AuditLog(tmp_path, KEY, now=Clock("2018-11-30", "2018-12-01", "2019-01-01"))
    for _ in range(3):
        log.intent("case")
    assert [path.name for path in sorted(tmp_path.glob("*.jsonl"))] == [
        "2018-11.jsonl",
        "2018-12.jsonl",
        "2019-01.jsonl",
    ]
    assert verify(tmp_path, KEY).is_whole
    (tmp_path / "2018-12.jsonl").unlink()
    assert not verify(tmp_path, KEY).is_whole


def test_when_the_clock_goes_back_the_log_does_not(tmp_path: Path) -> None:
    log = AuditLog(tmp_path, KEY, now=Clock("2018-12-01", "2018-11-30"))
    log.intent("case")
    log.intent("case")
    assert [path.name for path in tmp_path.glob("*.jsonl")] == ["2018-12.jsonl"]
    assert verify(tmp_path, KEY).is_whole


@pytest.mark.parametrize("kept", [0, 1, 3])
def test_a_torn_last_line_is_set_aside_and_the_log_says_so(tmp_path: Path, kept: int) -> None:
    log = AuditLog(tmp_path, KEY, now=Clock("2018-12-01"))
    for _ in range(kept):
        log.intent("case")
    with (tmp_path / "2018-12.jsonl").open("ab") as file:
        file.write(b'{"action":"case","se')
    assert verify(tmp_path, KEY).torn == ("2018-12.jsonl",)
    assert log.intent("case") == kept + 2
    found = verify(tmp_path, KEY)
    assert found.is_whole
    assert found.records == kept + 2
    assert [Path(name).suffix for name in found.torn] == [".bin"]
    assert (tmp_path / found.torn[0]).read_bytes() == b'{"action":"case","se'
    assert records(tmp_path)[kept]["action"] == "torn_line_set_aside"


def test_after_a_spoilt_last_record_nothing_is_appended(tmp_path: Path) -> None:
    log = AuditLog(tmp_path, KEY, now=Clock("2018-12-01"))
    log.intent("case")
    with (tmp_path / "2018-12.jsonl").open("ab") as file:
        file.write(b"garbage\n")
    before = (tmp_path / "2018-12.jsonl").read_bytes()
    with pytest.raises(IntegrityError, match="审计日志不完整") as caught:
        log.intent("case")
    assert caught.value.exit_code == 15
    assert (tmp_path / "2018-12.jsonl").read_bytes() == before


@pytest.mark.parametrize("cut", [1, 200])
def test_a_log_that_was_cut_short_takes_no_more_records(tmp_path: Path, cut: int) -> None:
    log = AuditLog(tmp_path, KEY, now=Clock("2018-12-01"))
    for _ in range(5):
        log.intent("case")
    file = tmp_path / "2018-12.jsonl"
    size = file.stat().st_size - len(file.read_bytes().splitlines(keepends=True)[-1])
    os.truncate(file, size if cut == 1 else size - cut)
    with pytest.raises(IntegrityError, match="日志比记下的末尾短"):
        log.intent("case")
    assert not verify(tmp_path, KEY).is_whole


def test_a_missing_checkpoint_is_noted_and_stays_a_problem(tmp_path: Path) -> None:
    log = AuditLog(tmp_path, KEY)
    for _ in range(3):
        log.intent("case")
    (tmp_path / "checkpoint.json").unlink()
    assert verify(tmp_path, KEY).problems == ("checkpoint.json 不见了，无法判断日志是否被截短",)
    assert log.intent("case") == 5
    assert len(verify(tmp_path, KEY).problems) == 1


def test_a_forged_checkpoint_stops_the_log(tmp_path: Path) -> None:
    log = AuditLog(tmp_path, KEY)
    log.intent("case")
    for text in ("{}", "", '{"seq":0,"hash":"","mac":""}', '{"seq":0,"hash":"","mac":"审"}'):
        (tmp_path / "checkpoint.json").write_text(text, encoding="utf-8")
        with pytest.raises(IntegrityError, match=r"checkpoint\.json 已被改动"):
            log.intent("case")
        assert verify(tmp_path, KEY).problems == ("checkpoint.json 已被改动",)


def test_four_processes_at_once_make_one_chain(tmp_path: Path) -> None:
    commands = [[sys.executable, "-c", APPEND, str(tmp_path / "audit"), "25"]] * 4
    running = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) for command in commands]
    assert [process.wait() for process in running] == [0] * 4
    found = verify(tmp_path / "audit", KEY)
    assert found.is_whole
    assert found.records == 200
    assert len({record["pid"] for record in records(tmp_path / "audit")}) == 4


def test_on_a_full_disk_there_is_no_record_and_so_no_look_up(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", APPEND, str(tmp_path / "audit"), "100"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000)),
    )
    assert ended.returncode == 75
    found = verify(tmp_path / "audit", KEY)
    assert found.is_whole
    assert found.torn == ()
    assert found.records > 10
    assert AuditLog(tmp_path / "audit", KEY).intent("case") == found.records + 1


@pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed: no faults can be injected")
@pytest.mark.parametrize(("calls", "fault"), [("write,fsync,rename", "signal=SIGKILL"), ("fsync", "error=EIO")])
def test_no_acknowledged_record_is_lost_whenever_the_process_dies(tmp_path: Path, calls: str, fault: str) -> None:
    for step in range(1, 16):
        folder = tmp_path / str(step)
        inject = [
            "strace",
            "-qq",
            "-o",
            "/dev/null",
            "-e",
            f"trace={calls}",
            "-e",
            f"inject={calls}:{fault}:when={step}",
        ]
        command = [*inject, sys.executable, "-c", APPEND, str(folder), "2"]
        acknowledged = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True).stdout.split()
        found = verify(folder, KEY)
        assert found.is_whole
        assert found.records >= len(acknowledged)
        AuditLog(folder, KEY).intent("case")
        assert verify(folder, KEY).is_whole


def test_a_killed_look_up_is_listed_as_interrupted(tmp_path: Path) -> None:
    log = AuditLog(tmp_path, KEY)
    log.outcome(log.intent("pull"), "ok")
    log.intent("case")
    assert [(each.seq, each.action) for each in verify(tmp_path, KEY).interrupted] == [(3, "case")]


def test_where_no_record_can_be_made_the_error_says_so(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="审计记录不能写入"):
        AuditLog(tmp_path / "nowhere" / "audit", KEY).intent("case")


def test_the_repr_shows_no_key(tmp_path: Path) -> None:
    assert "aaaa" not in repr(AuditLog(Path("/centre/audit"), KEY))
