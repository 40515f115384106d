"""核对清单: the XLSX that townships work through, with an answer beside each finding. It lists and never decides."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date
from io import BytesIO

import polars as pl

from jiuzhu_check.reports import wording
from jiuzhu_check.reports.by_place import sheets_by_place
from jiuzhu_check.reports.evidence import evidence_cells, source_titles, subject_in_words
from jiuzhu_check.reports.plain import hide_numbers, plain_frame
from jiuzhu_check.reports.plain_text import plain
from jiuzhu_check.reports.possible_explanation import possible_explanations
from jiuzhu_check.reports.results import unsigned_sources
from jiuzhu_check.reports.row_hash import row_hash
from jiuzhu_check.reports.sheet_per import SheetPer
from jiuzhu_check.reports.version_sheet import COLUMNS as CHANGE_COLUMNS
from jiuzhu_check.reports.version_sheet import TITLE as CHANGED
from jiuzhu_check.reports.version_sheet import Since
from jiuzhu_check.reports.workbook import ROWS_PER_SHEET, Column, add_notes, add_table, fitted, open_book
from jiuzhu_check.tables.finding import SETTLED
from jiuzhu_check.tables.roster import DECLARATION
from jiuzhu_check.values.identity_number import mask_number

TITLE = "社会救助家庭经济状况核对清单"
SHEET = "核对清单"
KEY, OUTCOME, NOTE, DOCUMENT, SIGNER, DAY = "核对键", "处理", "说明", "文号", "经办人", "日期"
ANSWER = (OUTCOME, NOTE, DOCUMENT, SIGNER, DAY)
TAIL = Column("号码尾", 8)
COLUMNS = (
    Column(KEY, 12, hidden=True),
    Column("期限", 11, on_each_page=True),
    Column("乡镇", 9, on_each_page=True),
    Column("村", 9, on_each_page=True),
    Column("家庭编号", 12, on_each_page=True),
    Column("户主", 9, on_each_page=True),
    Column("对象及关系", 10),
    TAIL,
    Column("事项", 34),
    Column("申报及日期", 13),
    Column("登记及数据时点", 19),
    Column("来源行号", 20),
    Column("为何是本人", 18),
    Column("未核来源", 18),
    Column("可能的合理解释", 30),
    Column(OUTCOME, 10, answer=True, choices=wording.ANSWERS),
    Column(NOTE, 20, answer=True),
    Column(DOCUMENT, 14, answer=True),
    Column(SIGNER, 9, answer=True),
    Column(DAY, 11, answer=True),
)
ANSWERED = "已核实"
SETTLED_COLUMNS = (
    Column("乡镇", 12),
    Column("村", 12),
    Column("家庭编号", 14),
    Column("户主", 10),
    Column("对象及关系", 16),
    TAIL,
    Column("事项", 40),
    Column("登记及数据时点", 22),
    Column("状态", 18),
    Column("核实情况", 48),
)
UNCHECKED = "未核对"
UNCHECKED_COLUMNS = (
    Column("乡镇", 12),
    Column("村", 12),
    Column("家庭编号", 14),
    Column("户主", 10),
    Column("对象及关系", 16),
    TAIL,
    Column("来源", 16),
    Column("未核对原因", 48),
)

PLACE = ("township", "village", "household_no", "member_no")
GAP_ORDER = (*PLACE, "source")
CHUNK = 20_000  # rows put into words at a time, so that memory stays bounded


def write_worklist(
    run: pl.DataFrame,
    households: pl.DataFrame,
    members: pl.DataFrame,
    findings: pl.DataFrame,
    coverage: pl.DataFrame,
    source_states: pl.DataFrame,
    *,
    key: bytes,
    declarations: pl.DataFrame | None = None,
    due_on: date | None = None,
    by: SheetPer | None = None,
    reveal: bool = False,
    since: Since | None = None,
    rows_per_sheet: int = ROWS_PER_SHEET,
    progress: Callable[[int, int], None] | None = None,
) -> bytes:
    """The XLSX file: one row a finding that waits on each place's sheet, 已核实 (those of which an answer stands), 未核对, 说明.

    未核对 has one row a member and source; 已核实 is left out where there is none.

    households:   HOUSEHOLD; a column due_on (date), where present, is the household's own deadline
    key:          for row_hash; answers on a list that was made with another are not taken back
    declarations: DECLARATION, for the day on which a household declared; None leaves the day out
    due_on:       the deadline of households that have none of their own; None leaves it blank
    by:           which sheets there are: see sheets_by_place
    reveal:       whole identity numbers; otherwise their last four characters, and masked in free text
    since:        of a batch's report: which version it is, and what is new in it, on a sheet of its own
    rows_per_sheet: a longer list goes on, on sheets of the same name with 2, 3 ...
    progress:     told how many rows are written, of how many
    """
    unchecked = coverage.filter(pl.col("state") == "unchecked")
    stands = pl.col("status").is_in(SETTLED)
    asked, settled = findings.filter(~stands), findings.filter(stands)
    sheets = sheets_by_place(households, by, SHEET)
    listed = _in_order(asked, households, due_on).join(sheets, on="household_no", how="left", maintain_order="left")

    written, all_rows = 0, findings.height + unchecked.height

    def counted(chunks: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
        nonlocal written
        for chunk in chunks:
            yield chunk
            written += chunk.height
            if progress:
                progress(written, all_rows)

    def rows(of: pl.DataFrame) -> Iterator[pl.DataFrame]:
        for chunk in of.iter_slices(CHUNK):
            yield worklist_rows(
                households, members, chunk, unchecked, source_states, declarations, due_on, key=key, reveal=reveal
            )

    answered = (
        settled_rows(households, members, chunk, reveal=reveal)
        for chunk in _in_order(settled, households, due_on).iter_slices(CHUNK)
    )
    gaps = (
        unchecked_rows(households, members, chunk, source_states, reveal=reveal)
        for chunk in _by_place(unchecked, households).iter_slices(CHUNK)
    )
    as_of = run["as_of"].item()
    columns = tuple(replace(column, width=21) if reveal and column is TAIL else column for column in COLUMNS)
    file = BytesIO()
    with open_book(file, TITLE, as_of=as_of, header=f"核对日期 {as_of}") as book:
        for (_, sheet), of in listed.sort("place", maintain_order=True).group_by("place", "sheet", maintain_order=True):
            add_table(
                book, str(sheet), columns, counted(rows(of.select(findings.columns))), rows_per_sheet=rows_per_sheet
            )
        if listed.is_empty():
            add_table(book, SHEET, columns, [])
        if settled.height:
            add_table(book, ANSWERED, SETTLED_COLUMNS, counted(answered), rows_per_sheet=rows_per_sheet)
        add_table(book, UNCHECKED, UNCHECKED_COLUMNS, counted(gaps), rows_per_sheet=rows_per_sheet)
        notes = _notes(run, source_states, asked.height, settled.height, unchecked.height, _sheets(listed, sheets))
        if since is not None:
            if since.rows is not None:
                add_table(book, CHANGED, CHANGE_COLUMNS, [since.rows], rows_per_sheet=rows_per_sheet)
            notes.insert(1, ("报告版本", since.line))
        add_notes(book, "说明", notes)
    return file.getvalue()


def worklist_rows(
    households: pl.DataFrame,
    members: pl.DataFrame,
    findings: pl.DataFrame,
    coverage: pl.DataFrame,
    source_states: pl.DataFrame,
    declarations: pl.DataFrame | None = None,
    due_on: date | None = None,
    *,
    key: bytes,
    reveal: bool = False,
) -> pl.DataFrame:
    """One row a finding under COLUMNS' headings, by deadline, place and household, favourable facts first; no answers.

    The first column is the finding's id, the run and a hash of the row, so that an answer can find its way back.
    """
    households, members, coverage = (
        plain_frame(frame.join(findings, on="household_no", how="semi")) for frame in (households, members, coverage)
    )
    declared = DECLARATION.empty() if declarations is None else declarations
    rows = (
        plain_frame(_in_order(findings, households, due_on))
        .join(_households(households, due_on), on="household_no", how="left", maintain_order="left")
        .join(_people(members), on=["household_no", "member_no"], how="left", maintain_order="left")
        .join(evidence_cells(findings, source_states), on="finding_id", how="left", maintain_order="left")
        .join(_gaps(coverage, source_states), on="household_no", how="left", maintain_order="left")
        .join(_declared_days(declared), on="household_no", how="left", maintain_order="left")
    )
    rows = _shown(rows, reveal=reveal)
    shown = rows.select(
        pl.col("due_on").alias("期限"),
        pl.col("township").alias("乡镇"),
        pl.col("village").alias("村"),
        pl.col("household_no").alias("家庭编号"),
        _lines("head_name", pl.format("（{}）", "programme")).alias("户主"),
        _person().alias("对象及关系"),
        pl.col("person_no").alias("号码尾"),
        _lines(pl.format("【{}】", _kind()), "title", "sentence", pl.format("依据：{}", "basis"), "answer").alias(
            "事项"
        ),
        _declared().alias("申报及日期"),
        _found().alias("登记及数据时点"),
        pl.col("where").alias("来源行号"),
        pl.col("why").alias("为何是本人"),
        pl.col("gaps").fill_null("无").alias("未核来源"),
        pl.col("rule")
        .replace_strict(possible_explanations(), default=None, return_dtype=pl.String)
        .alias("可能的合理解释"),
    )
    shown = shown.with_columns(fitted(pl.col(pl.String)))
    return shown.select(_keys(rows, shown, key), pl.all())


def settled_rows(
    households: pl.DataFrame, members: pl.DataFrame, findings: pl.DataFrame, *, reveal: bool = False
) -> pl.DataFrame:
    """One row a finding of which an answer stands, under SETTLED_COLUMNS: what is registered, and what was answered."""
    households, members = (
        plain_frame(frame.join(findings, on="household_no", how="semi")) for frame in (households, members)
    )
    rows = (
        plain_frame(_in_order(findings, households, None))
        .join(_households(households, None), on="household_no", how="left", maintain_order="left")
        .join(_people(members), on=["household_no", "member_no"], how="left", maintain_order="left")
    )
    return _shown(rows, reveal=reveal).select(
        pl.col("township").alias("乡镇"),
        pl.col("village").alias("村"),
        pl.col("household_no").alias("家庭编号"),
        pl.col("head_name").alias("户主"),
        _person().alias("对象及关系"),
        pl.col("person_no").alias("号码尾"),
        _lines("title", "sentence").alias("事项"),
        _found().alias("登记及数据时点"),
        pl.col("status").replace(wording.STATUSES).alias("状态"),
        pl.col("answer").fill_null("").alias("核实情况"),
    )


def unchecked_rows(
    households: pl.DataFrame,
    members: pl.DataFrame,
    coverage: pl.DataFrame,
    source_states: pl.DataFrame,
    *,
    reveal: bool = False,
) -> pl.DataFrame:
    """One row for each member and signed source that was not checked, with the reason, under UNCHECKED_COLUMNS."""
    unchecked = coverage.filter(pl.col("state") == "unchecked")
    households, members = (
        plain_frame(frame.join(unchecked, on="household_no", how="semi")) for frame in (households, members)
    )
    rows = (
        plain_frame(unchecked)
        .join(_households(households, None), on="household_no", how="left")
        .join(_people(members), on=["household_no", "member_no"], how="left")
        .sort(GAP_ORDER, nulls_last=True)
    )
    return _shown(rows, reveal=reveal).select(
        pl.col("township").alias("乡镇"),
        pl.col("village").alias("村"),
        pl.col("household_no").alias("家庭编号"),
        pl.col("head_name").alias("户主"),
        _person().alias("对象及关系"),
        pl.col("person_no").alias("号码尾"),
        pl.col("source").replace(source_titles(source_states)).alias("来源"),
        pl.col("reason").fill_null("原因未注明").alias("未核对原因"),
    )


def _in_order(findings: pl.DataFrame, households: pl.DataFrame, due_on: date | None) -> pl.DataFrame:
    """The findings in the order in which they are listed; their columns stay as they are."""
    where = _households(households, due_on).select("household_no", "due_on", "township", "village")
    order = (
        *(pl.col(name) for name in ("due_on", "township", "village", "household_no")),
        pl.col("kind") != "favourable",
        pl.col("member_no").cast(pl.Int64),
        *(pl.col(name) for name in ("rule", "finding_id")),
    )
    placed = findings.join(where, on="household_no", how="left")
    return placed.sort(order, nulls_last=True).select(findings.columns)


def _by_place(unchecked: pl.DataFrame, households: pl.DataFrame) -> pl.DataFrame:
    where = households.select("household_no", "township", "village")
    return (
        unchecked.join(where, on="household_no", how="left").sort(GAP_ORDER, nulls_last=True).select(unchecked.columns)
    )


def _sheets(listed: pl.DataFrame, sheets: pl.DataFrame) -> str:
    """How much stands on which sheet, and which places have nothing."""
    counted = sheets.select("place", "sheet").unique().join(
        listed.group_by("place").agg(pl.col("household_no").n_unique().alias("homes"), pl.len().alias("rows")),
        on="place", how="left",
    ).sort("place")  # fmt: skip
    told = [f"{sheet} {homes:,} 户 {rows:,} 条" for _, sheet, homes, rows in counted.drop_nulls().iter_rows()]
    bare = counted.filter(pl.col("rows").is_null())["sheet"].to_list()
    none = f"没有发现、因而没有表的：{'、'.join(bare)}；没有发现不等于没有登记，见“{UNCHECKED}”表。" if bare else ""
    return "、".join(told) + ("。" if told else "") + none


def _households(households: pl.DataFrame, due_on: date | None) -> pl.DataFrame:
    own = pl.col("due_on") if "due_on" in households.columns else pl.lit(None, pl.Date)
    deadline = pl.coalesce(own, pl.lit(due_on, pl.Date)).alias("due_on")
    return households.select("household_no", "programme", "township", "village", "head_name", deadline)


def _people(members: pl.DataFrame) -> pl.DataFrame:
    return members.select("household_no", "member_no", "name", "relation")


def _gaps(coverage: pl.DataFrame, source_states: pl.DataFrame) -> pl.DataFrame:
    """Each household's unchecked sources in one cell, a line a reason: household_no, gaps."""
    title = pl.col("source").replace(source_titles(source_states)).unique(maintain_order=True).str.join("、")
    unchecked = coverage.filter(pl.col("state") == "unchecked").sort("household_no", "source", "member_no")
    by_reason = unchecked.group_by("household_no", "reason", maintain_order=True).agg(title.alias("titles"))
    line = pl.format("{}：{}", "titles", pl.col("reason").fill_null("原因未注明"))
    return by_reason.group_by("household_no").agg(line.str.join("\n").alias("gaps"))


