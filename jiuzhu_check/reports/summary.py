"""早间摘要: three lines that say what was checked, what was not and what is new, and the counts under them."""

from dataclasses import dataclass, field

import polars as pl

from jiuzhu_check.reports import wording
from jiuzhu_check.reports.results import (
    complete_members,
    coverage_by_source,
    household_results,
    review_items,
    unchecked_reasons,
    unsigned_sources,
)
from jiuzhu_check.tables.decoy import DECOY
from jiuzhu_check.tables.finding import SETTLED


@dataclass(frozen=True)
class MorningSummary:
    """One run in counts.

    gaps:    reason, members, cells; a member with two reasons counts under both
    sources: SOURCE_STATE, one row a source and supplier
    new:     findings by kind whose finding_id the previous run did not have, without those of newly connected sources
             and those of which an answer stands; every kind is named, 0 where none
    first_night: title, findings: those that rest on newly connected sources and that the previous run did not have
    again:   findings that were answered before and, since the previous run, have to be asked again
    settled: findings of which an answer stands
    by_rule: rule, title, kind, findings, new
    by_tier: tier, meaning, status, links
    by_state: source, title, hit, no_record, unchecked, total; each row's three states add up to the members whose
             programme has signed it
    decoys:  DECOY rows
    portion: what part of the recipients it was of; empty: of all
    uncovered: members of households whose programme has signed nothing at all
    """

    households: int
    members: int
    complete_households: int
    complete_members: int
    gaps: pl.DataFrame
    sources: pl.DataFrame
    first_run: bool
    findings: int
    new: dict[str, int]
    first_night: pl.DataFrame
    review: int
    review_first_night: int
    again: int
    settled: int
    missing_parameters: str
    by_rule: pl.DataFrame
    by_tier: pl.DataFrame
    by_state: pl.DataFrame
    decoys: pl.DataFrame = field(default_factory=DECOY.empty)
    uncovered: int = 0
    portion: str = ""

    def lines(self) -> list[str]:
        """Exactly three lines: what was checked, which sources came, what is new. Zeros are said as zeros."""
        return [self._checked(), self._arrived(), self._what_is_new()]

    def proof(self) -> list[str]:
        """How many decoys were linked, tier by tier; and one line more for each source in which that closed a tier."""
        return [decoy_line(self.decoys), *closed_lines(self.decoys)] if self.decoys.height else []

    def _checked(self) -> str:
        households, members = self.households - self.complete_households, self.members - self.complete_members
        reasons = "、".join(f"{reason} {count:,} 人" for reason, count, _ in self.gaps.iter_rows())
        if self.gaps["members"].sum() > members:
            reasons += "，同一人可有多种原因"
        if not reasons and members:
            reasons = "没有签约来源"
        elif self.uncovered:
            reasons += f"，另有 {self.uncovered:,} 人所属救助类别没有签约来源"
        part = f"（{wording.PORTION.format(portion=self.portion)}）" if self.portion else ""
        return (
            f"核对{part}：应核对 {self.households:,} 户 {self.members:,} 人；"
            f"已全部核对 {self.complete_households:,} 户 {self.complete_members:,} 人；"
            f"信息不全 {households:,} 户 {members:,} 人" + (f"（{reasons}）。" if reasons else "。")
        )

    def _arrived(self) -> str:
        due = self.sources.filter(pl.col("requirement") != "unsigned")
        required = due.filter(pl.col("requirement") == "required").height
        several = due.filter(pl.col("source").is_duplicated())["source"]
        states = "；".join(
            _counted(wording.SOURCE_STATES[state], due.filter(pl.col("state") == state), several)
            for state in ("arrived", "partial", "stale", "missing", "damaged")
            if state != "partial" or (due["state"] == state).any()
        )
        unsigned = self.sources.filter(pl.col("requirement") == "unsigned").unique("source", maintain_order=True)
        some = unsigned_sources(self.sources.filter(pl.col("requirement") != "unsigned"))
        partly = f"；部分类别未签约 {len(some):,} 项：{'、'.join(some)}" if some else ""
        return (
            f"来源：应到 {due.height:,} 项（必需 {required:,} 项）；{states}；"
            f"{_counted('未签约', unsigned, several)}{partly}。"
        )

    def _what_is_new(self) -> str:
        since = "首次核对，新增" if self.first_run else "较上次新增"
        kinds = "、".join(f"{title} {self.new[kind]:,}" for kind, title in wording.KINDS.items())
        apart = "、".join(f"{title}：{count:,} 条" for title, count in self.first_night.iter_rows())
        apart = f"，另有首次接入来源 {apart}，不计为新增" if apart else ""
        first = f"（其中首次接入来源 {self.review_first_night:,} 条）" if self.review_first_night else ""
        again = f"；答复后登记或申报又变、须再核实 {self.again:,} 条" if self.again else ""
        settled = f"（其中已核实 {self.settled:,} 条）" if self.settled else ""
        return (
            f"发现：{since} {sum(self.new.values()):,} 条（{kinds}）{apart}{again}，现有共 {self.findings:,} 条{settled}；"
            f"记录归属待复核 {self.review:,} 条{first}；县级标准缺：{self.missing_parameters or '无'}。"
        )


