"""check recipients | entrants: everyone who receives, or applies for, assistance."""

import typer

from jiuzhu_check.cli.entry import group
from jiuzhu_check.cli.options import AS_OF, day, quiet, workspace_path
from jiuzhu_check.cli.screen import FORM, Form, progress, show, tell
from jiuzhu_check.errors import ExitCode
from jiuzhu_check.language import say

app = group(say("核对：登记的与申报的、与政策所问的相比。只核对、不认定。"))
FULL = typer.Option(False, "--full", help=say("全部重算。目前每次都是全部重算。"))
GATE = typer.Option(False, "--exit-code", help=say("有需核实的发现时以 1 退出，供脚本判断。"))


@app.command("recipients", help=say(
    "核对全部在保家庭（在保必核）。结果存入工作区，用 report 和 export 取出。\n\n"
    "例：jiuzhu-check -C 工作区 check recipients --as-of 2018-12-01"
))  # fmt: skip
def recipients(
    ctx: typer.Context, as_of: str | None = AS_OF, full: bool = FULL, exit_code: bool = GATE, form: Form | None = FORM
) -> None:
    """Check all recipients."""
    _check(ctx, "recipients", as_of, exit_code=exit_code, form=form)


@app.command("entrants", help=say(
    "核对全部申请家庭（凡进必核）。\n\n例：jiuzhu-check -C 工作区 check entrants --as-of 2018-12-01"
))  # fmt: skip
def entrants(
    ctx: typer.Context, as_of: str | None = AS_OF, full: bool = FULL, exit_code: bool = GATE, form: Form | None = FORM
) -> None:
    """Check all entrants."""
    _check(ctx, "entrants", as_of, exit_code=exit_code, form=form)


def _check(ctx: typer.Context, kind: str, as_of: str | None, *, exit_code: bool, form: Form | None) -> None:
    from jiuzhu_check.checks.centre import Centre
    from jiuzhu_check.checks.run import check_all, is_complete, summarise

    centre = Centre.open(workspace_path(ctx))
    with progress(say("核对"), quiet=quiet(ctx)) as move:
        result, before = check_all(centre, kind, day(as_of), progress=move)
    summary = summarise(result, before)
    for line in summary.lines():
        tell(line)
    rows = [
        *(("coverage", source, state, row[state]) for row in summary.by_state.iter_rows(named=True)
          for source, state in ((row["source"], each) for each in ("hit", "no_record", "unchecked"))),
        *(("link", tier, f"{status} {meaning}".strip(), links) for tier, meaning, status, links in summary.by_tier.iter_rows()),
        *(("finding", rule, f"{kind} {title}", count) for rule, title, kind, count, _ in summary.by_rule.iter_rows()),
    ]  # fmt: skip
    show(say("核对编号 {run}", run=result.id), ["table", "what", "state", "count"], rows, form, right=(3,))
    found = result.finding.filter(result.finding["kind"] != "favourable").height
    if not is_complete(result):
        raise typer.Exit(ExitCode.INCOMPLETE)
    if exit_code and found:
        raise typer.Exit(ExitCode.FINDINGS)
