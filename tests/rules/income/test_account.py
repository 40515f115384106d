"""The income account: unknown members are counted, and a figure is rounded once."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from jiuzhu_check.rules.income.account import income_account
from jiuzhu_check.rules.run import whole
from jiuzhu_check.tables.account import Account
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


def account_of(policy_of: dict[str, object], declared: int, **records: list[dict[str, object]]) -> Account:
    """The account of a household of one, of what it declared a month and its records."""
    tables = whole(
        {
            "household": table("household", [{}]),
            "member": table("member", [{}]),
            "declaration": table("declaration", [{"member_no": "1", "item": "income_month", "declared": declared}]),
            **{name: table(name, rows) for name, rows in records.items()},
        }
    )
    county = policy(STANDARD | policy_of)
    limits = county.limits([("370683", "农村低保")], DAY)
    return income_account(tables, limits, DAY, lambda key: county.basis(key, DAY))


def items(account: Account) -> dict[str, tuple[object, bool]]:
    """Of each line that is not the declaration: its amount, whether it counts."""
    return {
        row["item"]: (row["amount_year"], row["counted"])
        for row in account.lines.iter_rows(named=True)
        if row["item"] != "申报月收入"
    }


def test_a_wage_whose_sum_nobody_says_is_listed_and_not_counted() -> None:
    payroll = [{"role": "payroll", "month": date(2018, 11, 1)}]
    assert items(account_of({}, 0, public_payroll=payroll)) == {"财政供养工资": (None, False)}


def test_a_cumulative_amount_without_a_month_is_listed_and_not_counted() -> None:
    fees = [{"kind": "royalty", "cumulative": 2600}, {"kind": "wage", "cumulative": 9000}]
    told = items(account_of({}, 0, income=fees))
    assert told == {"稿酬": (None, False), "个人所得税申报的工资": (None, False)}


def test_school_fees_of_an_unknown_year_are_listed_and_not_deducted() -> None:
    school = [{"kind": "education", "amount": 1600, "record_date": date(2016, 9, 1)}]
    told = items(account_of({"deduction.education_rate": 1}, 400, hardship=school))
    assert told == {"教育费用": (None, False)}


def test_a_bill_taken_back_alone_adds_nothing_to_the_income() -> None:
    bill = [{"kind": "medical_expense", "own_payment": -600, "record_date": date(2018, 6, 1)}]
    account = account_of({"deduction.medical_rate": 1}, 300, hardship=bill)
    assert account.households["income_year"].to_list() == [Decimal("3600.00")]


def test_what_was_spent_beyond_the_income_has_to_be_earned_first() -> None:
    bill = [{"kind": "medical_expense", "own_payment": 6000, "record_date": date(2018, 6, 1)}]
    account = account_of({"deduction.medical_rate": 1}, 100, hardship=bill)
    # 1200 - 6000 = -4800；到 4800 还差 9600，每月 800
    assert account.households["what_changes"].to_list() == ["若任一成员月收入增加800.00元，核算数将达到标准。"]
