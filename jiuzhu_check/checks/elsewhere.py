"""别处的人 elsewhere: of whom a run of everybody would read a source, while only some households are under check.

What is said of one household may rest on them: on whose records people have said, and on who stands under the same number.
"""

from collections.abc import Callable
from datetime import date

import polars as pl

from jiuzhu_check.checks.batch_history import read_history
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.kept_run import HOME
from jiuzhu_check.checks.readable import reach_now
from jiuzhu_check.checks.sources import is_signed, source_states
from jiuzhu_check.matching.candidates import INDEX
from jiuzhu_check.tables import roster as rosters

_MEMBER = [HOME, "member_no"]


class Elsewhere:
    """Whoever is not under check and would be, if everybody of that stage were.

    households: household_no, member_no, name_key of all members of the households beside
    """

    def __init__(self, centre: Centre, roster: pl.DataFrame, as_of: date) -> None:
        """roster: ROSTER rows of the households under check."""
        self._centre, self._roster, self._as_of = centre, roster, as_of
        theirs = self._of_that_stage(centre.beside(roster))
        self.households = theirs.select(*_MEMBER, "name_key")
        self._readable = self._reading(theirs)
        self._numbers = roster["number"].drop_nulls().unique()

    def beside(self, source: str) -> pl.DataFrame:
        """INDEX rows of those who stand under a number of somebody under check and of whom the source would be read."""
        return self._readable(source).filter(pl.col("number").is_in(self._numbers.implode())).select(INDEX)

    def is_beside(self) -> pl.Expr:
        """Whether a row with household_no is of one of the households beside."""
        return pl.col(HOME).is_in(self.households[HOME].unique().implode())

    def among(self, source: str, people: pl.DataFrame) -> pl.DataFrame:
        """Of these people those of whom the source would be read.

        people:  household_no, member_no, person_no, name_key, as somebody has once seen them
        returns: the same with number, of those who stand so on the roster, in that stage, in no closed batch, with a valid
                 consent that names the source, in a programme that has signed it
        """
        homes = people[HOME].unique(maintain_order=True)
        homes = homes.filter(~homes.is_in(self._roster[HOME].implode()))
        theirs = pl.concat([rosters.ROSTER.empty(), *(self._centre.household(home) for home in homes)])
        readable = self._reading(self._of_that_stage(theirs))(source)
        known = readable.select(*_MEMBER, "person_no", "name_key", "number")
        return people.join(known, on=people.columns, how="inner", nulls_equal=True, maintain_order="left")

    def _of_that_stage(self, others: pl.DataFrame) -> pl.DataFrame:
        """Of some ROSTER rows those that a run of everybody would check with these households."""
        theirs = others.filter(pl.col("stage").is_in(self._roster["stage"].implode()), pl.col("stage") != "ended")
        closed = rosters.batches(theirs).filter(
            pl.col("batch").is_in(read_history(self._centre.store).closed.implode())
        )
        return theirs.join(closed, on=HOME, how="anti", maintain_order="left")

    def _reading(self, theirs: pl.DataFrame) -> Callable[[str], pl.DataFrame]:
        """Gives the MEMBER rows of those of whom a source would be read."""
        if theirs.is_empty():
            return lambda _source: rosters.MEMBER.empty()
        centre, programmes = self._centre, rosters.households(theirs)["programme"].unique().to_list()
        states = source_states(centre.store, centre.sources, centre.register, self._as_of, programmes)
        members, reach = reach_now(centre, theirs, states, self._as_of)
        allowed = members.join(reach.barred, on=_MEMBER, how="anti", maintain_order="left")
        signed = {state.source.id for state in states if is_signed(state)}
        return lambda source: reach.within(source, allowed) if source in signed else allowed.clear()
