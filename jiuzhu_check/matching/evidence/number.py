"""号码证据: how the record's number and the member's agree.

The check digit catches every single wrong digit and every adjacent swap, so a broken number has its true one among its
one-edit repairs, and two valid numbers are never one edit apart.
"""

import polars as pl

from jiuzhu_check.values.identity_number import WEIGHTS, are_valid

# What a typist's finger or a scanner writes for a digit.
LETTERS = str.maketrans({"O": "0", "Q": "0", "D": "0", "I": "1", "L": "1", "|": "1", "Z": "2", "S": "5", "B": "8"})

# Each of the eighteen places and its weight: in a valid number the weighted sum leaves 1 modulo 11.
_WEIGHTS = (*WEIGHTS, 1)
_INVERSES = tuple(pow(weight, -1, 11) for weight in _WEIGHTS)

SENTENCES = {
    "valid": "号码相同（18位有效）",
    "upgraded": "号码相同（15位旧号升位）",
    "within": "登记的证号（如残疾人证号）内的号码与本人号码相同",
    "one_edit": "登记号码校验位不符，改正一处后与本人号码相同",
    "several_edits": "登记号码校验位不符，改正一处后与名册中多人的号码都可相同",
    "one_digit": "登记号码多一位或少一位，改正后与本人号码相同",
    "two_edits": "登记号码有两处与本人号码不同，本身不是有效号码",
    "cut": "登记号码末几位缺失，其余各位与本人号码相同",
    "headless": "登记号码前几位缺失，其余各位与本人号码相同",
    "rounded": "登记号码被电子表格改坏，所存前几位与本人号码相同",
    "float": "登记号码被按浮点数存过，本人号码按同样方式存即得此数",
    "masked": "登记号码有遮盖，可见各位与本人号码相同",
    "few_digits": "登记号码只存前几位，与本人号码相同",
    "few_last": "登记号码只存后几位，与本人号码相同",
    "edit_rounded": "登记号码末三位是000，可能被电子表格改坏，改正一处后与本人号码相同",
    "roster_edit": "名册号码校验位不符，改正一处后与登记的有效号码相同",
    "both_damaged": "登记与名册的号码都不是有效号码，两者只差一两处",
    "rounded_valid": "本人号码经电子表格保存、或只存前15位即成此数，它碰巧是有效号码，或另有其人",
    "roster_rounded": "名册号码末三位是000，可能被电子表格改坏，其余各位与登记的有效号码相同",
    "birth_phone": "登记没有可用号码，出生日期和电话与本人相同",
    "birth_address": "登记没有可用号码，出生日期和住址与本人相同",
    "birth_employer": "登记没有可用号码，出生日期和工作单位与本人相同",
    "birth": "登记没有可用号码，出生日期与本人相同",
    "phone": "登记没有号码，电话与本人相同",
    "address": "登记没有号码，住址与本人相同",
    "employer": "登记没有号码，工作单位与本人相同",
    "same_text": "登记与名册的号码写法相同，但都不是有效号码",
}
# Evidence that leaves some digits of the number open: only how rare the name is makes it somebody's.
BIRTH = ("birth_phone", "birth_address", "birth_employer", "birth")
PARTIAL = ("cut", "headless", "rounded", "float", "masked", *BIRTH)


def one_error_less(damaged: pl.Series) -> pl.DataFrame:
    """text, number: every valid number within one error of typing of each text, each pair once.

    An error is one wrong character or two neighbours swapped (of eighteen characters), one too many, or one left out.

    >>> found = one_error_less(pl.Series(["11010519491321002X", "1101051949123102X", "短"]))
    >>> found.filter(pl.col("number") == "11010519491231002X")["text"].sort().to_list()
    ['1101051949123102X', '11010519491321002X']
    """
    texts = damaged.drop_nulls().unique().to_frame("text").filter(pl.col("text").str.contains("^[0-9]{16,18}[0-9X]$"))
    if texts.is_empty():
        return pl.DataFrame(schema={"text": pl.String, "number": pl.String})
    length = pl.col("text").str.len_chars()
    whole = _at_every_place(texts.filter(length == 18), 18)
    near = pl.concat(
        [
            _substituted(whole),
            whole.select("text", number=_before() + _at(1) + _at(0) + pl.col("text").str.slice(pl.col("place") + 2)),
            _at_every_place(texts.filter(length == 19), 19).select("text", number=_before() + _after()),
            _lengthened(texts.filter(length == 17)),
        ]
    )
    return near.filter(are_valid(near["number"])).unique(["text", "number"]).sort("text", "number")


def _substituted(whole: pl.DataFrame) -> pl.DataFrame:
    """The one character at every place that makes the weighted sum right."""
    weight = pl.lit(pl.Series(_WEIGHTS)).gather("place")
    share = _at(0).replace("X", "10").cast(pl.Int64) * weight
    # the others' sum leaves `rest`, so the right character is worth (1 - rest) times the inverse of its weight
    rest = (share.sum().over("text") - share) % 11
    worth = ((1 - rest) * pl.lit(pl.Series(_INVERSES)).gather("place")) % 11
    right = pl.when(worth < 10).then(worth.cast(pl.String)).when(pl.col("place") == 17).then(pl.lit("X"))
    return whole.select("text", number=_before() + right + _after()).drop_nulls()


def _lengthened(texts: pl.DataFrame) -> pl.DataFrame:
    missing = pl.DataFrame({"missing": list("0123456789X")})
    return (
        _at_every_place(texts, 18)
        .join(missing, how="cross")
        .select("text", number=_before() + pl.col("missing") + pl.col("text").str.slice(pl.col("place")))
    )


def _at_every_place(texts: pl.DataFrame, places: int) -> pl.DataFrame:
    return texts.join(pl.DataFrame({"place": range(places)}), how="cross")


def _before() -> pl.Expr:
    return pl.col("text").str.head(pl.col("place"))


def _at(further: int) -> pl.Expr:
    return pl.col("text").str.slice(pl.col("place") + further, 1)


def _after() -> pl.Expr:
    return pl.col("text").str.slice(pl.col("place") + 1)
