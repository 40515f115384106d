"""retention plan | apply | purged: what is past its period, letting it go, and what went."""

from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING

import typer

from jiuzhu_check.cli.entry import group
from jiuzhu_check.cli.options import AS_OF, day, quiet, workspace_path
from jiuzhu_check.cli.screen import FORM, Form, is_drawn, next_step, progress, show, tell
from jiuzhu_check.errors import TryLater, UsageError
from jiuzhu_check.language import say

if TYPE_CHECKING:
    from jiuzhu_check.checks.retention import Item, Plan
    from jiuzhu_check.parameters.file import Value

app = group(say("保存期：哪些数据期满，为何留置；清除，并留下支持发现的证据。"))
_NAMES = {
    "landed": "部门交付原件",
    "records": "部门数据快照",
    "runs": "核对批次",
    "evidence": "证据包",
    "roster": "名册历次版本",
    "issued_reports": "出具的报告",
    "superseded": "登记的旧副本",
    "unfinished": "中断留下的",
    "audit": "审计记录",
}


@app.command("plan", help=say(
    "列出期满的数据：逐类的保存期限和依据，可以清除的、期满而留置的（写明原因）、未到期的各多少份，多大，数据时点从哪天到哪天。什么也不改。\n\n"
    "期限从存入工作区之日起算，写在 policy/（retention.landed 等），不写用缺省；法律定了下限的不能更短。"
    "每个来源最近的一份、增量为底的、待答复的发现和未办结的异议所依据的、未关闭批次用到的，期满也不清除。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 retention plan\n    jiuzhu-check -C 工作区 retention plan --each --format jsonl\n"
    "    jiuzhu-check -C 工作区 retention plan --as-of 2027-12-31"
))  # fmt: skip
def plan(
    ctx: typer.Context,
    each: bool = typer.Option(False, "--each", help=say("逐份列出期满的，不只是各类的数目。")),
    as_of: str | None = AS_OF,
    form: Form | None = FORM,
) -> None:
    """Say what is past its period."""
    from jiuzhu_check.checks.audited import audited
    from jiuzhu_check.checks.centre import Centre
    from jiuzhu_check.checks.retention import plan as past

    centre, on = Centre.open(workspace_path(ctx)), day(as_of)
    with audited(centre.audit, "retention_plan", facts={"as_of": str(on)}) as ending:
        told = past(centre, on)
        ending.counts = {"due": len(told.due()), "held": len(told.held())}
    _show_each(told, form) if each else _show_kinds(told, form)
    for name in told.unknown:
        tell(say("{name} 没有归入任何一类，不会清除。", name=name))
    if told.left:
        tell(say("{count} 组数据里有中断留下、没有登记的文件，清除时一并销毁。", count=len(told.left)))
    if not told.due() and not told.left:
        tell(say("没有可以清除的。"))
    elif on <= day(None):
        next_step(
            say("清除 {count:,} 份。先由负责人看过、批准；清除以后任何人都恢复不了。", count=len(told.due())),
            "retention apply --confirm --reason " + say("批准文号"),
        )


@app.command("apply", help=say(
    "清除期满的数据（retention plan 列为可清除的）。须加 --confirm 并写明原因；先记审计，后清除。清除以后任何人都恢复不了。\n\n"
    "先给每份将清除的快照留证据包：在存的核对所关联的、发现所引用的记录，加密存入工作区，"
    "所以旧的发现照样说明、导出，逐字节相同。再销毁每个文件的密钥，最后删文件；清单上留下它是什么、哪天按哪条清除。\n\n"
    "以前的备份里还有它，直到那份备份被更新或销毁（见 docs/keys-and-backup.md）。"
    "有程序正在读的，留到下次，以 75 退出。中断了的，再执行一次。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 retention apply --confirm --reason '2026 年第 3 号批准'"
))  # fmt: skip
def apply(
    ctx: typer.Context,
    confirm: bool = typer.Option(False, "--confirm", help=say("确认清除；不加则什么也不做。")),
    reason: str = typer.Option("", "--reason", metavar="TEXT", help=say("谁批准的、文号；记入审计，不写号码。")),
) -> None:
    """Let it go."""
    from jiuzhu_check.checks.retention_apply import apply as purge

    if not confirm:
        raise UsageError(
            say("没有加 --confirm，什么也没有清除。"),
            hint=say("先看 jiuzhu-check retention plan；负责人批准后加 --confirm 和 --reason。"),
        )
    with progress("", quiet=quiet(ctx)) as move:
        done = purge(workspace_path(ctx), day(None), reason, progress=move)
    for kind, items in groupby(done.gone, key=lambda each: each.kind):
        gone = list(items)
        size = sum(each.size for each in gone)
        tell(say("{kind}：清除 {count:,} 份，{size:,} 字节。", kind=say(_NAMES[kind]), count=len(gone), size=size))
    if not done.gone:
        tell(say("没有可以清除的。"))
    if done.bundles:
        tell(say("留下 {count:,} 个证据包：旧的发现照样可以说明和导出。", count=done.bundles))
    if done.gone:
        tell(say("以前的备份里还有这些数据：更新每一份备份，或把不再更新的备份销毁。"))
    if done.waiting:
        first = done.waiting[0]
        raise TryLater(
            say(
                "{count} 份没有清除，如 {dataset} {id}：{why}",
                count=len(done.waiting), dataset=first.dataset, id=first.id, why=first.held,
            ),
            hint=say("等读取的程序结束，再执行一次；损坏的先从备份恢复。其余的已经清除。"),
        )  # fmt: skip


