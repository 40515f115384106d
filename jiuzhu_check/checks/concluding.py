"""得出结果 concluding: from the links of households to their findings and coverage, one group of households after another.

What is said of one household no other one changes. So the tables of a group are made as they are taken, three groups side
by side, and memory holds those of a few groups beside the links of all.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import count
from typing import Any

import polars as pl

from jiuzhu_check.checks import first_night, results
from jiuzhu_check.checks.appended import fingerprint
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.consent import papers_of, read_consents
from jiuzhu_check.checks.coverage import cover
from jiuzhu_check.checks.decisions import read_decisions
from jiuzhu_check.checks.ground import APART, UNSETTLED, held, laid_out
from jiuzhu_check.checks.inquiry import unanswered
from jiuzhu_check.checks.keeping import Checked, Group
from jiuzhu_check.checks.kept_run import DATASET, HOME, OWN, TURN
from jiuzhu_check.checks.kin_offices import kin_offices
from jiuzhu_check.checks.lacking import answers_read, lacking, waiting
from jiuzhu_check.checks.linking import Linked, Theirs
from jiuzhu_check.checks.night import Night
from jiuzhu_check.checks.portion import EVERYBODY, Portion
from jiuzhu_check.checks.reach import Reach
from jiuzhu_check.checks.reexaminations import answered, open_disputes, read_reexaminations
from jiuzhu_check.checks.run_name import run_name
from jiuzhu_check.checks.run_row import UnderCheck, run_row
from jiuzhu_check.checks.sources import SourceState, is_signed, state_table
from jiuzhu_check.checks.spouse_households import spouse_households
from jiuzhu_check.intake.stored import data_day
from jiuzhu_check.rules.income.account import income_account
from jiuzhu_check.rules.run import run_rules, whole
from jiuzhu_check.tables import roster as rosters
from jiuzhu_check.tables.account import ACCOUNT, ACCOUNT_LINE
from jiuzhu_check.tables.finding import FINDING
from jiuzhu_check.tables.grouped import Grouped
from jiuzhu_check.tables.record import CIVIL_STATUS, RECORDS
from jiuzhu_check.tables.side_by_side import side_by_side

_FEW = 4  # groups of which each asks for itself since when its findings are known; of more, all is read at once


def conclude(
    centre: Centre,
    kind: str,
    roster: pl.DataFrame,
    as_of: date,
    linked: Linked,
    reach: Reach,
    night: Night,
    *,
    named: Sequence[str] = (),
    closed: Mapping[tuple[str, str], frozenset[str]] | None = None,
    every: UnderCheck | None = None,
    portion: Portion = EVERYBODY,
) -> Checked:
    """From the links of these households to their run, whose tables are made as they are taken.

    roster: their ROSTER rows, in the order of household numbers
    linked: its groups are let go one by one
    named:  the households, where they are not all of their kind
    every:  who is under check, where the run stands upon another; null where it is these households
    """
    night.stage("coverage", links=linked.count(), parts_read=night.reading.read, parts_stood=night.reading.stood)
    work = _Work(centre, roster, as_of, linked, reach)
    under_check = every or UnderCheck.of(centre, work.households, roster.height, as_of)
    new = {} if kind == "case" else _newly_connected(centre, kind, as_of, work.states)
    answers_seen = fingerprint(work.told, work.disputes)
    decisions = fingerprint(read_decisions(centre.store))
    name = run_name(
        centre, kind, list(named), as_of, work.states, linked.lost, decisions, closed or {}, new, answers_seen
    )
    grounded = kind == "recipients" and not portion
    return Checked(
        run_row(
            centre,
            as_of,
            work.states,
            work.households,
            under_check,
            work.lacking,
            run=name,
            kind=kind,
            portion=portion.text,
        ),
        state_table(work.states, name, new),
        linked.decoys,
        work.each(name, new, night, grounded=grounded),
        linked.ends,
        frozenset(work.answers),
        {each: linked.ground[each] for each in OWN} if grounded else {},
        work.rests_on(under_check.programmes) if grounded else {},
    )


class _Work:
    """What all groups of households share, and each group's tables.

    read:    the sources as they were read; states: the same with what their answers lack
    lacking: of sources that are asked person by person, household_no and member_no of those who have no answer
    kin:     what rules look into beside the members' own records
    """

    def __init__(self, centre: Centre, roster: pl.DataFrame, as_of: date, linked: Linked, reach: Reach) -> None:
        self.centre, self.as_of, self.linked, self.reach = centre, as_of, linked, reach
        self.households, members = rosters.households(roster), rosters.members(roster)
        placed = centre.placed(self.households)
        self.roster, self.members, self.placed = (self._grouped(each) for each in (roster, members, placed))
        self.limits = centre.limits(placed, as_of)
        self.told, self.disputes = read_reexaminations(centre.store, as_of), open_disputes(centre.store, as_of)
        self.consents, self.read = read_consents(centre.store), linked.states
        asked = {state.source.id: state.source for state in self.read if state.source.inquiry and is_signed(state)}
        answers = {
            name: unanswered(centre, source, reach.signed(name, members), as_of, answers_read(centre, name, self.read))
            for name, source in asked.items()
        }
        self.answers = {name: self._grouped(each) for name, each in answers.items()}
        self.lacking = self._lacking() if answers else {}
        self.states = [waiting(state, self.lacking, answers) for state in self.read]
        registered = linked.accepted(CIVIL_STATUS)
        kin = kin_offices(self.states, registered, members, centre.store.bucket_key, as_of, reach.within)
        self.kin = {name: self._grouped(each) for name, each in kin.items()}
        self.spouses = self._grouped(spouse_households(centre, registered, as_of))

    def rests_on(self, programmes: list[str | None]) -> Mapping[str, Any]:
        """What the run rests on (checks/rests_on.py)."""
        from jiuzhu_check.checks.rests_on import rests_on

        return rests_on(self.centre, self.as_of, self.states, programmes)

    def each(self, name: str, new: Mapping[tuple[str, str], str], night: Night, *, grounded: bool) -> Iterator[Group]:
        """Every group, in order; their links are let go.

        new:      source and supplier → title of what was never read before
        grounded: with what the next night starts from
        """
        groups, found, unchecked = len(self.linked.groups), 0, 0
        known = None if groups <= _FEW else results.first_seen(self.centre.store)
        beside = self._beside() if grounded else {}
        night.stage("rules", groups=groups)

        def named(tables: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
            return {
                each: table.with_columns(run=pl.lit(name)) if "run" in table.columns else table
                for each, table in tables.items()
            }

        def of(group: int) -> Group:
            night.go_on()
            theirs = self.linked.of(group)
            tables = named(self._of(group, theirs, new, known))
            self.linked.let_go(group)
            return Group(tables, (lambda: named(self._ground(group, theirs, beside))) if grounded else dict)

        done = count(1)  # enumerate would hold a group until the next is there
        for group in side_by_side(of, range(groups), threads=3, ahead=2):
            night.moved(next(done), groups)
            found += group.tables["finding"].height
            unchecked += group.tables["coverage"].filter(pl.col("state") == "unchecked").height
            yield group
            del group  # before those of the next group are made
        night.stage("keep", findings=found, unchecked=unchecked)

    def _of(
        self, group: int, theirs: Theirs, new: Mapping[tuple[str, str], str], known: pl.DataFrame | None
    ) -> dict[str, pl.DataFrame]:
        roster = self.roster.of(group)
        tables = whole(
            {
                "household": self.placed.of(group),
                "member": self.members.of(group),
                "declaration": rosters.declarations(roster),
                **{name: each.of(group) for name, each in self.kin.items()},
                "spouse_household": self.spouses.of(group),
                "review_link": theirs.links.filter(pl.col("status") == "review"),
                **{name: theirs.accepted(table) for name, table in RECORDS.items()},
            }
        )

        def basis(key: str) -> str:
            return self.centre.policy.basis(key, self.as_of)

        account = income_account(tables, self.limits, self.as_of, basis)
        found = run_rules(tables, self.limits, self.as_of, basis, account)
        earlier = results.first_seen(self.centre.store, found["finding_id"]) if known is None else known
        before = found.select("finding_id").join(earlier, on="finding_id", how="left", maintain_order="left")
        first = before.select(pl.min_horizontal("first_seen", pl.lit(self.as_of)).alias("first_seen"))
        findings = answered(first_night.marked(found.with_columns(first), new), self.told, self.disputes)
        return {
            "roster": roster,
            "link": theirs.links,
            "finding": FINDING.fit(findings),
            "coverage": self._coverage(group, theirs.links),
            ACCOUNT.name: account.households.sort(HOME, maintain_order=True),
            ACCOUNT_LINE.name: account.lines.sort(HOME, maintain_order=True),
        }

    def _coverage(self, group: int, links: pl.DataFrame) -> pl.DataFrame:
        answers = {name: each.of(group) for name, each in self.answers.items()}
        return cover(
            self.members.of(group),
            self.reach.barred,
            self.read,
            links,
            self.linked.lost,
            self.centre.store.bucket_key,
            answers,
            self.reach,
        )

    def _lacking(self) -> dict[str, pl.DataFrame]:
        found: dict[str, list[pl.DataFrame]] = {name: [] for name in self.answers}
        for group in range(len(self.linked.groups)):
            coverage = self._coverage(group, self.linked.of(group).links)
            for name, each in self.answers.items():
                found[name].append(lacking(name, coverage, each.of(group)))
        return {name: pl.concat(frames) for name, frames in found.items()}

    def _beside(self) -> dict[str, Grouped]:
        """What the next night starts from and no group's links tell."""
        from jiuzhu_check.checks.readable import apart_of
        from jiuzhu_check.checks.turning import shared

        ground, roster = self.linked.ground, self.roster.table
        apart = ground[APART] if APART in ground else apart_of(self.reach, rosters.members(roster))
        told = {**ground, APART: apart, TURN: shared(roster, self.as_of)}
        return {name: self._grouped(each) for name, each in told.items() if name not in OWN}

    def _ground(self, group: int, theirs: Theirs, beside: Mapping[str, Grouped]) -> dict[str, pl.DataFrame]:
        from jiuzhu_check.checks.turning import ages_in, months_in, turns

        roster = self.roster.of(group)
        records = {held(table): theirs.records.get(name, laid_out(held(table), [])) for name, table in RECORDS.items()}
        dated = {name: _with_day(each) for name, each in records.items()}
        dated |= {name: each.of(group) for name, each in self.kin.items()}
        months, ages = (named(self.centre.policy, self.limits) for named in (months_in, ages_in))
        told = {name: each.of(group) for name, each in beside.items()}
        days = [told[TURN], turns(self.as_of, roster, papers_of(roster, self.consents), dated, months, ages)]
        return {
            **told,
            TURN: pl.concat(days).group_by(HOME).agg(pl.col("on").min()).sort(HOME),
            UNSETTLED: theirs.unsettled,
            **records,
        }

    def _grouped(self, table: pl.DataFrame) -> Grouped:
        return Grouped(table, self.linked.ends)


def _with_day(records: pl.DataFrame) -> pl.DataFrame:
    """The records with the day that their data speaks of: rules take it where a record names none."""
    return records.with_columns(data_date=data_day(pl.col("snapshot")))


def _newly_connected(centre: Centre, kind: str, as_of: date, states: list[SourceState]) -> dict[tuple[str, str], str]:
    """Source and supplier → title of what this run is the first of its kind to read."""
    known = first_night.first_read(centre.store, DATASET)
    read = first_night.places_read(states)
    new = first_night.newly_connected(known, kind, as_of, read)
    return {place: centre.sources[place[0]].title for place in new}
