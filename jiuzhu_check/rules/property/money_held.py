"""金融资产 as a household has it: one row an account, holding or policy, in yuan where that can be said."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.found import all_evidence, evidence, only_member
from jiuzhu_check.rules.provident_fund_account import CLOSED
from jiuzhu_check.rules.terms import terms
from jiuzhu_check.tables.finding import EVIDENCE
from jiuzhu_check.tables.schema import MONEY

YUAN = ("CNY", "RMB", "156", "人民币", "元", "人民币元")
KINDS = {
    "deposit": "存款",
    "wealth_product": "理财",
    "stock": "股票",
    "fund": "基金",
    "bond": "债券",
    "insurance": "商业保险",
    "provident_fund": "住房公积金",
}
PLAIN = ("deposit", "wealth_product", "stock", "fund", "bond")  # what is money without a word of the policy
PARTS = {  # what one row tells side by side, and which kind each is
    "wealth_products": "wealth_product",
    "stocks": "stock",
    "unlisted": "stock",
    "funds": "fund",
    "bonds": "bond",
    "cash": "deposit",
}
ENDED = ("ended", "closed", "none")
USUAL = ("open", "active", "suspended", "dormant")  # the money is the person's; a suspended policy keeps its cash value
FUND_STATES = ("01", "02")  # JGJ/T 320：正常、封存；余额仍是本人的
_THING = ("household_no", "where", "thing", "kind", "currency")
_ROW = ("source", "supplier", "snapshot", "extract", "sheet", "source_row")
_HELD = (
    "household_no", "member_no", "subject", "where", "kind", "currency", "amount", "possible", "value_on", "record_date", "doubt",
    "evidence",
)  # fmt: skip


def counted_money(held: pl.DataFrame, household: pl.DataFrame, limits: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Of what is held (assets_held, fund_balances) all that the policy counts as money.

    Where the policy names no kinds, the five of PLAIN count and what a bank or broker does not tell apart; other kinds
    are in doubt, and the provident fund is out.
    """
    policy = terms(household, limits, kinds="financial_asset_kinds", age="financial_asset_value_age")
    named = pl.col("kinds").is_not_null()
    counted = (
        pl.when(named)
        .then(pl.col("kinds").list.contains(pl.col("kind")) | ~pl.col("kind").is_in(list(KINDS)))
        .otherwise(pl.col("kind").ne_missing("provident_fund"))
    )
    plain = pl.col("kind").fill_null(PLAIN[0]).is_in(PLAIN)
    sure = pl.when(named).then(pl.col("kinds").list.contains(pl.col("kind"))).otherwise(plain)
    unnamed = pl.when(~sure.fill_null(value=False)).then(
        pl.format("{}是否计入金融资产，当地政策没有规定", kind_words())
    )
    return (
        held.join(policy, on="household_no", how="left", maintain_order="left")
        .filter(counted.fill_null(value=True))
        .with_columns(pl.coalesce("doubt", unnamed, _out_of_time(as_of)).alias("doubt"))
    )


def in_yuan() -> pl.Expr:
    """Whether an amount is in yuan; a source of this country that names no currency means yuan."""
    return pl.col("currency").fill_null("CNY").str.to_uppercase().is_in(YUAN)


def kind_words() -> pl.Expr:
    """The kind in Chinese; one that is not known as it was delivered."""
    return pl.col("kind").fill_null("金融资产").replace(KINDS)


def assets_held(financial_asset: pl.DataFrame) -> pl.DataFrame:
    """One row a household and account, holding or policy; one that ended is none, an answer without an amount neither.

    subject:   the account, else the institution; where: the institution of a masked account or none
    member_no: null where it belongs to several members: a joint account stands once
    amount:    in its own currency, at the newest day of value; null where the source names none
    possible:  what it may be at most, where one account stands in several rows
    value_on:  the day of the balance or price, else the data's
    doubt:     why it must be asked about first, in Chinese; null where nothing is in doubt
    """
    outside = pl.col("owners").max() > pl.col("members").explode().n_unique()
    several = pl.len() > pl.col("members").explode().n_unique()
    differ = pl.col("amount").n_unique() > 1
    account = (pl.col("kind") == "deposit").fill_null(value=True).first()  # of other kinds several rows are holdings
    most = pl.when(account).then(pl.col("amount").max()).otherwise(pl.col("amount").unique().sum())
    return (
        _rows(_apart(financial_asset.filter(~pl.col("status").is_in(ENDED).fill_null(value=False))))
        .filter(pl.col("value_on") == pl.col("value_on").max().over(*_THING))
        .group_by(_THING, maintain_order=True)
        .agg(
            pl.col("subject").first(),
            pl.when(pl.col("amount").is_not_null().any()).then(most).alias("amount"),
            pl.when(several | differ).then(pl.col("amount").sum()).otherwise(most).alias("possible"),
            pl.col("value_on").first(),
            pl.col("record_date").min(),
            pl.when(outside.fill_null(value=False))
            .then(pl.lit("与家庭以外的人共有，份额未注明"))
            .when(differ & account)
            .then(pl.lit("同一账号同一天有几个不同的金额"))
            .otherwise(pl.col("row_doubt").drop_nulls().first())
            .alias("doubt"),
            member_no=pl.when(pl.col("members").explode().n_unique() == 1).then(pl.col("members").explode().first()),
            evidence=all_evidence(),
        )
        .select(_HELD)
    )


