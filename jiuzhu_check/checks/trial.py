"""试取 trial: a department is reached over its transport, a few rows are looked at, and nothing is kept."""

from dataclasses import dataclass, replace
from datetime import date

from jiuzhu_check.checks.audited import audited
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.intake.fetch import Secrets, reach
from jiuzhu_check.intake.preview import Preview, preview
from jiuzhu_check.intake.source import Source, pick
from jiuzhu_check.intake.transports.arrival import Arrival
from jiuzhu_check.store.credential import read_credential


@dataclass(frozen=True)
class Trial:
    """What a department handed over when it was tried, and what would be read of it."""

    source: Source
    arrival: Arrival
    seen: Preview


def try_source(centre: Centre, name: str, as_of: date, rows: int, secrets: Secrets = read_credential) -> Trial:
    """Reach one source and read a few rows of what it hands over; audited, for they are somebody's.

    raises: NotFound, and as intake/fetch.py reach; ExtractChanged where what came cannot be opened
    """
    source = pick(centre.sources, name)
    with audited(centre.audit, "try_source", facts={"source": source.id}) as ending:
        arrival = reach(source, secrets, as_of)
        ending.counts = {"bytes": len(arrival.data)}
        few = replace(source, contract=replace(source.contract, min_rows=0, max_reject_pct=100.0))
        return Trial(source, arrival, preview(few, arrival.data, arrival.extract, rows))
