"""记录 record: what a department registered. One table for each thing recorded, not for each sender.

Every record table begins with the same columns: where the row came from, and what it says of its owner.
A row stands once for each owner in it: a home with two owners in one cell is two rows, slots 1 and 2.
"""

from jiuzhu_check.tables.schema import AREA, DATE, MONEY, TEXT, WHOLE, Table

ORIGIN = {
    "source": TEXT,  # connector id, such as vehicle
    "supplier": TEXT,  # GB/T 2260 code of the office that sent it
    "snapshot": TEXT,
    "extract": TEXT,  # the file's name
    "sheet": TEXT,  # empty for text files
    "source_row": WHOLE,  # as a spreadsheet numbers it: the file's first line is 1
    "slot": WHOLE,  # which of several owners in the cell, from 1
}
OWNER = {
    "owner_no_raw": TEXT,  # as delivered
    "owner_name_raw": TEXT,  # as delivered
    "owner_no": TEXT,  # the valid 18-character number it says (15 digits upgraded), or null
    "owner_no_kind": TEXT,  # values/identity_number.py KINDS: valid, upgraded, broken, masked, blank ...
    "owner_name": TEXT,  # folded for comparison (values/person_name.py), null where blank
    "owners": WHOLE,  # how many owners the row names
    "owner_birth": DATE,  # as the row says beside the number; kept only where the number is not usable
    "owner_sex": TEXT,  # never kept: only compared, see contradicts
    "owner_phone": TEXT,  # as owner_birth, digits only
    "owner_address": TEXT,  # as owner_birth: where the owner lives or is written to
    "contradicts": TEXT,  # birth, sex or both, joined by 、: what the row says itself against its valid number
    "record_date": DATE,  # when the thing was registered; null where the source does not say
}


def _records(name: str, grain: str, **columns: object) -> Table:
    return Table(name, grain, {**ORIGIN, **OWNER, **columns})  # type: ignore[dict-item]


VEHICLE = _records(
    "vehicle",
    "one owner of one registered vehicle",
    vin=TEXT,
    plate_no=TEXT,
    plate_type=TEXT,  # GA 24.7 号牌种类; a plate number is unique only together with it
    brand=TEXT,
    vehicle_type=TEXT,  # GA 24.4 车辆类型, such as K33
    use=TEXT,  # GA 24.3 使用性质
    status=TEXT,  # GA 24.17 机动车状态: several letters at once
    value=MONEY,
)
REAL_ESTATE = _records(
    "real_estate",
    "one owner of one registered property",
    unit_no=TEXT,  # 不动产单元号, 28 characters
    cert_no=TEXT,  # 权证号 as delivered
    cert_key=TEXT,  # the same certificate whatever its spelling: values/certificate_no.py
    address=TEXT,
    area=AREA,  # built area, square metres
    use=TEXT,  # residence, commercial, office, industrial, garage, storage, other, or the raw text where unknown
    use_raw=TEXT,
    co_ownership=TEXT,  # sole, joint, shares, other, or the raw text where unknown
    state=TEXT,  # current, historical, or the raw text where unknown; null where the source does not say
    price=MONEY,
)
PROVIDENT_FUND = _records(
    "provident_fund",
    "one person's account",
    account_no=TEXT,
    employer=TEXT,
    base=MONEY,  # 缴存基数, a month
    monthly=MONEY,  # 月缴存额, both halves
    balance=MONEY,
    status=TEXT,  # JGJ/T 320 个人账户状态: 01 正常 02 封存 ...
    paid_until=DATE,  # 缴至年月, first of month
)

RECORDS = {table.name: table for table in (VEHICLE, REAL_ESTATE, PROVIDENT_FUND)}

# What names the thing itself, best first: it outlives the row of one delivery.
SUBJECT = {
    "vehicle": ("vin", "plate_no"),
    "real_estate": ("unit_no", "cert_key", "address"),
    "provident_fund": ("account_no",),
}

# What rules read: a record together with the member it was linked to.
OWNED = {
    "household_no": TEXT,
    "member_no": TEXT,
    "person_no": TEXT,
    "tier": TEXT,
    "reason": TEXT,
    "data_date": DATE,
}


def linked(table: Table) -> Table:
    """The record table as rules read it: each accepted link's record with its member, tier, reason and data date."""
    return Table(f"linked_{table.name}", f"{table.grain}, linked to a member", {**table.columns, **OWNED})
