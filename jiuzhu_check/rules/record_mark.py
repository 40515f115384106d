"""记录标记 record mark: what the records behind a finding and the declaration say, in sixteen digits.

It stays the same in the next delivery while the record is the same, whichever file and row it then stands in, and is
another one as soon as the record, the declaration or what is found changes.
"""

import hashlib
from collections.abc import Mapping

import polars as pl

from jiuzhu_check.tables.record import ORIGIN, OWNED, RECORDS, telling

_HOME = "household_no"
_PLACE = (_HOME, *ORIGIN)  # of a record that was linked to a household
# Where a row stood, how it was spelt, and until when the department looked: none of it is what the record says.
_UNSAID = {
    *_PLACE,
    *OWNED,
    "owner_no_raw",
    "owner_name_raw",
    "owner_no_kind",
    "contradicts",
    "cert_no",
    "use_raw",
    "value_date",
}
_UNSAID -= {"source", "supplier"}
_OF_LINK = (
    "source",
    "supplier",
    "subject",
    "owner_no",
    "owner_name",
)  # of a link to review, which has no record beside it
_ABOUT = ("_piece", "_at")
_KIN = ("supporter_public_payroll", "spouse_public_payroll", "register_public_payroll")


def record_marks(findings: pl.DataFrame, tables: Mapping[str, pl.DataFrame]) -> pl.Series:
    """One mark a finding, in their order.

    findings: declared, found, unit, and as pieces the evidence, each record once
    tables:   as rules/run.py OFFERED; the records that the findings rest on are among them
    """
    each_piece = findings.select(_HOME, "pieces").with_row_index("_at").explode("pieces", empty_as_null=True)
    fields = [pl.col("pieces").struct.field(name) for name in ORIGIN]
    placed = each_piece.drop_nulls("pieces").select("_at", _HOME, *fields).with_row_index("_piece")
    held = [tables[name] for name in (*RECORDS, *_KIN, "review_link") if name in tables and tables[name].height]
    said = pl.concat([placed.clear().select(*_ABOUT, _said=pl.lit("")), *(_said(records, placed) for records in held)])
    unsaid = placed.join(said, on="_piece", how="anti").select(
        *_ABOUT, _said=pl.format("{} {} {}", "snapshot", "sheet", "source_row")
    )
    each = pl.concat([said, unsaid]).drop("_piece")
    several = pl.col("_at").is_duplicated()  # most findings rest on one record: nothing to put together
    together = each.filter(several).group_by("_at").agg(pl.col("_said").unique().sort().str.join("\x1e"))
    resting = pl.concat([each.filter(~several), together])
    told = findings.with_row_index("_at").join(resting, on="_at", how="left", maintain_order="left")
    words = [pl.col(name).fill_null("\0") for name in ("declared", "found", "unit", "_said")]
    return digits(told.select(pl.concat_str(words, separator="\x1d")).to_series())


def digits(texts: pl.Series) -> pl.Series:
    """Sixteen hexadecimal digits of each text: the beginning of its SHA-256."""
    sha256 = hashlib.sha256
    told = pl.Series([sha256(each).digest() for each in texts.cast(pl.Binary).to_list()], dtype=pl.Binary)
    return told.bin.slice(0, 8).bin.encode("hex")


def _said(records: pl.DataFrame, pieces: pl.DataFrame) -> pl.DataFrame:
    """_piece, _at and _said of the pieces of evidence that name one of the records: every value that is not blank, under its name."""
    place, first = [_HOME, *telling(records)], records.row(0, named=True)
    # what all records have in common is compared once, and little is left to join on
    theirs = pieces.filter(pl.col(name) == pl.lit(first[name]) for name in ORIGIN if name not in place)
    named = records.join(theirs, on=place, how="semi")
    if "owner_no_raw" in named.columns:  # a number that could not be read is what the record says
        named = named.with_columns(owner_no=pl.coalesce("owner_no", "owner_no_raw"))
        names = [name for name in named.columns if name not in _UNSAID]
    else:
        names = list(_OF_LINK)
    values = [pl.format(name + "={}", pl.col(name).cast(pl.String)) for name in sorted(names)]
    said = named.select(*place, _said=pl.concat_str(values, separator="\x1f", ignore_nulls=True))
    return theirs.join(said, on=place, how="inner").select(*_ABOUT, "_said")
