"""From the file that a department really sends to the records that are kept of it: people, posts, aid and burdens."""

from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from jiuzhu_check.errors import ExtractChanged
from tests.connectors.departments import SOURCES, as_text, read, taken

JIANGUO, XIUYING = "370199196103121170", "370199196308052244"


# 户籍


def test_a_line_that_lost_its_separators_comes_back_and_the_total_is_no_record() -> None:
    register = taken("household_register")
    assert (register.delivered, register.records.height) == (125, 122)
    assert register.rejects == [(61, "columns"), (122, "trial_row"), (126, "footer")]


def test_former_names_and_numbers_are_kept_as_delivered() -> None:
    register = taken("household_register")
    assert register.says(2, "owner_former_numbers") == ("370199610312117",)
    assert register.says(4, "owner_former_names") == ("张小磊、张石头",)
    assert register.says(8, "owner_former_names", "owner_former_numbers") == ("赵浩", "370199197111110337、无")


def test_a_former_name_in_the_cell_of_the_name_is_not_the_name() -> None:
    register = taken("household_register")
    assert register.says(6, "owner_name", "owner_name_raw") == ("王伟", "王伟(曾用名王卫)")
    assert register.says(7, "owner_name", "owner_name_raw") == ("李娜", "李娜 曾用名：李丽")


def test_relation_and_household_type_codes_that_mean_two_things_are_not_read() -> None:
    register = taken("household_register")
    assert register.says(4, "relation", "household_type") == ("20", "01")
    assert register.says(7, "relation", "household_type") == ("2", "0")  # 配偶 here, 子 elsewhere
    assert register.says(8, "relation", "household_type") == ("2", "1")
    assert not {column for column, *_ in register.notes} & {"relation", "household_type"}


def test_a_cancelled_or_ended_registration_keeps_its_reason_and_day() -> None:
    register = taken("household_register")
    assert register.says(5, "event", "died_on", "ended_on") == ("deceased", date(2017, 4, 2), date(2017, 4, 20))
    assert register.says(11, "event", "cause", "ended_on") == ("cancelled", "重复户口", date(2009, 5, 6))


def test_a_bare_mark_of_cancellation_is_kept_and_told() -> None:
    register = taken("household_register")
    assert register.says(8, "event") == ("0",)
    assert register.says(13, "event") == ("1",)
    assert {("event", "unknown_code", "0", 1), ("event", "unknown_code", "1", 1)} <= register.notes


def test_what_the_register_does_not_say_is_unknown_and_not_alive() -> None:
    assert taken("household_register").says(6, "event", "died_on") == (None, None)


def test_a_lunar_birthday_is_told_against_the_number() -> None:
    register = taken("household_register")
    assert register.says(3, "owner_no", "contradicts", "owner_birth") == (XIUYING, "出生日期", None)


def test_a_birth_date_without_a_day_is_unknown_and_told() -> None:
    register = taken("household_register")
    assert register.says(12, "owner_no_kind", "owner_birth") == ("masked", None)
    assert ("owner_birth", "unreadable", "", 1) in register.notes  # 0000-00-00 says nothing and is not told


def test_a_middle_dot_and_a_character_that_could_not_be_written() -> None:
    register = taken("household_register")
    assert register.says(9, "owner_name", "owner_no") == ("努尔买买提吐尔逊", "370199197904309119")
    assert register.says(10, "owner_name") == ("王□",)
    assert register.says(11, "owner_name") == ("王䶮",)


def test_the_registered_address_speaks_only_where_the_number_does_not() -> None:
    register = taken("household_register")
    assert register.says(2, "owner_address", "address") == (None, "永和县柳河镇东街12号")
    assert register.says(14, "owner_address", "owner_birth")[1] == date(1970, 5, 20)
    assert register.says(14, "owner_address") == register.says(14, "address")


# 婚姻登记


def test_a_marriage_is_the_record_of_both() -> None:
    marriage = taken("marriage")
    he, she = marriage.at(2, 1), marriage.at(2, 2)
    assert (he["owner_no"], he["other_no_raw"], he["other_name_raw"]) == (JIANGUO, XIUYING, "李秀英")
    assert (she["owner_no"], she["other_no_raw"], she["other_name_raw"]) == (XIUYING, JIANGUO, "张建国")
    assert he["event"] == she["event"] == "married"
    assert he["certificate_no"] == she["certificate_no"] == "J370199-1987-000021"


