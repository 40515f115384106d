"""A small invented county: some households of the sample, what three departments have of them and of others."""

import csv
from pathlib import Path

import xlsxwriter
from python_calamine import CalamineWorkbook

SAMPLE = Path(__file__).parents[2] / "sample_data"
AS_OF, DATA_DATE, REGION = "2018-12-01", "2018-11-30", "370000"
HOMES, OTHERS = 60, 20
TABLES = ("links", "findings", "coverage", "rejects")


def write_world(folder: Path) -> None:
    """Put the files there that come from outside: roster.csv, vehicle.csv, housing.xlsx, provident_fund.txt."""
    head, *members = (SAMPLE / "roster.csv").read_text("utf-8-sig").splitlines()
    homes = list(dict.fromkeys(line.split(",")[0] for line in members))[:HOMES]
    kept = [line for line in members if line.split(",")[0] in homes]
    (folder / "roster.csv").write_text("\n".join([head, *kept]) + "\n", "utf-8")
    known = {cell for line in kept for cell in next(csv.reader([line])) if len(cell) in (15, 18)}
    for name in ("vehicle.csv", "provident_fund.txt"):
        head, *rows = (SAMPLE / "inbox" / name).read_text("gb18030").splitlines()
        wanted = _wanted(rows, known)
        wanted[3] = wanted[3][:6] + wanted[3][6:].replace("3701", "37O1", 1)  # one row to be told back
        (folder / name).write_text("\n".join([head, *wanted]) + "\n", "gb18030")
    sheet = CalamineWorkbook.from_path(SAMPLE / "inbox" / "housing.xlsx").get_sheet_by_index(0)
    head, *rows = [[str(cell) for cell in row] for row in sheet.to_python()]
    with xlsxwriter.Workbook(folder / "housing.xlsx") as book:
        page = book.add_worksheet()
        for place, row in enumerate(
            [head, *(each.split("\t") for each in _wanted(["\t".join(row) for row in rows], known))]
        ):
            page.write_row(place, 0, row)


def _wanted(rows: list[str], known: set[str]) -> list[str]:
    """The rows that name somebody of the households, and a few others."""
    ours = [row for row in rows if any(number in row for number in known)]
    return [*ours, *[row for row in rows if row not in ours][:OTHERS]]


def commands(workspace: Path, files: Path) -> dict[str, list[str]]:
    """What a centre does, in order: name → command line."""
    at = ["-C", str(workspace)]
    pulled = {"vehicle": "vehicle.csv", "housing": "housing.xlsx", "provident_fund": "provident_fund.txt"}
    return {
        "init": ["init", str(workspace), "--region", REGION, "--key-provider", "file", "--key-file", str(workspace) + ".key"],
        "roster import": [*at, "roster", "import", str(files / "roster.csv")],
        **{f"pull {name}": [*at, "pull", name, "--file", str(files / file), "--data-date", DATA_DATE] for name, file in pulled.items()},
        "check": [*at, "check", "recipients", "--as-of", AS_OF],
    }  # fmt: skip


def exports(workspace: Path, to: Path) -> list[list[str]]:
    """The command lines that write the four tables into a folder."""
    return [
        ["-C", str(workspace), "export", table, "--run", "latest", "-o", str(to / f"{table}.csv")] for table in TABLES
    ]


def exported(folder: Path) -> dict[str, bytes]:
    """The four tables' bytes."""
    return {table: (folder / f"{table}.csv").read_bytes() for table in TABLES}
