"""一户的材料 dossier: what a run knows of one household, as far as its own members may read it.

Here is the border between a household and the relatives outside it who owe support (赡养、抚养、扶养义务人): the household
reads of them that they were asked, what of them was looked at and what fee the law counts; they read of the household
nothing. What a record of anybody outside says stands in no dossier but that person's own.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from jiuzhu_check.reports import wording
from jiuzhu_check.reports.evidence import SHOWN, evidence_rows, source_titles, subject_in_words
from jiuzhu_check.reports.plain import hide_numbers, plain_frame
from jiuzhu_check.reports.results import signed
from jiuzhu_check.tables import dispute, reexamination
from jiuzhu_check.tables.account import Account
from jiuzhu_check.tables.dispute import DISPUTE
from jiuzhu_check.tables.record import ORIGIN
from jiuzhu_check.tables.reexamination import REEXAMINATION
from jiuzhu_check.values.identity_number import mask_number

Row = dict[str, Any]
_WHOSE = ["household_no", "member_no"]
_OUTSIDE = "登记涉及家庭以外的人，内容不在本报告列出，由审核机关另行核对。"


@dataclass(frozen=True)
class Look:
    """One signed source: whom it has a record of, whom not, and who was not checked and why.

    days:  the data date, or the first and the last
    hit, no_record: who, in words; unchecked: reason → who
    note:  what else a reader must know of this source in this run
    """

    source: str
    title: str
    requirement: str
    days: str
    hit: list[str] = field(default_factory=list)
    no_record: list[str] = field(default_factory=list)
    unchecked: dict[str, list[str]] = field(default_factory=dict)
    note: str = ""

    @property
    def counts(self) -> tuple[int, int, int]:
        """Members with a hit, without a record, and not checked."""
        return len(self.hit), len(self.no_record), sum(map(len, self.unchecked.values()))


@dataclass(frozen=True)
class Matter:
    """One finding in words.

    places: each record that it rests on: where it stands, supplier, data date, why it is this person's
    outside: it rests on a record of somebody outside the household, so that what the record says is left out
    """

    rule: str
    title: str
    kind: str
    status: str
    who: str
    declared: str
    found: str
    unit: str
    subject: str
    sentence: str
    basis: str
    data_date: str
    places: list[Row]
    outside: bool
    first: str
    answers: list[str]


@dataclass(frozen=True)
class Supporter:
    """One relative outside the household, for that person's own eyes: looks and matters are theirs alone.

    checked, unchecked: what the household may read of them: sources that were looked at, and reason → sources that were not
    """

    member_no: str
    name: str
    relation: str
    consents: bool
    looks: list[Look]
    matters: list[Matter]
    checked: list[str]
    unchecked: dict[str, list[str]]


@dataclass(frozen=True)
class Dossier:
    """One household of one run. `home` is a HOUSEHOLD row, `people` are its members with consent in words."""

    run: Row
    home: Row
    people: list[Row]
    looks: list[Look]
    favourable: list[Matter]
    matters: list[Matter]
    lines: list[Row]
    sum: Row | None
    supporters: list[Supporter]
    unsigned: list[str]

    @property
    def household_no(self) -> str:
        """The household's number."""
        return str(self.home["household_no"])

    @property
    def complete(self) -> bool:
        """Whether every member was checked in every signed source; false where no source is signed."""
        return bool(self.looks) and not any(look.unchecked for look in self.looks)


@dataclass(frozen=True)
class Kept:
    """What a run has kept, and what came back since: ROSTER rows, FINDING, COVERAGE, SOURCE_STATE, LINK, the account.

    barred: household_no, member_no and reason of those without a valid consent on the run's day
    """

    run: pl.DataFrame
    household: pl.DataFrame
    member: pl.DataFrame
    consent: pl.DataFrame
    barred: pl.DataFrame
    finding: pl.DataFrame
    coverage: pl.DataFrame
    source_state: pl.DataFrame
    link: pl.DataFrame
    account: Account
    reexamination: pl.DataFrame = field(default_factory=REEXAMINATION.empty)
    dispute: pl.DataFrame = field(default_factory=DISPUTE.empty)


