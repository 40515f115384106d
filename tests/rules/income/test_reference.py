"""20,000 invented households, each under a policy of its own region: the account agrees with the one written a second time."""

import random
from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from jiuzhu_check.parameters.file import Value
from jiuzhu_check.parameters.parameter import Cell
from jiuzhu_check.parameters.policy import Policy, load_policy
from jiuzhu_check.rules.income.account import income_account
from jiuzhu_check.rules.run import OFFERED, whole
from tests.rules.income.reference import account

Row = dict[str, Any]
KINDS = (
    "wage", "wage", "wage", "bonus", "labour", "royalty", "business", "interest", "rent", "pension", "pension", "pension",
    "unemployment_benefit", "severance", "gift", "scholarship", "award", "old_age_allowance", "别的",
)  # fmt: skip
PROGRAMMES = ("城市低保", "农村低保", "农村低保", "城市特困", "低保边缘", "支出型困难", "刚性支出困难", "临时救助")
RECORDS = (
    "income", "contribution", "provident_fund", "public_payroll", "assistance", "hardship", "market_entity",
    "civil_status",
)  # fmt: skip

STANDS = {
    "supplier": "370000",
    "snapshot": "S1",
    "extract": "extract.csv",
    "slot": 1,
    "tier": "A1",
    "reason": "号码和姓名一致",
    "data_date": date(2018, 11, 30),
}


@pytest.mark.parametrize("as_of", [date(2018, 12, 1), date(2022, 3, 15)])
def test_the_account_is_what_a_second_account_of_every_household_says(as_of: date) -> None:
    rng = random.Random(f"account {as_of}")
    regions = [f"{3701:04}{at:02}" for at in range(1, 61)]
    policy = policies(rng, regions)
    homes = [a_home(rng, f"H{at:05}", rng.choice(regions), as_of) for at in range(10_000)]
    tables = whole({name: frame(name, [row for home in homes for row in home.get(name, [])]) for name in OFFERED})
    places = [(home["household"][0]["region"], home["household"][0]["programme"]) for home in homes]
    limits = policy.limits(places, as_of)
    terms = {(row["region"], row["programme"]): row for row in limits.iter_rows(named=True)}
    told = income_account(tables, limits, as_of, lambda key: policy.basis(key, as_of))
    lines: dict[str, list[Any]] = defaultdict(list)
    for row in told.lines.iter_rows(named=True):
        cents = None if row["amount_year"] is None else int(row["amount_year"] * 100)
        lines[row["household_no"]].append((row["member_no"], row["class"], cents, row["counted"], row["estimated"]))
    rows = {row["household_no"]: row for row in told.households.iter_rows(named=True)}
    assert len(rows) == len(homes)
    differing = []
    for home, place in zip(homes, places, strict=True):
        number = home["household"][0]["household_no"]
        due, is_ = account(home, terms[place], as_of), rows[number]
        asked = {
            "lines": sorted(lines[number], key=str),
            "members": is_["members"],
            "unknown": is_["unknown"],
            **{name: is_[name] for name in ("over", "certainly_over", "changed")},
            **{name: yuan(is_[column]) for name, column in MONEY.items()},
        }
        due["lines"].sort(key=str)
        if asked != due:
            differing.append((number, {name: (asked[name], due[name]) for name in due if asked[name] != due[name]}))
    assert differing[:3] == []
    seen = told.lines.filter("counted")
    assert set(seen["class"]) == {"wage", "business", "property", "transfer", "other", "supporter", "deduction"}
    assert seen["estimated"].sum() > 500
    assert told.households["over"].value_counts().height == 3


MONEY = {
    "known": "known_year",
    "estimated": "estimated_year",
    "head": "head_year",
    "certain_head": "certain_head_year",
    "declared_head": "declared_head_year",
    "standard": "standard_year",
    "gap": "gap_month",
}


def yuan(amount: Decimal | None) -> int | None:
    return None if amount is None else int(amount * 100)


