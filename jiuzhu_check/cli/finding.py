"""finding: what was found and where it stands: list, show, assign, by XLSX too, and how the answers fell."""

from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from jiuzhu_check.cli.entry import group
from jiuzhu_check.cli.options import AS_OF, OUTPUT, REASON, REVEAL, RUN, day, workspace_path
from jiuzhu_check.cli.screen import FORM, Form, facts, is_drawn, show, show_first, tell
from jiuzhu_check.language import say

if TYPE_CHECKING:
    from jiuzhu_check.checks.findings import Shown, Wanted

app = group(say("发现：列出、分派、导出核对清单、收回乡镇的答复。登记和申报不变的，不重复询问。"))
SHOWN = 40
_ON_SCREEN = (0, 1, 3, 4, 5, 9)
ID = typer.Argument(..., metavar="ID", help=say("发现编号，见 finding list。"))
TOWNSHIP = typer.Option("", "--township", metavar="NAME", help=say("只要这个乡镇的。"))
HOUSEHOLD = typer.Option("", "--household", metavar="NO", help=say("只要这一户的。"))
RULE = typer.Option("", "--rule", metavar="RULE", help=say("只要这条规则的，如 undeclared_vehicle。"))
STAFF = typer.Option("", "--staff", metavar="NO", help=say("只要分派给这个工号的。"))
OVERDUE = typer.Option(False, "--overdue", help=say("只要过了期限还没有答复的。"))
EVERY_RUN = typer.Option(
    "all", "--run", metavar="ID", help=say("哪一次核对：all 每户最新结果，latest 最近一次批量核对，或核对编号。")
)


class State(StrEnum):
    """Where a finding stands."""

    open = "open"
    answered = "answered"
    again = "again"
    disputed = "disputed"


STATE = typer.Option(
    None, "--state", help=say("open 待核实 | answered 已核实 | again 登记或申报已变，再次核实 | disputed 异议办理中。")
)


@app.command("list", help=say(
    "列出发现，期限早的在前：对象、事项、登记、首次发现、期限、状态、分派给谁。姓名和号码遮盖。\n\n"
    "期限从首次发现之日起算，按政策的复查期限（工作日），没有规定的为 10 天；申请家庭不晚于法定期限。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 finding list --township 永和镇 --overdue"
))  # fmt: skip
def list_(
    ctx: typer.Context,
    township: str = TOWNSHIP,
    household: str = HOUSEHOLD,
    rule: str = RULE,
    state: State | None = STATE,
    staff: str = STAFF,
    overdue: bool = OVERDUE,
    run: str = EVERY_RUN,
    as_of: str | None = AS_OF,
    form: Form | None = FORM,
) -> None:
    """List findings."""
    import polars as pl

    from jiuzhu_check.checks.centre import Centre
    from jiuzhu_check.checks.findings import STATES, listed
    from jiuzhu_check.reports.plain import hide_numbers
    from jiuzhu_check.reports.wording import KINDS
    from jiuzhu_check.values.person_name import mask_name

    wanted = _wanted(township, household, rule, state, staff, overdue=overdue)
    found = listed(Centre.open(workspace_path(ctx)), wanted, day(as_of), run)
    told = hide_numbers(found.with_columns(mask_name(pl.col("name"))))
    rows: list[tuple[Any, ...]] = [
        (
            each["finding_id"], each["due_on"], each["township"], each["household_no"], _who(each), each["title"],
            KINDS[each["kind"]], " ".join(filter(None, (each["found"], each["unit"]))), each["first_seen"],
            STATES[each["state"]] + (say("，过期") if each["overdue"] else ""), each["staff_no"], each["answer"],
        )
        for each in told.iter_rows(named=True)
    ]  # fmt: skip
    heads: list[str] = [
        say("编号"), say("期限"), say("乡镇"), say("家庭编号"), say("对象"), say("事项"), say("类别"), say("登记"),
        say("首次发现"), say("状态"), say("工号"), say("核实情况"),
    ]  # fmt: skip
    if is_drawn(form):  # what fits a screen; programs get every column
        heads, rows = [heads[at] for at in _ON_SCREEN], [tuple(row[at] for at in _ON_SCREEN) for row in rows]
    if more := show_first(say("发现"), heads, rows, form, SHOWN):
        tell(say("另有 {more:,} 项；加 --format tsv 看全部。", more=more))
    waiting = found.filter(found["state"] != "answered").height
    tell(
        say(
            "共 {count:,} 条：待答复 {waiting:,} 条（其中过期 {late:,} 条），已核实 {answered:,} 条。",
            count=found.height,
            waiting=waiting,
            late=int(found["overdue"].sum()),
            answered=found.height - waiting,
        )
    )


