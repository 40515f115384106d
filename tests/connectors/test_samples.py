"""Every department's sample file: made again to the same bytes, and read to the records that are kept of it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from jiuzhu_check.intake.shipped import shipped_connectors
from jiuzhu_check.tables.record import RECORDS
from tests.conftest import SameAsExpected
from tests.connectors.departments import SOURCES, as_text, sample, taken

IN_THE_DEMO = {"roster", "vehicle", "housing", "provident_fund"}  # their files are sample_data/roster.csv and inbox
SAMPLED = sorted(SOURCES.keys() - IN_THE_DEMO)
MAKERS = sorted((Path(__file__).parents[2] / "sample_data").glob("departments_*.py"))


@pytest.mark.parametrize("name", SAMPLED)
def test_the_sample_becomes_these_records(name: str, same_as_expected: SameAsExpected) -> None:
    records = taken(name).records
    same_as_expected(f"connectors/{name}.tsv", as_text(records))


@pytest.mark.parametrize("name", SAMPLED)
def test_every_column_that_the_connector_reads_stands_in_its_table_and_its_sample(name: str) -> None:
    source = SOURCES[name]
    table = RECORDS[source.table].columns
    assert {*source.columns, *source.constants, *source.also} <= set(table)
    assert source.legal_basis
    assert (shipped_connectors() / name / "source.toml").read_text("utf-8").startswith("# ")


def test_the_samples_are_made_again_to_the_same_bytes(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONHASHSEED": "7"}
    for maker in MAKERS:
        subprocess.run([sys.executable, maker, tmp_path], check=True, env=environment)
    assert sorted(folder.name for folder in tmp_path.iterdir()) == SAMPLED
    for name in SAMPLED:
        shipped = sample(name)
        assert (tmp_path / name / shipped.name).read_bytes() == shipped.read_bytes(), name


@pytest.mark.parametrize("name", SAMPLED)
def test_every_number_of_a_sample_is_of_a_county_that_does_not_exist(name: str) -> None:
    numbers = taken(name).records["owner_no"].drop_nulls()
    assert numbers.len() > 0
    assert numbers.str.starts_with("370199").all()