def _declared_days(declarations: pl.DataFrame) -> pl.DataFrame:
    """The day, or first and last day, on which each household declared: household_no, declared_days."""
    first, last = pl.col("declared_on").min().cast(pl.String), pl.col("declared_on").max().cast(pl.String)
    days = pl.when(first == last).then(first).otherwise(pl.format("{} 至 {}", first, last))
    return declarations.group_by("household_no").agg(days.alias("declared_days"))


def _shown(rows: pl.DataFrame, *, reveal: bool) -> pl.DataFrame:
    return rows if reveal else hide_numbers(rows.with_columns(mask_number(pl.col("person_no")).str.tail(4)))


def _person() -> pl.Expr:
    relation = pl.when(pl.col("relation").is_not_null()).then(pl.format("（{}）", "relation")).otherwise(pl.lit(""))
    someone = pl.col("name").fill_null("姓名未登记") + relation
    return pl.when(pl.col("member_no").is_null()).then(pl.lit("全户")).otherwise(someone)


def _lines(*names: str | pl.Expr) -> pl.Expr:
    return pl.concat_str(*names, separator="\n", ignore_nulls=True)


def _kind() -> pl.Expr:
    kind = pl.col("kind").replace(wording.KINDS)
    first = pl.format("首次接入：{}", "newly_connected")
    status = pl.when(pl.col("status") != "to_verify").then(pl.col("status").replace(wording.STATUSES))
    return pl.concat_str(kind, status, first, separator="；", ignore_nulls=True)


