"""筛行 screen: which rows under a header are data, and what is said of the others."""

from collections.abc import Sequence

import polars as pl

from jiuzhu_check.errors import ExtractChanged
from jiuzhu_check.intake.grid import Grid
from jiuzhu_check.intake.heading import Header
from jiuzhu_check.intake.source import Source, footer_pattern
from jiuzhu_check.intake.trial_row import trial_rows
from jiuzhu_check.language import say
from jiuzhu_check.values.blank import says_nothing

MAX_CELL = 4096  # bytes; longer is never a cell of an extract
# Rejects whose cells stand under their headings: the department can confirm that such a row is data.
CONFIRMABLE = ("footer", "trial_row", "oversized")
# What stands around a heading without changing it: a second file begins with a byte-order mark of its own.
_AROUND = " \t\r\n\u3000\ufeff*"
_COUNTED = r"^\s*共?[0-9,]+\s*[人户笔条名项次个]\s*$"
_REASONS = {
    "footer": "合计或说明行，不是数据",
    "trial_row": "测试数据：名称是测试或举例用的，证件号码说不出是谁的",
    "oversized": f"有单元格超过 {MAX_CELL} 字节",
}


def screen(
    source: Source, grid: Grid, header: Header, extract: str, confirmed: Sequence[int]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows that are data, and the others as rejects: source_row, cells, code, reason.

    confirmed: rows that are data because the department says so
    raises: ExtractChanged where the header stands again among the rows: two extracts may have been put together
    """
    cells = grid.rows
    repeated = cells
    for column, at in sorted(header.place.items(), key=lambda placed: placed[1])[:3]:
        headings = {header.headings[at].strip(), *(source.columns[column] if len(header.place) > 1 else ())}
        cell = pl.col(str(at))
        repeated = repeated.filter(cell.str.contains_any(sorted(headings)))
        repeated = repeated.filter(cell.str.strip_chars(_AROUND).is_in(sorted(headings)))
    if repeated.height:
        raise ExtractChanged(
            say("{extract} 第 {source_row} 行又出现一次表头。", extract=extract, source_row=repeated["source_row"][0]),
            hint=say("可能是两份文件拼在了一起；请部门分开提供，或去掉多余的表头。"),
        )
    footer = footer_pattern(source.footers)
    needed = [pl.col(str(header.place[column])) for column in source.contract.required]
    # A whole row is data, whatever it begins with; 合计 beside 9人 is none.
    lacking = pl.any_horizontal(
        says_nothing(cell) | cell.str.contains(_COUNTED).fill_null(value=False) for cell in needed
    )
    first = pl.coalesce(pl.exclude("source_row")) if cells["0"].has_nulls() else pl.col("0")
    oversized = pl.any_horizontal(pl.col(pl.String).str.len_bytes() > MAX_CELL)
    trial = trial_rows(cells, header.place)
    on_trial = pl.col("source_row").is_in(trial.implode())
    at_the_foot = first.str.contains(footer) & lacking
    code = (
        pl.when(oversized)
        .then(pl.lit("oversized"))
        .when(on_trial)
        .then(pl.lit("trial_row"))
        .otherwise(pl.lit("footer"))
    )
    refused = (
        cells.filter(at_the_foot | oversized | on_trial)
        .filter(~pl.col("source_row").is_in(confirmed))
        .select("source_row", cells=pl.concat_list(pl.exclude("source_row")), code=code)
    )
    kept = cells if refused.is_empty() else cells.join(refused, on="source_row", how="anti")
    both = pl.concat([refused, _torn(grid, footer)])
    counted = pl.format(f"应有 {len(header.headings)} 列，实有 {{}} 列", pl.col("cells").list.len())
    reason = pl.col("code").replace_strict(_REASONS, default=counted, return_dtype=pl.String)
    told = both.with_columns(reason=reason)
    return kept, pl.concat([told, grid.broken.select(told.columns)]).sort("source_row")


def _torn(grid: Grid, footer: str) -> pl.DataFrame:
    """The rows of another width than the header's: a line of remarks, or a row that lost or gained a delimiter."""
    begins = pl.col("cells").list.eval(pl.element().filter(~says_nothing(pl.element()))).list.first()
    return grid.unreadable.with_columns(
        code=pl.when(begins.str.contains(footer)).then(pl.lit("footer")).otherwise(pl.lit("columns"))
    )


def ends_short(grid: Grid, refused: pl.DataFrame) -> bool:
    """Whether the last row that holds anything has fewer cells than the header: the file may have been cut off in it."""
    short = (pl.col("code") == "columns") & (pl.col("cells").list.len() < len(grid.headings))
    return bool(refused.filter(short, pl.col("source_row") == grid.last_row).height)
