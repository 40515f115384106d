from collections.abc import Iterator

import pytest

from tests.torture.faults import Torture
from tests.torture.keeping import Keeping
from tests.torture.program import program


@pytest.fixture(scope="session")
def torture() -> Iterator[Torture]:
    """The invented county's way from nothing to its exports; each test spoils a copy."""
    with program() as started:
        yield Torture(started)


@pytest.fixture(scope="session")
def keeping() -> Iterator[Keeping]:
    """The same county a month later, with a backup of before."""
    with program() as started:
        yield Keeping(started)
