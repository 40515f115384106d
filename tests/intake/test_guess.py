"""A file that nobody has described becomes the draft of a source.toml, which reads it and holds nobody's data."""

import io
import json
import re
import tomllib
import zipfile
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from jiuzhu_check.errors import JiuzhuError, UsageError
from jiuzhu_check.intake.guess import guess
from jiuzhu_check.intake.guess.content import content_of
from jiuzhu_check.intake.lint import lint
from jiuzhu_check.intake.preview import preview, spec_source
from jiuzhu_check.intake.shipped import shipped_connectors
from jiuzhu_check.intake.spelling import normal
from tests.cli.program import SAMPLE
from tests.intake.extracts import SOURCES, number
from tests.intake.unknown_files import guessed, meanings, name, people, table

SAMPLES = {each: next((shipped_connectors() / each).glob("sample.*"), None) for each in SOURCES} | {
    "vehicle": SAMPLE / "inbox" / "vehicle.csv",
    "housing": SAMPLE / "inbox" / "housing.xlsx",
    "provident_fund": SAMPLE / "inbox" / "provident_fund.txt",
}
KNOWN = sorted(each for each, path in SAMPLES.items() if path)
NAMES, NUMBERS = people(20)
CARS = [f"鲁Z{place:05}" for place in range(20)]


def cars(**other: list[str]) -> tuple[list[str], list[list[str]]]:
    """Headings and columns of a small table of vehicles, with others beside."""
    headings = ["机动车所有人", "身份证明号码", "号牌号码", "机动车状态", *other]
    return headings, [NAMES, NUMBERS, CARS, ["A"] * 20, *other.values()]


@pytest.mark.parametrize("source", KNOWN)
def test_the_sample_of_a_known_department_is_taken_for_what_it_is_and_read(source: str) -> None:
    path = SAMPLES[source]
    assert path is not None
    made = guess(SOURCES, path.read_bytes(), path.name, "new_source")
    assert made.table == SOURCES[source].table
    meant = {normal(name): column for column, names in SOURCES[source].columns.items() for name in names}
    assert {heading: meant.get(normal(heading)) for heading in meanings(made)} == meanings(made)
    assert made.delivery is not None
    known = preview(SOURCES[source], path.read_bytes(), path.name)
    assert known.delivery is not None
    assert made.delivery.delivered == known.delivery.delivered


@pytest.mark.parametrize("source", KNOWN)
def test_a_draft_validates_reads_its_sample_and_holds_nobodys_data(source: str, tmp_path: Path) -> None:
    path = SAMPLES[source]
    assert path is not None
    made = guess(SOURCES, path.read_bytes(), path.name, "new_source")
    home = tmp_path / "connectors" / "new_source"
    home.mkdir(parents=True)
    (home / "source.toml").write_text(made.text, "utf-8")
    assert [problem for problem in lint(tmp_path / "connectors") if problem.stops] == []
    read = preview(spec_source(home / "source.toml"), path.read_bytes(), path.name)
    assert (read.problem, read.delivery and read.delivery.delivered) == (
        None,
        made.delivery and made.delivery.delivered,
    )
    assert tomllib.loads(made.text)["legal_basis"] == "条款待核实"
    assert re.findall("[0-9]{6}", made.text) == []
    cells = [cell for each in made.columns if each.content.kind == "name" for cell in each.cells.drop_nulls()]
    assert [cell for cell in cells if len(cell) > 1 and cell in made.text] == []


def test_title_rows_blank_lines_and_merged_headings_do_not_hide_the_header() -> None:
    headings, columns = cars()
    above = [
        ["永和县机动车登记情况"],
        [""],
        ["制表：某某单位", "", "2018年11月30日", ""],
        ["所有人信息", "", "车辆信息", ""],
    ]
    made = guessed(table(headings, columns, above))
    assert made.seen.grid.header_row == 5
    assert len(meanings(made)) == 4


