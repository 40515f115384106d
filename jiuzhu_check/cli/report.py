"""report worklist | overview | summary | notice | statistics | household: what people read of runs, and what a level posts."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from jiuzhu_check.cli import notice
from jiuzhu_check.cli.entry import group
from jiuzhu_check.cli.options import BATCH, OUTPUT, REASON, REVEAL, RUN, VERSION, day, quiet, workspace_path
from jiuzhu_check.cli.report_household import HELP as HOUSEHOLD
from jiuzhu_check.cli.report_household import household
from jiuzhu_check.cli.screen import next_step, progress, tell
from jiuzhu_check.cli.statistics import HELP as STATISTICS
from jiuzhu_check.cli.statistics import statistics
from jiuzhu_check.language import say
from jiuzhu_check.reports.sheet_per import SheetPer

if TYPE_CHECKING:
    from jiuzhu_check.checks.centre import Centre
    from jiuzhu_check.checks.reported import Reported

app = group(say("报告：给人看的。号码遮盖，不作认定结论。"))
DUE = typer.Option(
    None,
    "--due",
    metavar="YYYY-MM-DD",
    help=say("乡镇办理期限；不写则按政策的复查期限（工作日），没有规定的为核对日之后 10 天，申请家庭不晚于法定期限。"),
)

BY = typer.Option(
    None, "--by",
    help=say("每个乡镇（township）、每个县（county）一张表，或都在一张表（none）；不写则按乡镇，乡镇超过 100 个按县。"),
)  # fmt: skip
VILLAGE_COPY = typer.Option(False, "--village-copy", help=say("给村（居）的走访名单，不写任何发现。"))


@app.command("worklist", help=say(
    "核对清单（XLSX）：每条发现一行，有来源、行号、数据时点、为何是本人、可能的合理解释，留有处理栏；另有未核对清单和说明。\n\n"
    "批次的清单另有“较上一版”表：新到的来源，新增、变化和不再有的发现，新核对的人数。旧版随时可再出，内容不变。\n\n"
    "--village-copy 出给村（居）的走访名单：到哪一户、见谁，不写查到了什么。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 report worklist -o 核对清单.xlsx\n"
    "    jiuzhu-check -C 工作区 report worklist --village-copy -o 走访名单.xlsx\n"
    "    jiuzhu-check -C 工作区 report worklist --batch 2018年第12批 --version 1 -o 第一版.xlsx"
))  # fmt: skip
def worklist(
    ctx: typer.Context,
    run: str = RUN,
    batch: str = BATCH,
    version: int | None = VERSION,
    output: Path | None = OUTPUT,
    due: str | None = DUE,
    by: SheetPer | None = BY,
    village_copy: bool = VILLAGE_COPY,
    reveal: bool = REVEAL,
    reason: str = REASON,
) -> None:
    """Write the worklist."""
    from jiuzhu_check.checks.answer_sheet import row_key
    from jiuzhu_check.checks.deadline import to_answer
    from jiuzhu_check.checks.reexaminations import standing
    from jiuzhu_check.errors import UsageError
    from jiuzhu_check.reports.village_copy import write_village_copy
    from jiuzhu_check.reports.worklist import write_worklist

    if village_copy and reveal:
        raise UsageError(say("走访名单上没有号码，不用 --reveal。"), hint=say("去掉 --reveal 或 --village-copy。"))
    what = "village copy" if village_copy else "worklist"
    centre, reported = _load(ctx, run, what, batch, version, reason=reason if reveal else None)
    result = reported.result
    findings = result.finding if version else standing(centre.store, result.finding)[0]  # a version stays as it was
    households, known = (result.household, True) if due else to_answer(centre, result)
    due_on = day(due, "--due") if due else None
    if village_copy:
        data = write_village_copy(
            result.run, households, result.member, findings, result.coverage, due_on=due_on, by=by
        )
        _write(centre, data, output, f"village-{reported.name}.xlsx")
        return
    with progress(say("核对清单"), quiet=quiet(ctx)) as move:
        data = write_worklist(
            result.run, households, result.member, findings, result.coverage, result.source_state,
            key=row_key(centre), declarations=result.declaration, by=by, due_on=due_on, reveal=reveal,
            since=reported.since(), progress=lambda done, of: move("", done, of),
        )  # fmt: skip
    _write(centre, data, output, f"worklist-{reported.name}.xlsx")
    if not known:
        tell(say("有的期限跨到节假日安排还没有公布的年份，按周一至周五估算。"))
    next_step(
        say("交乡镇（街道）核实，填好处理各栏后交回；给村（居）的走访名单另出。"),
        say("report worklist --village-copy -o 走访名单.xlsx"),
    )


@app.command("overview", help=say(
    "总览（一个 HTML 文件，不引用外部资源）：家庭结果、各规则发现、各来源覆盖和数据时点。只有数，没有个人信息。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 report overview -o 总览.html"
))  # fmt: skip
def overview(
    ctx: typer.Context,
    run: str = RUN,
    batch: str = BATCH,
    version: int | None = VERSION,
    output: Path | None = OUTPUT,
) -> None:
    """Write the overview."""
    from jiuzhu_check.reports.overview import overview_html

    centre, reported = _load(ctx, run, "overview", batch, version)
    result = reported.result
    page = overview_html(
        result.run, result.household, result.member, result.finding, result.coverage, result.source_state,
        version=reported.line(),
    )  # fmt: skip
    _write(centre, page.encode(), output, f"overview-{reported.name}.html")


@app.command("summary", help=say(
    "早间摘要：三行，说核对了多少、哪些没核对和为什么、来源到没到、有什么新发现。批次的报告先说这一版新到了什么、改变了什么。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 report summary\n    jiuzhu-check -C 工作区 report summary --batch 2018年第12批"
))  # fmt: skip
def summary(
    ctx: typer.Context,
    run: str = RUN,
    batch: str = BATCH,
    version: int | None = VERSION,
    output: Path | None = OUTPUT,
) -> None:
    """Print, or write, the three lines; of a batch, what is new in this version too."""
    from jiuzhu_check.checks.run import summarise
    from jiuzhu_check.reports.summary import closed_lines

    centre, reported = _load(ctx, run, "summary", batch, version)
    told = summarise(reported.result, reported.before())
    lines = [reported.line()] if reported.version else []
    text = "\n".join([*lines, *told.lines(), *closed_lines(told.decoys)]) + "\n"
    if output is None:
        typer.echo(text, nl=False)
    else:
        _write(centre, text.encode(), output, "")


app.command("notice", help=notice.HELP)(notice.notice)
app.command("statistics", help=STATISTICS)(statistics)
app.command("household", help=HOUSEHOLD)(household)


def _load(
    ctx: typer.Context, run: str, report: str, batch: str = "", version: int | None = None, *, reason: str | None = None
) -> "tuple[Centre, Reported]":
    """What a report is made of: a run, or a version of a batch's report; audited before it is read."""
    from jiuzhu_check.checks.centre import Centre
    from jiuzhu_check.checks.reported import reported

    centre = Centre.open(workspace_path(ctx))
    return centre, reported(centre, report, run, batch, version, reason=reason)


def _write(centre: "Centre", data: bytes, output: Path | None, name: str) -> None:
    from jiuzhu_check.store.durable import write_file

    path = output or centre.workspace.reports_dir / name
    write_file(path, data)
    tell(say("已写到 {path}。", path=path))
