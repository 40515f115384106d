"""batch list | show | close | reopen: the applicants of one acceptance, from acceptance to the report that is given out."""

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import typer

from jiuzhu_check.cli.entry import group
from jiuzhu_check.cli.options import AS_OF, day, workspace_path
from jiuzhu_check.cli.screen import FORM, Form, show, show_first, tell
from jiuzhu_check.language import say

if TYPE_CHECKING:
    from jiuzhu_check.checks.batches import BatchSheet

app = group(
    say("批次：一次受理的申请家庭，从受理、核对到出报告、关闭。批次名来自名册的批次栏，或 roster import --batch。")
)
NAME = typer.Argument(..., metavar="NAME", help=say("批次名，用 batch list 看有哪些。"))
BY = typer.Option(..., "--by", metavar="NAME", help=say("经办人姓名。"))
SHOWN = 40  # households on a terminal; pipes and files get all


@app.command("list", help=say(
    "各批次：是否关闭、户数、人数、乡镇、经办人、法定办理期限（其中最早一户的）、还有几天、报告到第几版、哪些来源还有人没核对、"
    "还有几户退回未补正。没有编批次的申请家庭列在最后一行。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 batch list --as-of 2018-12-01"
))  # fmt: skip
def list_(ctx: typer.Context, as_of: str | None = AS_OF, form: Form | None = FORM) -> None:
    """List the batches."""
    from jiuzhu_check.checks.batches import batch_list
    from jiuzhu_check.checks.centre import Centre

    rows = batch_list(Centre.open(workspace_path(ctx)), day(as_of))
    heads = [
        say("批次"), say("状态"), say("户"), say("人"), say("乡镇"), say("经办人"), say("法定期限"), say("还有天数"),
        say("报告版本"), say("核对日"), say("未核对"), say("退回未补正（户）"),
    ]  # fmt: skip
    cells = [
        (
            each["batch"] or say("（未编批次）"),
            _state(each["state"]),
            *(each[name] for name in ("households", "members", "townships", "handlers", "due_on", "days_left")),
            each["version"],
            each["checked_on"],
            each["unchecked"] if each["version"] or not each["batch"] else say("从未核对"),
            each["returned"],
        )
        for each in rows.iter_rows(named=True)
    ]
    show(say("批次"), heads, cells, form, right=(2, 3, 7, 8, 11))
    if not rows["known"].all():
        tell(say("有的期限跨到节假日安排还没有公布的年份，按周一至周五估算。"))
    named = rows.filter(rows["batch"].is_not_null())
    late = named.filter(named["days_left"] < 0).height
    shut = named.filter(named["state"] == "closed").height
    tell(say("共 {count} 批，已关闭 {shut} 批；有家庭已超期的 {late} 批。", count=named.height, shut=shut, late=late))


@app.command("show", help=say(
    "一个批次：各户的乡镇、期限和核对结果，报告的各版，还缺什么（来源没到、成员没核对、退回未补正），何时由谁关闭或重开。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 batch show 2018年第12批"
))  # fmt: skip
def show_(ctx: typer.Context, name: str = NAME, as_of: str | None = AS_OF, form: Form | None = FORM) -> None:
    """Lay one batch open."""
    from jiuzhu_check.checks.batches import batch_sheet
    from jiuzhu_check.checks.centre import Centre

    sheet = batch_sheet(Centre.open(workspace_path(ctx)), name, day(as_of))
    if form in (Form.json, Form.jsonl):
        parts = {
            "households": sheet.households,
            "versions": sheet.versions,
            "events": sheet.events,
            "missing": sheet.gaps,
        }
        told = {**sheet.listed, **{part: rows.drop("content", strict=False).to_dicts() for part, rows in parts.items()}}
        typer.echo(json.dumps(told, ensure_ascii=False, default=str))
    else:
        _show(sheet, form)


