"""工资性收入: several sources may show one wage, and it counts once."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.declared import declared_income
from jiuzhu_check.rules.found import all_evidence, evidence
from jiuzhu_check.rules.income.cents import cents, share, yuan
from jiuzhu_check.rules.income.grace import new_wages
from jiuzhu_check.rules.income.kinds import net_of_tax, paid_in, unplaced_words
from jiuzhu_check.rules.income.line import LINE, WHOSE, lines, month_of, together, twelve_months
from jiuzhu_check.rules.provident_fund_account import accounts, wages_shown
from jiuzhu_check.rules.terms import terms
from jiuzhu_check.tables.finding import EVIDENCE

# source → item, in the order in which equal amounts are taken
SOURCES = {
    "contribution": "社会保险缴费基数显示的工资",
    "provident_fund": "住房公积金缴存基数显示的工资",
    "public_payroll": "财政供养工资",
    "tax": "个人所得税申报的工资",
}
_BY = {"wage": "tax", "bonus": "tax", "public_payroll": "public_payroll"}  # kind received → source
# Branches of insurance in which an employee's base is the wage, the surest first.
_BRANCHES = ("pension", "medical", "unemployment", "injury", "maternity")


def wages(
    received: pl.DataFrame,
    household: pl.DataFrame,
    declaration: pl.DataFrame,
    provident_fund: pl.DataFrame,
    contribution: pl.DataFrame,
    limits: pl.DataFrame,
    as_of: date,
) -> pl.DataFrame:
    """LINE rows: every wage that a source shows, one of them counted for each member, and the cost of employment.

    The policy's order says which one counts, and what it does not list is not counted; without an order it is the
    lowest. The order may put what was declared before a source.
    """
    policy = terms(household, limits, "wage_order", "wage_cost_rate", "wage_cost_month", "income_tax_deducted")
    shown = pl.concat(
        [
            _of_payments(received, policy, as_of),
            _of_contributions(contribution, as_of),
            _of_fund(provident_fund, household, limits, as_of),
        ]
    )
    untold = _untold(received)
    if shown.is_empty():
        return untold
    ranks = (
        policy.select("household_no", by="wage_order", rank=pl.int_ranges(pl.col("wage_order").list.len()))
        .explode("by", "rank", empty_as_null=True)
        .drop_nulls("by")
    )
    first = ranks.filter(pl.col("by") == "declared").select("household_no", declared_rank="rank")
    told = declared_income(declaration).drop_nulls("declared").join(first, on="household_no")
    rank, listed = pl.col("rank"), pl.col("wage_order").is_null() | pl.col("rank").is_not_null()
    ordered = (
        shown.join(policy, on="household_no", how="left")
        .join(ranks, on=["household_no", "by"], how="left")
        .join(told.select(*WHOSE, "declared_rank"), on=list(WHOSE), how="left")
        .with_columns(rank=rank.fill_null(0), listed=listed)
        .sort(*WHOSE, pl.col("listed").not_(), "rank", "cents", "by")
        .with_columns(turn=pl.int_range(pl.len()).over(WHOSE))
    )
    wins = (pl.col("turn") == 0) & pl.col("listed") & (pl.col("rank") < pl.col("declared_rank")).fill_null(value=True)
    counted = ordered.with_columns(counted=wins, winner=pl.col("by").first().over(WHOSE), won=wins.any().over(WHOSE))
    paid = counted.filter("counted")
    new = new_wages(paid.with_columns(net=pl.col("cents") - _cost().fill_null(0)), household, limits, as_of)
    return together(_worded(counted), _costs(paid), new, untold)


def _untold(received: pl.DataFrame) -> pl.DataFrame:
    """LINE rows of the wages that a source names without their time or sum: listed, and not counted."""
    theirs = received.filter(pl.col("kind").is_in(list(_BY)), pl.col("unplaced") > 0)
    if theirs.is_empty():
        return LINE.empty()
    return lines(
        theirs.with_columns(
            cents=pl.lit(None, pl.Int64),
            since=pl.lit(None),
            counted=pl.lit(value=False),
            shown=pl.lit(value=True),
            livelihood=pl.lit(value=True),
            item=pl.col("kind").replace_strict(_BY, return_dtype=pl.String).replace(SOURCES),
            formula=pl.format("{}笔的所属时间或金额未注明", "unplaced"),
            what=unplaced_words(),
            **{"class": pl.lit("wage")},
        )
    )


def _worded(shown: pl.DataFrame) -> pl.DataFrame:
    title = pl.col("winner").replace_strict(SOURCES, default=None, return_dtype=pl.String)
    return lines(
        shown.with_columns(
            shown=pl.lit(True),
            livelihood=pl.lit(True),
            item=pl.col("by").replace_strict(SOURCES, return_dtype=pl.String),
            what=pl.when("counted")
            .then(pl.lit("计入家庭收入。"))
            .when(~pl.col("listed"))
            .then(pl.lit("当地政策没有把这个来源列为工资依据，未计入。"))
            .when("won")
            .then(pl.format("与“{}”是同一份工资，不重复计算。", title))
            .otherwise(pl.lit("当地政策以申报为先，不重复计算。")),
            **{"class": pl.lit("wage")},
        )
    )


def _cost() -> pl.Expr:
    """Cents of the necessary cost of employment: a share, otherwise so much a month, never above the wage; null without a rule."""
    wage = pl.col("cents").clip(0)
    said = pl.coalesce(share(wage, "wage_cost_rate"), cents("wage_cost_month") * pl.col("months"))
    return pl.when(said.is_not_null()).then(pl.min_horizontal(wage, said))


def _costs(counted: pl.DataFrame) -> pl.DataFrame:
    """LINE rows of the necessary cost of employment of the wages that count."""
    fixed, part = pl.col("wage_cost_month"), pl.col("wage_cost_rate")
    return lines(
        counted.filter(fixed.is_not_null() | part.is_not_null()).with_columns(
            cents=_cost(),
            since=pl.lit(None),
            evidence=pl.lit(None),
            item=pl.lit("必要就业成本"),
            formula=pl.when(part.is_not_null())
            .then(pl.format("工资{}元 × {}%", yuan("cents"), (part * 100).cast(pl.Decimal(12, 2))))
            .otherwise(pl.format("{}元/月 × {}个月，不超过工资", fixed, "months")),
            what=pl.lit("按当地规定从工资中扣除。"),
            **{"class": pl.lit("deduction")},
        )
    )


_SHOWN = (*WHOSE, "by", "cents", "months", "since", "formula", "evidence")


def _of_payments(received: pl.DataFrame, policy: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """What tax returns (monthly wages and the year's bonus) and public payrolls show."""
    theirs = received.filter(pl.col("kind").is_in(list(_BY)), pl.col("cents").is_not_null())
    if theirs.is_empty():
        return _nothing()
    return (
        theirs.with_columns(by=pl.col("kind").replace_strict(_BY, return_dtype=pl.String))
        .group_by(*WHOSE, "by", maintain_order=True)
        .agg(
            pl.col("cents", "tax", "payments").sum(),
            pl.col("months").max(),
            pl.col("since").min(),
            evidence=all_evidence(),
        )
        .join(policy.select("household_no", "income_tax_deducted"), on="household_no", how="left")
        .with_columns(formula=paid_in(as_of))
        .with_columns(net_of_tax())
        .select(_SHOWN)
    )


def _of_contributions(contribution: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """What an employee's base shows, for the months that the source names; of several branches one.

    A membership that is being paid and names no end is named up to the last of the twelve months. The base of the
    self-employed is their own choice and shows no wage.
    """
    if contribution.is_empty():
        return _nothing()
    first, last = twelve_months(as_of)
    paying = (pl.col("status") == "paying").fill_null(value=False)
    begin = pl.max_horizontal(month_of("month_from"), pl.lit(first))
    end = pl.min_horizontal(pl.coalesce(month_of("month_to"), pl.when(paying).then(last)), pl.lit(last))
    named = pl.col("month_from").is_not_null() & (pl.col("month_to").is_not_null() | paying)
    branch = pl.col("branch").replace_strict({name: at for at, name in enumerate(_BRANCHES)}, default=None)
    membership = [*WHOSE, "branch", "employer", "base", "month_from", "month_to"]
    return (
        contribution.filter(pl.col("person_type") == "employed", pl.col("base") > 0, named)
        .sort(*EVIDENCE)
        .unique(membership, keep="first", maintain_order=True)
        .with_columns(evidence(), at=branch, months=end - begin + 1, since=pl.col("month_from"))
        .filter(pl.col("at").is_not_null(), pl.col("months") > 0)
        .filter(pl.col("at") == pl.col("at").min().over(WHOSE))
        .sort(*WHOSE, *EVIDENCE)
        .group_by(*WHOSE, maintain_order=True)
        .agg(
            cents=(cents("base") * pl.col("months")).sum(),
            since=pl.col("since").min(),
            formula=pl.format("缴费基数{}元/月 × {}个月", "base", "months").str.join(" + "),
            months=pl.min_horizontal(pl.col("months").sum(), pl.lit(12)),
            evidence=all_evidence(),
        )
        .with_columns(by=pl.lit("contribution"))
        .select(_SHOWN)
    )


def _of_fund(provident_fund: pl.DataFrame, household: pl.DataFrame, limits: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """What a provident fund account shows as the wage of a month."""
    if provident_fund.is_empty():
        return _nothing()
    shown = wages_shown(accounts(provident_fund, household, limits, as_of))
    return shown.select(
        *WHOSE,
        by=pl.lit("provident_fund"),
        cents=cents("base") * 12,
        months=pl.lit(12, pl.Int64),
        since="record_date",
        formula=pl.format("缴存基数{}元/月 × 12", "base"),
        evidence="evidence",
    )


def _nothing() -> pl.DataFrame:
    types = {"by": pl.String(), "months": pl.Int64()}
    return pl.DataFrame(schema={name: LINE.columns.get(name) or types[name] for name in _SHOWN})
