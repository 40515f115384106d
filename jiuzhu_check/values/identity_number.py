"""公民身份号码 identity number, GB 11643-1999: 6 region + 8 birth date + 3 sequence + 1 check (MOD 11-2).

The check catches every single wrong digit and every adjacent swap, so two different valid numbers are never one
typing error apart: near-matching is only for a number that fails its check. The region code never rejects a number,
for it is the county at first registration and many are abolished. 81, 82 and 83 begin residence permits of Hong Kong,
Macao and Taiwan residents, 9 the foreigner's card of 2023; all follow the same scheme.
"""

import re
from datetime import date
from functools import cache

import polars as pl

from jiuzhu_check.values.blank import WORDS

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK = "10X98765432"

# What a cell in a number column can be. Only valid and upgraded name a person by themselves; where a cell does not and
# another number of the row, such as a disability certificate's, holds a valid one, that is taken: within.
KINDS = {
    "valid": "有效18位号码",
    "upgraded": "15位旧号升位",
    "within": "取自证号内的号码",
    "broken": "校验位不符",
    "rounded": "电子表格取整，只存前15位",
    "scientific": "科学计数法，只存前6位",
    "masked": "号码有遮盖",
    "letters": "以字母代数字",
    "cut": "末几位缺失",
    "short": "少一位",
    "long": "多一位",
    "placeholder": "占位号码",
    "credit_code": "统一社会信用代码",
    "passport": "护照或通行证",
    "military": "军人证件",
    "other": "其他证件或无法识别",
    "blank": "空白",
}
NAMING = ("valid", "upgraded", "within", "credit_code")  # they say whose a record is, a person's or a firm's
SPOILT = ("rounded", "scientific")  # a spreadsheet has destroyed digits: nobody can restore them

_CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100: no I O S V Z
_JUNK = r"[\s'’‘`\"“”,，。;；:：=_\x00-\x20\x{00A0}\x{00AD}\x{200B}-\x{200F}\x{2028}-\x{202F}\x{2060}\x{FEFF}]"
_PLAIN = r"^[0-9]{17}[0-9X]$"
_POWER = r"^[0-9](?:\.[0-9]+)?E\+?0?1[0-9]$"  # how a spreadsheet writes a number of 11 and more digits
_COVER = "*●■□▇▢#?×•○◎◯"  # what a sender puts over a digit; X where it stands twice
_LONGEST = 24  # of a covered number; some cover with a few signs too many
_MASKED = rf"^[0-9]*(?:(?:[{_COVER}]|XX)[{_COVER}X]*[0-9]*)+X?$"
_LETTERED = r"^[0-9OILQDZSB|]{17}[0-9XOILQDZSB|]$"
_PASSPORT = r"^(?:E[0-9A-Z]|G|D|P|S|SE|DE|PE|H|M|C)[0-9]{7,10}$"
_MILITARY = r"^\p{Han}{1,3}字?第?[0-9]{4,10}号?$"
_BLANKS = [*WORDS, "无名氏", "无证件", "0"]


# What stands around a long enough number in its cell: 身份证：370199..., 370199...（已注销）, 18 digits with the old 15.
_SIGNS = r"[0-9][0-9*●■□▇▢#?×•○◎◯.\-_~—–某\s]{13,}X?"
_LABEL = rf"^(?:[A-Z]{{0,6}}:|SFZ(?:HM?)?|ID(?:CARD)?(?:NO)?|\p{{Han}}+(?:\([^0-9()]*\))?[:,]?|\s)+({_SIGNS})"
_REMARK = rf"^({_SIGNS})(?:\([^0-9()]*\)|\p{{Han}}+|[;,。])+$"
_BOTH_FORMS = r"^([0-9]{17}[0-9X])(?:\s*[(\[][0-9]{15}[)\]]|[*.]+)$"
_LONG_COVER = r"[.\-_~—–某]{3,}|([0-9])\s{4,}"


def check_digit(body: str) -> str:
    """The eighteenth character for seventeen digits.

    >>> check_digit("11010519491231002")
    'X'
    """
    return CHECK[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]


