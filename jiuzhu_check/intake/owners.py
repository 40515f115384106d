"""权利人 owners: several owners in one cell become one row each. Names and numbers are paired only where they count alike."""

import re

import polars as pl


def split_owners(records: pl.DataFrame, separators: str) -> pl.DataFrame:
    """The records with slot and owners, one row for each owner.

    records:    owner_no_raw, owner_name_raw and any other columns, one row a delivered row
    separators: characters between owners; empty where a row has one owner
    returns:    slot from 1; owners, how many names the row has (at least 1)

    Where a row has as many numbers as names they are paired by place. Where it has not, nobody can say whose a number
    is: each number stands in a slot with all the names, each name in a slot without number, so that nothing is lost.
    """
    one = records.with_columns(slot=pl.lit(1, pl.Int64), owners=pl.lit(1, pl.Int64))
    if not separators:
        return one
    pattern = f"[{re.escape(separators)}]"
    several = pl.col("owner_name_raw").str.contains(pattern).fill_null(False) | pl.col("owner_no_raw").str.contains(
        pattern
    ).fill_null(False)
    many = records.filter(several)
    if many.is_empty():
        return one
    cut = [
        _slots(name or "", number or "", pattern)
        for name, number in many.select("owner_name_raw", "owner_no_raw").iter_rows()
    ]
    slots = many.with_columns(
        owner_name_raw=pl.Series([[name for name, _ in row] for row in cut], dtype=pl.List(pl.String)),
        owner_no_raw=pl.Series([[number for _, number in row] for row in cut], dtype=pl.List(pl.String)),
        slot=pl.Series([list(range(1, len(row) + 1)) for row in cut], dtype=pl.List(pl.Int64)),
        owners=pl.Series([max(1, len(_parts(name or "", pattern))) for name in many["owner_name_raw"]], dtype=pl.Int64),
    ).explode("owner_name_raw", "owner_no_raw", "slot")
    return pl.concat([one.filter(~several), slots.select(one.columns)]).sort("source_row", "slot")


def _slots(name: str, number: str, pattern: str) -> list[tuple[str | None, str | None]]:
    names, numbers = _parts(name, pattern), _parts(number, pattern)
    if len(names) == len(numbers):
        return list(zip(names, numbers, strict=True))
    if len(numbers) <= 1 and len(names) <= 1:
        return [(name or None, number or None)]
    return [(name or None, each) for each in numbers] + [(each, None) for each in names]


def _parts(cell: str, pattern: str) -> list[str]:
    return [part.strip() for part in re.split(pattern, cell) if part.strip()]
