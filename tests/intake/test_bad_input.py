"""Bad input as it was met or tried: for each, what has to become of it. A file is refused, or its rows stay right.

Where a fault is tried that is not tried below:

GB18030 read as UTF-8            test_text_extracts.py  test_every_encoding_says_the_same
short and long rows              test_text_extracts.py  test_short_and_long_rows_are_rejected_with_their_number
too many rejects                 test_text_extracts.py  test_rows_past_the_reject_limit_refuse_the_delivery
a row without its owner          test_text_extracts.py  test_a_row_without_owner_number_is_kept_for_an_asset_may_hang_on_it
columns gone or turned           test_drift.py          test_a_column_that_turned_into_something_else_refuses_the_delivery
files damaged anywhere           test_damaged_files.py  test_a_damaged_file_is_refused_or_right
counts that add up               test_reading_paths.py  test_accepted_and_rejected_are_what_was_delivered
half a file, an empty one        test_source_list.py    test_half_a_file_makes_nothing_gone
no formula goes out              test_runs.py           test_a_cell_that_a_spreadsheet_would_take_for_a_formula_is_disarmed
no formula in a workbook         test_worklist.py       test_a_cell_that_looks_like_a_formula_stays_text
a length that is not reached     test_http.py           test_a_line_that_breaks_in_the_middle_of_a_page_is_no_page
no length at all                 test_http.py           test_an_answer_without_length_could_be_cut_and_is_not_taken
a web page for an answer         test_http.py           test_what_is_no_list_of_records_is_refused
a silent service                 test_http.py           test_a_port_that_never_speaks_is_given_up
silence within an answer         test_http.py           test_a_service_that_falls_silent_within_its_answer_is_given_up
a service that drips             test_http.py           test_a_service_that_drips_is_given_up_at_the_deadline
another host's certificate       test_http.py           test_nobody_else_is_spoken_to
a certificate that is over       test_http.py           test_a_certificate_that_is_over_is_not_trusted
an old TLS                       test_http.py           test_an_old_tls_is_not_spoken
a page lost or doubled           test_paging.py         test_where_a_page_is_lost_cut_or_doubled_nothing_is_taken_for_the_whole
a database cut off               test_databases.py      test_an_answer_that_breaks_off_is_no_answer
a value within a query           test_databases.py      test_a_cursor_value_is_a_value_and_never_part_of_the_query
links among the deliveries       test_folder.py         test_links_and_folders_are_no_deliveries
names of sources                 test_source_toml.py    test_a_folder_name_that_no_command_could_say_is_refused
text that hides or reorders      test_plain.py          test_what_reorders_or_hides_text_is_written_as_its_code
"""

import io
import re
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
import xlwt

from jiuzhu_check.errors import ExtractChanged, UsageError
from jiuzhu_check.intake.delivery import read_delivery
from jiuzhu_check.intake.pull import Pulled, pull, to_records
from jiuzhu_check.intake.shipped import shipped_connectors
from jiuzhu_check.intake.source import Source, find_sources
from jiuzhu_check.intake.stored import dataset
from jiuzhu_check.store.snapshot import Store
from tests.intake.extracts import (
    FUND,
    HEADINGS,
    VEHICLE,
    number,
    one,
    owners,
    rejected,
    row,
    taken,
    vehicles,
    written,
)  # fmt: skip
from tests.intake.written import FORMATS, dbf, reading, xlsx, xml, zipped

TESTS = Path(__file__).parents[1]


@pytest.mark.parametrize("line", [line for line in (__doc__ or "").splitlines() if ".py " in line])
def test_what_is_said_to_be_tried_elsewhere_is_tried_there(line: str) -> None:
    file, test = line.split()[-2:]
    (found,) = TESTS.rglob(file)
    assert f"def {test}(" in found.read_text(encoding="utf-8")


TWO = vehicles(row(1), row(2))
MANY = [row(serial) for serial in range(200)]


@dataclass(frozen=True)
class Bad:
    """A file that may not be taken, and what is said of it."""

    what: str
    data: bytes
    says: str
    source: Source = VEHICLE


