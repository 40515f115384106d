"""match evaluate and match decoys, as staff run them."""

import json
from pathlib import Path

import polars as pl
import pytest

from tests.cli.conftest import Walked
from tests.cli.program import Said


@pytest.fixture(scope="module")
def truth(walked: Walked, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A truth that holds what was linked for right, and one record of a member that nobody found."""
    folder = tmp_path_factory.mktemp("truth")
    links = pl.read_csv(walked.desk.folder / "links.csv", infer_schema=False).filter(pl.col("status") == "accepted")
    people = links.select(typed_id="person_no").unique(maintain_order=True).with_row_index("pid")
    true = links.join(people, left_on="person_no", right_on="typed_id")
    found = true.select("source", "pid", row="source_row", cls=pl.lit("clean"))
    lost = found.head(1).with_columns(row=pl.lit("999999"), cls=pl.lit("masked"))
    people.with_columns(consent=pl.lit("true")).write_csv(folder / "people.csv")
    pl.concat([found, lost]).write_csv(folder / "links.csv")
    return folder


def evaluated(walked: Walked, truth: Path, *more: str) -> Said:
    return walked.desk.run("match", "evaluate", str(truth), *more)


def test_an_evaluation_tells_precision_and_recall(walked: Walked, truth: Path) -> None:
    said = evaluated(walked, truth, "--format", "json")
    rows = json.loads(said.out)
    total = {row["what"]: row for row in rows if row["table"] == "total"}
    kinds = {(row["what"], row["status"]): row["share"] for row in rows if row["table"] == "kind"}
    assert said.code == 0
    assert total["precision"]["share"] == 1
    assert total["recall"]["records"] - total["recall"]["count"] == 1
    assert kinds["clean", "accepted"] == 1
    assert kinds["masked", "found"] == 0
    assert "大约不超过 3/" in said.err


def test_an_evaluation_as_tables_for_people(walked: Walked, truth: Path) -> None:
    said = evaluated(walked, truth, "--format", "table")
    assert said.code == 0
    assert "按来源和层级" in said.out
    assert "按损坏类别" in said.out


def test_a_script_can_ask_for_as_good_as_it_needs(walked: Walked, truth: Path) -> None:
    assert evaluated(walked, truth, "--max-wrong", "0", "--min-recall", "0.5").code == 0
    assert evaluated(walked, truth, "--min-recall", "1").code == 1
    assert evaluated(walked, truth, "--min-recall", "99").code == 2


def test_a_wrong_link_is_told(walked: Walked, truth: Path, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_bytes((truth / "people.csv").read_bytes())
    links = pl.read_csv(truth / "links.csv", infer_schema=False)
    links.slice(1).write_csv(tmp_path / "links.csv")
    said = evaluated(walked, tmp_path, "--max-wrong", "0")
    assert said.code == 1
    assert "错 1 条" in said.err


def test_a_folder_without_a_truth_is_a_usage_error(walked: Walked, tmp_path: Path) -> None:
    said = evaluated(walked, tmp_path)
    assert said.code == 2
    assert "people.csv" in said.err


def test_the_decoys_of_a_run_are_shown_source_by_source(walked: Walked) -> None:
    said = walked.desk.run("match", "decoys", "--format", "json")
    rows = json.loads(said.out)
    assert said.code == 0
    assert {row["source"] for row in rows} == {"vehicle", "housing", "provident_fund"}
    assert sum(row["accepted"] for row in rows) == 0


def test_decoys_can_be_tried_anew(walked: Walked) -> None:
    said = walked.desk.run("match", "decoys", "--sample", "5", "--format", "json")
    assert said.code == 0
    assert 0 < max(row["decoys"] for row in json.loads(said.out)) <= 5
    assert walked.desk.run("match", "decoys", "--run", "all").code == 2


def test_a_check_prints_its_decoys_in_one_line(walked: Walked) -> None:
    lines = walked.said["check recipients"].err.splitlines()
    assert [line[:5] for line in lines].count("诱饵核验：") == 1
