"""reject: what of the deliveries was not taken in; the list for the department; and what is released."""

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from jiuzhu_check.cli.entry import group
from jiuzhu_check.cli.options import REASON, REVEAL, workspace_path
from jiuzhu_check.cli.screen import FORM, Form, is_drawn, next_step, show, tell
from jiuzhu_check.errors import UsageError
from jiuzhu_check.language import say

if TYPE_CHECKING:
    from jiuzhu_check.checks.rejects import Returned

app = group(say("退回：没有收下的行、整份拒收的交付；给部门的清单；确认或修好读法后放行。"))
SUPPLIER = typer.Option("", "--supplier", metavar="REGION", help=say("交数据的机构所在行政区划；不写则为本中心的。"))
DELIVERY = typer.Option(
    "", "--delivery", metavar="ID", help=say("哪一份交付，如 20181130-0a1b2c3d4e5f；reject list 列出编号。")
)
_SHOWN = 50
_MOST_ROWS = 100_000


@app.command("list", help=say(
    "没有收下的：不写来源，各来源按文件和原因计数；写来源，逐行列出。整份拒收的交付也在内，写明原因和怎么办；"
    "加 --delivery 看其中哪些行读不出来。不显示单元格内容。\n\n"
    "名册的退回行见 roster import 的输出和 export rejects。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 reject list\n    jiuzhu-check -C 工作区 reject list vehicle"
))  # fmt: skip
def list_(
    ctx: typer.Context,
    source: str = typer.Argument("", metavar="[SOURCE]", help=say("来源，如 vehicle；不写则全部来源。")),
    supplier: str = typer.Option("", "--supplier", metavar="REGION", help=say("只看这个机构交来的。")),
    delivery: str = DELIVERY,
    form: Form | None = FORM,
) -> None:  # fmt: skip
    """List what was not taken in."""
    from jiuzhu_check.checks.centre import Centre
    from jiuzhu_check.checks.rejects import look_into, returned

    centre = Centre.open(workspace_path(ctx))
    if delivery:
        if not source:
            raise UsageError(say("--delivery 要与来源同用。"), hint=say("如 reject list vehicle --delivery ID。"))
        found, _ = look_into(centre, source, supplier, delivery)
        _rows([found], form)
        return
    told = returned(centre, source, supplier)
    if source:
        _rows(told, form)
    else:
        _counts(told, form)
    if not told:
        tell(say("没有退回的行，也没有拒收的交付。"))
    elif any(each.whole for each in told) and is_drawn(form):
        tell(
            say(
                "整份拒收的（refused）：原文件已加密存放，上一次的数据仍在用。修好 source.toml 或部门确认后，用 reject release 来源 --delivery 编号 收下，不必重交。"
            )
        )


@app.command("export", help=say(
    "给部门的退回清单：来源、文件、行号、原因，和该行交来时的单元格（从加密存放的原文件重新读出）。号码遮盖；"
    "--reveal 显示完整号码，须写 --reason，记入审计。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 reject export vehicle -o 机动车退回.xlsx"
))  # fmt: skip
def export(
    ctx: typer.Context,
    source: str = typer.Argument(..., metavar="SOURCE", help=say("来源，如 vehicle；用 connector list 看有哪些。")),
    supplier: str = SUPPLIER,
    delivery: str = DELIVERY,
    output: Path = typer.Option(..., "--output", "-o", metavar="FILE", help=say("写到文件：.xlsx 或 .csv；- 为标准输出（CSV）。")),
    reveal: bool = REVEAL,
    reason: str = REASON,
) -> None:  # fmt: skip
    """Write the list for the department."""
    from jiuzhu_check.checks.centre import Centre
    from jiuzhu_check.checks.exports import written
    from jiuzhu_check.checks.rejects import delivered_rows
    from jiuzhu_check.reports.reject_sheet import reject_book, reject_rows
    from jiuzhu_check.store.durable import write_file

    form = "csv" if str(output) == "-" else output.suffix.lower().removeprefix(".")
    if form not in ("xlsx", "csv"):
        raise UsageError(say("退回清单只写成 .xlsx 或 .csv。"), hint=say("改用这样的文件名。"))
    rows = delivered_rows(
        Centre.open(workspace_path(ctx)), source, supplier, delivery, reason=reason if reveal else None
    )
    data = reject_book(rows, rows["data_date"].max()) if form == "xlsx" else written(reject_rows(rows), "csv")  # type: ignore[arg-type]
    if str(output) == "-":
        sys.stdout.buffer.write(data)
        return
    write_file(output, data)
    tell(say("已写 {rows:,} 行到 {path}。", rows=rows.height, path=output))
    next_step(say("交给部门；读法修好了或部门确认了，就放行。"), f"reject release {source} --dry-run")


