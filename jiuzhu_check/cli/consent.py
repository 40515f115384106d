"""consent import | withdraw | list | withdrawn: consents handed in beside the roster, withdrawn, ending; what they opened."""

from pathlib import Path

import typer

from jiuzhu_check.cli.entry import group
from jiuzhu_check.cli.options import AS_OF, day, quiet, workspace_path
from jiuzhu_check.cli.screen import FORM, Form, on_terminal, progress, show, tell
from jiuzhu_check.errors import UsageError
from jiuzhu_check.language import say

app = group(say("授权：先授权后核对。补交的授权书、撤回、到期，和撤回以前读过什么。"))
SHOWN = 20
_ROLE, _SCOPE, _ORIGIN = 3, 7, 9  # columns of the list
_DOCUMENT, _FIRST, _LAST_RUN = 3, 8, 10  # of what was read
HOUSEHOLD = typer.Option("", "--household", metavar="NO", help=say("只看这一户。"))


@app.command("import", help=say(
    "收下授权书清单（CSV 或 XLSX）：一行一人一份，写家庭编号、姓名或身份证号码、授权书编号、签署日期、截止日期，"
    "可以写授权范围（来源名称，不写则为全部来源）。\n\n"
    "与名册对不上的、缺日期的、户外赡养人用本户授权书的、撤回以前签署的，逐行退回并写明原因。收下 + 退回 = 交来。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 consent import 补交授权书.xlsx"
))  # fmt: skip
def import_(
    ctx: typer.Context,
    file: Path = typer.Argument(..., metavar="FILE", help=say("授权书清单。")),
    form: Form | None = FORM,
) -> None:
    """Take in a list; show what goes back."""
    from jiuzhu_check.checks.centre import Centre
    from jiuzhu_check.checks.consent_change import take_consents

    taken = take_consents(Centre.open(workspace_path(ctx)), file)
    listed = taken.listed
    accepted, returned = listed.accepted.height, listed.returned.height
    tell(
        say(
            "交来 {delivered:,} 行 = 收下 {accepted:,} 行 + 退回 {returned:,} 行。",
            delivered=listed.delivered,
            accepted=accepted,
            returned=returned,
        )
    )
    tell(
        say("收下的授权书中，新的 {added:,} 份，已有的 {known:,} 份。", added=taken.added, known=accepted - taken.added)
    )
    rows = listed.returned.select("sheet", "source_row", "reason").rows()
    if rows:
        shown = rows if form is not None else rows[:SHOWN]
        show(say("退回补正的行"), [say("工作表"), say("行"), say("原因")], shown, form, right=(1,))
        if len(shown) < len(rows):
            tell(say("另有 {more:,} 行；加 --format tsv 看全部。", more=len(rows) - len(shown)))


@app.command("withdraw", help=say(
    "记下一名成员撤回授权：此日及以前签署的授权书全部不再作数，记下以后，以哪一天为核对日都不再读他的数据。\n\n"
    "撤回不影响撤回以前已做的核对（《个人信息保护法》第十五条）；以前读过什么，用 consent withdrawn 看。"
    "以后重新授权的，用名册或 consent import 收下撤回之后签署的授权书。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 consent withdraw JZ00000000 2 --on 2018-11-20 --document CH2018-011"
))  # fmt: skip
def withdraw(
    ctx: typer.Context,
    household: str = typer.Argument(..., metavar="HOUSEHOLD", help=say("家庭编号。")),
    member: str = typer.Argument(..., metavar="MEMBER", help=say("成员序号，如 2；见 case 的“成员”一节或 consent list。")),
    on: str = typer.Option(..., "--on", metavar="YYYY-MM-DD", help=say("收到撤回书的日期。")),
    document: str = typer.Option(..., "--document", metavar="NO", help=say("撤回书的编号；不要写姓名和号码。")),
) -> None:  # fmt: skip
    """Take a withdrawal down."""
    from jiuzhu_check.checks.centre import Centre
    from jiuzhu_check.checks.consent_change import withdraw as take_down

    centre = Centre.open(workspace_path(ctx))
    done = take_down(centre, household, member, day(on, "--on"), document, today=day(None))
    if done.existing:
        tell(say("这次撤回以前已经记下，没有改动。"))
        return
    if done.ended:
        tell(say("已记下撤回，{count} 份授权书不再作数。", count=done.ended))
    else:
        tell(say("已记下撤回；名册和补交里没有此人在此日及以前签署的授权书。"))
    if done.elsewhere:
        homes = "、".join(done.elsewhere)
        tell(say("同一个人还在 {homes}，那里的授权没有撤回；要撤回的，逐户再记。", homes=homes))
    tell(say("以前的核对读过什么：jiuzhu-check -C 工作区 consent withdrawn --household {home}", home=household))