def is_valid(number: str) -> bool:
    """Whether the number has eighteen characters, a real birth date and the right check digit.

    >>> is_valid("440524188001010014"), is_valid("440524188001010013")
    (True, False)
    """
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number) or check_digit(number[:17]) != number[17]:
        return False
    try:
        return 1850 <= date(int(number[6:10]), int(number[10:12]), int(number[12:14])).year <= 2099
    except ValueError:
        return False


def with_check(body: pl.Expr) -> pl.Expr:
    """The eighteen characters of seventeen digits with their check digit; null where they are none."""
    last = (1 - _weighted(body.cast(pl.Int64, strict=False))) % 11
    return body + pl.lit(pl.Series(list("0123456789X"))).gather(last)


def upgrade(old: str) -> str:
    """The 18-character form of a 15-digit number (GB 11643-1989): century 19, or 18 for sequences 996 to 999.

    >>> upgrade("370102800101001")
    '370102198001010015'
    """
    body = old[:6] + ("18" if old[12:] in ("996", "997", "998", "999") else "19") + old[6:]
    return body + check_digit(body)


def mask(number: str) -> str:
    """The number as people may read it: region and last four. A mask is still personal information.

    >>> mask("11010519491231002X"), mask("1234567"), mask("")
    ('110105********002X', '***4567', '')
    """
    head = 6 if len(number) == 18 else 0
    tail = 4 if len(number) > 4 else 0
    hidden = len(number) - head - tail
    return number[:head] + "*" * hidden + number[len(number) - tail :]


def mask_number(number: pl.Expr) -> pl.Expr:
    """The same mask for a column; null stays null."""
    length = number.str.len_chars()
    short = pl.lit("*").repeat_by(length - 4).list.join("") + number.str.tail(4)
    return (
        pl.when(length == 18)
        .then(number.str.head(6) + "********" + number.str.tail(4))
        .when(length > 4)
        .then(short)
        .when(number.is_not_null())
        .then(pl.lit("*").repeat_by(length).list.join(""))
    )


def fold(raw: pl.Expr) -> pl.Expr:
    """The number without what typing and export add: width, spaces, quotes, letter case, look-alikes of X.

    Labels and remarks around it go too, and what covers some digits, be it dots, dashes or 某, becomes stars. X at the
    end may arrive as x, × (multiplication sign), Х (Cyrillic) or *; letters O and l for 0 and 1 stay as they
    are, for a reader must see them. 3.70102E+17 keeps its point, which says what happened to it.
    """
    text = raw.str.normalize("NFKC").str.to_uppercase().str.strip_chars()
    text = text.str.replace(_LABEL, "${1}").str.replace(_REMARK, "${1}").str.replace(_BOTH_FORMS, "${1}")
    text = text.str.replace_all(_LONG_COVER, "${1}****").str.replace_all(_JUNK, "")
    text = text.str.replace(r"^([0-9]{15,18})\.0+$", "${1}")
    text = pl.when(text.str.contains(_POWER)).then(text).otherwise(text.str.replace_all(r"[.\-/]", ""))
    return text.str.replace(r"^([0-9]{17})[×ХΧ*✕✖]$", "${1}X")


def read(raw: pl.Series) -> pl.DataFrame:
    """What each cell says: number (the valid 18-character form, or null) and kind (see KINDS). Null is blank.

    The frame has as many rows as the series, in its order. Most cells are valid as they stand, so only the others are
    folded and looked at further.
    """
    cells = raw.cast(pl.String)
    good = are_valid(cells)
    odd = (~good).arg_true()
    number, kind = cells.set(~good, None), pl.repeat("valid", cells.len(), dtype=pl.String, eager=True)
    if odd.len():
        others = _classify(cells.gather(odd).to_frame("raw").select(clean=fold(pl.col("raw"))))
        number, kind = number.scatter(odd, others["number"]), kind.scatter(odd, others["kind"])
    return pl.DataFrame({"number": number, "kind": kind})


