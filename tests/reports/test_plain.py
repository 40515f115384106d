import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from jiuzhu_check.reports.plain import hide_numbers, plain_frame
from jiuzhu_check.reports.plain_text import plain

numbers = st.from_regex(r"[1-9][0-9]{16}[0-9X]", fullmatch=True)
words = st.text(st.sampled_from("张三 号、：-（）\n"), max_size=4)


@given(st.text())
def test_plain_text_is_plain_already(text: str):
    assert plain(plain(text)) == plain(text)


@given(st.text(st.characters(codec="utf-8")))
def test_a_column_is_made_plain_as_its_cells_are(text: str):
    assert plain_frame(pl.DataFrame({"name": [text, None]}))["name"].to_list() == [plain(text), None]


def test_what_reorders_or_hides_text_is_written_as_its_code():
    assert plain("a\u202eb\u200bc\x00d\ufeff") == "a[U+202E]b[U+200B]c[U+0000]d[U+FEFF]"


def test_ordinary_text_and_rare_characters_stay():
    assert plain("张𬎆　A-1（甲）") == "张𬎆　A-1（甲）"


@given(st.lists(numbers, min_size=1, max_size=4), words)
def test_no_identity_number_stays_whole_in_free_text(found: list[str], between: str):
    text = (between or "，").join(found)
    hidden = hide_numbers(pl.DataFrame({"reason": [text]}))["reason"][0]
    assert not any(number in hidden for number in found)


def test_a_masked_number_keeps_six_and_four():
    hidden = hide_numbers(pl.DataFrame({"reason": ["号码11010519491231002X与15位110105491231002"]}))["reason"][0]
    assert hidden == "号码110105********002X与15位***********1002"


def test_longer_numbers_such_as_a_property_unit_are_no_identity_number():
    unit = "370683001001GB00001F00010001"
    assert hide_numbers(pl.DataFrame({"subject": [unit, "1" * 19]}))["subject"].to_list() == [unit, "1" * 19]
