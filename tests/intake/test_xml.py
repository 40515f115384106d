import pytest

from jiuzhu_check.errors import ExtractChanged
from jiuzhu_check.intake.delivery import read_delivery
from tests.intake.extracts import HOUSING, VEHICLE, number, one, owners, row
from tests.intake.written import attributes, elements, reading, xml

ROWS = reading(kind="xml", records="resultset/row")
TWO = [row(1), row(2)]
GOOD = xml(TWO)


@pytest.mark.parametrize("body", [attributes, elements])
@pytest.mark.parametrize("encoding", ["UTF-8", "GBK", "GB18030", "gb2312"])
def test_rows_are_attributes_or_elements_in_either_encoding(body: object, encoding: str) -> None:
    assert owners(read_delivery(ROWS, xml(TWO, encoding, body), "extract.xml")) == ["张乙", "张丙"]  # type: ignore[arg-type]


def test_an_answer_within_the_text_of_an_answer_is_read() -> None:
    inner = xml(TWO, "GBK").decode("gbk")
    outer = f"<Envelope><Body><return><![CDATA[{inner}]]></return></Body></Envelope>".encode()
    source = reading(kind="xml", records="Body/return/text()/resultset/row")
    assert owners(read_delivery(source, outer, "extract.xml")) == ["张乙", "张丙"]


def test_cells_within_cells_go_by_both_names_and_no_text_is_lost() -> None:
    text = f"<a><row 机动车所有人='张乙'><人><身份证明号码>{number(1)}</身份证明号码></人><号牌号码>鲁A&#48;0001</号牌号码><机动车状态/></row></a>"
    with pytest.raises(ExtractChanged, match="缺少必需的列「身份证明号码」"):
        read_delivery(reading(kind="xml", records="a/row"), text.encode(), "extract.xml")
    flat = text.replace("<人>", "").replace("</人>", "")
    delivery = read_delivery(reading(kind="xml", records="a/row"), flat.encode(), "extract.xml")
    assert (one(delivery, "plate_no"), one(delivery, "status")) == ("鲁A00001", None)


def test_units_in_a_heading_count_in_an_element_that_cannot_hold_them() -> None:
    text = f"<a><row 权利人='张乙' 证件号码='{number(1)}' 坐落='某路1号' 规划用途='住宅' 交易价格='80万元'/></a>"
    source = reading(kind="xml", records="row")
    housing = read_delivery(type(source)(**{**vars(HOUSING), "format": source.format}), text.encode(), "extract.xml")
    assert [float(price) for price in housing.rows["price"]] == [800_000]


LAUGHS = "<!DOCTYPE a [<!ENTITY a 'ha'>" + "".join(
    f"<!ENTITY {chr(98 + at)} '{f'&{chr(97 + at)};' * 10}'>" for at in range(10)
)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (f"{LAUGHS}]><a><row>&k;</row></a>".encode(), "文档类型定义"),
        (b"<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", "文档类型定义"),
        (b"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a><row>&x;</row></a>", "文档类型定义"),
        (b"<a><row>&x;</row></a>", "第 1 行起不是有效的 XML"),
        (GOOD[:-10], "不是有效的 XML"),
        (GOOD[:-90], "不是有效的 XML"),
        (GOOD + b"<more/>", "不是有效的 XML"),
        (GOOD.replace(b"encoding=\"GBK\"", b"encoding=\"Big5\""), "声明的编码是 Big5"),
        (GOOD.decode("gbk").encode(), "声明的编码是 GBK，与内容不符"),
        (GOOD.replace(b"encoding=\"GBK\"", b"encoding=\"UTF-8\""), "不是有效的 UTF-8"),
        (GOOD.replace(b"encoding=\"GBK\"", b""), "不是有效的 UTF-8"),
        (GOOD.replace(b"resultset", b"results"), "没有找到 resultset/row"),
        (b"<html><body><p>login</p></body></html>", "没有找到 resultset/row"),
        (b"<html><body><p>login</body></html>", "不是有效的 XML"),
        (b"{}", "不是有效的 XML"),
        (b"<a><resultset/></a>", "没有找到 resultset/row"),
        (elements and xml(TWO, "GBK", lambda record: elements(record).replace("</row>", "<号牌号码>2</号牌号码></row>")), "第 1 条记录里「号牌号码」出现了两次"),
        (("<r>" * 200_000).encode(), "不是有效的 XML"),
    ],
    ids=lambda each: None if isinstance(each, str) else "",
)  # fmt: skip
def test_what_cannot_be_trusted_is_refused(data: bytes, says: str) -> None:
    with pytest.raises(ExtractChanged, match=says) as refused:
        read_delivery(ROWS, data, "extract.xml")
    assert refused.value.hint


def test_source_toml_may_say_the_encoding_that_the_file_does_not() -> None:
    source = reading(kind="xml", records="row", encoding="utf-8")
    assert owners(read_delivery(source, GOOD.decode("gbk").encode(), "extract.xml")) == ["张乙", "张丙"]


def test_without_a_path_to_the_rows_an_xml_is_a_web_page() -> None:
    with pytest.raises(ExtractChanged, match="网页"):
        read_delivery(VEHICLE, GOOD, "extract.xml")
