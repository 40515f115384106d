"""空白 blank: what a cell says that says nothing. A home with the certificate 无 is not every other home with it."""

import polars as pl

WORDS = (
    "", "-", "--", "—", "——", "/", "\\", "*", "无", "空", "不详", "未知", "暂无", "待补", "未提供", "查无此人",
    "NULL", "NONE", "NAN", "N/A", "#N/A", "(NULL)", "<NULL>",
)  # fmt: skip


def says_nothing(cell: pl.Expr) -> pl.Expr:
    """Whether the cell is blank or a word for blank; never null.

    >>> pl.Series(["无", " - ", None, "0"]).to_frame("c").select(says_nothing(pl.col("c")))["c"].to_list()
    [True, True, True, False]
    """
    return cell.str.strip_chars().str.to_uppercase().is_in(WORDS).fill_null(value=True)
