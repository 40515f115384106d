"""connector list | guess | preview | validate | test: departments, and the source.toml by which each is read."""

import re
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from jiuzhu_check.cli.entry import group
from jiuzhu_check.cli.options import AS_OF, day, workspace_path
from jiuzhu_check.cli.screen import FORM, Form, block, is_drawn, next_step, on_terminal, show, tell
from jiuzhu_check.errors import UsageError
from jiuzhu_check.language import say

if TYPE_CHECKING:
    from jiuzhu_check.intake.guess import Guess
    from jiuzhu_check.intake.preview import Preview
    from jiuzhu_check.intake.source import Source

app = group(say("各部门的接入说明（connectors/来源/source.toml）。"))
FOLDER = typer.Option(None, "--folder", metavar="DIR", help=say("另加一个 connectors 目录，如县里自己的。"))


@app.command("list", help=say("列出能读的来源。不需要工作区。\n\n\b\n例：jiuzhu-check connector list --format json"))
def list_(folder: Path | None = FOLDER, form: Form | None = FORM) -> None:
    """List the sources."""
    from jiuzhu_check.intake.shipped import shipped_connectors
    from jiuzhu_check.intake.source import find_sources

    sources = find_sources(shipped_connectors(), *([folder] if folder else []))
    rows = [
        (each.id, each.title, each.department, each.table, each.status, each.contract.freshness_days, each.legal_basis)
        for each in sources.values()
    ]
    heads = ["source", "title", "department", "table", "status", "freshness_days", "legal_basis"]
    if on_terminal(form):  # what fits a screen; programs get it all
        show(
            say("来源"), ["source", "title", "table", "department"], [(*row[:2], row[3], row[2]) for row in rows], form
        )
        return
    show(say("来源"), heads, rows, form, right=(5,))


@app.command("guess", help=say(
    "按一份样本写出 source.toml 的草稿：编码、格式、表头行、哪个表头是哪一列、单位、代码表。不需要工作区。\n\n"
    "草稿里只有表头和代码，没有姓名、号码和金额。猜的总要人核对：改好后用 preview 看，用 validate 检验。\n\n"
    "\b\n例：jiuzhu-check connector guess 农房.csv --name rural_house -o connectors/rural_house/source.toml"
))  # fmt: skip
def guess(
    file: Path = typer.Argument(..., metavar="FILE", help=say("部门给的样本文件。")),
    table: str = typer.Option("", "--table", metavar="TABLE", help=say("哪一种记录，如 vehicle、real_estate；不写则取最像的，并说出第二像的。")),
    name: str = typer.Option("", "--name", metavar="NAME", help=say("新来源的名称，小写字母、数字和下划线；不写则用 -o 所在的文件夹名或文件名。")),
    output: Path | None = typer.Option(None, "--output", "-o", metavar="FILE", help=say("写到这个还没有的文件；不写则写到标准输出。")),
) -> None:  # fmt: skip
    """Write a draft, and say what it rests on."""
    from jiuzhu_check.intake.guess import guess as draft
    from jiuzhu_check.intake.pull import read_file
    from jiuzhu_check.intake.shipped import shipped_connectors
    from jiuzhu_check.intake.source import find_sources
    from jiuzhu_check.store.durable import make_dir, write_file
    from jiuzhu_check.tables.record import RECORDS

    if table and table not in RECORDS:
        raise UsageError(say("没有这种记录。"), hint=say("可用：{tables}。", tables="、".join(RECORDS)))
    if output is not None and output.exists():
        raise UsageError(say("{path} 已经有了，没有改动。", path=output), hint=say("换一个文件名，或先把它移开。"))
    sources = find_sources(shipped_connectors())
    called = _named(name, output, file)
    if called in sources:
        raise UsageError(
            say("已有名为 {name} 的来源。", name=called),
            hint=say("另起一个 --name；只是换了表头写法的，在 connectors/{name}/source.toml 里补上就行。", name=called),
        )
    made = draft(sources, read_file(file), file.name, called, table)
    if output is None:
        typer.echo(made.text, nl=False)
    else:
        if not output.parent.is_dir():
            make_dir(output.parent)
        write_file(output, made.text.encode())
    _tell_guess(made, file, output)


def _named(name: str, output: Path | None, file: Path) -> str:
    """The new source's name: as said, else the folder that it goes to, else the file's where that can be one."""
    if name:
        if not re.fullmatch("[a-z][a-z0-9_]{0,63}", name):
            raise UsageError(
                say("--name 不能用作来源的名称。"), hint=say("用小写字母开头，只含小写字母、数字和下划线。")
            )
        return name
    folder = output.absolute().parent.name if output is not None and output.name == "source.toml" else ""
    told = (folder, re.sub("[^a-z0-9_]+", "_", file.stem.lower()).strip("_"))
    return next((each for each in told if re.fullmatch("[a-z][a-z0-9_]{0,63}", each)), "new_source")


