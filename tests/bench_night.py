"""What remembering parts costs a night, and what it spares the start after a stop: for make bench.

    python -m tests.bench_night WORKSPACE (kept | unkept | stopped)

A process of its own checks all recipients of a workspace, and says as JSON what that took and how many parts it read.
"""

import json
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path

from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.night import Night
from jiuzhu_check.checks.run import check_all
from jiuzhu_check.errors import ExitCode, Stopped

PERSONS, RECORDS, SEED, RUNS = 60_000, 600_000, 7, 5
AS_OF, DATA = date(2018, 12, 1), "2018-11-30"


def night(folder: Path, new_workspace: Callable[[Path], Path], call: Callable[..., object]) -> None:
    """Make the world; check it, with parts kept and without; stop at four fifths, and go on. Print the medians."""
    from tests.worlds.world import make

    world, ready = folder / "night-world", new_workspace(folder / "night")
    make(world, PERSONS, RECORDS, SEED)
    call("-C", ready, "roster", "import", world / "roster.csv")
    for source in ("vehicle", "housing", "provident_fund"):
        (extract,) = (world / "inbox").glob(f"{source}.*")
        call("-C", ready, "pull", source, "--file", extract, "--data-date", DATA)
    told: dict[str, list[dict[str, float]]] = {"kept": [], "unkept": [], "stopped": [], "going on": []}
    for _ in range(RUNS):
        for way in ("kept", "unkept", "stopped"):
            workspace = folder / "night-now"
            shutil.copytree(ready, workspace)
            told[way].append(_asked(workspace, way))
            if way == "stopped":
                told["going on"].append(_asked(workspace, "kept"))
            shutil.rmtree(workspace)

    def median(way: str, what: str) -> float:
        return statistics.median(each[what] for each in told[way])

    for what, ours, bare, limit in (
        ("a night of 60,000 persons, 600,000 records / no part kept", "kept", "unkept", "1.05"),
        ("going on after a stop at four fifths / the whole night", "going on", "kept", ""),
    ):
        wall, cpu = (median(ours, each) / median(bare, each) for each in ("wall", "cpu"))
        seconds = f"{median(ours, 'wall'):>8.3f}s{median(bare, 'wall'):>8.3f}s"
        print(f"{what:<66}{seconds}{wall:>8.2f}{cpu:>7.2f}{limit:>7}", flush=True)
    again = median("going on", "read") / median("kept", "read")
    print(f"{'of its parts read again':<66}{again:>25.2f}{'':>7}{'0.30':>7}", flush=True)


def _asked(workspace: Path, way: str) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench_night", str(workspace), way]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    said: dict[str, float] = json.loads(done.stdout)
    return said


def main(workspace: Path, way: str) -> None:
    """Check, and say what it took; stopped: only four fifths of the parts."""
    done: dict[str, tuple[int, int]] = {}

    def four_fifths() -> ExitCode | None:
        parts = sum(now for now, _ in done.values())
        return ExitCode.TERMINATED if parts >= 0.8 * 3 * max((of for _, of in done.values()), default=1) else None

    ways = {
        "kept": Night(),
        "unkept": Night(clock=lambda: 0.0),  # no time passes, so that keeping is never worth it
        "stopped": Night(asked=four_fifths),
    }
    tonight, wall, cpu = ways[way], time.perf_counter(), time.process_time()
    with suppress(Stopped):
        check_all(
            Centre.open(workspace), "recipients", AS_OF,
            progress=lambda title, now, of: done.update({title: (now, of)}), night=tonight,
        )  # fmt: skip
    spent = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    print(json.dumps({**spent, "read": tonight.reading.read}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
