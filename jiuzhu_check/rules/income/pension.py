"""养老金: an employee's counts whole; of a resident's only what the policy of the day counts."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.income.cents import cents, half_up, yuan
from jiuzhu_check.rules.income.kinds import also_unplaced, net_of_tax, paid_in, unplaced_words
from jiuzhu_check.rules.income.line import LINE, lines
from jiuzhu_check.rules.terms import terms


def pension(received: pl.DataFrame, household: pl.DataFrame, limits: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """LINE rows of both kinds of pension; where the policy says so, twelve times the last month in payment.

    Of a resident's pension the centrally set basic part (基础养老金) can be told apart only where its sum is known.
    """
    theirs = received.filter(pl.col("kind").is_in(["pension", "resident_pension"]))
    if theirs.is_empty():
        return LINE.empty()
    policy = terms(
        household, limits, "pension_resident", "pension_basic_month", "pension_latest_month",
        "income_counted", "income_tax_deducted",
    )  # fmt: skip
    yearly = pl.col("pension_latest_month").fill_null(value=False) & pl.col("latest").is_not_null()
    resident, rule = pl.col("kind") == "resident_pension", pl.col("pension_resident")
    basic = pl.coalesce("central", cents("pension_basic_month") * pl.col("months"))
    above = (pl.col("cents") - basic).clip(0)
    told = resident & (rule == "above_basic").fill_null(value=False) & basic.is_not_null()
    whole = ~resident | (rule == "whole").fill_null(value=False)
    listed = pl.col("income_counted").list.contains("pension").fill_null(value=False)
    known = pl.col("cents").is_not_null()
    return lines(
        theirs.join(policy, on="household_no", how="left")
        .with_columns(formula=paid_in(as_of))
        .with_columns(
            cents=pl.when(yearly).then(pl.col("latest") * 12).otherwise("cents"),
            tax=pl.when(yearly).then(0).otherwise("tax"),
            months=pl.when(yearly).then(12).otherwise("months"),
            central=pl.when(yearly).then(half_up(pl.col("central") * 12, pl.col("months"))).otherwise("central"),
            formula=pl.when(yearly).then(pl.format("最近一个月{}元 × 12", yuan("latest"))).otherwise("formula"),
        )
        .with_columns(
            cents=pl.when(told).then(above).otherwise("cents"),
            formula=pl.when(told & known)
            .then(pl.format("{}，减基础养老金{}元", "formula", yuan(basic)))
            .otherwise("formula"),
        )
        .with_columns(
            net_of_tax(),
            counted=known & listed & (whole | told),
            shown=pl.lit(True),
            livelihood=~resident,
            item=pl.when(resident).then(pl.lit("城乡居民养老保险养老金")).otherwise(pl.lit("养老金")),
            what=pl.when(~known)
            .then(unplaced_words())
            .when(listed & told)
            .then(pl.lit("中央确定的基础养老金不计入，其余计入。"))
            .when(listed & whole)
            .then(pl.lit("计入家庭收入。"))
            .when((rule == "not_counted").fill_null(value=False))
            .then(pl.lit("按当地规定不计入家庭收入。"))
            .when((rule == "above_basic").fill_null(value=False))
            .then(pl.lit("基础养老金的数额没有写入政策，应计入的部分不能确定，未计入，请核实。"))
            .otherwise(pl.lit("政策没有规定居民养老金是否计入，未计入，请核实。"))
            + also_unplaced(),
            **{"class": pl.lit("transfer")},
        )
    )
