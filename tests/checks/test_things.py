"""A county that signed ships, machines, contracts, firms and policies: whose they are, and that no rule takes them for others."""

import shutil
from pathlib import Path

import polars as pl
import pytest

from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.deliveries import take
from jiuzhu_check.checks.explain import Asked, explain
from jiuzhu_check.checks.register import read_register
from jiuzhu_check.checks.results import Result
from jiuzhu_check.checks.run import check_all
from tests.checks.centres import AS_OF, DATA_DATE, Member, Small
from tests.connectors.departments import sample

SIGNED = ("ship", "farm_machinery", "housing_contract", "market_entity", "commercial_insurance")
JIANGUO, XIUYING = Member("张建国", "370199196103121170"), Member("李秀英", "370199196308052244")
LEI = Member("张磊", "37019919900618355X")
QIANG, FANG = Member("李强", "370199197005200531", "JZ2"), Member("王芳", "370199197201150869", "JZ2")
WEI = Member("王伟", "370199196802297351", "JZ3")


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Centre:
    small = Small(tmp_path_factory.mktemp("things"))
    small.require(dict.fromkeys(SIGNED, "required"))
    small.enrol([JIANGUO, XIUYING, LEI, QIANG, FANG, WEI])
    for name in SIGNED:
        take(small.centre, name, sample(name), "", DATA_DATE)
    return Centre.open(small.centre.workspace.path)


@pytest.fixture(scope="module")
def run(centre: Centre) -> Result:
    return check_all(centre, "recipients", AS_OF)[0]


@pytest.fixture(scope="module")
def explained_after(centre: Centre, run: Result, tmp_path_factory: pytest.TempPathFactory) -> Centre:
    """The centre with its run, elsewhere: reading is audited too."""
    folder: Path = tmp_path_factory.mktemp("explained")
    shutil.copytree(centre.workspace.path, folder / "workspace")
    return Centre.open(folder / "workspace")


def rows_of(run: Result, member: Member, source: str) -> list[tuple[str, int, str]]:
    """Sheet, row and status of a member's links to one source."""
    links = run.link.filter((pl.col("person_no") == member.number) & (pl.col("source") == source))
    return links.select("sheet", "source_row", "status").sort("sheet", "source_row").rows()


def told(centre: Centre, source: str, row: int, sheet: str = "") -> dict[str, pl.DataFrame]:
    dossier = explain(centre, Asked(source=source, row=row, sheet=sheet), "recheck")[0]
    return {section.title: section.rows for section in dossier.links[0].sections}


def said(sections: dict[str, pl.DataFrame]) -> tuple[str, str | None, str]:
    """What an explanation says the thing is, how its registration stands, and by what office the link is refuted."""
    record = sections["记录"].row(0, named=True)
    return record["登记事项"], record.get("登记状态"), dict(sections["反证"].rows())["登记"].split("调取")[0]


def test_a_new_workspace_has_signed_none_of_them(small: Small) -> None:
    register = read_register(small.centre.workspace.sources_toml, small.centre.sources)
    assert {register[name]["requirement"] for name in SIGNED} == {"unsigned"}


def test_every_member_and_source_stands_once_in_the_coverage(run: Result) -> None:
    assert run.coverage.height == run.member.height * len(SIGNED)
    assert run.coverage.select("household_no", "member_no", "source").is_unique().all()
    states = {
        (number, source): state for number, source, state in run.coverage.select("person_no", "source", "state").rows()
    }
    assert states[JIANGUO.number, "ship"] == states[XIUYING.number, "ship"] == "hit"
    assert states[XIUYING.number, "farm_machinery"] == states[LEI.number, "market_entity"] == "no_record"


def test_who_only_runs_a_companys_ship_or_is_only_insured_has_none(run: Result) -> None:
    assert [row for _, row, _ in rows_of(run, WEI, "ship")] == [8, 9]  # his own; row 5 is the company's
    assert [row for _, row, _ in rows_of(run, XIUYING, "commercial_insurance")] == [3]
    assert [row for _, row, _ in rows_of(run, LEI, "commercial_insurance")] == [12]


def test_one_person_has_each_of_several_roles(run: Result) -> None:
    assert [(sheet[0], row) for sheet, row, _ in rows_of(run, JIANGUO, "market_entity")] == [
        ("1", 2),
        ("2", 3),
        ("3", 2),
    ]


def test_no_rule_takes_them_for_cars_or_registered_homes(run: Result) -> None:
    cars_and_homes = {
        "undeclared_vehicle", "vehicle_asked_about", "vehicle_value_over_policy", "undeclared_dwelling", "dwellings_over_policy",
        "registration_ended",
    }  # fmt: skip
    found = set(run.finding["rule"])
    assert not found & cars_and_homes
    assert {"undeclared_ship", "undeclared_farm_machinery", "filed_contract", "undeclared_financial_asset"} <= found


def test_explain_says_what_kind_of_thing_it_is_how_it_stands_and_who_could_refute_it(explained_after: Centre) -> None:
    assert said(told(explained_after, "ship", 1)) == ("船舶", "在册", "船舶登记机关（海事或者渔政渔港监督机构）")
    assert said(told(explained_after, "ship", 10)) == ("船舶", "1", "船舶登记机关（海事或者渔政渔港监督机构）")
    assert said(told(explained_after, "farm_machinery", 7, "拖拉机")) == ("农业机械", "登记已终止", "农机监理机构")
    contract = told(explained_after, "housing_contract", 3)
    assert said(contract) == ("房屋网签合同", "合同已撤销、注销或者解除", "住房和城乡建设部门")
    firm = told(explained_after, "market_entity", 3, "1企业基本信息.txt")
    assert said(firm) == ("法定代表人", "吊销，未注销（主体仍然存在）", "市场监督管理部门")
    policy = told(explained_after, "commercial_insurance", 3)
    assert said(policy) == ("商业保险；金额0.00元；2018-11-15 的情况", "中止，尚可复效", "保险公司")


def test_a_ship_whose_record_is_lost_is_still_told_as_one(run: Result, centre: Centre, tmp_path: Path) -> None:
    shutil.copytree(centre.workspace.path, tmp_path / "workspace")
    for part in (tmp_path / "workspace").rglob("records/ship/*/*/n*.parquet"):
        part.write_bytes(part.read_bytes()[:-1] + b"?")
    sections = told(Centre.open(tmp_path / "workspace"), "ship", 1)
    assert "读不出来" in sections["记录"].row(0, named=True)["快照内容"]
    assert said(sections) == ("船舶", None, "船舶登记机关（海事或者渔政渔港监督机构）")
