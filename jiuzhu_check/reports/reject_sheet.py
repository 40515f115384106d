"""退回清单: the rows that were not taken in, for the department: where each stands, why, and its cells as delivered. XLSX or CSV."""

from datetime import date
from io import BytesIO

import polars as pl

from jiuzhu_check.reports.plain import plain_frame
from jiuzhu_check.reports.plain_text import plain
from jiuzhu_check.reports.workbook import LONGEST_CELL, Column, add_notes, add_table, open_book

TITLE = "退回的行"
CODES = {
    "columns": "列数与表头不符",
    "footer": "合计或说明行",
    "trial_row": "测试数据",
    "oversized": "单元格过长",
    "not_asked": "不在查询名单内的人",
    "nul": "有空字节",
    "encoding": "编码不对",
}
_PLACE = (
    Column("来源", 12),
    Column("供数机构", 10),
    Column("文件", 22),
    Column("数据时点", 11),
    Column("工作表", 12),
    Column("行", 8),
    Column("问题", 16),
    Column("原因", 30),
)


def reject_rows(rejects: pl.DataFrame) -> pl.DataFrame:
    """The rows under their headings, all text, cells as delivered in 第1格, 第2格 ...

    rejects: checks/rejects.py delivered_rows
    """
    width = int(rejects["cells"].list.len().max() or 0)  # type: ignore[arg-type]
    told = rejects.select(
        pl.col("title").alias("来源"),
        pl.col("supplier").alias("供数机构"),
        pl.col("extract").alias("文件"),
        pl.col("data_date").cast(pl.String).alias("数据时点"),
        pl.col("sheet").alias("工作表"),
        pl.col("source_row").cast(pl.String).alias("行"),
        pl.col("code").replace(CODES).alias("问题"),
        pl.col("reason").alias("原因"),
        *(
            pl.col("cells").list.get(at, null_on_oob=True).str.slice(0, LONGEST_CELL).alias(f"第{at + 1}格")
            for at in range(width)
        ),
    )
    return plain_frame(told)


def reject_book(rejects: pl.DataFrame, day: date) -> bytes:
    """The list as a workbook: the rows, and what to do with them."""
    rows = reject_rows(rejects)
    columns = (*_PLACE, *(Column(name, 18) for name in rows.columns[len(_PLACE) :]))
    file = BytesIO()
    with open_book(file, TITLE, as_of=day, header=f"数据时点 {day}") as book:
        add_table(book, TITLE, columns, [rows])
        add_notes(book, "说明", [(label, plain(text)) for label, text in _notes(rejects)])
    return file.getvalue()


def _notes(rejects: pl.DataFrame) -> list[tuple[str, str]]:
    return [
        ("这是什么", f"{rejects.height:,} 行没有收下：读不出来，或看起来不是数据。没有收下的不等于没有登记。"),
        ("行号", "与表格软件所显示的一致，第一行是 1。"),
        ("单元格", "第1格、第2格……是该行交来时的单元格，没有改动，从左到右；号码已遮盖的，请按行号在原文件中查对。"),
        ("请部门", "列数不符、编码不对的，补正后在下次提供时一并提供；合计或说明行确实是数据的，请告知行号。"),
        ("用途", "数据只用于社会救助家庭经济状况核对。"),
    ]
