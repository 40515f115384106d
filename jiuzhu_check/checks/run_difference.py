"""两次核对之差 run difference: which findings are new, still there, changed, or no more, and what no more means."""

import polars as pl

from jiuzhu_check.checks.results import Result
from jiuzhu_check.tables.run import FINDING_CHANGE

_AT = ["household_no", "member_no"]
# What a finding says; where its records stood, and of which day they are, says nothing.
_SAID = ("kind", "declared", "found", "unit", "tier", "status", "sentence")
_ORDER = ("changed", "new", "gone", "persisting")


def run_difference(earlier: Result, later: Result) -> pl.DataFrame:
    """FINDING_CHANGE rows, by household, what is changed and new first.

    A finding is the same in both runs where household, member, rule and subject are. One that is no more is said to be
    not found only where the household was checked and every source that it rested on was read for that member.
    """
    before, after = earlier.finding, later.finding
    known = before.select("finding_id", *(pl.col(name).alias(f"{name}_before") for name in _SAID))
    told = after.join(known.with_columns(_known=True), on="finding_id", how="left", maintain_order="left")
    differs = pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name}_before")) for name in _SAID)
    change = (
        pl.when(pl.col("_known").is_null())
        .then(pl.lit("new"))
        .when(differs)
        .then(pl.lit("changed"))
        .otherwise(pl.lit("persisting"))
    )
    newly = pl.when(pl.col("_known").is_null() & pl.col("newly_connected").is_not_null())
    there = told.with_columns(change=change, why=newly.then(pl.lit("newly_connected")))
    gone = before.join(after, on="finding_id", how="anti")
    lost = gone.with_columns(
        _why_gone(gone, earlier, later),
        change=pl.lit("gone"),
        declared_before="declared",
        found_before="found",
        declared=pl.lit(None, pl.String),
        found=pl.lit(None, pl.String),
    )
    rows = pl.concat([FINDING_CHANGE.fit(there), FINDING_CHANGE.fit(lost)])
    place = pl.col("change").replace_strict(list(_ORDER), range(len(_ORDER)), return_dtype=pl.Int64)
    return rows.sort("household_no", place, pl.col("member_no").cast(pl.Int64), "rule", "finding_id")


def _why_gone(gone: pl.DataFrame, earlier: Result, later: Result) -> pl.Series:
    here = gone["household_no"].is_in(later.household["household_no"].implode())
    rested = gone.select(
        "finding_id", *_AT, source=pl.col("evidence").str.extract_all(r'"source": ?"([^"]+)"')
    ).explode("source")
    rested = rested.with_columns(pl.col("source").str.extract(r': ?"([^"]+)"')).drop_nulls("source")
    gaps = later.coverage.filter(pl.col("state") == "unchecked").select(*_AT, "source")
    own = rested.join(gaps, on=[*_AT, "source"], how="semi")
    shared = rested.filter(pl.col("member_no").is_null()).join(gaps, on=["household_no", "source"], how="semi")
    home = ["household_no", "source"]
    signed = rested.join(earlier.coverage, on=home, how="semi")
    no_more = signed.join(later.coverage, on=home, how="anti")  # the programme has not signed the source any more
    blind = gone["finding_id"].is_in(pl.concat([own, shared, no_more])["finding_id"].implode())
    frame = pl.DataFrame({"here": here, "blind": blind})
    why = pl.when(~pl.col("here")).then(pl.lit("left")).when("blind").then(pl.lit("unchecked"))
    return frame.select(why=why.otherwise(pl.lit("not_found"))).to_series()
