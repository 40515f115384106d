"""住房公积金账户: which account shows a wage, and which one must be asked about."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.found import evidence
from jiuzhu_check.rules.once import once
from jiuzhu_check.rules.terms import terms
from jiuzhu_check.tables.finding import EVIDENCE

CLOSED = ("03", "04", "05")  # JGJ/T 320：合并销户、外部转出销户、提取销户


@once
def accounts(provident_fund: pl.DataFrame, household: pl.DataFrame, limits: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """One row a member and account that is not closed; of several rows of one account the newest.

    subject: the account number, else the employer
    doubt:   why the account does not show a wage, in Chinese; null where it shows one: its base, yuan a month.
             An account shows a wage where its state is one of the policy's and it is paid until as many months
             before as_of as the policy says, or later
    """
    policy = terms(
        household,
        limits,
        "provident_fund_recency",
        "provident_fund_wage_states",
        "provident_fund_no_wage_states",
    )
    return (
        provident_fund.filter(~pl.col("status").is_in(CLOSED).fill_null(value=False))
        .join(policy, on="household_no", how="left")
        .sort("paid_until", *EVIDENCE, nulls_last=False)
        .with_columns(evidence(), _doubt(as_of), subject=pl.coalesce("account_no", "employer", pl.lit("公积金账户")))
        .group_by("household_no", "member_no", "subject", maintain_order=True)
        .agg(
            pl.col("doubt", "base", "balance", "paid_until", "record_date").last(),
            pl.col("evidence").tail(1),
        )
        .sort("household_no", "member_no", "subject")
    )


def wages_shown(accounts: pl.DataFrame) -> pl.DataFrame:
    """One row a member with a wage: the account paid latest; of two paid alike the one with the higher base.

    Wages of several accounts are not added up: after a change of job both may look alive for some months.
    """
    return (
        accounts.filter(pl.col("doubt").is_null())
        .sort("paid_until", "base", "subject")
        .group_by("household_no", "member_no", maintain_order=True)
        .agg(pl.all().last())
    )


def _doubt(as_of: date) -> pl.Expr:
    paid, status = pl.col("paid_until"), pl.col("status")
    months = (as_of.year - paid.dt.year()) * 12 + (as_of.month - paid.dt.month().cast(pl.Int32))
    recency, states = pl.col("provident_fund_recency"), pl.col("provident_fund_wage_states")
    return (
        pl.when(status.is_null())
        .then(pl.lit("账户状态未注明"))
        .when(pl.col("provident_fund_no_wage_states").list.contains(status))
        .then(pl.format("账户状态{}按当地政策不显示工资", status))
        .when(recency.is_null() | states.is_null())
        .then(pl.lit("当地政策没有规定公积金显示工资的账户状态和缴存期限"))
        .when(~states.list.contains(status))
        .then(pl.lit("账户状态不在政策所列之内"))
        .when(paid.is_null())
        .then(pl.lit("缴至年月未注明"))
        .when(months > recency)
        .then(pl.format("缴至{}，早于政策规定的{}个月", paid.dt.strftime("%Y年%m月"), recency))
        .when(~(pl.col("base") > 0).fill_null(value=False))
        .then(pl.lit("缴存基数未注明"))
        .alias("doubt")
    )
