"""The income account: unknown members are counted, and a figure is rounded once."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from jiuzhu_check.rules.income import income_per_head, income_unknown
from tests.rules.story import policy, table

DAY = date(2018, 12, 1)
STANDARD = {"dibao_standard.rural": 4800, "provident_fund.wage_states": ["01"], "provident_fund.recency": 3}
YUAN = st.decimals(min_value=0, max_value=99999, places=2)


def given_incomes(incomes: list[Decimal | None]) -> dict[str, pl.DataFrame]:
    numbers = [str(number) for number in range(1, len(incomes) + 1)]
    return {
        "household": table("household", [{}]),
        "member": table("member", [{"member_no": number} for number in numbers]),
        "declaration": table(
            "declaration",
            [
                {"member_no": number, "item": "income_month", "declared": "" if income is None else income}
                for number, income in zip(numbers, incomes, strict=True)
            ],
        ),
        "provident_fund": table("provident_fund", []),
        "limits": policy(STANDARD).limits([("370683", "农村低保")], DAY),
    }


@settings(deadline=None, derandomize=True)
@given(st.lists(YUAN, min_size=1, max_size=7))
def test_the_years_sum_is_rounded_once_over_the_members(incomes: list[Decimal]) -> None:
    account = income_per_head(**given_incomes(list(incomes)), as_of=DAY)
    cents = (sum(incomes) * 12 / len(incomes)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert account["income_year"].to_list() == [cents]


@settings(deadline=None, derandomize=True)
@given(st.lists(YUAN, max_size=5), st.integers(0, 5))
def test_one_unknown_income_leaves_no_figure(incomes: list[Decimal], place: int) -> None:
    told: list[Decimal | None] = [*incomes[:place], None, *incomes[place:]]
    frames = given_incomes(told)
    account = income_per_head(**frames, as_of=DAY)
    assert account.select("income_year", "unknown").rows() == [(None, 1)]
    assert income_unknown(**frames, as_of=DAY) == 1


def test_without_a_standard_no_household_is_compared() -> None:
    frames = given_incomes([None]) | {"limits": policy({}).limits([("370683", "农村低保")], DAY)}
    assert income_unknown(**frames, as_of=DAY) == 0
