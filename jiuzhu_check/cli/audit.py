"""audit verify | extract: whether the chained log is whole, and what of it the audit office may take along."""

import re
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from jiuzhu_check.cli.entry import group
from jiuzhu_check.cli.options import day, workspace_path
from jiuzhu_check.cli.screen import FORM, Form, show, tell
from jiuzhu_check.errors import IntegrityError, NotFound, UsageError
from jiuzhu_check.language import say

if TYPE_CHECKING:
    from jiuzhu_check.audit.paper_code import Known
    from jiuzhu_check.audit.verify import Verification
    from jiuzhu_check.checks.audit_extract import Extract
    from jiuzhu_check.reports.audit_extract import Proof
    from jiuzhu_check.store.workspace import Workspace

app = group(say("审计：每次核对、导出和显示号码都先留下一条链式记录。"))
_SHORTEST_HEAD = 16


class ExtractForm(StrEnum):
    """How it is written."""

    xlsx = "xlsx"
    csv = "csv"
    jsonl = "jsonl"


@app.command("verify", help=say(
    "校验审计链，并打印链头，供抄存在工作区之外。\n\n"
    "链本身查不出整段截尾：请定期把链头抄在纸上或另一台机器上，下次加 --head 核对：抄下的链头还在日志里，它以前的就没有动过。\n\n"
    "--code 再查一份核对报告或告知单：审计记录里是不是有这一份，存底是不是还是那一份。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 audit verify --head 3f9a0c1d2b4e5f60"
))  # fmt: skip
def verify(
    ctx: typer.Context,
    head: str = typer.Option("", "--head", metavar="HASH", help=say("以前抄下的链头，或它的前 16 位以上：查它是否还在日志里，是第几条。")),
    code: str = typer.Option("", "--code", metavar="CODE", help=say("报告末尾的校验码。")),
    form: Form | None = FORM,
) -> None:  # fmt: skip
    """Verify the log; exit 15 where it is not whole."""
    from jiuzhu_check.audit.paper_code import sequence
    from jiuzhu_check.audit.verify import verify as verify_log
    from jiuzhu_check.store.workspace import Workspace

    kept = head.strip().lower()
    if kept and not re.fullmatch(rf"[0-9a-f]{{{_SHORTEST_HEAD},64}}", kept):
        raise UsageError(say("{name} 的值不对。", name="--head"), hint=say("写抄下的链头：64 位，或至少前 16 位。"))
    found: list[int] = []
    workspace = Workspace.open(workspace_path(ctx))
    told = verify_log(
        workspace.audit_dir,
        workspace.keys.audit,
        see=lambda record: found.append(record["seq"]) if kept and record["hash"].startswith(kept) else None,
    )
    rows: list[tuple[str, object]] = [
        (say("记录"), told.records),
        (say("中断的查询"), len(told.interrupted)),
        (say("链头"), told.head),
        (say("问题"), len(told.problems)),
    ]
    gone = told.purged
    if gone.records:
        rows.append((say("按保存期清除"), say("{records:,} 条，至 {month}", records=gone.records, month=gone.month)))
    if found:
        rows.append((say("所给链头"), say("第 {seq} 条，其后 {more} 条", seq=found[0], more=told.last_seq - found[0])))
    paper = _paper(workspace, code) if code else None
    if paper:
        known, same = paper
        rows += [(say("编号"), known.number), (say("版次"), known.version), (say("内容 SHA-256"), known.digest)]
        rows += [(say("存底"), say("与审计记录一致") if same else say("与审计记录不一致"))]
    show(say("审计"), [say("项目"), say("值")], rows, form)
    hint = say("保留现场，联系审计人员。")
    if told.problems:
        raise IntegrityError(say("审计记录被改动或缺失：{first}", first=told.problems[0]), hint=hint)
    if kept and not found and gone.records:
        raise NotFound(
            say("日志里没有所给的链头；至 {month} 的记录已按保存期清除，不能判断它是否在其中。", month=gone.month),
            hint=say("用清除以后抄下的链头再查；更早的看当时的备份。"),
        )
    if kept and not found:
        raise IntegrityError(say("日志里没有所给的链头：日志被截短或改写，或链头不是这个工作区的。"), hint=hint)
    if code and paper is None and (sequence(code) or gone.seq + 1) <= gone.seq:
        raise NotFound(
            say("这个校验码指向的审计记录已按保存期清除（至 {month}），不能校验。", month=gone.month),
            hint=say("按报告编号查存底：report household 家庭编号 --edition 版次。"),
        )
    if code and paper is None:
        raise NotFound(
            say("审计记录里没有这个校验码。"),
            hint=say("核对有没有抄错；没有抄错的，这份纸不是本工作区出具的，或者编号、版次被改过。"),
        )
    if paper and not paper[1]:
        raise IntegrityError(say("这份报告的存底与审计记录不一致。"), hint=hint)


def _paper(workspace: "Workspace", code: str) -> "tuple[Known, bool] | None":
    from jiuzhu_check.checks.centre import Centre  # here: to verify the log, no part of the store is opened
    from jiuzhu_check.checks.issued import paper_of_code

    return paper_of_code(Centre(workspace), code)


