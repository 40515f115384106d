"""较上一版: what one version of a batch's report has that the one before had not, as a line and as a sheet."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from jiuzhu_check.reports.plain import hide_numbers, plain_frame
from jiuzhu_check.reports.plain_text import plain
from jiuzhu_check.reports.workbook import Column

TITLE = "较上一版"
COLUMNS = (
    Column("变化", 12),
    Column("乡镇", 12),
    Column("村", 12),
    Column("家庭编号", 14),
    Column("对象", 12),
    Column("事项", 44),
    Column("上一版", 26),
    Column("本版", 26),
)
CHANGES = {"added": "新增", "changed": "有变化", "gone": "不再有"}
_PLACE = ("township", "village", "household_no", "member_no", "rule", "finding_id")


@dataclass(frozen=True)
class Since:
    """What a worklist says of its version.

    line: the sentence of version_line
    rows: under COLUMNS; null of a first version
    """

    line: str
    rows: pl.DataFrame | None


def version_line(facts: Mapping[str, Any], before: Mapping[str, Any] | None) -> str:
    """One sentence on a BATCH_VERSION row; before: that of the version before. Zeros are said as zeros."""
    head = f"批次 {plain(str(facts['batch']))} 第 {facts['version']} 版（核对日 {facts['as_of']}）"
    arrived = facts["arrived"] or "无"
    if before is None:
        return f"{head}，首版：{facts['households']:,} 户 {facts['members']:,} 人；已读来源：{arrived}。"
    homes = (
        f"；批次由 {before['households']:,} 户 {before['members']:,} 人变为 {facts['households']:,} 户 {facts['members']:,} 人"
        if (before["households"], before["members"]) != (facts["households"], facts["members"])
        else ""
    )
    return (
        f"{head}，较第 {before['version']} 版（{before['as_of']}）：新到来源：{arrived}；"
        f"发现新增 {facts['added']:,} 条、有变化 {facts['changed']:,} 条、不再有 {facts['gone']:,} 条；"
        f"新核对 {facts['checked']:,} 人次、转为未核对 {facts['lapsed']:,} 人次{homes}。"
    )


def same_line(facts: Mapping[str, Any]) -> str:
    """One sentence where a check found nothing else than the version that there is."""
    return f"批次 {plain(str(facts['batch']))}：与第 {facts['version']} 版（核对日 {facts['as_of']}）相同，没有新版。"


def change_rows(
    arrived: str | None,
    findings: pl.DataFrame,
    cells: Mapping[str, pl.DataFrame],
    titles: Mapping[str, str],
    households: pl.DataFrame,
    members: pl.DataFrame,
) -> pl.DataFrame:
    """The rows under COLUMNS: what arrived, how many were checked by it, then each finding that changed.

    findings:   FINDING rows with change, declared_before, found_before
    cells:      heading → one row a member × source, to be counted by source
    titles:     source → title
    households: HOUSEHOLD of both versions, members likewise
    """
    told: list[tuple[str | None, ...]] = [("新到来源", None, None, None, None, arrived, None, None)] if arrived else []
    for heading, each in cells.items():
        counted = each.group_by("source").len().sort("source")
        told += [
            (heading, None, None, None, None, titles.get(source, source), None, f"{count:,} 人")
            for source, count in counted.iter_rows()
        ]
    changed = (
        plain_frame(findings)
        .join(plain_frame(households.select("household_no", "township", "village")), on="household_no", how="left")
        .join(
            plain_frame(members.select("household_no", "member_no", "name")),
            on=["household_no", "member_no"],
            how="left",
        )
        .sort(pl.col("change").replace_strict(list(CHANGES), range(len(CHANGES))), *_PLACE, nulls_last=True)
    )
    gone = pl.col("change") == "gone"
    now = _said("declared", "found")
    rows = changed.select(
        pl.col("change").replace_strict(CHANGES),
        "township",
        "village",
        "household_no",
        pl.when(pl.col("member_no").is_null()).then(pl.lit("全户")).otherwise("name").alias("name"),
        pl.concat_str("title", "sentence", separator="\n", ignore_nulls=True).alias("matter"),
        pl.when(gone)
        .then(now)
        .when(pl.col("change") == "changed")
        .then(_said("declared_before", "found_before"))
        .alias("before"),
        pl.when(~gone).then(now).alias("now"),
    )
    headings = [column.heading for column in COLUMNS]
    first = pl.DataFrame(told, schema=dict.fromkeys(headings, pl.String), orient="row")
    return hide_numbers(pl.concat([first, rows.rename(dict(zip(rows.columns, headings, strict=True)))]))


def _said(declared: str, found: str) -> pl.Expr:
    unit = pl.col("unit").fill_null("")
    return pl.format(
        "申报 {}；登记 {}",
        pl.coalesce(pl.col(declared) + unit, pl.lit("未填写")),
        pl.coalesce(pl.col(found) + unit, pl.lit("—")),
    )
