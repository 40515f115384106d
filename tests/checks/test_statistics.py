"""What the checks of a period came to: counts that add up to their runs, and say what they cannot know."""

import io
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from jiuzhu_check.audit.log import AuditLog
from jiuzhu_check.checks.exports import export_bytes
from jiuzhu_check.checks.left import leavers
from jiuzhu_check.errors import NotFound
from jiuzhu_check.reports.statistics import tables
from jiuzhu_check.reports.statistics.material import HOMES, Material, Scope
from jiuzhu_check.reports.statistics.measures import BY, DEFINITIONS, FAMILIES, TITLES, breakdown
from jiuzhu_check.reports.statistics.money import money
from jiuzhu_check.reports.statistics.precision import dispute_counts, precision
from jiuzhu_check.reports.statistics.times import kept, waits
from tests.checks.centres import Member, Small, number
from tests.checks.months import (
    ACCEPTED,
    AGAIN,
    BATCH_NO,
    COMPLETE,
    ENTRY,
    RECHECK,
    SINCE,
    TO,
    Months,
    entrants,
    rechecked,
    two_months,
)

NO_MONEY_HERE = "没有两份可比较的名册"
EVER = Scope(date(2000, 1, 1), date(2999, 12, 31))


@pytest.fixture(scope="module")
def months(tmp_path_factory: pytest.TempPathFactory) -> Months:
    """Read it, change nothing in it."""
    return two_months(tmp_path_factory.mktemp("months"))


@pytest.fixture(scope="module")
def material(months: Months) -> Material:
    return months.material()


@pytest.fixture(scope="module")
def exported(months: Months) -> dict[str, pl.DataFrame]:
    """coverage and findings of every run, as other programs get them."""
    runs = months.material().runs["run"].to_list()
    return {
        table: pl.concat([
            pl.read_csv(io.BytesIO(export_bytes(months.centre, table, run, "csv")[0]), infer_schema=False) for run in runs
        ])
        for table in ("coverage", "findings")
    }  # fmt: skip


def total(material: Material) -> dict[str, int | None]:
    return dict(breakdown(material, "programme").total)


def test_the_counts_are_those_of_the_exported_runs(material: Material, exported: dict[str, pl.DataFrame]) -> None:
    told, cells = total(material), exported["coverage"]
    findings = exported["findings"]
    newest = findings.unique("finding_id", keep="last", maintain_order=True)
    assert told["due"] == cells.height
    assert {state: told[state] for state in FAMILIES["due"]} == dict(cells["state"].value_counts().iter_rows())
    assert told["households"] == cells["household_no"].n_unique()
    assert told["persons"] == cells.select("household_no", "member_no").n_unique()
    assert told["findings"] == newest.filter(pl.col("kind") != "favourable").height
    assert told["favourable"] == newest.filter(pl.col("kind") == "favourable").height
    assert told["warned_households"] == newest.filter(pl.col("kind") == "difference")["household_no"].n_unique()


def test_what_is_still_unchecked_is_of_each_households_newest_run(
    material: Material, exported: dict[str, pl.DataFrame]
) -> None:
    cells = exported["coverage"]
    last = cells.group_by("household_no").agg(pl.col("run").last())
    newest = cells.join(last, on=["household_no", "run"], how="semi").filter(pl.col("state") == "unchecked")
    assert total(material)["still_unchecked"] == newest.height > 0
    reasons = tables.reasons(material, 0)
    assert reasons.total[1:] == (cells.filter(pl.col("state") == "unchecked").height, newest.height)
    assert [sum(row[place] for row in reasons.rows) for place in (1, 2)] == list(reasons.total[1:])


@pytest.mark.parametrize("by", BY)
def test_the_rows_add_up_to_the_total(material: Material, by: str) -> None:
    told = breakdown(material, by)
    assert told.rows
    for measure, whole in told.total.items():
        parts = [row[measure] for row in told.rows.values()]
        if None not in parts and measure not in told.apart:
            assert sum(parts) == whole, measure
        if measure in told.apart and None not in parts:
            assert sum(parts) >= whole


@pytest.mark.parametrize("by", BY)
def test_in_every_row_the_parts_add_up(material: Material, by: str) -> None:
    told = breakdown(material, by)
    for row in [*told.rows.values(), told.total]:
        for whole, parts in FAMILIES.items():
            assert row[whole] is None or row[whole] == sum(row[part] for part in parts)


