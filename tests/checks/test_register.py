"""来源登记: a source is required, optional or unsigned programme by programme; what is not signed is not read, and named."""

import json
import tomllib
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from jiuzhu_check.checks import results
from jiuzhu_check.checks.case import case_sheet, check_case
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.deliveries import reachable
from jiuzhu_check.checks.ended import is_complete
from jiuzhu_check.checks.exports import export
from jiuzhu_check.checks.inquiry import ask, due
from jiuzhu_check.checks.register import read_register
from jiuzhu_check.checks.register_change import Change, Wanted, change_register
from jiuzhu_check.checks.results import Result
from jiuzhu_check.checks.run import before, check_all, summarise
from jiuzhu_check.errors import Locked, NotFound, UsageError
from jiuzhu_check.reports.overview import overview_html
from jiuzhu_check.reports.results import coverage_by_source, unsigned_sources
from jiuzhu_check.store.lock import workspace_lock
from tests.checks.centres import AS_OF, Member, Small, number
from tests.checks.test_inquiry import BANK

CITY = Member("张建国", number(11), "JZ1", programme="城市低保")
TEKUN = Member("李秀英", number(22), "JZ2", programme="农村特困")
CARS_FOR_THE_CITY = """
# 只与公安签了城市低保的
[vehicle]
requirement = "required"
programmes = { "农村特困" = "unsigned" }
[housing]
requirement = "optional"
"""


@pytest.fixture
def town(small: Small) -> Small:
    """One household of 城市低保, one of 农村特困, each with a car; vehicles are signed for the first alone."""
    small.sign(CARS_FOR_THE_CITY)
    small.enrol([CITY, TEKUN])
    small.vehicles([(CITY.name, CITY.number), (TEKUN.name, TEKUN.number)])
    return small


def check(town: Small, as_of: date = AS_OF) -> Result:
    return check_all(town.centre, "recipients", as_of)[0]


def cells(result: Result) -> list[tuple[str, str, str]]:
    return result.coverage.select("household_no", "source", "state").rows()


def test_a_source_is_not_read_for_a_household_whose_programme_has_not_signed_it(town: Small) -> None:
    result = check(town)
    assert cells(result) == [
        ("JZ1", "housing", "unchecked"),
        ("JZ1", "vehicle", "hit"),
        ("JZ2", "housing", "unchecked"),
    ]
    assert result.link["household_no"].to_list() == ["JZ1"]
    assert TEKUN.number not in result.link["owner_no"].to_list()
    assert result.finding.filter(pl.col("household_no") == "JZ2").is_empty()
    kept = export(town.centre, "coverage", "latest")
    assert kept.drop("run").equals(result.coverage.drop("run"))


def test_a_case_of_such_a_household_does_not_open_the_source(town: Small) -> None:
    for file in (town.centre.workspace.path / "store" / "records" / "vehicle" / "370000").glob("*.snapshot/*.parquet"):
        file.unlink()  # whatever is opened now is lost, and would be said
    result = check_case(town.centre, "JZ2", "recheck", AS_OF)
    assert cells(result) == [("JZ2", "housing", "unchecked")]
    assert is_complete(result)
    vehicle = result.source_state.filter(pl.col("source") == "vehicle")
    assert vehicle.select("requirement", "state").rows() == [("unsigned", "unsigned")]


def test_a_record_of_an_unsigned_programmes_member_is_not_given_to_somebody_else(town: Small) -> None:
    town.enrol([CITY, Member(CITY.name, TEKUN.number, "JZ2", programme="农村特困")])
    town.vehicles([(CITY.name, TEKUN.number), ("赵大海", number(33))])
    assert check(town).link.is_empty()


def test_a_required_source_that_is_missing_leaves_only_a_run_with_its_programmes_incomplete(small: Small) -> None:
    small.sign(CARS_FOR_THE_CITY)
    small.enrol([CITY, TEKUN])
    assert not is_complete(check(small))
    assert not is_complete(check_case(small.centre, "JZ1", "recheck", AS_OF))
    assert is_complete(check_case(small.centre, "JZ2", "recheck", AS_OF))


