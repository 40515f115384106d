"""别处的人 elsewhere: of whom a run of everybody would read a source, while only some households are under check."""

from datetime import date

import polars as pl

from jiuzhu_check.checks.batch_history import read_history
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.kept_run import HOME
from jiuzhu_check.checks.readable import reach_now
from jiuzhu_check.checks.sources import is_signed, source_states
from jiuzhu_check.tables import roster as rosters

_MEMBER = [HOME, "member_no"]


def elsewhere(centre: Centre, roster: pl.DataFrame, as_of: date, source: str, people: pl.DataFrame) -> pl.DataFrame:
    """Of these people those who are not under check and of whom a run of everybody would read the source.

    roster:  ROSTER rows of the households under check, all of one stage
    people:  household_no, member_no, person_no, name_key, as somebody has once seen them
    returns: the same with number, of those who stand so on the roster, in that stage, in no closed batch, with a valid
             consent that names the source, in a programme that has signed it
    """
    others = people[HOME].unique(maintain_order=True)
    others = others.filter(~others.is_in(roster[HOME].implode()))
    theirs = pl.concat([rosters.ROSTER.empty(), *(centre.household(home) for home in others)])
    theirs = theirs.filter(pl.col("stage").is_in(roster["stage"].implode()), pl.col("stage") != "ended")
    closed = rosters.batches(theirs).filter(pl.col("batch").is_in(read_history(centre.store).closed.implode()))
    theirs = theirs.join(closed, on=HOME, how="anti", maintain_order="left")
    programmes = rosters.households(theirs)["programme"].unique().to_list()
    states = source_states(centre.store, centre.sources, centre.register, as_of, programmes)
    members, reach = reach_now(centre, theirs, states, as_of)
    readable = reach.within(source, members.join(reach.barred, on=_MEMBER, how="anti"))
    known = readable.select(*_MEMBER, "person_no", "name_key", "number")
    if not any(is_signed(state) for state in states if state.source.id == source):
        known = known.clear()
    return people.join(known, on=people.columns, how="inner", nulls_equal=True, maintain_order="left")