@app.command("close", help=say(
    "由具名的人关闭一个批次：报告已发出，以后 check entrants 不再核对它，各版报告照样可出。\n\n"
    "必需来源没到、有成员没核对、有退回未补正的，说出缺什么并以 5 拒绝；确须关闭的写 --reason。记入审计。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 batch close 2018年第12批 --by 王丽\n"
    "    jiuzhu-check -C 工作区 batch close 2018年第12批 --by 王丽 --reason 不动产登记中心答复停机至月底，限期已到"
))  # fmt: skip
def close(
    ctx: typer.Context,
    name: str = NAME,
    by: str = BY,
    reason: str = typer.Option("", "--reason", metavar="TEXT", help=say("不齐时为何仍关闭；记入审计，不写号码。")),
) -> None:
    """Close a batch."""
    from jiuzhu_check.checks.batches import close as close_batch
    from jiuzhu_check.checks.batches import gap_in_words
    from jiuzhu_check.checks.centre import Centre

    gaps = close_batch(Centre.open(workspace_path(ctx)), name, by, reason, _now())
    for gap in gaps.iter_rows(named=True):
        tell(say("仍缺：{gap}", gap=gap_in_words(gap)))
    tell(say("已关闭。以后 check entrants 不再核对这个批次；report --batch 照样可出各版报告。"))


@app.command("reopen", help=say(
    "重开一个已关闭的批次，使 check entrants 再核对它；须写原因，记入审计。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 batch reopen 2018年第12批 --by 王丽 --reason 补收不动产数据"
))  # fmt: skip
def reopen(
    ctx: typer.Context,
    name: str = NAME,
    by: str = BY,
    reason: str = typer.Option("", "--reason", metavar="TEXT", help=say("为何重开；记入审计，不写号码。")),
) -> None:
    """Have a closed batch checked again."""
    from jiuzhu_check.checks.batches import reopen as reopen_batch
    from jiuzhu_check.checks.centre import Centre

    reopen_batch(Centre.open(workspace_path(ctx)), name, by, reason, _now())
    tell(say("已重开。下一次 check entrants 会核对这个批次。"))


def _show(sheet: "BatchSheet", form: Form | None) -> None:
    from jiuzhu_check.checks.batches import gap_in_words
    from jiuzhu_check.reports.wording import COMPLETE, FOUND

    listed = sheet.listed
    unsaid = say("无规定或未填受理日期")
    typer.echo(
        say(
            "批次 {batch}　{state}　{households} 户 {members} 人　法定期限 {due}",
            batch=listed["batch"],
            state=_state(str(listed["state"])),
            households=listed["households"],
            members=listed["members"],
            due=listed["due_on"] or unsaid,
        )
    )
    for event in sheet.events.iter_rows(named=True):
        done = say("关闭") if event["state"] == "closed" else say("重开")
        typer.echo(
            f"{event['closed_on']}　{event['closed_by']} {done}" + (f"：{event['reason']}" if event["reason"] else "")
        )
    typer.echo("")
    heads = [
        say("家庭编号"), say("乡镇"), say("村"), say("经办人"), say("户主"), say("人"), say("受理日期"), say("法定期限"),
        say("还有天数"), say("核对结果"),
    ]  # fmt: skip
    rows = [
        (
            *(each[name] for name in ("household_no", "township", "village", "handler", "head_name", "members")),
            *(each[name] for name in ("accepted_on", "due_on", "days_left")),
            say("尚未核对") if each["found"] is None else f"{FOUND[each['found']]}；{COMPLETE[each['complete']]}",
        )
        for each in sheet.households.iter_rows(named=True)
    ]
    if more := show_first(say("家庭"), heads, rows, form, SHOWN, right=(5, 8)):
        tell(say("另有 {more:,} 户；加 --format tsv 看全部。", more=more))
    typer.echo("")
    heads = [
        say("版"), say("核对日"), say("户"), say("人"), say("新到来源"), say("发现新增"), say("有变化"), say("不再有"),
        say("新核对（人次）"), say("转为未核对"), say("未核对"),
    ]  # fmt: skip
    names = (
        "version", "as_of", "households", "members", "arrived", "added", "changed", "gone", "checked", "lapsed", "unchecked",
    )  # fmt: skip
    show(say("报告版本"), heads, sheet.versions.select(names).rows(), form, right=(0, 2, 3, 5, 6, 7, 8, 9))
    typer.echo("")
    if sheet.gaps.is_empty():
        typer.echo(say("还缺：无。"))
    for gap in sheet.gaps.iter_rows(named=True):
        typer.echo(say("还缺：{gap}", gap=gap_in_words(gap)))


def _state(state: str) -> str:
    return say("已关闭") if state == "closed" else say("办理中")


def _now() -> datetime:
    return datetime.now(UTC).astimezone()