def _apart(financial_asset: pl.DataFrame) -> pl.DataFrame:
    """Each kind that a row tells of in a row of its own; a row that only answers whether a limit is passed is none.

    The source's own total stands for what it does not name: all of it, or what is left beside the rest.
    """
    status = pl.col("status")
    row_doubt = (
        pl.when(status == "frozen")
        .then(pl.lit("账户冻结"))
        .when(status.is_not_null() & ~status.is_in(USUAL))
        .then(pl.lit("账户状态未识别"))
    )
    named = pl.sum_horizontal("amount", *PARTS)
    any_named = pl.any_horizontal(pl.col("amount", *PARTS).is_not_null())
    silent = pl.all_horizontal(pl.col("amount", *PARTS, "total", "over_limit", "household_over_limit").is_null())
    rows = financial_asset.with_columns(row_doubt=row_doubt, part=pl.lit("")).with_columns(named=named, any=any_named)
    left = rows.filter(pl.col("total") > pl.col("named")).with_columns(
        row_doubt=pl.when("any").then(pl.lit("来源的合计多于所列各项")).otherwise("row_doubt"),
        amount=pl.col("total") - pl.col("named"),
        part=pl.lit("total"),
    )
    parts = [
        rows.filter(pl.col(column).is_not_null()).with_columns(
            kind=pl.lit(kind), amount=pl.col(column), part=pl.lit(column)
        )
        for column, kind in PARTS.items()
    ]
    told = [rows.filter(pl.col("amount").is_not_null() | silent), *parts, left]
    return pl.concat([each.with_columns(pl.col("amount").cast(MONEY)) for each in told])


def _rows(financial_asset: pl.DataFrame) -> pl.DataFrame:
    """One row a household and delivered row, however many owners it names; a masked account is one of its institution."""
    place = pl.format("{}!{}:{}", "extract", "sheet", "source_row")
    masked = pl.col("account_no").str.contains(r"[*＊xX]")
    return (
        financial_asset.sort("household_no", "member_no", *EVIDENCE)
        .with_columns(
            evidence(),
            value_on=pl.coalesce("value_date", "data_date"),
            # a holding without an amount stays beside those that have one
            thing=pl.when(pl.col("amount").is_null()).then(place).otherwise(pl.coalesce("account_no", place))
            + pl.col("part"),
            where=pl.when(masked.fill_null(value=True)).then("institution"),
            subject=pl.coalesce("account_no", "institution", pl.lit("金融资产")),
        )
        .group_by(*_THING, *_ROW, maintain_order=True)
        .agg(
            pl.col("amount", "value_on", "record_date", "subject", "owners", "row_doubt").first(),
            members=pl.col("member_no"),
            evidence=all_evidence(),
        )
    )


def fund_balances(provident_fund: pl.DataFrame) -> pl.DataFrame:
    """The balances of provident fund accounts that are not closed, as assets_held; of several rows of one the newest."""
    usual = pl.col("status").is_in(FUND_STATES).fill_null(value=False)
    return (
        provident_fund.filter(~pl.col("status").is_in(CLOSED).fill_null(value=False))
        .sort("household_no", "member_no", "paid_until", *EVIDENCE, nulls_last=False)
        .with_columns(
            evidence(),
            subject=pl.coalesce("account_no", "employer", pl.lit("公积金账户")),
            doubt=pl.when(~usual).then(pl.lit("公积金账户状态为冻结、其他或者未注明")),
        )
        .group_by("household_no", "subject", maintain_order=True)
        .agg(
            only_member(),
            pl.col("doubt", "record_date").last(),
            amount=pl.col("balance").last(),
            value_on=pl.col("data_date").last(),
            evidence=pl.col("evidence").tail(1),
        )
        .with_columns(
            kind=pl.lit("provident_fund"),
            currency=pl.lit("CNY"),
            possible=pl.col("amount"),
            where=pl.lit(None, pl.String),
        )
        .select(_HELD)
    )


def _out_of_time(as_of: date) -> pl.Expr:
    """A value of another time than the question: older than the policy takes, else than a year, or of a day still to come."""
    day = pl.col("value_on")
    return (
        pl.when(day > as_of)
        .then(pl.format("金额是{}的，晚于核对日", day))
        .when(day < pl.lit(as_of).dt.offset_by(pl.format("-{}mo", "age")))
        .then(pl.format("金额是{}的，早于当地政策规定的{}个月", day, "age"))
        .when(pl.col("age").is_null() & (day < pl.lit(as_of).dt.offset_by("-12mo")))
        .then(pl.format("金额是{}的，早于核对日十二个月以上", day))
    )
