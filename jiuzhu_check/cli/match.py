"""match: how right the links are: against a truth that is known, and by decoys that nothing can rightly link to."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from jiuzhu_check.cli.entry import group
from jiuzhu_check.cli.options import RUN, quiet, workspace_path
from jiuzhu_check.cli.screen import FORM, Form, is_drawn, progress, show, tell
from jiuzhu_check.errors import ExitCode, UsageError
from jiuzhu_check.language import say

if TYPE_CHECKING:
    from jiuzhu_check.matching.evaluation import Evaluation

app = group(say("匹配得对不对：与已知真值相比，或用不可能匹配的诱饵来量。"))
RUNS = typer.Option(
    "all", "--run", metavar="ID", help=say("哪一次核对：latest 最近一次批量核对，all 每户最新结果，或核对编号。")
)


@app.command("evaluate", help=say(
    "与真值相比：各来源、层级的准确率，各类损坏的召回率，附 95 % 区间。只计授权有效的成员。\n\n"
    "\b\n真值文件夹要有：\n"
    "  people.csv  pid, typed_id（名册上的号码）, consent（true | false）\n"
    "  links.csv   source, row, pid, cls（损坏类别）\n\n"
    "\b\n例：jiuzhu-check -C 工作区 match evaluate truth --max-wrong 0 --min-recall 0.995"
))  # fmt: skip
def evaluate(
    ctx: typer.Context,
    truth: Path = typer.Argument(..., metavar="TRUTH", help=say("真值文件夹。")),
    run: str = RUNS,
    max_wrong: int | None = typer.Option(None, "--max-wrong", metavar="N", help=say("采信的关联错了多于 N 条时以 1 退出。")),
    min_recall: float | None = typer.Option(None, "--min-recall", metavar="X", help=say("召回率低于 X（0 到 1）时以 1 退出。")),
    form: Form | None = FORM,
) -> None:  # fmt: skip
    """Precision and recall against a truth."""
    from jiuzhu_check.checks.centre import Centre
    from jiuzhu_check.checks.proof import evaluate_run

    if min_recall is not None and not 0 <= min_recall <= 1:
        raise UsageError(say("{name} 的值不对。", name="--min-recall"), hint=say("写 0 到 1 之间的数，如 0.995。"))
    found = evaluate_run(Centre.open(workspace_path(ctx)), truth, run)
    if is_drawn(form):
        _draw(found)
    else:
        show("", ["table", "source", "what", "status", "records", "count", "share", "low", "high"], _flat(found), form)
    _tell(found)
    failed = (max_wrong is not None and found.wrong > max_wrong) or (
        min_recall is not None and found.recall < min_recall
    )
    if failed:
        raise typer.Exit(ExitCode.FINDINGS)


@app.command("decoys", help=say(
    "诱饵核验：号码和姓名都由成员打乱而成、谁也不是的人，与成员一同匹配；关联到他们的都是错的。\n"
    "每次批量核对都做，超限的层级对该来源自动关闭（改为待复核）。不写 --sample 则显示核对时所做的。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 match decoys\n    jiuzhu-check -C 工作区 match decoys --sample 100000"
))  # fmt: skip
def decoys(
    ctx: typer.Context,
    run: str = RUN,
    sample: int | None = typer.Option(
        None, "--sample", metavar="N", min=1, help=say("现在用 N 个诱饵另做一次，不存。")
    ),
    form: Form | None = FORM,
) -> None:
    """False links to decoys."""
    from jiuzhu_check.checks.centre import Centre
    from jiuzhu_check.checks.proof import decoys_now, decoys_of_run
    from jiuzhu_check.matching.decoys import accepting_tiers
    from jiuzhu_check.matching.interval import most_likely_at_most
    from jiuzhu_check.reports.summary import closed_lines

    if run == "all":
        raise UsageError(say("诱饵核验针对一次核对，不能用 all。"), hint=say("写 latest 或核对编号。"))
    centre = Centre.open(workspace_path(ctx))
    if sample is None:
        name, counts = decoys_of_run(centre, run)
    else:
        with progress(say("诱饵核验"), quiet=quiet(ctx)) as move:
            name, counts = decoys_now(centre, run, sample, move)
    rows = [
        (*row, most_likely_at_most(row[4], row[3]), closed)
        for *row, closed in counts.select(
            "source", "supplier", "tier", "decoys", "accepted", "review", "closed"
        ).iter_rows()
    ]
    heads = ["source", "supplier", "tier", "decoys", "accepted", "review", "at_most", "closed"]
    if is_drawn(form):
        heads = [
            say("来源"),
            say("供数机构"),
            say("层级"),
            say("诱饵"),
            say("误采信"),
            say("误待复核"),
            say("误采信率上限"),
            say("关闭"),
        ]
        told = [row for row in rows if row[2] in accepting_tiers() or row[4] or row[5]]
        rows = [(*row[:6], _percent(row[6]), say("是") if row[7] == "yes" else say("否")) for row in told]
    show(say("诱饵核验"), heads, rows, form, right=(3, 4, 5, 6))
    for line in closed_lines(counts):
        tell(line)
    tell(say("核对编号 {run}", run=name))


def _flat(found: "Evaluation") -> list[tuple[Any, ...]]:
    """Everything as one table for programs: of records, count have the property, a share with its interval."""
    from jiuzhu_check.matching.interval import interval

    tiers = found.tiers.select("source", "tier", "status", "links", "right", "share", "low", "high")
    kinds = found.kinds.iter_rows(named=True)
    totals = (
        ("precision", found.accepted, found.right),
        ("recall", found.resolvable, found.found),
        ("review", found.accepted + found.review, found.review),
    )
    rows: list[tuple[Any, ...]] = [("tier", *row) for row in tiers.iter_rows()]
    for each in kinds:
        kind = ("kind", None, each["cls"])
        rows.append(
            (*kind, "accepted", each["records"], each["accepted"], each["accepted_share"], each["low"], each["high"])
        )
        rows.append(
            (*kind, "found", each["records"], each["found"], each["found_share"], each["found_low"], each["found_high"])
        )
    rows += [("total", None, what, None, of, n, n / of if of else None, *interval(n, of)) for what, of, n in totals]
    return [tuple(round(cell, 6) if isinstance(cell, float) else cell for cell in row) for row in rows]


def _draw(found: "Evaluation") -> None:
    from jiuzhu_check.reports.wording import LINK_STATUSES

    tiers = [
        (source, tier, LINK_STATUSES[status], links, links - right, _percent(share), _between(low, high))
        for source, tier, status, links, right, share, low, high in found.tiers.iter_rows()
    ]
    heads = [say("来源"), say("层级"), say("处理"), say("关联"), say("错误"), say("准确率"), say("95 % 区间")]
    show(say("按来源和层级"), heads, tiers, Form.table, right=(3, 4, 5, 6))
    kinds: list[Sequence[Any]] = [
        (
            each["cls"], say("是") if each["resolvable"] else say("否"), each["records"], _percent(each["accepted_share"]),
            _percent(each["found_share"]), _between(each["found_low"], each["found_high"]),
        )
        for each in found.kinds.iter_rows(named=True)
    ]  # fmt: skip
    heads = [say("损坏"), say("可辨认"), say("记录"), say("采信"), say("采信或待复核"), say("95 % 区间")]
    show(say("按损坏类别"), heads, kinds, Form.table, right=(2, 3, 4, 5))


def _tell(found: "Evaluation") -> None:
    from jiuzhu_check.matching.interval import interval, most_likely_at_most

    tell(
        say(
            "采信 {accepted:,} 条，错 {wrong:,} 条，准确率 {precision:.6f}。",
            accepted=found.accepted,
            wrong=found.wrong,
            precision=found.precision,
        )
    )
    if found.accepted and not found.wrong:
        bound = most_likely_at_most(0, found.accepted)
        tell(
            say(
                "没有见到错误：错误率大约不超过 3/{accepted:,}，即 {bound}（95 % 把握）。",
                accepted=found.accepted,
                bound=_percent(bound),
            )
        )
    tell(
        say(
            "可辨认 {resolvable:,} 条，采信或待复核 {found:,} 条，召回率 {recall:.4f}（95 % 区间 {between}）。",
            resolvable=found.resolvable,
            found=found.found,
            recall=found.recall,
            between=_between(*interval(found.found, found.resolvable)),
        )
    )
    tell(say("待复核 {review:,} 条，占列出的 {share}。", review=found.review, share=_percent(found.review_share)))


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.4%}"


def _between(low: float, high: float) -> str:
    return f"{low:.4%} - {high:.4%}"