@pytest.mark.parametrize("mark", [",", "\t", "|", "^", ";", "|@|"])
@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig"])
def test_encoding_and_delimiter_are_found(mark: str, encoding: str) -> None:
    headings, columns = cars(住址=["永和县,柳河镇"] * 20 if mark != "," else ["永和县"] * 20)
    made = guessed(table(headings, columns, mark=mark).encode(encoding))
    told = tomllib.loads(made.text)["format"]
    assert (told["delimiter"], told["encoding"]) == (mark, encoding.removesuffix("-sig"))
    assert made.delivery is not None
    assert made.delivery.rows.height == 20


def test_without_known_headings_content_tells_numbers_names_plates_frames_and_days() -> None:
    frames = [f"LZZ{place:014}" for place in range(20)]
    days = [f"2018年{place % 12 + 1}月1日" for place in range(20)]
    made = guessed(table(["甲方", "甲方代码", "牌子", "架子", "注册的那天"], [NAMES, NUMBERS, CARS, frames, days]))
    assert made.table == "vehicle"
    assert meanings(made) == {
        "甲方": "owner_name_raw", "甲方代码": "owner_no_raw", "牌子": "plate_no", "架子": "vin", "注册的那天": "record_date",
    }  # fmt: skip
    assert tomllib.loads(made.text)["read"] == {"plate_no": "plate", "vin": "vin", "record_date": "day"}


def test_several_owners_in_a_cell_are_counted_and_separated() -> None:
    headings, columns = cars()
    columns[0] = [f"{name(place)}、{name(place + 5)}" for place in range(20)]
    columns[1] = [f"{number(place)}，{number(place + 30)}" for place in range(20)]
    made = guessed(table(headings, [columns[0], [f'"{cell}"' for cell in columns[1]], *columns[2:]]))
    assert meanings(made)["身份证明号码"] == "owner_no_raw"
    assert "样本里有 20 行一格有几位" in made.text


def test_an_agents_name_and_number_are_never_taken_for_the_owners() -> None:
    agents, numbers = people(20, 50)
    headings = ["代办人姓名", "代办人身份证号", "机主", "机主号", "号牌号码"]
    made = guessed(table(headings, [agents, numbers, NAMES, NUMBERS, CARS]))
    assert meanings(made) == {"机主": "owner_name_raw", "机主号": "owner_no_raw", "号牌号码": "plate_no"}
    assert "代办人姓名（姓名）像代办人、配偶等另一个人的，没有接" in made.text


@pytest.mark.parametrize(
    ("heading", "above", "unit"),
    [
        ("购置价(万元)", [], "万元"),
        ("购置价", [["单位：万元"]], "万元"),
        ("购置价（分）", [], "分"),
        ("购置价", [], "元"),
    ],
)
def test_the_unit_of_money_is_that_of_the_heading_or_the_title(heading: str, above: list[list[str]], unit: str) -> None:
    headings, columns = cars(**{heading: [f"{place}.5" for place in range(20)]})
    made = guessed(table(headings, columns, above))
    assert tomllib.loads(made.text)["units"] == {"value": unit}
    assert ("请向部门核实" in made.text) is (not above and "(" not in heading and "（" not in heading)


def test_codes_that_are_known_get_their_code_and_others_wait_for_one() -> None:
    headings, columns = cars()
    columns[3] = ["正常"] * 10 + ["注销"] * 6 + ["封存停用"] * 4
    made = guessed(table(headings, columns))
    assert tomllib.loads(made.text)["lookups"]["status"]["values"] == {"正常": "A", "注销": "E"}
    assert '# "封存停用" = ""   # 4 行' in made.text
    assert made.delivery is not None
    assert [(note.value, note.rows) for note in made.delivery.notes] == [("封存停用", 4)]


def test_a_name_an_amount_an_account_or_a_free_word_about_somebody_never_stands_as_a_code() -> None:
    headings, columns = cars(
        经办=["王建国"] * 20, 金额栏=["118.5"] * 20, 账号=["6222********1234"] * 20, 备考=[f"{NAMES[3]}借用"] * 20
    )
    columns[3] = ["A"] * 12 + [NAMES[5]] * 4 + [f"给{NAMES[3]}用"] * 4
    made = guessed(table(headings, columns))
    assert [word for word in ("王建国", "118.5", "6222", "1234", *NAMES) if word in made.text] == []


