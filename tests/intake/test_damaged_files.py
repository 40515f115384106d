"""Files damaged on their way, byte by byte: refused with a code, or every row that was not hit is read as it was written.

Seeded: the same damage every time. JIUZHU_FUZZ=20 tries twenty times as many.
"""

import os
import random
from bisect import bisect_right
from dataclasses import replace

import pytest

from jiuzhu_check.errors import ExtractChanged
from jiuzhu_check.intake.delivery import read_delivery
from tests.intake.extracts import number, row
from tests.intake.written import FORMATS

ROWS = [(row(serial)[0], number(serial), f"鲁A{serial:05}", "A") for serial in range(100, 130)]
MORE = int(os.environ.get("JIUZHU_FUZZ", "1"))
TRIES = {"xlsx": 25, "xls": 40}  # a workbook is read by a process of its own
PACKED = ("xlsx", "zip", "gz")  # these carry checksums: what is taken is what was written
Damage = tuple[bytes, int, int]


def damaged(data: bytes, rng: random.Random) -> Damage:
    """The file with one damage, and which of its bytes were hit, or stand on either side of it."""
    at = rng.randrange(len(data))
    length = min(rng.choice((1, 2, 7, 40, 300)), len(data) - at)
    block = data[at : at + length]
    return rng.choice(
        [
            lambda: (data[:at] + bytes([data[at] ^ 1 << rng.randrange(8)]) + data[at + 1 :], at, at + 1),
            lambda: (data[:at], at, len(data)),
            lambda: (data[:at] + rng.randbytes(length) + data[at:], at, at),
            lambda: (data[:at] + rng.choice(b'",\n|<>{}[]\x00\x1f &;').to_bytes(1, "big") + data[at:], at, at),
            lambda: (data[:at] + block + data[at:], at, at + length),
            lambda: (data[:at] + bytes(length) + data[at + length :], at, at + length),
            lambda: (data[:at] + data[at + length :], at, at + length),
        ]
    )()


def hit(data: bytes, begin: int, end: int) -> set[int]:
    """The rows that the damage may have touched: those around it."""
    places = [data.find(number(serial).encode()) for serial in range(100, 130)]
    return set(range(bisect_right(places, begin) - 2, bisect_right(places, end) + 2))


@pytest.mark.parametrize("name", FORMATS)
def test_a_damaged_file_is_refused_or_right(name: str) -> None:
    write, source, _ = FORMATS[name]
    source = replace(source, contract=replace(source.contract, max_reject_pct=100))
    data = write(ROWS)
    refused = 0
    for seed in range(TRIES.get(name, 120) * MORE):
        bad, begin, end = damaged(data, random.Random(f"{name} {seed}"))
        try:
            delivery = read_delivery(source, bad, "extract")
        except ExtractChanged:
            refused += 1
            continue
        said = set(delivery.rows.select("owner_name_raw", "owner_no_raw", "plate_no", "status").rows())
        lost = {at for at, each in enumerate(ROWS) if each not in said}
        if name in PACKED:
            assert not lost, seed
        elif name != "xls":
            assert len(lost - hit(data, begin, end)) <= delivery.rejects.height, seed
        assert len(said - set(ROWS)) <= len(hit(data, begin, end)) + 2, seed
    assert refused
