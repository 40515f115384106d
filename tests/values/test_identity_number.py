from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiuzhu_check.values import identity_number
from jiuzhu_check.values.identity_number import (
    KINDS,
    check_digit,
    contradiction,
    fold,
    is_valid,
    mask,
    mask_number,
    read,
    shown,
    upgrade,
)

settings.register_profile("values", deadline=None, derandomize=True)
settings.load_profile("values")

births = st.dates(date(1850, 1, 1), date(2099, 12, 31))
regions = st.sampled_from(["370102", "110105", "440524", "659001", "810000", "911370"])
sequences = st.integers(0, 999).map("{:03}".format)
STANDARD = "11010519491231002X"  # the example in GB 11643 itself


def whole(region: str, birth: date, sequence: str) -> str:
    body = f"{region}{birth:%Y%m%d}{sequence}"
    return body + check_digit(body)


numbers = st.builds(whole, regions, births, sequences)


def kind(raw: str | None) -> str:
    return str(identity_number.read(pl.Series([raw], dtype=pl.String))["kind"].item())


def number(raw: str) -> str | None:
    found = identity_number.read(pl.Series([raw]))["number"].item()
    return None if found is None else str(found)


@given(numbers)
def test_a_number_with_its_check_digit_is_valid(one: str) -> None:
    assert is_valid(one)
    assert (number(one), kind(one)) == (one, "valid")


@given(numbers, st.integers(0, 17), st.sampled_from("0123456789"))
def test_every_single_wrong_digit_is_caught(one: str, place: int, digit: str) -> None:
    typed = one[:place] + digit + one[place + 1 :]
    assert (number(typed) == one) == (typed == one)
    assert number(typed) in (one, None)


@given(numbers, st.integers(0, 16))
def test_every_swap_of_neighbours_is_caught(one: str, place: int) -> None:
    typed = one[:place] + one[place + 1] + one[place] + one[place + 2 :]
    assert number(typed) == (one if typed == one else None)


@given(st.lists(st.one_of(numbers, st.text(alphabet="0123456789Xx*×-. E+无", max_size=20), st.none()), max_size=30))
def test_reading_many_says_what_reading_each_says(cells: list[str | None]) -> None:
    read = identity_number.read(pl.Series(cells, dtype=pl.String))
    assert read.height == len(cells)
    assert read["kind"].to_list() == [kind(cell) for cell in cells]
    for found, what in read.iter_rows():
        assert what in KINDS
        assert (found is not None) == (what in ("valid", "upgraded"))
        assert found is None or is_valid(found)


@pytest.mark.parametrize("tail", ["X", "x", "Ｘ", "ｘ", "×", "Х", "х", "Χ", "χ", "*", "＊", "✕", "✖"])
def test_an_x_in_any_shape_is_an_x(tail: str) -> None:
    assert number(STANDARD[:17] + tail) == STANDARD


@pytest.mark.parametrize(
    "typed",
    [
        "１１０１０５１９４９１２３１００２Ｘ",
        "'11010519491231002X",
        "‘11010519491231002x’",
        '="11010519491231002X"',
        "\t11010519491231002X",
        "110105 19491231 002X",
        "110105\u300019491231\u3000002X",
        "\ufeff110105\u200b19491231\u200d002X",
        "\u00a011010519491231002X\u00a0",
        "110105-19491231-002X",
        "11010519491231002X。",
        "11010519491231002X;",
    ],
)
def test_what_typing_and_export_add_is_taken_away(typed: str) -> None:
    assert number(typed) == STANDARD


def test_a_number_of_before_1999_gets_its_century_and_check_digit() -> None:
    assert number("370102800101001") == "370102198001010015"
    assert kind("370102800101001") == "upgraded"
    assert number("370102800101001.0") == "370102198001010015"


