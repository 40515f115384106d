"""due: what falls due for which household."""

from typing import TYPE_CHECKING

import typer

from jiuzhu_check.cli.entry import single
from jiuzhu_check.cli.options import AS_OF, day, workspace_path
from jiuzhu_check.cli.screen import FORM, Form, next_step, show, show_first, tell
from jiuzhu_check.errors import UsageError
from jiuzhu_check.language import say

if TYPE_CHECKING:
    from datetime import date

    from jiuzhu_check.checks.centre import Centre

app = single()
SHOWN = 40  # rows on a terminal; pipes and files get all


@app.command(help=say(
    "到期清单：在保家庭的定期复核（A、B、C 类，按当日法规和城乡）、认定有效期满、渐退期满、成员死亡后的核查调整，"
    "申请家庭的法定办理期限（按中国的工作日，含节假日和调休）。已超期的在前。\n\n"
    "复核从最近一次核对或批准之日起算，以较晚的为准。\n\n"
    "起算日不在名册上的环节（提请核对、评议、审批、告知等），写 --step 和 --on，按各救助类别的规定推算到期日。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 due --as-of 2018-12-01 --within 30\n    jiuzhu-check -C 工作区 due --step decision --on 2018-12-03"
))  # fmt: skip
def due(
    ctx: typer.Context,
    as_of: str | None = AS_OF,
    within: int = typer.Option(30, "--within", metavar="DAYS", min=0, help=say("列出今后多少天以内到期的；0 为只列今天到期和已超期的。")),
    step: str = typer.Option("", "--step", metavar="STEP", help=say("只推算一个环节，如 decision、review、notification；写 list 会列出全部。")),
    on: str | None = typer.Option(None, "--on", metavar="YYYY-MM-DD", help=say("这个环节的起算日，不写则为今天；与 --step 同用。")),
    form: Form | None = FORM,
) -> None:  # fmt: skip
    """List what falls due."""
    from jiuzhu_check.checks.centre import Centre

    if step:
        _one_step(Centre.open(workspace_path(ctx)), step, day(on or as_of, "--on"), form)
        return
    if on:
        raise UsageError(say("--on 要与 --step 同用。"), hint=say("写明环节，如 --step decision。"))
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
    if more := show_first(say("到期"), heads, rows, form, SHOWN, right=(1,)):
        tell(say("另有 {more:,} 项；加 --format tsv 看全部。", more=more))
    late = found.filter(found["days_left"] < 0).height
    tell(say("共 {count:,} 项，其中已超期 {late:,} 项。", count=len(rows), late=late))
    if rows:
        next_step(say("逐户核对，或整批核对。"), say("case --household 家庭编号 --purpose recheck"), "check recipients")


def _one_step(centre: "Centre", step: str, on: "date", form: Form | None) -> None:
    from jiuzhu_check.checks.step_due import STEPS, step_due

    if step not in STEPS:
        raise UsageError(say("没有环节 {step}。", step=step), hint=say("可用：{names}。", names="、".join(STEPS)))
    told = step_due(centre, step, on)
    estimate = say("节假日未公布，按周一至周五估算")
    rows = [
        (programme, due_on, f"{days} {unit}", what, source, None if known else estimate)
        for programme, what, days, unit, due_on, source, known in told.iter_rows()
    ]
    heads = [say("救助类别"), say("到期日"), say("期限"), say("事项"), say("依据"), say("说明")]
    show(say("环节期限"), heads, rows, form)
    if not rows:
        tell(say("当日的规定没有给这个环节期限；县里另有规定的，写进政策。"))
