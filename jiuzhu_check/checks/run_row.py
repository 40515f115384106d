"""核对的一行 run row: what a run says of itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Self

import polars as pl

from jiuzhu_check.checks import results
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.kept_run import KeptRun
from jiuzhu_check.checks.lacking import is_whole
from jiuzhu_check.checks.sources import SourceState
from jiuzhu_check.tables.run import RUN


@dataclass(frozen=True)
class UnderCheck:
    """Who is under check in a run.

    households, members: how many
    missing:    parameters that the policy has not for some of them, as the run says it
    programmes: the households', in order; null is one
    """

    households: int
    members: int
    missing: str
    programmes: list[str | None]

    @classmethod
    def of(cls, centre: Centre, households: pl.DataFrame, members: int, as_of: date) -> Self:
        """households: household_no, region and programme of each."""
        places = centre.placed(households).select("region", "programme").unique().rows()
        programmes = sorted(households["programme"].unique().to_list(), key=str)
        return cls(households.height, members, "、".join(centre.policy.missing(places, as_of)), programmes)

    @classmethod
    def as_in(cls, run: KeptRun) -> Self:
        """As a kept run of everybody says it."""
        told, programmes = results.about(run, RUN), run.facts[results.RESTS_ON]["programmes"]
        return cls(told["households"][0], told["members"][0], told["missing_parameters"][0], programmes)


def run_row(
    centre: Centre,
    as_of: date,
    states: list[SourceState],
    households: pl.DataFrame,
    under_check: UnderCheck,
    lacking: Mapping[str, pl.DataFrame],
    **told: str | None,
) -> pl.DataFrame:
    """The RUN row of a run.

    households:  HOUSEHOLD rows of those that it checks anew
    under_check: of all that it tells of
    lacking:     of sources that are asked person by person, who has no answer (checks/lacking.py)
    told:        what else it says
    """
    required = [each for each in states if each.requirement == "required"]
    complete = all(is_whole(state, lacking, households) for state in required)
    about = {
        "households": under_check.households,
        "members": under_check.members,
        "missing_parameters": under_check.missing,
        "as_of": as_of,
        "region": centre.region,
        "policy": centre.policy.fingerprint(as_of),
        "complete": "yes" if complete else "no",
    }
    return pl.DataFrame([{**told, **about}], schema=dict(RUN.columns))
