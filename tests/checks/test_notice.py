"""What a level may publish gets into its notice, and nothing else of the roster does, whatever a cell holds."""

import io
import re
import shutil
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from html import unescape
from pathlib import Path

import openpyxl
import polars as pl
import pypdf
import pytest

from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.deliveries import take_roster
from jiuzhu_check.checks.notice import Asked, Drawn, draw_notice
from jiuzhu_check.errors import NotFound, UsageError
from jiuzhu_check.reports import typesetting
from jiuzhu_check.reports.notice import WRITERS, Notice, notice_pdf
from jiuzhu_check.reports.typesetting import Typesetter
from jiuzhu_check.tables.notice import NOTICE
from tests.checks.centres import new_centre, number

OLD_LAW, NEW_LAW = date(2018, 12, 3), date(2021, 12, 1)
POSTED = ["序号", "救助类别", "申请人姓名", "家庭人口", "拟保障金额（元/月）"]


def _has_font() -> bool:
    try:
        Typesetter("notice.typ", "html").ready()
    except UsageError:
        return False
    return True


HAS_FONT = _has_font()
NEEDS_FONT = pytest.mark.skipif(not HAS_FONT, reason="no Chinese font is installed")
FORMS = ["html", "xlsx", pytest.param("pdf", marks=NEEDS_FONT)]


@dataclass(frozen=True)
class Row:
    """One member of a roster that has every column a notice reads."""

    household: str
    name: str
    person: str
    head: str = ""
    relation: str = "户主"
    stage: str = "申请中"
    programme: str = "农村低保"
    region: str = "370199"
    township: str = "青崖镇"
    village: str = "上崖村"
    amount: str = ""
    filed: str = ""
    together: str = "是"
    role: str = ""

    @property
    def cells(self) -> dict[str, str]:
        return {
            "家庭编号": self.household, "救助类别": self.programme, "办理状态": self.stage, "行政区划代码": self.region,
            "乡镇街道": self.township, "村居": self.village, "户主姓名": self.head or self.name, "姓名": self.name,
            "身份证号码": self.person, "与户主关系": self.relation, "月保障金额": self.amount, "是否近亲属备案": self.filed,
            "是否共同生活": self.together, "成员类型": self.role,
        }  # fmt: skip


def enrolled(folder: Path, rows: Iterable[Row | dict[str, str]], policy: str = "") -> Centre:
    told = [row if isinstance(row, dict) else row.cells for row in rows]
    folder.mkdir(parents=True, exist_ok=True)
    centre = new_centre(folder)
    if policy:
        text = 'region = "370199"\nsource = "永和县民政局规定"\n' + policy
        (centre.workspace.policy_dir / "county.toml").write_text(text, encoding="utf-8")
    file = folder / "roster.csv"
    pl.DataFrame(told).write_csv(file)
    take_roster(centre, file)
    return Centre.open(centre.workspace.path)


def village(centre: Centre, since: date = OLD_LAW, kind: str = "applicants", **place: str) -> Drawn:
    place = {"region": "370199", "township": "青崖镇", "village": "上崖村"} | place
    return draw_notice(centre, Asked("village", kind, since, **place))


def printed(notice: Notice) -> list[list[str]]:
    return [row for _, _, rows, _ in notice.tables for row in rows]


def family(household: str = "JZ1", **more: str) -> list[Row]:
    return [
        Row(household, "张伟", number(1), **more),
        Row(household, "王芳", number(2), head="张伟", relation="配偶", **more),
        Row(household, "张小", number(3, "20100101"), head="张伟", relation="子女", **more),
    ]


def test_a_village_notice_has_the_applicant_the_number_of_members_and_the_amount(tmp_path: Path) -> None:
    drawn = village(enrolled(tmp_path, family(amount="356.50")))
    assert drawn.notice.tables == [("", POSTED, [["1", "农村低保", "张伟", "3", "356.50"]], 2)]
    assert drawn.refused.is_empty()


def test_an_amount_that_the_roster_does_not_name_is_left_out_and_never_zero(tmp_path: Path) -> None:
    none = village(enrolled(tmp_path / "none", family()))
    assert none.notice.tables[0][1] == POSTED[:-1]
    some = village(enrolled(tmp_path / "some", [*family(amount="356"), Row("JZ2", "李军", number(7))]))
    assert [row[2:] for row in printed(some.notice)] == [["张伟", "3", "356.00"], ["李军", "1", "—"]]
    assert "金额写“—”的，名册没有载明。" in some.notice.notes


