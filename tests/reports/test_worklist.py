import re
from datetime import date
from io import BytesIO

import openpyxl
import polars as pl
import pytest
from openpyxl.workbook import Workbook

from jiuzhu_check.reports.wording import ANSWERS
from jiuzhu_check.reports.worklist import COLUMNS, worklist_rows, write_worklist
from tests.reports.frames import Frames, a_run, an_empty_run

DUE = date(2018, 12, 14)


def book(run: Frames, **how) -> Workbook:
    return openpyxl.load_workbook(BytesIO(write_worklist(**run.core(), **how)))


def cells(of: Workbook) -> list[str]:
    return [str(cell) for sheet in of for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None]


def as_tsv(of: Workbook) -> str:
    lines = []
    for sheet in of:
        lines.append(f"# {sheet.title}")
        for row in sheet.iter_rows(values_only=True):
            shown = ("" if cell is None else str(cell).replace(" 00:00:00", "").replace("\n", "⏎") for cell in row)
            lines.append("\t".join(shown).rstrip("\t"))
    return "\n".join(lines) + "\n"


def test_the_worklist_reads_as_expected(same_as_expected):
    run = a_run()
    same_as_expected("worklist.tsv", as_tsv(book(run, declarations=run.declarations, due_on=DUE)))


def test_the_same_run_gives_the_same_bytes():
    run = a_run()
    assert write_worklist(**run.core(), due_on=DUE) == write_worklist(**run.core(), due_on=DUE)


def test_the_order_in_which_findings_arrive_does_not_matter():
    run = a_run()
    other = run.but(
        findings=run.findings.reverse(), households=run.households.reverse(), coverage=run.coverage.reverse()
    )
    assert write_worklist(**run.core()) == write_worklist(**other.core())


def test_a_masked_worklist_holds_no_whole_identity_number():
    run = a_run()
    told = run.but(findings=run.findings.with_columns(pl.format("号码{}", "person_no").alias("sentence")))
    shown = "\n".join(cells(book(told)))
    assert not any(number in shown for number in run.members["person_no"])
    assert not re.search(r"\d{17}[\dX]", shown)


def test_a_revealed_worklist_shows_whole_numbers():
    run = a_run()
    number = run.findings["person_no"].drop_nulls()[0]
    assert number in cells(book(run, reveal=True))


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", "@SUM(A1)", "=cmd|'/c calc'!A1", "http://example.com"])
def test_a_cell_that_looks_like_a_formula_stays_text(formula: str):
    run = a_run()
    sheet = book(run.but(households=run.households.with_columns(pl.lit(formula).alias("township"))))["核对清单"]
    assert sheet["C2"].value == formula
    assert sheet["C2"].data_type in ("s", "inlineStr")
    assert sheet["C2"].hyperlink is None


def test_a_character_that_reorders_text_is_shown_as_its_code():
    run = a_run()
    told = run.but(households=run.households.with_columns(pl.lit("柳\u202e河\x07镇\nA").alias("township")))
    assert book(told)["核对清单"]["C2"].value == "柳[U+202E]河[U+0007]镇[U+000A]A"


def test_a_text_longer_than_excel_takes_is_cut_and_says_so():
    run = a_run()
    long = run.but(findings=run.findings.with_columns(pl.lit("长" * 40_000).alias("sentence")))
    assert book(long)["核对清单"]["J2"].value.endswith("（过长，已截断）")


def test_nearer_deadlines_come_first_and_a_household_may_have_its_own():
    run = a_run()
    last = run.findings["household_no"].max()
    own = pl.when(pl.col("household_no") == last).then(pl.lit(date(2018, 12, 3)))
    rows = worklist_rows(
        run.households.with_columns(own.alias("due_on")), run.members, run.findings, run.coverage, run.source_states,
        due_on=DUE,
    )  # fmt: skip
    assert rows["家庭编号"][0] == last
    assert rows["期限"].unique().sort().to_list() == [date(2018, 12, 3), DUE]


