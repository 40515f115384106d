"""核对覆盖: of every member and signed source, what was looked at. no_record needs every part that could hold it read."""

from collections.abc import Mapping

import polars as pl

from jiuzhu_check.checks.sources import SourceState
from jiuzhu_check.store.bucket import bucket
from jiuzhu_check.tables.coverage import COVERAGE
from jiuzhu_check.values.identity_number import KINDS

_KEY = ["household_no", "member_no"]


def cover(
    members: pl.DataFrame,
    barred: pl.DataFrame,
    states: list[SourceState],
    links: pl.DataFrame,
    lost: Mapping[tuple[str, str], list[str]],
    key: bytes,
) -> pl.DataFrame:
    """COVERAGE rows, each member and signed source once; run left null.

    barred: household_no, member_no, reason of members without consent
    lost:   parts that could not be read, by source and supplier
    """
    signed = [state for state in states if state.requirement != "unsigned"]
    names = list(dict.fromkeys(state.source.id for state in signed))
    rows = [
        _one_source(members, barred, [state for state in signed if state.source.id == name], links, lost, key)
        for name in names
    ]
    return COVERAGE.fit(pl.concat([COVERAGE.empty(), *rows])).sort(
        "household_no", pl.col("member_no").cast(pl.Int64), "source"
    )


def _one_source(
    members: pl.DataFrame,
    barred: pl.DataFrame,
    states: list[SourceState],
    links: pl.DataFrame,
    lost: Mapping[tuple[str, str], list[str]],
    key: bytes,
) -> pl.DataFrame:
    source = states[0].source.id
    own = links.filter(pl.col("source") == source)
    told = (
        members.select(*_KEY, "person_no", "number", "number_kind")
        .join(barred.rename({"reason": "_barred"}), on=_KEY, how="left")
        .join(_linked(own, ("accepted", "review")), on=_KEY, how="left")
        .join(_linked(own, ("vetoed",)).rename({"_linked": "_vetoed"}), on=_KEY, how="left")
        .join(_linked(own, ("lead",)).rename({"_linked": "_leads"}), on=_KEY, how="left")
        .with_columns(_gap=_gap(states, lost, key))
    )
    kinds = pl.col("number_kind").replace_strict(KINDS, default="号码不可用")
    hit = pl.col("_linked").is_not_null()
    unchecked = (
        pl.when(pl.col("_barred").is_not_null())
        .then(pl.col("_barred"))
        .when(~hit & pl.col("_gap").is_not_null())
        .then(pl.col("_gap"))
        .when(~hit & pl.col("number").is_null())
        .then(pl.lit("名册号码不可用：") + kinds)
        .when(~hit & pl.col("_vetoed").is_not_null())
        .then(pl.lit("本人号码的登记被否决，见关联清单"))
    )
    barred_now = pl.col("_barred").is_not_null()
    noted = (
        pl.when(hit & pl.col("_gap").is_not_null())
        .then(pl.lit("另有未读：") + pl.col("_gap"))
        .when(~hit & pl.col("_leads").is_not_null())
        .then(pl.format("有 {} 条线索未计入", pl.col("_leads")))
    )
    snapshots = [state.snapshot for state in states if state.snapshot and state.state in ("arrived", "damaged")]
    dates = [snapshot.data_date for snapshot in snapshots if snapshot.data_date]
    return COVERAGE.fit(
        told.with_columns(
            source=pl.lit(source),
            state=pl.when(barred_now | unchecked.is_not_null())
            .then(pl.lit("unchecked"))
            .when(hit)
            .then(pl.lit("hit"))
            .otherwise(pl.lit("no_record")),
            reason=pl.coalesce(unchecked, noted),
            snapshot=pl.lit("+".join(snapshot.id for snapshot in snapshots) or None, pl.String),
            data_date=pl.lit(min(dates, default=None), pl.Date),
        )
    )


def _linked(links: pl.DataFrame, statuses: tuple[str, ...]) -> pl.DataFrame:
    return links.filter(pl.col("status").is_in(statuses)).group_by(_KEY).agg(_linked=pl.len())


def _gap(states: list[SourceState], lost: Mapping[tuple[str, str], list[str]], key: bytes) -> pl.Expr:
    """Why a member's records could be in something that was not read; null where all that could hold them was."""
    gaps: list[pl.Expr] = []
    for state in states:
        if state.state in ("missing", "stale"):
            gaps.append(pl.lit(state.reason))
        parts = lost.get((state.source.id, state.supplier), [])
        if any(name.startswith("loose") for name in parts):
            gaps.append(pl.lit(state.reason))
        elif parts and state.snapshot is not None:
            numbers = [int(name[1:]) for name in parts]
            own = bucket(pl.col("number"), int(state.snapshot.facts["parts"]), key)
            gaps.append(pl.when(own.is_in(numbers)).then(pl.lit(state.reason)))
    return pl.coalesce(*gaps, pl.lit(None, pl.String))
