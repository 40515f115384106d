"""记录 record: what a department registered. One table for each thing recorded, not for each sender.

Every record table begins with the same columns: where the row came from, and what it says of its owner.
A row stands once for each owner in it: a home with two owners in one cell is two rows, slots 1 and 2.
"""

import polars as pl

from jiuzhu_check.tables.schema import AREA, DATE, FLAG, MONEY, POWER, TEXT, WHOLE, Table

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
    "owner_no_within": TEXT,  # never kept: the owner's number inside another one, such as a disability certificate's
    "owner_name": TEXT,  # folded for comparison (values/person_name.py), null where blank
    "owners": WHOLE,  # how many owners the row names
    "owner_birth": DATE,  # as the row says beside the number; kept only where the number is not usable
    "owner_sex": TEXT,  # never kept: only compared, see contradicts
    "owner_phone": TEXT,  # as owner_birth, digits only
    "owner_address": TEXT,  # as owner_birth: where the owner lives or is written to
    "answered": TEXT,  # never kept: found or nothing, what an inquiry's answer says of whether there is a record
    "contradicts": TEXT,  # 出生日期, 性别, 证号, joined by 、: what the row says itself against its number
    "record_date": DATE,  # when the thing was registered; null where the source does not say
}


# Read, compared and forgotten: no record keeps them.
NEVER_KEPT = ("owner_sex", "answered", "owner_no_within", "period")


def _records(name: str, grain: str, **columns: object) -> Table:
    return Table(name, grain, {**ORIGIN, **OWNER, **columns})  # type: ignore[dict-item]


