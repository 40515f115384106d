"""变化 difference: what a snapshot would change against the one before, record by record.

A record is the same one by what names the thing (tables/record.py SUBJECT) and by its owner, whatever its row.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from jiuzhu_check.tables.record import ORIGIN, RECORDS, SUBJECT


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
    """How the records of a table differ; each side comes part by part, and only two hashes of a record are held."""
    old, new = _counted(table, before, "old"), _counted(table, after, "new")
    both = old.join(new, on=["thing", "said"], how="full", coalesce=True).with_columns(
        pl.col("old", "new").fill_null(0)
    )
    alike = pl.min_horizontal("old", "new")
    left = (
        both.with_columns(old=pl.col("old") - alike, new=pl.col("new") - alike)
        .group_by("thing")
        .agg(pl.col("old", "new").sum())
        .with_columns(changed=pl.min_horizontal("old", "new"))
        .select(
            changed=pl.col("changed").sum(),
            gone=(pl.col("old") - pl.col("changed")).sum(),
            added=(pl.col("new") - pl.col("changed")).sum(),
        )
        .row(0, named=True)
    )
    return Difference(int(old["old"].sum()), int(new["new"].sum()), **left)


def _counted(table: str, parts: Iterable[pl.DataFrame], name: str) -> pl.DataFrame:
    """thing, said and how many records have both: hashes of what names a record, and of all it says."""
    said = [column for column in RECORDS[table].columns if column not in ORIGIN]
    subject = pl.coalesce(pl.concat_str(pl.lit(column), column, separator="=") for column in SUBJECT[table])
    owner = pl.coalesce("owner_no", "owner_name", "owner_no_raw")
    hashed = [
        pl.DataFrame(
            {
                "thing": part.select(subject.alias("subject"), owner.alias("owner")).hash_rows(),
                "said": part.select(pl.col(said).cast(pl.String)).hash_rows(),
            }
        )
        for part in parts
        if part.height
    ]
    none = pl.DataFrame(schema={"thing": pl.UInt64, "said": pl.UInt64})
    return pl.concat([none, *hashed]).group_by("thing", "said").agg(pl.len().cast(pl.Int64).alias(name))
