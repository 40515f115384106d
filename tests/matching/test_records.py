"""What every kind of record must keep to, so that it can stand beside a member."""

import pytest

from jiuzhu_check.matching.candidates import CANDIDATE, FITTED, INDEX
from jiuzhu_check.tables.record import ORIGIN, OWNED, OWNER, RECORDS, SUBJECT


@pytest.mark.parametrize("name", RECORDS)
def test_no_column_of_a_record_is_called_as_one_of_the_members(name: str) -> None:
    own = set(RECORDS[name].columns) - set(ORIGIN) - set(OWNER)
    assert own & {*INDEX, *CANDIDATE, *FITTED, *OWNED} == set()


@pytest.mark.parametrize("name", RECORDS)
def test_what_names_the_thing_is_a_column_of_the_record(name: str) -> None:
    assert set(SUBJECT[name]) <= set(RECORDS[name].columns)
