"""report notice, as a clerk runs it."""

from pathlib import Path

import openpyxl

from tests.cli.program import SAMPLE, WHOLE_NUMBER, Desk, run

BOARD = ("report", "notice", "--level", "village", "--region", "370199", "--township", "青崖镇", "--village", "上崖村")


def test_a_clerk_is_told_what_to_fill_in_and_what_is_not_listed(fresh: Desk, tmp_path: Path) -> None:
    fresh.run("roster", "import", str(SAMPLE / "roster.csv"))
    file = tmp_path / "notice.xlsx"
    said = fresh.run(*BOARD, "--from", "2018-12-03", "--format", "xlsx", "-o", str(file))
    assert said.code == 0
    assert said.out == ""
    assert "已写 3 户到" in said.err
    assert "政策没有写异议反映电话或地址（notice.phone、notice.address），已留空，请手填。" in said.err
    assert file.stat().st_mode & 0o777 == 0o600
    cells = [str(cell.value) for row in openpyxl.load_workbook(file).active.iter_rows() for cell in row if cell.value]
    assert "范围：青崖镇上崖村" in cells
    assert [cell for cell in cells if WHOLE_NUMBER.search(cell) or "JZ0" in cell] == []


def test_without_an_output_each_board_has_a_file_of_its_own(fresh: Desk) -> None:
    fresh.run("roster", "import", str(SAMPLE / "roster.csv"))
    for village in ("上崖村", "后沟村"):
        assert fresh.run(*BOARD[:-1], village, "--from", "2018-12-03").code == 0
    assert sorted(file.name for file in (fresh.workspace / "reports").iterdir()) == [
        "notice-village-applicants-青崖镇上崖村-2018-12-03.html",
        "notice-village-applicants-青崖镇后沟村-2018-12-03.html",
    ]


def test_a_place_that_is_not_on_the_roster_ends_with_four_and_writes_nothing(fresh: Desk) -> None:
    fresh.run("roster", "import", str(SAMPLE / "roster.csv"))
    assert fresh.run(*BOARD[:-1], "无此村").code == 4
    assert list((fresh.workspace / "reports").iterdir()) == []


def test_the_log_names_the_board_and_no_person(fresh: Desk) -> None:
    fresh.run("roster", "import", str(SAMPLE / "roster.csv"))
    fresh.run(*BOARD, "--from", "2018-12-03")
    line = next(line for line in fresh.log() if '"action":"notice"' in line)
    assert '"place":"青崖镇上崖村"' in line
    assert "付建杰" not in "".join(fresh.log())


def test_a_clerk_who_reads_english_is_told_in_english(fresh: Desk) -> None:
    said = run("--lang", "en", "-C", str(fresh.workspace), "report", "notice", "--level", "village")
    assert said.code == 2
    assert "A village needs --township and --village" in said.err
