import polars as pl
import pytest

from jiuzhu_check.reports.results import coverage_by_source, household_results, review_items, unchecked_reasons
from tests.reports.frames import a_run, an_empty_run


def test_members_times_signed_sources_are_hits_no_records_and_unchecked():
    run = a_run()
    table = coverage_by_source(run.members, run.coverage, run.source_states)
    assert table["source"].to_list() == ["vehicle", "housing", "provident_fund", "social_security"]
    assert table["total"].to_list() == [run.members.height] * 4


def test_a_member_left_out_of_a_source_stops_the_report():
    run = a_run()
    with pytest.raises(AssertionError, match="do not add up"):
        coverage_by_source(run.members, run.coverage.slice(1), run.source_states)


def test_a_member_counted_twice_in_a_source_stops_the_report():
    run = a_run()
    twice = pl.concat([run.coverage.slice(1), run.coverage.slice(1, 1)])
    with pytest.raises(AssertionError, match="twice"):
        coverage_by_source(run.members, twice, run.source_states)


def test_a_favourable_fact_alone_leaves_the_household_without_discrepancy():
    run = a_run()
    favourable = run.findings.with_columns(pl.lit("favourable").alias("kind"))
    assert not household_results(run.households, favourable, run.coverage)["found"].any()


def test_one_unchecked_source_of_one_member_makes_the_household_incomplete():
    run = a_run()
    first = run.coverage["household_no"][0]
    all_read = run.coverage.with_columns(pl.lit("no_record").alias("state"))
    one_gap = all_read.with_columns(
        pl.when(pl.int_range(pl.len()) == 0).then(pl.lit("unchecked")).otherwise("state").alias("state")
    )
    results = household_results(run.households, run.findings, one_gap)
    assert results.filter(~pl.col("complete"))["household_no"].to_list() == [first]


def test_a_household_for_which_nothing_was_read_is_never_complete():
    run = a_run()
    assert not household_results(run.households, run.findings, run.coverage.clear())["complete"].any()


def test_reasons_are_counted_by_their_head_and_members_once_each():
    run = a_run()
    reasons = unchecked_reasons(run.coverage)
    assert set(reasons["reason"]) == {"未授权", "来源过期", "来源缺失"}
    assert reasons["cells"].sum() == run.coverage.filter(pl.col("state") == "unchecked").height


def test_a_record_that_two_members_could_own_is_one_review_item():
    links = a_run().links.filter(pl.col("status") == "review").head(1)
    other = links.with_columns(pl.lit("9").alias("member_no"))
    assert review_items(pl.concat([links, other])) == 1


def test_an_empty_run_adds_up_to_nothing():
    run = an_empty_run()
    assert coverage_by_source(run.members, run.coverage, run.source_states)["total"].sum() == 0
    assert household_results(run.households, run.findings, run.coverage).height == 0
