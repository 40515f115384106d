"""权利人 owners: several owners in one cell become one row each. Names and numbers are paired only where they count alike."""

import re
from concurrent.futures import ThreadPoolExecutor

import polars as pl

from jiuzhu_check.values import identity_number, person_name

# Two numbers with nothing but blanks between them; the blanks inside one number are fewer digits apart.
_TWO_NUMBERS = r"[0-9]{14}[0-9Xx]\s+[0-9]{15}|[0-9]{17}[0-9Xx]\s*[0-9]{15}"
_BETWEEN_NUMBERS = r"(?<=[0-9]{14}[0-9Xx])\s+(?=[0-9]{15})|(?<=[0-9]{17}[0-9Xx])(?=(?:[0-9]{17}[0-9Xx])+$)"
_ONE_NUMBER = re.compile("[0-9]{15}|[0-9]{17}[0-9Xx]")
_ANOTHER = re.compile(r"[（(]\s*共有(?:权)?人\s*[:：]?([^）)]*)[）)]")
_NUMBER = r"([0-9]{14,18}[Xx]?)"
# Said of the owner, not of the other party.
_OWN = (
    "owner_birth", "owner_sex", "owner_phone", "owner_address", "owner_no_within",
    "marital", "relation", "register_no", "household_type", "owner_former_names",
    "owner_former_numbers", "address",
)  # fmt: skip
_SILENT = ("blank", "placeholder", "other")
_SHORT_NAME = 12  # bytes: four characters, so one name and no separator between two
_NUMERALS = {
    "一": "1",
    "二": "2",
    "两": "2",
    "三": "3",
    "四": "4",
    "五": "5",
    "六": "6",
    "七": "7",
    "八": "8",
    "九": "9",
}


def split_owners(records: pl.DataFrame, separators: str) -> pl.DataFrame:
    """The records with slot and owners, one row for each owner.

    records:    owner_no_raw, owner_name_raw and any other columns, one row a delivered row
    separators: characters between owners; empty where a row has one owner
    returns:    slot from 1; owners, how many names the row has (at least 1)

    Where a row has as many numbers as names they are paired by place. Where it has not, nobody can say whose a number
    is: each number stands in a slot with all the names, each name in a slot without number, so that nothing is lost.
    Blanks separate owners only where that makes names and numbers count alike.
    """
    some_say = records["owner_name_raw"].str.contains("等", literal=True).any()
    one = records.with_columns(slot=pl.lit(1, pl.Int64), owners=_said() if some_say else pl.lit(1, pl.Int64))
    if not separators:
        return one
    pattern = f"[{re.escape(separators)}]"
    usual = (pl.col("owner_name_raw").str.len_bytes() <= _SHORT_NAME) & (pl.col("owner_no_raw").str.len_bytes() == 18)
    odd = records.select("owner_name_raw", "owner_no_raw").with_row_index("_at").filter(~usual.fill_null(False))
    more = pl.any_horizontal(
        pl.col("owner_name_raw").str.contains(f"{pattern}|共有").fill_null(False),
        pl.col("owner_no_raw").str.contains(f"{pattern}|{_TWO_NUMBERS}").fill_null(False),
    )
    several = pl.repeat(False, records.height, eager=True).scatter(odd.filter(more)["_at"], values=True)
    many = records.filter(several)
    if many.is_empty():
        return one
    both = many.select("owner_name_raw", "owner_no_raw").rows()
    cut = [_slots(name or "", number or "", pattern) for name, number in both]
    slots = many.with_columns(
        owner_name_raw=pl.Series([[name for name, _ in row] for row in cut], dtype=pl.List(pl.String)),
        owner_no_raw=pl.Series([[number for _, number in row] for row in cut], dtype=pl.List(pl.String)),
        slot=pl.Series([list(range(1, len(row) + 1)) for row in cut], dtype=pl.List(pl.Int64)),
        owners=pl.max_horizontal(
            _said(), pl.Series([_count(name or "", number or "", pattern) for name, number in both], dtype=pl.Int64)
        ),
    ).explode("owner_name_raw", "owner_no_raw", "slot")
    return pl.concat([one.filter(~several), slots.select(one.columns)]).sort("source_row", "slot", maintain_order=True)


