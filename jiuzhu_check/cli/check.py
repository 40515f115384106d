"""check recipients | entrants: everyone who receives, or applies for, assistance."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from jiuzhu_check.cli.entry import group
from jiuzhu_check.cli.options import AS_OF, day, quiet, workspace_path
from jiuzhu_check.cli.screen import FORM, Form, is_drawn, next_step, progress, show, tell, warn
from jiuzhu_check.cli.unattended import DEADLINE, LOCK_WAIT, LOG, night
from jiuzhu_check.errors import ExitCode, UsageError
from jiuzhu_check.language import say

if TYPE_CHECKING:
    from jiuzhu_check.checks.centre import Centre
    from jiuzhu_check.checks.night import Night, Plan
    from jiuzhu_check.checks.portion import Portion
    from jiuzhu_check.checks.reading import Reading
    from jiuzhu_check.checks.results import Result
    from jiuzhu_check.reports.summary import MorningSummary

app = group(say("核对：登记的与申报的、与政策所问的相比。只核对、不认定。"))
FULL = typer.Option(False, "--full", help=say("全部重做：上一次的结果和中断的那次读过的分片都不用。"))
GATE = typer.Option(False, "--exit-code", help=say("有需核实的发现时以 1 退出，供脚本判断。"))
ENGINE = typer.Option(
    "local", "--engine", metavar="local|spark", help=say("在本机逐片做，或在 Spark 集群上同时做；结果逐行相同。")
)
MASTER = typer.Option(
    "", "--spark-master", metavar="URL",
    help=say("Spark 集群的地址，如 spark://主机:7077、yarn、local[4]；不写则按 spark-defaults.conf。只用于 --engine spark。"),
)  # fmt: skip


@app.command("recipients", help=say(
    "核对全部在保家庭（在保必核）。结果存入工作区，用 report 和 export 取出。\n\n"
    "没有变化的家庭沿用上一次的结果，只重新核对可能有变化的，并说明为什么；结果与全部重做的一样。全部重做写 --full。\n\n"
    "夜里无人看着运行的，写 --lock-wait、--deadline、--log；停下的，下次接着做。定时用 schedule show。\n\n"
    "一台机器不够的，写 --engine spark：装 jiuzhu-check[spark] 和 Java 17，工作区放在每台机器都看得到的共享目录。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 check recipients --as-of 2018-12-01\n"
    "    jiuzhu-check -C 工作区 check recipients --lock-wait 3600 --deadline 05:30\n"
    "    jiuzhu-check -C 工作区 check recipients --region 370683 --shard 1/4\n"
    "    jiuzhu-check -C 工作区 check recipients --engine spark --spark-master spark://主机:7077"
))  # fmt: skip
def recipients(
    ctx: typer.Context,
    as_of: str | None = AS_OF,
    region: str = typer.Option("", "--region", metavar="CODE", help=say("只核对这个区划（及其下）的家庭；不写则全部。")),
    shard: str = typer.Option("", "--shard", metavar="I/N", help=say("把家庭分成 N 份，只核对第 I 份，如 1/4；同一户总在同一份里。")),
    lock_wait: int = LOCK_WAIT,
    deadline: str = DEADLINE,
    log: Path | None = LOG,
    full: bool = FULL,
    engine: str = ENGINE,
    spark_master: str = MASTER,
    exit_code: bool = GATE,
    form: Form | None = FORM,
) -> None:  # fmt: skip
    """Check all recipients, or a portion of them."""
    from jiuzhu_check.checks.portion import Portion

    portion = Portion.read(region, shard)
    with night(lock_wait, deadline, log, full=full) as tonight:
        _check(
            ctx, tonight, "recipients", as_of, portion=portion, spark=_spark(engine, spark_master),
            exit_code=exit_code, form=form,
        )  # fmt: skip


@app.command("entrants", help=say(
    "核对申请家庭（凡进必核）：一个批次，或所有未关闭的批次和没有编批次的。已关闭的批次不再核对，列出来。\n\n"
    "与上一版内容不同的，成为该批次报告的下一版，说明新到了哪些来源、改变了什么。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 check entrants --as-of 2018-12-01\n"
    "    jiuzhu-check -C 工作区 check entrants --batch 2018年第12批"
))  # fmt: skip
def entrants(
    ctx: typer.Context,
    batch: str = typer.Option("", "--batch", metavar="NAME", help=say("只核对这个受理批次；不写则所有未关闭的。")),
    as_of: str | None = AS_OF,
    lock_wait: int = LOCK_WAIT,
    deadline: str = DEADLINE,
    log: Path | None = LOG,
    full: bool = FULL,
    engine: str = ENGINE,
    spark_master: str = MASTER,
    exit_code: bool = GATE,
    form: Form | None = FORM,
) -> None:
    """Check one batch of entrants, or all open ones."""
    with night(lock_wait, deadline, log, full=full) as tonight:
        _check(
            ctx, tonight, "entrants", as_of, batch, spark=_spark(engine, spark_master), exit_code=exit_code, form=form
        )


def _spark(engine: str, master: str) -> str | None:
    """The cluster's master URL, empty where Spark's configuration says it; null on this machine."""
    if engine not in ("local", "spark"):
        raise UsageError(say("{name} 的值不对。", name="--engine"), hint=say("只有 local 和 spark。"))
    if engine == "local" and master:
        raise UsageError(say("--spark-master 要和 --engine spark 一起写。"), hint=say("加 --engine spark。"))
    return master if engine == "spark" else None


def _check(
    ctx: typer.Context,
    tonight: "Night",
    kind: str,
    as_of: str | None,
    batch: str = "",
    portion: "Portion | None" = None,
    *,
    spark: str | None,
    exit_code: bool,
    form: Form | None,
) -> None:
    from jiuzhu_check.checks.centre import Centre
    from jiuzhu_check.checks.ended import is_complete
    from jiuzhu_check.checks.portion import EVERYBODY
    from jiuzhu_check.checks.run import check_all, summarise
    from jiuzhu_check.tables.finding import WAITING

    centre = Centre.open(workspace_path(ctx))
    with progress(say("核对"), quiet=quiet(ctx)) as move:
        result, before = check_all(
            centre,
            kind,
            day(as_of),
            batch=batch,
            portion=portion or EVERYBODY,
            progress=move,
            night=tonight,
            spark=spark,
        )
    summary = summarise(result, before)
    for line in [*summary.lines(), *summary.proof()]:
        tell(line)
    plan = tonight.plan
    if plan and plan.everything not in ("first", "full", "entrants", "portion"):
        tell(_planned(plan))
    if tonight.reading.stood and (plan is None or plan.everything):
        tell(_reading(tonight.reading))
    if kind == "entrants":
        _tell_batches(centre, result, left_out=not batch)
    if is_drawn(form):
        _draw(summary, result.id)
    else:
        show("", ["table", "what", "state", "count"], [*_rows(summary), *_parts(tonight)], form)
    asked = result.finding["status"].is_in(WAITING)
    found = result.finding.filter(asked & (result.finding["kind"] != "favourable")).height
    _then(summary)
    if not is_complete(result):
        warn(say("必需的来源不全：核对做完了，没有核对到的写明了原因。"))
        raise typer.Exit(ExitCode.INCOMPLETE)
    if exit_code and found:
        raise typer.Exit(ExitCode.FINDINGS)


def _then(summary: "MorningSummary") -> None:
    commands = [say("report worklist -o 核对清单.xlsx"), say("report overview -o 总览.html")]
    if summary.review:
        commands.append("review list")
    next_step(say("出核对清单给乡镇，出总览给领导；归属待复核的由人判断。"), *commands)


def _tell_batches(centre: "Centre", result: "Result", *, left_out: bool) -> None:
    """What is new in the batches' reports, and which batches were not checked because they are closed."""
    from jiuzhu_check.checks.batches import closed_among
    from jiuzhu_check.checks.reported import lines_of_batches

    for line in lines_of_batches(centre, result):
        tell(line)
    for batch, households, never in closed_among(centre).iter_rows() if left_out else ():
        tell(say("批次 {batch} 已关闭，其中 {households:,} 户没有核对。", batch=batch, households=households))
        if never:
            tell(
                say("！其中 {never:,} 户是关闭后导入或更正的，没有核对过：用 batch reopen 重开后再核对。", never=never)
            )


