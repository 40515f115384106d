"""Why a record is taken as somebody's: told the same every time, of an old run too, and of nobody off the roster."""

import json
import shutil
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from jiuzhu_check.audit.verify import verify
from jiuzhu_check.checks import results
from jiuzhu_check.checks.case import check_case
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.decisions import DATASET as DECISIONS
from jiuzhu_check.checks.explain import Asked, explain
from jiuzhu_check.checks.run import check_all
from jiuzhu_check.errors import JiuzhuError, NotFound, Refused, UsageError
from jiuzhu_check.reports.explanation import Dossier, Explanation
from jiuzhu_check.tables.decision import DECISION
from tests.checks.centres import AS_OF, DATA_DATE, Member, Small, copied, number

HE, SHE = Member("张建国", number(11)), Member("李秀英", number(22))
CHILD = Member("张小军", number(33, "20100501"))
ROW = 2  # the first owner of a delivery: the file's first line is its heading


@pytest.fixture
def family(small: Small) -> Small:
    small.require({"vehicle": "required"})
    small.enrol([HE, SHE, CHILD])
    return small


def checked(small: Small, owners: Sequence[tuple[str, str]]) -> Small:
    small.vehicles(owners)
    check_all(small.centre, "recipients", AS_OF)
    return small


def of_row(centre: Centre, row: int = ROW, **more: object) -> Dossier:
    return explain(centre, Asked(source="vehicle", row=row, **more), "recheck")[0]  # type: ignore[arg-type]


def section(link: Explanation, title: str) -> pl.DataFrame:
    return next(part.rows for part in link.sections if part.title == title)


def told(link: Explanation, title: str) -> dict[str, str]:
    return dict(section(link, title).iter_rows())


def everything(dossiers: Sequence[Dossier]) -> str:
    return json.dumps(
        [
            [each.heading, each.run]
            + [part.rows.to_dicts() for part in (*each.before, each.basis)]
            + [[link.title, *(part.rows.to_dicts() for part in link.sections)] for link in each.links]
            for each in dossiers
        ],
        ensure_ascii=False,
    )


def records(centre: Centre) -> Path:
    return centre.workspace.path / "store" / "records" / "vehicle"


def test_both_values_of_each_side_stand_beside_each_other(family: Small) -> None:
    spaced = f" {HE.number[:6]} {HE.number[6:14]} {HE.number[14:]}"
    (link,) = of_row(checked(family, [("張建國（车主）", spaced)]).centre).links
    number_row, name_row = section(link, "对照").rows(named=True)
    tail = HE.number[-4:]
    assert number_row["登记原文"].strip() == f"370199 ******** {tail}"
    assert number_row["登记规范值"] == number_row["名册规范值"] == f"370199********{tail}"
    assert number_row["比较"] == "原文写法不同，规范后相同"
    assert (name_row["登记原文"], name_row["登记规范值"], name_row["名册原文"]) == (
        "張建國（车主）",
        "張建國",
        "张建国",
    )
    assert "繁简" in name_row["比较"]


def test_the_record_says_where_it_came_from_and_what_it_was_delivered_in(family: Small) -> None:
    checked(family, [(HE.name, HE.number)])
    record = section(of_row(family.centre).links[0], "记录").row(0, named=True)
    (landed,) = family.centre.store.snapshots("landed/vehicle/370000")
    facts = family.centre.store.snapshot("landed/vehicle/370000", landed.id).facts
    assert record["文件SHA256"] == facts["raw_sha256"]
    assert (record["文件"], record["数据时点"], record["登记日期"]) == ("vehicle.csv", "2018-11-30", "2010-01-01")
    assert record["快照内容"].startswith("读出时与入库时一致")


def test_a_slip_in_the_number_is_told_by_its_place_and_not_by_its_digits(family: Small) -> None:
    wrong = HE.number[:15] + str((int(HE.number[15]) + 1) % 10) + HE.number[16:]
    (link,) = of_row(checked(family, [(HE.name, wrong)]).centre).links
    assert "第16位不同" in told(link, "证据")["号码"]
    assert told(link, "反证")["号码"] == "登记部门核对证件原件，正确的号码不是本人的。"


def test_a_number_of_one_and_a_name_of_another_are_explained_from_both_sides(family: Small) -> None:
    his, hers = of_row(checked(family, [(SHE.name, HE.number)]).centre).links
    assert "第2位成员" in told(his, "证据")["同户"]
    assert told(hers, "证据")["号码"].startswith("登记号码是同户第1位成员")
    assert told(hers, "证据")["姓名"] == "姓名相同。"
    assert section(his, "其他关联")["成员"].to_list() == ["2"]
    assert section(hers, "其他关联")["成员"].to_list() == ["1"]
    standing = section(hers, "同户其他成员").rows(named=True)
    assert [(each["序号"], each["号码与登记"]) for each in standing] == [("1", "登记的就是该成员的号码"), ("3", "不同")]
    assert [each["姓名"] for each in standing] == ["张**", "张**"]


