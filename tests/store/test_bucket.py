import random
import struct
from hashlib import blake2b

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiuzhu_check.store.bucket import bucket, bucket_text

KEY = b"k" * 32
numbers = st.from_regex(r"[0-9]{17}[0-9X]", fullmatch=True)


def bucket_by_hand(number: str, parts: int, key: bytes) -> int:
    first, second, third, offset = struct.unpack("<4Q", blake2b(b"bucket", digest_size=32, key=key).digest())
    check = 10 if number[17] == "X" else int(number[17])
    mixed = (int(number[:17]) * (first | 1) + check * (second | 1) + offset) % 2**64
    mixed = (mixed ^ (mixed >> 32)) * (third | 1) % 2**64
    return mixed >> (64 - (parts.bit_length() - 1))


def bucket_of(number: str | None, parts: int, key: bytes) -> int | None:
    part: int | None = pl.select(bucket(pl.lit(number, pl.String), parts, key)).item()
    return part


@given(st.lists(numbers, max_size=20), st.sampled_from([64, 128, 256]), st.binary(min_size=32, max_size=32))
def test_one_number_falls_where_a_column_of_them_does_and_where_arithmetic_says(
    column: list[str], parts: int, key: bytes
) -> None:
    frame = pl.DataFrame({"number": column}, schema={"number": pl.String})
    found = frame.select(bucket(pl.col("number"), parts, key)).to_series()
    assert found.dtype == pl.UInt16
    assert found.to_list() == [bucket_by_hand(number, parts, key) for number in column]
    assert found.to_list() == [bucket_of(number, parts, key) for number in column]


def test_where_numbers_fall_never_changes_from_release_to_release() -> None:
    assert bucket_of("370102199001011234", 64, KEY) == 53
    assert bucket_of("37010219850203002X", 256, KEY) == 34
    assert pl.select(bucket_text(pl.lit("JZ00000000"), 64, KEY)).item() == 35


@pytest.mark.parametrize(
    "number", [None, "", "370102900101123", "37010219900101123x", "３７０１０２１９９００１０１１２３４", "张三"]
)
def test_what_is_no_number_has_no_part(number: str | None) -> None:
    assert bucket_of(number, 64, KEY) is None


def test_a_countys_numbers_spread_evenly_although_they_are_alike() -> None:
    dice = random.Random(3701)
    column = [
        f"370102{dice.randint(1940, 2020)}{dice.randint(1, 12):02}{dice.randint(1, 28):02}{n % 1000:03}0"
        for n in range(64_000)
    ]
    counts = pl.DataFrame({"number": column}).select(bucket(pl.col("number"), 64, KEY)).to_series().value_counts()
    assert counts.height == 64
    assert 800 < counts["count"].min() <= counts["count"].max() < 1200  # type: ignore[operator]


def test_another_key_puts_numbers_elsewhere() -> None:
    column = pl.DataFrame({"number": [f"37010219900101{n:03}1" for n in range(1000)]})
    one, other = (column.select(bucket(pl.col("number"), 64, key)).to_series() for key in (KEY, b"l" * 32))
    assert (one == other).sum() < 50


@given(st.lists(st.text(max_size=12) | st.none(), max_size=30), st.sampled_from([2, 64, 256]))
def test_one_text_falls_where_a_column_of_them_does(column: list[str | None], parts: int) -> None:
    frame = pl.DataFrame({"household_no": column}, schema={"household_no": pl.String})
    found = frame.select(bucket_text(pl.col("household_no"), parts, KEY)).to_series().to_list()
    assert found == [pl.select(bucket_text(pl.lit(text, pl.String), parts, KEY)).item() for text in column]
    assert all((part is None) == (text is None) for part, text in zip(found, column, strict=True))
    assert all(part is None or 0 <= part < parts for part in found)


def test_household_numbers_spread_evenly() -> None:
    column = pl.DataFrame({"household_no": [f"JZ{number:08}" for number in range(64_000)]})
    counts = column.select(bucket_text(pl.col("household_no"), 64, KEY)).to_series().value_counts()
    assert counts.height == 64
    assert 800 < counts["count"].min() <= counts["count"].max() < 1200  # type: ignore[operator]


@pytest.mark.parametrize("parts", [0, 1, 63, 100, 2**17])
def test_parts_that_are_no_power_of_two_are_a_bug(parts: int) -> None:
    with pytest.raises(AssertionError):
        bucket(pl.col("number"), parts, KEY)