@app.command("show", help=say(
    "显示一条发现的全部：内容和依据，证据（来源文件、行号、为何是本人），哪几次核对有它，历次答复、异议和分派。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 finding show 0123456789abcdef"
))  # fmt: skip
def show_(
    ctx: typer.Context,
    finding: str = ID,
    as_of: str | None = AS_OF,
    reveal: bool = REVEAL,
    reason: str = REASON,
    form: Form | None = FORM,
) -> None:
    """Show one finding whole."""
    from jiuzhu_check.checks.audited import reveal as show_whole
    from jiuzhu_check.checks.centre import Centre
    from jiuzhu_check.checks.findings import shown

    centre = Centre.open(workspace_path(ctx))
    if reveal:
        show_whole(centre.audit, reason, finding)
    pairs = _pairs(shown(centre, finding, day(as_of)), reveal=reveal)
    facts(say("发现"), pairs, form)


@app.command("assign", help=say(
    "把待答复的发现分派给一名经办人员：按编号，或按乡镇、家庭、规则，或原来在谁手里（--from）。已核实的不动。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 finding assign --to 0012 --township 永和镇"
))  # fmt: skip
def assign(
    ctx: typer.Context,
    findings: list[str] = typer.Argument(None, metavar="[ID]...", help=say("发现编号，可写多个。")),
    to: str = typer.Option(..., "--to", metavar="NO", help=say("接手的工号，见 staff list。")),
    township: str = TOWNSHIP,
    household: str = HOUSEHOLD,
    rule: str = RULE,
    before: str = typer.Option("", "--from", metavar="NO", help=say("只要原来分派给这个工号的。")),
    as_of: str | None = AS_OF,
) -> None:
    """Give findings to somebody."""
    from jiuzhu_check.checks.centre import Centre
    from jiuzhu_check.checks.findings import assign as give

    wanted = _wanted(township, household, rule, None, before, ids=tuple(findings or ()))
    given = give(Centre.open(workspace_path(ctx)), wanted, to, day(as_of), datetime.now(UTC).astimezone())
    tell(say("已把 {count:,} 条分派给 {staff}。", count=given, staff=to))


@app.command("export", help=say(
    "导出待答复的核对清单（XLSX），可以只要一个人、一个乡镇、一户或一条规则的。填好后用 finding import 收回。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 finding export --staff 0012 -o 清单.xlsx"
))  # fmt: skip
def export(
    ctx: typer.Context,
    output: Path | None = OUTPUT,
    township: str = TOWNSHIP,
    household: str = HOUSEHOLD,
    rule: str = RULE,
    state: State | None = STATE,
    staff: str = STAFF,
    overdue: bool = OVERDUE,
    run: str = RUN,
    due: str | None = typer.Option(None, "--due", metavar="YYYY-MM-DD", help=say("答复期限；不写则如 finding list。")),
    as_of: str | None = AS_OF,
    reveal: bool = REVEAL,
    reason: str = REASON,
) -> None:
    """Write the worklist of what waits."""
    from jiuzhu_check.checks.centre import Centre
    from jiuzhu_check.checks.findings import worklist_of
    from jiuzhu_check.errors import UsageError
    from jiuzhu_check.store.durable import write_file

    if run == "all":
        raise UsageError(say("报告针对一次核对，不能用 all。"), hint=say("写 latest 或核对编号。"))
    centre = Centre.open(workspace_path(ctx))
    data, name, count, known = worklist_of(
        centre, _wanted(township, household, rule, state, staff, overdue=overdue), day(as_of), run,
        due_on=day(due, "--due") if due else None, reason=reason if reveal else None,
    )  # fmt: skip
    path = output or centre.workspace.reports_dir / f"findings-{name}.xlsx"
    write_file(path, data)
    tell(say("已把 {count:,} 项写到 {path}。", count=count, path=path))
    if not known:
        tell(say("有的期限跨到节假日安排还没有公布的年份，按周一至周五估算。"))


