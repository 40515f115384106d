"""领导用的一页: the statistics of a period on one sheet of A4, in one HTML file without personal data."""

from collections.abc import Sequence

from jiuzhu_check.language import say
from jiuzhu_check.reports import wording
from jiuzhu_check.reports.chart import HATCH, Bar, stacked_bars
from jiuzhu_check.reports.page import page, safe, section, table
from jiuzhu_check.reports.statistics import tables
from jiuzhu_check.reports.statistics.material import Material
from jiuzhu_check.reports.statistics.measures import Breakdown, Count, breakdown, definition, heading, title
from jiuzhu_check.reports.statistics.small_cells import TOTAL, Shown, shown
from jiuzhu_check.reports.statistics.tables import Counted

MOST_BARS, MOST_ROWS, MOST_REASONS = 4, 8, 4
UNITS = {
    "households": "户",
    "persons": "人",
    "due": "人次",
    "still_unchecked": "人次",
    "warned_households": "户",
    "findings": "条",
    "favourable": "条",
    "left": "户",
}  # of the figures at the top
OF_A_PLACE = ("households", "unchecked", "warned_households", "findings", "upheld", "open", "favourable")
OF_NO_PLACE = ("unchecked", "findings", "upheld", "open", "favourable")  # the parts of a source or a rule
STYLE = """
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 0 20px; align-items: start; }
.pair > section { min-width: 0; }
dl.terms { font-size: 12px; color: var(--soft); margin: 0 0 8px; columns: 2; column-gap: 24px; }
dl.terms div { break-inside: avoid; } dl.terms dt { display: inline; font-weight: 600; } dl.terms dt::after { content: "："; }
dl.terms dd { display: inline; margin: 0; }
@media screen and (max-width: 760px) { .pair { grid-template-columns: 1fr; } dl.terms { columns: 1; } }
@media print { @page { margin: 9mm 11mm; } body { font-size: 10px; line-height: 1.35; } h1 { font-size: 18px; }
  h2 { font-size: 13px; } p { margin: 0 0 3px; } table, .soft, .lead, footer, .legend { font-size: 10px; }
  th, td { padding: 1px 5px; } .principle { margin: 4px 0 6px; } section { margin-bottom: 3mm; }
  .figures { gap: 5px; margin-bottom: 6px; } .figures div { padding: 2px 8px; } .figures dt { font-size: 10px; }
  .figures dd { font-size: 17px; } .figures small { font-size: 10px; }
  dl.terms { font-size: 8.5px; columns: 3; column-gap: 14px; } .legend { margin: 2px 0; gap: 2px 10px; }
  .legend i { width: 10px; height: 10px; margin-right: 3px; } .pair svg { zoom: .8; margin: 0 0 3px; } }
""".strip()


def statistics_page(material: Material, fewest: int, by: str = "township", money_as: str = "") -> str:
    """The page; same material, same bytes. by: what its table of places, programmes, sources ... is of."""
    everything = breakdown(material, by)
    told = shown(Breakdown("", {}, everything.total), fewest)[TOTAL]
    body = (
        f"<style>\n{STYLE}\n</style>",
        _head(material),
        _figures(told),
        _pair(_outcomes(material, fewest), _coverage(material, fewest)),
        _by(folded(everything, MOST_ROWS), fewest),
        _pair(
            _plain(
                tables.reasons(material, fewest),
                say("同一人次只有一种原因。期末指每户期内最近一次核对。"),
                MOST_REASONS,
            ),
            _plain(tables.times(material, fewest), say("日历天数，只计期内出报告的家庭。"), MOST_REASONS),
        ),
        _plain(tables.deadlines(material, fewest), say("只计到期日在期内的；“没有办结记录”不等于没有办理。")),
        _money(material, money_as),
        _terms(material, fewest),
    )
    return page(f"{headline()} {period(material)}", "\n".join(part for part in body if part))


def headline() -> str:
    """What the page and the workbook are called."""
    return say("社会救助家庭经济状况核对统计")


def about(material: Material) -> str:
    """Period, place and runs in one line."""
    scope = material.scope
    place = "　".join(each for each in (scope.region or material.centre, scope.township, scope.village) if each)
    kinds = material.runs["kind"].value_counts(sort=True).sort("kind")
    runs = "、".join(f"{wording.RUN_KINDS.get(kind, kind)} {count:,}" for kind, count in kinds.iter_rows()) or "0"
    return say("{period}　区划 {place}　核对次数：{runs}", period=period(material), place=place, runs=runs)


def period(material: Material) -> str:
    """Its first and last day."""
    return say("{since} 至 {to}", since=material.scope.since, to=material.scope.to)


def folded(told: Breakdown, most: int) -> Breakdown:
    """The same with what has least to verify put together, where there are more rows; no row counts a household twice then."""
    if len(told.rows) <= most or told.by == "month":
        return told
    order = sorted(told.rows, key=lambda name: -(told.rows[name]["findings"] or 0))
    kept, rest = order[: most - 1], order[most - 1 :]
    rows: dict[str, dict[str, Count]] = {name: dict(counts) for name, counts in told.rows.items() if name in kept}
    rows[say("其余 {count:,} 个", count=len(rest))] = {name: _sum(told, rest, name) for name in told.total}
    return Breakdown(told.by, rows, told.total, told.apart, folded=True)


def _sum(told: Breakdown, names: Sequence[str], measure: str) -> Count:
    counts = [told.rows[name][measure] for name in names]
    if measure in told.apart or None in counts:
        return None
    return sum(count or 0 for count in counts)


def _head(material: Material) -> str:
    return (
        f'<header><h1>{safe(headline())}</h1><p class="soft">{safe(about(material))}</p>'
        f'<p class="principle">{safe(wording.PRINCIPLE)}</p></header>'
    )


