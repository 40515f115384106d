"""make bench-match: this matcher, a bare join on the number, and Splink, on the same frames in one run.

    python -m tests.bench_match [--members 157000] [--rows 1000000]

Each contender is a process of its own that reads the same Parquet files, so that neither memory nor warmth is shared. F1 is
of the pairs that are accepted, against the truth of the world. An extract of up to two million rows is in memory before the
clock starts. A larger one lies in parts, cut by number as in the store; whoever links it reads it part by part, and the
clock runs. Beyond the first million rows it grows by strangers and further members whose numbers are clean.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import polars as pl

from jiuzhu_check.matching.candidates import INDEX, stand_under
from jiuzhu_check.matching.decide import decide
from jiuzhu_check.matching.engines.local import work_through
from jiuzhu_check.tables.record import VEHICLE
from jiuzhu_check.values import identity_number, person_name
from tests.worlds import names, numbers, world

SEED = 2018
WORLD_ROWS = 1_000_000
IN_MEMORY, PARTS = 2_000_000, 64
OWNED = 0.05  # of the further rows, how many are a member's
Parts = Sequence[Callable[[], pl.DataFrame]]  # each read when it is called
PAIRS = ["source_row", "household_no", "member_no"]


def main() -> None:
    """Make the frames, let each contender run, print the table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--members", type=int, default=157_000)
    asked.add_argument("--rows", type=int, default=WORLD_ROWS)
    asked.add_argument("--contender", choices=CONTENDERS)
    asked.add_argument("--folder", type=Path)
    given = asked.parse_args()
    if given.contender:
        print(json.dumps(measured(given.contender, given.folder)))
        return
    with tempfile.TemporaryDirectory(prefix="jiuzhu-bench-") as folder:
        make_frames(Path(folder), given.members, given.rows)
        bare = None
        print(f"{given.members:,} members x {given.rows:,} vehicle rows")
        print(f"{'':<34}{'seconds':>9}{'x bare':>8}{'GiB':>7}{'F1':>9}{'precision':>11}{'recall':>8}")
        for contender in [name for name in CONTENDERS if given.rows <= IN_MEMORY or "Splink" not in name]:
            told = run(contender, Path(folder))
            if "missing" in told:
                print(f"{contender:<34}{told['missing']}")
                continue
            bare = bare or told["seconds"]
            line = f"{contender:<34}{told['seconds']:>9.2f}{told['seconds'] / bare:>8.1f}{told['gib']:>7.2f}"
            print(f"{line}{told['f1']:>9.5f}{told['precision']:>11.6f}{told['recall']:>8.4f}", flush=True)


def run(contender: str, folder: Path) -> dict[str, float]:
    """What a contender's own process says of itself."""
    command = [sys.executable, "-m", "tests.bench_match", "--contender", contender, "--folder", str(folder)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1])


def measured(contender: str, folder: Path) -> dict[str, object]:
    """Seconds, memory and quality of one contender."""
    index, parts = pl.read_parquet(folder / "index.parquet"), sorted(folder.glob("n*.parquet"))
    loose, keyed = pl.read_parquet(folder / "loose.parquet"), [partial(pl.read_parquet, part) for part in parts]
    if len(parts) == 1:
        whole = pl.read_parquet(parts[0]).rechunk()
        keyed = [lambda: whole]
    before = time.perf_counter()
    try:
        found = CONTENDERS[contender](index, loose, keyed)
    except ImportError:
        return {"missing": "not installed"}
    seconds = time.perf_counter() - before
    memory = most_memory()
    true = pl.read_parquet(folder / "truth.parquet")
    right = found.unique(PAIRS).join(true, on=PAIRS, how="semi").height
    precision, recall = right / max(1, found.unique(PAIRS).height), right / true.height
    return {
        "seconds": seconds,
        "gib": memory,
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / max(1e-9, precision + recall),
    }


