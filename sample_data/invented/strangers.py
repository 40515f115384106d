"""The other people in the extracts: far more than the roster has, many of them namesakes of somebody."""

from invented import damage
from invented.county import Cell, County, Owner
from invented.names import COMMON, given_name, surname

KINDS = ("K33",) * 11 + ("K31",) * 3 + ("M21",) * 3 + ("H31", "N11", "K43")
STATUSES = ("A",) * 14 + ("G", "Q", "GQ", "E", "M", "B")
USES = ("住宅",) * 13 + ("成套住宅",) * 3 + ("车库", "车库", "商业", "办公")
STATES = ("现势",) * 9 + ("历史",)
ACCOUNTS = (("01", "201811"),) * 6 + (("01", "201810"), ("01", "201703"), ("02", "201702"), ("04", "201606"))
PLACEHOLDERS = ("", "0", "-", "不详", "无", "NULL", "000000000000000000")
DAMAGES = (damage.fifteen_digits, damage.fifteen_digits, damage.spaced, damage.masked, damage.full_width)


def stranger(county: County, floats: bool = False) -> Owner:
    """Somebody who is on no roster; one number in twenty is damaged or missing."""
    rng = county.rng
    male, year = rng.random() < 0.6, rng.randrange(1936, 2000)
    name = rng.choice(COMMON) if rng.random() < 0.08 else surname(rng) + given_name(rng, year, male)
    person = county.people.person(year, male, name=name)
    number: Cell = person.number
    chance = rng.random()
    if chance < 0.012:
        number = rng.choice(PLACEHOLDERS)
    elif chance < 0.04:
        number = rng.choice(DAMAGES)(person.number)
    elif chance < 0.05 and floats and not person.number.endswith("X"):
        number = damage.spreadsheet_float(person.number)
    return name, number


def fill_extracts(county: County, vehicles: int, homes: int, accounts: int) -> None:
    """Strangers' records up to that number of rows in each extract."""
    rng, rows = county.rng, county.extracts
    while len(rows["vehicle"]) < vehicles:
        phone = f"100{rng.randrange(10**8):08d}" if rng.random() < 0.9 else ""
        county.vehicle(stranger(county), kind=rng.choice(KINDS), status=rng.choice(STATUSES), phone=phone)
    while len(rows["housing"]) < homes:
        couple = rng.random() < 0.18
        owners = [stranger(county), stranger(county)] if couple else [stranger(county, floats=True)]
        county.home(owners, use=rng.choice(USES), state=rng.choice(STATES))
    while len(rows["provident_fund"]) < accounts:
        status, paid_until = rng.choice(ACCOUNTS)
        county.account(stranger(county), status=status, paid_until=paid_until)


def spoil_rows(county: County) -> None:
    """A few rows that reading must refuse: too few columns, or one too many where a separator crept in."""
    for source, cut, split in (("vehicle", 3, 2), ("provident_fund", 2, 1)):
        plain = [row for row in county.extracts[source][-400:] if not row.marks]
        for row in plain[:cut]:
            row.cells, row.reject = row.cells[:7], "too_few_columns"
        for row in plain[cut : cut + split]:
            row.cells, row.reject = [*row.cells[:3], "", *row.cells[3:]], "too_many_columns"
