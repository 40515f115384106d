"""A paper as DOCX, for an office that wants to write into it. The same paper and issue give the same bytes.

The tables are written as WordprocessingML at once: python-docx makes them cell by cell, which takes a hundred times as long.
This file imports no polars: other processes start with it.
"""

import json
import re
import sys
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from functools import cached_property
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from jiuzhu_check.errors import UsageError
from jiuzhu_check.language import say
from jiuzhu_check.reports.paper import BY_HAND, Issue, Paper, Part

_SPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_FONTS = '<w:rFonts w:ascii="仿宋" w:hAnsi="仿宋" w:eastAsia="仿宋"/>'
_SIZE = re.compile(r'((?:w:sz|w:szCs) w:val="|w:line=")(\d+)')
_LINE = 156  # mm of a line, as GB/T 9704 has it
_TWIP = 56.7  # a mm in twentieths of a point
_BORDER = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="6E6E6E"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)


@dataclass(frozen=True)
class DocxPress:
    """What sets papers as DOCX."""

    def ready(self) -> None:
        """Raises UsageError where a package is missing."""
        assert self._docx

    def print(self, paper: Paper, issue: Issue) -> bytes:
        """The DOCX."""
        document = self._docx.Document(BytesIO(self._blank))
        body = document.element.body
        end = body[-1]  # the section's properties stay last

        scale = _scale(paper)

        def add(*pieces: str) -> None:
            for piece in pieces:
                sized = piece if scale == 1 else _SIZE.sub(lambda size: f"{size[1]}{int(int(size[2]) * scale)}", piece)
                end.addprevious(self._parse(sized))

        add(_paragraph(paper.title, size=40, bold=True, centred=True))
        flat = [cell for row in [*issue.facts(), *paper.facts] for cell in row]
        flat += [""] * (-len(flat) % 4)
        add(_table([flat[at : at + 4] for at in range(0, len(flat), 4)], (1.1, 3, 1.1, 3)))
        for part in paper.parts:
            add(*_DRAWN[part["is"]](part))
        add(_paragraph(""), _table(issue.end(), (1.4, 6)))
        self._foot(document, issue)
        self._margins(document, one_page=paper.one_page)
        moment = datetime.combine(issue.issued_on, time())
        about = document.core_properties
        about.title, about.author, about.created, about.modified = paper.title, "", moment, moment
        about.last_modified_by, about.revision, about.comments = "", 1, ""
        written = BytesIO()
        document.save(written)
        return _timeless(written.getvalue())

    @cached_property
    def _docx(self) -> Any:
        try:
            import docx
        except ImportError:
            raise UsageError(
                say("没有安装 DOCX 程序。"), hint=say("运行 pip install 'jiuzhu-check[docx]'，或用 --format pdf。")
            ) from None
        return docx

    @cached_property
    def _parse(self) -> Callable[[str], Any]:
        from docx.oxml import parse_xml

        return parse_xml

    @cached_property
    def _blank(self) -> bytes:
        """An empty document, made once."""
        blank = BytesIO()
        self._docx.Document().save(blank)
        return blank.getvalue()

    def _foot(self, document: Any, issue: Issue) -> None:
        foot = document.sections[0].footer
        foot.is_linked_to_previous = False
        for old in list(foot._element):
            foot._element.remove(old)
        number = (
            _run(f"{issue.foot()}　第 ", 18)
            + _field("PAGE")
            + _run(" 页　共 ", 18)
            + _field("NUMPAGES")
            + _run(" 页", 18)
        )
        foot._element.append(self._parse(f'<w:p {_SPACE}><w:pPr><w:jc w:val="center"/></w:pPr>{number}</w:p>'))

    def _margins(self, document: Any, *, one_page: bool) -> None:
        from docx.shared import Mm

        page = document.sections[0]
        page.page_width, page.page_height = Mm(210), Mm(297)
        page.left_margin, page.right_margin = Mm(28), Mm(26)
        page.top_margin, page.bottom_margin = (Mm(24), Mm(20)) if one_page else (Mm(37), Mm(35))
        page.footer_distance = Mm(12 if one_page else 20)


