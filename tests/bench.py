"""make bench: what the program costs, each as a ratio against a bare command measured beside it in the same run.

The figures that the README prints come from here. Nothing fails by time: machines differ, ratios less so.
"""

import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import polars as pl
import xlsxwriter

HERE = Path(__file__).resolve().parent
PROGRAM = Path(sys.executable).with_name("jiuzhu-check")
SAMPLE = HERE.parent / "sample_data"
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
BARE_PULL = (
    "import polars as pl; pl.read_csv({csv!r}, infer_schema=False).sort('身份证明号码').write_parquet({parquet!r})"
)


def main() -> None:
    """Measure and print."""
    folder = Path(tempfile.mkdtemp(prefix="jiuzhu-bench-"))
    try:
        print(f"{'what':<58}{'ours':>9}{'bare':>9}{'ratio':>8}")
        against("--help / python -c 'import typer'", [PROGRAM, "--help"], python("import typer"), runs=15)
        half, utf8 = folder / "half.csv", folder / "half-utf8.csv"
        make_vehicles(half, 500_000, utf8)
        pull_once(folder, half, utf8)
        pull_million(folder)
        workbook_once(folder)
        case_once(folder)
    finally:
        shutil.rmtree(folder)


def pull_once(folder: Path, csv: Path, utf8: Path) -> None:
    """A GB18030 CSV of 500,000 rows, landed, read, checked, encrypted; against bare polars on the same rows in UTF-8."""
    turn = iter(range(100))

    def prepare() -> list[str | Path]:
        workspace = new_workspace(folder / f"pull{next(turn)}")
        return [PROGRAM, "-C", workspace, "pull", "vehicle", "--file", csv, "--data-date", "2018-11-30"]

    bare = python(BARE_PULL.format(csv=str(utf8), parquet=str(folder / "bare.parquet")))
    against("pull 500,000 rows of GB18030 / read_csv+sort+write_parquet", prepare, bare, runs=7)


def pull_million(folder: Path) -> None:
    """A million rows of GB18030 to parts in the encrypted store; against bare polars on the same rows in UTF-8."""
    csv, utf8 = folder / "whole.csv", folder / "whole-utf8.csv"
    make_vehicles(csv, 1_000_000, utf8)
    turn = iter(range(100))

    def prepare() -> list[str | Path]:
        workspace = new_workspace(folder / f"million{next(turn)}")
        return [PROGRAM, "-C", workspace, "pull", "vehicle", "--file", csv, "--data-date", "2018-11-30"]

    bare = python(BARE_PULL.format(csv=str(utf8), parquet=str(folder / "bare.parquet")))
    against("pull 1,000,000 rows of GB18030 / the same (limit 2.5)", prepare, bare, runs=5)


def workbook_once(folder: Path) -> None:
    """An XLSX of 100,000 rows, read into typed rows and rejects; against python-calamine reading it into cells."""
    csv, xlsx = folder / "hundred.csv", folder / "hundred.xlsx"
    make_vehicles(csv, 100_000)
    with xlsxwriter.Workbook(xlsx) as book:
        sheet = book.add_worksheet("机动车")
        for down, line in enumerate(csv.read_text("gb18030").splitlines()):
            sheet.write_row(down, 0, line.split(","))
    both = "from jiuzhu_check.intake.delivery import read_delivery; from jiuzhu_check.intake import source; import io, python_calamine as c; data = open({xlsx!r}, 'rb').read(); "
    ours = "read_delivery(source.find_sources(source.shipped_connectors())['vehicle'], data, 'extract')"
    bare = "c.CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python(skip_empty_area=False)"
    given = both.format(xlsx=str(xlsx))
    against(
        "read an XLSX of 100,000 rows / calamine alone (limit 1.5)", python(given + ours), python(given + bare), runs=7
    )


def case_once(folder: Path) -> None:
    """One household in a store of a million records, against importing polars."""
    workspace = new_workspace(folder / "case")
    million = folder / "million.csv"
    make_vehicles(million, 1_000_000)
    run([PROGRAM, "-C", workspace, "roster", "import", SAMPLE / "roster.csv"])
    pulls = (
        ("vehicle", million),
        ("housing", SAMPLE / "inbox" / "housing.xlsx"),
        ("provident_fund", SAMPLE / "inbox" / "provident_fund.txt"),
    )
    for source, file in pulls:
        run([PROGRAM, "-C", workspace, "pull", source, "--file", file, "--data-date", "2018-11-30"])
    case = [
        PROGRAM,
        "-C",
        workspace,
        "case",
        "--household",
        household(),
        "--purpose",
        "recheck",
        "--as-of",
        "2018-12-01",
    ]
    against("case on 1,000,000 records / python -c 'import polars'", case, python("import polars"), runs=11)


def against(what, ours, bare, *, runs: int) -> None:  # type: ignore[no-untyped-def]
    """Time both commands in turn, after one turn that is not counted, and print the medians."""
    pairs = []
    for _ in range(runs + 1):
        command = ours() if callable(ours) else ours
        pairs.append((seconds(command), seconds(bare)))
    pairs = pairs[1:]
    one, two = (statistics.median(times) for times in zip(*pairs, strict=True))
    ratio = statistics.median(a / b for a, b in pairs)
    print(f"{what:<58}{one:>8.3f}s{two:>8.3f}s{ratio:>8.2f}", flush=True)


def seconds(command: list[str | Path]) -> float:
    """How long a command takes as a whole process."""
    begin = time.perf_counter()
    run(command)
    return time.perf_counter() - begin


def run(command: list[str | Path]) -> None:
    """Run a command that must end well."""
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ)


def python(code: str) -> list[str | Path]:
    """A bare Python command."""
    return [sys.executable, "-c", code]


def new_workspace(path: Path) -> Path:
    """A workspace for this run."""
    run([PROGRAM, "init", path, "--region", "370000", "--key-provider", "file", "--key-file", f"{path}.key"])
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
    out = [lines[0]]
    for at in range(rows):
        cells = list(whole[at % len(whole)])
        if rng.random() < 0.97:
            cells[number] = identity_number(rng)
        cells[vin] = f"LSV{at:014}"
        out.append(",".join(cells))
    text = "\n".join(out) + "\n"
    path.write_bytes(text.encode("gb18030"))
    if utf8:
        utf8.write_text(text, encoding="utf-8")


def identity_number(rng: random.Random) -> str:
    """An invented number that passes the checksum, in a region that does not exist."""
    body = f"370199{rng.randint(1940, 2010)}{rng.randint(1, 12):02}{rng.randint(1, 28):02}{rng.randint(1, 999):03}"
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]


if __name__ == "__main__":
    main()
