import re
from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import pytest

from jiuzhu_check.reports.case_sheet import CaseSheet, case_text
from jiuzhu_check.tables.account import Account
from jiuzhu_check.tables.finding_event import FINDING_EVENT
from tests.reports.frames import Frames, a_run
from tests.rules.story import CASES, read_story


def sheet(run: Frames, household_no: str, **how: Any) -> CaseSheet:
    frames = run.core()
    del frames["run"]
    return case_text(household_no, **frames, links=run.links, **how)


def text(of: CaseSheet) -> str:
    return "\n".join(str(cell) for part in of.sections for row in part.rows.iter_rows() for cell in row)


def section(of: CaseSheet, title: str) -> pl.DataFrame:
    return next(part.rows for part in of.sections if part.title == title)


def test_a_case_has_its_sections_in_order():
    run = a_run()
    titles = [part.title for part in sheet(run, run.households["household_no"][0]).sections]
    assert titles == [
        "家庭", "成员", "来源", "覆盖", "有利事实", "发现", "发现经过", "核算表", "核算", "未核对的事项", "证据", "关联",
    ]  # fmt: skip


def test_every_signed_source_stands_with_its_state_its_day_and_why_it_was_not_read():
    run = a_run()
    late = pl.when(pl.col("source") == "vehicle").then(pl.lit("stale")).otherwise("state")
    states = run.source_states.with_columns(state=late, reason=pl.lit("距核对日 90 天"))
    told = section(sheet(run.but(source_states=states), run.households["household_no"][0]), "来源")
    signed = states.filter(pl.col("requirement") != "unsigned")
    assert told["来源"].to_list() == signed["title"].to_list()
    assert told.filter(pl.col("来源") == "机动车").select("状态", "数据时点", "说明").row(0) == (
        "过期", str(signed.filter(pl.col("source") == "vehicle")["data_date"][0]), "距核对日 90 天",
    )  # fmt: skip


def test_every_link_is_explained_and_what_waits_for_a_person_stands_first():
    run = a_run()
    household = run.links.filter(pl.col("status") == "review")["household_no"][0]
    theirs = run.links.filter(pl.col("household_no") == household)
    told = section(sheet(run, household, measured={tier: f"{tier}：对" for tier in theirs["tier"]}), "关联")
    assert told.height == theirs.height
    assert told["状态"][0] == "待复核"
    assert told["依据"].str.slice(0, 2).to_list() == told["实测准确率"].str.slice(0, 2).to_list()
    assert all("第" in place for place in told["来源文件及行号"])


def test_what_became_of_a_finding_is_told_and_numbers_in_it_are_hidden():
    run = a_run()
    found = run.findings.row(0, named=True)
    events = FINDING_EVENT.fit(
        pl.DataFrame(
            [
                (found["finding_id"], date(2018, 11, 1), "first_seen", None, None),
                (found["finding_id"], date(2018, 11, 1), "checked", "recipients-20181101-0", "to_verify"),
                (found["finding_id"], date(2018, 11, 9), "opened", "Y000001", "车在 37019919800101001X 名下"),
            ],
            schema=FINDING_EVENT.columns,
            orient="row",
        )
    )
    told = section(sheet(run, found["household_no"], history=events), "发现经过")
    assert told.select("日期", "事情", "内容").rows() == [
        ("2018-11-01", "首次发现", ""),
        ("2018-11-01", "核对仍有", "recipients-20181101-0　待核实"),
        ("2018-11-09", "异议提出", "Y000001　车在 370199********001X 名下"),
    ]


