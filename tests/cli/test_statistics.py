"""report statistics, as staff run it."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Walked
from tests.cli.program import WHOLE_NUMBER, Desk, Said

PERIOD = ("--from", "2018-12-01", "--to", "2018-12-31")


def told(walked: Walked, *options: str) -> Said:
    return walked.desk.run("report", "statistics", *PERIOD, *options)


def test_for_programs_it_is_one_table_of_sections(walked: Walked) -> None:
    said = told(walked, "--format", "json")
    assert said.code == 0
    rows = {(row["部分"], row["项目"], row["指标"]): row["数"] for row in json.loads(said.out)}
    assert rows["总计", "户数", "数"] == 298
    assert rows["总计", "核对人次", "数"] >= 745 * 3  # a case was checked as well
    assert "尚无复查结果" in said.err


@pytest.mark.parametrize("options", [("--format", "table"), ("--by", "township", "--format", "table")], ids=str)
def test_it_names_the_sources_that_nobody_has_looked_at(walked: Walked, options: tuple[str, ...]) -> None:
    said = told(walked, *options)
    assert "未签约来源" in said.out + said.err
    assert "银行存款" in said.out + said.err


def test_by_township_the_rows_add_up_and_the_definitions_stand_under_them(walked: Walked) -> None:
    said = told(walked, "--by", "township", "--format", "tsv")
    heads, *rows = [line.split("\t") for line in said.out.splitlines()]
    assert heads[0] == "乡镇（街道）"
    for place in (1, 2, 3):
        assert sum(int(row[place]) for row in rows[:-1]) == int(rows[-1][place])
    assert "户数：期内核对过的家庭" in said.err
    assert "期内核对过的家庭" in told(walked, "--by", "township", "--format", "table").out


@pytest.mark.parametrize("form", ["xlsx", "html"])
def test_a_file_is_written_by_its_name_and_holds_nobody(walked: Walked, tmp_path: Path, form: str) -> None:
    file = tmp_path / f"统计.{form}"
    assert told(walked, "-o", str(file)).code == 0
    assert file.stat().st_mode & 0o777 == 0o600
    assert not WHOLE_NUMBER.search(file.read_bytes().decode("utf-8", "ignore"))


def test_without_a_file_the_page_lies_with_the_reports(desk: Desk) -> None:
    said = desk.run("report", "statistics", *PERIOD, "--format", "html")
    assert said.code == 0
    assert (desk.workspace / "reports" / "statistics-2018-12-01-2018-12-31.html").exists()


@pytest.mark.parametrize(
    "options",
    [
        ("--from", "2018-12-31", "--to", "2018-12-01"),
        ("--from", "2018-12-32", "--to", "2018-12-01"),
        (*PERIOD, "--region", "山东"),
        (*PERIOD, "--format", "tsv", "-o", "x.tsv"),
        (*PERIOD, "-o", "x.csv"),
        (*PERIOD, "--by", "person"),
    ],
)
def test_what_cannot_be_meant_is_refused_and_written_nowhere(
    walked: Walked, options: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert walked.desk.run("report", "statistics", *options).code == 2
    assert not list(tmp_path.iterdir())


def test_a_period_without_checks_and_a_place_without_households_are_said(walked: Walked) -> None:
    assert walked.desk.run("report", "statistics", "--from", "2017-01-01", "--to", "2017-12-31").code == 4
    nobody = told(walked, "--township", "没有这个镇")
    assert nobody.code == 0
    assert "没有这个范围的家庭" in nobody.err


def test_money_is_shown_only_by_a_definition(walked: Walked) -> None:
    assert "金额" not in told(walked, "--format", "tsv").out
    said = told(walked, "--money", "left_amount", "--format", "table")
    assert "没有两份可比较的名册" in said.out
