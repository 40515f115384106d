"""Who may ask, what is shown, and what is left behind."""

import csv
import json
from pathlib import Path

import pytest

from tests.cli.conftest import Walked
from tests.cli.program import AS_OF, SAMPLE, WHOLE_NUMBER, Desk, Said

CASE = ("case", "--household", "JZ00000120", "--purpose", "recheck", "--as-of", AS_OF)
WITH_RECORDS = ("--person-no", "-", "--purpose", "recheck", "--as-of", AS_OF)


def roster() -> list[dict[str, str]]:
    with (SAMPLE / "roster.csv").open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def stranger_with_a_car() -> str:
    """The valid number of somebody who has a car and is not on the roster."""
    known = {member["身份证号码"] for member in roster()}
    lines = (SAMPLE / "inbox" / "vehicle.csv").read_text(encoding="gb18030").splitlines()
    numbers = [row["身份证明号码"] for row in csv.DictReader(lines) if row["身份证明号码"]]
    return next(number for number in numbers if WHOLE_NUMBER.fullmatch(number) and number not in known)


def test_no_whole_number_is_shown_anywhere_in_the_whole_job(walked: Walked) -> None:
    shown = {name: WHOLE_NUMBER.findall(said.out + said.err) for name, said in walked.said.items()}
    assert {name: found for name, found in shown.items() if found} == {}
    everything = "".join(said.out + said.err for said in walked.said.values())
    assert [number for number in {member["身份证号码"] for member in roster()} if number in everything] == []


def test_no_whole_number_is_in_the_audit_log_or_in_a_name_of_a_file(walked: Walked) -> None:
    assert not WHOLE_NUMBER.search("\n".join(walked.log))
    assert not WHOLE_NUMBER.search("\n".join(str(path) for path in walked.desk.folder.rglob("*")))


def test_nothing_in_the_workspace_can_be_read_without_the_key(walked: Walked) -> None:
    names = {member["姓名"].encode() for member in roster() if len(member["姓名"]) > 2}
    numbers = {member["身份证号码"].encode() for member in roster() if len(member["身份证号码"]) == 18}
    assert len(names) > 100
    for file in walked.desk.workspace.rglob("*"):
        if file.is_file():
            data = file.read_bytes()
            assert not any(number in data for number in numbers), file.name
            assert not any(name in data for name in names), file.name


def test_without_a_purpose_the_case_is_refused_before_anything_is_opened(desk: Desk) -> None:
    before = desk.log()
    desk.key.unlink()
    said = desk.run("case", "--household", "JZ00000120")
    assert said.code == 5
    assert said.out == ""
    assert desk.log() == before


def test_a_person_off_the_roster_is_refused_in_the_same_words_with_records_and_without(desk: Desk) -> None:
    car_owner = stranger_with_a_car()
    nobody = "370199190001010018"
    said = [desk.run("case", *WITH_RECORDS, given=f"{number}\n") for number in (car_owner, nobody)]
    assert said[0] == said[1]
    assert said[0].code == 5
    assert car_owner not in said[0].out + said[0].err


def test_the_refusal_is_on_record(desk: Desk) -> None:
    before = len(desk.log())
    desk.run("case", *WITH_RECORDS, given=f"{stranger_with_a_car()}\n")
    written = [json.loads(line) for line in desk.log()[before:]]
    assert (written[0]["phase"], written[0]["action"]) == ("intent", "lookup")
    assert written[-1]["result"] == "error-5"