def test_an_amount_that_differs_within_a_household_is_not_printed_but_told(tmp_path: Path) -> None:
    rows = family(amount="356")
    drawn = village(
        enrolled(
            tmp_path,
            [rows[0], rows[1], Row("JZ1", "张小", number(3, "20100101"), head="张伟", relation="子女", amount="100")],
        )
    )
    assert drawn.refused.rows() == [("JZ1", "amount_differs")]
    assert drawn.notice.rows.is_empty()


def test_an_amount_below_zero_is_not_printed_but_told(tmp_path: Path) -> None:
    drawn = village(
        enrolled(tmp_path, [Row("JZ1", "张伟", number(1), amount="-5"), Row("JZ2", "李军", number(7), amount="未定")])
    )
    assert drawn.refused.rows() == [("JZ1", "amount_negative")]
    assert printed(drawn.notice) == [["1", "农村低保", "李军", "1"]]


def test_supporters_and_who_lives_apart_are_no_members(tmp_path: Path) -> None:
    rows = [
        *family(),
        Row("JZ1", "张大", number(4), head="张伟", relation="子女", role="赡养人"),
        Row("JZ1", "张二", number(5), head="张伟", relation="子女", together="否"),
    ]
    assert printed(village(enrolled(tmp_path, rows)).notice)[0][-1] == "3"


def test_seven_days_are_counted_from_the_day_after_posting(tmp_path: Path) -> None:
    notice = village(enrolled(tmp_path, family())).notice
    assert ("公示期", "自2018年12月3日至2018年12月10日（7 天，张贴当日不计）") in notice.lines


def test_where_the_county_counts_working_days_holidays_and_swaps_are_left_out(tmp_path: Path) -> None:
    policy = '[[notice.counted_in]]\nfrom = 2018-01-01\nvalue = "工作日"\n'
    notice = village(enrolled(tmp_path, family(), policy), date(2018, 9, 21)).notice
    assert ("公示期", "自2018年9月21日至2018年10月8日（7 个工作日，张贴当日不计）") in notice.lines


def test_a_year_whose_holidays_are_not_published_is_said_to_be_estimated(tmp_path: Path) -> None:
    policy = '[[notice.counted_in]]\nfrom = 2018-01-01\nvalue = "工作日"\n'
    assert not village(enrolled(tmp_path, family(), policy), date(2090, 3, 1)).known


def test_days_that_no_rule_names_are_a_line_to_fill_in(tmp_path: Path) -> None:
    centre = enrolled(tmp_path, family())
    notice = draw_notice(centre, Asked("province", "applicants", OLD_LAW)).notice
    assert ("公示期", "自2018年12月3日至＿＿＿＿年＿＿月＿＿日") in notice.lines


def test_programmes_with_other_days_have_a_line_of_their_own(tmp_path: Path) -> None:
    rows = [*family(), Row("JZ2", "李军", number(7), programme="农村特困")]
    lines = [text for head, text in village(enrolled(tmp_path, rows)).notice.lines if head == "公示期"]
    assert lines == [
        "农村低保：自2018年12月3日至2018年12月10日（7 天，张贴当日不计）",
        "农村特困：自2018年12月3日至＿＿＿＿年＿＿月＿＿日",
    ]


def test_recipients_are_listed_without_an_end(tmp_path: Path) -> None:
    notice = village(enrolled(tmp_path, family(stage="在保")), kind="recipients").notice
    assert ("公布", "自2018年12月3日起") in notice.lines


def test_telephone_and_address_are_the_countys_own_and_never_invented(tmp_path: Path) -> None:
    policy = (
        '[[notice.phone]]\nfrom = 2018-01-01\nvalue = "0000-1234567"\n'
        '[[notice.address]]\nfrom = 2018-01-01\nvalue = "永和县民政局 201 室"\n'
    )
    told = village(enrolled(tmp_path / "told", family(), policy)).notice.lines
    assert ("异议反映电话", "0000-1234567") in told
    assert ("异议反映地址", "永和县民政局 201 室") in told
    unset = dict(village(enrolled(tmp_path / "unset", family())).notice.lines)
    assert set(unset["异议反映电话"]) == set(unset["异议反映地址"]) == {"＿"}


