"""What may go when its period has passed, and what stays all the same."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from jiuzhu_check.checks.case import check_case
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.deliveries import take, take_roster
from jiuzhu_check.checks.disputes import open_dispute
from jiuzhu_check.checks.kept_run import UPON, opened
from jiuzhu_check.checks.night import Night
from jiuzhu_check.checks.portion import Portion
from jiuzhu_check.checks.retention import KINDS, kind_of, plan
from jiuzhu_check.checks.retention_apply import apply
from jiuzhu_check.checks.run import check_all
from jiuzhu_check.errors import PolicyError, Refused
from jiuzhu_check.parameters.policy import load_policy
from tests.checks.centres import AS_OF, DATA_DATE, ROSTER, VEHICLE, Member, Small, copied, number

HE, SHE = Member("张建国", number(11)), Member("李秀英", number(22), household="JZ2")


def months(centre: Centre, **periods: int) -> Centre:
    """The same centre under a county's own periods."""
    told = "".join(
        f'[[retention.{kind}]]\nfrom = 2018-01-01\nvalue = {count}\nunit = "个月"\nsource = "本中心规定"\n'
        for kind, count in periods.items()
    )
    (centre.workspace.policy_dir / "retention.toml").write_text(f'region = "370000"\n{told}', encoding="utf-8")
    return Centre.open(centre.workspace.path)


@pytest.fixture
def small(tmp_path: Path) -> Small:
    small = Small(tmp_path)
    small.require({"vehicle": "required"})
    small.enrol([HE, SHE])
    return small


def today() -> date:
    """On which everything came in: asked behind it, for a run of the tests may begin on one day and end on the next."""
    return datetime.now().astimezone().date()


def due(centre: Centre, kind: str, on: date | None = None) -> list[str]:
    return [each.id for each in plan(centre, on or today()).due(kind)]


def held(centre: Centre, kind: str) -> dict[str, str]:
    return {each.id: each.held for each in plan(centre, today()).held(kind)}


def ids(centre: Centre, dataset: str) -> list[str]:
    return [entry.id for entry in centre.store.snapshots(dataset)]


def test_every_dataset_of_a_centre_at_work_is_of_a_kind(checked: Centre) -> None:
    datasets = checked.store.datasets()
    assert {kind_of(name) for name in datasets} <= set(KINDS)
    assert plan(checked, today()).unknown == ()
    assert {kind for kind, period in plan(checked, today()).periods.items() if period} == set(KINDS)


def test_a_period_runs_from_the_day_it_came_in_and_the_newest_stays(small: Small) -> None:
    small.vehicles([("王五", number(8))], on=DATA_DATE)
    small.vehicles([("王五", number(9))], on=DATA_DATE + timedelta(days=30))
    old, new = ids(small.centre, "records/vehicle/370000")
    centre = months(small.centre, records=1)
    before = today() + timedelta(days=27)
    assert due(centre, "records", before) == []
    assert due(centre, "records", today() + timedelta(days=31)) == [old]
    assert new not in due(centre, "records", today() + timedelta(days=9999))
    assert due(months(small.centre, records=0), "records") == [old]


def test_no_period_in_force_lets_nothing_go(small: Small) -> None:
    small.vehicles([("王五", number(8))])
    told = plan(small.centre, date(2019, 1, 1))
    assert told.due() == []
    assert set(told.periods.values()) == {None}


def test_the_law_s_floor_of_the_audit_log_cannot_be_undercut(tmp_path: Path) -> None:
    def said(count: int) -> None:
        (tmp_path / "a.toml").write_text(
            f'region = "370000"\n[[retention.audit]]\nfrom = 2026-01-01\nvalue = {count}\nunit = "个月"\nsource = "本县"\n',
            encoding="utf-8",
        )

    said(36)
    told = load_policy(tmp_path).told("retention.audit", "370000", None, date(2026, 6, 1))
    assert told is not None
    assert told.cell == 36
    said(35)
    with pytest.raises(PolicyError, match="不得少于 36 个月"):
        load_policy(tmp_path)


