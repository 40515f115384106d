"""增量 increment: a delivery of what changed stands together with what was there before."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import polars as pl

from jiuzhu_check.intake.asking import Extract
from jiuzhu_check.intake.stored import read_records
from jiuzhu_check.store.snapshot import Snapshot
from jiuzhu_check.tables.record import ORIGIN

_ALIKE = "_alike"


def since(extract: Extract, before: Snapshot | None, as_of: date) -> str | None:
    """The cursor value from which changes are to be asked for; null where the whole table is to be.

    That is the first time, where the last delivery told no cursor, and once in full_every_days, for nothing else says
    what was deleted. A cursor that is a day goes back by lookback_days, for rows arrive late; a number stands as it is.
    """
    if extract.mode != "incremental" or before is None or not before.facts.get("cursor"):
        return None
    full_on = date.fromisoformat(str(before.facts["full_on"]))
    if (as_of - full_on).days >= extract.full_every_days:
        return None
    cursor = str(before.facts["cursor"])
    try:
        day = date.fromisoformat(cursor[:10])
    except ValueError:
        return cursor
    return (day - timedelta(days=extract.lookback_days)).isoformat()


def carried(
    before: Snapshot, changed: pl.DataFrame, key: Sequence[str], nameless: pl.DataFrame
) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    """The records of the snapshot before as they were delivered then, part by part: those that stand on, and the others.

    The others are those whose place a changed one takes.

    changed:  records of the same table, by their key
    key:      columns that name one record; a record with none of them can be replaced by nothing but itself
    nameless: what those of the changed ones say that have none of them, as said() gives it: each takes the place of one
              that says the same, lest it stand there once more each time that it comes
    raises:   IntegrityError where a part of the snapshot before cannot be read
    """
    parts = [name for name in before.part_names() if name.startswith(("n", "loose"))]
    told = changed.unique().filter(pl.any_horizontal(pl.col(name).is_not_null() for name in key))
    left = nameless
    for name in parts:
        records = read_records(before, name)
        stand = records.join(told, on=list(key), how="anti", nulls_equal=True, maintain_order="left")
        gone = records.join(told, on=list(key), how="semi", nulls_equal=True, maintain_order="left")
        if not left.is_empty():
            same, alone = (_one_by_one(each, nameless.columns) for each in (left, stand.filter(_has_none(key))))
            left = same.join(alone, on=same.columns, how="anti", nulls_equal=True, maintain_order="left").drop(_ALIKE)
            again = alone.join(same, on=same.columns, how="semi", nulls_equal=True, maintain_order="left").drop(_ALIKE)
            stand = stand.join(again, on=list(ORIGIN), how="anti", nulls_equal=True, maintain_order="left")
            gone = pl.concat([gone, again])
        yield stand, gone


def said(records: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
    """What the records say that have no key: all columns but those of where they stand."""
    return records.filter(_has_none(key)).drop(name for name in ORIGIN if name != "slot")


def _has_none(key: Sequence[str]) -> pl.Expr:
    return pl.all_horizontal(pl.col(name).is_null() for name in key)


def _one_by_one(records: pl.DataFrame, says: Sequence[str]) -> pl.DataFrame:
    """The records, each with how many that say the same stand before it: two that nothing tells apart are two."""
    return records.with_columns(pl.int_range(pl.len()).over(says).alias(_ALIKE))
