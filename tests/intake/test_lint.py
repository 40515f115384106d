"""A county that writes a source.toml hears of every mistake at once, and of what a run would take without a word."""

from pathlib import Path

import pytest

from jiuzhu_check.errors import UsageError
from jiuzhu_check.intake.lint import Problem, lint
from jiuzhu_check.intake.shipped import shipped_connectors
from jiuzhu_check.intake.source import find_sources

GOOD = """
title = "农机"
department = "农机监理机构"
table = "vehicle"
legal_basis = "条款待核实"
[columns]
owner_name_raw = ["机主"]
owner_no_raw = ["机主证件号"]
plate_no = ["农机号牌"]
brand = ["品牌"]
value = ["购机价"]
record_date = ["登记日期"]
[read]
value = "money"
record_date = "day"
[units]
value = "万元"
[lookups.brand.values]
"东方红" = "DFH"
[contract]
required = ["owner_name_raw", "owner_no_raw", "plate_no"]
"""
SAMPLE = "机主,机主证件号,农机号牌,品牌,购机价,登记日期\n张甲,370199198001010011,鲁0112345,东方红,3.5,2018-01-01\n"


def written(folder: Path, text: str, name: str = "farm", sample: str = SAMPLE) -> Path:
    home = folder / "connectors" / name
    home.mkdir(parents=True, exist_ok=True)
    (home / "source.toml").write_text(text, "utf-8")
    if sample:
        (home / "sample.csv").write_text(sample, "utf-8")
    return folder / "connectors"


def told(folder: Path, text: str = GOOD) -> set[str]:
    """The keys in which something has to be mended."""
    return {problem.key for problem in lint(written(folder, text)) if problem.stops}


def test_a_source_in_which_nothing_is_wrong_has_no_problem(tmp_path: Path) -> None:
    assert lint(written(tmp_path, GOOD)) == []


def test_everything_that_ships_fits() -> None:
    assert [problem for problem in lint(shipped_connectors()) if problem.stops] == []