VEHICLE = _records(
    "vehicle",
    "one owner of one registered vehicle, ship or farm machine",
    kind=TEXT,  # motor_vehicle, ship, farm_machinery; null in what an older program stored: motor_vehicle
    vin=TEXT,  # the frame number; of a ship its identification or registration number
    plate_no=TEXT,  # of a ship its name, which for fishing boats is its number too
    plate_type=TEXT,  # GA 24.7 号牌种类; a plate number is unique only together with it
    brand=TEXT,
    # GA 24.4 车辆类型, such as K33; of ships fishing, cargo, passenger, work, yacht; of machines wheeled_tractor,
    # crawler_tractor, walking_tractor, tractor_and_trailer, combine_harvester; or the raw text
    vehicle_type=TEXT,
    use=TEXT,  # GA 24.3 使用性质; of ships and machines as delivered
    status=TEXT,  # GA 24.17 机动车状态: several letters at once; of ships and machines: registered, ended
    size=TEXT,  # of a ship its gross tonnage, as delivered
    power=POWER,  # of the engines, kilowatts
    value=MONEY,  # as registered: often the price once paid
    ended_on=DATE,  # of a registration that ended or was transferred
)
REAL_ESTATE = _records(
    "real_estate",
    "one owner of one registered property, or one buyer of one filed contract",
    kind=TEXT,  # registered, contract (网签); null in what an older program stored: registered
    contract_no=TEXT,
    unit_no=TEXT,  # 不动产单元号, 28 characters
    cert_no=TEXT,  # 权证号 as delivered
    cert_key=TEXT,  # the same certificate whatever its spelling: values/certificate_no.py
    address=TEXT,
    area=AREA,  # built area, square metres
    use=TEXT,  # residence, commercial, office, industrial, garage, storage, other, or the raw text where unknown
    use_raw=TEXT,
    co_ownership=TEXT,  # sole, joint, shares, other, or the raw text where unknown
    share=TEXT,  # as delivered: 1/2, 50%
    # current, historical, or the raw text where unknown; null where the source does not say; of a contract current:
    # filed and in force, registered: what it is about has been registered since, historical: cancelled
    state=TEXT,
    price=MONEY,
    ended_on=DATE,  # of a historical registration
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

INCOME = _records(
    "income",
    "one person's income of one kind from one payer, for the time that the source names",
    # wage, labour, royalty, business, bonus, severance, property, pension, unemployment_benefit, or the raw text
    kind=TEXT,
    scheme=TEXT,  # of a pension: employee, resident, or the raw text; else as delivered
    payer=TEXT,
    period=TEXT,  # never kept: the time that one cell names, from which month_from and month_to are read
    month_from=DATE,  # first of month; null where the source names no time
    month_to=DATE,  # first of the last month
    paid_month=DATE,  # when it was received, where the source says so beside the time that it is for
    amount=MONEY,  # for the whole time named, before tax; of a business its revenue
    monthly=MONEY,  # a month's, as long as status is paying: the source names a rate, and not what was paid
    cumulative=MONEY,  # this year up to the month: never to be added up
    taxable=MONEY,  # 应纳税所得额, for the time named: of a business what is left after its costs and deductions
    tax=MONEY,
    net=MONEY,  # what was paid out
    central_part=MONEY,  # of the amount: the basic part of a resident pension that the central government sets
    back_payment=MONEY,  # paid besides the amount, for earlier months that the source does not name
    account_no=TEXT,  # the person's at the payer, not the bank's
    until=DATE,  # first of the month with which it is to end; it began in that of record_date
    status=TEXT,  # paying, suspended, ended, or the raw text
)
CONTRIBUTION = _records(
    "contribution",
    "one person's membership in one branch of social insurance",
    branch=TEXT,  # pension, resident_pension, medical, resident_medical, unemployment, injury, maternity, or the raw text
    personal_no=TEXT,
    employer=TEXT,
    person_type=TEXT,  # employed, self_employed, resident, or the raw text
    base=MONEY,  # 缴费基数, a month
    period=TEXT,  # never kept: as in income
    month_from=DATE,
    month_to=DATE,  # paid until: what lies between the two may have gaps
    months=WHOLE,  # months really paid, in all
    owed_months=WHOLE,  # months due and not paid
    own_payment=MONEY,  # what the person paid for the time named
    status=TEXT,  # paying, suspended, ended, none, or the raw text
)
MARKET_ENTITY = _records(
    "market_entity",
    "one person's role in one market entity",
    entity_no=TEXT,  # unified social credit code, or what the source has instead
    registration_no=TEXT,  # the old registration number (注册号), where it has a column of its own
    entity_name=TEXT,
    entity_type=TEXT,
    role=TEXT,  # legal_representative, investor, executive, proprietor, member, or the raw text
    currency=TEXT,  # as delivered; null: yuan
    capital=MONEY,  # of the entity, in that currency: a pledge, not wealth
    pledged=MONEY,  # by this person, in that currency
    # active, revoked (吊销，未注销), deregistered, cancelled (撤销), moved, other, or the raw text
    state=TEXT,
    address=TEXT,
    ended_on=DATE,  # when it was deregistered; a revoked one still exists
)
FINANCIAL_ASSET = _records(
    "financial_asset",
    "one person's balance, holding or policy at one institution, or its bare answer whether a limit is passed",
    # deposit, wealth_product, stock, fund, bond, insurance, or the raw text; null where one row tells of several kinds
    kind=TEXT,
    institution=TEXT,
    account_no=TEXT,  # as delivered, often masked
    currency=TEXT,
    amount=MONEY,  # in its own currency; null where only over_limit is told
    wealth_products=MONEY,  # this and the next five: kinds of which one row tells side by side, none within the amount
    stocks=MONEY,
    unlisted=MONEY,  # 新三板
    funds=MONEY,
    bonds=MONEY,
    cash=MONEY,  # on the securities account
    total=MONEY,  # of all that, where the source itself adds it up
    over_limit=FLAG,  # 是否超限
    household_over_limit=FLAG,  # the same, said of the whole household in this person's row
    value_date=DATE,  # the day of the price or balance, which is not the day of the answer
    # open, closed, frozen, dormant, none (no account was ever opened); of a policy active, suspended, ended; or raw
    status=TEXT,
)
CIVIL_STATUS = _records(
    "civil_status",
    "one registered fact of one person's life",
    # registered, cancelled, married, divorced, annulled, deceased, cremated, imprisoned, released, or the raw text
    event=TEXT,
    died_on=DATE,  # speaks for itself where event is null; record_date is the day of the cremation or cancellation
    until=DATE,  # when it is to end
    ended_on=DATE,  # when it did end: the cancellation, the release
    other_no_raw=TEXT,  # the other party of a marriage, as delivered
    other_name_raw=TEXT,
    marital=TEXT,  # of the owner, not of the other party: unmarried, married, widowed, divorced, or the raw text
    relation=TEXT,  # to the head of the registered household, as delivered: 2 is 配偶 in one table and 子 in the next
    register_no=TEXT,  # 户号
    household_type=TEXT,  # 农业, 非农业, as delivered: 1 is the one in one system and the other in the next
    owner_former_names=TEXT,  # as delivered, several in a cell
    owner_former_numbers=TEXT,  # as owner_former_names
    address=TEXT,
    place=TEXT,  # the institution: registry office, funeral home, prison
    certificate_no=TEXT,
    cause=TEXT,
)
PUBLIC_PAYROLL = _records(
    "public_payroll",
    "one person's post paid or held in public office",
    role=TEXT,  # payroll, village_committee, case_handler, or the raw text
    employer=TEXT,
    post=TEXT,
    establishment=TEXT,  # 编制类型, as delivered
    month=DATE,
    gross=MONEY,  # a month
    net=MONEY,
    until=DATE,
    status=TEXT,
)
ASSISTANCE = _records(
    "assistance",
    "one person's assistance by one programme of one office",
    programme=TEXT,  # as delivered; read by the policy's list of programmes that exclude each other
    head_no_raw=TEXT,  # of the household's head, as delivered
    certificate_no=TEXT,
    office=TEXT,
    amount=MONEY,  # for month_from to month_to
    month_from=DATE,
    month_to=DATE,
    status=TEXT,  # paying, suspended, ended, or the raw text
)
HARDSHIP = _records(
    "hardship",
    "one registered burden of one person: what speaks for a household",
    kind=TEXT,  # disability, veteran, medical_expense, education
    # of a disability: visual, hearing, speech, physical, intellectual, mental, multiple, or the raw text; else raw
    category=TEXT,
    grade=TEXT,  # of a disability 1 (worst) to 4; else as delivered
    certificate_no=TEXT,
    month=DATE,  # of a monthly allowance: its first day
    amount=MONEY,  # total of the bill, fee or allowance
    fund_payment=MONEY,  # what the insurance fund paid of the bill
    own_payment=MONEY,  # what the person paid in cash
    place=TEXT,  # hospital, school
    until=DATE,
    status=TEXT,
)

RECORDS = {
    table.name: table
    for table in (
        VEHICLE, REAL_ESTATE, PROVIDENT_FUND, INCOME, CONTRIBUTION, MARKET_ENTITY, FINANCIAL_ASSET, CIVIL_STATUS,
        PUBLIC_PAYROLL, ASSISTANCE, HARDSHIP,
    )
}  # fmt: skip

# What names the thing itself, best first: it outlives the row of one delivery.
SUBJECT = {
    "vehicle": ("vin", "plate_no"),
    "real_estate": ("unit_no", "cert_key", "address"),
    "provident_fund": ("account_no",),
    "income": ("account_no", "payer"),
    "contribution": ("personal_no", "branch"),
    "market_entity": ("entity_no", "registration_no", "entity_name"),
    "financial_asset": ("account_no", "institution"),
    "civil_status": ("certificate_no", "register_no", "event"),
    "public_payroll": ("employer", "role"),
    "assistance": ("certificate_no", "programme"),
    "hardship": ("certificate_no", "kind"),
}

# By which column somebody could be asked for at a bank or an insurer: people read its last digits only.
ACCOUNT = {"income": "account_no", "contribution": "personal_no", "financial_asset": "account_no"}

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
    return _LINKED[table.name]


_LINKED = {
    name: Table(f"linked_{name}", f"{table.grain}, linked to a member", {**table.columns, **OWNED})
    for name, table in RECORDS.items()
}


def telling(rows: pl.DataFrame) -> list[str]:
    """Which columns of ORIGIN tell the rows apart: in records of one source and file, the row and the slot alone."""
    differ = rows.select(pl.col(name).ne_missing(pl.col(name).first()).any() for name in ORIGIN).row(0, named=True)
    return [name for name in ORIGIN if name in ("source_row", "slot") or differ[name]]
