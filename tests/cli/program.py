"""The real program, run as staff run it."""

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from sysconfig import get_path

PROGRAM = Path(get_path("scripts")) / "jiuzhu-check"
SAMPLE = Path(__file__).parents[2] / "sample_data"
EXTRACTS = {"vehicle": "vehicle.csv", "housing": "housing.xlsx", "provident_fund": "provident_fund.txt"}
AS_OF, DATA_DATE = "2018-12-01", "2018-11-30"
WHOLE_NUMBER = re.compile(r"(?<![0-9A-Za-z])[0-9]{17}[0-9Xx](?![0-9A-Za-z])")


@dataclass(frozen=True)
class Said:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Desk:
    """A workspace and the program that works in it."""

    folder: Path

    @property
    def workspace(self) -> Path:
        return self.folder / "workspace"

    @property
    def key(self) -> Path:
        return self.folder / "workspace.key"

    def run(self, *arguments: str, given: str = "") -> Said:
        """Run a command in the workspace; given is its standard input."""
        return run("-C", str(self.workspace), *arguments, given=given)

    def log(self) -> list[str]:
        """The lines of the audit log."""
        files = sorted((self.workspace / "audit").glob("*.jsonl"))
        return [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]

    def init(self) -> Said:
        return run(
            "init", str(self.workspace), "--region", "370000", "--key-provider", "file", "--key-file", str(self.key)
        )

    def pull(self, source: str, file: Path) -> Said:
        return self.run("pull", source, "--file", str(file), "--data-date", DATA_DATE)


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("JIUZHU_")}
    return {**kept, "JIUZHU_LANG": "zh", **more}


def run(*arguments: str, given: str = "", **more: str) -> Said:
    done = subprocess.run(
        [PROGRAM, *arguments], input=given, capture_output=True, text=True, encoding="utf-8", env=environment(**more)
    )
    return Said(done.returncode, done.stdout, done.stderr)
