"""复核表: an XLSX in which a reader answers, row by row, whether a record's owner and a member are the same person.

It shows what the record and the roster say, and nothing of what the matcher made of it.
"""

from datetime import date
from io import BytesIO

import polars as pl

from jiuzhu_check.reports.plain import hide_numbers, plain_frame
from jiuzhu_check.reports.plain_text import plain
from jiuzhu_check.reports.row_hash import row_hash
from jiuzhu_check.reports.workbook import LONGEST_CELL, ROWS_PER_SHEET, Column, add_notes, add_table, open_book
from jiuzhu_check.tables.decision import OUTCOMES
from jiuzhu_check.values import identity_number, person_name
from jiuzhu_check.values.identity_number import mask_number

TITLE = "登记记录归属复核表"
SHEET = "复核"
KEY, OUTCOME, NOTE, REVIEWER = "核对键", "结论", "说明", "复核人"
EVIDENCE = (
    Column("编号", 14, on_each_page=True),
    Column("受理日期", 11),
    Column("家庭编号", 13),
    Column("来源", 10),
    Column("登记姓名(原样)", 14),
    Column("登记姓名(比较用)", 14),
    Column("名册姓名(原样)", 14),
    Column("名册姓名(比较用)", 14),
    Column("曾用名", 10),
    Column("与户主关系", 10),
    Column("登记号码", 21),
    Column("名册号码", 21),
    Column("号码比较", 20),
    Column("户内其他成员", 24),
    Column("登记内容", 36),
    Column("来源文件及行号", 22),
    Column("数据时点", 11),
)
ANSWER = (
    Column(OUTCOME, 9, answer=True, choices=tuple(OUTCOMES.values())),
    Column(NOTE, 24, answer=True),
    Column(REVIEWER, 10, answer=True),
)
COLUMNS = (Column(KEY, 12, hidden=True), *EVIDENCE, *ANSWER)
_MANY = 6  # differing places beyond which nobody reads them one by one


def evidence(items: pl.DataFrame, titles: dict[str, str], *, reveal: bool = False) -> pl.DataFrame:
    """One row an item under EVIDENCE's headings, all text, in the same order. Nothing of tier, reason or status.

    items:  rows of checks/review.py items with facts
    titles: source id → its Chinese title
    reveal: whole numbers; otherwise masked, in free text too
    """
    places = pl.format("{}{} 第 {} 行", "extract", _led(" 表 ", pl.col("sheet")), "source_row")
    more = pl.when(pl.col("records") > 1).then(pl.format("（相同内容共 {} 行）", "records")).otherwise(pl.lit(""))
    facts = ["\n".join(map(plain, (cell or "").split("\n"))) for cell in items["facts"]]
    rows = plain_frame(items.drop("facts")).with_columns(facts=pl.Series(facts, dtype=pl.String))
    told = rows.select(
        pl.col("item").alias("编号"),
        pl.col("accepted_on").cast(pl.String).alias("受理日期"),
        pl.col("household_no").alias("家庭编号"),
        pl.col("source").replace(titles).alias("来源"),
        pl.col("owner_name").alias("登记姓名(原样)"),
        _visible(person_name.read(items["owner_name"])).alias("登记姓名(比较用)"),
        pl.col("name").alias("名册姓名(原样)"),
        pl.col("name_key").alias("名册姓名(比较用)"),
        pl.col("former_names").alias("曾用名"),
        pl.col("relation").alias("与户主关系"),
        pl.col("owner_no").alias("登记号码"),
        pl.col("person_no").alias("名册号码"),
        _numbers_compared(items).alias("号码比较"),
        pl.col("others").fill_null("没有其他成员").alias("户内其他成员"),
        pl.col("facts").alias("登记内容"),
        (places + more).alias("来源文件及行号"),
        pl.col("data_date").cast(pl.String).alias("数据时点"),
    )
    if reveal:
        return told
    return hide_numbers(told.with_columns(mask_number(pl.col("登记号码", "名册号码"))))


