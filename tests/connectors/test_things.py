"""From the file that a department really sends to the records that are kept of it: ships, machines, contracts, firms, policies."""

import json
from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from jiuzhu_check.errors import ExtractChanged
from jiuzhu_check.intake.answer import read_answer
from jiuzhu_check.intake.delivery import read_delivery
from jiuzhu_check.intake.pull import to_records
from jiuzhu_check.values.person_name import is_organisation
from tests.connectors.departments import SOURCES, as_text, read, taken

JIANGUO, XIUYING, WEI = "370199196103121170", "370199196308052244", "370199196802297351"
QIANG, HAO = "370199197005200531", "37019920030303015X"
BASIC, OFFICERS, INVESTORS, SHOPS, MEMBERS = (
    f"{name}.txt"
    for name in ("1企业基本信息", "2企业高级管理人员", "3企业投资人", "4个体经营者", "5农民专业合作社成员")
)


def firms(headings: str, *rows: str) -> pl.DataFrame:
    """The records of a table of the market office that holds these rows."""
    return read("market_entity", "\n".join([headings, *rows, ""]).encode()).records


# 船舶


def test_a_ship_is_told_as_one_and_named_by_its_code_and_name() -> None:
    ships = taken("ship")
    assert ships.says(1, "kind", "vin", "plate_no", "vehicle_type", "status") == (
        "ship", "370199201001001", "鲁永渔01001", "fishing", "registered",
    )  # fmt: skip
    assert ships.records["kind"].unique().to_list() == ["ship"]
    assert ships.says(2, "plate_no") == ("鲁永渔01002",)  # 鲁永渔 01002
    assert ships.says(3, "plate_no") == ("鲁永渔01003",)  # 鲁永渔-01003


def test_the_size_of_a_ship_is_its_tonnage_and_its_power_is_kilowatts() -> None:
    ships = taken("ship")
    assert ships.says(1, "size", "power") == ("12", Decimal("44.10"))
    assert ships.says(2, "power") == (Decimal("44.13"),)  # 60马力
    assert ships.says(12, "size", "power", "vehicle_type") == ("480", Decimal("220.00"), "cargo")
    assert ships.says(10, "power") == (None,)  # no engine: nothing is said, and not zero
    assert ships.says(11, "size") == (None,)


def test_co_owners_of_a_ship_stand_each_for_themselves() -> None:
    ships = taken("ship")
    assert ships.says(2, "owner_no", "owners") == (JIANGUO, 2)
    assert ships.says(2, "owner_no", "owners", slot=2) == (XIUYING, 2)
    assert ships.says(3, "owner_name", "owner_name_raw") == ("李强", "李强(51%)")
    assert ships.says(3, "owner_no", "owner_no_kind", slot=2) == ("370199198512016020", "upgraded")


def test_a_name_cut_at_the_width_of_its_field_keeps_the_number() -> None:
    ships = taken("ship")
    assert ships.says(4, "owner_name_raw", "owner_no") == ("努尔买买提·吐尔", "370199197904309119")


def test_a_company_whose_name_was_cut_is_one_by_its_credit_code() -> None:
    ships = taken("ship")
    assert ships.says(5, "owner_no", "owner_no_kind", "owner_no_raw") == (None, "credit_code", "91370199000004101W")
    assert WEI not in ships.records.filter(source_row=5)["owner_no"].to_list()  # who only runs it


def test_a_ship_that_is_laid_up_or_mortgaged_is_still_registered_and_a_lost_one_is_not() -> None:
    ships = taken("ship")
    assert [ships.says(row, "status")[0] for row in (3, 8, 9, 10, 11)] == ["registered", "ended", "ended", "1", None]
    assert ("status", "unknown_code", "1", 1) in ships.notes


def test_a_kind_of_ship_that_nobody_listed_is_kept_and_told() -> None:
    ships = taken("ship")
    assert ships.says(10, "vehicle_type") == ("舢板",)
    assert ships.says(13, "vehicle_type") == ("passenger",)
    assert ("vehicle_type", "unknown_code", "舢板", 1) in ships.notes


