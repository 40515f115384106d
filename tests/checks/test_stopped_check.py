"""A check that was stopped or killed goes on where it was: what stood is not read again, and the result is the same."""

import itertools
import random
import re
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from jiuzhu_check.checks import results
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.consent_change import withdraw
from jiuzhu_check.checks.decisions import Answer
from jiuzhu_check.checks.deliveries import take, take_roster
from jiuzhu_check.checks.exports import export_bytes
from jiuzhu_check.checks.night import Night
from jiuzhu_check.checks.review import decide, queue
from jiuzhu_check.checks.run import check_all
from jiuzhu_check.errors import ExitCode, Stopped
from tests.checks.centres import AS_OF, SAMPLE, TABLES, copied

ROOT = Path(__file__).parents[2]
KILLED = """
import itertools, os, signal, sys
from datetime import date
from pathlib import Path
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.night import Night
from jiuzhu_check.checks.run import check_all

parts = dict[str, int]()

def killed(title: str, done: int, of: int) -> None:
    parts[title] = done
    if sum(parts.values()) >= int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)

night = Night(clock=itertools.count(step=100).__next__)  # so slow that keeping is worth its time after every group
check_all(Centre.open(Path(sys.argv[1])), "recipients", date(2018, 12, 1), progress=killed, night=night)
"""


@dataclass
class Walk:
    """Asks a check to stop after so many parts."""

    most: int
    code: ExitCode = ExitCode.TERMINATED
    done: dict[str, int] = field(default_factory=dict)

    def move(self, title: str, done: int, _of: int) -> None:
        self.done[title] = done

    def night(self) -> Night:
        return Night(asked=lambda: self.code if sum(self.done.values()) >= self.most else None)


@pytest.fixture
def own(county: Centre, tmp_path: Path) -> Centre:
    return copied(county, tmp_path)


def parts_of(centre: Centre) -> int:
    """How many parts a check of everybody reads."""
    night = Night()
    check_all(centre, "recipients", AS_OF, night=night)
    assert night.reading.stood == 0
    return night.reading.read


def stopped(centre: Centre, after: int) -> Stopped:
    walk = Walk(after)
    with pytest.raises(Stopped) as caught:
        check_all(centre, "recipients", AS_OF, progress=walk.move, night=walk.night())
    return caught.value


def everything(centre: Centre) -> dict[str, bytes]:
    return {table: export_bytes(centre, table, "latest", "csv")[0] for table in TABLES}


def test_after_a_kill_at_four_fifths_at_most_three_tenths_of_the_parts_are_read_again(
    own: Centre, tmp_path: Path
) -> None:
    whole = copied(own, tmp_path / "whole")
    parts = parts_of(whole)
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(own.workspace.path), str(parts * 4 // 5)], cwd=ROOT, capture_output=True
    )
    assert killed.returncode == -signal.SIGKILL
    assert not own.store.snapshots(results.DATASET)
    night = Night()
    check_all(own, "recipients", AS_OF, night=night)
    assert night.reading.read + night.reading.stood == parts
    assert night.reading.read <= parts * 3 / 10
    assert everything(own) == everything(whole)


def test_a_check_that_is_asked_to_stop_keeps_nothing_half_and_the_next_one_goes_on(own: Centre) -> None:
    problem = stopped(own, 100)
    assert problem.exit_code == 143
    assert "走完 100 个" in problem.message
    assert not own.store.snapshots(results.DATASET)
    night = Night()
    check_all(own, "recipients", AS_OF, night=night)
    assert night.reading.stood >= 80


def test_the_deadline_stops_it_with_try_later(own: Centre) -> None:
    began = datetime(2018, 12, 1, 2, 0).astimezone()
    turn = itertools.count()
    night = Night(deadline=began + timedelta(minutes=50), now=lambda: began + timedelta(minutes=next(turn)))
    with pytest.raises(Stopped, match="到了期限 02:50:00") as caught:
        check_all(own, "recipients", AS_OF, night=night)
    assert caught.value.exit_code == 75
    assert not own.store.snapshots(results.DATASET)


def test_a_run_that_is_kept_leaves_nothing_of_its_progress(own: Centre) -> None:
    stopped(own, 100)
    assert own.store.datasets("progress/")
    check_all(own, "recipients", AS_OF)
    assert not own.store.datasets("progress/")
    assert not (own.workspace.store_dir / "progress" / "recipients").exists()


def test_what_a_killed_check_did_not_come_to_forget_the_next_night_forgets(own: Centre, tmp_path: Path) -> None:
    stopped(own, 100)
    progress = own.workspace.store_dir / "progress"
    shutil.copytree(progress, tmp_path / "progress")
    check_all(own, "recipients", AS_OF)
    shutil.copytree(tmp_path / "progress", progress, dirs_exist_ok=True)  # killed when its run was just kept
    night = Night()
    check_all(own, "recipients", AS_OF + timedelta(days=1), night=night)
    assert night.plan is not None
    assert night.plan.upon
    assert not own.store.datasets("progress/")


def test_full_reads_every_part_again(own: Centre) -> None:
    stopped(own, 100)
    night = Night(full=True)
    check_all(own, "recipients", AS_OF, night=night)
    assert night.reading.stood == 0
    assert night.reading.why == {"full": night.reading.read}


