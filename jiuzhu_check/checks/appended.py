"""只增不改 appended: tables whose every snapshot holds all earlier rows and the new ones. Nothing is changed or taken away."""

import hashlib

import polars as pl

from jiuzhu_check.store.snapshot import Store
from jiuzhu_check.tables.schema import Table


def read_appended(store: Store, dataset: str, table: Table) -> pl.DataFrame:
    """All rows, oldest first."""
    last = store.latest(dataset)
    return table.fit(last.read(table.name)) if last else table.empty()


def append(store: Store, dataset: str, table: Table, added: pl.DataFrame) -> pl.DataFrame:
    """Put the rows behind those there are; the same rows. The caller holds the lock."""
    rows = table.fit(added)
    if rows.height:
        every = pl.concat([read_appended(store, dataset, table), rows])
        place = store.sequence(dataset)
        store.publish(dataset, f"{place:06}", {table.name: every}, data_date=None, facts={"rows": every.height})
    return rows


def fingerprint(*tables: pl.DataFrame) -> str:
    """SHA-256 of the rows, as a run's name takes them in; empty where there is none."""
    rows = [table.write_json() for table in tables if table.height]
    return hashlib.sha256("\n".join(rows).encode()).hexdigest() if rows else ""