def workbook(change: Callable[[xlsxwriter.Workbook, object], object]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet("机动车")
        for down, cells in enumerate([HEADINGS, row(1), row(2)]):
            sheet.write_row(down, 0, cells)
        change(book, sheet)
    return out.getvalue()


def with_part(data: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            after.writestr(name, change(before.read(name)) if name == part else before.read(name))
    return out.getvalue()


def in_place(*pairs: bytes) -> bytes:
    """Two rows whose places were written otherwise: pairs of what stood there and what stands there now."""

    def moved(part: bytes) -> bytes:
        for before, after in zip(pairs[::2], pairs[1::2], strict=True):
            assert before in part
            part = part.replace(before, after)
        return part

    return with_part(workbook(lambda *_: None), "xl/worksheets/sheet1.xml", moved)


def moved_in_xls(cell: tuple[int, int], to: tuple[int, int]) -> bytes:
    """An old workbook in which one cell says that it stands where another one does."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("机动车")
    for down, cells in enumerate([HEADINGS, row(1), row(2)]):
        for across, each in enumerate(cells):
            sheet.write(down, across, each)
    out = io.BytesIO()
    book.save(out)
    there, wanted = (struct.pack("<4H", 0x00FD, 10, *place) for place in (cell, to))
    assert out.getvalue().count(there) == 1
    return out.getvalue().replace(there, wanted)


DTD = b'<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y SYSTEM "file:///etc/passwd">]>'


def with_dtd(entity: str) -> bytes:
    strings = "xl/sharedStrings.xml"
    book = with_part(xlsx([row(1)]), strings, lambda part: part.replace(b"<sst", DTD + b"<sst", 1))
    return with_part(book, strings, lambda part: part.replace(row(1)[0].encode(), entity.encode()))


REFUSED = [
    Bad("UTF-8 with one byte wrong is not read as GB18030", TWO.encode().replace("张丙".encode(), b"\xe5\xbc\x41\xe4\xb8\x99"), "第 3 行不是有效的 UTF-8"),
    Bad("under headings that are Latin letters neither", written([("SYR", "SFZMHM", "HPHM", "ZT"), *MANY]).encode()[:-2] + b"\xe5\n", "不是有效的 UTF-8"),
    Bad("UTF-16 with its mark", TWO.encode("utf-16"), "UTF-16"),
    Bad("UTF-16 without", TWO.encode("utf-16-le"), "空字节"),
    Bad("a short last row: the file was cut off in it", TWO[:-5].encode() + b"\n", "列数不足"),
    Bad("a last line without an end", TWO[:-1].encode(), "没有换行"),
    Bad("a quote that is never closed", vehicles(row(1), ('"张丙', *row(2)[1:])).encode(), "第 3 行有未闭合的引号"),
    Bad("a zero byte in a text", TWO.replace("张丙", "张\x00丙").encode(), "第 3 行有空字节"),
    Bad("a heading twice", written([(*HEADINGS, HEADINGS[1]), (*row(1), "")]).encode(), "出现了两次"),
    Bad("headings and no row", vehicles().encode(), "只有 0 行"),
    Bad("nothing at all", b"", "空文件"),
    Bad("another extract", written([("甲", "乙", "丙"), ("1", "2", "3")]).encode(), "没有找到表头"),
    Bad("two files in one", (TWO + TWO).encode(), "第 4 行又出现一次表头"),
    Bad("two files in one, each with its mark", TWO.encode("utf-8-sig") * 2, "第 4 行又出现一次表头"),
    Bad("two files in one, the second with other headings", (TWO + TWO.replace(HEADINGS[0], "* 车主 ", 1)).encode(), "第 4 行又出现一次表头"),
    Bad("a login page instead of the file", b"<!DOCTYPE html><html><body>login</body></html>", "网页"),
    Bad("a login page called workbook", b"\r\n<html xmlns:x='urn:schemas-microsoft-com:office:excel'>", "网页"),
    Bad("an error message instead of the records", b'{"code": "401", "msg": "token expired"}', "缺少必需的列"),
    Bad("a picture", b"\x89PNG\r\n\x1a\n" + bytes(200), "空字节"),
    Bad("Parquet", b"PAR1" + bytes(200) + b"PAR1", "空字节"),
    Bad("a workbook that names one cell far away", workbook(lambda _, sheet: sheet.write(1048575, 16383, "远")), "打不开"),  # type: ignore[attr-defined]
    Bad("a workbook whose text is an entity", with_dtd("&x;"), "打不开"),
    Bad("a workbook whose text is a file of this machine", with_dtd("&y;"), "打不开"),
    Bad("two rows in one place, of which a reader keeps the last", in_place(b'<row r="3"', b'<row r="2"', b'r="A3"', b'r="A2"', b'r="B3"', b'r="B2"'), "写着第 2 行的位置"),
    Bad("two rows with one number and cells that say otherwise", in_place(b'<row r="3"', b'<row r="2"'), "写着第 2 行的位置"),
    Bad("two cells in one place", in_place(b'r="B3"', b'r="A3"'), "写着第 3 行的位置"),
    Bad("a cell that stands in another row's place", in_place(b'r="D3"', b'r="D2"'), "写着第 3 行的位置"),
    Bad("two cells of an XLS in one place", moved_in_xls((2, 1), (1, 1)), "写着第 2 行的位置"),
    Bad("a workbook that unpacks beyond all measure", zipped([("[Content_Types].xml", b"<"), ("xl/a.xml", b"0" * (300 << 20))]), "异常地大"),
    Bad("a zip that does", zipped([("a.csv", b"0" * (300 << 20))]), "异常地大"),
    Bad("entities that multiply", xml([row(1)], "UTF-8").replace(b"<soap:E", DTD + b"<soap:E", 1), "文档类型定义", reading(records="row")),
    Bad("a memo, which lies in another file", dbf([row(1)], kinds="CCCM"), "备注或二进制字段"),
    Bad("rows of which none can be read: that they are too few says too little", dbf([("张\0乙", *row(1)[1:]), ("张\0丙", *row(2)[1:])]), "有 2 行读不出来（100.00%）.*如第 1、2 行（「.*」有空字节）"),
    Bad("half a JSON", b'[{"XM": "a"}, {"XM"', "不是有效的 JSON"),
]  # fmt: skip


@pytest.mark.parametrize("bad", REFUSED, ids=lambda bad: bad.what)
def test_refused_with_a_reason_and_a_way_out_and_without_a_cell(bad: Bad) -> None:
    with pytest.raises(ExtractChanged, match=bad.says) as refused:
        read_delivery(bad.source, bad.data, "extract")
    assert refused.value.hint
    assert refused.value.exit_code == 13
    told = refused.value.message + refused.value.hint
    assert not re.search(r"\d{15}|张[甲乙丙]", told)
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__ or refused.value.__context__ is None


def test_a_row_too_long_or_too_short_is_rejected_with_its_number_and_without_what_it_says() -> None:
    delivery = taken(vehicles(*MANY, (*row(1), "多", "多"), *MANY, row(2)[:3], row(3)))
    assert rejected(delivery) == [(202, "columns"), (403, "columns")]
    assert number(2) not in "".join(delivery.rejects["reason"])


@pytest.mark.parametrize("name", ["csv", "jsonl", "json", "xml elements"])
def test_a_cell_of_fifty_megabytes_rejects_its_row_and_no_other(name: str) -> None:
    write, source, first = FORMATS[name]
    delivery = read_delivery(
        source, write([("张" * (50 << 20) if name == "csv" else "张" * (5 << 20), *row(1)[1:]), *MANY]), "extract"
    )
    assert rejected(delivery) == [(first, "oversized")]
    assert owners(delivery) == [each[0] for each in MANY]


@pytest.mark.parametrize("name", FORMATS)
def test_numbers_and_codes_are_text_in_every_format_and_lose_no_nought(name: str) -> None:
    write, source, _ = FORMATS[name]
    rows = [("007", f"0{number(1)[1:]}", "0012", "01"), ("1e5", "370102800101001", "1.10", "A")]
    delivery = read_delivery(source, write(rows), "extract")
    assert delivery.rows["owner_name_raw"].to_list() == ["007", "1e5"]
    assert delivery.rows["owner_no_raw"].to_list() == [f"0{number(1)[1:]}", "370102800101001"]


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        ("３７０１９９１９８００１０１００１４", "valid"),
        (" 370199198001010014 ", "valid"),
        ("'370199198001010014", "valid"),
        ("370199800101001", "upgraded"),
        ("3.70199E+17", "scientific"),
        ("370199198001010013", "checksum"),
        ("37019919800101001", "length"),
    ],
)  # fmt: skip
def test_a_number_is_read_in_the_forms_that_are_known_and_kept_as_damaged_in_the_others(raw: str, kind: str) -> None:
    delivery = taken(vehicles(("张乙", raw, *row(1)[2:])))
    records = to_records(VEHICLE, delivery.rows, supplier="370199", snapshot="s", extract="e")
    told = str(records["owner_no_kind"].item())
    assert told == kind or (kind not in ("valid", "upgraded") and told not in ("valid", "upgraded"))
    assert records["owner_no_raw"].item().strip() == raw.strip()


def test_columns_in_another_order_are_the_same_columns() -> None:
    order = (2, 0, 3, 1)
    text = written([[each[at] for at in order] for each in (HEADINGS, row(1))])
    assert taken(text).rows.select("owner_name_raw", "plate_no").row(0) == (row(1)[0], row(1)[2])


def test_a_fifth_fewer_rows_than_last_time_are_refused_and_the_last_ones_stay(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "vehicle.csv"
    for rows, day in ((MANY, date(2018, 11, 1)), (MANY[:150], date(2018, 12, 1))):
        file.write_text(vehicles(*rows), "utf-8")
        if rows is MANY:
            pull(store, VEHICLE, file, supplier="370199", data_date=day)
            continue
        with pytest.raises(ExtractChanged, match="少了 25%"):
            pull(store, VEHICLE, file, supplier="370199", data_date=day)
    assert store.latest(dataset("vehicle", "370199")).data_date == date(2018, 11, 1)  # type: ignore[union-attr]


def test_a_delivery_older_than_what_is_here_is_kept_said_and_compared_with_by_nobody(
    store: Store, tmp_path: Path
) -> None:
    file = tmp_path / "vehicle.csv"

    def come(rows: list[tuple[str, ...]], day: date) -> Pulled:
        file.write_text(vehicles(*rows), "utf-8")
        return pull(store, VEHICLE, file, supplier="370199", data_date=day, accept_drop=day.month == 1)

    assert come(MANY, date(2018, 11, 1)).newer is None
    assert come(MANY[:50], date(2018, 1, 1)).newer == date(2018, 11, 1)
    used = store.newest(dataset("vehicle", "370199"), date(2018, 12, 1))
    assert used is not None
    assert used.data_date == date(2018, 11, 1)
    with pytest.raises(ExtractChanged, match="少了 50%"):
        come(MANY[:100], date(2018, 12, 1))


def test_a_million_blank_rows_below_the_data_are_nothing() -> None:
    delivery = read_delivery(VEHICLE, workbook(lambda _, sheet: sheet.write(1048575, 3, " ")), "extract")  # type: ignore[attr-defined]
    assert (owners(delivery), delivery.delivered) == (["张乙", "张丙"], 2)


def test_merged_cells_formulas_and_links_are_what_the_workbook_shows() -> None:
    def change(book: xlsxwriter.Workbook, sheet: object) -> None:
        sheet.merge_range(3, 0, 4, 0, row(3)[0])  # type: ignore[attr-defined]
        for down in (3, 4):
            for across, cell in enumerate(row(down)[1:], start=1):
                sheet.write(down, across, cell)  # type: ignore[attr-defined]
        sheet.write_formula(1, 0, '=WEBSERVICE("http://127.0.0.1/")', None, "张子")  # type: ignore[attr-defined]
        sheet.write_formula(2, 0, "='[other.xlsx]表'!A1", None, "张丑")  # type: ignore[attr-defined]

    delivery = read_delivery(VEHICLE, workbook(change), "extract")
    assert owners(delivery) == ["张子", "张丑", "张丁", None]


@pytest.mark.parametrize("name", ["dbf", "jsonl", "json"])
def test_a_zero_byte_in_a_cell_rejects_its_row(name: str) -> None:
    write, source, first = FORMATS[name]
    delivery = read_delivery(source, write([*MANY, ("张\x00丙", *row(2)[1:])]), "extract")
    assert rejected(delivery) == [(first + 200, "nul")]


def test_a_transfer_that_breaks_off_anywhere_is_never_taken_for_the_whole() -> None:
    """However it breaks off: without a length, nothing else tells. Behind whole rows it is told by the last line's end."""
    for name in ("xlsx", "fixed", "dbf", "xml", "xml elements", "json", "zip", "gz"):
        write, source, _ = FORMATS[name]
        data = write(MANY[:6])
        step = 700 if name == "xlsx" else 41
        for length in range(5, len(data) - (2 if name == "dbf" else 1), step):
            if name == "fixed" and length % 81 == 0:
                continue
            with pytest.raises(ExtractChanged):
                read_delivery(source, data[:length].rstrip() if "xml" in name else data[:length], "extract")


# ---- names and patterns that the file or a source.toml brings along


@pytest.mark.parametrize(
    "heading",
    ['车辆"; drop table vehicle; --', "a.b", "a`b", "a\x1b[2Jb", "[/red]", "x" * 5000, "备\n注", "\u202e甲", "１"],
)
def test_a_strange_heading_is_a_heading_and_nothing_else(heading: str) -> None:
    out = io.StringIO()
    __import__("csv").writer(out, lineterminator="\n").writerows([(*HEADINGS, heading), (*row(1), "x"), (*row(2), "y")])
    assert owners(taken(out.getvalue())) == ["张乙", "张丙"]


def test_what_a_file_says_of_itself_does_not_move_the_cursor(tmp_path: Path) -> None:
    program = Path(sys.executable).with_name("jiuzhu-check")
    workspace, file = tmp_path / "centre", tmp_path / "a.zip"
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("\x1b[2J\u202e[/x].csv", "甲,乙\n1,2\n")
    init = ["init", workspace, "--region", "370199", "--key-provider", "file", "--key-file", tmp_path / "key"]
    subprocess.run([program, *init], check=True, capture_output=True)
    pulled = ["-C", workspace, "pull", "vehicle", "--file", file, "--data-date", "2018-11-30"]
    done = subprocess.run([program, *pulled], check=False, capture_output=True, text=True)
    assert done.returncode == 13
    assert "[U+001B][2J" in done.stderr
    assert "\x1b" not in done.stderr


TOML = """
title = "农机"
department = "农机监理机构"
table = "vehicle"
legal_basis = "条款待核实"
[columns]
owner_name_raw = ["机主"]
status = ["状态"]
[lookups.status]
known = '{known}'
[format]
footers = ['{footer}']
[contract]
required = ["owner_name_raw"]
"""


def farm(folder: Path, known: str = "^A$", footer: str = "合计") -> Source:
    (folder / "farm").mkdir()
    (folder / "farm" / "source.toml").write_text(TOML.format(known=known, footer=footer), "utf-8")
    return find_sources(shipped_connectors(), folder)["farm"]


def test_a_pattern_cannot_hold_a_pull_up(tmp_path: Path) -> None:
    source = farm(tmp_path, known="(a+)+$", footer="(a+)+$")
    text = written([("机主", "状态"), *[("a" * 2000 + "!", "a" * 2000 + "!")] * 50])
    assert taken(text, source).delivered == 50


@pytest.mark.parametrize("pattern", [r"(a)\1", "(?=a)", "(", "a" * 201, "(?:a{1000}){1000}"])
def test_a_pattern_that_the_reader_does_not_know_is_refused_before_it_reads(tmp_path: Path, pattern: str) -> None:
    for place, key in (("known", "lookups.status.known"), ("footer", "format.footers")):
        folder = tmp_path / place
        folder.mkdir()
        with pytest.raises(UsageError, match=re.escape(key)):
            farm(folder, **{place: pattern})


def test_toml_nested_without_end_is_refused(tmp_path: Path) -> None:
    (tmp_path / "farm").mkdir()
    (tmp_path / "farm" / "source.toml").write_text("a = " + "[" * 3000 + "]" * 3000, "utf-8")
    with pytest.raises(UsageError, match="不是有效的 TOML"):
        find_sources(shipped_connectors(), tmp_path)


@pytest.mark.parametrize("name", ["../vehicle", "/etc/passwd", "a\\b", "CON", "甲", "a%00b"])
def test_no_name_leads_out_of_the_workspace(tmp_path: Path, name: str) -> None:
    program = Path(sys.executable).with_name("jiuzhu-check")
    workspace, file = tmp_path / "centre", tmp_path / "a.csv"
    file.write_text(TWO, "utf-8")
    init = ["init", workspace, "--region", "370199", "--key-provider", "file", "--key-file", tmp_path / "key"]
    subprocess.run([program, *init], check=True, capture_output=True)
    before = sorted(tmp_path.rglob("*"))
    for words, code in (
        (["pull", name, "--file", file, "--data-date", "2018-11-30"], 4),
        (["pull", "vehicle", "--file", file, "--data-date", "2018-11-30", "--supplier", name], 2),
        (["reject", "list", "vehicle", "--delivery", name], 4),
        (["reject", "release", "vehicle", "--delivery", name, "--reason", "x"], 4),
        (["report", "summary", "--run", name], 4),
        (["source", "quality", "vehicle", "--supplier", name], 2),
    ):
        done = subprocess.run([program, "-C", workspace, *words], check=False, capture_output=True, text=True)
        assert done.returncode == code, (words, done.stderr)
    kept = [path for path in sorted(tmp_path.rglob("*")) if path.parent.name != "audit"]
    assert [path for path in kept if path not in before and path.name not in ("lock", "workspace.lock")] == []


def test_markup_in_a_cell_is_shown_as_it_stands(tmp_path: Path) -> None:
    program = Path(sys.executable).with_name("jiuzhu-check")
    workspace, file = tmp_path / "centre", tmp_path / "[link=x].csv"
    file.write_text(vehicles((*row(1)[:3], "[/red]:smiley:"), (*row(2)[:3], "[red]B")), "utf-8")
    init = ["init", workspace, "--region", "370199", "--key-provider", "file", "--key-file", tmp_path / "key"]
    subprocess.run([program, *init], check=True, capture_output=True)
    pulled = ["-C", workspace, "pull", "vehicle", "--file", file, "--data-date", "2018-11-30", "--format", "table"]
    done = subprocess.run([program, *pulled], check=False, capture_output=True, text=True, env={"COLUMNS": "160"})
    assert done.returncode == 0
    assert "[/red]:smiley:" in done.stdout
    assert "[red]B" in done.stdout


def test_a_row_with_a_formula_for_a_name_is_kept_as_it_stands() -> None:
    text = vehicles(("=HYPERLINK(1)", *row(1)[1:]))
    assert one(taken(text), "owner_name_raw") == "=HYPERLINK(1)"


def test_money_that_is_none_is_unknown_and_never_nought() -> None:
    headings = ("姓名", "证件号码", "缴存基数", "账户状态")
    delivery = taken(
        written([headings, *((row(1)[0], number(1), cell, "01") for cell in ("", "-", "无", "约五千"))]), FUND
    )
    assert delivery.rows["base"].to_list() == [None] * 4
