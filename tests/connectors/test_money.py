"""From the file that a department really sends to the records that are kept of it: contributions, incomes, balances."""

from datetime import date
from decimal import Decimal
from functools import cache

import polars as pl
import pytest

from jiuzhu_check.errors import ExtractChanged
from jiuzhu_check.intake.answer import Answer, read_answer
from jiuzhu_check.intake.delivery import read_delivery
from jiuzhu_check.intake.pull import to_records
from tests.connectors.departments import SOURCES, as_text, read, sample, taken

JIANGUO, XIUYING, LEI = "370199196103121170", "370199196308052244", "37019919900618355X"
EMPLOYEES, RESIDENTS = "企业职工", "城乡居民"


def month(year: int, number: int) -> date:
    return date(year, number, 1)


# 社会保险缴费


def test_a_services_reply_in_gbk_is_read_by_its_pinyin_codes() -> None:
    insured = taken("social_insurance")
    assert (insured.delivered, insured.records.height, insured.rejects) == (22, 21, [(19, "trial_row")])
    assert insured.says(1, "owner_name", "owner_no", "personal_no", "employer", "base") == (
        "张磊", LEI, "370199000355", "永和县云锦服装有限公司", Decimal("3620.00"),
    )  # fmt: skip


def test_each_branch_of_one_person_is_a_record() -> None:
    his = taken("social_insurance").records.filter(pl.col("owner_no") == LEI)
    assert his["branch"].to_list() == ["pension", "unemployment", "400"]


def test_a_branch_is_known_by_its_label_and_by_no_code_that_two_lists_use_otherwise() -> None:
    insured = taken("social_insurance")
    assert insured.says(4, "branch") == ("pension",)  # 110:企业职工基本养老保险
    assert insured.says(6, "branch") == ("pension",)  # 110, the same in two systems
    assert [insured.says(row, "branch")[0] for row in (3, 10, 12)] == ["400", "养老保险", "150"]
    told = {value for column, what, value, _ in insured.notes if (column, what) == ("branch", "unknown_code")}
    assert told == {"400", "养老保险", "150"}


def test_employees_the_self_employed_and_residents_are_told_apart() -> None:
    insured = taken("social_insurance")
    kinds = [insured.says(row, "person_type")[0] for row in (1, 4, 5, 7, 13, 6, 11)]
    assert kinds == ["employed", "self_employed", "self_employed", "resident", "resident", "公益性岗位", "301"]


def test_a_state_said_twice_counts_only_where_both_agree() -> None:
    insured = taken("social_insurance")
    assert insured.says(4, "status") == ("paying",)  # 1/1 正常缴费人员
    assert insured.says(6, "status") == ("1/2",)
    assert ("status", "unknown_code", "1/2", 1) in insured.notes


def test_the_states_of_both_systems() -> None:
    insured = taken("social_insurance")
    states = {row: insured.says(row, "status")[0] for row in (1, 5, 7, 8, 9, 12, 13, 11)}
    assert states == {
        1: "paying", 5: "suspended", 7: "paying", 8: "none", 9: "ended", 12: "ended", 13: "ended", 11: "9",
    }  # fmt: skip


def test_that_somebody_retired_is_no_state_of_contributions() -> None:
    assert "AAC008" not in {
        heading for headings in SOURCES["social_insurance"].columns.values() for heading in headings
    }


def test_months_of_contribution_are_counted_by_the_source_and_never_by_the_first_and_last() -> None:
    insured = taken("social_insurance")
    assert insured.says(5, "month_from", "month_to", "months") == (month(2010, 3), month(2017, 6), 61)
    assert insured.says(4, "months", "owed_months") == (30, 4)
    assert insured.says(7, "months", "owed_months") == (None, None)


def test_a_month_that_a_spreadsheet_cut_leaves_the_end_open_and_is_told() -> None:
    insured = taken("social_insurance")
    assert insured.says(4, "month_from", "month_to") == (month(2016, 1), None)
    assert ("month_to", "unreadable", "", 1) in insured.notes


def test_a_base_of_zero_is_zero_and_a_dash_is_unknown() -> None:
    insured = taken("social_insurance")
    assert [insured.says(row, "base")[0] for row in (5, 7, 11, 4)] == [Decimal(0), None, None, Decimal("3269.50")]


