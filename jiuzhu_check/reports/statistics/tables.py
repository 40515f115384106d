"""统计表 tables: the counts of a period as tables of words and numbers, for the screen, the XLSX and programs alike."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jiuzhu_check.language import say
from jiuzhu_check.reports import wording
from jiuzhu_check.reports.statistics.material import HOW, Material, how, term
from jiuzhu_check.reports.statistics.measures import (
    OUTCOMES,
    TITLES,
    Breakdown,
    breakdown,
    definition,
    heading,
    title,
    unchecked_reasons,
)
from jiuzhu_check.reports.statistics.money import defined, money
from jiuzhu_check.reports.statistics.precision import dispute_counts, precision
from jiuzhu_check.reports.statistics.small_cells import SECOND, TOTAL, Shown, shown, shown_column
from jiuzhu_check.reports.statistics.times import Wait, kept, waits


class Share(float):
    """A part of one, shown in percent."""


Cell = Shown | float
DISPUTES = {
    "opened": "期内提出",
    "closed": "期内办结",
    "fell": "办结中已更正或不成立（推翻）",
    "wrong_person": "其中非本人",
    "outdated": "其中已过时",
    "source_error": "其中登记有误",
}


@dataclass(frozen=True)
class Counted:
    """One table. rows: words first, then numbers; null: there is no such number.

    total: the row under the table; empty where there is nothing to add up
    notes: label and text of what explains it
    """

    name: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    total: Sequence[Cell] = ()
    notes: Sequence[tuple[str, str]] = ()


def whole(material: Material, fewest: int, money_as: str = "") -> list[Counted]:
    """Everything but breakdowns: totals, reasons, deadlines, times, disputes; and money, where a definition is named."""
    told = [totals(material, fewest), reasons(material, fewest), deadlines(material, fewest), times(material, fewest)]
    told += [disputes(material, fewest), left(material, fewest)]
    return [*told, amount(material, money_as)] if money_as else told


def totals(material: Material, fewest: int) -> Counted:
    """Every measure with what it means."""
    counts = shown(Breakdown("", {}, breakdown(material, "month").total), fewest)[TOTAL]
    rows = [(title(name), count, definition(name)) for name, count in counts.items()]
    return Counted(say("总计"), (say("指标"), say("数"), say("含义")), rows, notes=gaps(material, fewest))


def by(material: Material, what: str, fewest: int) -> Counted:
    """The measures by one of BY."""
    table = breakdown(material, what)
    told = shown(table, fewest)
    rows = [(name, *told[name].values()) for name in table.rows]
    notes = [(title(name), definition(name)) for name, count in table.total.items() if count is not None]
    apart = "、".join(map(title, table.apart))
    if apart:
        notes.append(
            (say("合计"), say("{apart}在合计行各只计一次，各行相加会多于合计；其余各栏相加等于合计。", apart=apart))
        )
    if what == "source":
        notes.append((heading(what), say("一个事项依据几个来源的登记，记在“多个来源”一行；户数、人数不按来源分。")))
    if what == "month":
        notes.append(
            (
                heading(what),
                say("核对人次记在核对的月份；一个事项记在期内第一次查得的月份；期末未核对记在该户最近一次核对的月份。"),
            )
        )
    return Counted(
        say("按{what}", what=heading(what)),
        (heading(what), *map(title, TITLES)),
        rows,
        (say("合计"), *told[TOTAL].values()),
        [*notes, *gaps(material, fewest)],
    )


def reasons(material: Material, fewest: int) -> Counted:
    """Why what was not checked was not."""
    told = unchecked_reasons(material)
    columns = [cells for _, cells, _ in told], [still for _, _, still in told]
    times, still = (shown_column(column, fewest) for column in columns)
    rows = list(zip((reason for reason, _, _ in told), times, still, strict=True))
    sums = (say("合计"), *(_one(sum(column), fewest) for column in columns))
    return Counted(say("未核对原因"), (say("原因"), say("期内人次"), say("期末人次")), rows, sums)


def deadlines(material: Material, fewest: int) -> Counted:
    """Which deadlines were met."""
    rows = []
    for each in kept(material):
        counts = _row({"due": each.due, "met": each.met, "missed": each.missed, "nothing": each.nothing}, fewest)
        rows.append((term(each.what), *counts, _one(each.estimated, fewest)))
    note = say(
        "只计到期日在期内的。法定办理期限以批准日期为办结，法定调查期限以首次必需来源到齐的核对为办结，"
        "复查期限以首次答复的日期为办结，异议以办结日期为准；“没有办结记录”不等于没有办理。"
    )
    heads = (say("期限"), say("期内到期"), say("按期"), say("逾期"), say("没有办结记录"), say("其中工作日为估算"))
    return Counted(say("期限"), heads, rows, notes=[(say("期限"), note)])


def times(material: Material, fewest: int) -> Counted:
    """How long from acceptance to the report."""
    every, each = waits(material)

    def told(wait: Wait, label: str) -> tuple[Cell, ...]:
        days = (SECOND, SECOND) if 0 < wait.households < fewest else (wait.median, wait.most)
        return label, _one(wait.households, fewest), *days

    note = say(
        "自受理至出报告的日历天数，只计期内出报告的家庭：受理批次已结的，以结批之日为出报告之日；"
        "否则以受理后首次必需来源到齐的核对之日为出报告之日。没有受理批次的家庭只计入合计。"
    )
    heads = (say("受理批次"), title("households"), say("中位数（天）"), say("九成户不超过（天）"))
    rows = [told(wait, wait.batch) for wait in each]
    return Counted(say("受理到出报告"), heads, rows, told(every, say("合计")), [(say("天数"), note)])


def disputes(material: Material, fewest: int) -> Counted:
    """How many were raised and how they ended."""
    counts = dispute_counts(material)
    shares = [(say(DISPUTES[name]), _one(count, fewest)) for name, count in counts.items()]
    closed, fell = counts["closed"], counts["fell"]
    rate = Share(fell / closed) if closed and _one(fell, fewest) == fell and _one(closed, fewest) == closed else None
    return Counted(say("异议"), (say("异议"), say("数")), [*shares, (say("推翻占办结"), rate)])


def left(material: Material, fewest: int) -> Counted:
    """How the roster says that households are no longer recipients."""
    counts = dict(material.left["how"].value_counts().iter_rows())
    told = shown_column([int(counts.get(each, 0)) for each in HOW], fewest)
    if not material.compared:
        told = [None] * len(HOW)
    rows = list(zip(map(how, HOW), told, strict=True))
    days = "、".join(map(str, material.rosters)) or say("无")
    total = (say("合计"), _one(material.left.height, fewest)) if material.compared else ()
    note = (say("名册"), say("比较的名册，按收下的日期：{days}。", days=days))
    return Counted(say("不再在保"), (say("情形"), title("households")), rows, total, [note])


def exactness(material: Material, fewest: int) -> Counted:
    """Precision by source, tier and rule; see precision."""
    rows = []
    for row in precision(material).iter_rows(named=True):
        counts = _row({name: row[name] for name in ("answered", *OUTCOMES)}, fewest)
        few = SECOND in counts or f"<{fewest}" in counts
        shares = [None if few else _share(row[name]) for name in ("share", "low", "high")]
        ended = [_one(row[name], fewest) for name in ("disputed", "fell", "wrong_person")]
        hidden = any(isinstance(cell, str) for cell in ended)
        rows.append((
            row["sources"], row["tier"], wording.TIERS.get(row["tier"], ""), row["title"] or row["rule"], *counts, *shares,
            *ended, None if hidden else _share(row["reversal"]),
        ))  # fmt: skip
    heads = (
        heading("source"), say("匹配层级"), say("层级含义"), heading("rule"), say("已答复"), *map(title, OUTCOMES),
        say("仍不一致占已答复"), say("95% 下限"), say("95% 上限"), say("异议已办结"), say("异议推翻"), say("异议认定非本人"),
        say("推翻占办结"),
    )  # fmt: skip
    note = say(
        "衡量核对本身是否准确，不衡量任何家庭：同一来源、层级、规则的待核实事项，有复查结果的中有多少仍不一致。"
        "区间为威尔逊 95% 区间；答复少时区间宽，不宜下结论。没有答复的、登记已变须再核实的不在内。"
    )
    return Counted(say("准确情况"), heads, rows, notes=[(say("含义"), note), _small(fewest)])


def runs(material: Material) -> Counted:
    """The runs that it is all made of."""
    rows = [
        (
            run,
            wording.RUN_KINDS.get(kind, kind),
            str(day),
            {"yes": say("是"), "no": say("否")}.get(complete, "—"),
            homes,
        )
        for run, kind, day, homes, complete in material.runs.select(
            "run", "kind", "as_of", "households", "complete"
        ).rows()
    ]
    heads = (say("核对编号"), say("种类"), say("核对日期"), say("必需来源到齐"), say("户数（本范围）"))
    return Counted(say("期内核对"), heads, rows)


def amount(material: Material, money_as: str) -> Counted:
    """The yuan by a definition, or that there is none."""
    yuan, of = money(material, money_as)
    row = (defined(money_as), None if yuan is None else f"{yuan:,.2f}", of)
    return Counted(say("金额"), (say("金额"), say("元"), say("说明")), [row])


def gaps(material: Material, fewest: int) -> list[tuple[str, str]]:
    """What the counts cannot say, and what is hidden or could point at a household."""
    told = []
    if material.unsigned:
        names = "、".join(material.unsigned)
        told.append((say("未签约来源"), say("{names}；没有核对，不代表没有登记", names=names)))
    if not material.answered:
        told.append((say("复查"), say("尚无复查结果。")))
    if not material.compared:
        told.append((say("名册"), say("期初没有名册，期内也没有两份可比较的，不再在保户未核实。")))
    return [*told, _small(fewest)]


def _small(fewest: int) -> tuple[str, str]:
    if fewest:
        text = say(
            "1 至 {most} 记作“<{fewest}”；可由相加减推出它的，和户数不到 {fewest} 的一行里其余的数，记作“{second}”。",
            most=fewest - 1,
            fewest=fewest,
            second=SECOND,
        )
    else:
        text = say("小数没有隐去，村一级的小数可能指向一户；对外公开前用 --min-cell 5。")
    return say("小数"), text


def flat(tables: Sequence[Counted]) -> list[tuple[str, Cell, str, Cell]]:
    """Tables as one: table, row, column, number; for programs."""
    return [
        (table.name, row[0], head, cell)
        for table in tables
        for row in [*table.rows, *([table.total] if table.total else [])]
        for head, cell in zip(table.heads[1:], row[1:], strict=True)
        if head not in (say("含义"), say("说明"))
    ]


def _row(counts: Mapping[str, int], fewest: int) -> list[Shown]:
    """Counts of which the first is the sum of the rest."""
    return shown_column(list(counts.values()), fewest)


def _one(count: int, fewest: int) -> Shown:
    return shown_column([count], fewest)[0]


def _share(part: float | None) -> Share | None:
    return None if part is None else Share(part)
