"""核对 run: from the roster to findings and coverage, for all recipients, all entrants, or one household."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

import polars as pl

from jiuzhu_check.checks import keeping, results
from jiuzhu_check.checks.audited import audited
from jiuzhu_check.checks.centre import Centre, among
from jiuzhu_check.checks.concluding import conclude
from jiuzhu_check.checks.consent import papers
from jiuzhu_check.checks.decisions import read_decisions
from jiuzhu_check.checks.ended import counts, ended, facts
from jiuzhu_check.checks.keeping import Checked
from jiuzhu_check.checks.kept_run import HOME, opened
from jiuzhu_check.checks.linking import Engines, here, link
from jiuzhu_check.checks.night import Night, Plan
from jiuzhu_check.checks.portion import EVERYBODY, Portion
from jiuzhu_check.checks.progress import Progress, silent
from jiuzhu_check.checks.reach import reach_of
from jiuzhu_check.checks.results import Result
from jiuzhu_check.checks.run_decoys import run_decoys
from jiuzhu_check.checks.sources import SourceState, source_states
from jiuzhu_check.errors import IntegrityError, JiuzhuError, NotFound, Stopped
from jiuzhu_check.language import say
from jiuzhu_check.matching.candidates import INDEX
from jiuzhu_check.store.lock import workspace_lock
from jiuzhu_check.tables import roster as rosters
from jiuzhu_check.tables.grouped import in_groups

if TYPE_CHECKING:
    from jiuzhu_check.checks.elsewhere import Elsewhere
    from jiuzhu_check.checks.remembered import Remembering
    from jiuzhu_check.checks.tonight import Tonight
    from jiuzhu_check.reports.summary import MorningSummary

STAGES = {"recipients": "recipient", "entrants": "applicant"}


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
    from jiuzhu_check.checks.remembered import Remembering, forget
    from jiuzhu_check.checks.versions import note_versions

    begun = _begun(centre, kind, as_of, portion, progress, night, spark)
    if not isinstance(begun, str):
        return begun
    night.line("plan", everything=begun)
    everybody = centre.roster()
    roster = everybody.filter(pl.col("stage") == STAGES[kind]).sort(HOME, pl.col("member_no").cast(pl.Int64))
    if roster.is_empty():
        nobody = say("名册里没有在保家庭。") if kind == "recipients" else say("名册里没有申请家庭。")
        raise NotFound(nobody, hint=say("请核对名册的办理状态，或重新导入名册。"))
    chosen = to_check(centre.store, roster, batch) if kind == "entrants" else portion.of(roster, centre.region)
    if chosen.is_empty():
        raise NotFound(say("这个范围里没有在保家庭。"), hint=say("请核对 --region 和名册的行政区划代码。"))
    homes = chosen[HOME].n_unique()
    night.plan = Plan(everything=begun, anew=homes, of=homes)
    last = results.previous(centre.store, kind, chosen, portion=portion, region=centre.region)
    named = everybody.select("number", "name_key")
    some = chosen.height < roster.height
    del everybody
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
        kept = opened(centre.store, keeping.keep(centre.store, checked))
    except Stopped:
        remembering.keep()
        raise
    result = results.load(kept)
    if kind == "entrants":  # recipients are in no batch
        note_versions(centre.store, result, kept.id)
    forget(centre.store, kind)
    return result, last


def _begun(
    centre: Centre, kind: str, as_of: date, portion: Portion, progress: Progress, night: Night, spark: str | None
) -> tuple[Result, Result | None] | str:
    """The run that begins from the last one, and that one; or why everything is checked anew."""
    if night.full or portion or kind != "recipients":
        return "full" if night.full else "portion" if portion else kind
    from jiuzhu_check.checks.tonight import Everything, tonight  # here too

    begun = tonight(centre, kind, as_of)
    if isinstance(begun, str):
        return begun
    if begun.anew and spark is not None:
        return "delivery"  # what has to be read whole is the cluster's
    try:
        return _renew(centre, begun, as_of, progress, night)
    except Everything as why:
        return str(why)


def _renew(
    centre: Centre, begun: "Tonight", as_of: date, progress: Progress, night: Night
) -> tuple[Result, Result | None]:
    """The run that stands upon the last one: the households that may differ are checked anew, all others' rows stand.

    raises: Everything, where more may differ than can be told
    """
    from jiuzhu_check.checks.relinking import relink
    from jiuzhu_check.checks.remembered import forget
    from jiuzhu_check.checks.tonight import Everything

    last = begun.last
    night.stage("sources", changed=sum(each is not None for each in begun.changed.values()))
    night.stage("link", sources=len(begun.changed))
    try:
        relinked = relink(centre, begun, as_of, night.watched(progress))
    except IntegrityError:
        raise Everything("damaged") from None
    relinked.linked.states = begun.states
    anew, of = relinked.roster[HOME].n_unique(), relinked.every.households
    for state in begun.states:
        if state.snapshot is not None:
            why = "part" if (state.source.id, state.supplier) in begun.anew else ""
            night.reading.count(int(state.snapshot.facts["parts"]), why)
    titles = {(state.source.id, state.supplier): state.source.title for state in begun.states}
    changed = tuple((titles[place], each.numbers.len()) for place, each in begun.changed.items() if each is not None)
    whole = tuple(titles[place] for place in sorted(begun.anew))
    rostered = begun.roster.homes.len() if begun.roster else 0
    night.plan = Plan(anew=anew, of=of, upon=last.name, changed=changed, whole=whole, rostered=rostered)
    came = sum(count for _, count in changed)
    night.line("plan", anew=anew, of=of, upon=last.name, changed=came, roster=rostered)
    checked = conclude(
        centre, "recipients", relinked.roster, as_of, relinked.linked, relinked.reach, night, every=relinked.every
    )
    snapshot = keeping.keep(centre.store, checked, upon=last, stands=relinked.stand, gone=relinked.gone)
    kept = opened(centre.store, snapshot)
    forget(centre.store, "recipients")  # a run that was killed may have left something
    return results.load(kept), results.load(last)


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


def check_households(
    centre: Centre,
    kind: str,
    roster: pl.DataFrame,
    as_of: date,
    on_roster: Callable[..., set[str]],
    progress: Progress,
    night: Night,
    remembering: "Remembering | None",
    everybody: Callable[[], pl.DataFrame],
    spark: str | None,
    *,
    some: bool,
    portion: Portion = EVERYBODY,
) -> Checked:
    """The run over these households; some: they are not all of their kind, so its name tells them apart.

    roster:    their ROSTER rows, in the order of household numbers
    everybody: number and name_key of all on the roster
    """
    homes = roster[HOME].unique().sort()
    night.stage("sources", households=homes.len(), members=roster.height)
    households, members = rosters.households(roster), rosters.members(roster)
    programmes = households["programme"].unique().to_list()
    states = source_states(centre.store, centre.sources, centre.register, as_of, programmes)
    given = papers(centre.store, roster)
    reach = reach_of(members, households, given, states, as_of)
    decisions = read_decisions(centre.store)
    everyone = kind != "case"
    closed = {} if everyone else results.closed_by_last_run(centre.store)
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
            ends=in_groups(homes),
            weighed=None if everyone else partial(_weighed_before, centre),
            elsewhere=_elsewhere(centre, roster, as_of) if some else None,
        )
    named = homes.to_list() if some else []
    return conclude(centre, kind, roster, as_of, linked, reach, night, named=named, closed=closed, portion=portion)


def _weighed_before(centre: Centre, state: SourceState, pairs: pl.DataFrame) -> pl.DataFrame | None:
    from jiuzhu_check.checks.weighed_before import weighed_before  # here, for few households need it

    return weighed_before(centre, state, pairs)


def _elsewhere(centre: Centre, roster: pl.DataFrame, as_of: date) -> "Elsewhere":
    from jiuzhu_check.checks.elsewhere import Elsewhere  # here too

    return Elsewhere(centre, roster, as_of)


def _engines(centre: Centre, spark: str | None, night: Night) -> AbstractContextManager[Engines]:
    """Where the parts are worked through: here, or on a Spark cluster that is there as long as it takes."""
    if spark is None:
        return nullcontext(here)
    from jiuzhu_check.checks.spark.spread import on_cluster

    return on_cluster(centre.store, spark, night)
