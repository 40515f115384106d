"""核对的一行 run row: what a run says of itself."""

from collections.abc import Mapping
from datetime import date

import polars as pl

from jiuzhu_check.checks import results
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.kept_run import KeptRun
from jiuzhu_check.checks.lacking import is_whole
from jiuzhu_check.checks.sources import SourceState
from jiuzhu_check.tables.run import RUN


def run_row(
    centre: Centre,
    as_of: date,
    states: list[SourceState],
    households: pl.DataFrame,
    members: int,
    lacking: Mapping[str, pl.DataFrame],
    last: KeptRun | None = None,
    **told: str | None,
) -> pl.DataFrame:
    """The RUN row of a run over these households.

    households: HOUSEHOLD rows; members: how many members they have
    lacking: of sources that are asked person by person, who has no answer (checks/lacking.py)
    last:    the run upon which it stands, which counts all households
    told:    what else it says
    """
    policy, required = centre.policy, [each for each in states if each.requirement == "required"]
    complete = all(is_whole(state, lacking, households) for state in required)
    places = centre.placed(households).select("region", "programme").unique().rows()
    counts = {
        "households": households.height,
        "members": members,
        "missing_parameters": "、".join(policy.missing(places, as_of)),
    }
    if last is not None:
        whole_run = results.about(last, RUN)
        counts = {each: whole_run[each][0] for each in counts}
    about = {
        "as_of": as_of,
        "region": centre.region,
        "policy": policy.fingerprint(as_of),
        "complete": "yes" if complete else "no",
    }
    return pl.DataFrame([{**told, **counts, **about}], schema=dict(RUN.columns))
