from pathlib import Path

import pytest

from jiuzhu_check.checks.centre import Centre
from tests.checks.centres import copied
from tests.papers.families import families


@pytest.fixture(scope="session")
def known(tmp_path_factory: pytest.TempPathFactory) -> Centre:
    """The families, checked. Copy it, change nothing in it."""
    return families(tmp_path_factory.mktemp("families"))


@pytest.fixture
def centre(known: Centre, tmp_path: Path) -> Centre:
    """The families, checked, to be worked with."""
    return copied(known, tmp_path)