def test_what_a_resident_paid_is_kept() -> None:
    assert taken("social_insurance").says(7, "own_payment", "branch") == (Decimal("100.00"), "resident_pension")


def test_numbers_of_the_insured_in_every_state() -> None:
    insured = taken("social_insurance")
    kinds = {row: insured.says(row, "owner_no_kind")[0] for row in (8, 10, 11, 13)}
    assert kinds == {8: "upgraded", 10: "valid", 11: "masked", 13: "placeholder"}
    assert insured.says(12, "owner_name") == ("王□",)
    assert insured.says(3, "owner_no_raw", "owner_no") == (LEI.lower(), LEI)
    assert insured.says(7, "owner_no", "contradicts") == (XIUYING, "出生日期")  # the lunar birthday


def test_one_cell_that_names_the_whole_time_is_read_for_both_ends() -> None:
    rows = f"姓名,身份证号,险种,缴费状态,缴费起止年月\n张建国,{JIANGUO},居民养老保险,1,201201-201812\n"
    assert read("social_insurance", rows.encode()).says(2, "month_from", "month_to") == (
        month(2012, 1), month(2018, 12),
    )  # fmt: skip


def test_a_first_month_is_not_taken_for_the_last_one() -> None:
    rows = f"姓名,身份证号,险种,缴费状态,缴费起始年月\n张建国,{JIANGUO},居民养老保险,1,201201\n"
    assert read("social_insurance", rows.encode()).says(2, "month_from", "month_to") == (month(2012, 1), None)


# 养老金


def test_a_payment_without_a_time_of_its_own_is_for_the_month_in_which_it_was_paid() -> None:
    pension = taken("pension")
    assert pension.says(4, "month_from", "month_to", "paid_month", "amount", sheet=EMPLOYEES) == (
        month(2018, 11), month(2018, 11), month(2018, 11), Decimal("2486.37"),
    )  # fmt: skip
    assert pension.says(9, "month_from", sheet=EMPLOYEES) == (month(2018, 11),)  # a spreadsheet's day number


def test_a_back_payment_whose_months_are_named_is_for_those_months() -> None:
    assert taken("pension").says(6, "month_from", "month_to", "paid_month", "amount", sheet=EMPLOYEES) == (
        month(2018, 1), month(2018, 10), month(2018, 11), Decimal("1050.00"),
    )  # fmt: skip


def test_a_time_of_which_only_the_beginning_is_named_does_not_end_with_the_payment() -> None:
    assert taken("pension").says(7, "month_from", "month_to", "paid_month", sheet=EMPLOYEES) == (
        month(2018, 9), None, month(2018, 11),
    )  # fmt: skip


def test_a_back_payment_whose_months_are_not_named_stands_beside_the_month_and_is_not_of_it() -> None:
    assert taken("pension").says(5, "amount", "back_payment", "net", sheet=EMPLOYEES) == (
        Decimal("2105.40"), Decimal("630.00"), Decimal("2735.40"),
    )  # fmt: skip


def test_no_back_payment_and_nothing_said_of_one_differ() -> None:
    pension = taken("pension")
    assert pension.says(4, "back_payment", sheet=EMPLOYEES) == (Decimal(0),)
    assert pension.says(8, "back_payment", sheet=EMPLOYEES) == (None,)


def test_a_quarter_and_a_year_stay_whole() -> None:
    pension = taken("pension")
    assert pension.says(2, "month_from", "month_to", "amount", sheet=RESIDENTS) == (
        month(2018, 10), month(2018, 12), Decimal("420.00"),
    )  # fmt: skip
    assert pension.says(4, "month_from", "month_to", "amount", sheet=RESIDENTS) == (
        month(2018, 1), month(2018, 12), Decimal("1656.00"),
    )  # fmt: skip


def test_the_central_part_is_read_where_it_has_a_column_of_its_own() -> None:
    pension = taken("pension")
    assert pension.says(2, "scheme", "central_part", sheet=RESIDENTS) == ("resident", Decimal("264.00"))
    assert pension.says(4, "scheme", "central_part", sheet=RESIDENTS) == ("resident", None)


def test_a_basic_pension_that_may_hold_the_countys_own_part_is_not_the_central_one() -> None:
    rows = f"姓名,身份证号,险种,发放年月,发放金额,基础养老金\n张建国,{JIANGUO},居民养老,201811,138,128\n".encode()
    assert read("pension", rows).says(2, "amount", "central_part") == (Decimal("138.00"), None)
    assert read_delivery(SOURCES["pension"], rows, "a.csv").unknown == ("基础养老金",)


