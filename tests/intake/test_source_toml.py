from datetime import date
from pathlib import Path

import pytest

from jiuzhu_check.errors import ExtractChanged, NotFound, UsageError
from jiuzhu_check.intake.shipped import shipped_connectors
from jiuzhu_check.intake.source import Source, Sources, find_sources, pick
from tests.intake.extracts import number, one, row, taken, vehicles, written

NEW = """
title = "农机"
department = "农机监理机构"
table = "vehicle"
legal_basis = "条款待核实"
[columns]
owner_name_raw = ["机主"]
owner_no_raw = ["机主证件号"]
plate_no = ["农机号牌"]
[contract]
required = ["owner_name_raw", "owner_no_raw"]
"""


def with_folder(folder: Path, name: str, text: str) -> dict[str, Source]:
    (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / name / "source.toml").write_text(text, "utf-8")
    return find_sources(shipped_connectors(), folder)


def test_a_county_takes_on_a_department_without_touching_code(tmp_path: Path) -> None:
    machinery = with_folder(tmp_path, "machinery", NEW)["machinery"]
    delivery = taken(written([("机主", "机主证件号", "农机号牌"), ("张乙", row(1)[1], "鲁01·12345")]), machinery)
    assert one(delivery, "plate_no") == "鲁01·12345"


def test_synonyms_unite_and_scalars_replace(tmp_path: Path) -> None:
    added = '[columns]\nplate_no = ["牌照"]\n[contract]\nmax_drop_pct = 50\n[lookups.status.values]\n"好" = "A"\n'
    vehicle = with_folder(tmp_path, "vehicle", added)["vehicle"]
    assert vehicle.columns["plate_no"][0] == "号牌号码"
    assert vehicle.columns["plate_no"][-1] == "牌照"
    assert (vehicle.contract.max_drop_pct, vehicle.contract.max_reject_pct) == (50, 1.0)
    assert (vehicle.lookups["status"].code("好"), vehicle.lookups["status"].code("注销")) == ("A", "E")
    assert vehicle.title == "机动车"
    text = vehicles((*row(1)[:3], "好"))
    for heading in ("号牌号码", "牌照"):
        assert one(taken(text.replace("号牌号码", heading), vehicle), "status") == "A"


def test_each_change_of_a_source_is_another_reading(tmp_path: Path) -> None:
    shipped = find_sources(shipped_connectors())["vehicle"]
    same = with_folder(tmp_path, "vehicle", "")["vehicle"]
    other = with_folder(tmp_path, "vehicle", '[columns]\nplate_no = ["牌照"]\n')["vehicle"]
    assert shipped.fingerprint == same.fingerprint != other.fingerprint


ALSO = """
title = "收入"
department = "某部门"
table = "income"
legal_basis = "条款待核实"
[columns]
owner_name_raw = ["姓名"]
owner_no_raw = ["证件号"]
amount = ["金额"]
monthly = ["月标准"]
month_from = ["所属期起"]
paid_month = ["发放年月"]
[also]
month_from = "paid_month"
month_to = "month_from"
[read]
amount = "money"
monthly = "money"
paid_month = "month"
month_from = "first_month"
month_to = "last_month"
[contract]
required = ["owner_name_raw", "owner_no_raw"]
one_of = ["amount", "monthly"]
"""


def test_a_column_is_read_from_its_own_cell_and_where_that_is_blank_from_the_other_one(tmp_path: Path) -> None:
    source = with_folder(tmp_path, "some_income", ALSO)["some_income"]
    heads = ("姓名", "证件号", "金额", "所属期起", "发放年月")
    rows = [("张乙", number(1), "5", "201805", "201811"), ("张丙", number(2), "5", "-", "201811"), ("张丁", number(3), "5", "2018.1", "201811")]  # fmt: skip
    told = taken(written([heads, *rows]), source).rows
    assert told["month_from"].to_list() == [date(2018, 5, 1), date(2018, 11, 1), None]  # unreadable is not blank
    assert told["month_to"].to_list() == told["month_from"].to_list()
    assert told["paid_month"].to_list() == [date(2018, 11, 1)] * 3
    without = taken(written([("姓名", "证件号", "金额", "发放年月"), ("张乙", number(1), "5", "201811")]), source)
    assert one(without, "month_from") == date(2018, 11, 1)