def frame(name: str, rows: list[Row]) -> pl.DataFrame:
    table = OFFERED[name]
    names = {key for row in rows for key in row} & set(table.columns)
    return table.fit(pl.DataFrame([[row.get(key) for key in names] for row in rows], orient="row", schema={
        key: table.columns[key] for key in names
    }))  # fmt: skip


def policies(rng: random.Random, regions: list[str]) -> Policy:
    """What ships, and in each region some of the parameters that the account asks for, at random."""
    national = load_policy()
    values = list(national.values)
    for region in regions:
        for name, make in SAID.items():
            if rng.random() < 0.6:
                cell = make(rng)
                values.append(Value(name, region, date(2018, 1, 1), None, cell, "虚构", True, "random"))
    return Policy(national.parameters, tuple(values))


def rates(*choices: str) -> Callable[[random.Random], Cell]:
    return lambda rng: Decimal(rng.choice(choices))


def money(low: int, high: int) -> Callable[[random.Random], Cell]:
    return lambda rng: Decimal(rng.randint(low * 100, high * 100)) / 100


def flag(rng: random.Random) -> Cell:
    return rng.random() < 0.7


def some(*choices: str) -> Callable[[random.Random], Cell]:
    return lambda rng: tuple(sorted(rng.sample(choices, rng.randint(1, len(choices)))))


def one(*choices: str) -> Callable[[random.Random], Cell]:
    return lambda rng: rng.choice(choices)


def an_order(rng: random.Random) -> Cell:
    sources = ["tax", "public_payroll", "contribution", "provident_fund", "declared"]
    rng.shuffle(sources)
    return tuple(sources[: rng.randint(1, 5)])


def bands(rng: random.Random) -> Cell:
    middle = rng.randint(40, 50)
    whole_rate, half_rate = Decimal("1.0000"), Decimal("0.5000")
    return (
        ("female", 18, middle, whole_rate),
        ("female", middle + 1, 55, half_rate),
        ("male", 18, middle + 5, whole_rate),
        ("male", middle + 6, None, half_rate),
    )


SAID: dict[str, Callable[[random.Random], Cell]] = {
    "dibao_standard.urban": money(500, 900),
    "dibao_standard.rural": money(4000, 9000),
    "provident_fund.wage_states": some("01", "02"),
    "provident_fund.no_wage_states": some("02", "04"),
    "provident_fund.recency": lambda rng: rng.randint(1, 6),
    "income.programmes": some("城市低保", "农村低保", "城市特困", "低保边缘", "支出型困难", "刚性支出困难"),
    "income.tax_deducted": flag,
    "wage.order": an_order,
    "wage.cost_rate": rates("0.1", "0.3", "0.1234"),
    "wage.cost_month": money(50, 900),
    "minimum_wage.month": money(1000, 2200),
    "disposable_income.urban": money(20000, 48000),
    "disposable_income.rural": money(8000, 20000),
    "imputed_wage.bands": bands,
    "imputed_wage.base": one("minimum_wage", "contribution_base"),
    "imputed_wage.exempt": some("student", "pregnant", "carer", "disabled"),
    "imputed_wage.graduate_months": lambda rng: rng.randint(3, 12),
    "imputed_wage.disabled_rate": rates("0.5", "0.7"),
    "imputed_wage.self_employed_rate": rates("1.5"),
    "pension.resident": one("whole", "above_basic", "not_counted"),
    "pension.basic_month": money(70, 120),
    "pension.latest_month": flag,
    "business.cost_rate": rates("0", "0.4", "0.85", "1.2"),
    "support.form": one("household_excess", "head_excess"),
    "support.line_multiple": rates("1", "1.5", "2"),
    "support.line_year": money(9000, 48479),
    "support.threshold_multiple": rates("1", "2"),
    "support.rate": rates("0.5", "0.2", "0.3333"),
    "support.many_children": lambda rng: rng.randint(2, 3),
    "support.many_rate": rates("0.4"),
    "support.divisor": one("supported_persons", "supporters", "none"),
    "support.child_share": rates("0.25", "0.2"),
    "support.children_cap": rates("0.5"),
    "support.actual_if_higher": flag,
    "support.estimate_base": one("minimum_wage", "disposable_income"),
    "support.estimate_rate": rates("0.1", "0.05"),
    "support.without_ability": some(
        "tekun", "dibao_60", "low_income_70", "low_income_disabled", "imprisoned", "kin_of_disabled"
    ),
    "deduction.medical_rate": rates("1", "0.8"),
    "deduction.medical_cap": money(1000, 30000),
    "deduction.disability_month": money(50, 400),
    "deduction.education_rate": rates("1", "0.5"),
    "deduction.education_cap": money(1000, 8000),
    "deduction.education_multiple": rates("2"),
    "deduction.rehabilitation_rate": rates("0.9"),
    "deduction.rehabilitation_cap": money(500, 5000),
    "marginal.multiple": rates("1.5", "2"),
    "marginal.below_minimum_wage": flag,
}


