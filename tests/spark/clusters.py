"""The real program on a real Spark cluster, and eyes on everything that the cluster writes."""

import base64
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
import pyspark

from jiuzhu_check.checks.centre import Centre
from tests.cli.program import AS_OF, PROGRAM, environment

ALONE, SEVERAL = "local[2]", "local-cluster[2,1,1024]"
WORK = Path(pyspark.__file__).parent / "work"  # where the executors of a local cluster work and keep their logs
CONF = """\
spark.driver.host 127.0.0.1
spark.jiuzhu.sliceMembers 2000
"""
NOTING = """
import secrets, sys
real, note = secrets.token_bytes, open(sys.argv.pop(1), "a")

def noted(size):
    made = real(size)
    print(sys._getframe(1).f_code.co_name, made.hex(), file=note, flush=True)
    return made

secrets.token_bytes = noted
sys.argv[0] = "jiuzhu-check"
from jiuzhu_check.cli import main
main()
"""
TABLES = ("links", "findings", "coverage", "rejects")


@dataclass(frozen=True)
class Ended:
    """How a check ended, what it said, and what its log says."""

    code: int
    out: str
    err: str
    log: list[dict[str, object]] = field(default_factory=list)

    @property
    def parts(self) -> dict[str, int]:
        """Executor → parts."""
        (told,) = [line["parts"] for line in self.log if line["stage"] == "executors"]
        return told  # type: ignore[return-value]


@dataclass(frozen=True)
class Site:
    """A workspace, and the folder that is the whole of the cluster's disk."""

    workspace: Path
    disk: Path

    def environment(self) -> dict[str, str]:
        self.disk.mkdir(exist_ok=True)
        (self.disk / "spark-defaults.conf").write_text(CONF, encoding="ascii")
        return environment(
            TMPDIR=str(self.disk),
            SPARK_CONF_DIR=str(self.disk),
            SPARK_LOCAL_IP="127.0.0.1",
            PYTHONDONTWRITEBYTECODE="1",
        )

    def begin(self, master: str, *more: str, noted: Path | None = None) -> "subprocess.Popen[str]":
        """noted: where the random keys of the run are written down, outside of the cluster's disk."""
        program = [str(PROGRAM)] if noted is None else [sys.executable, "-c", NOTING, str(noted)]
        command = [*program, "-C", str(self.workspace), "check", "recipients", "--as-of", AS_OF]
        if master:
            command += ["--engine", "spark", "--spark-master", master]
        command += ["--log", str(self.disk / "night.jsonl"), *more]
        environ = self.environment()
        return subprocess.Popen(
            command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
        )

    def check(self, master: str = "", *more: str) -> Ended:
        return self.ended(self.begin(master, *more))

    def ended(self, begun: "subprocess.Popen[str]") -> Ended:
        out, err = begun.communicate()
        log = self.disk / "night.jsonl"
        lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
        return Ended(begun.returncode, out, err, [json.loads(line) for line in lines])

    def exports(self) -> dict[str, bytes]:
        """All four exports, byte for byte."""
        found = {}
        for table in TABLES:
            file = self.disk / f"{table}.csv"
            command = [PROGRAM, "-C", self.workspace, "export", table, "--format", "csv", "-o", file]
            subprocess.run(command, check=True, env=environment(), capture_output=True)
            found[table] = file.read_bytes()
            file.unlink()
        return found

    def wait_for_parts(self, begun: "subprocess.Popen[str]") -> None:
        """Until the cluster has been lent what it needs for the first parts."""
        while begun.poll() is None and not has_snapshot(self.workspace / "store" / "cluster"):
            time.sleep(0.05)
        assert begun.poll() is None, begun.communicate()


@dataclass(frozen=True)
class Secrets:
    """What must stand nowhere in clear."""

    numbers: frozenset[bytes]
    names: frozenset[bytes]
    keys: frozenset[bytes]

    @classmethod
    def of(cls, workspace: Path) -> "Secrets":
        """Every number and name of the roster, many of the records, and every key, raw, in hex and in base64."""
        centre = Centre.open(workspace)
        said = [each for name in ("number", "person_no", "name_key") for each in centre.roster()[name].drop_nulls()]
        keys = [bytes.fromhex((workspace.parent / "workspace.key").read_text())]
        for dataset in centre.store.datasets("records/"):
            snapshot = centre.store.latest(dataset)
            assert snapshot is not None
            keys += [snapshot.key(file) for file in snapshot.files]
            parts = [each for each in snapshot.part_names() if each.startswith(("n", "loose"))]
            owners = pl.concat(snapshot.read(each, ["owner_no", "owner_name"]) for each in parts)
            said += [*owners["owner_no"].drop_nulls(), *owners["owner_name"].drop_nulls()]
        numbers = frozenset(each.encode() for each in said if NUMBER.fullmatch(each.encode()))
        names = frozenset(each.encode() for each in said if NAME.fullmatch(each.encode()))
        return cls(numbers, names, frozenset(form for key in keys for form in forms(key)))

    def found_in(self, whole: bytes) -> list[bytes]:
        """Which of them stand there."""
        numbers, names = (b"\0".join(form.findall(whole)) for form in (NUMBER, NAME))
        places = ((self.numbers, numbers), (self.names, names), (self.keys, whole))
        return [each for known, place in places for each in known if each in place]


