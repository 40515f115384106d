"""The real program, started once and forked for each command: a fault can be put before any of its writes.

Run by itself, it reads requests, a JSON line each, and answers each with a JSON line. A command runs in a process of its
own, which ends as the program ends: by its exit code, or killed by the fault.

How fast the machine is decides nothing: a check either never keeps what it has on its way, as in a short night, or, in a
long one, does so after every group of parts, and makes and keeps its run by groups of households: faults meet both.
"""

import contextlib
import errno
import json
import math
import mmap
import os
import shutil
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from jiuzhu_check.intake.parting import PARTS

HERE = Path(__file__).parent
STATE = "iillii512sl"  # struct state of shim.c
OFF, WRITE, SYNC, NAME, READ = range(5)
CALLS = {"write": WRITE, "fsync": SYNC, "rename": NAME, "read": READ}  # rename: and link, mkdir, unlink, ftruncate
FAULTS = {"kill -9": -1, "half written, then kill -9": -2, "ENOSPC": errno.ENOSPC, "EIO": errno.EIO}
WARM = (
    "jiuzhu_check.cli.entry", "jiuzhu_check.checks.run", "jiuzhu_check.checks.deliveries", "jiuzhu_check.checks.exports",
    "jiuzhu_check.checks.key_rotation", "jiuzhu_check.cli.pull", "jiuzhu_check.cli.roster", "jiuzhu_check.cli.check",
    "jiuzhu_check.cli.export", "jiuzhu_check.cli.key", "jiuzhu_check.cli.retention", "jiuzhu_check.cli.backup",
    "jiuzhu_check.cli.restore", "jiuzhu_check.checks.retention_apply", "jiuzhu_check.checks.backup",
    "jiuzhu_check.checks.restore",
)  # fmt: skip
FASTER = Path("/dev/shm")
TOGETHER = 25  # households of a group in a long night


@dataclass(frozen=True)
class Fault:
    """The n-th call of a kind is struck. A disk that is full stays full; the others happen once."""

    calls: str
    fault: str
    at: int

    def __str__(self) -> str:
        return f"{self.fault} at {self.calls} {self.at}"


@dataclass(frozen=True)
class Ended:
    """How a command ended; code is negative where it was killed.

    met:  whether the fault was met
    seen: how many calls of its kind there were
    """

    code: int
    said: str
    met: bool = False
    seen: int = 0


class Program:
    """The program, waiting to be forked.

    parts: into how many it cuts rosters and records
    long:  whether nights are long
    """

    def __init__(self, folder: Path, parts: int = PARTS, *, long: bool = False) -> None:
        self.folder = folder
        self.clock = 0  # seconds by which its clock is off
        self._state = folder / "fault"
        self._state.write_bytes(bytes(struct.calcsize(STATE)))
        shim = folder / "shim.so"
        subprocess.run(["cc", "-shared", "-fPIC", "-O2", "-o", shim, HERE / "shim.c", "-ldl"], check=True)
        with self._state.open("r+b") as file:
            self._fault = mmap.mmap(file.fileno(), struct.calcsize(STATE))
        kept = {name: value for name, value in os.environ.items() if not name.startswith("JIUZHU_")}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.torture.program", str(folder / "said"), str(parts), str(int(long))],
            cwd=HERE.parents[1],
            env={
                **kept,
                "LD_PRELOAD": str(shim),
                "FAULT_STATE": str(self._state),
                "JIUZHU_LANG": "zh",
                "XDG_CONFIG_HOME": str(folder / "config"),
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, *commands: Sequence[str], root: Path | None = None, fault: Fault | None = None) -> Ended:
        """Run commands one after the other in one process, until one of them fails.

        root:  the folder in which the fault strikes
        """
        self._set(fault, root)
        return self._ask({"commands": commands})

    def digest(self, workspace: Path) -> dict[str, str]:
        """What a workspace holds, whole, as its own reader gives it: dataset and snapshot → hash; audit → problems."""
        ended = self.try_digest(workspace)
        assert ended.code == 0, ended.said
        return dict(json.loads(ended.said))

    def try_digest(self, workspace: Path) -> Ended:
        """As digest; a workspace that cannot be read ends with 1, and says why."""
        self._set(None, None)
        return self._ask({"digest": str(workspace)})

    def close(self) -> None:
        """End it."""
        with self._process:  # its input ends, and so does it
            self._fault.close()

    def _set(self, fault: Fault | None, root: Path | None) -> None:
        told = (OFF, 0, 0, 0, 0, 0, b"", self.clock)
        if fault is not None:
            lasting = int(fault.fault == "ENOSPC")
            told = (
                CALLS[fault.calls],
                FAULTS[fault.fault],
                fault.at,
                0,
                0,
                lasting,
                os.fsencode(root or ""),
                self.clock,
            )
        self._fault[:] = struct.pack(STATE, *told)

    def _ask(self, request: dict[str, object]) -> Ended:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        code = int(self._process.stdout.readline())
        said = (self.folder / "said").read_text("utf-8", "replace")
        _, _, _, seen, met, *_ = struct.unpack(STATE, self._fault[:])
        return Ended(code, said, bool(met), seen)