def test_how_long_something_is_kept_changes_no_run(small: Small) -> None:
    before = small.centre.policy.fingerprint(AS_OF)
    assert months(small.centre, records=0, audit=48).policy.fingerprint(AS_OF) == before


def test_what_increments_stand_on_stays(small: Small) -> None:
    store, place = small.centre.store, "records/vehicle/370100"
    rows = pl.DataFrame({"owner_no": [number(1)]})
    for day, partly in ((1, False), (2, False), (3, True), (4, True)):
        store.publish(place, f"2018120{day}-x", {"n000": rows}, data_date=date(2018, 12, day), facts={"partly": partly})
    centre = months(small.centre, records=0)
    assert due(centre, "records") == ["20181201-x"]
    assert held(centre, "records") == {
        "20181202-x": "后来的增量以它为底", "20181203-x": "后来的增量以它为底", "20181204-x": "最新的一份",
    }  # fmt: skip


@pytest.fixture
def nights(small: Small) -> Centre:
    """Four nights, each with another car."""
    for night in range(4):
        small.vehicles([(HE.name, HE.number), ("王五", number(80 + night))], on=DATA_DATE + timedelta(days=night))
        check_all(small.centre, "recipients", AS_OF + timedelta(days=night))
    return small.centre


def test_a_run_on_which_one_stands_that_stays_is_not_purged(nights: Centre) -> None:
    centre = months(nights, runs=0)
    runs = ids(centre, "runs")
    below, run = set(), opened(centre.store, runs[-1])
    while run.upon is not None:
        run = run.upon
        below.add(run.id)
    told = held(centre, "runs")
    assert set(told) == {runs[-1], *below}
    assert set(due(centre, "runs")) == set(runs) - set(told)
    apply(centre.workspace.path, today(), "批准")
    after = Centre.open(centre.workspace.path)
    for name in ids(after, "runs"):
        kept = opened(after.store, name)
        assert kept.read("roster").height == 2
        assert kept.facts.get(UPON) in (None, *ids(after, "runs"))


def test_the_night_stays_that_knows_since_when_findings_stand_while_only_cases_came_after_it(nights: Centre) -> None:
    check_case(nights, "JZ2", "recheck", AS_OF + timedelta(days=4))
    centre = months(nights, runs=0)
    *_, night, _case = ids(centre, "runs")
    assert night in held(centre, "runs")
    apply(centre.workspace.path, today(), "批准")
    after = Centre.open(centre.workspace.path)
    asked = check_case(after, "JZ1", "recheck", AS_OF + timedelta(days=5))
    assert asked.finding["first_seen"].to_list() == [AS_OF + timedelta(days=3)]


def test_what_a_disputed_finding_rests_on_stays_when_a_later_night_no_longer_finds_it(small: Small) -> None:
    small.vehicles([(HE.name, HE.number)], on=DATA_DATE)
    found = check_all(small.centre, "recipients", AS_OF)[0].finding["finding_id"].item()
    open_dispute(small.centre, "JZ1", found, "车已卖给亲戚", "赵核实", AS_OF, datetime(2018, 12, 20, tzinfo=UTC))
    for night in (1, 2):
        small.vehicles([("王五", number(8))], on=DATA_DATE + timedelta(days=night))
        check_all(small.centre, "recipients", AS_OF + timedelta(days=night), night=Night(full=True))
    centre = months(small.centre, records=0, landed=0, runs=0)
    first, second, _newest = ids(centre, "records/vehicle/370000")
    assert due(centre, "records") == due(centre, "landed") == [second]
    assert held(centre, "records")[first] == held(centre, "landed")[first] == "待答复的发现或未办结的异议"
    assert due(centre, "runs") == ids(centre, "runs")[1:2]


def test_the_newest_night_of_everybody_and_of_each_portion_after_it_stay(small: Small) -> None:
    small.enrol([Member("张建国", number(10 + home), household=f"JZ{home}") for home in range(8)])
    small.vehicles([("王五", number(8))], on=DATA_DATE)
    half, other = (Portion.read("", share) for share in ("1/2", "2/2"))
    everybody = Portion()
    for day, portion in enumerate((half, everybody, other, half, other)):
        check_all(small.centre, "recipients", AS_OF + timedelta(days=day), portion=portion)
    centre = months(small.centre, runs=0)
    before, everybody_s, older, *last = ids(centre, "runs")
    assert due(centre, "runs") == [before, older]
    assert set(held(centre, "runs")) == {everybody_s, *last}


