"""make bench: what the program costs, each as a ratio against a bare command measured beside it in the same run.

The figures that the README prints come from here. Nothing fails by time: machines differ, ratios less so. On a machine
that others use too, look at the ratio of CPU seconds: it hardly changes.
"""

import os
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import xlsxwriter

from tests.bench_night import night
from tests.bench_share import share

HERE = Path(__file__).resolve().parent
PROGRAM = Path(sys.executable).with_name("jiuzhu-check")
SAMPLE = HERE.parent / "sample_data"
MILLION = 1_000_000
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
BARE_PULL = (
    "import polars as pl; pl.read_csv({csv!r}, infer_schema=False).sort('身份证明号码').write_parquet({parquet!r})"
)
BARE_WORKBOOK = (
    "import io, python_calamine as c; data = open({xlsx!r}, 'rb').read(); "
    "c.CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python(skip_empty_area=False)"
)
IMPORTS = "from jiuzhu_check.intake.delivery import read_delivery; from jiuzhu_check.intake import source; from jiuzhu_check.intake.shipped import shipped_connectors; "
WORKBOOK = (
    "data = open({xlsx!r}, 'rb').read(); "
    "read_delivery(source.find_sources(shipped_connectors())['vehicle'], data, 'extract')"
)
Command = list[str | Path]


@dataclass(frozen=True)
class Cost:
    """What one process took: seconds by the clock, seconds of CPU with its children's, most memory in MB."""

    wall: float
    cpu: float
    memory: float


def main() -> None:
    """Measure and print."""
    folder = Path(tempfile.mkdtemp(prefix="jiuzhu-bench-"))
    try:
        print(f"{'what':<66}{'ours':>9}{'bare':>9}{'ratio':>8}{'CPU':>7}{'limit':>7}")
        against("--help / python -c 'import typer'", [PROGRAM, "--help"], python("import typer"), runs=15, limit="1.6")
        csv, utf8 = folder / "million.csv", folder / "million-utf8.csv"
        make_vehicles(csv, MILLION, utf8)
        pull(folder, 500_000, limit="3")
        pull(folder, MILLION, limit="2.5")
        memory(folder)
        workbook(folder)
        case(folder, csv)
        share(folder, new_workspace, lambda *words: spent([PROGRAM, *words]))
        night(folder, new_workspace, lambda *words: spent([PROGRAM, *words]))
        databases(folder, utf8)
    finally:
        shutil.rmtree(folder)


def pull(folder: Path, rows: int, *, limit: str) -> None:
    """A GB18030 CSV landed, read, checked, parted, encrypted; against bare polars on the same rows in UTF-8."""
    csv, utf8 = folder / f"{rows}.csv", folder / f"{rows}-utf8.csv"
    make_vehicles(csv, rows, utf8)
    bare = python(BARE_PULL.format(csv=str(utf8), parquet=str(folder / "bare.parquet")))
    what = f"pull {rows:,} rows of GB18030 / read_csv+sort+write_parquet"
    against(what, pulling(folder, csv), bare, runs=5, limit=limit)


def memory(folder: Path) -> None:
    """The most memory that pulls of more and more rows take."""
    for rows in (MILLION, 2 * MILLION, 4 * MILLION):
        csv = folder / "rows.csv"
        make_vehicles(csv, rows)
        print(
            f"{f'most memory of a pull of {rows:,} rows':<66}{spent(pulling(folder, csv)()).memory:>6.0f} MB",
            flush=True,
        )
        csv.unlink()


def workbook(folder: Path) -> None:
    """An XLSX of 100,000 rows, read into typed rows and rejects, and pulled; against python-calamine reading it into cells."""
    csv, xlsx = folder / "hundred.csv", folder / "hundred.xlsx"
    make_vehicles(csv, 100_000)
    with xlsxwriter.Workbook(xlsx) as book:
        sheet = book.add_worksheet("机动车")
        for down, line in enumerate(csv.read_text("gb18030").splitlines()):
            sheet.write_row(down, 0, line.split(","))
    bare = BARE_WORKBOOK.format(xlsx=str(xlsx))
    ours = python(IMPORTS + WORKBOOK.format(xlsx=str(xlsx)))
    against("read an XLSX of 100,000 rows / calamine, same imports", ours, python(IMPORTS + bare), runs=7, limit="1.5")
    against("pull it, the whole process / calamine alone", pulling(folder, xlsx), python(bare), runs=5)


def case(folder: Path, csv: Path) -> None:
    """One household in a store of a million records, against importing polars."""
    workspace = new_workspace(folder / "case")
    spent([PROGRAM, "-C", workspace, "roster", "import", SAMPLE / "roster.csv"])
    pulls = (
        ("vehicle", csv),
        ("housing", SAMPLE / "inbox" / "housing.xlsx"),
        ("provident_fund", SAMPLE / "inbox" / "provident_fund.txt"),
    )
    for source, file in pulls:
        spent([PROGRAM, "-C", workspace, "pull", source, "--file", file, "--data-date", "2018-11-30"])
    asked = ("--household", household(), "--purpose", "recheck", "--as-of", "2018-12-01")
    ours: Command = [PROGRAM, "-C", workspace, "case", *asked]
    bare = python("import polars")
    against("case on 1,000,000 records, checked anew / python -c 'import polars'", ours, bare, runs=11)
    spent([PROGRAM, "-C", workspace, "check", "recipients", "--as-of", "2018-12-01"])
    against("case, as the last night found it / the same", ours, bare, runs=11, limit="2")