@app.command("import", help=say(
    "收回填好的核对清单，逐行检查：改动过的行、认不出的处理、缺经办人或说明、日期不对的，逐行退回并写明原因，其余照收。\n\n"
    "表中行数 = 收下 + 退回 + 未填。登记和申报不变，答复一直有效；变了的，再次列入并写明原答复。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 finding import 清单.xlsx --dry-run"
))  # fmt: skip
def import_(
    ctx: typer.Context,
    file: Path = typer.Argument(..., metavar="FILE", help=say("填好的核对清单。")),
    dry_run: bool = typer.Option(False, "--dry-run", help=say("只检查，不记下。")),
    form: Form | None = FORM,
) -> None:
    """Take the answers in."""
    from jiuzhu_check.checks.centre import Centre
    from jiuzhu_check.checks.finding_answers import take_reexaminations

    now = datetime.now(UTC).astimezone()
    taken = take_reexaminations(Centre.open(workspace_path(ctx)), file, now, dry_run=dry_run)
    counts = {"rows": taken.rows, "accepted": taken.accepted, "refused": taken.refused.height, "blank": taken.blank}
    tell(say("表中 {rows:,} 行 = 收下 {accepted:,} 行 + 退回 {refused:,} 行 + 未填 {blank:,} 行。", **counts))
    if taken.refused.height:
        heads = [say("工作表"), say("行"), say("原因")]
        show(say("退回的行"), heads, list(taken.refused.iter_rows()), form, right=(1,))
    if taken.replaced:
        tell(say("！收下的行中有 {count:,} 行与先前的答复不同，以签署日期最新的为准。", count=taken.replaced))
    tell(say("收下的答复已记下，下次核对起写入结果。") if taken.kept else say("只是检查，没有记下。"))


@app.command("stats", help=say(
    "答复统计：按来源、按关联层级，各有多少条仍不一致、已说明、已更正、不成立，其中多少条登记的不是本人（关联错了），"
    "是本人的占多少（95% 区间）。\n\n\b\n例：jiuzhu-check -C 工作区 finding stats --format json"
))  # fmt: skip
def stats(ctx: typer.Context, form: Form | None = FORM) -> None:
    """Count the answers."""
    from jiuzhu_check.checks.centre import Centre
    from jiuzhu_check.checks.outcomes import counted
    from jiuzhu_check.tables.reexamination import OUTCOMES

    centre = Centre.open(workspace_path(ctx))
    groups = counted(centre)
    titles = {name: source.title for name, source in centre.sources.items()}
    if form in (Form.json, Form.jsonl):
        show("", groups.columns, groups.rows(), form)
        return
    heads = [say("来源或层级"), say("已答复"), *OUTCOMES.values(), say("非本人"), say("是本人的占比")]
    rows = [
        (titles.get(each["name"], each["name"]), each["answered"], *(each[code] for code in OUTCOMES),
         each["wrong_person"], _share(each))
        for each in groups.iter_rows(named=True)
    ]  # fmt: skip
    show(say("答复统计"), heads, rows, form, right=(1, 2, 3, 4, 5, 6))


def _wanted(
    township: str, household: str, rule: str, state: State | None, staff: str, *, overdue: bool = False,
    ids: tuple[str, ...] = (),
) -> "Wanted":  # fmt: skip
    from jiuzhu_check.checks.findings import Wanted

    return Wanted(township, household, rule, state.value if state else "", staff, overdue, ids)


def _who(row: dict[str, Any]) -> str:
    if row["member_no"] is None:
        return "全户"
    return f"{row['name'] or ''}（{row['relation'] or '成员'}）"