def test_a_row_marked_as_deleted_is_told_and_not_taken() -> None:
    ships = taken("ship")
    assert ships.delivered == 28
    assert ships.records.filter(source_row=17).is_empty()
    assert ("", "deleted_rows", "", 1) in ships.notes


def test_the_former_name_of_a_ship_is_nobodys_former_name() -> None:
    assert "鲁永渔00088" not in as_text(taken("ship").records)
    assert taken("ship").says(8, "owner_name", "plate_no") == ("王伟", "鲁永渔01008")


def test_of_a_number_in_powers_of_ten_nothing_is_made_up() -> None:
    assert taken("ship").says(11, "owner_no", "owner_no_kind", "owner_name") == (None, "scientific", "张磊")
    assert taken("ship").says(12, "owner_no", "owner_name") == ("37019919900618355X", "張磊")  # the matcher's to weigh


def test_a_code_of_zeros_names_no_ship() -> None:
    assert taken("ship").says(14, "vin", "plate_no", "owner_no_kind") == (None, "鲁永渔01014", "masked")


def test_who_owns_a_ship_without_a_number_keeps_phone_and_address() -> None:
    assert taken("ship").says(15, "owner_no_kind", "owner_phone", "owner_address") == (
        "blank", "10012345678", "永和县马店镇赵家村9号",
    )  # fmt: skip


def test_rows_of_a_trial_come_back_whatever_they_are_called() -> None:
    assert taken("ship").rejects == [(16, "trial_row"), (26, "trial_row")]  # 张三 and 测试


def test_the_maritime_offices_list_is_read_by_its_own_headings() -> None:
    rows = "船舶识别号,船名,船舶所有人,证件号码,船舶种类,总吨,主机总功率(马力),所有权登记日期\n"
    rows += f"CN20101234567,永和货8,张建国,{JIANGUO},散货船,499,600,2010-10-10\n"
    ships = read("ship", rows.encode())
    assert ships.says(2, "vin", "plate_no", "vehicle_type", "size", "power") == (
        "CN20101234567", "永和货8", "cargo", "499", Decimal("441.30"),
    )  # fmt: skip
    assert ships.says(2, "record_date", "status") == (date(2010, 10, 10), None)


# 农业机械


def test_a_farm_machine_is_none_of_the_police_and_has_its_own_plate() -> None:
    machines = taken("farm_machinery")
    assert machines.says(5, "kind", "plate_no", "vehicle_type", "vin", sheet="拖拉机") == (
        "farm_machinery", "鲁0110001", "wheeled_tractor", "DFH000117",
    )  # fmt: skip
    assert [machines.says(row, "plate_no", sheet="拖拉机")[0] for row in (6, 7, 8, 9)] == [
        "鲁0110002", "鲁0110003", None, None,
    ]  # fmt: skip


def test_merged_headings_in_two_lines_are_read_by_the_lower_one() -> None:
    machines = taken("farm_machinery")
    assert machines.records.group_by("sheet", maintain_order=True).len().rows() == [("联合收割机", 3), ("拖拉机", 20)]
    assert machines.says(5, "owner_name", "owner_no", sheet="拖拉机") == ("张建国", JIANGUO)


def test_power_is_kilowatts_whatever_unit_the_heading_or_the_cell_has() -> None:
    machines = taken("farm_machinery")
    assert machines.says(5, "power", sheet="拖拉机") == (
        Decimal("36.80"),
    )  # 千瓦, and the table's 万元 is no unit of it
    assert machines.says(8, "power", sheet="拖拉机") == (Decimal("8.83"),)  # 12马力
    assert machines.says(2, "power", sheet="联合收割机") == (Decimal("75.02"),)  # 102 under 功率(马力)
    assert machines.says(4, "power", sheet="联合收割机") == (Decimal("75.00"),)  # 75kW
    assert machines.says(11, "power", sheet="拖拉机") == (None,)  # 不详


