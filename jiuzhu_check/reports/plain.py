"""Frames as they may stand in a report: foreign characters made visible, identity numbers in free text masked."""

import polars as pl

from jiuzhu_check.reports.plain_text import ODD, plain

# 18 characters or 15 digits that stand alone: an identity number wherever it turns up (an account may be one too).
_NUMBER_18 = r"((?:^|[^0-9A-Za-z])[GL]?)(\d{6})\d{8}(\d{3}[\dXxＸｘ])($|[^0-9A-Za-z])"
# The same with a disability certificate's kind and grade behind it.
_CERTIFICATE = r"(^|[^0-9A-Za-z])(\d{6})\d{8}(\d{3}[\dXxＸｘ][1-7１-７][1-4１-４](?:[BbＢｂ]\d{1,2})?)($|[^0-9A-Za-z])"
_NUMBER_15 = r"(^|[^0-9A-Za-z])\d{11}(\d{4})($|[^0-9A-Za-z])"


def plain_frame(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with plain text in every text column."""
    odd = [each for each in frame.get_columns() if each.dtype == pl.String and not _is_printable(each)]
    return frame.with_columns(_plain_column(column) for column in odd) if odd else frame


def hide_numbers(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with each identity number in its text masked: 6 + ******** + 4 of 18, the last 4 of 15.

    >>> hide_numbers(pl.DataFrame({"said": ["11010519491231002X", "残疾人证 11010519491231002X43B1"]}))["said"].to_list()
    ['110105********002X', '残疾人证 110105********002X43B1']
    """
    if frame.is_empty():
        return frame
    found = frame.select(pl.col(pl.String).str.contains(r"\d{15}").any())
    held = [frame[name] for name in found.columns if found[name].any()]
    return frame.with_columns(_hide_in_column(column) for column in held) if held else frame


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


def _is_printable(column: pl.Series) -> bool:
    """Whether no character is odd: asked of every text of every report, and of all of them at once for what it costs."""
    return "".join(filter(None, column.to_list())).isprintable()


def _plain_column(column: pl.Series) -> pl.Series:
    odd = column.filter(column.str.contains(ODD)).unique()
    return column.replace({text: plain(text) for text in odd})


def _hide_in_column(column: pl.Series) -> pl.Series:
    for _ in range(2):  # twice: neighbours share the character between them
        column = column.str.replace_all(_NUMBER_18, "${1}${2}********${3}${4}")
        column = column.str.replace_all(_CERTIFICATE, "${1}${2}********${3}${4}")
        column = column.str.replace_all(_NUMBER_15, "${1}***********${2}${3}")
    return column
