"""pull: take in one department's file."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from jiuzhu_check.cli.entry import single
from jiuzhu_check.cli.options import AS_OF, day, quiet, workspace_path
from jiuzhu_check.cli.screen import FORM, Form, next_step, progress, show, tell
from jiuzhu_check.errors import ExitCode, ExtractChanged, JiuzhuError, UsageError
from jiuzhu_check.language import say

if TYPE_CHECKING:
    from datetime import date

    from jiuzhu_check.checks.centre import Centre
    from jiuzhu_check.checks.inquiry_round import Round
    from jiuzhu_check.intake.pull import Pulled

app = single()


@app.command(help=say(
    "收下一个部门的一份数据（CSV、分隔文本、定长文本、XLSX、XLS、DBF、XML、JSON，或它们的 ZIP），按 connectors/来源/source.toml 读成记录并加密存放。\n\n"
    "不写 --file 的，按 source.toml 的 [transport] 向部门取上次以来新到的；--all 取全部已签约、写有 [transport] 的来源，一个不成不妨碍其余。\n\n"
    "只答所列的人的部门（source.toml 写有 [inquiry]），收下它已答复的，再问到期的、有授权的人。\n\n"
    "不合约定的交付整份拒收（退出码 13），上一次的数据仍在用。每一行要么收下，要么退回并说明原因。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 pull vehicle --file vehicle.csv --data-date 2018-11-30\n"
    "    jiuzhu-check -C 工作区 pull provident_fund\n    jiuzhu-check -C 工作区 pull --all"
))  # fmt: skip
def pull(
    ctx: typer.Context,
    source: str = typer.Argument("", metavar="[SOURCE]", help=say("来源，如 vehicle；用 connector list 看有哪些。")),
    file: Path = typer.Option(None, "--file", metavar="FILE", help=say("部门交来的文件；不写则向部门取。")),
    data_date: str = typer.Option(None, "--data-date", metavar="YYYY-MM-DD", help=say("数据时点：这份数据说的是哪一天的情况。")),
    supplier: str = typer.Option("", "--supplier", metavar="REGION", help=say("交数据的机构所在行政区划；不写则为本中心的。")),
    every: bool = typer.Option(False, "--all", help=say("向全部写有 [transport] 的已签约来源取数，供定时运行。")),
    as_of: str = AS_OF,
    accept_drop: bool = typer.Option(False, "--accept-drop", help=say("行数比上一次少得多，已向部门核实，照收。")),
    accept_columns: bool = typer.Option(False, "--accept-columns", help=say("比上一次少了列，或有列读法变了，已向部门核实，照收。")),
    changes: bool = typer.Option(False, "--changes", help=say("这份文件只有上一次以来变化的行，没有提到的照旧；要 source.toml 写有 [extract] 的 key。")),
    dry_run: bool = typer.Option(False, "--dry-run", help=say("照样读、照样检查，说出会有什么变化；什么也不存。")),
    form: Form | None = FORM,
) -> None:  # fmt: skip
    """Take in one file, or what came; show the counts that add up."""
    from jiuzhu_check.checks.centre import Centre
    from jiuzhu_check.checks.deliveries import take, take_what_came
    from jiuzhu_check.intake.source import pick

    if every == bool(source) or (every and file):
        raise UsageError(
            say("写一个来源，或写 --all。"), hint=say("如 pull vehicle --file vehicle.csv；定时取数用 pull --all。")
        )
    if changes and not file:
        raise UsageError(
            say("--changes 说的是交来的文件。"),
            hint=say("加 --file；自己取数的来源在 source.toml 写 [extract] 的 mode。"),
        )
    if file and not data_date:
        raise UsageError(say("缺 --data-date。"), hint=say("写明数据时点，如 --data-date 2018-11-30。"))
    centre = Centre.open(workspace_path(ctx))
    if every:
        _pull_all(ctx, centre, day(as_of), form, dry_run=dry_run)
        return
    said = day(data_date, "--data-date") if data_date else None
    if pick(centre.sources, source).inquiry:
        if file:
            raise UsageError(
                say("{source} 只答所列的人。", source=source),
                hint=say("它的答复用 jiuzhu-check inquiry answer {source} --file 收下。", source=source),
            )
        _go_round(ctx, centre, source, day(as_of), form, supplier, said, accept_columns=accept_columns, dry_run=dry_run)
        return
    if file and said:
        with _telling_of_rejects(source, dry_run=dry_run):
            taken = take(
                centre, source, file, supplier, said, accept_drop=accept_drop, accept_columns=accept_columns,
                changes=changes, dry_run=dry_run,
            )  # fmt: skip
        show_taken(taken, form)
        _then(dry_run=dry_run)
        return
    with _telling_of_rejects(source, dry_run=dry_run), progress(say("取数"), quiet=quiet(ctx)) as tell_progress:
        came = take_what_came(
            centre, source, day(as_of), supplier=supplier, data_date=said, accept_drop=accept_drop,
            accept_columns=accept_columns, dry_run=dry_run,
            progress=lambda done, of: tell_progress(source, done, of),
        )  # fmt: skip
    for taken in came:
        show_taken(taken, form)
    if not came:
        tell(say("没有新数据；上一次的仍在用。"))
    _then(dry_run=dry_run)


def _then(*, dry_run: bool) -> None:
    if dry_run:
        next_step(say("没有问题就去掉 --dry-run 再运行一次，真的收下。"))
    else:
        next_step(say("看来源齐了没有；齐了就核对。"), "source list", "check recipients")


@contextmanager
def _telling_of_rejects(source: str, *, dry_run: bool) -> Iterator[None]:
    """What can be done about a delivery that is refused."""
    try:
        yield
    except ExtractChanged:
        if not dry_run:
            tell(
                say(
                    "整份拒收，原文件已加密存放。看原因用 reject list {source}；修好读法或部门确认后用 reject release 收下，不必重交。",
                    source=source,
                )
            )
        raise


def _go_round(
    ctx: typer.Context, centre: "Centre", source: str, today: "date", form: Form | None, supplier: str,
    said: "date | None", *, accept_columns: bool, dry_run: bool,
) -> None:  # fmt: skip
    """Take in what was answered, ask those who are due, and say so; the first thing that went wrong ends the command."""
    from jiuzhu_check.checks.inquiry_round import go_round

    with progress(say("查询"), quiet=quiet(ctx)) as tell_progress:
        came = go_round(
            centre, source, today, supplier=supplier, data_date=said, accept_columns=accept_columns, dry_run=dry_run,
            progress=lambda done, of: tell_progress(source, done, of),
        )  # fmt: skip
    for taken in came.taken:
        show_taken(taken, form)
    tell(_asked(came, dry_run=dry_run))
    for problem in came.problems:
        raise problem


def _asked(came: "Round", *, dry_run: bool) -> str:
    if dry_run:
        return say("要查询 {left:,} 人；试收时不查询，也不收答复。", left=came.left)
    told = say("查询了 {asked:,} 人；收下答复 {answers} 份。", asked=came.asked, answers=len(came.taken))
    return told + (say("还有 {left:,} 人要查询。", left=came.left) if came.left else "")


def _pull_all(ctx: typer.Context, centre: "Centre", today: "date", form: Form | None, *, dry_run: bool) -> None:
    """Fetch every source that can be, and ask those that are asked; one that fails does not keep the others."""
    from jiuzhu_check.checks.deliveries import reachable

    names = reachable(centre)
    if not names:
        raise UsageError(
            say("没有写明怎样取数的已签约来源。"),
            hint=say("在 connectors/来源/source.toml 写 [transport]，并在 sources.toml 登记为必需或可选。"),
        )
    rows: list[tuple[object, ...]] = []
    failed = False
    with progress(say("取数"), quiet=quiet(ctx)) as tell_progress:
        for place, name in enumerate(names):
            tell_progress(name, place, len(names))
            came, told, problems = _one_of_all(centre, name, today, dry_run=dry_run)
            rows += [
                (
                    name,
                    say("已在") if each.existing else say("会收下") if dry_run else say("收下"),
                    each.delivered,
                    each.accepted,
                    each.rejected,
                    each.data_date,
                )
                for each in came
            ]
            rows += [(name, what, None, None, None, text) for what, text in told]
            rows += [(name, say("未成"), None, None, None, f"{problem.message}{problem.hint}") for problem in problems]
            failed = failed or bool(problems)
    heads = [say("来源"), say("结果"), say("交来行数"), say("收下"), say("退回"), say("说明")]
    show(say("取数"), heads, rows, form, right=(2, 3, 4))
    if failed:
        raise typer.Exit(int(ExitCode.INCOMPLETE))


def _one_of_all(
    centre: "Centre", name: str, today: "date", *, dry_run: bool
) -> "tuple[list[Pulled], list[tuple[str, str | None]], list[JiuzhuError]]":
    """What one source brought, what else there is to say of it, and what went wrong."""
    from jiuzhu_check.checks.deliveries import take_what_came
    from jiuzhu_check.checks.inquiry_round import go_round

    try:
        if centre.sources[name].inquiry:
            came = go_round(centre, name, today, dry_run=dry_run)
            return came.taken, [(say("查询"), _asked(came, dry_run=dry_run))], came.problems
        taken = take_what_came(centre, name, today, dry_run=dry_run)
    except JiuzhuError as problem:
        return [], [], [problem]
    return taken, [] if taken else [(say("没有新数据"), None)], []


def show_taken(taken: "Pulled", form: Form | None) -> None:
    """What was taken in: the counts that add up, and what the department should hear of."""
    from jiuzhu_check.values.identity_number import KINDS

    if taken.existing:
        tell(say("这份文件以前已收下（快照 {snapshot}），没有重复写入。", snapshot=taken.snapshot))
    if taken.newer:
        tell(
            say(
                "数据时点 {day} 早于已有的 {newer}：存下备查，核对仍用 {newer} 的。若时点写错了，请改正 --data-date 重新取数。",
                day=taken.data_date,
                newer=taken.newer,
            )
        )
    if taken.rehearsed:
        tell(say("试收：什么也没有存。下面是真的收下时会有的结果。"))
        if taken.changes is None and not taken.existing:
            tell(say("上一份数据读不出来，没有同它比较。"))
    rows = [
        (say("交来行数"), taken.delivered, ""),
        (say("收下"), taken.accepted, ""),
        (say("退回"), taken.rejected, "、".join(f"{code} {count}" for code, count in taken.reject_codes.items())),
        (say("记录（每位权利人一条）"), taken.records, taken.snapshot),
        *_changes(taken),
        *((say("号码：{kind}", kind=KINDS[kind]), count, "") for kind, count in taken.kinds.items()),
        *(
            (
                noted(note.what),
                note.rows,
                f"{note.column} {note.value}".strip()
                + (say("，首见第 {row} 行", row=note.first) if note.first else ""),
            )
            for note in taken.notes
        ),
    ]
    title = say("{title}（{supplier}）数据时点 {day}", title=taken.title, supplier=taken.supplier, day=taken.data_date)
    show(title, [say("项目"), say("数量"), say("说明")], rows, form, right=(1,))


def _changes(taken: "Pulled") -> list[tuple[str, int, str]]:
    """What a dry run would change, record by record."""
    told = taken.changes
    if told is None:
        return []
    before = say("上一份有 {before:,} 条", before=told.before) if told.before else say("以前没有数据")
    return [
        (say("会新增的记录"), told.added, before),
        (say("会改变的记录"), told.changed, say("同一件东西、同一权利人，内容不同")),
        (say("会消失的记录"), told.gone, say("上一份有，这一份没有")),
        (say("不变的记录"), told.alike, ""),
    ]


def noted(what: str) -> str:
    """What a note says."""
    return {
        "new_column": say("上一次没有的列，不认识，没有读"),
        "hidden_sheet": say("隐藏的工作表，有表头和数据，没有读；该读的请部门取消隐藏"),
        "other_member": say("压缩包里的其他文件，没有读"),
        "deleted_rows": say("DBF 表里已标删除的记录，没有读"),
        "cut_character": say("末尾是半个字，已去掉；单元格可能被字段宽度截断"),
        "unknown_code": say("不认识的代码，已保留"),
    }.get(what, say("读不出来，已留空"))
