"""船舶、农业机械 as a household has them: one row a ship or machine, however many rows and owners the registers give it."""

import polars as pl

from jiuzhu_check.rules.found import all_evidence, evidence, only_member
from jiuzhu_check.rules.once import once
from jiuzhu_check.rules.property.registered_vehicle import of_types, vehicle_subject
from jiuzhu_check.rules.terms import terms
from jiuzhu_check.tables.finding import EVIDENCE


@once
def registered_ships(vehicle: pl.DataFrame, household: pl.DataFrame, limits: pl.DataFrame) -> pl.DataFrame:
    """One row a household and ship, as _registered says; `policy` is ship.registered."""
    policy = terms(household, limits, "ship_livelihood_types", policy="ship_registered")
    ships = vehicle.filter(pl.col("kind") == "ship").join(policy, on="household_no", how="left")
    working = pl.when(of_types("ship_livelihood_types")).then(pl.lit("种类属政策所列生产经营用船舶，须先核实用途"))
    return _registered(ships.with_columns(exempt=pl.lit(False), purpose=working))


@once
def registered_farm_machines(vehicle: pl.DataFrame, household: pl.DataFrame, limits: pl.DataFrame) -> pl.DataFrame:
    """One row a household and farm machine, as _registered says; `policy` is farm_machinery.registered."""
    types = ("farm_machinery_exempt_types", "farm_machinery_livelihood_types")
    policy = terms(household, limits, *types, policy="farm_machinery_registered")
    machines = vehicle.filter(pl.col("kind") == "farm_machinery").join(policy, on="household_no", how="left")
    exempt, livelihood = (of_types(each) for each in types)
    working = pl.when(livelihood).then(pl.lit("种类属政策所列生产经营用农业机械，须先核实用途"))
    return _registered(machines.with_columns(exempt=exempt, purpose=working))


def _registered(machines: pl.DataFrame) -> pl.DataFrame:
    """One row a household and thing.

    subject:     as of a vehicle
    member_no:   null where it belongs to several members
    ended:       every row of it ended
    exempt:      the policy does not count it
    doubt:       why it must be asked about first, in Chinese, also where it is worked with; null where nothing is
    record_date: the earliest; ended_on: the latest
    """
    return (
        machines.sort("household_no", "member_no", *EVIDENCE)
        .with_columns(evidence(), subject=vehicle_subject())
        .group_by("household_no", "subject", maintain_order=True)
        .agg(
            only_member(),
            pl.col("exempt").any(),
            pl.coalesce(_doubt(), pl.col("purpose").drop_nulls().first()).alias("doubt"),
            pl.col("policy").first(),
            pl.col("record_date").min(),
            pl.col("ended_on").max(),
            ended=(pl.col("status") == "ended").fill_null(value=False).all(),
            evidence=all_evidence(),
        )
    )


def _doubt() -> pl.Expr:
    status = pl.col("status")
    return (
        pl.when((status == "ended").any())
        .then(pl.lit("另有已终止的登记"))
        .when((status == "registered").all().not_() | status.is_null().any())
        .then(pl.lit("登记状态未注明或未识别"))
        .when(pl.col("owners").max() > pl.col("member_no").n_unique())
        .then(pl.lit("与家庭以外的人共有"))
    )