def _tell_guess(made: "Guess", file: Path, output: Path | None) -> None:
    """What was found, what was left out, and what to do next."""
    connected = [each for each in made.columns if each.column]
    guessed = sum(each.how != "heading" for each in connected)
    if made.tables:
        (first, table), (second, other) = made.tables[:2]
        best = {"table": table, "rating": first}
        if second:
            tell(
                say(
                    "最像 {table}（{rating:g} 分），其次 {other}（{second:g} 分）。", **best, other=other, second=second
                )
            )
        else:
            tell(say("最像 {table}（{rating:g} 分），别的都不像。", **best))
    tell(
        say(
            "{headings} 个表头：接上 {connected} 个（其中按内容猜的 {guessed} 个），没有接 {left} 个，都列在草稿里。",
            headings=len(made.columns),
            connected=len(connected),
            guessed=guessed,
            left=len(made.columns) - len(connected),
        )
    )
    if made.problem is not None:
        tell(say("按草稿还读不通样本：{why}", why=made.problem.message) + made.problem.hint)
    elif made.delivery is not None:
        counts = {
            "delivered": made.delivery.delivered,
            "accepted": made.delivery.rows.height,
            "rejected": made.delivery.rejects.height,
        }
        tell(say("按草稿读样本：交来 {delivered:,} 行，收下 {accepted:,} 行，退回 {rejected:,} 行。", **counts))
    if output is not None:
        next_step(
            say("草稿在 {path}。逐段核对，再看它把样本读成什么。", path=output),
            f"connector preview --spec {shlex.quote(str(output))} {shlex.quote(str(file))}",
        )


@app.command("preview", help=say(
    "看一份文件会读成什么：表头在第几行，哪个表头是哪一列、怎样读、什么单位，哪些表头没有接，开头几行，退回多少、为什么。不需要工作区，什么也不写。\n\n"
    "姓名、号码、生日、电话和地址都遮盖。不合约定的文件，看过之后以 13 退出。\n\n"
    "\b\n例：jiuzhu-check connector preview vehicle vehicle.csv\n    jiuzhu-check connector preview --spec connectors/rural_house/source.toml 农房.csv"
))  # fmt: skip
def preview(
    words: list[str] = typer.Argument(..., metavar="[NAME] FILE", help=say("来源（有 --spec 时不写）和文件。")),
    spec: Path | None = typer.Option(None, "--spec", metavar="FILE", help=say("按这个 source.toml 读，不必先放进 connectors。")),
    folder: Path | None = FOLDER,
    rows: int = typer.Option(5, "--rows", min=0, help=say("看开头几行。")),
    form: Form | None = FORM,
) -> None:  # fmt: skip
    """Show what would be read."""
    from jiuzhu_check.intake.preview import preview as look
    from jiuzhu_check.intake.preview import spec_source
    from jiuzhu_check.intake.pull import read_file
    from jiuzhu_check.intake.source import pick

    if len(words) != (1 if spec else 2):
        raise UsageError(
            say("写来源和文件，或 --spec 和文件。"),
            hint=say("如 connector preview vehicle vehicle.csv；加 --spec 时不写来源。"),
        )
    source = spec_source(spec) if spec else pick(_sources(folder), words[0])
    file = Path(words[-1])
    show_preview(source, look(source, read_file(file), file.name, rows), form)
    if spec:
        next_step(
            say("读对了，就把它放进工作区的 connectors/，再检验。"),
            say("connector validate --folder 工作区/connectors"),
        )
    else:
        next_step(
            say("读对了，就收下；先试收一次。"),
            say(
                "pull {source} --file {file} --data-date 日期 --dry-run", source=source.id, file=shlex.quote(str(file))
            ),
        )


def _sources(folder: Path | None) -> "Mapping[str, Source]":
    from jiuzhu_check.intake.shipped import shipped_connectors
    from jiuzhu_check.intake.source import find_sources

    return find_sources(shipped_connectors(), *([_existing(folder)] if folder else []))