def test_what_was_kept_of_a_stopped_run_and_is_damaged_is_read_again(own: Centre, tmp_path: Path) -> None:
    whole = copied(own, tmp_path / "whole")
    check_all(whole, "recipients", AS_OF)
    stopped(own, 100)
    for file in (own.workspace.store_dir / "progress").rglob("pairs.parquet"):
        file.chmod(0o600)
        file.write_bytes(file.read_bytes()[:-7])
    check_all(own, "recipients", AS_OF)
    assert everything(own) == everything(whole)


def test_a_part_that_was_damaged_meanwhile_is_said_to_be_damaged(own: Centre) -> None:
    stopped(own, 20)
    parts = (own.workspace.store_dir / "records").rglob("n*.parquet")
    damaged = sorted(parts)[-1]
    damaged.chmod(0o600)
    damaged.write_bytes(b"PARE")
    result, _ = check_all(own, "recipients", AS_OF)
    assert "damaged" in result.source_state["state"].to_list()


def test_a_kept_run_names_nobody_outside_the_encrypted_files(own: Centre) -> None:
    stopped(own, 100)
    names = export_names(own)
    for file in (own.workspace.store_dir / "progress").rglob("*"):
        text = file.read_bytes().decode("utf-8", "ignore") if file.is_file() else ""
        assert not [name for name in names if name in text]


def export_names(centre: Centre) -> list[str]:
    roster = centre.roster().head(50)
    return [*roster["person_no"], *roster["name"]]


def roster_changes(centre: Centre, chance: random.Random, folder: Path) -> None:
    """Some households come in anew with another name for one of their members."""
    head, *rows = (SAMPLE / "roster.csv").read_text("utf-8-sig").splitlines()
    home = chance.choice(rows).split(",")[0]
    theirs = [row for row in rows if row.startswith(home)]
    cells = theirs[0].split(",")
    theirs[0] = ",".join([*cells[:8], chance.choice(("王芳", "李娜", "张伟")), *cells[9:]])
    (folder / "roster.csv").write_text("\n".join([head, *theirs]) + "\n", encoding="utf-8")
    take_roster(centre, folder / "roster.csv")


def a_delivery_comes(centre: Centre, chance: random.Random, folder: Path) -> None:
    """The vehicles of the next day: some rows are gone, and some owners have another number."""
    head, *rows = (SAMPLE / "inbox" / "vehicle.csv").read_text("gb18030").splitlines()
    kept = [row for row in rows if chance.random() > 0.01]
    (folder / "vehicle.csv").write_text("\n".join([head, *kept]) + "\n", encoding="gb18030")
    take(centre, "vehicle", folder / "vehicle.csv", "", date(2018, 12, 1))


def a_consent_is_withdrawn(centre: Centre, chance: random.Random, _folder: Path) -> None:
    home, member = chance.choice(centre.roster().select("household_no", "member_no").rows())
    withdraw(centre, home, member, date(2018, 11, 20), "CH1", today=AS_OF)


def an_item_is_decided(centre: Centre, chance: random.Random, _folder: Path) -> None:
    item = chance.choice(sorted(queue(centre)["item"]))
    answer = Answer(item, chance.choice(("same", "different")), "看过行驶证", "甲")
    decide(centre, answer, datetime(2018, 12, 1, tzinfo=UTC))


def the_policy_changes(centre: Centre, chance: random.Random, _folder: Path) -> None:
    file = centre.workspace.policy_dir / "370000.toml"
    allowed = r"(\[\[vehicle\.allowed\]\]\nfrom  = 2018-01-01\nvalue = )\d"
    text, count = re.subn(allowed, rf"\g<1>{chance.randrange(1, 4)}", file.read_text("utf-8"))
    assert count == 1
    file.write_text(text, encoding="utf-8")


CHANGES = (roster_changes, a_delivery_comes, a_consent_is_withdrawn, an_item_is_decided, the_policy_changes)


@pytest.mark.parametrize("seed", range(8))
def test_whatever_changes_between_the_stop_and_the_next_start_the_result_is_that_of_a_full_run(
    checked: Centre, tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    own = copied(checked, tmp_path / "own")
    the_policy_changes(own, chance, tmp_path)  # after which everything is read anew
    own = Centre.open(own.workspace.path)
    stopped(own, chance.randrange(5, 190))
    for change in chance.sample(CHANGES, 2):
        change(own, chance, tmp_path)
    one = Centre.open(own.workspace.path)
    whole = copied(one, tmp_path / "whole")
    day = AS_OF + timedelta(days=chance.randrange(3))
    ids = [check_all(each, "recipients", day, night=Night(full=each is whole))[0].id for each in (one, whole)]
    assert ids[0] == ids[1]
    assert everything(one) == everything(whole)


def test_a_new_name_on_the_roster_has_only_what_it_touches_read_again(own: Centre, tmp_path: Path) -> None:
    stopped(own, 190)
    roster_changes(own, random.Random(1), tmp_path)
    night = Night()
    check_all(own, "recipients", AS_OF, night=night)
    assert night.reading.stood > 0
    assert night.reading.why["roster"] > 0
