"""Rules get the tables they name; what is not the household's own is kept out."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiuzhu_check.rules.property.registered_property import registered_properties
from jiuzhu_check.rules.property.registered_vehicle import registered_vehicles
from jiuzhu_check.rules.rule import rule
from jiuzhu_check.rules.run import OFFERED, all_rules, run_rules
from tests.rules.story import policy, table


def test_rules_stand_in_order_and_ask_only_for_what_is_offered() -> None:
    rules = all_rules()
    assert [each.id for each in rules] == sorted(each.id for each in rules)
    assert {name for each in rules for name in each.tables} <= {*OFFERED, "limits", "as_of", "account", "account_line"}


def test_a_rule_without_a_sentence_is_not_registered() -> None:
    with pytest.raises(AssertionError, match="says in one sentence"):
        rule(id="silent", title="无", basis="standard", since=date(2014, 5, 1))(lambda: pl.DataFrame())


def test_what_is_linked_to_a_supporter_is_not_the_households() -> None:
    day, county = date(2018, 12, 1), policy({"vehicle.allowed": 0})
    tables = {
        "household": table("household", [{}]),
        "member": table("member", [{}, {"member_no": "2", "role": "supporter"}]),
        "vehicle": table("vehicle", [{"member_no": "2"}]),
    }
    found = run_rules(tables, county.limits([("370683", "农村低保")], day), day, lambda key: county.basis(key, day))
    assert found.is_empty()


@settings(deadline=None, derandomize=True)
@given(st.lists(st.sampled_from(["A", "GQ", "E", "GE", "M", "P", "B", "C", "F", "正常", ""]), min_size=1, max_size=6))
def test_a_vehicle_is_ended_only_when_every_row_of_it_is(states: list[str]) -> None:
    rows = [{"vin": "V1", "status": state} for state in states]
    cars = registered_vehicles(
        table("vehicle", rows), table("household", [{}]), policy({}).limits([("370683", "农村低保")], date.max)
    )
    over, running = set(states) <= {"E", "GE", "M", "P"}, set(states) <= {"A", "GQ"}
    assert cars["ended"].to_list() == [over]
    assert over or cars["doubt"].is_null().to_list() == [running]


@settings(deadline=None, derandomize=True)
@given(st.lists(st.sampled_from([("U1", "C1"), ("", "C1"), ("U1", "")]), min_size=1, max_size=5))
def test_a_home_told_by_unit_or_certificate_stands_once(marks: list[tuple[str, str]]) -> None:
    rows = [{"unit_no": unit, "cert_key": cert} for unit, cert in [("U1", "C1"), *marks]]
    assert registered_properties(table("real_estate", rows))["subject"].to_list() == ["U1"]
