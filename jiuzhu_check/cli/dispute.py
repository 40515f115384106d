"""dispute: a household says that a finding is not right; open, evidence, list, show, close."""

import sys
from datetime import UTC, datetime
from enum import StrEnum

import typer

from jiuzhu_check.cli.entry import group
from jiuzhu_check.cli.options import day, workspace_path
from jiuzhu_check.cli.screen import FORM, Form, show, tell
from jiuzhu_check.language import say

app = group(say("异议：家庭认为某条发现不对。收到材料后按复查期限办理，结论就是这条发现的答复。"))
DISPUTE = typer.Argument(..., metavar="DISPUTE", help=say("异议编号，见 dispute list。"))
ON = typer.Option(None, "--on", metavar="YYYY-MM-DD", help=say("哪一天；不写则为当天。"))
HANDLER = typer.Option("", "--handler", metavar="NAME", help=say("经办人；不写则为登录的账号。"))


class Outcome(StrEnum):
    """How the re-examination ends."""

    upheld = "upheld"
    explained = "explained"
    corrected = "corrected"
    cleared = "cleared"


class Cause(StrEnum):
    """Why a finding fell."""

    wrong_person = "wrong_person"
    outdated = "outdated"
    source_error = "source_error"


@app.command("open", help=say(
    "登记一件异议。理由用 --ground 写，不写则从标准输入读，终端上会提示；不写证件号码。复查期限从收到材料之日起算。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 dispute open --household JZ00000000 --finding 0123456789abcdef --ground 车已卖出"
))  # fmt: skip
def open_(
    ctx: typer.Context,
    household: str = typer.Option(..., "--household", metavar="NO", help=say("家庭编号。")),
    finding: str = typer.Option(..., "--finding", metavar="ID", help=say("发现编号，见 finding list。")),
    ground: str = typer.Option("", "--ground", metavar="TEXT", help=say("家庭说的理由；不写证件号码。")),
    on: str | None = ON,
    handler: str = HANDLER,
) -> None:
    """Open a dispute."""
    from jiuzhu_check.checks.centre import Centre
    from jiuzhu_check.checks.disputes import open_dispute

    centre = Centre.open(workspace_path(ctx))
    if not ground:
        ground = typer.prompt(say("理由"), err=True) if sys.stdin.isatty() else sys.stdin.read(4096).strip()
    kept = open_dispute(
        centre, household, finding, ground, handler or centre.audit.operator, day(on, "--on"), _now()
    )  # fmt: skip
    tell(say("已登记异议 {no}。收到材料后用 dispute evidence 记下，期限从那天起算。", no=kept["dispute_no"][0]))


@app.command("evidence", help=say(
    "记下收到的材料。第一次收到材料之日起算复查期限（政策的工作日数）；政策没有规定的会说明。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 dispute evidence Y000001 --item 过户协议 --item 收款凭证"
))  # fmt: skip
def evidence(
    ctx: typer.Context,
    dispute: str = DISPUTE,
    item: list[str] = typer.Option(..., "--item", metavar="TEXT", help=say("一件材料的名称；可写多次。")),
    on: str | None = ON,
) -> None:
    """Keep what was handed in."""
    from jiuzhu_check.checks.centre import Centre
    from jiuzhu_check.checks.disputes import add_evidence

    kept = add_evidence(Centre.open(workspace_path(ctx)), dispute, item, day(on, "--on"), _now())
    due = kept["due_on"][0]
    if due is None:
        tell(say("已记下。这一地区的政策没有规定复查期限，没有算出期限。"))
        return
    estimate = "" if kept["known"][0] else say("（节假日未公布，按周一至周五估算）")
    tell(say("已记下。请于 {due} 前办结{estimate}。", due=due, estimate=estimate))


@app.command("list", help=say(
    "列出正在办理的异议，期限早的在前。\n\n\b\n例：jiuzhu-check -C 工作区 dispute list --all"
))  # fmt: skip
def list_(
    ctx: typer.Context,
    household: str = typer.Option("", "--household", metavar="NO", help=say("只要这一户的。")),
    everything: bool = typer.Option(False, "--all", help=say("也列出已办结的。")),
    as_of: str | None = typer.Option(None, "--as-of", metavar="YYYY-MM-DD", help=say("以哪一天为今天；不写则为当天。")),
    form: Form | None = FORM,
) -> None:  # fmt: skip
    """List disputes."""
    from jiuzhu_check.checks.centre import Centre
    from jiuzhu_check.checks.disputes import listed

    found = listed(Centre.open(workspace_path(ctx)), household=household, everything=everything)
    today = day(as_of)
    late = found.filter((found["event"] != "closed") & (found["due_on"] < today).fill_null(value=False)).height
    _show(found, form)
    tell(say("共 {count:,} 件，其中已超期 {late:,} 件。", count=found.height, late=late))


