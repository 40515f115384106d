import io
import random
from contextlib import suppress
from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jiuzhu_check.errors import IntegrityError
from jiuzhu_check.store import part
from jiuzhu_check.store.part import decode, encode
from jiuzhu_check.store.place import Place

PLACE = Place("records/vehicle/370100", "20181130-abc", "n000")


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=20) | st.none(), st.integers(-(2**62), 2**62) | st.none()), max_size=50))
def test_what_is_encoded_comes_back(rows: list[tuple[str | None, int | None]]) -> None:
    frame = pl.DataFrame(rows, schema={"owner_no_raw": pl.String, "source_row": pl.Int64}, orient="row")
    data, key = encode(frame, PLACE)
    assert decode(data, key, PLACE).equals(frame)


def test_dates_money_and_flags_keep_their_types() -> None:
    frame = pl.DataFrame(
        {"record_date": [date(2018, 11, 30), None], "value": [Decimal("12.50"), None], "lives_together": [True, None]},
        schema={"record_date": pl.Date, "value": pl.Decimal(18, 2), "lives_together": pl.Boolean},
    )
    data, key = encode(frame, PLACE)
    assert decode(data, key, PLACE).equals(frame)
    assert decode(data, key, PLACE).schema == frame.schema


def test_some_columns_of_some_rows_can_be_asked_for(vehicles: pl.DataFrame) -> None:
    data, key = encode(vehicles, PLACE)
    found = decode(data, key, PLACE, columns=["plate_no"], where=pl.col("owner_name") == "李四")
    assert found.rows() == [("鲁A54321",)]
    assert decode(data, key, PLACE, columns=["plate_no"]).columns == ["plate_no"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(max_size=80) | st.none(), min_size=1, max_size=40))
def test_of_rows_in_small_groups_those_that_are_asked_for_come_back(
    monkeypatch: pytest.MonkeyPatch, homes: list[str | None]
) -> None:
    """Whatever the bounds of a group are, and whether the rows stand in order or not."""
    monkeypatch.setattr(part, "_NARROW", 3)
    frame = pl.DataFrame(
        {"household_no": homes, "source_row": range(len(homes))}, schema_overrides={"household_no": pl.String}
    )
    for each in (frame, frame.sort("household_no")):
        data, key = encode(each, PLACE, narrow=True)
        assert decode(data, key, PLACE).equals(each)
        for home in {*homes, "JZ00000000"} - {None}:
            one = pl.col("household_no") == home
            assert decode(data, key, PLACE, where=one).equals(each.filter(one))


@pytest.mark.parametrize("narrow", [False, True])
def test_nothing_of_the_data_stands_in_clear(vehicles: pl.DataFrame, narrow: bool) -> None:
    data, _ = encode(vehicles, PLACE, narrow=narrow)
    for text in ("370102199001011234", "张三", "owner_no", "plate_no", "PAR1"):
        assert text.encode() not in data


def test_two_files_never_share_a_key_or_bytes(vehicles: pl.DataFrame) -> None:
    (one, first), (other, second) = encode(vehicles, PLACE), encode(vehicles, PLACE)
    assert first != second
    assert one != other


def test_a_file_opens_only_in_its_own_place_and_with_its_own_key(vehicles: pl.DataFrame) -> None:
    data, key = encode(vehicles, PLACE)
    with pytest.raises(IntegrityError, match="无法解密"):
        decode(data, key, Place(PLACE.dataset, PLACE.snapshot, "n001"))
    with pytest.raises(IntegrityError, match="无法解密"):
        decode(data, bytes(32), PLACE)


def test_plaintext_parquet_is_refused_although_polars_would_read_it(vehicles: pl.DataFrame) -> None:
    plain = io.BytesIO()
    vehicles.write_parquet(plain)
    with pytest.raises(IntegrityError, match="不是加密的分区文件") as caught:
        decode(plain.getvalue(), bytes(32), PLACE)
    assert "370102199001011234" not in str(caught.value)


@pytest.mark.parametrize("seed", range(6))
def test_a_flipped_bit_is_an_error_or_changes_nothing_even_before_any_hash_is_compared(
    vehicles: pl.DataFrame, seed: int
) -> None:
    dice = random.Random(seed)
    data, key = encode(pl.concat([vehicles] * 500), PLACE)
    whole = decode(data, key, PLACE)
    for _ in range(50):
        damaged = bytearray(data)
        damaged[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
        with suppress(IntegrityError):
            assert decode(bytes(damaged), key, PLACE).equals(whole)
