"""What a department's file says of an owner besides the number, from the file to the link."""

import polars as pl
import pytest

from jiuzhu_check.checks.deliveries import take, take_roster
from jiuzhu_check.checks.exports import export
from jiuzhu_check.checks.run import check_all
from tests.checks.centres import AS_OF, DATA_DATE, Small, number

ROSTER = "家庭编号,救助类别,办理状态,行政区划代码,姓名,身份证号码,授权书编号,授权日期,授权截止日期,联系电话,家庭住址,工作单位"
HIM = number(1)
HEADS = "号牌号码,车辆识别代号,车辆类型,机动车所有人,身份证明号码,初次登记日期,机动车状态,出生日期,性别,联系电话,住所详细地址"
HOME = "历下区泉城路12号3单元402室"


@pytest.fixture
def street(small: Small) -> Small:
    """One member with a phone, an address and an employer on the roster."""
    file = small.folder / "roster.csv"
    person = f"JZ1,农村低保,在保,370000,张建国,{HIM},SQ1,2018-01-01,2020-12-31,138-0000-0000,{HOME},泰山机械有限公司"
    file.write_text(f"{ROSTER}\n{person}\n", encoding="utf-8")
    take_roster(small.centre, file)
    return small


def linked(street: Small, source: str, heads: str, *rows: str) -> list[tuple[int, str, str]]:
    """source_row, tier and status of the links of a delivery of these rows; the last line is a stranger's."""
    file = street.folder / f"{source}.csv"
    file.write_text("\n".join([heads, *rows]) + "\n", encoding="utf-8")
    assert take(street.centre, source, file, "", DATA_DATE).rejected == 0
    check_all(street.centre, "recipients", AS_OF)
    return list(export(street.centre, "links", "latest").select("source_row", "tier", "status").sort(pl.all()).rows())


def test_a_vehicle_without_a_number_is_found_by_birth_date_phone_and_address(street: Small) -> None:
    told = linked(
        street,
        "vehicle",
        HEADS,
        "鲁Z1,LZZ1,K33,张建国,,20100101,A,1970-01-01,男,13800000000,",
        "鲁Z2,LZZ2,K33,张建国,,20100101,A,1970-01-01,男,,济南市历下区泉城路12-3-402",
        "鲁Z3,LZZ3,K33,张建国,,20100101,A,1970-01-01,男,,",
        "鲁Z4,LZZ4,K33,张建国,无,20100101,A,,,13800000000,",
        "鲁Z5,LZZ5,K33,张建国,,20100101,A,,,,历下区泉城路12号3单元402",
        "鲁Z6,LZZ6,K33,张建国,,20100101,A,,,,历下区泉城路12号3单元403",
        "鲁Z7,LZZ7,K33,张建国,,20100101,A,1992-01-01,男,13800000000,",
        f"鲁Z8,LZZ8,K33,王大海,{HIM},20100101,A,1992-01-01,女,,",
        f"鲁Z9,LZZ9,K33,张建国,{HIM},20100101,A,1970-01-01,女,,",
    )
    assert told == [
        (2, "B4", "accepted"),
        (3, "B4", "accepted"),
        (4, "C5", "review"),
        (5, "C5", "review"),
        (6, "D1", "lead"),
        (9, "R", "vetoed"),
        (10, "A1", "accepted"),
    ]


def test_an_account_without_a_number_is_a_lead_by_its_employer(street: Small) -> None:
    heads = "姓名,证件号码,个人账号,单位名称,缴存基数,账户状态"
    rows = ("张建国,,A1,山东泰山机械有限责任公司,3000.00,正常", "张建国,,A2,泰山第二机械厂,3000.00,正常")
    assert linked(street, "provident_fund", heads, *rows) == [(2, "D1", "lead")]
