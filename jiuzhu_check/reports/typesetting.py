"""PDF/A by Typst: a template beside this file, filled with JSON. A copy kept for years shows what it showed.

What a text says is data to the template, never markup; it reads no other file and no package, and asks no network. The same
content, fonts and program give the same bytes. A missing font or character would leave boxes where a name should stand, so
either ends it with an error. This file imports no polars: other processes start with it.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from jiuzhu_check.errors import UsageError
from jiuzhu_check.language import say

# Of one design in two styles; the second has rare characters that the first lacks.
FAMILIES = ("Noto Serif CJK SC", "Noto Serif SC", "Noto Sans CJK SC", "Noto Sans SC")
_STANDARD = "a-2u"
_MISSING = re.compile(r'the text `"(.*?)"` could not be displayed')
_CODE = re.compile(r"\\u\{([0-9a-f]+)\}")


class MissingCharacters(UsageError):
    """No font at hand has these characters. otherwise: the forms that need no font here."""

    def __init__(self, characters: str, otherwise: str) -> None:
        self.characters = "".join(sorted(set(characters)))
        shown = "、".join(f"{each} (U+{ord(each):04X})" for each in self.characters[:8])
        super().__init__(
            say("字体里没有这些字：{shown}", shown=shown),
            hint=say(
                "把有这些字的字体文件放进一个目录，用 --font-dir（或环境变量 JIUZHU_FONT_DIR）指定；"
                "或者用 --format {forms}。没有写缺字的 PDF。",
                forms=otherwise,
            ),
        )


@dataclass(frozen=True)
class Typesetter:
    """Sets one template as PDF.

    template:  its file beside this one; it reads sys.inputs.content, which has `fonts` and `day` besides what it is given
    otherwise: the other forms of the same paper, for whoever lacks a font
    font_dir:  a folder whose fonts go before Noto CJK; null: Noto CJK alone
    tagged:    whether it tells a screen reader what is a table; takes longer
    """

    template: str
    otherwise: str
    font_dir: str | None = None
    tagged: bool = False

    def ready(self) -> str:
        """The font that it sets with; raises UsageError where a package or a font is missing."""
        assert self._compiler
        return self._families[0]

    def set(self, content: Mapping[str, Any], *, on: date) -> bytes:
        """The PDF, of that day; raises MissingCharacters, and UsageError as ready. No message holds what the paper says."""
        told = {**content, "fonts": self._families, "day": {"year": on.year, "month": on.month, "day": on.day}}
        try:
            data, warnings = self._compiler.compile_with_warnings(
                format="pdf",
                sys_inputs={"content": json.dumps(told, ensure_ascii=False)},
                pdf_standards=_STANDARD,
                pdf_tags=self.tagged,
            )
        except RuntimeError as problem:
            found = _MISSING.findall(str(getattr(problem, "diagnostic", "")))
            if found:
                characters = _CODE.sub(lambda code: chr(int(code[1], 16)), "".join(found))
                raise MissingCharacters(characters, self.otherwise) from None
            raise
        if warnings:
            raise UsageError(
                say("排版有警告，没有打印：{warning}", warning=warnings[0].message), hint=say("请检查字体目录。")
            )
        assert isinstance(data, bytes)
        return data

    @cached_property
    def _families(self) -> list[str]:
        fonts = self._fonts.fonts()
        folder = Path(self.font_dir).absolute() if self.font_dir else None
        own = {font.family for font in fonts if folder and font.path and Path(font.path).is_relative_to(folder)}
        usual = [family for family in FAMILIES if family in {font.family for font in fonts} - own]
        if folder and not own:
            raise UsageError(say("目录 {folder} 里没有字体。", folder=folder), hint=self._install())
        if not own and not usual:
            raise UsageError(say("没有中文字体，不能排 PDF。"), hint=self._install())
        return [*sorted(own, key=lambda family: (family not in FAMILIES, family)), *usual]

    @cached_property
    def _fonts(self) -> Any:
        folders = [self.font_dir] if self.font_dir else []
        return self._typst.Fonts(include_system_fonts=True, include_embedded_fonts=False, font_paths=folders)

    @cached_property
    def _compiler(self) -> Any:
        file = Path(__file__).with_name(self.template)
        return self._typst.Compiler(str(file), root=str(file.parent), font_paths=self._fonts)

    @cached_property
    def _typst(self) -> Any:
        try:
            import typst  # only PDFs need it
        except ImportError:
            raise UsageError(
                say("没有安装 PDF 排版程序。"),
                hint=say("运行 pip install 'jiuzhu-check[pdf]'，或用 --format {forms}。", forms=self.otherwise),
            ) from None
        return typst

    def _install(self) -> str:
        return say(
            "安装 Noto CJK（apt-get install fonts-noto-cjk，或 dnf install google-noto-serif-cjk-fonts），"
            "或用 --font-dir（环境变量 JIUZHU_FONT_DIR）指定字体目录；也可以用 --format {forms}。",
            forms=self.otherwise,
        )
