"""explain, as staff run it: in a pipe, as a table, for programs, and what it refuses."""

import csv
import json
import re
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Walked
from tests.cli.program import WHOLE_NUMBER, Desk

ROW = ("explain", "--run", "all", "--purpose", "recheck")
TITLES = ["记录", "名册", "对照", "证据", "层级", "其他关联", "同户其他成员", "反证", "复核"]


@pytest.fixture
def linked(walked: Walked) -> dict[str, str]:
    """One link that is to be reviewed, as exported."""
    with (walked.desk.folder / "links.csv").open(encoding="utf-8") as lines:
        return next(link for link in csv.DictReader(lines) if link["tier"] == "C2")


def asked(link: dict[str, str]) -> tuple[str, ...]:
    return (*ROW, "--source", link["source"], "--row", link["source_row"])


def test_in_a_pipe_every_section_is_a_table_of_whole_cells(desk: Desk, linked: dict[str, str]) -> None:
    said = desk.run(*asked(linked))
    assert (said.code, said.err) == (0, "")
    heads = [re.split("[\t：]", line)[0] for line in said.out.splitlines()]
    assert [head for head in heads if head in TITLES] == TITLES * 2
    assert not WHOLE_NUMBER.search(said.out)
    assert linked["household_no"] in said.out


def test_the_same_bytes_come_again_and_from_a_copy(desk: Desk, linked: dict[str, str], tmp_path: Path) -> None:
    first, again = desk.run(*asked(linked)), desk.run(*asked(linked))
    elsewhere = Desk(tmp_path / "elsewhere")
    shutil.copytree(desk.workspace, elsewhere.workspace)
    assert first == again == elsewhere.run(*asked(linked))


def test_as_a_table_both_sides_stand_one_above_the_other(desk: Desk, linked: dict[str, str]) -> None:
    said = desk.run(*asked(linked), "--format", "table")
    lines = said.out.splitlines()
    place = next(place for place, line in enumerate(lines) if line.split()[:2] == ["号码", "登记"])
    assert lines[place + 1].split()[0] == "名册"


def test_a_program_reads_every_section_by_its_name(desk: Desk, linked: dict[str, str]) -> None:
    (dossier,) = json.loads(desk.run(*asked(linked), "--format", "json").out)
    assert dossier["run"] == linked["run"]
    assert list(dossier["links"][0]) == ["title", *TITLES]
    lines = desk.run(*asked(linked), "--format", "jsonl").out.splitlines()
    assert [json.loads(line) for line in lines] == [dossier]


def test_a_household_has_its_coverage_before_its_links(desk: Desk, linked: dict[str, str]) -> None:
    said = desk.run("explain", "--household", linked["household_no"], "--member", "1", "--purpose", "dispute")
    assert said.code == 0
    assert said.out.index("\n覆盖\t") < said.out.index("\n记录\t")


def test_without_a_purpose_nothing_is_opened(desk: Desk, linked: dict[str, str]) -> None:
    before = desk.log()
    desk.key.unlink()
    said = desk.run("explain", "--household", linked["household_no"])
    assert (said.code, said.out) == (5, "")
    assert desk.log() == before


def test_a_row_of_a_stranger_and_a_row_that_is_not_there_get_the_same_answer(desk: Desk) -> None:
    said = [desk.run(*ROW, "--source", "vehicle", "--row", row) for row in ("3", "999999")]
    assert said[0] == said[1]
    assert (said[0].code, said[0].out) == (5, "")


def test_whole_numbers_are_shown_for_a_reason_which_is_on_record(desk: Desk, linked: dict[str, str]) -> None:
    assert desk.run(*asked(linked), "--reveal").code == 5
    shown = desk.run(*asked(linked), "--reveal", "--reason", "户主来电核实")
    assert WHOLE_NUMBER.search(shown.out)
    written = [json.loads(line) for line in desk.log()]
    assert any(each.get("action") == "reveal" and each["reason"] == "户主来电核实" for each in written)


def test_where_the_records_are_damaged_the_rest_is_shown_and_the_exit_code_says_so(
    desk: Desk, linked: dict[str, str]
) -> None:
    for part in (desk.workspace / "store" / "records" / linked["source"]).rglob("n*.parquet"):
        part.write_bytes(b"")
    said = desk.run(*asked(linked))
    assert said.code == 3
    assert "读不出来" in said.out
    assert linked["household_no"] in said.out
