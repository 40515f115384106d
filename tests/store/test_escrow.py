"""The key in its custodians' hands: all of them open it, none alone, and nobody else."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiuzhu_check.errors import CredentialError, UsageError
from jiuzhu_check.store.escrow import Escrow, custodians, open_escrow, seal_key

HELD = Escrow("0123456789ab", "fedcba9876543210", bytes(range(32)))
TWO = ["河 桥 灯 雪 竹 马 钟 帆 麦 井", "山路 石榴 铜铃 木船 白鹭 秋千"]


@pytest.fixture(scope="module")
def sealed() -> bytes:
    return seal_key(HELD, TWO)


def test_both_custodians_together_open_it(sealed: bytes) -> None:
    assert custodians(sealed) == 2
    assert open_escrow(sealed, TWO) == HELD
    assert bytes(range(32)).hex() not in sealed.decode()


@pytest.mark.parametrize("told", [TWO[:1], TWO[1:], TWO[::-1], ["".join(TWO)], [*TWO, TWO[0]], []])
def test_neither_alone_nor_in_another_order_does(sealed: bytes, told: list[str]) -> None:
    with pytest.raises(CredentialError, match="打不开"):
        open_escrow(sealed, told)


@settings(max_examples=12, deadline=None, derandomize=True)
@given(at=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_a_changed_bit_is_never_taken_for_the_key(at: int, bit: int) -> None:
    data = bytearray(seal_key(HELD, TWO))
    place = at % len(data)
    data[place] ^= 1 << bit
    with suppress(CredentialError):
        assert open_escrow(bytes(data), TWO) == HELD  # where the bit was in a space, which says nothing


@pytest.mark.parametrize("told", [[], ["short"], [TWO[0], "short"], [TWO[0], TWO[0]]])
def test_passphrases_that_guard_nothing_are_refused(told: list[str]) -> None:
    with pytest.raises(UsageError):
        seal_key(HELD, told)


def test_what_is_no_escrow_is_said_so() -> None:
    for data in (b"", b"{}", b"\xff\xfe", b'{"format": 2}', b"[]"):
        with pytest.raises(CredentialError, match="不是密钥托管文件"):
            open_escrow(data, TWO)