def test_a_programme_may_require_what_is_optional_for_the_others(small: Small) -> None:
    small.sign('[vehicle]\nrequirement = "optional"\nprogrammes = { "城市低保" = "required" }\n')
    small.enrol([TEKUN])
    assert is_complete(check(small))
    small.enrol([CITY])
    result = check(small)
    assert not is_complete(result)
    assert result.source_state.filter(pl.col("source") == "vehicle")["required_for"].to_list() == ["城市低保"]


def test_every_report_names_what_is_unsigned_and_for_whom(town: Small) -> None:
    result = check(town)
    (_, arrived, _) = summarise(result, before(town.centre, result)).lines()
    assert "部分类别未签约 1 项：机动车（农村特困）" in arrived
    assert "应到 2 项（必需 1 项）" in arrived
    page = overview_html(
        result.run, result.household, result.member, result.finding, result.coverage, result.source_state
    )
    assert "机动车（农村特困）" in page
    assert "只计已签约类别的成员" in page
    _, sheet = case_sheet(town.centre, "JZ2", "recheck", AS_OF)
    assert "机动车" in sheet.unsigned
    _, sheet = case_sheet(town.centre, "JZ1", "recheck", AS_OF)
    assert "机动车" not in sheet.unsigned
    assert "婚姻登记" in sheet.unsigned
    assert "机动车" in unsigned_sources(result.source_state, "农村特困")
    assert "机动车" not in unsigned_sources(result.source_state, "城市低保")


def test_members_of_signed_programmes_times_sources_add_up(town: Small) -> None:
    result = check(town)
    table = coverage_by_source(result.member, result.coverage, result.source_state, result.household)
    assert dict(table.select("source", "total").rows()) == {"vehicle": 1, "housing": 2}
    lost = result.coverage.filter(pl.col("source") != "vehicle")
    with pytest.raises(AssertionError):
        coverage_by_source(result.member, lost, result.source_state, result.household)


def test_a_programme_that_has_signed_nothing_is_said_and_never_complete(town: Small) -> None:
    town.sign('[vehicle]\nrequirement = "required"\nprogrammes = { "农村特困" = "unsigned" }\n')
    result = check(town)
    (checked, _, _) = summarise(result, None).lines()
    assert "已全部核对 1 户 1 人；信息不全 1 户 1 人" in checked
    assert "没有签约来源" in checked


def test_what_one_programme_has_signed_is_fetched_by_itself(small: Small) -> None:
    transport = '[transport]\nkind = "folder"\npath = "/in/car_{date:%Y%m%d}.csv"\n'
    own = small.centre.workspace.connectors_dir / "vehicle"
    own.mkdir(parents=True)
    (own / "source.toml").write_text(transport, encoding="utf-8")
    small.sign('[vehicle]\nrequirement = "unsigned"\nprogrammes = { "城市低保" = "required" }\n')
    assert reachable(small.centre) == ["vehicle"]
    small.sign('[vehicle]\nrequirement = "unsigned"\n')
    assert reachable(small.centre) == []


def test_the_same_requirement_for_every_programme_is_as_if_none_were_named(town: Small) -> None:
    town.sign('[vehicle]\nrequirement = "required"\n')
    plain = check(town)
    town.sign(
        '[vehicle]\nrequirement = "unsigned"\nprogrammes = { "城市低保" = "required", "农村特困" = "required" }\n'
    )
    named = check(town)
    assert named.coverage.equals(plain.coverage)
    assert named.source_state.filter(pl.col("source") == "vehicle")["unsigned_for"].to_list() == [None]


def test_another_register_is_another_run(town: Small) -> None:
    first = check(town)
    assert check(town).id == first.id
    town.sign(CARS_FOR_THE_CITY.replace("农村特困", "城市特困"))
    assert check(town).id != first.id


def test_nobody_is_asked_about_whose_programme_has_not_signed(tmp_path: Path) -> None:
    town = Small(tmp_path)
    (town.centre.workspace.connectors_dir / "bank").mkdir(parents=True)
    (town.centre.workspace.connectors_dir / "bank" / "source.toml").write_text(BANK, encoding="utf-8")
    town.sign('[bank]\nrequirement = "required"\nprogrammes = { "农村特困" = "unsigned" }\n')
    town.enrol([CITY, TEKUN])
    assert due(town.centre, "bank", AS_OF).counts["unsigned"] == 1
    assert ask(town.centre, "bank", AS_OF)[1]["姓名"].to_list() == [CITY.name]
    town.sign("")
    with pytest.raises(NotFound):
        ask(town.centre, "bank", date(2019, 12, 1))