def test_milliseconds_of_every_decade_and_of_summer_time_are_the_day_of_the_wedding() -> None:
    marriage = taken("marriage")
    assert marriage.says(2, "record_date") == (date(1987, 5, 1),)  # twelve digits, an hour early by the summer's clock
    assert marriage.says(4, "record_date") == (date(1996, 10, 1),)
    assert marriage.says(6, "record_date") == (date(2018, 7, 1),)


def test_the_operation_codes() -> None:
    marriage = taken("marriage")
    codes = {row: marriage.says(row, "event")[0] for row in (2, 3, 5, 7, 8, 9)}
    assert codes == {2: "married", 3: "married", 5: "divorced", 7: "divorced", 8: "married", 9: "annulled"}


def test_a_two_that_is_married_here_and_divorced_there_is_kept_and_told() -> None:
    marriage = taken("marriage")
    assert marriage.says(11, "event") == ("2",)
    assert marriage.says(12, "event") == ("IX",)
    assert marriage.notes == {("event", "unknown_code", "2", 1), ("event", "unknown_code", "IX", 1)}


def test_every_registration_of_one_person_is_there_the_last_one_is_for_the_rules() -> None:
    his = taken("marriage").records.filter(pl.col("owner_no") == "370199197005200531").sort("record_date")
    assert his["event"].to_list() == ["married", "divorced", "married"]
    assert his["other_name_raw"].to_list() == ["王芳", "王芳", "李娜"]


def test_a_person_in_the_womans_column_alone_is_found_there() -> None:
    marriage = taken("marriage")
    assert marriage.says(10, "owner_no", "owner_name") == (None, None)
    assert marriage.says(10, "owner_no", "event", "record_date", slot=2) == (
        "370199194507230489", "divorced", date(1999, 12, 31),
    )  # fmt: skip


def test_a_foreign_or_masked_spouse_has_no_citizen_number() -> None:
    marriage = taken("marriage")
    assert marriage.says(8, "owner_no_raw", "owner_no", "owner_no_kind", slot=2) == ("E12345678", None, "passport")
    assert marriage.says(11, "owner_no", "owner_no_kind", slot=2) == (None, "masked")


def test_a_row_that_names_no_other_party_stands_once() -> None:
    assert taken("marriage").records.filter(pl.col("source_row") == 12).height == 1


def test_what_is_said_of_the_man_is_not_said_of_the_woman() -> None:
    rows = "姓名,身份证号,出生日期,配偶姓名,配偶身份证号,登记类型,登记日期,婚姻状况\n"
    rows += f"张建国,待补,1961-03-12,李秀英,{XIUYING},结婚登记,1987-05-01,丧偶\n"
    marriage = read("marriage", rows.encode())
    assert marriage.says(2, "owner_birth", "marital") == (date(1961, 3, 12), "widowed")
    assert marriage.says(2, "owner_birth", "marital", "owner_no", slot=2) == (None, None, XIUYING)


# 死亡注销、火化


def test_a_day_of_death_in_every_spelling() -> None:
    death = taken("death")
    assert [death.says(row, "died_on")[0] for row in (4, 5, 6, 10)] == [
        date(2017, 4, 2), date(2018, 3, 1), date(2016, 1, 20), date(2018, 7, 1),
    ]  # fmt: skip
    assert death.says(4, "record_date") == (date(2017, 4, 20),)  # a spreadsheet's day number


def test_not_everybody_on_the_list_of_the_dead_has_died() -> None:
    death = taken("death")
    assert death.says(7, "event", "died_on") == ("cancelled", None)  # settled abroad
    assert death.says(8, "event", "died_on") == ("迁往市外", None)
    assert death.says(6, "event", "died_on") == (None, date(2016, 1, 20))  # no reason: nobody adds one
    assert death.says(9, "event", "died_on") == ("04", None)
    assert death.notes == {("event", "unknown_code", "04", 1), ("died_on", "unreadable", "", 1)}


def test_a_number_that_the_workbook_stored_as_a_number_is_not_repaired() -> None:
    death = taken("death")
    assert death.says(5, "owner_no", "owner_no_kind", "owner_birth") == (None, "rounded", date(1945, 7, 23))


def test_title_rows_totals_and_remarks_are_no_records() -> None:
    assert taken("death").rejects == [(12, "trial_row"), (16, "footer"), (17, "footer")]
    assert taken("cremation").rejects == [(13, "trial_row"), (17, "footer")]


