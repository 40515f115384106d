"""staff: who works at the centre and in the townships, and what becomes of their findings when they leave."""

from datetime import UTC, datetime

import typer

from jiuzhu_check.cli.entry import group
from jiuzhu_check.cli.options import AS_OF, day, workspace_path
from jiuzhu_check.cli.screen import FORM, Form, show, tell
from jiuzhu_check.errors import UsageError
from jiuzhu_check.language import say

app = group(say("经办人员：谁在岗，手里有多少条发现；离岗时交给谁。"))
STAFF = typer.Argument(..., metavar="NO", help=say("工号。"))


@app.command("list", help=say(
    "列出经办人员，离岗的也在内：工号、姓名、乡镇、在岗起止、由谁接手、分派给他的发现。\n\n\b\n例：jiuzhu-check -C 工作区 staff list"
))  # fmt: skip
def list_(ctx: typer.Context, form: Form | None = FORM) -> None:
    """List the staff."""
    from jiuzhu_check.checks.centre import Centre
    from jiuzhu_check.checks.staff import staff_list

    people = staff_list(Centre.open(workspace_path(ctx)))
    heads = [say("工号"), say("姓名"), say("乡镇"), say("到岗"), say("离岗"), say("接手"), say("分派")]
    columns = ("staff_no", "name", "township", "since", "retired_on", "successor", "findings")
    show(say("经办人员"), heads, people.select(columns).rows(), form, right=(6,))


@app.command("add", help=say(
    "登记一名经办人员。工号由中心编，以后分派、离岗都用它。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 staff add 0012 --name 赵核实 --township 永和镇"
))  # fmt: skip
def add(
    ctx: typer.Context,
    staff: str = STAFF,
    name: str = typer.Option(..., "--name", metavar="NAME", help=say("姓名。")),
    township: str = typer.Option("", "--township", metavar="NAME", help=say("所在乡镇；不写则为中心。")),
    since: str | None = typer.Option(None, "--since", metavar="YYYY-MM-DD", help=say("到岗之日；不写则为当天。")),
) -> None:
    """Write somebody down."""
    from jiuzhu_check.checks.centre import Centre
    from jiuzhu_check.checks.staff import Person
    from jiuzhu_check.checks.staff import add as keep

    person = Person(staff, name, township, day(since, "--since"))
    keep(Centre.open(workspace_path(ctx)), person, datetime.now(UTC).astimezone())
    tell(say("已登记 {staff}。用 finding assign --to {staff} 分派。", staff=staff))


@app.command("retire", help=say(
    "离岗：写明由谁接手（--successor），或退回未分派（--unassigned）。他手里待答复的发现随之转走；答复过的仍记在他名下。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 staff retire 0012 --successor 0015"
))  # fmt: skip
def retire(
    ctx: typer.Context,
    staff: str = STAFF,
    successor: str = typer.Option("", "--successor", metavar="NO", help=say("接手的工号。")),
    unassigned: bool = typer.Option(False, "--unassigned", help=say("退回未分派。")),
    as_of: str | None = AS_OF,
) -> None:
    """Somebody leaves."""
    from jiuzhu_check.checks.centre import Centre
    from jiuzhu_check.checks.findings import retire as leave

    if bool(successor) == unassigned:
        raise UsageError(
            say("离岗要写由谁接手，或退回未分派。"), hint=say("加 --successor 工号，或 --unassigned，两者取一。")
        )
    centre = Centre.open(workspace_path(ctx))
    moved = leave(centre, staff, day(as_of), successor or None, datetime.now(UTC).astimezone())
    if successor:
        tell(say("{staff} 已离岗；{count:,} 条发现转给 {successor}。", staff=staff, count=moved, successor=successor))
    else:
        tell(say("{staff} 已离岗；{count:,} 条发现退回未分派。", staff=staff, count=moved))