NUMBER, NAME = re.compile(rb"[0-9Xx]{12,}"), re.compile(rb"(?:[\xe3-\xe9][\x80-\xbf]{2}){2,}")


def forms(key: bytes) -> list[bytes]:
    """A key as it might be written."""
    return [key, key.hex().encode(), base64.b64encode(key).rstrip(b"="), base64.urlsafe_b64encode(key).rstrip(b"=")]


def made_for(caller: str, noted: Path) -> list[bytes]:
    """The random keys that a function of the program made, in order."""
    lines = [line.split() for line in noted.read_text().splitlines()]
    return [bytes.fromhex(key) for who, key in lines if who == caller]


class Eyes:
    """Look at everything that a cluster writes, and at its arguments and environment, as long as it runs."""

    def __init__(self, *places: Path) -> None:
        self.places, self.files = places, set[Path]()
        self.seen, self.environs = dict[bytes, None](), dict[bytes, None]()
        self._going = threading.Event()

    @contextmanager
    def open(self) -> Iterator["Eyes"]:
        watch = threading.Thread(target=self._watch, daemon=True)
        watch.start()
        try:
            yield self
        finally:
            self._going.set()
            watch.join()
            self.look()

    def _watch(self) -> None:
        while not self._going.wait(0.2):
            self.look()

    def look(self) -> None:
        """Take in what stands in the files now, also in those that are open and have no name any more."""
        for place in self.places:
            for folder, _, names in os.walk(place):  # what goes while it is looked at is passed over
                for name in names:
                    self._take(Path(folder) / name)
        for process in family(os.getpid()):
            self._take(Path(f"/proc/{process}/cmdline"))
            self._take(Path(f"/proc/{process}/environ"), self.environs)
            try:
                opened = list(Path(f"/proc/{process}/fd").iterdir())
                gone = [each for each in opened if str(os.readlink(each)).endswith("(deleted)")]
            except OSError:
                continue
            for each in gone:
                self._take(each)

    def _take(self, file: Path, seen: dict[bytes, None] | None = None) -> None:
        try:
            if not file.is_file():
                return
            (self.seen if seen is None else seen)[file.read_bytes()] = None
            self.files.add(file)
        except OSError:
            return  # gone, or nobody's to read

    @property
    def readable(self) -> bytes:
        """What stood in files and arguments."""
        return b"\0".join(self.seen)

    @property
    def whole(self) -> bytes:
        """Everything that was seen, environments too, which only the account itself can read."""
        return b"\0".join([*self.seen, *self.environs])


def has_snapshot(folder: Path) -> bool:
    """Whether something was published below it, while others publish and drop."""
    return any(name.endswith(".snapshot") for _, names, _ in os.walk(folder) for name in names)


def family(process: int) -> list[int]:
    """All processes that descend from one, but itself."""
    parents: dict[int, list[int]] = {}
    for each in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(each.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        parents.setdefault(parent, []).append(int(each.parent.name))
    found, left = list[int](), [process]
    while left:
        children = parents.get(left.pop(), [])
        found += children
        left += children
    return found


def executors(process: int) -> list[int]:
    """The executors among the processes of a check."""
    return [each for each in family(process) if "CoarseGrainedExecutorBackend" in _command(each)]


def gone(processes: list[int], within: float = 60) -> bool:
    """Whether none of them is left, in the end."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        if not any("java" in _command(each) or "pyspark" in _command(each) for each in processes):
            return True
        time.sleep(0.2)
    return False


def _command(process: int) -> str:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def kill(process: int) -> None:
    os.kill(process, signal.SIGKILL)


def spoil(workspace: Path, part: str) -> None:
    """Turn one bit of one part."""
    (file,) = (workspace / "store" / "records").rglob(f"vehicle/*/*/{part}.parquet")
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)


def copy_of(site: Site, folder: Path) -> Site:
    """The same workspace elsewhere, nothing checked; its key beside it."""
    shutil.copytree(site.workspace, folder / "workspace")
    shutil.copy(site.workspace.parent / "workspace.key", folder / "workspace.key")
    return Site(folder / "workspace", folder / "disk")


def unchecked(site: Site) -> pl.DataFrame:
    """The coverage of the vehicle register that could not be read."""
    coverage = pl.read_csv(site.exports()["coverage"], infer_schema=False)
    return coverage.filter(pl.col("source") == "vehicle", pl.col("state") == "unchecked")
