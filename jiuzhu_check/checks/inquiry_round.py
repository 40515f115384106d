"""查询往来 inquiry round: what a department has answered is taken in, and those who are due are asked about, by itself.

An inbox is given lists and its answers are fetched; a service answers in the same call. What a call brought is kept at
once, encrypted, and taken in at the end, also where the round breaks off: the next one goes on where it stopped.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from itertools import groupby
from typing import Any

import polars as pl

from jiuzhu_check.checks.audited import audited
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.inquiry import as_list, asked_source, due, inquiries, lists, mark_asked, take_answer
from jiuzhu_check.errors import JiuzhuError, UsageError
from jiuzhu_check.intake.asking import Inquiry
from jiuzhu_check.intake.fetch import Secrets, fetch, hand_over, inquire
from jiuzhu_check.intake.pull import Pulled
from jiuzhu_check.intake.source import Source
from jiuzhu_check.intake.stored import dataset
from jiuzhu_check.intake.told import Told, written_down
from jiuzhu_check.intake.transports.arrival import Arrival, Person
from jiuzhu_check.intake.transports.web.places import one_by_one
from jiuzhu_check.language import say
from jiuzhu_check.reports.inquiry_list import list_bytes
from jiuzhu_check.store.credential import read_credential
from jiuzhu_check.store.lock import workspace_lock


@dataclass
class Round:
    """What came of a round, also of one that broke off.

    taken:    answers that were taken in
    asked:    how many people were asked about
    left:     how many are still due
    problems: what kept it from being whole
    """

    taken: list[Pulled] = field(default_factory=list)
    asked: int = 0
    left: int = 0
    problems: list[JiuzhuError] = field(default_factory=list)


@dataclass(frozen=True)
class _Way:
    """One source, how it is asked, and for whom."""

    centre: Centre
    source: Source
    inquiry: Inquiry
    sender: str
    as_of: date
    secrets: Secrets
    data_date: date | None
    accept_columns: bool
    progress: Callable[[int, int], None]


def go_round(
    centre: Centre,
    source: str,
    as_of: date,
    *,
    supplier: str = "",
    data_date: date | None = None,
    accept_columns: bool = False,
    dry_run: bool = False,
    secrets: Secrets = read_credential,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Round:
    """Take in what a department has answered, and ask about those who are due.

    data_date: the day an answer speaks of, where neither the transport nor the file's name tells it
    dry_run:   only say who would be asked about: nothing goes out or comes in
    progress:  called with how many people were asked about, and how many are to be
    raises:    UsageError where the source is not asked, or nobody wrote how it is reached
    """
    wanted, inquiry = asked_source(centre, source)
    if wanted.transport is None:
        raise UsageError(
            say("{title} 没有写明怎样查询。", title=wanted.title),
            hint=say("用 inquiry ask 写名单、inquiry answer 收答复，或在 source.toml 写 [transport]。"),
        )
    came = Round()
    if not dry_run:
        way = _Way(
            centre, wanted, inquiry, supplier or centre.region, as_of, secrets, data_date, accept_columns, progress
        )
        work = _call if wanted.transport.kind == "http" else _correspond
        with (
            workspace_lock(centre.workspace.path, f"inquiry {source}"),
            audited(centre.audit, "inquiry_round", facts={"source": source, "supplier": way.sender}) as ending,
        ):
            work(way, came)
            ending.result = f"error-{int(came.problems[0].exit_code)}" if came.problems else "ok"
            ending.counts = {"people": came.asked, "answers": len(came.taken)}
    came.left = due(centre, source, as_of).counts["due"]
    return came


def _correspond(way: _Way, came: Round) -> None:
    """Fetch the answers that lie in the outbox, each once, and put the lists into the inbox."""
    store, name = way.centre.store, way.source.id
    if not inquiries(store, name).is_empty():
        _or_tell(came, lambda: _fetch_answers(way, came))
    if way.inquiry.inbox:
        _or_tell(came, lambda: _hand_over_lists(way, came))


def _fetch_answers(way: _Way, came: Round) -> None:
    store, place = way.centre.store, dataset(way.source.id, way.sender)
    here = frozenset(str(store.snapshot(place, each.id).facts["extract"]) for each in store.snapshots(place))
    for each in fetch(way.source, way.secrets, way.as_of, taken=here):
        _or_tell(came, partial(_take_file, way, came, each))


def _take_file(way: _Way, came: Round, arrival: Arrival) -> None:
    day = arrival.data_date or way.data_date
    if day is None:
        raise UsageError(
            say("{title}：不知道 {extract} 说的是哪一天的情况。", title=way.source.title, extract=arrival.extract),
            hint=say("加 --data-date，或在 transport.path 的文件名里写日期，如 gjj_{form}.csv。", form="{date:%Y%m%d}"),
        )
    came.taken.append(_take(way, arrival.extract, arrival.data, day, way.inquiry.silence))


def _hand_over_lists(way: _Way, came: Round) -> None:
    store, form = way.centre.store, way.inquiry.inbox.rpartition(".")[2]
    whole = due(way.centre, way.source.id, way.as_of).counts["due"]
    for name, people in lists(way.centre, way.source.id, way.as_of):
        facts = {"source": way.source.id, "list": name}
        with audited(way.centre.audit, "inquiry", facts=facts, counts={"people": people["number"].n_unique()}):
            data = list_bytes(name, as_list(people, way.inquiry), form)
            hand_over(way.source, way.secrets, way.as_of, name, data)
            mark_asked(store, way.source.id, name, way.as_of)
        came.asked += people["number"].n_unique()
        way.progress(came.asked, whole)


def _call(way: _Way, came: Round) -> None:
    """Ask a service about everybody who is due; what was told before and not taken in yet comes first."""
    if not _or_tell(came, lambda: _take_told(way, came)):
        return
    whole = due(way.centre, way.source.id, way.as_of).counts["due"]

    def keep(name: str, people: Sequence[Person], arrival: Arrival) -> None:
        told = Told.of(name, people, arrival, way.as_of)
        came.asked += len(people)
        way.centre.store.land(_told_place(way, f"{came.asked:06}"), name, told.as_bytes())
        way.progress(came.asked, whole)

    try:
        inquire(way.source, way.secrets, way.as_of, _calls(way), keep)
    except JiuzhuError as problem:
        hint = say("此前问到的 {asked} 人已记下，答复已收下；再运行一次，接着问其余的。", asked=came.asked)
        came.problems.append(type(problem)(problem.message, hint=hint) if came.asked else problem)
    finally:
        _or_tell(came, lambda: _take_told(way, came))


def _calls(way: _Way) -> Iterator[tuple[str, list[Person]]]:
    """Whom each call is about; each is on record before it is made."""
    assert way.source.transport is not None
    singly = one_by_one(way.source.transport.settings)
    for name, people in lists(way.centre, way.source.id, way.as_of):
        once = people.unique("number", keep="first", maintain_order=True)
        for some in once.iter_slices(1) if singly else [once]:
            facts, subject = {"source": way.source.id, "list": name}, some["number"][0] if singly else ""
            with audited(way.centre.audit, "inquiry", subject=subject, facts=facts, counts={"people": some.height}):
                yield (
                    name,
                    [Person(number, called or "") for number, called in some.select("number", "name").iter_rows()],
                )


def _take_told(way: _Way, came: Round) -> None:
    """Take in what calls have told: first who was asked about, then the answers, one for each day that they speak of."""
    store, source = way.centre.store, way.source.id
    places = store.datasets(f"{_told_place(way)}/")
    told = [Told.from_bytes(store.landed(place, each.id)) for place in places for each in store.snapshots(place)]
    for (name, asked_on), some in _alike(told, lambda each: (each.inquiry, each.asked_on)):
        numbers = pl.Series([number for each in some for number, _ in each.people], dtype=pl.String)
        mark_asked(store, source, name, date.fromisoformat(asked_on), numbers)
    for day, some in _alike(told, lambda each: each.data_date):
        answers = list(some)
        data = written_down(way.source, answers, way.inquiry.silence)
        if data:
            # silence was heard call by call already
            came.taken.append(_take(way, _name(answers), data, date.fromisoformat(day), "unanswered"))
    store.drop(_told_place(way))


def _take(way: _Way, extract: str, data: bytes, day: date, silence: str) -> Pulled:
    return take_answer(
        way.centre, way.source, extract, lambda: data, day, way.sender, silence, accept_columns=way.accept_columns
    )


def _or_tell(came: Round, work: Callable[[], None]) -> bool:
    """Whether the work went well; what went wrong stands in the round, which goes on."""
    try:
        work()
    except JiuzhuError as problem:
        came.problems.append(problem)
        return False
    return True


def _alike(told: Sequence[Told], by: Callable[[Told], Any]) -> Iterator[tuple[Any, Iterator[Told]]]:
    return groupby(sorted(told, key=by), key=by)


def _name(told: Sequence[Told]) -> str:
    """What evidence will call an answer: its lists."""
    names = sorted({each.inquiry for each in told})
    return f"{names[0]}.jsonl" if len(names) == 1 else f"{names[0]}_{names[-1].rpartition('-')[2]}.jsonl"


def _told_place(way: _Way, *name: str) -> str:
    return "/".join(("told", way.source.id, *name))
