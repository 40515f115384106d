"""Three hundred turned bits, zero blocks and cut ends in every kind of file: an error with a code, or the same results."""

from collections.abc import Iterator

import pytest

from tests.torture.damage import LOOKS, damage, handed_in
from tests.torture.faults import Torture
from tests.torture.program import program

TIMES = 300
PARTS = 8  # so that with a part some households are lost, and not most


@pytest.fixture(scope="module")
def torture() -> Iterator[Torture]:
    with program(PARTS) as started:
        yield Torture(started)


@pytest.mark.parametrize("kind", LOOKS)
def test_a_spoilt_file_never_gives_another_result(torture: Torture, kind: str) -> None:
    pattern, look = LOOKS[kind]
    outcomes = damage(torture, kind, pattern, TIMES, look)
    assert sum(outcomes.values()) == TIMES


@pytest.mark.parametrize("name", ["roster import", "pull vehicle", "pull housing", "pull provident_fund"])
def test_a_spoilt_delivery_is_refused_or_every_row_of_it_is_accounted_for(torture: Torture, name: str) -> None:
    handed_in(torture, name, TIMES // 3)
