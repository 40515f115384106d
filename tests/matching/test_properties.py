"""What holds of any records and any roster, in any order."""

from collections import defaultdict
from random import Random

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from jiuzhu_check.matching.candidates import CANDIDATE, stand_under
from jiuzhu_check.matching.decide import decide
from jiuzhu_check.matching.engines.local import work_through
from jiuzhu_check.matching.evidence.number import one_error_less
from jiuzhu_check.values.identity_number import is_valid
from tests.matching.people import Person, link, members, number, records

NAMES = ("王芳", "王方", "张建国", "张健国", "张建华", "李娜", "刘□国", "張建國")
NUMBERS = tuple(number("19700101", sequence) for sequence in range(1, 9))
steady = settings(deadline=None, derandomize=True, max_examples=60)


def repairs(damaged: str) -> list[str]:
    """Every valid number within one error of this text."""
    return one_error_less(pl.Series([damaged]))["number"].to_list()


def damage(written: str, kind: int, place: int) -> str | None:
    """The number whole, with a wrong digit, without one, with one more, as of old, or not at all."""
    return (
        written,
        written[:place] + str((int(written[place]) + 3) % 10) + written[place + 1 :],
        written[:place] + written[place + 1 :],
        written[:place] + "0" + written[place:],
        written[:6] + written[8:17],
        None,
    )[kind]


people = st.lists(st.tuples(st.sampled_from(NAMES), st.integers(0, 7), st.integers(1, 4)), min_size=1, max_size=8).map(
    lambda drawn: [
        Person(name, NUMBERS[each], f"JZ{home}")
        for name, each, home in {(row[1], row[2]): row for row in drawn}.values()
    ]
)
owners = st.lists(
    st.builds(
        lambda name, each, kind, place: (name, damage(NUMBERS[each], kind, place)),
        st.sampled_from((*NAMES, None)),
        st.integers(0, 7),
        st.integers(0, 5),
        st.integers(0, 16),
    ),
    min_size=1,
    max_size=20,
)


@steady
@given(people, owners)
def test_a_record_is_accepted_for_at_most_one_person(
    roster: list[Person], delivered: list[tuple[str | None, str | None]]
) -> None:
    accepted = link([records(*delivered)], roster).filter(pl.col("status") == "accepted")
    persons = accepted.group_by("source_row").agg(pl.col("person_no").n_unique())
    assert persons["person_no"].is_in([1]).all()


@steady
@given(people, owners)
def test_a_valid_number_is_linked_to_no_other_valid_number_but_a_housemates_in_review(
    roster: list[Person], delivered: list[tuple[str | None, str | None]]
) -> None:
    for link_ in link([records(*delivered)], roster).iter_rows(named=True):
        if is_valid(link_["owner_no"] or "") and link_["owner_no"] != link_["person_no"]:
            assert (link_["tier"], link_["status"]) == ("C2", "review")


@steady
@given(people, owners, st.randoms(use_true_random=False))
def test_neither_the_order_of_rows_nor_the_cut_into_parts_changes_a_link(
    roster: list[Person], delivered: list[tuple[str | None, str | None]], chance: Random
) -> None:
    whole = records(*delivered)
    place = list(range(whole.height))
    chance.shuffle(place)
    shuffled = whole[place]
    parts = defaultdict(list)
    for row, owner in enumerate(shuffled["owner_no"]):
        parts[owner or f"loose {row % 3}"].append(row)
    members_shuffled = list(roster)
    chance.shuffle(members_shuffled)
    once = link([whole], roster)
    cut = link([shuffled[rows] for rows in parts.values()], roster)
    assert cut.equals(once)
    assert told_apart(link([shuffled], members_shuffled)) == told_apart(once)


def told_apart(links: pl.DataFrame) -> list[tuple[object, ...]]:
    """The links without member_no, which follows the roster's order."""
    return sorted(links.select("source_row", "household_no", "person_no", "tier", "status", "reason").rows())


@steady
@given(st.integers(0, 16), st.integers(1, 9), st.integers(0, 999))
def test_the_true_number_is_among_the_repairs_of_one_wrong_digit(place: int, more: int, sequence: int) -> None:
    true = number("19851231", sequence)
    wrong = true[:place] + str((int(true[place]) + more) % 10) + true[place + 1 :]
    assert not is_valid(wrong)
    assert true in repairs(wrong)
    assert all(is_valid(each) for each in repairs(wrong))


@steady
@given(st.integers(0, 15), st.integers(0, 999))
def test_the_true_number_is_among_the_repairs_of_two_swapped_digits(place: int, sequence: int) -> None:
    true = number("19851231", sequence)
    wrong = true[:place] + true[place + 1] + true[place] + true[place + 2 :]
    assert wrong == true or (not is_valid(wrong) and true in repairs(wrong))


@steady
@given(st.integers(0, 17), st.sampled_from("0123456789"), st.integers(0, 999))
def test_the_true_number_is_found_again_with_a_digit_less_or_more(place: int, digit: str, sequence: int) -> None:
    true = number("19851231", sequence)
    assert true in repairs(true[:place] + true[place + 1 :])
    assert true in repairs(true[:place] + digit + true[place:])


def test_two_people_who_fit_one_record_equally_both_go_to_review() -> None:
    rivals = [Person("王芳", NUMBERS[0], "JZ1"), Person("王芳", NUMBERS[1], "JZ2")]
    index = members(rivals)
    slot = records(("王芳", None)).select("source", "supplier", "snapshot", "extract", "sheet", "source_row", "slot")
    pairs = slot.join(index, how="cross").with_columns(
        owner_no=pl.lit("?"),
        owner_name=pl.lit("王芳"),
        number_evidence=pl.lit("one_edit"),
        name_relation=pl.lit("N0"),
        name_detail=pl.lit(""),
        go_between=pl.lit(None),
        expected_namesakes=pl.lit(None),
        seen_namesakes=pl.lit(None),
        rivals=pl.lit(0),
        contradicts=pl.lit(None),
    )
    links = decide(pairs.select(pl.col(name).cast(dtype) for name, dtype in CANDIDATE.items()), index)
    assert links["status"].to_list() == ["review", "review"]
    assert links["reason"].str.ends_with("；另有人同样相符").all()


def test_a_closed_tier_accepts_nothing() -> None:
    him = Person("张建国", NUMBERS[0])
    index = members([him])
    open_links = link([records(him.record)], [him])
    assert open_links["status"].to_list() == ["accepted"]
    on_roster = {him.number}.intersection
    found = work_through(
        [], [("n000", records(him.record), stand_under(index, on_roster))], index, index, on_roster
    ).candidates
    assert decide(found, index, frozenset({"A1"}))["status"].to_list() == ["review"]
