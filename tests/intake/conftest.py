from pathlib import Path

import pytest

from jiuzhu_check.store.snapshot import Store
from jiuzhu_check.store.workspace import Workspace


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Workspace.create(tmp_path / "centre", "370199", "file", tmp_path / "keys" / "centre.key").store