def test_one_character_that_differs_says_why_it_is_no_better_tier(family: Small) -> None:
    (link,) = of_row(checked(family, [("张建华", HE.number)]).centre).links
    tier = section(link, "层级").row(0, named=True)
    assert tier["层级"].startswith("C1")
    assert "只到 C1" in tier["为何不是更高层级"]


def test_a_go_between_is_named_and_the_veto_says_what_would_lift_it(family: Small) -> None:
    strangers = [(name, HE.number) for name in ("王大力", "赵海龙", "孙丽萍")]
    (link,) = of_row(checked(family, strangers).centre).links
    assert "代办人" in told(link, "证据")
    assert set(told(link, "反证")) == {"否决"}


def test_a_household_is_told_of_every_source_and_of_all_its_links(family: Small) -> None:
    checked(family, [(HE.name, HE.number), (SHE.name, SHE.number)])
    (dossier,) = explain(family.centre, Asked(household_no="JZ1"), "dispute")
    assert [link.title.split("：")[0] for link in dossier.links] == [
        "机动车 vehicle.csv 第 2 行 → JZ1 第1位成员（关系未写）",
        "机动车 vehicle.csv 第 3 行 → JZ1 第2位成员（关系未写）",
    ]
    (coverage,) = dossier.before
    assert coverage.rows.select("序号", "状态").rows() == [("1", "命中"), ("2", "命中"), ("3", "未发现记录")]
    (childs,) = explain(family.centre, Asked(household_no="JZ1", member_no="3"), "dispute")
    assert (childs.links, childs.before[0].rows["状态"].to_list()) == ((), ["未发现记录"])


@pytest.mark.parametrize("row", [3, 4, 99])
def test_nobody_is_told_whether_a_row_is_a_strangers_blank_or_not_there(family: Small, row: int) -> None:
    checked(family, [(HE.name, HE.number), ("赵大海", number(77)), ("赵大海", "")])
    with pytest.raises(Refused) as refusal:
        of_row(family.centre, row)
    assert refusal.value.message == "这一行在这次核对中没有关联到名册上被核对的人，不予说明。"
    assert "赵" not in refusal.value.message + refusal.value.hint


def test_a_member_without_consent_is_like_a_stranger(small: Small) -> None:
    small.require({"vehicle": "required"})
    small.enrol([HE, Member(SHE.name, SHE.number, consent=("", "", ""))])
    checked(small, [(SHE.name, SHE.number)])
    with pytest.raises(Refused):
        of_row(small.centre)


def test_a_rejected_row_is_told_with_its_code_and_nothing_of_what_it_held(checked: Centre) -> None:
    run = results.find(checked.store, "latest")[0].id[7:]
    (dossier,) = explain(checked, Asked(source="provident_fund", row=213, run=run), "audit")
    (section,) = dossier.before
    assert (dossier.links, section.title) == ((), "退回")
    assert section.rows.row(0, named=True)["退回代码"] == "columns"


def test_the_same_bytes_every_time_and_in_another_workspace(tmp_path: Path) -> None:
    said = []
    for place in ("one", "two"):
        small = Small(tmp_path / place)
        small.enrol([HE, SHE, CHILD])
        small.require({"vehicle": "required"})
        checked_here = checked(small, [(HE.name, HE.number), (SHE.name, HE.number), ("张小君", CHILD.number)])
        for _ in range(2):
            said.append(everything(explain(checked_here.centre, Asked(household_no="JZ1"), "audit")))
    assert len(set(said)) == 1


def test_an_old_run_is_explained_by_its_own_roster_and_delivery(family: Small) -> None:
    old = check_all(checked(family, [(HE.name, HE.number)]).centre, "recipients", AS_OF)[0].id
    before = everything([of_row(family.centre, run=old)])
    family.enrol([Member("张改名", HE.number), SHE, CHILD])
    family.vehicles([(SHE.name, SHE.number)], on=date(2018, 12, 5))
    new = check_all(family.centre, "recipients", date(2018, 12, 6))[0].id
    assert everything([of_row(family.centre, run=old)]) == before
    assert of_row(family.centre).links[0].title != of_row(family.centre, run=old).links[0].title
    assert [each.run for each in explain(family.centre, Asked(household_no="JZ1"), "audit")] == [new]
    assert [each.run for each in explain(family.centre, Asked(source="vehicle", row=ROW, run="all"), "audit")] == [new]


def test_where_the_snapshot_is_damaged_it_is_said_and_the_rest_is_explained(family: Small, tmp_path: Path) -> None:
    checked(family, [(HE.name, HE.number)])
    whole = section(of_row(family.centre).links[0], "对照")
    centre = copied(family.centre, tmp_path)
    for part in records(centre).rglob("n*.parquet"):
        part.write_bytes(part.read_bytes()[:-1] + b"?")
    dossier = of_row(centre)
    assert not dossier.whole
    record = section(dossier.links[0], "记录").row(0, named=True)
    assert record["快照内容"].startswith("快照的数据分片缺失或与入库时不一致，读不出来")
    assert record["登记日期"] == "来源没有写"
    assert section(dossier.links[0], "对照").equals(whole)