def maybe(rng: random.Random, of: float, cell: Any) -> Any:
    return cell if rng.random() < of else None


def amount(rng: random.Random, low: int, high: int) -> Decimal:
    return Decimal(rng.randint(low * 100, high * 100)) / 100


def some_month(rng: random.Random, as_of: date, back: int = 16) -> date:
    at = as_of.year * 12 + as_of.month - 1 - rng.randint(-1, back)
    return date(at // 12, at % 12 + 1, 1)


def later(day: date, months: int) -> date:
    at = day.year * 12 + day.month - 1 + months
    return date(at // 12, at % 12 + 1, 1)


def a_home(rng: random.Random, number: str, region: str, as_of: date) -> dict[str, list[Row]]:
    home: dict[str, list[Row]] = defaultdict(list)
    home["household"] = [
        {
            "household_no": number,
            "programme": rng.choice(PROGRAMMES),
            "region": region,
            "area": rng.choice(["urban", "rural", None]),
            "stage": "recipient",
        }
    ]
    people = rng.choice([1, 1, 2, 2, 3, 4])
    for at in range(people + rng.choice([0, 0, 0, 1, 2, 3])):
        no, supporting = str(at + 1), at >= people
        home["member"].append(
            {
                "household_no": number,
                "member_no": no,
                "role": "supporter" if supporting else "member",
                "sex": rng.choice(["male", "female"]),
                "birth_date": maybe(rng, 0.9, as_of - timedelta(days=rng.randint(3000, 31000))),
                "relation": rng.choice(["子", "女", "兄", "妹", None]),
                "labour_capacity": rng.choice(["able", "able", "partial", "none", None]),
                "student": maybe(rng, 0.5, rng.random() < 0.1),
                "pregnant": maybe(rng, 0.5, rng.random() < 0.1),
                "carer": maybe(rng, 0.5, rng.random() < 0.1),
                "support_programme": rng.choice(["农村特困", "城市低保", None, None]) if supporting else None,
            }
        )
        day = as_of - timedelta(days=rng.randint(0, 500))
        told: list[tuple[str, Any]] = [("income_month", maybe(rng, 0.85, amount(rng, 0, 1500)))]
        if supporting:
            told += [
                ("support_judged", maybe(rng, 0.2, amount(rng, 50, 900))),
                ("support_paid", maybe(rng, 0.3, amount(rng, 50, 900))),
                ("support_income", maybe(rng, 0.8, amount(rng, 1000, 20000))),
                ("support_household", maybe(rng, 0.9, Decimal(rng.randint(0, 5)))),
                ("support_persons", maybe(rng, 0.8, Decimal(rng.randint(0, 3)))),
                ("support_children", maybe(rng, 0.3, Decimal(rng.randint(0, 3)))),
            ]
        home["declaration"] += [
            {"household_no": number, "member_no": no, "item": item, "declared": cell, "declared_on": day}
            for item, cell in told
        ]
        for name in RECORDS:
            for _ in range(rng.choice([0, 0, 0, 1, 1, 2, 4] if name in ("income", "hardship") else [0, 0, 0, 1, 2])):
                row = {**STANDS, "source": name, **a_record(rng, name, as_of), "household_no": number, "member_no": no}
                for _ in range(1 + (rng.random() < 0.1)):  # now and then a row is delivered twice
                    home[name].append({**row, "source_row": len(home[name]) + 2})
    return home


def a_record(rng: random.Random, name: str, as_of: date) -> Row:
    begin = some_month(rng, as_of)
    end = maybe(rng, 0.7, later(begin, rng.choice([-1, 0, 0, 0, 1, 5, 11])))
    status = rng.choice(["paying", "paying", "suspended", "ended", None])
    if name == "income":
        return {
            "kind": rng.choice([*KINDS, None]),
            "payer": rng.choice(["甲", "乙", None]),
            "month_from": maybe(rng, 0.85, begin),
            "month_to": end,
            "amount": maybe(rng, 0.7, amount(rng, -50, 3000)),
            "cumulative": maybe(rng, 0.5, amount(rng, 0, 30000)),
            "tax": maybe(rng, 0.3, amount(rng, 0, 100)),
            "scheme": rng.choice(["employee", "resident", "resident", None]),
            "monthly": maybe(rng, 0.5, amount(rng, 100, 2000)),
            "central_part": maybe(rng, 0.6, amount(rng, 50, 90)),
            "record_date": maybe(rng, 0.7, some_month(rng, as_of, 30)),
            "until": maybe(rng, 0.2, some_month(rng, as_of, 14)),
            "status": status,
        }
    if name == "contribution":
        return {
            "branch": rng.choice(["pension", "medical", "injury", "resident_pension", None]),
            "employer": rng.choice(["甲", "乙"]),
            "person_type": rng.choice(["employed", "employed", "self_employed", None]),
            "base": maybe(rng, 0.9, amount(rng, 0, 5000)),
            "month_from": maybe(rng, 0.9, begin),
            "month_to": end,
            "status": status,
        }
    if name == "provident_fund":
        return {
            "account_no": f"A{rng.randint(1, 10**6)}",
            "base": maybe(rng, 0.9, amount(rng, 0, 5000)),
            "paid_until": maybe(rng, 0.9, some_month(rng, as_of, 7)),
            "status": rng.choice(["01", "01", "02", "04", None]),
            "record_date": maybe(rng, 0.7, some_month(rng, as_of, 30)),
        }
    if name == "public_payroll":
        return {
            "role": rng.choice(["payroll", "payroll", "village_committee"]),
            "employer": rng.choice(["甲", "乙"]),
            "month": maybe(rng, 0.9, begin),
            "gross": maybe(rng, 0.9, amount(rng, 500, 4000)),
            "status": status,
        }
    if name == "assistance":
        return {
            "office": rng.choice(["甲", "乙"]),
            "amount": maybe(rng, 0.9, amount(rng, 50, 3000)),
            "month_from": maybe(rng, 0.9, begin),
            "month_to": end,
            "status": status,
        }
    if name == "hardship":
        return {
            "kind": rng.choice(["disability", "veteran", "medical_expense", "education", "rehabilitation"]),
            "category": rng.choice(["intellectual", "physical", None]),
            "certificate_no": None,
            "place": rng.choice(["甲", None]),
            "grade": rng.choice(["1", "2", "3", "4", None]),
            "month": maybe(rng, 0.4, begin),
            "record_date": maybe(rng, 0.7, some_month(rng, as_of) + timedelta(days=rng.randint(0, 27))),
            "amount": maybe(rng, 0.8, amount(rng, 100, 30000)),
            "fund_payment": maybe(rng, 0.6, amount(rng, 0, 90)),
            "own_payment": maybe(rng, 0.6, amount(rng, 0, 20000)),
            "until": maybe(rng, 0.5, as_of + timedelta(days=rng.randint(-400, 400))),
        }
    if name == "market_entity":
        return {"role": rng.choice(["proprietor", "investor"]), "state": rng.choice(["active", "revoked"])}
    return {
        "event": rng.choice(["imprisoned", "married", "deceased"]),
        "died_on": maybe(rng, 0.3, as_of - timedelta(days=rng.randint(-40, 700))),
        "ended_on": maybe(rng, 0.3, as_of - timedelta(days=9)),
    }
