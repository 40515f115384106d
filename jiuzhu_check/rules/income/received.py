"""What people received within twelve months, by the months that the sources name."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.found import all_evidence, evidence
from jiuzhu_check.rules.income.cents import cents, half_up
from jiuzhu_check.rules.income.line import LINE, WHOSE, month_of, twelve_months
from jiuzhu_check.rules.personnel.life_event import deaths
from jiuzhu_check.tables.finding import EVIDENCE
from jiuzhu_check.tables.record import INCOME, linked

RECEIVED = {
    **{name: LINE.columns[name] for name in WHOSE},
    "kind": pl.String(),
    **dict.fromkeys(("cents", "tax", "months"), pl.Int64()),
    "since": pl.Date(),
    **dict.fromkeys(("latest", "central", "payments", "unplaced"), pl.Int64()),
    "evidence": LINE.columns["evidence"],
}
PENSIONS = ("pension", "resident_pension", "unknown_pension")
_STOPPED = ("suspended", "ended")
_PAYMENT = (*WHOSE, "kind", "payer", "month_from", "month_to", "amount", "cumulative", "monthly")


def payments(
    income: pl.DataFrame, public_payroll: pl.DataFrame, assistance: pl.DataFrame, hardship: pl.DataFrame
) -> pl.DataFrame:
    """All that registers say was paid, as income records: salaries, aid (救助金) and honours (优抚) too.

    kind: of a salary public_payroll, of aid assistance, of an honour honour; of a resident's pension resident_pension,
          of one whose scheme is not said unknown_pension; of insurance that is paid for the unemployed paid_insurance
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
    return pl.concat(
        [table.fit(income.with_columns(_by_scheme())), *(table.fit(each) for each in others if each.height)]
    )