@app.command("purged", help=say(
    "列出清除了什么：数据集、编号、数据时点、存入和清除的日期、按哪一条、行数、字节、清单的 SHA-256。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 retention purged --format tsv"
))  # fmt: skip
def purged(ctx: typer.Context, form: Form | None = FORM) -> None:
    """List what went."""
    from jiuzhu_check.checks.centre import Centre

    store = Centre.open(workspace_path(ctx)).store
    rows = [
        (name, each.id, each.data_date, each.gone.received[:10], each.gone.on, each.gone.rule, each.gone.rows,
         each.gone.size, each.sha256)
        for name in store.datasets() for each in store.listed(name) if each.gone
    ]  # fmt: skip
    heads = [
        say("数据集"), say("编号"), say("数据时点"), say("存入"), say("清除"), say("按"), say("行数"), say("字节"),
        "SHA-256",
    ]  # fmt: skip
    show(say("已清除"), heads, rows, form, right=(6, 7))


def _show_kinds(told: "Plan", form: Form | None) -> None:
    """A row for each kind and what becomes of it; on a terminal the bases stand below."""
    rows: list[tuple[object, ...]] = []
    for kind, period in told.periods.items():
        head = (say(_NAMES[kind]), period.cell if period else None)
        if due := told.due(kind):
            rows.append((*head, say("可清除"), *_sums(due), _basis(period)))
        for why, items in groupby(sorted(told.held(kind), key=lambda each: each.held), key=lambda each: each.held):
            rows.append((*head, say("留置：{why}", why=why), *_sums(list(items)), _basis(period)))
        if told.kept[kind] or not (told.due(kind) or told.held(kind)):
            rows.append((*head, say("未到期"), told.kept[kind], None, None, None, None, _basis(period)))
    heads = [
        say("类别"), say("保存月数"), say("去留"), say("份数"), say("行数"), say("字节"), say("最早数据时点"),
        say("最晚数据时点"), say("依据"),
    ]  # fmt: skip
    drawn = is_drawn(form)
    shown = [row[:-1] for row in rows] if drawn else rows
    show(say("保存期，{day}", day=told.on), heads[:-1] if drawn else heads, shown, form, right=(1, 3, 4, 5))
    for basis, kinds in groupby(told.periods.items(), key=lambda each: _basis(each[1])) if drawn else ():
        tell(say("{kinds}：{basis}", kinds="、".join(say(_NAMES[kind]) for kind, _ in kinds), basis=basis))


def _basis(period: "Value | None") -> str:
    return period.source if period else say("没有生效的期限，不清除")


def _sums(items: "list[Item]") -> tuple[int, int, int, date | None, date | None]:
    days = [each.data_date for each in items if each.data_date]
    rows, size = sum(each.rows for each in items), sum(each.size for each in items)
    return len(items), rows, size, min(days, default=None), max(days, default=None)


def _show_each(told: "Plan", form: Form | None) -> None:
    heads = [
        say("类别"), say("数据集"), say("编号"), say("数据时点"), say("存入"), say("期满"), say("行数"), say("字节"),
        say("去留"),
    ]  # fmt: skip
    rows = [
        (say(_NAMES[each.kind]), each.dataset, each.id, each.data_date, each.received, each.due, each.rows, each.size,
         say("留置：{why}", why=each.held) if each.held else say("可清除"))
        for each in told.items
    ]  # fmt: skip
    show(say("期满的数据，{day}", day=told.on), heads, rows, form, right=(6, 7))