def test_a_subsidy_is_not_what_the_machine_is_worth() -> None:
    machines = taken("farm_machinery")
    assert machines.records.filter(sheet="拖拉机")["value"].null_count() == 20
    assert [machines.says(row, "value", sheet="联合收割机")[0] for row in (2, 3, 4)] == [
        Decimal("128000.00"), Decimal("165000.00"), None,
    ]  # fmt: skip


def test_an_inspection_that_ran_out_ends_no_registration() -> None:
    machines = taken("farm_machinery")
    states = [machines.says(row, "status", sheet="拖拉机")[0] for row in (5, 6, 7, 8, 9, 11, 13)]
    assert states == ["registered", "registered", "ended", None, "转出", "2", "registered"]
    assert {value for column, _, value, _ in machines.notes if column == "status"} == {"2"}


def test_a_tractor_of_no_kind_is_kept_and_told() -> None:
    machines = taken("farm_machinery")
    kinds = [machines.says(row, "vehicle_type", sheet="拖拉机")[0] for row in (6, 7, 9, 11, 12, 13, 15)]
    assert kinds == [
        "wheeled_tractor",
        "walking_tractor",
        "拖拉机",
        "3",
        "crawler_tractor",
        "tractor_and_trailer",
        "微耕机",
    ]
    told = {value for column, _, value, _ in machines.notes if column == "vehicle_type"}
    assert told == {"拖拉机", "3", "微耕机"}


def test_a_cooperative_that_owns_a_machine_stays_one() -> None:
    machines = taken("farm_machinery")
    assert machines.says(12, "owner_no", "owner_no_kind", "owner_name", sheet="拖拉机") == (
        None, "credit_code", "永和县丰收农机专业合作社",
    )  # fmt: skip


def test_the_husbands_number_beside_the_wifes_name_stays_as_it_stands() -> None:
    machines = taken("farm_machinery")
    assert machines.says(13, "owner_name", "owner_no", sheet="拖拉机") == (
        "王芳",
        QIANG,
    )  # the matcher asks whose it is


def test_a_number_that_the_workbook_rounded_and_sums_between_the_rows() -> None:
    machines = taken("farm_machinery")
    assert machines.says(6, "owner_no", "owner_no_kind", sheet="拖拉机") == (None, "rounded")
    assert machines.rejects == [(10, "footer"), (22, "trial_row"), (26, "footer")]


# 网签合同


def test_a_filed_contract_is_told_as_one_and_belongs_to_both_buyers() -> None:
    contracts = taken("housing_contract")
    assert contracts.records["kind"].unique().to_list() == ["contract"]
    assert contracts.says(1, "contract_no", "owner_no", "co_ownership") == ("YH201800001", JIANGUO, "joint")
    assert contracts.says(1, "owner_no", slot=2) == (XIUYING,)


def test_a_contract_is_in_force_registered_since_or_cancelled() -> None:
    contracts = taken("housing_contract")
    states = [contracts.says(row, "state")[0] for row in range(1, 8)]
    assert states == ["current", "registered", "historical", "historical", "撤销申请中", "1", "current"]
    assert {value for column, _, value, _ in contracts.notes if column == "state"} == {"撤销申请中", "1"}


def test_the_seller_and_the_agent_are_no_buyers() -> None:
    contracts = taken("housing_contract")
    assert "370199194507230489" not in contracts.records["owner_no"].to_list()  # 陈桂兰 sold
    assert contracts.says(9, "owner_name", "owner_no") == ("王䶮", "370199195610104194")
    assert contracts.says(10, "owner_name") == ("努尔买买提吐尔逊",)
    assert contracts.records["owner_no_raw"].drop_nulls().str.starts_with("9137").sum() == 1  # a company that bought