def test_every_heading_is_connected_or_listed() -> None:
    headings, columns = cars(发动机号=["X1"] * 20, 颜色=["白"] * 20)
    made = guessed(table([*headings, ""], [*columns, ["是"] * 20]))
    for heading in (*headings, "第 7 列"):
        assert heading in made.text


def test_no_final_new_line_is_told_and_does_not_hinder() -> None:
    made = guessed(table(*cars()).rstrip("\n"))
    assert tomllib.loads(made.text)["contract"]["final_newline"] is False
    assert made.delivery is not None


def test_the_best_table_is_named_with_the_runner_up_and_a_tie_is_refused() -> None:
    made = guessed(table(*cars()))
    (best, first), (second, _) = made.tables[:2]
    assert first == "vehicle"
    assert best > second
    with pytest.raises(UsageError, match="看不出") as lost:
        guessed(table(["姓名", "身份证号"], [NAMES, NUMBERS]))
    assert "vehicle（" in lost.value.hint
    assert guessed(table(["姓名", "身份证号"], [NAMES, NUMBERS]), "vehicle").table == "vehicle"


def test_sheets_that_spell_one_column_otherwise_become_its_synonyms() -> None:
    book = io.BytesIO()
    with xlsxwriter.Workbook(book, {"in_memory": True}) as made_book:
        for title, owner in (("一季度", "车主"), ("二季度", "所有人")):
            sheet = made_book.add_worksheet(title)
            for row, cells in enumerate(
                [[owner, "身份证号", "号牌号码", "状态"], *zip(NAMES, NUMBERS, CARS, ["A"] * 20, strict=True)]
            ):
                sheet.write_row(row, 0, cells)
    made = guessed(book.getvalue(), extract="cars.xlsx")
    assert tomllib.loads(made.text)["columns"]["owner_name_raw"] == ["车主", "所有人"]
    assert made.delivery is not None
    assert made.delivery.rows.height == 40


def test_json_xml_and_zips_are_found_where_their_rows_are() -> None:
    rows = [{"XM": who, "SFZH": no, "HPHM": car, "ZT": "A"} for who, no, car in zip(NAMES, NUMBERS, CARS, strict=True)]
    answer = json.dumps({"code": "0", "data": {"rows": rows}}, ensure_ascii=False).encode()
    lines = "".join("<row " + " ".join(f'{key}="{value}"' for key, value in row.items()) + "/>" for row in rows)
    xml = f'<?xml version="1.0" encoding="GBK"?><r><n>20</n><resultset>{lines}</resultset></r>'.encode("gb18030")
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("cars.csv", table(*cars()).encode("gb18030"))
    told = []
    for data in (answer, xml, held.getvalue()):
        made = guessed(data)
        assert made.delivery is not None, made.problem
        told.append(
            (
                tomllib.loads(made.text)["format"]["kind"],
                tomllib.loads(made.text)["format"].get("records"),
                made.delivery.rows.height,
            )
        )
    assert told == [("json", "data.rows", 20), ("xml", "resultset/row", 20), ("delimited", None, 20)]


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"{who},男,东街\n" for who in NAMES),
        "".join(f"{who},{no},东街\n" for who, no in zip(NAMES, NUMBERS, strict=True)),
        "".join(f"{who}  {no}  鲁Z00001\n" for who, no in zip(NAMES, NUMBERS, strict=True)),
        "<html><body>请登录</body></html>",
        "姓名\n",
        "",
    ],
)
def test_a_file_without_a_header_is_refused_and_its_first_row_is_never_taken_for_one(text: str) -> None:
    with pytest.raises(JiuzhuError) as refused:
        guessed(text)
    assert refused.value.hint
    assert not any(who in refused.value.message + refused.value.hint for who in NAMES)


