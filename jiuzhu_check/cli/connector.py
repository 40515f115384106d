"""connector list | validate: which departments can be read, and whether their source.toml fits. Needs no workspace."""

from pathlib import Path

import typer

from jiuzhu_check.cli.entry import group
from jiuzhu_check.cli.screen import FORM, Form, show, tell
from jiuzhu_check.language import say

app = group(say("各部门的接入说明（connectors/来源/source.toml）。"))
FOLDER = typer.Option(None, "--folder", metavar="DIR", help=say("另加一个 connectors 目录，如县里自己的。"))


@app.command("list", help=say("列出能读的来源。不需要工作区。\n\n\b\n例：jiuzhu-check connector list --format json"))
def list_(folder: Path | None = FOLDER, form: Form | None = FORM) -> None:
    """List the sources."""
    from jiuzhu_check.intake.source import find_sources, shipped_connectors

    sources = find_sources(shipped_connectors(), *([folder] if folder else []))
    rows = [
        (each.id, each.title, each.department, each.table, each.status, each.contract.freshness_days, each.legal_basis)
        for each in sources.values()
    ]
    heads = ["source", "title", "department", "table", "status", "freshness_days", "legal_basis"]
    show(say("来源"), heads, rows, form, right=(5,))


@app.command("validate", help=say(
    "检验全部 source.toml：键、列、读法、约定。不需要工作区。\n\n\b\n例：jiuzhu-check connector validate --folder connectors"
))  # fmt: skip
def validate(folder: Path | None = FOLDER) -> None:
    """Read every source.toml; the first that does not fit is an error."""
    from jiuzhu_check.intake.source import find_sources, shipped_connectors

    sources = find_sources(shipped_connectors(), *([folder] if folder else []))
    tell(say("{count} 个来源，全部可用：{names}。", count=len(sources), names="、".join(sources)))
