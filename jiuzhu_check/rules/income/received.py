"""What people received within twelve months, by the months that the sources name."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.found import all_evidence, evidence
from jiuzhu_check.rules.income.cents import cents, half_up
from jiuzhu_check.rules.income.line import LINE, WHOSE, month_of, twelve_months
from jiuzhu_check.tables.finding import EVIDENCE
from jiuzhu_check.tables.record import INCOME, linked

RECEIVED = {
    **{name: LINE.columns[name] for name in WHOSE},
    "kind": pl.String(),
    **dict.fromkeys(("cents", "tax", "months"), pl.Int64()),
    "since": pl.Date(),
    **dict.fromkeys(("latest", "payments", "unplaced"), pl.Int64()),
    "evidence": LINE.columns["evidence"],
}
_STOPPED = ("suspended", "ended")
_PAYMENT = (*WHOSE, "kind", "payer", "month_from", "month_to", "amount", "cumulative")


def payments(
    income: pl.DataFrame, public_payroll: pl.DataFrame, assistance: pl.DataFrame, hardship: pl.DataFrame
) -> pl.DataFrame:
    """All that registers say was paid, as income records: salaries, aid (救助金) and honours (优抚) too.

    kind: of a salary public_payroll, of aid assistance, of an honour honour
    """
    month = {"month_from": pl.col("month"), "month_to": pl.col("month")}
    others = [
        public_payroll.filter(pl.col("role") == "payroll").with_columns(
            kind=pl.lit("public_payroll"), payer="employer", amount="gross", **month
        ),
        assistance.with_columns(kind=pl.lit("assistance"), payer="office"),
        hardship.filter(pl.col("kind") == "veteran", pl.col("amount").is_not_null()).with_columns(
            kind=pl.lit("honour"), payer="category", **month
        ),
    ]
    table = linked(INCOME)
    return pl.concat([table.fit(income), *(table.fit(each) for each in others if each.height)])


def received(payments: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """One row a member and kind of what they received within the twelve months before as_of.

    An amount belongs to the months that its source names, in equal parts where only some of them are within; a
    cumulative one is what it adds to the last one of its payer and year, never added up; the same row twice counts once.
    cents:    for all months named within, before tax; tax: what was paid of it
    months:   how many months are named within
    since:    the first day of the first of them
    latest:   cents of the last month that is named by itself and not stopped; null where there is none
    payments: how many amounts; unplaced: how many more whose time or amount the source does not say
    """
    if payments.is_empty():
        return pl.DataFrame(schema=RECEIVED)
    first, last = twelve_months(as_of)
    rows = (
        payments.sort(*EVIDENCE)
        .unique(_PAYMENT, keep="first", maintain_order=True)
        .with_columns(
            evidence(),
            begin=pl.coalesce(month_of("month_from"), month_of("month_to")),
            end=pl.coalesce(month_of("month_to"), month_of("month_from")),
            whole=cents("amount"),
            paid=cents("tax").fill_null(0),
        )
    )
    placed = pl.concat([rows.filter(pl.col("whole").is_not_null() | pl.col("cumulative").is_null()), _added(rows)])
    begin, end = pl.max_horizontal("begin", pl.lit(first)), pl.min_horizontal("end", pl.lit(last))
    span, within = pl.col("end") - pl.col("begin") + 1, end - begin + 1
    unplaced = pl.col("whole").is_null() | pl.col("end").is_null() | (span < 1)
    return (
        placed.with_columns(unplaced=unplaced, inside=(within > 0).fill_null(value=False))
        .filter(pl.col("unplaced") | pl.col("inside"))
        .with_columns(
            part=pl.when(~pl.col("unplaced")).then(half_up(pl.col("whole") * within, span)),
            tax_part=pl.when(~pl.col("unplaced")).then(half_up(pl.col("paid") * within, span)),
            mask=pl.when(~pl.col("unplaced")).then(_powers(end - first + 1) - _powers(begin - first)).otherwise(0),
            from_month=pl.when(~pl.col("unplaced")).then(begin),
            single=~pl.col("unplaced") & (span == 1) & ~pl.col("status").is_in(_STOPPED).fill_null(value=False),
        )
        .sort(*WHOSE, "kind", *EVIDENCE)
        .group_by(*WHOSE, "kind", maintain_order=True)
        .agg(
            cents=pl.when(~pl.col("unplaced").all()).then(pl.col("part").sum()),
            tax=pl.col("tax_part").sum(),
            months=pl.col("mask").bitwise_or().bitwise_count_ones().cast(pl.Int64),
            since=pl.col("from_month").min(),
            latest=_latest(),
            payments=(~pl.col("unplaced")).sum().cast(pl.Int64),
            unplaced=pl.col("unplaced").sum().cast(pl.Int64),
            evidence=all_evidence(),
        )
        .with_columns(since=pl.date(pl.col("since") // 12, pl.col("since") % 12 + 1, 1))
        .select(*RECEIVED)
    )


def _added(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows that name no amount but a cumulative one, with what they add to the one before of that payer and year."""
    whose = [*WHOSE, "kind", "payer", "year"]
    before = pl.col("cumulative").shift(1).over(whose).fill_null(0)
    return (
        rows.filter(pl.col("cumulative").is_not_null(), pl.col("end").is_not_null())
        .with_columns(year=pl.col("end") // 12)
        .sort("cumulative", *EVIDENCE)
        .unique([*whose, "end"], keep="last", maintain_order=True)
        .sort("end", maintain_order=True)
        .with_columns(
            begin=pl.coalesce(pl.col("end").shift(1).over(whose) + 1, pl.col("year") * 12),
            added=cents(pl.col("cumulative") - before),
        )
        .filter(pl.col("amount").is_null())
        .with_columns(whole="added", paid=pl.lit(0, pl.Int64))
        .select(rows.columns)
    )


def _powers(exponent: pl.Expr) -> pl.Expr:
    return pl.lit(2, pl.Int64).pow(exponent).cast(pl.Int64)


def _latest() -> pl.Expr:
    alone = pl.col("end").filter("single")
    return pl.when(pl.col("single").any()).then(
        pl.col("whole").filter(pl.col("single") & (pl.col("end") == alone.max())).sum()
    )
