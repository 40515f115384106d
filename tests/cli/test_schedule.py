"""The night's units, looked at by systemd itself, and the line for cron, run by a shell."""

import os
import pwd
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cli.program import PROGRAM, Desk, environment, run

verified = pytest.mark.skipif(
    not shutil.which("systemd-analyze"), reason="systemd-analyze is missing: apt-get install systemd"
)
ME = pwd.getpwuid(os.getuid()).pw_name


def written(desk: Desk, folder: Path, *words: str) -> dict[str, str]:
    said = desk.run("schedule", "show", "-o", str(folder), *words)
    assert said.code == 0, said.err
    return {file.suffix: file.read_text("utf-8") for file in folder.iterdir()}


def looked_at(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["systemd-analyze", *words], capture_output=True, text=True)


@verified
def test_systemd_finds_nothing_wrong_with_the_units(fresh: Desk, tmp_path: Path) -> None:
    written(fresh, tmp_path / "units")
    for kind in ("service", "timer"):
        told = looked_at("verify", "--man=no", str(tmp_path / "units" / f"jiuzhu-check-night.{kind}"))
        assert told.returncode == 0, told.stderr
        assert "jiuzhu-check" not in told.stderr


@verified
def test_systemd_rates_the_service_as_hardened(fresh: Desk, tmp_path: Path) -> None:
    written(fresh, tmp_path / "units")
    told = looked_at("security", "--offline=true", "--threshold=30", str(tmp_path / "units/jiuzhu-check-night.service"))
    assert told.returncode == 0, told.stdout


def test_the_service_may_write_the_workspace_alone_and_leaves_no_core(fresh: Desk, tmp_path: Path) -> None:
    lines = written(fresh, tmp_path / "units")[".service"].splitlines()
    for line in (
        "ProtectSystem=strict", "PrivateTmp=yes", "NoNewPrivileges=yes", "LimitCORE=0", f"User={ME}",
        f"ReadWritePaths={fresh.workspace}", "SuccessExitStatus=3",
    ):  # fmt: skip
        assert line in lines
    starts = [line for line in lines if line.startswith("ExecStart=")]
    assert starts == [
        f"ExecStart=-{PROGRAM} --quiet pull --all",
        f"ExecStart={PROGRAM} --quiet check recipients --lock-wait 3600",
    ]


def test_the_timer_makes_up_for_a_night_when_the_machine_was_off(fresh: Desk, tmp_path: Path) -> None:
    timer = written(fresh, tmp_path / "units", "--at", "03:40")[".timer"]
    assert "OnCalendar=*-*-* 03:40:00" in timer
    assert "Persistent=true" in timer


def test_a_key_that_systemd_holds_is_loaded_by_the_unit_and_need_not_be_there_to_show_it(
    fresh: Desk, tmp_path: Path
) -> None:
    settings = fresh.workspace / "workspace.toml"
    told = settings.read_text("utf-8").replace('provider = "file"', 'provider = "systemd"')
    settings.write_text(told.replace(f'"{fresh.key}"', '"jiuzhu-check"'), "utf-8")
    service = written(fresh, tmp_path / "units")[".service"]
    assert "LoadCredentialEncrypted=jiuzhu-check:/etc/credstore.encrypted/jiuzhu-check" in service


def test_what_departments_admit_us_by_is_granted_to_the_service(fresh: Desk, tmp_path: Path) -> None:
    own = {"XDG_CONFIG_HOME": str(tmp_path / "own")}
    assert run("credential", "set", "gjj-sftp", given="geheim", **own).code == 0
    service = run("-C", str(fresh.workspace), "schedule", "show", **own).out
    (line,) = re.findall(r"LoadCredential=gjj-sftp:(.+)", service)
    assert Path(line).read_text("utf-8").strip() == "geheim"
    assert "geheim" not in service


@pytest.mark.parametrize("words", [("--at", "24:30"), ("--user", "no-such-account")])
def test_no_time_of_day_and_no_account_are_usage_errors(fresh: Desk, words: tuple[str, str]) -> None:
    assert fresh.run("schedule", "show", *words).code == 2


def test_a_key_in_a_key_ring_cannot_be_used_at_night(fresh: Desk) -> None:
    settings = fresh.workspace / "workspace.toml"
    settings.write_text(settings.read_text("utf-8").replace('provider = "file"', 'provider = "keyring"'), "utf-8")
    said = fresh.run("schedule", "show")
    assert said.code == 2
    assert "密钥环" in said.err


@verified
def test_a_folder_with_a_space_and_a_percent_sign_stands_in_the_units_as_it_is(fresh: Desk, tmp_path: Path) -> None:
    odd = Desk(tmp_path / "100% of it")
    odd.folder.mkdir()
    shutil.copytree(fresh.workspace, odd.workspace)
    written(odd, tmp_path / "units")
    told = looked_at("verify", "--man=no", str(tmp_path / "units" / "jiuzhu-check-night.service"))
    assert told.returncode == 0, told.stderr
    assert "jiuzhu-check" not in told.stderr


def test_the_line_for_cron_pulls_checks_and_takes_an_incomplete_check_for_done(desk: Desk, tmp_path: Path) -> None:
    line = written(desk, tmp_path / "units", "--at", "02:05")[".cron"].splitlines()[-1]
    when, command = line[:9], line[11:].replace("\\%", "%")
    assert when == "5 2 * * *"
    before = desk.run("run", "list", "--format", "jsonl").out.count("\n")
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, env=environment())
    assert done.returncode == 0, done.stderr  # by today's date every delivery is stale: the check ends with 3
    assert "必需的来源不全" in done.stderr
    assert desk.run("run", "list", "--format", "jsonl").out.count("\n") == before + 1
