"""查询 inquiry: a department that answers only for the people we name is asked about those who are due, and no others."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from jiuzhu_check.checks.audited import audited
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.consent import papers
from jiuzhu_check.checks.reach import OUT_OF_SCOPE, reach_of
from jiuzhu_check.checks.recheck import recheck_months
from jiuzhu_check.checks.sources import source_states
from jiuzhu_check.errors import NotFound, UsageError
from jiuzhu_check.intake.asking import Inquiry
from jiuzhu_check.intake.source import Source, pick
from jiuzhu_check.intake.stored import dataset, read_records
from jiuzhu_check.language import say
from jiuzhu_check.store.lock import workspace_lock
from jiuzhu_check.store.snapshot import Snapshot, Store
from jiuzhu_check.tables import roster as rosters
from jiuzhu_check.tables.inquiry import INQUIRY
from jiuzhu_check.tables.reject import NOT_DATA

if TYPE_CHECKING:
    from jiuzhu_check.intake.pull import Pulled

_WHO = ["household_no", "member_no", "number"]
_PART = "inquiry"
UNSIGNED = "未签约"


@dataclass(frozen=True)
class Due:
    """Who stands where with one source.

    people: household_no, member_no, number, name: to be asked about now, applicants first, those longest unanswered next
    counts: how many people there are in each standing: due, waiting, answered, no_consent (none, or not for this
            source), no_number; and unsigned, where a programme has not signed the source
    """

    people: pl.DataFrame
    counts: dict[str, int]


def inquiries(store: Store, source: str) -> pl.DataFrame:
    """INQUIRY rows of a source, oldest first."""
    last = store.latest(_place(source))
    return INQUIRY.fit(last.read(_PART)) if last else INQUIRY.empty()


def due(centre: Centre, source: str, as_of: date) -> Due:
    """Who is to be asked about at a source on a day.

    A person is due whose household's programme has signed the source, whose consent holds and covers it, whose number is
    usable, and of whom there is no answer younger than the
    source's freshness; a recipient also where the household's recheck has come round since the last answer, an
    applicant where the answer is older than the application. Who was asked about and has not been answered waits,
    for wait_days. raises: UsageError where the source hands over its table and is not asked.
    """
    wanted, inquiry = asked_source(centre, source)
    roster = centre.roster()
    members, homes = rosters.members(roster), rosters.households(roster)
    barred = _not_to_be_asked(centre, wanted, roster, as_of)
    placed = centre.placed(homes)
    since = placed.select("household_no", "stage", "accepted_on").join(
        recheck_months(placed, centre.limits(placed, as_of)), on="household_no", how="left"
    )
    people = (
        members.select(*_WHO, "name")
        .join(barred, on=["household_no", "member_no"], how="left")
        .join(since, on="household_no", how="left")
        .join(_last(inquiries(centre.store, source), as_of), on=_WHO, how="left")
    )
    fresh = _freshness(centre, wanted)
    again = pl.min_horizontal(
        pl.col("answered_on").dt.offset_by(f"{fresh + 1}d"),
        pl.when(pl.col("stage") == "recipient").then(
            pl.col("answered_on").dt.offset_by(pl.format("{}mo", pl.col("months").fill_null(1)))
        ),
    )
    older = (pl.col("stage") == "applicant") & (pl.col("answered_on") < pl.col("accepted_on")).fill_null(value=False)
    answered = (again > as_of).fill_null(value=False) & ~older
    waiting = (pl.col("waiting_since").dt.offset_by(f"{inquiry.wait_days}d") > as_of).fill_null(value=False)
    standing = people.with_columns(
        standing=pl.when(pl.col("reason") == UNSIGNED)
        .then(pl.lit("unsigned"))
        .when(pl.col("reason").is_not_null())
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


def listed(centre: Centre, source: str, name: str, as_of: date | None = None) -> pl.DataFrame:
    """A list that was handed out before, once more: without those who may not be asked about any more.

    as_of:  today; the day of the list where none is given
    raises: NotFound where there is none of that number
    """
    wanted, inquiry = asked_source(centre, source)
    with audited(centre.audit, "inquiry", facts={"again": True}) as ending:
        people = inquiries(centre.store, source).filter(pl.col("inquiry") == name)
        if people.is_empty():
            raise NotFound(
                say("没有这一批查询名单。"), hint=say("批号如 {source}-20181201-001，见查询时的提示。", source=source)
            )
        day = as_of or max(people["asked_on"].drop_nulls(), default=date.max)
        barred = _not_to_be_asked(centre, wanted, centre.roster(), day)
        people = people.join(barred, on=["household_no", "member_no"], how="anti", maintain_order="left")
        ending.counts = {"people": people.height}
    return as_list(people, inquiry)


def ask(centre: Centre, source: str, as_of: date) -> tuple[str, pl.DataFrame, int]:
    """The next list of people to ask about: its number, the list under the department's headings, and who is still due.

    The list is remembered before it is handed out: nobody is asked about twice while an answer may still come.
    raises: UsageError where the source is not asked, NotFound where nobody is due
    """
    wanted, inquiry = asked_source(centre, source)
    with workspace_lock(centre.workspace.path, f"inquiry {source}"), audited(centre.audit, "inquiry") as ending:
        people = due(centre, source, as_of).people
        if people.is_empty():
            raise NotFound(
                say("{title}：现在没有要查询的人。", title=wanted.title),
                hint=say("用 jiuzhu-check inquiry status 看已查询、待答复和未授权的人数。"),
            )
        name, chosen = _remembered(centre.store, source, people, inquiry.batch, as_of)
        mark_asked(centre.store, source, name, as_of)
        ending.counts = {"people": chosen.height, "households": chosen["household_no"].n_unique()}
    return name, as_list(chosen, inquiry), people.height - chosen.height


def lists(centre: Centre, source: str, as_of: date) -> Iterator[tuple[str, pl.DataFrame]]:
    """Every list that is to go out now: its number, and household_no, member_no, number, name of the people on it.

    Lists come first that were remembered and never handed out, without those who are no longer due. Each is remembered
    before it is given, and nobody on it counts as asked about before mark_asked.
    """
    _, inquiry = asked_source(centre, source)
    people, before = due(centre, source, as_of).people, inquiries(centre.store, source)
    unsent = pl.col("asked_on").is_null()
    standing = before.filter(unsent).join(people, on=_WHO, how="semi", maintain_order="left")
    if standing.height < before.filter(unsent).height:
        keep_inquiries(centre.store, source, pl.concat([before.filter(~unsent), standing]))
    for name in standing["inquiry"].unique(maintain_order=True):
        yield name, standing.filter(pl.col("inquiry") == name).select(*_WHO, "name")
    rest = people.join(standing, on=_WHO, how="anti", maintain_order="left")
    while not rest.is_empty():
        name, chosen = _remembered(centre.store, source, rest, inquiry.batch, as_of)
        yield name, chosen
        rest = rest.join(chosen, on=_WHO, how="anti", maintain_order="left")


def mark_asked(store: Store, source: str, name: str, on: date, numbers: pl.Series | None = None) -> None:
    """From that day the people of a list wait for an answer: all of them, or those of these numbers."""
    theirs = pl.lit(value=True) if numbers is None else pl.col("number").is_in(numbers.implode())
    now = (pl.col("inquiry") == name) & pl.col("asked_on").is_null() & theirs
    before = inquiries(store, source)
    keep_inquiries(store, source, before.with_columns(asked_on=pl.when(now).then(pl.lit(on)).otherwise("asked_on")))


def answer(centre: Centre, source: str, path: Path, data_date: date, *, supplier: str = "") -> "Pulled":
    """Take in what a department answers; who is mentioned is answered, with a record or with nothing.

    raises: UsageError where nobody is waiting for an answer, ExtractChanged where the file breaks the contract
    """
    from jiuzhu_check.intake.pull import read_file  # reading files is nothing that a check needs to load

    wanted, inquiry = asked_source(centre, source)
    with workspace_lock(centre.workspace.path, f"inquiry {source}"):
        if inquiries(centre.store, source).is_empty():
            raise UsageError(
                say("还没有向{title}查询过任何人。", title=wanted.title),
                hint=say("先运行 jiuzhu-check inquiry ask {source}，把名单交给部门。", source=source),
            )
        return take_answer(
            centre, wanted, path.name, lambda: read_file(path), data_date, supplier or centre.region, inquiry.silence
        )


def take_answer(
    centre: Centre,
    source: Source,
    extract: str,
    read: Callable[[], bytes],
    data_date: date,
    sender: str,
    silence: str,
    *,
    accept_columns: bool = False,
) -> "Pulled":
    """Take in one answer, under the lock; it is read once the intent is on record.

    silence: what it means that somebody of a list is not mentioned, see Inquiry; heard only where every row is plain
    """
    from jiuzhu_check.intake.pull import Handed, take_in

    with audited(centre.audit, "answer", facts={"source": source.id, "supplier": sender}) as ending:
        before = inquiries(centre.store, source.id)
        handed = Handed(extract, read(), data_date, asked=before["number"].unique())
        taken = take_in(centre.store, source, handed, supplier=sender, accept_columns=accept_columns)
        if not taken.existing or taken.snapshot not in before["snapshot"]:  # it may have been interrupted in between
            keep_inquiries(centre.store, source.id, _answered(before, centre.store, taken, sender, silence, data_date))
        ending.result = "existing" if taken.existing else "ok"
        ending.counts = {"delivered": taken.delivered, "accepted": taken.accepted, "rejected": taken.rejected}
    return taken


def unanswered(
    centre: Centre, source: Source, members: pl.DataFrame, as_of: date, read: Collection[str]
) -> pl.DataFrame:
    """household_no, member_no, reason, answered_on of every member at a source that is asked.

    read:   the snapshots whose answers stand in what is read: one that came later would read as nothing found
    reason: why nothing can be said of the member; null where an answer holds on that day
    """
    told = members.select(*_WHO).join(
        _last(inquiries(centre.store, source.id), as_of, read), on=_WHO, how="left", maintain_order="left"
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


def asked_source(centre: Centre, source: str) -> tuple[Source, Inquiry]:
    """A source that is asked, and how; raises UsageError where it hands over its table."""
    wanted = pick(centre.sources, source)
    if wanted.inquiry is None:
        raise UsageError(
            say("{title}交来整份数据，不用逐人查询。", title=wanted.title),
            hint=say("用 jiuzhu-check pull {source}；若部门只答所列的人，在 source.toml 写 [inquiry]。", source=source),
        )
    return wanted, wanted.inquiry


def as_list(people: pl.DataFrame, inquiry: Inquiry) -> pl.DataFrame:
    """The list as the department wants it: serial number, name, number under its headings, each person once."""
    serial, name, number = inquiry.headings
    once = people.unique("number", keep="first", maintain_order=True).with_row_index(serial, offset=1)
    return once.select(serial, pl.col("name").alias(name), pl.col("number").alias(number))


def _not_to_be_asked(centre: Centre, source: Source, roster: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """household_no, member_no and reason of those of some ROSTER rows whom the source may not be asked about on a day."""
    members, homes = rosters.members(roster), rosters.households(roster)
    entry = {source.id: centre.register[source.id]}
    programmes = homes["programme"].unique().to_list()
    states = source_states(centre.store, centre.sources, entry, as_of, programmes)
    reach = reach_of(members, homes, papers(centre.store, roster), states, as_of)
    signed = reach.signed(source.id, members) if states[0].requirement != "unsigned" else members.clear()
    key = ["household_no", "member_no"]
    unsigned = members.join(signed, on=key, how="anti").select(*key, reason=pl.lit(UNSIGNED))
    beyond = reach.beyond.get(source.id, reach.barred.clear()).select(*key, reason=pl.lit(OUT_OF_SCOPE))
    return pl.concat([unsigned, reach.barred, beyond]).unique(key, keep="first", maintain_order=True)


def _freshness(centre: Centre, source: Source) -> int:
    return int(str(centre.register.get(source.id, {}).get("freshness_days", source.contract.freshness_days)))


def _last(asked: pl.DataFrame, as_of: date, read: Collection[str] | None = None) -> pl.DataFrame:
    """Of each person: the day of the last answer, and since when a later question waits for one."""
    until = asked.filter(pl.col("asked_on") <= as_of)
    came = (pl.col("answered_on") <= as_of).fill_null(value=False)
    if read is not None:
        came &= pl.col("snapshot").is_in(sorted(read))
    return until.group_by(_WHO).agg(
        pl.col("answered_on").filter(came).max(),
        waiting_since=pl.col("asked_on").filter(~came).max(),
    )


def _remembered(store: Store, source: str, people: pl.DataFrame, batch: int, as_of: date) -> tuple[str, pl.DataFrame]:
    """The next list of at most so many people, remembered: its number, and the rows of everybody on it.

    Whoever belongs to two households is on one list only.
    """
    before = inquiries(store, source)
    last = before["inquiry"].str.extract(r"(\d+)$").cast(pl.Int64).max() or 0
    name = f"{source}-{as_of:%Y%m%d}-{int(str(last)) + 1:03}"
    numbers = people["number"].unique(maintain_order=True).head(batch)
    chosen = people.filter(pl.col("number").is_in(numbers.implode()))
    keep_inquiries(store, source, pl.concat([before, INQUIRY.fit(chosen.with_columns(inquiry=pl.lit(name)))]))
    return name, chosen


def _answered(
    before: pl.DataFrame, store: Store, taken: "Pulled", supplier: str, silence: str, data_date: date
) -> pl.DataFrame:
    """The questions, with what this answer says of those that wait."""
    answer = store.snapshot(dataset(taken.source, supplier), taken.snapshot)
    said, waits = answer.read("answer"), pl.col("answer").is_null()
    if silence == "nothing" and _is_plain(answer):
        mentioned = before.filter(waits).join(said, on="number", how="semi")["inquiry"].unique()
        rest = before.filter(waits, pl.col("inquiry").is_in(mentioned.implode())).join(said, on="number", how="anti")
        said = pl.concat([said, rest.select("number", answer=pl.lit("nothing")).unique("number")])
    told = before.join(said.rename({"answer": "_answer"}), on="number", how="left", maintain_order="left")
    now = waits & pl.col("_answer").is_not_null()
    return INQUIRY.fit(
        told.with_columns(
            # who is answered for was asked, be it that we were interrupted before we could say so
            asked_on=pl.when(now).then(pl.coalesce("asked_on", pl.lit(data_date))).otherwise("asked_on"),
            answer=pl.when(now).then("_answer").otherwise("answer"),
            answered_on=pl.when(now).then(pl.lit(data_date)).otherwise("answered_on"),
            snapshot=pl.when(now).then(pl.lit(taken.snapshot)).otherwise("snapshot"),
        )
    )


def _is_plain(answer: Snapshot) -> bool:
    """Whether every row of an answer shows whom it is about.

    Only then can silence be heard: else a row that was rejected, or whose number is covered, would read as a person who
    has nothing.
    """
    refused = set(answer.facts["reject_codes"]) - {"not_asked", *NOT_DATA}
    loose = (read_records(answer, name) for name in answer.part_names() if name.startswith("loose"))
    return not refused and not any((rows["snapshot"] == answer.id).any() for rows in loose)


def keep_inquiries(store: Store, source: str, rows: pl.DataFrame) -> None:
    """Everything that was asked of a source, anew."""
    place = _place(source)
    number = store.sequence(place)
    store.publish(place, f"{number:06}", {_PART: rows}, data_date=None, facts={"questions": rows.height})


def _place(source: str) -> str:
    return f"inquiry/{source}"