def test_an_age_is_no_birth_date() -> None:
    cremation = taken("cremation")
    assert "年龄" not in {heading for headings in SOURCES["cremation"].columns.values() for heading in headings}
    assert cremation.records["owner_birth"].null_count() == cremation.records.height


def test_the_relative_who_came_along_is_nobodys_record() -> None:
    cremation = taken("cremation")
    assert JIANGUO not in cremation.records["owner_no"].to_list()
    assert cremation.says(3, "owner_name", "owner_no", "event") == ("张德山", "370199193811020318", "cremated")


def test_a_cremation_has_its_own_day_beside_the_day_of_death() -> None:
    cremation = taken("cremation")
    assert cremation.says(3, "died_on", "record_date") == (date(2017, 4, 2), date(2017, 4, 4))
    assert cremation.says(8, "died_on", "record_date") == (None, date(2018, 7, 20))  # 农历六月初一
    assert cremation.notes == {("died_on", "unreadable", "", 1)}


def test_the_unknown_dead_are_kept_without_name_and_number() -> None:
    assert taken("cremation").says(7, "owner_name", "owner_no", "event") == (None, None, "cremated")


def test_an_x_mask_is_no_check_digit() -> None:
    assert taken("cremation").says(8, "owner_no", "owner_no_kind") == (None, "masked")


def test_a_list_of_the_dead_without_a_day_of_death_is_refused() -> None:
    with pytest.raises(ExtractChanged, match="死亡时间"):
        read("death", f"姓名,身份证号,注销标识\n张德山,{JIANGUO},1\n".encode())


# 服刑人员


def test_a_term_without_end_ends_on_the_last_day_there_is() -> None:
    prison = taken("prison")
    assert prison.says(4, "event", "until") == ("imprisoned", date(9999, 12, 31))
    assert prison.says(5, "until") == (date(9999, 12, 31),)


def test_who_is_out_on_parole_is_neither_imprisoned_nor_released() -> None:
    prison = taken("prison")
    assert [prison.says(row, "event")[0] for row in (2, 3, 5, 6, 7)] == [
        "imprisoned", "released", "暂予监外执行", "假释", "Z9",
    ]  # fmt: skip
    assert prison.notes == {("event", "unknown_code", "Z9", 1)}
    assert prison.says(3, "until", "ended_on") == (date(2018, 3, 9), date(2018, 3, 9))


def test_the_crime_is_not_read() -> None:
    text = as_text(taken("prison").records)
    assert "不对外提供" not in text
    assert "不对外提供" not in as_text(taken("medical_expense").records)


# 财政供养、村（居）干部和经办人员


def test_a_month_that_a_spreadsheet_cut_is_unknown_and_told() -> None:
    payroll = taken("public_payroll")
    assert payroll.says(7, "month", "gross") == (None, Decimal("1910.00"))
    assert payroll.says(5, "month", "gross", "net") == (date(2018, 11, 1), Decimal("2100.00"), Decimal("2100.00"))
    assert ("month", "unreadable", "", 1) in payroll.notes


def test_an_amount_in_words_is_unknown_and_never_zero() -> None:
    payroll = taken("public_payroll")
    assert payroll.says(9, "gross") == (None,)
    assert payroll.says(10, "gross", "month") == (None, date(2018, 11, 1))  # 陆仟元; a spreadsheet's day number
    assert ("gross", "unreadable", "", 1) in payroll.notes


def test_a_sum_between_the_rows_is_no_record() -> None:
    assert taken("public_payroll").rejects == [(6, "footer"), (15, "trial_row"), (19, "footer")]


def test_who_is_paid_without_a_number_keeps_what_else_is_said() -> None:
    payroll = taken("public_payroll")
    assert payroll.says(9, "owner_no_kind", "owner_phone", "employer") == ("blank", "10000000002", "柳河镇人民政府")
    assert payroll.says(8, "owner_no_kind") == ("rounded",)


def test_one_person_in_two_offices_is_two_records() -> None:
    cadre = taken("cadre")
    hers = cadre.records.filter(pl.col("owner_name") == "李娜")
    assert hers["role"].to_list() == ["case_handler", "village_committee"]
    assert hers["until"].to_list() == [date(9999, 12, 31), None]


