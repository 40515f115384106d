"""make bench-spark: what a national run on a Spark cluster rests on: CPU, memory and bytes of one part, and 1 → 2 executors.

    python -m tests.bench_spark

Every part is an errand as on a cluster, done in a fresh process. The seconds are CPU seconds of that process, so that they
hold on a busy machine too; only the last figure is of wall time. docs/national.md works with what this prints.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pyarrow as pa

from jiuzhu_check.checks.deliveries import take, take_roster
from jiuzhu_check.checks.parts import is_loose
from jiuzhu_check.checks.spark.cluster import cluster
from jiuzhu_check.checks.spark.errand import ERRAND, Answer, Errand, answers, run_errands
from jiuzhu_check.intake.stored import read_records, slim
from jiuzhu_check.matching.candidates import CANDIDATE, INDEX, marked, stand_under
from jiuzhu_check.matching.decide import decide
from jiuzhu_check.matching.profile import Profile
from jiuzhu_check.store.session_key import hand_out
from jiuzhu_check.store.snapshot import Store
from jiuzhu_check.store.workspace import Workspace
from jiuzhu_check.tables.record import ORIGIN, OWNER
from tests.bench_match import further, most_memory
from tests.bench_match import read_records as as_pulled
from tests.checks.centres import DATA_DATE, new_centre
from tests.worlds import world

SIZES = (125_000, 250_000, 500_000, 1_000_000, 2_000_000)  # records of a part
MEMBERS = 0.13  # of the records of a part, how many members may stand there
WORLD_PERSONS, WORLD_RECORDS, SEED = 20_000, 300_000, 7
# Damaged records of a part, and members of a slice.
LOOSE = ((20_000, 125_000), (20_000, 500_000), (100_000, 125_000), (100_000, 500_000), (100_000, 1_000_000))
OFTEN = 10  # times as many pairs as the largest part gave, for the driver
PLACE = "records/vehicle/990000"
HEADS = f"{'bytes/record':>13}{'read s/M':>10}{'match s/M':>10}{'GiB':>7}{'sent B/pair':>13}{'held B/pair':>13}"
SCALED, SCALED_ROWS = 16, 500_000


def main() -> None:
    """Make the parts, measure each, print the tables."""
    if len(sys.argv) > 1:
        print(json.dumps(one(Path(sys.argv[1]), *sys.argv[2:])))
        return
    with tempfile.TemporaryDirectory(prefix="jiuzhu-bench-spark-") as folder:
        home = Path(folder)
        store, delivered = county(home)
        print(f"{'under numbers':<28}{HEADS}")
        for rows in SIZES:
            publish(store, f"n{rows}", rows, delivered)
            told(f"{rows:,} records", home, f"n{rows}", "n000", rows)
        print(f"{'damaged x members':<28}{HEADS}")
        for rows, members in LOOSE:
            publish_loose(store, rows, members)
            told(f"{rows:,} x {members:,}", home, loose_name(rows, members), "loose", rows)
        told_of_driver(home)
        publish(store, "scaled", SCALED_ROWS, delivered)
        scaled(store)


def county(home: Path) -> tuple[Store, pl.DataFrame]:
    """A workspace with a world that was pulled: its store, and the records of vehicles. Says what a record takes at rest."""
    centre = new_centre(home)
    world.make(home / "world", WORLD_PERSONS, WORLD_RECORDS, SEED)
    take_roster(centre, home / "world" / "roster.csv")
    delivered = pl.DataFrame()
    for source in ("vehicle", "housing", "provident_fund"):
        (file,) = (home / "world" / "inbox").glob(f"{source}.*")
        took = time.process_time()
        take(centre, source, file, "", DATA_DATE)
        took = time.process_time() - took
        (name,) = centre.store.datasets(f"records/{source}/")
        snapshot = centre.store.snapshot(name, centre.store.snapshots(name)[-1].id)
        size = sum(file.size for file in snapshot.files)
        loose = sum(file.rows for file in snapshot.files if is_loose(file.part))
        print(
            f"{source:<28}{snapshot.rows:>10,} records, {size / snapshot.rows:.0f} bytes each at rest, "
            f"{loose / snapshot.rows:.4f} without a usable number; pull {took * 1e6 / snapshot.rows:.1f} s of CPU a million",
            flush=True,
        )  # fmt: skip
        if source == "vehicle":
            parts = [each for each in snapshot.part_names() if is_loose(each) or each.startswith("n")]
            delivered = pl.concat(read_records(snapshot, each) for each in parts)
    return centre.store, delivered


def publish(store: Store, name: str, rows: int, delivered: pl.DataFrame) -> None:
    """One part of so many records, whose things are those of a delivery, and the members who may stand there."""
    index, owners, _ = further(int(rows * MEMBERS), rows, 2)
    things = delivered.drop(*ORIGIN, *OWNER).sample(rows, with_replacement=True, shuffle=True, seed=SEED)
    read = as_pulled(owners).drop(things.columns).hstack(things)
    records, alike = slim(read.select(delivered.columns).sort("owner_no", "source_row"))
    facts = {"parts": 2, "table": "vehicle", "alike": alike}
    store.publish(PLACE, name, {"n000": records}, data_date=None, facts=facts)
    people = {
        "n000": stand_under(index, lambda _numbers: set()),
        "homes-n000": index.select("household_no", "member_no", "name_key"),
    }
    store.publish("cluster", name, people, data_date=None)
    names = index["name_key"].unique().head(5_000).alias("name").to_frame()
    store.publish("cluster", f"{name}-names", {"names": names}, data_date=None)


def publish_loose(store: Store, rows: int, members: int) -> None:
    """So many damaged records of strangers, all different, and members to compare them with."""
    owners, number = further(0, rows, 2)[1], pl.col("owner_no_raw")
    ways = {  # how often numbers are damaged in which way: tests/worlds/rates.toml, roughly
        5: number.str.head(9)
        + ((number.str.slice(9, 1).cast(pl.Int64) + 3) % 10).cast(pl.String)
        + number.str.slice(10),
        8: number.str.head(6) + "********" + number.str.slice(14),
        9: number.str.head(15),
        10: number.str.head(1) + "." + number.str.slice(1, 5) + "E+17",
    }
    turn, told = pl.int_range(pl.len()) % 10, pl.lit(None, pl.String)
    for below, way in reversed(ways.items()):
        told = pl.when(turn < below).then(way).otherwise(told)
    records, alike = slim(as_pulled(owners.with_columns(owner_no_raw=told)))
    assert records["owner_no"].null_count() == rows
    index = further(members, 10, 2)[0].select(INDEX)
    homes = index.select("household_no", "member_no", "name_key")
    facts = {"parts": 2, "table": "vehicle", "alike": alike}
    store.publish(PLACE, loose_name(rows, members), {"loose": records}, data_date=None, facts=facts)
    store.publish("cluster", loose_name(rows, members), {"n000": index, "homes-n000": homes}, data_date=None)


def loose_name(rows: int, members: int) -> str:
    """What such a snapshot is called."""
    return f"loose-{rows}-{members}"


def errand(store: Store, name: str, part: str) -> Errand:
    """What a machine is told of such a part."""
    records, people = store.snapshot(PLACE, name), store.snapshot("cluster", name)
    names = store.snapshot("cluster", f"{name}-names") if part != "loose" else None
    return Errand(part, records, people, "n000", "homes-n000", names)


def one(home: Path, name: str, part: str) -> dict[str, float]:
    """Do the errand here, and say what it took."""
    if name == "driver":
        return deciding(home)
    answer, size, at_rest = done_here(home, name, part)
    read, work = answer.cpu
    found = answer.gathered
    held = sum(frame.estimated_size() for frame in (found.pairs, *found.records, found.holders, found.generic))
    pairs = max(1, found.pairs.height)
    return {
        "at_rest": at_rest, "read": read, "work": work, "gib": answer.peak / 2**30,
        "sent": size / pairs, "held": held / pairs,
    }  # fmt: skip


def done_here(home: Path, name: str, part: str) -> tuple[Answer, int, float]:
    """The answer to an errand, how many bytes it came in, and what a record of the part takes at rest."""
    store = Workspace.open(home / "workspace").store
    asked = errand(store, name, part)
    with hand_out("127.0.0.1") as (session, desk):
        table = pa.table([[0], [asked.sealed(session, "g/0")]], schema=ERRAND)
        rows = pa.Table.from_batches(run_errands(desk, "g", iter(table.to_batches())))
        (answer,) = answers(rows, session, "g", 1)
    assert answer.outcome == "found", answer.detail
    file = next(file for file in asked.records.files if file.part == part)
    return answer, sum(map(len, rows["sealed"].to_pylist())), file.size / file.rows


def told(what: str, home: Path, name: str, part: str, rows: int) -> None:
    """A line of the table."""
    command = [sys.executable, "-m", "tests.bench_spark", str(home), name, part]
    environ = {**os.environ, "POLARS_MAX_THREADS": "1"}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environ)
    said = json.loads(done.stdout)
    per = 1_000_000 / rows
    print(
        f"{what:<28}{said['at_rest']:>13.1f}{said['read'] * per:>10.2f}{said['work'] * per:>10.2f}{said['gib']:>7.2f}"
        f"{said['sent']:>13.0f}{said['held']:>13.0f}", flush=True,
    )  # fmt: skip


def told_of_driver(home: Path) -> None:
    """A line of what deciding takes here, a million pairs."""
    command = [sys.executable, "-m", "tests.bench_spark", str(home), "driver", ""]
    said = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    print(f"{'deciding a million pairs':<28}{said['work']:>10.1f} s of CPU, {said['gib']:.1f} GiB", flush=True)


def deciding(home: Path) -> dict[str, float]:
    """Decide many pairs at once, as the driver does of one source."""
    found = done_here(home, f"n{SIZES[-1]}", "n000")[0].gathered.pairs
    far = [found.with_columns(pl.col("source_row") + turn * 10**8) for turn in range(OFTEN)]
    pairs, before = marked(pl.concat(far).select(list(CANDIDATE)), Profile({})), most_memory()
    people = pairs.select("household_no", "member_no", "person_no", name_key="owner_name").unique(
        ["household_no", "member_no"]
    )
    began = time.process_time()
    decide(pairs, people)
    millions = pairs.height / 1_000_000
    work = (time.process_time() - began) / millions
    return {"work": work, "gib": (most_memory() - before + pairs.estimated_size() / 2**30) / millions}


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
