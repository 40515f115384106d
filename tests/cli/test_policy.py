"""policy: what holds where, since when, and on what it rests, told by the program as staff run it."""

import json
from pathlib import Path

from jiuzhu_check.errors import ExitCode
from tests.cli.program import SAMPLE, Desk, run

POLICY = str(SAMPLE / "policy")
BROKEN = """region = "370683"
source = "虚构"

[[dibao_standard.urban]]
from  = 2018-01-01
value = 616
unit  = "元/人年"

[[dibao_standard.ruban]]
from  = 2018-01-01
value = 616
unit  = "元/人月"

[[vehicle.allowed]]
from  = 2018-01-01
value = -1
unit  = "辆"
"""


def told(*arguments: str) -> list[dict[str, str]]:
    said = run("policy", *arguments, "--format", "json")
    assert said.code == 0, said.err
    return json.loads(said.out)


def test_what_holds_is_told_with_its_level_and_source_and_what_does_not_stays_blank() -> None:
    rows = {row["参数"]: row for row in told("show", "370683", "--date", "2018-12-01", "--folder", POLICY)}
    county, national = rows["dibao_standard.urban"], rows["recheck.c_rural"]
    assert (county["值"], county["单位"], county["自"], county["级别"]) == (
        "616.00",
        "元/人月",
        "2018-01-01",
        "省 370000",
    )
    assert (national["值"], national["级别"], national["等级"]) == ("3", "全国", "A")
    assert rows["consumption.urban"]["值"] == ""


def test_outside_a_workspace_the_national_rules_alone_are_told(tmp_path: Path) -> None:
    rows = {row["参数"]: row["值"] for row in told("show", "000000", "--date", "2018-12-01")}
    assert rows["dibao_standard.urban"] == ""
    assert rows["recheck.a_urban"] == "12"


def test_two_days_differ_by_what_the_law_changed() -> None:
    rows = told("diff", "000000", "--date", "2021-06-30", "--other-date", "2021-07-01")
    changed = {row["参数"]: (row["前"], row["后"]) for row in rows}
    assert changed["recheck.c_urban"] == ("1", "6")
    assert changed["vehicle.disability"] == ("exempt", "")
    assert changed["legal_basis.declaration"][1].endswith("《最低生活保障审核确认办法》第九条")


def test_what_holds_for_some_programmes_only_is_told_with_them() -> None:
    rows = told("show", "000000", "--date", "2023-01-01")
    said = [(row["类别"], row["值"], row["单位"]) for row in rows if row["参数"] == "death.settlement"]
    assert said == [("城市低保、农村低保", "3", "个月")]
    only = told("show", "000000", "--date", "2023-01-01", "--programme", "城市特困")
    assert [row["值"] for row in only if row["参数"] == "death.settlement"] == [""]
    before = told("diff", "000000", "--date", "2022-10-19", "--other-date", "2022-10-20")
    assert ("death.settlement", "城市低保、农村低保", "", "3") in {
        (row["参数"], row["类别"], row["前"], row["后"]) for row in before
    }


def test_a_draft_is_compared_with_what_holds(tmp_path: Path) -> None:
    text = (SAMPLE / "policy" / "370000.toml").read_text(encoding="utf-8")
    (tmp_path / "draft.toml").write_text(text.replace("value = 616", "value = 650"), encoding="utf-8")
    rows = told("diff", "370683", "--date", "2018-12-01", "--folder", POLICY, "--other-folder", str(tmp_path))
    assert [(row["参数"], row["前"], row["后"]) for row in rows] == [("dibao_standard.urban", "616.00", "650.00")]


def test_what_to_compare_with_must_be_said() -> None:
    said = run("policy", "diff", "370683")
    assert said.code == ExitCode.USAGE
    assert "--other-date" in said.err


def test_everything_that_does_not_fit_is_named_at_once(tmp_path: Path) -> None:
    (tmp_path / "county.toml").write_text(BROKEN, encoding="utf-8")
    said = run("policy", "validate", str(tmp_path))
    assert said.code == ExitCode.POLICY
    assert [word in said.out for word in ("单位不对", "是否应为 dibao_standard.urban", "不小于零")] == [True] * 3


def test_standards_that_do_not_stand_to_each_other_as_they_should_are_named(tmp_path: Path) -> None:
    text = (
        'region = "370000"\nsource = "虚构"\n[[dibao_standard.urban]]\nfrom = 2018-01-01\nvalue = 616\nunit = "元/人月"\n'
        '[[tekun_standard.urban_basic]]\nfrom = 2018-01-01\nvalue = 9000\nunit = "元/人年"\n'
    )
    (tmp_path / "county.toml").write_text(text, encoding="utf-8")
    said = run("policy", "validate", str(tmp_path), "--format", "json")
    assert said.code == ExitCode.POLICY
    broken = [row for row in json.loads(said.out) if row["结果"] == "不满足"]
    assert len(broken) == 1
    assert "1.3 倍" in broken[0]["事项"]


def test_the_sample_policy_is_valid_and_published_ratios_are_recomputed() -> None:
    rows = told("validate", POLICY)
    assert {row["结果"] for row in rows} == {"满足", "无从检验"}
    assert any("算得 1.41，公布 1.41" in row["说明"] for row in rows)


def test_a_rule_is_explained_with_basis_over_time_parameters_and_examples() -> None:
    rows = told("explain", "vehicle_asked_about", "--folder", POLICY, "--region", "370683", "--date", "2018-12-01")
    said = [f"{row['项']}：{row['内容']}" for row in rows]
    assert "依据：自 2014-05-01：《社会救助暂行办法》第十条" in said
    assert "依据：自 2026-07-01：《中华人民共和国社会救助法》（条款待核实）" in said
    assert any(line.startswith("参数：vehicle.allowed 不过问的机动车辆数：0 辆") for line in said)
    assert "例：有发现：载货汽车：问是否用于谋生" in said
    assert "例：没有发现：已注销的不过问" in said


def test_every_rule_in_force_is_listed_with_its_sentence() -> None:
    rows = told("explain", "--date", "2018-12-01")
    assert {"undeclared_vehicle", "income_over_standard"} <= {row["规则"] for row in rows}
    assert all(row["找什么"].endswith("。") and row["依据"].startswith("《") for row in rows)


def test_a_rule_that_there_is_none_of_is_said() -> None:
    said = run("policy", "explain", "nothing")
    assert said.code == ExitCode.NOT_FOUND


def test_the_workspaces_own_policy_and_region_are_the_default(desk: Desk) -> None:
    said = desk.run("policy", "explain", "vehicle_asked_about", "--date", "2018-12-01")
    assert "vehicle.allowed 不过问的机动车辆数：0 辆" in said.out
    assert desk.run("policy", "validate").code == 0
