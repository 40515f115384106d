"""export: the tables, whole, for other programs."""

from enum import StrEnum
from pathlib import Path

import typer

from jiuzhu_check.cli.entry import single
from jiuzhu_check.cli.options import OUTPUT, RUN, workspace_path
from jiuzhu_check.cli.screen import tell
from jiuzhu_check.language import say

app = single()


class Exported(StrEnum):
    """What can be exported."""

    links = "links"
    findings = "findings"
    coverage = "coverage"
    rejects = "rejects"


class FileForm(StrEnum):
    """How it is written."""

    csv = "csv"
    parquet = "parquet"
    jsonl = "jsonl"


@app.command(help=say(
    "导出一次核对的关联、发现、覆盖，或各份数据的退回行。号码是完整的，每次导出记入审计。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 export links --run latest --format csv -o links.csv"
))  # fmt: skip
def export(
    ctx: typer.Context,
    table: Exported = typer.Argument(..., metavar="TABLE", help=say("links 关联 | findings 发现 | coverage 覆盖 | rejects 退回")),
    run: str = RUN,
    form: FileForm = typer.Option(FileForm.csv, "--format", help=say("csv（UTF-8，单元格不会被当作公式）| parquet | jsonl")),
    output: Path = OUTPUT,
) -> None:  # fmt: skip
    """Write one table to a file, or to standard output where none is named."""
    import sys

    from jiuzhu_check.checks.centre import Centre
    from jiuzhu_check.checks.exports import export_bytes
    from jiuzhu_check.store.durable import write_file

    data, rows = export_bytes(Centre.open(workspace_path(ctx)), table.value, run, form.value)
    if output is None or str(output) == "-":
        sys.stdout.buffer.write(data)
    else:
        write_file(output, data)
        tell(say("已导出 {rows:,} 行到 {path}。含完整号码，请按内部资料保管。", rows=rows, path=output))