def test_the_law_of_the_day_is_named(tmp_path: Path) -> None:
    centre = enrolled(tmp_path, family())
    assert "第二十九条" in dict(village(centre, OLD_LAW).notice.lines)["依据"]
    assert "《最低生活保障审核确认办法》第十九条、第二十四条" in dict(village(centre, NEW_LAW).notice.lines)["依据"]


@pytest.mark.parametrize(
    ("level", "place", "heads"),
    [
        ("province", {}, ["地区", "乡镇（街道）", "救助类别", "申请人姓名", "家庭人口"]),
        ("city", {}, ["地区", "乡镇（街道）", "救助类别", "申请人姓名", "家庭人口"]),
        ("county", {"region": "370199"}, ["乡镇（街道）", "村（社区）", "救助类别", "申请人姓名", "家庭人口"]),
        ("township", {"region": "370199", "township": "青崖镇"}, ["村（社区）", "救助类别", "申请人姓名", "家庭人口"]),
    ],
)
def test_each_level_shows_what_its_list_allows(
    tmp_path: Path, level: str, place: dict[str, str], heads: list[str]
) -> None:
    drawn = draw_notice(
        enrolled(tmp_path, family()), Asked(level, "applicants", OLD_LAW, **{"region": "370199", **place})
    )
    assert drawn.notice.tables[0][1] == ["序号", *heads]


def test_a_county_may_show_less_and_mask_names(tmp_path: Path) -> None:
    policy = (
        '[[notice.village]]\nfrom = 2018-01-01\nvalue = ["申请人姓名", "家庭人口"]\n'
        '[[notice.masked]]\nfrom = 2018-01-01\nvalue = ["村"]\n'
    )
    drawn = village(enrolled(tmp_path, family(amount="356"), policy))
    assert drawn.notice.tables == [("", ["序号", "申请人姓名", "家庭人口"], [["1", "张*", "3"]], 1)]
    assert (
        drawn.notice.rows.select("region", "township", "village", "programme", "amount_month")
        .null_count()
        .sum_horizontal()
        .item()
        == 5
    )


def test_a_programme_of_which_nothing_says_what_may_be_shown_is_not_listed_but_told(tmp_path: Path) -> None:
    drawn = village(enrolled(tmp_path, [*family(), Row("JZ2", "李军", number(7), programme="临时救助")]))
    assert [row[2] for row in printed(drawn.notice)] == ["张伟"]
    assert drawn.unruled == {"临时救助": 1}


def test_a_household_without_a_village_is_on_no_board_and_told(tmp_path: Path) -> None:
    assert village(enrolled(tmp_path, [*family(), Row("JZ2", "李军", number(7), village="")])).placeless == 1


MINORS = [
    [Row("JZ1", "张小", number(3, "20100101"))],
    [Row("JZ1", "张小", number(3, "20100101"), head="李管", relation="被监护人")],  # a guardian applies
    [Row("JZ1", "张小", number(3, "20001204")), Row("JZ1", "张大", number(4), head="张小", relation="父亲")],
]


@pytest.mark.parametrize("rows", MINORS)
@pytest.mark.parametrize("form", FORMS)
def test_a_household_that_a_minor_heads_is_not_named(tmp_path: Path, rows: list[Row], form: str) -> None:
    notice = village(enrolled(tmp_path, rows)).notice
    assert [row[2] for row in printed(notice)] == ["姓名不公开"]
    assert all(name not in text for text in seen(WRITERS[form](notice), form) for name in ("张小", "李管"))


def test_the_day_a_head_turns_eighteen_the_name_is_shown(tmp_path: Path) -> None:
    rows = [Row("JZ1", "张小", number(3, "20001203"))]
    assert [row[2] for row in printed(village(enrolled(tmp_path, rows)).notice)] == ["张小"]


@pytest.mark.parametrize(
    ("how", "names"), [("遮盖姓名", ["张*", "李军"]), ("不列出", ["李军"]), ("不写姓名", ["李军", "姓名不公开"])]
)
def test_how_minors_are_protected_is_the_policys(tmp_path: Path, how: str, names: list[str]) -> None:
    policy = f'[[notice.minor]]\nfrom = 2018-01-01\nvalue = "{how}"\n'
    drawn = village(enrolled(tmp_path, [*MINORS[0], Row("JZ2", "李军", number(7))], policy))
    assert [row[2] for row in printed(drawn.notice)] == names
    assert drawn.kept_out == (how == "不列出")


