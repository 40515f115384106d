import shutil
from pathlib import Path

import pytest

from tests.cli.program import DATA_DATE, run
from tests.spark.clusters import WORK, Ended, Site, copy_of
from tests.worlds import world

PERSONS, RECORDS, SEED = 6_000, 60_000, 7


@pytest.fixture(scope="session")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A practice world of three sources, taken in and not checked. Copy it, change nothing in it."""
    folder = tmp_path_factory.mktemp("delivered")
    world.make(folder / "world", PERSONS, RECORDS, SEED)
    site = Site(folder / "workspace", folder / "disk")
    key = str(folder / "workspace.key")
    run("init", str(site.workspace), "--region", "370000", "--key-provider", "file", "--key-file", key)
    assert run("-C", str(site.workspace), "roster", "import", str(folder / "world" / "roster.csv")).code == 0
    for source in ("vehicle", "housing", "provident_fund"):
        (file,) = (folder / "world" / "inbox").glob(f"{source}.*")
        took = run("-C", str(site.workspace), "pull", source, "--file", str(file), "--data-date", DATA_DATE)
        assert took.code == 0, took.err
    return site


@pytest.fixture
def site(delivered: Site, tmp_path: Path) -> Site:
    """The world, to be checked."""
    return copy_of(delivered, tmp_path)


@pytest.fixture(scope="session")
def here(delivered: Site, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The exports of the world, checked on this machine alone."""
    own = copy_of(delivered, tmp_path_factory.mktemp("here"))
    checked: Ended = own.check()
    assert checked.code == 0, checked.err
    return own.exports()


@pytest.fixture(autouse=True)
def _no_work_left() -> None:
    shutil.rmtree(WORK, ignore_errors=True)
