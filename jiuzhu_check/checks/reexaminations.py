"""复查结果的存放与效力 reexaminations: what townships said of findings, and what stands of it in a run.

An answer stands in every later run while the record behind the finding and the declaration say the same. Then the
finding stays where it is and nobody is asked again. When they change, it is asked again, with the old answer beside it.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import polars as pl

from jiuzhu_check.checks.appended import append, fingerprint, read_appended
from jiuzhu_check.store.snapshot import Store
from jiuzhu_check.tables.dispute import DISPUTE
from jiuzhu_check.tables.reexamination import OUTCOMES, REEXAMINATION

DATASET, DISPUTES = "reexaminations", "disputes"


def read_reexaminations(store: Store, until: date = date.max) -> pl.DataFrame:
    """All REEXAMINATION rows, oldest first, that were signed until a day."""
    every = read_appended(store, DATASET, REEXAMINATION)
    return every.filter(pl.col("signed_on") <= until) if every.height else every


def open_disputes(store: Store, on: date = date.max) -> pl.DataFrame:
    """The newest DISPUTE row of each dispute that was open on a day, as far as it then stood."""
    every = read_appended(store, DISPUTES, DISPUTE)
    if every.is_empty():
        return every
    told = every.filter(pl.col("opened_on") <= on)
    then = told.filter(pl.col("closed_on").is_null() | (pl.col("closed_on") <= on))
    newest = then.unique("dispute_no", keep="last", maintain_order=True)
    return newest.filter(pl.col("event") != "closed")


def record(store: Store, rows: Sequence[dict[str, Any]], now: datetime) -> pl.DataFrame:
    """Add answers, in their order, to those there are; the REEXAMINATION rows added. The caller holds the lock.

    rows: REEXAMINATION without reexamination_no and taken_at, already checked
    """
    before = read_appended(store, DATASET, REEXAMINATION).height
    schema = {name: dtype for name, dtype in REEXAMINATION.columns.items() if name != "reexamination_no"}
    added = pl.DataFrame(rows, schema=schema).with_columns(
        reexamination_no=pl.Series([f"R{before + place:06}" for place in range(1, len(rows) + 1)], dtype=pl.String),
        taken_at=pl.lit(now.isoformat(timespec="seconds")),
    )
    return append(store, DATASET, REEXAMINATION, added)


def standing(store: Store, findings: pl.DataFrame, on: date = date.max) -> tuple[pl.DataFrame, str]:
    """The findings with what stands of them on a day, and the fingerprint of what it rests on; see answered."""
    told, disputes = read_reexaminations(store, on), open_disputes(store, on)
    return answered(findings, told, disputes), fingerprint(told, disputes)


def counting(findings: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """Of each finding that was answered the answer that counts: the newest on the record as it is, else the newest.

    findings: finding_id, record_mark and data_date
    told:     REEXAMINATION rows, oldest first
    returns:  finding_id, outcome, said (in words), same (whether record and declaration are as they were answered; not
              where the finding has no mark), late (whether data of a later day than the answer shows what was to be
              corrected)
    """
    in_order = told.sort("signed_on", maintain_order=True).select(
        "finding_id", "outcome", "signed_on", said=in_words(), _mark="record_mark"
    )
    of_this = in_order.join(
        findings, left_on=["finding_id", "_mark"], right_on=["finding_id", "record_mark"], how="semi"
    )
    newest = pl.concat([in_order, of_this]).unique("finding_id", keep="last")
    same = (pl.col("_mark") == pl.col("record_mark")).fill_null(value=False)
    late = ((pl.col("outcome") == "corrected") & (pl.col("data_date") > pl.col("signed_on"))).fill_null(value=False)
    return (
        findings.select("finding_id", "record_mark", "data_date")
        .join(newest, on="finding_id")
        .select("finding_id", "outcome", "said", same=same, late=late)
    )


def answered(findings: pl.DataFrame, told: pl.DataFrame, disputes: pl.DataFrame) -> pl.DataFrame:
    """The same findings in the same order, status and answer filled in where somebody has answered or disputed.

    told:     REEXAMINATION rows, oldest first; of a finding the newest on the record as it is counts, else the newest
    disputes: open DISPUTE rows
    """
    if told.is_empty() and disputes.is_empty():
        return findings
    argued = disputes.unique("finding_id", keep="last", maintain_order=True).select(
        "finding_id", _dispute=_dispute_in_words()
    )
    said, argument, stands = pl.col("said"), pl.col("_dispute"), pl.col("same") & ~pl.col("late")
    answer = (
        pl.when(stands)
        .then(said)
        .when("same")
        .then(pl.format("原答复已更正，数据时点 {} 的登记仍是原样，请再核实；原答复：{}", "data_date", said))
        .otherwise(pl.format("登记或申报已变，请再核实；原答复：{}", said))
    )
    known = findings.join(counting(findings, told), on="finding_id", how="left", maintain_order="left").join(
        argued, on="finding_id", how="left", maintain_order="left"
    )
    return known.with_columns(
        status=pl.when(argument.is_not_null())
        .then(pl.lit("disputed"))
        .when(pl.col("outcome").is_null())
        .then("status")
        .when(stands)
        .then("outcome")
        .otherwise(pl.lit("asked_again")),
        answer=pl.concat_str(
            pl.when(said.is_not_null()).then(answer), argument, separator="\n", ignore_nulls=True
        ).replace("", None),
    ).select(findings.columns)


def in_words() -> pl.Expr:
    """已说明（张三，2018-12-05，文号 某〔2018〕1号）：车已报废"""
    document = pl.format("，文号 {}", "document_no").fill_null("")
    by = pl.format("（{}，{}{}）", "signer", "signed_on", document)
    return pl.col("outcome").replace(OUTCOMES) + by + pl.format("：{}", "note").fill_null("")


def _dispute_in_words() -> pl.Expr:
    """异议 Y000001 办理中（2018-12-05 提出，2018-12-19 前办结）"""
    until = (
        pl.when(pl.col("evidence_on").is_null())
        .then(pl.lit("，待提交材料"))
        .when(pl.col("due_on").is_null())
        .then(pl.lit("，政策没有规定复查期限"))
        .otherwise(pl.format("，{} 前办结", "due_on"))
    )
    return pl.format("异议 {} 办理中（{} 提出{}）", "dispute_no", "opened_on", until)
