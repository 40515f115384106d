"""A worked case is written as a civil servant writes: by headings and words; what does not fit is named."""

from pathlib import Path

import polars as pl
import pytest

from jiuzhu_check.checks.worked_case import read_case
from jiuzhu_check.errors import ExitCode, UsageError
from jiuzhu_check.parameters.file import look
from jiuzhu_check.parameters.policy import load_policy
from tests.cli.program import SAMPLE, run

CASE = SAMPLE / "cases" / "car_not_declared.toml"


def test_the_sample_case_is_told_by_headings_and_words() -> None:
    case = read_case(CASE)
    assert case.tables["member"]["sex"].to_list() == ["female", "male"]
    assert case.tables["vehicle"].select("member_no", "vehicle_type", "status").rows() == [("2", "K33", "A")]
    counts = case.tables["declaration"].filter(pl.col("member_no").is_null(), pl.col("declared").is_not_null())
    assert dict(counts.select("item", "declared").rows()) == {"vehicle": 0, "dwelling": 0}
    assert case.differences() == []


def test_a_word_is_the_code_of_the_department_that_the_row_is_from(tmp_path: Path) -> None:
    text = CASE.read_text(encoding="utf-8").replace('[["机动车"]]', '[["机动车"]]\nsource = "ship"')
    text = text.replace('"机动车状态"', '"船舶状态"').replace('"车辆类型" = "小型轿车"', '"船舶种类" = "捕捞渔船"')
    (tmp_path / "case.toml").write_text(text.replace('"初次登记日期"', '"登记日期"'), encoding="utf-8")
    ships = read_case(tmp_path / "case.toml").tables["vehicle"]
    assert ships.select("source", "vehicle_type", "status").rows() == [("ship", "fishing", "registered")]


def test_what_comes_out_otherwise_is_said(tmp_path: Path) -> None:
    text = CASE.read_text(encoding="utf-8").replace('"查得" = "1"', '"查得" = "2"')
    (tmp_path / "case.toml").write_text(text, encoding="utf-8")
    missing, extra = read_case(tmp_path / "case.toml").differences()
    assert missing.startswith("应有而没有：")
    assert extra.startswith("没有料到的发现：undeclared_vehicle 申报机动车0辆")


def test_the_countys_policy_counts_where_the_case_says_none(tmp_path: Path) -> None:
    text = CASE.read_text(encoding="utf-8").replace('"vehicle.allowed" = 0', '"vehicle.disability" = "counted"')
    (tmp_path / "case.toml").write_text(text, encoding="utf-8")
    county = load_policy(SAMPLE / "policy")
    assert read_case(tmp_path / "case.toml", county, "370683").differences() == []
    assert len(read_case(tmp_path / "case.toml", county, "110101").differences()) == 1  # another province asks nothing


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"车辆类型"', '"车型号码"', "没有「车型号码」这一列"),
        ('[["机动车"]]', '[["飞机"]]', "不认识的项「飞机」"),
        ('"vehicle.allowed"', '"vehicle.alowed"', "没有 vehicle.alowed 这个参数"),
        ('"种类"', '"类型"', "发现没有「类型」这一项"),
        ('"说明" =', '"解释" =', "不认识的项「解释」"),
        ("2018-12-01", "2018-13-01", "不是正确的 TOML"),
    ],
)
def test_what_does_not_fit_is_named_with_the_file(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = CASE.read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "case.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(UsageError) as refused:
        read_case(tmp_path / "case.toml")
    assert said in refused.value.message


def test_the_program_tries_cases_and_ends_with_the_policys_code_where_one_does_not_agree(tmp_path: Path) -> None:
    good = run("policy", "test", str(CASE))
    assert (good.code, good.out.count("相符")) == (0, 1)
    text = CASE.read_text(encoding="utf-8").replace('"vehicle.allowed" = 0', '"vehicle.allowed" = 1')
    (tmp_path / "case.toml").write_text(text, encoding="utf-8")
    bad = run("policy", "test", str(tmp_path))
    assert bad.code == ExitCode.POLICY
    assert "应有而没有：rule vehicle_asked_about" in bad.out


PACKS = sorted(path for path in (SAMPLE / "policies").iterdir() if path.is_dir())
CASES = [(pack, case) for pack in PACKS for case in sorted((pack / "cases").glob("*.toml"))]


@pytest.mark.parametrize("pack", PACKS, ids=lambda path: path.name)
def test_a_published_pack_says_its_grade_and_is_valid(pack: Path) -> None:
    values, problems = look(pack.glob("*.toml"), load_policy().parameters)
    assert not problems
    assert {value.grade for value in values} <= {"B", "C"}
    assert run("policy", "validate", str(pack)).code == 0


@pytest.mark.parametrize(("pack", "case"), CASES, ids=lambda path: path.stem)
def test_each_case_of_a_published_pack_comes_out_as_published(pack: Path, case: Path) -> None:
    assert read_case(case, load_policy(pack)).differences() == []


@pytest.mark.parametrize("pack", PACKS, ids=lambda path: path.name)
def test_without_the_pack_its_cases_do_not_come_out(pack: Path) -> None:
    told = [read_case(case, load_policy(SAMPLE / "policy")) for case in sorted((pack / "cases").glob("*.toml"))]
    assert any(case.expect for case in told)
    assert any(case.differences() for case in told)