def test_prices_are_yuan_and_words_are_no_price() -> None:
    contracts = taken("housing_contract")
    assert [contracts.says(row, "price")[0] for row in (1, 2, 7, 10)] == [
        Decimal("412000.00"), Decimal("412000.00"), Decimal("680000.00"), None,
    ]  # fmt: skip
    assert ("price", "unreadable", "", 1) in contracts.notes


def test_a_unit_number_printed_in_groups_is_that_number() -> None:
    contracts = taken("housing_contract")
    assert contracts.says(2, "unit_no") == ("370199003012GB00012F00020002",)
    assert contracts.says(8, "unit_no", "use") == (None, "garage")


def test_uses_in_words_are_read_and_codes_are_not() -> None:
    contracts = taken("housing_contract")
    assert [contracts.says(row, "use", "use_raw") for row in (4, 6, 7, 13)] == [
        ("residence", "城镇住宅用地/住宅"), ("10", "10"), ("commercial", "商铺"), ("民宿", "民宿"),
    ]  # fmt: skip


def test_areas_of_every_writing_and_of_house_and_land() -> None:
    contracts = taken("housing_contract")
    assert [contracts.says(row, "area")[0] for row in (1, 7, 8, 14)] == [
        Decimal("89.56"), Decimal("35.20"), Decimal("12.50"), Decimal("88.10"),
    ]  # fmt: skip


def test_the_day_of_the_filing_is_not_that_of_the_signature() -> None:
    contracts = taken("housing_contract")
    assert contracts.says(1, "record_date") == (date(2018, 5, 3),)
    assert contracts.says(7, "record_date", "co_ownership") == (None, None)  # only signed; an element is not there
    assert contracts.says(13, "record_date") == (date(2018, 9, 1),)
    assert contracts.says(14, "record_date") == (None,)


def test_three_buyers_and_two_numbers_are_not_paired() -> None:
    contracts = taken("housing_contract").records.filter(source_row=12)
    assert contracts["owner_no"].to_list() == ["370199197111110337", HAO, None, None, None]
    assert contracts["owners"].unique().to_list() == [3]


def test_a_list_that_does_not_say_whether_a_contract_was_cancelled_is_refused() -> None:
    with pytest.raises(ExtractChanged, match="合同状态"):
        read("housing_contract", f"买受人,证件号码,坐落\n张建国,{JIANGUO},永和县文昌路8号\n".encode())


# 市场主体


def test_the_heading_says_what_somebody_is_where_no_column_does() -> None:
    market = taken("market_entity")
    roles = [market.says(2, "role", sheet=table)[0] for table in (BASIC, OFFICERS, INVESTORS, SHOPS, MEMBERS)]
    assert roles == ["legal_representative", "executive", "investor", "proprietor", "member"]


def test_where_nothing_says_what_somebody_is_it_is_unknown() -> None:
    (record,) = firms("姓名,身份证号,企业名称", f"张建国,{JIANGUO},永和县柳河商贸有限公司").rows(named=True)
    assert record["role"] is None


def test_a_column_says_it_better_than_the_heading() -> None:
    records = firms("股东名称,证件号码,企业名称,职务", f"张建国,{JIANGUO},甲公司,监事", f"李秀英,{XIUYING},甲公司,")
    assert records["role"].to_list() == ["executive", None]


def test_two_roles_in_a_cell_and_codes_are_kept_and_told() -> None:
    market = taken("market_entity")
    assert market.says(4, "role", sheet=OFFICERS) == ("法定代表人、执行董事",)
    assert market.says(5, "role", sheet=OFFICERS) == ("432K",)
    assert market.says(6, "role", sheet=OFFICERS) == ("负责人",)
    told = {value for column, _, value, _ in market.notes if column == "role"}
    assert told == {"法定代表人、执行董事", "432K", "负责人"}


