"""doctor: what is not ready is said, with what to do; what could not be looked at never reads as fine."""

import json
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from jiuzhu_check.checks.doctor import examine
from jiuzhu_check.checks.machine import STATES, Seen, machine, room
from tests.cli.program import AS_OF, DATA_DATE, Desk, run

TODAY = date.fromisoformat(AS_OF)


def seen(desk: Desk, now: datetime | None = None, today: date = TODAY) -> dict[str, Seen]:
    return {each.what: each for each in examine(desk.workspace, today, now or datetime.now(UTC))}


def test_a_desk_where_all_is_ready_has_nothing_to_mend(desk: Desk):
    said = desk.run("doctor", "--as-of", AS_OF, "--format", "json")
    rows = {row["项目"]: row for row in json.loads(said.out)}
    assert said.code == 0
    assert [row for row in rows.values() if row["状态"] == "要处理"] == []
    assert all(
        rows[what]["状态"] == "正常" for what in ("密钥", "工作区权限", "时钟", "审计记录", "名册", "来源", "政策标准")
    )
    assert rows["未签约来源"]["状态"] == "留意"
    assert "都备好了" in said.err


def test_before_there_is_a_workspace_it_says_how_to_make_one(tmp_path: Path):
    said = run("-C", str(tmp_path), "doctor", "--format", "json")
    *_, last = json.loads(said.out)
    assert said.code == 3
    assert (last["项目"], last["状态"]) == ("工作区", "要处理")
    assert "jiuzhu-check init" in last["怎么办"]
    assert {"终端编码", "中文字体", "临时目录", "取数用的库"} <= {row["项目"] for row in json.loads(said.out)}


