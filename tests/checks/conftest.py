import random
from pathlib import Path

import pytest

from jiuzhu_check.checks import run_decoys
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.results import Result
from jiuzhu_check.checks.run import check_all
from tests.checks.centres import AS_OF, Small, copied, keyed, sample_centre
from tests.checks.nights import KEYS, Nights
from tests.checks.townships import HE, SHE


@pytest.fixture(scope="session")
def county(tmp_path_factory: pytest.TempPathFactory) -> Centre:
    """The invented county, delivered and not yet checked. Read it, copy it, change nothing in it."""
    return sample_centre(tmp_path_factory.mktemp("county"))


@pytest.fixture(scope="session")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Centre:
    """The invented county after its recipients and its entrants were checked."""
    centre = sample_centre(tmp_path_factory.mktemp("checked"))
    for kind in ("recipients", "entrants"):
        check_all(centre, kind, AS_OF)
    return centre


@pytest.fixture(scope="session")
def recipients(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """What checking the county's recipients gives."""
    return check_all(sample_centre(tmp_path_factory.mktemp("recipients")), "recipients", AS_OF)[0]


@pytest.fixture
def small(tmp_path_factory: pytest.TempPathFactory) -> Small:
    return Small(tmp_path_factory.mktemp("small"))


@pytest.fixture
def town(small: Small) -> Small:
    """Two households and the vehicle register, nothing delivered yet."""
    small.require({"vehicle": "required"})
    small.enrol([HE, SHE])
    return small


@pytest.fixture
def nights(county: Centre, tmp_path: Path, request: pytest.FixtureRequest) -> Nights:
    centre = copied(county, tmp_path)
    for source, key in KEYS.items():
        keyed(centre, source, key)
    return Nights(centre, tmp_path, random.Random(getattr(request, "param", 0)))


@pytest.fixture
def none_lends(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a large county, where few lend a decoy anything: whose consent ends has lent nothing."""
    monkeypatch.setattr(run_decoys, "SAMPLE", 0)