def test_a_revoked_company_still_exists_and_a_term_that_ran_out_ends_nothing() -> None:
    market = taken("market_entity")
    assert market.says(3, "state", "ended_on", sheet=BASIC) == ("revoked", None)
    assert market.says(5, "state", "ended_on", sheet=BASIC) == ("deregistered", date(2001, 2, 3))
    assert market.says(3, "state", "ended_on", sheet=SHOPS) == ("deregistered", date(2012, 12, 31))
    assert market.says(5, "state", "ended_on", sheet=SHOPS) == ("revoked", None)


@pytest.mark.parametrize(
    ("raw", "state"),
    [
        ("存续（在营、开业、在册）", "active"), ("存续(在营、开业、在册)", "active"), ("在营（开业）企业", "active"), ("1", "active"),
        ("吊销,未注销", "revoked"), ("吊销，未注销", "revoked"), ("2", "revoked"), ("吊销，已注销", "deregistered"), ("3", "deregistered"),
        ("注销企业", "deregistered"), ("4", "deregistered"), ("撤销", "cancelled"), ("迁移异地", "moved"), ("清算", "清算"), ("停业", "停业"),
    ],
)  # fmt: skip
def test_states_as_systems_write_them(raw: str, state: str) -> None:
    assert SOURCES["market_entity"].lookups["state"].code(raw) == state


def test_a_five_that_is_cancelled_here_and_moved_there_is_kept_and_told() -> None:
    market = taken("market_entity")
    assert market.says(4, "state", sheet=BASIC) == ("5",)
    assert {value for column, _, value, _ in market.notes if column == "state"} == {"5", "Z9"}


def test_capital_is_ten_thousands_and_foreign_money_is_no_yuan() -> None:
    market = taken("market_entity")
    assert market.says(2, "capital", "currency", sheet=BASIC) == (Decimal("500000.00"), "人民币")
    assert market.says(3, "capital", "currency", sheet=BASIC) == (Decimal("649130000.00"), None)  # 64913万元人民币
    assert market.says(4, "capital", "currency", sheet=BASIC) == (None, "美元")  # 6350万美元
    assert market.says(5, "capital", sheet=BASIC) == (Decimal("5000000.00"),)  # 500万元（认缴）
    assert market.says(6, "capital", sheet=BASIC) == (None,)  # -: not said, and not zero
    assert market.says(3, "pledged", "currency", sheet=INVESTORS) == (Decimal("6350000.00"), "美元")
    assert market.says(2, "pledged", sheet=MEMBERS) == (Decimal("20000.00"),)  # (元) in the heading
    assert [market.says(row, "capital", sheet=SHOPS)[0] for row in (2, 3, 4)] == [
        Decimal("8000.00"), Decimal("3000.00"), None,
    ]  # fmt: skip


def test_old_and_new_numbers_of_a_firm() -> None:
    market = taken("market_entity")
    assert market.says(3, "entity_no", "registration_no", sheet=BASIC) == (None, "370199228012345")
    assert market.says(4, "entity_no", "registration_no", sheet=OFFICERS) == ("370199228012345", None)  # one heading
    assert market.says(5, "registration_no", sheet=BASIC) == ("企合粤深总字第012345号",)
    assert market.says(6, "entity_no", sheet=OFFICERS) == ("741627329",)  # 74162732-9
    assert market.says(2, "entity_no", sheet=OFFICERS) == market.says(2, "entity_no", sheet=BASIC)  # in small letters


def test_a_shop_without_a_name_is_not_every_other_shop_without_one() -> None:
    assert taken("market_entity").says(4, "entity_no", "entity_name", "owner_name", sheet=SHOPS) == (None, None, "王䶮")


def test_a_firm_that_holds_shares_is_no_person() -> None:
    market = taken("market_entity")
    assert market.says(4, "owner_no", "owner_no_kind", "role", sheet=INVESTORS) == (None, "credit_code", "investor")
    village = market.records.filter(sheet=MEMBERS, source_row=4)
    assert village["owner_no"].to_list() == [None]
    assert village.select(is_organisation(pl.col("owner_name"))).item()