@app.command("release", help=say(
    "放行：按现在的 source.toml 把存放的原文件重新读一遍，原先退回、现在读得出的行收下，成为同一数据时点的新快照；读不出的仍退回。不必部门重交。\n\n"
    "用在三处：source.toml 补了新列名、新代码之后；部门确认某行确是数据（--rows，只限合计或说明行、单元格过长的）；"
    "整份拒收的交付，读法修好了，或部门确认了（--delivery，加 --accept-drop、--accept-columns）。"
    "原先收下的行若会因此读不出来，则不放行。先用 --dry-run 看会怎样；每次放行连同原因记入审计。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 reject release vehicle --dry-run\n"
    "    jiuzhu-check -C 工作区 reject release vehicle --rows 17,20-22 --reason 交警支队电话确认是数据\n"
    "    jiuzhu-check -C 工作区 reject release vehicle --delivery 20181130-0a1b2c3d4e5f --reason 已补新列名"
))  # fmt: skip
def release(
    ctx: typer.Context,
    source: str = typer.Argument(..., metavar="SOURCE", help=say("来源，如 vehicle；用 connector list 看有哪些。")),
    supplier: str = SUPPLIER,
    delivery: str = DELIVERY,
    rows: str = typer.Option("", "--rows", metavar="N,N-N", help=say("部门已确认是数据的行号，如 17,20-22。")),
    sheet: str = typer.Option("", "--sheet", metavar="NAME", help=say("这些行在哪张工作表；文本文件不写。")),
    accept_drop: bool = typer.Option(False, "--accept-drop", help=say("行数比上一次少得多，已向部门核实，照收。")),
    accept_columns: bool = typer.Option(False, "--accept-columns", help=say("比上一次少了列，或有列读法变了，已向部门核实，照收。")),
    reason: str = typer.Option("", "--reason", metavar="TEXT", help=say("为何放行，谁确认的；记入审计，不写号码。试放行可不写。")),
    dry_run: bool = typer.Option(False, "--dry-run", help=say("照样读、照样检查，说出会放行哪些行；什么也不存。")),
    form: Form | None = FORM,
) -> None:  # fmt: skip
    """Release what can be read now."""
    from jiuzhu_check.checks.centre import Centre
    from jiuzhu_check.checks.rejects import release as let_in
    from jiuzhu_check.cli.pull import show_taken

    done = let_in(
        Centre.open(workspace_path(ctx)), source, supplier, delivery, confirmed=[(sheet, row) for row in _numbers(rows)],
        reason=reason, accept_drop=accept_drop, accept_columns=accept_columns, dry_run=dry_run,
    )  # fmt: skip
    if done.taken is None:
        if done.still.is_empty():
            tell(say("没有可放行的行：退回的行都已放行。"))
            return
        tell(say("没有可放行的行：照现在的 source.toml，退回的 {count} 行仍读不出来。", count=done.still.height))
        tell(say("用 reject list {source} 看原因。", source=source))
        return
    if done.rows.height:
        what = (
            say("会放行 {count} 行", count=done.rows.height)
            if dry_run
            else say("放行 {count} 行", count=done.rows.height)
        )
        tell(
            say(
                "{title}（{delivery}）：{what}，仍退回 {still} 行。",
                title=done.title,
                delivery=done.delivery,
                what=what,
                still=done.still.height,
            )
        )
        first = "、".join(str(row) for row in done.rows["source_row"].sort().head(20))
        tell(say("行号：{first}{more}。", first=first, more=say(" 等") if done.rows.height > 20 else ""))
    show_taken(done.taken, form)
    if dry_run:
        next_step(say("没有问题就去掉 --dry-run，写明 --reason，再运行一次。"))
    else:
        next_step(say("放行的下次核对起用上。"), "check recipients")


def _counts(told: "list[Returned]", form: Form | None) -> None:
    heads = [say("来源"), say("供数机构"), say("交付"), say("文件"), say("代码"), say("行数"), say("说明")]
    cells: list[tuple[object, ...]] = []
    for each in told:
        place = (each.source.id, each.supplier, each.delivery, each.extract)
        by_code = each.rejects.group_by("code", maintain_order=True).len().sort("code")
        cells += [(*place, code, rows, _meaning(code)) for code, rows in by_code.iter_rows()]
        if each.whole:
            cells.append((*place, "refused", None, f"{each.whole.why}{each.whole.hint}"))
    if is_drawn(form):  # what fits a screen; the delivery's number tells its day
        heads, cells = heads[:1] + heads[2:3] + heads[4:], [row[:1] + row[2:3] + row[4:] for row in cells]
    if cells or not is_drawn(form):
        show(say("退回"), heads, cells, form, right=(len(heads) - 2,))


def _rows(told: "list[Returned]", form: Form | None) -> None:
    heads = [say("供数机构"), say("交付"), say("文件"), say("工作表"), say("行"), say("代码"), say("原因")]
    cells: list[tuple[object, ...]] = []
    for each in told:
        place = (each.supplier, each.delivery, each.extract)
        cells += [(*place, *row) for row in each.rejects.select("sheet", "source_row", "code", "reason").iter_rows()]
        if each.whole:
            cells.append((*place, "", None, "refused", f"{each.whole.why}{each.whole.hint}"))
    if is_drawn(form):
        more, cells = max(0, len(cells) - _SHOWN), cells[:_SHOWN]
        heads, cells = heads[1:2] + heads[3:], [row[1:2] + row[3:] for row in cells]
        if cells:
            show(say("退回"), heads, cells, form, right=(2,))
        if more:
            tell(say("另有 {count} 行；加 --format tsv 看全部，或 reject export 写成表格。", count=more))
        return
    show(say("退回"), heads, cells, form, right=(4,))


def _meaning(code: str) -> str:
    from jiuzhu_check.reports.reject_sheet import CODES

    return CODES.get(code, "")


def _numbers(text: str) -> list[int]:
    """The row numbers that 17,20-22 names; raises UsageError."""
    rows: list[int] = []
    for part in filter(None, re.split(r"[,，、\s]+", text)):
        ends = re.fullmatch(r"(\d{1,9})(?:-(\d{1,9}))?", part, re.ASCII)
        first, last = (int(ends[1]), int(ends[2] or ends[1])) if ends else (1, 0)
        if not first <= last < first + _MOST_ROWS:
            raise UsageError(say("{name} 的值不对。", name="--rows"), hint=say("写成 17,20-22 这样的行号。"))
        rows += range(first, last + 1)
    return rows
