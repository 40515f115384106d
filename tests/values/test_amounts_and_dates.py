from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiuzhu_check.values import area, count, day, money, month
from jiuzhu_check.values.day import FOREVER
from tests.values.reading import read_one

amounts = st.decimals(0, 10**7, places=4)
always = settings(deadline=None, derandomize=True)


@given(amounts, st.sampled_from(list(money.UNITS)))
@always
def test_an_amount_is_yuan_whatever_its_unit(amount: Decimal, unit: str) -> None:
    yuan = (amount * Decimal(money.UNITS[unit])).quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert read_one(money.read, str(amount), unit) == yuan
    assert read_one(money.read, f"￥{amount:,} {unit}", "分") == yuan


@pytest.mark.parametrize(
    ("raw", "unit", "yuan"),
    [
        ("1,234.50", "元", "1234.50"), ("１２３４．５", "元", "1234.50"), ("￥1 234", "元", "1234"), ("1234.5元", "万元", "1234.50"),
        ("5万", "元", "50000"), ("5万元", "元", "50000"), ("0", "元", "0"), ("0.00", "万元", "0"), ("-120", "元", "-120"),
        ("3000元/月", "元", "3000"), ("12345", "分", "123.45"), ("0.005", "元", "0.01"),
        ("64913万元人民币", "元", "649130000"), ("500万元（认缴）", "元", "5000000"), ("50(实缴)", "万元", "500000"),
    ],
)  # fmt: skip
def test_money_as_departments_write_it(raw: str, unit: str, yuan: str) -> None:
    assert read_one(money.read, raw, unit) == Decimal(yuan)


@pytest.mark.parametrize(
    "raw",
    [
        None,
        "",
        " ",
        "-",
        "无",
        "壹万元",
        "1E5",
        "12-3",
        "元",
        "万元",
        "不详",
        "1.2.3",
        "约3000",
        "9" * 19,
        "6350万美元",
        "5(约)",
    ],
)
def test_what_is_no_amount_is_unknown_and_never_zero(raw: str | None) -> None:
    assert read_one(money.read, raw) is None


@given(st.text(max_size=12))
@always
def test_no_text_becomes_zero_that_has_no_zero_in_it(raw: str) -> None:
    if not any(unicode_zero in raw for unicode_zero in "0０٠") and not any(each.isdigit() for each in raw):
        assert read_one(money.read, raw) is None


@given(st.dates(date(1800, 1, 1), date(2999, 12, 31)))
@always
def test_a_day_is_the_same_in_every_form(one: date) -> None:
    if one == date(1900, 1, 1):
        return
    spoken = f"{one.year}年{one.month}月{one.day}日"
    forms = [
        f"{one:%Y%m%d}",
        f"{one:%Y-%m-%d}",
        f"{one.year}/{one.month}/{one.day}",
        f"{one.year}.{one.month}.{one.day}",
    ]
    with_time = [
        f"{one:%Y-%m-%d} 00:00:00.0",
        f"{one:%Y-%m-%d}T08:00:00",
        f"{one:%Y%m%d}103000",
        f"{one:%Y/%m/%d} 9:30",
    ]
    assert {read_one(day.read, form) for form in [*forms, spoken, *with_time]} == {one}


@given(st.integers(10000, 60000), st.dates(date(1990, 1, 1), date(2090, 1, 1)))
@always
def test_a_spreadsheets_day_number_and_milliseconds_are_days(serial: int, one: date) -> None:
    assert read_one(day.read, str(serial)) == date(1899, 12, 30) + timedelta(days=serial)
    assert read_one(day.read, f"{serial}.75") == date(1899, 12, 30) + timedelta(days=serial)
    if one > date(2002, 1, 1):
        midnight_in_china = ((one - date(1970, 1, 1)).days * 24 - 8) * 3600 * 1000
        assert read_one(day.read, str(midnight_in_china)) == one
        assert read_one(day.read, str(midnight_in_china - 1)) == one - timedelta(days=1)


