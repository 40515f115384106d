"""统计表（XLSX）: every table of a period's statistics on a sheet of its own, each with its definitions under it."""

from io import BytesIO

from jiuzhu_check.reports import wording
from jiuzhu_check.reports.statistics import tables
from jiuzhu_check.reports.statistics.material import Material
from jiuzhu_check.reports.statistics.page import TITLE, about
from jiuzhu_check.reports.statistics.tables import Counted
from jiuzhu_check.reports.workbook import Column, add_counts, add_notes, open_book

SHEETS = ("programme", "source", "rule", "region", "township", "month")
WIDTHS = {"指标": 16, "含义": 90, "原因": 40, "期限": 40, "受理批次": 24, "情形": 24, "核对编号": 34, "金额": 60, "说明": 50,
          "核对人次": 11, "命中": 10, "未发现记录": 11, "未核对": 9, "期末未核对": 9, "异议": 34, "来源": 22, "规则": 30, "层级含义": 30, "乡镇（街道）": 22, "村（社区）": 34, "救助类别": 16}  # fmt: skip


def statistics_book(material: Material, fewest: int, by: str = "", definition: str = "") -> bytes:
    """The workbook; same material, same bytes. by: a breakdown more than those of SHEETS, such as village."""
    file = BytesIO()
    sheets = tables.whole(material, fewest, definition)
    parts = [tables.by(material, each, fewest) for each in dict.fromkeys([*SHEETS, *([by] if by else [])])]
    period = f"{material.scope.since} 至 {material.scope.to}"
    with open_book(file, TITLE, as_of=material.scope.to, header=period) as book:
        add_notes(
            book, "说明", [("范围", about(material)), ("原则", wording.PRINCIPLE), *tables.gaps(material, fewest)]
        )
        for each in [*sheets[:1], *parts, *sheets[1:], tables.exactness(material, fewest), tables.runs(material)]:
            add_counts(book, each.name.replace("（街道）", ""), _columns(each), each.rows, each.total, each.notes)
    return file.getvalue()


def _columns(table: Counted) -> list[Column]:
    narrow = 7 if len(table.heads) > 8 else 13
    return [Column(head, WIDTHS.get(head, 22 if place == 0 else narrow)) for place, head in enumerate(table.heads)]
