"""上次的重量 weighed before: how many others fit a record without a usable number, as the last night found it.

Whoever asks about one household would have to look through the whole extract and the roster for it. While both are as that
night had them, and the program too, its answer stands.
"""

import polars as pl

from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.ground import LOOSE
from jiuzhu_check.checks.kept_run import HOME
from jiuzhu_check.checks.rests_on import is_program_of
from jiuzhu_check.checks.results import RESTS_ON, last_complete
from jiuzhu_check.checks.sources import SourceState, of_source
from jiuzhu_check.errors import IntegrityError
from jiuzhu_check.matching.namesakes import weighed_as


def weighed_before(centre: Centre, state: SourceState, pairs: pl.DataFrame) -> pl.DataFrame | None:
    """The pairs as the last complete night of all recipients weighed them; null where it did not, or of something else.

    pairs: FITTED rows (matching/candidates.py) of records of the source, not weighed
    """
    assert state.snapshot is not None, "only a source that arrived has records"
    try:
        run = last_complete(centre.store, "recipients")
        if run is None:
            return None
        then = run.facts[RESTS_ON]
        same = (
            is_program_of(then)
            and then["roster"] == str(centre.roster_snapshot().facts["content"])
            and [state.source.id, state.source.fingerprint] in then["spelt"]
            and [state.source.id, state.supplier, state.snapshot.id] in then["snapshots"]
        )
        if not same:
            return None
        theirs = pl.col(HOME).is_in(pairs[HOME].unique().implode())
        return weighed_as(pairs, run.read(LOOSE, where=of_source(state) & theirs))
    except IntegrityError:  # whoever looks for it anew needs nothing of that run
        return None
