"""变化 difference: what a snapshot would change against the one before, record by record.

A record is the same one by what names the thing (tables/record.py SUBJECT) and by its owner, whatever its row.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from jiuzhu_check.tables.record import ORIGIN, RECORDS, SUBJECT

_SAME, _ORDER = ["thing", "said"], ["sheet", "row", "slot"]


@dataclass(frozen=True)
class Difference:
    """Records: before = alike + changed + gone, after = alike + changed + added.

    before: 0 where there was no snapshot
    """

    before: int
    after: int
    added: int
    changed: int
    gone: int

    @property
    def alike(self) -> int:
        """Records that say the same as before."""
        return self.after - self.added - self.changed


def difference(table: str, before: Iterable[pl.DataFrame], after: Iterable[pl.DataFrame]) -> Difference:
    """How the records of a table differ; each side comes part by part, and of a record only two hashes and its place are held."""
    old, new = _hashed(table, before), _hashed(table, after)
    told = dict(_changed(old, new)["change"].value_counts().iter_rows())
    return Difference(old.height, new.height, *(told.get(change, 0) for change in ("added", "changed", "gone")))


def changed_rows(table: str, before: Iterable[pl.DataFrame], after: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """The delivered rows of the records that differ, each pair of rows once.

    returns: change (gone, changed, added), sheet_before, row_before, sheet, row: null where there is none
    """
    found = _changed(_hashed(table, before), _hashed(table, after)).drop("thing")
    return found.unique().sort("change", "row_before", "row", "sheet_before", "sheet", nulls_last=True)


def _changed(old: pl.DataFrame, new: pl.DataFrame) -> pl.DataFrame:
    """The records that are not alike: of each thing the first that went and the first that came are one that changed."""
    counts = [frame.group_by(_SAME).len() for frame in (old, new)]
    whole = counts[0].join(counts[1], on=[*_SAME, "len"], how="semi")  # nearly all: the rest alone is put in order
    old, new = (frame.join(whole, on=_SAME, how="anti").sort(_ORDER, nulls_last=True) for frame in (old, new))
    left, came = _without(old, new), _without(new, old)
    pair = ["thing", "_at"]
    both = left.rename({"sheet": "sheet_before", "row": "row_before"}).join(
        came.rename({"_left": "_came"}), on=pair, how="full", coalesce=True
    )
    change = (
        pl.when(pl.col("_came").is_null())
        .then(pl.lit("gone"))
        .when(pl.col("_left").is_null())
        .then(pl.lit("added"))
        .otherwise(pl.lit("changed"))
    )
    return both.select("thing", "sheet_before", "row_before", "sheet", "row", change=change)


def _without(these: pl.DataFrame, those: pl.DataFrame) -> pl.DataFrame:
    """Those of these that none of those is like, one for one; numbered within their thing, in the order of their rows."""
    mine, theirs = (frame.with_columns(_at=pl.int_range(pl.len()).over(_SAME)) for frame in (these, those))
    rest = mine.join(theirs, on=[*_SAME, "_at"], how="anti", maintain_order="left")
    return rest.with_columns(_at=pl.int_range(pl.len()).over("thing"), _left=pl.lit(value=True)).drop("said", "slot")


def _hashed(table: str, parts: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Two hashes, thing and said, of what names a record and of all it says; and where it stands: sheet, row and slot."""
    said = [column for column in RECORDS[table].columns if column not in ORIGIN]
    subject = pl.coalesce(pl.concat_str(pl.lit(column), column, separator="=") for column in SUBJECT[table])
    owner = pl.coalesce("owner_no", "owner_name", "owner_no_raw")
    hashed = [
        part.select("sheet", "slot", row="source_row").with_columns(
            thing=part.select(subject.alias("subject"), owner.alias("owner")).hash_rows(),
            said=part.select(pl.col(said).cast(pl.String)).hash_rows(),
        )
        for part in parts
        if part.height
    ]
    columns = {"sheet": pl.String, "slot": pl.Int64, "row": pl.Int64, "thing": pl.UInt64, "said": pl.UInt64}
    return pl.concat([pl.DataFrame(schema=columns), *hashed])