@given(st.dates(date(1930, 1, 1), date(2090, 1, 1)))
@always
def test_milliseconds_are_days_in_every_year(one: date) -> None:
    before_noon_in_china = ((one - date(1970, 1, 1)).days * 24 + 3) * 3600 * 1000  # in summer time too
    if abs(before_noon_in_china) < 10**10:
        return  # the first months of 1970 have too few digits to be told from other numbers
    assert read_one(day.read, str(before_noon_in_china)) == one


def test_midnight_in_the_summer_time_of_the_eighties_is_that_day() -> None:
    assert read_one(day.read, "546793200000") == date(1987, 5, 1)
    assert read_one(day.read, "844099200000") == date(1996, 10, 1)
    assert read_one(day.read, "-315648000000") == date(1960, 1, 1)
    assert read_one(day.read, "199610011030") == date(1996, 10, 1)  # a day and a time of day
    assert read_one(day.read, "13800000001") is None  # a telephone number


@pytest.mark.parametrize("raw", ["长期", "99991231", "9999-12-31", "永久"])
def test_for_ever_is_the_last_day(raw: str) -> None:
    assert read_one(day.read, raw) == FOREVER


@pytest.mark.parametrize(
    "raw",
    [
        None, "", "无", "0000-00-00", "00000000", "1900-01-01", "0001-01-01", "2018-02-30", "2018-13-01", "2018.1",
        "201807", "110105194912310021", "123456789", "2018070", "昨天",
    ],
)  # fmt: skip
def test_what_is_no_day_is_unknown(raw: str | None) -> None:
    assert read_one(day.read, raw) is None


@given(st.dates(date(1900, 2, 1), date(2099, 12, 31)))
@always
def test_a_month_is_its_first_day(one: date) -> None:
    forms = [f"{one:%Y%m}", f"{one:%Y-%m}", f"{one.year}/{one.month}", f"{one.year}年{one.month}月", f"{one:%Y.%m}"]
    assert {read_one(month.read, form) for form in [*forms, f"{one:%Y-%m-%d}", f"{one:%Y%m}.0"]} == {one.replace(day=1)}


@pytest.mark.parametrize("raw", ["2018.1", "2018", "2018-13", "201800", "201813", "", "无", None])
def test_a_month_that_a_spreadsheet_cut_short_is_unknown(raw: str | None) -> None:
    assert read_one(month.read, raw) is None  # 2018.1 may be January, or October written as a number


@pytest.mark.parametrize(
    ("raw", "square_metres"),
    [
        ("120.50平方米", "120.50"), ("89.56㎡", "89.56"), ("89.56 m²", "89.56"), ("1,200.5", "1200.50"), ("１２０", "120"),
        ("土地：宗地面积123.30㎡ / 房屋：建筑面积104.61㎡", "104.61"), ("建筑面积：88", "88"),
    ],
)  # fmt: skip
def test_an_area_is_the_buildings(raw: str, square_metres: str) -> None:
    assert read_one(area.read, raw) == Decimal(square_metres)


@pytest.mark.parametrize("raw", ["1.2亩", "", "无", None, "一百平方米", "12-3"])
def test_land_and_words_are_no_built_area(raw: str | None) -> None:
    assert read_one(area.read, raw) is None


@pytest.mark.parametrize(("raw", "many"), [("2", 2), ("2辆", 2), (" 3 套", 3), ("０", 0), ("1.0", 1)])
def test_a_declared_count_may_carry_its_measure_word(raw: str, many: int) -> None:
    assert read_one(count.read, raw) == many


@pytest.mark.parametrize("raw", ["", "无", "-", "若干", "1.5", "-1", None])
def test_a_count_left_open_is_unknown_and_never_zero(raw: str | None) -> None:
    assert read_one(count.read, raw) is None