def test_an_optional_programmes_open_question_does_not_leave_the_run_incomplete(tmp_path: Path) -> None:
    town = Small(tmp_path)
    (town.centre.workspace.connectors_dir / "bank").mkdir(parents=True)
    (town.centre.workspace.connectors_dir / "bank" / "source.toml").write_text(BANK, encoding="utf-8")
    town.sign('[bank]\nrequirement = "optional"\nprogrammes = { "城市低保" = "required" }\n')
    town.enrol([TEKUN])
    assert is_complete(check(town))
    town.enrol([CITY])
    assert not is_complete(check(town))


WRITTEN = """# 本中心的来源登记
# 2018年起

[vehicle]  # 机动车
requirement = "required"   # 协议 2018-3 号
freshness_days = 30

[housing]
requirement = "required"
"""


@pytest.fixture
def registered(small: Small) -> Centre:
    small.sign(WRITTEN)
    return small.centre


def text(centre: Centre) -> str:
    return centre.workspace.sources_toml.read_text(encoding="utf-8")


def again(centre: Centre) -> dict[str, dict[str, object]]:
    return read_register(centre.workspace.sources_toml, centre.sources)


def test_setting_one_programme_keeps_every_comment_and_the_order(registered: Centre) -> None:
    changes = change_register(registered, "vehicle", Wanted("unsigned", ("农村特困",)))
    assert changes == [Change("农村特困", None, "unsigned")]
    after = text(registered)
    kept = [line for line in WRITTEN.splitlines() if line]
    assert [line for line in after.splitlines() if line in kept] == kept
    assert again(registered)["vehicle"] == {
        "requirement": "required",
        "freshness_days": 30,
        "programmes": {"农村特困": "unsigned"},
    }
    assert again(registered)["housing"] == {"requirement": "required"}


def test_setting_it_back_leaves_the_file_as_it_was(registered: Centre) -> None:
    change_register(registered, "vehicle", Wanted("unsigned", ("农村特困", "城市特困"), contact="车管所"))
    change_register(registered, "vehicle", Wanted("default", ("农村特困", "城市特困"), contact=""))
    assert tomllib.loads(text(registered)) == tomllib.loads(WRITTEN)
    assert "# 协议 2018-3 号" in text(registered)


def test_a_source_that_the_file_does_not_name_gets_its_own_entry(registered: Centre) -> None:
    wanted = Wanted("optional", freshness_days="60", contact="银行业务科")
    assert [(each.what, each.before, each.after) for each in change_register(registered, "deposit", wanted)] == [
        ("requirement", "unsigned", "optional"),
        ("freshness_days", None, "60"),
        ("contact", None, "银行业务科"),
    ]
    assert again(registered)["deposit"] == {"requirement": "optional", "freshness_days": 60, "contact": "银行业务科"}
    assert text(registered).startswith(WRITTEN.rstrip())


def test_programmes_in_a_table_of_their_own_are_changed_there(small: Small) -> None:
    small.sign(WRITTEN.replace("[housing]", '[vehicle.programmes]\n"城市低保" = "optional"  # 试点\n\n[housing]'))
    change_register(small.centre, "vehicle", Wanted("unsigned", ("农村特困",)))
    assert again(small.centre)["vehicle"]["programmes"] == {"城市低保": "optional", "农村特困": "unsigned"}
    assert "# 试点" in text(small.centre)


