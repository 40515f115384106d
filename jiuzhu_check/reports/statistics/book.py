"""统计表（XLSX）: every table of a period's statistics on a sheet of its own, each with its definitions under it."""

from io import BytesIO

from jiuzhu_check.reports import wording
from jiuzhu_check.reports.statistics import tables
from jiuzhu_check.reports.statistics.material import Material
from jiuzhu_check.reports.statistics.measures import title
from jiuzhu_check.reports.statistics.page import about, headline, period
from jiuzhu_check.reports.statistics.tables import Counted
from jiuzhu_check.reports.workbook import Column, add_counts, add_notes, open_book

SHEETS = ("programme", "source", "rule", "region", "township", "month")
NARROW, USUAL, FIRST, WIDE = 7, 13, 26, 60
WIDER = {"due": 11, "hit": 10, "no_record": 11, "unchecked": 9, "still_unchecked": 9}  # they hold millions


def statistics_book(material: Material, fewest: int, by: str = "", money_as: str = "") -> bytes:
    """The workbook; same material, same bytes. by: a breakdown more than those of SHEETS, such as village."""
    file = BytesIO()
    sheets = tables.whole(material, fewest, money_as)
    parts = [tables.by(material, each, fewest) for each in dict.fromkeys([*SHEETS, *([by] if by else [])])]
    with open_book(file, headline(), as_of=material.scope.to, header=period(material)) as book:
        add_notes(
            book, "说明", [("范围", about(material)), ("原则", wording.PRINCIPLE), *tables.gaps(material, fewest)]
        )
        for each in [*sheets[:1], *parts, *sheets[1:], tables.exactness(material, fewest), tables.runs(material)]:
            add_counts(book, each.name, _columns(each), each.rows, each.total, each.notes)
    return file.getvalue()


def _columns(table: Counted) -> list[Column]:
    """Words get the room that their longest cell takes, numbers as little as they need, so that it prints on one page."""
    wider = {title(name): width for name, width in WIDER.items()}
    narrow = NARROW if len(table.heads) > 8 else USUAL
    columns = []
    for place, head in enumerate(table.heads):
        words = max(
            (len(str(row[place]).encode("gb18030")) + 2 for row in table.rows if isinstance(row[place], str)), default=0
        )
        columns.append(Column(head, min(WIDE, max(words, FIRST if place == 0 else wider.get(head, narrow)))))
    return columns
