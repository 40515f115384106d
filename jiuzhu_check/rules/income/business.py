"""经营净收入: what a source shows of business, less the costs as the policy reckons them."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.income.cents import share
from jiuzhu_check.rules.income.kinds import also_unplaced, net_of_tax, paid_in, unplaced_words
from jiuzhu_check.rules.income.line import LINE, lines
from jiuzhu_check.rules.terms import terms


def business(received: pl.DataFrame, household: pl.DataFrame, limits: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """LINE rows: receipts are no income; without the county's share of costs nothing is counted."""
    theirs = received.filter(pl.col("kind") == "business")
    if theirs.is_empty():
        return LINE.empty()
    policy = terms(household, limits, "business_cost_rate", "income_counted", "income_tax_deducted")
    costs = pl.col("business_cost_rate")
    listed = pl.col("income_counted").list.contains("business").fill_null(value=False)
    counted = listed & costs.is_not_null() & pl.col("cents").is_not_null()
    net = pl.col("cents") - share("cents", costs.clip(upper_bound=1))
    return lines(
        theirs.join(policy, on="household_no", how="left")
        .with_columns(formula=paid_in(as_of), gross="cents", cents=pl.coalesce(net, "cents"))
        .with_columns(
            net_of_tax(),
            counted=counted,
            shown=pl.lit(True),
            livelihood=pl.lit(True),
            item=pl.lit("经营收入"),
            formula=pl.when(costs.is_not_null() & pl.col("gross").is_not_null())
            .then(pl.format("{}，减经营成本{}", "formula", _percent(costs)))
            .otherwise("formula"),
            what=pl.when(pl.col("gross").is_null())
            .then(unplaced_words())
            .when(counted)
            .then(pl.lit("按当地规定的比例扣除成本后计入。"))
            .otherwise(pl.lit("当地政策没有规定经营成本的比例，净收入不能确定，未计入，请核实。"))
            + also_unplaced(),
            **{"class": pl.lit("business")},
        )
    )


def _percent(share: pl.Expr) -> pl.Expr:
    return pl.format("{}%", (share * 100).cast(pl.Decimal(12, 2)))
