"""个案 case: one household, asked about by somebody for a purpose; and the households of one person."""

from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from jiuzhu_check.checks.audited import audited
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.kept_run import KeptRun, Reading
from jiuzhu_check.checks.progress import Progress, silent
from jiuzhu_check.checks.results import last_night
from jiuzhu_check.errors import IntegrityError, NotFound, Refused
from jiuzhu_check.language import say
from jiuzhu_check.store.lock import workspace_lock
from jiuzhu_check.tables import roster as rosters
from jiuzhu_check.values import identity_number, person_name

if TYPE_CHECKING:
    from jiuzhu_check.checks.keeping import Checked
    from jiuzhu_check.checks.results import Result
    from jiuzhu_check.reports.case_sheet import CaseSheet

PURPOSES = {"recheck": "在保复核", "entry": "申请核对", "dispute": "异议复查", "audit": "审计检查"}


def check_case(
    centre: Centre, household_no: str, purpose: str, as_of: date, *, progress: Progress = silent
) -> "Result":
    """Check one household; as case_sheet, without its sheet."""
    return case_sheet(centre, household_no, purpose, as_of, progress=progress)[0]


def case_sheet(
    centre: Centre, household_no: str, purpose: str, as_of: date, *, reveal: bool = False, progress: Progress = silent
) -> "tuple[Result, CaseSheet]":
    """Check one household: the run, and its sheet for the terminal, which is made while the run is kept.

    purpose: one of PURPOSES; without one nothing is read
    reveal:  numbers whole on the sheet (the caller has recorded why)
    raises:  Refused without a purpose, NotFound where there is no such household
    """
    _refuse_without(purpose)
    with (
        workspace_lock(centre.workspace.path, "case"),
        audited(centre.audit, "case", purpose=purpose, subject=household_no) as ending,
        ThreadPoolExecutor(2) as pool,
    ):
        night = last_night(centre.store)
        reading = _asked_for(night, household_no, pool)
        # what follows is read in while the last night's rows are
        from jiuzhu_check.checks.ended import counts, ended, facts
        from jiuzhu_check.checks.finding_history import earlier_checks, finding_history
        from jiuzhu_check.checks.keeping import keep
        from jiuzhu_check.checks.last_night import as_last_night
        from jiuzhu_check.matching.measured import measured
        from jiuzhu_check.reports.case_sheet import case_text

        earlier = pool.submit(earlier_checks, centre.store, pl.Series([household_no]), as_of, night)
        stood = as_last_night(centre, night, household_no, as_of, reading) if night and reading else None
        result = (checked := stood or _checked(centre, household_no, as_of, progress)).result
        keeping = pool.submit(keep, centre.store, checked)
        sheet = case_text(
            household_no,
            result.household,
            result.member,
            result.finding,
            result.coverage,
            result.source_state,
            result.link,
            result.account,
            history=finding_history(centre.store, result.finding, as_of, earlier.result() if stood else None),
            measured={tier: measured(tier) for tier in result.link["tier"].unique()},
            reveal=reveal,
        )
        keeping.result()
        ending.result, ending.counts, ending.facts = ended(result), counts(result), facts(result)
        return result, sheet


def _asked_for(night: KeptRun | None, household_no: str, pool: Executor) -> Reading:
    """What the last night holds of the household, which is read from now on; nothing where that cannot be told."""
    try:
        return night.asked_for(household_no, pool) if night else {}
    except IntegrityError:
        return {}


def _checked(centre: Centre, household_no: str, as_of: date, progress: Progress) -> "Checked":
    """The household, looked up, linked and judged; raises NotFound where it is not on the roster."""
    roster = centre.household(household_no)
    if roster.is_empty():
        raise NotFound(say("名册里没有这个家庭编号。"), hint=say("请核对编号；新申请的家庭先导入名册。"))
    from jiuzhu_check.checks.night import Night  # here, for most find all as the last night left it
    from jiuzhu_check.checks.run import check_households

    return check_households(
        centre, "case", roster, as_of, centre.on_roster, progress, Night(), None, centre.roster, None, some=True
    ).at_hand()


def households_of_person(centre: Centre, person_no: str, name: str, purpose: str) -> list[str]:
    """The households of a person on the roster, by number, by name, or by both.

    raises: Refused where nobody on the roster fits: the same whether any department has records of them or not
    """
    _refuse_without(purpose)
    with audited(centre.audit, "lookup", purpose=purpose, subject=person_no or name) as ending:
        people = _people(centre, person_no.strip()) if person_no else centre.roster()
        if name:
            people = people.filter(pl.col("name_key") == person_name.read(pl.Series([name]))[0])
        homes = people["household_no"].unique().sort().to_list()
        ending.counts = {"households": len(homes)}
        if not homes:
            raise Refused(
                say("此人不在名册上，不予查询。"), hint=say("只能核对名册上的申请和在保家庭；新申请的先导入名册。")
            )
        return homes


def _people(centre: Centre, person_no: str) -> pl.DataFrame:
    """The ROSTER rows of one person, by the number that the text says, or as the roster has it."""
    number = identity_number.read(pl.Series([person_no]))["number"][0]
    homes = [centre.household(home) for home in centre.households_of(number, person_no)]
    people = pl.concat([rosters.ROSTER.empty(), *homes])
    same = pl.col("number") == pl.lit(number, pl.String)
    return people.filter(same | (pl.col("person_no") == person_no))


def _refuse_without(purpose: str) -> None:
    if purpose not in PURPOSES:
        raise Refused(
            say("没有写明核对目的，不予查询。"),
            hint=say("加 --purpose，可用：{purposes}。", purposes="、".join(PURPOSES)),
        )
