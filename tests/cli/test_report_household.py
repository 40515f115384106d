"""report household, as staff run it; DOCX, which needs no font, stands for both formats here. tests/papers reads them."""

import json
import re
import zipfile
from pathlib import Path

import pytest

from tests.cli.program import WHOLE_NUMBER, Desk

HOME = "JZ00000120"
DOCX = ("--format", "docx", "--on", "2018-12-03")


def told(out: str) -> list[dict[str, str]]:
    heads, *rows = (line.split("\t") for line in out.splitlines())
    return [dict(zip(heads, row, strict=True)) for row in rows]


def test_a_report_is_written_and_its_number_version_and_code_are_told(desk: Desk, tmp_path: Path) -> None:
    said = desk.run("report", "household", HOME, *DOCX, "-o", str(tmp_path / "r.docx"))
    assert said.code == 0, said.err
    (row,) = told(said.out)
    assert (row["编号"], row["版次"], row["家庭编号"], row["文件"]) == ("370000-000001", "1", HOME, "r.docx")
    assert re.fullmatch(r"\d+(-[0-9A-F]{4}){4}", row["校验码"])
    assert (tmp_path / "r.docx").stat().st_mode & 0o777 == 0o600
    body = zipfile.ZipFile(tmp_path / "r.docx").read("word/document.xml").decode()
    assert row["校验码"] in body
    assert not WHOLE_NUMBER.search(body)


def test_the_code_of_a_report_is_verified_and_another_is_not_known(desk: Desk, tmp_path: Path) -> None:
    (row,) = told(desk.run("report", "household", HOME, *DOCX, "-o", str(tmp_path / "r.docx")).out)
    said = desk.run("audit", "verify", "--code", row["校验码"])
    assert said.code == 0
    assert "编号\t370000-000001" in said.out
    assert "存底\t与审计记录一致" in said.out
    other = desk.run("audit", "verify", "--code", row["校验码"][:-1] + ("0" if row["校验码"][-1] != "0" else "1"))
    assert other.code == 4
    assert "问题\t0" in other.out


def test_a_township_and_everybody_are_written_to_a_folder(desk: Desk, tmp_path: Path) -> None:
    of_township = desk.run(
        "report", "household", "--township", "青崖镇", *DOCX, "--run", "latest", "--out", str(tmp_path / "a")
    )
    assert of_township.code == 0, of_township.err
    some = told(of_township.out)
    everybody = told(desk.run("report", "household", "--all", *DOCX, "--out", str(tmp_path / "b")).out)
    assert 0 < len(some) < len(everybody)
    assert {row["文件"] for row in everybody} == {file.name for file in (tmp_path / "b").iterdir()}
    for row in some:  # printed again, in another command: the same number and the same bytes
        assert row in everybody
        assert (tmp_path / "a" / row["文件"]).read_bytes() == (tmp_path / "b" / row["文件"]).read_bytes()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ((), 2, "三者取一"),
        ((HOME, "--all"), 2, "三者取一"),
        (("--all", "-o", "r.docx"), 2, "-o 只用于一户"),
        (("JZ_NOBODY",), 4, "不在这次核对里"),
        (("--township", "没有的镇"), 4, "没有这个乡镇"),
        ((HOME, "--run", "no-such-run"), 4, "没有这次核对"),
        ((HOME, "--edition", "7"), 4, "没有出具过第 7 版"),
        ((HOME, "--on", "yesterday"), 2, "--on 不是日期"),
    ],
)
def test_what_cannot_be_printed_says_why(desk: Desk, arguments: tuple[str, ...], code: int, words: str) -> None:
    said = desk.run("report", "household", *arguments, "--format", "docx")
    assert said.code == code
    assert words in said.err
    assert not list((desk.workspace / "reports").glob("report-*"))


def test_a_number_that_is_typed_for_a_household_is_not_repeated(desk: Desk) -> None:
    said = desk.run("report", "household", "370199190001010018", "--format", "docx")
    assert said.code == 4
    assert "370199190001010018" not in said.out + said.err + "".join(desk.log())


def test_a_slip_is_on_record_as_one(desk: Desk, tmp_path: Path) -> None:
    before = len(desk.log())
    assert desk.run("report", "household", HOME, "--slip", *DOCX, "-o", str(tmp_path / "s.docx")).code == 0
    written = [json.loads(line) for line in desk.log()[before:]]
    assert [each.get("action") or each["result"] for each in written] == ["report", "issue", "ok"]
    assert written[0]["facts"]["report"] == "slip"
    assert HOME not in json.dumps(written)
