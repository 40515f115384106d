"""两次核对之差 run difference: which findings are new, still there, changed, or no more, and what no more means."""

import polars as pl

from jiuzhu_check.checks.finding_changes import finding_changes
from jiuzhu_check.checks.results import Result
from jiuzhu_check.tables.run import FINDING_CHANGE

_AT = ["household_no", "member_no"]
_ORDER = ("changed", "new", "gone", "persisting")


def run_difference(earlier: Result, later: Result) -> pl.DataFrame:
    """FINDING_CHANGE rows, by household, what is changed and new first.

    A finding is the same in both runs where household, member, rule and subject are. One that is no more is said to be
    not found only where the household was checked and every source that it rested on was read for that member.
    """
    told = finding_changes(earlier.finding, later.finding)
    lost, there = told.filter(pl.col("change") == "gone"), told.filter(pl.col("change") != "gone")
    newly = pl.when((pl.col("change") == "added") & pl.col("newly_connected").is_not_null())
    there = there.with_columns(pl.col("change").replace("added", "new"), why=newly.then(pl.lit("newly_connected")))
    nothing = pl.lit(None, pl.String)
    lost = lost.with_columns(_why_gone(lost, earlier, later), declared=nothing, found=nothing)
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
