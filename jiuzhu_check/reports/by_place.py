"""A workbook's sheets by place: which household stands on which, so that each county or township gets its own."""

import polars as pl

from jiuzhu_check.reports.plain import plain_frame
from jiuzhu_check.reports.sheet_per import SheetPer

MOST_SHEETS = 100  # beyond it nobody finds a sheet by its tab
UNKNOWN = "未注明"
_KEYS = {
    SheetPer.township: ["region", "township"],
    SheetPer.county: ["region"],
    SheetPer.none: [],
}  # fmt: skip


def sheets_by_place(households: pl.DataFrame, by: SheetPer | None, whole: str) -> pl.DataFrame:
    """Which sheet each household stands on: household_no, place (0 is the first sheet), sheet.

    A sheet bears the township's name, with the county's code behind it where two counties have one of that name; or the
    county's code.

    by:    null takes townships; counties where there are more than MOST_SHEETS of those, and one sheet where there are
           more counties than that
    whole: the sheet's name where everything stands on one
    """
    if by is None:
        fitting = (way for way in SheetPer if _placed(households, way, whole)["place"].n_unique() <= MOST_SHEETS)
        by = next(fitting)
    return _placed(households, by, whole)


def _placed(households: pl.DataFrame, by: SheetPer, whole: str) -> pl.DataFrame:
    key = _KEYS[by]
    homes = plain_frame(households.select("household_no", "region", "township"))
    region, township = pl.col("region").fill_null(UNKNOWN), pl.col("township").fill_null(UNKNOWN)
    several = pl.col("region").n_unique().over("township") > 1
    name = {
        SheetPer.township: pl.when(several).then(pl.format("{}({})", township, region)).otherwise(township),
        SheetPer.county: region,
        SheetPer.none: pl.lit(whole),
    }[by]
    named = homes.with_columns(sheet=name)
    order = named.unique([*key, "sheet"]).sort(*key, "sheet", nulls_last=True).select(*key, "sheet")
    places = order.with_row_index("place")
    return named.join(places, on=[*key, "sheet"], nulls_equal=True, maintain_order="left").select(
        "household_no", "place", "sheet"
    )