def dossiers(kept: Kept, households: list[str]) -> Iterator[Dossier]:
    """The dossiers of these households, in their order. Numbers are masked, odd characters are made visible."""
    wanted = pl.DataFrame({"household_no": households}, schema={"household_no": pl.String})

    def theirs(frame: pl.DataFrame) -> pl.DataFrame:
        return plain_frame(frame.join(wanted, on="household_no", how="semi"))

    people = theirs(kept.member).sort("household_no", pl.col("member_no").cast(pl.Int64))
    looked_at = _Sources(kept.source_state)
    homes = _by_household(theirs(kept.household))
    members = _by_household(hide_numbers(_consented(people, theirs(kept.consent), theirs(kept.barred))))
    covered = _by_household(theirs(kept.coverage))
    found = _by_household(_findings(theirs(kept.finding), people, theirs(kept.link), kept))
    lines = _by_household(hide_numbers(theirs(kept.account.lines.drop("evidence"))))
    sums = _by_household(hide_numbers(theirs(kept.account.households.drop("evidence"))))
    run = kept.run.row(0, named=True)
    for number in households:
        every = members[number]
        own = [each for each in every if each["role"] != "supporter"]
        outside = {each["member_no"] for each in every} - {each["member_no"] for each in own}
        matters = [(row["member_no"], _matter(row, outside)) for row in found[number]]
        inside = [matter for whose, matter in matters if whose not in outside]
        yield Dossier(
            run=run,
            home=homes[number][0],
            people=own,
            looks=looked_at.looks(covered[number], own),
            favourable=[each for each in inside if each.kind == "favourable"],
            matters=[each for each in inside if each.kind != "favourable"],
            lines=[_line(row, every, outside) for row in lines[number] if _may_read(row, outside)],
            sum=sums[number][0] if sums[number] else None,
            supporters=[
                _supporter(each, looked_at, covered[number], matters) for each in every if each["member_no"] in outside
            ],
            unsigned=looked_at.unsigned,
        )


class _Sources:
    """The register's sources in its order, with what a reader must know of each in this run."""

    def __init__(self, states: pl.DataFrame) -> None:
        due = states.filter(pl.col("requirement") != "unsigned")
        self._titles = source_titles(states)
        self._order: list[str] = signed(states)["source"].to_list()
        self._requirement = {
            row["source"]: wording.REQUIREMENTS[row["requirement"]] for row in due.iter_rows(named=True)
        }
        self._notes: dict[str, str] = {}
        for row in due.iter_rows(named=True):
            said = [] if row["state"] == "arrived" else [wording.SOURCE_STATES[row["state"]]]
            said += [row["reason"]] if row["reason"] else []
            said += ["首次接入"] if row["newly_connected"] else []
            said += [f"有 {row['unusable']} 条记录号码不可用，只能按姓名等比对"] if row["unusable"] else []
            if said:
                led = f"{row['supplier']}：" if due.filter(pl.col("source") == row["source"]).height > 1 else ""
                known = self._notes.get(row["source"])
                self._notes[row["source"]] = (f"{known}；" if known else "") + led + "，".join(said)
        unsigned = states.filter(pl.col("requirement") == "unsigned")["title"]
        self.unsigned: list[str] = unsigned.drop_nulls().unique(maintain_order=True).to_list()

    def looks(self, covered: list[Row], people: list[Row]) -> list[Look]:
        """What was looked at of these people."""
        names = {each["member_no"]: who(each) for each in people}
        of: dict[str, list[Row]] = defaultdict(list)
        for row in covered:
            if row["member_no"] in names:
                of[row["source"]].append(row)
        return [self._look(source, of[source], names) for source in self._order]

    def _look(self, source: str, rows: list[Row], names: dict[str, str]) -> Look:
        days = sorted({str(row["data_date"]) for row in rows if row["data_date"]})
        look = Look(
            source,
            self._titles.get(source, source),
            self._requirement[source],
            " 至 ".join(dict.fromkeys([days[0], days[-1]])) if days else "没有数据",
            note=self._notes.get(source, ""),
        )
        for row in rows:
            name = names[row["member_no"]]
            if row["state"] == "hit":
                look.hit.append(name)
            elif row["state"] == "no_record":
                look.no_record.append(name + (f"（{row['reason']}）" if row["reason"] else ""))
            else:
                look.unchecked.setdefault(row["reason"] or "原因未注明", []).append(name)
        return look