def test_a_monthly_rate_is_no_payment() -> None:
    assert taken("pension").says(6, "monthly", "amount", "month_from", sheet=RESIDENTS) == (
        Decimal("138.00"), None, None,
    )  # fmt: skip


def test_suspended_ended_and_zero() -> None:
    pension = taken("pension")
    assert pension.says(4, "status", sheet=RESIDENTS) == ("suspended",)
    assert pension.says(5, "status", "amount", "owner_name", sheet=RESIDENTS) == ("ended", Decimal(0), "陈桂兰")
    assert pension.says(8, "status", sheet=EMPLOYEES) == ("停发",)  # suspended here, ended there
    assert pension.says(10, "status", sheet=EMPLOYEES) == ("1",)


def test_an_amount_in_words_and_a_month_cut_short_are_unknown_and_told() -> None:
    pension = taken("pension")
    assert pension.says(10, "amount", "scheme", sheet=EMPLOYEES) == (None, "遗属待遇")
    assert pension.says(8, "month_from", "paid_month", "owner_no_kind", sheet=EMPLOYEES) == (None, None, "rounded")
    assert {("amount", "unreadable", "", 1), ("paid_month", "unreadable", "", 1)} <= pension.notes


def test_a_pension_of_somebody_who_died_is_taken_in_like_any_other() -> None:
    assert taken("pension").says(9, "owner_no", "status", sheet=EMPLOYEES) == ("370199193811020318", "paying")


def test_a_childs_pension_under_the_fathers_number_is_for_the_matcher() -> None:
    pension = taken("pension")
    assert pension.says(7, "owner_name", "owner_no", sheet=RESIDENTS) == ("赵子浩", "370199197111110337")


def test_sums_of_pensions_are_no_pension_and_bank_accounts_are_not_read() -> None:
    pension = taken("pension")
    assert pension.rejects == [(11, "footer"), (12, "trial_row"), (16, "footer")]
    assert "6222000000000000001" not in as_text(pension.records)


def test_cents_in_the_heading_become_yuan() -> None:
    rows = f"姓名,身份证号,发放年月,发放金额(分)\n张建国,{JIANGUO},201811,13800\n"
    assert read("pension", rows.encode()).says(2, "amount") == (Decimal("138.00"),)


def test_a_years_total_is_for_the_year() -> None:
    rows = f"姓名,身份证号,年度,养老金合计\n张建国,{JIANGUO},2018,1656\n"
    assert read("pension", rows.encode()).says(2, "month_from", "month_to", "amount", "monthly") == (
        month(2018, 1), month(2018, 12), Decimal("1656.00"), None,
    )  # fmt: skip


def test_a_list_of_pensioners_without_any_amount_is_refused() -> None:
    with pytest.raises(ExtractChanged, match="应发金额/月养老金/实发金额"):
        read("pension", f"姓名,身份证号,发放状态\n张建国,{JIANGUO},正常\n".encode())


# 失业保险待遇


def test_a_foxpro_table_with_headings_cut_short_and_a_row_deleted() -> None:
    benefit = taken("unemployment_benefit")
    assert (benefit.delivered, benefit.rejects) == (16, [(14, "trial_row")])
    assert ("", "deleted_rows", "", 1) in benefit.notes
    assert Decimal("999.00") not in benefit.records["amount"].to_list()
    assert benefit.says(1, "payer", "record_date", "until") == ("永和县失业保险处", month(2018, 6), month(2019, 5))


def test_a_payment_is_for_its_month_and_not_for_the_whole_entitlement() -> None:
    benefit = taken("unemployment_benefit")
    months = benefit.records.filter(pl.col("owner_name") == "李强", pl.col("scheme") == "失业保险金")
    assert months.select("month_from", "month_to", "amount").rows() == [
        (month(2018, 10), month(2018, 10), Decimal("1219.20")), (month(2018, 11), month(2018, 11), Decimal("1219.20")),
    ]  # fmt: skip


def test_a_rate_with_an_entitlement_is_not_multiplied() -> None:
    assert taken("unemployment_benefit").says(4, "monthly", "amount", "month_from", "until", "status") == (
        Decimal("1219.20"), None, None, month(2019, 5), "paying",
    )  # fmt: skip


