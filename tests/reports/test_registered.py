"""An income, a contribution, a balance in words: each with its time or day, and what the source left open."""

from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiuzhu_check.reports.evidence import subject_in_words
from jiuzhu_check.reports.plain import mask_account
from jiuzhu_check.reports.registered import registered
from tests.conftest import SameAsExpected
from tests.connectors.departments import SOURCES, taken

MONEY = ("social_insurance", "pension", "unemployment_benefit", "tax", "deposit", "securities")
TOLD = 16  # rows of a sample after which only strangers come


@pytest.mark.parametrize("name", MONEY)
def test_every_record_of_money_reads_as_expected(name: str, same_as_expected: SameAsExpected) -> None:
    rows = taken(name).records.head(TOLD).iter_rows(named=True)
    told = [f"{row['sheet']} {row['source_row']}\t{registered(SOURCES[name].table, row)}\n" for row in rows]
    same_as_expected(f"registered/{name}.txt", "".join(told))


def test_an_amount_that_is_not_known_is_said_to_be_not_known_and_never_zero() -> None:
    nothing = registered("financial_asset", {"over_limit": True}) or ""
    assert nothing == "个人存款超过限额；来源没有写金额；来源没有写是哪一天的"
    assert "0" not in (registered("income", {"kind": "wage"}) or "")
    assert "0.00元" in (registered("income", {"kind": "wage", "amount": Decimal("0.00")}) or "")


def test_a_cumulative_amount_says_that_it_is_not_to_be_added_up() -> None:
    told = registered("income", {"kind": "wage", "month_from": date(2018, 11, 1), "cumulative": Decimal("42570.00")})
    assert told is not None
    assert "当年累计42570.00元，不与各月相加" in told
    assert "来源没有写收入额" in told


def test_of_a_thing_nothing_is_said() -> None:
    assert registered("vehicle", {"vin": "LSVAA4182E2123456"}) is None


@given(st.text("0123456789ABC*", min_size=7, max_size=28))
def test_a_masked_account_is_as_long_and_shows_four_characters(account: str) -> None:
    shown = mask_account(account)
    assert len(shown) == len(account)
    assert shown[:-4] == "*" * (len(account) - 4)
    assert shown[-4:] == account[-4:]


def test_an_account_in_a_finding_to_review_is_masked_and_a_thing_is_not() -> None:
    subjects = {
        "deposit:6222000000000003553": "deposit:***************3553",
        "deposit:6222********1170": "deposit:************1170",
        "securities:A123450355": "securities:******0355",
        "vehicle:LSVAA4182E2123456": "vehicle:LSVAA4182E2123456",
        "housing:441903012003GB00001F00020063": "housing:441903012003GB00001F00020063",
        "death:deceased": "death:死亡",
        "tax:永和县云锦服装有限公司": "tax:永和县云锦服装有限公司",
        "deposit:1": "deposit:1",
        "370199000355": "370199000355",
    }
    told = pl.DataFrame({"subject": list(subjects)}).select(subject_in_words()).to_series()
    assert told.to_list() == list(subjects.values())
