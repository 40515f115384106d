"""机动车 as a household has them: one row a vehicle, however many rows and owners the register gives it."""

import polars as pl

from jiuzhu_check.rules.found import all_evidence, evidence, only_member
from jiuzhu_check.rules.once import once
from jiuzhu_check.rules.terms import terms
from jiuzhu_check.tables.finding import EVIDENCE

# GA 24.17 has no F. A cell may hold several letters at once, such as GQ.
KNOWN_STATUS = "^[A-EG-Q]+$"
ENDED_STATUS = "[EMP]"  # 注销、强制注销、达到报废标准公告牌证作废
AMBULANCE = "J"  # GA 24.3 使用性质：救护
POLICY = ("vehicle_exempt_types", "vehicle_livelihood_types", "vehicle_livelihood_uses", "vehicle_disability")


@once
def registered_vehicles(vehicle: pl.DataFrame, household: pl.DataFrame, limits: pl.DataFrame) -> pl.DataFrame:
    """One row a household and vehicle: what the register says of it, in the light of the region's policy.

    Ships and farm machines stand in the same table and are none; a tractor that stands in both registers by its frame
    number is a farm machine.

    subject:     the VIN; without one the plate with its kind; without that what is said of it
    member_no:   null where it belongs to several members
    ended:       every row of it ended
    doubt:       why it must be asked about first, in Chinese; null where nothing is in doubt
    exempt:      the policy does not count it. A disability vehicle is one only where the register's text says 残疾
    purpose:     what makes it a working, medical or rehabilitation vehicle, in Chinese; null where nothing does
    value:       yuan, the highest that a row says; null where none does
    record_date: the earliest; ended_on: the latest
    """
    letters = pl.col("status").str.to_uppercase().str.replace_all(r"[\s,，、;；/|]", "")
    policy = terms(household, limits, *POLICY)
    return (
        vehicle.filter(pl.col("kind").fill_null("motor_vehicle") == "motor_vehicle")
        .join(vehicle.filter(pl.col("kind") == "farm_machinery"), on=["household_no", "vin"], how="anti")
        .join(policy, on="household_no", how="left")
        .sort("household_no", "member_no", *EVIDENCE)
        .with_columns(
            evidence(),
            _purpose(),
            subject=vehicle_subject(),
            letters=letters.replace("", None),
            exempt=of_types("vehicle_exempt_types") | _disability_exempt(),
        )
        .with_columns(
            ended=(letters.str.contains(KNOWN_STATUS) & letters.str.contains(ENDED_STATUS)).fill_null(value=False)
        )
        .group_by("household_no", "subject", maintain_order=True)
        .agg(
            only_member(),
            pl.col("exempt").any(),
            pl.col("purpose").drop_nulls().first(),
            _doubt(),
            pl.col("record_date").min(),
            pl.col("value", "ended_on").max(),
            ended=pl.col("ended").all(),
            evidence=all_evidence(),
        )
    )


@once
def asked_vehicles(vehicle: pl.DataFrame, household: pl.DataFrame, limits: pl.DataFrame) -> pl.DataFrame:
    """The registered vehicles that have not ended and that the policy counts; one with a purpose is in doubt."""
    return (
        registered_vehicles(vehicle, household, limits)
        .filter(~pl.col("ended"), ~pl.col("exempt"))
        .with_columns(pl.coalesce("doubt", "purpose").alias("doubt"))
    )


def vehicle_subject() -> pl.Expr:
    """What names a vehicle: its VIN, also where only another row of the same plate gives it; else the plate."""
    plate = pl.concat_str(pl.col("plate_type").fill_null(""), pl.lit(" "), "plate_no").str.strip_chars()
    same_plate = pl.when(plate.is_not_null()).then(pl.col("vin").max().over("household_no", plate))
    said = pl.concat_str("brand", "vehicle_type", "record_date", separator=" ", ignore_nulls=True)
    return pl.coalesce("vin", same_plate, plate, said)


def of_types(limit: str) -> pl.Expr:
    """Whether the vehicle type begins as one of the policy's list; false where either is not known."""
    beginnings = pl.col(limit).list.eval(pl.element().str.escape_regex()).list.join("|")
    return (
        pl.col("vehicle_type").str.contains(pl.format("^(?:{})", beginnings.replace("", None))).fill_null(value=False)
    )


def _disability_exempt() -> pl.Expr:
    said = pl.concat_str("vehicle_type", "use", "brand", ignore_nulls=True).str.contains("残疾")
    return said & (pl.col("vehicle_disability") == "exempt").fill_null(value=False)


def _purpose() -> pl.Expr:
    said = pl.concat_str("vehicle_type", "use", "brand", ignore_nulls=True).str.contains("医疗|康复|救护")
    of_use = pl.col("vehicle_livelihood_uses").list.contains(pl.col("use"))
    return (
        pl.when((said | (pl.col("use") == AMBULANCE)).fill_null(value=False))
        .then(pl.lit("登记中写明医疗、康复或救护用途"))
        .when(of_types("vehicle_livelihood_types"))
        .then(pl.lit("车辆类型属政策所列生产经营用车"))
        .when(of_use.fill_null(value=False))
        .then(pl.lit("使用性质属政策所列生产经营用途"))
        .alias("purpose")
    )


def _doubt() -> pl.Expr:
    letters = pl.col("letters")
    outside = (pl.col("owners").max() > pl.col("member_no").n_unique()).fill_null(value=False)
    return (
        pl.when(pl.col("ended").any())
        .then(pl.lit("同一机动车另有已终止的登记"))
        .when(letters.is_null().any())
        .then(pl.lit("机动车状态未注明"))
        .when(~letters.str.contains(KNOWN_STATUS).all())
        .then(pl.lit("机动车状态含未识别的代码"))
        .when(letters.str.contains("B").any())
        .then(pl.lit("机动车状态含B（转出）"))
        .when(letters.str.contains("C").any())
        .then(pl.lit("机动车状态含C（被盗抢）"))
        .when(outside)
        .then(pl.lit("与家庭以外的人共有"))
        .alias("doubt")
    )
