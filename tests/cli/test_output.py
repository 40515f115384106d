"""What programs read: columns that never move, TSV in a pipe, JSON and JSON lines."""

import csv
import io
import json

import openpyxl
import polars as pl
import pytest

from tests.cli.conftest import Walked
from tests.cli.program import AS_OF, SAMPLE, WHOLE_NUMBER, Desk, run

COLUMNS = {
    "links": "run, source, supplier, snapshot, extract, sheet, source_row, slot, owner_no, owner_name, household_no, "
    "member_no, person_no, tier, status, reason, expected_namesakes",
    "findings": "run, finding_id, household_no, member_no, person_no, rule, subject, kind, declared, found, unit, tier, "
    "data_date, status, evidence, basis, first_seen",
    "coverage": "run, household_no, member_no, person_no, source, state, reason, snapshot, data_date",
    "rejects": "source, supplier, snapshot, extract, sheet, source_row, code, reason",
}


@pytest.mark.parametrize("table", COLUMNS)
@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_an_export_has_its_columns_in_their_order(walked: Walked, table: str, form: str) -> None:
    file = walked.desk.folder / f"{table}.{form}"
    assert walked.desk.run("export", table, "--run", "all", "--format", form, "-o", str(file)).code == 0
    read = {"csv": pl.read_csv, "jsonl": pl.read_ndjson, "parquet": pl.read_parquet}[form]
    assert read(file, **({"infer_schema": False} if form == "csv" else {})).columns == COLUMNS[table].split(", ")


def test_an_export_without_a_file_goes_to_standard_output(walked: Walked) -> None:
    said = walked.desk.run("export", "coverage", "--run", "latest")
    rows = list(csv.DictReader(io.StringIO(said.out)))
    assert rows
    assert {row["state"] for row in rows} <= {"hit", "no_record", "unchecked"}


def test_the_evidence_of_a_finding_is_json_that_leads_to_its_row(walked: Walked) -> None:
    findings = pl.read_csv(walked.desk.folder / "findings.csv", infer_schema=False)
    pieces = [piece for cell in findings["evidence"] for piece in json.loads(cell)]
    assert pieces
    assert all({"source", "source_row", "snapshot", "tier", "reason"} <= set(piece) for piece in pieces)
    links = pl.read_csv(walked.desk.folder / "links.csv", infer_schema=False)
    linked = set(links.select("source", "snapshot", "source_row", "slot").rows())
    named = {(piece["source"], piece["snapshot"], str(piece["source_row"]), str(piece["slot"])) for piece in pieces}
    assert named <= linked


@pytest.mark.parametrize("name", ["roster", "pull vehicle", "check recipients", "connector list", "audit verify"])
def test_a_table_in_a_pipe_is_tab_separated(walked: Walked, name: str) -> None:
    lines = walked.said[name].out.rstrip("\n").split("\n")
    assert len(lines) > 1
    assert len({line.count("\t") for line in lines}) == 1
    assert lines[0].count("\t") > 0


@pytest.mark.parametrize("arguments", [("connector", "list"), ("audit", "verify")])
def test_json_and_json_lines_hold_the_same(walked: Walked, arguments: tuple[str, ...]) -> None:
    whole = json.loads(walked.desk.run(*arguments, "--format", "json").out)
    lines = [json.loads(line) for line in walked.desk.run(*arguments, "--format", "jsonl").out.splitlines()]
    assert whole
    assert whole == lines


def test_a_case_as_json_says_what_was_found_and_what_could_not_be_looked_at(walked: Walked) -> None:
    told = json.loads(walked.said["case as json"].out)
    assert told["household_no"] == "JZ00000120"
    assert told["found"] == "有疑点待核实"
    assert told["complete"] in ("已全部核对", "信息不全")


def test_the_figures_of_a_check_add_up(walked: Walked) -> None:
    rows = [line.split("\t") for line in walked.said["check recipients"].out.splitlines()[1:]]
    by_source: dict[str, int] = {}
    for table, source, _, count in rows:
        if table == "coverage":
            by_source[source] = by_source.get(source, 0) + int(count.replace(",", ""))
    assert len(by_source) == 3
    assert len(set(by_source.values())) == 1


@pytest.mark.parametrize("command", [("list", "--format", "json"), ("validate",)])
def test_connectors_are_told_outside_a_workspace(command: tuple[str, ...]) -> None:
    assert run("connector", *command).code == 0


def test_the_version_is_told() -> None:
    from jiuzhu_check import __version__

    assert run("--version").out == f"jiuzhu-check {__version__}\n"


def test_what_falls_due_is_a_table_for_programs_without_anybodys_number(walked: Walked) -> None:
    said = walked.desk.run("due", "--as-of", AS_OF, "--within", "0")
    rows = list(csv.DictReader(io.StringIO(said.out), delimiter="\t"))
    assert said.code == 0
    assert rows
    assert {row["事项"] for row in rows} == {"家庭经济状况调查"}  # the recipients were checked on that day
    assert all(int(row["还有天数"]) <= 0 for row in rows)
    assert [row["到期日"] for row in rows] == sorted(row["到期日"] for row in rows)
    assert "已超期" in said.err
    assert not WHOLE_NUMBER.search(said.out)
    later = walked.desk.run("due", "--as-of", AS_OF, "--within", "40", "--format", "json")
    assert {row["事项"] for row in json.loads(later.out)} == {"家庭经济状况调查", "定期复核"}


def test_the_worklist_of_applicants_is_never_due_after_the_laws_time(walked: Walked) -> None:
    due = walked.desk.run("due", "--as-of", AS_OF, "--within", "400", "--format", "json")
    law = {row["家庭编号"]: row["到期日"] for row in json.loads(due.out) if row["事项"] == "家庭经济状况调查"}
    book = openpyxl.load_workbook(walked.desk.folder / "entrants.xlsx")
    told = {}
    for sheet in book.worksheets[:-2]:  # one a township, then what was not checked, and the notes
        heads, *rows = sheet.iter_rows(values_only=True)
        assert {row[heads.index("乡镇")] for row in rows} == {sheet.title}
        told |= {row[heads.index("家庭编号")]: str(row[heads.index("期限")])[:10] for row in rows}
    assert told
    assert all(day == min(law[home], "2018-12-11") for home, day in told.items())


def test_the_village_copy_is_audited_and_shows_nobodys_finding_and_no_number(desk: Desk) -> None:
    file = desk.folder / "visits.xlsx"
    said = desk.run("report", "worklist", "--village-copy", "-o", str(file))
    assert said.code == 0
    book = openpyxl.load_workbook(file)
    cells = [str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell]
    assert not any(WHOLE_NUMBER.search(cell) or "登记" in cell or "申报" in cell for cell in cells)
    assert '"report":"village copy"' in "".join(desk.log()[-2:])
    assert desk.run("report", "worklist", "--village-copy", "--reveal", "--reason", "入户").code == 2


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_the_readme_shows_the_three_lines_as_the_sample_gives_them(walked: Walked, readme: str) -> None:
    shown = (SAMPLE.parent / readme).read_text(encoding="utf-8")
    assert "\n".join(walked.said["check recipients"].err.splitlines()[:3]) in shown