def test_one_of_several_columns_is_enough_and_none_of_them_is_too_few(tmp_path: Path) -> None:
    source = with_folder(tmp_path, "some_income", ALSO)["some_income"]
    assert one(taken(written([("姓名", "证件号", "月标准"), ("张乙", number(1), "140")]), source), "monthly") == 140
    with pytest.raises(ExtractChanged, match="「金额/月标准」"):
        taken(written([("姓名", "证件号"), ("张乙", number(1))]), source)


@pytest.mark.parametrize(
    ("before", "after", "key"),
    [
        ('title = "农机"', "", "title"),
        ('title = "农机"', 'titel = "农机"', "titel"),
        ('title = "农机"', "title = 7", "title"),
        ('table = "vehicle"', 'table = "tractor"', "table"),
        ('plate_no = ["农机号牌"]', 'plate = ["农机号牌"]', "columns.plate"),
        ('plate_no = ["农机号牌"]', 'plate_no = "农机号牌"', "columns.plate_no"),
        ('plate_no = ["农机号牌"]', 'plate_no = ["机主"]', "columns.plate_no"),
        ('plate_no = ["农机号牌"]', 'plate_no = ["机 主（必填）"]', "columns.plate_no"),
        ("[contract]", '[read]\nplate_no = "number"\n[contract]', "read.plate_no"),
        ("[contract]", '[read]\nvin = "vin"\n[contract]', "read.vin"),
        ("[contract]", '[units]\nplate_no = "万"\n[contract]', "units.plate_no"),
        ("[contract]", '[units]\nvalue = "元"\n[contract]', "units.value"),
        ("[contract]", '[also]\nvin = "model"\n[contract]', "also.vin"),
        ("[contract]", '[lookups.use.values]\n"1" = "A"\n[contract]', "lookups.use"),
        ("[contract]", '[lookups.plate_no]\nknown = "("\n[contract]', "lookups.plate_no.known"),
        ("[contract]", "[lookups.plate_no]\nletter = true\n[contract]", "lookups.plate_no.letter"),
        ("[contract]", '[format]\nfooters = ["("]\n[contract]', "format.footers"),
        ("[contract]", "[format]\nfooters = [1]\n[contract]", "format.footers"),
        ("[contract]", '[format]\nfooters = ["(?x)合计 #"]\n[contract]', "format.footers"),
        ("[contract]", '[format]\nfooters = ["(?P<a>合计)", "(?P<a>总计)"]\n[contract]', "format.footers"),
        ("[contract]", '[lookups.plate_no]\nknown = "(?x)A #"\n[contract]', "lookups.plate_no.known"),
        ("[contract]", "[lookups.plate_no.values]\na = 1\n[contract]", "lookups.plate_no.values"),
        ("[contract]", '[lookups.plate_no.values]\na = ["b"]\n[contract]', "lookups.plate_no.values"),
        ("[contract]", '[also]\nplate_no = ["owner_no_raw"]\n[contract]', "also.plate_no"),
        ("[contract]", '[read]\nplate_no = ["plate"]\n[contract]', "read.plate_no"),
        ("[contract]", '[units]\nplate_no = ["元"]\n[contract]', "units.plate_no"),
        ("[contract]", '[extract]\nkey = [["plate_no"]]\n[contract]', "extract.key"),
        ("[contract]", "[contract]\none_of = [[]]", "contract.one_of"),
        ('"owner_no_raw"]', '"owner_no_raw", 7]', "contract.required"),
        ("[contract]", "[contract]\nmax_drop_pct = nan", "contract.max_drop_pct"),
        ("[contract]", "[contract]\nmax_reject_pct = 100.5", "contract.max_reject_pct"),
        ("[contract]", "[contract]\nmin_rows = 0", "contract.min_rows"),
        ("[contract]", '[format]\nfooter = ["合计"]\n[contract]', "format.footer"),
        ("[contract]", '[format]\nkind = "pdf"\n[contract]', "format.kind"),
        ("[contract]", '[format]\nkind = "fixed"\n[contract]', "format.fields"),
        ("[contract]", '[format]\nkind = "fixed"\nfields = [{name = "a", width = 0}]\n[contract]', "format.fields"),
        ("[contract]", '[format]\nkind = "fixed"\nfields = [{name = "a", width = true}]\n[contract]', "format.fields"),
        ("[contract]", '[format]\nkind = "fixed"\nfields = [{name = "a", bytes = 2}]\n[contract]', "format.fields"),
        ("[contract]", '[format]\nkind = "fixed"\nfields = ["a"]\n[contract]', "format.fields"),
        ("[contract]", '[[format.fields]]\nname = "a"\nwidth = 2\n[contract]', "format.fields"),
        (
            "[contract]",
            '[format]\nkind = "fixed"\nfields = [{name = "甲", width = 2}, {name = " 甲", width = 2}]\n[contract]',
            "format.fields",
        ),
        ("[contract]", '[format]\nkind = "xml"\n[contract]', "format.records"),
        ("[contract]", '[format]\nkind = "dbf"\nrecords = "a"\n[contract]', "format.records"),
        ("[contract]", '[format]\nencoding = "big5"\n[contract]', "format.encoding"),
        ("[contract]", '[format]\nkind = "spreadsheet"\nencoding = "utf-8"\n[contract]', "format.encoding"),
        ("[contract]", '[format]\ndelimiter = ""\n[contract]', "format.delimiter"),
        ("[contract]", "[format]\ndelimiter = '\"'\n[contract]", "format.delimiter"),
        ("[contract]", '[format]\nkind = "json"\ndelimiter = ","\n[contract]', "format.delimiter"),
        ("[contract]", '[format]\nmembers = ""\n[contract]', "format.members"),
        ("[contract]", '[format]\npath = "a"\n[contract]', "format.path"),
        ("[contract]", "[owners]\nseparators = 7\n[contract]", "owners.separators"),
        ("[contract]", "[contract]\nmax_drop = 20", "contract.max_drop"),
        ("[contract]", '[contract]\nmax_drop_pct = "20"', "contract.max_drop_pct"),
        ("[contract]", "[contract]\nmin_rows = 1.5", "contract.min_rows"),
        ("[contract]", "[contract]\nfinal_newline = 1", "contract.final_newline"),
        ("[contract]", '[constant]\nplate_no = "1"\n[contract]', "constant.plate_no"),
        ("[contract]", "[constant]\nkind = 1\n[contract]", "constant.kind"),
        ("[contract]", '[constant]\ncolour = "red"\n[contract]', "columns.colour"),
        ("[contract]", "[owners]\nboth = true\n[contract]", "owners.both"),
        ("[contract]", '[by_heading]\nuse = "机主"\n[contract]', "by_heading.use"),
        ("[contract]", '[by_heading.use]\n"车主" = "A"\n[contract]', "by_heading.use"),
        ("[contract]", '[by_heading.use]\n"机主" = 1\n[contract]', "by_heading.use"),
        ("[contract]", '[by_heading.colour]\n"机主" = "red"\n[contract]', "columns.colour"),
        ("[contract]", '[constant]\nuse = "A"\n[by_heading.use]\n"机主" = "A"\n[contract]', "by_heading.use"),
        ("[contract]", '[read]\nplate_no = "power"\n[units]\nplate_no = "万元"\n[contract]', "units.plate_no"),
        ("[contract]", '[transport]\nkind = "pigeon"\n[contract]', "transport.kind"),
        ("[contract]", '[extract]\nmode = "all"\n[contract]', "extract.mode"),
        ("[contract]", '[extract]\nmode = "incremental"\n[contract]', "extract.key"),
        ("[contract]", '[extract]\nkey = ["vin"]\n[contract]', "extract.key"),
        ('"owner_no_raw"]', '"owner_no_raw", "vin"]', "contract.required"),
        ('"owner_no_raw"]', '"owner_no_raw"]\none_of = ["vin"]', "contract.one_of"),
        ("[contract]", '[also]\nplate_no = "plate_no"\n[contract]', "also.plate_no"),
        ('required = ["owner_name_raw", "owner_no_raw"]', 'required = "owner_no_raw"', "contract.required"),
    ],
)
def test_a_mistake_in_a_source_toml_is_named_by_file_and_key(tmp_path: Path, before: str, after: str, key: str) -> None:
    assert NEW.count(before) == 1
    with pytest.raises(UsageError) as wrong:
        with_folder(tmp_path, "machinery", NEW.replace(before, after))
    assert f"connectors/machinery/source.toml 的 {key}：" in wrong.value.message
    assert wrong.value.hint


