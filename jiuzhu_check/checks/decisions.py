"""人工意见的存放 decisions: kept in the encrypted store, each snapshot holding all earlier answers and the new ones."""

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from jiuzhu_check.audit.reason import clean
from jiuzhu_check.checks.appended import append, read_appended
from jiuzhu_check.errors import UsageError
from jiuzhu_check.language import say
from jiuzhu_check.store.snapshot import Store
from jiuzhu_check.tables.decision import DECISION

DATASET = "decisions"


@dataclass(frozen=True)
class Answer:
    """What a reader says of one item."""

    item: str
    outcome: str
    note: str
    reviewer: str


def read_decisions(store: Store) -> pl.DataFrame:
    """All DECISION rows, oldest first."""
    return read_appended(store, DATASET, DECISION)


def checked(answer: Answer) -> Answer:
    """The answer with its texts as they may be kept.

    raises: UsageError without a reviewer, or where note or name is too long or holds somebody's number
    """
    reviewer, note = clean(answer.reviewer), clean(answer.note)
    if not reviewer:
        raise UsageError(say("缺复核人。"), hint=say("写明复核人姓名。"))
    return Answer(answer.item, answer.outcome, note, reviewer)


def record(store: Store, answers: list[Answer], items: pl.DataFrame, now: datetime) -> pl.DataFrame:
    """Add the answers, in their order, to those there are; the DECISION rows added. The caller holds the lock.

    answers: checked, each of an item among `items`
    items:   item, COMPARED, number_evidence, name_relation
    now:     with its zone
    """
    before = read_decisions(store)
    rows = [
        (
            f"D{before.height + place:06}",
            answer.item,
            answer.outcome,
            answer.note or None,
            answer.reviewer,
            now.isoformat(timespec="seconds"),
        )
        for place, answer in enumerate(answers, start=1)
    ]
    given = pl.DataFrame(rows, schema=list(DECISION.columns)[:6], orient="row")
    named = given.join(items.unique("item", keep="first"), on="item", how="left", maintain_order="left")
    return append(store, DATASET, DECISION, named)
