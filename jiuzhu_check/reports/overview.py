"""核对总览: one HTML file of counts for whoever leads the office. It names nobody and asks the outside for nothing.

Its labels speak the chosen language. What rules, sources, reasons and places are called stays Chinese: there the terms of
the law are exact.
"""

from datetime import date

import polars as pl

from jiuzhu_check.language import say, spoken
from jiuzhu_check.reports import wording
from jiuzhu_check.reports.chart import HATCH, Bar, stacked_bars
from jiuzhu_check.reports.page import MANY, contents, folding, in_chinese, page, safe, section, table
from jiuzhu_check.reports.results import (
    coverage_by_source,
    household_results,
    signed,
    unchecked_reasons,
    unsigned_sources,
)
from jiuzhu_check.reports.statistics.small_cells import shown_column

FEWEST = 5  # a township's smaller counts are not shown: they could point at a household
NONE = "—"


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

    Counts only, so that it is as long for 157,000 persons as for a hundred.
    raises: AssertionError where members x signed sources do not add up
    """
    results = household_results(households, findings, coverage)
    as_of = run["as_of"].item()
    by_source = coverage_by_source(members, coverage, source_states, households)
    some = source_states["unsigned_for"].null_count() < source_states.height
    sections = (
        ("results", say("家庭核对结果"), _by_result(results)),
        ("rules", say("各项规则的发现"), _by_rule(findings)),
        ("coverage", say("各来源的核对覆盖"), _by_source(by_source, some=some)),
        ("reasons", say("未核对的原因"), _by_reason(coverage)),
        ("dates", say("各来源的数据时点"), _data_dates(source_states, as_of)),
        ("townships", say("各乡镇（街道）"), _by_township(households, results)),
    )
    parts = (
        _head(run, version),
        contents([(name, heading) for name, heading, _ in sections]),
        _figures(results, members, findings),
        *(section(heading, *inner, name=name, long=len(inner[-1]) > _LONG) for name, heading, inner in sections),
        _foot(source_states),
    )
    return page(f"{say('社会救助家庭经济状况核对总览')} {as_of}", "\n".join(parts))


_LONG = 12_000  # characters of HTML: more than a sheet of paper holds beside the rest


def _head(run: pl.DataFrame, version: str) -> str:
    facts = run.row(0, named=True)
    kind = say(wording.RUN_KINDS[facts["kind"]]) if facts["kind"] in wording.RUN_KINDS else facts["kind"]
    told = (
        say("核对日期 {day}", day=facts["as_of"]),
        say("批次 {run}", run=facts["run"]),
        kind,
        say("区划 {region}", region=facts["region"]),
        *([say(wording.PORTION, portion=part)] if (part := wording.portion(facts["portion"])) else ()),
    )
    space = "　" if spoken() == "zh" else " · "
    return (
        f"<header><h1>{safe(say('社会救助家庭经济状况核对总览'))}</h1>"
        f'<p class="soft">{safe(space.join(told))}</p>'
        + (f'<p class="soft"{in_chinese(version)}>{safe(version)}</p>' if version else "")
        + f'<p class="principle">{safe(say(wording.PRINCIPLE))}</p></header>'
    )


def _figures(results: pl.DataFrame, members: pl.DataFrame, findings: pl.DataFrame) -> str:
    home = say("户")
    figures = (
        (say("应核对"), results.height, say("户 {members:,} 人", members=members.height)),
        (say(wording.COMPLETE[True]), int(results["complete"].sum()), home),
        (say(wording.FOUND[True]), int(results["found"].sum()), home),
        (say("发现"), findings.height, say("条")),
    )
    cells = (
        f"<div><dt>{safe(name)}</dt><dd>{count:,}<small>{safe(unit)}</small></dd></div>"
        for name, count, unit in figures
    )
    return f'<dl class="figures">{"".join(cells)}</dl>'


def _by_result(results: pl.DataFrame) -> tuple[str, ...]:
    counts = {
        found: [
            results.filter((pl.col("found") == found) & (pl.col("complete") == whole)).height for whole in (True, False)
        ]
        for found in (False, True)
    }
    total = results.height
    bars = [
        Bar(say(wording.FOUND[found]), both, f"{say('{count:,} 户', count=sum(both))} {_share(sum(both), total)}")
        for found, both in counts.items()
    ]
    rows = [(say(wording.FOUND[found]), *both, sum(both), _share(sum(both), total)) for found, both in counts.items()]
    columns = [sum(pair) for pair in zip(*counts.values(), strict=True)]
    parts = [(say(wording.COMPLETE[True]), "full"), (say(wording.COMPLETE[False]), HATCH)]
    return (
        say("结果分两部分，互不遮盖：查到了什么，和还有什么没有核到。信息不全的家庭，未发现不等于没有。"),
        stacked_bars(say("家庭核对结果"), parts, bars, unit=say("户")),
        _numbers(
            table(
                (say("结果"), *(name for name, _ in parts), say("合计（户）"), say("占比")),
                rows,
                (say("合计"), *columns, total, _share(total, total)),
                numbers=4,
            )
        ),
    )


def _by_rule(findings: pl.DataFrame) -> tuple[str, ...]:
    kinds = list(wording.KINDS)
    counted = (
        findings.group_by("rule")
        .agg(pl.col("title").first(), *((pl.col("kind") == kind).sum().cast(pl.Int64).alias(kind) for kind in kinds))
        .sort(pl.sum_horizontal(kinds), "rule", descending=[True, False])
    )
    rows = [(title or rule, *counts) for rule, title, *counts in counted.iter_rows()]
    looks = ("full", "mid", "light")
    titles = [say(wording.KINDS[kind]) for kind in kinds]
    parts = list(zip(titles, looks, strict=True))
    total = [int(counted[kind].sum()) for kind in kinds]
    bars = [Bar(name, counts, say("{count:,} 条", count=sum(counts))) for name, *counts in rows]
    return (
        say("“登记与申报不一致”和“需询问”都是待核实事项；有利事实也列出，供应保尽保时参考。"),
        stacked_bars(say("各项规则的发现"), parts, bars, unit=say("条")),
        _numbers(
            table(
                (say("规则"), *titles, say("合计（条）")),
                [(name, *counts, sum(counts)) for name, *counts in rows],
                (say("合计"), *total, sum(total)),
                numbers=4,
            )
        ),
    )


def _by_source(states: pl.DataFrame, *, some: bool) -> tuple[str, ...]:
    names = list(wording.COVERAGE_STATES)
    looks = ("full", "mid", HATCH)
    titles = [say(wording.COVERAGE_STATES[name]) for name in names]
    rows = [(row["title"], [row[name] for name in names], row["total"]) for row in states.iter_rows(named=True)]
    bars = [Bar(title, counts, say("未核对 {share}", share=_share(counts[-1], total))) for title, counts, total in rows]
    sums = [int(states[name].sum()) for name in names]
    lead = say("每位成员在每个签约来源中只有一种状态；三种状态之和等于应核对人数。")
    return (
        lead + (say("来源对部分救助类别未签约的，只计已签约类别的成员。") if some else ""),
        stacked_bars(say("各来源的核对覆盖"), list(zip(titles, looks, strict=True)), bars, unit=say("人")),
        _numbers(
            table(
                (say("来源"), *(say("{title}（人）", title=title) for title in titles), say("合计")),
                [(title, *(_with_share(count, total) for count in counts), total) for title, counts, total in rows],
                (say("合计（人次）"), *(_with_share(count, sum(sums)) for count in sums), sum(sums)),
                numbers=4,
            )
        ),
    )


def _by_reason(coverage: pl.DataFrame) -> tuple[str, ...]:
    rows = list(unchecked_reasons(coverage).iter_rows())
    cells = sum(cells for _, _, cells in rows)
    if not rows:
        return say("没有未核对的：签约来源都核对了。"), ""
    return (
        say("同一人可有多种原因，人数不相加；人次为成员与来源的组合，与上表未核对合计一致。"),
        table((say("原因"), say("人"), say("人次")), rows, (say("合计"), NONE, cells), numbers=2),
    )


def _data_dates(source_states: pl.DataFrame, as_of: date) -> tuple[str, ...]:
    due = source_states.filter(pl.col("requirement") != "unsigned")
    many = due.group_by("source").len().filter(pl.col("len") > 1)["source"].to_list()
    bars, rows = [], []
    for row in due.iter_rows(named=True):
        name = (row["title"] or row["source"]) + (f"（{row['supplier']}）" if row["source"] in many else "")
        state = say(wording.SOURCE_STATES[row["state"]])
        state += say("（首次接入）") if row["newly_connected"] else ""
        state += say("（仍用旧的）") if row["refused"] and row["data_date"] else ""
        age = (as_of - row["data_date"]).days if row["data_date"] else None
        counts = (age or 0, 0) if row["state"] == "arrived" else (0, age or 0)
        bars.append(Bar(name, counts, _age(age, state), spoken=_age(age, state)))
        need = say(wording.REQUIREMENTS[row["requirement"]])
        need += f"（{row['required_for']}）" if row["required_for"] else ""
        days, unusable = NONE if age is None else age, NONE if row["unusable"] is None else row["unusable"]
        rows.append((name, need, state, row["data_date"] or NONE, unusable, days))
    heads = (say("来源"), say("要求"), say("状态"), say("数据时点"), say("号码不可用（条）"), say("距今（天）"))
    parts = [(say("到位"), "full"), (say("过期或未采用"), HATCH)]
    return (
        say(
            "距核对日期 {day} 的天数。过期、缺失、损坏的来源，其成员列为未核对。号码不可用的记录只能按姓名和残留的号码比对，“未发现记录”不含其中找不到归属的。",
            day=as_of,
        ),
        stacked_bars(say("各来源数据时点距核对日期的天数"), parts, bars, unit=say("天")),
        _numbers(table(heads, rows, numbers=3)),
    )


def _age(age: int | None, state: str) -> str:
    if age is None:
        return say("{state}，没有数据", state=state)
    return say("{state}，{age:,} 天", state=state, age=age)


def _by_township(households: pl.DataFrame, results: pl.DataFrame) -> tuple[str, ...]:
    """One table; of several counties a table each, under the county's own counts."""
    unnamed = say("乡镇未登记")
    placed = households.select(
        "household_no", pl.col("region").fill_null(say("未注明")), pl.col("township").fill_null(unnamed)
    ).join(results, on="household_no")
    counted = _counted(placed, "region", "township")
    counties = _counted(placed, "region")
    lead = say(
        "少于 {fewest} 户的格不显示具体数。一列只隐去一格时，另隐去一格（记作“…”），以免由合计推算；本表不列合计。",
        fewest=FEWEST,
    )
    heads = (say("应核对（户）"), say(wording.FOUND[True]), say(wording.COMPLETE[False]))
    if counties.height < 2:
        return lead, table((say("乡镇（街道）"), *heads), _shown(counted, "township"), numbers=3)
    unfolded = counted.height <= MANY
    folds = [
        folding(
            say("{county}：{towns:,} 个乡镇（街道）", county=county, towns=towns.height),
            table((say("乡镇（街道）"), *heads), _shown(towns, "township"), numbers=3),
            unfolded=unfolded,
        )
        for (county,), towns in counted.group_by("region", maintain_order=True)
    ]
    return lead, table((say("县（市、区）"), *heads), _shown(counties, "region"), numbers=3), "".join(folds)


