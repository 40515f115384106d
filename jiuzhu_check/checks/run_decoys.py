"""诱饵 decoys of a run: those that every check of many links beside the members."""

from datetime import date

import polars as pl

from jiuzhu_check.matching.candidates import OnRoster
from jiuzhu_check.matching.decoys import decoys

SAMPLE = 2000  # decoys in every run


def run_decoys(index: pl.DataFrame, day: date, on_roster: OnRoster) -> pl.DataFrame:
    """The decoys of one run: the same for the same members and month, so that a night need not read every part for them."""
    return decoys(index, day.year * 12 + day.month, on_roster, SAMPLE)
