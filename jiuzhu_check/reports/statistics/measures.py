"""指标 measures: what is counted, by which words, and the table of them by programme, source, rule, place or month."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from jiuzhu_check.language import say
from jiuzhu_check.parameters.file import region_prefix
from jiuzhu_check.reports.statistics.material import Material

TITLES = {
    "households": "户数",
    "persons": "人数",
    "due": "核对人次",
    "hit": "命中",
    "no_record": "未发现记录",
    "unchecked": "未核对",
    "still_unchecked": "期末未核对",
    "warned_households": "不一致户",
    "warned_persons": "不一致人",
    "findings": "待核实事项",
    "upheld": "仍不一致",
    "explained": "已说明",
    "corrected": "已更正",
    "cleared": "不成立",
    "gone": "不再查得",
    "open": "尚无结果",
    "favourable": "有利事实",
    "left": "不再在保户",
}
DEFINITIONS = {
    "households": "期内核对过的家庭，核对几次都只计一户；类别和所在地按期内最近一次核对时的名册。",
    "persons": "期内核对过的家庭成员，核对几次都只计一人。",
    "due": "每次核对中，每名成员在每个签约来源计一次；同一户核对两次计两次。等于命中、未发现记录、未核对之和。",
    "hit": "核对人次中，在该来源查到本人登记的。",
    "no_record": "核对人次中，来源已读而没有查到登记的；不等于没有。",
    "unchecked": "核对人次中没有核到的，原因另列。",
    "still_unchecked": "每户期内最近一次核对中，仍没有核到的人次。",
    "warned_households": "期内任何一次核对中，有“登记与申报不一致”的家庭。",
    "warned_persons": "有落到本人的“登记与申报不一致”的成员；按整户比对的不计到人。",
    "findings": "期内各次核对中的“登记与申报不一致”和“需询问”，同一事项只计一条；等于后面六栏之和。",
    "upheld": "乡镇（街道）复查后仍不一致；只是核实的事实，不是认定结论。",
    "explained": "复查后已说明。",
    "corrected": "复查后已更正。",
    "cleared": "复查后不成立。",
    "gone": "没有复查结果，而该户期内最近一次核对读了它依据的来源，已不再有此事项。",
    "open": "截至期末没有复查结果，或登记、申报已变须再核实；最近一次核对仍有，或没有读到它依据的来源。",
    "favourable": "对家庭有利的登记情况，同一事项只计一条。",
    "left": "期初（或期内首份）名册在保、期末名册不再在保的家庭；名册只比较期初和各月最后一份，原因不限于核对。",
}
FAMILIES = {
    "due": ("hit", "no_record", "unchecked"),
    "findings": ("upheld", "explained", "corrected", "cleared", "gone", "open"),
}  # what is the sum of what
OUTCOMES = ("upheld", "explained", "corrected", "cleared")
BY = {
    "programme": "救助类别",
    "source": "来源",
    "rule": "规则",
    "region": "区划",
    "township": "乡镇（街道）",
    "village": "村（社区）",
    "month": "月份",
}
_CHECKS = ("due", "hit", "no_record", "unchecked", "still_unchecked")
_PEOPLE = ("households", "persons")
_WARNED = ("warned_households", "warned_persons")
LACKING = {"source": (*_PEOPLE, "left"), "rule": (*_PEOPLE, *_CHECKS, "left")}  # what has no part there
_TWICE = {"source": _WARNED, "rule": _WARNED, "month": (*_PEOPLE, *_WARNED)}
UNKNOWN = "未登记"

Count = int | None


def title(measure: str) -> str:
    """A measure's name in the chosen language."""
    return say(TITLES[measure])


def definition(measure: str) -> str:
    """What it counts, in the chosen language."""
    return say(DEFINITIONS[measure])


def heading(by: str) -> str:
    """What counts are broken down by, in the chosen language."""
    return say(BY[by])


@dataclass(frozen=True)
class Breakdown:
    """Counts by one thing.

    rows:  label → measure → count; null: the measure has no such part
    total: of everything, each household, person and finding once
    apart: measures whose rows may count the same household twice, so that they do not add up to the total
    folded: whether the last row stands for several
    """

    by: str
    rows: Mapping[str, Mapping[str, Count]]
    total: Mapping[str, Count]
    apart: Sequence[str] = ()
    folded: bool = False