CONTENTS = {
    "number": NUMBERS, "name": NAMES, "plate": CARS, "day": ["2018-07-01", "20180702", "2018/7/3"] * 3,
    "month": ["201807", "2018-08", "2018年9月"] * 3, "amount": ["12.5", "3", "1,200.00"] * 3, "sex": ["男", "女"] * 4,
    "flag": ["是", "否"] * 4, "phone": ["10012345678", "010-8765432"] * 3, "code": ["在用", "停用"] * 5,
    "serial": [str(place) for place in range(1, 20)], "blank": ["", "无", "-"], "metres": ["120.5㎡", "89平方米"] * 3,
    "organisation": ["永和县某某有限公司", "柳河镇北村村民委员会"] * 3, "address": ["永和县柳河镇东街12号"] * 3 + ["永和县柳河镇西街2号"],
    "land_certificate": ["鲁(2018)永和县不动产权第0000001号"] * 2, "credit_code": ["91370199000000001T"[:17] + "X"] * 0 + ["91310115342050446K"] * 4,
    "disability": [f"{no}43" for no in NUMBERS], "unit_no": ["441903012003GB00001F00020063"] * 4, "text": ["说明甲", "说明乙", "说明丙", "说明丁"],
}  # fmt: skip


@pytest.mark.parametrize("kind", CONTENTS)
def test_content_is_told_by_its_shape(kind: str) -> None:
    assert content_of(pl.Series(CONTENTS[kind], dtype=pl.String)).kind == kind


ODD = st.text(st.sampled_from("甲乙\"\\#\n\r\t=[]{}\x00\x01\x7f\x85\u2028\u202e'é"), max_size=6)


@settings(max_examples=60, derandomize=True, deadline=None)
@given(st.lists(ODD, min_size=1, max_size=4), st.lists(ODD, min_size=2, max_size=2))
def test_no_heading_and_no_code_can_write_into_the_draft(more: list[str], codes: list[str]) -> None:
    rows = [
        {
            "机动车所有人": who,
            "身份证明号码": no,
            "号牌号码": car,
            "机动车状态": codes[place % 2],
            **dict.fromkeys(more, codes[place % 2]),
        }
        for place, (who, no, car) in enumerate(zip(NAMES, NUMBERS, CARS, strict=True))
    ]
    try:
        made = guess(SOURCES, json.dumps(rows).encode(), "any.json", "new_source")
    except JiuzhuError:
        return
    told = tomllib.loads(made.text)
    assert (told["title"], told["table"], told["status"]) == ("new_source", "vehicle", "active")
    assert set(told) <= {
        "title",
        "department",
        "table",
        "legal_basis",
        "status",
        "format",
        "columns",
        "also",
        "read",
        "units",
        "owners",
        "contract",
        "lookups",
    }


def test_headings_of_json_that_nobody_knows_are_told_by_the_cells_below_them() -> None:
    rows = [{"甲方": who, "甲方代码": no, "牌子": car} for who, no, car in zip(NAMES, NUMBERS, CARS, strict=True)]
    made = guessed(json.dumps(rows, ensure_ascii=False).encode())
    assert meanings(made) == {"甲方": "owner_name_raw", "甲方代码": "owner_no_raw", "牌子": "plate_no"}


@settings(max_examples=60, derandomize=True, deadline=None)
@given(
    st.lists(st.lists(st.text(max_size=12), min_size=2, max_size=5), min_size=2, max_size=8), st.sampled_from(",|\t;")
)
def test_any_text_is_guessed_at_or_refused_in_words(rows: list[list[str]], mark: str) -> None:
    text = (
        "机动车所有人,号牌号码,机动车状态\n".replace(",", mark) + "\n".join(mark.join(cells) for cells in rows) + "\n"
    )
    try:
        made = guess(SOURCES, text.encode("utf-8", "replace"), "any.csv", "new_source")
    except JiuzhuError:
        return
    assert tomllib.loads(made.text)["table"] == made.table
