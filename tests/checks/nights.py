"""Nights of a county whose departments tell what changed, and all that may change from one to the next. Nobody is real."""

import csv
import io
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from jiuzhu_check.checks import results
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.consent_change import withdraw
from jiuzhu_check.checks.decisions import Answer
from jiuzhu_check.checks.deliveries import take, take_roster
from jiuzhu_check.checks.disputes import open_dispute
from jiuzhu_check.checks.night import Night
from jiuzhu_check.checks.reexaminations import record
from jiuzhu_check.checks.results import Result
from jiuzhu_check.checks.review import decide, queue
from jiuzhu_check.checks.run import check_all
from tests.checks.centres import (
    AS_OF,
    DATA_DATE,
    EXTRACTS,
    SAMPLE,
    copied,
)

KEYS = {"vehicle": "vin", "provident_fund": "account_no"}
FILES = {"vehicle": ("vehicle.csv", ","), "provident_fund": ("provident_fund.txt", "|")}
OWNER = {"vehicle": ("机动车所有人", "身份证明号码"), "provident_fund": ("姓名", "证件号码")}
NOW = datetime(2018, 12, 1, 9, tzinfo=UTC)


@dataclass
class Nights:
    """A county whose departments tell what changed; what its last night said of its plan."""

    centre: Centre
    folder: Path
    chance: random.Random
    day: date = AS_OF
    plan: dict[str, Any] = field(default_factory=dict)
    sent: Iterator[int] = field(default_factory=lambda: iter(range(1000)))

    def night(self, *, full: bool = False) -> Result:
        lines: list[str] = []
        self.centre = Centre.open(self.centre.workspace.path)
        result, _ = check_all(self.centre, "recipients", self.day, night=Night(full=full, log=lines.append))
        (self.plan,) = [told for told in map(json.loads, lines) if told["stage"] == "plan"]
        return result

    def whole(self) -> "Nights":
        """The same county elsewhere, everything checked anew."""
        again = copied(self.centre, self.folder / f"whole{next(self.sent)}")
        other = Nights(again, self.folder, self.chance, self.day)
        other.night(full=True)
        return other


def an_increment(nights: Nights, source: str, spoilt: float = 1) -> None:
    """Some rows again: owners changed hands, numbers were damaged or mended, names written otherwise; and some new ones."""
    name, cut = FILES[source]
    heads, *rows = csv.reader(io.StringIO((SAMPLE / "inbox" / name).read_text("gb18030")), delimiter=cut)
    owner, number = (heads.index(each) for each in OWNER[source])
    people = nights.centre.roster().select("name", "person_no").rows()
    serial = next(nights.sent)
    told = []
    good = [cells for cells in rows if len(cells) == len(heads)]
    for place, cells in enumerate(nights.chance.sample(good, 25)):
        his, no = nights.chance.choice(people)
        change = nights.chance.randrange(9) if nights.chance.random() < spoilt else 8
        if change == 0:  # sold to a member
            cells[owner], cells[number] = his, no
        elif change == 1:  # a member's, the number covered
            cells[owner], cells[number] = his, f"{no[:10]}****{no[14:]}"
        elif change == 2:  # one digit wrong
            cells[owner], cells[number] = his, f"{no[:12]}{nights.chance.randrange(10)}{no[13:]}"
        elif change == 3:  # a stranger's name on it
            cells[owner] = nights.chance.choice(people)[0]
        elif change == 4:  # as a spreadsheet leaves it
            cells[owner], cells[number] = his, f"{no[:15]}000"
        elif change == 5:  # a new one of a member's
            cells[owner], cells[number] = his, no
            cells[heads.index("车辆识别代号" if source == "vehicle" else "个人账号")] = f"NEW{serial:05}{place:09}"
        elif change == 6:  # under another member's number
            cells[number] = nights.chance.choice(people)[1]
        told.append(cells)
    file = nights.folder / f"{source}-{serial}{Path(name).suffix}"
    with file.open("w", encoding="gb18030", newline="") as out:
        csv.writer(out, delimiter=cut, lineterminator="\n").writerows([heads, *told])
    take(nights.centre, source, file, "", max(nights.day, DATA_DATE), changes=True)


def an_item_is_decided(nights: Nights) -> None:
    item = nights.chance.choice(sorted(queue(nights.centre)["item"]))
    decide(nights.centre, Answer(item, nights.chance.choice(("same", "different", "unsure")), "看过行驶证", "甲"), NOW)


def a_finding_is_answered(nights: Nights) -> None:
    findings = results.load(results.find(nights.centre.store, "latest")[0]).finding
    row = findings.sample(1, seed=nights.chance.randrange(10**6)).row(0, named=True)
    same = {
        name: row[name] for name in ("finding_id", "household_no", "member_no", "rule", "subject", "run", "record_mark")
    }
    told = {"outcome": nights.chance.choice(("explained", "corrected", "upheld")), "signer": "经办甲"}
    rest = {"note": None, "document_no": None, "signed_on": nights.day + timedelta(days=nights.chance.randrange(3))}
    record(nights.centre.store, [{**same, **told, **rest}], NOW)