def test_a_household_checked_twice_counts_once_as_household_and_twice_as_checks(months: Months) -> None:
    once, twice = (total(months.material(to=day)) for day in (RECHECK, date(2018, 12, 4)))
    assert (once["households"], twice["households"]) == (40, 52)
    cells = total(months.material(since=ENTRY, to=ENTRY))["due"]
    assert twice["due"] == 2 * once["due"] + cells


def test_a_run_of_another_day_does_not_count(months: Months) -> None:
    told = months.material(since=ENTRY, to=ENTRY)
    assert told.runs["kind"].to_list() == ["entrants"]
    assert total(told)["households"] == 12


def test_a_period_without_a_run_is_said(months: Months) -> None:
    with pytest.raises(NotFound):
        months.material(since=date(2019, 1, 1), to=date(2019, 1, 31))


@pytest.mark.parametrize(
    ("region", "households"), [("370000", 52), ("370600", 52), ("370602", 12), ("370683", 40), ("370700", 0), ("", 52)]
)
def test_a_region_counts_all_below_it(months: Months, region: str, households: int) -> None:
    assert total(months.material(region=region))["households"] == households


def test_townships_and_villages_count_alone(months: Months, material: Material) -> None:
    told = breakdown(material, "township")
    alone = total(months.material(region="370602", township="柳河镇"))
    assert alone == told.rows["370602 柳河镇"] | {"left": None}
    villages = breakdown(months.material(region="370602", township="柳河镇"), "village")
    assert sum(row["households"] for row in villages.rows.values()) == alone["households"]
    some = next(iter(villages.rows))
    assert total(months.material(region="370602", village=some))["households"] == villages.rows[some]["households"]


def test_by_region_the_next_level_stands(months: Months, material: Material) -> None:
    assert list(breakdown(material, "region").rows) == ["370600"]
    assert list(breakdown(months.material(region="370600"), "region").rows) == ["370602", "370683"]


def test_the_newest_answer_of_a_finding_counts(months: Months) -> None:
    before, after = (total(months.material(to=day)) for day in (date(2018, 12, 9), TO))
    assert (before["upheld"], before["cleared"]) == (4, 1)
    assert (after["upheld"], after["cleared"]) == (3, 2)


def test_an_answer_after_the_last_day_is_not_there_yet(months: Months) -> None:
    told = months.material(to=ENTRY)
    assert sum(total(told)[outcome] for outcome in ("upheld", "explained", "corrected", "cleared")) == 1


def a_car_that_is_seen_no_more(folder: Path, state: str) -> dict[str, int | None]:
    """Of one household: a vehicle found in the first check, not in the second, whose coverage of vehicles is `state`."""
    months, run = Months(folder), rechecked(RECHECK)
    cars = run.findings.filter((pl.col("rule") == "undeclared_vehicle") & (pl.col("kind") == "difference"))
    home = cars["household_no"][0]
    own = {
        name: getattr(run, name).filter(pl.col("household_no") == home)
        for name in ("households", "members", "coverage", "findings", "links")
    }
    months.keep("recipients", RECHECK, run.but(**{**own, "findings": cars.filter(pl.col("household_no") == home)}))
    reason = (
        pl.when(pl.col("source") == "vehicle")
        .then(pl.lit("来源缺失" if state == "unchecked" else None))
        .otherwise("reason")
    )
    covered = own["coverage"].with_columns(
        state=pl.when(pl.col("source") == "vehicle").then(pl.lit(state)).otherwise("state"), reason=reason
    )
    months.keep("recipients", AGAIN, run.but(**{**own, "coverage": covered, "findings": cars.clear()}))
    return total(months.material())


def test_a_finding_that_the_newest_check_no_longer_has_is_not_open(tmp_path: Path) -> None:
    told = a_car_that_is_seen_no_more(tmp_path, "no_record")
    assert told["gone"] == told["findings"] > 0
    assert told["open"] == 0


def test_a_finding_whose_source_the_newest_check_could_not_read_is_open_and_not_gone(tmp_path: Path) -> None:
    told = a_car_that_is_seen_no_more(tmp_path, "unchecked")
    assert told["gone"] == 0
    assert told["open"] == told["findings"] > 0


def test_an_answer_stands_while_the_record_says_the_same_and_is_open_again_when_it_changes(tmp_path: Path) -> None:
    raised = rechecked(RECHECK)
    differing = raised.findings.filter(pl.col("kind") == "difference")[:3]
    days = pl.Series([date(2018, 10, 31), date(2018, 10, 31), date(2018, 11, 25)])
    marked = differing.with_columns(data_date=days, record_mark=pl.Series(["same", "changed", "same"]))
    months = Months(tmp_path)
    months.keep("recipients", RECHECK, raised.but(findings=marked))
    for finding, outcome in zip(marked.rows(named=True), ("upheld", "upheld", "corrected"), strict=True):
        months.answer(finding, outcome, date(2018, 11, 20), "same")
    told = total(months.material())  # the third was to be corrected, and newer data say the same as before
    assert (told["upheld"], told["corrected"], told["open"]) == (1, 0, 2)


