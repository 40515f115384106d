from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiuzhu_check.values import disability_certificate
from jiuzhu_check.values.identity_number import check_digit

NUMBER = "11010519491231002X"  # the example in GB 11643 itself
always = settings(derandomize=True, deadline=None, max_examples=100)


@st.composite
def numbers(draw: st.DrawFn) -> str:
    birth = draw(st.dates(date(1900, 1, 1), date(2020, 12, 31)))
    body = f"370199{birth:%Y%m%d}{draw(st.integers(0, 999)):03}"
    return body + check_digit(body)


def holder(cell: str | None) -> str | None:
    return disability_certificate.holder(pl.Series([cell], dtype=pl.String))[0]  # type: ignore[no-any-return]


def read(cell: str | None) -> str | None:
    frame = pl.DataFrame({"cell": [cell]}, schema={"cell": pl.String})
    return frame.select(disability_certificate.read(pl.col("cell"))).item()  # type: ignore[no-any-return]


@given(numbers(), st.integers(1, 7), st.integers(1, 4), st.sampled_from(["", "B1", "B2", "b12"]))
@always
def test_every_certificate_holds_its_number(number: str, kind: int, grade: int, issue: str) -> None:
    certificate = f"{number}{kind}{grade}{issue}"
    assert holder(certificate) == number
    for written in (f"'{certificate}", f" {number[:6]} {number[6:14]} {number[14:]}{kind}{grade}{issue}"):
        assert holder(written) == number
        assert read(written) == certificate.upper()


@given(numbers(), st.integers(0, 17), st.integers(1, 9))
@always
def test_one_wrong_digit_leaves_no_number(number: str, place: int, by: int) -> None:
    if number[place] == "X":
        return
    wrong = number[:place] + str((int(number[place]) + by) % 10) + number[place + 1 :]
    assert holder(f"{wrong}43") is None
    assert read(f"{wrong}43") == f"{wrong}43"


@pytest.mark.parametrize(
    "cell", [None, "", "无", NUMBER, f"{NUMBER}83", f"{NUMBER}45", f"{NUMBER}4", "残字第7号", "3.7E+19"]
)
def test_what_has_not_the_form_holds_nobody(cell: str | None) -> None:
    assert holder(cell) is None


@given(st.text(max_size=30))
@always
def test_reading_twice_is_reading_once(cell: str) -> None:
    assert read(read(cell)) == read(cell)
