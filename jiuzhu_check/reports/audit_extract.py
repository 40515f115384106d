"""审计摘录 audit extract: the workbook for the audit office, the lines for a program, and the proof that goes with either."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any

import polars as pl

from jiuzhu_check.reports.plain import plain_frame
from jiuzhu_check.reports.workbook import Column, add_notes, add_table, open_book

COLUMNS = (
    Column("序号", 8, on_each_page=True),
    Column("时间（北京时间）", 19, on_each_page=True),
    Column("操作人", 12, on_each_page=True),
    Column("主机和账号", 20),
    Column("命令", 18),
    Column("目的", 10),
    Column("原因", 24),
    Column("范围", 18),
    Column("家庭编号", 14),
    Column("成员", 6),
    Column("当日授权", 36),
    Column("结果", 16),
    Column("结束时间", 19),
    Column("数量", 24),
    Column("其他", 28),
    Column("化名", 18),
    Column("校验值（前 16 位）", 18),
)
RESULTS = {
    "ok": "完成", "incomplete": "完成，信息不全", "damaged": "完成，日志不完整", "denied": "拒绝",
    "noted": "已登记", "error-5": "按规定拒绝", "error-4": "没有找到",
}  # fmt: skip
WORDS = {
    "households": "家庭", "members": "成员", "people": "人", "findings": "发现", "links": "关联", "rows": "行", "overdue": "超期",
    "delivered": "交来", "accepted": "收下", "returned": "退回", "rejected": "退回", "refused": "未收或未列", "run": "核对",
    "as_of": "核对日", "source": "来源", "supplier": "供数机构", "format": "格式", "table": "表", "report": "报告",
    "papers": "出具", "changes": "改动", "runs": "核对", "items": "事项", "answers": "答复", "files": "文件", "records": "记录",
    "batches": "批次", "consents": "授权书", "decoys": "诱饵", "disputes": "异议", "blank": "未填", "added": "新增", "bytes": "字节",
    "from": "自", "to": "至", "region": "区划", "version": "版次", "accept_drop": "已确认减少", "accept_columns": "已确认改列",
    "dry_run": "试读", "second": "第二人", "again": "重发", "row": "行", "member": "成员", "document": "文号", "finding": "发现",
    "dispute": "异议", "outcome": "结果", "staff_no": "工号", "successor": "接手人", "delivery": "交付", "on": "日期", "item": "事项",
    "level": "级别", "kind": "名单", "place": "地方", "since": "自", "until": "至", "operator": "操作人", "command": "命令",
}  # fmt: skip
PURPOSES = {
    "recheck": "在保复核", "entry": "申请核对", "dispute": "异议复查", "audit": "审计检查", "recipient": "在保家庭",
    "applicant": "申请家庭",
}  # fmt: skip
REACHES = {"named": "指名", "included": "批量，读过本户", "unnamed": "未指名，可能涉及"}
NO_OUTCOME = "没有结果记录（中断，或正在进行）"


@dataclass(frozen=True)
class Proof:
    """What an extract says of the log it was taken from.

    asked:    what was asked for: head and text
    rows:     of the extract; named: of these, which name the household or person that was asked about, or anybody
    first, last, head: number of the log's first and last record, and the last one's hash
    problems: what in the log is not as it was written
    """

    workspace: str
    asked: Sequence[tuple[str, str]]
    rows: int
    named: int
    records: int
    first: int
    last: int
    span: str
    head: str
    problems: Sequence[str]
    interrupted: int

    @property
    def lines(self) -> list[tuple[str, str]]:
        """Head and text of each thing that it says."""
        whole = "完整：每一条都由本工作区的密钥封印，前后衔接，到达记下的末尾" if not self.problems else "不完整"
        return [
            ("工作区", self.workspace),
            *self.asked,
            ("摘录", f"{self.rows:,} 条，其中指名的 {self.named:,} 条"),
            ("日志", f"第 {self.first} 条至第 {self.last} 条，共 {self.records:,} 条；{self.span}"),
            ("校验结果", whole),
            *(("问题", problem) for problem in self.problems),
            ("没有结果的记录", f"{self.interrupted:,} 条"),
            ("链头", self.head),
            (
                "怎样验",
                "在工作区运行 jiuzhu-check audit verify --head 链头：说出这个链头是第几条，其后有几条；链头不在日志里，就是被截短或改写了。",
            ),
            (
                "持密钥怎样验",
                "JSONL 摘录里的 intent、outcome 是日志原文：去掉 hash 一项，键名排序、无空格、UTF-8 写成 JSON，用审计密钥作 HMAC-SHA256，"
                "应等于 hash；prev 是前一条的 hash。",
            ),
            (
                "查不出的",
                "持有密钥的人把日志末尾连同 checkpoint.json 一起改写或截掉，只有事先抄在纸上、存在别处的链头查得出。",
            ),
            (
                "不在内的",
                "绕过本程序的读取；没有授权、没有原因而被拒绝且未开始的命令；核对所读各部门数据的内容；日志里从不写号码和姓名。",
            ),
            ("化名", "日志只存化名。家庭编号由本程序用密钥从名册（含以前的名册）算出，名册上没有的留空。"),
            (
                "未指名",
                "批量核对不逐户记名，由保存的核对结果查出是否读过本户：读过的写“批量，读过本户”，没有读的不列。报告、导出等不记名的，写“未指名，可能涉及”。",
            ),
            ("当日授权", "按现在的授权登记，说核对日（没有写核对日的，为查看当天）谁的授权书有效、谁没有及为何。"),
        ]


def extract_xlsx(rows: pl.DataFrame, proof: Proof, on: date) -> bytes:
    """The workbook: what it is and whether it is whole, then the records."""
    data = BytesIO()
    with open_book(data, "审计记录摘录", as_of=on, header=f"链头 {proof.head[:16]}") as book:
        add_notes(book, "说明", proof.lines)
        add_table(book, "记录", COLUMNS, [plain_frame(_for_people(rows))])
    return data.getvalue()


def extract_jsonl(rows: pl.DataFrame, raw: Sequence[tuple[Mapping[str, Any], Mapping[str, Any] | None]]) -> bytes:
    """One line a row, with the lines of the log as they are sealed."""
    lines = [
        json.dumps({**row, "intent": intent, "outcome": outcome}, ensure_ascii=False, sort_keys=True)
        for row, (intent, outcome) in zip(rows.iter_rows(named=True), raw, strict=True)
    ]
    return "".join(line + "\n" for line in lines).encode()


def proof_text(proof: Proof, name: str, data: bytes) -> bytes:
    """The proof, bound to the file that it goes with."""
    lines = [("文件", name), ("SHA-256", hashlib.sha256(data).hexdigest()), *proof.lines]
    return "".join(f"{head}：{text}\n" for head, text in lines).encode()


def _for_people(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows as the sheet has them: words for codes, and only as much of a hash as finds it again."""
    zone = "+08:00"
    account = pl.coalesce("login_uid", "os_uid")
    return rows.select(
        pl.col("seq").cast(pl.String),
        pl.col("at").str.strip_suffix(zone),
        "operator",
        pl.format("{}（{}）", pl.col("host"), account).alias("account"),
        "command",
        pl.col("purpose").replace(PURPOSES),
        "reason",
        pl.col("reach").replace(REACHES),
        "household_no",
        "member_no",
        "consent",
        pl.col("result").replace(RESULTS).fill_null(NO_OUTCOME),
        pl.col("ended_at").str.strip_suffix(zone),
        pl.Series("counts", [_said(cell) for cell in rows["counts"]], dtype=pl.String),
        pl.Series("facts", [_said(cell) for cell in rows["facts"]], dtype=pl.String),
        pl.col("subject").str.head(16),
        pl.col("hash").str.head(16),
    )


def _said(cell: str | None) -> str | None:
    """What a JSON cell says, in words: 家庭 21，未列出 0."""
    told = json.loads(cell) if cell else {}
    said = [f"{WORDS.get(name, name)} {_value(value)}" for name, value in told.items() if value not in ("", False)]
    return "，".join(said) or None


def _value(value: object) -> str:
    if value is True:
        return "是"
    if not isinstance(value, list):
        return str(value)
    return "、".join(_listed(each) for each in value)


def _listed(each: Sequence[object]) -> str:
    """One paper that was given out (number, version, its SHA-256), or one change: what, before, after."""
    what, first, second = each
    return f"{what} 第 {first} 版" if isinstance(first, int) else f"{what} {first or '无'} → {second or '无'}"
