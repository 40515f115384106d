"""住房套数超出政策."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.declared import declared_count, registered_later
from jiuzhu_check.rules.found import all_evidence, kind, status
from jiuzhu_check.rules.household_size import household_size
from jiuzhu_check.rules.property.ancestral_house import declared_ancestral
from jiuzhu_check.rules.property.registered_property import current_dwellings, filed_contracts, homes_of
from jiuzhu_check.rules.rule import rule
from jiuzhu_check.rules.terms import terms

POLICY = {
    "allowed": "dwelling_allowed",
    "limit": "dwelling_area_exception",
    "excepted": "dwelling_area_exception_homes",
    "rural_site": "dwelling_rural_site",
    "contract": "dwelling_contract",
    "kept": "dwelling_ancestral",
}


@rule(id="dwellings_over_policy", title="住房套数超出政策", basis="standard", since=date(2014, 5, 1))
def dwellings_over_policy(
    household: pl.DataFrame,
    member: pl.DataFrame,
    declaration: pl.DataFrame,
    real_estate: pl.DataFrame,
    limits: pl.DataFrame,
) -> pl.DataFrame:
    """现势登记的住房超出当地政策允许的套数，而人均住房面积不低于政策所定面积，或者面积不明。"""
    counted = (
        _counted_homes(real_estate, household, limits)
        .join(declared_count(declaration, "dwelling"), on="household_no", how="left")
        .join(declared_ancestral(declaration), on="household_no", how="left")
        .join(household_size(member), on="household_no", how="left")
        .group_by("household_no", "declared", *POLICY, "ancestral", "members", maintain_order=True)
        .agg(*_count_and_area(), evidence=all_evidence())
    )
    small = pl.col("small") & ~(pl.col("homes") > pl.col("excepted")).fill_null(value=False)
    return _worded(counted.filter(pl.col("homes") > pl.col("allowed"), ~small))


def _counted_homes(real_estate: pl.DataFrame, household: pl.DataFrame, limits: pl.DataFrame) -> pl.DataFrame:
    """The homes that the policy counts, with what it says of them: rural house sites and filed contracts by its word."""
    policy = terms(household, limits, **POLICY)
    registered = current_dwellings(real_estate).join(policy, on="household_no", maintain_order="left")
    contracts = homes_of(filed_contracts(real_estate)).join(policy, on="household_no", maintain_order="left")
    homes = pl.concat(
        [
            registered.filter(~(pl.col("rural") & (pl.col("rural_site") == "not_counted")).fill_null(value=False)),
            contracts.filter(pl.col("contract") == "counted").select(registered.columns),
        ]
    )
    old = pl.when(pl.col("old") & pl.col("kept").ne_missing("counted")).then(pl.lit("登记中写明是老宅、祖屋"))
    return homes.with_columns(pl.coalesce("doubt", old).alias("doubt"))


def _count_and_area() -> list[pl.Expr]:
    """Of a household: how many homes, of which certain and of which not new, and whether they are small a head.

    Small: the area of all of them is known and below the limit a head. A certain home has nothing in doubt.
    """
    certain = pl.col("doubt").is_null()
    old = ~registered_later()
    area, room = pl.col("area"), pl.col("limit").first() * pl.col("members").first()
    return [
        pl.len().cast(pl.Int64).alias("homes"),
        old.sum().cast(pl.Int64).alias("homes_before"),
        (certain & old).sum().cast(pl.Int64).alias("homes_certain"),
        (area.is_not_null().all() & (area.sum() < room)).fill_null(value=False).alias("small"),
        (room.is_null() | (area.filter(certain & old).sum() >= room) | _beyond_exception(certain & old)).alias("large"),
        area.is_null().any().alias("unmeasured"),
        area.sum().alias("area"),
    ]


def _beyond_exception(sure: pl.Expr) -> pl.Expr:
    """More homes than an exception for small ones reaches."""
    return (sure.sum() > pl.col("excepted").first()).fill_null(value=False)


def _worded(over: pl.DataFrame) -> pl.DataFrame:
    changed = pl.col("homes_before") <= pl.col("allowed")
    unlived = pl.when(pl.col("kept").ne_missing("counted")).then(pl.col("ancestral")).fill_null(0)
    sure = (pl.col("homes_certain") > pl.col("allowed")) & pl.col("large")
    certain = sure & (pl.col("homes_certain") - unlived > pl.col("allowed"))
    area = (
        pl.when(pl.col("limit").is_null())
        .then(pl.lit(""))
        .when("unmeasured")
        .then(pl.lit("，部分住房面积未登记"))
        .otherwise(pl.format("，建筑面积合计{}平方米、家庭{}人", "area", "members"))
    )
    ending = (
        pl.when(certain)
        .then(pl.lit("；套数超出政策规定，待核实。"))
        .when(sure)
        .then(pl.format("；家庭申报有未居住祖屋{}处，请复核。", "ancestral"))
        .when(changed)
        .then(pl.lit("；超出部分登记于申报之后，属申报后变化，请核实。"))
        .otherwise(pl.lit("；请先核实住房的状态、归属和面积。"))
    )
    return over.with_columns(
        kind(~certain),
        status(changed),
        pl.col("declared").cast(pl.String),
        subject=pl.lit("dwelling"),
        found=pl.col("homes").cast(pl.String),
        unit=pl.lit("套"),
        sentence=pl.format("登记有住房{}套，政策允许{}套", "homes", "allowed") + area + ending,
    )
