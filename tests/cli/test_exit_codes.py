"""Each exit code by a real cause. A script reads them, so none ever changes its meaning."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from jiuzhu_check.store.lock import workspace_lock
from tests.cli.conftest import Walked
from tests.cli.program import AS_OF, DATA_DATE, PROGRAM, SAMPLE, Desk, Said, environment, run

CHECK = ("check", "recipients", "--as-of", AS_OF)


def ended(said: Said, code: int) -> Said:
    """The same, once it ended with that code and said so in three lines without a traceback."""
    assert said.code == code, said.err
    assert said.err.rstrip().endswith(f"退出码 {code}")
    assert "Traceback" not in said.err
    return said


def test_0_the_whole_job_ends_well(walked: Walked) -> None:
    assert {name: said.code for name, said in walked.said.items() if said.code} == {}


def test_0_findings_are_no_failure_unless_asked_for(desk: Desk) -> None:
    assert desk.run(*CHECK).code == 0


def test_1_findings_where_a_script_asks_for_it(desk: Desk) -> None:
    assert desk.run(*CHECK, "--exit-code").code == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "everybody"),
        ("check", "recipients", "--as-of", "01/12/2018"),
        ("check", "recipients", "--no-such-option"),
        ("pull", "vehicle", "--file", "vehicle.csv", "--data-date", "2018-13-01"),
        ("pull", "vehicle"),
        ("case", "--purpose", "recheck"),
        ("case", "--household", "JZ00000120", "--purpose", "curiosity"),
        ("report", "worklist", "--run", "all"),
        ("export", "links", "--format", "xlsx"),
        ("export", "secrets"),
        ("nothing",),
        (),
    ],
)
def test_2_a_command_that_does_not_fit(walked: Walked, arguments: tuple[str, ...]) -> None:
    assert walked.desk.run(*arguments).code == 2


def test_2_a_register_that_names_an_unknown_source(desk: Desk) -> None:
    register = desk.workspace / "sources.toml"
    register.write_text(register.read_text() + '\n[horoscope]\nrequirement = "required"\n', encoding="utf-8")
    assert "horoscope" in ended(desk.run(*CHECK), 2).err


def test_3_a_required_source_never_came(fresh: Desk) -> None:
    assert fresh.run("roster", "import", str(SAMPLE / "roster.csv")).code == 0
    assert fresh.pull("vehicle", SAMPLE / "inbox" / "vehicle.csv").code == 0
    assert fresh.run(*CHECK).code == 3


def test_3_a_required_source_is_too_old(desk: Desk) -> None:
    assert desk.run("check", "recipients", "--as-of", "2019-06-01").code == 3


def test_3_a_part_of_a_required_source_is_lost(desk: Desk) -> None:
    (part,) = (desk.workspace / "store" / "records" / "vehicle").glob("*/*.snapshot/n007.parquet")
    part.unlink()
    assert desk.run(*CHECK).code == 3


@pytest.mark.parametrize(
    "arguments",
    [
        ("case", "--household", "JZ99999999", "--purpose", "recheck"),
        ("export", "links", "--run", "recipients-20181201-0000000000"),
        ("report", "summary", "--run", "recipients-20181201-0000000000"),
        ("pull", "horoscope", "--file", "vehicle.csv", "--data-date", DATA_DATE),
        ("pull", "vehicle", "--file", "no/such/file.csv", "--data-date", DATA_DATE),
    ],
)
def test_4_no_such_household_run_source_or_file(desk: Desk, arguments: tuple[str, ...]) -> None:
    ended(desk.run(*arguments), 4)


def test_5_no_purpose(walked: Walked) -> None:
    ended(walked.desk.run("case", "--household", "JZ00000120"), 5)


def test_10_no_workspace(tmp_path: Path) -> None:
    ended(run("-C", str(tmp_path), *CHECK), 10)


def test_10_a_workspace_that_is_there_already(walked: Walked) -> None:
    ended(walked.desk.init(), 10)


@pytest.mark.parametrize("command", [CHECK, ("roster", "import", str(SAMPLE / "roster.csv"))])
def test_11_another_run_is_at_work(desk: Desk, command: tuple[str, ...]) -> None:
    with workspace_lock(desk.workspace, "check recipients"):
        assert "check recipients" in ended(desk.run(*command), 11).err
    assert desk.run(*command).code == 0


def test_12_the_key_is_gone(desk: Desk) -> None:
    desk.key.unlink()
    ended(desk.run(*CHECK), 12)


def test_12_the_key_is_another_one(desk: Desk, tmp_path: Path) -> None:
    other = Desk(tmp_path / "other")
    other.folder.mkdir()
    assert other.init().code == 0
    desk.key.unlink()
    desk.key.write_bytes(other.key.read_bytes())
    desk.key.chmod(0o400)
    ended(desk.run(*CHECK), 12)


@pytest.mark.parametrize("damage", ["a heading missing", "nothing in it", "cut off", "a NUL byte", "UTF-16"])
def test_13_a_delivery_that_breaks_its_contract(desk: Desk, tmp_path: Path, damage: str) -> None:
    whole = (SAMPLE / "inbox" / "vehicle.csv").read_bytes()
    delivered = {
        "a heading missing": whole.replace("身份证明号码".encode("gb18030"), "某某".encode("gb18030"), 1),
        "nothing in it": b"",
        "cut off": whole[: len(whole) // 2 + 7].rsplit(b"\n", 1)[0] + b"\n02,",
        "a NUL byte": whole[:5000] + b"\0" + whole[5000:],
        "UTF-16": whole.decode("gb18030").encode("utf-16"),
    }[damage]
    file = tmp_path / "vehicle.csv"
    file.write_bytes(delivered)
    ended(desk.pull("vehicle", file), 13)
    assert desk.run(*CHECK).code == 0, "the last good delivery is still there"


def test_14_a_policy_that_is_not_valid(desk: Desk) -> None:
    policy = desk.workspace / "policy" / "370000.toml"
    policy.write_text(policy.read_text(encoding="utf-8").replace("[[vehicle.allowed]]", "[[vehicle.alowed]]"), "utf-8")
    ended(desk.run(*CHECK), 14)


def test_15_a_stored_file_is_not_what_was_written(desk: Desk) -> None:
    (part,) = (desk.workspace / "store" / "roster").glob("*.snapshot/h007.parquet")
    flip(part)
    ended(desk.run(*CHECK), 15)


def test_15_the_audit_log_was_changed(desk: Desk) -> None:
    (log,) = (desk.workspace / "audit").glob("*.jsonl")
    flip(log)
    ended(desk.run("audit", "verify"), 15)


def flip(file: Path) -> None:
    """Change one bit in the middle of a file."""
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.chmod(0o600)
    file.write_bytes(data)


@pytest.mark.parametrize(("sign", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_130_and_143_a_run_that_is_stopped_can_be_started_again(
    desk: Desk, tmp_path: Path, sign: signal.Signals, code: int
) -> None:
    pipe = tmp_path / "vehicle.csv"
    process = waiting_in_a_pull(desk, pipe)
    with pipe.open("wb"):
        process.send_signal(sign)
    _, err = process.communicate(timeout=60)
    assert process.returncode == code
    assert err.rstrip().endswith(f"退出码 {code}")
    pipe.unlink()
    assert desk.pull("vehicle", SAMPLE / "inbox" / "vehicle.csv").code == 0
    assert desk.run("audit", "verify").code == 0


def test_what_is_about_to_be_done_is_on_record_before_it_is_done(desk: Desk, tmp_path: Path) -> None:
    (log,) = (desk.workspace / "audit").glob("*.jsonl")
    before = log.read_bytes()
    pipe = tmp_path / "vehicle.csv"
    process = waiting_in_a_pull(desk, pipe)
    with pipe.open("wb"):
        written = log.read_bytes()[len(before) :]
        process.kill()
        process.communicate(timeout=60)
    assert written.count(b"\n") == 1
    assert b'"action":"pull"' in written
    assert b'"phase":"intent"' in written
    told = desk.run("audit", "verify")
    assert told.code == 0
    assert "中断的查询\t1" in told.out


def waiting_in_a_pull(desk: Desk, pipe: Path) -> subprocess.Popen[str]:
    """A pull that waits for its file: opening the other end of the pipe waits until the program reads from it."""
    os.mkfifo(pipe)
    return subprocess.Popen(
        [PROGRAM, "-C", str(desk.workspace), "pull", "vehicle", "--file", str(pipe), "--data-date", DATA_DATE],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=environment(),
        preexec_fn=heed_interrupts,
    )


def heed_interrupts() -> None:
    """A shell in the background has its children ignore Ctrl-C; the one under test must not."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