def _reading(reading: "Reading") -> str:
    """How many parts were read, and why, and how many stood from a run that was stopped."""
    whys = {
        "first": say("没有读过"),
        "part": say("数据变了"),
        "roster": say("名册或授权变了"),
        "code": say("程序变了"),
        "full": say("要求全部重读"),
    }
    why = say("、").join(f"{whys[each]} {count:,}" for each, count in sorted(reading.why.items()))
    told = say("分片：接着上次停下的做，沿用 {stood:,} 个，读 {read:,} 个", stood=reading.stood, read=reading.read)
    return say("{told}（{why}）。", told=told, why=why) if why else say("{told}。", told=told)


def _planned(plan: "Plan") -> str:
    """Whether everything was checked anew, and why, or how many households were."""
    if plan.everything:
        return say("计划：全部重新核对，因为{why}。", why=_whys().get(plan.everything, plan.everything))
    told = [say("{title} {count:,} 个号码名下有变化", title=title, count=count) for title, count in plan.changed]
    told += [say("名册 {count:,} 户不同", count=plan.rostered)] if plan.rostered else []
    came = say("、").join([*told, *(say("{title}整份重读", title=title) for title in plan.whole)])
    return say(
        "计划：{of:,} 户中 {anew:,} 户可能有变化，重新核对；其余沿用 {upon} 的结果（{came}）。",
        of=plan.of, anew=plan.anew, upon=plan.upon, came=came or say("来源没有变化"),
    )  # fmt: skip


