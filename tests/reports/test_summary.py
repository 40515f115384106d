import re
from dataclasses import replace

import polars as pl

from jiuzhu_check.reports.summary import MorningSummary, morning_summary
from tests.reports.frames import Frames, a_run, an_empty_run


def summary(run: Frames, *, previous: bool = True) -> MorningSummary:
    return morning_summary(**run.core(), links=run.links, previous_findings=run.previous_findings if previous else None)


def test_the_morning_summary_reads_as_expected(same_as_expected):
    same_as_expected("summary.txt", "\n".join(summary(a_run()).lines()) + "\n")


def test_a_summary_has_exactly_three_lines():
    assert len(summary(a_run()).lines()) == len(summary(an_empty_run()).lines()) == 3


def test_a_check_of_some_recipients_says_that_it_was_not_of_all():
    run = a_run()
    assert "不是全部在保家庭" not in summary(run).lines()[0]
    part = replace(run, run=run.run.with_columns(portion=pl.lit("370683 1/4")))
    assert summary(part).lines()[0].startswith("核对（只含 370683 1/4，不是全部在保家庭）：应核对")


def test_zeros_are_said_as_zeros():
    checked, arrived, new = summary(an_empty_run()).lines()
    assert "应核对 0 户 0 人" in checked
    assert "信息不全 0 户 0 人" in checked
    assert "损坏 0 项" in arrived
    assert "登记与申报不一致 0、需询问 0、有利事实 0" in new


def test_the_first_run_says_so_and_everything_is_new():
    first = summary(a_run(), previous=False)
    assert "首次核对" in first.lines()[2]
    assert sum(first.new.values()) == first.findings


def test_a_finding_seen_before_is_not_new():
    run = a_run()
    assert sum(summary(run.but(previous_findings=run.findings)).new.values()) == 0


def test_unsigned_sources_and_missing_standards_are_named():
    _, arrived, new = summary(a_run()).lines()
    assert "未签约 3 项：税务、银行存款、市场主体" in arrived
    assert "县级标准缺：城市低保标准" in new


def test_one_supplier_of_several_is_named_with_its_region():
    assert "过期 1 项：住房公积金（370700） 2018-08-31" in summary(a_run()).lines()[1]


def test_without_a_signed_source_the_reason_is_said():
    run = a_run()
    nothing = run.but(
        coverage=run.coverage.clear(),
        source_states=run.source_states.with_columns(pl.lit("unsigned").alias("requirement")),
    )
    assert "（没有签约来源）" in summary(nothing).lines()[0]


def test_the_small_tables_add_up():
    run = a_run()
    counts = summary(run)
    assert counts.by_rule["findings"].sum() == run.findings.height
    assert counts.by_rule["new"].sum() == sum(counts.new.values())
    assert counts.by_tier["links"].sum() == run.links.height
    assert counts.by_state["total"].sum() == run.coverage.height


def test_a_summary_holds_no_identity_number():
    assert not re.search(r"\d{17}[\dX]", "".join(summary(a_run()).lines()))