def a_finding_is_disputed(nights: Nights) -> None:
    findings = results.load(results.find(nights.centre.store, "latest")[0]).finding
    asked = findings.filter(~pl.col("status").is_in(["disputed"]))
    row = asked.sample(1, seed=nights.chance.randrange(10**6)).row(0, named=True)
    now = datetime(nights.day.year, nights.day.month, nights.day.day, 12, tzinfo=UTC)
    open_dispute(nights.centre, row["household_no"], row["finding_id"], "车不是我的", "乙", nights.day, now)


def the_roster_changes(nights: Nights, homes: int = 2) -> None:
    """Some households again, each otherwise than in the sample: new, grown, gone, renamed, corrected, or only poorer."""
    heads, *rows = csv.reader(io.StringIO((SAMPLE / "roster.csv").read_text("utf-8-sig")))
    home, name, number, stage, income, until, born, sex = (
        heads.index(each)
        for each in ("家庭编号", "姓名", "身份证号码", "办理状态", "申报月收入(元)", "授权截止日期", "出生日期", "性别")
    )
    told = []
    for each in nights.chance.sample(sorted({row[home] for row in rows}), homes):
        theirs = [list(row) for row in rows if row[home] == each]
        his, no = nights.chance.choice(_owners(nights))
        last = theirs[-1]
        change = nights.chance.randrange(9)
        if change == 0:  # declares something else
            theirs = [[*row[:income], "321", *row[income + 1 :]] for row in theirs]
        elif change == 1:  # the number was another's
            last[number], last[born], last[sex] = no, "", ""
        elif change == 2:  # is called otherwise
            last[name] = his
        elif change == 3:  # one more
            theirs.append(list(last))
            theirs[-1][name], theirs[-1][number], theirs[-1][born], theirs[-1][sex] = his, no, "", ""
        elif change == 4:  # one less
            theirs = theirs[: max(1, len(theirs) - 1)]
        elif change == 5:  # receives no more, or applies
            state = nights.chance.choice(("停保", "申请"))
            theirs = [[*row[:stage], state, *row[stage + 1 :]] for row in theirs]
        elif change == 6:  # a new household
            last[home], last[name], last[number] = f"XZ{next(nights.sent):04}", his, no
            last[born], last[sex], theirs = "", "", [last]
        elif change == 7:  # signed for less long, or for longer
            theirs = [
                [*row[:until], nights.chance.choice(("2018-11-30", "2021-12-31")), *row[until + 1 :]] for row in theirs
            ]
        told += theirs
    file = nights.folder / "roster.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out, lineterminator="\n").writerows([heads, *told])
    take_roster(nights.centre, file)


def _owners(nights: Nights) -> list[tuple[str, str]]:
    """Name and number of owners in an extract, members and strangers, as they are delivered."""
    source = nights.chance.choice(sorted(OWNER))
    name, cut = FILES[source]
    heads, *rows = csv.reader(io.StringIO((SAMPLE / "inbox" / name).read_text("gb18030")), delimiter=cut)
    owner, number = (heads.index(each) for each in OWNER[source])
    told = [(row[owner], row[number]) for row in rows if len(row) == len(heads)]
    return [each for each in told if all(each) and not each[1].endswith("000")]


def enrolled_anew(nights: Nights) -> None:
    head, *rows = (SAMPLE / "roster.csv").read_text("utf-8-sig").splitlines()
    (nights.folder / "roster.csv").write_text("\n".join([head, rows[0].replace(",2018-", ",2017-")]) + "\n", "utf-8")
    take_roster(nights.centre, nights.folder / "roster.csv")


def withdrawn(nights: Nights) -> None:
    home, member = nights.chance.choice(nights.centre.roster().select("household_no", "member_no").rows())
    withdraw(nights.centre, home, member, date(2018, 11, 20), "CH1", today=AS_OF)


def delivered_whole(nights: Nights, source: str) -> None:
    """The whole file again, of another day; of text files some rows are gone, and all others stand one further up."""
    file = SAMPLE / "inbox" / EXTRACTS[source]
    if file.suffix != ".xlsx":
        head, *rows = file.read_text("gb18030").splitlines()
        file = nights.folder / file.name
        kept = [row for place, row in enumerate(rows) if place and nights.chance.random() > 0.01]
        file.write_text("\n".join([head, *kept]) + "\n", encoding="gb18030")
    take(nights.centre, source, file, "", max(nights.day, DATA_DATE))


def another_policy(nights: Nights) -> None:
    file = nights.centre.workspace.policy_dir / "370000.toml"
    text = file.read_text("utf-8")
    file.write_text(
        text.replace(
            "[[vehicle.allowed]]\nfrom  = 2018-01-01\nvalue = 0", "[[vehicle.allowed]]\nfrom  = 2018-01-01\nvalue = 1"
        ),
        "utf-8",
    )


CHANGES: tuple[Callable[[Nights], None], ...] = (
    lambda nights: an_increment(nights, "vehicle"),
    lambda nights: an_increment(nights, "provident_fund"),
    lambda nights: an_increment(nights, "vehicle", spoilt=0.2),
    lambda nights: delivered_whole(nights, nights.chance.choice(["vehicle", "housing", "provident_fund"])),
    lambda nights: delivered_whole(nights, nights.chance.choice(["vehicle", "housing", "provident_fund"])),
    an_item_is_decided,
    a_finding_is_answered,
    a_finding_is_disputed,
    the_roster_changes,
    the_roster_changes,
    withdrawn,
)
