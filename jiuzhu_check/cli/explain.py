"""explain: why a record is taken as somebody's, at the terminal."""

import json
from typing import TYPE_CHECKING

import typer

from jiuzhu_check.cli.case import Purpose
from jiuzhu_check.cli.entry import single
from jiuzhu_check.cli.options import REASON, REVEAL, workspace_path
from jiuzhu_check.cli.screen import FORM, Form, block, is_drawn, show
from jiuzhu_check.errors import ExitCode
from jiuzhu_check.language import say

if TYPE_CHECKING:
    from jiuzhu_check.reports.case_sheet import Section
    from jiuzhu_check.reports.explanation import Dossier

app = single()

_TABLES = ("覆盖", "其他关联", "同户其他成员", "退回")


@app.command(help=say(
    "说明一条关联：登记和名册的原文、规范值对照，每项证据一句话，其他可能，什么能推翻它，谁复核过。"
    "先写明目的，每次都记入审计；同样的输入，输出逐字节相同。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 explain --source vehicle --row 17 --purpose recheck\n"
    "    jiuzhu-check -C 工作区 explain --household JZ00000000 --member 1 --purpose dispute\n\n"
    "没有关联到名册上的人的行一律不说明，有没有记录都同样答复；被退回的行说明退回原因。"
))  # fmt: skip
def explain(
    ctx: typer.Context,
    source: str = typer.Option("", "--source", metavar="SOURCE", help=say("来源，如 vehicle。")),
    row: int | None = typer.Option(None, "--row", min=1, metavar="N", help=say("来源文件的行号，文件第一行为 1。")),
    slot: int | None = typer.Option(None, "--slot", min=1, metavar="N", help=say("第几位权利人；不写则全部。")),
    sheet: str = typer.Option("", "--sheet", metavar="NAME", help=say("工作表；不写则全部。")),
    supplier: str = typer.Option("", "--supplier", metavar="REGION", help=say("供数机构所在区划；不写则全部。")),
    household: str = typer.Option("", "--household", metavar="NO", help=say("家庭编号。")),
    member: str = typer.Option("", "--member", metavar="N", help=say("成员序号；不写则全户。")),
    run: str = typer.Option(
        "", "--run", metavar="ID",
        help=say("哪一次核对：latest 最近一次批量核对，all 每户最新结果，或核对编号；不写则按家庭用 all，按行用 latest。"),
    ),
    purpose: Purpose | None = typer.Option(
        None, "--purpose", help=say("目的：recheck 在保复核 | entry 申请核对 | dispute 异议复查 | audit 审计检查。")
    ),
    reveal: bool = REVEAL,
    reason: str = REASON,
    form: Form | None = FORM,
) -> None:  # fmt: skip
    """Explain the links of a row or of a household."""
    from jiuzhu_check.checks.audited import reveal as show_whole
    from jiuzhu_check.checks.case import PURPOSES
    from jiuzhu_check.checks.centre import Centre
    from jiuzhu_check.checks.explain import Asked
    from jiuzhu_check.checks.explain import explain as explained
    from jiuzhu_check.errors import Refused

    if purpose is None:
        raise Refused(
            say("没有写明核对目的，不予查询。"), hint=say("加 --purpose，可用：{all}。", all="、".join(PURPOSES))
        )
    centre = Centre.open(workspace_path(ctx))
    if reveal:
        show_whole(centre.audit, reason, household)
    asked = Asked(household, member, source, row, slot, sheet, supplier, run)
    told = explained(centre, asked, purpose.value, reveal=reveal)
    if form in (Form.json, Form.jsonl):
        _tell_programs(told, form)
    else:
        for place, dossier in enumerate(told):
            typer.echo("\n" * (place > 0) + dossier.heading)
            _show(dossier, drawn=is_drawn(form))
    if not all(dossier.whole for dossier in told):
        raise typer.Exit(ExitCode.INCOMPLETE)


def _tell_programs(told: list["Dossier"], form: Form | None) -> None:
    """One object a run; of jsonl, one line each."""
    objects = [
        {
            "run": dossier.run,
            **{section.title: section.rows.to_dicts() for section in (*dossier.before, dossier.basis)},
            "links": [
                {"title": link.title, **{section.title: section.rows.to_dicts() for section in link.sections}}
                for link in dossier.links
            ],
        }
        for dossier in told
    ]
    if form is Form.json:
        typer.echo(json.dumps(objects, ensure_ascii=False))
    else:
        typer.echo("\n".join(json.dumps(each, ensure_ascii=False) for each in objects))


def _show(dossier: "Dossier", *, drawn: bool) -> None:
    write = _draw if drawn else _write
    for section in dossier.before:
        write(section)
    for place, link in enumerate(dossier.links, start=1):
        typer.echo(f"\n{'═══ ' if drawn else ''}{place}/{len(dossier.links)} {link.title}")
        for section in link.sections:
            write(section)
    write(dossier.basis)


def _write(section: "Section") -> None:
    typer.echo("")
    if section.rows.is_empty():
        typer.echo(f"{section.title}：{section.nothing}")
        return
    rows = [("", *row) for row in section.rows.iter_rows()]
    show(section.title, [section.title, *section.rows.columns], rows, Form.tsv)


def _draw(section: "Section") -> None:
    """A section for a terminal: heads and values below each other, but tables where rows are to be compared."""
    rows = section.rows
    if section.title in _TABLES and not rows.is_empty():
        typer.echo("")
        show(section.title, rows.columns, list(rows.iter_rows()), Form.table)
        return
    typer.echo("")
    if rows.is_empty():
        typer.echo(f"{section.title}：{section.nothing}")
    elif section.title == "对照":
        _draw_compared(section)
    elif rows.width == 2:
        block(section.title, list(rows.iter_rows()))
    else:
        block(section.title, list(zip(rows.columns, rows.row(0), strict=True)))


def _draw_compared(section: "Section") -> None:
    """Raw and normalised beside each other, the record above the roster, so that it fits into 80 columns."""
    lines = []
    for field in section.rows.iter_rows(named=True):
        lines.append((field["项目"], "登记", field["登记原文"], field["登记规范值"], field["比较"]))
        lines.append(("", "名册", field["名册原文"], field["名册规范值"], ""))
    show(section.title, ["", "", "原文", "规范值", "比较"], lines, Form.table)
