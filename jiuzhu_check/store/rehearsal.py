"""试收 rehearsal: a store that reads like the real one and keeps nothing: what would have been published is held in memory."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from jiuzhu_check.store.landing import Bytes
from jiuzhu_check.store.snapshot import Parts, Snapshot, Store


@dataclass(frozen=True)
class Published:
    """One snapshot that would have been published: what it says of itself, and its parts."""

    snapshot: Snapshot
    parts: Mapping[str, pl.DataFrame]


@dataclass(frozen=True)
class Rehearsal(Store):
    """A store over the same data.

    published: by dataset, what would have been published, the last of each
    """

    published: dict[str, Published] = field(default_factory=dict)

    @classmethod
    def of(cls, store: Store) -> "Rehearsal":
        """A rehearsal in a store."""
        return cls(store.root, store.keys)

    def publish(
        self,
        dataset: str,
        snapshot: str,
        parts: Parts,
        *,
        data_date: date | None,
        facts: Mapping[str, Any] | None = None,
        replace: bool = False,
        narrow: Callable[[str], bool] = lambda _part: False,
    ) -> Snapshot:
        """Hold the parts; nothing is written."""
        told = Snapshot(dataset, snapshot, data_date, "", facts or {}, "", (), self.root, self.keys)
        self.published[dataset] = Published(told, dict(parts))
        return told

    def land(
        self,
        dataset: str,
        snapshot: str,
        data: Bytes | Path,
        facts: Mapping[str, Any] | None = None,
        *,
        replace: bool = False,
    ) -> Snapshot:
        """Keep nothing of the delivery."""
        return Snapshot(dataset, snapshot, None, "", facts or {}, "", (), self.root, self.keys)