def are_valid(clean: pl.Series) -> pl.Series:
    """Whether each cell is a valid number as it is written; as is_valid, for a column. Never null."""
    whole, last = pl.col("clean").str.len_bytes() == 18, pl.col("clean").str.slice(17, 1)
    digits = (
        clean.to_frame("clean")
        .lazy()
        .select(
            body=pl.when(whole).then(pl.col("clean").str.slice(0, 17)).cast(pl.Int64, strict=False),
            last=pl.when(last == "X").then(pl.lit(10, pl.Int64)).otherwise(last.cast(pl.Int64, strict=False)),
        )
        .with_columns(
            body=pl.when(pl.col("body") >= 10**16).then("body")
        )  # no region begins with 0; a sign is no digit
    )
    checks = (_weighted(pl.col("body")) + pl.col("last")) % 11 == 1
    return digits.select((checks & _born(pl.col("body"))).fill_null(value=False)).collect().to_series()


def _classify(cells: pl.DataFrame) -> pl.DataFrame:
    """Number and kind of folded cells, in their order."""
    clean = pl.col("clean")
    shaped = clean.str.contains(_PLAIN).fill_null(value=False)
    checked = cells.with_columns(good=are_valid(cells["clean"]))
    unborn = checked.filter(~pl.col("good"))["clean"].drop_nulls().unique()
    firms = pl.Series([text for text in unborn if _is_credit_code(text)], dtype=pl.String)
    dummy = clean.str.contains(r"^0+$|^1+$|^2+$|^3+$|^4+$|^5+$|^6+$|^7+$|^8+$|^9+$|^123456(7|$)")
    kind = (
        pl.when("good")
        .then(pl.lit("valid"))
        .when(dummy)
        .then(pl.lit("placeholder"))
        .when(clean.is_in(firms.implode()))
        .then(pl.lit("credit_code"))
        .when(shaped & clean.str.ends_with("000"))
        .then(pl.lit("rounded"))
        .when(shaped)
        .then(pl.lit("broken"))
    )
    olds = [text for text in unborn if re.fullmatch(r"[0-9]{15}", text) and is_valid(upgrade(text))]
    every_kind = (
        pl.when(clean.is_null() | clean.is_in(_BLANKS))
        .then(pl.lit("blank"))
        .otherwise(
            kind.when(clean.str.contains(r"^[0-9]\.[0-9]{10,}E\+?0?17$"))
            .then(pl.lit("rounded"))
            .when(clean.str.contains(_POWER))
            .then(pl.lit("scientific"))
            .when(clean.is_in(pl.Series(olds, dtype=pl.String).implode()))
            .then(pl.lit("upgraded"))
            .when(clean.str.contains(r"^[0-9]{17}$|^[0-9]{16}X$"))
            .then(pl.lit("short"))
            .when(clean.str.contains(r"^[0-9]{19}$|^[0-9]{18}X$"))
            .then(pl.lit("long"))
            .when(clean.str.contains(r"^[0-9]{14}$|^[0-9]{16}$") | clean.is_in(_unborn_olds(unborn, olds).implode()))
            .then(pl.lit("cut"))
            .when(clean.str.contains(_MASKED) & clean.str.contains("[0-9]") & (clean.str.len_chars() <= _LONGEST))
            .then(pl.lit("masked"))
            .when(clean.str.contains(_LETTERED) & (clean.str.count_matches("[0-9]") > 5))
            .then(pl.lit("letters"))
            .when(clean.str.contains(_PASSPORT))
            .then(pl.lit("passport"))
            .when(clean.str.contains(_MILITARY))
            .then(pl.lit("military"))
            .otherwise(pl.lit("other"))
        )
    )
    upgraded = clean.replace_strict(olds, [upgrade(text) for text in olds], default=None, return_dtype=pl.String)
    return checked.with_columns(kind=every_kind).select(
        number=pl.when("good").then(clean).when(pl.col("kind") == "upgraded").then(upgraded),
        kind=pl.col("kind"),
    )


def _unborn_olds(texts: pl.Series, olds: list[str]) -> pl.Series:
    """Fifteen digits that are no old number: the head of a long one."""
    return texts.filter(texts.str.contains(r"^[0-9]{15}$") & ~texts.is_in(pl.Series(olds, dtype=pl.String).implode()))


