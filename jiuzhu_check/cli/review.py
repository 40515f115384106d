"""review: links that a person has to look at: list, show, decide, by XLSX too, and how the answers fell."""

import shlex
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from jiuzhu_check.cli.entry import group
from jiuzhu_check.cli.options import OUTPUT, REASON, REVEAL, workspace_path
from jiuzhu_check.cli.screen import FORM, Form, facts, next_step, show, show_first, tell
from jiuzhu_check.errors import UsageError
from jiuzhu_check.language import say

if TYPE_CHECKING:
    from jiuzhu_check.checks.centre import Centre

app = group(say("复核：登记的权利人是不是这名成员，由人判断。看不到程序的判断；意见下次核对起生效。"))
SHOWN = 20
ITEM = typer.Argument(..., metavar="ITEM", help=say("复核项编号，见 review list。"))
REVIEWER = typer.Option("", "--reviewer", metavar="NAME", help=say("复核人；不写则为登录的账号。"))
SECOND = typer.Option(False, "--second", help=say("改列供第二人复核的：一人已有结论的抽十分之一，不显示结论。"))


class Outcome(StrEnum):
    """What a reader says."""

    same = "same"
    different = "different"
    unsure = "unsure"


@app.command("list", help=say(
    "列出待复核的项，按应先办的次序：申请家庭在前，法定办理期限早的在前；再按认定后会改变什么。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 review list\n    jiuzhu-check -C 工作区 review list --second --reviewer 李复核"
))  # fmt: skip
def list_(
    ctx: typer.Context,
    second: bool = SECOND,
    household: str = typer.Option(
        "", "--household", metavar="NO", help=say("改列这一户的全部关联，已采信的也在内，供提出异议。")
    ),
    reviewer: str = REVIEWER,
    form: Form | None = FORM,
) -> None:
    """List the queue."""
    from jiuzhu_check.checks.centre import Centre
    from jiuzhu_check.checks.review import EFFECTS, STATES, queue
    from jiuzhu_check.reports.plain import hide_numbers

    if second and household:
        raise UsageError(say("--second 和 --household 不能同用。"), hint=say("两者取一。"))
    centre = Centre.open(workspace_path(ctx))
    found = hide_numbers(queue(centre, reviewer or centre.audit.operator, second=second, household=household))
    titles = _titles(centre)
    heads = [say("编号"), say("办理期限"), say("家庭编号"), say("成员"), say("来源")]
    rows: list[tuple[Any, ...]] = [
        (
            each["item"],
            each["due_on"],
            each["household_no"],
            each["name"],
            titles.get(each["source"], each["source"]),
            *(() if second else (EFFECTS[each["effect"]] if each["status"] == "review" else "", STATES[each["state"]])),
        )
        for each in found.iter_rows(named=True)
    ]
    if not second:
        heads += [say("若相同"), say("状态")]
    if more := show_first(say("待复核"), heads, rows, form, SHOWN):
        tell(say("另有 {more:,} 项；加 --format tsv 看全部。", more=more))
    tell(say("共 {count:,} 项。", count=len(rows)))
    if rows:
        next_step(
            say("逐项看、逐项答，或导出表格来填。"), f"review show {rows[0][0]}", say("review export -o 复核表.xlsx")
        )