def _counted(placed: pl.DataFrame, *places: str) -> pl.DataFrame:
    counts = (
        pl.len().cast(pl.Int64).alias("households"),
        pl.col("found").sum().cast(pl.Int64),
        (~pl.col("complete")).sum().cast(pl.Int64).alias("incomplete"),
    )
    return placed.group_by(places).agg(counts).sort(places)


def _shown(counted: pl.DataFrame, place: str) -> list[tuple[object, ...]]:
    columns = [shown_column(counted[name].to_list(), FEWEST) for name in ("households", "found", "incomplete")]
    return list(zip(counted[place], *columns, strict=True))


def _foot(source_states: pl.DataFrame) -> str:
    unsigned = "、".join(unsigned_sources(source_states)) or say("无")
    told = [
        say(
            "签约来源 {count:,} 个；未签约：{names}。未签约的来源没有核对，不代表没有登记。",
            count=signed(source_states).height,
            names=unsigned,
        ),
        say("内部资料。本页只有计数，没有个人信息。"),
    ]
    if spoken() == "en":
        told.append(say("规则、来源、原因和地方的名称不翻译：法律用语只有中文才准确。"))
    return f"<footer>{''.join(f'<p{in_chinese(text)}>{safe(text)}</p>' for text in told)}</footer>"


def _numbers(inner: str) -> str:
    return folding(say("数表"), inner, look="table")


def _share(count: int, total: int) -> str:
    return f"{count / total:.1%}" if total else NONE


def _with_share(count: int, total: int) -> str:
    return f"{count:,} ({_share(count, total)})"
