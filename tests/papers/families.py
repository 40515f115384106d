"""A small centre with families whose papers are looked at. Nobody in it is real; the region does not exist."""

import csv
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.deliveries import take, take_roster
from jiuzhu_check.checks.household_reports import Printed, Wanted, print_papers
from jiuzhu_check.checks.printing import Press
from jiuzhu_check.checks.progress import silent
from jiuzhu_check.checks.run import check_all
from tests.checks.centres import AS_OF, DATA_DATE, REGION, SAMPLE, VEHICLE, new_centre, number

ON, NOW = date(2018, 12, 3), datetime(2018, 12, 3, 9, 0, tzinfo=UTC)
SUPPORT = """
[[support.form]]
from = 2018-01-01
value = "household_excess"

[[support.line_multiple]]
from = 2018-01-01
value = 1

[[support.threshold_multiple]]
from = 2018-01-01
value = 1

[[support.rate]]
from = 2018-01-01
value = 0.5

[[support.divisor]]
from = 2018-01-01
value = "none"
"""
HEADINGS = [
    "家庭编号",
    "救助类别",
    "办理状态",
    "行政区划代码",
    "乡镇街道",
    "户主姓名",
    "姓名",
    "身份证号码",
    "与户主关系",
    "成员类型",
    "授权书编号",
    "授权日期",
    "授权截止日期",
    "申报日期",
    "申报月收入",
    "申报车辆数",
    "申报住房套数",
    "赡养人家庭月收入",
    "赡养人家庭人口",
]


@dataclass(frozen=True)
class Person:
    """One row of the roster."""

    household: str
    name: str
    sequence: int
    relation: str
    role: str = "家庭成员"
    consent: tuple[str, str, str] = ("SQ1", "2018-01-01", "2020-12-31")
    township: str = "柳河镇"
    income: str = "100"
    support: tuple[str, str] = ("", "")
    head: str = "张国强"

    @property
    def number(self) -> str:
        return number(self.sequence)

    def row(self) -> list[str]:
        return [
            self.household, "农村低保", "在保", REGION, self.township, self.head, self.name, self.number, self.relation,
            self.role, *self.consent, "2018-02-01", self.income, "0", "1", *self.support,
        ]  # fmt: skip


FATHER = Person("JZ1", "张国强", 1, "户主")
MOTHER = Person("JZ1", "李秀英", 2, "配偶", consent=("", "", ""))
SON = Person(
    "JZ1",
    "张大志",
    3,
    "长子",
    role="赡养人",
    consent=("SQ1-赡养", "2018-01-01", "2020-12-31"),
    income="",
    support=("7777", "2"),
)
DAUGHTER = Person("JZ1", "张小慧", 4, "长女", role="赡养人", consent=("", "", ""), income="")
RARE = Person("JZ2", "㐂𬎆䶮\ue001", 5, "户主", township="云岭乡", head="㐂𬎆䶮\ue001")
LARGE = [Person("JZ3", f"王{each}一个很长很长的名字阿卜杜拉·买买提", 20 + at, "户主" if not at else "子", head="王甲") for at, each in enumerate("甲乙丙丁戊己庚辛壬癸子丑")]  # fmt: skip
QUIET = Person("JZ4", "赵平安", 50, "户主", head="赵平安")
UNSEEN = Person("JZ5", "孙无据", 51, "户主", consent=("", "", ""), head="孙无据")
EVERYBODY = [FATHER, MOTHER, SON, DAUGHTER, RARE, *LARGE, QUIET, UNSEEN]
# whose car, plate and VIN
CARS = {FATHER: ("鲁Z00001", "LZZFATHER00000001"), SON: ("鲁Z00002", "LZZSON00000000002")}
CARS |= {person: (f"鲁Z9{at:04}", f"LZZLARGE{at:09}") for at, person in enumerate(LARGE)}


def families(folder: Path) -> Centre:
    """The centre, every delivery taken in and its recipients checked."""
    centre = new_centre(folder)
    shutil.copytree(SAMPLE / "policy", centre.workspace.policy_dir, dirs_exist_ok=True)
    policy = centre.workspace.policy_dir / "370000.toml"
    policy.write_text(policy.read_text(encoding="utf-8") + SUPPORT, encoding="utf-8")
    roster = folder / "roster.csv"
    with roster.open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines).writerows([HEADINGS, *(person.row() for person in EVERYBODY)])
    take_roster(centre, roster)
    deliver(centre, folder, DATA_DATE)
    centre = Centre.open(centre.workspace.path)
    check_all(centre, "recipients", AS_OF)
    return centre


def deliver(centre: Centre, folder: Path, on: date, *, cars: int = 1) -> None:
    """The vehicle register's file: each owner's car, or several."""
    rows = [
        f"02,{plate[:-1]}{nth},K33,{vin[:-1]}{nth},{person.name},{person.number},20100101,A"
        for person, (plate, vin) in CARS.items()
        for nth in range(1, cars + 1)
    ]
    file = folder / "vehicle.csv"
    file.write_text("\n".join([VEHICLE, *rows]) + "\n", encoding="utf-8")
    take(centre, "vehicle", file, "", on)


def papers(centre: Centre, press: Press, *households: str, form: str = "pdf", **how: object) -> list[Printed]:
    """What `report household` prints of these households, or of everybody."""
    wanted = Wanted(households, **how)  # type: ignore[arg-type]
    return list(print_papers(centre, wanted, press, form, ON, NOW, progress=silent))


@contextmanager
def setting(centre: Centre, text: str) -> Iterator[Centre]:
    """The centre with these lines in place of [centre] in its workspace.toml."""
    file = centre.workspace.path / "workspace.toml"
    before = file.read_text(encoding="utf-8")
    file.write_text(before[: before.index("[centre]")] + text, encoding="utf-8")
    yield Centre.open(centre.workspace.path)
    file.write_text(before, encoding="utf-8")