def test_what_was_paid_to_the_insurer_is_told_from_cash_in_the_sources_words() -> None:
    assert taken("unemployment_benefit").says(3, "scheme", "amount") == ("代缴医疗保险费", Decimal("293.40"))


def test_a_payment_of_zero_a_dash_and_an_end_that_is_never() -> None:
    benefit = taken("unemployment_benefit")
    assert benefit.says(6, "amount", "status", "until") == (Decimal(0), "停发", month(9999, 12))
    assert benefit.says(7, "amount", "monthly", "status", "owner_no_kind") == (None, None, "suspended", "masked")


def test_a_single_payment_whose_month_was_cut_keeps_its_amount_and_has_no_time() -> None:
    assert taken("unemployment_benefit").says(5, "amount", "month_from", "paid_month", "status") == (
        Decimal("3048.00"), None, None, "ended",
    )  # fmt: skip


def test_a_name_cut_at_the_width_of_its_field_is_kept() -> None:
    assert taken("unemployment_benefit").says(9, "owner_name", "owner_no_kind", "status") == (
        "努尔买买提", "blank", "2",
    )  # fmt: skip


def test_the_table_in_which_one_heading_stands_twice_is_refused() -> None:
    rows = f"失业经办机构,姓名,身份证号,发放年月,发放金额,失业经办机构\n甲,张建国,{JIANGUO},201811,1219.2,乙\n"
    with pytest.raises(ExtractChanged, match="失业经办机构」出现了两次"):
        read("unemployment_benefit", rows.encode())


def test_who_is_registered_as_unemployed_is_not_thereby_paid() -> None:
    with pytest.raises(ExtractChanged, match="发放金额"):
        read("unemployment_benefit", f"姓名,身份证号,失业登记时间\n张建国,{JIANGUO},2018-05-08\n".encode())


# 个人所得税


def test_a_filing_period_above_the_headings_a_torn_line_and_the_total_are_no_records() -> None:
    tax = taken("tax")
    assert (tax.delivered, tax.records.height) == (120, 117)
    assert tax.rejects == [(41, "columns"), (118, "trial_row"), (122, "footer")]


def test_a_month_and_what_was_earned_up_to_it_stand_apart() -> None:
    tax = taken("tax")
    assert tax.says(3, "month_from", "month_to", "amount", "cumulative") == (
        month(2018, 10), month(2018, 10), Decimal("4120.00"), Decimal("38450.00"),
    )  # fmt: skip
    assert tax.says(4, "amount", "cumulative") == (Decimal("4120.00"), Decimal("42570.00"))


def test_only_a_cumulative_amount_is_no_amount() -> None:
    assert taken("tax").says(7, "kind", "amount", "cumulative", "month_from", "payer") == (
        "royalty", None, Decimal("2600.00"), None, None,
    )  # fmt: skip


def test_the_items_of_income() -> None:
    tax = taken("tax")
    kinds = {row: tax.says(row, "kind")[0] for row in range(3, 15)}
    assert kinds == {
        3: "wage", 4: "wage", 5: "bonus", 6: "labour", 7: "royalty", 8: "business", 9: "business", 10: "0101",
        11: "severance", 12: "偶然所得", 13: "property", 14: "property",
    }  # fmt: skip
    assert {("kind", "unknown_code", "0101", 1), ("kind", "unknown_code", "偶然所得", 1)} <= tax.notes


def test_a_years_bonus_is_for_the_year() -> None:
    assert taken("tax").says(5, "month_from", "month_to", "amount", "tax", "record_date") == (
        month(2018, 1), month(2018, 12), Decimal("6000.00"), Decimal("180.00"), date(2018, 2, 12),
    )  # fmt: skip


def test_the_revenue_of_a_business_is_not_what_is_left_of_it() -> None:
    tax = taken("tax")
    assert tax.says(8, "month_from", "month_to", "amount", "taxable") == (
        month(2018, 1), month(2018, 3), Decimal("50000.00"), Decimal("4300.00"),
    )  # fmt: skip
    assert tax.says(9, "month_from", "month_to", "amount", "cumulative", "taxable", "tax") == (
        month(2018, 1), month(2018, 9), Decimal(0), Decimal("148600.00"), Decimal("12600.00"), Decimal("-65.00"),
    )  # fmt: skip


