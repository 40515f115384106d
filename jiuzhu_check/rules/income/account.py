"""核算表: every line of a household's account, and their sum a head and year beside the standard of its programme."""

from collections.abc import Callable, Mapping
from datetime import date

import polars as pl

from jiuzhu_check.rules.declared import declared_income
from jiuzhu_check.rules.found import all_evidence
from jiuzhu_check.rules.household_size import members_only
from jiuzhu_check.rules.income.business import business
from jiuzhu_check.rules.income.cents import cents, half_up, yuan
from jiuzhu_check.rules.income.declared import declared_lines
from jiuzhu_check.rules.income.deductions import deductions
from jiuzhu_check.rules.income.imputed_wage import imputed_wages, top_up
from jiuzhu_check.rules.income.kinds import other_kinds
from jiuzhu_check.rules.income.line import WHOSE, together
from jiuzhu_check.rules.income.pension import pension
from jiuzhu_check.rules.income.received import died, payments, received
from jiuzhu_check.rules.income.standard import standards
from jiuzhu_check.rules.income.supporters import supporters
from jiuzhu_check.rules.income.wages import wages
from jiuzhu_check.tables.account import ACCOUNT, ACCOUNT_LINE, CLASSES, Account

_BASIS = {"deduction": "deduction", "excluded": "not_counted", "supporter": "support"}  # of the other classes: income


def income_account(
    tables: Mapping[str, pl.DataFrame], limits: pl.DataFrame, as_of: date, basis: Callable[[str], str]
) -> Account:
    """The account of every household.

    tables: household, member, declaration and the records linked to members and supporters, by name
    basis:  the legal basis of the day by its key
    """
    household, member, declaration = (tables[name] for name in ("household", "member", "declaration"))
    people = members_only(member)
    standard = standards(household, limits)
    own = {
        name: frame if frame.is_empty() else frame.join(people, on=list(WHOSE), how="semi")
        for name, frame in tables.items()
        if name in _RECORDS
    }
    shown = _shown(own, household, declaration, limits, as_of)
    imputed = imputed_wages(
        people, shown, household, own["contribution"], own["market_entity"], own["hardship"], limits, as_of
    )
    known = together(shown, declared_lines(people, declaration, shown, imputed))
    income = together(
        known, top_up(imputed, known), _of_supporters(tables, standard, household, member, declaration, limits, as_of)
    )
    counted = income.filter(pl.col("counted") & (pl.col("class") != "deduction"))
    sums = counted.group_by("household_no", maintain_order=True).agg(pl.col("cents").sum())
    every = together(income, deductions(people, own["hardship"], sums, household, limits, as_of))
    return Account(_told(every, basis), _households(every, people, declaration, standard))


_RECORDS = (
    "income", "public_payroll", "assistance", "hardship", "provident_fund", "contribution", "market_entity",
    "civil_status",
)  # fmt: skip


def _shown(
    records: Mapping[str, pl.DataFrame],
    household: pl.DataFrame,
    declaration: pl.DataFrame,
    limits: pl.DataFrame,
    as_of: date,
) -> pl.DataFrame:
    """LINE rows of what sources show: wages, business, pensions and the other kinds."""
    paid = received(
        payments(records["income"], records["public_payroll"], records["assistance"], records["hardship"]),
        died(records["civil_status"], as_of),
        as_of,
    )
    return together(
        wages(paid, household, declaration, records["provident_fund"], records["contribution"], limits, as_of),
        business(paid, household, limits, as_of),
        pension(paid, household, limits, as_of),
        other_kinds(paid, household, limits, as_of),
    )


def _of_supporters(
    tables: Mapping[str, pl.DataFrame],
    standard: pl.DataFrame,
    household: pl.DataFrame,
    member: pl.DataFrame,
    declaration: pl.DataFrame,
    limits: pl.DataFrame,
    as_of: date,
) -> pl.DataFrame:
    """LINE rows of the supporters; their own income is what sources show of them, else what they declared."""
    theirs = member.filter(pl.col("role") == "supporter")
    if theirs.is_empty():
        return together()
    of = list(WHOSE)
    records = {name: tables[name].join(theirs, on=of, how="semi") for name in _RECORDS}
    seen = _shown(records, household, declaration, limits, as_of).filter(
        pl.col("counted") & (pl.col("class") != "deduction")
    )
    shown = seen.group_by(of, maintain_order=True).agg(pl.col("cents").sum())
    earned = (
        theirs.select(of)
        .join(shown, on=of, how="left")
        .join(declared_income(declaration).select(*of, "declared"), on=of, how="left")
        .select(*of, cents=pl.coalesce("cents", cents("declared") * 12))
    )
    return supporters(
        household, member, declaration, earned, tables["hardship"], records["civil_status"], standard, limits, as_of
    )


