"""The screen: tables and progress for people, TSV and JSON for programs. Results on standard output, the rest on error."""

import json
import os
import shlex
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

import typer
from typer._click.core import ParameterSource
from typer._click.globals import get_current_context

from jiuzhu_check.cli.pager import written
from jiuzhu_check.language import say
from jiuzhu_check.reports.plain_text import plain


class Form(StrEnum):
    """How results are written."""

    table = "table"
    tsv = "tsv"
    json = "json"
    jsonl = "jsonl"


_LEAST = 6  # three Chinese characters: a column that is folded is no narrower

FORM = typer.Option(None, "--format", help=say("table 表格 | tsv | json | jsonl；不写则终端上用表格，管道里用 TSV。"))


def tell(text: str) -> None:
    """A line for the person who runs the command, on standard error."""
    written()
    typer.echo(text, err=True)


def warn(text: str) -> None:
    """The same as a warning: where standard error is systemd's journal, it is marked as one there."""
    there = os.fstat(sys.stderr.fileno())
    in_journal = os.environ.get("JOURNAL_STREAM") == f"{there.st_dev}:{there.st_ino}"
    tell(f"<4>{text}" if in_journal else text)


def next_step(text: str, *commands: str, workspace: Path | None = None) -> None:
    """What to do next, and the command lines for it as they can be typed here; nothing with --quiet.

    commands:  without the program's name: report worklist -o list.xlsx
    workspace: where they are to be typed for; by default for the one that -C named
    """
    root = get_current_context().find_root()
    if root.obj["quiet"]:
        return
    tell(say("下一步：{step}", step=text))
    named = root.get_parameter_source("workspace") is ParameterSource.COMMANDLINE
    place = str(workspace) if workspace else root.params["workspace"] if named else ""
    program = f"jiuzhu-check -C {shlex.quote(place)}" if place else "jiuzhu-check"
    for command in commands:
        tell(f"  {program} {command}")


def is_drawn(form: Form | None) -> bool:
    """Whether tables are drawn: that was asked for, or nothing was and a terminal is there."""
    return form is Form.table or (form is None and sys.stdout.isatty())


def on_terminal(form: Form | None) -> bool:
    """Whether they are drawn on a terminal, where less is more; a table that goes elsewhere is whole."""
    return form in (None, Form.table) and sys.stdout.isatty()


def show(
    title: str, heads: Sequence[str], rows: Sequence[Sequence[Any]], form: Form | None, *, right: Sequence[int] = ()
) -> None:
    """A table: drawn on a terminal, else TSV with every cell whole; or JSON by its heads.

    right: places of the columns that are numbers
    """
    if form in (Form.json, Form.jsonl):
        told = [dict(zip(heads, [_plain_json(cell) for cell in row], strict=True)) for row in rows]
        lines = (
            [json.dumps(told, ensure_ascii=False)]
            if form is Form.json
            else [json.dumps(each, ensure_ascii=False) for each in told]
        )
        typer.echo("\n".join(lines))
    elif is_drawn(form):
        _draw(title, heads, rows, right)
    else:
        typer.echo("\n".join("\t".join(map(_cell, row)) for row in [heads, *rows]))


def show_first(
    title: str,
    heads: Sequence[str],
    rows: Sequence[Sequence[Any]],
    form: Form | None,
    most: int,
    *,
    right: Sequence[int] = (),
) -> int:
    """As show; of a table that nobody gave a form to, a terminal gets the first rows. How many it was spared."""
    every = form is not None or not sys.stdout.isatty()
    shown = rows if every else rows[:most]
    show(title, heads, shown, form, right=right)
    return len(rows) - len(shown)


def facts(title: str, pairs: Sequence[tuple[str, Any]], form: Form | None) -> None:
    """One thing by its heads: a block on a terminal, a row each as TSV, one object as JSON."""
    if form in (Form.json, Form.jsonl):
        show("", [head for head, _ in pairs], [[value for _, value in pairs]], form)
    elif is_drawn(form):
        block(title, pairs)
    else:
        show("", [say("项目"), say("值")], pairs, form)


def block(title: str, pairs: Sequence[tuple[Any, ...]]) -> None:
    """Heads and their values below each other, for a terminal: long values wrap beside their head."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for head, *values in pairs:
        grid.add_row(Text(f"  {head}", style="dim"), *(Text(_drawn(value)) for value in values))
    console = Console(highlight=False)
    console.print(Text(title, style="bold"))
    console.print(grid)


@contextmanager
def progress(label: str, *, quiet: bool) -> Iterator[Callable[[str, int, int], None]]:
    """A function (what, done, of) that moves a bar on standard error, where that is a terminal; else it says nothing."""
    if quiet or not sys.stderr.isatty():
        yield lambda _title, _done, _of: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    written()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, Any] = {}

        def move(title: str, done: int, of: int) -> None:
            if title not in tasks:
                tasks[title] = bars.add_task(f"{label} {title}", total=of)
            bars.update(tasks[title], completed=done, total=of)

        yield move


def _draw(title: str, heads: Sequence[str], rows: Sequence[Sequence[Any]], right: Sequence[int]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console, cells = Console(highlight=False, soft_wrap=False), [[_drawn(cell) for cell in row] for row in rows]
    widths = _whole(heads, cells, console.width)
    if widths is None:
        console.print(Text(title, style="bold"))
        for row in cells:
            block("", list(zip(heads, row, strict=True)))
        return
    table = Table(
        title=Text(title, style="bold") if title else None, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False,
        padding=(0, 1, 0, 0) if widths else (0, 1),
    )  # fmt: skip
    for place, head in enumerate(heads):
        justify: Literal["left", "right"] = "right" if place in right else "left"
        table.add_column(Text(head), justify=justify, overflow="fold", width=widths.get(place))
    for row in cells:
        table.add_row(*map(Text, row))
    console.print(table)


def _whole(heads: Sequence[str], rows: Sequence[Sequence[str]], room: int) -> dict[int, int] | None:
    """How wide the columns of numbers, days and codes are to be, where a table is wider than the room: they are not folded.

    None where nothing would be left for the other columns.
    """
    from rich.cells import cell_len

    columns = [[row[place] for row in rows] for place in range(len(heads))]
    longest = [max(map(cell_len, (head, *cells))) for head, cells in zip(heads, columns, strict=True)]
    if sum(longest) + 3 * len(heads) <= room:  # what stands between them is as wide
        return {}
    codes = [place for place, cells in enumerate(columns) if all(each.isascii() and " " not in each for each in cells)]
    widths = {place: max(_LEAST, *map(cell_len, columns[place])) for place in codes if columns[place]}
    least = sum(widths.get(place, min(_LEAST, width)) for place, width in enumerate(longest))
    return widths if least + 2 * len(heads) < room else None


def _cell(value: Any) -> str:
    return ("" if value is None else str(value)).replace("\t", " ").replace("\n", " ")


def _drawn(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else plain(_cell(value))


def _plain_json(value: Any) -> Any:
    return (
        value
        if isinstance(value, int | bool | float | type(None))
        else value.isoformat()
        if isinstance(value, date)
        else str(value)
    )
