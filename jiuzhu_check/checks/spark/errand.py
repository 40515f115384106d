"""差使 errand: one part to work through on another machine: what is told of it, what is done, what is answered.

Spark carries an errand and its answer as bytes that only the session key opens (store/session_key.py), and has no other
column but where they belong. The part itself, the members who may stand there and the names to look out for are files of
the store, which the other machine reads and checks as this one would.
"""

import io
import json
import os
import socket
import sys
import time
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa

from jiuzhu_check.checks.part_code import part_code
from jiuzhu_check.checks.parts import is_loose
from jiuzhu_check.errors import IntegrityError, TryLater
from jiuzhu_check.intake.stored import filled, read_records
from jiuzhu_check.language import say
from jiuzhu_check.matching.engines.by_part import Whole, numbered, spelt
from jiuzhu_check.matching.engines.gathered import Gathered
from jiuzhu_check.matching.namesakes import Holders
from jiuzhu_check.store.manifest import File
from jiuzhu_check.store.session_key import Desk, SessionKey
from jiuzhu_check.store.snapshot import Snapshot

# Spark's columns of an errand and of an answer: where it belongs, and what only the session key opens.
ERRAND = pa.schema({"place": pa.int64(), "sealed": pa.binary()})
ANSWER = "place bigint, piece bigint, sealed binary"
_ANSWER = pa.schema({"place": pa.int64(), "piece": pa.int64(), "sealed": pa.binary()})
_NO_KEY = -1  # the piece of an answer of who could not have the session key: it says where, in clear
_PIECE_ROWS = 100_000
_FRAMES = ("pairs", "holders", "generic")


@dataclass(frozen=True)
class Errand:
    """One part, and where the rest lies that is needed for it.

    part:    of records
    members: of people: INDEX rows for a part without usable numbers, else the members under their numbers
    homes:   of people: all members of their households
    names:   to look out for, as a snapshot with one part; null where there are none
    """

    part: str
    records: Snapshot
    people: Snapshot
    members: str
    homes: str
    names: Snapshot | None = None

    def sealed(self, session: SessionKey, about: str) -> bytes:
        """All of it, and by which code it has to be done, for a process that has the session key.

        raises: IntegrityError where the key of a file cannot be unwrapped
        """
        told = {
            "code": part_code(),
            "part": self.part,
            "members": self.members,
            "homes": self.homes,
            "records": _lent(self.records, [self.part], session),
            "people": _lent(self.people, [self.members, self.homes], session),
            "names": _lent(self.names, self.names.part_names(), session) if self.names else None,
        }
        return session.seal(json.dumps(told, ensure_ascii=False).encode(), about)


@dataclass
class Answer:
    """How an errand ended.

    outcome:  found; damaged: the part is not what was published; later: it has just been replaced; unseen: the machine
              does not have the file; another: it has other code; people: what goes along is damaged; no_key; bug
    detail:   what is to be said of it; no personal data
    executor: host, and the process there that starts those which do the work
    rows:     of the part
    cpu:      seconds, of reading and of working
    peak:     bytes that the process has held at most
    gathered: what the part gave
    """

    outcome: str
    executor: str
    detail: str = ""
    rows: int = 0
    cpu: tuple[float, float] = (0.0, 0.0)
    peak: int = 0
    gathered: Gathered = field(default_factory=Gathered)