@app.command("show", help=say(
    "并列显示一项：登记和名册的姓名、号码（遮盖）、户内其他成员、登记内容。不显示程序的判断，也不显示别人的意见。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 review show 3f9a0c51b2d4"
))  # fmt: skip
def show_(
    ctx: typer.Context,
    item: str = ITEM,
    decisions: bool = typer.Option(False, "--decisions", help=say("也显示已有的复核意见；自己判断之后再看。")),
    reveal: bool = REVEAL,
    reason: str = REASON,
    form: Form | None = FORM,
) -> None:
    """Show one item, blind."""
    from jiuzhu_check.checks.audited import reveal as show_whole
    from jiuzhu_check.checks.centre import Centre
    from jiuzhu_check.checks.review import shown
    from jiuzhu_check.reports.review_sheet import evidence
    from jiuzhu_check.tables.decision import OUTCOMES

    centre = Centre.open(workspace_path(ctx))
    if reveal:
        show_whole(centre.audit, reason, item)
    found, told = shown(centre, item)
    pairs = list(_pairs(evidence(found, _titles(centre), reveal=reveal).row(0, named=True)))
    if decisions:
        pairs += [
            (f"意见 {each['decision_id']}", "　".join(filter(None, (
                OUTCOMES[each["outcome"]], each["reviewer"], each["decided_at"], each["note"]
            ))))
            for each in told.iter_rows(named=True)
        ]  # fmt: skip
    facts(say("复核项"), pairs, form)
    if not decisions and told.height:
        tell(say("已有 {count} 条意见，未显示；加 --decisions 查看。", count=told.height))
    next_step(
        say("写下判断：same 相同、different 不同、unsure 不确定。"),
        say("review decide {item} same --note 依据", item=item),
    )


@app.command("decide", help=say(
    "记下一条意见：same 相同 | different 不同 | unsure 不确定。只增不改，以每人最新的为准；两人意见不一的仍待复核。\n\n"
    "对已采信的关联有异议，也可以 different。下次核对起生效。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 review decide 3f9a0c51b2d4 same --note 看过行驶证原件"
))  # fmt: skip
def decide(
    ctx: typer.Context,
    item: str = ITEM,
    outcome: Outcome = typer.Argument(..., metavar="OUTCOME", help=say("same | different | unsure")),
    note: str = typer.Option("", "--note", metavar="TEXT", help=say("依据；不写号码。")),
    reviewer: str = REVIEWER,
) -> None:
    """Keep one answer."""
    from jiuzhu_check.checks.centre import Centre
    from jiuzhu_check.checks.decisions import Answer
    from jiuzhu_check.checks.review import decide as keep
    from jiuzhu_check.tables.decision import OUTCOMES

    centre = Centre.open(workspace_path(ctx))
    kept = keep(centre, Answer(item, outcome.value, note, reviewer or centre.audit.operator), _now())
    tell(
        say(
            "已记下 {decision}：{item} {outcome}（{reviewer}）。下次核对起生效。",
            decision=kept["decision_id"][0],
            item=item,
            outcome=OUTCOMES[outcome.value],
            reviewer=kept["reviewer"][0],
        )
    )
    next_step(say("接着看下一项。"), "review list")


@app.command("export", help=say(
    "导出复核表（XLSX）：一项一行，结论从下拉中选，其余各列受保护。号码遮盖，不显示程序的判断。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 review export -o 复核表.xlsx"
))  # fmt: skip
def export(
    ctx: typer.Context,
    output: Path | None = OUTPUT,
    second: bool = SECOND,
    reviewer: str = REVIEWER,
    reveal: bool = REVEAL,
    reason: str = REASON,
) -> None:
    """Write the sheet."""
    from jiuzhu_check.checks.answer_sheet import row_key
    from jiuzhu_check.checks.audited import reveal as show_whole
    from jiuzhu_check.checks.centre import Centre
    from jiuzhu_check.checks.review import newest_day, queue, with_facts
    from jiuzhu_check.reports.review_sheet import write_review_sheet
    from jiuzhu_check.store.durable import write_file

    centre = Centre.open(workspace_path(ctx))
    if reveal:
        show_whole(centre.audit, reason, "review")
    found = with_facts(centre, queue(centre, reviewer or centre.audit.operator, second=second))
    day = newest_day(centre)
    data = write_review_sheet(found, _titles(centre), row_key(centre), as_of=day, reveal=reveal)
    path = output or centre.workspace.reports_dir / f"review-{day:%Y%m%d}.xlsx"
    write_file(path, data)
    tell(say("已把 {count:,} 项写到 {path}。", count=found.height, path=path))
    next_step(say("填好后收回。"), f"review import {shlex.quote(str(path))} --dry-run")