def test_within_a_deadline_rows_go_by_township_village_and_household():
    run = a_run()
    rows = worklist_rows(run.households, run.members, run.findings, run.coverage, run.source_states, due_on=DUE)
    places = rows.select("期限", "乡镇", "村", "家庭编号").rows()
    assert places == sorted(places)
    assert rows.height == run.findings.height


def test_a_blank_declaration_reads_as_not_filled_in_or_not_asked_and_never_as_zero():
    run = a_run()
    blank = run.findings.with_columns(pl.lit(None, pl.String).alias("declared"))
    rows = worklist_rows(run.households, run.members, blank, run.coverage, run.source_states)
    assert rows["申报及日期"].unique().to_list() == ["未填写或不涉及"]


def test_a_finding_without_evidence_still_stands_in_the_list():
    run = a_run()
    bare = run.findings.with_columns(pl.when(pl.int_range(pl.len()) > 0).then("evidence").alias("evidence"))
    assert worklist_rows(run.households, run.members, bare, run.coverage, run.source_states).height == bare.height


def test_only_the_answer_columns_can_be_written_in():
    sheet = book(a_run())["核对清单"]
    assert sheet.protection.sheet
    assert not sheet.protection.autoFilter  # openpyxl: false is allowed
    free = [column.heading for column in COLUMNS if column.answer]
    assert free == ["处理", "说明", "文号", "经办人", "日期"]
    for place, column in enumerate(COLUMNS, start=1):
        letter = openpyxl.utils.get_column_letter(place)
        assert sheet.column_dimensions[letter].protection.locked is not column.answer


def test_the_decision_is_chosen_from_a_list():
    (rule,) = book(a_run())["核对清单"].data_validations.dataValidation
    assert rule.formula1 == f'"{",".join(ANSWERS)}"'
    assert str(rule.sqref) == f"R2:R{a_run().findings.height + 1}"


def test_the_sheet_is_set_up_for_paper():
    sheet = book(a_run())["核对清单"]
    assert (sheet.page_setup.orientation, str(sheet.page_setup.paperSize)) == ("landscape", "9")
    assert sheet.print_title_rows == "$1:$1"
    assert sheet.oddHeader.left.text == "内部资料"
    assert sheet.freeze_panes == "A2"
    assert sheet.column_dimensions["A"].hidden


def test_the_hidden_key_is_the_finding_and_a_hash_of_its_row():
    run = a_run()
    before = worklist_rows(run.households, run.members, run.findings, run.coverage, run.source_states)
    moved = run.households.with_columns(pl.lit("别处").alias("village"))
    after = worklist_rows(moved, run.members, run.findings, run.coverage, run.source_states)
    ids = [{key.split(":")[0] for key in rows["核对键"]} for rows in (before, after)]
    assert ids[0] == ids[1] == set(run.findings["finding_id"])
    assert not set(before["核对键"]) & set(after["核对键"])


def test_a_long_list_goes_on_on_further_sheets_and_loses_nothing():
    run = a_run()
    sheets = [sheet for sheet in book(run, rows_per_sheet=12) if sheet.title.startswith("核对清单")]
    assert [sheet.title for sheet in sheets] == ["核对清单", "核对清单2", "核对清单3"]
    keys = [row[0] for sheet in sheets for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert len(set(keys)) == run.findings.height


def test_every_unchecked_member_and_source_stands_with_its_reason():
    run = a_run()
    listed = list(book(run)["未核对"].iter_rows(min_row=2, values_only=True))
    assert len(listed) == run.coverage.filter(pl.col("state") == "unchecked").height
    assert all(row[-1] for row in listed)


def test_an_empty_run_gives_a_list_with_headings_only():
    empty = book(an_empty_run())
    assert empty.sheetnames == ["核对清单", "未核对", "说明"]
    assert [cell.value for cell in empty["核对清单"][1]] == [column.heading for column in COLUMNS]
    assert empty["核对清单"].max_row == 1
