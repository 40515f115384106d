"""What an examiner learns from the log's folder and its key: whether it is whole, and where it ends.

Any record changed, removed, added or moved is found, and so is a log cut short of its checkpoint. Not found: that
somebody who has the key rewrote log and checkpoint together. Against this, keep the head hash elsewhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jiuzhu_check.audit import files
from jiuzhu_check.audit.checkpoint import BrokenCheckpoint, recall
from jiuzhu_check.audit.record import START, BrokenRecord, unseal
from jiuzhu_check.language import say


@dataclass(frozen=True)
class Interrupted:
    """An intent without outcome: the process was killed, or is still at it."""

    seq: int
    action: str
    ts: str


@dataclass(frozen=True)
class Verification:
    """What was found.

    records:      how many whole records
    first, last:  when they were written, UTC, as text; empty where there is none
    head:         the last record's hash, for keeping elsewhere
    torn:         names of files with a line that a crash cut off; no sign of a foreign hand
    interrupted:  intents without outcome
    problems:     what is not as it was written, in the reader's language; empty where the log is whole
    """

    records: int
    first: str
    last: str
    head: str
    torn: tuple[str, ...]
    interrupted: tuple[Interrupted, ...]
    problems: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


def verify(folder: Path, key: bytes) -> Verification:
    """Read the whole log; an absent folder is an empty log."""
    if not folder.is_dir():
        return Verification(0, "", "", START, (), (), ())
    with files.locked(folder, to_write=False):
        return _verify_alone(folder, key)


def _verify_alone(folder: Path, key: bytes) -> Verification:
    problems: list[str] = []
    hashes: dict[int, str] = {0: START}
    open_intents: dict[int, Interrupted] = {}
    seq, head, records, first, last = 0, START, 0, "", ""
    torn = [file.name for file in sorted(folder.glob("torn-*.bin"))]
    for file, number, line in _lines(folder):
        where = say("{file} 第 {number} 行", file=file, number=number)
        if not line.endswith(b"\n"):
            torn.append(file)
            continue
        try:
            record = unseal(line, key)
        except BrokenRecord:
            problems.append(say("{where}：不是本日志的记录，或已被改动", where=where))
            continue
        if record["seq"] != seq + 1 or record["prev"] != head:
            problems.append(
                say(
                    "{where}：与上一条记录不衔接（应为第 {due} 条，实为第 {found} 条）",
                    where=where,
                    due=seq + 1,
                    found=record["seq"],
                )
            )
        seq, head = record["seq"], record["hash"]
        records, first, last = records + 1, first or record["ts"], record["ts"]
        hashes[seq] = head
        _follow(record, open_intents)
    problems += _against_checkpoint(folder, key, hashes, records)
    return Verification(
        records, first, last, head, tuple(dict.fromkeys(torn)), tuple(open_intents.values()), tuple(problems)
    )


def _lines(folder: Path) -> Iterator[tuple[str, int, bytes]]:
    for file in files.month_files(folder):
        with file.open("rb") as log:
            for number, line in enumerate(log, start=1):
                yield file.name, number, line


def _follow(record: dict[str, Any], open_intents: dict[int, Interrupted]) -> None:
    if record["phase"] == "intent":
        open_intents[record["seq"]] = Interrupted(record["seq"], record["action"], record["ts"])
    elif record["phase"] == "outcome":
        open_intents.pop(record["intent"], None)


def _against_checkpoint(folder: Path, key: bytes, hashes: dict[int, str], records: int) -> list[str]:
    try:
        remembered = recall(folder, key)
    except BrokenCheckpoint:
        return [say("checkpoint.json 已被改动")]
    if remembered is None:
        return [say("checkpoint.json 不见了，无法判断日志是否被截短")] if records > 1 else []
    if remembered.seq not in hashes:
        return [say("日志被截短：记下的末尾是第 {due} 条", due=remembered.seq)]
    if hashes[remembered.seq] != remembered.hash:
        return [say("第 {due} 条记录与记下的末尾不符", due=remembered.seq)]
    return []
