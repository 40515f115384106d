"""A paper as PDF/A, set by Typst. The same paper, issue and fonts give the same bytes.

A missing font or character would leave boxes where a name should stand, so either ends the printing with an error.
This file imports no polars: other processes start with it.
"""

import json
import re
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from jiuzhu_check.errors import UsageError
from jiuzhu_check.language import say
from jiuzhu_check.reports.paper import Issue, Paper

# Of one design in two styles; the second has rare characters that the first lacks.
FAMILIES = ("Noto Serif CJK SC", "Noto Serif SC", "Noto Sans CJK SC", "Noto Sans SC")
_STANDARD = "a-2u"
_TEMPLATE = Path(__file__).with_name("paper.typ")
_MISSING = re.compile(r'the text `"(.*?)"` could not be displayed')
_CODE = re.compile(r"\\u\{([0-9a-f]+)\}")


class MissingCharacters(UsageError):
    """No font at hand has these characters."""

    def __init__(self, characters: str) -> None:
        self.characters = "".join(sorted(set(characters)))
        shown = "、".join(f"{each} (U+{ord(each):04X})" for each in self.characters[:8])
        super().__init__(
            say("字体里没有这些字：{shown}", shown=shown),
            hint=say(
                "把有这些字的字体文件放进一个目录，用 --font-dir（或环境变量 JIUZHU_FONT_DIR）指定；"
                "或者用 --format docx。没有打印缺字的报告。"
            ),
        )


@dataclass(frozen=True)
class PdfPress:
    """What sets papers as PDF. font_dir: a folder whose fonts go before Noto CJK; null: Noto CJK alone."""

    font_dir: str | None = None

    def ready(self) -> None:
        """Whether there is what it takes; raises UsageError where a package or a font is missing."""
        assert self._compiler
        assert self._families

    def print(self, paper: Paper, issue: Issue) -> bytes:
        """The PDF; raises MissingCharacters where no font has a character of the paper."""
        day = issue.issued_on
        told = {
            **asdict(paper),
            "facts": [*issue.facts(), *paper.facts],
            "end": issue.end(),
            "foot": issue.foot(),
            "fonts": self._families,
            "date": {"year": day.year, "month": day.month, "day": day.day},
        }
        try:
            data, warnings = self._compiler.compile_with_warnings(
                format="pdf",
                sys_inputs={"paper": json.dumps(told, ensure_ascii=False)},
                pdf_standards=_STANDARD,
                pdf_tags=False,
            )
        except RuntimeError as problem:
            found = _MISSING.findall(str(getattr(problem, "diagnostic", "")))
            if found:
                raise MissingCharacters(_CODE.sub(lambda code: chr(int(code[1], 16)), "".join(found))) from None
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
            raise UsageError(say("目录 {folder} 里没有字体。", folder=folder), hint=_install())
        if not own and not usual:
            raise UsageError(say("没有中文字体，不能排 PDF。"), hint=_install())
        return [*sorted(own, key=lambda family: (family not in FAMILIES, family)), *usual]

    @cached_property
    def _fonts(self) -> Any:
        folders = [self.font_dir] if self.font_dir else []
        return _typst().Fonts(include_system_fonts=True, include_embedded_fonts=False, font_paths=folders)

    @cached_property
    def _compiler(self) -> Any:
        return _typst().Compiler(str(_TEMPLATE), root=str(_TEMPLATE.parent), font_paths=self._fonts)


def _install() -> str:
    return say(
        "安装 Noto CJK（apt-get install fonts-noto-cjk，或 dnf install google-noto-serif-cjk-fonts），"
        "或用 --font-dir（环境变量 JIUZHU_FONT_DIR）指定字体目录；也可以用 --format docx。"
    )


def _typst() -> Any:
    try:
        import typst
    except ImportError:
        raise UsageError(
            say("没有安装 PDF 排版程序。"), hint=say("运行 pip install 'jiuzhu-check[pdf]'，或用 --format docx。")
        ) from None
    return typst