def test_what_an_open_batch_s_report_links_stays_though_increments_stood_on_it(small: Small) -> None:
    applicant = Member("陈申请", number(33), household="SQ3", stage="申请")
    file = small.folder / "roster.csv"
    declared = applicant.row.removesuffix("0") + "1"  # so that there is no finding to hold it
    file.write_text(f"{ROSTER},批次\n{declared},B1\n", encoding="utf-8")
    take_roster(small.centre, file)
    settings = small.centre.workspace.connectors_dir / "vehicle" / "source.toml"
    settings.parent.mkdir()
    settings.write_text('[extract]\nkey = ["plate_no"]\n', encoding="utf-8")
    small.centre = Centre.open(small.centre.workspace.path)
    small.vehicles([("王五", number(8)), (applicant.name, applicant.number)], on=DATA_DATE)
    changed = small.folder / "changed.csv"
    changed.write_text(f"{VEHICLE}\n02,鲁Z00000,K33,LZZ00000000000009,王五,{number(8)},20100101,A\n", encoding="utf-8")
    take(small.centre, "vehicle", changed, "", DATA_DATE + timedelta(days=1), changes=True)
    check_all(small.centre, "entrants", AS_OF, batch="B1")
    small.vehicles([("王五", number(8)), ("赵六", number(9))], on=DATA_DATE + timedelta(days=2))
    centre = months(small.centre, records=0, landed=0)
    brought, read, _newest = ids(centre, "records/vehicle/370000")
    assert due(centre, "records") == []
    assert held(centre, "records")[read] == "未关闭的受理批次"
    assert held(centre, "records")[brought] == held(centre, "landed")[brought] == "未关闭的受理批次"


def test_a_finding_of_a_night_is_evidence_as_long_as_its_run_is_kept(nights: Centre) -> None:
    centre = months(nights, records=0, landed=0)
    first = ids(centre, "records/vehicle/370000")[:3]
    assert due(centre, "records") == first
    done = apply(centre.workspace.path, today(), "批准")
    assert done.bundles == 3
    after = Centre.open(centre.workspace.path)
    assert ids(after, "evidence/vehicle/370000") == first
    bundle = after.store.snapshot("evidence/vehicle/370000", first[0])
    rows = [bundle.read(name, ["owner_no"]) for name in bundle.part_names() if name != "rejects"]
    assert pl.concat(rows)["owner_no"].to_list() == [HE.number], "somebody else's record stays in the bundle"
    assert after.store.has("landed/vehicle/370000", first[0]) is False
    again = months(after, evidence=0)
    assert due(again, "evidence") == []
    assert set(held(again, "evidence").values()) == {"还在保存的核对以它为底"}


def test_the_newest_copy_of_a_list_stays_and_the_older_ones_go(checked: Centre, tmp_path: Path) -> None:
    centre = months(copied(checked, tmp_path), superseded=0)
    before = {name: ids(centre, name) for name in centre.store.datasets() if kind_of(name) == "superseded"}
    apply(centre.workspace.path, today(), "批准")
    after = Centre.open(centre.workspace.path)
    assert {name: ids(after, name) for name in before} == {name: held[-1:] for name, held in before.items()}


def test_a_purge_without_a_reason_is_refused(nights: Centre) -> None:
    with pytest.raises(Refused):
        apply(nights.workspace.path, today(), "  ")


def test_a_damaged_snapshot_is_not_purged_and_said_so(nights: Centre) -> None:
    centre = months(nights, records=0)
    name = due(centre, "records")[0]
    file = next((centre.store.home("records/vehicle/370000") / f"{name}.snapshot").glob("n*.parquet"))
    file.write_bytes(b"nothing")
    done = apply(centre.workspace.path, today(), "批准")
    assert [(each.id, each.held) for each in done.waiting] == [(name, "损坏：先从备份恢复")]
    assert Centre.open(centre.workspace.path).store.has("records/vehicle/370000", name)