@pytest.mark.parametrize(
    ("before", "after", "key"),
    [
        ('title = "农机"', 'titel = "农机"', "titel"),
        ('title = "农机"', "", "title"),
        ('legal_basis = "条款待核实"', 'legal_basis = "某办法第一条"', "legal_basis"),
        ('plate_no = ["农机号牌"]', 'plate = ["农机号牌"]', "columns.plate"),
        ('brand = ["品牌"]', 'brand = ["品牌", "机 主（必填）"]', "columns.brand"),
        ('brand = ["品牌"]', 'brand = ["品牌", "Plate_No"]', "columns.brand"),
        ('brand = ["品牌"]', 'brand = ["品牌", "（备注）"]', "columns.brand"),
        ('value = "money"', 'value = "monye"', "read.value"),
        ('value = "money"', "value = 7", "read.value"),
        ('value = "money"', 'value = "money"\nvin = "vin"', "read.vin"),
        ('value = "money"\n', "", "read.value"),
        ('record_date = "day"', 'record_date = "plate"', "read.record_date"),
        ('record_date = "day"', 'record_date = "day"\nbrand = "text"', "lookups.brand"),
        ('value = "万元"', 'value = "万"', "units.value"),
        ('value = "万元"', 'record_date = "元"', "units.record_date"),
        ('"东方红" = "DFH"', '"东方红" = "DFH"\n"东 方红" = "X"', "lookups.brand.values"),
        ('"东方红" = "DFH"', '"东方红" = ""', "lookups.brand.values"),
        ("[lookups.brand.values]", '[lookups.record_date.values]\n"长期" = "x"\n[lookups.brand.values]', "lookups.record_date"),
        ("[lookups.brand.values]", '[lookups.vin.values]\n"x" = "y"\n[lookups.brand.values]', "lookups.vin"),
        ('"owner_no_raw", "plate_no"]', '"owner_no_raw", "vin"]', "contract.required"),
        ('"owner_no_raw", "plate_no"]', '"owner_no_raw", 7]', "contract.required"),
        ('required = ["owner_name_raw", "owner_no_raw", "plate_no"]', "required = []", "contract.required"),
        ('plate_no = ["农机号牌"]', "plate_no = []", "contract.required"),
        ("[contract]", "[contract]\nmax_drop_pct = 200", "contract.max_drop_pct"),
        ("[contract]", "[contract]\nmin_rows = 0", "contract.min_rows"),
        ("[contract]", '[also]\nbrand = "plate_no"\nplate_no = "brand"\n[contract]', "also.brand"),
        ("[contract]", '[format]\nfooters = ["合计|"]\n[contract]', "format.footers"),
        ("[contract]", '[format]\nfooters = ["(?x)合计 #"]\n[contract]', "format.footers"),
        ("[contract]", "[format]\nfooters = [1]\n[contract]", "format.footers"),
        ('"东方红" = "DFH"', '"东方红" = ["DFH"]', "lookups.brand.values"),
        ("[contract]", '[format]\nkind = "excel"\n[contract]', "format.kind"),
        ("[contract]", '[transport]\nkind = "folder"\n[contract]', "transport.path"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_by_its_key(tmp_path: Path, before: str, after: str, key: str) -> None:
    assert GOOD.count(before) == 1
    assert key in told(tmp_path, GOOD.replace(before, after))


def test_all_mistakes_of_all_sources_are_told_at_once_and_a_run_stops_at_the_first(tmp_path: Path) -> None:
    bad = GOOD.replace('title = "农机"', 'titel = "农机"').replace('value = "万元"', 'brand = "万元"\nvalue = "万"')
    bad = bad.replace('value = "money"', 'value = "monye"\nvin = 7').replace('"plate_no"]', '"vin"]')
    folder = written(tmp_path, bad)
    written(tmp_path, bad, "another")
    written(tmp_path, "title = ", "broken")
    (folder / "empty").mkdir()
    problems = lint(folder)
    keys = {"titel", "title", "units.brand", "units.value", "read.value", "read.vin", "contract.required"}
    for name in ("farm", "another"):
        assert {each.key for each in problems if f"/{name}/" in each.file} >= keys
    assert {Path(each.file).parent.name for each in problems if not each.key} >= {"broken", "connectors"}
    assert all(each.why and each.todo for each in problems)
    with pytest.raises(UsageError):
        find_sources(folder)


def test_what_is_meant_is_named(tmp_path: Path) -> None:
    text = GOOD.replace('title = "农机"', 'titel = "农机"').replace("plate_no = [", "plate_on = [")
    hints = {problem.key: problem.todo for problem in lint(written(tmp_path, text))}
    assert "title" in hints["titel"]
    assert "plate_no" in hints["columns.plate_on"]


def test_an_addition_to_a_shipped_source_is_blamed_where_it_stands(tmp_path: Path) -> None:
    folder = written(tmp_path, '[lookups.status.values]\n"注 销" = "A"\n', "vehicle", "")
    (problem,) = (each for each in lint(shipped_connectors(), folder) if each.stops)
    assert problem.file == str(folder / "vehicle" / "source.toml")
    assert "注 销" in problem.why


def test_a_sample_that_its_source_does_not_read_is_a_mistake_and_one_that_is_missing_is_only_told(
    tmp_path: Path,
) -> None:
    folder = written(tmp_path, GOOD, sample=SAMPLE.replace("农机号牌", "牌子"))
    assert [(each.stops, "农机号牌" in each.why) for each in lint(folder)] == [(True, True)]
    (folder / "farm" / "sample.csv").unlink()
    assert [each.stops for each in lint(folder)] == [False]


@pytest.mark.parametrize(
    "key", ["title", "table", "columns", "format", "read", "units", "lookups", "contract", "also", "owners"]
)
@pytest.mark.parametrize("value", ["7", "[]", "true", '"x"', "{a = 1}", "{a = []}"])
def test_a_value_of_any_kind_anywhere_is_told_and_never_ends_in_a_traceback(
    tmp_path: Path, key: str, value: str
) -> None:
    lines = [f"{key} = {value}", 'department = "x"', 'legal_basis = "条款待核实"']
    rest = {
        "title": 'title = "x"',
        "table": 'table = "vehicle"',
        "columns": 'columns = {brand = ["b"]}',
        "contract": "contract = {}",
    }
    text = "\n".join([*lines, *(line for name, line in rest.items() if name != key)])
    problems = lint(written(tmp_path, text))
    assert all(isinstance(each, Problem) for each in problems)
    assert any(each.stops for each in problems)
