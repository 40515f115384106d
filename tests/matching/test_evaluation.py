import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiuzhu_check.matching.evaluation import evaluate
from jiuzhu_check.matching.interval import interval, most_likely_at_most

PEOPLE = pl.DataFrame(
    [("1", "A", "true"), ("2", "B", "true"), ("3", "C", "false")],
    schema=["pid", "typed_id", "consent"],
    orient="row",
)
LINK = {"source": pl.String, "source_row": pl.Int64, "person_no": pl.String, "status": pl.String, "tier": pl.String}


def truth(*rows: tuple[str, str, str]) -> pl.DataFrame:
    """row, pid and kind of damage of vehicles."""
    told = pl.DataFrame(rows, schema=["row", "pid", "cls"], orient="row")
    return told.with_columns(source=pl.lit("vehicle"))


def links(*rows: tuple[int, str, str, str]) -> pl.DataFrame:
    """row, person_no, status and tier."""
    return pl.DataFrame([("vehicle", *row) for row in rows], schema=LINK, orient="row")


def test_right_wrong_and_lost_links_are_counted() -> None:
    found = evaluate(
        links((2, "A", "accepted", "A1"), (3, "A", "accepted", "B1"), (4, "B", "review", "C1")),
        PEOPLE,
        truth(("2", "1", "clean"), ("3", "2", "sub1"), ("4", "2", "n_other"), ("5", "1", "masked")),
    )
    assert (found.accepted, found.wrong, found.resolvable, found.found, found.review) == (2, 1, 4, 2, 1)
    assert found.precision == 0.5
    assert found.recall == 0.5
    assert found.tiers.select("tier", "status", "links", "right").rows() == [
        ("A1", "accepted", 1, 1), ("B1", "accepted", 1, 0), ("C1", "review", 1, 1),
    ]  # fmt: skip


def test_what_cannot_be_told_is_shown_but_not_asked_for() -> None:
    found = evaluate(links(), PEOPLE, truth(("2", "1", "missing"), ("3", "1", "clean")))
    assert found.resolvable == 1
    assert found.kinds.select("cls", "resolvable", "records").rows() == [("clean", True, 1), ("missing", False, 1)]


def test_members_without_consent_do_not_count_unless_they_are_linked() -> None:
    found = evaluate(links((2, "C", "accepted", "A1")), PEOPLE, truth(("2", "3", "clean")))
    assert (found.resolvable, found.accepted, found.wrong) == (0, 1, 1)


def test_leads_and_vetoes_are_not_found() -> None:
    lead = links((2, "A", "lead", "D2"), (2, "B", "vetoed", "R"))
    assert evaluate(lead, PEOPLE, truth(("2", "1", "clean"))).found == 0


def test_a_link_shown_twice_counts_once_and_as_accepted() -> None:
    twice = links((2, "A", "review", "C4"), (2, "A", "accepted", "A1"))
    found = evaluate(twice, PEOPLE, truth(("2", "1", "clean")))
    assert (found.accepted, found.review) == (1, 0)


def test_none_seen_in_three_thousand_is_at_most_one_in_a_thousand() -> None:
    assert most_likely_at_most(0, 3000) == pytest.approx(0.001)
    assert most_likely_at_most(0, 0) == 1


@given(st.integers(1, 10**7).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))))
def test_a_share_lies_in_its_interval(counted: tuple[int, int]) -> None:
    part, whole = counted
    low, high = interval(part, whole)
    assert 0 <= low <= part / whole <= high <= 1