def died(civil_status: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """household_no, member_no, died_in: the month of the death, counted from year 0; of several days registered the last."""
    told = deaths(civil_status, as_of).drop_nulls("died_on")
    return told.group_by(WHOSE).agg(died_in=month_of("died_on").max())


def _by_scheme() -> pl.Expr:
    scheme, pension = pl.col("scheme"), pl.col("kind") == "pension"
    insurance = (pl.col("kind") == "unemployment_benefit") & scheme.str.contains("代缴")
    return (
        pl.when(pension & (scheme == "resident"))
        .then(pl.lit("resident_pension"))
        .when(pension & scheme.ne_missing("employee"))
        .then(pl.lit("unknown_pension"))
        .when(insurance)
        .then(pl.lit("paid_insurance"))
        .otherwise("kind")
        .alias("kind")
    )


def received(payments: pl.DataFrame, died: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """One row a member and kind of what they received within the twelve months before as_of.

    An amount belongs to the months that its source names, in equal parts where only some of them are within; a
    cumulative one is what it adds to the last one of its payer and year, never added up; the same row twice counts once.
    A rate in payment (so much a month) counts for the months from its first to its last, as far as the source names them.
    A pension for the months after the one of its owner's death is of the kind after_death.
    died:     household_no, member_no, died_in (the month of the death, counted from year 0)
    cents:    for all months named within, before tax; tax: what was paid of it
    months:   how many months are named within
    since:    the first day of the first of them
    latest:   cents of the last month that is named by itself and not stopped, or of the rate; null where there is none
    central:  cents of the part that the central government sets; null where not every amount says it
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
            basic=cents("central_part"),
            rate=pl.when(
                pl.col("amount").is_null() & pl.col("cumulative").is_null() & (pl.col("status") == "paying")
            ).then(cents("monthly")),
        )
        .with_columns(_rate(first, last))
    )
    timeless = pl.col("cumulative").is_null() | pl.col("end").is_null()
    placed = _parted_by_death(pl.concat([rows.filter(pl.col("whole").is_not_null() | timeless), _added(rows)]), died)
    begin, end = pl.max_horizontal("begin", pl.lit(first)), pl.min_horizontal("end", pl.lit(last))
    span, within = pl.col("end") - pl.col("begin") + 1, end - begin + 1
    unplaced = pl.col("whole").is_null() | pl.col("begin").is_null() | pl.col("end").is_null() | (span < 1)
    return (
        placed.with_columns(unplaced=unplaced, inside=(within > 0).fill_null(value=False))
        .filter(pl.col("unplaced") | pl.col("inside"))
        .with_columns(
            part=pl.when(~pl.col("unplaced")).then(half_up(pl.col("whole") * within, span)),
            basic_part=pl.when(~pl.col("unplaced")).then(half_up(pl.col("basic") * within, span)),
            tax_part=pl.when(~pl.col("unplaced")).then(half_up(pl.col("paid") * within, span)),
            mask=pl.when(~pl.col("unplaced")).then(_powers(end - first + 1) - _powers(begin - first)).otherwise(0),
            from_month=pl.when(~pl.col("unplaced")).then(begin),
            single=~pl.col("unplaced")
            & (span == 1)
            & pl.col("rate").is_null()
            & ~pl.col("status").is_in(_STOPPED).fill_null(value=False),
        )
        .sort(*WHOSE, "kind", *EVIDENCE)
        .group_by(*WHOSE, "kind", maintain_order=True)
        .agg(
            cents=pl.when(~pl.col("unplaced").all()).then(pl.col("part").sum()),
            tax=pl.col("tax_part").sum(),
            months=pl.col("mask").bitwise_or().bitwise_count_ones().cast(pl.Int64),
            since=pl.col("from_month").min(),
            latest=pl.when(pl.col("died_in").is_null().all()).then(_latest()),
            central=pl.when(pl.col("basic").filter(~pl.col("unplaced")).is_not_null().all()).then(
                pl.col("basic_part").sum()
            ),
            payments=(~pl.col("unplaced")).sum().cast(pl.Int64),
            unplaced=pl.col("unplaced").sum().cast(pl.Int64),
            evidence=all_evidence(),
        )
        .with_columns(since=pl.date(pl.col("since") // 12, pl.col("since") % 12 + 1, 1))
        .select(*RECEIVED)
    )


def _rate(first: int, last: int) -> list[pl.Expr]:
    """Where a rate is paid: its months within the twelve, and their sum. Without a first month it has no time."""
    rate, began, ends = pl.col("rate"), month_of("record_date"), month_of("until")
    begin = pl.when(began.is_not_null()).then(pl.max_horizontal(began, pl.lit(first)))
    end = pl.min_horizontal(pl.coalesce(ends, pl.lit(last)), pl.lit(last))
    outside = begin > end
    months = pl.when(outside).then(1).otherwise(end - begin + 1)
    paid = rate.is_not_null()
    # one that begins after the twelve months, or ended before them, stands in a month outside them
    return [
        pl.when(paid).then(pl.when(outside).then(last + 1).otherwise(begin)).otherwise("begin").alias("begin"),
        pl.when(paid).then(pl.when(outside).then(last + 1).otherwise(end)).otherwise("end").alias("end"),
        pl.when(paid).then(rate * months).otherwise("whole").alias("whole"),
        pl.when(paid).then(pl.col("basic") * months).otherwise("basic").alias("basic"),
    ]


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


def _parted_by_death(placed: pl.DataFrame, died: pl.DataFrame) -> pl.DataFrame:
    """The payments, each pension that goes on after its owner's death in two: up to the month of it, and after_death."""
    theirs = placed.join(died, on=list(WHOSE), how="left", maintain_order="left")
    begin, end, last = pl.col("begin"), pl.col("end"), pl.col("died_in")
    after = (pl.col("kind").is_in(PENSIONS) & (begin <= end) & (end > last)).fill_null(value=False)
    amounts = ("whole", "paid", "basic")
    alive = pl.max_horizontal(last - begin + 1, pl.lit(0))
    before = [half_up(pl.col(each) * alive, end - begin + 1).alias(f"_{each}") for each in amounts]
    going_on = theirs.filter(after).with_columns(before)
    return pl.concat(
        [
            theirs.filter(~after),
            going_on.filter(begin <= last)
            .with_columns(*(pl.col(f"_{each}").alias(each) for each in amounts), end=last, rate=pl.lit(None, pl.Int64))
            .select(theirs.columns),
            going_on.with_columns(
                *((pl.col(each) - pl.col(f"_{each}")).alias(each) for each in amounts),
                kind=pl.lit("after_death"),
                begin=pl.max_horizontal(begin, last + 1),
            ).select(theirs.columns),
        ]
    )


def _powers(exponent: pl.Expr) -> pl.Expr:
    return pl.lit(2, pl.Int64).pow(exponent).cast(pl.Int64)


def _latest() -> pl.Expr:
    alone = pl.col("end").filter("single")
    month = pl.col("whole").filter(pl.col("single") & (pl.col("end") == alone.max())).sum()
    # a rate that is paid now is later than any month paid
    now = pl.col("rate").filter(pl.col("rate").is_not_null() & (pl.col("unplaced") | pl.col("inside")))
    return pl.when(now.len() > 0).then(now.sum()).when(pl.col("single").any()).then(month)
