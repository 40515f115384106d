"""诱饵 decoys of a run: those that every check of many links beside the members, and the tiers that they closed."""

from datetime import date

import polars as pl

from jiuzhu_check.checks import results
from jiuzhu_check.errors import NotFound
from jiuzhu_check.matching.candidates import OnRoster
from jiuzhu_check.matching.decoys import closed_tiers, decoys
from jiuzhu_check.store.snapshot import Store

SAMPLE = 2000  # decoys in every run


def run_decoys(index: pl.DataFrame, day: date, on_roster: OnRoster) -> pl.DataFrame:
    """The decoys of one run: the same for the same members and month, so that a night need not read every part for them."""
    return decoys(index, day.year * 12 + day.month, on_roster, SAMPLE)


def closed_by_last_run(store: Store) -> dict[tuple[str, str], frozenset[str]]:
    """(source, supplier) → the tiers that the newest batch run closed."""
    try:
        return closed_tiers(results.decoys(results.find(store, "latest")[0]))
    except NotFound:
        return {}
