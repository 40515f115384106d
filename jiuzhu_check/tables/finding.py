"""核对发现 finding: what is registered against what was declared or what the policy asks about. Never a verdict."""

import polars as pl

from jiuzhu_check.tables.schema import DATE, TEXT, WHOLE, Table

KINDS = ("difference", "question", "favourable")
STATUSES = ("to_verify", "changed_since_declaration")  # 待核实, 申报后变化: as a rule gives them
# What was answered already, and no less found for that: while record_mark is the same, nobody is asked again.
CLOSED = ("explained", "corrected", "cleared")
SETTLED = ("upheld", *CLOSED)
# Asked, again because what is registered or declared has changed since the answer, or because a household disputes it.
WAITING = (*STATUSES, "asked_again", "disputed")

FINDING = Table(
    "finding",
    "one household (and member), one rule, one subject",
    {
        "run": TEXT,
        "finding_id": TEXT,  # of household, member, rule and subject alone: it survives the next delivery
        "household_no": TEXT,
        "member_no": TEXT,  # null: the household as a whole
        "person_no": TEXT,
        "rule": TEXT,
        "subject": TEXT,  # the VIN, the unit number, the account; an item's name for a count
        "kind": TEXT,
        "declared": TEXT,  # null: left blank in the declaration
        "found": TEXT,
        "unit": TEXT,
        "tier": TEXT,  # the weakest tier of the records that it rests on
        "data_date": DATE,  # the oldest of the data that it rests on
        "status": TEXT,  # STATUSES; where somebody has answered or disputed, SETTLED or WAITING
        "evidence": TEXT,  # JSON list of records: EVIDENCE below
        "basis": TEXT,  # legal basis, in Chinese
        "first_seen": DATE,
        "newly_connected": TEXT,  # internal, for reports; 首次接入: titles of the sources it rests on that this run is the first to read: no news
        "record_mark": TEXT,  # internal: what the records behind it and the declaration say (rules/record_mark.py)
        "answer": TEXT,  # internal, for reports: what came back of it, the newest answer and an open dispute
        "title": TEXT,  # internal, for reports: the rule's title
        "sentence": TEXT,  # internal, for reports: what this finding says, in neutral Chinese
    },
)
# Keys of one piece of evidence, in this order.
EVIDENCE = ("source", "supplier", "snapshot", "extract", "sheet", "source_row", "slot", "tier", "reason", "data_date")
_INTERNAL = ("newly_connected", "record_mark", "answer", "title", "sentence")
FINDING_EXPORT = tuple(name for name in FINDING.columns if name not in _INTERNAL)
_PIECES = pl.List(pl.Struct({name: WHOLE if name in ("source_row", "slot") else TEXT for name in EVIDENCE}))


def evidence_pieces(findings: pl.DataFrame, *beside: str) -> pl.DataFrame:
    """One row for each piece of evidence, in the finding's order: finding_id, the columns beside it, EVIDENCE (as text).

    A finding without evidence has no row here.
    """
    return (
        findings.select("finding_id", *beside, pl.col("evidence").str.json_decode(_PIECES))
        .explode("evidence", empty_as_null=True)
        .drop_nulls("evidence")
        .unnest("evidence")
    )
