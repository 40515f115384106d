"""The oldest months go; the chain is still one, and nobody can take a month away without its being seen."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from jiuzhu_check.audit.log import AuditLog
from jiuzhu_check.audit.purge import purge_months
from jiuzhu_check.audit.verify import record_of, verify
from jiuzhu_check.errors import IntegrityError

KEY = b"k" * 32
MONTHS = ("2015-01", "2015-02", "2015-03", "2019-01")


@pytest.fixture
def log(tmp_path: Path) -> Path:
    for month in MONTHS:
        year, number = map(int, month.split("-"))
        log = AuditLog(tmp_path, KEY, now=lambda year=year, number=number: datetime(year, number, 5, tzinfo=UTC))
        for _ in range(3):
            log.outcome(log.intent("case"), "ok")
    return tmp_path


def names(folder: Path) -> list[str]:
    return sorted(file.stem for file in folder.glob("*.jsonl"))


def test_the_log_is_whole_without_its_oldest_months_and_says_where_it_begins(log: Path) -> None:
    before = verify(log, KEY)
    purge_months(log, KEY, ["2015-01", "2015-02"])
    after = verify(log, KEY)
    assert after.is_whole
    assert names(log) == ["2015-03", "2019-01"]
    assert (after.purged.seq, after.purged.month, after.purged.records) == (12, "2015-02", 12)
    assert (after.head, after.last_seq, after.records) == (before.head, before.last_seq, before.records - 12)
    assert record_of(log, KEY, 5) is None
    purge_months(log, KEY, ["2015-03"])
    AuditLog(log, KEY).intent("case")
    assert verify(log, KEY).is_whole
    assert verify(log, KEY).purged.records == 18


def test_the_newest_month_stays_and_so_does_what_comes_after_a_gap(log: Path) -> None:
    purge_months(log, KEY, ["2015-02", "2019-01"])
    assert names(log) == list(MONTHS)
    purge_months(log, KEY, list(MONTHS))
    assert names(log) == ["2019-01"]
    assert verify(log, KEY).is_whole


def test_a_month_that_was_taken_away_by_hand_is_seen(log: Path) -> None:
    purge_months(log, KEY, ["2015-01"])
    (log / "2015-02.jsonl").unlink()
    assert not verify(log, KEY).is_whole


def test_a_purge_that_was_killed_is_finished_by_the_next(log: Path) -> None:
    kept = (log / "2015-01.jsonl").read_bytes()
    purge_months(log, KEY, ["2015-01"])
    (log / "2015-01.jsonl").write_bytes(kept)  # it was killed before the file was gone
    assert verify(log, KEY).is_whole
    purge_months(log, KEY, [])
    assert names(log) == list(MONTHS[1:])


def test_another_hand_cannot_say_where_the_log_begins(log: Path) -> None:
    purge_months(log, KEY, ["2015-01"])
    told = (log / "purged.json").read_text("utf-8")
    (log / "purged.json").write_text(told.replace("2015-01", "2015-02"), "utf-8")
    assert any("purged.json" in problem for problem in verify(log, KEY).problems)
    with pytest.raises(IntegrityError, match=r"purged\.json"):
        purge_months(log, KEY, ["2015-02"])
