from collections.abc import Iterator
from pathlib import Path

import keyring
import polars as pl
import pytest

from jiuzhu_check.store.snapshot import Store
from jiuzhu_check.store.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.create(tmp_path / "centre", "370000", "file", tmp_path / "keys" / "centre.key")


@pytest.fixture
def store(workspace: Workspace) -> Store:
    return workspace.store


@pytest.fixture
def vehicles() -> pl.DataFrame:
    """Three invented people's cars."""
    return pl.DataFrame(
        {
            "owner_no": ["370102199001011234", "37010219850203002X", None],
            "owner_name": ["张三", "李四", "王五"],
            "plate_no": ["鲁A12345", "鲁A54321", "鲁A00001"],
        }
    )


@pytest.fixture
def key_ring() -> Iterator[None]:
    """Put the key ring that was there before back in its place."""
    before = keyring.get_keyring()
    yield
    keyring.set_keyring(before)