@pytest.mark.parametrize("text", ["title = ", 'title = "a"\ntitle = "b"\n', "\xff"])
def test_a_file_that_is_no_toml_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "vehicle").mkdir()
    (tmp_path / "vehicle" / "source.toml").write_bytes(text.encode("latin-1"))
    with pytest.raises(UsageError, match=r"vehicle/source\.toml 不是有效的 TOML"):
        find_sources(shipped_connectors(), tmp_path)


@pytest.mark.parametrize("name", ["Farm", "农机", "farm-machinery", "1farm"])
def test_a_folder_name_that_no_command_could_say_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="文件夹名"):
        with_folder(tmp_path, name, NEW)


def test_a_source_that_nobody_has_is_said_with_those_there_are() -> None:
    with pytest.raises(NotFound) as missing:
        pick(find_sources(shipped_connectors()), "weather")
    assert "vehicle" in missing.value.hint


def test_every_shipped_source_says_what_it_needs() -> None:
    for source in find_sources(shipped_connectors()).values():
        assert source.legal_basis
        assert source.contract.required
        assert source.contract.min_rows >= 1


def test_a_number_typed_where_a_source_belongs_is_not_repeated() -> None:
    with pytest.raises(NotFound) as missing:
        pick(find_sources(shipped_connectors()), row(1)[1])
    assert row(1)[1] not in missing.value.message + missing.value.hint


