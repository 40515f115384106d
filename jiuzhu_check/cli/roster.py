"""roster import | returned: households and their members, from the assistance platform's file; what went back of it."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from jiuzhu_check.cli.entry import group
from jiuzhu_check.cli.options import OUTPUT, workspace_path
from jiuzhu_check.cli.screen import FORM, Form, next_step, show, show_first, tell
from jiuzhu_check.errors import UsageError
from jiuzhu_check.language import say

if TYPE_CHECKING:
    from jiuzhu_check.checks.centre import Centre
    from jiuzhu_check.intake.roster import Imported
    from jiuzhu_check.intake.roster_replace import Leaving

app = group(say("名册：在保家庭和申请家庭，一行一人。"))
SHOWN = 20


@app.command("import", help=say(
    "导入名册（CSV 或 XLSX）：按户新增或更新，不动其他家庭。\n\n"
    "缺姓名、缺家庭编号或号码被电子表格改坏的行，连同整户退回补正；校验位不符的号码照收并列出。收下 + 退回 = 交来。\n\n"
    "申请家庭按名册的批次栏归入批次；没有这一栏的用 --batch 写明。\n\n"
    "--replace：文件是所涉区划在保家庭的全部。没有列出的在保家庭转为停保，先列出是哪些并询问；申请家庭不动。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 roster import roster.csv\n"
    "    jiuzhu-check -C 工作区 roster import 申请.xlsx --batch 2018年第12批\n"
    "    jiuzhu-check -C 工作区 roster import 在保.csv --replace"
))  # fmt: skip
def import_(
    ctx: typer.Context,
    file: Path = typer.Argument(..., metavar="FILE", help=say("名册文件。")),
    batch: str | None = typer.Option(None, "--batch", metavar="NAME", help=say("文件里申请家庭的批次名；名册没有批次栏时写。")),
    replace: bool = typer.Option(False, "--replace", help=say("文件是在保家庭的全部，没有列出的转为停保。")),
    accept_drop: bool = typer.Option(False, "--accept-drop", help=say("没有列出的在保家庭超过约定的比例，已核实，照办。")),
    yes: bool = typer.Option(False, "--yes", help=say("不再询问。")),
    form: Form | None = FORM,
) -> None:  # fmt: skip
    """Import a roster; show what goes back and what is flagged."""
    from jiuzhu_check.checks.centre import Centre
    from jiuzhu_check.checks.deliveries import take_roster

    named = _batch_name(batch)
    if replace and named:
        raise UsageError(say("--replace 是在保家庭的，--batch 是申请家庭的，取一。"))
    if not replace and (accept_drop or yes):
        raise UsageError(say("--yes 和 --accept-drop 只与 --replace 同用。"))
    centre = Centre.open(workspace_path(ctx))
    if replace:
        taken = _replace(centre, file, accept_drop=accept_drop, yes=yes, form=form)
    else:
        taken = take_roster(centre, file, batch=named)
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
    if taken.leaving:
        tell(say("没有列出、转为停保：{left:,} 户。", left=taken.leaving.households.height))
    _tell_batches(centre, taken)
    _show_rows(taken, form)
    if taken.returned:
        tell(say("退回的按乡镇写成补正单：roster returned -o 补正单.xlsx。"))
    next_step(
        say("收下各部门的数据；齐了就核对。"),
        say("pull vehicle --file 机动车.csv --data-date 2018-11-30"),
        "source list",
    )


@app.command("returned", help=say(
    "补正单：导入名册时退回、至今没有补正的行，写明文件、工作表、行号、问题和怎么办；号码遮盖。"
    "写到 XLSX 时一个乡镇一张表，附交来 = 收下 + 退回 的数目。\n\n"
    "在原文件里改好，照常 roster import 即可；收下的就不再列出。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 roster returned\n    jiuzhu-check -C 工作区 roster returned -o 补正单.xlsx"
))  # fmt: skip
def returned(ctx: typer.Context, output: Path | None = OUTPUT, form: Form | None = FORM) -> None:
    """List the roster rows that are out, or write them for the townships."""
    from jiuzhu_check.checks.centre import Centre
    from jiuzhu_check.checks.returned import returned_roster
    from jiuzhu_check.reports.plain import hide_numbers
    from jiuzhu_check.reports.returned_sheet import returned_book
    from jiuzhu_check.store.durable import write_file

    rows, statements = returned_roster(Centre.open(workspace_path(ctx)))
    for each in statements:
        tell(f"{each.day} {each.in_words()}")
    if output is not None:
        write_file(output, returned_book(rows, statements))
        tell(say("已写到 {path}。", path=output))
        return
    if rows.is_empty():
        tell(say("没有待补正的行。"))
        if form is None:
            return
    heads = [
        say("乡镇"), say("文件"), say("工作表"), say("行"), say("批次"), say("家庭编号"), say("问题"), say("怎么办"),
    ]  # fmt: skip
    names = ("township", "extract", "sheet", "source_row", "batch", "household_no", "reason", "to_do")
    cells = hide_numbers(rows.select(names)).rows()
    if more := show_first(say("待补正"), heads, cells, form, SHOWN, right=(3,)):
        tell(say("另有 {more:,} 行；加 --format tsv 看全部。", more=more))


def _batch_name(batch: str | None) -> str:
    """The batch's name, or nothing where none is given; raises UsageError where it cannot be one."""
    from jiuzhu_check.audit.reason import clean

    if batch is None:
        return ""
    hint = say("用年月和批次起名，如 2018-12。")
    if not batch.strip():
        raise UsageError(say("批次名是空的。"), hint=hint)
    try:
        clean(batch)
    except UsageError:
        raise UsageError(say("批次名过长，或含证件号码、银行卡号。"), hint=hint) from None
    return batch.strip()


