"""渐退期: wages that a recipient has begun to earn, and that the policy leaves out of account for some months."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.income.cents import half_up, rate, yuan
from jiuzhu_check.rules.income.line import LINE, lines, month_of, twelve_months
from jiuzhu_check.rules.income.standard import standards
from jiuzhu_check.rules.terms import terms


def new_wages(counted: pl.DataFrame, household: pl.DataFrame, limits: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """LINE rows: what of the wages that count is new in a household's grace period, and left out of account.

    counted: one row a member: since, months, and net (cents of the wage less the cost of employment)
    A wage is new where it is earned since the month in which the grace began, or later. It is left out only where all
    its months lie within the policy's; otherwise nobody can say how much of it does, so it is listed and asked about.
    """
    policy = terms(household, limits, ignored="grace_wage_ignored", multiple="grace_wage_ignored_multiple").drop_nulls(
        "ignored"
    )
    graced = household.drop_nulls("grace_from").select("household_no", "grace_from")
    if policy.is_empty() or graced.is_empty():
        return LINE.empty()
    first, last = twelve_months(as_of)
    begin, ignored = month_of("grace_from"), pl.col("ignored")
    end = begin + ignored - 1
    new = (month_of("since") >= begin).fill_null(value=False)
    sure = new & (end >= last)
    cap = half_up(pl.col("dibao_year") * rate("multiple") * pl.col("months"), 12 * 10_000)
    net = pl.col("net").clip(0)
    limit = pl.format("，每月不超过低保标准的{}倍", pl.col("multiple").cast(pl.Float64)).fill_null("")
    return lines(
        counted.join(policy, on="household_no")
        .join(graced, on="household_no")
        .join(standards(household, limits).select("household_no", "dibao_year"), on="household_no")
        .filter(pl.col("multiple").is_null() | pl.col("dibao_year").is_not_null(), begin <= last, end >= first)
        .with_columns(
            cents=pl.when(sure).then(pl.min_horizontal(net, cap)),
            since=pl.lit(None),
            evidence=pl.lit(None),
            counted=sure,
            item=pl.lit("渐退期内新增工资"),
            formula=pl.when(sure)
            .then(pl.format("{}起{}个月内的工资{}元", "grace_from", ignored, yuan(net)) + limit)
            .otherwise(pl.format("{}起{}个月", "grace_from", ignored)),
            what=pl.when(sure)
            .then(pl.lit("按当地规定，就业后新增的工资在这段时间内不计入，从工资中扣除。"))
            .otherwise(pl.lit("哪些工资是这段时间内新增的，来源没有分开写明，未扣除，请核实。")),
            **{"class": pl.lit("deduction")},
        )
    )
