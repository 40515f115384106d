"""个案核对单: one household's check as plain sections, for the terminal to show."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from jiuzhu_check.reports import wording
from jiuzhu_check.reports.evidence import (
    evidence_places,
    evidence_rows,
    places_in_words,
    source_titles,
    subject_in_words,
    why_this_person,
)
from jiuzhu_check.reports.plain import hide_numbers, plain_frame
from jiuzhu_check.reports.results import household_results, unsigned_sources
from jiuzhu_check.tables.account import Account
from jiuzhu_check.tables.finding_event import EVENTS, FINDING_EVENT
from jiuzhu_check.values.identity_number import mask_number
from jiuzhu_check.values.person_name import mask_name


@dataclass(frozen=True)
class Section:
    """A titled table of text under Chinese headings. `nothing` is what is said where it has no row."""

    title: str
    rows: pl.DataFrame
    nothing: str


@dataclass(frozen=True)
class CaseSheet:
    """What was found, what could not be looked at, and the sections that show both.

    unsigned: the sources that the household's programme has not signed: nobody has looked there
    """

    household_no: str
    found: str
    complete: str
    sections: tuple[Section, ...]
    unsigned: tuple[str, ...] = ()


def case_text(
    household_no: str,
    households: pl.DataFrame,
    members: pl.DataFrame,
    findings: pl.DataFrame,
    coverage: pl.DataFrame,
    source_states: pl.DataFrame,
    links: pl.DataFrame,
    account: Account | None = None,
    *,
    history: pl.DataFrame | None = None,
    measured: Mapping[str, str] | None = None,
    reveal: bool = False,
) -> CaseSheet:
    """The household's sheet, in order: 家庭, 成员, 来源, 覆盖, 有利事实, 发现, 发现经过, 核算表, 核算, 未核对的事项, 证据, 关联.

    Frames may hold other households too; only this one's rows are read. Names and numbers are masked unless `reveal`.
    history:  FINDING_EVENT rows of the findings
    measured: tier → how often it was right where the truth is known, in a sentence
    raises: AssertionError where the household is not in `households` (the caller has looked it up)
    """
    home, people, found, covered, linked = (
        plain_frame(frame.filter(pl.col("household_no") == household_no))
        for frame in (households, members, findings, coverage, links)
    )
    assert home.height == 1, "the household is not among those given, or stands twice"
    result = household_results(home, found, covered).row(0, named=True)
    favourable = pl.col("kind") == "favourable"
    told = account or Account.empty()
    lines, sums = (
        plain_frame(each.filter(pl.col("household_no") == household_no)) for each in (told.lines, told.households)
    )
    sections = (
        Section("家庭", _household(home), ""),
        Section("成员", _members(people), "名册中没有成员"),
        Section("来源", _sources(source_states), "没有签约来源"),
        Section("覆盖", _coverage(covered, people, source_states), "没有签约来源，未作核对"),
        Section("有利事实", _findings(found.filter(favourable), people), "未见有利事实"),
        Section(
            "发现",
            _findings(found.filter(~favourable), people),
            f"{wording.FOUND[False]}；{wording.COMPLETE[result['complete']]}",
        ),
        Section("发现经过", _history(FINDING_EVENT.empty() if history is None else history), "没有发现"),
        Section("核算表", _lines(lines, people, source_states), "没有可列的收入"),
        Section("核算", _sum(sums), "没有核算"),
        Section("未核对的事项", _not_looked_at(people), ""),
        Section("证据", _evidence(found, source_states), "没有证据可列"),
        Section("关联", _links(linked, people, source_states, measured or {}), "没有关联到任何登记"),
    )
    unsigned = tuple(unsigned_sources(source_states, home["programme"][0] or ""))
    hidden = (Section(part.title, _shown(part.rows, reveal=reveal), part.nothing) for part in sections)
    return CaseSheet(
        household_no, wording.FOUND[result["found"]], wording.COMPLETE[result["complete"]], tuple(hidden), unsigned
    )


def _shown(rows: pl.DataFrame, *, reveal: bool) -> pl.DataFrame:
    if reveal:
        return rows
    masks = {"证件号码": mask_number, "姓名": mask_name, "户主": mask_name}
    masked = [mask(pl.col(name)) for name, mask in masks.items() if name in rows.columns]
    return hide_numbers(rows.with_columns(masked) if masked else rows)


def _household(home: pl.DataFrame) -> pl.DataFrame:
    return home.select(
        pl.col("household_no").alias("家庭编号"),
        pl.col("head_name").alias("户主"),
        pl.col("programme").alias("救助类别"),
        pl.col("stage").replace(wording.STAGES).alias("办理状态"),
        pl.col("class").alias("类"),
        pl.col("region").alias("区划"),
        pl.col("township").alias("乡镇"),
        pl.col("village").alias("村"),
        pl.col("handler").alias("经办人"),
    )


def _members(people: pl.DataFrame) -> pl.DataFrame:
    return people.select(
        pl.col("member_no").alias("序号"),
        pl.col("name").alias("姓名"),
        pl.col("relation").alias("关系"),
        pl.col("role").replace(wording.ROLES).alias("身份"),
        pl.col("sex").replace(wording.SEXES).alias("性别"),
        pl.col("person_no").alias("证件号码"),
    )


def _sources(source_states: pl.DataFrame) -> pl.DataFrame:
    """Every signed source and who delivered it: whether it was read, of which day, how much of it."""
    return source_states.filter(pl.col("requirement") != "unsigned").select(
        pl.col("title").alias("来源"),
        pl.col("supplier").alias("供数地区"),
        pl.col("requirement").replace(wording.REQUIREMENTS).alias("要求"),
        pl.col("state").replace(wording.SOURCE_STATES).alias("状态"),
        pl.col("data_date").cast(pl.String).alias("数据时点"),
        pl.col("rows").cast(pl.String).alias("收下"),
        pl.col("rejects").cast(pl.String).alias("退回"),
        pl.col("reason").alias("说明"),
    )


def _coverage(covered: pl.DataFrame, people: pl.DataFrame, source_states: pl.DataFrame) -> pl.DataFrame:
    """One row a source and member, sources in the register's order."""
    rows = _with_person(covered, people).join(_source_order(source_states), on="source", how="left")
    rows = rows.join(_caveats(source_states), on="source", how="left")
    return rows.sort("order", "member_no").select(
        pl.col("source").replace(source_titles(source_states)).alias("来源"),
        pl.col("member_no").alias("序号"),
        pl.col("name").alias("姓名"),
        pl.col("relation").alias("关系"),
        pl.col("state").replace(wording.COVERAGE_STATES).alias("状态"),
        pl.col("data_date").cast(pl.String).alias("数据时点"),
        pl.coalesce("reason", pl.when(pl.col("state") == "no_record").then("_caveat")).alias("说明"),
    )