def test_an_office_that_nobody_knows_is_kept_and_told() -> None:
    cadre = taken("cadre")
    assert cadre.says(6, "role") == ("网格员",)
    assert cadre.notes == {("role", "unknown_code", "网格员", 1), ("record_date", "unreadable", "", 1)}


def test_a_number_with_an_invisible_character_is_that_number() -> None:
    assert taken("cadre").says(3, "owner_no", "until") == ("370199197111110337", date(2017, 12, 19))


# 残疾人证


def test_the_certificate_and_the_number_agree() -> None:
    disability = taken("disability")
    assert disability.says(2, "owner_no", "owner_no_kind", "contradicts") == (JIANGUO, "valid", None)


def test_a_damaged_number_is_read_from_the_certificate() -> None:
    disability = taken("disability")
    within = {row: disability.says(row, "owner_no_raw", "owner_no", "owner_no_kind") for row in (3, 4, 5, 7, 11)}
    assert within == {
        3: ("370199********2244", XIUYING, "within"),
        4: ("3.70199E+17", "370199194507230489", "within"),
        5: (None, "370199200109094686", "within"),
        7: ("370199195610104149", "370199195610104194", "within"),
        11: ("37019919491001059044", "370199194910010590", "within"),
    }


def test_another_persons_number_stays_and_the_certificates_stands_beside_it() -> None:
    disability = taken("disability")
    assert disability.says(6, "owner_no", "owner_no_kind") == ("370199197111110337", "valid")
    assert disability.says(6, "owner_no", "owner_no_kind", slot=2) == ("37019920030303015X", "within")
    assert disability.says(6, "contradicts") == ("出生日期、证号",)  # the birth date is the child's
    assert disability.says(6, "contradicts", slot=2) == ("证号",)


def test_a_damaged_number_that_is_somebody_elses_is_not_replaced() -> None:
    disability = taken("disability")
    assert disability.says(9, "owner_no", "owner_no_kind", "contradicts") == (None, "masked", "证号")
    assert disability.says(9, "owner_no", slot=2) == ("370199197201150869",)


def test_a_certificate_that_is_damaged_itself_helps_nobody() -> None:
    disability = taken("disability")
    assert disability.says(8, "owner_no", "owner_no_kind", "contradicts") == (None, "short", None)
    assert disability.says(10, "owner_no_kind", "certificate_no") == ("valid", "永残字第0071号")


def test_kinds_and_grades() -> None:
    disability = taken("disability")
    assert disability.says(3, "category", "grade") == ("visual", "2")
    assert disability.says(4, "category", "grade") == ("hearing", "4")
    assert disability.says(9, "category") == ("听力残疾;言语残疾",)
    assert disability.notes == {
        ("category", "unknown_code", "8", 1),
        ("category", "unknown_code", "听力残疾;言语残疾", 1),
        ("grade", "unknown_code", "五级", 1),
    }


@pytest.mark.parametrize(
    ("said", "grade"),
    [
        ("贰级", "2"), ("二级", "2"), ("2级", "2"), ("II级", "2"), ("Ⅱ级", "2"), ("Ⅱ", "2"), ("２", "2"), ("二", "2"),
        ("壹级", "1"), ("Ⅰ级", "1"), ("叁级", "3"), ("Ⅲ级", "3"), ("三级（智力）", "3"), ("肆级", "4"), ("IV级", "4"),
        ("残疾贰级", "2"), ("一级残疾", "1"),
    ],
)  # fmt: skip
def test_a_grade_is_the_same_however_it_is_written(said: str, grade: str) -> None:
    assert SOURCES["disability"].lookups["grade"].code(said) == grade


def test_two_grades_in_one_cell_are_not_one() -> None:
    assert SOURCES["disability"].lookups["grade"].code("二级、三级") is None


def test_the_number_that_was_only_compared_is_not_kept() -> None:
    assert taken("disability").records["owner_no_within"].null_count() == taken("disability").records.height


def test_a_list_that_has_certificates_and_no_column_of_numbers_is_read() -> None:
    disability = read("disability", f"姓名,残疾人证号\n张建国,{JIANGUO}43\n".encode())
    assert disability.says(2, "owner_no", "owner_no_kind") == (JIANGUO, "within")


# 优抚、医疗费用、就学


def test_a_military_number_is_no_citizen_number() -> None:
    veterans = taken("veterans")
    assert veterans.says(3, "owner_no", "owner_no_kind", "category") == (None, "military", "带病回乡退伍军人")


