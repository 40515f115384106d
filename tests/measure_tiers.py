"""How often each tier is right in an invented world: python -m tests.measure_tiers. Rewrites matching/measured.toml."""

import argparse
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

import jiuzhu_check.matching
from jiuzhu_check.checks.deliveries import take, take_roster
from jiuzhu_check.checks.proof import evaluate_run
from jiuzhu_check.checks.run import check_all
from jiuzhu_check.matching.tiers import ORDER
from tests.checks.centres import AS_OF, DATA_DATE, new_centre
from tests.worlds.world import make

PERSONS, RECORDS, SEED = 150_000, 1_500_000, 20_181_201
TABLE = Path(jiuzhu_check.matching.__path__[0]) / "measured.toml"


def tiers(folder: Path, persons: int, records: int, seed: int) -> pl.DataFrame:
    """tier, links, right: what a check of everybody in such a world accepts or puts to review."""
    make(folder / "world", persons, records, seed)
    centre = new_centre(folder / "centre")
    take_roster(centre, folder / "world" / "roster.csv")
    for file in sorted((folder / "world" / "inbox").iterdir()):
        take(centre, file.stem, file, "", DATA_DATE)
    for kind in ("recipients", "entrants"):
        check_all(centre, kind, AS_OF)
    told = evaluate_run(centre, folder / "world" / "truth", "all").tiers
    return told.group_by("tier").agg(pl.col("links", "right").sum())


def main() -> None:
    """Measure, write the table, say where."""
    parser = argparse.ArgumentParser(prog="python -m tests.measure_tiers", description=__doc__)
    parser.add_argument("--persons", type=int, default=PERSONS)
    parser.add_argument("--records", type=int, default=RECORDS)
    parser.add_argument("--seed", type=int, default=SEED)
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        counts = {
            row["tier"]: row for row in tiers(Path(folder), told.persons, told.records, told.seed).iter_rows(named=True)
        }
    lines = [
        "# How often each tier was right, accepted or put to review, in one invented world with every kind of damage.",
        "# Measured, never estimated; written by python -m tests.measure_tiers.",
        f"measured_on = {datetime.now(UTC).date()}",
        f"persons = {told.persons}",
        f"records = {told.records}",
        f"seed = {told.seed}",
        "",
        "[tiers]  # links, and those that were right",
        *(f"{code} = [{counts[code]['links']}, {counts[code]['right']}]" for code in ORDER if code in counts),
    ]
    TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    sys.stdout.write(TABLE.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
