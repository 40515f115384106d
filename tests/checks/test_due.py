"""What falls due: rechecks by class and law, deadlines in working days, ends of grace, adjustments after a death."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.deadline import by_law, to_answer
from jiuzhu_check.checks.deliveries import take, take_roster
from jiuzhu_check.checks.due import due_list
from jiuzhu_check.checks.run import check_all
from jiuzhu_check.checks.step_due import step_due
from tests.checks.centres import AS_OF, Small, number

HEADS = "家庭编号,救助类别,办理状态,分类,行政区划代码,乡镇街道,村居,受理日期,批准日期,渐退期起,姓名,身份证号码,授权书编号,授权日期,授权截止日期"
ZHANG = ("张德山", "370199193811020318")  # dead since 2017-04-02 in the sample of the register of deaths


def enrol(town: Small, *homes: str, who: tuple[str, str] | None = None) -> Centre:
    """Each home: number, programme, stage, class, accepted, approved, grace, joined by commas."""
    rows = []
    for place, home in enumerate(homes):
        cells = home.split(",")
        name, person = who or (f"赵{'一二三四五六七八九'[place]}", number(place + 1))
        rows.append(
            ",".join(
                [*cells[:4], "370000", "柳河镇", "东村", *cells[4:], name, person, "SQ1", "2015-01-01", "2030-12-31"]
            )
        )
    file = town.folder / "roster.csv"
    file.write_text("\n".join([HEADS, *rows]) + "\n", encoding="utf-8")
    take_roster(town.centre, file)
    return town.centre


def told(centre: Centre, on: date, within: int = 30) -> list[tuple[str, str, date, int]]:
    return due_list(centre, on, within).select("household_no", "what", "due_on", "days_left").rows()


def test_a_household_is_due_by_class_place_and_the_law_of_the_day(small: Small) -> None:
    centre = enrol(
        small,
        "JZ1,农村低保,在保,A,,2018-01-10,",
        "JZ2,农村低保,在保,B,,2018-01-10,",
        "JZ3,农村低保,在保,C,,2018-01-10,",
        "JZ4,城市低保,在保,C,,2018-01-10,",
        "JZ5,农村特困,在保,,,2018-01-10,",
        "JZ6,农村低保,在保,,,2018-01-10,",
        "JZ7,临时救助,在保,,,2018-01-10,",  # given once: nothing to recheck
    )
    rows = {home: due for home, _, due, _ in told(centre, date(2018, 7, 10), 365)}
    assert rows == {
        "JZ1": date(2019, 1, 10),
        "JZ2": date(2018, 7, 10),
        "JZ3": date(2018, 4, 10),
        "JZ4": date(2018, 2, 10),
        "JZ5": date(2019, 1, 10),
        "JZ6": date(2018, 4, 10),  # no class: the shortest time holds
    }
    later = {home: due for home, _, due, _ in told(centre, date(2021, 7, 1), 0)}
    assert later["JZ2"] == date(2019, 1, 10)
    assert later["JZ3"] == later["JZ4"] == date(2018, 7, 10)


def test_a_class_however_it_is_written_is_due_and_one_that_is_none_holds_the_shortest_time(small: Small) -> None:
    centre = enrol(
        small,
        "JZ1,农村低保,在保,B类,,2018-01-10,",
        "JZ2,农村低保,在保,ａ 类,,2018-01-10,",
        "JZ3,农村低保,在保,重点户,,2018-01-10,",
    )
    rows = {home: due for home, _, due, _ in told(centre, date(2018, 7, 10), 365)}
    assert rows == {"JZ1": date(2018, 7, 10), "JZ2": date(2019, 1, 10), "JZ3": date(2018, 4, 10)}


def test_the_longest_overdue_stand_first_and_only_what_falls_due_in_time_stands_there(small: Small) -> None:
    centre = enrol(
        small,
        "JZ1,农村低保,在保,C,,2018-02-10,",
        "JZ2,农村低保,在保,C,,2018-01-10,",
        "JZ3,农村低保,在保,A,,2018-01-10,",
    )
    assert told(centre, date(2018, 5, 1)) == [
        ("JZ2", "recheck", date(2018, 4, 10), -21),
        ("JZ1", "recheck", date(2018, 5, 10), 9),
    ]
    assert [home for home, *_ in told(centre, date(2018, 5, 1), 0)] == ["JZ2"]


def test_a_check_begins_the_time_anew_and_one_never_checked_is_due_at_once(small: Small) -> None:
    centre = enrol(small, "JZ1,农村低保,在保,C,,,")
    assert told(centre, AS_OF) == [("JZ1", "recheck", AS_OF, 0)]
    small.require({"vehicle": "required"})
    small.vehicles([("王五", number(70))])
    check_all(small.centre, "recipients", AS_OF)
    assert told(small.centre, AS_OF) == []
    assert told(small.centre, date(2019, 2, 20)) == [("JZ1", "recheck", date(2019, 3, 1), 9)]
    assert told(small.centre, date(2018, 11, 1)) == [("JZ1", "recheck", date(2018, 11, 1), 0)]  # it had not been yet


def test_a_status_that_lasts_a_year_ends_and_is_not_rechecked_by_class(small: Small) -> None:
    centre = enrol(small, "JZ1,刚性支出困难,在保,,,2025-02-10,")
    assert told(centre, date(2026, 2, 1)) == [("JZ1", "status_ends", date(2026, 2, 10), 9)]


def test_a_period_of_grace_ends_after_six_months_since_the_notice_of_2022(small: Small) -> None:
    centre = enrol(small, "JZ1,农村低保,在保,A,,2022-11-01,2022-11-15")
    assert told(centre, date(2023, 5, 1)) == [("JZ1", "grace_ends", date(2023, 5, 15), 14)]
    before = enrol(small, "JZ1,农村低保,在保,A,,2022-03-01,2022-03-15")
    assert told(before, date(2022, 9, 1)) == []


def deaths_register(folder: Path, died_on: str) -> Path:
    """A delivery of the register of deaths about 张德山."""
    file = folder / f"{died_on}.csv"
    file.write_text(f"姓名,身份证号码,死亡日期,注销日期\n{','.join(ZHANG)},{died_on},{died_on}\n", encoding="utf-8")
    return file


def test_three_months_after_a_death_that_the_last_check_found(small: Small) -> None:
    centre = enrol(small, "JZ1,农村低保,在保,A,,2022-06-01,", who=ZHANG)
    small.require({"death": "required"})
    take(small.centre, "death", deaths_register(small.folder, "2022-11-05"), "", date(2022, 11, 30))
    assert told(centre, date(2022, 12, 1)) == []
    check_all(small.centre, "recipients", date(2022, 12, 1))
    assert told(small.centre, date(2022, 12, 1), 90) == [("JZ1", "death", date(2023, 2, 5), 66)]
    enrol(small, "JZ1,农村低保,在保,A,,2022-06-01,")  # another person: the dead one has been taken off
    assert told(small.centre, date(2022, 12, 1), 90) == []


def test_a_death_before_there_was_a_term_is_not_overdue(small: Small) -> None:
    enrol(small, "JZ1,农村低保,在保,A,,2022-06-01,", who=ZHANG)
    small.require({"death": "required"})
    take(small.centre, "death", deaths_register(small.folder, "2017-04-02"), "", date(2022, 11, 30))
    found = check_all(small.centre, "recipients", date(2022, 12, 1))[0].finding
    assert "deceased_member" in found["rule"].to_list()
    assert [what for _, what, _, _ in told(small.centre, date(2022, 12, 1), 90)] == []


@pytest.mark.parametrize(
    ("accepted", "on", "what", "due"),
    [
        ("2018-09-25", date(2018, 9, 28), "investigation", date(2018, 10, 12)),  # ten working days round the holidays
        ("2021-07-01", date(2021, 7, 2), "procedure", date(2021, 8, 12)),  # thirty
    ],
)
def test_an_application_has_the_laws_time_in_working_days(
    small: Small, accepted: str, on: date, what: str, due: date
) -> None:
    centre = enrol(
        small, f"JZ1,农村低保,申请,,{accepted},,", "JZ2,低保边缘,申请,,2018-09-25,,", "JZ3,农村低保,申请,,,,"
    )
    begun = ("investigation_start",)
    assert [(home, which, day) for home, which, day, _ in told(centre, on, 90) if which not in begun] == [
        ("JZ1", what, due)
    ]


def test_an_investigation_starts_within_three_days_and_a_check_starts_it(small: Small) -> None:
    centre = enrol(small, "JZ1,农村低保,申请,,2021-07-01,,", "JZ2,农村特困,申请,,2021-07-01,,")
    assert told(centre, date(2021, 7, 2), 10) == [("JZ1", "investigation_start", date(2021, 7, 6), 4)]
    small.require({"vehicle": "required"})
    small.vehicles([("王五", number(70))], on=date(2021, 7, 1))
    check_all(small.centre, "entrants", date(2021, 7, 5))
    assert told(small.centre, date(2021, 7, 6), 10) == []


def test_the_extended_time_is_told_once_the_usual_one_has_passed(small: Small) -> None:
    centre = enrol(small, "JZ1,农村低保,申请,,2021-07-01,,")
    before, after = (
        {what: due for _, what, due, _ in told(centre, day, 90)} for day in (date(2021, 8, 12), date(2021, 8, 13))
    )
    assert "procedure_special" not in before
    assert after["procedure"] == date(2021, 8, 12)
    assert after["procedure_special"] == date(2021, 9, 2)


def test_a_county_that_delegated_has_twenty_days_since_2022(small: Small) -> None:
    policy = small.centre.workspace.policy_dir / "county.toml"
    policy.write_text(
        'region = "370000"\nsource = "虚构"\n[[deadline.delegated]]\nfrom = 2022-01-01\nvalue = true\n',
        encoding="utf-8",
    )
    small.centre = Centre.open(small.centre.workspace.path)
    centre = enrol(small, "JZ1,农村低保,申请,,2022-11-01,,")
    ends = [
        [due for _, what, due, _ in told(centre, day, 90) if what == "procedure"]
        for day in (date(2022, 11, 2), date(2022, 10, 1))
    ]
    assert ends == [[date(2022, 11, 29)], [date(2022, 12, 13)]]


def test_a_year_without_published_holidays_is_said_to_be_an_estimate(small: Small) -> None:
    centre = enrol(small, "JZ1,农村低保,申请,,2190-01-01,,")
    found = due_list(centre, date(2190, 1, 4), 90)
    assert found.select("due_on", "known").rows() == [(date(2190, 1, 6), False), (date(2190, 2, 12), False)]


def test_a_township_answers_in_ten_days_or_the_policys_working_days_and_never_after_the_laws_time(
    tmp_path: Path,
) -> None:
    town = Small(tmp_path / "town")
    town.require({"vehicle": "required"})
    enrol(town, "JZ1,农村低保,申请,,2018-11-20,,", "JZ2,农村低保,申请,,2018-11-30,,", "JZ3,低保边缘,申请,,2018-11-20,,")
    town.vehicles([("王五", number(70))])
    run, _ = check_all(town.centre, "entrants", AS_OF)
    law = by_law(town.centre, run.household, AS_OF).select("household_no", "due_on").rows()
    assert law == [("JZ1", date(2018, 12, 4)), ("JZ2", date(2018, 12, 14))]
    households, known = to_answer(town.centre, run)
    assert known
    assert households["due_on"].to_list() == [date(2018, 12, 4), date(2018, 12, 11), date(2018, 12, 11)]
    (town.centre.workspace.policy_dir / "county.toml").write_text(
        'region = "370000"\nsource = "虚构"\n[[deadline.reexamination]]\nfrom = 2018-01-01\nvalue = 10\nunit = "个工作日"\n',
        encoding="utf-8",
    )
    households, _ = to_answer(Centre.open(town.centre.workspace.path), run)
    assert households["due_on"].to_list() == [date(2018, 12, 4), date(2018, 12, 14), date(2018, 12, 14)]


def test_what_falls_due_is_audited(small: Small) -> None:
    centre = enrol(small, "JZ1,农村低保,在保,A,,2018-01-10,")
    due_list(centre, AS_OF, 30)
    log = "".join(path.read_text(encoding="utf-8") for path in sorted(centre.workspace.audit_dir.glob("*.jsonl")))
    assert '"due"' in log


def test_ended_households_have_nothing_due(small: Small) -> None:
    centre = enrol(small, "JZ1,农村低保,停保,C,,2016-01-10,")
    assert due_list(centre, AS_OF, 30).equals(due_list(centre, AS_OF, 30).clear())
    assert due_list(centre, AS_OF, 30).schema["due_on"] == pl.Date


@pytest.mark.parametrize(
    ("step", "on", "programme", "due_on"),
    [
        (
            "check_start",
            date(2021, 9, 28),
            "农村低保",
            date(2021, 10, 8),
        ),  # three working days over the National Day week
        ("decision", date(2018, 12, 3), "城市低保", date(2018, 12, 10)),  # five by the law of 2012
        ("decision", date(2022, 3, 1), "城市低保", date(2022, 3, 15)),  # ten since 2021-07
        ("decision", date(2022, 3, 1), "农村特困", date(2022, 3, 22)),  # fifteen
        ("notification_days", date(2018, 12, 7), "农村低保", date(2018, 12, 10)),  # days, and no working days
        ("notice", date(2022, 3, 4), "农村低保", date(2022, 3, 11)),
    ],
)
def test_a_step_that_begins_with_no_day_on_the_roster_is_reckoned_from_the_day_that_is_named(
    small: Small, step: str, on: date, programme: str, due_on: date
) -> None:
    told = step_due(small.centre, step, on)
    assert told.filter(pl.col("programme") == programme)["due_on"].to_list() == [due_on]
    assert told["source"].null_count() == 0


def test_a_step_that_the_law_of_the_day_gives_no_time_has_no_row(small: Small) -> None:
    assert step_due(small.centre, "check_start", date(2018, 12, 3)).is_empty()