def who(person: Row) -> str:
    """A member in words: 2 配偶 李芳."""
    return " ".join(filter(None, (person["member_no"], person["relation"], person["name"] or "姓名未登记")))


def _supporter(
    person: Row, sources: _Sources, covered: list[Row], matters: list[tuple[str | None, Matter]]
) -> Supporter:
    looks = sources.looks(covered, [person])
    unchecked: dict[str, list[str]] = {}
    for look in looks:
        for reason in look.unchecked:
            unchecked.setdefault(reason, []).append(look.title)
    return Supporter(
        person["member_no"],
        person["name"] or "姓名未登记",
        person["relation"] or "",
        person["consents"],
        looks,
        [matter for whose, matter in matters if whose == person["member_no"]],
        [look.title for look in looks if not look.unchecked],
        unchecked,
    )


def _by_household(frame: pl.DataFrame) -> dict[str, list[Row]]:
    rows: dict[str, list[Row]] = defaultdict(list)
    for row in frame.iter_rows(named=True):
        rows[row["household_no"]].append(row)
    return rows


def _consented(people: pl.DataFrame, consents: pl.DataFrame, barred: pl.DataFrame) -> pl.DataFrame:
    """The members with `consent`: the paper that counts, or why none does."""
    last = consents.sort("valid_until", nulls_last=False).group_by(_WHOSE, maintain_order=True).last()
    days = pl.format("{} 至 {}", pl.col("signed_on").cast(pl.String), pl.col("valid_until").cast(pl.String))
    return (
        people.join(last.select(*_WHOSE, "consent_no", _days=days), on=_WHOSE, how="left", maintain_order="left")
        .join(barred.select(*_WHOSE, _barred="reason"), on=_WHOSE, how="left", maintain_order="left")
        .with_columns(
            mask_number(pl.col("person_no")),
            consent=pl.when(pl.col("_barred").is_not_null())
            .then(pl.col("_barred"))
            .when(pl.col("consent_no").is_null() & pl.col("_days").is_null())
            .then(pl.lit("另有授权，名册未列"))
            .otherwise(pl.concat_str("consent_no", "_days", separator="，", ignore_nulls=True)),
            consents=pl.col("_barred").is_null(),
        )
    )


def _findings(found: pl.DataFrame, people: pl.DataFrame, links: pl.DataFrame, kept: Kept) -> pl.DataFrame:
    """The findings with whom they are about, the records that they rest on, and what came back of them."""
    own = links.join(people.filter(pl.col("role") != "supporter"), on=_WHOSE, how="semi").with_columns(
        _own=pl.lit(True)
    )
    key = ["household_no", *ORIGIN]
    pieces = (
        evidence_rows(found, kept.source_state)
        .join(
            found.select("finding_id", "household_no", "member_no"), on="finding_id", how="left", maintain_order="left"
        )
        .join(own.select(*key, "_own").unique(key), on=key, how="left", nulls_equal=True, maintain_order="left")
    )
    places = pieces.group_by("finding_id", maintain_order=True).agg(
        pl.struct("where", "supplier", "data_date", "why").head(SHOWN).alias("places"),
        pl.len().alias("records"),
        pl.col("_own").is_null().any().alias("foreign"),
    )
    named = people.select(*_WHOSE, "name", "relation")
    return hide_numbers(
        found.with_columns(subject_in_words().str.replace("^[a-z][a-z0-9_]*:", "").alias("subject_words"))
        .join(places, on="finding_id", how="left", maintain_order="left")
        .join(named, on=_WHOSE, how="left", maintain_order="left")
        .join(_said(kept.reexamination, kept.dispute), on="finding_id", how="left", maintain_order="left")
        .sort("household_no", "rule", pl.col("member_no").cast(pl.Int64, strict=False), "finding_id", nulls_last=True)
    )


