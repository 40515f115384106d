"""What a rule hands back, and the words it is put together with."""

import polars as pl

from jiuzhu_check.tables.finding import EVIDENCE
from jiuzhu_check.tables.link import LINK
from jiuzhu_check.tables.schema import TEXT, Table

FOUND = Table(
    "found",
    "what one rule says of one subject of one household (and member)",
    {
        "household_no": TEXT,
        "member_no": TEXT,  # null: the household as a whole
        "subject": TEXT,
        "kind": TEXT,
        "declared": TEXT,  # null: left blank in the declaration
        "found": TEXT,
        "unit": TEXT,
        "status": TEXT,
        "sentence": TEXT,  # neutral Chinese, with figures, without names or numbers of people
        "evidence": pl.List(pl.Struct({key: LINK.columns[key] for key in EVIDENCE})),
    },
)


def evidence() -> pl.Expr:
    """A row's evidence: where the record stands, and why it is this member's."""
    return pl.struct(EVIDENCE).alias("evidence")


def all_evidence() -> pl.Expr:
    """Within a group: the evidence of all its rows."""
    return pl.col("evidence").explode()


def only_member() -> pl.Expr:
    """Within a group: the one member whose it is; null where it belongs to several, so to the household."""
    return pl.when(pl.col("member_no").n_unique() == 1).then(pl.col("member_no").first()).alias("member_no")


def status(changed: pl.Expr) -> pl.Expr:
    """待核实, or 申报后变化 where it changed."""
    return pl.when(changed).then(pl.lit("changed_since_declaration")).otherwise(pl.lit("to_verify")).alias("status")


def kind(question: pl.Expr) -> pl.Expr:
    """A question where something must be asked first, otherwise a difference."""
    return pl.when(question).then(pl.lit("question")).otherwise(pl.lit("difference")).alias("kind")