@app.command("extract", help=say(
    "审计摘录：谁在什么时候、为什么、凭什么授权看了谁。可按日期、家庭、人、操作人、命令筛选；须写 --reason，摘录本身也记入审计。\n\n"
    "日志里只有化名，家庭编号由本程序用密钥从名册算出。按家庭或人摘录时，未指名的批量操作也列出，注明“可能涉及”。"
    "另写一份同名的 .proof.txt：链头、首末序号、条数、校验结果、文件的 SHA-256，和没有包括什么。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 audit extract --household JZ00000120 --reason '审计局 2018 年第 12 号' -o 摘录.xlsx\n"
    "    jiuzhu-check -C 工作区 audit extract --from 2018-12-01 --to 2018-12-31 --command case --reason 季度检查 --format csv"
))  # fmt: skip
def extract(
    ctx: typer.Context,
    reason: str = typer.Option("", "--reason", metavar="TEXT", help=say("谁要、文号、用途；必填，不写号码。")),
    since: str | None = typer.Option(None, "--from", metavar="YYYY-MM-DD", help=say("从哪一天起（北京时间，含当日）。")),
    until: str | None = typer.Option(None, "--to", metavar="YYYY-MM-DD", help=say("到哪一天止（北京时间，含当日）。")),
    household: str = typer.Option("", "--household", metavar="NO", help=say("只看这一户：户编号、户内的人被查过的。")),
    person_no: str = typer.Option("", "--person-no", metavar="-", help=say("只能写 -：从标准输入读证件号码，只看此人和其家庭。")),
    operator: str = typer.Option("", "--operator", metavar="NAME", help=say("只看这个操作人。")),
    command: str = typer.Option("", "--command", metavar="NAME", help=say("只看这条命令，如 case、\"check recipients\"、report。")),
    form: ExtractForm = typer.Option(ExtractForm.xlsx, "--format", help=say("xlsx | csv | jsonl（含日志原文，可持密钥重算）。")),
    output: Path | None = typer.Option(None, "--output", "-o", metavar="FILE", help=say("写到文件；旁边另写 .proof.txt。")),
) -> None:  # fmt: skip
    """Write the extract and its proof; exit 15 where the log is not whole."""
    from jiuzhu_check.checks.audit_extract import Wanted
    from jiuzhu_check.checks.audit_extract import extract as take
    from jiuzhu_check.checks.centre import Centre
    from jiuzhu_check.checks.exports import written
    from jiuzhu_check.reports.audit_extract import extract_jsonl, extract_xlsx, proof_text
    from jiuzhu_check.store.durable import write_file

    if person_no not in ("", "-"):
        raise UsageError(say("号码和姓名不能写在命令里。"), hint=say("写 --person-no -，再从标准输入给出。"))
    if household and person_no:
        raise UsageError(say("--household 与 --person-no 取一。"))
    number = sys.stdin.read(4096).strip() if person_no else ""
    if person_no and (not number or "\n" in number):
        raise UsageError(say("标准输入应有 {wanted} 行。", wanted=1))
    days = [day(text, name) if text else None for text, name in ((since, "--from"), (until, "--to"))]
    centre = Centre.open(workspace_path(ctx))
    found = take(centre, Wanted(reason, days[0], days[1], household, number, operator, command))
    proof = _proof(found)
    if form is ExtractForm.xlsx:
        data = extract_xlsx(found.rows, proof, day(found.log.last[:10]))
    else:
        data = extract_jsonl(found.rows, found.raw) if form is ExtractForm.jsonl else written(found.rows, "csv")
    path = output or centre.workspace.reports_dir / f"audit-extract-{found.log.last_seq}.{form}"
    write_file(path, data)
    write_file(path.with_name(f"{path.name}.proof.txt"), proof_text(proof, path.name, data))
    tell(
        say(
            "已写 {rows:,} 条到 {path}，旁边是 {proof}。",
            rows=found.rows.height,
            path=path,
            proof=f"{path.name}.proof.txt",
        )
    )
    tell(say("链头（抄在纸上）：{head}", head=found.log.head))
    if not found.rows.height:
        tell(say("没有这样的记录；请核对家庭编号、日期、操作人和命令的写法。"))
    if found.log.problems:
        raise IntegrityError(
            say("审计记录被改动或缺失：{first}", first=found.log.problems[0]), hint=say("保留现场，联系审计人员。")
        )


def _proof(found: "Extract") -> "Proof":
    from jiuzhu_check.reports.audit_extract import Proof

    wanted, log = found.wanted, found.log
    asked = [
        ("原因", wanted.reason),
        ("期间", f"{wanted.since or '最早'} 至 {wanted.until or '现在'}"),
        *(("家庭", wanted.household) for _ in range(bool(wanted.household))),
        *(("人", "从标准输入给出，不写在此处") for _ in range(bool(wanted.person_no))),
        *(("操作人", wanted.operator) for _ in range(bool(wanted.operator))),
        *(("命令", wanted.command) for _ in range(bool(wanted.command))),
    ]
    named = found.rows.filter(found.rows["reach"] == "named").height
    return Proof(
        found.workspace, asked, found.rows.height, named, log.records, log.last_seq - log.records + 1, log.last_seq,
        f"{log.first} 至 {log.last}（UTC）" + _gone(log), log.head, log.problems, len(log.interrupted),
    )  # fmt: skip


def _gone(log: "Verification") -> str:
    """Which records are no longer there because their period has passed."""
    gone = log.purged
    return f"；在此以前的 {gone.records:,} 条（至 {gone.month}）已按保存期清除，不在内" if gone.records else ""
