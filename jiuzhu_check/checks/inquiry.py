"""查询 inquiry: a department that answers only for the people we name is asked about those who are due, and no others."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from jiuzhu_check.checks.audited import audited
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.consent import without_consent
from jiuzhu_check.errors import NotFound, UsageError
from jiuzhu_check.intake.asking import Inquiry
from jiuzhu_check.intake.source import Source, pick
from jiuzhu_check.language import say
from jiuzhu_check.store.lock import workspace_lock
from jiuzhu_check.store.snapshot import Store
from jiuzhu_check.tables import roster as rosters
from jiuzhu_check.tables.inquiry import INQUIRY

if TYPE_CHECKING:
    from jiuzhu_check.intake.pull import Pulled

_WHO = ["household_no", "member_no", "number"]
_PART = "inquiry"


@dataclass(frozen=True)
class Due:
    """Who stands where with one source.

    people: household_no, member_no, number, name: to be asked about now, applicants first, those longest unanswered next
    counts: how many people there are in each standing: due, waiting, answered, no_consent, no_number
    """

    people: pl.DataFrame
    counts: dict[str, int]


def inquiries(store: Store, source: str) -> pl.DataFrame:
    """INQUIRY rows of a source, oldest first."""
    last = store.latest(_place(source))
    return INQUIRY.fit(last.read(_PART)) if last else INQUIRY.empty()


def due(centre: Centre, source: str, as_of: date) -> Due:
    """Who is to be asked about at a source on a day.

    A person is due whose consent holds, whose number is usable, and of whom there is no answer younger than the
    source's freshness; a recipient also where the household's recheck has come round since the last answer, an
    applicant where the answer is older than the application. Who was asked about and has not been answered waits,
    for wait_days. raises: UsageError where the source hands over its table and is not asked.
    """
    wanted, inquiry = _asked_source(centre, source)
    roster = centre.roster()
    members, homes = rosters.members(roster), rosters.households(roster)
    barred = without_consent(members, rosters.consents(roster), as_of)
    placed = homes.with_columns(pl.col("region").fill_null(centre.region))
    limits = centre.policy.limits(placed.select("region", "programme").unique().rows(), as_of)
    since = placed.select(
        "household_no",
        "stage",
        "accepted_on",
        "region",
        "programme",
        # 特困 is rechecked as class A; where the roster has no class, the shortest time holds
        _class=pl.when(pl.col("programme").str.contains("特困"))
        .then(pl.lit("A"))
        .otherwise(pl.col("class").fill_null("C").str.to_uppercase()),
        _urban=pl.col("programme").str.starts_with("城市"),
    ).join(limits, on=["region", "programme"], how="left", nulls_equal=True)
    people = (
        members.select(*_WHO, "name")
        .join(barred.select("household_no", "member_no", "reason"), on=["household_no", "member_no"], how="left")
        .join(since.with_columns(_months=_recheck()), on="household_no", how="left")
        .join(_last(inquiries(centre.store, source), as_of), on=_WHO, how="left")
    )
    fresh = _freshness(centre, wanted)
    again = pl.min_horizontal(
        pl.col("answered_on").dt.offset_by(f"{fresh + 1}d"),
        pl.when(pl.col("stage") == "recipient").then(
            pl.col("answered_on").dt.offset_by(pl.format("{}mo", pl.col("_months").fill_null(1)))
        ),
    )
    older = (pl.col("stage") == "applicant") & (pl.col("answered_on") < pl.col("accepted_on")).fill_null(value=False)
    answered = (again > as_of).fill_null(value=False) & ~older
    waiting = (pl.col("waiting_since").dt.offset_by(f"{inquiry.wait_days}d") > as_of).fill_null(value=False)
    standing = people.with_columns(
        standing=pl.when(pl.col("reason").is_not_null())
        .then(pl.lit("no_consent"))
        .when(pl.col("number").is_null())
        .then(pl.lit("no_number"))
        .when(answered)
        .then(pl.lit("answered"))
        .when(waiting)
        .then(pl.lit("waiting"))
        .otherwise(pl.lit("due"))
    )
    counts: dict[str, int] = dict.fromkeys(("due", "waiting", "answered", "no_consent", "no_number"), 0)
    counts.update(standing.group_by("standing").len().iter_rows())
    order = [pl.col("stage") != "applicant", "answered_on", "household_no", pl.col("member_no").cast(pl.Int64)]
    chosen = standing.filter(pl.col("standing") == "due").sort(order, nulls_last=False)
    return Due(chosen.select(*_WHO, "name"), counts)


def listed(centre: Centre, source: str, name: str) -> pl.DataFrame:
    """A list that was handed out before, once more.

    raises: NotFound where there is none of that number
    """
    _, inquiry = _asked_source(centre, source)
    with audited(centre.audit, "inquiry", facts={"again": True}) as ending:
        people = inquiries(centre.store, source).filter(pl.col("inquiry") == name)
        if people.is_empty():
            raise NotFound(
                say("没有这一批查询名单。"), hint=say("批号如 {source}-20181201-001，见查询时的提示。", source=source)
            )
        ending.counts = {"people": people.height}
    return _list(people, inquiry)


def ask(centre: Centre, source: str, as_of: date) -> tuple[str, pl.DataFrame, int]:
    """The next list of people to ask about: its number, the list under the department's headings, and who is still due.

    The list is remembered before it is handed out: nobody is asked about twice while an answer may still come.
    raises: UsageError where the source is not asked, NotFound where nobody is due
    """
    wanted, inquiry = _asked_source(centre, source)
    with workspace_lock(centre.workspace.path, f"inquiry {source}"), audited(centre.audit, "inquiry") as ending:
        waiting = due(centre, source, as_of).people
        if waiting.is_empty():
            raise NotFound(
                say("{title}：现在没有要查询的人。", title=wanted.title),
                hint=say("用 jiuzhu-check inquiry status 看已查询、待答复和未授权的人数。"),
            )
        chosen = waiting.head(inquiry.batch)
        before = inquiries(centre.store, source)
        name = f"{source}-{as_of:%Y%m%d}-{before['inquiry'].n_unique() + 1:03}"
        added = chosen.with_columns(inquiry=pl.lit(name), asked_on=pl.lit(as_of))
        _keep(centre.store, source, pl.concat([before, INQUIRY.fit(added)]))
        ending.counts = {"people": chosen.height, "households": chosen["household_no"].n_unique()}
    return name, _list(chosen, inquiry), waiting.height - chosen.height


def answer(centre: Centre, source: str, path: Path, data_date: date, *, supplier: str = "") -> "Pulled":
    """Take in what a department answers; who is mentioned is answered, with a record or with nothing.

    raises: UsageError where nobody is waiting for an answer, ExtractChanged where the file breaks the contract
    """
    from jiuzhu_check.intake.pull import pull  # reading files is nothing that a check needs to load

    wanted, inquiry = _asked_source(centre, source)
    sender = supplier or centre.region
    with workspace_lock(centre.workspace.path, f"inquiry {source}"), audited(centre.audit, "answer") as ending:
        before = inquiries(centre.store, source)
        if before.is_empty():
            raise UsageError(
                say("还没有向{title}查询过任何人。", title=wanted.title),
                hint=say("先运行 jiuzhu-check inquiry ask {source}，把名单交给部门。", source=source),
            )
        taken = pull(centre.store, wanted, path, supplier=sender, data_date=data_date, asked=before["number"].unique())
        if not taken.existing:
            _keep(centre.store, source, _answered(before, centre.store, taken, sender, inquiry, data_date))
        ending.counts = {"delivered": taken.delivered, "accepted": taken.accepted, "rejected": taken.rejected}
    return taken


def unanswered(centre: Centre, source: Source, members: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """household_no, member_no, reason, answered_on of every member at a source that is asked.

    reason: why nothing can be said of the member; null where an answer holds on that day
    """
    told = members.select(*_WHO).join(
        _last(inquiries(centre.store, source.id), as_of), on=_WHO, how="left", maintain_order="left"
    )
    fresh = _freshness(centre, source)
    holds = (pl.col("answered_on").dt.offset_by(f"{fresh}d") >= as_of).fill_null(value=False)
    reason = (
        pl.when(holds)
        .then(None)
        .when(pl.col("waiting_since").is_not_null())
        .then(pl.format(f"已于{{}}向{source.title}查询，尚未答复", "waiting_since"))
        .when(pl.col("answered_on").is_not_null())
        .then(pl.format(f"{source.title}对此人的答复是{{}}的，已过{fresh}天", "answered_on"))
        .otherwise(pl.lit(f"还没有向{source.title}查询此人"))
    )
    return told.select("household_no", "member_no", reason=reason, answered_on="answered_on")


def _asked_source(centre: Centre, source: str) -> tuple[Source, Inquiry]:
    wanted = pick(centre.sources, source)
    if wanted.inquiry is None:
        raise UsageError(
            say("{title}交来整份数据，不用逐人查询。", title=wanted.title),
            hint=say("用 jiuzhu-check pull {source}；若部门只答所列的人，在 source.toml 写 [inquiry]。", source=source),
        )
    return wanted, wanted.inquiry


def _list(people: pl.DataFrame, inquiry: Inquiry) -> pl.DataFrame:
    serial, name, number = inquiry.headings
    once = people.unique("number", keep="first", maintain_order=True).with_row_index(serial, offset=1)
    return once.select(serial, pl.col("name").alias(name), pl.col("number").alias(number))


def _freshness(centre: Centre, source: Source) -> int:
    return int(str(centre.register.get(source.id, {}).get("freshness_days", source.contract.freshness_days)))


def _recheck() -> pl.Expr:
    """Months between two rechecks, of the household's class and place."""
    months = pl.coalesce(
        pl.when((pl.col("_class") == each.upper()) & (pl.col("_urban") == urban)).then(f"recheck_{each}_{place}")
        for each in "abc"
        for place, urban in (("urban", True), ("rural", False))
    )
    return months.cast(pl.Int64)