def both_parties(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows, and each once more with the other party in the owner's place: a marriage is both spouses' record.

    returns: slot 1 the owner as delivered, slot 2 the other party; a row that names no other party stands once
    """
    other = pl.col("other_no_raw").is_not_null() | pl.col("other_name_raw").is_not_null()
    turned = rows.filter(other).with_columns(
        owner_no_raw="other_no_raw",
        owner_name_raw="other_name_raw",
        other_no_raw="owner_no_raw",
        other_name_raw="owner_name_raw",
        slot=pl.lit(2, pl.Int64),
        **{name: pl.lit(None, rows.schema[name]) for name in _OWN if name in rows.columns},
    )
    return pl.concat([rows, turned]).sort("source_row", "slot", maintain_order=True)


def _said() -> pl.Expr:
    """How many owners a name says there are (邓爱国等2人), at least 1."""
    said = pl.col("owner_name_raw").str.extract(r"等([0-9一二两三四五六七八九十]{1,3})人").replace(_NUMERALS)
    return pl.max_horizontal(said.cast(pl.Int64, strict=False), pl.lit(1, pl.Int64))


def _is_one(name: str, number: str, pattern: str) -> bool:
    """Whether a number has separators inside: 370,199,197,001,010,116 is one."""
    whole = len(_parts(number, pattern)) > 1 >= len(_parts(name, pattern))
    return whole and bool(_ONE_NUMBER.fullmatch(re.sub(rf"{pattern}|\s", "", number)))


def _count(name: str, number: str, pattern: str) -> int:
    if _is_one(name, number, pattern):
        return 1
    return max(len(_parts(name, pattern)), len(_parts(number, pattern)), len(re.split(_BETWEEN_NUMBERS, number)))


def _slots(name: str, number: str, pattern: str) -> list[tuple[str | None, str | None]]:
    name = _ANOTHER.sub(rf"{pattern[1]}\1", name)
    if _is_one(name, number, pattern):
        return [(name or None, number)]
    places = [part.strip() for part in _cut(name, pattern)], [part.strip() for part in _cut(number, pattern)]
    spaced = f"{pattern}|\\s+"
    for names, numbers in (
        places,
        (_parts(name, pattern), _parts(number, pattern)),
        (_parts(name, spaced), _parts(number, spaced)),
        (_parts(name, pattern), _parts(number, f"{pattern}|{_BETWEEN_NUMBERS}")),
    ):
        if len(names) == len(numbers) > 1:
            return [(each or None, its or None) for each, its in zip(names, numbers, strict=True) if each or its]
    names, numbers = _parts(name, pattern), _parts(number, f"{pattern}|{_BETWEEN_NUMBERS}")
    if len(numbers) <= 1 and len(names) <= 1:
        return [(names[0] if names else None, numbers[0] if numbers else None)]
    return [(name or None, each) for each in numbers] + [(each, None) for each in names]


def _parts(cell: str, pattern: str) -> list[str]:
    return [part.strip() for part in _cut(cell, pattern) if part.strip()]


def _cut(cell: str, pattern: str) -> list[str]:
    """The cell cut at the separators, but not inside brackets: 张伟（1/2）、李娜（1/2） are two."""
    return re.split(f"(?:{pattern})(?![^（(]*[)）])", cell)


def read_owners_of(slots: pl.DataFrame) -> pl.DataFrame:
    """owner_no, owner_no_kind and owner_name of split_owners' rows, read from what was delivered.

    Where the number's cell says no number and the name's cell does, it is taken from there; and where that leaves no
    name, the number's cell has it: the two were typed the wrong way round.
    """
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(person_name.read, slots["owner_name_raw"])
        numbers = identity_number.read(slots["owner_no_raw"])
        names = reading.result()
    read = numbers.select(owner_no="number", owner_no_kind="kind").with_columns(owner_name=names)
    silent = read["owner_no_kind"].is_in(_SILENT)
    hidden = slots.select("owner_name_raw", "owner_no_raw").with_row_index("_at").filter(silent)
    displaced = hidden.filter(pl.col("owner_name_raw").str.contains(_NUMBER))
    if displaced.is_empty():
        return read
    name, number = pl.col("owner_name_raw"), pl.col("owner_no_raw")
    rest = name.str.replace_all(_NUMBER, "").str.replace_all(r"^[\s,，:：()（）]+|[\s,，:：()（）]+$", "")
    again = displaced.select(
        "_at", number=name.str.extract(_NUMBER), name=pl.when(rest != "").then(rest).otherwise(number)
    )
    at, found = again["_at"], identity_number.read(again["number"])
    return pl.DataFrame(
        {
            "owner_no": read["owner_no"].scatter(at, found["number"]),
            "owner_no_kind": read["owner_no_kind"].scatter(at, found["kind"]),
            "owner_name": read["owner_name"].scatter(at, person_name.read(again["name"])),
        }
    )
