"""One spelling for each heading, however it is written."""

import re
import unicodedata


def normal(heading: str) -> str:
    """A heading in one spelling: narrow, upper case, no spaces, asterisks, quotes or unit.

    >>> normal("*交易价格（万元）"), normal(" 个人月缴存额 (元/月) "), normal("zjhm")
    ('交易价格', '个人月缴存额', 'ZJHM')
    """
    text = unicodedata.normalize("NFKC", heading).upper()
    text = re.sub(r"[\s*#'\"\ufeff\u200b:]", "", text)
    return re.sub(r"[(\[【].*[)\]】]$", "", text)