def databases(folder: Path, utf8: Path) -> None:
    """A million rows out of PostgreSQL and MariaDB: read until they are ready for the store, and pulled."""
    from tests.bench_databases import departments

    for enter, limit, alone in zip(
        departments(folder, utf8, MILLION), ("2", "1.5"), ("COPY to a file", "fetchmany"), strict=True
    ):
        try:
            with enter() as department:
                what = f"{department.name}, 1,000,000 rows: read / {alone}"
                against(what, python(department.read), python(department.bare), runs=3, limit=limit)
                ours = pulling(folder, None, department.connectors)
                against(f"{department.name}: the whole pull / {alone}", ours, python(department.bare), runs=3)
        except AssertionError as missing:  # which server is missing, and what to install
            print(missing)


def pulling(folder: Path, file: Path | None, connectors: Path | None = None) -> Callable[[], Command]:
    """Gives a pull into a workspace of its own, each time another; without a file, over the transport."""

    def prepare() -> Command:
        path = Path(tempfile.mkdtemp(prefix="workspace-", dir=folder)) / "centre"
        workspace = new_workspace(path)
        if connectors is not None:
            shutil.copytree(connectors, workspace / "connectors", dirs_exist_ok=True)
        given = ["--file", file, "--data-date", "2018-11-30"] if file is not None else []
        return [PROGRAM, "-C", workspace, "pull", "vehicle", *given]

    return prepare


def against(what: str, ours: Command | Callable[[], Command], bare: Command, *, runs: int, limit: str = "") -> None:
    """Run both commands in turn, after one turn that is not counted, and print the medians."""
    pairs = [(spent(ours() if callable(ours) else ours), spent(bare)) for _ in range(runs + 1)][1:]
    one, two = (statistics.median(cost.wall for cost in costs) for costs in zip(*pairs, strict=True))
    wall = statistics.median(a.wall / b.wall for a, b in pairs)
    cpu = statistics.median(a.cpu / b.cpu for a, b in pairs)
    print(f"{what:<66}{one:>8.3f}s{two:>8.3f}s{wall:>8.2f}{cpu:>7.2f}{limit:>7}", flush=True)


def spent(command: Command) -> Cost:
    """What a command takes as a whole process; it must end well."""
    begin = time.perf_counter()
    silent = [(os.POSIX_SPAWN_OPEN, stream, os.devnull, os.O_WRONLY, 0) for stream in (1, 2)]
    pid = os.posix_spawn(str(command[0]), list(map(str, command)), os.environ, file_actions=silent)
    _, ended, used = os.wait4(pid, 0)
    assert ended == 0, f"{command} ended with {os.waitstatus_to_exitcode(ended)}"
    return Cost(time.perf_counter() - begin, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def python(code: str) -> Command:
    """A bare Python command."""
    return [sys.executable, "-c", code]


def new_workspace(path: Path) -> Path:
    """A workspace for this run."""
    spent([PROGRAM, "init", path, "--region", "370000", "--key-provider", "file", "--key-file", f"{path}.key"])
    shutil.copytree(SAMPLE / "policy", path / "policy", dirs_exist_ok=True)
    return path


def household() -> str:
    """A recipients' household of the sample."""
    roster = pl.read_csv(SAMPLE / "roster.csv", infer_schema=False)
    return str(roster.filter(pl.col("办理状态") == "在保")["家庭编号"][10])


def make_vehicles(path: Path, rows: int, utf8: Path | None = None) -> None:
    """A vehicle extract of that many rows in GB18030, by repeating the sample's rows under new numbers."""
    rng = random.Random(2018)
    lines = (SAMPLE / "inbox" / "vehicle.csv").read_bytes().decode("gb18030").splitlines()
    heads = lines[0].split(",")
    number, vin = heads.index("身份证明号码"), heads.index("车辆识别代号")
    whole = [cells for cells in (line.split(",") for line in lines[1:]) if len(cells) == len(heads)]
    with path.open("w", encoding="gb18030") as file, open(utf8 or os.devnull, "w", encoding="utf-8") as other:
        for at in range(-1, rows):
            cells = list(whole[at % len(whole)]) if at >= 0 else heads
            if at >= 0:
                cells[number] = identity_number(rng) if rng.random() < 0.97 else cells[number]
                cells[vin] = f"LSV{at:014}"
            line = ",".join(cells) + "\n"
            file.write(line)
            other.write(line)


def identity_number(rng: random.Random) -> str:
    """An invented number that passes the checksum, in a region that does not exist."""
    body = f"370199{rng.randint(1940, 2010)}{rng.randint(1, 12):02}{rng.randint(1, 28):02}{rng.randint(1, 999):03}"
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]


if __name__ == "__main__":
    main()
