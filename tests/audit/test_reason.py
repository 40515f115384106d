import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiuzhu_check.audit.reason import LONGEST, clean
from jiuzhu_check.errors import UsageError


@given(st.text(max_size=60))
def test_what_is_clean_stays_clean_and_on_one_line(text: str) -> None:
    try:
        plain = clean(text)
    except UsageError:
        return
    assert clean(plain) == plain
    assert not any(unicodedata.category(each).startswith("C") for each in plain)


@given(
    st.text(max_size=10), st.from_regex(r"[1-9][0-9]{14}|[1-9][0-9]{16}[0-9X]", fullmatch=True), st.text(max_size=10)
)
def test_a_number_is_refused_wherever_it_stands_and_is_not_repeated(before: str, number: str, after: str) -> None:
    with pytest.raises(UsageError) as caught:
        clean(before + number + after)
    assert number not in caught.value.message + caught.value.hint


@pytest.mark.parametrize(
    "text",
    [
        "查 370102199001011234",
        "查３７０１０２１９９００１０１１２３４本人",
        "370102 19900101 1234",
        "370102-19900101-123X",
        "3701\u200b02199001011234",
        "370102900101123",
        "卡号6222021234567890",
    ],
)
def test_a_number_in_disguise_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="长号码"):
        clean(text)


@pytest.mark.parametrize("text", ["复核 2018-11-30 至 2018-12-01", "电话 13800000000 来访", "JZ00000000 户申诉", ""])
def test_dates_telephones_and_household_numbers_may_stand(text: str) -> None:
    assert clean(text) == text


def test_control_characters_go_and_a_long_story_is_refused() -> None:
    assert clean("乡镇\n复\x1b[31m核\u202e") == "乡镇复[31m核"
    with pytest.raises(UsageError, match="超过"):
        clean("长" * (LONGEST + 1))
