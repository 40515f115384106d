"""The roster, the three extracts and the truth, written byte for byte the same every time."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import xlsxwriter

from invented.county import Cell, County, Row
from invented.numbers import HOME_AREA
from invented.people import Household, Person

ROSTER = (
    "家庭编号,救助类别,办理状态,行政区划代码,乡镇街道,村居,受理日期,户主姓名,姓名,身份证号码,与户主关系,是否共同生活,性别,"
    "出生日期,曾用名,联系电话,申报日期,申报月收入(元),申报车辆数(户),申报住房套数(户),授权书编号,授权日期,授权截止日期"
)
VEHICLE = (
    "号牌种类,号牌号码,车辆品牌,车辆类型,使用性质,车辆识别代号,机动车所有人,身份证明名称,身份证明号码,"
    "初次登记日期,机动车状态,手机号码"
)
HOUSING = (
    "权利人,证件种类,证件号码,不动产权证号,坐落,建筑面积(平方米),规划用途,共有情况,登记时间,权属状态,交易价格(万元)"
)
FUND = (
    "个人账号,姓名,证件类型,证件号码,单位名称,缴存基数,单位缴存比例,个人缴存比例,月缴存额,缴存余额,账户状态,"
    "末次缴存年月"
)
OWNER = {"vehicle": (6, 8), "housing": (0, 2), "provident_fund": (1, 3)}  # where name and number stand in a row
FIRST_ROW = {"vehicle": 2, "housing": 3, "provident_fund": 2}  # as a spreadsheet numbers the first record


def write_county(county: County, folder: Path) -> None:
    """Every file below that folder; the order of households and rows tells nothing about what is planted."""
    shuffle(county)
    leave_what_any_file_holds(county)
    (folder / "inbox").mkdir(parents=True, exist_ok=True)
    (folder / "truth").mkdir(exist_ok=True)
    roster = (member_row(household, member) for household, member in members(county))
    extracts = county.extracts
    write_text(folder / "roster.csv", table(ROSTER, roster), encoding="utf-8-sig")
    write_text(folder / "inbox/vehicle.csv", table(VEHICLE, cells(extracts["vehicle"])))
    write_text(folder / "inbox/provident_fund.txt", table(FUND, cells(extracts["provident_fund"])), separator="|")
    write_housing(folder / "inbox/housing.xlsx", extracts["housing"])
    write_truth(county, folder / "truth")


def shuffle(county: County) -> None:
    """Mix households and rows, number the households, and keep refused rows away from both ends of a file."""
    county.rng.shuffle(county.households)
    for turn, household in enumerate(county.households):
        household.number = f"JZ{turn:08d}"
    for rows in county.extracts.values():
        county.rng.shuffle(rows)
        refused = [row for row in rows if row.reject]
        rows[:] = [row for row in rows if not row.reject]
        for turn, row in enumerate(refused, 1):
            rows.insert(turn * 211, row)


def leave_what_any_file_holds(county: County) -> None:
    """A row left from a trial, a name in another encoding, one number for two people, one person under two numbers."""
    for source, (name, number) in OWNER.items():
        rows = [row for row in county.extracts[source][100:] if not row.marks and not row.reject]
        plain = [row for row in rows if len(str(row.cells[number])) == 18 and "、" not in str(row.cells[name])]
        trial, misread, first, second, other = plain[:5]
        trial.cells[name], trial.cells[number], trial.reject = "测试", "111111111111111111", "trial_row"
        misread.cells[name] = "王伟".encode().decode("gb18030")
        second.cells[number] = first.cells[number]
        other.cells[name] = first.cells[name]


def members(county: County) -> Iterable[tuple[Household, Person]]:
    """Every member with their household, in the roster's order."""
    return [(household, member) for household in county.households for member in household.members]


