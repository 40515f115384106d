"""How often each tier is right in an invented world: python -m tests.measure_tiers. Rewrites matching/measured.toml."""

import argparse
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

import jiuzhu_check.matching
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.deliveries import take, take_roster
from jiuzhu_check.checks.proof import evaluate_run
from jiuzhu_check.checks.run import check_all
from jiuzhu_check.matching.tiers import ORDER
from tests.checks.centres import AS_OF, DATA_DATE, new_centre
from tests.worlds.certificates import deliver
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


def certificates(folder: Path, persons: int, seed: int) -> pl.DataFrame:
    """tier, links, right of the disability certificates of such a world's people; only those read from within count."""
    make(folder / "people", persons, 30, seed)
    truth = deliver(folder / "people", seed)
    centre = new_centre(folder / "desk")
    centre.workspace.sources_toml.write_text('[disability]\nrequirement = "required"\n', encoding="utf-8")
    centre = Centre.open(centre.workspace.path)
    take_roster(centre, folder / "people" / "roster.csv")
    take(centre, "disability", folder / "people" / "inbox" / "disability.csv", "", DATA_DATE)
    for kind in ("recipients", "entrants"):
        check_all(centre, kind, AS_OF)
    told = evaluate_run(centre, truth, "all").tiers
    return told.group_by("tier").agg(pl.col("links", "right").sum()).filter(pl.col("tier") == "B5")


def main() -> None:
    """Measure, write the table, say where."""
    parser = argparse.ArgumentParser(prog="python -m tests.measure_tiers", description=__doc__)
    parser.add_argument("--persons", type=int, default=PERSONS)
    parser.add_argument("--records", type=int, default=RECORDS)
    parser.add_argument("--seed", type=int, default=SEED)
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        world = tiers(Path(folder), told.persons, told.records, told.seed)
        both = pl.concat([world, certificates(Path(folder), told.persons, told.seed)])
        counts = {row["tier"]: row for row in both.iter_rows(named=True)}
    lines = [
        "# How often each tier was right, accepted or put to review, in one invented world with every kind of damage.",
        "# Measured, never estimated; written by python -m tests.measure_tiers.",
        "# B5 on the disability certificates of the same people, 90000 rows with namesakes of the same day.",
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
