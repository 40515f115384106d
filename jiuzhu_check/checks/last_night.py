"""照上一夜 last night: one household as the last complete night of all recipients found it, while nothing has changed since.

Whoever asks about one household would otherwise have its records looked up, linked and judged again, to find the same.
"""

from datetime import date

import polars as pl

from jiuzhu_check.checks import results
from jiuzhu_check.checks.appended import fingerprint
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.decisions import read_decisions
from jiuzhu_check.checks.keeping import Checked, Group
from jiuzhu_check.checks.kept_run import HOME, TURN, KeptRun, Reading
from jiuzhu_check.checks.portion import EVERYBODY
from jiuzhu_check.checks.reexaminations import open_disputes, read_reexaminations
from jiuzhu_check.checks.rests_on import as_then, read_then, said_since
from jiuzhu_check.checks.results import RESTS_ON
from jiuzhu_check.checks.run_name import run_name
from jiuzhu_check.checks.run_row import UnderCheck, run_row
from jiuzhu_check.checks.sources import SourceState, is_signed, of_programmes, state_table
from jiuzhu_check.errors import IntegrityError
from jiuzhu_check.store.snapshot import Store
from jiuzhu_check.tables import roster as rosters
from jiuzhu_check.tables.account import ACCOUNT, ACCOUNT_LINE
from jiuzhu_check.tables.coverage import COVERAGE, SOURCE_STATE
from jiuzhu_check.tables.decoy import DECOY, closed_tiers
from jiuzhu_check.tables.finding import FINDING
from jiuzhu_check.tables.link import LINK

_TOLD = {"link": LINK, "finding": FINDING, ACCOUNT.name: ACCOUNT, ACCOUNT_LINE.name: ACCOUNT_LINE}


def as_last_night(centre: Centre, run: KeptRun, home: str, as_of: date, reading: Reading) -> Checked | None:
    """What that run found of a household, as check_households would make it; null where something may differ.

    Whether the extracts' files are still sound is not looked at: what the night found in them stands, and the nights look
    after them.

    run:     the last complete run of all recipients
    reading: its rows of the household, as asked_for begins to read them; they are taken where all that it rests on stands
    """
    if as_of < results.day_of(run):
        return None
    try:
        newest = results.find(centre.store, "latest", run)[0]
        closed = closed_tiers(results.decoys(newest))
        states = _standing(centre, run, home, as_of)
        if states is None or (newest.id != run.id and closed != closed_tiers(results.decoys(run))):
            return None
        found = {name: each.result() for name, each in reading.items()}
        if (
            found["roster"].is_empty()  # no recipients' household, or none at all
            or (found[TURN]["on"] <= as_of).any()
            or _judged(centre, run, home, found["link"])
            or _seen_earlier(centre.store, run, home, found["finding"])
        ):
            return None
    except IntegrityError:  # whoever looks for it anew needs nothing of that run
        return None
    return _checked(centre, run, found, states, closed, as_of)


def _standing(centre: Centre, run: KeptRun, home: str, as_of: date) -> list[SourceState] | None:
    """The sources, where all that a run of everybody rests on is as it was, but what people have said of other households."""
    then = run.facts[RESTS_ON]
    if str(centre.roster_snapshot().facts["content"]) != then["roster"]:
        return None
    states, why = as_then(centre, run, as_of)
    now = {(each.source.id, each.supplier): each.snapshot.id for each in states if is_signed(each) and each.snapshot}
    if why is not None or now != read_then(run) or home in said_since(centre, then, results.day_of(run), as_of):
        return None
    return states


def _judged(centre: Centre, run: KeptRun, home: str, links: pl.DataFrame) -> bool:
    """Whether people have said whose one of these things is: since, or ever where it was another household's.

    What was said of another stands while that other is under check, and the day or a consent may have ended that.
    """
    decisions = read_decisions(centre.store).with_row_index("_at")
    told = decisions.filter((pl.col("_at") >= run.facts[RESTS_ON]["decisions"]) | (pl.col(HOME) != home))
    return bool(links.join(told, on=["source", "supplier", "subject"], how="semi", nulls_equal=True).height)


def _seen_earlier(store: Store, run: KeptRun, home: str, findings: pl.DataFrame) -> bool:
    """Whether a run that was kept since has first seen one of these findings of a household on an earlier day."""
    known = results.seen_since(store, run, pl.Series([home]))
    if known is None:
        known = results.first_seen(store, findings["finding_id"])
    both = findings.select("finding_id", then="first_seen").join(known, on="finding_id")
    return bool((both["first_seen"] < both["then"]).any())


def _checked(
    centre: Centre,
    run: KeptRun,
    found: dict[str, pl.DataFrame],
    states: list[SourceState],
    closed: dict[tuple[str, str], frozenset[str]],
    as_of: date,
) -> Checked:
    """The same as a run of its own. found: what the night kept of the household; states: as they are for all programmes."""
    roster = rosters.ROSTER.fit(found["roster"])
    home, households = str(roster[HOME][0]), rosters.households(roster)
    states = of_programmes(states, centre.register, households["programme"].to_list())
    answers = fingerprint(read_reexaminations(centre.store, as_of), open_disputes(centre.store, as_of))
    decisions = fingerprint(read_decisions(centre.store))
    name = run_name(centre, "case", [home], as_of, states, {}, decisions, closed, {}, answers)
    told = {each: table.fit(found[each]) for each, table in _TOLD.items()}
    tables = {
        "roster": roster,
        **{
            each: table.with_columns(run=pl.lit(name)) if "run" in table.columns else table
            for each, table in told.items()
        },
        COVERAGE.name: results.expand(found[COVERAGE.name], results.about(run, SOURCE_STATE), name),
    }
    under_check = UnderCheck.of(centre, households, roster.height, as_of)
    row = run_row(
        centre, as_of, states, households, under_check, {},
        run=name, kind="case", portion=EVERYBODY.text,
    )  # fmt: skip
    return Checked(row, state_table(states, name), DECOY.empty(), [Group(tables)])
