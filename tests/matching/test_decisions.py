"""What people said of links goes before what the matcher made of them, while what was compared stays the same."""

from collections.abc import Callable

import polars as pl
import pytest

from jiuzhu_check.matching.decisions import settle, standing
from jiuzhu_check.tables.decision import COMPARED, DECISION
from jiuzhu_check.tables.link import LINK
from tests.matching.people import Person, link, members, number, records

HE, SHE = Person("张建国", number(sequence=11)), Person("李秀英", number(sequence=22))
MIXED = records((SHE.name, HE.number))  # his number, her name
HIS = records(HE.record)


def linked(parts: pl.DataFrame, *people: Person) -> pl.DataFrame:
    return link([parts], people).with_columns(subject=pl.lit("LZZ0001"))


def said(links: pl.DataFrame, people: tuple[Person, ...], *answers: tuple[Person, str, str]) -> pl.DataFrame:
    """DECISION rows of these answers (whose record it is said to be, outcome, reviewer), in this order."""
    known = links.join(
        members(people).select("household_no", "member_no", "name_key"), on=["household_no", "member_no"]
    )
    rows = [
        known.filter(pl.col("person_no") == who.number).with_columns(
            decision_id=pl.lit(f"D{place:06}"),
            item=pl.lit(f"item of {who.number}"),
            outcome=pl.lit(outcome),
            reviewer=pl.lit(reviewer),
            decided_at=pl.lit(f"2018-12-{place:02}T09:00:00+08:00"),
        )
        for place, (who, outcome, reviewer) in enumerate(answers, start=1)
    ]
    return pl.concat([DECISION.empty(), *(DECISION.fit(each) for each in rows)])


def settled(links: pl.DataFrame, people: tuple[Person, ...], *answers: tuple[Person, str, str]) -> dict[str, str]:
    """Each member's name → the status that the one record has for that member."""
    names = {each.number: each.name for each in people}
    after = settle(links, said(links, people, *answers), members(people))
    return {names[who]: status for who, status in after.select("person_no", "status").iter_rows()}


def test_without_an_answer_every_link_stays_as_it_was() -> None:
    links = linked(MIXED, HE, SHE)
    assert settle(links, DECISION.empty(), members((HE, SHE))).equals(links)
    others = said(links, (HE, SHE), (HE, "same", "甲")).with_columns(owner_no=pl.lit("别的号码"))
    assert settle(links, others, members((HE, SHE))).equals(LINK.fit(links))


@pytest.mark.parametrize(
    ("outcome", "status", "words"),
    [
        ("same", "accepted", "经人工复核为同一人（甲，2018-12-01）"),
        ("different", "vetoed", "经人工复核不是同一人（甲，2018-12-01）"),
        ("unsure", "review", "人工复核未能确定（甲，2018-12-01）"),
    ],
)
def test_an_answer_becomes_the_status_and_stands_in_the_reason(outcome: str, status: str, words: str) -> None:
    stranger = records(("王某某", HE.number))
    links = linked(stranger, HE)
    assert links["status"].to_list() == ["review"]
    after = settle(links, said(links, (HE,), (HE, outcome, "甲")), members((HE,)))
    assert after["status"].to_list() == [status]
    assert after["reason"][0] == f"{links['reason'][0]}；{words}"
    assert after["tier"].to_list() == links["tier"].to_list()


def test_an_automatically_accepted_link_can_be_disputed() -> None:
    links = linked(HIS, HE)
    assert links["status"].to_list() == ["accepted"]
    assert settled(links, (HE,), (HE, "different", "甲")) == {"张建国": "vetoed"}
    assert settled(links, (HE,), (HE, "unsure", "甲")) == {"张建国": "review"}


def test_the_other_candidate_of_a_decided_record_stays_in_review_and_is_told_so() -> None:
    links = linked(MIXED, HE, SHE)
    assert links["status"].to_list() == ["review", "review"]
    assert settled(links, (HE, SHE), (SHE, "same", "甲")) == {"张建国": "review", "李秀英": "accepted"}
    after = settle(links, said(links, (HE, SHE), (SHE, "same", "甲")), members((HE, SHE)))
    assert "该记录已经人工复核为另一人" in after.filter(pl.col("person_no") == HE.number)["reason"][0]


def test_a_persons_word_goes_before_an_automatic_acceptance_of_another() -> None:
    links = linked(MIXED, HE, SHE).with_columns(
        status=pl.when(pl.col("person_no") == HE.number).then(pl.lit("accepted")).otherwise("status")
    )
    assert settled(links, (HE, SHE), (SHE, "same", "甲")) == {"张建国": "review", "李秀英": "accepted"}


def test_a_persons_word_stands_where_only_another_is_under_check() -> None:
    """A question about his household, or a night of his region, asks who else would be under check."""
    both = linked(MIXED, HE, SHE).with_columns(
        status=pl.when(pl.col("person_no") == HE.number).then(pl.lit("accepted")).otherwise("status")
    )
    alone = both.filter(pl.col("person_no") == HE.number)
    asked: list[pl.DataFrame] = []

    def nobody(people: pl.DataFrame) -> pl.DataFrame:
        return everybody(people).clear()

    def everybody(people: pl.DataFrame) -> pl.DataFrame:
        asked.append(people)
        return people.with_columns(number="person_no")

    def status(decisions: pl.DataFrame, elsewhere: Callable[[pl.DataFrame], pl.DataFrame] | None) -> list[str]:
        return settle(alone, decisions, members((HE,)), elsewhere)["status"].to_list()

    hers = said(both, (HE, SHE), (SHE, "same", "甲"))
    whole = settle(both, hers, members((HE, SHE))).filter(pl.col("person_no") == HE.number)
    assert settle(alone, hers, members((HE,)), everybody).equals(whole)
    assert status(hers, everybody) == ["review"]
    assert status(hers, nobody) == status(hers, None) == ["accepted"]
    assert asked[0]["person_no"].to_list() == [SHE.number]
    himself = hers.with_columns(household_no=pl.lit("JZ2"), person_no=pl.lit(HE.number))
    assert status(himself, everybody) == ["accepted"]
    asked.clear()
    assert status(hers.with_columns(outcome=pl.lit("different")), everybody) == ["accepted"]
    assert status(hers.with_columns(subject=pl.lit("another")), everybody) == ["accepted"]
    assert asked == []


