"""入户走访名单: the copy of a worklist that goes to a village. It says whom to visit and nothing of what was found.

Who stands on it has something to be asked or something that could not be checked; which of the two, it does not tell.
"""

from datetime import date
from io import BytesIO

import polars as pl

from jiuzhu_check.reports.by_place import sheets_by_place
from jiuzhu_check.reports.plain import hide_numbers, plain_frame
from jiuzhu_check.reports.sheet_per import SheetPer
from jiuzhu_check.reports.workbook import ROWS_PER_SHEET, Column, add_notes, add_table, fitted, open_book

TITLE = "社会救助家庭入户走访名单"
SHEET = "走访名单"
COLUMNS = (
    Column("期限", 11),
    Column("乡镇", 10),
    Column("村", 10),
    Column("家庭编号", 13),
    Column("户主", 10),
    Column("住址", 30),
    Column("要见的家庭成员", 30),
    Column("走访日期", 11, answer=True),
    Column("走访人签名", 12, answer=True),
    Column("家庭成员签名", 12, answer=True),
)
NOTES = (
    ("这是什么", "要入户走访的家庭。走访是例行核实，列入名单不说明家庭有任何问题，也不是认定。"),
    ("怎样用", "按期限走访，见到名单上的成员，走访人和家庭成员签名，连同核实材料交回乡镇（街道）。"),
    ("保密", "内部使用，不张贴、不公示，用后交回。核对的内容不在本表，由乡镇（街道）经办人当面核实。"),
)


def write_village_copy(
    run: pl.DataFrame,
    households: pl.DataFrame,
    members: pl.DataFrame,
    findings: pl.DataFrame,
    coverage: pl.DataFrame,
    *,
    due_on: date | None = None,
    by: SheetPer | None = None,
    rows_per_sheet: int = ROWS_PER_SHEET,
) -> bytes:
    """The XLSX file: one row a household on each place's sheet, by village and number; 说明.

    households, due_on, by, rows_per_sheet: see write_worklist
    """
    rows = visits(households, members, findings, coverage, due_on)
    sheets = sheets_by_place(households, by, SHEET)
    placed = rows.join(sheets, left_on="家庭编号", right_on="household_no", how="left", maintain_order="left")
    as_of = run["as_of"].item()
    file = BytesIO()
    with open_book(file, TITLE, as_of=as_of, header=f"核对日期 {as_of}") as book:
        for (_, sheet), of in placed.sort("place", maintain_order=True).group_by("place", "sheet", maintain_order=True):
            add_table(book, str(sheet), COLUMNS, [of.select(rows.columns)], rows_per_sheet=rows_per_sheet)
        if placed.is_empty():
            add_table(book, SHEET, COLUMNS, [])
        add_notes(book, "说明", NOTES)
    return file.getvalue()


def visits(
    households: pl.DataFrame,
    members: pl.DataFrame,
    findings: pl.DataFrame,
    coverage: pl.DataFrame,
    due_on: date | None = None,
) -> pl.DataFrame:
    """One row a household under COLUMNS' headings, by place and number; what is to be filled in left out.

    Every household with a finding of any kind, favourable ones too, or with a member who was not checked somewhere.
    """
    asked = pl.concat(
        [findings.select("household_no"), coverage.filter(pl.col("state") == "unchecked").select("household_no")]
    ).unique()
    own = pl.col("due_on") if "due_on" in households.columns else pl.lit(None, pl.Date)
    homes = households.join(asked, on="household_no", how="semi").with_columns(
        due_on=pl.coalesce(own, pl.lit(due_on, pl.Date))
    )
    rows = (
        plain_frame(homes)
        .join(_people(plain_frame(members.join(asked, on="household_no", how="semi"))), on="household_no", how="left")
        .sort("township", "village", "household_no", nulls_last=True)
        .select(
            pl.col("due_on").alias("期限"),
            pl.col("township").alias("乡镇"),
            pl.col("village").alias("村"),
            pl.col("household_no").alias("家庭编号"),
            pl.col("head_name").alias("户主"),
            pl.col("address").alias("住址"),
            pl.col("people").alias("要见的家庭成员"),
        )
    )
    return hide_numbers(rows).with_columns(fitted(pl.col(pl.String)))


def _people(members: pl.DataFrame) -> pl.DataFrame:
    """Everybody of a household, whoever the check was about: household_no, address, people."""
    who = pl.col("name").fill_null("姓名未登记") + pl.format("（{}）", "relation").fill_null("")
    own = members.filter(pl.col("role") != "supporter").sort("household_no", pl.col("member_no").cast(pl.Int64))
    return own.group_by("household_no").agg(
        address=pl.col("home_address").drop_nulls().first(), people=who.str.join("\n")
    )
