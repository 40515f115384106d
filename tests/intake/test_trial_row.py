"""测试数据: what somebody left in a department's system when it was tried out comes back, and is nobody's."""

import polars as pl
import pytest

from jiuzhu_check.intake.delivery import read_delivery
from jiuzhu_check.intake.shipped import shipped_connectors
from jiuzhu_check.intake.source import find_sources
from tests.connectors.departments import SOURCES, read, taken

VEHICLE = "机动车所有人,身份证明号码,号牌种类,号牌号码,机动车状态"
REAL = "37019919900618355X"


def came_back(name: str, number: str) -> list[str]:
    text = f"{VEHICLE}\n{name},{number},02,鲁Z00001,A\n张磊,{REAL},02,鲁Z00002,A\n"
    delivery = read_delivery(find_sources(shipped_connectors())["vehicle"], text.encode(), "vehicle.csv")
    assert delivery.delivered == 2
    return delivery.rejects["code"].to_list()


@pytest.mark.parametrize("number", ["111111111111111111", "123456789012345678", "", "无", "1", "370199199006183551"])
@pytest.mark.parametrize("name", ["测试", " test ", "演示数据", "Test01"])
def test_a_row_of_a_trial_whose_number_is_nobodys_comes_back(name: str, number: str) -> None:
    assert came_back(name, number) == ["trial_row"]


@pytest.mark.parametrize("name", ["张三", "李四", "XXX"])
def test_a_name_of_examples_beside_an_invented_number_comes_back(name: str) -> None:
    assert came_back(name, "111111111111111111") == ["trial_row"]


@pytest.mark.parametrize("number", ["", "无", "370199********3551", "370199199006183551"])
def test_somebody_may_really_be_called_so_and_is_kept_whatever_their_number_has_suffered(number: str) -> None:
    assert came_back("张三", number) == []


@pytest.mark.parametrize("name", ["测试", "张三", "DEMO"])
def test_something_may_hang_on_a_valid_number_so_the_row_is_kept(name: str) -> None:
    assert came_back(name, REAL) == []


@pytest.mark.parametrize("name", ["测试技术有限公司", "张三丰", "王测试", "李四光"])
def test_a_name_that_only_begins_so_is_a_name(name: str) -> None:
    assert came_back(name, "111111111111111111") == []


def test_a_marriage_with_somebody_is_kept_though_the_husband_was_a_trial() -> None:
    heads = "name_man,cert_num_man,name_woman,cert_num_woman,op_type,op_date"
    text = f"{heads}\n测试,111111111111111111,李娜,{REAL},IA,2018-07-01\n测试,1,测试,1,IA,2018-07-01\n"
    couple = read("marriage", text.encode())
    assert couple.rejects == [(3, "trial_row")]
    assert couple.says(2, "owner_name", slot=2) == ("李娜",)


@pytest.mark.parametrize("name", sorted(SOURCES.keys() - {"roster"}))
def test_every_sample_holds_what_any_file_may_hold(name: str) -> None:
    file = taken(name)
    assert "trial_row" in {code for _, code in file.rejects}
    records, named = file.records, pl.col("owner_no").is_not_null()
    assert records.filter(pl.col("owner_name_raw") == "鐜嬩紵").height, (
        "a name in another encoding is kept as delivered"
    )
    names = records.filter(named).group_by("owner_no").agg(pl.col("owner_name").n_unique())["owner_name"]
    numbers = records.filter(named).group_by("owner_name").agg(pl.col("owner_no").n_unique())["owner_no"]
    assert (names > 1).any(), "one number for two people"
    assert (numbers > 1).any(), "one name under two numbers"
