"""guess, preview, validate and test as staff run them: what they say, where, and how they end."""

import json
from pathlib import Path

import pytest

from tests.cli.program import SAMPLE, WHOLE_NUMBER, Desk, run

STRANGE = SAMPLE / "new_department" / "rural_house.csv"


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    path = tmp_path / "connectors" / "rural_house" / "source.toml"
    assert run("connector", "guess", str(STRANGE), "-o", str(path)).code == 0
    return path


def test_a_draft_goes_to_standard_output_or_to_a_file_for_its_owner_alone(spec: Path) -> None:
    said = run("connector", "guess", str(STRANGE), "--name", "rural_house")
    assert said.code == 0
    assert said.out == spec.read_text(encoding="utf-8")
    assert spec.stat().st_mode & 0o777 == 0o600
    assert "最像 real_estate" in said.err


def test_a_draft_never_replaces_a_file_and_never_takes_a_shipped_name(spec: Path) -> None:
    kept = spec.read_bytes()
    for arguments in (("-o", str(spec)), ("--name", "housing"), ("--name", "Rural"), ("--table", "farm")):
        said = run("connector", "guess", str(STRANGE), *arguments)
        assert (said.code, said.out) == (2, "")
        assert "建议" in said.err
    assert spec.read_bytes() == kept


def test_a_preview_in_a_pipe_is_one_table_and_shows_nobody_whole(spec: Path) -> None:
    said = run("--quiet", "connector", "preview", "--spec", str(spec), str(STRANGE))
    assert (said.code, said.err) == (0, "")
    assert {line.count("\t") for line in said.out.splitlines()} == {3}
    assert not WHOLE_NUMBER.search(said.out)
    assert [name for name in ("张建国", "李秀英", "周海燕") if name in said.out] == []
    told = json.loads(run("connector", "preview", "--spec", str(spec), str(STRANGE), "--format", "json").out)
    assert len(told) == len(said.out.splitlines()) - 1


def test_a_preview_by_name_finds_the_countys_own_folder_and_ends_as_a_pull_would(spec: Path) -> None:
    folder = str(spec.parents[1])
    assert run("connector", "preview", "rural_house", str(STRANGE), "--folder", folder).code == 0
    other = run("connector", "preview", "vehicle", str(STRANGE))
    assert other.code == 13
    assert "没有接的表头\t户主及共有人" in other.out
    assert "机动车所有人、所有人、车主\towner_name_raw\t必需" in other.out
    assert run("connector", "preview", "nobody", str(STRANGE)).code == 4
    assert run("connector", "preview", "vehicle", "nothing.csv").code == 4
    for words in (("vehicle",), ("--spec", str(spec), "vehicle", str(STRANGE)), ("a", "b", "c")):
        assert run("connector", "preview", *words).code == 2


def test_validation_lists_everything_and_ends_with_2(spec: Path) -> None:
    folder = str(spec.parents[1])
    fine = run("connector", "validate", "--folder", folder)
    assert fine.code == 0
    assert "rural_house" in fine.err
    text = spec.read_text(encoding="utf-8")
    spec.write_text(
        text.replace("status ", "sttus ").replace('price       = "money"', 'price       = "monye"'), encoding="utf-8"
    )
    said = run("connector", "validate", "--folder", folder)
    assert said.code == 2
    lines = [line.split("\t") for line in said.out.splitlines()[1:]]
    assert {line[1] for line in lines if line[4] == "要改"} == {"sttus", "read.price"}
    assert all(len(line) == 5 and line[2] and line[3] for line in lines)
    assert "2 处要改" in said.err
    assert run("connector", "validate", "--folder", f"{folder}/nowhere").code == 2


def test_a_department_is_tried_in_a_workspace_and_the_audit_knows(fresh: Desk, spec: Path) -> None:
    drop = fresh.folder / "drop"
    drop.mkdir()
    (drop / "house_20181130.csv").write_bytes(STRANGE.read_bytes())
    home = fresh.workspace / "connectors" / "rural_house"
    home.mkdir()
    way = f'\n[transport]\nkind = "folder"\npath = "{drop}/house_{{date:%Y%m%d}}.csv"\nsettle_seconds = 0\n'
    (home / "source.toml").write_text(spec.read_text("utf-8") + way, "utf-8")
    said = fresh.run("connector", "test", "rural_house", "--rows", "1", "--as-of", "2018-12-01")
    assert said.code == 0
    assert "house_20181130.csv" in said.err
    assert "收下\t40" in said.out
    assert json.loads(fresh.log()[-2])["action"] == "try_source"
    assert not list(fresh.workspace.glob("store/**/*.snapshot"))
    assert fresh.run("connector", "test", "vehicle").code == 2
    assert run("connector", "test", "vehicle").code == 10


def test_a_dry_run_says_so_shows_the_changes_and_keeps_nothing(fresh: Desk) -> None:
    arguments = (
        "pull",
        "vehicle",
        "--file",
        str(SAMPLE / "inbox" / "vehicle.csv"),
        "--data-date",
        "2018-11-30",
        "--dry-run",
    )
    said = fresh.run(*arguments)
    assert said.code == 0
    assert "什么也没有存" in said.err
    told = dict(line.split("\t")[:2] for line in said.out.splitlines())
    assert (told["会新增的记录"], told["会消失的记录"]) == (told["记录（每位权利人一条）"], "0")
    assert not list(fresh.workspace.glob("store/**/*.snapshot"))
