"""未居住的祖屋: what a household declares as an old house that nobody lives in, to be looked at before it counts."""

import polars as pl

from jiuzhu_check.rules.declared import declared_count


def declared_ancestral(declaration: pl.DataFrame) -> pl.DataFrame:
    """One row a household that says so: household_no, ancestral (how many, at least one)."""
    said = declared_count(declaration, "ancestral_house").filter(pl.col("declared") > 0)
    return said.select("household_no", ancestral="declared")


def may_be_ancestral(homes: pl.DataFrame, declaration: pl.DataFrame) -> pl.DataFrame:
    """The homes, in doubt where the register or the household's declaration says that one of them may be such a house.

    The declaration does not say which home it means, so where it explains all that is registered beyond the declared
    count, each of them is in doubt.
    """
    beyond = pl.len().over("household_no") - pl.col("declared").fill_null(0)
    declared = pl.when((beyond <= pl.col("ancestral")).fill_null(value=False)).then(
        pl.format("家庭申报有未居住祖屋{}处", "ancestral")
    )
    written = pl.when("old").then(pl.lit("登记中写明是老宅、祖屋"))
    count = declared_count(declaration, "dwelling").select("household_no", "declared")
    return (
        homes.join(declared_ancestral(declaration), on="household_no", how="left", maintain_order="left")
        .join(count, on="household_no", how="left", maintain_order="left")
        .with_columns(pl.coalesce("doubt", written, declared).alias("doubt"))
        .drop("declared")
    )
