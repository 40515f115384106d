"""Free text that may stand in the log: short, on one line, and without anybody's number."""

import re
import unicodedata

from jiuzhu_check.errors import UsageError
from jiuzhu_check.language import say

LONGEST = 200

_LONG_NUMBER = re.compile(r"\d{15}")  # 15 and 18 digits are ID numbers, 16 to 19 bank cards
_BIRTH_DATE = r"(18|19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])"
_SPACED_NUMBER = re.compile(rf"[1-9]\d{{5}}{_BIRTH_DATE}\d{{3}}[\dXx]")
_SEPARATORS = re.compile(r"[\s\-_./·,，、]")


def clean(text: str) -> str:
    """The text without control and invisible characters, full-width digits and letters as plain ones.

    raises: UsageError where it is too long, or holds what looks like an ID number; the message repeats none of it
    """
    folded = "".join(unicodedata.normalize("NFKC", each) if each.isalnum() else each for each in text)
    plain = "".join(each for each in folded if unicodedata.category(each)[0] != "C").strip()
    if len(plain) > LONGEST:
        raise UsageError(say("理由超过 {longest} 个字", longest=LONGEST), hint=say("写得简短些。"))
    read = unicodedata.normalize("NFKC", plain)
    if _LONG_NUMBER.search(read) or _SPACED_NUMBER.search(_SEPARATORS.sub("", read)):
        raise UsageError(say("理由中不能写身份证号、银行卡号等长号码"), hint=say("请改写户编号或事由。"))
    return plain