@pytest.mark.parametrize("sequence", ["996", "997", "998", "999"])
def test_the_numbers_kept_for_centenarians_are_of_the_century_before(sequence: str) -> None:
    assert upgrade(f"370102960229{sequence}")[6:14] == "18960229"
    assert kind(f"370102960229{sequence}") == "upgraded"
    assert kind(f"370102300101{sequence}") == "cut"  # nobody born in 1830 is on a roster
    assert kind("370102300101995") == "upgraded"


@given(st.builds(lambda region, birth, last: f"{region}{birth:%y%m%d}{last}", regions, births, sequences))
def test_an_upgraded_number_is_a_valid_one(old: str) -> None:
    if kind(old) == "upgraded":
        assert number(old) == upgrade(old)
        assert is_valid(upgrade(old))


@pytest.mark.parametrize(
    "masked",
    [
        "110105********002X", "110105********0021", "110105＊＊＊＊＊＊＊＊0021", "1101************0021",
        "1101051949****002X", "1101051949****0021", "11010519XXXXXXXXXX", "110105xxxxxxxx0021", "110105●●●●●●●●0021",
        "**************0021", "XXXXXXXXXXXXXX0021", "1101051949123*0021", "110105****31002",
    ],
)  # fmt: skip
def test_a_masked_number_is_no_number(masked: str) -> None:
    assert (number(masked), kind(masked)) == (None, "masked")


@pytest.mark.parametrize(
    ("spoilt", "how"),
    [
        ("370102198001010000", "rounded"),
        ("370102198001010000.0", "rounded"),
        ("3.70102198001010E+17", "rounded"),
        ("3.70102198001010e17", "rounded"),
        ("'3.70102198001010E+17", "rounded"),
        ("3.70E+17", "scientific"),
        ("3.70102E+17", "scientific"),
        (" 3.7E17 ", "scientific"),
        ("３.７０１０２Ｅ＋１７", "scientific"),
        ("3.70102E+14", "scientific"),
    ],
)
def test_a_number_that_a_spreadsheet_spoilt_is_never_read_as_whole(spoilt: str, how: str) -> None:
    assert (number(spoilt), kind(spoilt)) == (None, how)


@pytest.mark.parametrize(
    ("raw", "what"),
    [
        (None, "blank"), ("", "blank"), (" ", "blank"), ("无", "blank"), ("不详", "blank"), ("-", "blank"),
        ("null", "blank"), ("查无此人", "blank"), ("0", "blank"), ("'", "blank"),
        ("111111111111111111", "placeholder"), ("000000000000000000", "placeholder"), ("123456", "placeholder"),
        ("123456789012345678", "placeholder"), ("000000", "placeholder"),
        ("11010519491231002", "short"), ("1101051949123102X", "short"), ("1101051949123100211", "long"),
        ("110105194912310020", "broken"), ("110105194913310021", "broken"),
        ("E12345678", "passport"), ("G12345678", "passport"), ("H12345678", "passport"), ("A123456(7)", "other"),
        ("南字第01234567号", "military"), ("军字第1234567号", "military"), ("A1234567X", "other"),
        ("91350100M000100Y43", "credit_code"), ("９１３５０１００ｍ０００１００ｙ４３", "credit_code"),
        ("91350100M000100Y44", "other"),
        ("37132119810408659X", "broken"),  # it passes the check of a credit code by chance
        ("37O102198001010015", "letters"), ("37010219800l010015", "letters"),
        ("370102198001010", "cut"), ("37010219800101", "cut"), ("3701021980010100", "cut"),
        ("370102********0015", "masked"), ("3701**********001X", "masked"), ("370102XXXXXXXX001X", "masked"),
        ("370102198001******", "masked"), ("＊＊＊＊0015", "masked"), ("370***1980****0015", "masked"),
    ],
)  # fmt: skip
def test_every_cell_is_of_one_kind(raw: str | None, what: str) -> None:
    assert kind(raw) == what


def credit_code(body: str) -> str:
    """GB 32100, written once more: weights are powers of three, the check is MOD 31."""
    letters = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    return body + letters[-sum(letters.index(each) * 3**place for place, each in enumerate(body)) % 31]


