"""Which format a file is in: as source.toml says, else as its first bytes tell."""

from jiuzhu_check.intake.format_spec import Format
from jiuzhu_check.intake.formats import dbf, json, spreadsheet, zip


def kind_of(data: bytes, format: Format) -> str:
    """gzip, zip, or one of the kinds that are read.

    Whatever the kind, a file may come packed. What begins as a web page is one, unless source.toml says where the rows
    of an XML are.
    """
    if zip.is_gzip(data):
        return "gzip"
    if format.kind == "zip" or zip.is_zip(data):
        return "zip"
    if format.kind != "auto":
        return format.kind
    if spreadsheet.is_spreadsheet(data):
        return "spreadsheet"
    if dbf.is_dbf(data):
        return "dbf"
    if format.records and data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<":
        return "xml"
    if json.begins(data):
        return "jsonl" if json.is_lines(data) else "json"
    return "delimited"
