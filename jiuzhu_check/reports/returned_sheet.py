"""补正单: the roster rows that went back, township by township: where each stands, what is wrong and what to do."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO

import polars as pl

from jiuzhu_check.reports.plain import hide_in_text, hide_numbers, plain_frame
from jiuzhu_check.reports.plain_text import plain
from jiuzhu_check.reports.workbook import Column, add_notes, add_table, open_book
from jiuzhu_check.values.identity_number import mask_number

TITLE = "名册补正单"
NOWHERE = "乡镇不详"
COLUMNS = (
    Column("文件", 22),
    Column("工作表", 10),
    Column("行", 7),
    Column("批次", 14),
    Column("家庭编号", 14),
    Column("姓名", 10),
    Column("证件号码(尾号)", 21),
    Column("问题", 30),
    Column("怎么办", 38),
    Column("补正情况", 18, answer=True),
)
WITH_HOUSEHOLD = "本行没有问题，不必改；同户有问题的行改好后，整户一起再交。"
TO_DO = {
    "no_household": "补填家庭编号。",
    "no_name": "补填姓名。",
    "spoilt_number": "先把号码一栏设为文本格式，再对照证件重填全部 18 位。",
    "no_programme": "补填救助类别，如 农村低保。",
    "no_stage": "补填办理状态：申请中、在保或停保。",
    "repeated_member": "是同一人的，删去一行；不是的，对照证件改正号码。",
    "with_household": WITH_HOUSEHOLD,
    "columns": "单元格与表头没有对齐：对照表头逐格移正，不要合并或拆开单元格。",
    "oversized": "有单元格过长：看是不是几行粘在了一起。",
    "nul": "有看不见的坏字符：重新录入这一行。",
    "encoding": "有字读不出来：另存为 XLSX 或 UTF-8 的 CSV 再交。",
}
_SAME = "同一户各行的这一项改成一致（或只在一行填写），整户一起再交。"
_OTHER = "按“问题”改正。"


@dataclass(frozen=True)
class Statement:
    """What became of one import: delivered = accepted + returned.

    day:     on which it was imported
    footers: of the returned rows, those that are totals or remarks: nothing is to be corrected in them
    out:     rows of it that have not come in since
    """

    extract: str
    day: date
    delivered: int
    accepted: int
    returned: int
    footers: int
    out: int

    def in_words(self) -> str:
        """Delivered = accepted + returned, and how much of it is out still."""
        footers = f"（其中合计、说明行 {self.footers:,} 行，不用补正）" if self.footers else ""
        return (
            f"{hide_in_text(self.extract)}：交来 {self.delivered:,} 行 = 收下 {self.accepted:,} 行 + 退回 {self.returned:,} 行{footers}；"
            f"至今待补正 {self.out:,} 行。"
        )


def returned_rows(returned: pl.DataFrame) -> pl.DataFrame:
    """RETURNED rows with `township` filled in and `to_do`, by township, file, sheet and row."""
    to_do = pl.when(pl.col("code").str.ends_with("_differs")).then(pl.lit(_SAME)).otherwise(pl.lit(_OTHER))
    return returned.with_columns(
        pl.col("township").str.strip_chars().replace("", None).fill_null(NOWHERE),
        to_do=pl.col("code").replace_strict(TO_DO, default=to_do, return_dtype=pl.String),
    ).sort(pl.col("township") == NOWHERE, "township", "snapshot", "sheet", "source_row")


def returned_book(returned: pl.DataFrame, statements: Sequence[Statement]) -> bytes:
    """The list as a workbook: one sheet a township, then what adds up and how to correct. Numbers are masked.

    returned: rows of returned_rows
    """
    newest = max(each.day for each in statements)
    file = BytesIO()
    with open_book(file, TITLE, as_of=newest, header=f"最近一次导入 {newest}") as book:
        names = {"说明"}
        for (township,), rows in returned.group_by("township", maintain_order=True):
            add_table(book, _sheet_name(str(township), names), COLUMNS, [_shown(rows)])
        add_notes(book, "说明", [(label, plain(text)) for label, text in _notes(returned, statements)])
    return file.getvalue()


def _shown(rows: pl.DataFrame) -> pl.DataFrame:
    shown = rows.select(
        "extract",
        "sheet",
        pl.col("source_row").cast(pl.String),
        "batch",
        "household_no",
        "name",
        mask_number(pl.col("person_no")),
        "reason",
        "to_do",
    )
    return hide_numbers(plain_frame(shown))


def _sheet_name(township: str, taken: set[str]) -> str:
    """A name that Excel takes and no other sheet has; taken: the names so far, which it adds to."""
    short = re.sub(r"[\[\]:*?/\\']", "_", plain(township))[:26]
    name = next(each for each in (short, *(f"{short}~{at}" for at in range(2, 1000))) if each.casefold() not in taken)
    taken.add(name.casefold())
    return name


def _notes(returned: pl.DataFrame, statements: Sequence[Statement]) -> list[tuple[str, str]]:
    homes, nameless = returned["household_no"].drop_nulls().n_unique(), returned["household_no"].null_count()
    whose = f"{homes:,} 户" + (f"，另有 {nameless:,} 行不知是哪一户" if nameless else "")
    return [
        ("这是什么", f"名册导入时退回、至今没有补正的 {returned.height:,} 行（{whose}）。没有收下的家庭没有核对，不等于没有财产。"),
        *((f"导入 {each.day}", each.in_words()) for each in statements),
        ("为何整户", "一户缺了一名成员，核对结果会失实，所以一行有问题，整户退回。"),
        ("怎么补正", "按文件、工作表、行号在原文件里改正，不必删去其余各行；整份或只把改好的家庭再交，照常用 roster import 导入。"
                 "同一家庭再导入就是更新，不会重复；导入后这张单子上不再有。"),
        ("行号", "与表格软件所显示的一致，第一行是 1。号码已遮盖，请按行号在原文件中查对。"),
        ("用途", "数据只用于社会救助家庭经济状况核对。"),
    ]  # fmt: skip