def test_an_applicant_whose_age_is_not_known_is_told_instead(tmp_path: Path) -> None:
    rows = [Row("JZ1", "张小", "无"), Row("JZ1", "张大", number(4), head="张小", relation="父亲")]
    assert village(enrolled(tmp_path, rows)).refused.rows() == [("JZ1", "age_unknown")]


def test_near_relatives_stand_in_a_register_of_their_own_that_is_not_posted(tmp_path: Path) -> None:
    centre = enrolled(
        tmp_path,
        [
            *family(filed="是"),
            Row("JZ2", "李军", number(7), filed="否"),
            Row("JZ3", "周平", number(8), stage="在保", filed="是"),
        ],
    )
    posted = village(centre).notice
    assert [row[2] for row in printed(posted)] == ["张伟", "李军"]
    assert [name for name, *_ in posted.tables] == [""]
    register = village(centre, kind="filed").notice
    assert [row[5] for row in printed(register)] == ["周平", "张伟"]
    assert not register.is_posted
    assert "内部资料：供单独登记备案和入户调查使用，不张贴、不上网。" in register.notes


def test_where_the_county_has_them_published_near_relatives_have_a_table_of_their_own(tmp_path: Path) -> None:
    policy = '[[notice.village]]\nfrom = 2018-01-01\nvalue = ["申请人姓名", "家庭人口", "近亲属备案"]\n'
    notice = village(enrolled(tmp_path, [*family(filed="是"), Row("JZ2", "李军", number(7))], policy)).notice
    assert [(name, [row[1] for row in rows]) for name, _, rows, _ in notice.tables] == [
        ("", ["李军"]),
        ("单独登记备案的近亲属家庭", ["张伟"]),
    ]


# --- nothing else gets out ---------------------------------------------------------------------------------------------

ODD_NAMES = [
    "=cmd|'/c calc'!A1", "<script>alert(1)</script>", "#panic()", "张伟（精神残疾）", "张伟13800000000", f"张伟{number(9)}",
    "@SUM(1)", "张伟 肝癌", "张\u202e伟", "[link](x)", "张伟6222000000000003553", "张伟HIV", "ICU张伟",
]  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_a_name_that_holds_something_else_is_not_printed_but_told(tmp_path: Path, form: str) -> None:
    rows = [Row(f"JZ{place:02}", name, number(100 + place)) for place, name in enumerate(ODD_NAMES)]
    drawn = village(enrolled(tmp_path, [*rows, Row("JZ99", "李军", number(7))]))
    assert drawn.refused.rows() == [(row.household, "name_text") for row in rows]
    told = "".join(seen(WRITERS[form](drawn.notice), form))
    assert [name for name in ODD_NAMES if name in told] == []
    assert "张伟" not in told


def test_a_village_cell_that_holds_something_else_is_not_printed_but_told(tmp_path: Path) -> None:
    places = [number(9), f"上崖村{number(9)}", "上崖村3号楼2单元", "=1+1", "上崖村<b>"]
    odd = [Row(f"JZ{at}", "张伟", number(100 + at), village=place) for at, place in enumerate(places)]
    centre = enrolled(tmp_path, [*odd, Row("JZ9", "李军", number(7))])
    drawn = draw_notice(centre, Asked("township", "applicants", OLD_LAW, "370199", "青崖镇"))
    assert drawn.refused.rows() == [(row.household, "place_text") for row in odd]
    assert [row[1:4] for row in printed(drawn.notice)] == [["上崖村", "农村低保", "李军"]]


@pytest.mark.parametrize("level", ["province", "city"])
def test_a_region_cell_that_holds_a_number_of_a_person_is_not_printed_but_told(tmp_path: Path, level: str) -> None:
    centre = enrolled(tmp_path, [Row("JZ1", "张伟", number(1), region=number(9)), Row("JZ2", "李军", number(7))])
    drawn = draw_notice(centre, Asked(level, "applicants", OLD_LAW, "370199"))
    assert drawn.refused.rows() == [("JZ1", "region_text")]
    assert number(9) not in "".join(seen(WRITERS["html"](drawn.notice), "html"))


def test_a_number_typed_as_a_place_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    centre = enrolled(tmp_path, family())
    with pytest.raises(UsageError) as refused:
        village(centre, village=number(9))
    assert number(9) not in f"{refused.value.message}{refused.value.hint}"


