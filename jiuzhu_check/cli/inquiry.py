"""inquiry: departments that answer only for the people we name are asked about those who are due."""

import sys
from pathlib import Path

import typer

from jiuzhu_check.cli.entry import group
from jiuzhu_check.cli.options import AS_OF, day, workspace_path
from jiuzhu_check.cli.screen import FORM, Form, next_step, show, tell
from jiuzhu_check.errors import UsageError
from jiuzhu_check.language import say

app = group(say("查询：有的部门不交整份数据，只答所列的人。只问到期的、有授权的，问过谁、谁没答都记在覆盖里。"))
SOURCE = typer.Argument(..., metavar="SOURCE", help=say("来源，如 deposit；其 source.toml 写有 [inquiry]。"))


@app.command("status", help=say(
    "一个来源查到哪里了：要查询、待答复、已答复、未授权、号码不可用各多少人。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 inquiry status deposit --as-of 2018-12-01"
))  # fmt: skip
def status(ctx: typer.Context, source: str = SOURCE, as_of: str = AS_OF, form: Form | None = FORM) -> None:
    """Count who stands where."""
    from jiuzhu_check.checks.centre import Centre
    from jiuzhu_check.checks.inquiry import due

    counts = due(Centre.open(workspace_path(ctx)), source, day(as_of)).counts
    words = {
        "due": (say("要查询"), say("有授权、号码可用，没有还管用的答复")),
        "waiting": (say("待答复"), say("名单已交出，部门还没有答")),
        "answered": (say("已答复"), say("答复还管用，未到复核时间")),
        "no_consent": (say("未授权"), say("没有有效的授权书，或授权书不含此来源，不查询")),
        "no_number": (say("号码不可用"), say("名册号码有误，先补正名册")),
        "unsigned": (say("未签约"), say("所属救助类别没有与此来源签约，不查询")),
    }
    rows = [(words[name][0], count, words[name][1]) for name, count in counts.items()]
    show(source, [say("项目"), say("人数"), say("说明")], rows, form, right=(1,))
    if counts["due"]:
        next_step(say("写出下一批名单。"), say("inquiry ask {source} -o 查询名单.xlsx", source=source))


@app.command("ask", help=say(
    "写出下一批要查询的名单（姓名和号码），交给部门；写出即记下，答复到之前不再问同一个人。\n\n"
    "申请家庭在前；一批最多 source.toml 里 inquiry.batch 所写的人数，再运行一次得下一批。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 inquiry ask deposit --as-of 2018-12-01 -o 查询名单.xlsx"
))  # fmt: skip
def ask(
    ctx: typer.Context,
    source: str = SOURCE,
    as_of: str = AS_OF,
    output: Path = typer.Option(..., "--output", "-o", metavar="FILE", help=say("名单写到这里：.xlsx 或 .csv；- 为标准输出（CSV）。")),
    again: str = typer.Option("", "--again", metavar="ID", help=say("把以前写过的一批再写一次，如名单丢失；不新增查询。")),
) -> None:  # fmt: skip
    """Write the next list."""
    from jiuzhu_check.checks.centre import Centre
    from jiuzhu_check.checks.inquiry import ask as ask_next
    from jiuzhu_check.checks.inquiry import listed
    from jiuzhu_check.reports.inquiry_list import list_bytes
    from jiuzhu_check.store.durable import write_file

    form = "csv" if str(output) == "-" else output.suffix.lower().lstrip(".")
    if form not in ("csv", "xlsx"):
        raise UsageError(say("名单只写成 .xlsx 或 .csv。"), hint=say("改用这样的文件名，如 查询名单.xlsx。"))
    centre = Centre.open(workspace_path(ctx))
    name, people, left = (
        (again, listed(centre, source, again, day(as_of)), 0) if again else ask_next(centre, source, day(as_of))
    )
    data = list_bytes(name, people, form)
    if str(output) == "-":
        sys.stdout.buffer.write(data)
    else:
        write_file(output, data)
    tell(
        say(
            "{name}：{count:,} 人，写到 {path}。含完整号码，请按内部资料保管。",
            name=name,
            count=people.height,
            path=output,
        )
    )
    if left:
        tell(say("还有 {left:,} 人要查询；再运行一次得下一批。", left=left))
    next_step(
        say("名单交给部门；答复来了就收下。"),
        say("inquiry answer {source} --file 答复.xlsx --data-date 日期", source=source),
    )


@app.command("answer", help=say(
    "收下部门的答复。有记录的、写明没有记录的都算已答复；没有提到的人仍是待答复。\n\n"
    "没有问过的人不收（退回 not_asked）；以前的答复里这次没有提到的人，照旧有效。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 inquiry answer deposit --file 答复.xlsx --data-date 2018-11-30"
))  # fmt: skip
def answer(
    ctx: typer.Context,
    source: str = SOURCE,
    file: Path = typer.Option(..., "--file", metavar="FILE", help=say("部门交来的答复。")),
    data_date: str = typer.Option(..., "--data-date", metavar="YYYY-MM-DD", help=say("数据时点：这份数据说的是哪一天的情况。")),
    supplier: str = typer.Option("", "--supplier", metavar="REGION", help=say("交数据的机构所在行政区划；不写则为本中心的。")),
    form: Form | None = FORM,
) -> None:  # fmt: skip
    """Take in an answer."""
    from jiuzhu_check.checks.centre import Centre
    from jiuzhu_check.checks.inquiry import answer as take_answer
    from jiuzhu_check.cli.pull import show_taken

    centre = Centre.open(workspace_path(ctx))
    show_taken(take_answer(centre, source, file, day(data_date, "--data-date"), supplier=supplier), form)
    next_step(say("看还有谁没有答；齐了就核对。"), f"inquiry status {source}", "check recipients")