def test_a_county_reads_its_department_in_another_format(tmp_path: Path) -> None:
    fields = "".join(
        f'[[format.fields]]\nname = "{heading}"\nwidth = {width}\n'
        for heading, width in (("机主", 12), ("机主证件号", 18), ("", 2), ("农机号牌", 12))
    )
    format = f'[format]\nkind = "fixed"\nencoding = "gb18030"\n{fields}[contract]'
    machinery = with_folder(tmp_path, "machinery", NEW.replace("[contract]", format))["machinery"]
    line = "张乙".encode("gb18030").ljust(12) + row(1)[1].encode() + b"##" + b"01-12345".ljust(12) + b"\n"
    assert one(taken(line, machinery), "owner_no_raw") == row(1)[1]


def test_a_source_is_read_when_it_is_asked_for_and_not_before(tmp_path: Path) -> None:
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "source.toml").write_text('title = "坏"\n\n[columns]\nplate_no = 1\n', encoding="utf-8")
    sources = Sources(shipped_connectors(), tmp_path)
    assert sources["vehicle"] == find_sources(shipped_connectors())["vehicle"]
    assert (sources.outline("broken").title, sources.outline("housing").title) == ("坏", "不动产")
    with pytest.raises(UsageError, match="broken"):
        sources["broken"]


def test_why_a_pattern_is_none_is_said_in_the_words_of_the_reader_of_patterns(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"unclosed group。$"):
        with_folder(tmp_path, "machinery", NEW.replace("[contract]", '[format]\nfooters = ["("]\n[contract]'))