def morning_summary(
    run: pl.DataFrame,
    households: pl.DataFrame,
    members: pl.DataFrame,
    findings: pl.DataFrame,
    coverage: pl.DataFrame,
    source_states: pl.DataFrame,
    links: pl.DataFrame,
    *,
    previous_findings: pl.DataFrame | None = None,
    decoys: pl.DataFrame | None = None,
) -> MorningSummary:
    """The run in counts.

    run:               RUN, its one row
    previous_findings: FINDING of the run before; None where this is the first
    decoys:            DECOY rows, where there were decoys
    raises:            AssertionError where members x signed sources != hit + no_record + unchecked
    """
    by_state = coverage_by_source(members, coverage, source_states, households)
    marked = _mark_new(findings, previous_findings)
    newly = source_states.filter(pl.col("newly_connected").fill_null(value=False))
    return MorningSummary(
        households=households.height,
        members=members.height,
        complete_households=int(household_results(households, findings, coverage)["complete"].sum()),
        complete_members=complete_members(members, coverage).height,
        gaps=unchecked_reasons(coverage),
        sources=source_states,
        first_run=previous_findings is None,
        findings=findings.height,
        new={kind: marked.filter(pl.col("new") & (pl.col("kind") == kind)).height for kind in wording.KINDS},
        first_night=_first_night(marked),
        review=review_items(links),
        review_first_night=review_items(links.join(newly, on=["source", "supplier"], how="semi")),
        again=marked.filter("again").height,
        settled=findings.filter(pl.col("status").is_in(SETTLED)).height,
        missing_parameters=run["missing_parameters"].item() or "",
        by_rule=_by_rule(marked),
        by_tier=_by_tier(links),
        by_state=by_state.with_columns(
            pl.when(pl.col("source").is_in(newly["source"].implode()))
            .then(pl.col("title") + "（首次接入）")
            .otherwise("title")
            .alias("title")
        ),
        decoys=DECOY.empty() if decoys is None else decoys,
        portion=wording.portion(run["portion"].item()),
        uncovered=members.join(coverage, on=["household_no", "member_no"], how="anti").height,
    )


def decoy_line(decoys: pl.DataFrame) -> str:
    """诱饵核验：2,000 人，A1 0、B1 0 …: links that would have been accepted, of all sources together, zeros as zeros."""
    accepting = decoys.filter(pl.col("tier").str.contains("^[AB]"))
    told = accepting.group_by("tier").agg(pl.col("accepted").sum()).sort("tier")
    tiers = "、".join(f"{tier} {accepted:,}" for tier, accepted in told.iter_rows())
    people: int = decoys["decoys"][0]
    bound = f"；一层级未见误采信时，误采信率大约不超过 3/{people:,}" if people else ""
    return f"诱饵核验：{people:,} 人，误采信 {tiers} 条{bound}。"


