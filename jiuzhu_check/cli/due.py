"""due: what falls due for which household."""

import sys

import typer

from jiuzhu_check.cli.entry import single
from jiuzhu_check.cli.options import AS_OF, day, workspace_path
from jiuzhu_check.cli.screen import FORM, Form, next_step, show, tell
from jiuzhu_check.language import say

app = single()
SHOWN = 40  # rows on a terminal; pipes and files get all


@app.command(help=say(
    "到期清单：在保家庭的定期复核（A、B、C 类，按当日法规和城乡）、认定有效期满、渐退期满、成员死亡后的核查调整，"
    "申请家庭的法定办理期限（按中国的工作日，含节假日和调休）。已超期的在前。\n\n"
    "复核从最近一次核对或批准之日起算，以较晚的为准。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 due --as-of 2018-12-01 --within 30"
))  # fmt: skip
def due(
    ctx: typer.Context,
    as_of: str | None = AS_OF,
    within: int = typer.Option(30, "--within", metavar="DAYS", min=0, help=say("列出今后多少天以内到期的；0 为只列今天到期和已超期的。")),
    form: Form | None = FORM,
) -> None:  # fmt: skip
    """List what falls due."""
    from jiuzhu_check.checks.centre import Centre
    from jiuzhu_check.checks.due import WHAT, due_list

    found = due_list(Centre.open(workspace_path(ctx)), day(as_of), within)
    estimate = say("节假日未公布，按周一至周五估算")
    rows = [
        (
            each["due_on"],
            each["days_left"],
            WHAT[each["what"]],
            each["household_no"],
            each["programme"],
            each["class"],
            each["township"],
            each["village"],
            each["since"],
            None if each["known"] else estimate,
        )
        for each in found.iter_rows(named=True)
    ]
    heads = [
        say("到期日"), say("还有天数"), say("事项"), say("家庭编号"), say("救助类别"), say("类"), say("乡镇"), say("村"),
        say("起算日"), say("说明"),
    ]  # fmt: skip
    every = form is not None or not sys.stdout.isatty()
    show(say("到期"), heads, rows if every else rows[:SHOWN], form, right=(1,))
    if not every and len(rows) > SHOWN:
        tell(say("另有 {more:,} 项；加 --format tsv 看全部。", more=len(rows) - SHOWN))
    late = found.filter(found["days_left"] < 0).height
    tell(say("共 {count:,} 项，其中已超期 {late:,} 项。", count=len(rows), late=late))
    if rows:
        next_step(say("逐户核对，或整批核对。"), say("case --household 家庭编号 --purpose recheck"), "check recipients")