def _scale(paper: Paper) -> float:
    """How much smaller a paper of one page is set: nothing measures a page here, so by how much it says."""
    said = len(json.dumps(paper.parts, ensure_ascii=False)) if paper.one_page else 0
    return next(scale for most, scale in ((1000, 1), (1400, 0.85), (2000, 0.75), (sys.maxsize, 0.65)) if said <= most)


def _drawn_table(part: Part) -> tuple[str, ...]:
    return (_table(part["rows"], part["widths"], part["heads"]), _paragraph("", size=8, after=0))


def _drawn_card(part: Part) -> tuple[str, ...]:
    return (
        _paragraph(part["title"], bold=True, keep=True),
        _table(part["rows"], (1.4, 6)),
        _paragraph("", size=8, after=0),
    )


def _drawn_signatures(part: Part) -> tuple[str, ...]:
    lines = [f"{label}：{BY_HAND}" for label in part["labels"]]
    return (
        _paragraph(""),
        *(_paragraph("　　　".join(lines[at : at + 2]), after=240) for at in range(0, len(lines), 2)),
    )


_DRAWN: dict[str, Callable[[Part], tuple[str, ...]]] = {
    "heading": lambda part: (_paragraph(part["text"], size=28, bold=True, keep=True, before=160),),
    "text": lambda part: (_paragraph(part["text"]),),
    "note": lambda part: (_paragraph(part["text"], size=19),),
    "table": _drawn_table,
    "card": _drawn_card,
    "signatures": _drawn_signatures,
}


def _paragraph(
    words: str, *, size: int = 22, bold: bool = False, centred: bool = False, keep: bool = False, before: int = 0, after: int = 80
) -> str:  # fmt: skip
    """One paragraph; size in half points, space in twentieths of a point."""
    how = "<w:keepNext/>" if keep else ""
    how += f'<w:spacing w:before="{before}" w:after="{after}" w:line="{max(size * 14, 120)}" w:lineRule="atLeast"/>'
    how += '<w:jc w:val="center"/>' if centred else ""
    return f"<w:p {_SPACE}><w:pPr>{how}</w:pPr>{_run(words, size, bold=bold)}</w:p>"


def _run(words: str, size: int, *, bold: bool = False) -> str:
    if not words:
        return ""
    lines = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in words.split("\n"))
    how = f'{_FONTS}{"<w:b/>" if bold else ""}<w:sz w:val="{size}"/><w:szCs w:val="{size}"/><w:lang w:val="zh-CN" w:eastAsia="zh-CN"/>'
    return f"<w:r><w:rPr>{how}</w:rPr>{lines}</w:r>"


def _field(code: str) -> str:
    how = f'<w:rPr>{_FONTS}<w:sz w:val="18"/></w:rPr>'
    return f'<w:fldSimple w:instr="{code}"><w:r>{how}<w:t>1</w:t></w:r></w:fldSimple>'


def _table(rows: Sequence[Sequence[str]], widths: Sequence[float], heads: Sequence[str] = ()) -> str:
    whole = sum(widths)
    twips = [int(width / whole * _LINE * _TWIP) for width in widths]
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in twips)
    head = _row(heads, twips, head=True) if heads else ""
    body = "".join(_row(row, twips) for row in rows)
    return (
        f'<w:tbl {_SPACE}><w:tblPr><w:tblW w:w="{sum(twips)}" w:type="dxa"/><w:tblBorders>{_BORDER}</w:tblBorders>'
        f'<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{head}{body}</w:tbl>'
    )


def _row(cells: Sequence[str], twips: Sequence[int], *, head: bool = False) -> str:
    told = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr><w:p><w:pPr><w:spacing w:before="30" w:after="30"/>'
        f"</w:pPr>{_run(cell, 19, bold=head)}</w:p></w:tc>"
        for cell, width in zip(cells, twips, strict=True)
    )
    how = "<w:cantSplit/>" + ("<w:tblHeader/>" if head else "")
    return f"<w:tr><w:trPr>{how}</w:trPr>{told}</w:tr>"


def _timeless(data: bytes) -> bytes:
    """The same archive with the same time in every entry."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(zipfile.ZipInfo(entry.filename), old.read(entry), zipfile.ZIP_DEFLATED)
    return out.getvalue()
