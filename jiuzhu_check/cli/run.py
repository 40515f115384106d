"""run list | show | diff: the runs that are kept, and what changed between two nights."""

from typing import Any

import typer

from jiuzhu_check.cli.entry import group
from jiuzhu_check.cli.options import workspace_path
from jiuzhu_check.cli.screen import FORM, Form, facts, on_terminal, show, show_first, tell
from jiuzhu_check.errors import UsageError
from jiuzhu_check.language import say

app = group(say("历次核对：列出、查看，两次之间有什么不同。"))
SHOWN = 40  # rows on a terminal; pipes and files get all
KIND = typer.Option(
    None, "--kind", metavar="recipients|entrants|case", help=say("只列一种：在保必核、凡进必核或个案。")
)
NAME = typer.Argument("latest", metavar="RUN", help=say("核对编号；latest 为最近一次批量核对。"))
FROM = typer.Option(None, "--from", metavar="RUN", help=say("与哪一次相比；不写则为同类的前一次。"))
ONLY = typer.Option("", "--only", metavar="new|changed|gone|persisting", help=say("只列一种，可用逗号连写。"))


@app.command("list", help=say(
    "列出存有的各次核对，最近的在前：编号、种类、核对日、户数人数、发现数、来源是否齐。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 run list --kind recipients"
))  # fmt: skip
def list_(ctx: typer.Context, kind: str | None = KIND, form: Form | None = FORM) -> None:
    """List the runs."""
    from jiuzhu_check.checks.centre import Centre
    from jiuzhu_check.checks.run_list import run_list
    from jiuzhu_check.reports.wording import RUN_KINDS

    if kind is not None and kind not in RUN_KINDS:
        raise UsageError(
            say("没有这种核对：{kind}。", kind=kind), hint=say("可用：{names}。", names="、".join(RUN_KINDS))
        )
    runs = run_list(Centre.open(workspace_path(ctx)), kind)
    heads = [
        say("编号"), say("种类"), say("核对日"), say("户数"), say("人数"), say("发现"), say("来源"),
    ]  # fmt: skip
    rows = [
        (each["run"], _kind(each), each["as_of"], each["households"], each["members"], each["findings"], _lacks(each))
        for each in runs.iter_rows(named=True)
    ]  # fmt: skip
    if more := show_first(say("历次核对"), heads, rows, form, SHOWN, right=(3, 4, 5)):
        tell(say("另有 {more:,} 次；加 --format tsv 看全部。", more=more))
    if not rows:
        tell(say("还没有核对过；先运行 jiuzhu-check check recipients 或 check entrants。"))


@app.command("show", help=say(
    "一次核对：何时、核对了谁、用的政策、各来源的数据时点和状态。\n\n\b\n例：jiuzhu-check -C 工作区 run show latest"
))  # fmt: skip
def show_(ctx: typer.Context, name: str = NAME, form: Form | None = FORM) -> None:
    """Show one run."""
    from jiuzhu_check.checks.centre import Centre
    from jiuzhu_check.checks.run_list import run_shown
    from jiuzhu_check.reports.wording import REQUIREMENTS, SOURCE_STATES

    run, states = run_shown(Centre.open(workspace_path(ctx)), name)
    about = run.row(0, named=True)
    pairs = [
        (say("编号"), about["run"]),
        (say("种类"), _kind(about)),
        (say("核对日"), about["as_of"]),
        (say("存于"), about["kept_at"]),
        (say("区划"), about["region"]),
        (say("户数"), about["households"]),
        (say("人数"), about["members"]),
        (say("发现"), about["findings"]),
        (say("来源"), _lacks(about)),
        (say("政策"), about["policy"]),
        (say("县级标准缺"), about["missing_parameters"] or say("无")),
    ]
    heads = [say("来源"), say("供数机构"), say("要求"), say("状态"), say("数据时点"), say("说明")]
    rows = [
        (
            each["title"] or each["source"], each["supplier"], REQUIREMENTS[each["requirement"]],
            SOURCE_STATES[each["state"]], each["data_date"], each["reason"],
        )
        for each in states.filter(states["requirement"] != "unsigned").iter_rows(named=True)
    ]  # fmt: skip
    facts(say("核对"), pairs, form)
    if form not in (Form.json, Form.jsonl):
        show(say("来源"), heads, rows, form)


@app.command("diff", help=say(
    "两次核对之间的发现：新增、变化、不再有、仍在，按户列出。\n\n"
    "不再有的写明为什么：家庭已不在名册的核对范围、来源这次未核对（不能说已没有），或核对过、确实不再有。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 run diff latest --only new,changed"
))  # fmt: skip
def diff(
    ctx: typer.Context, name: str = NAME, earlier: str | None = FROM, only: str = ONLY, form: Form | None = FORM
) -> None:
    """Compare two runs."""
    from jiuzhu_check.checks.centre import Centre
    from jiuzhu_check.checks.run_list import compared
    from jiuzhu_check.tables.run import CHANGES

    wanted = [word for word in only.split(",") if word] or (list(CHANGES) if form else ["new", "changed", "gone"])
    if stray := [word for word in wanted if word not in CHANGES]:
        raise UsageError(
            say("--only 没有 {stray}。", stray="、".join(stray)), hint=say("可用：{names}。", names="、".join(CHANGES))
        )
    before, after, every = compared(Centre.open(workspace_path(ctx)), name, earlier)
    rows: list[tuple[Any, ...]] = [
        (
            each["household_no"], each["member_no"], CHANGES[each["change"]], each["title"], each["subject"],
            _amount(each["found_before"], each["unit"]), _amount(each["found"], each["unit"]), each["first_seen"],
            _why(each["why"]), each["rule"], each["finding_id"],
        )
        for each in every.filter(every["change"].is_in(wanted)).iter_rows(named=True)
    ]  # fmt: skip
    heads = [
        say("家庭编号"), say("成员"), say("变化"), say("事项"), say("对象"), say("上次查得"), say("本次查得"), say("首见"),
        say("说明"), say("规则"), say("发现编号"),
    ]  # fmt: skip
    counted = dict(every["change"].value_counts().iter_rows())
    if on_terminal(form):  # what fits a screen; programs get every column
        heads, rows = heads[:9], [row[:9] for row in rows]
    if more := show_first(say("发现的变化"), heads, rows, form, SHOWN):
        tell(say("另有 {more:,} 条；加 --format tsv 看全部。", more=more))
    tell(
        say(
            "{before} → {after}：{counts}。",
            before=before,
            after=after,
            counts="、".join(f"{title} {counted.get(change, 0):,}" for change, title in CHANGES.items()),
        )
    )


def _kind(run: dict[str, object]) -> str:
    """What kind of check it was; of recipients also which part of them, where it was not everybody."""
    from jiuzhu_check.reports.wording import RUN_KINDS, portion

    part = portion(str(run["portion"] or ""))
    return f"{say(RUN_KINDS[str(run['kind'])])} {part}".rstrip()


def _lacks(run: dict[str, object]) -> str:
    if not run["lacking"]:
        return say("齐全")
    text = say("{count} 项未到位", count=run["lacking"])
    return text if run["complete"] == "yes" else text + say("，必需来源不全")


def _amount(amount: str | None, unit: str | None) -> str | None:
    return amount if amount is None or not unit else f"{amount} {unit}"


def _why(code: str | None) -> str | None:
    from jiuzhu_check.tables.run import GONE

    return {**GONE, "newly_connected": say("首次接入")}.get(code or "")