def most_memory() -> float:
    """The most that this process has held, in GiB (getrusage would tell of the parent's too)."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM:")).split()[1]) / 2**20


def bare_join(index: pl.DataFrame, _: pl.DataFrame, keyed: Parts) -> pl.DataFrame:
    """The inner join on the number, and nothing else."""
    members = index.filter(pl.col("number").is_not_null())
    split = by_part(members, "number", len(keyed))
    return pl.concat(
        part().join(split[place], left_on="owner_no", right_on="number", how="inner")
        for place, part in enumerate(keyed)
    )


def this_matcher(index: pl.DataFrame, loose: pl.DataFrame, keyed: Parts) -> pl.DataFrame:
    """From the frames to accepted links."""
    on_roster = set(index["number"].drop_nulls()).intersection
    homes = index.select("household_no", "member_no", "name_key")
    split = by_part(stand_under(index, on_roster), "owner_no", len(keyed))
    parts = ((f"n{place:03}", part(), split[place]) for place, part in enumerate(keyed))
    found = work_through([loose], parts, index, homes, on_roster).candidates
    links = decide(found, index)
    return links.filter(pl.col("status") == "accepted")


def splink(index: pl.DataFrame, loose: pl.DataFrame, keyed: Parts) -> pl.DataFrame:
    """Splink with levels on number and name, frequencies of names, the usual training, and its likely pairs."""
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    records = pl.concat([loose, *(part() for part in keyed)])
    number = pl.coalesce("owner_no", identity_number.fold(pl.col("owner_no_raw")))
    left = index.select(
        unique_id=pl.col("household_no") + "/" + pl.col("member_no"),
        number=pl.coalesce("number", "person_no"),
        name="name_key",
    )
    right = records.select(unique_id=pl.col("source_row").cast(pl.String), number=number, name="owner_name")
    settings = SettingsCreator(
        link_type="link_only",
        comparisons=[
            cl.LevenshteinAtThresholds("number", [1, 2, 4]),
            cl.LevenshteinAtThresholds("name", [1]).configure(term_frequency_adjustments=True),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("number"),
            block_on("name", "substr(number, 1, 6)"),
            block_on("name", "substr(number, -4)"),
        ],
    )
    database = DuckDBAPI()
    linker = Linker([database.register(left.to_arrow()), database.register(right.to_arrow())], settings)
    linker.training.estimate_probability_two_random_records_match([block_on("number")], recall=0.95)
    linker.training.estimate_u_using_random_sampling(max_pairs=5e6, seed=SEED)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("name"))
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("number"))
    likely = linker.inference.predict(threshold_match_probability=0.99)
    pairs = pl.DataFrame(likely.as_duckdbpyrelation().to_arrow_table())
    member = pl.when(pl.col("unique_id_l").str.contains("/")).then("unique_id_l").otherwise("unique_id_r")
    record = pl.when(pl.col("unique_id_l").str.contains("/")).then("unique_id_r").otherwise("unique_id_l")
    home = member.str.split_exact("/", 1)
    return pairs.select(
        source_row=record.cast(pl.Int64),
        household_no=home.struct.field("field_0"),
        member_no=home.struct.field("field_1"),
    )


CONTENDERS: dict[str, Callable[[pl.DataFrame, pl.DataFrame, Parts], pl.DataFrame]] = {
    "bare polars join on the number": bare_join,
    "this matcher": this_matcher,
    "Splink 5 (DuckDB)": splink,
}


def make_frames(folder: Path, members: int, rows: int) -> None:
    """index.parquet (the members), records.parquet (the extract) and truth.parquet (whose record is whose)."""
    first = min(members, 157_000)
    world.make(folder / "world", first, 2 * min(rows, WORLD_ROWS), SEED)
    roster = pl.read_csv(folder / "world" / "roster.csv", infer_schema=False)
    read = identity_number.read(roster["身份证号码"])
    index = roster.select(
        household_no="家庭编号", person_no="身份证号码", former_names="曾用名", phone="联系电话"
    ).with_columns(
        *(pl.lit(None, pl.String).alias(name) for name in ("home_address", "workplace")),
        roster["出生日期"].str.to_date("%Y-%m-%d", strict=False).alias("birth_date"),
        read["number"],
        name_key=person_name.read(roster["姓名"]),
        member_no=pl.int_range(1, pl.len() + 1).over("household_no").cast(pl.String),
    )
    delivered = pl.read_csv(folder / "world" / "inbox" / "vehicle.csv", encoding="gb18030", infer_schema=False)
    owners = delivered.select(owner_no_raw="身份证明号码", owner_name_raw="机动车所有人").head(rows)
    truth = pl.read_csv(folder / "world" / "truth" / "links.csv", infer_schema=False).filter(
        pl.col("source") == "vehicle"
    )
    people = pl.read_csv(folder / "world" / "truth" / "people.csv", infer_schema=False)
    placed = people.select("pid").with_columns(index["household_no"], index["member_no"])
    true = truth.join(placed, on="pid").select(
        pl.col("row").cast(pl.Int64).alias("source_row"), "household_no", "member_no"
    )
    more_members, more_owners, more_true = further(members - first, rows - owners.height, owners.height + 2)
    index = pl.concat([index.select(INDEX), more_members])
    write_parts(folder, read_records(pl.concat([owners, more_owners])))
    index.write_parquet(folder / "index.parquet")
    pl.concat([true, more_true]).write_parquet(folder / "truth.parquet")


def read_records(owners: pl.DataFrame) -> pl.DataFrame:
    """VEHICLE rows of delivered owners, as pull reads them."""
    read = identity_number.read(owners["owner_no_raw"])
    named = owners.with_columns(
        owner_no=read["number"], owner_no_kind=read["kind"], owner_name=person_name.read(owners["owner_name_raw"])
    )
    where = {name: pl.lit("") for name in ("source", "supplier", "snapshot", "extract", "sheet")}
    return VEHICLE.fit(named.with_columns(source_row=pl.int_range(2, pl.len() + 2), slot=pl.lit(1), **where))


def write_parts(folder: Path, records: pl.DataFrame) -> None:
    """loose.parquet and n000.parquet ..., each part with all records of its numbers."""
    records.filter(pl.col("owner_no").is_null()).write_parquet(folder / "loose.parquet")
    parts = 1 if records.height <= IN_MEMORY else PARTS
    for place, part in by_part(records.filter(pl.col("owner_no").is_not_null()), "owner_no", parts).items():
        part.sort("owner_no").write_parquet(folder / f"n{place:03}.parquet")


def by_part(frame: pl.DataFrame, number: str, parts: int) -> dict[int, pl.DataFrame]:
    """The rows by the part that their number falls in."""
    if parts == 1:
        return {0: frame}
    split = frame.with_columns(_part=pl.col(number).hash(SEED) % parts).partition_by(
        "_part", as_dict=True, include_key=False
    )
    return {part: split.get((part,), frame.clear()) for part in range(parts)}


def further(members: int, rows: int, start: int) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """More members, more owners of records, and which of these are whose."""
    who = pl.int_range(members, eager=True)
    bodies = (377700 + who % 90) * 10**11 + (19300101 + (who // 90 % 80) * 10_000) * 1000 + 1 + who // 7200
    index = pl.DataFrame({"number": numbers.whole_column(bodies)}).with_columns(
        household_no=pl.format("JW{}", pl.int_range(pl.len())),
        member_no=pl.lit("1"),
        person_no=pl.col("number"),
        name_key=names.name_column(who, SEED),
        former_names=pl.lit(None, pl.String),
        birth_date=pl.lit(None, pl.Date),
        **{name: pl.lit(None, pl.String) for name in ("phone", "home_address", "workplace")},
    )
    place = pl.int_range(rows, eager=True)
    owned = (place % round(1 / OWNED) == 0) & (members > 0)
    mine = pl.DataFrame({"at": place.filter(owned) * 7919 % max(1, members)})
    theirs = index.with_row_index("at").select(
        pl.col("at").cast(pl.Int64), "number", "name_key", "household_no", "member_no"
    )
    of_members = mine.join(theirs, on="at", how="left", maintain_order="left").with_columns(row=place.filter(owned))
    other = place.filter(~owned)
    bodies = (410000 + other // 54_000) * 10**11 + (19400101 + (other % 60) * 10_000) * 1000 + other // 60 % 900
    strangers = pl.DataFrame(
        {"row": other, "number": numbers.whole_column(bodies), "name_key": names.name_column(other, SEED + 1)}
    )
    owners = pl.concat([of_members.select("row", "number", "name_key"), strangers]).sort("row")
    true = of_members.select(source_row=pl.col("row") + start, household_no="household_no", member_no="member_no")
    return index.select(INDEX), owners.select(owner_no_raw="number", owner_name_raw="name_key"), true


if __name__ == "__main__":
    main()
