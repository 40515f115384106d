"""关联说明 explain: a link of a kept run, with its record and its roster side by side and all that was weighed.

A run keeps its own roster rows and links, so that an old one stays explainable; the record comes from the snapshot that
the link names, and what is left is told where that snapshot is gone or damaged.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from jiuzhu_check.checks import results
from jiuzhu_check.checks.audited import audited
from jiuzhu_check.checks.case import PURPOSES
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.decisions import read_decisions
from jiuzhu_check.checks.kept_run import KeptRun
from jiuzhu_check.checks.outcomes import own_precision
from jiuzhu_check.errors import IntegrityError, NotFound, Refused, StoreError, UsageError
from jiuzhu_check.intake.stored import kept_records, landed_sha256, read_records
from jiuzhu_check.language import say
from jiuzhu_check.matching.evidence.name import RELATIONS, relate
from jiuzhu_check.matching.evidence.number import SENTENCES
from jiuzhu_check.matching.measured import measured
from jiuzhu_check.matching.tiers import TIERS
from jiuzhu_check.reports.evidence import source_titles
from jiuzhu_check.reports.explanation import (
    Dossier,
    Evidence,
    Explanation,
    Known,
    Row,
    basis,
    covered,
    explain_link,
    rejected,
)
from jiuzhu_check.store.bucket import bucket
from jiuzhu_check.store.snapshot import Snapshot
from jiuzhu_check.tables import roster as rosters
from jiuzhu_check.tables.coverage import SOURCE_STATE
from jiuzhu_check.tables.decision import COMPARED, DECISION, OUTCOMES
from jiuzhu_check.tables.link import LINK
from jiuzhu_check.tables.record import ORIGIN
from jiuzhu_check.tables.reject import REJECT
from jiuzhu_check.tables.run import RUN
from jiuzhu_check.values import identity_number, person_name

_VALID = ("valid", "upgraded")
_SAME_NAME = ("N0", "N1")


@dataclass(frozen=True)
class Asked:
    """Which links to explain: those of a row of a source, or of a household; what is empty or null asks for all.

    run: a run's name; latest; all, the newest result of each household; empty is all for a household, latest for a row
    """

    household_no: str = ""
    member_no: str = ""
    source: str = ""
    row: int | None = None
    slot: int | None = None
    sheet: str = ""
    supplier: str = ""
    run: str = ""


def explain(centre: Centre, asked: Asked, purpose: str, *, reveal: bool = False) -> list[Dossier]:
    """The links asked for, explained, run by run. Audited before anything is read.

    reveal: numbers and names whole (the caller has recorded why)
    raises: Refused without a purpose, and where no link leads from the row to anybody under check: in the same words
            whether the row is blank, somebody else's, or not there at all. NotFound where there is no such run,
            source, household or member. UsageError where neither a row nor a household is asked for.
    """
    if purpose not in PURPOSES:
        raise Refused(
            say("没有写明核对目的，不予查询。"),
            hint=say("加 --purpose，可用：{purposes}。", purposes="、".join(PURPOSES)),
        )
    if not asked.household_no and (not asked.source or asked.row is None):
        raise UsageError(say("要写 --household，或者同时写 --source 和 --row。"))
    if asked.row is not None and not asked.source:
        raise UsageError(say("写 --row 就要写 --source。"))
    if asked.member_no and not asked.household_no:
        raise UsageError(say("写 --member 就要写 --household。"))
    if asked.source and asked.source not in centre.sources:
        raise NotFound(
            say("没有名为 {name} 的来源。", name=asked.source), hint=say("用 jiuzhu-check connector list 看有哪些。")
        )
    facts = {"source": asked.source, "row": asked.row, "run": asked.run}
    with audited(centre.audit, "explain", purpose=purpose, subject=asked.household_no, facts=facts) as ending:
        told = (
            _of_household(centre, asked, reveal=reveal)
            if asked.row is None
            else _of_row(centre, asked, purpose, reveal=reveal)
        )
        ending.counts = {"links": sum(len(dossier.links) for dossier in told)}
        if not all(dossier.whole for dossier in told):
            ending.result = "incomplete"
    return told


def _of_household(centre: Centre, asked: Asked, *, reveal: bool) -> list[Dossier]:
    home = pl.Series([asked.household_no], dtype=pl.String)
    for snapshot in results.find(centre.store, asked.run or "all"):
        roster = rosters.ROSTER.fit(snapshot.read("roster", homes=home))
        if not roster.is_empty():
            break
    else:
        raise NotFound(
            say("这次核对里没有这个家庭。"), hint=say("请核对家庭编号；还没有核对过的，先运行 check 或 case。")
        )
    run = _Run(centre, snapshot, roster, reveal=reveal)
    member = pl.col("member_no") == asked.member_no if asked.member_no else pl.lit(value=True)
    if run.members.filter(member).is_empty():
        raise NotFound(say("这个家庭里没有这位成员。"), hint=say("成员序号见 case 的“成员”一节。"))
    source = pl.col("source") == asked.source if asked.source else pl.lit(value=True)
    of_home = LINK.fit(snapshot.read("link", homes=home))
    links = of_home.filter(member & source & _narrowed(asked))
    coverage = results.expand(snapshot.read("coverage", homes=home), run.source_state, run.id).filter(member & source)
    section = covered(coverage, run.members, run.titles)
    what = "、".join([f"家庭 {asked.household_no}", *([f"第 {asked.member_no} 位成员"] if asked.member_no else [])])
    return [run.dossier(what, links, (section,))]


def _of_row(centre: Centre, asked: Asked, purpose: str, *, reveal: bool) -> list[Dossier]:
    row = (pl.col("source") == asked.source) & (pl.col("source_row") == asked.row) & _narrowed(asked)
    if asked.household_no:
        row &= pl.col("household_no") == asked.household_no
    if asked.member_no:
        row &= pl.col("member_no") == asked.member_no
    snapshots = results.find(centre.store, asked.run or "latest")
    if asked.run == "all":
        found = [
            (snapshot, LINK.fit(snapshot.read("link", where=row, homes=homes)))
            for snapshot, homes in results.newest(snapshots)
        ]
    else:
        found = [(snapshots[0], LINK.fit(snapshots[0].read("link", where=row)))]
    told = []
    for snapshot, links in found:
        homes = links["household_no"].unique().sort()
        for home in homes:  # whose row it is, is known only now
            with audited(centre.audit, "explain", purpose=purpose, subject=home):
                pass
        if homes.len():
            roster = rosters.ROSTER.fit(snapshot.read("roster", homes=homes))
            run = _Run(centre, snapshot, roster, reveal=reveal)
            told.append(run.dossier(f"{run.titles[asked.source]}第 {asked.row} 行", links, ()))
    return told or [_without_link(centre, asked, snapshots, reveal=reveal)]


def _without_link(centre: Centre, asked: Asked, snapshots: Sequence[KeptRun], *, reveal: bool) -> Dossier:
    """Why a row was not accepted, where it was rejected; of any other row, be it there or not, nothing is told."""
    snapshot = snapshots[0]
    run = _Run(centre, snapshot, rosters.ROSTER.empty(), reveal=reveal)
    rejects = run.rejects(asked)
    if asked.household_no or rejects.is_empty():
        raise Refused(
            say("这一行在这次核对中没有关联到名册上被核对的人，不予说明。"),
            hint=say("请核对来源、行号和核对编号（--run）；名册以外的人一律不查，有没有记录都同样答复。"),
        )
    section = rejected(rejects, run.titles)
    return run.dossier(
        f"{run.titles.get(asked.source, asked.source)}第 {asked.row} 行，已退回，没有进入核对", LINK.empty(), (section,)
    )


def _narrowed(asked: Asked) -> pl.Expr:
    wanted = {"slot": asked.slot, "sheet": asked.sheet, "supplier": asked.supplier}
    tests = [pl.col(name) == value for name, value in wanted.items() if value]
    return pl.all_horizontal(pl.lit(value=True), *tests)


@dataclass
class _Run:
    """One kept run with the roster rows of the households at hand, and the parts that were read of its snapshots."""

    centre: Centre
    snapshot: KeptRun
    roster: pl.DataFrame
    reveal: bool
    parts: dict[tuple[str, str, str], pl.DataFrame] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.about = results.about(self.snapshot, RUN).row(0, named=True)
        self.source_state = results.about(self.snapshot, SOURCE_STATE)
        self.titles = source_titles(self.source_state)
        self.households, self.members = rosters.households(self.roster), rosters.members(self.roster)
        self.decisions = read_decisions(self.centre.store)
        self.own_precision = own_precision(self.centre.store)

    @property
    def id(self) -> str:
        return str(self.about["run"])

    def dossier(self, what: str, links: pl.DataFrame, before: tuple[Any, ...]) -> Dossier:
        ordered = links.sort(*ORIGIN, "household_no", pl.col("member_no").cast(pl.Int64))
        beside = self._beside(links)
        told = tuple(self._explained(link, beside) for link in ordered.iter_rows(named=True))
        heading = f"{what}；核对 {self.id}，核对日 {self.about['as_of']}；关联 {len(told)} 条"
        version = str(self.snapshot.facts.get("version", ""))
        return Dossier(heading, self.id, before, told, basis(self.about, version))

    def rejects(self, asked: Asked) -> pl.DataFrame:
        """The REJECT rows of the row in the deliveries that this run read."""
        read = self.source_state.filter((pl.col("source") == asked.source) & pl.col("snapshot").is_not_null())
        held = [
            snapshot.read("rejects")
            for supplier, name in read.select("supplier", "snapshot").iter_rows()
            if (snapshot := _kept(self.centre, asked.source, supplier, name)) is not None
        ]
        rows = REJECT.fit(pl.concat([REJECT.empty(), *held])).filter(pl.col("source_row") == asked.row)
        wanted = {"sheet": asked.sheet, "supplier": asked.supplier}
        narrowed = [pl.col(name) == value for name, value in wanted.items() if value]
        return rows.filter(*narrowed).sort("supplier", "snapshot", "sheet")

    def _explained(self, link: Row, beside: pl.DataFrame) -> Explanation:
        home = self.households.row(by_predicate=pl.col("household_no") == link["household_no"], named=True)
        people = self.members.filter(pl.col("household_no") == link["household_no"])
        person = people.row(by_predicate=pl.col("member_no") == link["member_no"], named=True)
        record, lost = self._record(link, person["number"])
        others = people.filter(pl.col("member_no") != link["member_no"]).sort(pl.col("member_no").cast(pl.Int64))
        snapshot = _held(self.centre, link["source"], link["supplier"], link["snapshot"])[0]
        known = Known(
            link=link,
            record=record,
            lost=lost,
            source_title=self.titles.get(link["source"]) or link["source"],
            table=str(snapshot.facts["table"]) if snapshot else "",
            landed=_landed(self.centre, link),
            spec=str(snapshot.facts["spec"]) if snapshot else "",
            home=home,
            person=person,
            others=others.rows(named=True),
            folded=(_folded(record["owner_no_raw"]), person["number"] or _folded(person["person_no"])),
            evidence=_evidence(link, record, person, others.rows(named=True)),
            rivals=_rivals(link, beside),
            alone=self.about["kind"] == "case",
            usual={tier.code: (tier.title, tier.status) for tier in reversed(TIERS)},
            measured=measured(link["tier"]) + self.own_precision.get(link["tier"], ""),
            reviews=_reviews(self.decisions, link, person),
        )
        return explain_link(known, reveal=self.reveal)

    def _beside(self, links: pl.DataFrame) -> pl.DataFrame:
        """Every link of this run to the rows that some links are of, whichever household it leads to."""
        rows = pl.all_horizontal(
            pl.col(name).is_in(links[name].unique().implode()) for name in ("source", "source_row")
        )
        return LINK.fit(self.snapshot.read("link", where=rows)) if links.height else LINK.empty()

    def _record(self, link: Row, member: str | None) -> tuple[Row, str]:
        """The record as stored, and why it is not at hand where it is read anew from what the link keeps.

        member: the member's number: a record may stand under it although its own cell of the number says another
        """
        raw = {"owner_no_raw": link["owner_no"], "owner_name_raw": link["owner_name"]}
        number = identity_number.read(pl.Series([link["owner_no"]], dtype=pl.String)).row(0, named=True)
        name = person_name.read(pl.Series([link["owner_name"]], dtype=pl.String))[0]
        again = {**raw, "owner_no": number["number"], "owner_no_kind": number["kind"], "owner_name": name}
        snapshot, lost = _held(self.centre, link["source"], link["supplier"], link["snapshot"])
        if snapshot is None:
            return again, lost
        same = [pl.col(name).eq_missing(link[name]) for name in ("sheet", "source_row", "slot")]
        try:
            for part in _wanted(snapshot, (number["number"], member), self.centre.store.bucket_key):
                rows = self._part(snapshot, part).filter(*same)
                if rows.height:
                    return rows.row(0, named=True), ""
        except IntegrityError:
            lost = "快照的数据分片缺失或与入库时不一致，读不出来"
        source = self.centre.sources.get(link["source"])  # that of the ships sends ships, whatever was lost of them
        return {**again, "kind": source.constants.get("kind") if source else None}, lost or "快照里没有这一行"

    def _part(self, snapshot: Snapshot, part: str) -> pl.DataFrame:
        key = (snapshot.dataset, snapshot.id, part)
        if key not in self.parts:
            self.parts[key] = read_records(snapshot, part)
        return self.parts[key]


def _rivals(link: Row, beside: pl.DataFrame) -> Sequence[Row]:
    """The other links of the same owner slot."""
    same = [pl.col(name).eq_missing(link[name]) for name in ORIGIN]
    own = (pl.col("household_no") == link["household_no"]) & (pl.col("member_no") == link["member_no"])
    return beside.filter(*same, ~own).sort("household_no", pl.col("member_no").cast(pl.Int64)).rows(named=True)


def _kept(centre: Centre, source: str, supplier: str, name: str) -> Snapshot | None:
    """As kept_records; null where it is not here. Raises IntegrityError."""
    try:
        return kept_records(centre.store, source, supplier, name)
    except StoreError:
        return None


def _landed(centre: Centre, link: Row) -> str:
    """SHA-256 of the delivery as it came; empty where it is not known."""
    try:
        return landed_sha256(centre.store, link["source"], link["supplier"], link["snapshot"])
    except IntegrityError:
        return ""


def _held(centre: Centre, source: str, supplier: str, name: str) -> tuple[Snapshot | None, str]:
    """A snapshot of records or what was kept of it, or why there is none to read."""
    try:
        return kept_records(centre.store, source, supplier, name), ""
    except IntegrityError:
        return None, "快照已损坏或被改动，读不出来"
    except StoreError:
        return None, "快照已不在工作区（保存期满或未从备份恢复）"


def _wanted(snapshot: Snapshot, numbers: Iterable[str | None], key: bytes) -> Iterator[str]:
    """The parts that may hold an owner's record: those of the numbers, then those without a usable one."""
    there = snapshot.part_names()
    for number in dict.fromkeys(each for each in numbers if each is not None):
        place = pl.select(bucket(pl.lit(number), int(snapshot.facts["parts"]), key)).item()
        if f"n{place:03}" in there:  # of what was kept as evidence, only those that hold any
            yield f"n{place:03}"
    yield from (name for name in there if name.startswith("loose"))


