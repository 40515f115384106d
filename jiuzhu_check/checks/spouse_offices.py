"""配偶任职: the offices of members' registered spouses, who stand on no roster and whose records nothing else links."""

from datetime import date

import polars as pl

from jiuzhu_check.checks.sources import SourceState
from jiuzhu_check.errors import IntegrityError
from jiuzhu_check.intake.stored import read_records
from jiuzhu_check.rules.personnel.life_event import marriages
from jiuzhu_check.store.bucket import bucket
from jiuzhu_check.store.snapshot import Snapshot
from jiuzhu_check.tables.record import PUBLIC_PAYROLL, linked
from jiuzhu_check.values import identity_number, person_name

_REASON = "婚姻登记的配偶与任职登记的号码、姓名一致"
_SPOUSE = ("owner_no", "owner_name")


def spouse_offices(states: list[SourceState], civil_status: pl.DataFrame, key: bytes, as_of: date) -> pl.DataFrame:
    """linked(PUBLIC_PAYROLL): each record of a member's spouse, beside the member. On exact number and name only.

    states:       the sources as read; only lists of office holders are looked into, not the payroll
    civil_status: the accepted records of members
    """
    whole = linked(PUBLIC_PAYROLL)
    married = marriages(civil_status, as_of).filter(pl.col("event") == "married")
    spouses = married.select(
        "household_no",
        "member_no",
        "person_no",
        identity_number.read(married["other_no_raw"])["number"].alias("owner_no"),
        person_name.read(married["other_name_raw"]).alias("owner_name"),
    ).drop_nulls(_SPOUSE)
    if spouses.is_empty():
        return whole.empty()
    found = [
        whole.fit(records.join(spouses, on=_SPOUSE).with_columns(data_date=pl.lit(snapshot.data_date)))
        for snapshot in (state.snapshot for state in states if _lists_offices(state))
        if snapshot is not None
        for records in _parts(snapshot, spouses["owner_no"], key)
    ]
    return pl.concat([whole.empty(), *found]).with_columns(tier=pl.lit("A1"), reason=pl.lit(_REASON))


def _lists_offices(state: SourceState) -> bool:
    source = state.source
    read = state.state in ("arrived", "damaged")
    return read and source.table == PUBLIC_PAYROLL.name and source.constants.get("role") != "payroll"


def _parts(snapshot: Snapshot, numbers: pl.Series, key: bytes) -> list[pl.DataFrame]:
    """The parts in which records of these numbers stand; one that cannot be read counts as lost where it is linked."""
    parts = int(snapshot.facts["parts"])
    places = numbers.to_frame("number").select(bucket(pl.col("number"), parts, key)).to_series()
    told = []
    for place in sorted(places.drop_nulls().unique()):
        try:
            told.append(read_records(snapshot, f"n{place:03}"))
        except IntegrityError:
            continue
    return told
