"""Faults one after the other: at the first, second, … write of a command, until it goes through without meeting one."""

import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from tests.torture.compared import lost
from tests.torture.program import CALLS, Ended, Fault, Program, copy
from tests.torture.world import SAMPLE, commands, exported, exports, write_world

KINDS = [
    *(("write", fault) for fault in ("kill -9", "half written, then kill -9", "ENOSPC", "EIO")),
    *(("fsync", fault) for fault in ("kill -9", "EIO")),
    *(("rename", fault) for fault in ("kill -9", "ENOSPC", "EIO")),
    ("read", "EIO"),
]
KILLED, UNREAD = -9, 3  # 3: of a required source something could not be read
WELL = (0, UNREAD)
MENDABLE = (10, 12, 15, 75)  # workspace, key, integrity, try later
NO_POLICY = 14  # its file cannot be read
ON_THE_WAY = "progress/"  # what a check keeps of itself until its run is kept
FIGURES: Counter[tuple[str, str, str]] = Counter()


def tables_of(program: Program, workspace: Path) -> dict[str, bytes]:
    """The four exports of a workspace's newest run, as the program writes them."""
    to = program.folder / "exports"
    shutil.rmtree(to, ignore_errors=True)
    to.mkdir()
    ended = program.run(*exports(workspace, to))
    assert ended.code == 0, ended
    return exported(to)


@dataclass
class Torture:
    """A centre's way from nothing to its exports, kept after each command, to be spoilt in a copy.

    before: command → the folder as it is before it, with the workspace and its key
    after:  command → what the workspace then holds
    """

    program: Program
    lines: dict[str, list[str]] = field(default_factory=dict)
    before: dict[str, Path] = field(default_factory=dict)
    held: dict[str, dict[str, str]] = field(default_factory=dict)
    tables: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        folder = self.program.folder
        write_world(folder)
        self.here = folder / "here"
        self.workspace = self.here / "workspace"
        self.here.mkdir()
        self.lines = {**commands(self.workspace, folder), "key rotate": ["-C", str(self.workspace), "key", "rotate"]}
        for name, line in self.lines.items():
            self.before[name] = folder / name.replace(" ", "-")
            copy(self.here, self.before[name])
            ended = self.program.run(line)
            assert ended.code in WELL, (name, ended)
            self.held[name] = self.program.digest(self.workspace)
            if name == "init":
                shutil.copytree(SAMPLE / "policy", self.workspace / "policy", dirs_exist_ok=True)
            if name == "check":
                self.tables = self.exported()
        self.before["export"] = self.before["key rotate"]
        self.lines["export"] = ["-C", str(self.workspace), "export", "links", "-o", str(self.here / "links.csv")]
        self.held["export"] = self.held["check"]

    def state_before(self, name: str) -> dict[str, str]:
        """What the workspace held before a command."""
        names = list(self.lines)
        if name in ("key rotate", "export"):
            return self.held["check"]
        return self.held[names[names.index(name) - 1]] if names.index(name) else {}

    def reset(self, name: str) -> None:
        """The folder as it is before a command."""
        shutil.rmtree(self.here)
        copy(self.before[name], self.here)

    def exported(self) -> dict[str, bytes]:
        """The four tables of the newest run."""
        return tables_of(self.program, self.workspace)

    def strike(self, name: str, fault: Fault) -> Ended:
        """One fault in one command, and everything that must hold after it."""
        self.reset(name)
        ended = self.program.run(self.lines[name], root=self.here, fault=fault)
        where = (name, str(fault), ended)
        assert "Traceback" not in ended.said, where
        if not ended.met:
            assert ended.code in WELL, where
        assert ended.code in (KILLED, *MENDABLE, NO_POLICY, *WELL), where
        assert ended.code not in (UNREAD, NO_POLICY) or (name, fault.calls) == ("check", "read"), where
        found = self._look(name, ended, where)
        FIGURES[name, f"{fault.calls}: {fault.fault}", found if ended.met else "not met"] += ended.met
        if ended.met:
            self._again(name, where, unread=ended.code == UNREAD)
        return ended

    def _look(self, name: str, ended: Ended, where: object) -> str:
        """What a reader sees right after the fault: of each snapshot the old one or the new one, whole."""
        if name == "init" and not (self.workspace / "workspace.toml").exists():
            assert ended.code not in WELL, where
            return self._told(ended, "as before")
        old, new = self.state_before(name), self.held[name]
        now = without(self.program.digest(self.workspace), ON_THE_WAY)
        if ended.code == UNREAD:
            assert {each: now.get(each) for each in old} == old, where
            assert lost(self.exported(), self.tables, str(where)) > lost(self.tables, self.tables, ""), where
            return self._told(ended, "told whose check is lost")
        assert {each: now[each] for each in now if now[each] not in (old.get(each), new.get(each))} == {}, where
        assert set(old) <= set(now), where
        if ended.code in WELL:
            assert now == new, where  # what was said to be done is done
        return self._told(ended, "as after" if now == new and new != old else "as before" if now == old else "between")

    def _told(self, ended: Ended, state: str) -> str:
        return f"{'killed' if ended.code == KILLED else f'exit {ended.code}'}, {state}"

    def _again(self, name: str, where: object, *, unread: bool) -> None:
        """The same command, undisturbed: all is as if nothing had been."""
        if name == "init" and (self.workspace / "workspace.toml").exists():
            return
        ended = self.program.run(self.lines[name])
        assert ended.code in WELL, (where, ended)
        now = self.program.digest(self.workspace)
        new = without(self.state_before(name) if unread else self.held[name], "audit")  # the run is the second then
        assert {each: now.get(each) for each in new} == new, where
        assert without(now, ON_THE_WAY) == now, where
        assert now["audit"] == "", where
        assert [path.name for path in self.here.rglob(".*") if path.suffix != ".lock"] == [], where
        if name in ("check", "key rotate", "export"):
            assert self.exported() == self.tables, where


def without(held: dict[str, str], what: str) -> dict[str, str]:
    """What a workspace holds but for what begins so."""
    return {name: told for name, told in held.items() if not name.startswith(what)}


def every(torture: Torture, name: str, calls: str, fault: str) -> int:
    """Each of the calls in turn, until the command goes through without meeting the fault; how many there were."""
    for at in count(1):
        if not torture.strike(name, Fault(calls, fault, at)).met:
            return at - 1
    raise AssertionError


def calls_of(torture: Torture, name: str, calls: str) -> int:
    """How many calls of a kind an undisturbed command makes."""
    torture.reset(name)
    return torture.program.run(torture.lines[name], root=torture.here, fault=Fault(calls, "EIO", 10**9)).seen


def figures(counted: Mapping[tuple[str, str, str], int]) -> Iterator[str]:
    """The faults by command, kind and outcome, as lines, and how many of each kind there were."""
    faults, damages, others = Counter[str](), Counter[str](), 0
    for (name, fault, outcome), times in sorted(counted.items()):
        if times:
            yield f"{name:22} {fault:34} {outcome:24} {times:6,}"
        if name == "damage":
            damages[fault] += times
        elif fault.startswith(tuple(f"{calls}: " for calls in CALLS)):
            faults[fault] += times
        else:
            others += times
    for fault, times in sorted(faults.items()):
        yield f"{'in all':22} {fault:34} {'':24} {times:6,}"
    yield f"{faults.total():,} faults; {damages.total():,} damages in {len(damages)} kinds of file; {others:,} others"