def closed_lines(decoys: pl.DataFrame) -> list[str]:
    """One line for each source and supplier in which a tier was closed."""
    shut = decoys.filter(pl.col("closed") == "yes")
    return [
        f"！层级关闭：{source}（{supplier}）的 "
        + "、".join(f"{tier}（误采信 {accepted:,} 条）" for tier, accepted in of.select("tier", "accepted").iter_rows())
        + " 误采信诱饵超过限度，该来源这些层级的关联全部改为待复核；请查明原因后再用。"
        for (source, supplier), of in shut.group_by("source", "supplier", maintain_order=True)
    ]


def _mark_new(findings: pl.DataFrame, previous: pl.DataFrame | None) -> pl.DataFrame:
    seen = previous["finding_id"].unique() if previous is not None else pl.Series(dtype=pl.String)
    asked = findings.clear() if previous is None else previous.filter(pl.col("status") == "asked_again")
    unseen = ~pl.col("finding_id").is_in(seen.implode()) & ~pl.col("status").is_in(SETTLED)
    again = (pl.col("status") == "asked_again") & ~pl.col("finding_id").is_in(asked["finding_id"].implode())
    apart = pl.col("newly_connected").is_not_null()
    return findings.with_columns(new=unseen & ~apart & ~again, first_night=unseen & apart & ~again, again=again)


def _first_night(marked: pl.DataFrame) -> pl.DataFrame:
    counted = marked.filter("first_night").group_by(title="newly_connected").agg(findings=pl.len().cast(pl.Int64))
    return counted.sort("title")


def _by_rule(marked: pl.DataFrame) -> pl.DataFrame:
    counted = marked.group_by("rule", "kind").agg(
        pl.col("title").first(),
        pl.len().cast(pl.Int64).alias("findings"),
        pl.col("new").sum().cast(pl.Int64),
    )
    order = pl.col("kind").replace_strict(list(wording.KINDS), range(len(wording.KINDS)), return_dtype=pl.Int64)
    return counted.sort("rule", order).select("rule", "title", "kind", "findings", "new")


def _by_tier(links: pl.DataFrame) -> pl.DataFrame:
    meaning = pl.col("tier").replace_strict(wording.TIERS, default="", return_dtype=pl.String)
    counted = links.group_by("tier", "status").agg(pl.len().cast(pl.Int64).alias("links"))
    return counted.sort("tier", "status").select("tier", meaning.alias("meaning"), "status", "links")


def _counted(state: str, rows: pl.DataFrame, several: pl.Series) -> str:
    """缺失 0 项 · 到位 3 项：机动车 2018-11-30、不动产 2 地 2018-11-30. several: sources of many suppliers."""
    named = "、".join(_named(of_source, several) for _, of_source in rows.group_by("source", maintain_order=True))
    return f"{state} {rows.height:,} 项" + (f"：{named}" if named else "")


def _named(rows: pl.DataFrame, several: pl.Series) -> str:
    title, supplier = rows["title"][0] or rows["source"][0], rows["supplier"][0]
    if rows.height > 1:
        title += f" {rows.height:,} 地"
    elif rows["source"][0] in several and supplier:
        title += f"（{supplier}）"
    dates = [str(day) for day in rows["data_date"].drop_nulls().unique().sort()]
    days = f"{dates[0]} 至 {dates[-1]}" if len(dates) > 1 else "".join(dates)
    first = "（首次接入）" if rows["newly_connected"].fill_null(value=False).any() else ""
    kept = "（本次交付被退回，仍用旧的）" if rows["refused"].fill_null(0).sum() and dates else ""
    return f"{title} {days}".rstrip() + first + kept