def _pairs(shown: "Shown", *, reveal: bool) -> list[tuple[str, Any]]:
    """Heads and values, from what was found to what came of it."""
    import polars as pl

    from jiuzhu_check.checks.findings import STATES
    from jiuzhu_check.reports import wording
    from jiuzhu_check.reports.evidence import subject_in_words
    from jiuzhu_check.reports.plain import hide_numbers
    from jiuzhu_check.tables.reexamination import OUTCOMES
    from jiuzhu_check.values.identity_number import mask_number
    from jiuzhu_check.values.person_name import mask_name

    finding = shown.finding.with_columns(subject_in_words().alias("subject"))
    if not reveal:
        finding = hide_numbers(finding.with_columns(mask_name(pl.col("name")), mask_number(pl.col("person_no"))))
    row = finding.row(0, named=True)
    amount = " ".join(filter(None, (row["found"], row["unit"])))
    declared = " ".join((row["declared"], row["unit"] or "")) if row["declared"] is not None else wording.NOT_DECLARED
    pairs: list[tuple[str, Any]] = [
        (say("编号"), row["finding_id"]),
        (say("家庭编号"), row["household_no"]),
        (say("乡镇"), row["township"]),
        (say("对象"), _who(row)),
        (say("证件号码"), row["person_no"]),
        (say("事项"), row["title"]),
        (say("规则"), f"{row['rule']}　{row['basis']}"),
        (say("类别"), wording.KINDS[row["kind"]]),
        (say("标的"), row["subject"]),
        (say("申报"), declared),
        (say("登记"), amount),
        (say("数据时点"), row["data_date"]),
        (say("说明"), row["sentence"]),
        (say("状态"), STATES[row["state"]] + (say("，过期") if row["overdue"] else "")),
        (say("核实情况"), row["answer"]),
        (say("期限"), row["due_on"]),
        (say("工号"), row["staff_no"]),
        (say("首次发现"), row["first_seen"]),
    ]
    pairs += [
        (f"{say('证据')} {place}", f"{each['where']}，{say('数据时点')} {each['data_date']}；{each['why']}")
        for place, each in enumerate(_hidden(shown.evidence, reveal=reveal).iter_rows(named=True), start=1)
    ]
    pairs += [
        (f"{say('核对')} {each['as_of']}", f"{each['run']}　{wording.STATUSES.get(each['status'], each['status'])}")
        for each in shown.runs.iter_rows(named=True)
    ]
    pairs += [
        (f"{say('答复')} {each['reexamination_no']}", _joined(
            OUTCOMES[each["outcome"]], each["signer"], each["signed_on"], each["document_no"], each["note"]
        ))
        for each in shown.answers.iter_rows(named=True)
    ]  # fmt: skip
    steps = {"opened": say("提出"), "evidence": say("收到材料"), "closed": say("办结")}
    pairs += [
        (f"{say('异议')} {each['dispute_no']}", _joined(
            steps[each["event"]], each["ground"],
            each["evidence"], each["due_on"], OUTCOMES.get(each["outcome"] or ""), each["closed_on"],
        ))
        for each in shown.disputes.iter_rows(named=True)
    ]  # fmt: skip
    pairs += [
        (f"{say('分派')} {each['assigned_on']}", _joined(each["staff_no"], each["name"]) or say("收回，未分派"))
        for each in shown.assignments.iter_rows(named=True)
    ]
    member = f" --member {row['member_no']}" if row["member_no"] else ""
    why = f"jiuzhu-check explain --household {row['household_no']}{member} --purpose recheck"
    return [(head, cell) for head, cell in [*pairs, (say("为何是本人"), why)] if cell not in (None, "")]


def _hidden(evidence: Any, *, reveal: bool) -> Any:
    from jiuzhu_check.reports.plain import hide_numbers

    return evidence if reveal else hide_numbers(evidence)


def _joined(*cells: str | date | None) -> str:
    return "　".join(str(cell) for cell in cells if cell)


def _share(row: dict[str, Any]) -> str:
    if row["share"] is None:
        return "—"
    return f"{row['share']:.1%}（{row['low'] * 100:.1f}–{row['high'] * 100:.1f}）"
