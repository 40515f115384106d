import re
from datetime import date
from io import BytesIO

import openpyxl
import polars as pl
import pytest
from openpyxl.workbook import Workbook

from jiuzhu_check.reports import worklist
from jiuzhu_check.reports.possible_explanation import possible_explanations
from jiuzhu_check.reports.row_hash import row_hash
from jiuzhu_check.reports.sheet_per import SheetPer
from jiuzhu_check.reports.workbook import LONGEST_NAME
from jiuzhu_check.reports.worklist import ANSWER, COLUMNS, KEY
from jiuzhu_check.rules.run import all_rules
from jiuzhu_check.tables.reexamination import OUTCOMES
from tests.reports.frames import Frames, a_run, an_empty_run

DUE = date(2018, 12, 14)
SECRET = b"k" * 32


def write_worklist(**of) -> bytes:
    return worklist.write_worklist(**of, key=SECRET)


def worklist_rows(*of, **how) -> pl.DataFrame:
    return worklist.worklist_rows(*of, **how, key=SECRET)


def book(run: Frames, by: SheetPer | None = SheetPer.none, **how) -> Workbook:
    return openpyxl.load_workbook(BytesIO(write_worklist(**run.core(), by=by, **how)))


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
    assert book(long)["核对清单"]["I2"].value.endswith("（过长，已截断）")


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
    assert rule.formula1 == f'"{",".join(("待核实", *OUTCOMES.values()))}"'
    assert str(rule.sqref) == f"P2:P{a_run().findings.height + 1}"


def test_the_sheet_is_set_up_for_paper():
    sheet = book(a_run())["核对清单"]
    assert (sheet.page_setup.orientation, str(sheet.page_setup.paperSize)) == ("landscape", "9")
    assert sheet.print_title_rows == "$1:$1"
    assert sheet.oddHeader.left.text == "内部资料"
    assert sheet.freeze_panes == "A2"
    assert sheet.column_dimensions["A"].hidden


def test_the_headings_stand_in_the_agreed_order():
    assert [column.heading for column in COLUMNS if not column.hidden] == [
        "期限", "乡镇", "村", "家庭编号", "户主", "对象及关系", "号码尾", "事项", "申报及日期", "登记及数据时点", "来源行号",
        "为何是本人", "未核来源", "可能的合理解释", "处理", "说明", "文号", "经办人", "日期",
    ]  # fmt: skip
    assert (COLUMNS[0].heading, COLUMNS[0].hidden) == (KEY, True)


def test_every_rule_has_what_else_can_stand_behind_it_and_nothing_else_has():
    assert set(possible_explanations()) == {rule.id for rule in all_rules()}
    told = possible_explanations().values()
    assert all(len(text) > 12 and text.endswith("。") for text in told)
    assert [text for text in told if re.search("隐瞒|骗|欺|违规|不符合|取消|应当|嫌疑|谎", text)] == []


def test_each_row_says_what_else_can_stand_behind_its_finding():
    run = a_run()
    rows = worklist_rows(run.households, run.members, run.findings, run.coverage, run.source_states)
    ids = dict(run.findings.select("finding_id", "rule").iter_rows())
    told = {key.split(":")[0]: text for key, text in rows.select(KEY, "可能的合理解释").iter_rows()}
    assert told == {finding: possible_explanations()[rule] for finding, rule in ids.items()}


def test_within_a_household_favourable_facts_come_first():
    run = a_run()
    kinds = ["difference", "question", "favourable"]
    one = run.findings.head(3).with_columns(
        pl.lit("JZ000001").alias("household_no"), pl.lit("1").alias("member_no"), pl.Series("kind", kinds),
        pl.Series("rule", ["undeclared_vehicle", "vehicle_asked_about", "registration_ended"]),
    )  # fmt: skip
    rows = worklist_rows(run.households, run.members, one, run.coverage, run.source_states)
    assert [re.split("[】；]", text)[0] for text in rows["事项"]] == ["【有利事实", "【登记与申报不一致", "【需询问"]


def test_a_number_is_told_by_its_last_four_characters():
    run = a_run()
    rows = worklist_rows(run.households, run.members, run.findings, run.coverage, run.source_states)
    tails = {number[-4:] for number in run.findings["person_no"].drop_nulls()}
    assert set(rows["号码尾"].drop_nulls()) == tails


