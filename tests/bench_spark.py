"""make bench-spark: what a national run on a Spark cluster rests on: CPU, memory and bytes of one part, and 1 → 2 executors.

    python -m tests.bench_spark

Every part is an errand as on a cluster, done in a fresh process. The seconds are CPU seconds of that process, so that they
hold on a busy machine too; only the last figure is of wall time. docs/national.md works with what this prints.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pyarrow as pa

from jiuzhu_check.checks.centre import create_centre
from jiuzhu_check.checks.spark.cluster import cluster
from jiuzhu_check.checks.spark.errand import ERRAND, Errand, answers, run_errands
from jiuzhu_check.intake.stored import slim
from jiuzhu_check.matching.candidates import INDEX, stand_under
from jiuzhu_check.store.session_key import hand_out
from jiuzhu_check.store.snapshot import Store
from jiuzhu_check.store.workspace import Workspace
from tests.bench_match import further, read_records
from tests.worlds import world

SIZES = (125_000, 250_000, 500_000, 1_000_000, 2_000_000)  # records of a part
MEMBERS = 0.13  # of the records of a part, how many members may stand there
WORLD_PERSONS, WORLD_RECORDS, SEED = 60_000, 600_000, 7
LOOSE, SLICES = 20_000, (125_000, 250_000, 500_000)  # damaged records of a part; members of a slice
SCALED, SCALED_ROWS = 16, 500_000


def main() -> None:
    """Make the parts, measure each, print the tables."""
    if len(sys.argv) > 1:
        print(json.dumps(one(Path(sys.argv[1]), *sys.argv[2:])))
        return
    with tempfile.TemporaryDirectory(prefix="jiuzhu-bench-spark-") as folder:
        home = Path(folder)
        create_centre(home / "workspace", "370000", "file", home / "workspace.key")
        store = Workspace.open(home / "workspace").store
        print(
            f"{'a part under numbers':<28}{'bytes/record':>13}{'read s/M':>10}{'match s/M':>10}{'GiB':>7}{'answer B/pair':>14}"
        )
        for rows in SIZES:
            publish(store, f"n{rows}", rows)
            told(f"{rows:,}", home, f"n{rows}", "n000", rows)
        print(
            f"{'20,000 damaged x members':<28}{'bytes/record':>13}{'read s/M':>10}{'match s/M':>10}{'GiB':>7}{'answer B/pair':>14}"
        )
        publish_loose(store, home)
        for members in SLICES:
            told(f"{members:,} members", home, f"loose{members}", "loose", LOOSE)
        driver(store)
        publish(store, "scaled", SCALED_ROWS)
        scaled(store)


def publish(store: Store, name: str, rows: int) -> None:
    """One part of so many records, and the members who may stand there."""
    index, owners, _ = further(int(rows * MEMBERS), rows, 2)
    records, alike = slim(read_records(owners).sort("owner_no"))
    facts = {"parts": 2, "table": "vehicle", "alike": alike}
    store.publish("records/vehicle/370000", name, {"n000": records}, data_date=None, facts=facts)
    people = {
        "n000": stand_under(index, lambda _numbers: set()),
        "homes-n000": index.select("household_no", "member_no", "name_key"),
    }
    store.publish("cluster", name, people, data_date=None)
    names = index["name_key"].unique().head(5_000).alias("name").to_frame()
    store.publish("cluster", f"{name}-names", {"names": names}, data_date=None)


def publish_loose(store: Store, home: Path) -> None:
    """The damaged records of a world, and members to compare them with: the world's own, and others."""
    world.make(home / "world", WORLD_PERSONS, WORLD_RECORDS, SEED)
    delivered = pl.read_csv(home / "world" / "inbox" / "vehicle.csv", encoding="gb18030", infer_schema=False)
    owners = delivered.select(owner_no_raw="身份证明号码", owner_name_raw="机动车所有人")
    loose = read_records(owners).filter(pl.col("owner_no").is_null())
    print(f"{'of its records damaged':<28}{loose.height / owners.height:>13.4f}")
    often = pl.concat([loose] * (LOOSE // loose.height + 1)).head(LOOSE)
    records, alike = slim(often.with_columns(source_row=pl.int_range(2, pl.len() + 2)))
    facts = {"parts": 2, "table": "vehicle", "alike": alike}
    for members in SLICES:
        index = further(members, 10, 2)[0].select(INDEX)
        store.publish("records/vehicle/370000", f"loose{members}", {"loose": records}, data_date=None, facts=facts)
        homes = index.select("household_no", "member_no", "name_key")
        store.publish("cluster", f"loose{members}", {"n000": index, "homes-n000": homes}, data_date=None)


def errand(store: Store, name: str, part: str) -> Errand:
    """What a machine is told of such a part."""
    records, people = store.snapshot("records/vehicle/370000", name), store.snapshot("cluster", name)
    names = store.snapshot("cluster", f"{name}-names") if part != "loose" else None
    return Errand(part, records, people, "n000", "homes-n000", names)


def one(home: Path, name: str, part: str) -> dict[str, float]:
    """Do the errand here, and say what it took."""
    store = Workspace.open(home / "workspace").store
    asked = errand(store, name, part)
    with hand_out("127.0.0.1") as (session, desk):
        table = pa.table([[0], [asked.sealed(session, "g/0")]], schema=ERRAND)
        rows = pa.Table.from_batches(run_errands(desk, "g", iter(table.to_batches())))
        (answer,) = answers(rows, session, "g", 1)
    assert answer.outcome == "found", answer.detail
    read, work = answer.cpu
    size = sum(map(len, rows["sealed"].to_pylist()))
    file = next(file for file in asked.records.files if file.part == part)
    return {
        "at_rest": file.size / file.rows, "read": read, "work": work, "gib": answer.peak / 2**30,
        "answer": size / max(1, answer.gathered.pairs.height),
    }  # fmt: skip


def told(what: str, home: Path, name: str, part: str, rows: int) -> None:
    """A line of the table."""
    command = [sys.executable, "-m", "tests.bench_spark", str(home), name, part]
    environ = {**os.environ, "POLARS_MAX_THREADS": "1"}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environ)
    said = json.loads(done.stdout)
    per = 1_000_000 / rows
    print(
        f"{what:<28}{said['at_rest']:>13.1f}{said['read'] * per:>10.2f}{said['work'] * per:>10.2f}{said['gib']:>7.2f}"
        f"{said['answer']:>14.0f}", flush=True,
    )  # fmt: skip


def driver(store: Store) -> None:
    """What the answers of a million pairs take here."""
    asked = errand(store, f"n{SIZES[-1]}", "n000")
    with hand_out("127.0.0.1") as (session, desk):
        table = pa.table([[0], [asked.sealed(session, "g/0")]], schema=ERRAND)
        rows = pa.Table.from_batches(run_errands(desk, "g", iter(table.to_batches())))
        before, began = _held(), time.process_time()
        found = answers(rows, session, "g", 1)[0].gathered
        spent, held = time.process_time() - began, _held() - before
    pairs = found.pairs.height / 1_000_000
    print(
        f"{'the driver, a million pairs':<28}{held / 2**30 / pairs:>10.2f} GiB{spent / pairs:>10.2f} s of CPU",
        flush=True,
    )


def _held() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def scaled(store: Store) -> None:
    """The same parts by one executor and by two: wall seconds, the best of three."""
    asked = [errand(store, "scaled", "n000")] * SCALED
    took = dict(_on(asked, executors) for executors in (1, 2))
    rate = SCALED * SCALED_ROWS / 1_000_000 / took[1]
    print(f"{'1 executor':<28}{took[1]:>10.1f} s wall{rate:>10.2f} M records/s")
    print(f"{'2 executors':<28}{took[2]:>10.1f} s wall{took[1] / took[2]:>10.2f} x")


def _on(asked: list[Errand], executors: int) -> tuple[int, float]:
    def work() -> Iterator[float]:
        with cluster(f"local-cluster[{executors},1,1024]", lambda: None, lambda _line: None) as spark:
            spark.begin(asked[:4] * executors).wait(lambda _done: None)  # imports and compilers are warm then
            for _ in range(3):
                began = time.monotonic()
                spark.begin(asked).wait(lambda _done: None)
                yield time.monotonic() - began

    return executors, min(work())


if __name__ == "__main__":
    main()