@contextlib.contextmanager
def program(parts: int = PARTS, *, long: bool = False) -> Iterator[Program]:
    """The program, with a folder of its own that is gone afterwards."""
    with tempfile.TemporaryDirectory(dir=FASTER if FASTER.is_dir() else None) as folder:
        started = Program(Path(folder), parts, long=long)
        try:
            yield started
        finally:
            started.close()


def copy(workspace: Path, to: Path) -> None:
    """A workspace again. What is never changed in place is the same file, so that a copy costs little."""

    def one(source: str, target: str) -> None:
        if source.endswith((".parquet", ".enc")):
            os.link(source, target)
        else:
            shutil.copy2(source, target)

    shutil.copytree(workspace, to, copy_function=one)


def _serve(said: str, parts: int, long: int) -> None:
    from jiuzhu_check.checks import remembered
    from jiuzhu_check.intake import parting, roster
    from jiuzhu_check.tables import grouped

    for name in WARM:
        import_module(name)
    remembered._AT_LEAST, remembered._SHARE = (0, 0) if long else (math.inf, math.inf)
    grouped.TOGETHER = TOGETHER if long else grouped.TOGETHER
    parting.PARTS = parting._LOOSE = roster.PARTS = parts

    for line in sys.stdin:
        request = json.loads(line)
        child = os.fork()
        if not child:
            _answer(request, said)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _answer(request: dict[str, list[list[str]]], said: str) -> None:
    """In a process of its own: never returns."""
    out = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(out, 1)
    os.dup2(out, 2)
    if "digest" in request:
        try:
            print(json.dumps(_digest(Path(str(request["digest"])))), flush=True)
        except BaseException as problem:
            print(type(problem).__name__, getattr(problem, "message", problem), flush=True)
            os._exit(1)
        os._exit(0)
    for command in request["commands"][:-1]:
        from jiuzhu_check.cli.entry import run

        code = run(command)
        if code:
            os._exit(code)
    from jiuzhu_check.cli import main

    sys.argv = ["jiuzhu-check", *request["commands"][-1]]
    main()


def _digest(path: Path) -> dict[str, str]:
    import hashlib

    from jiuzhu_check.audit.verify import verify
    from jiuzhu_check.store.workspace import Workspace

    workspace = Workspace.open(path)
    held = {}
    for dataset in workspace.store.datasets():
        for entry in workspace.store.snapshots(dataset):
            snapshot = workspace.store.snapshot(dataset, entry.id)
            look = hashlib.sha256(repr((entry.id, entry.data_date, snapshot.facts)).encode())
            for name in snapshot.part_names():
                look.update(snapshot.raw() if name == "raw" else snapshot.read(name).write_ipc(None).getvalue())
            held[f"{dataset} {entry.id}"] = look.hexdigest()
    held["audit"] = "；".join(verify(workspace.audit_dir, workspace.keys.audit).problems)
    return held


if __name__ == "__main__":
    _serve(sys.argv[1], *map(int, sys.argv[2:]))
