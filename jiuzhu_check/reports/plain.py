"""Text as it may stand in a report: foreign characters made visible, identity numbers in free text masked."""

import re

import polars as pl

# Control, zero-width, direction-changing, private-use and XML-forbidden characters: they hide, reorder or break text.
_ODD = (
    r"[\x00-\x1f\x7f-\x9f\u{ad}\u{61c}\u{200b}-\u{200f}\u{2028}-\u{202e}\u{2060}-\u{2069}\u{feff}\u{fff9}-\u{fffb}"
    r"\u{fffe}\u{ffff}\u{e000}-\u{f8ff}\u{f0000}-\u{10ffff}]"
)
_ODD_PYTHON = re.compile(re.sub(r"\\u\{([0-9a-f]+)\}", lambda code: f"\\U{code[1]:0>8}", _ODD))
# 18 characters or 15 digits that stand alone: an identity number wherever it turns up (an account may be one too).
_NUMBER_18 = r"((?:^|[^0-9A-Za-z])[GL]?)(\d{6})\d{8}(\d{3}[\dXxＸｘ])($|[^0-9A-Za-z])"
# The same with a disability certificate's kind and grade behind it.
_CERTIFICATE = r"(^|[^0-9A-Za-z])(\d{6})\d{8}(\d{3}[\dXxＸｘ][1-7１-７][1-4１-４](?:[BbＢｂ]\d{1,2})?)($|[^0-9A-Za-z])"
_NUMBER_15 = r"(^|[^0-9A-Za-z])\d{11}(\d{4})($|[^0-9A-Za-z])"


def plain(text: str) -> str:
    r"""The text with every odd character written as its code; a private-use one says that it is 造字.

    >>> plain("张\u202e三")
    '张[U+202E]三'
    >>> plain("李\ue001")
    '李[造字U+E001]'
    """
    return _ODD_PYTHON.sub(_visible, text)


def plain_frame(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with plain text in every text column."""
    return frame.with_columns(_plain_column(column) for column in _holding(frame, _ODD))


def hide_numbers(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with each identity number in its text masked: 6 + ******** + 4 of 18, the last 4 of 15.

    >>> hide_numbers(pl.DataFrame({"said": ["11010519491231002X", "残疾人证 11010519491231002X43B1"]}))["said"].to_list()
    ['110105********002X', '残疾人证 110105********002X43B1']
    """
    return frame.with_columns(_hide_in_column(column) for column in _holding(frame, r"\d{15}"))


def hide_in_text(text: str) -> str:
    """The text with each identity number in it masked, as hide_numbers.

    >>> hide_in_text("名册11010519491231002X.xlsx")
    '名册110105********002X.xlsx'
    """
    return str(hide_numbers(pl.DataFrame({"text": [text]}))["text"][0])


def mask_account(account: str) -> str:
    """An account's number with its last four characters only, as long as it was.

    >>> mask_account("6222000000000003553"), mask_account("A123450355"), mask_account("6222********1170"), mask_account("123")
    ('***************3553', '******0355', '************1170', '***')
    """
    shown = 4 if len(account) > 6 else 0
    return "*" * (len(account) - shown) + account[len(account) - shown :]


def _holding(frame: pl.DataFrame, pattern: str) -> list[pl.Series]:
    """The text columns in which this occurs."""
    found = frame.select(pl.col(pl.String).str.contains(pattern).any())
    return [frame[name] for name in found.columns if found[name].any()]


def _plain_column(column: pl.Series) -> pl.Series:
    odd = column.filter(column.str.contains(_ODD)).unique()
    return column.replace({text: plain(text) for text in odd})


def _hide_in_column(column: pl.Series) -> pl.Series:
    for _ in range(2):  # twice: neighbours share the character between them
        column = column.str.replace_all(_NUMBER_18, "${1}${2}********${3}${4}")
        column = column.str.replace_all(_CERTIFICATE, "${1}${2}********${3}${4}")
        column = column.str.replace_all(_NUMBER_15, "${1}***********${2}${3}")
    return column


def _visible(match: re.Match[str]) -> str:
    code = ord(match[0])
    private = 0xE000 <= code <= 0xF8FF or code >= 0xF0000
    return f"[{'造字' if private else ''}U+{code:04X}]"
