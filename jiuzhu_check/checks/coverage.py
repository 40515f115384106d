"""核对覆盖: of every member and signed source, what was looked at. no_record needs every part that could hold it read."""

from collections.abc import Mapping

import polars as pl

from jiuzhu_check.checks.reach import OUT_OF_SCOPE, Reach
from jiuzhu_check.checks.sources import SourceState
from jiuzhu_check.store.bucket import bucket
from jiuzhu_check.tables.coverage import COVERAGE
from jiuzhu_check.values import identity_number
from jiuzhu_check.values.identity_number import KINDS

_KEY = ["household_no", "member_no"]


def cover(
    members: pl.DataFrame,
    barred: pl.DataFrame,
    states: list[SourceState],
    links: pl.DataFrame,
    lost: Mapping[tuple[str, str], list[str]],
    key: bytes,
    unanswered: Mapping[str, pl.DataFrame] | None = None,
    reach: Reach | None = None,
) -> pl.DataFrame:
    """COVERAGE rows, each member and source that the household's programme has signed once; run left null.

    barred:     household_no, member_no, reason of members without consent
    lost:       parts that could not be read, by source and supplier
    unanswered: of each source that is asked person by person: household_no, member_no, reason (null: answered),
                answered_on
    reach:      for whom each source may be read; null: for everybody who is not barred
    """
    signed = [state for state in states if state.requirement != "unsigned"]
    names = list(dict.fromkeys(state.source.id for state in signed))
    everyone = (
        members.sort("household_no", pl.col("member_no").cast(pl.Int64))
        .select(
            *_KEY,
            "person_no",
            "number",
            "number_kind",
            _against=identity_number.contradiction(),
            _rounded=pl.col("number").str.ends_with("000"),
        )
        .join(barred.rename({"reason": "_barred"}), on=_KEY, how="left", maintain_order="left")
        .with_row_index("_at")
    )
    counts = links.group_by(*_KEY, "source").agg(
        _linked=pl.col("status").is_in(["accepted", "review"]).sum(),
        _vetoed=((pl.col("status") == "vetoed") & (pl.col("tier") == "R")).sum(),
        _leads=(pl.col("status") == "lead").sum(),
    )
    rows = [
        _at_source(
            reach.signed(name, everyone) if reach else everyone,
            [state for state in signed if state.source.id == name],
            lost,
            key,
            (unanswered or {}).get(name),
            reach.beyond.get(name) if reach else None,
        )
        .join(counts.filter(pl.col("source") == name).drop("source"), on=_KEY, how="left", maintain_order="left")
        .with_columns(_state_and_reason())
        .select("_at", *(column for column in COVERAGE.columns if column != "run"))
        for name in sorted(names)
    ]
    if not rows:
        return COVERAGE.empty()
    return COVERAGE.fit(pl.concat(rows).sort("_at", maintain_order=True))


def _at_source(
    everyone: pl.DataFrame,
    states: list[SourceState],
    lost: Mapping[tuple[str, str], list[str]],
    key: bytes,
    unanswered: pl.DataFrame | None = None,
    beyond: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Every member beside one source: what was read of it, and as _gap what was not.

    beyond: household_no, member_no of those whose consent does not name the source
    """
    snapshots = [state.snapshot for state in states if state.snapshot and state.state in ("arrived", "damaged")]
    dates = [snapshot.data_date for snapshot in snapshots if snapshot.data_date]
    told = everyone.with_columns(
        source=pl.lit(states[0].source.id),
        snapshot=pl.lit("+".join(snapshot.id for snapshot in snapshots) or None, pl.String),
        data_date=pl.lit(min(dates, default=None), pl.Date),
        _gap=_gap(states, lost, key),
    )
    if beyond is not None:
        theirs = told.select(_KEY).join(
            beyond.select(*_KEY, _beyond=pl.lit(OUT_OF_SCOPE)), on=_KEY, how="left", maintain_order="left"
        )
        told = told.with_columns(_barred=pl.coalesce("_barred", theirs["_beyond"]))
    if unanswered is None:
        return told
    of_each = told.select(_KEY).join(unanswered, on=_KEY, how="left", maintain_order="left")
    return told.with_columns(
        snapshot=pl.when(of_each["answered_on"].is_not_null()).then("snapshot"),
        data_date=of_each["answered_on"],
        _gap=pl.coalesce(of_each["reason"], "_gap"),
    )


def _state_and_reason() -> list[pl.Expr]:
    barred, gap = pl.col("_barred"), pl.col("_gap")
    hit, leads = pl.col("_linked").fill_null(0) > 0, pl.col("_leads").fill_null(0)
    kinds = pl.col("number_kind").replace_strict(KINDS, default="号码不可用")
    unchecked = (
        pl.when(barred.is_not_null())
        .then(barred)
        .when(~hit & gap.is_not_null())
        .then(gap)
        .when(~hit & pl.col("number").is_null())
        .then(pl.lit("名册号码不可用：") + kinds)
        .when(~hit & (pl.col("_vetoed").fill_null(0) > 0))
        .then(pl.lit("本人号码的登记被否决，见关联清单"))
    )
    noted = pl.when(hit & gap.is_not_null()).then(pl.lit("另有未读：") + gap).when(~hit).then(_doubts(leads))
    state = (
        pl.when(unchecked.is_not_null())
        .then(pl.lit("unchecked"))
        .when(hit)
        .then(pl.lit("hit"))
        .otherwise(pl.lit("no_record"))
    )
    return [state.alias("state"), pl.coalesce(unchecked, noted).alias("reason")]


def _doubts(leads: pl.Expr) -> pl.Expr:
    """What makes a no_record less than certain; null where nothing does."""
    told = (
        pl.when(leads > 0).then(pl.format("有 {} 条线索未计入", leads)),
        pl.when(pl.col("_against").is_not_null()).then(
            pl.format("名册号码与名册的{}不符，请核对号码", pl.col("_against"))
        ),
        pl.when("_rounded").then(pl.lit("名册号码末三位是000，可能被电子表格改坏，请核对号码")),
    )
    return pl.concat_str(told, separator="；", ignore_nulls=True).replace("", None)


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
            theirs = own.is_in(numbers).any().over("household_no")  # a record under a spouse's number can be one's own
            gaps.append(pl.when(theirs).then(pl.lit(state.reason)))
    return pl.coalesce(*gaps, pl.lit(None, pl.String))
