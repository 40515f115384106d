"""A fault at every write, fsync and rename of every step: whole before, whole after, and the same once it is done again."""

import pytest

from tests.torture.faults import KINDS, Torture, calls_of, every
from tests.torture.keeping import NAMES, Keeping
from tests.torture.program import Fault

EVERYWHERE = ["init", "roster import", "pull vehicle", "check", "export", "key rotate"]
READS = 40  # of each command, evenly over its way


@pytest.mark.parametrize(("calls", "fault"), [kind for kind in KINDS if kind[0] != "read"])
@pytest.mark.parametrize("name", EVERYWHERE)
def test_a_fault_at_any_write_leaves_the_old_state_or_the_new_one(
    torture: Torture, name: str, calls: str, fault: str
) -> None:
    expected = calls_of(torture, name, calls)
    struck = every(torture, name, calls, fault)
    least = 1 if (calls, fault) == ("rename", "ENOSPC") else expected  # a full disk takes no unlink amiss
    assert struck >= least


@pytest.mark.parametrize("name", EVERYWHERE)
def test_a_file_that_cannot_be_read_is_said_and_nothing_is_made_of_it(torture: Torture, name: str) -> None:
    total = calls_of(torture, name, "read")
    for at in range(1, total + 1, max(1, total // READS)):
        torture.strike(name, Fault("read", "EIO", at))


@pytest.mark.parametrize(("calls", "fault"), [kind for kind in KINDS if kind[0] != "read"])
@pytest.mark.parametrize("name", NAMES)
def test_a_fault_while_purging_backing_up_or_restoring_leaves_all_that_is_to_stay_whole(
    keeping: Keeping, name: str, calls: str, fault: str
) -> None:
    total = keeping.calls_of(name, calls)
    for at in range(1, total + 1):
        keeping.strike(name, Fault(calls, fault, at))
