"""The invented county against its truth: what was planted is found, and nothing else is accepted."""

import csv
from functools import cache

import polars as pl
import pytest

from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.exports import export
from tests.checks.centres import SAMPLE

KEY = ["source", "source_row", "slot", "person_no"]


@cache
def truth(name: str) -> pl.DataFrame:
    return pl.read_csv(SAMPLE / "truth" / name, infer_schema=False)


@pytest.fixture(scope="module")
def links(checked: Centre) -> pl.DataFrame:
    return export(checked, "links", "all")


def planted(*expect: str) -> pl.DataFrame:
    rows = truth("links.csv").with_columns(source_row=pl.col("row").cast(pl.Int64), slot=pl.col("slot").cast(pl.Int64))
    return rows.filter(pl.col("expect").is_in(expect) & pl.col("person_no").is_not_null())


def accepted(links: pl.DataFrame) -> pl.DataFrame:
    return links.filter(pl.col("status") == "accepted")


def test_every_accepted_link_is_planted_as_accepted(links: pl.DataFrame) -> None:
    stray = accepted(links).join(planted("accepted"), on=KEY, how="anti")
    assert stray.select(*KEY, "tier").rows() == []


def test_nothing_planted_for_review_or_for_nobody_is_accepted(links: pl.DataFrame) -> None:
    wrong = planted("review", "none").join(accepted(links), on=KEY, how="semi")
    assert wrong.select("story", *KEY).rows() == []


def test_everything_planted_as_accepted_is_accepted(links: pl.DataFrame) -> None:
    assert planted("accepted").height > 0
    assert planted("accepted").join(accepted(links), on=KEY, how="anti").rows() == []


def test_what_is_planted_for_nobody_is_neither_accepted_nor_shown(links: pl.DataFrame) -> None:
    shown = links.filter(pl.col("status").is_in(["accepted", "review"]))
    stray = planted("none").join(shown, on=KEY, how="semi")
    assert set(stray["story"]) <= {"go_between_on_roster"}


def test_everything_planted_for_a_person_to_look_at_is_in_review(links: pl.DataFrame) -> None:
    shown = links.filter(pl.col("status") == "review")
    assert {"number_of_spouse", "twins_mixed", "number_masked", "roster_number_broken"} <= set(
        planted("review")["story"]
    )
    assert planted("review").join(shown, on=KEY, how="anti").select("story", *KEY).rows() == []


def test_every_planted_finding_comes_out_and_no_other(checked: Centre) -> None:
    found = export(checked, "findings", "all")
    wrong = []
    with (SAMPLE / "truth" / "findings.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            mine = found.filter((pl.col("household_no") == row["household_no"]) & (pl.col("rule") == row["rule"]))
            of_kind = mine.filter(pl.col("kind") == row["kind"]) if row["kind"] else mine
            if of_kind.is_empty() != (row["expect"] == "absent"):
                wrong.append(tuple(row.values()))
    assert wrong == []


def test_every_planted_reject_comes_out_with_its_row(checked: Centre) -> None:
    rejected = export(checked, "rejects", "all").select("source", "source_row")
    expected = truth("rejects.csv").select("source", source_row=pl.col("row").cast(pl.Int64))
    assert expected.join(rejected, on=["source", "source_row"], how="anti").rows() == []
    others = rejected.join(expected, on=["source", "source_row"], how="anti")
    assert set(others["source"]) <= {"roster", "housing"}
