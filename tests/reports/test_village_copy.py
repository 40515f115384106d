"""The village copy: it says whom to visit, and tries to let slip what was found must fail."""

import io
import re
from datetime import date

import openpyxl
import polars as pl

from jiuzhu_check.reports import wording
from jiuzhu_check.reports.possible_explanation import possible_explanations
from jiuzhu_check.reports.sheet_per import SheetPer
from jiuzhu_check.reports.village_copy import COLUMNS, visits, write_village_copy
from jiuzhu_check.rules.run import all_rules
from tests.reports.frames import SENTENCES, SOURCES, Frames, a_run, an_empty_run

DUE = date(2018, 12, 14)


def written(run: Frames, **how) -> bytes:
    core = run.core()
    del core["source_states"]
    return write_village_copy(**core, due_on=DUE, **how)


def said(run: Frames) -> str:
    sheets = openpyxl.load_workbook(io.BytesIO(written(run)))
    return "\n".join(str(cell) for sheet in sheets for row in sheet.iter_rows(values_only=True) for cell in row if cell)


def test_it_says_where_to_go_and_whom_to_meet():
    run = a_run()
    homes = run.members.with_columns(pl.format("{}小区1号", "household_no").alias("home_address"))
    rows = visits(run.households, homes, run.findings, run.coverage, DUE)
    one = rows.filter(pl.col("家庭编号") == "JZ000010").row(0, named=True)
    names = run.members.filter(pl.col("household_no") == "JZ000010").select("name", "relation").rows()
    assert one["住址"] == "JZ000010小区1号"
    assert one["要见的家庭成员"] == "\n".join(f"{name}（{relation}）" for name, relation in names)
    assert (one["期限"], one["户主"]) == (DUE, names[0][0])


def test_nothing_that_was_found_stands_in_it():
    run = a_run()
    text = said(run)
    rules = {word for rule in all_rules() for word in (rule.id, rule.title)}
    words = {
        *rules, *SENTENCES.values(), *possible_explanations().values(), *wording.KINDS.values(), *wording.TIERS.values(),
        *(title for _, title, *_ in SOURCES), *run.findings["subject"], *run.findings["finding_id"],
        *run.findings["found"], "核对键", "依据", "登记", "申报", "号码", "未核对", "未授权",
    }  # fmt: skip
    assert [word for word in sorted(words) if len(word) > 1 and word in text] == []
    assert not re.search(r"\d{4}[\dX]\b(?<!\d{6})", re.sub(r"JZ\d+|\d{4}-\d\d-\d\d", "", text))


def test_it_is_the_same_whatever_was_found_and_about_whom():
    run = a_run()
    found = run.findings.with_columns(
        pl.lit("deceased_member").alias("rule"), pl.lit("favourable").alias("kind"), pl.lit("9").alias("found"),
        pl.lit(None, pl.String).alias("member_no"),
    )  # fmt: skip
    assert written(run) == written(run.but(findings=found))
    assert written(run) == written(run.but(findings=pl.concat([found, run.findings])))


def test_who_was_not_checked_is_visited_too_so_that_the_list_is_no_list_of_findings():
    run = a_run()
    unchecked = run.coverage.filter(pl.col("state") == "unchecked")["household_no"]
    rows = visits(run.households, run.members, run.findings, run.coverage)
    assert set(rows["家庭编号"]) == {*unchecked, *run.findings["household_no"]}


def test_a_supporter_is_not_met():
    run = a_run()
    supporter = pl.when(pl.col("relation") == "女").then(pl.lit("supporter")).otherwise("role").alias("role")
    rows = visits(run.households, run.members.with_columns(supporter), run.findings, run.coverage)
    assert not any("（女）" in people for people in rows["要见的家庭成员"])


def test_only_the_day_and_the_signatures_can_be_written_in_and_each_township_has_its_sheet():
    sheets = openpyxl.load_workbook(io.BytesIO(written(a_run(), by=SheetPer.township)))
    assert sheets.sheetnames == ["云岭乡", "柳河镇", "石板街道", "说明"]
    assert all(sheet.protection.sheet for sheet in sheets)
    assert [column.heading for column in COLUMNS if column.answer] == ["走访日期", "走访人签名", "家庭成员签名"]


def test_without_anybody_to_visit_there_are_headings():
    sheets = openpyxl.load_workbook(io.BytesIO(written(an_empty_run())))
    assert [cell.value for cell in sheets["走访名单"][1]] == [column.heading for column in COLUMNS]
