"""doctor: whether everything is ready, and what to do where it is not."""

from datetime import UTC, datetime

import typer

from jiuzhu_check.cli.entry import single
from jiuzhu_check.cli.options import AS_OF, day, workspace_path
from jiuzhu_check.cli.screen import FORM, Form, next_step, show, tell
from jiuzhu_check.errors import ExitCode
from jiuzhu_check.language import say

app = single()


@app.command(help=say(
    "体检：终端编码、中文字体、临时目录、磁盘、权限、密钥、时钟、审计、名册、来源、取数用的库、政策标准，逐项看，说出怎么办。"
    "什么也不改。还没有工作区也能用。\n\n"
    "有要处理的，以 3 退出；只有留意的，以 0 退出。\n\n"
    "\b\n例：jiuzhu-check doctor\n    jiuzhu-check -C 工作区 doctor --format json"
))  # fmt: skip
def doctor(ctx: typer.Context, as_of: str | None = AS_OF, form: Form | None = FORM) -> None:
    """Look at everything and say what to do."""
    from jiuzhu_check.checks.doctor import examine
    from jiuzhu_check.checks.machine import STATES

    seen = examine(workspace_path(ctx), day(as_of), datetime.now(UTC))
    rows = [(each.what, say(STATES[each.state]), each.said, each.todo) for each in seen]
    show(say("体检"), [say("项目"), say("状态"), say("情况"), say("怎么办")], rows, form)
    problems = [each for each in seen if each.state == "problem"]
    notes = sum(each.state == "note" for each in seen)
    tell(say("共 {count} 项：要处理 {problems}，留意 {notes}。", count=len(seen), problems=len(problems), notes=notes))
    if problems:
        next_step(say("先处理“{what}”：{todo}", what=problems[0].what, todo=problems[0].todo))
        raise typer.Exit(ExitCode.INCOMPLETE)
    next_step(say("都备好了，可以核对。"), "check recipients", "check entrants")