def test_a_place_that_the_roster_does_not_have_is_not_an_empty_notice(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        village(enrolled(tmp_path, family()), village="下崖村")


@pytest.mark.parametrize(
    ("level", "place"), [("village", {"township": "青崖镇"}), ("township", {}), ("county", {"village": "上崖村"})]
)
def test_a_level_asks_for_its_place(tmp_path: Path, level: str, place: dict[str, str]) -> None:
    with pytest.raises(UsageError):
        draw_notice(enrolled(tmp_path, family()), Asked(level, "applicants", OLD_LAW, **place))


def test_a_township_of_two_counties_asks_which(tmp_path: Path) -> None:
    centre = enrolled(tmp_path, [*family(), Row("JZ2", "李军", number(7), region="370198")])
    with pytest.raises(UsageError):
        draw_notice(centre, Asked("township", "applicants", OLD_LAW, "370100", "青崖镇"))


def sentinels() -> tuple[dict[str, str], list[str]]:
    """A roster row in which every column that no notice shows holds something that stands nowhere else."""
    import tomllib

    spec = tomllib.loads(
        (Path(__file__).parents[2] / "connectors" / "roster" / "source.toml").read_text(encoding="utf-8")
    )
    row, marks = {}, []
    for place, (column, headings) in enumerate(spec["columns"].items()):
        read = spec["read"].get(column)
        row[headings[0]] = {
            "day": f"20{13 + place % 5}-0{1 + place % 9}-{10 + place % 17}", "money": f"{9134471000 + place}.37", "count": str(9134571000 + place),
            "flag": "是", "sex": "男",
        }.get(read or "", f"哨兵{chr(0x5300 + place)}")  # fmt: skip
        if read not in ("flag", "sex"):
            marks.append(row[headings[0]])
    shown = {
        "region": "370199",
        "township": "青崖镇",
        "village": "上崖村",
        "programme": "农村低保",
        "head_name": "张伟",
        "amount_month": "356.50",
    }
    needed = {
        "stage": "申请中",
        "role": "家庭成员",
        "area": "农村",
        "labour_capacity": "无",
        "support_programme": "农村特困",
        "birth_date": "1970-01-01",
    }
    for column, text in {**shown, **needed, "name": "哨兵某", "person_no": number(77), "relation": "哨兵亲"}.items():
        heading = spec["columns"][column][0]
        if row[heading] in marks:
            marks.remove(row[heading])
        row[heading] = text
    marks += [
        "哨兵",
        number(77),
        "申请中",
        "1970-01-01",
        "农村特困",
        *(f"{float(text):,.2f}" for text in marks if text.endswith(".37")),
    ]
    assert len(set(marks)) > 25
    return row, marks


def seen(data: bytes, form: str) -> list[str]:
    """Everything that can be got out of a file: text, raw bytes, members, streams, metadata."""
    if form == "html":
        return [data.decode(), unescape(data.decode())]
    if form == "xlsx":
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            return [
                part
                for name in book.namelist()
                for part in (name, book.read(name).decode(), unescape(book.read(name).decode()))
            ]
    reader = pypdf.PdfReader(io.BytesIO(data))
    told = [
        data.decode("latin-1"),
        str(reader.metadata),
        str(reader.xmp_metadata and reader.xmp_metadata.stream.get_data().decode()),
    ]
    told += [page.extract_text() for page in reader.pages]
    for place in range(len(reader.xref_objStm) + sum(map(len, reader.xref.values())) + 1):
        found = reader.get_object(place)
        told.append(str(found))
        if hasattr(found, "get_data"):
            raw = found.get_data()
            told += [raw.decode("latin-1"), raw.decode("utf-16-be", "ignore"), raw.decode("utf-8", "ignore")]
    return told


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("level", ["province", "county", "township", "village"])
def test_no_other_column_of_the_roster_gets_into_a_notice(tmp_path: Path, level: str, form: str) -> None:
    row, marks = sentinels()
    head = row | {"姓名": "张伟", "身份证号码": number(78), "与户主关系": "户主"}
    centre = enrolled(tmp_path, [head, row])
    places = {"township": {"township": "青崖镇"}, "village": {"township": "青崖镇", "village": "上崖村"}}
    drawn = draw_notice(centre, Asked(level, "applicants", OLD_LAW, "370199", **places.get(level, {})))
    assert printed(drawn.notice)[0][-3:] == ["张伟", "1" if row["是否共同生活"] == "否" else "2", "356.50"]
    told = seen(WRITERS[form](drawn.notice), form)
    text = re.sub(r"\s", "", "".join(told))
    assert "张伟" in text  # what may be seen is found by the same search
    assert [mark for mark in [*marks, number(78)] if mark in text] == []


def test_a_notice_takes_no_frame_with_other_columns(tmp_path: Path) -> None:
    notice = village(enrolled(tmp_path, family())).notice
    assert notice.rows.columns == list(NOTICE.columns)
    with pytest.raises(AssertionError):
        Notice(
            **{
                name: getattr(notice, name)
                for name in ("level", "kind", "place", "on", "columns", "periods", "phone", "address", "basis")
            },
            rows=notice.rows.with_columns(phone=pl.lit("1")),
        )


@pytest.mark.parametrize("form", FORMS)
def test_markup_that_reached_a_writer_would_still_be_text(tmp_path: Path, form: str) -> None:
    notice = village(enrolled(tmp_path, family())).notice
    for place, name in enumerate(["=1+1", "<script>x</script>", "#panic()", "$x$ *b* _i_ @ref \\"]):
        object.__setattr__(notice, "_tables", [("", notice.rows.select(applicant=pl.lit(name)))])
        data = WRITERS[form](notice)
        assert data, place
        if form == "html":
            assert b"<script" not in data
        elif form == "xlsx":
            book = openpyxl.load_workbook(io.BytesIO(data))
            assert {cell.data_type for rows in book.active.iter_rows() for cell in rows if cell.value} == {"s"}
        else:
            assert name.replace(" ", "") in pypdf.PdfReader(io.BytesIO(data)).pages[0].extract_text().replace(" ", "")


def test_the_workbook_has_nothing_hidden(tmp_path: Path) -> None:
    data = WRITERS["xlsx"](village(enrolled(tmp_path, family(amount="356"))).notice)
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert [(sheet.title, sheet.sheet_state) for sheet in book] == [("公示", "visible")]
    assert [str(name) for name in book.defined_names] == []
    assert not any(cell.comment for row in book.active.iter_rows() for cell in row)
    assert not any(
        each.hidden for each in [*book.active.column_dimensions.values(), *book.active.row_dimensions.values()]
    )
    assert book.properties.creator in (None, "", "openpyxl")


@pytest.mark.parametrize("form", FORMS)
def test_the_same_roster_gives_the_same_bytes(tmp_path: Path, form: str) -> None:
    centre = enrolled(tmp_path, [*family(amount="356"), Row("JZ2", "李军", number(7))])
    assert WRITERS[form](village(centre).notice) == WRITERS[form](village(Centre.open(centre.workspace.path)).notice)


@NEEDS_FONT
def test_a_character_that_no_font_has_is_a_message_without_the_name(tmp_path: Path) -> None:
    drawn = village(enrolled(tmp_path, [Row("JZ1", "张\U000323af", number(1))]))
    assert drawn.refused.is_empty()
    with pytest.raises(UsageError) as refused:
        WRITERS["pdf"](drawn.notice)
    assert "张" not in f"{refused.value.message}{refused.value.hint}"
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__


@NEEDS_FONT
def test_a_folder_of_fonts_serves_a_notice_where_the_system_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fonts = Typesetter("notice.typ", "html")._fonts.fonts()
    (tmp_path / "fonts").mkdir()
    shutil.copy(next(font.path for font in fonts if font.family in typesetting.FAMILIES), tmp_path / "fonts")
    monkeypatch.setattr(typesetting, "FAMILIES", ("No Such Font",))
    drawn = village(enrolled(tmp_path, family()))
    with pytest.raises(UsageError, match="没有中文字体") as refused:
        notice_pdf(drawn.notice)
    assert all(way in refused.value.hint for way in ("fonts-noto-cjk", "--font-dir", "--format html|xlsx"))
    assert "张伟" in "".join(seen(notice_pdf(drawn.notice, str(tmp_path / "fonts")), "pdf")).replace(" ", "")


def test_drawing_a_notice_is_audited_without_names(tmp_path: Path) -> None:
    centre = enrolled(tmp_path, family())
    village(centre)
    log = "".join(file.read_text(encoding="utf-8") for file in sorted(centre.workspace.audit_dir.glob("*.jsonl")))
    assert '"action":"notice"' in log
    assert "张伟" not in log