@app.command("list", help=say(
    "列出授权书在某一天的状态：有效、已撤回、已过期、尚未生效、缺日期、没有授权书。姓名遮盖。\n\n"
    "户外赡养（抚养、扶养）人要有自己的授权书，用本户的不作数。几个筛选可以同时用。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 consent list --as-of 2018-12-01 --expiring 30\n"
    "    jiuzhu-check -C 工作区 consent list --missing --format tsv > 要补授权.tsv"
))  # fmt: skip
def list_(
    ctx: typer.Context,
    as_of: str = AS_OF,
    household: str = HOUSEHOLD,
    withdrawn: bool = typer.Option(False, "--withdrawn", help=say("只列已撤回的。")),
    expiring: int | None = typer.Option(None, "--expiring", metavar="DAYS", help=say("只列多少天以内到期、之后没有别的授权书的。")),
    missing: bool = typer.Option(False, "--missing", help=say("只列没有有效授权、因而不能核对的人；撤回的不列。")),
    form: Form | None = FORM,
) -> None:  # fmt: skip
    """List the consents."""
    from jiuzhu_check.checks.centre import Centre
    from jiuzhu_check.checks.consent_list import STANDINGS, consent_list
    from jiuzhu_check.reports.wording import ROLES

    if expiring is not None and expiring < 0:
        raise UsageError(say("{name} 的值不对。", name="--expiring"), hint=say("写天数，如 30。"))
    found = consent_list(
        Centre.open(workspace_path(ctx)), day(as_of), household_no=household, withdrawn=withdrawn, expiring=expiring,
        missing=missing,
    )  # fmt: skip
    origins = {"roster": say("名册"), "import": say("补交")}
    rows = [
        (
            row["household_no"], row["member_no"], row["name"], ROLES.get(row["role"], row["role"]), row["consent_no"],
            row["signed_on"], row["valid_until"], row["scope"] or (say("全部来源") if row["consent_no"] else None),
            STANDINGS[row["standing"]], origins.get(row["origin"]), row["withdrawn_on"], row["document_no"],
        )
        for row in found.iter_rows(named=True)
    ]  # fmt: skip
    heads = [
        say("家庭编号"), say("序号"), say("姓名"), say("身份"), say("授权书编号"), say("签署日期"), say("截止日期"),
        say("范围"), say("状态"), say("出自"), say("撤回日期"), say("撤回文号"),
    ]  # fmt: skip
    if on_terminal(form):  # a column that says nothing is left out; programs get all
        told = [at for at in range(len(heads)) if any(row[at] is not None for row in rows)]
        told = [at for at in told if at not in (_ROLE, _SCOPE, _ORIGIN) or len({row[at] for row in rows}) > 1]
        show(say("授权书"), [heads[at] for at in told], [[row[at] for at in told] for row in rows], form)
    else:
        show(say("授权书"), heads, rows, form)
    tell(say("{members:,} 人，{papers:,} 份。", members=found.select("household_no", "member_no").unique().height, papers=found["consent_no"].count()))  # fmt: skip


@app.command("withdrawn", help=say(
    "撤回了授权的人，撤回以前读过什么：每个来源、数据时点，几次核对，最近是哪一次；向哪个部门查询过。供中心据以处理。\n\n"
    "核对日在撤回当天或以后的（撤回书晚记下的）另计在“撤回后”。只看保存着的核对。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 consent withdrawn --format tsv > 撤回前读过.tsv"
))  # fmt: skip
def withdrawn_(ctx: typer.Context, household: str = HOUSEHOLD, form: Form | None = FORM) -> None:
    """List what was read."""
    from jiuzhu_check.checks.centre import Centre
    from jiuzhu_check.checks.consent_list import read_before

    centre = Centre.open(workspace_path(ctx))
    with progress(say("查看"), quiet=quiet(ctx)) as move:
        found = read_before(centre, household, progress=move)
    how = {"run": say("核对"), "inquiry": say("向部门查询")}
    rows = [
        (
            row["household_no"], row["member_no"], row["withdrawn_on"], row["document_no"], row["title"], row["data_date"],
            how[row["how"]], row["runs"], row["first"], row["last"], row["last_run"], row["after"] or None,
        )
        for row in found.iter_rows(named=True)
    ]  # fmt: skip
    heads = [
        say("家庭编号"), say("序号"), say("撤回日期"), say("撤回文号"), say("来源"), say("数据时点"), say("怎样读的"),
        say("次数"), say("首次"), say("最近"), say("最近一次"), say("撤回后"),
    ]  # fmt: skip
    if rows and on_terminal(form):  # what fits a screen; programs get every column
        told = [at for at in range(len(heads)) if at not in (_DOCUMENT, _FIRST, _LAST_RUN)]
        brief = [[row[at] for at in told] for row in rows]
        show(say("撤回以前读过的"), [heads[at] for at in told], brief, form, right=(6, 8))
        tell(say("加 --format tsv 看撤回文号和核对编号。"))
    else:
        show(say("撤回以前读过的"), heads, rows, form, right=(7, 11))
    if not rows:
        tell(say("没有撤回的授权，或保存着的核对没有读过这些人的数据。"))
