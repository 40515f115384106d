"""Of the time of a whole check of 157,000 persons, how much goes into rules and income account: for make bench.

    python -m tests.bench_share WORKSPACE

A process of its own checks all recipients of a workspace, and says as JSON what the check and what the law took.
"""

import json
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from functools import wraps
from pathlib import Path
from typing import Any

PERSONS, RECORDS, SEED, RUNS = 157_000, 1_000_000, 2018, 5
AS_OF, DATA = date(2018, 12, 1), "2018-11-30"


def share(folder: Path, new_workspace: Callable[[Path], Path], call: Callable[..., object]) -> None:
    """Make the world, check it some times over, and print the medians: by the clock, and of CPU."""
    from tests.worlds.world import make

    world, ready = folder / "world", new_workspace(folder / "share")
    make(world, PERSONS, RECORDS, SEED)
    call("-C", ready, "roster", "import", world / "roster.csv")
    for source in ("vehicle", "housing", "provident_fund"):
        (extract,) = (world / "inbox").glob(f"{source}.*")
        call("-C", ready, "pull", source, "--file", extract, "--data-date", DATA)
    told = []
    for at in range(RUNS + 1):
        workspace = folder / f"share-{at}"  # a run that is kept already would be kept faster
        shutil.copytree(ready, workspace)
        command = [sys.executable, "-m", "tests.bench_share", str(workspace)]
        told.append(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
        shutil.rmtree(workspace)
    ours, whole, wall, cpu = (
        statistics.median(each(one) for one in told[1:])
        for each in (
            lambda one: one["law"][0],
            lambda one: one["check"][0],
            lambda one: one["law"][0] / one["check"][0],
            lambda one: one["law"][1] / one["check"][1],
        )
    )
    what = f"rules and account of {PERSONS:,} persons / the whole check"
    print(f"{what:<66}{ours:>8.3f}s{whole:>8.3f}s{wall:>8.2f}{cpu:>7.2f}{'0.33':>7}", flush=True)


def main(workspace: Path) -> None:
    """Check, and say what it took: seconds by the clock and of CPU."""
    from jiuzhu_check.checks import concluding, run
    from jiuzhu_check.checks.centre import Centre

    spent = [0.0, 0.0]

    def timed(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def measured(*given: Any) -> Any:
            began = now()
            answer = function(*given)
            spent[:] = [so_far + more for so_far, more in zip(spent, since(began), strict=True)]
            return answer

        return measured

    # one group of households after another, or what each takes could not be told from what the others do
    concluding.side_by_side = lambda of, pieces, **_: map(of, pieces)  # type: ignore[assignment]
    concluding.income_account, concluding.run_rules = timed(concluding.income_account), timed(concluding.run_rules)
    centre, began = Centre.open(workspace), now()
    run.check_all(centre, "recipients", AS_OF)
    print(json.dumps({"law": spent, "check": since(began)}))


def now() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def since(began: tuple[float, float]) -> list[float]:
    return [after - before for after, before in zip(now(), began, strict=True)]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
