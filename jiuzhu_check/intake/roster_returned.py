"""待补正 returned: which roster rows went back, from this import and those before, and are still out."""

import polars as pl

from jiuzhu_check.intake.delivery import Delivery
from jiuzhu_check.store.snapshot import Snapshot
from jiuzhu_check.tables.reject import NOT_DATA
from jiuzhu_check.tables.returned import RETURNED
from jiuzhu_check.values import identity_number

PART = "returned"
_ROW = ["sheet", "source_row"]


def read_returned(roster: Snapshot | None) -> pl.DataFrame:
    """RETURNED rows that are out as the roster stands; none of a roster that an older program imported."""
    if roster is None or PART not in roster.part_names():
        return RETURNED.empty()
    return RETURNED.fit(roster.read(PART))


def went_back(
    rows: pl.DataFrame, delivery: Delivery, returned: pl.DataFrame, homes: pl.Series, batch: str
) -> pl.DataFrame:
    """RETURNED rows of one import. A footer is no row of anybody, and has nothing to be corrected.

    rows:     the rows that could be read, typed
    returned: REJECT rows
    homes:    every household that the file or the roster names: of a row that could not be read, the cell that is one
              tells whose it is
    batch:    that of the file, where it is said beside it
    """
    torn = _torn(delivery.refused, homes)
    known = [name for name in RETURNED.columns if name in rows.columns]
    every = pl.concat([rows, torn], how="diagonal").select(known)
    told = returned.filter(~pl.col("code").is_in(NOT_DATA)).join(every, on=_ROW, how="left", maintain_order="left")
    settled = pl.col("stage").is_in(["recipient", "ended"]).fill_null(value=False)
    theirs = pl.when(~settled).then(pl.lit(batch or None, pl.String))
    return RETURNED.fit(told.with_columns(batch=pl.coalesce("batch", theirs)))


def still_out(before: pl.DataFrame, now: pl.DataFrame, accepted: pl.DataFrame, extract: str) -> pl.DataFrame:
    """The rows out before an import that are out after it, and those that it returned.

    A row comes in with its household; one that names none, with its person, or else with a file of the same name. What
    goes back again is listed where it stands now.
    """
    homes = pl.concat([accepted["household_no"], now["household_no"].drop_nulls()]).unique()
    numbers = accepted["number"].drop_nulls().unique()
    nameless = pl.col("household_no").is_null()
    came = pl.col("household_no").is_in(homes.implode()).fill_null(value=False) | (
        nameless & (pl.col("number").is_in(numbers.implode()).fill_null(value=False) | (pl.col("extract") == extract))
    )
    return RETURNED.fit(pl.concat([before.filter(~came), now]))


def _torn(refused: pl.DataFrame, homes: pl.Series) -> pl.DataFrame:
    """Rows that could not be read: the household and the number that one of their cells is."""
    cells = (
        refused.select(*_ROW, cell=pl.col("cells"))
        .explode("cell", empty_as_null=True)
        .with_columns(pl.col("cell").str.strip_chars())
        .drop_nulls("cell")
    )
    cells = cells.with_columns(
        household_no=pl.when(pl.col("cell").is_in(homes.drop_nulls().implode())).then("cell"),
        number=identity_number.read(cells["cell"])["number"],
    ).with_columns(person_no=pl.when(pl.col("number").is_not_null()).then("cell"))
    return cells.group_by(_ROW, maintain_order=True).agg(
        pl.col("household_no", "number", "person_no").drop_nulls().first()
    )