def test_each_township_has_a_sheet_with_its_own_rows_and_nothing_is_lost():
    run = a_run()
    sheets = book(run, by=SheetPer.township).worksheets[:-2]
    assert [sheet.title for sheet in sheets] == ["云岭乡", "柳河镇", "石板街道"]
    rows = [(sheet.title, *row) for sheet in sheets for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert {(sheet, township) for sheet, _, _, township, *_ in rows} == {(sheet.title, sheet.title) for sheet in sheets}
    assert len(rows) == run.findings.height


def test_townships_of_one_name_in_two_counties_have_two_sheets():
    run = a_run()
    other = pl.when(pl.int_range(pl.len()) % 2 == 0).then(pl.lit("370684")).otherwise("region")
    two = run.but(households=run.households.with_columns(other.alias("region")))
    assert "柳河镇(370683)" in book(two, by=SheetPer.township).sheetnames
    assert "柳河镇(370684)" in book(two, by=SheetPer.township).sheetnames
    assert book(two, by=SheetPer.county).sheetnames[:2] == ["370683", "370684"]


@pytest.mark.parametrize(
    ("township", "sheet"),
    [
        (None, "未注明"), ("", "未注明"), ("东/西[北]*?:\\镇", "东_西_北_____镇"), ("'镇'", "镇"), ("未核对", "未核对"),
        ("History", "History_"), ("长" * 60, "长" * 31),
    ],
)  # fmt: skip
def test_any_township_makes_a_sheet_that_excel_opens(township, sheet):
    run = a_run()
    odd = run.but(households=run.households.with_columns(pl.lit(township, pl.String).alias("township")))
    names = book(odd, by=SheetPer.township).sheetnames
    assert names[0] == sheet
    assert len({name.casefold() for name in names}) == 3


def test_long_names_that_begin_alike_stay_apart():
    run = a_run()
    alike = run.households.with_columns(township=pl.lit("长" * 40) + pl.col("township"))
    names = book(run.but(households=alike), by=SheetPer.township).sheetnames
    assert names[:3] == ["长" * 31, "长" * 28 + "(2)", "长" * 28 + "(3)"]
    assert max(map(len, names)) == LONGEST_NAME


def test_more_townships_than_anybody_finds_by_their_tabs_stand_by_county():
    run = a_run(150)
    many = run.households.with_columns(pl.col("household_no").alias("township"))
    assert book(run.but(households=many), by=None).sheetnames == ["370683", "未核对", "说明"]
    assert book(a_run(), by=None).sheetnames[0] == "云岭乡"


def test_the_notes_say_how_much_stands_where_and_where_nothing_was_found():
    run = a_run()
    only = run.findings.join(run.households.filter(pl.col("township") == "柳河镇"), on="household_no", how="semi")
    told = dict(book(run.but(findings=only), by=SheetPer.township)["说明"].iter_rows(values_only=True))["各表"]
    homes = only["household_no"].n_unique()
    assert told.startswith(f"柳河镇 {homes} 户 {only.height} 条。没有发现、因而没有表的：云岭乡、石板街道")


def test_a_row_as_it_is_read_back_gives_the_hash_in_its_key():
    run = a_run()
    head, *rows = book(run, due_on=DUE)["核对清单"].iter_rows(values_only=True)
    assert rows
    for row in rows:
        told = dict(zip(head, row, strict=True))
        finding, number, _ = told[KEY].split(":")
        cells = [told[heading] for heading in head if heading not in (KEY, *ANSWER)]
        shown = [str(cell).replace(" 00:00:00", "") if cell is not None else None for cell in cells]
        assert told[KEY] == f"{finding}:{number}:{row_hash((finding, number, *shown), SECRET)}"
        assert told[KEY] != f"{finding}:{number}:{row_hash((finding, number, '2018-12-15', *shown[1:]), SECRET)}"


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


def test_it_is_told_how_far_the_list_has_come():
    told: list[tuple[int, int]] = []
    run = a_run()
    write_worklist(**run.core(), progress=lambda done, of: told.append((done, of)))
    total = run.findings.height + run.coverage.filter(pl.col("state") == "unchecked").height
    assert told[-1] == (total, total)
    assert len(told) > 2
