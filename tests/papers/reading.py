"""What a person reads on a paper."""

import io
import re
import zipfile
from xml.etree import ElementTree

from pypdf import PdfReader

_SPACE = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def read_pdf(data: bytes) -> list[str]:
    """Each page's text without spaces and line ends, which fall anywhere."""
    return [re.sub(r"\s", "", page.extract_text()) for page in PdfReader(io.BytesIO(data)).pages]


def whole(data: bytes) -> str:
    """The PDF's text."""
    return "".join(read_pdf(data))


def read_docx(data: bytes) -> str:
    """The document's text without spaces."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        body = ElementTree.fromstring(archive.read("word/document.xml"))
    return re.sub(r"\s", "", "".join(each.text or "" for each in body.iter(f"{_SPACE}t")))