def test_ten_thousands_in_the_heading_and_yuan_in_the_cell() -> None:
    veterans = taken("veterans")
    assert [veterans.says(row, "amount")[0] for row in (2, 3, 4)] == [
        Decimal("2150.00"), Decimal("550.00"), Decimal("1835.00"),
    ]  # fmt: skip


def test_two_survivors_in_a_cell_are_two_records_and_only_one_has_the_number() -> None:
    veterans = taken("veterans")
    assert veterans.says(4, "owner_name", "owner_no") == ("陈桂兰", "370199194507230489")
    assert veterans.says(4, "owner_name", "owner_no", slot=2) == ("陈桂花", None)


def test_a_category_in_words_stands_and_a_code_that_nobody_knows_is_told() -> None:
    veterans = taken("veterans")
    assert [veterans.says(row, "category")[0] for row in (2, 5, 6)] == ["伤残人员", "参战退役人员", "93"]
    assert ("category", "unknown_code", "93", 1) in veterans.notes


def test_cents_become_yuan_and_a_bill_taken_back_stays_below_zero() -> None:
    medical = taken("medical_expense")
    paid = {row: medical.says(row, "amount", "fund_payment", "own_payment") for row in (2, 3, 4, 9)}
    assert paid == {
        2: (Decimal("86123.45"), Decimal("51234.00"), Decimal("34889.45")),
        3: (Decimal("1200.00"), Decimal("600.00"), Decimal("600.00")),
        4: (Decimal("-1200.00"), Decimal("-600.00"), Decimal("-600.00")),
        9: (Decimal("8800.00"), Decimal("0.00"), Decimal("8800.00")),  # the cell says 元 itself
    }


def test_nothing_said_of_a_bill_is_not_nothing_paid() -> None:
    medical = taken("medical_expense")
    assert medical.says(7, "amount", "fund_payment", "own_payment") == (None, None, Decimal("300.01"))
    assert medical.says(8, "owner_no", "owner_no_kind", "record_date") == (None, "placeholder", date(2018, 11, 1))


def test_pupils_and_admissions_are_read_by_their_own_headings_and_last_year_is_not() -> None:
    education = taken("education")
    assert education.records.group_by("sheet", maintain_order=True).len().rows() == [("在校生", 3), ("高考录取", 9)]
    assert ("去年", "hidden_sheet", "", 3) in education.notes
    assert education.says(2, "category", "grade", "amount", sheet="在校生") == ("高中", "高一", Decimal("1600.00"))
    assert education.says(3, "category", "amount", sheet="高考录取") == ("专科提前批", Decimal("5000.00"))


def test_the_guardian_is_nobodys_record() -> None:
    numbers = taken("education").records["owner_no"].to_list()
    assert JIANGUO not in numbers
    assert "370199197111110337" not in numbers


# 其他救助


def test_the_number_of_the_households_head_is_kept_apart() -> None:
    aid = taken("other_assistance")
    assert aid.says(2, "head_no_raw", "programme", "amount") == (JIANGUO, "农村低保", Decimal("1260.00"))
    assert aid.says(3, "owner_name", "owner_no") == ("李秀英", JIANGUO)  # the matcher asks whose it is
    assert aid.says(6, "head_no_raw") == (None,)


def test_the_time_that_an_amount_is_for() -> None:
    aid = taken("other_assistance")
    assert aid.says(2, "month_from", "month_to") == (date(2018, 1, 1), None)
    assert aid.says(5, "month_from", "month_to", "status") == (date(2017, 12, 1), date(2018, 10, 1), "ended")
    assert aid.says(6, "month_from", "amount", "status") == (None, None, "suspended")  # 2018.1 may be October


def test_states_that_nobody_knows_are_kept_and_told() -> None:
    aid = taken("other_assistance")
    assert aid.says(4, "status") == ("已发放",)
    assert aid.notes == {
        ("status", "unknown_code", "已发放", 1), ("status", "unknown_code", "3", 1), ("month_from", "unreadable", "", 1),
    }  # fmt: skip


def test_the_countys_own_roster_is_not_taken_for_another_countys_aid() -> None:
    with pytest.raises(ExtractChanged, match="总发放金额"):
        read("other_assistance", f"姓名,身份证号码,救助类别\n张建国,{JIANGUO},农村低保\n".encode())