def _figures(told: dict[str, Shown]) -> str:
    cells = (
        f"<div><dt>{safe(title(name))}</dt><dd>{_number(told[name])}<small>{safe(say(UNITS[name]))}</small></dd></div>"
        for name in UNITS
    )
    return f'<dl class="figures">{"".join(cells)}</dl>'


def _outcomes(material: Material, fewest: int) -> str:
    rules = folded(breakdown(material, "rule"), MOST_BARS + 1)
    looks = ("full", "mid", "light", HATCH)
    settled = say("已说明、更正或不成立")
    rest = say("不再查得和没有列出的小数") if fewest else title("gone")
    parts = list(zip((title("upheld"), settled, rest, title("open")), looks, strict=True))
    told = shown(rules, fewest)
    bars = []
    for name in rules.rows:
        row = told[name]
        if row["findings"] == 0:
            continue
        upheld, standing = _drawn(row["upheld"]), _drawn(row["open"])
        ended = sum(_drawn(row[each]) for each in ("explained", "corrected", "cleared"))
        gone = max(0, _drawn(row["findings"]) - upheld - ended - standing)  # with small counts that are not told
        counts = [upheld, ended, gone, standing]
        spoken = "，".join(
            f"{title(each)} {_number(row[each])}"
            for each in ("upheld", "explained", "corrected", "cleared", "gone", "open")
        )
        bars.append(Bar(name, counts, f"{_number(row['findings'])} {say('条')}", spoken))
    return section(
        say("待核实事项和复查结果"),
        say("各规则的待核实事项。") + ("" if material.answered else say("尚无复查结果。")),
        stacked_bars(say("待核实事项和复查结果"), parts, bars, unit=say("条"))
        or f"<p>{safe(say('没有待核实事项。'))}</p>",
    )


def _coverage(material: Material, fewest: int) -> str:
    sources = breakdown(material, "source")
    with_cells = {name: counts for name, counts in sources.rows.items() if counts["due"]}
    most = sorted(with_cells, key=lambda name: (-(with_cells[name]["unchecked"] or 0), name))
    rows = {name: with_cells[name] for name in most[: MOST_BARS + 1]}
    rest = most[MOST_BARS + 1 :]
    if rest:
        rows = {name: with_cells[name] for name in most[:MOST_BARS]}
        rest = most[MOST_BARS:]
        rows[say("其余 {count:,} 个", count=len(rest))] = {name: _sum(sources, rest, name) for name in sources.total}
    told = shown(Breakdown("source", rows, sources.total), fewest)
    states = ("hit", "no_record", "unchecked")
    parts = list(zip(map(title, states), ("full", "mid", HATCH), strict=True))
    bars = [
        Bar(
            name,
            [_drawn(told[name][state]) for state in states],
            f"{title('unchecked')} {_number(told[name]['unchecked'])}",
            "，".join(f"{title(state)} {_number(told[name][state])}" for state in states),
        )
        for name in rows
    ]
    return section(
        say("各来源的核对人次"),
        say("未核对多的在前；未发现记录不等于没有。"),
        stacked_bars(say("各来源的核对人次"), parts, bars, unit=say("人次")),
    )


def _by(told: Breakdown, fewest: int) -> str:
    measures = OF_NO_PLACE if told.by in ("source", "rule") else OF_A_PLACE
    counts = shown(told, fewest)
    rows = [(name, *(_cell(counts[name][each]) for each in measures)) for name in told.rows]
    lead = say("列出待核实事项最多的，其余合并为一行。") if told.folded else ""
    if told.apart:
        lead += say("一户可计入几行，户数各行相加会多于合计。")
    heads = (heading(told.by), *(title(each) for each in measures))
    total = (say("合计"), *(_cell(counts[TOTAL][each]) for each in measures))
    return section(say("按{what}", what=heading(told.by)), lead, table(heads, rows, total, numbers=len(measures)))


def _plain(told: Counted, lead: str, most: int = 0) -> str:
    rows = [tuple(_cell(cell) for cell in row) for row in told.rows]
    if most and len(rows) > most:
        lead += say("只列前 {most} 行，全部见 XLSX。", most=most)
        rows = rows[:most]
    total = tuple(_cell(cell) for cell in told.total)
    if not rows and total:
        rows, total = [total], ()
    return section(told.name, lead, table(told.heads, rows, total, numbers=len(told.heads) - 1))


def _money(material: Material, money_as: str) -> str:
    if not money_as:
        return ""
    defined, yuan, of = tables.amount(material, money_as).rows[0]
    return f"<p><strong>{safe(_cell(yuan))} {safe(say('元'))}</strong>　{safe(defined)}{safe(of)}</p>"


def _terms(material: Material, fewest: int) -> str:
    used = dict.fromkeys([*(name for name in UNITS), "unchecked", "upheld", "open", "gone"])
    told = [*((title(name), definition(name)) for name in used), *tables.gaps(material, fewest)]
    inner = "".join(f"<div><dt>{safe(label)}</dt><dd>{safe(text)}</dd></div>" for label, text in told)
    return (
        f'<footer><dl class="terms">{inner}</dl><p>{safe(say("内部资料。本页只有计数，没有个人信息。"))}</p></footer>'
    )


def _pair(*sections: str) -> str:
    return f'<div class="pair">{"".join(sections)}</div>'


def _drawn(count: Shown) -> int:
    return count if isinstance(count, int) else 0


def _number(count: Shown) -> str:
    return "—" if count is None else safe(f"{count:,}" if isinstance(count, int) else count)


def _cell(cell: tables.Cell) -> object:
    return "—" if cell is None else f"{cell:g}" if isinstance(cell, float) else cell
