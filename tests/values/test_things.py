import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiuzhu_check.values import certificate_no, identifier, plate
from tests.values.reading import read_one


@pytest.mark.parametrize(
    "raw", ["鲁A12345", "鲁a12345", "鲁A·12345", "鲁A-12345", "鲁 A12345", "鲁Ａ１２３４５", "鲁A•12345", "'鲁A12345"]
)
def test_a_plate_is_the_same_in_every_spelling(raw: str) -> None:
    assert read_one(plate.read, raw) == "鲁A12345"


@pytest.mark.parametrize("reader", [plate.read, identifier.read, certificate_no.read])
@pytest.mark.parametrize("raw", [None, "", " ", "无", "-", "/", "不详", "NULL"])
def test_two_things_without_a_mark_are_not_one_thing(reader: object, raw: str | None) -> None:
    assert read_one(reader, raw) is None  # type: ignore[arg-type]


def test_a_vehicle_not_yet_plated_has_no_plate() -> None:
    assert read_one(plate.read, "无牌") is None
    assert read_one(identifier.read, "00000000000000000") is None


@pytest.mark.parametrize(
    "raw", ["lsvaa4182e2123456", "LSVAA4182 E2123456", "ＬＳＶＡＡ４１８２Ｅ２１２３４５６", "LSVAA4182-E2123456"]
)
def test_a_vin_is_the_same_in_every_spelling(raw: str) -> None:
    assert read_one(identifier.read, raw) == "LSVAA4182E2123456"


def test_a_frame_number_of_before_1997_is_kept() -> None:
    assert read_one(identifier.read, "A-77 12o") == "A7712O"


SPELLINGS = [
    "鲁(2018)济南市不动产权第0006485号",
    "鲁（2018）济南不动产权第6485号",
    "鲁〔2018〕济南市不动产权第0006485号",
    "鲁[2018]济南市不动产权第6485号",
    "鲁 (2018) 济南市 不动产权 第 0006485 号",
    "鲁(2018)济南市不动产权证书第0006485号",
    "鲁(2018)济南市不动产权第０００６４８５",
    "鲁(2018)济南市不动产权0006485号",
]


def test_a_unified_certificate_is_the_same_in_every_spelling() -> None:
    assert len({read_one(certificate_no.read, each) for each in SPELLINGS}) == 1


@pytest.mark.parametrize(
    "other",
    [
        "鲁(2018)济南市不动产证明第0006485号", "鲁(2019)济南市不动产权第0006485号", "鲁(2018)青岛市不动产权第0006485号",
        "鲁(2018)济南市不动产权第0006486号", "苏(2018)济南市不动产权第0006485号", "济房权证历字第006485号",
    ],
)  # fmt: skip
def test_another_certificate_is_another(other: str) -> None:
    assert read_one(certificate_no.read, other) != read_one(certificate_no.read, SPELLINGS[0])


@given(st.integers(1, 9_999_999), st.integers(1, 9_999_999))
@settings(deadline=None, derandomize=True)
def test_serials_are_the_same_only_if_they_are_the_same_number(one: int, other: int) -> None:
    keys = {read_one(certificate_no.read, f"鲁(2018)济南市不动产权第{serial:07}号") for serial in (one, other)}
    assert len(keys) == len({one, other})


@pytest.mark.parametrize("old", ["鹰房权证字第001号", "宿房权证字第12-S-246_2号", "国用(2005)第12号", "0024166"])
def test_an_old_certificate_keeps_its_text(old: str) -> None:
    assert read_one(certificate_no.read, f" {old} ") == read_one(certificate_no.read, old)
    assert read_one(certificate_no.read, old) is not None
