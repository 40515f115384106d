"""试读 trial: a few fetched rows are read as a delivery would be, without its limits of number."""

from dataclasses import replace

from jiuzhu_check.intake.delivery import Delivery, read_delivery
from jiuzhu_check.intake.source import Source
from jiuzhu_check.intake.transports.arrival import Arrival


def tried(source: Source, arrival: Arrival) -> Delivery:
    """What a source's source.toml makes of an arrival; raises ExtractChanged where it is not what was agreed."""
    few = replace(source.contract, min_rows=0)
    return read_delivery(replace(source, contract=few), arrival.data, arrival.extract)
