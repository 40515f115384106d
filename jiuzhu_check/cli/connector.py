"""connector list | validate: which departments can be read, and whether their source.toml fits. Needs no workspace."""

from pathlib import Path

import typer

from jiuzhu_check.cli.entry import group
from jiuzhu_check.cli.options import AS_OF, day
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


@app.command("test", help=say(
    "按 source.toml 的 [transport] 连上一个部门，取几行看看能不能读；不存任何数据。\n\n"
    "\b\n例：jiuzhu-check connector test provident_fund --folder connectors"
))  # fmt: skip
def try_(
    name: str = typer.Argument(..., metavar="NAME", help=say("来源，如 vehicle；用 connector list 看有哪些。")),
    folder: Path | None = FOLDER,
    as_of: str = AS_OF,
) -> None:
    """Reach a department, and read a few of its rows."""
    from jiuzhu_check.intake.fetch import reach
    from jiuzhu_check.intake.source import find_sources, pick, shipped_connectors
    from jiuzhu_check.intake.trial import tried
    from jiuzhu_check.store.credential import read_credential

    source = pick(find_sources(shipped_connectors(), *([folder] if folder else [])), name)
    arrival = reach(source, read_credential, day(as_of))
    tell(
        say(
            "{title}：连上了，取到 {extract}（{size:,} 字节）。",
            title=source.title,
            extract=arrival.extract,
            size=len(arrival.data),
        )
    )
    read = tried(source, arrival)
    tell(
        say(
            "读到 {delivered:,} 行，收下 {accepted:,} 行，退回 {rejected:,} 行；认出的列：{columns}。没有存任何数据。",
            delivered=read.delivered, accepted=read.rows.height, rejected=read.rejects.height,
            columns="、".join(name for name in source.columns if name in read.rows.columns),
        )
    )  # fmt: skip
