"""report statistics: what the checks of a period came to, on the screen, as an XLSX, or as the leader's one page."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from jiuzhu_check.cli.options import OUTPUT, day, quiet, workspace_path
from jiuzhu_check.cli.screen import Form, progress, show, tell
from jiuzhu_check.errors import UsageError
from jiuzhu_check.language import say

if TYPE_CHECKING:
    from jiuzhu_check.reports.statistics.tables import Cell, Counted

HELP = say(
    "统计：一段时间的核对，户数、人数、人次、未核对和原因、待核实事项和复查结果、有利事实、不再在保户、期限和用时；"
    "含义印在表下。只有数，没有个人信息。\n\n"
    "表格、tsv、json 显示在屏幕上；xlsx 含全部分列和准确情况；html 是供会议用的一页（A4），少于 5 的数不显示。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 report statistics --from 2018-12-01 --to 2018-12-31 --by township\n"
    "例：jiuzhu-check -C 工作区 report statistics --from 2018-12-01 --to 2018-12-31 --format html -o 统计.html"
)
PUBLIC = 5  # on the page, which leaves the house, smaller counts are hidden if nothing else is asked


class By(StrEnum):
    """What the counts are broken down by."""

    programme = "programme"
    source = "source"
    rule = "rule"
    region = "region"
    township = "township"
    village = "village"
    month = "month"


class Wanted(StrEnum):
    """How the statistics are written."""

    table = "table"
    tsv = "tsv"
    json = "json"
    xlsx = "xlsx"
    html = "html"


class Defined(StrEnum):
    """Which amount of money is wanted."""

    upheld_income = "upheld_income"
    left_amount = "left_amount"


def statistics(
    ctx: typer.Context,
    since: str = typer.Option(..., "--from", metavar="YYYY-MM-DD", help=say("期间的第一天：核对日期在这一天及以后的核对。")),
    to: str = typer.Option(..., "--to", metavar="YYYY-MM-DD", help=say("期间的最后一天；这一天以后的答复、异议、名册不计。")),
    region: str = typer.Option("", "--region", metavar="CODE", help=say("只计一个区划及其下级（GB/T 2260，省、市、县均可）。")),
    township: str = typer.Option("", "--township", metavar="NAME", help=say("只计一个乡镇（街道），按名册的写法。")),
    village: str = typer.Option("", "--village", metavar="NAME", help=say("只计一个村（社区），按名册的写法。")),
    by: By | None = typer.Option(
        None, "--by",
        help=say("分列：programme 救助类别 | source 来源 | rule 规则 | region 下一级区划 | township 乡镇 | village 村 | month 月份。"),
    ),
    money: Defined | None = typer.Option(
        None, "--money",
        help=say("另算一项金额，含义印在旁边：upheld_income 仍不一致的月收入差额 | left_amount 不再在保户的月救助金额；数据里没有的写明没有，不推算。"),
    ),
    min_cell: int | None = typer.Option(
        None, "--min-cell", metavar="N", min=0,
        help=say("小于 N 的数不显示，能推出它的也不显示，供对外公开用；0 为全部显示。html 不写则为 5，其余不写则为 0。"),
    ),
    form: Wanted | None = typer.Option(
        None, "--format",
        help=say("table 表格 | tsv | json | xlsx | html；不写则看 -o 的文件名，再不然终端上用表格，管道里用 TSV。"),
    ),
    output: Path | None = OUTPUT,
) -> None:  # fmt: skip
    """Count, and show or write."""
    from jiuzhu_check.checks.centre import Centre
    from jiuzhu_check.checks.statistics import collect
    from jiuzhu_check.reports.statistics.material import Scope
    from jiuzhu_check.store.durable import write_file

    scope = Scope(day(since, "--from"), day(to, "--to"), region, township.strip(), village.strip())
    if scope.since > scope.to:
        raise UsageError(say("--from 晚于 --to。"), hint=say("把期间的第一天写在 --from。"))
    if region and not (region.isascii() and region.isdigit() and len(region) in (6, 9, 12)):
        raise UsageError(
            say("{option} 不是行政区划代码。", option="--region"), hint=say("写成 370100 这样的六位代码。")
        )
    wanted = _wanted(form, output)
    centre = Centre.open(workspace_path(ctx))
    with progress(say("读核对"), quiet=quiet(ctx)) as move:
        material = collect(centre, scope, progress=move)
    fewest = min_cell if min_cell is not None else PUBLIC if wanted is Wanted.html else 0
    if material.homes.is_empty():
        tell(say("期内的核对没有这个范围的家庭：请核对区划代码，乡镇、村要与名册的写法一致。"))
    what, definition = by.value if by else "", money.value if money else ""
    if wanted is Wanted.xlsx:
        from jiuzhu_check.reports.statistics.book import statistics_book

        data = statistics_book(material, fewest, what, definition)
    elif wanted is Wanted.html:
        from jiuzhu_check.reports.statistics.page import statistics_page

        data = statistics_page(material, fewest, what or "township", definition).encode()
    else:
        from jiuzhu_check.reports.statistics import tables

        told = [tables.by(material, what, fewest)] if what else tables.whole(material, fewest)
        told += [tables.amount(material, definition)] if definition else []
        _screen(told, wanted, broken_down=bool(what))
        return
    path = output or centre.workspace.reports_dir / f"statistics-{scope.since}-{scope.to}.{wanted}"
    write_file(path, data)
    tell(say("已写到 {path}。", path=path))


def _wanted(form: Wanted | None, output: Path | None) -> Wanted:
    import sys

    files = {".xlsx": Wanted.xlsx, ".html": Wanted.html}
    if output is None:
        return form or (Wanted.table if sys.stdout.isatty() else Wanted.tsv)
    chosen = form or files.get(output.suffix.lower())
    if chosen is None or chosen not in files.values():
        raise UsageError(
            say("写到文件的只有 xlsx 和 html。"), hint=say("加 --format xlsx 或 html；tsv、json 用 > 转到文件。")
        )
    return chosen


def _screen(told: "list[Counted]", wanted: Wanted, *, broken_down: bool) -> None:
    from jiuzhu_check.reports.statistics.tables import flat

    if wanted is Wanted.table:
        for table in told:
            _draw(table)
        return
    if broken_down:
        table = told[0]
        show("", table.heads, [*table.rows, table.total], Form(wanted.value))
        rest = told[1:]
    else:
        show("", (say("部分"), say("项目"), say("指标"), say("数")), flat(told), Form(wanted.value))
        rest = []
    for label, text in dict.fromkeys(note for table in told for note in table.notes):
        tell(say("{label}：{meaning}", label=label, meaning=text))
    for table in rest:
        for row in table.rows:
            tell("　".join(_shown(cell) for cell in row))


def _draw(table: "Counted") -> None:
    """The table on a terminal: where it is too wide, in halves, each under the first column; then what explains it."""
    half = 9
    for start in range(1, len(table.heads), half) if len(table.heads) > half + 2 else [1]:
        end = start + half if len(table.heads) > half + 2 else len(table.heads)
        rows = [*table.rows, *([table.total] if table.total else [])]
        show(
            table.name,
            [table.heads[0], *table.heads[start:end]],
            [[_shown(row[0]), *(map(_shown, row[start:end]))] for row in rows],
            Form.table,
            right=[
                place
                for place in range(1, end - start + 1)
                if table.heads[start + place - 1] not in (say("含义"), say("说明"))
            ],
        )
    for label, text in table.notes:
        typer.echo(say("{label}：{meaning}", label=label, meaning=text))
    if table.notes:
        typer.echo()


def _shown(cell: "Cell") -> str:
    from jiuzhu_check.reports.statistics.tables import Share

    if cell is None:
        return "—"
    if isinstance(cell, Share):
        return f"{cell:.1%}"
    return f"{cell:g}" if isinstance(cell, float) else f"{cell:,}" if isinstance(cell, int) else cell
