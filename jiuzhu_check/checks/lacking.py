"""还缺的答复 lacking: of sources that are asked person by person, whose answers a run has not, and whether a source is whole."""

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.sources import SourceState

_MEMBER = ["household_no", "member_no"]


def answers_read(centre: Centre, name: str, states: list[SourceState]) -> set[str]:
    """The answers of a source that stand in what is read: each snapshot holds those before it too."""
    found: set[str] = set()
    for state in states:
        if state.source.id == name and state.snapshot is not None:
            held = [each.id for each in centre.store.snapshots(state.snapshot.dataset)]
            found.update(held[: held.index(state.snapshot.id) + 1])
    return found


def lacking(source: str, coverage: pl.DataFrame, answers: pl.DataFrame) -> pl.DataFrame:
    """household_no and member_no of those who may be asked about at a source and have no answer.

    coverage: COVERAGE rows of some members; answers: what unanswered (checks/inquiry.py) says of them
    """
    open_questions = answers.filter(pl.col("reason").is_not_null())
    theirs = coverage.filter(pl.col("source") == source, pl.col("state") == "unchecked")
    return theirs.join(open_questions, on=["household_no", "member_no", "reason"], how="semi").select(_MEMBER)


def waiting(
    state: SourceState, lacking: Mapping[str, pl.DataFrame], answers: Mapping[str, pl.DataFrame]
) -> SourceState:
    """The state of a source that is asked person by person: partial, where people who may be asked about have no answer.

    lacking: by source, as lacking gives it of everybody under check
    """
    if state.source.id not in answers or state.state == "damaged":
        return state
    without = lacking[state.source.id].height
    if not without and state.snapshot is None:
        return state
    if not without:
        return replace(state, state="arrived", reason=state.reason if state.state == "arrived" else "")
    of = answers[state.source.id].height
    return replace(state, state="partial", reason=f"{state.source.title}有 {without} 人没有可用的答复（共 {of} 人）")


def is_whole(state: SourceState, lacking: Mapping[str, pl.DataFrame], households: pl.DataFrame) -> bool:
    """Whether all of a source was read that some programme under check requires."""
    if state.state == "partial" and state.programmes:
        required = households.filter(pl.col("programme").is_in(state.programmes_that("required")))
        return lacking[state.source.id].join(required, on="household_no", how="semi").is_empty()
    return state.state == "arrived"
