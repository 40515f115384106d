"""roster import: households and their members, from the assistance platform's file."""

from pathlib import Path

import typer

from jiuzhu_check.cli.entry import group
from jiuzhu_check.cli.options import workspace_path
from jiuzhu_check.cli.screen import FORM, Form, next_step, show, tell
from jiuzhu_check.language import say

app = group(say("名册：在保家庭和申请家庭，一行一人。"))
SHOWN = 20


@app.command("import", help=say(
    "导入名册（CSV 或 XLSX）：按户新增或更新，不动其他家庭。\n\n"
    "缺姓名、缺家庭编号或号码被电子表格改坏的行，连同整户退回补正；校验位不符的号码照收并列出。收下 + 退回 = 交来。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 roster import roster.csv"
))  # fmt: skip
def import_(
    ctx: typer.Context,
    file: Path = typer.Argument(..., metavar="FILE", help=say("名册文件。")),
    form: Form | None = FORM,
) -> None:
    """Import a roster; show what goes back and what is flagged."""
    from jiuzhu_check.checks.centre import Centre
    from jiuzhu_check.checks.deliveries import take_roster

    taken = take_roster(Centre.open(workspace_path(ctx)), file)
    counts = {"delivered": taken.delivered, "accepted": taken.accepted, "returned": taken.returned}
    tell(say("交来 {delivered:,} 行 = 收下 {accepted:,} 行 + 退回 {returned:,} 行。", **counts))
    tell(
        say(
            "家庭 {all:,} 户：新增 {added:,}，更新 {updated:,}。",
            all=taken.households,
            added=taken.added,
            updated=taken.updated,
        )
    )
    rows = [
        *((row, say("退回"), reason) for row, reason in taken.returned_rows.select("source_row", "reason").iter_rows()),
        *((row, say("号码存疑，已收下"), _doubt(kind)) for row, _, kind in taken.flagged.iter_rows()),
        *((row, say("同一号码在另一户也有，已收下"), home) for row, home in taken.repeated.iter_rows()),
    ]
    if rows:
        shown = rows if form is not None else rows[:SHOWN]
        show(say("名册里要看的行"), [say("行"), say("处理"), say("原因")], shown, form, right=(0,))
        if len(shown) < len(rows):
            tell(say("另有 {more:,} 行；加 --format tsv 看全部。", more=len(rows) - len(shown)))
    next_step(
        say("收下各部门的数据；齐了就核对。"),
        say("pull vehicle --file 机动车.csv --data-date 2018-11-30"),
        "source list",
    )


def _doubt(kind: str) -> str:
    """Why a number that was taken is doubtful."""
    from jiuzhu_check.intake.roster import ROUNDED
    from jiuzhu_check.values.identity_number import KINDS

    if kind == ROUNDED:
        return say("号码末三位是 000，可能被电子表格改坏")
    return KINDS.get(kind) or say("号码与{what}不符", what=kind)