@app.command("show", help=say(
    "显示一件异议的每一步：提出、收到材料、办结。\n\n\b\n例：jiuzhu-check -C 工作区 dispute show Y000001"
))  # fmt: skip
def show_(ctx: typer.Context, dispute: str = DISPUTE, form: Form | None = FORM) -> None:
    """Show every step of one."""
    from jiuzhu_check.checks.centre import Centre
    from jiuzhu_check.checks.disputes import shown

    _show(shown(Centre.open(workspace_path(ctx)), dispute), form)


@app.command("close", help=say(
    "办结：结论 upheld 仍不一致 | explained 已说明 | corrected 已更正 | cleared 不成立。已更正、不成立的写原因："
    "wrong_person 非本人、outdated 已过时、source_error 登记有误。\n\n"
    "登记的不是本人的，这条关联记为“不同”，下次核对起不再算在他名下，也计入层级和来源的准确率。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 dispute close Y000001 cleared --cause wrong_person --note 看过行驶证原件"
))  # fmt: skip
def close(
    ctx: typer.Context,
    dispute: str = DISPUTE,
    outcome: Outcome = typer.Argument(..., metavar="OUTCOME", help=say("upheld | explained | corrected | cleared")),
    cause: Cause | None = typer.Option(None, "--cause", help=say("wrong_person 非本人 | outdated 已过时 | source_error 登记有误。")),
    note: str = typer.Option("", "--note", metavar="TEXT", help=say("依据；不写号码。")),
    document: str = typer.Option("", "--document", metavar="NO", help=say("复查文件的文号。")),
    record: list[int] = typer.Option(
        None, "--record", min=1, metavar="N", help=say("第几条证据不是本人的，见 finding show；可写多次，只有一条证据时不必写。")
    ),
    on: str | None = ON,
    handler: str = HANDLER,
) -> None:  # fmt: skip
    """Close a dispute."""
    from jiuzhu_check.checks.centre import Centre
    from jiuzhu_check.checks.disputes import Closing
    from jiuzhu_check.checks.disputes import close as keep

    centre = Centre.open(workspace_path(ctx))
    closing = Closing(
        outcome.value, cause.value if cause else "", note, document, handler or centre.audit.operator,
        day(on, "--on"), tuple(record or ()),
    )  # fmt: skip
    _, links = keep(centre, dispute, closing, _now())
    tell(say("异议 {no} 已办结，结论已记为这条发现的答复。", no=dispute))
    if links:
        tell(say("{links} 条关联已记为“不同”，下次核对起不再算在他名下。", links=links))
    elif cause is Cause.wrong_person:
        tell(say("没有找到可以记为“不同”的关联；请用 review list --household 核对。"))


def _show(found: "object", form: Form | None) -> None:
    import polars as pl

    from jiuzhu_check.reports.plain import hide_numbers
    from jiuzhu_check.tables.dispute import CAUSES
    from jiuzhu_check.tables.reexamination import OUTCOMES

    assert isinstance(found, pl.DataFrame)
    steps = {"opened": say("待提交材料"), "evidence": say("办理中"), "closed": say("已办结")}
    rows = [
        (
            each["dispute_no"], each["household_no"], each["finding_id"], each["opened_on"], each["evidence_on"],
            each["due_on"], steps[each["event"]], each["ground"], each["evidence"], OUTCOMES.get(each["outcome"] or ""),
            CAUSES.get(each["cause"] or ""), each["closed_on"], each["note"], each["document_no"], each["handler"],
        )
        for each in hide_numbers(found).iter_rows(named=True)
    ]  # fmt: skip
    heads = [
        say("编号"), say("家庭编号"), say("发现编号"), say("提出"), say("收到材料"), say("期限"), say("状态"), say("理由"),
        say("材料"), say("结论"), say("原因"), say("办结"), say("说明"), say("文号"), say("经办人"),
    ]  # fmt: skip
    show(say("异议"), heads, rows, form)


def _now() -> datetime:
    return datetime.now(UTC).astimezone()
