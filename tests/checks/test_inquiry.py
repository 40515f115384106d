"""A bank answers only for the people whom the centre names: nobody else is asked about, and silence is no answer."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.ended import is_complete
from jiuzhu_check.checks.exports import export
from jiuzhu_check.checks.inquiry import answer, ask, due, inquiries, listed
from jiuzhu_check.checks.run import check_all
from jiuzhu_check.errors import ExtractChanged, NotFound, UsageError
from jiuzhu_check.intake.pull import Pulled
from tests.checks.centres import Member, Small, number

BANK = """
title = "存款"
department = "银行"
table = "financial_asset"
legal_basis = "条款待核实"
[columns]
owner_name_raw = ["姓名"]
owner_no_raw = ["身份证号"]
amount = ["余额"]
institution = ["开户行"]
answered = ["数据有无标志"]
[read]
amount = "money"
[constant]
kind = "deposit"
[lookups.answered.values]
"0" = "nothing"
"1" = "found"
[contract]
required = ["owner_name_raw", "owner_no_raw"]
freshness_days = 60
max_reject_pct = 50
[inquiry]
batch = 2
"""
ZHAO, QIAN, SUN, LI = (
    Member(name, number(place), f"JZ{place}") for place, name in enumerate(("赵一", "钱二", "孙三", "李四"), 1)
)
DAY = date(2018, 12, 1)
HEADS = "姓名,身份证号,余额,开户行,数据有无标志"


def bank_town(folder: Path, *members: Member, spec: str = BANK) -> Small:
    town = Small(folder)
    (town.centre.workspace.connectors_dir / "bank").mkdir(parents=True)
    (town.centre.workspace.connectors_dir / "bank" / "source.toml").write_text(spec, encoding="utf-8")
    town.require({"bank": "required"})
    town.enrol(members)
    return town


def answered(town: Small, rows: Sequence[str], on: date = date(2018, 11, 30), heads: str = HEADS) -> Pulled:
    file = town.folder / "answer.csv"
    file.write_text("\n".join([heads, *rows]) + "\n", encoding="utf-8")
    return answer(town.centre, "bank", file, on)


def coverage(centre: Centre, as_of: date = DAY) -> dict[str, tuple[str, str | None]]:
    result, _ = check_all(centre, "recipients", as_of)
    told = result.coverage.select("household_no", "state", "reason").rows()
    assert export(centre, "coverage", "latest").drop("run").equals(result.coverage.drop("run"))
    return {home: (state, reason) for home, state, reason in told}


def test_who_was_asked_who_answered_and_who_did_not_stands_in_the_coverage(tmp_path: Path) -> None:
    town = bank_town(tmp_path, ZHAO, QIAN, SUN)
    name, people, left = ask(town.centre, "bank", DAY)
    assert name == "bank-20181201-001"
    assert people.rows() == [(1, "赵一", ZHAO.number), (2, "钱二", QIAN.number)]
    assert left == 1
    assert people.columns == ["序号", "姓名", "身份证号"]
    answered(town, [f"赵一,{ZHAO.number},123.45,某行,1"])
    assert coverage(town.centre) == {
        "JZ1": ("hit", None),
        "JZ2": ("unchecked", "已于2018-12-01向存款查询，尚未答复"),
        "JZ3": ("unchecked", "还没有向存款查询此人"),
    }


def test_nothing_found_is_an_answer_and_silence_is_none(tmp_path: Path) -> None:
    town = bank_town(tmp_path, ZHAO, QIAN)
    ask(town.centre, "bank", DAY)
    taken = answered(town, [f"赵一,{ZHAO.number},,,0"])
    assert (taken.delivered, taken.accepted, taken.rejected, taken.records) == (1, 1, 0, 0)
    assert coverage(town.centre) == {
        "JZ1": ("no_record", None),
        "JZ2": ("unchecked", "已于2018-12-01向存款查询，尚未答复"),
    }


def test_a_department_that_leaves_out_whom_it_has_no_record_of_has_answered_for_its_whole_list(tmp_path: Path) -> None:
    town = bank_town(tmp_path, ZHAO, QIAN, SUN, spec=BANK + 'silence = "nothing"\n')
    ask(town.centre, "bank", DAY)
    answered(town, [f"赵一,{ZHAO.number},1,某行,1"])
    told = coverage(town.centre)
    assert [told[home][0] for home in ("JZ1", "JZ2", "JZ3")] == ["hit", "no_record", "unchecked"]


def test_a_row_without_a_mark_that_holds_only_the_person_says_nothing_was_found(tmp_path: Path) -> None:
    town = bank_town(tmp_path, ZHAO, QIAN)
    ask(town.centre, "bank", DAY)
    answered(town, [f"赵一,{ZHAO.number},查无此人,/", f"钱二,{QIAN.number},5,某行"], heads="姓名,身份证号,余额,开户行")
    assert {home: state for home, (state, _) in coverage(town.centre).items()} == {"JZ1": "no_record", "JZ2": "hit"}


def test_whom_nobody_asked_about_is_not_taken_in(tmp_path: Path) -> None:
    town = bank_town(tmp_path, ZHAO, QIAN, SUN)
    ask(town.centre, "bank", DAY)
    stranger = f"孙三,{SUN.number},999,某行,1"
    taken = answered(town, [f"赵一,{ZHAO.number},1,某行,1", stranger])
    assert (taken.delivered, taken.accepted, taken.rejected) == (2, 1, 1)
    assert taken.reject_codes == {"not_asked": 1}
    assert coverage(town.centre)["JZ3"] == ("unchecked", "还没有向存款查询此人")
    rejects = export(town.centre, "rejects", "latest")
    assert rejects.select("source_row", "code").rows() == [(3, "not_asked")]


def test_nobody_is_asked_about_twice_while_an_answer_may_still_come(tmp_path: Path) -> None:
    town = bank_town(tmp_path, ZHAO, QIAN, SUN)
    first, second = ask(town.centre, "bank", DAY), ask(town.centre, "bank", DAY)
    assert [first[1]["姓名"].to_list(), second[1]["姓名"].to_list()] == [["赵一", "钱二"], ["孙三"]]
    with pytest.raises(NotFound, match="现在没有要查询的人"):
        ask(town.centre, "bank", DAY)
    assert listed(town.centre, "bank", first[0]).equals(first[1])
    later = due(town.centre, "bank", date(2018, 12, 16))
    assert later.counts == {"due": 3, "waiting": 0, "answered": 0, "no_consent": 0, "no_number": 0}


def test_without_consent_or_with_a_broken_number_nobody_is_asked_about(tmp_path: Path) -> None:
    lapsed = Member("周五", number(5), "JZ5", consent=("SQ5", "2017-01-01", "2017-12-31"))
    broken = Member("吴六", number(6)[:-1] + ("0" if number(6)[-1] != "0" else "1"), "JZ6")
    town = bank_town(tmp_path, ZHAO, lapsed, broken)
    assert ask(town.centre, "bank", DAY)[1]["姓名"].to_list() == ["赵一"]
    assert due(town.centre, "bank", DAY).counts == {
        "due": 0, "waiting": 1, "answered": 0, "no_consent": 1, "no_number": 1,
    }  # fmt: skip


def test_a_recipient_is_asked_about_again_when_the_recheck_comes_round_and_an_applicant_first(tmp_path: Path) -> None:
    applicant = Member("郑七", number(7), "JZ7", stage="申请")
    town = bank_town(tmp_path, ZHAO, QIAN, applicant)
    assert ask(town.centre, "bank", DAY)[1]["姓名"].to_list() == ["郑七", "赵一"]
    answered(town, [f"郑七,{applicant.number},1,某行,1", f"赵一,{ZHAO.number},1,某行,1"], on=DAY)
    assert ask(town.centre, "bank", DAY)[1]["姓名"].to_list() == ["钱二"]
    answered(town, [f"钱二,{QIAN.number},,,0"], on=DAY)
    assert due(town.centre, "bank", date(2019, 1, 29)).counts["due"] == 0
    # a household in the country without a class is rechecked every three months; the source's answers hold sixty days
    assert due(town.centre, "bank", date(2019, 1, 31)).counts["due"] == 3


def test_an_answer_grown_old_is_no_answer(tmp_path: Path) -> None:
    town = bank_town(tmp_path, ZHAO)
    ask(town.centre, "bank", DAY)
    answered(town, [f"赵一,{ZHAO.number},,,0"], on=DAY)
    assert coverage(town.centre, date(2019, 1, 30)) == {"JZ1": ("no_record", None)}
    old = coverage(town.centre, date(2019, 1, 31))
    assert old == {"JZ1": ("unchecked", "存款对此人的答复是2018-12-01的，已过60天")}


def test_what_was_answered_before_stands_until_a_new_answer_about_the_same_person(tmp_path: Path) -> None:
    town = bank_town(tmp_path, ZHAO, QIAN, SUN)
    ask(town.centre, "bank", DAY)
    answered(town, [f"赵一,{ZHAO.number},1,某行,1", f"钱二,{QIAN.number},2,某行,1"], on=DAY)
    ask(town.centre, "bank", DAY)
    answered(town, [f"孙三,{SUN.number},3,某行,1"], on=date(2018, 12, 2))
    told = coverage(town.centre, date(2018, 12, 3))
    assert {home: state for home, (state, _) in told.items()} == dict.fromkeys(("JZ1", "JZ2", "JZ3"), "hit")
    dates = export(town.centre, "coverage", "latest").select("household_no", "data_date").rows()
    assert dates == [("JZ1", DAY), ("JZ2", DAY), ("JZ3", date(2018, 12, 2))]
    again = date(2019, 2, 10)
    ask(town.centre, "bank", again)
    answered(town, [f"赵一,{ZHAO.number},,,0"], on=again)
    told = coverage(town.centre, again)
    assert told["JZ1"] == ("no_record", None)
    assert told["JZ3"][0] == "hit"  # the record is there; only its answer is old


def test_a_required_source_with_open_questions_makes_a_check_incomplete(tmp_path: Path) -> None:
    town = bank_town(tmp_path, ZHAO, QIAN)
    ask(town.centre, "bank", DAY)
    answered(town, [f"赵一,{ZHAO.number},1,某行,1"])
    result, _ = check_all(town.centre, "recipients", DAY)
    assert not is_complete(result)
    bank = result.source_state.filter(pl.col("source") == "bank")
    assert bank.select("state", "reason").rows() == [("partial", "存款有 1 人没有可用的答复（共 2 人）")]
    answered(town, [f"钱二,{QIAN.number},,,0"])
    result, _ = check_all(town.centre, "recipients", DAY)
    assert is_complete(result)
    assert result.source_state.filter(pl.col("source") == "bank")["state"].to_list() == ["arrived"]


def test_a_joint_account_is_taken_in_although_nobody_asked_about_the_other_holder(tmp_path: Path) -> None:
    spec = BANK.replace("[contract]", '[owners]\nseparators = "、"\n[contract]')
    town = bank_town(tmp_path, ZHAO, QIAN, spec=spec.replace("batch = 2", "batch = 1"))
    ask(town.centre, "bank", DAY)
    taken = answered(town, [f"赵一、钱二,{ZHAO.number}、{QIAN.number},900,某行,1"])
    assert (taken.delivered, taken.accepted, taken.rejected, taken.records) == (1, 1, 0, 1)
    assert coverage(town.centre) == {"JZ1": ("hit", None), "JZ2": ("unchecked", "还没有向存款查询此人")}


def test_the_same_answer_twice_changes_nothing(tmp_path: Path) -> None:
    town = bank_town(tmp_path, ZHAO, QIAN)
    ask(town.centre, "bank", DAY)
    rows = [f"赵一,{ZHAO.number},1,某行,1"]
    answered(town, rows)
    before = inquiries(town.centre.store, "bank")
    assert answered(town, rows).existing
    assert inquiries(town.centre.store, "bank").equals(before)


def test_a_masked_number_answers_for_nobody_and_its_record_is_kept(tmp_path: Path) -> None:
    town = bank_town(tmp_path, ZHAO)
    ask(town.centre, "bank", DAY)
    taken = answered(town, [f"赵一,{ZHAO.number[:6]}********{ZHAO.number[-4:]},1,某行,1"])
    assert (taken.accepted, taken.records) == (1, 1)
    assert inquiries(town.centre.store, "bank")["answer"].to_list() == [None]


def test_an_answer_before_any_question_an_empty_one_and_a_source_that_is_not_asked_are_refused(tmp_path: Path) -> None:
    town = bank_town(tmp_path, ZHAO)
    with pytest.raises(UsageError, match="还没有向存款查询过任何人"):
        answered(town, [f"赵一,{ZHAO.number},1,某行,1"])
    ask(town.centre, "bank", DAY)
    with pytest.raises(ExtractChanged):
        answered(town, [])
    assert inquiries(town.centre.store, "bank")["answer"].to_list() == [None]
    with pytest.raises(UsageError, match="不用逐人查询"):
        due(town.centre, "vehicle", DAY)
    with pytest.raises(NotFound, match="没有这一批"):
        listed(town.centre, "bank", "bank-20181201-009")


@pytest.mark.parametrize(
    ("spec", "key"),
    [
        ("batch = 0", "inquiry.batch"),
        ('silence = "yes"', "inquiry.silence"),
        ('headings = ["姓名"]', "inquiry.headings"),
        ("days = 3", "inquiry.days"),
    ],
)
def test_a_mistake_in_the_inquiry_of_a_source_is_named(tmp_path: Path, spec: str, key: str) -> None:
    with pytest.raises(UsageError, match=key):
        _ = bank_town(tmp_path, ZHAO, spec=BANK.replace("batch = 2", spec)).centre.sources["bank"]


def test_records_of_answers_are_linked_like_any_others(tmp_path: Path) -> None:
    town = bank_town(tmp_path, ZHAO)
    ask(town.centre, "bank", DAY)
    answered(town, [f"赵一,{ZHAO.number},12.5,某行,1"])
    check_all(town.centre, "recipients", DAY)
    links = export(town.centre, "links", "latest")
    assert links.select("source", "household_no", "tier", "status").rows() == [("bank", "JZ1", "A1", "accepted")]
    assert pl.Series(["answered"]).is_in(links.columns).not_().all()


def test_an_answer_that_comes_later_and_speaks_of_an_earlier_day_is_not_lost(tmp_path: Path) -> None:
    town = bank_town(tmp_path, ZHAO, QIAN)
    ask(town.centre, "bank", DAY)
    answered(town, [f"钱二,{QIAN.number},,,0"], on=date(2018, 12, 3))
    answered(town, [f"赵一,{ZHAO.number},1,某行,1"], on=date(2018, 12, 2))
    told = {home: state for home, (state, _) in coverage(town.centre, date(2018, 12, 4)).items()}
    assert told == {"JZ1": "hit", "JZ2": "no_record"}
    # a check of an earlier day reads what was there: an answer that it does not read is no answer
    assert coverage(town.centre, date(2018, 12, 2))["JZ1"][0] == "unchecked"


def test_silence_is_not_heard_where_a_row_could_be_anybodys(tmp_path: Path) -> None:
    town = bank_town(tmp_path, ZHAO, QIAN, spec=BANK + 'silence = "nothing"\n')
    ask(town.centre, "bank", DAY)
    covered = f"钱二,{QIAN.number[:6]}********{QIAN.number[-4:]},1,某行,1"
    answered(town, [f"赵一,{ZHAO.number},1,某行,1", covered])
    assert inquiries(town.centre.store, "bank")["answer"].to_list() == ["found", None]


def test_whoever_belongs_to_two_households_stands_on_one_list(tmp_path: Path) -> None:
    town = bank_town(tmp_path, ZHAO, QIAN, SUN, Member("赵一", ZHAO.number, "JZ9"))
    assert ask(town.centre, "bank", DAY)[1]["姓名"].to_list() == ["赵一", "钱二"]
    assert ask(town.centre, "bank", DAY)[1]["姓名"].to_list() == ["孙三"]
