"""来了谁 brought: the households that an import of the roster brought or ended; all others stand in it as they stood before."""

import polars as pl

from jiuzhu_check.intake.stored import ROSTER_DATASET
from jiuzhu_check.store.snapshot import Snapshot, Store

BROUGHT = "brought"


def brought_since(store: Store, before: str, now: Snapshot) -> pl.Series | None:
    """The numbers of the households that imports behind a roster's snapshot brought or ended, up to a later one.

    before: the earlier one's id
    returns: null where that is not known: the earlier is purged, or another in between
    """
    listed = store.listed(ROSTER_DATASET)
    places = {entry.id: place for place, entry in enumerate(listed)}
    if before not in places or places[before] > places[now.id]:
        return None
    behind = listed[places[before] : places[now.id] + 1]
    if any(entry.gone is not None for entry in behind):
        return None
    imports = [store.snapshot(ROSTER_DATASET, entry.id) for entry in behind[1:]]
    if not all(BROUGHT in each.part_names() for each in imports):
        return None
    named = [each.read(BROUGHT)["household_no"] for each in imports]
    return pl.concat([pl.Series("household_no", [], dtype=pl.String), *named]).unique().sort()