def test_without_answers_the_table_says_so(tmp_path: Path, material: Material) -> None:
    none_yet = two_months(tmp_path, answered=False).material()
    assert ("复查", "尚无复查结果。") in tables.gaps(none_yet, 0)
    told = total(none_yet)
    assert told["open"] + told["gone"] == told["findings"]
    assert ("复查", "尚无复查结果。") not in tables.gaps(material, 0)


def roster(*homes: tuple[str, str]) -> pl.DataFrame:
    rows = [
        {"household_no": home, "stage": stage, "programme": "农村低保", "region": "370199"} for home, stage in homes
    ]
    return pl.DataFrame(rows, schema=HOMES)


def test_who_left_is_who_a_later_roster_no_longer_has_as_recipient() -> None:
    told = leavers(
        [
            (date(2018, 10, 20), roster(("A", "recipient"), ("B", "recipient"), ("C", "recipient"), ("D", "applicant"), ("E", "recipient"))),
            (date(2018, 11, 29), roster(("A", "ended"), ("B", "recipient"), ("D", "recipient"), ("E", "ended"))),
            (date(2018, 12, 30), roster(("A", "ended"), ("B", "applicant"), ("D", "ended"), ("E", "recipient"))),
        ],
        Scope(SINCE, TO),
    )  # fmt: skip
    assert told.select("household_no", "month", "how").rows() == [
        ("A", "2018-11", "ended"),
        ("B", "2018-12", "applicant"),
        ("C", "2018-11", "gone"),
        ("D", "2018-12", "ended"),  # came and left within the period; E, who came back, did not leave
    ]


def test_the_kept_versions_of_the_roster_say_who_left(small: Small) -> None:
    people = [Member(f"赵{name}", number(place), f"JZ{place}") for place, name in enumerate("一二三", start=1)]
    small.enrol(people)
    small.vehicles([("赵一", number(1))])
    from jiuzhu_check.checks.run import check_all
    from jiuzhu_check.checks.statistics import collect

    check_all(small.centre, "recipients", date(2018, 12, 1))
    before = collect(small.centre, EVER)
    assert not before.compared  # one roster alone cannot say who left
    assert total(before)["left"] is None
    small.enrol([Member("赵二", number(2), "JZ2", stage="退出")])
    after = collect(small.centre, EVER)
    assert after.left.select("household_no", "how").rows() == [("JZ2", "ended")]
    assert total(after)["left"] == 1
    assert sum(row[1] for row in tables.left(after, 0).rows) == 1


def test_what_those_who_left_were_granted_is_told_by_its_definition_and_never_made_up() -> None:
    homes = [("A", "recipient"), ("B", "recipient"), ("C", "recipient")]
    granted = roster(*homes).with_columns(pl.Series("amount_month", [Decimal("616.00"), None, Decimal("400.50")]))
    gone = roster(("A", "ended"), ("B", "ended"), ("C", "recipient"))
    left = leavers([(date(2018, 11, 1), granted), (date(2018, 12, 1), gone)], Scope(SINCE, TO))
    days = (date(2018, 11, 1), date(2018, 12, 1))
    amount, of = money(Material(Scope(SINCE, TO), "370000", left=left, rosters=days), "left_amount")
    assert (amount, of) == (Decimal("616.00"), "共 1 户；另有 1 户名册没有写金额，没有计入。")
    unknown = left.filter(pl.col("household_no") == "B")
    assert money(Material(Scope(SINCE, TO), "370000", left=unknown, rosters=days), "left_amount") == (
        None,
        "名册没有写这些家庭的保障金额，无法计算，也不推算。",
    )


def test_a_roster_that_stood_before_the_period_and_did_not_change_says_that_nobody_left() -> None:
    quiet = Material(Scope(SINCE, TO), "370000", rosters=(date(2018, 10, 1),))
    assert total(quiet)["left"] == 0
    assert total(Material(Scope(SINCE, TO), "370000"))["left"] is None


