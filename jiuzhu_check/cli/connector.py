"""connector list | validate: which departments can be read, and whether their source.toml fits. Needs no workspace."""

import sys
from pathlib import Path

import typer

from jiuzhu_check.cli.entry import group
from jiuzhu_check.cli.options import AS_OF, day
from jiuzhu_check.cli.screen import FORM, Form, block, show, tell
from jiuzhu_check.errors import UsageError
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
    "检验全部 source.toml：一次列出所有不合的地方，逐条说明文件、键、原因和怎么改；有一处不合即以 2 退出。不需要工作区。\n\n"
    "\b\n例：jiuzhu-check connector validate --folder connectors"
))  # fmt: skip
def validate(folder: Path | None = FOLDER, form: Form | None = FORM) -> None:
    """Everything that does not fit, at once."""
    from jiuzhu_check.intake.lint import lint
    from jiuzhu_check.intake.source import find_sources, shipped_connectors

    folders = [shipped_connectors(), *([_existing(folder)] if folder else [])]
    problems = lint(*folders)
    rows = [
        (
            each.file.removeprefix(f"{shipped_connectors().parent}/"),
            each.key,
            each.why,
            each.todo,
            say("要改") if each.stops else say("留意"),
        )
        for each in problems
    ]
    wrong = sum(each.stops for each in problems)
    if rows:
        _show_problems(rows, form)
    if wrong:
        raise UsageError(
            say("{wrong} 处要改。", wrong=wrong), hint=say("改好后再运行一次 jiuzhu-check connector validate。")
        )
    sources = find_sources(*folders)
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


def _existing(folder: Path) -> Path:
    """The folder; one that is not there is a mistake, and not a folder without sources."""
    if not folder.is_dir():
        raise UsageError(
            say("没有 {folder} 这个文件夹。", folder=folder), hint=say("写 connectors 目录，里面一个文件夹一个来源。")
        )
    return folder


def _show_problems(rows: list[tuple[str, str, str, str, str]], form: Form | None) -> None:
    """A table for programs; for people each problem under its file and key, for the sentences are long."""
    heads = [say("文件"), say("键"), say("原因"), say("怎么改"), say("轻重")]
    if form not in (None, Form.table) or (form is None and not sys.stdout.isatty()):
        show(say("检验"), heads, rows, form)
        return
    for file, key, why, todo, weight in rows:
        block(f"{weight}  {file}", [pair for pair in ((heads[1], key), (heads[2], why), (heads[3], todo)) if pair[1]])
