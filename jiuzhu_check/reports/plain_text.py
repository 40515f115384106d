"""One text as it may stand in a report or on a screen: foreign characters made visible. Needs no frames, so a message costs little."""

import re

# Control, zero-width, direction-changing, private-use and XML-forbidden characters: they hide, reorder or break text.
ODD = (
    r"[\x00-\x1f\x7f-\x9f\u{ad}\u{61c}\u{200b}-\u{200f}\u{2028}-\u{202e}\u{2060}-\u{2069}\u{feff}\u{fff9}-\u{fffb}"
    r"\u{fffe}\u{ffff}\u{e000}-\u{f8ff}\u{f0000}-\u{10ffff}]"
)
_ODD_PYTHON = re.sub(r"\\u\{([0-9a-f]+)\}", lambda code: f"\\U{code[1]:0>8}", ODD)


def plain(text: str) -> str:
    r"""The text with every odd character written as its code; a private-use one says that it is 造字.

    >>> plain("张\u202e三")
    '张[U+202E]三'
    >>> plain("李\ue001")
    '李[造字U+E001]'
    """
    return text if text.isprintable() else re.sub(_ODD_PYTHON, _visible, text)


def _visible(match: re.Match[str]) -> str:
    code = ord(match[0])
    private = 0xE000 <= code <= 0xF8FF or code >= 0xF0000
    return f"[{'造字' if private else ''}U+{code:04X}]"
