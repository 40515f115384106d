"""可查范围 reach: for whom each source may be read: the member's consent, its scope, and what the programme has signed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from jiuzhu_check.checks.consent import scopes, without_consent
from jiuzhu_check.checks.sources import SourceState

NO_CONSENT = "未授权"  # how each reason begins that speaks of a consent
OUT_OF_SCOPE = "未授权此来源"

_MEMBER = ["household_no", "member_no"]


@dataclass(frozen=True)
class Reach:
    """For whom each source may be read. A source that is not named in a mapping is there for everybody.

    barred:   household_no, member_no, reason of members whose records may not be read at all
    unsigned: source → household_no of households whose programme has not signed it
    beyond:   source → household_no, member_no of members whose consent does not name it
    """

    barred: pl.DataFrame
    unsigned: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    beyond: Mapping[str, pl.DataFrame] = field(default_factory=dict)

    def signed(self, source: str, members: pl.DataFrame) -> pl.DataFrame:
        """Those of some rows of members whose households' programme has signed the source."""
        apart = self.unsigned.get(source)
        return members if apart is None else members.join(apart, on="household_no", how="anti", maintain_order="left")

    def within(self, source: str, members: pl.DataFrame) -> pl.DataFrame:
        """Those of some rows of members, all with a valid consent, for whom the source may be read."""
        signed, apart = self.signed(source, members), self.beyond.get(source)
        return signed if apart is None else signed.join(apart, on=_MEMBER, how="anti", maintain_order="left")


def reach_of(
    members: pl.DataFrame, households: pl.DataFrame, papers: pl.DataFrame, states: list[SourceState], as_of: date
) -> Reach:
    """What may be read on a day.

    households: with their programme
    papers:     PAPER rows of the members
    states:     the sources, with what they are for the programmes of these households
    """
    barred = without_consent(members, papers, as_of)
    limited = scopes(members, papers, as_of)
    unsigned, beyond = {}, {}
    for state in states:
        if apart := state.programmes_that("unsigned"):
            homes = households.filter(pl.col("programme").is_in(apart))
            unsigned[state.source.id] = homes.select("household_no")
        if limited.height and state.requirement != "unsigned":
            names = pl.lit([state.source.id, state.source.title])
            named = pl.col("scope").list.set_intersection(names).list.len() > 0
            beyond[state.source.id] = limited.filter(~named).select(_MEMBER)
    return Reach(barred, unsigned, beyond)