def shown(folded: pl.Expr) -> pl.Expr:
    """What a folded number still shows: * for each covered digit; of one in powers of ten the first digits, and E."""
    body, last = folded.str.head(-1), folded.str.tail(1)
    covered = (
        pl.when((last == "X") & ~folded.str.contains("[0-9]X$"))
        .then(folded.str.replace_all("X", "*", literal=True))
        .otherwise(body.str.replace_all("X", "*", literal=True) + last)
    )
    digits = folded.str.replace(r"E.*$", "E").str.replace(".", "", literal=True)
    birth = folded.str.extract(rf"^[{_COVER}]+([12][0-9]{{7}})[{_COVER}]+$")
    return (
        pl.when(folded.str.contains(_POWER))
        .then(digits)
        .when(birth.is_not_null())
        .then(pl.lit("******") + birth + "****")
        .when(folded.str.contains(_MASKED))
        .then(covered.str.replace_all(f"[{_COVER}]", "*"))
        .otherwise(folded)
    )


def _weighted(body: pl.Expr) -> pl.Expr:
    """The weighted sum of seventeen digits, modulo 11; four digits at a time, by a table."""
    shares = [pl.lit(table).gather((body // 10**below) % table.len()) for below, table in _shares()]
    return sum(shares, start=pl.lit(0, pl.Int64))


@cache
def _shares() -> tuple[tuple[int, pl.Series], ...]:
    """For each four digits: how many digits stand below them, and what each value adds to the weighted sum."""
    tables = []
    for begin in range(0, 17, 4):
        weights = WEIGHTS[begin : begin + 4]
        value = pl.int_range(10 ** len(weights), dtype=pl.Int64)
        digits = (value // 10**place % 10 * weight for place, weight in enumerate(reversed(weights)))
        tables.append((max(0, 13 - begin), pl.select(sum(digits, start=pl.lit(0, pl.Int64)) % 11).to_series()))
    return tuple(tables)


def _born(body: pl.Expr) -> pl.Expr:
    """Whether digits 7 to 14 are a real date within living memory."""
    year, month, day = (body // 10**7) % 10**4, (body // 10**5) % 100, (body // 10**3) % 100
    longest = pl.lit(pl.Series([0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, *[0] * 87])).gather(month)
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    real = day.is_between(1, longest) & (leap | (month != 2) | (day != 29))
    return real & year.is_between(1850, 2099)


def _is_credit_code(text: str) -> bool:
    """GB 32100: eighteen characters whose check is MOD 31.

    Of those written as a person's number is, only a firm's is told, which begins with 9: any other may be a person's
    with an error.
    """
    if not re.fullmatch(f"[{_CREDIT}]{{18}}", text) or (re.fullmatch(_PLAIN, text) and text[0] != "9"):
        return False
    total = sum(_CREDIT.index(letter) * pow(3, place, 31) for place, letter in enumerate(text[:17]))
    return _CREDIT[(31 - total % 31) % 31] == text[17]


def birth_date(number: pl.Expr) -> pl.Expr:
    """Digits 7 to 14 of a valid number; null where there is none."""
    return number.str.slice(6, 8).str.to_date("%Y%m%d", strict=False)


def sex(number: pl.Expr) -> pl.Expr:
    """Male where the seventeenth digit is odd, female where even; null where there is no number."""
    odd = number.str.slice(16, 1).cast(pl.Int8, strict=False) % 2 == 1
    return pl.when(odd).then(pl.lit("male")).when(~odd).then(pl.lit("female"))


def contradiction() -> pl.Expr:
    """What birth_date and sex say against number, joined by 、; null where they agree or one of them is null."""
    said = {
        "出生日期": pl.col("birth_date") != birth_date(pl.col("number")),
        "性别": pl.col("sex") != sex(pl.col("number")),
    }
    told = [pl.when(differs).then(pl.lit(name)) for name, differs in said.items()]
    return pl.concat_str(told, separator="、", ignore_nulls=True).replace("", None)