def _whys() -> dict[str, str]:
    """Why everything is checked anew (checks/tonight.py)."""
    return {
        "deep": say("已经接连多次只核对有变化的，这一次做全"),
        "day": say("核对日早于上一次"),
        "program": say("程序变了"),
        "policy": say("政策变了"),
        "month": say("进入新的月份，按月计算的都要重算"),
        "roster": say("名册变了很多，或看不出变了哪些"),
        "consent": say("有来源因授权首次可读"),
        "source": say("来源的登记或到位情况变了"),
        "connector": say("来源的读法变了"),
        "asked": say("有逐人查询的来源"),
        "new": say("上一次有首次接入的来源"),
        "kin": say("婚姻、户籍或任职的记录变了"),
        "delivery": say("各来源都整份交来"),
        "damaged": say("上一次的结果或来源有读不出的"),
        "closed": say("诱饵核验关闭的层级变了"),
        "go_between": say("代办人号码变了"),
    }


def _parts(night: "Night") -> list[tuple[str, str, str, int]]:
    """plan; why; what; households. part; why; read or stood; count."""
    plan, reading = night.plan, night.reading
    planned = [("plan", plan.everything, "anew", plan.anew), ("plan", "", "of", plan.of)] if plan else []
    return [*planned, *_of_parts(reading)]


def _of_parts(reading: "Reading") -> list[tuple[str, str, str, int]]:
    read = [("part", why, "read", count) for why, count in sorted(reading.why.items())]
    return [*read, ("part", "", "stood", reading.stood)]


def _rows(summary: "MorningSummary") -> list[tuple[str, str, str, int]]:
    """The counts as one flat table for programs: coverage, link, finding; what; state; count."""
    states = ("hit", "no_record", "unchecked")
    return [
        *(
            ("coverage", row["source"], each, row[each])
            for row in summary.by_state.iter_rows(named=True)
            for each in states
        ),
        *(("link", tier, status, links) for tier, _, status, links in summary.by_tier.iter_rows()),
        *(("finding", rule, kind, count) for rule, _, kind, count, _ in summary.by_rule.iter_rows()),
    ]


def _draw(summary: "MorningSummary", run: str) -> None:
    """The counts as three tables for a person."""
    from jiuzhu_check.reports.wording import KINDS, LINK_STATUSES

    heads = [say("来源"), say("命中"), say("未发现记录"), say("未核对"), say("合计")]
    cells = summary.by_state.select("title", "hit", "no_record", "unchecked", "total").rows()
    show(say("覆盖（人）"), heads, cells, Form.table, right=(1, 2, 3, 4))
    tiers = [(tier, meaning, LINK_STATUSES[status], links) for tier, meaning, status, links in summary.by_tier.rows()]
    show(say("关联（条）"), [say("层级"), say("含义"), say("处理"), say("数量")], tiers, Form.table, right=(3,))
    rules = [(title, KINDS[kind], count, new) for _, title, kind, count, new in summary.by_rule.rows()]
    show(say("发现（条）"), [say("规则"), say("类别"), say("数量"), say("新增")], rules, Form.table, right=(2, 3))
    tell(say("核对编号 {run}", run=run))
