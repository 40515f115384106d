"""source list on a screen: a column that says nothing is left out, programs get every one."""

from datetime import date

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