def test_a_credit_code_of_digits_only_is_no_broken_number() -> None:
    codes = [credit_code(f"9137010274{serial:07}") for serial in range(200)]
    digits_only = [code for code in codes if code.isdigit()]
    assert digits_only
    assert {kind(code) for code in digits_only} <= {"credit_code", "valid"}
    assert {kind(code) for code in codes if not code.isdigit()} == {"credit_code"}


@given(numbers)
def test_a_mask_never_shows_the_birth_date(one: str) -> None:
    assert one[6:14] not in mask(one)
    assert mask(one) == f"{one[:6]}********{one[-4:]}"


@given(st.lists(st.one_of(st.none(), numbers, st.text(alphabet="0123456789X张·", max_size=24)), max_size=20))
def test_a_column_is_masked_as_each_of_its_cells(cells: list[str | None]) -> None:
    column = pl.DataFrame({"number": pl.Series(cells, dtype=pl.String)})
    masked = column.select(mask_number(pl.col("number"))).to_series().to_list()
    assert masked == [None if cell is None else mask(cell) for cell in cells]


@given(numbers)
def test_birth_date_and_sex_stand_in_the_number(one: str) -> None:
    told = pl.DataFrame({"number": [one]}).select(
        birth=identity_number.birth_date(pl.col("number")), sex=identity_number.sex(pl.col("number"))
    )
    assert told["birth"].item().strftime("%Y%m%d") == one[6:14]
    assert told["sex"].item() == ("male" if int(one[16]) % 2 else "female")


def test_a_persons_number_with_an_error_is_never_taken_for_a_firms() -> None:
    damaged = [
        f"370199{month}{day}01001{check}" for month in (1980, 1990) for day in (13, 45, 99) for check in range(10)
    ]
    assert {kind(each) for each in damaged} == {"broken"}


@pytest.mark.parametrize(
    "cell",
    [
        "身份证:{}", "居民身份证{}", "身份证号：{}", "SFZ{}", "A:{}", "{}(已注销)", "{}（身份证）", "{}。", "{};", "{}*",
        "身份证（二代）：{}", "{}（旧号370102700101001）", "\u3000{} ",
    ],
)  # fmt: skip
def test_what_stands_around_a_number_in_its_cell_is_no_part_of_it(cell: str) -> None:
    whole = "370102197001010015"
    whole = whole[:17] + check_digit(whole[:17])
    if "旧号" in cell:
        cell = "{}(370102700101001)"
    assert read(pl.Series([cell.format(whole)])).row(0) == (whole, "valid")


@pytest.mark.parametrize(
    "cover", ["*" * 8, "." * 8, "……", "-" * 8, "_" * 8, "某" * 8, "~" * 8, "●" * 8, "x" * 8, " " * 8]
)
def test_whatever_covers_digits_a_covered_number_is_told(cover: str) -> None:
    told = pl.select(shown(fold(pl.lit(f"370102{cover}0015"))), kind=pl.lit("")).row(0)
    assert told[0].startswith("370102*")
    assert told[0].endswith("*0015")
    assert read(pl.Series([f"370102{cover}0015"]))["kind"][0] == "masked"


def test_an_officers_paper_and_a_passport_keep_their_words() -> None:
    assert read(pl.Series(["军字第12345678号", "E12345678", "护照E12345678"]))["kind"].to_list()[:2] == [
        "military",
        "passport",
    ]


def test_a_number_that_is_not_of_the_birth_date_and_sex_beside_it_is_told() -> None:
    people = pl.DataFrame(
        {
            "number": ["11010519491231002X"] * 4 + [None],
            "birth_date": [date(1949, 12, 31), date(1950, 1, 1), date(1950, 1, 1), None, date(1950, 1, 1)],
            "sex": ["female", "female", "male", None, "male"],
        }
    )
    assert people.select(contradiction()).to_series().to_list() == [None, "出生日期", "出生日期、性别", None, None]
