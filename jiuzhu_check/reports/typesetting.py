"""PDF by Typst: a template beside this file, filled with JSON. PDF/A, so a copy kept for years shows what it showed.

The template gets `content` (JSON), `font` and `day` by sys.inputs: what a cell holds is data to it, never markup. It
reads no other file and no package, and asks no network. The same content, fonts and program give the same bytes.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from jiuzhu_check.errors import StoreError, UsageError
from jiuzhu_check.language import say

FONTS = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Noto Sans SC",
    "Microsoft YaHei",
    "SimSun",
)  # the first that is here
STANDARD = "a-2b"  # ISO 19005-2: it refuses a character that no font can show


def typeset(template: str, content: Mapping[str, Any], *, on: date) -> bytes:
    """The PDF of a template, such as notice.typ.

    on:     the day that the document bears in its metadata
    raises: UsageError where Typst or a Chinese font is not installed, or a character is in no font; StoreError where
            the template does not compile cleanly. No message holds what the document says.
    """
    typst = _typst()
    inputs = {
        "content": json.dumps(content, ensure_ascii=False, sort_keys=True),
        "font": font(_families(typst)),
        "day": f"{on:%Y-%m-%d}",
    }
    source = (Path(__file__).parent / template).read_bytes()
    midnight = int(datetime.combine(on, time(), UTC).timestamp())
    try:
        pdf, warnings = typst.compile_with_warnings(
            source, format="pdf", sys_inputs=inputs, pdf_standards=STANDARD, timestamp=midnight
        )
    except typst.TypstError as error:
        if "could not be displayed" in str(error):
            raise UsageError(
                say("有的字，本机字体里没有，不能写进 PDF。"),
                hint=say("安装收字更全的中文字体，或改用 html、xlsx。"),
            ) from None
        raise _broken(template) from None
    if warnings:
        raise _broken(template)
    return bytes(pdf)


def font(families: Sequence[str]) -> str:
    """The first of FONTS that is installed; raises UsageError where none is."""
    for family in FONTS:
        if family in families:
            return family
    raise UsageError(
        say("本机没有可用的中文字体，不能写 PDF。"),
        hint=say("安装其中一种：{fonts}（Debian、Ubuntu：apt-get install fonts-noto-cjk）。", fonts="、".join(FONTS)),
    )


def _families(typst: Any) -> list[str]:
    return list(typst.Fonts().families())


def _typst() -> Any:
    try:
        import typst  # only PDFs need it
    except ImportError:
        raise UsageError(
            say("没有安装写 PDF 需要的 typst。"),
            hint=say("运行 pip install 'jiuzhu-check[{extra}]'。", extra="pdf"),
        ) from None
    return typst


def _broken(template: str) -> StoreError:
    return StoreError(say("PDF 模板 {name} 排不出来。", name=template), hint=say("请重新安装 jiuzhu-check。"))