def _told(every: pl.DataFrame, basis: Callable[[str], str]) -> pl.DataFrame:
    """ACCOUNT_LINE rows in order: by household, member and class."""
    keys = {name: basis(_BASIS.get(name, "income")) for name in CLASSES}
    order = {name: at for at, name in enumerate(CLASSES)}
    return ACCOUNT_LINE.fit(
        every.with_columns(
            yuan("cents").alias("amount_year"),
            pl.col("class").replace_strict(keys, return_dtype=pl.String).alias("basis"),
        ).sort(
            "household_no", pl.col("member_no").cast(pl.Int64, strict=False), "member_no",
            pl.col("class").replace_strict(order, return_dtype=pl.Int64), "item", "estimated", "cents",
            nulls_last=True, maintain_order=True,
        )
    )  # fmt: skip


def _households(
    every: pl.DataFrame, people: pl.DataFrame, declaration: pl.DataFrame, standard: pl.DataFrame
) -> pl.DataFrame:
    """ACCOUNT rows in the order of the households."""
    said = declared_income(declaration)
    asked = people.select(WHOSE).join(said, on=list(WHOSE), how="left", maintain_order="left")
    size = asked.group_by("household_no", maintain_order=True).agg(
        members=pl.len().cast(pl.Int64),
        declared=pl.when(pl.col("declared").is_not_null().all()).then((cents("declared") * 12).sum()),
    )
    spent, counted = pl.col("class") == "deduction", pl.col("counted")
    amount = pl.col("cents")
    sums = (
        every.filter(counted)
        .join(said.select(*WHOSE, "declared_on"), on=list(WHOSE), how="left", maintain_order="left")
        .group_by("household_no", maintain_order=True)
        .agg(
            gross=amount.filter(~spent).sum(),
            less=amount.filter(spent).sum(),
            estimated=amount.filter("estimated").sum(),
            who=pl.col("member_no").filter(amount.is_null()).sort().unique(maintain_order=True),
            changed=(pl.col("since") > pl.col("declared_on")).fill_null(value=False).any(),
            evidence=all_evidence().drop_nulls(),
        )
    )
    members = pl.col("members")
    known = pl.col("unknown") == 0
    told = (
        standard.join(size, on="household_no", maintain_order="left")
        .join(sums, on="household_no", how="left", maintain_order="left")
        .with_columns(
            pl.col("gross", "less", "estimated").fill_null(0),
            pl.col("changed").fill_null(value=False),
            unknown=pl.col("who").list.len().cast(pl.Int64).fill_null(0),
        )
        .with_columns(
            net=(pl.col("gross") - pl.col("less")).clip(0),
            certain=(pl.col("gross") - pl.col("less") - pl.col("estimated")).clip(0),
        )
        .with_columns(
            head=pl.when(known).then(half_up(pl.col("net"), members)),
            certain_head=pl.when(known).then(half_up(pl.col("certain"), members)),
            declared_head=half_up(pl.col("declared"), members),
        )
        .with_columns(over=_over("head"), certainly_over=_over("certain_head"))
        .with_columns(what_changes=_what_changes())
    )
    gap = (pl.col("standard_year") * members - pl.col("net")).clip(0)
    return ACCOUNT.fit(
        told.with_columns(
            yuan(pl.col("net")).alias("known_year"),
            income_year=pl.when(known).then(yuan("net")),
            estimated_year=yuan("estimated"),
            head_year=yuan("head"),
            certain_head_year=yuan("certain_head"),
            declared_head_year=yuan("declared_head"),
            margin_year=yuan(pl.col("standard_year") - pl.col("head")),
            gap_month=pl.when(known).then(yuan((gap + 1199) // 1200 * 100)),
            standard_year=yuan("standard_year"),
        )
    )


def _over(head: str) -> pl.Expr:
    """Whether a head's income is above the standard; where the programme wants it to be below, also when it is the same."""
    return (pl.col(head) > pl.col("standard_year")) | (pl.col("below") & (pl.col(head) == pl.col("standard_year")))


def _what_changes() -> pl.Expr:
    """What would bring the household to the other side of its standard, in words; null where it is not compared."""
    # 扣减多于收入的，多出的部分先要补上
    room = pl.col("standard_year") * pl.col("members") - pl.col("gross") + pl.col("less")
    who, month = pl.col("who").list.join("、"), yuan((room + 11) // 12)
    aside = pl.format("不计其中推算或估计的{}元，核算数为每人每年{}元", yuan("estimated"), yuan("certain_head"))
    more = pl.format("若家庭年收入少{}元，或者可扣减的必要支出多{}元，核算数将不高于标准", yuan(-room), yuan(-room))
    return (
        pl.when(pl.col("standard_year").is_null())
        .then(None)
        .when((pl.col("unknown") > 0) & (room < 0))
        .then(pl.format("成员{}收入不明；已知部分按全户人均已高于标准，仍待补齐。", who))
        .when(pl.col("unknown") > 0)
        .then(pl.format("成员{}收入不明；其月收入合计不超过{}元的，核算数不高于标准。", who, yuan(room // 12)))
        .when(pl.col("over") & ~pl.col("certainly_over"))
        .then(aside + pl.lit("，不高于标准。"))
        .when("over")
        .then(more + pl.lit("。"))
        .otherwise(pl.format("若任一成员月收入增加{}元，核算数将达到标准。", month))
    )
