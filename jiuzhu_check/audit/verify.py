"""What an examiner learns from the log's folder and its key: whether it is whole, and where it ends.

Any record changed, removed, added or moved is found, and so is a log cut short of its checkpoint. Not found: that
somebody who has the key rewrote log and checkpoint together. Against this, keep the head hash elsewhere.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jiuzhu_check.audit import files
from jiuzhu_check.audit.checkpoint import BrokenCheckpoint, Checkpoint, recall
from jiuzhu_check.audit.purge import NOTHING, BrokenPurge, Purged, recall_purged
from jiuzhu_check.audit.record import CHECKPOINT_MISSING, START, BrokenRecord, unseal
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
    head:         the last record's hash, for keeping elsewhere; last_seq: its number
    torn:         names of files with a line that a crash cut off; no sign of a foreign hand
    interrupted:  intents without outcome
    problems:     what is not as it was written, in the reader's language; empty where the log is whole
    purged:       which months went when their period had passed, and where the log begins since
    """

    records: int
    first: str
    last: str
    head: str
    torn: tuple[str, ...]
    interrupted: tuple[Interrupted, ...]
    problems: tuple[str, ...]
    last_seq: int = 0
    purged: Purged = NOTHING

    @property
    def is_whole(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


def _unseen(_record: Mapping[str, Any]) -> None:
    """Look at no record."""


def verify(folder: Path, key: bytes, *, see: Callable[[Mapping[str, Any]], None] = _unseen) -> Verification:
    """Read the whole log; an absent folder is an empty log.

    see: is shown each record that the key opens, in order
    """
    if not folder.is_dir():
        return Verification(0, "", "", START, (), (), ())
    with files.locked(folder, to_write=False):
        return _verify_alone(folder, key, see)


def record_of(folder: Path, key: bytes, seq: int) -> dict[str, Any] | None:
    """The record of that number; null where the log has none that is as it was written."""
    if not folder.is_dir():
        return None
    with files.locked(folder, to_write=False):
        for _, _, line in _lines(folder, NOTHING):
            try:
                record = unseal(line, key)
            except BrokenRecord:
                continue
            if record["seq"] == seq:
                return record
    return None


def _verify_alone(folder: Path, key: bytes, see: Callable[[Mapping[str, Any]], None]) -> Verification:
    checkpoint, problems = _checkpoint(folder, key)
    purged, altered = _purged(folder, key)
    problems += altered
    reader = _Reader(checkpoint, problems, seq=purged.seq, head=purged.hash)
    torn = [file.name for file in sorted(folder.glob("torn-*.bin"))]
    for file, number, line in _lines(folder, purged):
        where = say("{file} 第 {number} 行", file=file, number=number)
        if not line.endswith(b"\n"):
            torn.append(file)
            continue
        try:
            record = unseal(line, key)
        except BrokenRecord:
            problems.append(say("{where}：不是本日志的记录，或已被改动", where=where))
            continue
        reader.take(record, where)
        see(record)
    reader.close()
    return Verification(
        records=reader.records,
        first=reader.first,
        last=reader.last,
        head=reader.head,
        torn=tuple(torn),
        interrupted=tuple(reader.open_intents.values()),
        problems=tuple(problems),
        last_seq=reader.seq,
        purged=purged,
    )


@dataclass
class _Reader:
    """What is known of the log up to the record taken last."""

    checkpoint: Checkpoint | None
    problems: list[str]
    records: int = 0
    first: str = ""
    last: str = ""
    seq: int = 0
    head: str = START
    at_checkpoint: bool = False
    open_intents: dict[int, Interrupted] = field(default_factory=dict)

    def take(self, record: Mapping[str, Any], where: str) -> None:
        """Follow the chain by one record; one that does not follow is a problem, and the chain goes on from it."""
        seq, due = record["seq"], self.seq + 1
        if seq != due or record["prev"] != self.head:
            self.problems.append(
                say("{where}：与上一条不衔接（应为第 {due} 条，实为第 {seq} 条）", where=where, due=due, seq=seq)
            )
        self.seq, self.head, self.last = seq, record["hash"], record["ts"]
        self.records += 1
        self.first = self.first or record["ts"]
        self.at_checkpoint = self.at_checkpoint or self.checkpoint == Checkpoint(self.seq, self.head)
        if record["phase"] == "intent":
            self.open_intents[seq] = Interrupted(seq, record["action"], record["ts"])
        elif record["phase"] == "outcome":
            self.open_intents.pop(record["intent"], None)
        elif record["action"] == CHECKPOINT_MISSING:
            self.problems.append(say("{where}：写这一条之前 checkpoint.json 不见了", where=where))

    def close(self) -> None:
        """Compare the end with the checkpoint. Of a single record the crash may have come before the checkpoint."""
        if self.checkpoint and self.checkpoint.seq and not self.at_checkpoint:
            due = self.checkpoint.seq
            self.problems.append(say("日志没有到达记下的末尾（第 {due} 条），可能被截短", due=due))
        if self.checkpoint is None and self.records > 1:
            self.problems.append(say("checkpoint.json 不见了，无法判断日志是否被截短"))


def _lines(folder: Path, purged: Purged) -> Iterator[tuple[str, int, bytes]]:
    for file in files.month_files(folder):
        if file.stem <= purged.month:  # a killed purge left it: it is gone
            continue
        with file.open("rb") as log:
            for number, line in enumerate(log, start=1):
                yield file.name, number, line


def _checkpoint(folder: Path, key: bytes) -> tuple[Checkpoint | None, list[str]]:
    try:
        return recall(folder, key), []
    except BrokenCheckpoint:
        return Checkpoint(0, START), [say("checkpoint.json 已被改动")]


def _purged(folder: Path, key: bytes) -> tuple[Purged, list[str]]:
    try:
        return recall_purged(folder, key), []
    except BrokenPurge:
        return NOTHING, [say("purged.json 已被改动")]
