"""权证号 property certificate number: the same certificate whatever its spelling."""

import polars as pl

from jiuzhu_check.values.blank import says_nothing


def read(raw: pl.Expr) -> pl.Expr:
    """A key for comparison: year, place and serial of a unified certificate, else the text in one spelling.

    鲁（2018）济南市不动产权第0006485号 and 鲁(2018)济南不动产权第6485号 are one certificate. 不动产证明 (a mortgage or a
    notice) is another thing than 不动产权 and keeps its word. Null where blank or 无.
    """
    text = raw.str.normalize("NFKC").str.replace_all(r"\s", "").str.to_uppercase()
    text = text.str.replace_all(r"[\[【〔{]", "(").str.replace_all(r"[\]】〕}]", ")")
    parts = text.str.extract_groups(r"^(.*)\(([0-9]{4})\)(.+?)[市县区]?不动产(权|证明)(?:证书)?第?0*([0-9]+)号?$")
    whole = pl.concat_str([parts.struct[place] for place in range(5)], separator="|")
    return pl.coalesce(whole, pl.when(~says_nothing(text)).then(text))