@pytest.mark.parametrize(
    "written",
    [
        '[vehicle]\nrequirement = "required"',
        'vehicle.requirement = "required"  # 一行\n',
        'vehicle = { requirement = "required" }\n[housing]\nrequirement = "optional"\n',
        '[vehicle]\nrequirement = "required"\nprogrammes.\'城市低保\' = "optional"\n\n# 末尾的话\n',
    ],
)
def test_however_somebody_has_written_an_entry_it_is_changed_and_the_others_stay(small: Small, written: str) -> None:
    small.sign(written)
    before = again(small.centre)
    change_register(small.centre, "vehicle", Wanted("unsigned", ("农村特困",), "30", "车管所"))
    change_register(small.centre, "deposit", Wanted("optional", ("城市低保",)))
    after = again(small.centre)
    vehicle = dict(before["vehicle"])
    own = {**vehicle.get("programmes", {}), "农村特困": "unsigned"}  # type: ignore[dict-item]
    assert after["vehicle"] == {**vehicle, "programmes": own, "freshness_days": 30, "contact": "车管所"}
    assert after["deposit"] == {"requirement": "unsigned", "programmes": {"城市低保": "optional"}}
    assert {**after, "vehicle": 0, "deposit": 0} == {**before, "vehicle": 0, "deposit": 0}
    assert [line for line in written.splitlines() if "#" in line and line not in text(small.centre).splitlines()] == []


REFUSED = {
    "no such source": ("car", Wanted("required"), NotFound),
    "no such requirement": ("vehicle", Wanted("must"), UsageError),
    "no such programme": ("vehicle", Wanted("unsigned", ("农村特因",)), UsageError),
    "a programme without a requirement": ("vehicle", Wanted(None, ("农村特困",), "40"), UsageError),
    "default for the source itself": ("vehicle", Wanted("default"), UsageError),
    "no days": ("vehicle", Wanted(freshness_days="0"), UsageError),
    "nothing to change": ("vehicle", Wanted(), UsageError),
    "somebody's number as the contact": ("vehicle", Wanted(contact=number(11)), UsageError),
}


@pytest.mark.parametrize(("source", "wanted", "error"), REFUSED.values(), ids=REFUSED)
def test_what_does_not_fit_is_refused_with_a_way_out_and_nothing_is_written(
    registered: Centre, source: str, wanted: Wanted, error: type[UsageError | NotFound]
) -> None:
    with pytest.raises(error) as refused:
        change_register(registered, source, wanted)
    assert refused.value.hint
    assert text(registered) == WRITTEN


@pytest.mark.parametrize(
    "line", ['programmes = { "农村特因" = "unsigned" }', 'programmes = { "农村特困" = "no" }', "programmes = 1", 'freshness_days = "soon"', "contact = 1"]
)  # fmt: skip
def test_a_register_that_somebody_wrote_wrongly_is_refused(small: Small, line: str) -> None:
    small.sign(f'[vehicle]\nrequirement = "required"\n{line}\n')
    with pytest.raises(UsageError):
        _ = small.centre.register


def test_a_change_is_audited_with_before_and_after_and_without_the_contact(registered: Centre) -> None:
    change_register(registered, "vehicle", Wanted("optional", contact="车管所王某"))
    lines = [
        line
        for file in sorted(registered.workspace.audit_dir.glob("*.jsonl"))
        for line in file.read_text().splitlines()
    ]
    (intent,) = [json.loads(line) for line in lines if '"register"' in line]
    assert "车管所" not in "".join(lines)
    said = json.dumps(intent, ensure_ascii=False)
    assert "required" in said
    assert "optional" in said


def test_nothing_changes_while_somebody_else_is_at_work(registered: Centre) -> None:
    with workspace_lock(registered.workspace.path, "check"), pytest.raises(Locked):
        change_register(registered, "vehicle", Wanted("optional"))
    assert text(registered) == WRITTEN


def test_what_is_so_already_is_not_written_again(registered: Centre) -> None:
    assert change_register(registered, "vehicle", Wanted("required", ("农村特困",))) == []
    assert text(registered) == WRITTEN


def test_a_run_that_an_older_program_kept_reads_as_signed_for_all(town: Small) -> None:
    result = check(town)
    (kept,) = results.find(town.centre.store, "latest")
    old = [
        {name: value for name, value in row.items() if not name.endswith("_for")} for row in kept.facts["source_state"]
    ]
    kept.facts["source_state"][:] = old  # type: ignore[index]
    assert results.load(kept).source_state["unsigned_for"].null_count() == result.source_state.height