def _said(told: pl.DataFrame, argued: pl.DataFrame) -> pl.DataFrame:
    """finding_id, answers: what the township said last of a finding, and how its disputes stand."""
    outcome = pl.col("outcome").replace(reexamination.OUTCOMES)
    newest = told.unique("finding_id", keep="last", maintain_order=True).select(
        "finding_id",
        pl.concat_str(
            pl.lit("乡镇（街道）复查："),
            outcome,
            _led("，", pl.col("note")),
            _led("，", pl.col("document_no")),
            _led("，", pl.col("signed_on").cast(pl.String)),
        ).alias("words"),
    )
    closed = pl.col("event") == "closed"
    how = (
        pl.when(closed)
        .then(
            pl.concat_str(
                pl.lit("已办结，"), outcome, _led("，", pl.col("cause").replace(dispute.CAUSES)),
                _led("，", pl.col("closed_on").cast(pl.String)),
            )
        )
        .otherwise(pl.concat_str(pl.lit("复查中，"), pl.col("opened_on").cast(pl.String), pl.lit(" 提出")))
    )  # fmt: skip
    open_or_closed = argued.unique("dispute_no", keep="last", maintain_order=True).select(
        "finding_id", pl.concat_str(pl.lit("异议 "), pl.col("dispute_no"), pl.lit("："), how).alias("words")
    )
    every = plain_frame(pl.concat([newest, open_or_closed]))
    return every.group_by("finding_id", maintain_order=True).agg(pl.col("words").alias("answers"))


def _led(mark: str, words: pl.Expr) -> pl.Expr:
    return pl.when(words.fill_null("") != "").then(pl.lit(mark) + words).otherwise(pl.lit(""))


def _matter(row: Row, outside: set[str]) -> Matter:
    """A finding in words. A supporter's own finding rests on the supporter's records, so nothing of it is foreign."""
    foreign = bool(row["foreign"]) and row["member_no"] not in outside
    places = [] if foreign else list(row["places"] or [])
    if (row["records"] or 0) > len(places) and not foreign:
        places.append({"where": f"等共 {row['records']} 条", "supplier": None, "data_date": None, "why": ""})
    unit = row["unit"] or ""
    person = {"member_no": row["member_no"], "relation": row["relation"], "name": row["name"]}
    return Matter(
        rule=row["rule"],
        title=row["title"] or row["rule"],
        kind=row["kind"],
        status=wording.STATUSES.get(row["status"], row["status"] or ""),
        who=who(person) if row["member_no"] else "全户",
        declared="" if row["declared"] is None else f"{row['declared']} {unit}".strip(),
        found="" if foreign or row["found"] is None else f"{row['found']} {unit}".strip(),
        unit=unit,
        subject="" if foreign else row["subject_words"] or "",
        sentence=_OUTSIDE if foreign else row["sentence"] or "",
        basis=row["basis"] or "条款待核实",
        data_date="" if row["data_date"] is None else str(row["data_date"]),
        places=places,
        outside=foreign,
        first=row["newly_connected"] or "",
        answers=list(row["answers"] or []),
    )


def _may_read(line: Row, outside: set[str]) -> bool:
    """Of a supporter the household reads the fee that the law counts, and nothing else."""
    return line["member_no"] not in outside or line["class"] == "supporter"


def _line(line: Row, people: list[Row], outside: set[str]) -> Row:
    person = next((each for each in people if each["member_no"] == line["member_no"]), None)
    told = {**line, "who": who(person) if person else "全户"}
    if line["member_no"] in outside:
        told |= {"formula": None, "what": "依法计入；计算所用的义务人收入等情况不在本报告列出。"}
    return told