def _replace(centre: "Centre", file: Path, *, accept_drop: bool, yes: bool, form: Form | None) -> "Imported":
    """Say whom the roster leaves out, ask, and take it in."""
    from jiuzhu_check.checks.deliveries import take_roster
    from jiuzhu_check.intake.roster_replace import Replacing

    found = take_roster(centre, file, replacing=Replacing(centre.region), dry_run=True).leaving
    assert found is not None, "a roster that replaces says who leaves"
    _show_leaving(found, form)
    if not accept_drop:
        found.hold()
    if found.households.height and not yes:
        if not sys.stdin.isatty():
            raise UsageError(say("没有终端可以询问；没有导入。"), hint=say("确认上列家庭都已停保的，加 --yes。"))
        typer.confirm(say("上列 {left:,} 户转为停保？", left=found.households.height), abort=True, err=True)
    agreed = frozenset(found.households["household_no"])
    return take_roster(centre, file, replacing=Replacing(centre.region, accept_drop, agreed))


def _show_leaving(found: "Leaving", form: Form | None) -> None:
    left = found.households
    tell(
        say(
            "所涉区划现有在保家庭 {all:,} 户，名册没有列出的 {left:,} 户（{share:.1f}%）。",
            all=found.recipients,
            left=left.height,
            share=found.share,
        )
    )
    if left.is_empty():
        return
    counted = left.group_by("township", "programme").len().sort("township", "programme", nulls_last=True)
    if form is None:
        show(say("将转为停保"), [say("乡镇"), say("救助类别"), say("户")], counted.rows(), None, right=(2,))
    tell(say("家庭编号：{homes}。", homes="、".join(left["household_no"])))


def _show_rows(taken: "Imported", form: Form | None) -> None:
    """The rows that somebody has to look at; of a workbook with the sheet on which each stands."""
    place = ("sheet", "source_row")
    rows = [
        *((*at, say("退回"), reason) for *at, reason in taken.returned_rows.select(*place, "reason").iter_rows()),
        *(
            (*at, say("号码存疑，已收下"), _doubt(kind))
            for *at, kind in taken.flagged.select(*place, "kind").iter_rows()
        ),
        *(
            (*at, say("同一号码在另一户也有，已收下"), say("另一户：{homes}", homes=homes))
            for *at, homes in taken.repeated.select(*place, "others").iter_rows()
        ),
    ]
    for heading, note in taken.unread:
        tell(
            say(
                "「{heading}」有 {rows:,} 行读不出来，按没有填写收下，首见第 {first} 行。请改正后重新导入。",
                heading=heading,
                rows=note.rows,
                first=note.first,
            )
        )
    if not rows:
        return
    heads = [say("工作表"), say("行"), say("处理"), say("原因")]
    if not any(sheet for sheet, *_ in rows):
        heads, rows = heads[1:], [tuple(cells) for _, *cells in rows]
    shown = rows if form is not None else rows[:SHOWN]
    show(say("名册里要看的行"), heads, shown, form, right=(heads.index(say("行")),))
    if len(shown) < len(rows):
        tell(say("另有 {more:,} 行；加 --format tsv 看全部。", more=len(rows) - len(shown)))


def _tell_batches(centre: "Centre", taken: "Imported") -> None:
    """How many applicants each batch got, and which of these batches are closed, so that nobody checks them."""
    from jiuzhu_check.checks.batch_history import read_history

    if not taken.batches["batch"].is_null().all():
        told = "、".join(
            say("{batch} {count:,} 户", batch=batch or say("未编批次"), count=count)
            for batch, count in taken.batches.head(SHOWN).iter_rows()
        )
        tell(say("申请家庭的批次：{told}{more}。", told=told, more=say(" 等") if taken.batches.height > SHOWN else ""))
    closed = read_history(centre.store).closed
    for batch in taken.batches["batch"].drop_nulls():
        if batch in closed:
            tell(say("！批次 {batch} 已关闭，不会再核对；要核对的先 batch reopen。", batch=batch))


def _doubt(kind: str) -> str:
    """Why a number that was taken is doubtful."""
    from jiuzhu_check.intake.roster import ROUNDED
    from jiuzhu_check.values.identity_number import KINDS

    if kind == ROUNDED:
        return say("号码末三位是 000，可能被电子表格改坏")
    return KINDS.get(kind) or say("号码与{what}不符", what=kind)
