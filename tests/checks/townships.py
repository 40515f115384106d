"""A township for the tests: one car, delivered again and again, worklists handed out, filled and taken back."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl

from jiuzhu_check.checks.answer_sheet import Taken, row_key
from jiuzhu_check.checks.deliveries import take, take_roster
from jiuzhu_check.checks.finding_answers import take_reexaminations
from jiuzhu_check.checks.reexaminations import standing
from jiuzhu_check.checks.results import Result
from jiuzhu_check.checks.run import check_all, summarise
from jiuzhu_check.reports.sheet_per import SheetPer
from jiuzhu_check.reports.summary import MorningSummary
from jiuzhu_check.reports.worklist import write_worklist
from tests.checks.centres import VEHICLE, Member, Small, number

HE, SHE = Member("张建国", number(11)), Member("李秀英", number(22), "JZ2")
NOW = datetime(2018, 12, 20, 9, 30, tzinfo=UTC)
SOLD = {
    "处理": "已说明",
    "说明": "车已于 2017 年卖出，有协议，未过户",
    "文号": "永民核〔2018〕7号",
    "经办人": "赵核实",
    "日期": "2018-12-05",
}


def deliver(
    town: Small, on: date, *, before: int = 0, status: str = "A", owner: Member = HE, file: str = "vehicle"
) -> None:
    """The same car, behind so many of others, in a file of another name."""
    rows = [f"02,鲁Y{place:05},K33,LZZ8888{place:010},赵某,{number(80)},20100101,A" for place in range(before)]
    own = f"02,鲁Z00001,K33,LZZ00000000000001,{owner.name},{owner.number},20100101,{status}"
    path = town.folder / f"{file}.csv"
    path.write_text("\n".join([VEHICLE, *rows, own]) + "\n", encoding="utf-8")
    take(town.centre, "vehicle", path, "", on)


def declare(town: Small, cars: str, on: str = "2018-02-01") -> None:
    """Every household declares so many cars; blank: it leaves that out."""
    file = town.folder / "roster.csv"
    told = file.read_text(encoding="utf-8").replace(",2018-02-01,0", f",{on},{cars}")
    file.write_text(told, encoding="utf-8")
    take_roster(town.centre, file)


def night(town: Small, on: date) -> tuple[Result, MorningSummary]:
    result, last = check_all(town.centre, "recipients", on)
    return result, summarise(result, last)


def worklist(town: Small, result: Result) -> Path:
    """The worklist as it is handed to the township, as the clerk finds it when the answers so far are in."""
    findings, _ = standing(town.centre.store, result.finding)
    path = town.folder / "worklist.xlsx"
    data = write_worklist(
        result.run, result.household, result.member, findings, result.coverage, result.source_state,
        declarations=result.declaration, due_on=date(2018, 12, 15), key=row_key(town.centre), by=SheetPer.none,
    )  # fmt: skip
    path.write_bytes(data)
    return path


def fill(path: Path, *answers: Mapping[str, object], **cells: object) -> Path:
    """Each answer on its row, from the first row on; cells changes others of the first row by heading."""
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    heads = {cell.value: cell.column for cell in sheet[1]}
    for row, answer in enumerate(answers, start=2):
        for heading, value in answer.items():
            sheet.cell(row, heads[heading]).value = value
    for heading, value in cells.items():
        sheet.cell(2, heads[heading]).value = value
    book.save(path)
    return path


def listed(path: Path, name: str = "核对清单") -> list[str]:
    """The 事项 cells of a sheet; none where there is no such sheet."""
    book = openpyxl.load_workbook(path)
    if name not in book.sheetnames:
        return []
    head, *rows = book[name].iter_rows(values_only=True)
    return [row[head.index("事项")] for row in rows if row[head.index("家庭编号")]]


def take_back(town: Small, path: Path, **options: bool) -> Taken:
    return take_reexaminations(town.centre, path, NOW, **options)


def statuses(result: Result) -> dict[str, str]:
    return dict(result.finding.select("rule", "status").iter_rows())