@pytest.mark.parametrize(
    "arguments",
    [
        ("case", "--person-no", "370199190001010018", "--purpose", "recheck"),
        ("case", "--person-no=370199190001010018", "--purpose", "recheck"),
        ("case", "--name", "张建国", "--purpose", "recheck"),
    ],
)
def test_a_number_or_name_in_the_command_is_refused_and_not_repeated(
    walked: Walked, arguments: tuple[str, ...]
) -> None:
    said = walked.desk.run(*arguments)
    assert said.code == 2
    assert "370199190001010018" not in said.out + said.err
    assert "张建国" not in said.out + said.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("case", "370199190001010018"),
        ("370199190001010018",),
        ("check", "370199190001010018"),
        ("case", "--purpose", "370199190001010018"),
        ("case", "--370199190001010018"),
        ("check", "recipients", "--as-of", "370199190001010018"),
        ("export", "370199190001010018"),
        ("pull", "370199190001010018", "--file", "x", "--data-date", "2018-11-30"),
    ],
)
def test_a_number_typed_in_the_wrong_place_is_not_repeated(walked: Walked, arguments: tuple[str, ...]) -> None:
    said = walked.desk.run(*arguments)
    assert said.code in (2, 4)
    assert "370199190001010018" not in said.out + said.err


def test_a_person_on_the_roster_is_found_from_standard_input(desk: Desk) -> None:
    number = next(each["身份证号码"] for each in roster() if each["家庭编号"] == "JZ00000120")
    said = desk.run("case", *WITH_RECORDS, given=f"{number}\n")
    assert said.code == 0
    assert "JZ00000120" in said.out
    assert number not in said.out + said.err


def test_whole_numbers_are_shown_for_a_reason_which_is_on_record(desk: Desk) -> None:
    refused = desk.run(*CASE, "--reveal")
    assert refused.code == 5
    assert not WHOLE_NUMBER.search(refused.out)
    before = len(desk.log())
    shown = desk.run(*CASE, "--reveal", "--reason", "户主来电核实")
    assert shown.code == 0
    assert WHOLE_NUMBER.search(shown.out)
    written = [json.loads(line) for line in desk.log()[before:]]
    assert any(each.get("action") == "reveal" and each["reason"] == "户主来电核实" for each in written)


def test_a_reason_that_holds_a_number_is_refused(desk: Desk) -> None:
    said = desk.run(*CASE, "--reveal", "--reason", "核实 370199190001010018")
    assert said.code == 2
    assert "370199190001010018" not in said.out + said.err + "".join(desk.log())


def test_every_check_case_and_export_is_on_record(walked: Walked) -> None:
    written = [json.loads(line) for line in walked.log]
    actions = [each["action"] for each in written if each["phase"] == "intent"]
    assert actions.count("export") == 4
    assert actions.count("case") == 3
    assert {"recipients", "entrants", "pull", "roster_import"} <= set(actions)
    assert len([each for each in written if each["phase"] == "outcome"]) == len(actions)


def test_the_log_is_whole_after_the_whole_job(walked: Walked) -> None:
    told = dict(line.split("\t") for line in walked.said["audit verify"].out.splitlines())
    assert told["问题"] == "0"
    assert told["中断的查询"] == "0"
    assert int(told["记录"].replace(",", "")) == len(walked.log)


def test_a_line_taken_out_of_the_log_is_found(desk: Desk) -> None:
    (log,) = (desk.workspace / "audit").glob("*.jsonl")
    lines = log.read_bytes().splitlines(keepends=True)
    log.write_bytes(b"".join(lines[:4] + lines[5:]))
    assert desk.run("audit", "verify").code == 15


def test_files_are_for_their_owner_alone(walked: Walked) -> None:
    for path in (*walked.desk.folder.rglob("*"),):
        if "policy" not in path.parts:
            assert path.stat().st_mode & 0o077 == 0, path.name


def test_an_output_file_is_replaced_whole_and_is_for_its_owner_alone(walked: Walked, tmp_path: Path) -> None:
    target = tmp_path / "links.csv"
    target.write_text("what was there before")
    target.chmod(0o666)
    with target.open("rb") as held:
        said = walked.desk.run("export", "links", "--run", "all", "-o", str(target))
        assert said.code == 0
        assert held.read() == b"what was there before"
    assert target.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["links.csv"]


def test_a_refused_export_leaves_the_file_that_was_there(desk: Desk, tmp_path: Path) -> None:
    target = tmp_path / "mine.csv"
    target.write_text("what was there before")
    said: Said = desk.run("export", "links", "--run", "no-such-run", "-o", str(target))
    assert said.code == 4
    assert target.read_text() == "what was there before"
