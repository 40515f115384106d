"""A batch from acceptance to its closing, as the centre's clerk goes through it at the keyboard."""

import re
import shutil
from pathlib import Path

import openpyxl
import pytest

from tests.cli.program import SAMPLE, WHOLE_NUMBER, Desk
from tests.intake.extracts import number

HEADINGS = (
    "家庭编号", "救助类别", "办理状态", "行政区划代码", "乡镇街道", "村居", "经办人", "受理日期", "户主姓名", "姓名",
    "身份证号码", "申报日期", "申报车辆数(户)", "申报住房套数(户)", "授权书编号", "授权日期", "授权截止日期",
)  # fmt: skip
TOWNSHIPS = ("青崖镇", "白石乡", "柳河镇", "南湖街道", "东岭乡")
BATCH = "2018年第12批"


def applicants() -> list[list[str]]:
    """Sixty households of two, twelve from each township."""
    rows = []
    for at in range(120):
        home, township = f"SQ{at // 2:05}", TOWNSHIPS[at // 2 % 5]
        rows.append([
            home, "农村低保", "申请中", "370199", township, f"{township[0]}村", "王丽", f"2018-11-{20 + at // 2 % 5:02}", "张甲",
            f"{'张李'[at % 2]}{'甲乙丙丁戊己庚辛壬癸'[at // 2 % 10]}", number(at), "2018-11-05", "0", "0", f"SQ{at}",
            "2018-11-05", "2020-11-04",
        ])  # fmt: skip
    return rows


def workbook(path: Path, rows: list[list[str]]) -> Path:
    """A sheet for each township, under a title and above a total, as townships hand it in."""
    book = openpyxl.Workbook()
    for place, township in enumerate(TOWNSHIPS):
        sheet = book.create_sheet(township, place)
        sheet.append([f"{BATCH}申请家庭名册"])
        sheet.append(HEADINGS)
        for row in rows:
            if row[4] == township:
                sheet.append(row)
        sheet.append(["合计"])
    del book["Sheet"]
    book.save(path)
    return path


@pytest.fixture
def delivered(fresh: Desk) -> Desk:
    """The batch with five faults, imported; no department has answered yet."""
    rows = applicants()
    rows[1][9] = ""  # no name
    rows[3][10] = "3.70199E+17"
    rows[5][0] = ""
    rows[7][1] = ""
    rows[9][12] = "2"
    said = fresh.run("roster", "import", str(workbook(fresh.folder / "申请.xlsx", rows)), "--batch", BATCH)
    assert said.code == 0
    assert "交来 125 行 = 收下 111 行 + 退回 14 行。" in said.err
    assert f"申请家庭的批次：{BATCH} 56 户。" in said.err
    return fresh


def cars(desk: Desk, *places: int) -> None:
    head = "号牌种类,号牌号码,车辆类型,车辆识别代号,机动车所有人,身份证明号码,初次登记日期,机动车状态"
    people = applicants()
    rows = [f"02,鲁Z{at:05},K33,LZZ{at:014},{people[at][9]},{people[at][10]},20100101,A" for at in places]
    file = desk.folder / "vehicle.csv"
    file.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    assert desk.pull("vehicle", file).code == 0


def test_the_return_list_has_a_sheet_for_each_township_masks_numbers_and_adds_up(delivered: Desk) -> None:
    file = delivered.folder / "补正单.xlsx"
    said = delivered.run("roster", "returned", "-o", str(file))
    assert said.code == 0
    book = openpyxl.load_workbook(file)
    assert book.sheetnames == ["东岭乡", "南湖街道", "柳河镇", "白石乡", "青崖镇", "说明"]
    rows = [row for name in book.sheetnames[:-1] for row in book[name].iter_rows(min_row=2, values_only=True)]
    assert len(rows) == 9  # four households of two, and the row that names none
    told = {row[7]: row[8] for row in rows}
    assert told["身份证号码被电子表格改坏，末几位已丢失，请按文本格式重填"].startswith("先把号码一栏设为文本格式")
    assert told["缺家庭编号"] == "补填家庭编号。"
    notes = "\n".join(str(cell) for row in book["说明"].iter_rows(values_only=True) for cell in row)
    assert (
        "申请.xlsx：交来 125 行 = 收下 111 行 + 退回 14 行（其中合计、说明行 5 行，不用补正）；至今待补正 9 行。"
        in notes
    )
    text = "\n".join(str(cell) for row in rows for cell in row)
    assert not WHOLE_NUMBER.search(text + notes)
    assert re.search(r"370199\*{8}\d{3}", text)


def test_a_row_to_look_at_is_named_with_its_sheet(fresh: Desk) -> None:
    rows = applicants()
    rows[1][9] = ""
    file = workbook(fresh.folder / "申请.xlsx", rows)
    said = fresh.run("roster", "import", str(file), "--format", "tsv")
    head, *found = [line.split("\t") for line in said.out.splitlines()]
    assert head == ["工作表", "行", "处理", "原因"]
    assert [rows[1][4], "退回", "缺姓名"] in [[sheet, *rest] for sheet, _, *rest in found]
    csv = fresh.folder / "申请.csv"
    csv.write_text("\n".join(",".join(row) for row in [HEADINGS, *rows[:2]]) + "\n", encoding="utf-8")
    assert fresh.run("roster", "import", str(csv), "--format", "tsv").out.startswith("行\t处理\t原因\n")


@pytest.mark.parametrize("name", [" ", "370199199001011234", "370199 19900101 1234"])
def test_a_batch_is_not_called_by_a_number_of_somebody_or_nothing(fresh: Desk, name: str) -> None:
    file = workbook(fresh.folder / "申请.xlsx", applicants())
    said = fresh.run("roster", "import", str(file), "--batch", name)
    assert said.code == 2
    assert "批次名" in said.err
    assert "370199" not in said.err
    assert fresh.run("batch", "list").code != 0


def test_the_number_of_somebody_in_a_file_name_is_masked_where_the_file_is_named(fresh: Desk) -> None:
    people = applicants()
    people[1][9] = ""
    file = workbook(fresh.folder / f"{people[0][9]}{people[0][10]}.xlsx", people)
    assert fresh.run("roster", "import", str(file), "--batch", BATCH).code == 0
    told = fresh.run("roster", "returned", "--format", "tsv")
    assert "********" in told.out
    assert not WHOLE_NUMBER.search(told.out + told.err)
    extract = fresh.folder / f"{people[0][10]}.csv"
    shutil.copy(SAMPLE / "inbox" / "vehicle.csv", extract)
    assert fresh.pull("vehicle", extract).code == 0
    letter = fresh.run("source", "quality", "vehicle")
    assert letter.code == 0
    assert not WHOLE_NUMBER.search(letter.out)


def test_a_corrected_file_is_imported_again_and_the_list_is_empty(delivered: Desk) -> None:
    workbook(delivered.folder / "改正.xlsx", applicants())
    said = delivered.run("roster", "import", str(delivered.folder / "改正.xlsx"))  # the batch need not be said again
    assert f"申请家庭的批次：{BATCH} 60 户。" in said.err
    said = delivered.run("roster", "returned")
    assert "没有待补正的行。" in said.err
    assert delivered.run("roster", "returned", "--format", "json").out == "[]\n"
    assert "60\t120" in delivered.run("batch", "list", "--as-of", "2018-12-01").out


def test_departments_answer_on_different_days_and_each_version_says_what_came(delivered: Desk, tmp_path: Path) -> None:
    cars(delivered, 0, 21, 40)
    check = delivered.run("check", "entrants", "--batch", BATCH, "--as-of", "2018-12-01")
    assert check.code == 3  # required sources have not come
    assert f"批次 {BATCH} 第 1 版（核对日 2018-12-01），首版：56 户 111 人；已读来源：机动车 2018-11-30。" in check.err
    report = ("report", "worklist", "--batch", BATCH)
    assert delivered.run(*report, "-o", str(tmp_path / "1.xlsx")).code == 0
    summary = delivered.run("report", "summary", "--batch", BATCH).out
    overview = delivered.run("report", "overview", "--batch", BATCH, "-o", str(tmp_path / "1.html"))
    assert overview.code == 0
    workbook(delivered.folder / "改正.xlsx", applicants())
    delivered.run("roster", "import", str(delivered.folder / "改正.xlsx"), "--batch", BATCH)
    for source, file in (("housing", "housing.xlsx"), ("provident_fund", "provident_fund.txt")):
        assert delivered.pull(source, SAMPLE / "inbox" / file).code == 0
    check = delivered.run("check", "entrants", "--as-of", "2018-12-03")
    assert check.code == 0
    assert (
        "第 2 版（核对日 2018-12-03），较第 1 版（2018-12-01）：新到来源：不动产 2018-11-30、住房公积金 2018-11-30；"
        in check.err
    )
    assert "批次由 56 户 111 人变为 60 户 120 人" in check.err
    again = delivered.run("check", "entrants", "--as-of", "2018-12-04")
    assert f"批次 {BATCH}：与第 2 版（核对日 2018-12-03）相同，没有新版。" in again.err
    delivered.run(*report, "--version", "1", "-o", str(tmp_path / "again.xlsx"))
    assert (tmp_path / "again.xlsx").read_bytes() == (tmp_path / "1.xlsx").read_bytes()
    assert delivered.run("report", "summary", "--batch", BATCH, "--version", "1").out == summary
    delivered.run("report", "overview", "--batch", BATCH, "--version", "1", "-o", str(tmp_path / "again.html"))
    assert (tmp_path / "again.html").read_bytes() == (tmp_path / "1.html").read_bytes()
    assert f"批次 {BATCH} 第 1 版" in (tmp_path / "1.html").read_text(encoding="utf-8")
    delivered.run(*report, "-o", str(tmp_path / "2.xlsx"))
    sheet = openpyxl.load_workbook(tmp_path / "2.xlsx")["较上一版"]
    told = list(sheet.iter_rows(min_row=2, values_only=True))
    assert told[0][0] == "新到来源"
    assert {row[0] for row in told[1:4]} == {"新核对"}
    assert "[U+" not in "".join(str(cell) for row in told for cell in row)


def test_a_batch_is_closed_in_somebodys_name_and_left_out_from_then_on(delivered: Desk) -> None:
    cars(delivered, 0, 21)
    delivered.run("check", "entrants", "--as-of", "2018-12-01")
    refused = delivered.run("batch", "close", BATCH, "--by", "王丽")
    assert refused.code == 5
    assert "必需来源不动产缺失 111 人" in refused.err
    assert "退回待补正 9 行（5 户，见 roster returned）" in refused.err
    assert delivered.run("batch", "close", BATCH).code == 2
    closed = delivered.run("batch", "close", BATCH, "--by", "王丽", "--reason", "限期已到")
    assert closed.code == 0
    assert "仍缺：" in closed.err
    assert delivered.run("check", "entrants", "--batch", BATCH).code == 5
    file = workbook(delivered.folder / "另一批.xlsx", [[f"B{row[0]}", *row[1:]] for row in applicants()[:10]])
    delivered.run("roster", "import", str(file), "--batch", "第13批")
    said = delivered.run("check", "entrants", "--as-of", "2018-12-02")
    assert f"批次 {BATCH} 已关闭，其中 56 户没有核对。" in said.err
    shown = delivered.run("batch", "show", BATCH).out
    assert "王丽 关闭：限期已到" in shown
    assert delivered.run("report", "summary", "--batch", BATCH).code == 0
    assert delivered.run("batch", "reopen", BATCH, "--by", "王丽").code == 5
    assert delivered.run("batch", "reopen", BATCH, "--by", "王丽", "--reason", "补收不动产").code == 0
    log = "\n".join(delivered.log())
    assert '"batch_close"' in log
    assert '"batch_reopen"' in log
    assert "限期已到" in log


def test_the_whole_list_of_recipients_says_who_would_leave_and_asks(fresh: Desk) -> None:
    lines = (SAMPLE / "roster.csv").read_text(encoding="utf-8-sig").splitlines()
    assert fresh.run("roster", "import", str(SAMPLE / "roster.csv")).code == 0
    kept = [line for line in lines if "申请中" not in line and not re.match("JZ000001[01]", line)]
    file = fresh.folder / "在保.csv"
    file.write_text("\n".join(kept) + "\n", encoding="utf-8")
    asked = fresh.run("roster", "import", str(file), "--replace")
    assert asked.code == 2
    assert "名册没有列出的 19 户（6.7%）" in asked.err
    assert "青崖镇\t农村低保\t4" in asked.out
    assert "家庭编号：JZ00000100、JZ00000101、" in asked.err
    before = fresh.run("check", "recipients", "--as-of", "2018-12-01").err
    assert "应核对 282 户" in before
    done = fresh.run("roster", "import", str(file), "--replace", "--yes")
    assert done.code == 0
    assert "没有列出、转为停保：19 户。" in done.err
    assert "应核对 263 户" in fresh.run("check", "recipients", "--as-of", "2018-12-01").err
    assert "应核对 16 户" in fresh.run("check", "entrants", "--as-of", "2018-12-01").err
    file.write_text("\n".join(kept[: len(kept) // 2]) + "\n", encoding="utf-8")
    too_many = fresh.run("roster", "import", str(file), "--replace", "--yes")
    assert too_many.code == 13
    assert "超过约定的 20%" in too_many.err
    told = next(line for line in too_many.err.splitlines() if line.startswith("家庭编号："))
    assert f"没有列出的 {len(told.split('、'))} 户" in too_many.err  # every one of them, however many
    log = [line for line in fresh.log() if '"replace":true' in line.replace(" ", "")]
    assert len(log) == 4  # each look, and each import
