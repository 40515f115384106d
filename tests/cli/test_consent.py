"""consent at the terminal: a list is taken in line by line, a member withdraws, and the centre sees what had been read."""

from pathlib import Path

from tests.cli.program import AS_OF, WHOLE_NUMBER, Desk

HOUSEHOLD = "JZ00000120"


def test_a_list_is_accepted_and_returned_line_by_line(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "补交.csv"
    file.write_text(
        "户号,姓名,授权书编号,签订日期,有效期至\n"
        f"{HOUSEHOLD},查无此人,SQ9,2018-11-01,2019-10-31\n"
        "JZ99999999,张三,SQ9,2018-11-01,2019-10-31\n",
        encoding="gb18030",
    )
    said = desk.run("consent", "import", str(file))
    assert said.code == 0
    assert "交来 2 行 = 收下 0 行 + 退回 2 行。" in said.err
    assert [row.split("\t")[1:] for row in said.out.splitlines()[1:]] == [
        ["2", "名册上本户没有这个姓名的人"],
        ["3", "名册里没有这个家庭编号"],
    ]


def test_a_member_withdraws_and_what_was_read_before_is_listed(desk: Desk) -> None:
    case = ("case", "--household", HOUSEHOLD, "--purpose", "recheck", "--as-of", AS_OF, "--format", "json")
    desk.run(*case)
    asked = ("consent", "withdraw", HOUSEHOLD, "1", "--on", "2018-11-30", "--document", "CH-7")
    done = desk.run(*asked)
    assert (done.code, "不再作数" in done.err) == (0, True)
    assert "没有改动" in desk.run(*asked).err
    assert "已于2018-11-30撤回授权" in desk.run(*case).out
    rows = [row.split("\t") for row in desk.run("consent", "withdrawn", "--household", HOUSEHOLD).out.splitlines()[1:]]
    assert {(row[0], row[1], row[2], row[3]) for row in rows} == {(HOUSEHOLD, "1", "2018-11-30", "CH-7")}
    assert {"机动车", "不动产", "住房公积金"} <= {row[4] for row in rows}
    listed = desk.run("consent", "list", "--withdrawn", "--as-of", AS_OF)
    assert [row.split("\t")[:2] for row in listed.out.splitlines()[1:]] == [[HOUSEHOLD, "1"]]
    assert not WHOLE_NUMBER.search(listed.out + done.err)


def test_what_does_not_fit_is_refused_with_its_exit_code(desk: Desk) -> None:
    wrong = {
        ("withdraw", "JZ99999999", "1", "--on", "2018-11-30", "--document", "CH-7"): 4,
        ("withdraw", HOUSEHOLD, "99", "--on", "2018-11-30", "--document", "CH-7"): 4,
        ("withdraw", HOUSEHOLD, "1", "--on", "2018-11-31", "--document", "CH-7"): 2,
        ("withdraw", HOUSEHOLD, "1", "--on", "2999-01-01", "--document", "CH-7"): 2,
        ("withdraw", HOUSEHOLD, "1", "--on", "2018-11-30"): 2,
        ("list", "--household", "JZ99999999"): 4,
        ("list", "--expiring", "-1"): 2,
        ("import", "没有这个文件.csv"): 4,
    }
    assert {words: desk.run("consent", *words).code for words in wrong} == wrong
