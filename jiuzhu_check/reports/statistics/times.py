"""期限与用时: which deadlines of a period were met, and how long from acceptance to the report."""

import math
from dataclasses import dataclass

import polars as pl

from jiuzhu_check.reports.statistics.material import TERM, Material


@dataclass(frozen=True)
class Kept:
    """Of one kind of deadline that fell due in the period: how many were met, missed, or have nothing that ended them.

    estimated: of all, those that run over days whose holidays are not published
    """

    what: str
    met: int
    missed: int
    nothing: int
    estimated: int

    @property
    def due(self) -> int:
        """All that fell due."""
        return self.met + self.missed + self.nothing


@dataclass(frozen=True)
class Wait:
    """Days from acceptance to the report: of how many households, the median, and within which nine in ten were done."""

    batch: str
    households: int
    median: float | None
    most: int | None


def kept(material: Material) -> list[Kept]:
    """Every kind of TERM, zeros as zeros."""
    done = pl.col("done_on").is_not_null()
    met = done & (pl.col("done_on") <= pl.col("due_on"))
    told = []
    for what in TERM:
        mine = material.terms.filter(pl.col("what") == what)
        counts = mine.select(
            met=met.sum(), missed=(done & ~met).sum(), nothing=(~done).sum(), estimated=(~pl.col("known")).sum()
        ).row(0)
        told.append(Kept(what, *map(int, counts)))
    return told


def waits(material: Material) -> tuple[Wait, list[Wait]]:
    """Of all households, and batch by batch; a household of no batch stands under none of them."""
    each = [
        _wait(str(batch), mine["days"])
        for (batch,), mine in material.waits.drop_nulls("batch").sort("batch").group_by("batch", maintain_order=True)
    ]
    return _wait("", material.waits["days"]), each


def _wait(batch: str, days: pl.Series) -> Wait:
    if days.is_empty():
        return Wait(batch, 0, None, None)
    ordered = days.sort().to_list()
    return Wait(batch, len(ordered), float(days.median()), ordered[math.ceil(0.9 * len(ordered)) - 1])  # type: ignore[arg-type]
