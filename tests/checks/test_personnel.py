"""The sample files of marriages, deaths, prisons and offices through the whole check: who is asked about, and how."""

import json
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from jiuzhu_check.checks.case import check_case
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.deliveries import take
from jiuzhu_check.checks.results import Result
from jiuzhu_check.checks.run import check_all
from tests.checks.centres import AS_OF, DATA_DATE, Member, Small
from tests.connectors.departments import sample

SIGNED = ("household_register", "marriage", "death", "cremation", "prison", "public_payroll", "cadre", "disability")
JIANGUO, XIUYING = Member("张建国", "370199196103121170"), Member("李秀英", "370199196308052244")
DESHAN = Member("张德山", "370199193811020318", "JZ1")
LEI = Member("张磊", "370199199006183556", "JZ2")
QIANG = Member("李强", "370199197005200531", "JZ4")


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Centre:
    small = Small(tmp_path_factory.mktemp("personnel"))
    small.require(dict.fromkeys(SIGNED, "optional"))
    small.enrol([JIANGUO, XIUYING, DESHAN, LEI, QIANG])
    for name in SIGNED:
        take(small.centre, name, sample(name), "", DATA_DATE)
    return Centre.open(small.centre.workspace.path)


@pytest.fixture(scope="module")
def run(centre: Centre) -> Result:
    return check_all(centre, "recipients", AS_OF)[0]


def rules(run: Result, household: str) -> set[str]:
    return set(run.finding.filter(pl.col("household_no") == household)["rule"])


def test_the_dead_father_is_one_finding_from_three_registers(run: Result) -> None:
    found = run.finding.filter(pl.col("rule") == "deceased_member")
    assert found.select("person_no", "kind", "found").rows() == [(DESHAN.number, "question", "2017-04-02")]
    sources = {piece["source"] for piece in json.loads(found["evidence"][0])}
    assert sources == {"household_register", "death", "cremation"}


def test_the_married_couple_of_one_household_is_not_asked_about(run: Result) -> None:
    assert rules(run, "JZ1") == {"deceased_member", "registered_disability"}


def test_the_husband_whose_wife_stands_elsewhere_is_in_prison_and_she_handles_cases(run: Result) -> None:
    mine = run.finding.filter(pl.col("household_no") == "JZ4")
    assert set(mine["rule"]) >= {"spouse_outside_household", "imprisoned_member", "near_relative_not_filed"}
    told = mine.filter(pl.col("rule") == "near_relative_not_filed")
    assert "配偶任社会救助经办人员" in told["sentence"][0]
    assert told["kind"].to_list() == ["question"]
    words = "".join(mine["sentence"])
    assert "李娜" not in words
    assert "370199198512016026" not in words


def test_a_wife_on_the_roster_elsewhere_is_told_by_the_number_of_her_household_and_nothing_more(tmp_path: Path) -> None:
    small = Small(tmp_path)
    small.require({"marriage": "optional"})
    small.enrol(
        [
            QIANG,
            Member("李娜", "370199198512016020", "JZ9", stage="申请中"),
            Member("赵子浩", "37019920030303015X", "JZ9", stage="申请中"),
        ]
    )
    take(small.centre, "marriage", sample("marriage"), "", DATA_DATE)
    night = check_all(small.centre, "recipients", AS_OF)[0].finding
    alone = check_case(small.centre, "JZ4", "recheck", AS_OF).finding
    for told in (night, alone):
        (sentence,) = told.filter(pl.col("rule") == "spouse_outside_household", pl.col("household_no") == "JZ4")[
            "sentence"
        ]
        assert "登记的配偶不在本户，在名册的另一户（家庭编号JZ9）" in sentence
        words = "".join(map(str, told.drop("person_no").row(0)))
        assert not any(secret in words for secret in ("李娜", "赵子浩", "370199198512016020", "37019920030303015X"))


def test_another_name_under_the_spouses_number_elsewhere_is_not_told_as_the_spouse(tmp_path: Path) -> None:
    small = Small(tmp_path)
    small.require({"marriage": "optional"})
    small.enrol([QIANG, Member("李娜娜", "370199198512016020", "JZ9")])
    take(small.centre, "marriage", sample("marriage"), "", DATA_DATE)
    found = check_case(small.centre, "JZ4", "recheck", AS_OF).finding
    (sentence,) = found.filter(pl.col("rule") == "spouse_outside_household")["sentence"]
    assert "JZ9" not in sentence


def test_who_shares_a_household_register_with_an_office_holder_is_asked_what_they_are_to_each_other(
    tmp_path: Path,
) -> None:
    """The sample's 王伟 and 李娜 stand in one household register, and both hold offices; only he is on the roster."""
    small = Small(tmp_path)
    small.require(dict.fromkeys(("household_register", "cadre"), "optional"))
    small.enrol([Member("王伟", "370199196802297351", "JZ5"), Member("赵子浩", "37019920030303015X", "JZ6")])
    for name in ("household_register", "cadre"):
        take(small.centre, name, sample(name), "", DATA_DATE)
    night = check_all(small.centre, "recipients", AS_OF)[0].finding
    told = dict(night.filter(pl.col("rule") == "near_relative_not_filed").select("household_no", "sentence").rows())
    assert "成员任村（居）民委员会成员" in told["JZ5"]
    assert "同一户籍的人任社会救助经办人员" in told["JZ5"]
    assert "同一户籍的人任村（居）民委员会成员" in told["JZ6"]
    alone = check_case(small.centre, "JZ6", "recheck", AS_OF).finding
    assert alone["finding_id"].to_list() == night.filter(pl.col("household_no") == "JZ6")["finding_id"].to_list()


def test_an_office_is_not_looked_for_where_the_programme_has_not_signed_the_list_of_office_holders(
    tmp_path: Path,
) -> None:
    small = Small(tmp_path)
    small.sign(
        '[household_register]\nrequirement = "optional"\n'
        '[cadre]\nrequirement = "optional"\nprogrammes = { "城市低保" = "unsigned" }\n'
    )
    he, other = Member("王伟", "370199196802297351", "JZ5"), Member("赵子浩", "37019920030303015X", "JZ6")
    small.enrol([replace(he, programme="城市低保"), other])
    for name in ("household_register", "cadre"):
        take(small.centre, name, sample(name), "", DATA_DATE)
    night = check_all(small.centre, "recipients", AS_OF)[0].finding
    told = night.filter(pl.col("rule") == "near_relative_not_filed")["household_no"].to_list()
    assert told == ["JZ6"]
    assert check_case(small.centre, "JZ5", "recheck", AS_OF).finding.is_empty()


def test_one_household_alone_is_told_the_same_as_the_night(centre: Centre, run: Result) -> None:
    for household in ("JZ1", "JZ2", "JZ4"):
        alone = check_case(centre, household, "recheck", AS_OF).finding
        night = run.finding.filter(pl.col("household_no") == household)
        assert alone.drop("run", "first_seen").equals(night.drop("run", "first_seen"))


def test_a_payroll_is_never_searched_for_spouses(run: Result) -> None:
    near = run.finding.filter(pl.col("rule") == "near_relative_not_filed")
    assert {piece["source"] for text in near["evidence"] for piece in json.loads(text)} == {"cadre"}