@app.command("import", help=say(
    "收回填好的复核表，逐行检查：改动过的行、不认识的结论、缺复核人、没有的项，逐行退回并写明原因，其余照收。\n\n"
    "表中行数 = 收下 + 退回 + 未填。意见下次核对起生效。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 review import 复核表.xlsx --dry-run"
))  # fmt: skip
def import_(
    ctx: typer.Context,
    file: Path = typer.Argument(..., metavar="FILE", help=say("填好的复核表。")),
    dry_run: bool = typer.Option(False, "--dry-run", help=say("只检查，不记下。")),
    form: Form | None = FORM,
) -> None:
    """Take the answers in."""
    from jiuzhu_check.checks.centre import Centre
    from jiuzhu_check.checks.review_answers import take_answers

    taken = take_answers(Centre.open(workspace_path(ctx)), file, _now(), dry_run=dry_run)
    counts = {"rows": taken.rows, "accepted": taken.accepted, "refused": taken.refused.height, "blank": taken.blank}
    tell(say("表中 {rows:,} 行 = 收下 {accepted:,} 行 + 退回 {refused:,} 行 + 未填 {blank:,} 行。", **counts))
    if taken.refused.height:
        heads = [say("工作表"), say("行"), say("原因")]
        show(say("退回的行"), heads, list(taken.refused.iter_rows()), form, right=(1,))
    tell(say("收下的意见下次核对起生效。") if taken.kept else say("只是检查，没有记下。"))
    if not taken.kept:
        next_step(say("没有问题就去掉 --dry-run 再运行一次，真的收下。"))


@app.command("stats", help=say(
    "复核统计：按来源、按号码和姓名的证据，各有多少待复核、多少已复核、相同占多少（95% 区间），以及两人复核是否一致。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 review stats --format json"
))  # fmt: skip
def stats(ctx: typer.Context, form: Form | None = FORM) -> None:
    """Count the answers."""
    from jiuzhu_check.checks.centre import Centre
    from jiuzhu_check.checks.review import counted

    centre = Centre.open(workspace_path(ctx))
    groups, second = counted(centre)
    if form in (Form.json, Form.jsonl):
        import json

        typer.echo(json.dumps({"groups": groups.to_dicts(), **second}, ensure_ascii=False))
        return
    heads = [
        say("范围"),
        say("待复核"),
        say("已复核"),
        say("相同"),
        say("不同"),
        say("不确定"),
        say("不一"),
        say("相同占比"),
    ]
    titles = _titles(centre)
    rows = [
        (_group(each, titles), each["open"], each["decided"], each["same"], each["different"], each["unsure"],
         each["conflict"], _share(each))
        for each in groups.iter_rows(named=True)
    ]  # fmt: skip
    show(say("复核统计"), heads, rows, form, right=(1, 2, 3, 4, 5, 6))
    tell(say("两人都复核过 {second:,} 项，首次意见一致 {agreed:,} 项。", **second))


def _pairs(told: dict[str, str | None]) -> Iterator[tuple[str, str]]:
    """Heads and values; what the record says, a line for each of its columns."""
    for head, cell in told.items():
        if cell is not None and head == "登记内容":
            yield from (
                (f"登记：{label}", value) for label, _, value in (line.partition("：") for line in cell.split("\n"))
            )
        elif cell is not None:
            yield head, cell


def _group(row: dict[str, Any], titles: dict[str, str]) -> str:
    from jiuzhu_check.matching.evidence.name import RELATIONS
    from jiuzhu_check.matching.evidence.number import SENTENCES

    if row["by"] == "source":
        return titles.get(row["source"], str(row["source"]))
    number, name = row["number_evidence"] or "", row["name_relation"] or ""
    return f"{SENTENCES.get(number, number)}，{RELATIONS.get(name, name)}"


def _share(row: dict[str, Any]) -> str:
    if row["share"] is None:
        return "—"
    return f"{row['share']:.0%}（{row['low'] * 100:.0f}–{row['high'] * 100:.0f}）"


def _titles(centre: "Centre") -> dict[str, str]:
    return {name: source.title for name, source in centre.sources.items()}


def _now() -> datetime:
    return datetime.now(UTC).astimezone()
