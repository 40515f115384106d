"""What the policy asks about wherever it is registered: shared by the rules that say so of each thing."""

import polars as pl

from jiuzhu_check.rules.declared import last_declared, later_words, registered_later
from jiuzhu_check.rules.found import kind, status


def asked_about(things: pl.DataFrame, declaration: pl.DataFrame, noun: pl.Expr, unit: str) -> pl.DataFrame:
    """Each thing that the policy asks about, as a rule finds it: a difference only where the policy says so.

    things: one row a household and thing, with subject, member_no, policy (difference, question or not_asked; null:
            a question), doubt (why it must be asked first, in Chinese; null where nothing is in doubt), record_date,
            evidence
    noun:   what it is called
    """
    later, doubt = registered_later(), pl.col("doubt")
    differs = (pl.col("policy") == "difference").fill_null(value=False)
    ending = (
        pl.when(later)
        .then(later_words())
        .when(doubt.is_not_null())
        .then(pl.format("{}，请核实。", "doubt"))
        .when(differs)
        .then(pl.lit("与当地政策规定不一致，待核实。"))
        .otherwise(pl.lit("请核实其来源和用途。"))
    )
    return (
        things.filter(pl.col("policy").ne_missing("not_asked"))
        .join(last_declared(declaration), on="household_no", how="left")
        .with_columns(
            kind(~differs | later | doubt.is_not_null()),
            status(later),
            declared=pl.lit(None),
            found=pl.lit("1"),
            unit=pl.lit(unit),
            sentence=pl.format(f"登记有{{}}1{unit}；", noun) + ending,
        )
    )
