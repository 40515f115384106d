import polars as pl

from jiuzhu_check.matching.decoys import counted, decoys, is_decoy
from jiuzhu_check.tables.decoy import closed_tiers
from jiuzhu_check.tables.link import LINK
from jiuzhu_check.values import identity_number
from tests.matching.people import Person, members, number

SURNAMES, GIVEN = "赵钱孙李周吴郑王冯陈", "建国红梅志强秀英海燕"
PEOPLE = [
    Person(SURNAMES[turn % 10] + GIVEN[turn * 7 % 10] + GIVEN[turn // 10], number(f"19{60 + turn % 30}0101", turn + 1), f"JZ{turn}")
    for turn in range(100)
]  # fmt: skip
INDEX = members(PEOPLE)
ROSTER = set(INDEX["number"])


def invented(seed: int = 1, most: int = 1000) -> pl.DataFrame:
    return decoys(INDEX, seed, ROSTER.intersection, most)


def false_links(*rows: tuple[str, str]) -> pl.DataFrame:
    """Links of these tiers and statuses."""
    return LINK.fit(pl.DataFrame(rows, schema=["tier", "status"], orient="row"))


def test_decoys_are_in_the_form_of_members() -> None:
    assert invented().schema == INDEX.schema
    assert invented().height > 90
    assert invented()["household_no"].is_unique().all()
    assert invented().filter(~is_decoy()).is_empty()
    assert INDEX.filter(is_decoy()).is_empty()


def test_a_decoys_number_is_valid_and_on_nobodys_roster() -> None:
    numbers = invented()["number"].to_list()
    assert all(map(identity_number.is_valid, numbers))
    assert ROSTER.isdisjoint(numbers)
    assert len(set(numbers)) == len(numbers)


def test_a_decoy_has_a_members_county_day_of_birth_and_sex() -> None:
    def like(one: str) -> tuple[str, bool]:
        return one[:14], int(one[16]) % 2 == 0

    assert set(map(like, invented()["number"])) <= set(map(like, ROSTER))


def test_a_decoy_bears_the_name_of_somebody_born_another_day() -> None:
    theirs = INDEX.select(pl.col("number").str.head(14), "name_key").rows()
    told = invented().select(pl.col("number").str.head(14), "name_key").rows()
    assert set(told).isdisjoint(theirs)
    assert {name for _, name in told} <= {name for _, name in theirs}


def test_the_same_seed_gives_the_same_decoys() -> None:
    assert invented(3).equals(invented(3))
    assert not invented(3).equals(invented(4))


def test_there_are_at_most_so_many() -> None:
    assert 0 < invented(most=10).height <= 10


def test_a_member_without_number_or_name_lends_nothing() -> None:
    bare = INDEX.with_columns(number=pl.lit(None, pl.String))
    assert decoys(bare, 1, set[str]().intersection, 10).is_empty()
    assert decoys(INDEX.head(1), 1, ROSTER.intersection, 10).is_empty()


def test_every_tier_is_counted_and_zeros_are_said() -> None:
    counts = counted(false_links(("B1", "accepted"), ("C3", "review")), 2000, "vehicle", "370000")
    told = {tier: (accepted, review) for tier, accepted, review in counts.select("tier", "accepted", "review").rows()}
    assert told["A1"] == (0, 0)
    assert told["B1"] == (1, 0)
    assert told["C3"] == (0, 1)
    assert counts["closed"].unique().to_list() == ["no"]


def test_too_many_false_links_close_a_tier_for_that_source() -> None:
    counts = counted(false_links(*[("B1", "accepted")] * 3, *[("A1", "accepted")] * 3), 2000, "vehicle", "370000")
    assert closed_tiers(counts) == {("vehicle", "370000"): frozenset({"A1", "B1"})}


def test_one_chance_hit_closes_nothing() -> None:
    assert closed_tiers(counted(false_links(*[("A1", "accepted")] * 2), 2000, "vehicle", "370000")) == {}


def test_a_weak_tier_may_have_a_few_among_many() -> None:
    assert closed_tiers(counted(false_links(*[("B1", "accepted")] * 3), 10_000, "vehicle", "370000")) == {}