def test_no_tax_and_nothing_said_of_tax_differ() -> None:
    tax = taken("tax")
    assert tax.says(3, "tax", "record_date") == (Decimal(0), None)
    assert tax.says(7, "tax", "taxable") == (None, None)


def test_a_period_that_a_spreadsheet_cut_is_unknown_and_a_year_that_has_no_end_stays_open() -> None:
    tax = taken("tax")
    assert tax.says(10, "month_from", "month_to", "amount") == (None, None, Decimal("2100.00"))
    assert tax.says(14, "month_from", "month_to", "amount") == (month(2018, 1), None, Decimal("7200.00"))


def test_who_is_taxed_under_a_passport_or_a_credit_code_is_no_citizen_number() -> None:
    tax = taken("tax")
    assert tax.says(12, "owner_no", "owner_no_kind") == (None, "passport")
    assert tax.says(13, "owner_no", "amount") == (None, None)  # 壹佰元
    assert tax.says(11, "owner_no", "owner_no_kind", "amount") == (None, "broken", Decimal("24000.00"))


def test_a_row_that_stands_twice_is_kept_twice_and_told_apart_by_nobody_here() -> None:
    twice = taken("tax").records.filter(pl.col("owner_no") == LEI, pl.col("month_from") == month(2018, 11))
    assert twice.drop("source_row").unique().height == 1
    assert twice.height == 2


def test_a_list_of_taxes_without_any_income_is_refused() -> None:
    with pytest.raises(ExtractChanged, match="收入额"):
        read("tax", f"姓名,身份证号,所得项目,入库金额\n张建国,{JIANGUO},工资薪金所得,0\n".encode())


# 银行存款


@cache
def answer(name: str) -> Answer:
    """The sample as the answer to a list that names everybody in it."""
    source = SOURCES[name]
    delivery = read_delivery(source, sample(name).read_bytes(), "answer")
    records = to_records(source, delivery.rows, supplier="370199", snapshot="20181130-0", extract="answer")
    return read_answer(source.table, delivery.rows, records, records["owner_no"].drop_nulls().unique())


def test_a_banks_answer_parted_by_three_characters() -> None:
    bank = taken("deposit")
    assert (bank.delivered, bank.rejects) == (24, [(22, "trial_row")])
    assert bank.says(2, "institution", "account_no", "kind", "currency", "amount", "value_date", "status") == (
        "永和农村商业银行", "6222********1170", "deposit", "CNY", Decimal("1204.56"), date(2018, 11, 29), "open",
    )  # fmt: skip


def test_a_joint_account_is_each_holders_with_its_whole_balance() -> None:
    bank = taken("deposit")
    assert bank.says(3, "owner_no", "owners", "amount") == (JIANGUO, 2, Decimal("30000.00"))
    assert bank.says(3, "owner_no", "owners", "amount", slot=2) == (XIUYING, 2, Decimal("30000.00"))


def test_a_bare_answer_to_a_limit_has_no_balance() -> None:
    bank = taken("deposit")
    assert bank.says(9, "over_limit", "household_over_limit", "amount") == (True, True, None)
    assert bank.says(10, "over_limit", "household_over_limit", "amount") == (False, True, None)
    assert bank.says(11, "over_limit", "amount") == (None, None)  # 部分超限
    assert ("over_limit", "unreadable", "", 1) in bank.notes


def test_nothing_on_the_account_is_zero_and_a_dash_is_unknown() -> None:
    bank = taken("deposit")
    assert bank.says(5, "amount", "status") == (Decimal(0), "dormant")
    assert bank.says(7, "amount", "currency", "value_date", "status") == (None, "14", None, "3")


def test_foreign_money_stays_in_its_currency() -> None:
    assert taken("deposit").says(6, "currency", "amount", "value_date") == (
        "USD", Decimal("820.15"), date(2018, 11, 27),
    )  # fmt: skip
    rows = f"姓名,身份证号,开户行,账号,余额(美元)\n张建国,{JIANGUO},某行,1,820.15\n"
    dollars = read("deposit", rows.encode())
    assert dollars.says(2, "amount") == (None,)  # never 820.15 yuan
    assert ("amount", "unreadable", "", 1) in dollars.notes


def test_a_product_beside_the_balance_is_not_the_balance() -> None:
    assert taken("deposit").says(4, "kind", "amount", "wealth_products") == (
        "wealth_product",
        None,
        Decimal("50000.00"),
    )


