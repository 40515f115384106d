"""source: what is here of each department, the letter that tells it what to mend, and the register (cli/register.py)."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from jiuzhu_check.cli.entry import group
from jiuzhu_check.cli.options import AS_OF, day, workspace_path
from jiuzhu_check.cli.register import app as register
from jiuzhu_check.cli.screen import FORM, Form, next_step, on_terminal, show, tell
from jiuzhu_check.errors import UsageError
from jiuzhu_check.language import say

if TYPE_CHECKING:
    from jiuzhu_check.checks.source_list import Standing

app = group(say("各来源的到位情况：数据时点、行数、退回；给部门的数据质量函；来源登记。"))
app.add_typer(register, name="register")


_SUPPLIER, _NUMBERS = 1, (5, 6, 7, 8)


def _says_nothing(at: int, cells: Sequence[object]) -> bool:
    """A column that a screen can do without: no cell is filled, or all rows are of one supplier."""
    return all(cell is None for cell in cells) or (at == _SUPPLIER and len(set(cells)) == 1)


@app.command("list", help=say(
    "列出登记的来源：到位、过期、缺失、首次接入，数据时点和距今天数，收下和退回的行数，拒收的份数（仍用哪一天的）。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 source list --as-of 2018-12-01"
))  # fmt: skip
def list_(ctx: typer.Context, as_of: str = AS_OF, form: Form | None = FORM) -> None:
    """List the register with what is here."""
    from jiuzhu_check.checks.centre import Centre
    from jiuzhu_check.checks.register import in_words
    from jiuzhu_check.checks.source_list import standings
    from jiuzhu_check.reports.wording import SOURCE_STATES

    heads = [
        say("来源"),
        say("供数机构"),
        say("要求"),
        say("状态"),
        say("数据时点"),
        say("天数"),
        say("收下"),
        say("退回"),
        say("拒收份数"),
        say("说明"),
    ]
    rows, remarks, signed, lacking = [], [], [], []
    centre = Centre.open(workspace_path(ctx))
    for each in standings(centre, day(as_of)):
        state, held = each.state, each.state.snapshot
        word = SOURCE_STATES[state.state] + _marks(each)
        rows.append(
            (
                state.source.id, state.supplier, in_words(centre.register[state.source.id]), word,
                held.data_date if held else None, each.age,
                held.facts["accepted"] if held else None, held.facts["rejected"] if held else None,
                each.refused or None, state.reason if state.requirement != "unsigned" else "",
            )
        )  # fmt: skip
        if state.requirement != "unsigned":
            signed.append(rows[-1])
        if state.requirement == "required" and not held:
            lacking.append(state.source.id)
        if each.refused:
            remarks.append(say("{why}。用 reject list {source} 看原因。", why=state.reason, source=state.source.id))
    if on_terminal(form):  # what fits a screen; programs get every row
        told = [at for at in range(len(heads) - 1) if not _says_nothing(at, [row[at] for row in signed])]
        right = [place for place, at in enumerate(told) if at in _NUMBERS]
        show(say("来源"), [heads[at] for at in told], [[row[at] for at in told] for row in signed], form, right=right)
        for remark in remarks:
            tell(remark)
        tell(say("另有 {count} 项未签约；加 --format tsv 看全部。", count=len(rows) - len(signed)))
    else:
        show(say("来源"), heads, rows, form, right=_NUMBERS)
    if lacking:
        next_step(
            say("必需的来源还缺 {count} 项。", count=len(lacking)),
            say("pull {source} --file 文件 --data-date 日期", source=lacking[0]),
        )
    else:
        next_step(say("必需的来源都有数据，可以核对。"), "check recipients", "check entrants")


def _marks(standing: "Standing") -> str:
    """What stands behind a state: that a newer delivery was refused, or that this is the first."""
    if standing.refused and standing.deliveries:
        return say("（仍用旧的）")
    return say("（首次接入）") if standing.deliveries == 1 else ""


@app.command("quality", help=say(
    "给部门的数据质量函：损坏的号码、一号多名、不认识的代码、读不出来的单元格、退回的行，与上一次相比的变化，逐行写明，号码遮盖。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 source quality vehicle -o 机动车数据质量.xlsx"
))  # fmt: skip
def quality(
    ctx: typer.Context,
    source: str = typer.Argument(..., metavar="SOURCE", help=say("来源，如 vehicle；用 connector list 看有哪些。")),
    supplier: str = typer.Option("", "--supplier", metavar="REGION", help=say("交数据的机构所在行政区划；不写则为本中心的。")),
    output: Path = typer.Option(None, "--output", "-o", metavar="FILE", help=say("写到文件：.xlsx（含逐行清单）或 .txt；不写则显示文字。")),
) -> None:  # fmt: skip
    """Write the letter."""
    from jiuzhu_check.checks.centre import Centre
    from jiuzhu_check.checks.source_list import quality as look
    from jiuzhu_check.reports.quality_letter import Letter, letter_book, letter_text
    from jiuzhu_check.store.durable import write_file

    if output and output.suffix.lower() not in (".xlsx", ".txt"):
        raise UsageError(say("函只写成 .xlsx 或 .txt。"), hint=say("改用这样的文件名。"))
    found = look(Centre.open(workspace_path(ctx)), source, supplier)
    held = found.snapshot
    assert held.data_date is not None
    notes = [(note.column, note.what, note.value, note.rows, note.first) for note in found.notes]
    before, since = found.before, found.since
    letter = Letter(
        found.title, found.department, str(held.facts["extract"]), held.data_date, held.facts,
        before.facts if before else None, found.damaged, found.many_names, found.rejects, notes,
        before.data_date if before else None, since.rows if since else None, since.gone if since else (),
        since.new if since else (), since.codes if since else None, found.fallen,
    )  # fmt: skip
    if output is None:
        typer.echo(letter_text(letter), nl=False)
        return
    write_file(output, letter_book(letter) if output.suffix.lower() == ".xlsx" else letter_text(letter).encode())
    tell(say("已写到 {path}。", path=output))
