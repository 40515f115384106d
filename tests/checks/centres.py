"""Centres for the tests: the invented county of sample_data, and small ones made of a few people."""

import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from jiuzhu_check.checks.centre import Centre, create_centre
from jiuzhu_check.checks.deliveries import take, take_roster

SAMPLE = Path(__file__).parents[2] / "sample_data"
EXTRACTS = {"vehicle": "vehicle.csv", "housing": "housing.xlsx", "provident_fund": "provident_fund.txt"}
AS_OF, DATA_DATE = date(2018, 12, 1), date(2018, 11, 30)
REGION = "370000"
TABLES = ("links", "findings", "coverage", "rejects")

ROSTER = (
    "家庭编号,救助类别,办理状态,行政区划代码,姓名,身份证号码,授权书编号,授权日期,授权截止日期,申报日期,申报车辆数(户)"
)
VEHICLE = "号牌种类,号牌号码,车辆类型,车辆识别代号,机动车所有人,身份证明号码,初次登记日期,机动车状态"


def number(sequence: int, birth: str = "19700101") -> str:
    """A number of nobody that passes the checksum by its definition."""
    body = f"370199{birth}{sequence:03}"
    weighted = sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(body))
    return body + "0123456789X"[(1 - weighted) % 11]


@dataclass(frozen=True)
class Member:
    """One row of a small roster."""

    name: str
    number: str
    household: str = "JZ1"
    stage: str = "在保"
    consent: tuple[str, str, str] = ("SQ1", "2018-01-01", "2020-12-31")
    programme: str = "农村低保"

    @property
    def row(self) -> str:
        cells = (
            self.household,
            self.programme,
            self.stage,
            REGION,
            self.name,
            self.number,
            *self.consent,
            "2018-02-01",
            "0",
        )
        return ",".join(cells)


@dataclass
class Small:
    """A small centre: write a roster, deliver vehicles, and check."""

    folder: Path
    centre: Centre = field(init=False)
    delivered: int = 0

    def __post_init__(self) -> None:
        self.centre = new_centre(self.folder)

    def enrol(self, members: Iterable[Member]) -> None:
        file = self.folder / "roster.csv"
        file.write_text("\n".join([ROSTER, *(each.row for each in members)]) + "\n", encoding="utf-8")
        take_roster(self.centre, file)

    def vehicles(
        self,
        owners: Sequence[tuple[str, str]],
        *,
        on: date = DATA_DATE,
        supplier: str = "",
        registered: str = "20100101",
    ) -> None:
        """One car for each owner (name, number)."""
        self.delivered += 1
        rows = [
            f"02,鲁Z{place:05},K33,LZZ{self.delivered:04}{place:010},{name},{owner},{registered},A"
            for place, (name, owner) in enumerate(owners)
        ]
        file = self.folder / "vehicle.csv"
        file.write_text("\n".join([VEHICLE, *rows]) + "\n", encoding="utf-8")
        take(self.centre, "vehicle", file, supplier, on)

    def sign(self, register: str) -> None:
        """Write the register anew, as it stands."""
        self.centre.workspace.sources_toml.write_text(register, encoding="utf-8")
        self.centre = Centre.open(self.centre.workspace.path)

    def require(self, requirements: Mapping[str, str]) -> None:
        """Write the register anew: source → requirement."""
        lines = [f'[{name}]\nrequirement = "{requirement}"' for name, requirement in requirements.items()]
        self.sign("\n".join(lines))


def keyed(centre: Centre, source: str, *columns: str) -> None:
    """A source whose files of changes tell one record from another by these columns."""
    folder = centre.workspace.connectors_dir / source
    folder.mkdir(parents=True, exist_ok=True)
    names = ", ".join(f'"{column}"' for column in columns)
    (folder / "source.toml").write_text(f"[extract]\nkey = [{names}]\n", encoding="utf-8")


def new_centre(folder: Path) -> Centre:
    folder.mkdir(parents=True, exist_ok=True)
    create_centre(folder / "workspace", REGION, "file", folder / "workspace.key")
    return Centre.open(folder / "workspace")


def sample_centre(folder: Path) -> Centre:
    """The invented county with its policy, every delivery taken in and nothing checked."""
    centre = new_centre(folder)
    shutil.copytree(SAMPLE / "policy", centre.workspace.policy_dir, dirs_exist_ok=True)
    take_roster(centre, SAMPLE / "roster.csv")
    for source, file in EXTRACTS.items():
        take(centre, source, SAMPLE / "inbox" / file, "", DATA_DATE)
    return Centre.open(centre.workspace.path)


def copied(centre: Centre, folder: Path) -> Centre:
    """The same centre elsewhere, to be spoilt; its key stays where it is."""
    shutil.copytree(centre.workspace.path, folder / "workspace")
    return Centre.open(folder / "workspace")