def write_review_sheet(
    items: pl.DataFrame,
    titles: dict[str, str],
    key: bytes,
    *,
    as_of: date,
    reveal: bool = False,
    rows_per_sheet: int = ROWS_PER_SHEET,
) -> bytes:
    """The XLSX: 复核 (one row an item, with a hash of what it shows), 说明. Only the answers can be written in.

    items, titles, reveal: see evidence
    key:                   for row_hash
    as_of:                 the day of the newest check, which the document bears
    """
    told = evidence(items, titles, reveal=reveal).with_columns(pl.col(pl.String).str.head(LONGEST_CELL))
    keys = [f"{row[0]}:{row_hash(row, key)}" for row in told.iter_rows()]
    rows = told.select(pl.Series(KEY, keys, dtype=pl.String), pl.all())
    file = BytesIO()
    with open_book(file, TITLE, as_of=as_of, header=f"核对日期 {as_of}") as book:
        add_table(book, SHEET, COLUMNS, rows.iter_slices(20_000), rows_per_sheet=rows_per_sheet)
        add_notes(book, "说明", _notes(items.height))
    return file.getvalue()


def compared_numbers(recorded: str | None, member: str | None) -> str:
    """How two numbers look beside each other, without showing them.

    >>> compared_numbers("370199197001010016", "370199197001010024")
    '第 17、18 位不同，其余相同'
    >>> compared_numbers(None, "370199197001010024"), compared_numbers("37019919700101001", "370199197001010016")
    ('登记没有号码', '位数不同：登记 17 位，名册 18 位')
    """
    if not recorded:
        return "登记没有号码"
    if not member:
        return "名册没有号码"
    if recorded == member:
        return "两边相同"
    if "*" in recorded:
        return _covered(recorded, member)
    if len(recorded) != len(member):
        return f"位数不同：登记 {len(recorded)} 位，名册 {len(member)} 位"
    apart = [str(place) for place, (one, other) in enumerate(zip(recorded, member, strict=True), 1) if one != other]
    return f"有 {len(apart)} 位不同" if len(apart) > _MANY else f"第 {'、'.join(apart)} 位不同，其余相同"


def _covered(recorded: str, member: str) -> str:
    """The same where some digits are covered; from both ends where a cover does not keep the length."""
    seen = [place for place, letter in enumerate(recorded) if letter != "*"]
    if len(recorded) == len(member):
        apart = [str(place + 1) for place in seen if recorded[place] != member[place]]
    else:
        head, tail = recorded.split("*", 1)[0], recorded.rsplit("*", 1)[1]
        apart = [] if member.startswith(head) and member.endswith(tail) else ["几"]
    return f"登记只见 {len(seen)} 位，" + (f"其中第 {'、'.join(apart)} 位不同" if apart else "都与名册相同")


def _numbers_compared(items: pl.DataFrame) -> pl.Series:
    folded = items.select(identity_number.shown(identity_number.fold(pl.col("owner_no", "person_no"))))
    whole = [identity_number.read(items[name])["number"] for name in ("owner_no", "person_no")]
    told = [
        "15 位旧号换算成 18 位后相同"
        if one != other and number is not None and number == theirs
        else compared_numbers(one, other)
        for (one, other), number, theirs in zip(folded.iter_rows(), *whole, strict=True)
    ]
    return pl.Series(told, dtype=pl.String)


def _visible(names: pl.Series) -> pl.Series:
    return plain_frame(names.to_frame("name"))["name"]


def _led(mark: str, text: pl.Expr) -> pl.Expr:
    return pl.when(text.fill_null("") != "").then(pl.lit(mark) + text).otherwise(pl.lit(""))


def _notes(items: int) -> list[tuple[str, str]]:
    return [
        (
            "这是什么",
            f"{items:,} 条登记记录，各与一名成员并列。请判断登记的权利人与该成员是不是同一个人。只核对、不认定：这里不认定任何家庭的经济状况。",
        ),
        ("怎样判断", "只看两边写了什么，有条件的向家庭或登记部门核实。本表不显示程序的判断，以免影响复核。"),
        ("结论", "相同：是同一个人。不同：不是同一个人。不确定：现有材料不足以判断，留在待复核。空白：没有看，不收。"),
        ("说明", "写明依据，如“看过行驶证原件”。不要写证件号码和银行卡号。"),
        ("复核人", "每一行都写姓名；没有复核人的行退回。"),
        ("只填三栏", "其余各列受保护。改动过的行退回，不影响其他行。"),
        (
            "何时起作用",
            "收回后记入复核意见，下次核对起生效；所比的内容不变，一直有效。意见只增不改，另一人可以再复核。",
        ),
    ]
