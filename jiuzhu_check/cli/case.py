"""case: one household, at the terminal."""

import gc
import signal
import sys
from enum import StrEnum
from threading import Thread
from typing import TYPE_CHECKING

import typer

from jiuzhu_check.cli.entry import single
from jiuzhu_check.cli.options import AS_OF, REASON, REVEAL, day, quiet, workspace_path
from jiuzhu_check.cli.screen import FORM, Form, block, is_drawn, next_step, progress, show, tell
from jiuzhu_check.errors import ExitCode, Refused, UsageError
from jiuzhu_check.language import say

if TYPE_CHECKING:
    from jiuzhu_check.checks.results import Result
    from jiuzhu_check.reports.case_sheet import CaseSheet, Section

app = single()


class Purpose(StrEnum):
    """Why a household is looked at."""

    recheck = "recheck"
    entry = "entry"
    dispute = "dispute"
    audit = "audit"


@app.command(help=say(
    "核对一户，在终端查看：家庭、成员、各来源的状态和覆盖、有利事实、发现和经过、证据、每条关联的依据和实测准确率。先写明目的，每次都记入审计。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 case --household JZ00000000 --purpose recheck --as-of 2018-12-01\n"
    "    jiuzhu-check -C 工作区 case --person-no - --purpose recheck\n\n"
    "按人查的，号码从标准输入给出（姓名同样用 --name -），不写在命令里；不在名册上的人一律不查。"
))  # fmt: skip
def case(
    ctx: typer.Context,
    household: str = typer.Option("", "--household", metavar="NO", help=say("家庭编号。")),
    person_no: str = typer.Option("", "--person-no", metavar="-", help=say("只能写 -：从标准输入读证件号码。")),
    name: str = typer.Option("", "--name", metavar="-", help=say("只能写 -：从标准输入读姓名（与号码同用时另起一行）。")),
    purpose: Purpose | None = typer.Option(
        None, "--purpose", help=say("目的：recheck 在保复核 | entry 申请核对 | dispute 异议复查 | audit 审计检查。")
    ),
    as_of: str | None = AS_OF,
    reveal: bool = REVEAL,
    reason: str = REASON,
    form: Form | None = FORM,
) -> None:  # fmt: skip
    """Check one household and show its sheet."""
    if purpose is None:
        raise Refused(
            say("没有写明核对目的，不予查询。"), hint=say("加 --purpose，可用：{all}。", all="、".join(Purpose))
        )
    if any(value not in ("", "-") for value in (person_no, name)):
        raise UsageError(
            say("号码和姓名不能写在命令里。"), hint=say("写 --person-no - 或 --name -，再从标准输入给出。")
        )
    if bool(household) == bool(person_no or name):
        raise UsageError(say("要写 --household，或 --person-no - / --name -，两者取一。"))
    gc.disable()  # one household leaves little behind
    from jiuzhu_check.store.part import start_cipher

    Thread(target=start_cipher).start()  # beside the imports that follow
    from jiuzhu_check.checks.audited import reveal as show_whole
    from jiuzhu_check.checks.case import case_sheet, households_of_person
    from jiuzhu_check.checks.centre import Centre

    centre = Centre.open(workspace_path(ctx))
    if reveal:
        show_whole(centre.audit, reason, household)
    today = day(as_of)
    homes = [household]
    if not household:
        signal.siginterrupt(signal.SIGINT, True)  # polars' handler has a read go on after Ctrl-C
        lines = [line.strip() for line in sys.stdin.read(4096).splitlines() if line.strip()]
        wanted = len([option for option in (person_no, name) if option])
        if len(lines) != wanted:
            raise UsageError(say("标准输入应有 {wanted} 行。", wanted=wanted), hint=say("先号码，后姓名，各一行。"))
        number, called = (lines[0] if person_no else ""), (lines[-1] if name else "")
        homes = households_of_person(centre, number, called, purpose.value)
        if len(homes) > 1:
            tell(say("名册上有 {count} 户有此人，请用 --household 逐户核对：", count=len(homes)))
            show("", [say("家庭编号")], [[home] for home in homes], form)
            raise typer.Exit(ExitCode.OK)
    with progress(say("核对"), quiet=quiet(ctx)) as move:
        result, sheet = case_sheet(centre, homes[0], purpose.value, today, reveal=reveal, progress=move)
    from jiuzhu_check.checks.ended import is_complete  # with what is read in by now

    _show(result, sheet, form)
    next_step(
        say("要知道某条记录为何算作本人的："),
        f"explain --household {sheet.household_no} --purpose {purpose.value}",
    )
    if not is_complete(result):
        raise typer.Exit(ExitCode.INCOMPLETE)


def _show(result: "Result", sheet: "CaseSheet", form: Form | None) -> None:
    heading = say(
        "家庭 {home}　核对日 {day}　结果：{found}；{complete}",
        home=sheet.household_no,
        day=result.as_of,
        found=sheet.found,
        complete=sheet.complete,
    )
    if form in (Form.json, Form.jsonl):
        import json

        told = {section.title: section.rows.to_dicts() for section in sheet.sections}
        typer.echo(
            json.dumps(
                {
                    "household_no": sheet.household_no,
                    "run": result.id,
                    "found": sheet.found,
                    "complete": sheet.complete,
                    "unsigned": list(sheet.unsigned),
                    **told,
                },
                ensure_ascii=False,
            )
        )
        return
    typer.echo(heading)
    if sheet.unsigned:
        names = "、".join(sheet.unsigned)
        typer.echo(say("未签约来源：{names}。没有核对，不代表没有登记。", names=names))
    for section in sheet.sections:
        typer.echo("")
        if section.rows.is_empty():
            typer.echo(f"{section.title}：{section.nothing}")
        elif is_drawn(form):
            _draw(section)
        else:
            show(
                section.title,
                [section.title, *section.rows.columns],
                [("", *row) for row in section.rows.iter_rows()],
                Form.tsv,
            )


def _draw(section: "Section") -> None:
    """A section for a terminal: a table where it is narrow, one block a row where its cells are long."""
    rows = section.rows
    if section.title in ("家庭", "成员", "来源", "覆盖", "发现经过"):
        show(section.title, rows.columns, list(rows.iter_rows()), Form.table)
    else:
        for number, row in enumerate(rows.iter_rows(named=True), start=1):
            block(f"{section.title} {number}/{rows.height}", [(head, cell) for head, cell in row.items() if cell])