def show_preview(source: "Source", seen: "Preview", form: Form | None) -> None:
    """A preview, part by part; raises what refuses the file once all that can be seen is shown."""
    from jiuzhu_check.cli.pull import noted
    from jiuzhu_check.values.identity_number import KINDS

    parts: dict[str, list[tuple[object, ...]]] = {say("文件"): _file_rows(seen)}
    connected = [each for each in seen.headings if each.column]
    parts[say("接上的列")] = [
        (_sheeted(each.sheet, each.heading), each.column, f"{each.reader} {each.unit}".strip()) for each in connected
    ]
    given = {each.column for each in connected}
    parts[say("没有接的表头")] = [
        (_sheeted(each.sheet, each.heading), "", say("不会读")) for each in seen.headings if not each.column
    ]
    parts[say("文件里没有的列")] = [
        ("、".join(names[:3]), column, say("必需") if column in source.contract.required else "")
        for column, names in source.columns.items()
        if column not in given
    ]
    for sheet, row, slot, column, value in seen.records:
        title = say("第 {row} 行第 {slot} 位", row=row, slot=slot) if slot > 1 else say("第 {row} 行", row=row)
        parts.setdefault(_sheeted(sheet, title), []).append((column, value, ""))
    if seen.delivery is not None:
        codes = seen.delivery.rejects["code"].value_counts(sort=True).rows()
        parts[say("行数")] = [
            (say("交来行数"), seen.delivery.delivered, ""),
            (say("收下"), seen.delivery.rows.height, ""),
            (say("退回"), seen.delivery.rejects.height, "、".join(f"{code} {count}" for code, count in sorted(codes))),
            *((say("号码：{kind}", kind=KINDS[kind]), count, "") for kind, count in seen.kinds.items()),
        ]
        parts[say("留意")] = [
            (
                f"{note.column} {note.value}".strip(),
                note.rows,
                noted(note.what) + (say("，首见第 {row} 行", row=note.first) if note.first else ""),
            )
            for note in seen.notes
        ]
    _show_parts({title: rows for title, rows in parts.items() if rows}, form)
    if seen.problem is not None:
        raise seen.problem


def _file_rows(seen: "Preview") -> list[tuple[object, ...]]:
    """Format, encoding and header row of each table."""
    rows: list[tuple[object, ...]] = []
    for table in seen.seen:
        told = table.format
        mark = {"\t": "Tab", "\x1b": "0x1B", "": ""}.get(told.delimiter, told.delimiter)
        how = [
            told.encoding if told.encoding != "auto" else "",
            say("分隔符 {mark}", mark=mark) if mark else "",
            told.records,
        ]
        rows.append((_sheeted(table.grid.sheet, say("格式")), told.kind, "，".join(filter(None, how))))
        if table.header is None:
            rows.append((_sheeted(table.grid.sheet, say("表头")), say("没有找到"), ""))
        else:
            above = say("上面 {count} 行是标题", count=len(table.above)) if table.above else ""
            where = say("第 {row} 行", row=table.grid.header_row) if table.grid.header_row else say("字段名")
            hidden = say("隐藏的工作表，不读") if table.grid.hidden else ""
            rows.append((_sheeted(table.grid.sheet, say("表头")), where, hidden or above))
    return rows


def _sheeted(sheet: str, text: str) -> str:
    return f"{sheet}：{text}" if sheet else text


def _show_parts(parts: Mapping[str, Sequence[tuple[object, ...]]], form: Form | None) -> None:
    """Each part as a table of its own on a terminal; else all in one, each row under its part."""
    if is_drawn(form):
        for title, rows in parts.items():
            block(title, rows)
        return
    every: list[tuple[Any, ...]] = [(title, *row) for title, rows in parts.items() for row in rows]
    show("", [say("部分"), say("项目"), say("内容"), say("说明")], every, form)


@app.command("validate", help=say(
    "检验全部 source.toml：一次列出所有不合的地方，逐条说明文件、键、原因和怎么改；有一处不合即以 2 退出。不需要工作区。\n\n"
    "\b\n例：jiuzhu-check connector validate --folder connectors"
))  # fmt: skip
def validate(folder: Path | None = FOLDER, form: Form | None = FORM) -> None:
    """Everything that does not fit, at once."""
    from jiuzhu_check.intake.lint import lint
    from jiuzhu_check.intake.shipped import shipped_connectors
    from jiuzhu_check.intake.source import find_sources

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
    "按 source.toml 的 [transport] 连一次部门，取几行看看读成什么；不存。要在工作区里运行（-C），记入审计。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 connector test provident_fund"
))  # fmt: skip
def try_(
    ctx: typer.Context,
    name: str = typer.Argument(..., metavar="SOURCE", help=say("来源，如 provident_fund。")),
    rows: int = typer.Option(5, "--rows", min=0, help=say("看开头几行。")),
    as_of: str = AS_OF,
    form: Form | None = FORM,
) -> None:
    """Reach the source, and show what came."""
    from jiuzhu_check.checks.centre import Centre
    from jiuzhu_check.checks.trial import try_source

    tried = try_source(Centre.open(workspace_path(ctx)), name, day(as_of), rows)
    tell(
        say(
            "{title}：连上了，取到 {extract}（{size:,} 字节），数据时点 {day}。没有存。",
            title=tried.source.title,
            extract=tried.arrival.extract,
            size=len(tried.arrival.data),
            day=tried.arrival.data_date or say("没有写明"),
        )
    )
    show_preview(tried.source, tried.seen, form)


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
    if not is_drawn(form):
        show(say("检验"), heads, rows, form)
        return
    for file, key, why, todo, weight in rows:
        block(f"{weight}  {file}", [pair for pair in ((heads[1], key), (heads[2], why), (heads[3], todo)) if pair[1]])
