"""残疾人证号 disability certificate number: the holder's number, the kind (1 to 7) and grade (1 to 4) at first issue.

Twenty characters; a re-issued one ends in B1, B2 ... behind them. Both follow the certificate's own rule, not a GB.
"""

import polars as pl

from jiuzhu_check.values import identity_number
from jiuzhu_check.values.blank import says_nothing

_FORM = r"^([0-9]{17}[0-9X])[1-7][1-4](?:B[0-9]{1,2})?$"


def read(raw: pl.Expr) -> pl.Expr:
    """The certificate's number in one spelling; as it stands where it has not the form; null where blank.

    >>> pl.Series([" 110105 19491231002x 43", "残字第7号", "无"]).to_frame("c").select(read(pl.col("c")))["c"].to_list()
    ['11010519491231002X43', '残字第7号', None]
    """
    folded = identity_number.fold(raw)
    return pl.when(~says_nothing(raw)).then(
        pl.when(folded.str.contains(_FORM)).then(folded).otherwise(raw.str.strip_chars())
    )


def holder(raw: pl.Series) -> pl.Series:
    """The holder's valid 18-character number, null where the certificate's number is damaged or none.

    >>> holder(pl.Series(["11010519491231002X43", "'11010519491231002x43b1", "11010519491231003X43", "11010519491231002X"])).to_list()
    ['11010519491231002X', '11010519491231002X', None, None]
    """
    folded = raw.to_frame("raw").select(identity_number.fold(pl.col("raw").cast(pl.String))).to_series()
    number = folded.str.extract(_FORM)
    return number.set(~identity_number.are_valid(number), None)
