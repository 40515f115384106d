"""公示 notice: what a level posts or puts on its website, as HTML, XLSX or PDF.

Each writer sees a Notice and nothing else: rows with the columns that may be shown. What is not known (a telephone, the
last day) is a line to fill in by hand.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from io import BytesIO
from typing import Any

import polars as pl
import xlsxwriter

from jiuzhu_check.reports.page import page, safe, table
from jiuzhu_check.reports.plain_text import plain
from jiuzhu_check.reports.typesetting import Typesetter
from jiuzhu_check.reports.workbook import FONT
from jiuzhu_check.tables.notice import NOTICE

TITLES = {
    "applicants": "社会救助申请家庭公示",
    "recipients": "社会救助在保家庭公布",
    "filed": "近亲属申请、在保家庭单独登记表",
}
_HEADINGS = {
    "region": "地区", "township": "乡镇（街道）", "village": "村（社区）", "programme": "救助类别",
    "applicant": "申请人姓名", "members": "家庭人口", "amount_month": "保障金额（元/月）",
}  # fmt: skip
_WIDTHS = {
    "region": 10,
    "township": 18,
    "village": 18,
    "programme": 14,
    "applicant": 18,
    "members": 10,
    "amount_month": 20,
}
_NUMBERS = ("members", "amount_month")
UNNAMED = "姓名不公开"
BLANK = "＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿"
_STYLE = """<style>
.lines { margin: 12px 0 20px; } .lines th { white-space: nowrap; width: 8em; }
section tbody th { min-width: 2.5em; } section td:not(.n) { min-width: 4.8em; }
@media print { section { break-inside: auto; } tr { break-inside: avoid; } }
</style>"""
_OPEN_DAY = "＿＿＿＿年＿＿月＿＿日"


@dataclass(frozen=True)
class Period:
    """From when to when some programmes are posted; until null: lasting, or no rule says how long."""

    programmes: tuple[str, ...]
    since: date
    until: date | None
    days: int | None
    in_working_days: bool
    lasting: bool = False


@dataclass(frozen=True)
class Notice:
    """All that a notice says.

    level:   province | city | county | township | village
    kind:    applicants | recipients, which are posted; filed, the office's own register of near relatives
    place:   a name, or a code of GB/T 2260
    rows:    NOTICE rows; columns: which of them are shown
    """

    level: str
    kind: str
    place: str
    on: date
    rows: pl.DataFrame
    columns: tuple[str, ...]
    periods: tuple[Period, ...]
    phone: str
    address: str
    basis: str
    _tables: list[tuple[str, pl.DataFrame]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Hold the rows to the columns of the table, and part those that stand in a table of their own."""
        assert self.rows.columns == list(NOTICE.columns), "a notice has other columns than it may"
        assert set(self.columns) <= set(_HEADINGS)
        apart = pl.col("filed").fill_null(value=False)
        parts = [("", self.rows)]
        if self.kind != "filed":
            parts = [("", self.rows.filter(~apart)), ("单独登记备案的近亲属家庭", self.rows.filter(apart))]
        shown = [
            name for name in self.columns if name not in _NUMBERS or self.rows[name].null_count() < self.rows.height
        ]
        told = [(name, rows.select(shown)) for name, rows in parts if rows.height or not name]
        object.__setattr__(self, "_tables", told)

    @property
    def tables(self) -> list[tuple[str, list[str], list[list[str]], int]]:
        """Each table: its heading, the heads of its columns, its rows as text, how many last columns are numbers."""
        return [(name, _heads(rows, self.kind), _cells(rows), _numbers(rows)) for name, rows in self._tables]

    @property
    def title(self) -> str:
        """What stands above it."""
        return TITLES[self.kind]

    @property
    def is_posted(self) -> bool:
        """Whether it is for the public."""
        return self.kind != "filed"

    @property
    def lines(self) -> list[tuple[str, str]]:
        """What stands between title and table: head and text."""
        place = f"行政区划 {self.place}" if self.place.isascii() else self.place
        said = [
            ("范围", place),
            *(
                ("公示期" if self.kind == "applicants" else "公布", _period(each, len(self.periods) > 1))
                for each in self.periods
            ),
        ]
        if self.is_posted:
            said += [("异议反映电话", self.phone or BLANK), ("异议反映地址", self.address or BLANK)]
        else:
            said += [("登记日", _day(self.on))]
        return [*said, ("依据", self.basis)]

    @property
    def notes(self) -> list[str]:
        """What stands under the table."""
        rows = self.rows
        said = []
        if self.kind == "applicants":
            said.append("列入本名单是公示申请情况，不是审核确认决定；有异议的，请在公示期内向上列电话或地址反映。")
        if self.kind == "recipients":
            said.append("对所列家庭有异议的，可向上列电话或地址反映。")
        if not self.is_posted:
            said.append("内部资料：供单独登记备案和入户调查使用，不张贴、不上网。")
        if self.is_posted and rows["applicant"].null_count():
            said.append(f"依法保护个人隐私，写“{UNNAMED}”的家庭不公开申请人姓名。")
        if any("amount_month" in told.columns and told["amount_month"].null_count() for _, told in self._tables):
            said.append("金额写“—”的，名册没有载明。")
        return said

    @property
    def signature(self) -> list[str]:
        """Who posts it, and when."""
        return [f"{'公示单位' if self.is_posted else '登记单位'}（盖章）：{BLANK}", _day(self.on)]


