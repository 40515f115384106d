from decimal import Decimal

import pytest

from jiuzhu_check.values import power
from tests.values.reading import read_one


@pytest.mark.parametrize(
    ("raw", "unit", "kilowatts"),
    [
        ("36.8", "千瓦", "36.80"), ("36.8", "kW", "36.80"), ("100", "马力", "73.55"), ("100 马力", "千瓦", "73.55"),
        ("８８．２ＫＷ", "马力", "88.20"), ("1,200千瓦", "千瓦", "1200.00"), ("0", "千瓦", "0"),
    ],
)  # fmt: skip
def test_power_as_departments_write_it(raw: str, unit: str, kilowatts: str) -> None:
    assert read_one(power.read, raw, unit) == Decimal(kilowatts)


@pytest.mark.parametrize("raw", [None, "", "无", "不详", "50型", "36.8*2", "约50马力", "千瓦"])
def test_what_is_no_power_is_unknown_and_never_zero(raw: str | None) -> None:
    assert read_one(power.read, raw, "千瓦") is None


def test_a_bare_number_whose_unit_nobody_says_is_unknown() -> None:
    assert read_one(power.read, "50", "元") is None
    assert read_one(power.read, "50马力", "元") == Decimal("36.77")
