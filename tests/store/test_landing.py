import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiuzhu_check.errors import IntegrityError
from jiuzhu_check.store.landing import seal, unseal
from jiuzhu_check.store.place import Place

PLACE = Place("landed/vehicle/370100", "20181130-abc", "raw")
CHUNK = 4 * 1024 * 1024


def sealed(data: bytes) -> tuple[bytes, bytes]:
    pieces, key = seal(data, PLACE, lambda piece: None)
    return b"".join(pieces), key


@settings(deadline=None)
@given(st.binary(max_size=2000))
def test_a_delivery_comes_back_byte_for_byte(data: bytes) -> None:
    stored, key = sealed(data)
    assert unseal(stored, key, PLACE) == data


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 5])
def test_chunks_meet_without_a_gap(size: int) -> None:
    data = random.Random(size).randbytes(size)
    stored, key = sealed(data)
    assert unseal(stored, key, PLACE) == data


def test_a_chunk_left_out_moved_or_repeated_is_noticed() -> None:
    data = random.Random(1).randbytes(2 * CHUNK + 5)
    stored, key = sealed(data)
    size = CHUNK + 16
    head, first, second, last = (
        stored[:4],
        stored[4 : 4 + size],
        stored[4 + size : 4 + 2 * size],
        stored[4 + 2 * size :],
    )
    for changed in (
        head + first + second,
        head + first + last,
        head + second + first + last,
        head + first + first + second + last,
        head,
        stored[:-1],
        stored + b"x",
        b"",
    ):
        with pytest.raises(IntegrityError):
            unseal(changed, key, PLACE)


def test_a_delivery_opens_only_in_its_own_place() -> None:
    stored, key = sealed(b"370102199001011234")
    assert b"370102199001011234" not in stored
    with pytest.raises(IntegrityError):
        unseal(stored, key, Place(PLACE.dataset, "20190101-abc", "raw"))
