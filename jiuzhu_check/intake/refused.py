"""拒收 refused: deliveries that broke their contract. The file was landed, nothing of it was taken in, and why is kept."""

from dataclasses import dataclass
from datetime import date

from jiuzhu_check.errors import ExtractChanged
from jiuzhu_check.intake.stored import dataset
from jiuzhu_check.store.snapshot import Snapshot, Store


@dataclass(frozen=True)
class Refused:
    """One delivery that was refused as a whole.

    id:       under which it was landed, and under which it would have been a snapshot
    taken:    how many snapshots there were then
    why, hint: the words in which it was refused; they hold no cell
    course:   what else was known of it: whether it holds changes only or answers a question, and its cursor
    """

    id: str
    supplier: str
    extract: str
    data_date: date
    taken: int
    why: str
    hint: str
    course: dict[str, object]


def remember(
    store: Store,
    source: str,
    supplier: str,
    snapshot: str,
    *,
    extract: str,
    data_date: date,
    problem: ExtractChanged,
    course: dict[str, object],
) -> None:
    """Keep that a delivery was refused, and why; the last time counts where it comes again."""
    facts = {
        "extract": extract,
        "taken": len(store.listed(dataset(source, supplier))),
        "why": problem.message,
        "hint": problem.hint,
        "course": course,
    }
    store.publish(_place(source, supplier), snapshot, {}, data_date=data_date, facts=facts, replace=True)


def suppliers_refused(store: Store, source: str) -> list[str]:
    """The suppliers of whom a delivery was ever refused."""
    return [place.rsplit("/", 1)[1] for place in store.datasets(f"refused/{source}/")]


def refused_since(store: Store, source: str, supplier: str, held: Snapshot | None, as_of: date) -> list[Refused]:
    """The deliveries of data until that day that were refused after a snapshot was taken in, or are of newer data; oldest first.

    held: the snapshot that is used; null where there is none
    """
    place = dataset(source, supplier)
    taken = [entry.id for entry in store.listed(place)]
    after = len(taken) - 1 - taken[::-1].index(held.id) if held else -1
    told = []
    for entry in store.snapshots(_place(source, supplier)):
        each = _refused(store.snapshot(_place(source, supplier), entry.id), supplier)
        newer = held is None or held.data_date is None or each.data_date > held.data_date
        if each.data_date <= as_of and each.id not in taken and (newer or each.taken > after):
            told.append(each)
    return sorted(told, key=lambda each: each.data_date)


def _refused(kept: Snapshot, supplier: str) -> Refused:
    assert kept.data_date is not None
    told = kept.facts
    return Refused(
        kept.id, supplier, told["extract"], kept.data_date, told["taken"], told["why"], told["hint"], told["course"]
    )


def _place(source: str, supplier: str) -> str:
    return f"refused/{source}/{supplier}"
