"""What a household declared, and when."""

import polars as pl

from jiuzhu_check.rules.once import once

TOLERANCE_YUAN = 1  # 申报按元填写，来源按分登记，一元以内不算不一致


def declared_count(declaration: pl.DataFrame, item: str) -> pl.DataFrame:
    """One row a household that has a row for the item: household_no, declared (whole number), declared_on.

    A household's count stands in its household row; of several the newest holds. Null: left blank, and not zero.
    """
    return declared_sum(declaration, item).with_columns(pl.col("declared").cast(pl.Int64))


@once
def declared_sum(declaration: pl.DataFrame, item: str) -> pl.DataFrame:
    """As declared_count, in yuan."""
    return _newest(declaration.filter(pl.col("item") == item, pl.col("member_no").is_null()), "household_no")


@once
def declared_income(declaration: pl.DataFrame) -> pl.DataFrame:
    """One row a member that has a row for it: household_no, member_no, declared (yuan a month), declared_on.

    Null: left blank, and not zero.
    """
    incomes = declaration.filter(pl.col("item") == "income_month", pl.col("member_no").is_not_null())
    return _newest(incomes, "household_no", "member_no")


@once
def last_declared(declaration: pl.DataFrame) -> pl.DataFrame:
    """One row a household: household_no, declared_on, the newest date of anything it declared."""
    return declaration.group_by("household_no", maintain_order=True).agg(pl.col("declared_on").max())


def registered_later() -> pl.Expr:
    """Whether a thing was registered after the declaration; false where either date is not known."""
    return (pl.col("record_date") > pl.col("declared_on")).fill_null(value=False)


def undated() -> pl.Expr:
    """Whether nobody can say if a thing was registered before or after the declaration."""
    return pl.col("record_date").is_null() | pl.col("declared_on").is_null()


def later_words() -> pl.Expr:
    """The words that say that a thing was registered after the declaration."""
    return pl.format("登记日期{}晚于申报日期{}，属申报后变化，请核实。", "record_date", "declared_on")


def _newest(declaration: pl.DataFrame, *whose: str) -> pl.DataFrame:
    return (
        declaration.sort("declared_on", "declared", nulls_last=False)
        .group_by(whose, maintain_order=True)
        .agg(pl.col("declared", "declared_on").last())
    )
