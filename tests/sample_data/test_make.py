"""The invented county: made again to the same files, sound in itself, with every story in its place."""

import csv
import os
import re
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

SAMPLE = Path(__file__).parents[2] / "sample_data"
TEXTS = (
    "roster.csv",
    "inbox/vehicle.csv",
    "inbox/provident_fund.txt",
    "truth/links.csv",
    "truth/findings.csv",
    "truth/rejects.csv",
)
HOUSING = "inbox/housing.xlsx"
OWNER_COLUMNS = {"vehicle": (6, 8), "housing": (0, 2), "provident_fund": (1, 3)}  # name, number
NOWHERE = ("370199", "370299", "370699", "370899", "371399")


def make(folder: Path, hash_seed: str) -> Path:
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    subprocess.run([sys.executable, SAMPLE / "make.py", folder], check=True, env=environment)
    return folder


@pytest.fixture(scope="module")
def remade(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("remade"), "1")


@cache
def rows_of(source: str) -> list[list[str]]:
    """Every line of an extract, the first line at 0; a number cell as Python writes it."""
    if source == "housing":
        return [[str(cell) for cell in row] for row in housing_cells(SAMPLE)]
    file, separator = {"vehicle": ("vehicle.csv", ","), "provident_fund": ("provident_fund.txt", "|")}[source]
    text = (SAMPLE / "inbox" / file).read_text(encoding="gb18030")
    return list(csv.reader(text.splitlines(), delimiter=separator))


def housing_cells(folder: Path) -> list[list[object]]:
    sheet = CalamineWorkbook.from_path(folder / HOUSING).get_sheet_by_index(0)
    return [list(row) for row in sheet.to_python(skip_empty_area=False)]


@cache
def table(name: str) -> list[dict[str, str]]:
    with (SAMPLE / name).open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def passes_checksum(number: str) -> bool:
    """GB 11643 by its definition: the weighted sum of all 18 characters leaves 1 modulo 11."""
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        return False
    values = [10 if character == "X" else int(character) for character in number]
    return sum(value * 2 ** (17 - place) for place, value in enumerate(values)) % 11 == 1


def owners(source: str, row: list[str]) -> list[tuple[str, str]]:
    name, number = OWNER_COLUMNS[source]
    if len(row) <= number:
        return []
    return list(zip(row[name].split("、"), row[number].split("、"), strict=True))


def links(*stories: str) -> list[dict[str, str]]:
    return [link for link in table("truth/links.csv") if link["story"] in stories]


def delivered(link: dict[str, str]) -> tuple[str, str]:
    """The name and number of a planted record, as the extract writes them."""
    return owners(link["source"], rows_of(link["source"])[int(link["row"]) - 1])[int(link["slot"]) - 1]


def roster_names() -> dict[str, str]:
    return {member["身份证号码"]: member["姓名"] for member in table("roster.csv")}


def test_the_script_makes_the_committed_files(remade: Path) -> None:
    for name in TEXTS:
        assert (remade / name).read_bytes() == (SAMPLE / name).read_bytes(), name
    assert housing_cells(remade) == housing_cells(SAMPLE)


def test_two_runs_make_the_same_bytes(remade: Path, tmp_path: Path) -> None:
    again = make(tmp_path, "2")
    for name in (*TEXTS, HOUSING):
        assert (again / name).read_bytes() == (remade / name).read_bytes(), name


def test_the_committed_files_are_smaller_than_a_megabyte() -> None:
    assert sum((SAMPLE / name).stat().st_size for name in (*TEXTS, HOUSING)) < 1_000_000


def test_the_roster_has_three_hundred_households_of_every_programme_and_stage() -> None:
    roster = table("roster.csv")
    assert len({member["家庭编号"] for member in roster}) == 300
    assert 700 <= len(roster) <= 800
    assert {member["救助类别"] for member in roster} == {"城市低保", "农村低保", "城市特困", "农村特困"}
    assert {member["办理状态"] for member in roster} == {"在保", "申请中"}


def test_every_roster_number_passes_the_checksum_but_the_planted_ones() -> None:
    failing = [member["身份证号码"] for member in table("roster.csv") if not passes_checksum(member["身份证号码"])]
    assert failing.count("3.70199E+17") == 1
    assert len(failing) == 5
    assert {link["person_no"] for link in links("roster_number_broken")} < set(failing)


def test_numbers_agree_with_birth_date_and_sex() -> None:
    for member in table("roster.csv"):
        number = member["身份证号码"]
        if passes_checksum(number):
            assert number[6:14] == member["出生日期"].replace("-", "")
            assert int(number[16]) % 2 == (member["性别"] == "男")


def test_no_number_can_belong_to_anybody() -> None:
    people = [number for source in OWNER_COLUMNS for row in rows_of(source)[2:] for _, number in owners(source, row)]
    valid = [number for number in [*people, *roster_names()] if passes_checksum(number)]
    assert len(valid) > 4000
    assert all(number.startswith(NOWHERE) for number in valid)


def test_no_number_is_given_to_two_members() -> None:
    assert max(Counter(member["身份证号码"] for member in table("roster.csv")).values()) == 1


def test_common_names_meet_their_namesakes_in_the_extracts() -> None:
    names = roster_names()
    for link in links("namesake"):
        name, number = delivered(link)
        assert name == names[link["person_no"]]
        assert number != link["person_no"]
        assert passes_checksum(number)


def test_untouched_records_have_the_name_and_number_of_their_member() -> None:
    names = roster_names()
    untouched = links("ordinary", "number_exact", "consent_expired", "consent_open_ended")
    assert len(untouched) > 50
    for link in untouched:
        assert delivered(link) == (names[link["person_no"]], link["person_no"])


