"""亲属任职: offices of people beside the roster, whom a member's marriage or household register leads to.

Nothing links them, for they stand on no roster. They are looked for by exact number in the lists of office holders that
are delivered for this purpose, and nothing of them is kept but where the record stands.
"""

from collections.abc import Callable, Iterator
from datetime import date

import polars as pl

from jiuzhu_check.checks.sources import SourceState
from jiuzhu_check.errors import IntegrityError
from jiuzhu_check.intake.stored import data_day, read_records
from jiuzhu_check.rules.personnel.life_event import exact, marriages
from jiuzhu_check.store.bucket import bucket
from jiuzhu_check.store.snapshot import Snapshot
from jiuzhu_check.tables.record import CIVIL_STATUS, PUBLIC_PAYROLL, linked
from jiuzhu_check.values import identity_number, person_name

_OFFICES = linked(PUBLIC_PAYROLL)
_MEMBER = ("household_no", "member_no", "person_no")
_ORDER = (*_MEMBER[:2], "source", "supplier", "extract", "sheet", "source_row", "slot")
_PERSON = ("owner_no", "owner_name")
_REGISTER = ("source", "supplier", "register_no")  # 户号 is one office's own


def kin_offices(
    states: list[SourceState],
    civil_status: pl.DataFrame,
    members: pl.DataFrame,
    key: bytes,
    as_of: date,
    within: Callable[[str, pl.DataFrame], pl.DataFrame] = lambda _source, members: members,
) -> dict[str, pl.DataFrame]:
    """spouse_public_payroll and register_public_payroll, as rules ask for them: linked(PUBLIC_PAYROLL).

    Each record stands beside the member whose registered spouse, or whose fellow in one household register, holds the
    office. Who is a member of the same household is not told again.

    states:       the sources as read; only lists of office holders are looked into, not the payroll
    civil_status: the accepted records of members
    within:       of a source and members: those for whom it may be read
    """
    spouses, fellows = [_OFFICES.empty()], [_OFFICES.empty()]
    for source in dict.fromkeys(each.source.id for each in states if _lists_offices(each)):
        lists = [each.snapshot for each in states if each.source.id == source and each.snapshot]
        theirs = within(source, civil_status)
        if lists and not theirs.is_empty():
            spouses.append(_spouses(lists, theirs, key, as_of))
            fellows.append(_fellows(lists, states, theirs, members, key))
    return {
        "spouse_public_payroll": pl.concat(spouses).sort(_ORDER),
        "register_public_payroll": pl.concat(fellows).sort(_ORDER),
    }


def _spouses(lists: list[Snapshot], civil_status: pl.DataFrame, key: bytes, as_of: date) -> pl.DataFrame:
    married = marriages(civil_status, as_of).filter(pl.col("event") == "married")
    spouses = married.select(
        *_MEMBER,
        identity_number.read(married["other_no_raw"])["number"].alias("owner_no"),
        person_name.read(married["other_name_raw"]).alias("owner_name"),
    ).drop_nulls(_PERSON)
    held = _offices(lists, spouses["owner_no"], key).join(spouses, on=_PERSON)
    return _told(held, "婚姻登记的配偶与任职登记的号码、姓名一致")


def _fellows(
    lists: list[Snapshot], states: list[SourceState], civil_status: pl.DataFrame, members: pl.DataFrame, key: bytes
) -> pl.DataFrame:
    homes = exact(civil_status).select(*_MEMBER, *_REGISTER).drop_nulls("register_no").unique(maintain_order=True)
    if homes.is_empty():
        return _OFFICES.empty()
    held = _offices(lists, None, key)
    registered = [
        found.select("owner_no", "register_no").with_columns(
            source=pl.lit(state.source.id), supplier=pl.lit(state.supplier)
        )
        for state in states
        if state.snapshot and _has_registers(state)
        for found in _parts(state.snapshot, held["owner_no"], key, ["owner_no", "register_no"])
    ]
    if not registered:
        return _OFFICES.empty()
    fellows = (
        pl.concat(registered)
        .join(homes, on=_REGISTER)
        .select("owner_no", *_MEMBER)
        .unique()
        .join(members.select("household_no", owner_no="number"), on=["household_no", "owner_no"], how="anti")
    )
    return _told(held.join(fellows, on="owner_no"), "与成员在同一户籍，任职登记的号码一致")


def _lists_offices(state: SourceState) -> bool:
    return state.source.table == PUBLIC_PAYROLL.name and state.source.constants.get("role") != "payroll"


def _has_registers(state: SourceState) -> bool:
    empty = state.snapshot.facts["alike"] if state.snapshot else {}
    return (
        state.source.table == CIVIL_STATUS.name and "register_no" in state.source.columns and "register_no" not in empty
    )


def _offices(lists: list[Snapshot], numbers: pl.Series | None, key: bytes) -> pl.DataFrame:
    """The office holders under these numbers, or all with a usable one, with the day of the data."""
    found = [
        part.with_columns(data_date=data_day(pl.col("snapshot")))
        for snapshot in lists
        for part in _parts(snapshot, numbers, key)
    ]
    nobody = PUBLIC_PAYROLL.empty().with_columns(data_date=pl.lit(None, pl.Date))
    return pl.concat([nobody, *found]).drop_nulls("owner_no")


def _parts(
    snapshot: Snapshot, numbers: pl.Series | None, key: bytes, columns: list[str] | None = None
) -> Iterator[pl.DataFrame]:
    """What stands under these numbers, part by part. A part that cannot be read counts as lost where it is linked."""
    parts = int(snapshot.facts["parts"])
    places = pl.Series(range(parts)) if numbers is None else _places(numbers, parts, key)
    for place in places:
        try:
            name = f"n{place:03}"
            part = read_records(snapshot, name) if columns is None else snapshot.read(name, columns)
        except IntegrityError:
            continue
        yield part if numbers is None else part.filter(pl.col("owner_no").is_in(numbers.implode()))


def _places(numbers: pl.Series, parts: int, key: bytes) -> pl.Series:
    return (
        numbers.to_frame("number").select(bucket(pl.col("number"), parts, key)).to_series().drop_nulls().unique().sort()
    )


def _told(held: pl.DataFrame, reason: str) -> pl.DataFrame:
    return _OFFICES.fit(held.with_columns(tier=pl.lit("A1"), reason=pl.lit(reason)))