def member_row(household: Household, member: Person) -> list[str]:
    """One line of the roster. The consent is signed on the day of the application."""
    signed, until = household.accepted, household.consent_until
    serial = household.number.removeprefix("JZ")
    end = f"{signed.replace(year=signed.year + 3) - timedelta(days=1)}" if until is None else until
    consent = [f"SQ{serial}", f"{signed}", end] if member.consents else ["", "", ""]
    return [
        *(household.number, household.programme, household.stage, HOME_AREA, household.township, household.village),
        *(f"{signed}", household.head.roster_name, member.roster_name, member.roster_number, member.relation, "是"),
        *("男" if member.male else "女", f"{member.birth}", member.former_names, member.phone),
        *(f"{household.declared_on}", member.income, household.vehicles, household.dwellings, *consent),
    ]


def table(headings: str, rows: Iterable[Sequence[Cell]]) -> list[Sequence[Cell]]:
    """The heading line and the rows below it."""
    return [headings.split(","), *rows]


def cells(rows: Sequence[Row]) -> list[list[Cell]]:
    """The cells of each row."""
    return [row.cells for row in rows]


def write_text(path: Path, rows: Iterable[Sequence[Cell]], separator: str = ",", encoding: str = "gb18030") -> None:
    """Lines ending in LF; an empty cell is written as two quotation marks, as the departments' systems do."""
    lines = (separator.join(str(cell) or '""' for cell in row) + "\n" for row in rows)
    path.write_bytes("".join(lines).encode(encoding))


def write_housing(path: Path, rows: Sequence[Row]) -> None:
    """A sheet with a title above the headings, and a total and a note below the records."""
    with xlsxwriter.Workbook(path) as book:
        book.set_properties({"created": datetime(2018, 11, 30, tzinfo=UTC)})
        sheet = book.add_worksheet("查询结果")
        total = round(sum(float(row.cells[5]) for row in rows), 2)
        lines = [
            ["不动产登记信息查询结果"],
            *table(HOUSING, cells(rows)),
            ["合计", "", "", "", f"{len(rows)}条", total],
            ["注：数据截至2018年11月30日，仅供社会救助家庭经济状况核对使用。"],
        ]
        for line, row in enumerate(lines):
            for column, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(line, column, cell)
                else:
                    sheet.write_number(line, column, cell)


def write_truth(county: County, folder: Path) -> None:
    """Whose record each planted row is, which findings must come out, and which rows must come back."""
    household_of = {id(member): household.number for household, member in members(county)}
    links: list[list[Cell]] = []
    rejects: list[list[Cell]] = []
    for source, rows in county.extracts.items():
        for place, row in enumerate(rows, FIRST_ROW[source]):
            for mark in row.marks:
                who = [household_of[id(mark.member)], mark.member.roster_number] if mark.member else ["", ""]
                links.append([source, place, mark.slot, *who, mark.story, mark.expect])
            if row.reject:
                rejects.append([source, place, row.reject])
    footer = FIRST_ROW["housing"] + len(county.extracts["housing"])
    rejects += [["housing", footer, "total_at_the_end"], ["housing", footer + 1, "note_at_the_end"]]
    places = {id(member): place for place, (_, member) in enumerate(members(county), 2)}
    rejects += [["roster", places[id(member)], story] for member, story in county.returned]
    findings: list[list[str]] = sorted(
        [one.household.number, one.story, one.rule, one.kind, "found" if one.found else "absent"]
        for one in county.expected
    )
    write_table(folder / "links.csv", "source,row,slot,household_no,person_no,story,expect", links)
    write_table(folder / "findings.csv", "household_no,story,rule,kind,expect", findings)
    write_table(folder / "rejects.csv", "source,row,story", rejects)


def write_table(path: Path, headings: str, rows: Iterable[Sequence[Cell]]) -> None:
    """A plain UTF-8 table."""
    lines = [",".join(str(cell) for cell in row) + "\n" for row in table(headings, rows)]
    path.write_text("".join(lines), encoding="utf-8", newline="\n")