def test_deadlines_that_fell_due_were_met_missed_or_have_no_end(material: Material) -> None:
    told = {each.what: (each.due, each.met, each.missed, each.nothing) for each in kept(material)}
    assert told["dispute"] == (2, 1, 1, 0)  # the third has no time that runs
    due, met, missed, nothing = told["reexamination"]
    assert (met, missed) == (4, 4)  # first seen 11-05, due ten days later, answered 11-12 to 11-19
    assert due == met + missed + nothing
    assert nothing > 0
    assert sum(told["procedure"]) + sum(told["investigation"]) > 0


def test_an_investigation_ends_with_the_first_complete_check(material: Material) -> None:
    told = material.terms.filter(pl.col("what") == "investigation")
    assert told["done_on"].unique().to_list() == [COMPLETE]
    assert told["due_on"].unique().to_list() == [date(2018, 11, 23)]  # ten working days of 2014's rules
    assert [(each.due, each.missed) for each in kept(material) if each.what == "investigation"] == [(10, 10)]


def test_the_report_of_a_closed_batch_is_of_the_day_on_which_it_was_closed(material: Material) -> None:
    every, each = waits(material)
    assert [(wait.batch, wait.households, wait.median, wait.most) for wait in each] == [(BATCH_NO, 11, 28.0, 28)]
    assert (every.households, every.median, every.most) == (12, 28.0, 28)


def test_without_a_closed_batch_the_report_is_of_the_first_complete_check(tmp_path: Path) -> None:
    every, each = waits(two_months(tmp_path, answered=False).material())
    assert every.median == each[0].median == (COMPLETE - ACCEPTED).days


def test_nine_in_ten_households_waited_no_longer() -> None:
    days = pl.DataFrame(
        {"household_no": [str(day) for day in range(1, 12)], "batch": [None] * 11, "days": list(range(1, 12))}
    )
    every, _ = waits(Material(Scope(SINCE, TO), "370000", waits=days))
    assert (every.median, every.most) == (6.0, 10)


def test_precision_is_the_upheld_share_of_the_answered(material: Material) -> None:
    told = precision(material)
    assert told["answered"].sum() == 8
    assert told["upheld"].sum() == total(material)["upheld"]
    for row in told.filter(pl.col("answered") > 0).iter_rows(named=True):
        assert row["share"] == row["upheld"] / row["answered"]
        assert row["low"] <= row["share"] <= row["high"]
        assert row["answered"] == sum(row[outcome] for outcome in ("upheld", "explained", "corrected", "cleared"))


def test_a_dispute_that_cleared_a_finding_counts_as_overturned(material: Material) -> None:
    assert dispute_counts(material) == {
        "opened": 3, "closed": 2, "fell": 1, "wrong_person": 1, "outdated": 0, "source_error": 0,
    }  # fmt: skip
    assert precision(material)["disputed"].sum() == 2
    assert precision(material)["fell"].sum() == 1


def test_money_that_the_data_do_not_hold_is_not_invented(material: Material) -> None:
    amount, why = money(material, "left_amount")
    assert amount is None
    assert NO_MONEY_HERE in why


def test_money_leaves_out_what_was_not_declared_and_says_so(material: Material) -> None:
    wage = {"kind": "difference", "outcome": "upheld", "unit": "元/月"}
    rows = [
        {**wage, "declared": "0.00", "found": "3120.50"},
        {**wage, "declared": "1000", "found": "1500"},
        {**wage, "declared": None, "found": "900"},
        {**wage, "declared": "0", "found": "1", "unit": "辆"},
        {**wage, "declared": "0", "found": "70", "outcome": "explained"},
    ]
    findings = pl.DataFrame(rows, schema=material.findings.schema)
    amount, of = money(Material(Scope(SINCE, TO), "370000", findings=findings), "upheld_income")
    assert (f"{amount:.2f}", of) == ("3620.50", "共 2 项；另有 1 项申报未填写或不是数，没有计入。")


def test_statistics_are_audited_before_anything_is_read(months: Months) -> None:
    log = AuditLog(months.centre.workspace.audit_dir, months.centre.workspace.keys.audit)
    assert log is not None
    before = sum(len(file.read_text().splitlines()) for file in months.centre.workspace.audit_dir.glob("*.jsonl"))
    months.material()
    lines = [
        line
        for file in sorted(months.centre.workspace.audit_dir.glob("*.jsonl"))
        for line in file.read_text().splitlines()
    ]
    assert len(lines) == before + 2
    assert '"statistics"' in lines[-2]


def test_every_measure_has_a_title_and_a_definition() -> None:
    assert list(TITLES) == list(DEFINITIONS)


def test_recheck_days_are_in_order() -> None:
    assert RECHECK < ENTRY < AGAIN < COMPLETE
    assert entrants().households.height == 12