def test_what_was_said_of_two_goes_to_review_where_one_of_them_is_not_under_check() -> None:
    both = linked(MIXED, HE, SHE)
    decisions = said(both, (HE, SHE), (HE, "same", "甲"), (SHE, "same", "甲"))
    alone = both.filter(pl.col("person_no") == HE.number)
    whole = settle(both, decisions, members((HE, SHE))).filter(pl.col("person_no") == HE.number)
    told = settle(alone, decisions, members((HE,)), lambda people: people.with_columns(number="person_no"))
    assert told.equals(whole)
    assert told["status"].to_list() == ["review"]


def test_two_people_cannot_both_be_the_owner() -> None:
    links = linked(MIXED, HE, SHE)
    both = ((HE, "same", "甲"), (SHE, "same", "甲"))
    assert settled(links, (HE, SHE), *both) == {"张建国": "review", "李秀英": "review"}


def test_one_person_in_two_households_is_one_person() -> None:
    again = Person(HE.name, HE.number, "JZ2")
    links = linked(records(("王某某", HE.number)), HE, again)
    assert links["household_no"].to_list() == ["JZ1", "JZ2"]
    decisions = pl.concat([said(links, (HE, again), (HE, "same", "甲"))]).with_columns(
        item=pl.lit("item in ") + pl.col("household_no")
    )
    after = settle(links, decisions, members((HE, again)))
    assert after["status"].to_list() == ["accepted", "accepted"]


def test_of_one_readers_answers_the_newest_counts() -> None:
    links = linked(MIXED, HE, SHE)
    answers = ((SHE, "same", "甲"), (SHE, "different", "甲"))
    assert settled(links, (HE, SHE), *answers) == {"张建国": "review", "李秀英": "vetoed"}


def test_two_readers_who_differ_have_decided_nothing_until_one_of_them_answers_again() -> None:
    links = linked(HIS, HE)
    differing = ((HE, "same", "甲"), (HE, "different", "乙"))
    assert settled(links, (HE,), *differing) == {"张建国": "review"}
    after = settle(links, said(links, (HE,), *differing), members((HE,)))
    assert after["reason"][0].endswith("复核意见不一（甲、乙），须再复核")
    assert settled(links, (HE,), *differing, (HE, "same", "乙")) == {"张建国": "accepted"}


def test_one_readers_doubt_does_not_outweigh_anothers_later_answer() -> None:
    links = linked(HIS, HE)
    assert settled(links, (HE,), (HE, "unsure", "甲"), (HE, "same", "乙")) == {"张建国": "accepted"}
    assert settled(links, (HE,), (HE, "same", "甲"), (HE, "unsure", "乙")) == {"张建国": "review"}


@pytest.mark.parametrize("changed", [name for name in COMPARED if name != "slot"])
def test_an_answer_no_longer_holds_once_a_compared_value_has_changed(changed: str) -> None:
    links = linked(HIS, HE)
    decisions = said(links, (HE,), (HE, "different", "甲"))
    for new in ("另一个值", None):
        other = decisions.with_columns(pl.lit(new, pl.String).alias(changed))
        assert settle(links, other, members((HE,)))["status"].to_list() == ["accepted"]


def test_an_answer_holds_when_the_owners_of_one_cell_come_in_another_order() -> None:
    links = linked(HIS, HE)
    decisions = said(links, (HE,), (HE, "different", "甲"))
    moved = links.with_columns(slot=pl.lit(2, pl.Int64))
    assert settle(moved, decisions, members((HE,)))["status"].to_list() == ["vetoed"]
    twice = pl.concat(
        [moved, links.with_columns(slot=pl.lit(3, pl.Int64))]
    )  # which of the two was meant, nobody can tell
    assert settle(twice, decisions, members((HE,)))["status"].to_list() == ["accepted", "accepted"]
    other = said(moved, (HE,), (HE, "same", "乙"))
    both = pl.concat([decisions, other.with_columns(item=pl.lit("item of another slot"))])
    assert settle(moved, both, members((HE,)))["status"].to_list() == ["accepted"]


def test_an_answer_holds_where_a_value_is_still_unknown() -> None:
    links = linked(records((None, HE.number)), HE)
    assert links["owner_name"].to_list() == [None]
    assert settled(links, (HE,), (HE, "same", "甲")) == {"张建国": "accepted"}


def test_what_stands_is_one_row_an_item_with_its_readers() -> None:
    links = linked(HIS, HE)
    told = standing(said(links, (HE,), (HE, "same", "甲"), (HE, "same", "乙")))
    assert told.select("outcome", "reviewer").rows() == [("same", "乙")]
    assert told["readers"].to_list() == [["甲", "乙"]]
