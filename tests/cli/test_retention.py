"""What is past its period goes, and what was said of it before is printed byte for byte afterwards."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.a_month_later import NEXT_AS_OF, NEXT_DATA, deliver_again, shorten
from tests.cli.program import AS_OF, EXTRACTS, SAMPLE, Desk, environment

# Runs command lines in one process; of each, how it ended and what it said.
ONE_AFTER_THE_OTHER = """
import contextlib, io, json, os, sys
from jiuzhu_check.cli.entry import run
told = []
for line in json.load(sys.stdin):
    said = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    with open(os.devnull) as sys.stdin, contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        told.append((int(run(line)), said.buffer.getvalue().decode()))
json.dump(told, sys.stdout)
"""


def run_of(desk: Desk, day: str) -> str:
    runs = json.loads(desk.run("run", "list", "--format", "json").out)
    names = [str(cell) for row in runs for cell in row.values()]
    return next(name for name in names if name.startswith(f"recipients-{day}-"))


def rejected_row(desk: Desk) -> str:
    """A row of the vehicle register that was not taken in."""
    rows = csv.DictReader(desk.run("export", "rejects", "--run", "all").out.splitlines())
    return next(row["source_row"] for row in rows if row["source"] == "vehicle")


def printed(desk: Desk, folder: Path) -> dict[str, bytes]:
    """Everything that tells of the old run, of its findings and of what was delivered: what was asked → the bytes."""
    folder.mkdir()
    run = run_of(desk, "20181201")
    asked = {
        **{f"{table} of {each}": ("export", table, "--run", each) for table in ("links", "findings", "coverage", "rejects")
           for each in (run, "all")},
        "explain household": ("explain", "--household", "JZ00000120", "--run", run, "--purpose", "recheck"),
        "explain all": ("explain", "--household", "JZ00000120", "--run", "all", "--purpose", "recheck", "--format", "json"),
        "explain reject": ("explain", "--source", "vehicle", "--row", rejected_row(desk), "--run", run, "--purpose", "recheck"),
        "worklist": ("report", "worklist", "--run", run, "-o", str(folder / "worklist.xlsx")),
        "overview": ("report", "overview", "--run", run, "-o", str(folder / "overview.html")),
        "summary": ("report", "summary", "--run", run),
        "report": ("report", "household", "JZ00000120", "--run", run, "--format", "docx", "-o", str(folder / "report.docx")),
        "run": ("run", "show", run, "--format", "json"),
        "differences": ("run", "diff", run_of(desk, "20190101"), "--format", "json"),
        "findings": ("finding", "list", "--format", "json", "--as-of", NEXT_AS_OF),
        "review": ("review", "list", "--format", "json"),
        "statistics": ("report", "statistics", "--from", "2018-12-01", "--to", "2018-12-31", "--format", "tsv"),
        "sources": ("source", "list", "--format", "json", "--as-of", NEXT_AS_OF),
        "rejects": ("reject", "list", "--format", "json"),
    }  # fmt: skip
    lines = [["-C", str(desk.workspace), *words] for words in asked.values()]
    ended = subprocess.run(
        [sys.executable, "-c", ONE_AFTER_THE_OTHER], input=json.dumps(lines), capture_output=True, text=True, check=True,
        encoding="utf-8", env=environment(),
    )  # fmt: skip
    said = [f"{code}\n{text.replace(str(folder), '')}".encode() for code, text in json.loads(ended.stdout)]
    return dict(zip(asked, said, strict=True)) | {file.name: file.read_bytes() for file in folder.iterdir()}


@pytest.fixture
def later(desk: Desk) -> Desk:
    deliver_again(desk)
    shorten(desk)
    return desk


def test_an_old_decision_is_printed_byte_for_byte_after_its_extract_was_purged(later: Desk, tmp_path: Path) -> None:
    desk = later
    before = printed(desk, tmp_path / "before")
    refused = {
        what: told.decode()[:400]
        for what, told in before.items()
        if "." not in what and told[:2] not in (b"0\n", b"5\n", b"3\n")
    }
    assert refused == {}
    records = desk.workspace / "store" / "records"
    due = json.loads(desk.run("retention", "plan", "--each", "--format", "json").out)
    assert {each["数据集"].split("/")[0] for each in due if each["去留"] == "可清除"} >= {"records", "landed"}, due
    done = desk.run("retention", "apply", "--confirm", "--reason", "2019 年第 1 号批准")
    assert done.code == 0, done
    assert [len(list(place.glob("*.snapshot"))) for place in records.glob("*/*")] == [1, 1, 1]
    after = printed(desk, tmp_path / "after")
    assert {what for what in before if before[what] != after[what]} == set()
    gone = json.loads(desk.run("retention", "purged", "--format", "json").out)
    assert {(each["数据集"].split("/")[0], each["按"]) for each in gone} >= {
        ("records", "retention.records"), ("landed", "retention.landed"),
    }  # fmt: skip
    assert desk.run("audit", "verify").code == 0
    assert desk.run("retention", "apply", "--confirm", "--reason", "再看一次").code == 0
    fresh = desk.run("check", "recipients", "--as-of", AS_OF)
    assert fresh.code == 3
    assert "已按保存期清除" in fresh.out + fresh.err + desk.run("run", "show", "latest").out


def test_nothing_is_purged_without_confirmation_and_a_reason(desk: Desk) -> None:
    shorten(desk)
    assert desk.run("retention", "apply").code == 2
    assert desk.run("retention", "apply", "--confirm").code == 5
    assert json.loads(desk.run("retention", "purged", "--format", "json").out) == []


def test_what_open_findings_and_batches_rest_on_is_held_and_said_why(desk: Desk) -> None:
    for source, file in EXTRACTS.items():
        desk.run("pull", source, "--file", str(SAMPLE / "inbox" / file), "--data-date", NEXT_DATA)
    shorten(desk)
    told = json.loads(desk.run("retention", "plan", "--each", "--format", "json").out)
    of = {(each["数据集"].split("/")[0], each["编号"][:8]): each["去留"] for each in told}
    assert of["records", "20181130"] == "留置：待答复的发现或未办结的异议"
    assert of["records", "20181231"] == "留置：最新的一份"
    assert desk.run("retention", "apply", "--confirm", "--reason", "试").code == 0
    assert not any("records" in line for line in desk.run("retention", "purged").out.splitlines())