def test_damaged_names_stand_beside_the_right_number() -> None:
    names = roster_names()
    damaged = [link for link in table("truth/links.csv") if link["story"].startswith("name_")]
    assert len(damaged) == 21
    for link in damaged:
        name, number = delivered(link)
        assert number == link["person_no"]
        assert name != names[link["person_no"]]


@pytest.mark.parametrize("story", ["number_substituted", "number_swapped", "number_dropped_digit"])
def test_broken_numbers_fail_the_checksum_beside_the_right_name(story: str) -> None:
    names = roster_names()
    for link in links(story):
        name, number = delivered(link)
        assert name == names[link["person_no"]]
        assert not passes_checksum(number)


def test_a_number_stored_as_number_has_kept_fifteen_digits() -> None:
    for link in links("number_spreadsheet_float"):
        _, number = delivered(link)
        assert isinstance(housing_cells(SAMPLE)[int(link["row"]) - 1][2], float)
        assert f"{float(number):.14e}".replace(".", "").startswith(link["person_no"][:15])


def test_a_spouses_number_is_another_members_of_the_household() -> None:
    household = {member["身份证号码"]: member["家庭编号"] for member in table("roster.csv")}
    for link in links("number_of_spouse", "twins_mixed"):
        name, number = delivered(link)
        assert name == roster_names()[link["person_no"]]
        assert number != link["person_no"]
        assert household[number] == link["household_no"]


def test_twins_have_neighbouring_sequence_numbers() -> None:
    by_birth = {(member["家庭编号"], member["身份证号码"][:14]): [] for member in table("roster.csv")}
    for member in table("roster.csv"):
        by_birth[member["家庭编号"], member["身份证号码"][:14]].append(int(member["身份证号码"][14:17] or 0))
    twins = [sorted(sequences) for sequences in by_birth.values() if len(sequences) == 2]
    assert len(twins) >= 3
    assert {second - first for first, second in twins} <= {2}


def test_a_go_betweens_number_stands_beside_five_owners() -> None:
    numbers = {delivered(link)[1] for link in links("go_between_on_roster")}
    assert len(numbers) == 1
    assert len({delivered(link)[0] for link in links("go_between_on_roster")}) == 5
    (stranger,) = {delivered(link)[1] for link in links("go_between_stranger")}
    names = {name for row in rows_of("housing")[2:] for name, number in owners("housing", row) if number == stranger}
    assert len(names) == 5


def test_every_record_with_a_members_number_stands_in_the_truth() -> None:
    planted = {(link["source"], int(link["row"]), int(link["slot"])) for link in table("truth/links.csv")}
    members = roster_names()
    for source in OWNER_COLUMNS:
        for line, row in enumerate(rows_of(source), 1):
            for slot, (_, number) in enumerate(owners(source, row), 1):
                assert number not in members or (source, line, slot) in planted


def test_rows_to_be_refused_have_a_wrong_number_of_columns_and_are_few() -> None:
    refused = [reject for reject in table("truth/rejects.csv") if reject["source"] != "roster"]
    for source in ("vehicle", "provident_fund"):
        rows = rows_of(source)
        wrong = {line for line, row in enumerate(rows, 1) if len(row) != len(rows[0])}
        trial = {line for line, row in enumerate(rows, 1) if "测试" in row}
        assert wrong | trial == {int(reject["row"]) for reject in refused if reject["source"] == source}
        assert len(trial) == 1
        assert 0 < len(wrong) < len(rows) / 100
        assert len(rows) not in wrong


def test_the_workbook_ends_in_a_total_and_a_note() -> None:
    refused = [reject for reject in table("truth/rejects.csv") if reject["source"] == "housing"]
    ends = [int(reject["row"]) for reject in refused if reject["story"] != "trial_row"]
    assert ends == [len(rows_of("housing")) - 1, len(rows_of("housing"))]
    assert [rows_of("housing")[line - 1][0][:2] for line in ends] == ["合计", "注："]


def test_roster_rows_to_come_back_are_the_spoilt_and_the_nameless_one() -> None:
    back = {
        reject["story"]: int(reject["row"]) - 2 for reject in table("truth/rejects.csv") if reject["source"] == "roster"
    }
    assert table("roster.csv")[back["number_spoilt_by_spreadsheet"]]["身份证号码"] == "3.70199E+17"
    assert table("roster.csv")[back["name_missing"]]["姓名"] == ""


def test_each_rule_must_find_something_and_must_keep_silent_somewhere() -> None:
    rules = {
        "undeclared_vehicle",
        "vehicle_asked_about",
        "undeclared_dwelling",
        "dwellings_over_policy",
        "commercial_premises",
        "undeclared_wage",
        "income_over_standard",
    }
    seen = {(finding["rule"], finding["expect"]) for finding in table("truth/findings.csv")}
    assert {(rule, expect) for rule in rules for expect in ("found", "absent")} <= seen
    assert ("registration_ended", "found") in seen


def test_the_readme_names_every_story() -> None:
    readme = (SAMPLE / "README.md").read_text(encoding="utf-8")
    tables = ("truth/links.csv", "truth/findings.csv", "truth/rejects.csv")
    assert {row["story"] for name in tables for row in table(name) if row["story"] not in readme} == set()


def test_the_script_imports_nothing_from_the_program() -> None:
    for file in (SAMPLE / "make.py", *(SAMPLE / "invented").glob("*.py")):
        assert "jiuzhu_check" not in file.read_text(encoding="utf-8")
