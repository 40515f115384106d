"""准确情况 precision: how the answered findings fell, by source, tier and rule, and how often a dispute overturned one.

For whoever has to notice that a source, a tier or a rule accuses people wrongly. It measures the check, never a household.
"""

import math

import polars as pl

from jiuzhu_check.reports.statistics.material import Material
from jiuzhu_check.reports.statistics.measures import OUTCOMES

FELL = ("corrected", "cleared")  # of a dispute: the finding did not stand as it was
Z = 1.96  # a 95 % interval


def precision(material: Material) -> pl.DataFrame:
    """One row a source, tier and rule that has an answer or a dispute, most answers first.

    returns: sources, tier, rule, title, answered, OUTCOMES, share (of upheld among answered; null: no answer), low, high
             (Wilson's 95 % interval), disputed (closed), fell, reversal (null: none closed), wrong_person
    """
    raised = material.findings.filter(pl.col("kind") != "favourable")
    closed = material.disputes.drop_nulls("closed_on").group_by("finding_id").agg(
        disputed=pl.len(),
        fell=pl.col("outcome").is_in(FELL).sum(),
        wrong_person=(pl.col("cause") == "wrong_person").sum(),
    )  # fmt: skip
    disputes = ("disputed", "fell", "wrong_person")
    counted = (
        raised.join(closed, on="finding_id", how="left")
        .group_by("sources", "tier", "rule")
        .agg(
            pl.col("title").first(),
            pl.col("outcome").is_not_null().sum().cast(pl.Int64).alias("answered"),
            *((pl.col("outcome") == name).sum().cast(pl.Int64).alias(name) for name in OUTCOMES),
            *(pl.col(name).sum().cast(pl.Int64) for name in disputes),
        )
        .filter((pl.col("answered") > 0) | (pl.col("disputed") > 0))
        .sort("answered", "sources", "tier", "rule", descending=[True, False, False, False])
    )
    bounds = [interval(upheld, answered) for upheld, answered in counted.select("upheld", "answered").iter_rows()]
    return counted.with_columns(
        share=_part("upheld", "answered"),
        low=pl.Series([low for low, _ in bounds], dtype=pl.Float64),
        high=pl.Series([high for _, high in bounds], dtype=pl.Float64),
        reversal=_part("fell", "disputed"),
    )


def dispute_counts(material: Material) -> dict[str, int]:
    """How many were opened and closed in the period; of the closed ones how many fell, and for which cause."""
    opened = material.disputes.filter(pl.col("opened_on").is_between(material.scope.since, material.scope.to))
    closed = material.disputes.filter(pl.col("closed_on").is_between(material.scope.since, material.scope.to))
    causes = dict(closed.drop_nulls("cause").group_by("cause").len().iter_rows())
    return {
        "opened": opened.height,
        "closed": closed.height,
        "fell": int(closed["outcome"].is_in(FELL).sum()),
        **{cause: int(causes.get(cause, 0)) for cause in ("wrong_person", "outdated", "source_error")},
    }


def interval(count: int, of: int) -> tuple[float | None, float | None]:
    """Wilson's 95 % interval of a share; nulls where there is nothing to share.

    >>> [round(bound, 3) for bound in interval(0, 59)]
    [0.0, 0.061]
    """
    if not of:
        return None, None
    share, square = count / of, Z * Z / of
    middle = (share + square / 2) / (1 + square)
    reach = Z / (1 + square) * math.sqrt(share * (1 - share) / of + square / (4 * of))
    return max(0.0, middle - reach), min(1.0, middle + reach)


def _part(count: str, of: str) -> pl.Expr:
    return pl.when(pl.col(of) > 0).then(pl.col(count) / pl.col(of))
