"""source list on a screen: a column that says nothing is left out, programs get every one."""

from datetime import date
from pathlib import Path

from jiuzhu_check.cli.source import _says_nothing
from tests.cli.program import Desk


def test_one_supplier_and_no_refused_delivery_need_no_column() -> None:
    assert _says_nothing(1, ["370000", "370000"])
    assert not _says_nothing(1, ["370000", "370100"])
    assert _says_nothing(8, [None, None])
    assert not _says_nothing(8, [None, 2])
    assert not _says_nothing(4, [date(2018, 11, 30)])


def test_programs_get_every_column_and_every_source(desk: Desk) -> None:
    heads, *rows = desk.run("source", "list", "--as-of", "2018-12-01").out.splitlines()
    assert heads.split("\t")[1:3] == ["供数机构", "要求"]
    assert len(rows) >= 26


def test_the_register_is_shown_and_changed_programme_by_programme(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.init()
    done = desk.run(
        "source", "register", "set", "deposit", "--requirement", "required", "--contact", "市监管局信息科", "--freshness-days", "60"
    )  # fmt: skip
    assert (done.code, done.out.splitlines()) == (
        0,
        ["项目\t改前\t改后", "要求\t未签约\t必需", "算新的天数\t没有写\t60", "联系方式\t没有写\t市监管局信息科"],
    )
    desk.run("source", "register", "set", "deposit", "--programme", "农村特困", "--requirement", "unsigned")
    shown = desk.run("source", "register", "show", "deposit").out.splitlines()
    assert shown[1].split("\t")[2:] == ["必需；农村特困 未签约", "60", "登记", "市监管局信息科"]
    listed = desk.run("source", "list", "--as-of", "2018-12-01").out.splitlines()
    assert [row.split("\t")[2] for row in listed if row.startswith("deposit")] == ["必需；农村特困 未签约"]


def test_what_the_register_does_not_know_is_refused_with_a_way_out(desk: Desk) -> None:
    for source, *what in (
        ("car", "--requirement", "required"),
        ("vehicle", "--requirement", "must"),
        ("vehicle", "--programme", "农村特因", "--requirement", "unsigned"),
    ):
        said = desk.run("source", "register", "set", source, *what)
        assert said.code in (2, 4)
        assert "建议：" in said.err
