"""audit verify: whether the chained log is whole."""

import typer

from jiuzhu_check.cli.entry import group
from jiuzhu_check.cli.options import workspace_path
from jiuzhu_check.cli.screen import FORM, Form, show
from jiuzhu_check.errors import IntegrityError
from jiuzhu_check.language import say

app = group(say("审计：每次核对、导出和显示号码都先留下一条链式记录。"))


@app.command("verify", help=say(
    "校验审计链，并打印链头，供抄存在工作区之外。\n\n"
    "链本身查不出整段截尾：请定期把链头抄在纸上或另一台机器上，下次核对。"
))  # fmt: skip
def verify(ctx: typer.Context, form: Form | None = FORM) -> None:
    """Verify the log; exit 15 where it is not whole."""
    from jiuzhu_check.audit.verify import verify as verify_log
    from jiuzhu_check.checks.centre import Centre

    centre = Centre.open(workspace_path(ctx))
    told = verify_log(centre.workspace.audit_dir, centre.workspace.keys.audit)
    rows = [
        (say("记录"), told.records),
        (say("中断的查询"), len(told.interrupted)),
        (say("链头"), told.head),
        (say("问题"), len(told.problems)),
    ]
    show(say("审计"), [say("项目"), say("值")], rows, form)
    if told.problems:
        raise IntegrityError(
            say("审计记录被改动或缺失：{first}", first=told.problems[0]), hint=say("保留现场，联系审计人员。")
        )
