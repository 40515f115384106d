"""核对总览: one HTML file of counts for whoever leads the office. It names nobody and asks the outside for nothing."""

from datetime import date

import polars as pl

from jiuzhu_check.reports import wording
from jiuzhu_check.reports.chart import HATCH, Bar, stacked_bars
from jiuzhu_check.reports.page import page, safe, section, table
from jiuzhu_check.reports.results import (
    coverage_by_source,
    household_results,
    signed,
    unchecked_reasons,
    unsigned_sources,
)

TITLE = "社会救助家庭经济状况核对总览"
FEWEST = 5  # a township's smaller counts are not shown: they could point at a household


def overview_html(
    run: pl.DataFrame,
    households: pl.DataFrame,
    members: pl.DataFrame,
    findings: pl.DataFrame,
    coverage: pl.DataFrame,
    source_states: pl.DataFrame,
    *,
    version: str = "",
) -> str:
    """The page: households by result, findings by rule, coverage by source, data dates, townships.

    version: of a batch's report, which one it is and what is new in it

    Counts only. raises: AssertionError where members x signed sources do not add up
    """
    results = household_results(households, findings, coverage)
    as_of = run["as_of"].item()
    parts = (
        _head(run, version),
        _figures(results, members, findings),
        _by_result(results),
        _by_rule(findings),
        _by_source(
            coverage_by_source(members, coverage, source_states, households),
            some=source_states["unsigned_for"].null_count() < source_states.height,
        ),
        _by_reason(coverage),
        _data_dates(source_states, as_of),
        _by_township(households, results),
        _foot(source_states),
    )
    return page(f"{TITLE} {as_of}", "\n".join(parts))


def _head(run: pl.DataFrame, version: str) -> str:
    facts = run.row(0, named=True)
    kind = wording.RUN_KINDS.get(facts["kind"], facts["kind"])
    return (
        f"<header><h1>{safe(TITLE)}</h1>"
        f'<p class="soft">核对日期 {safe(facts["as_of"])}　批次 {safe(facts["run"])}　{safe(kind)}　'
        f"区划 {safe(facts['region'])}</p>"
        + (f'<p class="soft">{safe(version)}</p>' if version else "")
        + f'<p class="principle">{safe(wording.PRINCIPLE)}</p></header>'
    )


def _figures(results: pl.DataFrame, members: pl.DataFrame, findings: pl.DataFrame) -> str:
    figures = (
        ("应核对", results.height, f"户 {members.height:,} 人"),
        (wording.COMPLETE[True], int(results["complete"].sum()), "户"),
        (wording.FOUND[True], int(results["found"].sum()), "户"),
        ("发现", findings.height, "条"),
    )
    cells = (
        f"<div><dt>{safe(name)}</dt><dd>{count:,}<small>{safe(unit)}</small></dd></div>"
        for name, count, unit in figures
    )
    return f'<dl class="figures">{"".join(cells)}</dl>'


def _by_result(results: pl.DataFrame) -> str:
    counts = {
        found: [
            results.filter((pl.col("found") == found) & (pl.col("complete") == whole)).height for whole in (True, False)
        ]
        for found in (False, True)
    }
    total = results.height
    bars = [
        Bar(wording.FOUND[found], both, f"{sum(both):,} 户 {_share(sum(both), total)}")
        for found, both in counts.items()
    ]
    rows = [(wording.FOUND[found], *both, sum(both), _share(sum(both), total)) for found, both in counts.items()]
    columns = [sum(pair) for pair in zip(*counts.values(), strict=True)]
    parts = [(wording.COMPLETE[True], "full"), (wording.COMPLETE[False], HATCH)]
    return section(
        "家庭核对结果",
        "结果分两部分，互不遮盖：查到了什么，和还有什么没有核到。信息不全的家庭，未发现不等于没有。",
        stacked_bars("家庭核对结果", parts, bars, unit="户"),
        table(
            ("结果", *(name for name, _ in parts), "合计（户）", "占比"),
            rows,
            ("合计", *columns, total, _share(total, total)),
            numbers=4,
        ),
    )


def _by_rule(findings: pl.DataFrame) -> str:
    kinds = list(wording.KINDS)
    counted = (
        findings.group_by("rule")
        .agg(pl.col("title").first(), *((pl.col("kind") == kind).sum().cast(pl.Int64).alias(kind) for kind in kinds))
        .sort(pl.sum_horizontal(kinds), "rule", descending=[True, False])
    )
    rows = [(title or rule, *counts) for rule, title, *counts in counted.iter_rows()]
    looks = ("full", "mid", "light")
    parts = [(title, look) for title, look in zip(wording.KINDS.values(), looks, strict=True)]
    total = [int(counted[kind].sum()) for kind in kinds]
    return section(
        "各项规则的发现",
        "“登记与申报不一致”和“需询问”都是待核实事项；有利事实也列出，供应保尽保时参考。",
        stacked_bars(
            "各项规则的发现", parts, [Bar(name, counts, f"{sum(counts):,} 条") for name, *counts in rows], unit="条"
        ),
        table(
            ("规则", *wording.KINDS.values(), "合计（条）"),
            [(name, *counts, sum(counts)) for name, *counts in rows],
            ("合计", *total, sum(total)),
            numbers=4,
        ),
    )


