"""测试数据 trial row: a row that somebody left in a department's system when it was tried out. It is nobody's.

A row is one only where its number says nobody's: 测试 beside a valid number is kept, for something may hang on the number.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl
import tomli

from jiuzhu_check.values import identity_number


def trial_rows(cells: pl.DataFrame, place: Mapping[str, int]) -> pl.Series:
    """source_row of the rows that are nobody's.

    cells: source_row, and as text, under its place, what stands in each column
    place: where each canonical column stands; without owner_name_raw there are none, without owner_no_raw only the words
           speak. Of a marriage neither spouse may be somebody.
    """
    if "owner_name_raw" not in place:
        return cells["source_row"].clear()
    known = _known()
    called = pl.col(str(place["owner_name_raw"])).str.strip_chars().str.to_uppercase()
    rows = cells.with_columns(called=called).filter(pl.col("called").is_in([*known["words"], *known["names"]]))
    if rows.is_empty():
        return rows["source_row"]
    own, other = (
        identity_number.read(rows[str(place[column])])["kind"]
        if column in place
        else pl.repeat("blank", rows.height, eager=True)
        for column in ("owner_no_raw", "other_no_raw")
    )
    somebody = own.is_in(identity_number.NAMING) | other.is_in(identity_number.NAMING)
    return rows.filter(~somebody & (rows["called"].is_in(known["words"]) | (own == "placeholder")))["source_row"]


@cache
def _known() -> dict[str, Any]:
    return tomli.loads((files("jiuzhu_check.intake") / "trial_row.toml").read_text(encoding="utf-8"))