def test_a_number_in_full_width_characters_is_that_number() -> None:
    assert taken("market_entity").says(6, "owner_no", "owner_no_kind", sheet=BASIC) == ("370199197904309119", "valid")


def test_a_line_that_lost_its_separators_comes_back() -> None:
    assert taken("market_entity").rejects == [(8, "columns"), (9, "footer"), (88, "trial_row")]


# 商业保险


def test_what_was_paid_and_what_is_insured_is_not_the_cash_value() -> None:
    policies = taken("commercial_insurance")
    assert policies.says(1, "kind", "amount", "value_date") == ("insurance", Decimal("23456.70"), date(2018, 11, 15))
    assert policies.says(4, "amount") == (None,)  # 500,000 insured, no cash value told
    assert policies.says(5, "amount") == (None,)  # 以合同约定为准
    assert policies.says(3, "amount") == (Decimal("0.00"),)  # zero is what the insurer said
    assert ("amount", "unreadable", "", 1) in policies.notes


def test_the_cash_value_is_the_policyholders_and_not_the_insureds() -> None:
    policies = taken("commercial_insurance")
    assert policies.says(1, "owner_no") == (JIANGUO,)
    assert HAO not in policies.records["owner_no"].to_list()
    assert policies.says(11, "owner_no", "owner_no_kind") == (None, "credit_code")  # the employer's


def test_a_policy_that_lapsed_still_has_a_value_and_one_that_ended_has_none_to_ask_for() -> None:
    policies = taken("commercial_insurance")
    assert [policies.says(row, "status")[0] for row in (1, 3, 6, 7, 9, 10, 12)] == [
        "active", "suspended", "ended", "退保申请中", "1", "suspended", "active",
    ]  # fmt: skip
    assert {value for column, _, value, _ in policies.notes if column == "status"} == {"退保申请中", "1"}


def test_a_policy_and_its_rider_are_two_rows_of_one_number() -> None:
    policies = taken("commercial_insurance").records.filter(account_no="P201800000001")
    assert policies["amount"].to_list() == [Decimal("23456.70"), Decimal("1200.00")]


def test_foreign_money_keeps_its_currency() -> None:
    assert taken("commercial_insurance").says(8, "amount", "currency") == (Decimal("12000.50"), "USD")


def test_a_number_between_invisible_characters_is_that_number() -> None:
    assert taken("commercial_insurance").says(5, "owner_no", "owner_no_kind") == ("370199197201150869", "valid")


def test_a_long_policy_number_keeps_every_digit() -> None:
    assert taken("commercial_insurance").says(10, "account_no", "owner_no_kind") == ("1234567890123456789", "broken")


def test_the_day_of_the_contract_and_that_of_the_value() -> None:
    policies = taken("commercial_insurance")
    assert policies.says(5, "record_date") == (date(2015, 7, 1),)
    assert policies.says(6, "record_date") == (date(2001, 1, 1),)
    assert policies.says(7, "value_date") == (None,)  # 2018.10


def test_asked_whether_there_is_a_policy_an_insurer_may_say_no() -> None:
    source = SOURCES["commercial_insurance"]
    rows = [
        {"姓名": "张建国", "身份证号": JIANGUO, "保单号": "", "数据有无标志": "0"},
        {"姓名": "李秀英", "身份证号": XIUYING, "保单号": "", "数据有无标志": "1"},
        {"姓名": "王伟", "身份证号": WEI, "保单号": None, "数据有无标志": None},
    ]
    answer = json.dumps({"data": {"rows": rows}}, ensure_ascii=False).encode()
    delivery = read_delivery(source, answer, "answer.json")
    records = to_records(source, delivery.rows, supplier="370199", snapshot="20181130-0", extract="answer.json")
    read = read_answer(source.table, delivery.rows, records, pl.Series([JIANGUO, XIUYING, WEI]))
    assert (read.found.to_list(), sorted(read.nothing)) == ([XIUYING], [JIANGUO, WEI])
