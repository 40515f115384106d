"""Standards stand to each other as their documents say, and published ratios follow from published amounts."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from jiuzhu_check.parameters.policy import Policy, load_policy
from jiuzhu_check.parameters.relation import check_relations, published_policy, relations, reproduced

HEAD = 'region = "370683"\nsource = "虚构"\n'
MONTH, YEAR = "元/人月", "元/人年"


def county(folder: Path, *entries: tuple[str, str, float, str]) -> Policy:
    told = [f'[[{name}]]\nfrom = {since}\nvalue = {value}\nunit = "{unit}"\n' for name, since, value, unit in entries]
    (folder / "county.toml").write_text(HEAD + "".join(told), encoding="utf-8")
    return load_policy(folder)


def held(policy: Policy, relation: str) -> list[tuple[date, bool | None]]:
    return [(each.on, each.holds) for each in check_relations(policy) if each.relation.id == relation]


def test_the_published_ratios_of_shandong_are_reproduced() -> None:
    told = {(each.title, each.published, each.computed) for each in reproduced(load_policy())}
    assert told == {
        ("城乡低保标准之比，2013 年", Decimal("2.01"), Decimal("2.01")),
        ("城乡低保标准之比，2018 年", Decimal("1.41"), Decimal("1.41")),
        ("城市低保标准占上年度城镇居民人均消费支出", Decimal("0.28"), Decimal("0.28")),
        ("农村低保标准占上年度农村居民人均消费支出", Decimal("0.44"), Decimal("0.44")),
    }


def test_every_relation_can_be_told_of_the_published_amounts_and_holds() -> None:
    checked = check_relations(published_policy(load_policy()))
    assert {each.relation.id for each in checked} == {each.id for each in relations()}
    assert all(each.holds for each in checked)


def test_published_amounts_are_no_policy() -> None:
    limits = load_policy().limits([("370683", "城市低保")], date(2018, 12, 1))
    assert limits["dibao_standard_urban"].item() is None


@pytest.mark.parametrize(("basic", "holds"), [(9609.6, True), (9608.6, True), (9608.59, False)])
def test_tekun_is_at_least_thirteen_tenths_of_dibao_within_one_yuan_a_year(
    tmp_path: Path, basic: float, holds: bool
) -> None:
    policy = county(
        tmp_path,
        ("dibao_standard.urban", "2018-01-01", 616, MONTH),  # 616 × 12 × 1.3 = 9609.6
        ("tekun_standard.urban_basic", "2018-01-01", basic, YEAR),
    )
    assert held(policy, "tekun_urban_basic") == [(date(2018, 1, 1), holds)]


@pytest.mark.parametrize(("least", "most", "holds"), [(1848, 7392, (True, True)), (1847.99, 7392.01, (False, False))])
def test_temporary_aid_is_three_to_twelve_times_the_urban_standard(
    tmp_path: Path, least: float, most: float, holds: tuple[bool, bool]
) -> None:
    policy = county(
        tmp_path,
        ("dibao_standard.urban", "2018-01-01", 616, MONTH),
        ("temporary_aid.least", "2018-01-01", least, "元/人次"),
        ("temporary_aid.most", "2018-01-01", most, "元/人次"),
    )
    day = date(2018, 1, 1)
    assert (held(policy, "temporary_aid_least"), held(policy, "temporary_aid_most")) == (
        [(day, holds[0])],
        [(day, holds[1])],
    )


def test_a_new_standard_is_tried_from_its_first_day(tmp_path: Path) -> None:
    policy = county(
        tmp_path,
        ("dibao_standard.rural", "2018-01-01", 4800, YEAR),
        ("dibao_standard.rural", "2019-07-01", 6000, YEAR),
        ("tekun_standard.rural_basic", "2018-01-01", 6240, YEAR),
    )
    assert held(policy, "tekun_rural_basic") == [(date(2018, 1, 1), True), (date(2019, 7, 1), False)]


def test_where_one_side_is_not_said_nothing_is_told(tmp_path: Path) -> None:
    policy = county(tmp_path, ("dibao_standard.urban", "2018-01-01", 616, MONTH))
    assert held(policy, "dibao_urban_floor") == [(date(2018, 1, 1), None)]