def run_errands(desk: Desk, group: str, listed: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The answers to some errands: called by Spark, on a machine of the cluster."""
    for batch in listed:
        for place, sealed in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            try:
                session = _session(desk)
            except OSError:
                yield _row(place, _NO_KEY, _executor().encode())
                continue
            about = f"{group}/{place}"
            answer = _answer(json.loads(session.open(sealed, about)), session)
            for piece, told in enumerate(_pieces(answer)):
                yield _row(place, piece, session.seal(told, f"{about}/{piece}"))


def answers(rows: pa.Table, session: SessionKey, group: str, errands: int) -> list[Answer]:
    """The answers to all errands of a group, in their order, out of what came back. All of it has to be there."""
    told: dict[int, dict[int, bytes]] = {place: {} for place in range(errands)}
    for place, piece, sealed in zip(*(column.to_pylist() for column in rows.columns), strict=True):
        told[place][piece] = sealed
    return [_opened(pieces, session, f"{group}/{place}") for place, pieces in told.items()]


def _opened(pieces: Mapping[int, bytes], session: SessionKey, about: str) -> Answer:
    if _NO_KEY in pieces:
        return Answer("no_key", pieces[_NO_KEY].decode())
    opened = [session.open(pieces[piece], f"{about}/{piece}") for piece in range(len(pieces))]
    head: dict[str, Any] = json.loads(opened[0]) if opened else {"pieces": 1}
    assert head.pop("pieces") == len(pieces), "an answer has come back in part"
    people, kinds = head.pop("people"), head.pop("kinds")
    frames = [pl.read_ipc(io.BytesIO(each)) for each in opened[1:]]
    by_kind = {name: [frame for kind, frame in zip(kinds, frames, strict=True) if kind == name] for name in _FRAMES}
    records = tuple(frame for kind, frame in zip(kinds, frames, strict=True) if kind == "records")
    whole = {name: pl.concat(found) for name, found in by_kind.items() if found}
    return Answer(**{**head, "cpu": tuple(head["cpu"])}, gathered=Gathered(**whole, records=records, people=people))


def _pieces(answer: Answer) -> Iterator[bytes]:
    """What is told of an answer, then its frames, each of so many rows."""
    found = answer.gathered
    frames = [(name, getattr(found, name)) for name in _FRAMES] + [("records", each) for each in found.records]
    cut = [(name, piece) for name, frame in frames if frame.height for piece in frame.iter_slices(_PIECE_ROWS)]
    told = {name: value for name, value in vars(answer).items() if name != "gathered"}
    kinds = [name for name, _ in cut]
    yield json.dumps({**told, "people": found.people, "kinds": kinds, "pieces": len(cut) + 1}).encode()
    for _, piece in cut:
        yield _bytes(piece)


def _answer(told: Mapping[str, Any], session: SessionKey) -> Answer:
    """What comes of an errand; nothing of a record or a person stands in what is said of a failure."""
    executor = _executor()
    if told["code"] != part_code():
        return Answer("another", executor)
    records, people = _borrowed(told["records"], session), _borrowed(told["people"], session)
    unseen = [each.folder for each in (records, people) if not _is_seen(each)]
    if unseen:
        return Answer("unseen", executor, str(unseen[0]))
    try:
        began = time.process_time()
        try:
            part = read_records(records, told["part"]) if is_loose(told["part"]) else records.read(told["part"])
        except IntegrityError as problem:
            return Answer("damaged", executor, problem.message)
        read = time.process_time()
        found = _found(told, part, people, session, partial(filled, records))
        done = time.process_time()
        return Answer("found", executor, "", part.height, (read - began, done - read), _peak(), found)
    except TryLater as problem:
        return Answer("later", executor, problem.message)
    except IntegrityError as problem:
        return Answer("people", executor, problem.message)
    except (Exception, pl.exceptions.PanicException) as problem:
        return Answer("bug", executor, _where(problem))


def _found(
    told: Mapping[str, Any], part: pl.DataFrame, people: Snapshot, session: SessionKey, whole: Whole
) -> Gathered:
    members, homes = people.read(told["members"]), people.read(told["homes"])
    if is_loose(told["part"]):
        return spelt([part], members, homes)
    names = _borrowed(told["names"], session) if told["names"] else None
    holders = Holders(names.read(names.part_names()[0])["name"] if names else ())
    return numbered([(told["part"], part, members)], homes, holders, whole)


def _lent(snapshot: Snapshot, parts: list[str], session: SessionKey) -> dict[str, Any]:
    lent = snapshot.lent(parts, session.keys)
    facts = {name: lent.facts[name] for name in ("table", "alike") if name in lent.facts}
    files = [asdict(file) for file in lent.files]
    return {"dataset": lent.dataset, "id": lent.id, "folder": str(lent.folder), "facts": facts, "files": files}


def _borrowed(told: Mapping[str, Any], session: SessionKey) -> Snapshot:
    return Snapshot(
        dataset=told["dataset"],
        id=told["id"],
        data_date=None,
        received="",
        facts=told["facts"],
        parent="",
        files=tuple(File(**file) for file in told["files"]),
        folder=Path(told["folder"]),
        keys=session.keys,
    )


def _is_seen(snapshot: Snapshot) -> bool:
    """Whether this machine has the dataset's folder, and may look into it: then a snapshot that is not there is gone."""
    return os.access(snapshot.folder.parent, os.R_OK | os.X_OK)


@cache
def _session(desk: Desk) -> SessionKey:
    """The session key, asked for once by a process."""
    _leave_out_jars()
    return desk.ask()


def _leave_out_jars() -> None:
    """Spark has its own jar among the places of modules, and Python would read its list of files again before every errand."""
    sys.path[:] = [place for place in sys.path if not place.endswith(".jar")]
    for place in [each for each in sys.path_importer_cache if each.endswith(".jar")]:
        del sys.path_importer_cache[place]


def _executor() -> str:
    return f"{socket.gethostname()}/{os.getppid()}"


def _peak() -> int:
    """The most memory that this process has held; 0 where the machine does not say."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:")), 0)


def _where(problem: BaseException) -> str:
    """The kind of a bug and its place in the code; what libraries say of it may quote cells."""
    frames = traceback.extract_tb(problem.__traceback__)
    ours = [frame for frame in frames if "jiuzhu_check" in frame.filename][-4:]
    places = (f"{frame.filename.split('jiuzhu_check/')[-1]}:{frame.lineno} {frame.name}" for frame in ours)
    return say("{kind}（{where}）", kind=type(problem).__name__, where="；".join(places))


def _bytes(frame: pl.DataFrame) -> bytes:
    told = io.BytesIO()
    frame.write_ipc(told, compression="zstd")
    return told.getvalue()


def _row(place: int, piece: int, sealed: bytes) -> pa.RecordBatch:
    return pa.RecordBatch.from_pydict({"place": [place], "piece": [piece], "sealed": [sealed]}, schema=_ANSWER)
