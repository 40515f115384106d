"""出具报告: the reports and slips of households, made of a run, given out under numbers and printed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

from jiuzhu_check.checks import results
from jiuzhu_check.checks.audited import audited
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.consent import without_consent
from jiuzhu_check.checks.issued import Draft, Issued, Register, Whose
from jiuzhu_check.checks.printing import Press, printed, workers
from jiuzhu_check.checks.progress import Progress
from jiuzhu_check.checks.results import Result
from jiuzhu_check.errors import NotFound
from jiuzhu_check.language import say
from jiuzhu_check.reports.citizen_slip import citizen_slip, supporter_slip
from jiuzhu_check.reports.dossier import Kept, dossiers
from jiuzhu_check.reports.household_report import household_report
from jiuzhu_check.reports.typesetting import MissingCharacters
from jiuzhu_check.rules.terms import terms
from jiuzhu_check.store.lock import workspace_lock
from jiuzhu_check.tables import roster as rosters
from jiuzhu_check.tables.dispute import DISPUTE
from jiuzhu_check.tables.reexamination import REEXAMINATION
from jiuzhu_check.tables.schema import Table

AT_ONCE = 200  # households whose papers are in memory together
Begun = tuple[int, list[Issued], Iterator[bytes | str]]  # of how many households, and the files that are being made


@dataclass(frozen=True)
class Wanted:
    """Whose papers, of which run, and how.

    households: by number, each from its own newest run unless one is named; else a township's, or null: everybody's
    run:        latest, a run's id, or all: every household's newest; empty: as fits the households
    edition:    print this version again, as it was given out
    """

    households: tuple[str, ...] = ()
    township: str | None = None
    run: str = ""
    slip: bool = False
    edition: int | None = None
    count: bool = False


@dataclass(frozen=True)
class Printed:
    """One paper that was printed."""

    issued: Issued
    data: bytes
    name: str


def print_papers(
    centre: Centre, wanted: Wanted, press: Press, form: str, on: date, now: datetime, *, progress: Progress
) -> Iterator[Printed]:
    """Each paper, once it stands in the audit log and in the register.

    form: pdf | docx, as the press makes it
    on:   the day that new versions bear; now: when they are printed, with its zone
    raises: NotFound, Locked; at the end MissingCharacters, where papers were left out because of them
    """
    press.ready()
    facts = {"report": "slip" if wanted.slip else "household", "run": wanted.run or "newest", "format": form}
    subject = wanted.households[0] if len(wanted.households) == 1 else ""
    with (
        workspace_lock(centre.workspace.path, "report household"),
        audited(centre.audit, "report", subject=subject, facts=facts) as ending,
    ):
        of = _groups(centre, wanted)
        register = Register.open(centre)
        total, done, left_out = sum(len(homes) for _, homes in of), 0, ""
        ending.counts = {"households": total, "papers": 0}
        with workers(total) as pool:

            def begun() -> Iterator[Begun]:
                for result, homes in of:
                    told = kept(centre, result)
                    for some in _slices(homes):
                        given = _given(centre, register, result, told, some, wanted, on)
                        yield len(some), given, printed(press, [(each.paper, each.issue) for each in given], pool)

            for households, given, files in _one_ahead(begun()):
                made = list(zip(given, files, strict=True))
                whole = [Printed(each, data, _name(each, form)) for each, data in made if isinstance(data, bytes)]
                left_out += "".join(data for _, data in made if isinstance(data, str))
                register.keep([each.issued for each in whole], form, now)
                ending.counts["papers"] += len(whole)
                yield from whole
                done += households
                progress(say("排版"), done, total)
        if left_out:
            raise MissingCharacters(left_out, otherwise="docx")


def _groups(centre: Centre, wanted: Wanted) -> list[tuple[Result, list[str]]]:
    """The runs to read, and the households of each, in their order."""
    named = list(dict.fromkeys(wanted.households))
    run = wanted.run or ("all" if named else "latest")
    snapshots = results.find(centre.store, run)
    series = pl.Series(named, dtype=pl.String)
    if run == "all":
        of = [(snapshot, homes.to_list()) for snapshot, homes in results.newest(snapshots, series if named else None)]
    else:
        of = [(snapshots[0], snapshots[0].read("roster", ["household_no"])["household_no"].unique().to_list())]
    chosen = [(results.load(snapshot), homes) for snapshot, homes in of if not named or set(homes) & set(named)]
    groups = [(result, _chosen(result, homes, wanted)) for result, homes in chosen]
    found = {home for _, homes in groups for home in homes}
    if missing := [home for home in named if home not in found]:
        raise NotFound(
            say(
                "有 {count} 个家庭编号不在这次核对里（第 {place} 个起）。",
                count=len(missing),
                place=named.index(missing[0]) + 1,
            ),
            hint=say("核对编号；还没有核对过的，先运行 check 或 case；或用 --run 指定另一次核对。"),
        )
    if not found:
        raise NotFound(
            say("这次核对里没有这个乡镇的家庭。"), hint=say("乡镇写法要和名册一样；或用 --run 指定另一次核对。")
        )
    return [(result, homes) for result, homes in groups if homes]


def _chosen(result: Result, homes: list[str], wanted: Wanted) -> list[str]:
    own = set(homes)
    if wanted.households:
        return [home for home in dict.fromkeys(wanted.households) if home in own]
    households = result.household
    if wanted.township is not None:
        households = households.filter(pl.col("township") == wanted.township)
    return [home for home in households["household_no"].sort() if home in own]


def _given(
    centre: Centre, register: Register, result: Result, told: Kept, homes: list[str], wanted: Wanted, on: date
) -> list[Issued]:
    if wanted.edition:
        return _again(register, homes, wanted)
    return register.issue(_drafts(centre, result, told, homes, wanted), on, centre.audit, count=wanted.count)


def _drafts(centre: Centre, result: Result, told: Kept, homes: list[str], wanted: Wanted) -> list[Draft]:
    contact = centre.workspace.contact
    days = _days(centre, result, homes)
    drafts: list[Draft] = []
    for of in dossiers(told, homes):
        if wanted.slip:
            drafts.append(Draft(("slip", of.household_no, None), result.id, citizen_slip(of, contact)))
            drafts += [
                Draft(("slip", of.household_no, each.member_no), result.id, supporter_slip(of, each, contact))
                for each in of.supporters
            ]
        else:
            paper = household_report(of, contact, days.get(of.household_no))
            drafts.append(Draft(("report", of.household_no, None), result.id, paper))
    return drafts


def kept(centre: Centre, result: Result) -> Kept:
    """What reports are made of: a run, and what came back of its findings until now."""
    return Kept(
        run=result.run,
        household=result.household,
        member=result.member,
        consent=rosters.consents(result.roster),
        barred=_barred(result),
        finding=result.finding,
        coverage=result.coverage,
        source_state=result.source_state,
        link=result.link,
        account=result.account,
        reexamination=_all(centre, "reexaminations", REEXAMINATION),
        dispute=_all(centre, "disputes", DISPUTE),
    )


def _barred(result: Result) -> pl.DataFrame:
    """household_no, member_no and reason of every member of whom nothing might be read, as the check itself saw it."""
    if result.coverage.is_empty():
        return without_consent(result.member, rosters.consents(result.roster), result.as_of)
    without = pl.col("reason").str.starts_with("未授权").fill_null(value=False)
    told = result.coverage.group_by("household_no", "member_no").agg(
        without.all().alias("barred"), pl.col("reason").first()
    )
    return told.filter("barred").select("household_no", "member_no", "reason")


def _all(centre: Centre, dataset: str, table: Table) -> pl.DataFrame:
    last = centre.store.latest(dataset)
    return table.fit(last.read(table.name)) if last else table.empty()


def _days(centre: Centre, result: Result, homes: list[str]) -> dict[str, int]:
    """The working days of a re-examination, where the household's policy says so."""
    placed = centre.placed(result.household.filter(pl.col("household_no").is_in(homes)))
    told = terms(placed, centre.limits(placed, result.as_of), days="deadline_reexamination")
    return {home: int(days) for home, days in told.drop_nulls("days").iter_rows()}