def test_codes_of_the_bank_that_nobody_agreed_on_are_kept_and_told() -> None:
    bank = taken("deposit")
    assert {
        ("answered", "unknown_code", "9", 1), ("currency", "unknown_code", "14", 1),
        ("kind", "unknown_code", "结构性存款", 1), ("status", "unknown_code", "3", 1), ("amount", "unreadable", "", 1),
    } == bank.notes - {("over_limit", "unreadable", "", 1)}  # fmt: skip


def test_what_went_through_an_account_is_not_read() -> None:
    assert "不对外提供" not in as_text(taken("deposit").records)


def test_the_mark_of_the_answer_is_not_kept_in_the_record() -> None:
    for name in ("deposit", "securities"):
        assert taken(name).records["answered"].null_count() == taken(name).records.height


def test_who_has_no_account_who_has_one_and_a_mark_that_nobody_knows() -> None:
    bank = answer("deposit")
    assert set(bank.nothing) == {"370199194507230489", "37019920030303015X"}  # the mark 0; the list handed back
    assert {"370199197201150869", "370199200109094686"} <= set(
        bank.found
    )  # a bare limit; a mark that may mean anything
    assert bank.strangers.is_empty()


def test_the_list_that_went_out_is_not_taken_for_an_answer() -> None:
    with pytest.raises(ExtractChanged, match="余额"):
        read("deposit", f"序号,姓名,身份证号\n1,张建国,{JIANGUO}\n".encode())


# 证券


def test_kinds_of_one_row_stand_side_by_side_with_the_day_of_their_price() -> None:
    held = taken("securities").at(1)
    told = {name: held[name] for name in ("amount", "stocks", "unlisted", "funds", "bonds", "cash", "total")}
    assert told == {
        "amount": None, "stocks": Decimal("12350.00"), "unlisted": Decimal(0), "funds": Decimal("5000.50"), "bonds": None,
        "cash": Decimal("31.07"), "total": Decimal("17381.57"),
    }  # fmt: skip
    assert held["value_date"] == date(2018, 11, 28)  # the answer is of the thirtieth


def test_a_number_of_shares_is_no_money() -> None:
    assert Decimal("1000.00") not in [taken("securities").at(1)[name] for name in ("amount", "unlisted", "stocks")]


def test_an_account_of_which_no_value_is_told_has_no_value() -> None:
    assert taken("securities").says(5, "status", "amount", "stocks", "total") == ("open", None, None, None)


def test_that_no_account_was_ever_opened_is_an_answer_too() -> None:
    assert taken("securities").says(4, "status", "account_no", "value_date") == ("none", None, date(2018, 11, 28))


def test_a_price_without_a_day_has_no_day() -> None:
    assert taken("securities").says(8, "kind", "amount", "status", "value_date") == (
        "stock", Decimal("800.00"), "closed", None,
    )  # fmt: skip


def test_stocks_of_nothing_are_zero_and_what_is_blank_is_unknown() -> None:
    assert taken("securities").says(2, "stocks", "funds", "bonds", "value_date") == (
        Decimal(0), None, None, date(2018, 11, 23),
    )  # fmt: skip


def test_a_heading_of_securities_that_is_spelt_wrong_and_a_masked_account() -> None:
    securities = taken("securities")
    assert securities.says(1, "account_no") == ("A123450355",)  # 证劵账户
    assert securities.says(3, "account_no", "currency", "stocks") == ("A12345****", "HKD", Decimal("21000.00"))


def test_kinds_and_states_of_securities_that_nobody_knows_are_kept_and_told() -> None:
    assert taken("securities").says(9, "kind", "status", "amount") == ("收益凭证", "5", None)
    assert taken("securities").notes == {
        ("amount", "unreadable", "", 1), ("answered", "unknown_code", "2", 1), ("kind", "unknown_code", "收益凭证", 1),
        ("status", "unknown_code", "5", 1),
    }  # fmt: skip


def test_a_childs_fund_under_the_guardians_number_is_for_the_matcher() -> None:
    assert taken("securities").says(10, "owner_name", "owner_no") == ("赵子浩", "370199197111110337")


def test_who_has_no_securities_and_a_mark_that_is_no_zero() -> None:
    told = answer("securities")
    assert set(told.nothing) == {JIANGUO}
    assert XIUYING in set(told.found)