def notice_html(notice: Notice) -> bytes:
    """One page that asks the outside for nothing."""
    lines = "".join(f'<tr><th scope="row">{safe(head)}</th><td>{safe(text)}</td></tr>' for head, text in notice.lines)
    parts = [_STYLE, f"<h1>{safe(notice.title)}</h1>", f'<table class="lines"><tbody>{lines}</tbody></table>']
    for name, heads, rows, numbers in notice.tables:
        parts += [f"<h2>{safe(name)}</h2>"] if name else []
        parts.append(f"<section>{table(heads, rows, numbers=numbers)}</section>")
    parts += [f'<p class="lead">{safe(note)}</p>' for note in notice.notes]
    parts += [f'<p class="n">{safe(line)}</p>' for line in notice.signature]
    return page(notice.title, "\n".join(parts)).encode()


def notice_pdf(notice: Notice, font_dir: str | None = None) -> bytes:
    """A4, with the heads of the table on each page; raises as Typesetter."""
    content = {
        "title": plain(notice.title),
        "lines": [[plain(each) for each in line] for line in notice.lines],
        "tables": [
            {"name": name, "heads": heads, "rows": [[plain(cell) for cell in row] for row in rows], "numbers": numbers}
            for name, heads, rows, numbers in notice.tables
        ],
        "notes": notice.notes,
        "signature": notice.signature,
    }
    return Typesetter("notice.typ", "html|xlsx", font_dir, tagged=True).set(content, on=notice.on)


def notice_xlsx(notice: Notice) -> bytes:
    """One sheet for each table; every text stays text."""
    data = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(data, options)
    book.set_properties({"title": notice.title, "created": datetime.combine(notice.on, time())})
    text = {"font_name": FONT, "font_size": 11, "valign": "vcenter", "text_wrap": True}
    box = {**text, "border": 1, "border_color": "#8A9BAB"}
    title = book.add_format({**text, "font_size": 18, "bold": True, "align": "center"})
    line, head = book.add_format(text), book.add_format({**box, "bold": True, "bg_color": "#E3EAF1", "align": "center"})
    cell, right = book.add_format(box), book.add_format({**box, "align": "right"})
    end = book.add_format({**text, "align": "right"})
    for place, (name, heads, rows, numbers) in enumerate(notice.tables):
        sheet = book.add_worksheet("公示" if place == 0 and notice.is_posted else "单独登记")
        last = len(heads) - 1
        widths = [6, *(_WIDTHS[each] for each in notice._tables[place][1].columns)]
        cols = [6, *(max(width, 86 // (len(widths) - 1)) for width in widths[1:])]
        for column, width in enumerate(cols):
            sheet.set_column(column, column, width)
        total, at = sum(cols), 0
        at = _merged(sheet, at, last, notice.title, title, 34)
        for said in [f"{label}：{words}" for label, words in notice.lines] + ([name] if name else []):
            at = _merged(sheet, at, last, plain(said), line, 18 * (1 + _width(said) // total))
        sheet.write_row(at, 0, heads, head)
        sheet.set_row(at, 24)
        sheet.repeat_rows(at)
        sheet.freeze_panes(at + 1, 0)
        for row in rows:
            at += 1
            sheet.set_row(at, 18 * max(1 + _width(value) // width for value, width in zip(row, cols, strict=True)))
            for column, value in enumerate(row):
                sheet.write_string(at, column, plain(value), right if column > last - numbers else cell)
        at += 1
        for said in notice.notes:
            at = _merged(sheet, at, last, said, line, 18 * (1 + _width(said) // total))
        for said in notice.signature:
            at = _merged(sheet, at, last, said, end, 24)
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.6, right=0.6, top=0.7, bottom=0.7)
        sheet.set_footer("&C第 &P 页，共 &N 页")
    book.close()
    return data.getvalue()


WRITERS = {"html": notice_html, "xlsx": notice_xlsx, "pdf": notice_pdf}


def _merged(sheet: Any, row: int, last: int, text: str, look: Any, height: float) -> int:
    """Write one text across the table; the row below it."""
    sheet.merge_range(row, 0, row, last, "", look)
    sheet.write_string(row, 0, text, look)
    sheet.set_row(row, height)
    return row + 1


def _width(text: str) -> int:
    return sum(1 + (not character.isascii()) for character in text)


def _heads(rows: pl.DataFrame, kind: str) -> list[str]:
    proposed = "拟" if kind == "applicants" else ""
    return ["序号", *(proposed * (name == "amount_month") + _HEADINGS[name] for name in rows.columns)]


def _cells(rows: pl.DataFrame) -> list[list[str]]:
    return [
        [str(place), *(_cell(name, value) for name, value in row.items())]
        for place, row in enumerate(rows.iter_rows(named=True), start=1)
    ]


def _cell(name: str, value: str | int | Decimal | None) -> str:
    if name == "applicant" and value is None:
        return UNNAMED
    if value is None:
        return "—"
    return f"{value:,.2f}" if isinstance(value, Decimal) else str(value).strip()


def _numbers(rows: pl.DataFrame) -> int:
    return len([name for name in rows.columns if name in _NUMBERS])


def _period(period: Period, several: bool) -> str:
    of = f"{'、'.join(period.programmes)}：" if several else ""
    if period.lasting:
        return f"{of}自{_day(period.since)}起"
    if period.until is None:
        return f"{of}自{_day(period.since)}至{_OPEN_DAY}"
    unit = "个工作日" if period.in_working_days else "天"
    return f"{of}自{_day(period.since)}至{_day(period.until)}（{period.days} {unit}，张贴当日不计）"


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