def _folded(raw: str | None) -> str:
    return pl.select(identity_number.fold(pl.lit(raw or "", pl.String))).item()  # type: ignore[no-any-return]


def _evidence(link: Row, record: Row, person: Row, others: Sequence[Row]) -> Evidence:
    number, name = record["owner_no"], record["owner_name"]
    related = {each["member_no"]: relate(name, each["name_key"] or "") for each in (person, *others)}
    holder = next((each for each in others if number and each["number"] == number and person["number"] != number), None)
    first, *more = (link["reason"] or "").split("；")
    told = SENTENCES.get(link["number_evidence"] or "", "")
    detail = f"（{link['name_detail']}）" if link["name_detail"] else ""
    called = RELATIONS.get(link["name_relation"] or "", "")
    own = related[person["member_no"]].code
    if holder is not None:
        told = f"登记号码是同户第{holder['member_no']}位成员（{holder['relation'] or '关系未写'}）的，与本人号码不同"
        called, detail = RELATIONS[own], ""
    elif not told and not called:  # a run of before links kept their evidence
        more = [first, *more]
        called = RELATIONS[own]
    alike = [each for each in others if name and related[each["member_no"]].code in _SAME_NAME]
    return Evidence(
        number=told,
        name=called + detail,
        more=[each for each in more if each],
        same_number=bool(number) and number == person["number"],
        holder=holder,
        names={member: relation.sentence for member, relation in related.items()},
        namesakes=alike if own not in _SAME_NAME else [],
    )


def _reviews(decisions: pl.DataFrame, link: Row, person: Row) -> list[str]:
    """What people said of this record owner and this member while the values were the same, oldest first."""
    values = {**link, "name_key": person["name_key"]}
    same = pl.all_horizontal(pl.col(name).eq_missing(values[name]) for name in COMPARED)
    said = DECISION.fit(decisions).filter(same)
    return [
        f"{row['decided_at'][:10]} {row['reviewer']}：{OUTCOMES.get(row['outcome'], row['outcome'])}"
        + (f"，依据：{row['note']}" if row["note"] else "")
        for row in said.iter_rows(named=True)
    ]