def _by_source(states: pl.DataFrame, *, some: bool) -> str:
    names = list(wording.COVERAGE_STATES)
    looks = ("full", "mid", HATCH)
    parts = [(title, look) for title, look in zip(wording.COVERAGE_STATES.values(), looks, strict=True)]
    rows = [(row["title"], [row[name] for name in names], row["total"]) for row in states.iter_rows(named=True)]
    bars = [Bar(title, counts, f"未核对 {_share(counts[-1], total)}") for title, counts, total in rows]
    sums = [int(states[name].sum()) for name in names]
    return section(
        "各来源的核对覆盖",
        "每位成员在每个签约来源中只有一种状态；三种状态之和等于应核对人数。"
        + ("来源对部分救助类别未签约的，只计已签约类别的成员。" if some else ""),
        stacked_bars("各来源的核对覆盖", parts, bars, unit="人"),
        table(
            ("来源", *(f"{title}（人）" for title, _ in parts), "合计"),
            [(title, *(_with_share(count, total) for count in counts), total) for title, counts, total in rows],
            ("合计（人次）", *(_with_share(count, sum(sums)) for count in sums), sum(sums)),
            numbers=4,
        ),
    )


def _by_reason(coverage: pl.DataFrame) -> str:
    rows = list(unchecked_reasons(coverage).iter_rows())
    cells = sum(cells for _, _, cells in rows)
    return section(
        "未核对的原因",
        "同一人可有多种原因，人数不相加；人次为成员与来源的组合，与上表未核对合计一致。",
        table(("原因", "人", "人次"), rows, ("合计", "—", cells), numbers=2),
    )


def _data_dates(source_states: pl.DataFrame, as_of: date) -> str:
    due = source_states.filter(pl.col("requirement") != "unsigned")
    many = due.group_by("source").len().filter(pl.col("len") > 1)["source"].to_list()
    bars, rows = [], []
    for row in due.iter_rows(named=True):
        name = (row["title"] or row["source"]) + (f"（{row['supplier']}）" if row["source"] in many else "")
        state = wording.SOURCE_STATES.get(row["state"], row["state"]) + (
            "（首次接入）" if row["newly_connected"] else ""
        )
        state += "（仍用旧的）" if row["refused"] and row["data_date"] else ""
        age = (as_of - row["data_date"]).days if row["data_date"] else None
        fresh = row["state"] == "arrived"
        bars.append(
            Bar(
                name,
                ((age or 0) if fresh else 0, 0 if fresh else (age or 0)),
                _age(age, state),
                spoken=_age(age, state),
            )
        )
        need = wording.REQUIREMENTS.get(row["requirement"], row["requirement"])
        need += f"（{row['required_for']}）" if row["required_for"] else ""
        days, unusable = "—" if age is None else age, "—" if row["unusable"] is None else row["unusable"]
        rows.append((name, need, state, row["data_date"] or "—", unusable, days))
    return section(
        "各来源的数据时点",
        f"距核对日期 {as_of} 的天数。过期、缺失、损坏的来源，其成员列为未核对。号码不可用的记录只能按姓名和残留的号码比对，“未发现记录”不含其中找不到归属的。",
        stacked_bars("各来源数据时点距核对日期的天数", [("到位", "full"), ("过期或未采用", HATCH)], bars, unit="天"),
        table(("来源", "要求", "状态", "数据时点", "号码不可用（条）", "距今（天）"), rows, numbers=3),
    )


def _age(age: int | None, state: str) -> str:
    return f"{state}，没有数据" if age is None else f"{state}，{age:,} 天"


def _by_township(households: pl.DataFrame, results: pl.DataFrame) -> str:
    counted = (
        households.select("household_no", pl.col("township").fill_null("乡镇未登记"))
        .join(results, on="household_no")
        .group_by("township")
        .agg(
            pl.len().cast(pl.Int64).alias("households"),
            pl.col("found").sum().cast(pl.Int64),
            (~pl.col("complete")).sum().cast(pl.Int64).alias("incomplete"),
        )
        .sort("township")
    )
    columns = [suppressed(counted[name].to_list()) for name in ("households", "found", "incomplete")]
    return section(
        "各乡镇（街道）",
        f"少于 {FEWEST} 户的格不显示具体数。一列只隐去一格时，另隐去一格（记作“…”），以免由合计推算；本表不列合计。",
        table(
            ("乡镇（街道）", "应核对（户）", wording.FOUND[True], wording.COMPLETE[False]),
            list(zip(counted["township"], *columns, strict=True)),
            numbers=3,
        ),
    )


def suppressed(counts: list[int]) -> list[int | str]:
    """Counts of 1 to 4 as <5; where that hides a single cell, the next smallest goes too, or the total would tell."""
    hidden = [place for place, count in enumerate(counts) if 0 < count < FEWEST]
    shown: list[int | str] = [f"<{FEWEST}" if place in hidden else count for place, count in enumerate(counts)]
    others = [place for place, count in enumerate(counts) if count >= FEWEST]
    if len(hidden) == 1 and others:
        shown[min(others, key=lambda place: counts[place])] = "…"
    return shown


def _foot(source_states: pl.DataFrame) -> str:
    names = unsigned_sources(source_states)
    count = signed(source_states).height
    return (
        f"<footer><p>签约来源 {count:,} 个；未签约：{safe('、'.join(names) or '无')}。"
        "未签约的来源没有核对，不代表没有登记。</p>"
        "<p>内部资料。本页只有计数，没有个人信息。</p></footer>"
    )


def _share(count: int, total: int) -> str:
    return f"{count / total:.1%}" if total else "—"


def _with_share(count: int, total: int) -> str:
    return f"{count:,} ({_share(count, total)})"