def _caveats(source_states: pl.DataFrame) -> pl.DataFrame:
    """source, _caveat: what a no_record of it leaves open; null where every record had a usable number."""
    counts = source_states.group_by("source").agg(pl.col("unusable").sum())
    words = pl.format("本数据有 {} 条记录号码不可用，只能按姓名等比对", "unusable")
    return counts.select("source", _caveat=pl.when(pl.col("unusable") > 0).then(words))


def _findings(found: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    rows = _with_person(found, people).sort("rule", "member_no", "finding_id", nulls_last=True)
    unit = pl.col("unit").fill_null("")
    return rows.select(
        _who().alias("对象"),
        pl.col("title").alias("事项"),
        pl.col("kind").replace(wording.KINDS).alias("类别"),
        pl.concat_str("declared", unit, separator=" ").fill_null(wording.NOT_DECLARED).alias("申报"),
        pl.concat_str("found", unit, separator=" ").alias("登记"),
        subject_in_words().alias("标的"),
        pl.col("data_date").cast(pl.String).alias("数据时点"),
        pl.col("status").replace(wording.STATUSES).alias("状态"),
        pl.col("sentence").alias("说明"),
        pl.col("answer").alias("核实情况"),
        pl.concat_str("basis", pl.format("（{}）", "rule"), ignore_nulls=True).alias("规则依据"),
        pl.col("finding_id").alias("发现编号"),
    )


def _history(history: pl.DataFrame) -> pl.DataFrame:
    """What happened to each finding before: when it was first seen, which checks had it, what was said of it."""
    said = pl.when(pl.col("event") == "checked").then(pl.col("said").replace(wording.STATUSES)).otherwise("said")
    return plain_frame(history).select(
        pl.col("finding_id").alias("发现编号"),
        pl.col("day").cast(pl.String).alias("日期"),
        pl.col("event").replace(EVENTS).alias("事情"),
        pl.concat_str("no", said, separator="　", ignore_nulls=True).alias("内容"),
    )


def _lines(lines: pl.DataFrame, people: pl.DataFrame, source_states: pl.DataFrame) -> pl.DataFrame:
    """Each line of the account: how much a year, how it came about, where it stands and on what it rests."""
    spent = pl.col("class") == "deduction"
    counted = (
        pl.when(~pl.col("counted"))
        .then(pl.lit("未计入"))
        .when(spent)
        .then(pl.lit("扣减"))
        .when("estimated")
        .then(pl.lit("计入（推算或估计）"))
        .otherwise(pl.lit("计入"))
    )
    return _with_person(lines, people).select(
        _who().alias("对象"),
        pl.col("class").replace(wording.ACCOUNT_CLASSES).alias("类别"),
        pl.col("item").alias("项目"),
        pl.col("amount_year").cast(pl.String).fill_null("不明").alias("全年（元）"),
        counted.alias("计入"),
        pl.col("formula").alias("算式"),
        pl.col("what").alias("说明"),
        evidence_places(lines, source_states).alias("证据"),
        pl.col("basis").alias("依据"),
    )


def _sum(sums: pl.DataFrame) -> pl.DataFrame:
    """The account's sum beside the standard."""
    return sums.select(
        pl.col("members").alias("人数"),
        pl.col("income_year").cast(pl.String).fill_null("信息不全").alias("全年收入（元）"),
        pl.col("estimated_year").cast(pl.String).alias("其中推算或估计（元）"),
        pl.col("head_year").cast(pl.String).fill_null("信息不全").alias("人均年收入（元）"),
        pl.col("standard").fill_null("不比较").alias("标准"),
        pl.col("standard_year").cast(pl.String).alias("标准（元/人年）"),
        pl.col("margin_year").cast(pl.String).alias("标准减人均（元）"),
        pl.col("gap_month").cast(pl.String).alias("每月差额（元）"),
        pl.col("what_changes").alias("说明"),
    )


def _not_looked_at(people: pl.DataFrame) -> pl.DataFrame:
    """What no department delivers, and what follows for this household."""
    supported = (people["role"] == "supporter").any()
    told = wording.NOT_LOOKED_AT | (wording.NOT_LOOKED_AT_OF_SUPPORTERS if supported else {})
    return pl.DataFrame({"事项": list(told), "说明": list(told.values())})


def _evidence(found: pl.DataFrame, source_states: pl.DataFrame) -> pl.DataFrame:
    ordered = found.sort("rule", "member_no", "finding_id", nulls_last=True)
    return evidence_rows(ordered, source_states).select(
        pl.col("finding_id").alias("发现编号"),
        pl.col("where").alias("来源文件及行号"),
        pl.col("supplier").alias("供数地区"),
        pl.col("data_date").alias("数据时点"),
        pl.col("why").alias("为何是本人"),
    )


def _links(
    linked: pl.DataFrame, people: pl.DataFrame, source_states: pl.DataFrame, measured: Mapping[str, str]
) -> pl.DataFrame:
    """Every record that may be a member's: what waits for a person to look at it first, and what was not counted last."""
    rows = _with_person(linked, people).sort(
        pl.col("status").replace_strict(_ORDER, return_dtype=pl.Int64, default=len(_ORDER)),
        "source", "extract", "source_row", "slot", "member_no",
    )  # fmt: skip
    return rows.select(
        _who().alias("对象"),
        pl.col("status").replace(wording.LINK_STATUSES).alias("状态"),
        places_in_words(source_states).alias("来源文件及行号"),
        pl.col("data_date").cast(pl.String).alias("数据时点"),
        why_this_person().alias("依据"),
        pl.col("expected_namesakes").alias("预期同名"),
        pl.col("tier").replace_strict(measured, return_dtype=pl.String, default=None).alias("实测准确率"),
    )


_ORDER = {"review": 0, "accepted": 1, "lead": 2, "vetoed": 3}


def _with_person(rows: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    named = people.select("household_no", "member_no", "name", "relation")
    return rows.join(named, on=["household_no", "member_no"], how="left")


def _who() -> pl.Expr:
    someone = pl.format("{} {}", "member_no", pl.col("relation").fill_null("成员"))
    return pl.when(pl.col("member_no").is_null()).then(pl.lit("全户")).otherwise(someone)


def _source_order(source_states: pl.DataFrame) -> pl.DataFrame:
    return source_states.select("source").unique(maintain_order=True).with_row_index("order")