def breakdown(material: Material, by: str) -> Breakdown:
    """The measures by one of BY."""
    frames = _labelled(material, by)
    whole = {key: frame.with_columns(_by=pl.lit("")) for key, frame in frames.items()}
    lacking = LACKING.get(by, ())
    rows = {
        name: {measure: None if measure in lacking else count for measure, count in counts.items()}
        for name, counts in _counts(material, frames, by).items()
    }
    nothing = {name: 0 if name != "left" or material.compared else None for name in TITLES}
    total = _counts(material, whole, "").get("", nothing)
    return Breakdown(by, rows, total, _TWICE.get(by, ()))


def unchecked_reasons(material: Material) -> list[tuple[str, int, int]]:
    """Why unchecked: reason, times in the period, of them in each household's newest check; most first."""
    unchecked = material.cells.filter(pl.col("state") == "unchecked")
    told = unchecked.group_by("reason").agg(pl.col("cells").sum(), still=pl.col("cells").filter(pl.col("newest")).sum())
    return told.sort("cells", "reason", descending=[True, False]).select("reason", "cells", "still").rows()


def _labelled(material: Material, by: str) -> dict[str, pl.DataFrame]:
    """The frames with _by: what each row counts under; those that have no such part are empty."""
    places = material.homes.select("household_no", "programme", "region", "township", "village")
    frames = {
        "persons": material.persons.join(places, on="household_no"),
        "cells": material.cells,
        "findings": material.findings,
        "left": material.left,
    }
    if by == "region":
        label = _region_label(material)
    elif by == "rule":
        label = pl.coalesce("title", "rule")
    else:
        label = pl.col(by)
    label = label.fill_null(UNKNOWN)
    if by in ("township", "village") and _several_above(places, by):
        above = ["township"] if by == "village" else []
        label = pl.concat_str(*(pl.col(each).fill_null(UNKNOWN) for each in ("region", *above)), label, separator=" ")
    return {
        key: frame.with_columns(_by=label if by in frame.columns else pl.lit(None, pl.String))
        for key, frame in frames.items()
    }


def _several_above(places: pl.DataFrame, by: str) -> bool:
    """Whether a name of a township or village stands under more than one region or township."""
    above = ["region"] if by == "township" else ["region", "township"]
    return bool(places.select(*above, by).unique().group_by(by).len()["len"].gt(1).any())


def _region_label(material: Material) -> pl.Expr:
    """The code one level below the region that was asked for: of a province its cities, of a city its counties."""
    deeper = {0: 2, 2: 4, 4: 6, 6: 9, 9: 12, 12: 12}
    digits = deeper[len(region_prefix(material.scope.region or material.centre))]
    return pl.col("region").str.slice(0, digits).str.pad_end(6, "0")


def _counts(material: Material, frames: Mapping[str, pl.DataFrame], by: str) -> dict[str, dict[str, Count]]:
    """Label → measure → count, by what stands in _by; rules with most to verify first, the rest by label."""
    person = pl.struct("household_no", "member_no")
    state, cells = pl.col("state"), pl.col("cells")
    raised, outcome = pl.col("kind") != "favourable", pl.col("outcome")
    warned, silent = pl.col("kind") == "difference", raised & outcome.is_null()
    told = [
        frames["persons"].group_by("_by").agg(households=pl.col("household_no").n_unique(), persons=person.n_unique()),
        frames["cells"]
        .group_by("_by")
        .agg(
            cells.sum().alias("due"),
            *(cells.filter(state == each).sum().alias(each) for each in FAMILIES["due"]),
            cells.filter((state == "unchecked") & pl.col("newest")).sum().alias("still_unchecked"),
        ),
        frames["findings"]
        .group_by("_by")
        .agg(
            pl.col("household_no").filter(warned).n_unique().alias("warned_households"),
            person.filter(warned & pl.col("member_no").is_not_null()).n_unique().alias("warned_persons"),
            raised.sum().alias("findings"),
            *((raised & (outcome == each)).sum().alias(each) for each in OUTCOMES),
            (silent & ~pl.col("standing")).sum().alias("gone"),
            (silent & pl.col("standing")).sum().alias("open"),
            (~raised).sum().alias("favourable"),
        ),
        frames["left"].group_by("_by").agg(left=pl.len()),
    ]
    labels = pl.concat([each.select("_by") for each in told]).drop_nulls().unique().sort("_by")
    for each in told:
        labels = labels.join(each, on="_by", how="left", maintain_order="left")
    labels = labels.fill_null(0)
    if by == "rule":
        labels = labels.sort("findings", descending=True, maintain_order=True)
    return {
        row["_by"]: {name: row[name] if name != "left" or material.compared else None for name in TITLES}
        for row in labels.iter_rows(named=True)
    }
