"""A missing font or character would leave an empty box where a name should stand: it ends the printing."""

import shutil
from pathlib import Path

import pytest

from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.household_reports import Wanted, print_papers
from jiuzhu_check.checks.issued import Register
from jiuzhu_check.checks.progress import silent
from jiuzhu_check.errors import UsageError
from jiuzhu_check.reports import typesetting
from jiuzhu_check.reports.paper import Paper, text
from jiuzhu_check.reports.pdf_paper import PdfPress
from jiuzhu_check.reports.typesetting import MissingCharacters
from tests.papers.families import NOW, ON, papers
from tests.papers.reading import whole

NOTO = ("Noto Serif CJK SC", "Noto Serif SC")


def noto_file() -> Path:
    fonts = PdfPress()._typesetter._fonts.fonts()
    return next(Path(font.path) for font in fonts if font.family in NOTO and "Regular" in font.path)


def test_without_a_chinese_font_nothing_is_printed_and_the_way_out_is_named(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(typesetting, "FAMILIES", ("No Such Font",))
    with pytest.raises(UsageError) as refused:
        papers(centre, PdfPress(), "JZ1")
    assert refused.value.message == "没有中文字体，不能排 PDF。"
    for way in ("fonts-noto-cjk", "--font-dir", "JIUZHU_FONT_DIR", "--format docx"):
        assert way in refused.value.hint
    assert Register.open(centre).issued.is_empty()


def test_a_folder_without_fonts_is_named(centre: Centre, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="没有字体"):
        papers(centre, PdfPress(str(tmp_path)), "JZ1")


def test_a_folder_of_fonts_is_enough_by_itself(centre: Centre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fonts = tmp_path / "fonts"
    fonts.mkdir()
    shutil.copy(noto_file(), fonts)
    monkeypatch.setattr(typesetting, "FAMILIES", NOTO)  # those of the system are not wanted
    assert "赵平安" in whole(papers(centre, PdfPress(str(fonts)), "JZ4")[0].data)


def test_a_character_that_no_font_has_ends_the_printing_of_that_paper_and_of_no_other(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(typesetting, "FAMILIES", NOTO)  # without the sans style, which has the rarest characters
    printed: list[str] = []
    every = print_papers(centre, Wanted(), PdfPress(), "pdf", ON, NOW, progress=silent)
    with pytest.raises(MissingCharacters) as refused:
        printed.extend(paper.issued.whose[1] for paper in every)
    assert refused.value.message == "字体里没有这些字：𬎆 (U+2C386)"
    assert "--font-dir" in refused.value.hint
    assert printed == ["JZ1", "JZ3", "JZ4", "JZ5"]
    assert Register.open(centre).issued["household_no"].to_list() == printed


def test_what_a_name_says_is_never_markup(centre: Centre) -> None:
    (issued,) = papers(centre, PdfPress(), "JZ4")
    said = '#panic("x") *粗* $x$ \\ <a> `b` @c [d] // e'
    paper = Paper("标题", [["姓名", said]], [text(said)])
    assert '#panic("x")*粗*$x$\\<a>`b`@c[d]//e' in whole(PdfPress().print(paper, issued.issued.issue))


def test_a_word_that_is_longer_than_the_line_stays_on_the_page(centre: Centre) -> None:
    (issued,) = papers(centre, PdfPress(), "JZ4")
    said = "a_very_long_file_name_" * 12 + "end"
    paper = Paper("标题", [["文件", said]], [text(said)])
    assert whole(PdfPress().print(paper, issued.issued.issue)).count(said) == 2
