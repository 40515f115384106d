from collections.abc import Iterator
from typing import Any

import pytest

from tests.torture.faults import FIGURES, Torture
from tests.torture.keeping import Keeping
from tests.torture.program import program

PARTS = 2  # the program treats every part alike: a fault in each of 64 would be the same one, for half a day


@pytest.fixture(scope="session")
def torture() -> Iterator[Torture]:
    """The invented county's way from nothing to its exports; each test spoils a copy."""
    with program(PARTS, long=True) as started:
        yield Torture(started)


@pytest.fixture(scope="session")
def keeping() -> Iterator[Keeping]:
    """The same county a month later, with a backup of before."""
    with program(PARTS, long=True) as started:
        yield Keeping(started)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where two work at a time (`-n 2`), each hands over what it counted."""
    output: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["figures"] = [(list(what), times) for what, times in FIGURES.items()]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    for what, times in getattr(node, "workeroutput", {}).get("figures", []):
        FIGURES[tuple(what)] += times