def _again(register: Register, homes: Sequence[str], wanted: Wanted) -> list[Issued]:
    assert wanted.edition is not None
    paper = "slip" if wanted.slip else "report"
    asked = set(homes)
    of: list[Whose] = [whose for whose in register.of if whose[0] == paper and whose[1] in asked]
    found = [register.again(whose, wanted.edition, count=wanted.count) for whose in of]
    given = [each for each in found if each is not None]
    if not given:
        raise NotFound(
            say("没有出具过第 {edition} 版。", edition=wanted.edition), hint=say("不写 --edition 则出具现在的一版。")
        )
    return given


def _one_ahead(items: Iterator[Begun]) -> Iterator[Begun]:
    """The same items, each once the next one is begun: the other processes are never idle."""
    held = next(items, None)
    while held is not None:
        following = next(items, None)
        yield held
        held = following


def _slices(homes: list[str]) -> Iterator[list[str]]:
    for at in range(0, len(homes), AT_ONCE):
        yield homes[at : at + AT_ONCE]


def _name(of: Issued, form: str) -> str:
    """The file's name: by the household's number, where that is short and plain, and no person's."""
    paper, household_no, member_no = of.whose
    plain = (
        household_no.isascii() and household_no.replace("-", "").replace("_", "").isalnum() and len(household_no) < 15
    )
    who = household_no if plain else of.issue.number
    whose = f"-{member_no}" if member_no else ""
    return f"{paper}-{who}{whose}-v{of.issue.version}.{form}"
