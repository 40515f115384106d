"""The income account: unknown members are counted, and a figure is rounded once."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from jiuzhu_check.rules.income.account import income_account
from jiuzhu_check.rules.run import whole
from tests.rules.story import policy, table

DAY = date(2018, 12, 1)
STANDARD = {"dibao_standard.rural": 4800, "provident_fund.wage_states": ["01"], "provident_fund.recency": 3}
YUAN = st.decimals(min_value=0, max_value=99999, places=2)


def household_of(incomes: list[Decimal | None], policy_of: dict[str, object] | None = None) -> dict[str, object]:
    """The account row of a household whose members declared these incomes a month."""
    numbers = [str(number) for number in range(1, len(incomes) + 1)]
    tables = whole(
        {
            "household": table("household", [{}]),
            "member": table("member", [{"member_no": number} for number in numbers]),
            "declaration": table(
                "declaration",
                [
                    {"member_no": number, "item": "income_month", "declared": "" if income is None else income}
                    for number, income in zip(numbers, incomes, strict=True)
                ],
            ),
        }
    )
    county = policy(STANDARD if policy_of is None else policy_of)
    limits = county.limits([("370683", "农村低保")], DAY)
    account = income_account(tables, limits, DAY, lambda key: county.basis(key, DAY))
    return account.households.row(0, named=True)


@settings(deadline=None, derandomize=True)
@given(st.lists(YUAN, min_size=1, max_size=7))
def test_the_years_sum_is_rounded_once_over_the_members(incomes: list[Decimal]) -> None:
    cents = (sum(incomes) * 12 / len(incomes)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert household_of(list(incomes))["head_year"] == cents


@settings(deadline=None, derandomize=True)
@given(st.lists(YUAN, max_size=5), st.integers(0, 5))
def test_one_unknown_income_leaves_no_figure(incomes: list[Decimal], place: int) -> None:
    account = household_of([*incomes[:place], None, *incomes[place:]])
    assert (account["unknown"], account["head_year"], account["over"]) == (1, None, None)
    assert account["known_year"] == sum(incomes) * 12


def test_without_a_standard_no_household_is_compared() -> None:
    account = household_of([Decimal(9999)], {})
    assert (account["standard"], account["over"], account["what_changes"]) == (None, None, None)