def test_where_the_snapshot_is_gone_it_is_said_and_the_rest_is_explained(family: Small, tmp_path: Path) -> None:
    checked(family, [(HE.name, HE.number)])
    whole = section(of_row(family.centre).links[0], "对照")
    centre = copied(family.centre, tmp_path)
    shutil.rmtree(records(centre))
    dossier = of_row(centre)
    assert "快照已不在工作区" in section(dossier.links[0], "记录").row(0, named=True)["快照内容"]
    assert section(dossier.links[0], "对照").equals(whole)


def test_whole_numbers_stand_only_where_they_are_to_be_shown(family: Small) -> None:
    checked(family, [(HE.name, HE.number), (SHE.name, HE.number)])
    asked = Asked(household_no="JZ1")
    hidden, shown = (everything(explain(family.centre, asked, "audit", reveal=each)) for each in (False, True))
    assert HE.number not in hidden
    assert "19700101" not in hidden
    assert HE.number in shown


def test_what_reviewers_said_is_told_with_name_day_and_ground(family: Small) -> None:
    checked(family, [("王大力", HE.number)])
    link = results.load(results.find(family.centre.store, "latest")[0]).link.row(0, named=True)
    said = {
        "decision_id": "D000001",
        "item": "一",
        "outcome": "different",
        "note": "调档为他人",
        "reviewer": "李复核",
        "decided_at": datetime(2018, 12, 3, 9, tzinfo=UTC).isoformat(),
    }
    kept = {name: link[name] for name in DECISION.columns if name in link}
    row = DECISION.fit(pl.DataFrame([{**kept, "name_key": HE.name, **said}]))
    other = row.with_columns(owner_name=pl.lit("另一人"))
    family.centre.store.publish(DECISIONS, "000001", {"decision": pl.concat([row, other])}, data_date=None)
    assert section(of_row(family.centre).links[0], "复核").rows() == [
        ("1", "2018-12-03 李复核：不同，依据：调档为他人")
    ]


def test_the_tie_of_two_households_is_told_from_each(small: Small) -> None:
    small.require({"vehicle": "required"})
    small.enrol([HE, Member(HE.name, HE.number, "JZ2")])
    links = of_row(checked(small, [(HE.name, HE.number)]).centre).links
    assert [section(link, "其他关联")["家庭"].to_list() for link in links] == [["JZ2"], ["JZ1"]]


def test_every_look_is_on_record_with_the_household_it_concerned(family: Small) -> None:
    checked(family, [(HE.name, HE.number)])
    log = family.centre.audit
    of_row(family.centre)
    explain(family.centre, Asked(household_no="JZ1"), "dispute")
    files = sorted(family.centre.workspace.audit_dir.glob("*.jsonl"))
    lines = [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    looks = [line for line in lines if line.get("action") == "explain"]
    assert [line["purpose"] for line in looks] == ["recheck", "recheck", "dispute"]
    assert [line["subject"] for line in looks] == ["", log.pseudonym("JZ1"), log.pseudonym("JZ1")]
    assert not verify(family.centre.workspace.audit_dir, family.centre.workspace.keys.audit).problems


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        (Asked(), UsageError),
        (Asked(source="vehicle"), UsageError),
        (Asked(row=2), UsageError),
        (Asked(household_no="JZ1", row=2), UsageError),
        (Asked(source="vehicle", row=2, member_no="1"), UsageError),
        (Asked(source="no_such", row=2), NotFound),
        (Asked(household_no="JZ404"), NotFound),
        (Asked(household_no="JZ1", member_no="9"), NotFound),
        (Asked(household_no="JZ1", run="no-such-run"), NotFound),
    ],
)
def test_what_cannot_be_asked_is_said(family: Small, asked: Asked, error: type[JiuzhuError]) -> None:
    checked(family, [(HE.name, HE.number)])
    with pytest.raises(error):
        explain(family.centre, asked, "audit")


@pytest.mark.parametrize("purpose", ["", "curiosity"])
def test_without_a_purpose_nothing_is_read(family: Small, purpose: str) -> None:
    with pytest.raises(Refused):
        explain(family.centre, Asked(household_no="JZ1"), purpose)


def test_a_case_explains_its_own_household(family: Small) -> None:
    family.vehicles([(HE.name, HE.number)], on=DATA_DATE)
    run = check_case(family.centre, "JZ1", "recheck", AS_OF).id
    (dossier,) = explain(family.centre, Asked(household_no="JZ1"), "recheck")
    assert dossier.run == run
    nothing = next(part.nothing for part in dossier.links[0].sections if part.title == "其他关联")
    assert "只核对本户" in nothing
