"""A few of the faults of `make torture`, so that the commonest mistakes are seen at once: the first write, the last ones, some between."""

import random
import shutil
from collections.abc import Iterator

import pytest

from tests.torture.damage import LOOKS, damage, handed_in
from tests.torture.faults import KINDS, Torture, calls_of
from tests.torture.keeping import NAMES, Keeping
from tests.torture.program import Fault, program

pytestmark = pytest.mark.skipif(not shutil.which("cc"), reason="no C compiler: no faults can be injected")
DAMAGES = 2


@pytest.fixture(scope="module")
def torture() -> Iterator[Torture]:
    with program() as started:
        yield Torture(started)


@pytest.mark.parametrize("name", ["init", "roster import", "pull vehicle", "check", "export", "key rotate"])
def test_a_fault_leaves_the_old_state_or_the_new_one_and_doing_it_again_mends_it(torture: Torture, name: str) -> None:
    dice = random.Random(name)
    for calls, fault in dice.sample(KINDS, 4):
        total = calls_of(torture, name, calls)
        at = max(1, total - dice.choice((0, 1, 2, dice.randrange(max(1, total)))))
        assert torture.strike(name, Fault(calls, fault, at)).met or at > total - 3


@pytest.mark.parametrize("kind", LOOKS)
def test_a_spoilt_file_never_gives_another_result(torture: Torture, kind: str) -> None:
    pattern, look = LOOKS[kind]
    damage(torture, kind, pattern, DAMAGES, look)


@pytest.mark.parametrize("name", ["roster import", "pull vehicle", "pull housing", "pull provident_fund"])
def test_a_spoilt_delivery_is_refused_or_every_row_of_it_is_accounted_for(torture: Torture, name: str) -> None:
    handed_in(torture, name, DAMAGES)


@pytest.fixture(scope="module")
def keeping() -> Iterator[Keeping]:
    with program() as started:
        yield Keeping(started)


@pytest.mark.parametrize("name", NAMES)
def test_a_fault_while_purging_backing_up_or_restoring_leaves_all_that_is_to_stay_whole(
    keeping: Keeping, name: str
) -> None:
    dice = random.Random(name)
    for calls, fault in dice.sample([kind for kind in KINDS if kind[0] != "read"], 5):
        total = keeping.calls_of(name, calls)
        at = max(1, total - dice.choice((0, 1, 2, dice.randrange(max(1, total)))))
        assert keeping.strike(name, Fault(calls, fault, at)).met or at > total - 3
