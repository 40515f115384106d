"""批次的历史 history: what happened to each batch, and the versions of its report. Only ever added to."""

from dataclasses import dataclass

import polars as pl

from jiuzhu_check.store.snapshot import Store
from jiuzhu_check.tables.batch import BATCH, BATCH_VERSION

DATASET = "batches"


@dataclass(frozen=True)
class History:
    """BATCH rows and BATCH_VERSION rows, oldest first."""

    events: pl.DataFrame
    versions: pl.DataFrame

    @property
    def newest(self) -> pl.DataFrame:
        """Each batch as it stands: BATCH; a batch to which nothing happened has no row, and is open."""
        return self.events.unique("batch", keep="last", maintain_order=True)

    @property
    def closed(self) -> pl.Series:
        """The names of the batches that are closed."""
        return self.newest.filter(pl.col("state") == "closed")["batch"]

    @property
    def last_versions(self) -> pl.DataFrame:
        """The newest BATCH_VERSION of each batch."""
        return self.versions.unique("batch", keep="last", maintain_order=True)


def read_history(store: Store) -> History:
    """What there is."""
    last = store.latest(DATASET)
    if last is None:
        return History(BATCH.empty(), BATCH_VERSION.empty())
    return History(BATCH.fit(last.read("batch")), BATCH_VERSION.fit(last.read("version")))


def extend(store: Store, *, events: pl.DataFrame | None = None, versions: pl.DataFrame | None = None) -> None:
    """Add rows. The caller holds the lock."""
    known = read_history(store)
    parts = {
        "batch": pl.concat([known.events, BATCH.empty() if events is None else BATCH.fit(events)]),
        "version": pl.concat(
            [known.versions, BATCH_VERSION.empty() if versions is None else BATCH_VERSION.fit(versions)]
        ),
    }
    facts = {"events": parts["batch"].height, "versions": parts["version"].height}
    place = store.sequence(DATASET)
    store.publish(DATASET, f"{place:06}", parts, data_date=None, facts=facts)
