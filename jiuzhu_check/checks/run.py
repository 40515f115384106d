"""核对 run: from the roster to findings and coverage, for all recipients, all entrants, or one household."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from jiuzhu_check.checks import first_night, results
from jiuzhu_check.checks.appended import fingerprint
from jiuzhu_check.checks.audited import audited
from jiuzhu_check.checks.centre import Centre, among
from jiuzhu_check.checks.consent import papers
from jiuzhu_check.checks.coverage import cover
from jiuzhu_check.checks.decisions import read_decisions
from jiuzhu_check.checks.ground import APART, TURN
from jiuzhu_check.checks.inquiry import unanswered
from jiuzhu_check.checks.kept_run import DATASET, HOME, KeptRun, opened
from jiuzhu_check.checks.kin_offices import kin_offices
from jiuzhu_check.checks.lacking import answers_read, is_whole, waiting
from jiuzhu_check.checks.linking import Engines, Linked, here, link
from jiuzhu_check.checks.night import Night, Plan, Progress, silent
from jiuzhu_check.checks.portion import EVERYBODY, Portion
from jiuzhu_check.checks.proof import closed_by_last_run, run_decoys
from jiuzhu_check.checks.reach import Reach, reach_of
from jiuzhu_check.checks.reexaminations import standing
from jiuzhu_check.checks.remembered import Remembering
from jiuzhu_check.checks.results import Result, made
from jiuzhu_check.checks.run_name import run_name
from jiuzhu_check.checks.sources import SourceState, is_signed, source_states, state_table
from jiuzhu_check.checks.spouse_households import spouse_households
from jiuzhu_check.errors import IntegrityError, JiuzhuError, NotFound, Stopped
from jiuzhu_check.language import say
from jiuzhu_check.matching.candidates import INDEX
from jiuzhu_check.rules.income.account import income_account
from jiuzhu_check.rules.run import run_rules, whole
from jiuzhu_check.store.lock import workspace_lock
from jiuzhu_check.tables import roster as rosters
from jiuzhu_check.tables.account import ACCOUNT, ACCOUNT_LINE, Account
from jiuzhu_check.tables.finding import FINDING
from jiuzhu_check.tables.record import RECORDS
from jiuzhu_check.tables.run import RUN

if TYPE_CHECKING:
    from jiuzhu_check.checks.tonight import Tonight
    from jiuzhu_check.reports.summary import MorningSummary

STAGES = {"recipients": "recipient", "entrants": "applicant"}


@dataclass(frozen=True)
class Checked:
    """A run that is not kept yet, with what the next night starts from."""

    result: Result
    ground: dict[str, pl.DataFrame] = field(default_factory=dict)
    rests_on: dict[str, Any] = field(default_factory=dict)


def check_all(
    centre: Centre,
    kind: str,
    as_of: date,
    *,
    batch: str = "",
    portion: Portion = EVERYBODY,
    progress: Progress = silent,
    night: Night | None = None,
    spark: str | None = None,
) -> tuple[Result, Result | None]:
    """Check every recipient (在保必核) or every entrant (凡进必核) on the roster.

    kind:    recipients | entrants
    batch:   of the entrants, those of this batch alone; without one, all but those of closed batches
    portion: of the recipients, those of a region or a share
    night:   what it heeds and tells; it says afterwards how many parts were read
    spark:   master URL of the Spark cluster to read them on; empty: as Spark is configured; null: this machine
    returns: the run, and the one of its kind before it, or null
    raises:  NotFound where the roster has none, Refused where the batch is closed, Locked where another run is at work,
             Stopped at the night's deadline or where somebody asked for it: nothing of the run is kept then
    """
    night = night or Night()
    night.line("start", kind=kind, as_of=str(as_of))
    try:
        with (
            workspace_lock(centre.workspace.path, f"check {kind}", night.patience),
            audited(centre.audit, kind, purpose=STAGES[kind], subject=batch) as ending,
        ):
            result, last = _check_and_keep(centre, kind, as_of, batch, portion, progress, night, spark)
            ending.result, ending.counts, ending.facts = ended(result), counts(result), facts(result)
    except JiuzhuError as problem:
        night.line("end", result="stopped" if isinstance(problem, Stopped) else "error", code=int(problem.exit_code))
        raise
    night.line("end", result=ended(result), run=result.id)
    return result, last


def _check_and_keep(
    centre: Centre,
    kind: str,
    as_of: date,
    batch: str,
    portion: Portion,
    progress: Progress,
    night: Night,
    spark: str | None,
) -> tuple[Result, Result | None]:
    from jiuzhu_check.checks.batches import to_check  # here, for a question about one household needs none of them
    from jiuzhu_check.checks.tonight import Everything, Tonight
    from jiuzhu_check.checks.versions import note_versions

    begun = _begun(centre, kind, as_of, portion, night)
    if isinstance(begun, Tonight) and begun.anew and spark is not None:
        begun = "delivery"  # what has to be read whole is the cluster's
    if isinstance(begun, Tonight):
        try:
            return _renew(centre, begun, as_of, progress, night)
        except Everything as why:
            begun = str(why)
    night.line("plan", everything=str(begun))
    everybody = centre.roster()
    roster = everybody.filter(pl.col("stage") == STAGES[kind]).sort(HOME, pl.col("member_no").cast(pl.Int64))
    if roster.is_empty():
        nobody = say("名册里没有在保家庭。") if kind == "recipients" else say("名册里没有申请家庭。")
        raise NotFound(nobody, hint=say("请核对名册的办理状态，或重新导入名册。"))
    chosen = to_check(centre.store, roster, batch) if kind == "entrants" else portion.of(roster, centre.region)
    if chosen.is_empty():
        raise NotFound(say("这个范围里没有在保家庭。"), hint=say("请核对 --region 和名册的行政区划代码。"))
    homes = chosen[HOME].n_unique()
    night.plan = Plan(everything=str(begun), anew=homes, of=homes)
    last = results.previous(centre.store, kind, chosen, portion=portion, region=centre.region)
    named = everybody.select("number", "name_key")
    del everybody
    some = chosen.height < roster.height
    roster_now = str(centre.roster_snapshot().facts["content"])
    remembering = Remembering(centre.store, kind, roster_now, night.clock, full=night.full)
    night.reading = remembering.reading
    try:
        checked = check_households(
            centre,
            kind,
            chosen,
            as_of,
            among(named["number"]),
            night.watched(progress),
            night,
            remembering,
            lambda: named,
            spark,
            some=some,
            portion=portion,
        )
        result = checked.result
        night.stage("keep", findings=result.finding.height)
    except Stopped:
        remembering.keep()
        raise
    kept = results.keep(centre.store, result, checked.ground, checked.rests_on)
    note_versions(centre.store, result, kept)
    remembering.forget()
    return result, last


def _begun(centre: Centre, kind: str, as_of: date, portion: Portion, night: Night) -> "Tonight | str":
    """From where the night begins, or why everything is checked anew."""
    if night.full or portion or kind != "recipients":
        return "full" if night.full else "portion" if portion else kind
    from jiuzhu_check.checks.tonight import tonight  # here too

    return tonight(centre, kind, as_of)


def _renew(
    centre: Centre, begun: "Tonight", as_of: date, progress: Progress, night: Night
) -> tuple[Result, Result | None]:
    """The run that stands upon the last one: the households that may differ are checked anew, all others' rows stand.

    raises: Everything, where more may differ than can be told
    """
    from jiuzhu_check.checks.relinking import relink
    from jiuzhu_check.checks.tonight import Everything
    from jiuzhu_check.checks.versions import note_versions

    last = begun.last
    night.stage("sources", changed=sum(each is not None for each in begun.changed.values()))
    night.stage("link", sources=len(begun.changed))
    try:
        relinked = relink(centre, begun, as_of, night.watched(progress))
        stands = results.rows_that_stand(last, relinked.roster[HOME].unique())
    except IntegrityError:
        raise Everything("damaged") from None
    relinked.linked.states = begun.states
    anew, of = relinked.roster[HOME].n_unique(), int(results.about(last, RUN)["households"][0])
    for state in begun.states:
        if state.snapshot is not None:
            why = "part" if (state.source.id, state.supplier) in begun.anew else ""
            night.reading.count(int(state.snapshot.facts["parts"]), why)
    titles = {(state.source.id, state.supplier): state.source.title for state in begun.states}
    changed = tuple((titles[place], each.numbers.len()) for place, each in begun.changed.items() if each is not None)
    whole = tuple(titles[place] for place in sorted(begun.anew))
    night.plan = Plan(anew=anew, of=of, upon=last.name, changed=changed, whole=whole)
    night.line("plan", anew=anew, of=of, upon=last.name, changed=sum(count for _, count in changed))
    checked = _concluded(
        centre, "recipients", relinked.roster, as_of, relinked.linked, relinked.reach, night, last=last
    )
    night.stage("keep", findings=checked.result.finding.height)
    name = results.keep(centre.store, checked.result, checked.ground, checked.rests_on, upon=last, stands=stands)
    kept = opened(centre.store, name)
    result = results.load(kept)
    if kept.read("roster", ["batch"])["batch"].drop_nulls().len():
        note_versions(centre.store, result, kept.id)
    return result, results.load(last)


def ended(result: Result) -> str:
    """How the audit log says that it ended."""
    return "ok" if is_complete(result) else "incomplete"


def summarise(result: Result, before: Result | None) -> "MorningSummary":
    """The morning summary of a run, against the one before it."""
    from jiuzhu_check.reports.summary import morning_summary

    return morning_summary(
        result.run,
        result.household,
        result.member,
        result.finding,
        result.coverage,
        result.source_state,
        result.link,
        previous_findings=before.finding if before else None,
        decoys=result.decoy,
    )


def before(centre: Centre, result: Result) -> Result | None:
    """The run of the same kind that was kept before this one, or null."""
    portion = Portion.told(result.run["portion"][0])
    kind = str(result.run["kind"][0])
    return results.previous(centre.store, kind, result.roster, result.id, portion=portion, region=centre.region)


def is_complete(result: Result) -> bool:
    """Whether every required source was read."""
    return bool(result.run["complete"][0] == "yes")


def check_households(
    centre: Centre,
    kind: str,
    roster: pl.DataFrame,
    as_of: date,
    on_roster: Callable[..., set[str]],
    progress: Progress,
    night: Night,
    remembering: Remembering | None,
    everybody: Callable[[], pl.DataFrame],
    spark: str | None,
    *,
    some: bool,
    portion: Portion = EVERYBODY,
) -> Checked:
    """The run over these households; some: they are not all of their kind, so its name tells them apart.

    everybody: number and name_key of all on the roster
    """
    night.stage("sources", households=roster["household_no"].n_unique(), members=roster.height)
    households, members = rosters.households(roster), rosters.members(roster)
    programmes = households["programme"].unique().to_list()
    states = source_states(centre.store, centre.sources, centre.register, as_of, programmes)
    given = papers(centre.store, roster)
    reach = reach_of(members, households, given, states, as_of)
    decisions = read_decisions(centre.store)
    everyone = kind != "case"
    closed = {} if everyone else closed_by_last_run(centre.store)
    index = members.select(INDEX).join(reach.barred, on=["household_no", "member_no"], how="anti")
    read, engine = sum(state.state == "arrived" for state in states), "local" if spark is None else "spark"
    night.stage("link", sources=read, members=index.height, engine=engine)
    with _engines(centre, spark, night) as engines:
        linked = link(
            states,
            index,
            members.select("household_no", "member_no", "name_key"),
            on_roster,
            centre.store.bucket_key,
            progress,
            decisions=decisions,
            everyone=everyone,
            roster=everybody,
            decoys=run_decoys(index, as_of, on_roster) if everyone else None,
            closed=closed,
            within=reach.within,
            remembering=remembering,
            engine=engines,
        )
    named = households["household_no"].to_list() if some else []
    return _concluded(centre, kind, roster, as_of, linked, reach, night, named=named, closed=closed, portion=portion)


def _concluded(
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
    last: KeptRun | None = None,
    portion: Portion = EVERYBODY,
) -> Checked:
    """From the links of these households to their run.

    named: the households, where they are not all of their kind
    last:  the run upon which this one stands; null where the households are all that are under check
    """
    night.stage("coverage", links=linked.links.height, parts_read=night.reading.read, parts_stood=night.reading.stood)
    households, members, decisions = rosters.households(roster), rosters.members(roster), read_decisions(centre.store)
    asked = {state.source.id: state.source for state in linked.states if state.source.inquiry and is_signed(state)}
    answers = {
        name: unanswered(centre, source, reach.signed(name, members), as_of, answers_read(centre, name, linked.states))
        for name, source in asked.items()
    }
    coverage = cover(
        members, reach.barred, linked.states, linked.links, linked.lost, centre.store.bucket_key, answers, reach
    )
    linked.states = [waiting(state, coverage, answers) for state in linked.states]
    new = {} if kind == "case" else _newly_connected(centre, kind, as_of, linked.states)
    night.stage("rules", unchecked=coverage.filter(pl.col("state") == "unchecked").height)
    kin = kin_offices(
        linked.states, linked.records["civil_status"], members, centre.store.bucket_key, as_of, reach.within
    )
    found, account, limits, missing = _findings(centre, roster, households, members, linked, as_of, kin)
    findings, answers_seen = standing(centre.store, first_night.marked(found, new), as_of)
    name = run_name(centre, kind, list(named), as_of, linked, fingerprint(decisions), closed or {}, new, answers_seen)
    complete = all(
        is_whole(state, coverage, answers, households) for state in linked.states if state.requirement == "required"
    )
    about = {
        "run": name,
        "kind": kind,
        "as_of": as_of,
        "region": centre.region,
        "policy": centre.policy.fingerprint(as_of),
        "households": households.height,
        "members": members.height,
        "complete": "yes" if complete else "no",
        "missing_parameters": "、".join(missing),
        "portion": portion.text,
    }
    if last is not None:
        whole_run = results.about(last, RUN)
        about |= {each: whole_run[each][0] for each in ("households", "members", "missing_parameters")}
    run = pl.DataFrame([about], schema=dict(RUN.columns))
    tables = {
        "roster": roster,
        "link": linked.links.with_columns(run=pl.lit(name)).sort(HOME, maintain_order=True),
        "finding": FINDING.fit(findings.with_columns(run=pl.lit(name))),
        "coverage": coverage.with_columns(run=pl.lit(name)),
        ACCOUNT.name: account.households.sort(HOME, maintain_order=True),
        ACCOUNT_LINE.name: account.lines.sort(HOME, maintain_order=True),
    }
    result = made(run, state_table(linked.states, name, new), tables, linked.decoys)
    if kind != "recipients" or portion:
        return Checked(result)
    from jiuzhu_check.checks.readable import apart_of
    from jiuzhu_check.checks.tonight import rests_on
    from jiuzhu_check.checks.turning import months_in, turns

    programmes = (
        households["programme"].unique().to_list() if last is None else last.facts[results.RESTS_ON]["programmes"]
    )
    held = {**{table: linked.ground[f"record.{table}"] for table in RECORDS}, **kin}
    turn = turns(as_of, roster, papers(centre.store, roster), held, months_in(centre.policy, limits))
    ground = {**linked.ground, TURN: turn}
    if last is None:
        ground[APART] = apart_of(reach, members)
    return Checked(result, ground, rests_on(centre, as_of, linked.states, programmes))


def _engines(centre: Centre, spark: str | None, night: Night) -> AbstractContextManager[Engines]:
    """Where the parts are worked through: here, or on a Spark cluster that is there as long as it takes."""
    if spark is None:
        return nullcontext(here)
    from jiuzhu_check.checks.spark.spread import on_cluster

    return on_cluster(centre.store, spark, night)


def _findings(
    centre: Centre,
    roster: pl.DataFrame,
    households: pl.DataFrame,
    members: pl.DataFrame,
    linked: Linked,
    as_of: date,
    kin: Mapping[str, pl.DataFrame],
) -> tuple[pl.DataFrame, Account, pl.DataFrame, list[str]]:
    placed = centre.placed(households)
    places = placed.select("region", "programme").unique().rows()
    tables = whole(
        {
            "household": placed,
            "member": members,
            "declaration": rosters.declarations(roster),
            **kin,
            "spouse_household": spouse_households(centre, linked.records["civil_status"], as_of),
            "review_link": linked.links.filter(pl.col("status") == "review"),
            **linked.records,
        }
    )
    policy = centre.policy
    limits = policy.limits(places, as_of)

    def basis(key: str) -> str:
        return policy.basis(key, as_of)

    account = income_account(tables, limits, as_of, basis)
    found = run_rules(tables, limits, as_of, basis, account)
    known = results.first_seen(centre.store, found["finding_id"])
    before = found.select("finding_id").join(known, on="finding_id", how="left", maintain_order="left")
    dated = found.with_columns(before.select(pl.min_horizontal("first_seen", pl.lit(as_of)).alias("first_seen")))
    return dated, account, limits, policy.missing(places, as_of)


def _newly_connected(centre: Centre, kind: str, as_of: date, states: list[SourceState]) -> dict[tuple[str, str], str]:
    """Source and supplier → title of what this run is the first of its kind to read."""
    known = first_night.first_read(centre.store, DATASET)
    read = first_night.places_read(states)
    new = first_night.newly_connected(known, kind, as_of, read)
    return {place: centre.sources[place[0]].title for place in new}


def facts(result: Result) -> dict[str, str]:
    """Which run it was, and what day it took for today: whose consent counted is said of that day."""
    return {"run": result.id, "as_of": str(result.as_of)}


def counts(result: Result) -> dict[str, int]:
    """How many members, links and findings, as the audit log has them."""
    members: int = result.run["members"][0]
    return {"members": members, "links": result.rows_of("link"), "findings": result.rows_of("finding")}
