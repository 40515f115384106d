"""给部门的函 quality letter: what a department should mend in its data, by row, with numbers masked. Text or XLSX."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO

import polars as pl
import xlsxwriter

from jiuzhu_check.reports.plain import hide_in_text, hide_numbers, plain_frame
from jiuzhu_check.reports.plain_text import plain
from jiuzhu_check.reports.reject_sheet import CODES
from jiuzhu_check.values.identity_number import KINDS

SHOWN = 20
LISTED = 100_000  # rows that the sheet of changes holds at most; the letter has their number
_CHANGES = {"gone": "上一次有、这次没有的", "changed": "内容有改变的", "added": "这次新增的"}
_NOTES = {
    "unknown_code": "{column} 列代码表里没有的值「{value}」",
    "unreadable": "{column} 列读不出来的单元格",
    "hidden_sheet": "隐藏的工作表「{column}」，没有读",
    "other_member": "压缩包里的其他文件「{column}」，没有读",
    "deleted_rows": "表里已标删除的记录，没有读",
    "cut_character": "{column} 列末尾是半个字，可能被字段宽度截断",
}


@dataclass(frozen=True)
class Letter:
    """What the letter says.

    facts:   delivered, accepted, rejected rows of the delivery
    before:  the same of the delivery before and its data date, or null
    kinds:   records by what their number is
    damaged: sheet, source_row, kind, number (masked)
    many:    names, rows, first, number (masked)
    rejects: sheet, source_row, code, reason
    notes:   column (its heading), what, value, rows, first
    changes: change, sheet_before, row_before, sheet, row of rows that differ from the delivery before; null where there
             is none, or it does not read
    gone, new: headings of columns that are no longer there, that were not there before
    codes:   heading, value, rows, first of codes that no row had before
    fallen:  extract, sheet, source_row, title, outcome, cause, signed_on of records that a re-examination found wrong
    """

    title: str
    department: str
    extract: str
    data_date: date
    facts: Mapping[str, int]
    before: Mapping[str, int] | None
    damaged: pl.DataFrame
    many: pl.DataFrame
    rejects: pl.DataFrame
    notes: Sequence[tuple[str, str, str, int, int]]
    before_date: date | None = None
    changes: pl.DataFrame | None = None
    gone: Sequence[str] = ()
    new: Sequence[str] = ()
    codes: pl.DataFrame | None = None
    fallen: pl.DataFrame | None = None


def letter_text(letter: Letter) -> str:
    """The letter as plain text: what was found, how often, and the first rows of each."""
    delivered, accepted, rejected = (letter.facts[name] for name in ("delivered", "accepted", "rejected"))
    lines = [
        f"{letter.department}：",
        "",
        f"贵单位提供的{letter.title}数据（{letter.extract}，数据时点 {letter.data_date}）已收到："
        f"共 {delivered:,} 行，收下 {accepted:,} 行，退回 {rejected:,} 行。",
    ]
    if letter.before:
        lines += ["", f"与上一次（数据时点 {letter.before_date}）相比：", *(f"· {line}" for line in _changes(letter))]
    lines += ["", "请核对下列各项，能补正的在下次提供时补正（行号与表格软件所显示的一致，第一行是 1）：", ""]
    found = _found(letter)
    lines += [f"{place}. {line}" for place, line in enumerate(found, start=1)] or ["没有发现要补正的。"]
    lines += ["", "数据只用于社会救助家庭经济状况核对。号码已遮盖；如需逐行清单，请见所附表格。", ""]
    return hide_in_text("\n".join(plain(line) for line in lines))


def letter_book(letter: Letter) -> bytes:
    """The letter as a workbook: the text, and every row that it speaks of."""
    data = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(data, options) as book:
        bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
        first = book.add_worksheet("函")
        first.set_column(0, 0, 100)
        for place, line in enumerate(letter_text(letter).split("\n")):
            first.write_string(place, 0, line, wrapped)
        kinds = letter.damaged.with_columns(pl.col("kind").replace_strict(KINDS, default="不可用"))
        for name, heads, frame in (
            ("号码不可用", ("工作表", "行", "问题", "号码"), kinds.select("sheet", "source_row", "kind", "number")),
            ("一号多名", ("号码", "姓名数", "行数", "首见行"), letter.many.select("number", "names", "rows", "first")),
            (
                "退回的行",
                ("工作表", "行", "代码", "原因"),
                letter.rejects.select("sheet", "source_row", "code", "reason"),
            ),
            *_sheet_of_changes(letter),
            *_sheet_of_fallen(letter),
        ):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, heads, bold)
            sheet.freeze_panes(1, 0)
            sheet.set_column(0, len(heads) - 1, 24)
            for place, row in enumerate(plain_frame(frame).iter_rows(), start=1):
                for column, cell in enumerate(row):
                    if isinstance(cell, int):
                        sheet.write_number(place, column, cell)
                    elif cell:
                        sheet.write_string(place, column, str(cell))
    return data.getvalue()


def _sheet_of_changes(letter: Letter) -> list[tuple[str, tuple[str, ...], pl.DataFrame]]:
    """The rows that went or changed, for the department to look up in both files; what is new it knows."""
    if letter.changes is None:
        return []
    rows = letter.changes.filter(pl.col("change") != "added").head(LISTED)
    told = rows.select(pl.col("change").replace(_CHANGES), "sheet_before", "row_before", "sheet", "row")
    return [("变化", ("变化", "上次工作表", "上次行", "本次工作表", "本次行"), told)]


def _changes(letter: Letter) -> list[str]:
    """What is otherwise than last time, as counts and the first rows."""
    assert letter.before is not None
    was, now = letter.before["accepted"], letter.facts["accepted"]
    share = f"（{abs(now - was) / was:.1%}）" if was else ""
    said = [f"上一次收下 {was:,} 行，这次{'多' if now >= was else '少'} {abs(now - was):,} 行{share}。"]
    if letter.changes is None:
        said.append("上一次的数据读不出来，没有逐行比较。")
    else:
        for change, words in _CHANGES.items():
            rows = letter.changes.filter(pl.col("change") == change)
            at = rows["row_before" if change == "gone" else "row"].unique().sort()
            where = f"，如{'上一次的' if change == 'gone' else ''}第 {_rows(at)} 行" if at.len() else ""
            said.append(f"{words}：{at.len():,} 行{where}。")
    if letter.gone:
        said.append(f"不再有的列：{'、'.join(letter.gone)}。")
    if letter.new:
        said.append(f"新出现的列：{'、'.join(letter.new)}。")
    if letter.codes is not None:
        said += [
            f"{heading} 列新出现的值「{value}」：{rows:,} 行，首见第 {first} 行。"
            for heading, value, rows, first in letter.codes.iter_rows()
        ]
    return said


def _found(letter: Letter) -> list[str]:
    said = [
        f"证件号码，{KINDS.get(kind, '不可用')}：{rows['source_row'].len():,} 行，如第 {_rows(rows['source_row'])} 行。"
        for (kind,), rows in sorted(
            letter.damaged.partition_by("kind", as_dict=True).items(), key=lambda each: -each[1].height
        )
    ]
    if letter.many.height:
        said.append(
            f"同一号码配有三个及以上不同姓名：{letter.many.height:,} 个号码，如第 {_rows(letter.many['first'])} 行。"
        )
    said += [
        f"{CODES.get(code, code)}，整行退回：{rows.height:,} 行，如第 {_rows(rows['source_row'])} 行。"
        for (code,), rows in sorted(letter.rejects.partition_by("code", as_dict=True).items())
    ]
    said += [
        f"{_NOTES[what].format(column=column, value=value)}{f'：{rows:,} 行' if first else ''}"
        + (f"，首见第 {first} 行。" if first else "。")
        for column, what, value, rows, first in letter.notes
        if what in _NOTES  # a new column stands among what changed
    ]
    if letter.fallen is not None:
        said += [
            f"经乡镇（街道）复查，登记内容{_what_fell(outcome, cause)}：{rows.height:,} 行，{_places(rows)}。请核对登记。"
            for (outcome, cause), rows in letter.fallen.group_by("outcome", "cause", maintain_order=True)
        ]
    return said


def _what_fell(outcome: object, cause: object) -> str:
    """What a re-examination found of a record, in the words of the letter."""
    if cause is None:
        return "有误、应予更正" if outcome == "corrected" else "不成立"
    return {"wrong_person": "所指的不是本人（号码或姓名可能有误）", "outdated": "已过时"}.get(str(cause), "有误")


def _places(rows: pl.DataFrame) -> str:
    """Which file and rows."""
    files = rows.group_by("extract", "sheet", maintain_order=True)
    return "；".join(
        f"{extract}{f' 表 {sheet}' if sheet else ''} 第 {_rows(each['source_row'])} 行"
        for (extract, sheet), each in files
    )


def _sheet_of_fallen(letter: Letter) -> list[tuple[str, tuple[str, ...], pl.DataFrame]]:
    """Every record that a re-examination found wrong, line by line."""
    if letter.fallen is None or letter.fallen.is_empty():
        return []
    found = [_what_fell(*each) for each in letter.fallen.select("outcome", "cause").iter_rows()]
    told = letter.fallen.select(
        "extract", "sheet", "source_row", "title", pl.Series("what", found), pl.col("signed_on").cast(pl.String)
    )
    return [("复查有误", ("文件", "工作表", "行", "事项", "复查结果", "复查日期"), hide_numbers(told))]


def _rows(numbers: pl.Series) -> str:
    shown = "、".join(str(number) for number in numbers.head(SHOWN))
    return shown + (" 等" if numbers.len() > SHOWN else "")
