"""source register show | set: which sources are signed, and required or optional, programme by programme."""

import typer

from jiuzhu_check.cli.entry import group
from jiuzhu_check.cli.options import workspace_path
from jiuzhu_check.cli.screen import FORM, Form, on_terminal, show, tell
from jiuzhu_check.language import say

app = group(say("来源登记（sources.toml）：各来源必需、可选还是未签约，可按救助类别分别写；新鲜天数、联系方式。"))


@app.command("show", help=say(
    "列出登记：每个来源必需、可选还是未签约，哪些救助类别不同，数据时点多少天以内算新，联系谁。\n\n"
    "未签约的来源不读，也不在核对覆盖里；按类别未签约的，只对那一类家庭不读。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 source register show"
))  # fmt: skip
def show_(
    ctx: typer.Context,
    source: str = typer.Argument("", metavar="[SOURCE]", help=say("只看一个来源，如 deposit；不写则全部。")),
    form: Form | None = FORM,
) -> None:
    """List the entries."""
    from jiuzhu_check.checks.centre import Centre
    from jiuzhu_check.checks.register import in_words, strongest
    from jiuzhu_check.intake.source import pick

    centre = Centre.open(workspace_path(ctx))
    names = [pick(centre.sources, source).id] if source else list(centre.register)
    rows, unsigned = [], 0
    brief = not source and on_terminal(form)  # programs get every row
    for name in names:
        entry = centre.register[name]
        unsigned += strongest(entry) == "unsigned"
        if not (brief and strongest(entry) == "unsigned"):
            wanted = centre.sources[name]
            days = entry.get("freshness_days", wanted.contract.freshness_days)
            own = say("登记") if "freshness_days" in entry else say("来源的约定")
            rows.append((name, wanted.title, in_words(entry), int(str(days)), own, entry.get("contact", "")))
    heads = [say("来源"), say("名称"), say("要求"), say("算新的天数"), say("天数出自"), say("联系方式")]
    show(say("来源登记"), heads, rows, form, right=(3,))
    if brief:
        tell(say("另有 {count} 项未签约；加 --format tsv 看全部。", count=unsigned))


@app.command("set", help=say(
    "改一个来源的登记，显示改前和改后；文件里的注释和次序不变，记入审计。\n\n"
    "要求：required 必需（缺则退出码为 3）、optional 可选、unsigned 未签约（不读、不列入覆盖，报告里写明）。"
    "加 --programme 只改这些救助类别的；default 去掉该类别自己的，与来源相同。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 source register set deposit --requirement required\n"
    "    jiuzhu-check -C 工作区 source register set deposit --programme 农村特困 --requirement unsigned"
))  # fmt: skip
def set_(
    ctx: typer.Context,
    source: str = typer.Argument(..., metavar="SOURCE", help=say("来源，如 deposit；用 source register show 看有哪些。")),
    requirement: str | None = typer.Option(None, "--requirement", metavar="WORD", help=say("required、optional 或 unsigned；对类别还可写 default。")),
    programme: list[str] = typer.Option([], "--programme", metavar="NAME", help=say("只对这个救助类别，如 农村特困；可以写多次。")),
    freshness_days: str | None = typer.Option(None, "--freshness-days", metavar="N", help=say("数据时点距核对日多少天以内算新；default 用来源自己的约定。")),
    contact: str | None = typer.Option(None, "--contact", metavar="TEXT", help=say("联系方式，写部门和电话；空的去掉。")),
    form: Form | None = FORM,
) -> None:  # fmt: skip
    """Change one entry."""
    from jiuzhu_check.checks.centre import Centre
    from jiuzhu_check.checks.register import REQUIREMENTS
    from jiuzhu_check.checks.register_change import Wanted, change_register

    wanted = Wanted(requirement, tuple(programme), freshness_days, contact)
    changes = change_register(Centre.open(workspace_path(ctx)), source, wanted)
    if not changes:
        tell(say("登记里已经是这样，没有改动。"))
        return
    words = {
        "requirement": say("要求"),
        "freshness_days": say("算新的天数"),
        "contact": say("联系方式"),
        **REQUIREMENTS,
    }
    rows = []
    for each in changes:
        nothing = say("没有写") if each.what in words else say("与来源相同")  # all else is a programme
        said = [words.get(text, text) if text else nothing for text in (each.before, each.after)]
        rows.append((words.get(each.what, each.what), *said))
    show(source, [say("项目"), say("改前"), say("改后")], rows, form)
    tell(say("已写入来源登记。下一次核对起按新的登记。"))
