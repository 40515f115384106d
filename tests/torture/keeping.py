"""Faults while something is purged, backed up or restored: what was to stay is whole, and done again it is done."""

import shutil
from dataclasses import dataclass, field
from pathlib import Path

from tests.cli.a_month_later import NEXT_AS_OF, NEXT_DATA, SHORT
from tests.torture.faults import FIGURES, KILLED, MENDABLE, tables_of
from tests.torture.program import Ended, Fault, Program, copy
from tests.torture.world import commands, write_world

NAMES = ("retention apply", "backup", "restore")


@dataclass
class Keeping:
    """A centre two months on, with a backup of the first; kept, to be spoilt in a copy.

    before: name → the folder as it is before that command
    old, new: what the workspace holds before and after the purge; first: what the first backup holds
    """

    program: Program
    before: dict[str, Path] = field(default_factory=dict)

    def __post_init__(self) -> None:
        folder = self.program.folder
        write_world(folder)
        self.here = folder / "kept"
        self.workspace, self.backup, self.again = (self.here / name for name in ("workspace", "backup", "again"))
        self.here.mkdir()
        at, key = ["-C", str(self.workspace)], str(self.workspace) + ".key"
        first = commands(self.workspace, folder)
        self.lines = {
            "retention apply": [*at, "retention", "apply", "--confirm", "--reason", "批准"],
            "backup": [*at, "backup", str(self.backup)],
            "restore": ["restore", str(self.backup), str(self.again), "--key-file", key],
        }
        for name, line in first.items():
            assert self.program.run(line).code in (0, 3), name
        self.first = self.program.digest(self.workspace)
        assert self.program.run(self.lines["backup"]).code == 0
        for name, line in first.items():
            if name.startswith(("pull", "check")):
                later = [{"2018-11-30": NEXT_DATA, "2018-12-01": NEXT_AS_OF}.get(word, word) for word in line]
                assert self.program.run(later).code in (0, 3), name
        (self.workspace / "policy" / "short.toml").write_text(f'region = "370000"\n{SHORT}', "utf-8")
        self.old, self.tables = self.program.digest(self.workspace), self._exported()
        self._put_by("retention apply")
        assert self.program.run(self.lines["retention apply"]).code == 0
        self.new, self.files = self.program.digest(self.workspace), self._files()
        assert set(self.old) - set(self.new)
        assert self._exported() == self.tables
        self._put_by("backup")
        assert self.program.run(self.lines["backup"]).code == 0
        self._put_by("restore")

    def strike(self, name: str, fault: Fault) -> Ended:
        """One fault in one command, and everything that must hold after it."""
        self.reset(name)
        ended = self.program.run(self.lines[name], root=self.here, fault=fault)
        where = (name, str(fault), ended)
        assert "Traceback" not in ended.said, where
        assert ended.code in (KILLED, *MENDABLE, 0), where
        {"retention apply": self._purged, "backup": self._backed_up, "restore": self._restored}[name](ended, where)
        if ended.met:
            told = "killed" if ended.code == KILLED else f"exit {ended.code}"
            FIGURES[name, f"{fault.calls}: {fault.fault}", told] += 1
        return ended

    def reset(self, name: str) -> None:
        """The folder as it is before a command."""
        shutil.rmtree(self.here)
        copy(self.before[name], self.here)

    def calls_of(self, name: str, calls: str) -> int:
        """How many calls of a kind an undisturbed command makes."""
        self.reset(name)
        return self.program.run(self.lines[name], root=self.here, fault=Fault(calls, "EIO", 10**9)).seen

    def _purged(self, ended: Ended, where: object) -> None:
        now = self.program.digest(self.workspace)
        assert set(self.old) & set(self.new) <= set(now), where
        assert all(now[each] in (self.old.get(each), self.new.get(each)) for each in now), where
        if ended.code == 0:
            assert now == self.new, where
        assert self._exported() == self.tables, where
        again = self.program.run(self.lines["retention apply"])
        assert again.code == 0, (where, again)
        assert self.program.digest(self.workspace) == self.new, where
        assert self._files() == self.files, where
        assert self._exported() == self.tables, where

    def _backed_up(self, ended: Ended, where: object) -> None:
        """What the folder holds is the backup before or the new one; the workspace is as it was."""
        assert self.program.digest(self.workspace) == self.new, where
        held = self._brought_back(where)
        assert held in (self.first, self.new), where
        if ended.code == 0:
            assert held == self.new, where
        again = self.program.run(self.lines["backup"])
        assert again.code == 0, (where, again)
        assert self._brought_back(where) == self.new, where
        assert [path.name for path in self.backup.rglob(".new-*")] == [], where

    def _restored(self, ended: Ended, where: object) -> None:
        if not (self.again / "workspace.toml").exists():
            assert ended.code != 0, where
            again = self.program.run(self.lines["restore"])
            assert again.code == 0, (where, again)
        assert self.program.digest(self.again) == self.new, where
        assert [path.name for path in self.again.rglob(".new-*")] == [], where

    def _brought_back(self, where: object) -> dict[str, str]:
        shutil.rmtree(self.again, ignore_errors=True)
        ended = self.program.run(self.lines["restore"])
        assert ended.code == 0, (where, ended)
        held = self.program.digest(self.again)
        shutil.rmtree(self.again)
        return held

    def _exported(self) -> dict[str, bytes]:
        return tables_of(self.program, self.workspace)

    def _files(self) -> list[str]:
        """Names of all that lies in the store; a bundle that was made twice lies beside where it lay."""
        store = self.workspace / "store"
        found = (path.relative_to(store).as_posix() for path in store.rglob("*") if path.name != "lock")
        return sorted(name.replace("~2", "") for name in found)

    def _put_by(self, name: str) -> None:
        self.before[name] = self.program.folder / f"before {name}"
        copy(self.here, self.before[name])
