"""report household: the formal report of a household, or the slip that it takes home, as PDF or DOCX."""

from enum import StrEnum
from pathlib import Path

import typer

from jiuzhu_check.cli.options import FONT_DIR, OUTPUT, day, font_folder, quiet, workspace_path
from jiuzhu_check.cli.screen import progress, show, tell
from jiuzhu_check.errors import UsageError
from jiuzhu_check.language import say


class PaperForm(StrEnum):
    """How a paper is written."""

    pdf = "pdf"
    docx = "docx"


HELP = say(
    "核对报告：一户一份，PDF 或 DOCX；--slip 为给群众的一页告知单（家庭以外的义务人各有自己的一张）。\n\n"
    "每份有编号、版次和校验码，并登记打印次数；内容没有变的，再打还是那一版，逐字节相同。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 report household JZ00000120\n"
    "    jiuzhu-check -C 工作区 report household --township 柳河镇 --format docx --out 报告"
)


def household(
    ctx: typer.Context,
    households: list[str] = typer.Argument(None, metavar="HOUSEHOLD", help=say("家庭编号，可写多个。")),
    township: str = typer.Option("", "--township", metavar="NAME", help=say("这个乡镇的全部家庭。")),
    everybody: bool = typer.Option(False, "--all", help=say("这次核对的全部家庭。")),
    run: str = typer.Option(
        "", "--run", metavar="ID",
        help=say("哪一次核对：latest、all（每户最新结果）或核对编号；不写则写明的家庭取各自最新结果，其余取 latest。"),
    ),
    form: PaperForm = typer.Option(PaperForm.pdf, "--format", help=say("pdf（PDF/A）| docx")),
    slip: bool = typer.Option(False, "--slip", help=say("给群众的告知单，一页。")),
    edition: int | None = typer.Option(
        None, "--edition", metavar="N", min=1, help=say("重新打印出具过的第 N 版，与当时一样。")
    ),
    count: bool = typer.Option(False, "--copy", help=say("印上这是本版第几次打印；不写则留空，每次打印的文件相同。")),
    on: str | None = typer.Option(None, "--on", metavar="YYYY-MM-DD", help=say("新一版的出具日期；不写则为当天。")),
    font_dir: Path | None = FONT_DIR,
    out: Path | None = typer.Option(None, "--out", metavar="DIR", help=say("写到这个目录；不写则为工作区的 reports/。")),
    output: Path | None = OUTPUT,
) -> None:  # fmt: skip
    """Print reports or slips."""
    from datetime import datetime

    from jiuzhu_check.checks.centre import Centre
    from jiuzhu_check.checks.household_reports import Wanted, print_papers
    from jiuzhu_check.reports.docx_paper import DocxPress
    from jiuzhu_check.reports.pdf_paper import PdfPress
    from jiuzhu_check.store.durable import make_dir, write_file

    if sum(map(bool, (households, township, everybody))) != 1:
        raise UsageError(say("要写家庭编号，或 --township，或 --all，三者取一。"))
    if output and (len(households or ()) != 1 or out):
        raise UsageError(say("-o 只用于一户；多份用 --out 写到目录。"))
    wanted = Wanted(tuple(households or ()), township or None, run, slip, edition, count)
    press = PdfPress(font_folder(font_dir)) if form is PaperForm.pdf else DocxPress()
    centre = Centre.open(workspace_path(ctx))
    folder = out or centre.workspace.reports_dir
    issued_on, now = day(on, "--on"), datetime.now().astimezone()
    rows = []
    with progress(say("报告"), quiet=quiet(ctx)) as move:
        for paper in print_papers(centre, wanted, press, form.value, issued_on, now, progress=move):
            path = folder / paper.name
            if output:
                path = (
                    output if not paper.issued.whose[2] else output.with_stem(f"{output.stem}-{paper.issued.whose[2]}")
                )
            make_dir(path.parent)
            write_file(path, paper.data)
            issue, (_, home, member) = paper.issued.issue, paper.issued.whose
            rows.append((issue.number, issue.version, home, member, issue.code, path.name))
    heads = [say("编号"), say("版次"), say("家庭编号"), say("义务人序号"), say("校验码"), say("文件")]
    show("", heads, rows, None)
    tell(say("已写 {count:,} 份到 {path}。", count=len(rows), path=output.parent if output else folder))