def test_a_folder_without_fonts_does_not_read_as_ready_to_print(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("JIUZHU_FONT_DIR", str(tmp_path))
    (row,) = (each for each in machine() if each.what == "PDF 排版")
    assert row.state == "note"
    assert "里没有字体" in row.said
    assert "JIUZHU_FONT_DIR" in row.todo


def test_it_speaks_english_too(tmp_path: Path):
    said = run("--lang", "en", "-C", str(tmp_path), "doctor", "--format", "json")
    assert json.loads(said.out)[-1]["state"] == "to mend"


def test_after_init_the_roster_and_the_sources_are_what_is_lacking(fresh: Desk):
    told = seen(fresh)
    assert told["名册"].state == "problem"
    assert told["来源缺数据"].state == "problem"
    assert told["政策标准"].state == "unseen"  # without a roster nobody knows which are needed


@pytest.mark.parametrize("spoil", ["others read it", "gone", "another one"])
def test_a_key_that_does_not_open_is_said_and_what_lies_behind_it_is_not_called_fine(desk: Desk, spoil: str):
    if spoil == "others read it":
        desk.key.chmod(0o644)
    elif spoil == "gone":
        desk.key.unlink()
    else:
        desk.key.chmod(0o600)
        desk.key.write_text("ab" * 32 + "\n", encoding="ascii")
        desk.key.chmod(0o400)
    told = seen(desk)
    assert told["密钥"].state == "problem"
    assert told["密钥"].todo
    assert told["审计、名册、来源、政策"].state == "unseen"
    assert "名册" not in told


def test_a_workspace_that_others_can_open_or_whose_policy_they_can_change_is_said(desk: Desk):
    (desk.workspace / "policy").chmod(0o777)
    assert "policy" in seen(desk)["工作区权限"].said
    desk.workspace.chmod(0o755)
    told = seen(desk)["工作区权限"]
    assert (told.state, told.todo) == ("problem", f"运行 chmod 700 {desk.workspace}。")


def test_a_clock_that_went_back_shows_in_audit_records_and_snapshots_of_the_future(desk: Desk):
    told = seen(desk, now=datetime.now(UTC) - timedelta(days=1))
    assert (told["时钟"].state, told["快照"].state) == ("problem", "problem")
    assert seen(desk)["时钟"].state == "ok"


def test_data_of_a_day_that_has_not_come_is_to_be_looked_at(desk: Desk):
    assert seen(desk, today=date.fromisoformat(DATA_DATE) - timedelta(days=1))["快照"].state == "note"


def test_a_source_that_has_grown_old_or_never_came_is_named(desk: Desk):
    assert "机动车" in seen(desk, today=date(2026, 1, 1))["来源过期"].said
    register = desk.workspace / "sources.toml"
    told = register.read_text(encoding="utf-8").replace(
        '[tax]  # 个人所得税\nrequirement = "unsigned"', '[tax]\nrequirement = "optional"'
    )
    register.write_text(told, encoding="utf-8")
    assert (seen(desk)["来源缺数据"].state, seen(desk)["来源"].state) == ("note", "note")
    assert desk.run("doctor", "--as-of", AS_OF).code == 0  # an optional one that lacks stops nothing


def test_a_library_that_a_signed_source_needs_and_that_is_not_there_is_named(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
):
    own = desk.workspace / "connectors" / "vehicle" / "source.toml"
    own.parent.mkdir()
    own.write_text(
        '[transport]\nkind = "sftp"\nhost = "sftp.example.com"\nuser = "hedui"\ncredential = "gjj"\n'
        f'host_key = "SHA256:{"A" * 43}"\npath = "/out/a.csv"\n', encoding="utf-8",
    )  # fmt: skip
    assert seen(desk)["取数用的库"].state == "ok"
    monkeypatch.setitem(sys.modules, "paramiko", None)
    told = seen(desk)["取数用的库"]
    assert (told.state, told.said) == ("problem", "vehicle 要用的库没有装")
    assert "jiuzhu-check[sftp]" in told.todo


def test_a_standard_that_the_policy_does_not_say_is_named(desk: Desk):
    for file in (desk.workspace / "policy").glob("*.toml"):
        file.unlink()
    told = seen(desk)["政策标准"]
    assert told.state == "note"
    assert "低保" in told.said


def test_an_audit_log_that_was_altered_is_a_problem(desk: Desk):
    (file,) = (desk.workspace / "audit").glob("*.jsonl")
    file.write_text(file.read_text(encoding="utf-8").replace('"ok"', '"no"', 1), encoding="utf-8")
    assert seen(desk)["审计记录"].state == "problem"


def test_a_file_that_does_not_read_is_a_line_and_the_rest_is_still_looked_at(desk: Desk):
    (desk.workspace / "sources.toml").write_text("[", encoding="utf-8")
    told = seen(desk)
    assert told["读不出来"].state == "problem"
    assert told["政策标准"].state == "ok"


def test_a_disk_without_room_is_a_problem_and_one_that_cannot_hold_the_store_once_more_is_to_be_looked_at(
    tmp_path: Path,
):
    assert room("磁盘", Path("/proc")).state == "problem"  # a file system of no size
    assert room("磁盘", tmp_path, beside=1 << 60).state in ("note", "problem")


def test_a_temporary_folder_that_cannot_be_written_in_is_said(desk: Desk):
    said = run("-C", str(desk.workspace), "doctor", "--as-of", AS_OF, "--format", "json", TMPDIR="/proc/nowhere")
    rows = {row["项目"]: row for row in json.loads(said.out)}
    assert rows["临时目录"]["状态"] == STATES["note"]
    assert "/proc/nowhere" in rows["临时目录"]["情况"]


def test_a_terminal_that_does_not_read_utf_8_is_said(tmp_path: Path):
    said = run("-C", str(tmp_path), "doctor", "--format", "json", LC_ALL="C")
    assert {row["项目"]: row["状态"] for row in json.loads(said.out)}["终端编码"] == STATES["note"]


def test_it_changes_nothing_and_shows_nobody(desk: Desk):
    before = {file: file.read_bytes() for file in (desk.workspace / "store").rglob("*") if file.is_file()}
    said = desk.run("doctor", "--as-of", AS_OF)
    assert {file: file.read_bytes() for file in (desk.workspace / "store").rglob("*") if file.is_file()} == before
    assert "JZ0" not in said.out + said.err
    assert '"action":"doctor"' in "".join(desk.log()[-2:])  # it has looked at which places the roster speaks of