def _last(asked: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Of each person: the day of the last answer, and since when a later question waits for one."""
    until = asked.filter(pl.col("asked_on") <= as_of)
    came = (pl.col("answered_on") <= as_of).fill_null(value=False)
    return until.group_by(_WHO).agg(
        pl.col("answered_on").filter(came).max(),
        waiting_since=pl.col("asked_on").filter(~came).max(),
    )


def _answered(
    before: pl.DataFrame, store: Store, taken: "Pulled", supplier: str, inquiry: Inquiry, data_date: date
) -> pl.DataFrame:
    """The questions, with what this answer says of those that wait."""
    facts = store.snapshot(f"records/{taken.source}/{supplier}", taken.snapshot)
    said = facts.read("answer")
    waits = pl.col("answer").is_null()
    if inquiry.silence == "nothing":
        mentioned = before.filter(waits).join(said, on="number", how="semi")["inquiry"].unique()
        rest = before.filter(waits, pl.col("inquiry").is_in(mentioned.implode())).join(said, on="number", how="anti")
        said = pl.concat([said, rest.select("number", answer=pl.lit("nothing")).unique("number")])
    told = before.join(said.rename({"answer": "_answer"}), on="number", how="left", maintain_order="left")
    now = waits & pl.col("_answer").is_not_null()
    return INQUIRY.fit(
        told.with_columns(
            answer=pl.when(now).then("_answer").otherwise("answer"),
            answered_on=pl.when(now).then(pl.lit(data_date)).otherwise("answered_on"),
            snapshot=pl.when(now).then(pl.lit(taken.snapshot)).otherwise("snapshot"),
        )
    )


def _keep(store: Store, source: str, rows: pl.DataFrame) -> None:
    place = _place(source)
    number = len(store.snapshots(place)) + 1
    store.publish(place, f"{number:06}", {_PART: rows}, data_date=None, facts={"questions": rows.height})


def _place(source: str) -> str:
    return f"inquiry/{source}"