def _declared() -> pl.Expr:
    amount = pl.concat_str("declared", pl.col("unit").fill_null(""), separator=" ").str.strip_chars()
    day = pl.format("\n申报于 {}", "declared_days").fill_null("")
    return amount.fill_null(wording.NOT_DECLARED) + day


def _found() -> pl.Expr:
    amount = pl.concat_str("found", pl.col("unit").fill_null(""), separator=" ").str.strip_chars()
    subject = pl.format("\n{}", subject_in_words()).fill_null("")
    day = pl.format("\n数据时点 {}", pl.col("data_date").cast(pl.String)).fill_null("")
    return amount.fill_null("") + subject + day


def _keys(rows: pl.DataFrame, shown: pl.DataFrame, key: bytes) -> pl.Series:
    """finding_id:run:hash. The hash covers what the row says, so a changed row is recognised when answers come back."""
    whose = rows.select("finding_id", "run").rows()
    keys = [
        ":".join((*map(str, of), row_hash((*of, *row), key))) for of, row in zip(whose, shown.iter_rows(), strict=True)
    ]
    return pl.Series(KEY, keys, dtype=pl.String)


def _notes(
    run: pl.DataFrame, source_states: pl.DataFrame, asked: int, settled: int, unchecked: int, sheets: str
) -> list[tuple[str, str]]:
    facts = run.row(0, named=True)
    due = source_states.filter(pl.col("requirement") != "unsigned")
    unsigned = unsigned_sources(source_states)
    part = wording.portion(facts["portion"])
    notes = [
        ("这是什么", wording.PRINCIPLE),
        ("批次", f"{facts['run']}（{wording.RUN_KINDS.get(facts['kind'], facts['kind'])}，区划 {facts['region']}）"),
        ("核对日期", f"{facts['as_of']}，各项日期规则以此日为准"),
        (
            "范围",
            (f"{wording.PORTION.format(portion=part)}；" if part else "")
            + f"{facts['households'] or 0:,} 户 {facts['members'] or 0:,} 人；"
            f"发现 {asked:,} 条{'待核实' if settled else ''}；"
            + (f"另有 {settled:,} 条已核实，仍在登记（见“已核实”表）；" if settled else "")
            + f"未核对 {unchecked:,} 人次（见“未核对”表）",
        ),
        ("各表", sheets or "没有家庭"),
        *((f"来源：{row['title'] or row['source']}", _source_note(row)) for row in due.iter_rows(named=True)),
        ("未签约来源", ("、".join(unsigned) or "无") + "。未签约的来源没有核对，不代表没有登记。"),
        ("县级标准缺", (facts["missing_parameters"] or "无") + "。缺标准的项目没有比对。"),
        ("未核对的含义", "未核对不等于没有。只有“未发现记录”表示该来源全部读过而没有本人的记录。"),
        *((f"类别：{title}", wording.KIND_NOTES[kind]) for kind, title in wording.KINDS.items()),
        *((f"关联 {tier} 级", meaning) for tier, meaning in wording.TIER_GROUPS.items()),
        ("次序", "同一户先列对家庭有利的事实，再列其他发现。"),
        ("可能的合理解释", "只是这类事项常见的情形，供核实时参考，不限于此，也不是核实的结论。"),
        (
            "如何填写",
            "在“处理”列选择："
            + "、".join(wording.ANSWERS)
            + "；写明说明、文号（有文件的）、经办人和日期，不写证件号码和银行卡号。不选或选“待核实”的，"
            "视为还没有核实。其余各列受保护，请勿改动。",
        ),
        (
            "答复的效力",
            "仍不一致：核实后仍与申报不符。已说明：不符有正当原因。已更正：登记有误，来源已改或正在改。不成立：登记的不是本人"
            "或已不存在。登记和申报不变，答复一直有效，不再重复询问；变了的再次列入，并写明原答复。",
        ),
        (
            "筛选和排序",
            "筛选直接用表头的箭头。要排序，先撤销工作表保护（没有密码）再排，不影响收回；改动过的行收回时会退回。",
        ),
        ("异议", wording.OBJECTION),
    ]
    return [(plain(label), plain(text)) for label, text in notes]


def _source_note(row: dict[str, object]) -> str:
    state = wording.SOURCE_STATES.get(str(row["state"]), str(row["state"]))
    supplier = f"供数地区 {row['supplier']}，" if row["supplier"] else ""
    day = f"数据时点 {row['data_date']}" if row["data_date"] else "没有数据"
    reason = f"；未签约的类别：{row['unsigned_for']}" if row.get("unsigned_for") else ""
    reason += "；首次接入，它带来的发现不计为新增" if row.get("newly_connected") else ""
    reason += f"；{row['reason']}" if row["reason"] else ""
    return f"{supplier}{state}，{day}{reason}"