def test_what_no_department_delivers_is_said_in_every_case_and_of_supporters_where_there_are_some():
    run = a_run()
    household = run.households["household_no"][0]
    told = section(sheet(run, household), "未核对的事项")
    assert told["事项"].to_list() == [
        "租房支出", "支付给他人的赡养（抚养、扶养）费", "个人缴纳的社会保险费", "出售房屋的网签合同",
    ]  # fmt: skip
    assert all("未核对" in words or "未按" in words for words in told["说明"])
    supported = replace(run, members=run.members.with_columns(role=pl.lit("supporter")))
    assert section(sheet(supported, household), "未核对的事项")["事项"][-1] == "义务人的财产"


def test_every_finding_stands_either_as_fact_or_as_finding_with_its_evidence():
    run = a_run()
    for household in run.findings["household_no"].unique():
        case = sheet(run, household)
        listed = pl.concat([section(case, "有利事实"), section(case, "发现")])["发现编号"]
        assert set(listed) == set(run.findings.filter(pl.col("household_no") == household)["finding_id"])
        assert set(section(case, "证据")["发现编号"]) == set(listed)


def test_every_member_stands_in_every_signed_source():
    run = a_run()
    household = run.households["household_no"][0]
    people = run.members.filter(pl.col("household_no") == household).height
    assert section(sheet(run, household), "覆盖").height == people * 4


def test_names_and_numbers_are_masked_unless_revealed():
    run = a_run()
    household = run.findings["household_no"][0]
    person = run.members.filter(pl.col("household_no") == household).row(0, named=True)
    assert not re.search(r"\d{17}[\dX]", text(sheet(run, household)))
    assert person["name"] not in text(sheet(run, household))
    assert person["person_no"] in text(sheet(run, household, reveal=True))
    assert person["name"] in text(sheet(run, household, reveal=True))


def test_what_was_not_looked_at_stands_beside_what_was_found():
    run = a_run()
    unread = run.but(
        coverage=run.coverage.with_columns(pl.lit("unchecked").alias("state")), findings=run.findings.clear()
    )
    case = sheet(unread, run.households["household_no"][0])
    assert (case.found, case.complete) == ("未发现不符", "信息不全")
    assert next(part.nothing for part in case.sections if part.title == "发现") == "未发现不符；信息不全"


def test_another_households_rows_never_show():
    run = a_run()
    household, other = run.households["household_no"][:2]
    assert other not in text(sheet(run, household, reveal=True))


def test_the_account_stands_line_by_line_with_its_places_and_its_sum():
    run = a_run()
    household = run.households["household_no"][0]
    story = read_story(CASES / "income_over_standard" / "two_sources_show_one_wage.toml")
    told = story.account()
    renamed = [each.with_columns(household_no=pl.lit(household)) for each in (told.lines, told.households)]
    case = sheet(run, household, account=Account(*renamed))
    assert section(case, "核算表").select("项目", "全年（元）", "计入").rows() == [
        ("个人所得税申报的工资", "24000.00", "计入"),
        ("住房公积金缴存基数显示的工资", "36000.00", "未计入"),
        ("申报月收入", "0.00", "未计入"),
    ]
    assert section(case, "核算表")["证据"][0] == "income income.csv 第 2 行"
    assert section(case, "核算").select("人均年收入（元）", "标准减人均（元）").row(0) == ("24000.00", "-19200.00")


def test_an_account_with_an_unknown_member_has_no_figure():
    run = a_run()
    household = run.households["household_no"][0]
    told = read_story(CASES / "income_over_standard" / "unknown_member_bounds.toml").account()
    renamed = [each.with_columns(household_no=pl.lit(household)) for each in (told.lines, told.households)]
    case = sheet(run, household, account=Account(*renamed))
    assert section(case, "核算").select("全年收入（元）", "人均年收入（元）").row(0) == ("信息不全", "信息不全")
    assert "不明" in section(case, "核算表")["全年（元）"].to_list()


def test_an_unknown_household_is_the_callers_mistake_and_its_number_is_not_repeated():
    with pytest.raises(AssertionError) as mistake:
        sheet(a_run(), "JZ999999")
    assert "JZ999999" not in str(mistake.value).splitlines()[0]
