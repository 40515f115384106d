"""What happens to a number and a name on their way into an extract, one function a kind; null where it cannot happen."""

from collections.abc import Callable
from random import Random

from tests.worlds import names
from tests.worlds.people import DIGITS, Person, mistyped

Written = tuple[str, str]  # number, name
Kind = Callable[[Random, Person], Written | None]
BLANKS = ("", "", "", "无", "0", "不详", "NULL", "000000000000000000", "111111111111111111", "-")
NOTES = ("(已故)", "（已故）", "（未成年）", "等2人", "（50%）", "(曾用名)")
LOST = "?？□*"


def _number(change: Callable[[Random, str], str | None]) -> Kind:
    """A kind that damages the number only."""

    def kind(rng: Random, person: Person) -> Written | None:
        written = change(rng, person.number)
        return None if written is None or written == person.number else (written, person.name)

    return kind


def _name(change: Callable[[Random, str], str | None]) -> Kind:
    """A kind that damages the name only."""

    def kind(rng: Random, person: Person) -> Written | None:
        written = change(rng, person.name)
        return None if written is None or written == person.name else (person.number, written)

    return kind


def _both(number: Kind, name: Kind) -> Kind:
    def kind(rng: Random, person: Person) -> Written | None:
        one, two = number(rng, person), name(rng, person)
        return (one[0], two[1]) if one and two else None

    return kind


def _fifteen(_: Random, number: str) -> str | None:
    if number[6:8] != "19" or number[14:17] >= "996":
        return None
    return number[:6] + number[8:17]


def _grouped(sign: str) -> Callable[[Random, str], str]:
    return lambda _, number: f"{number[:6]}{sign}{number[6:14]}{sign}{number[14:]}"


def _masked(first: int, last: int) -> Callable[[Random, str], str | None]:
    return lambda _, number: number[:first] + "*" * (18 - first - last) + (number[-last:] if last else "")


def _last_x(change: Callable[[Random, str], str]) -> Callable[[Random, str], str | None]:
    return lambda rng, number: change(rng, number) if number[-1] == "X" else None


def _digits_only(change: Callable[[int], str]) -> Callable[[Random, str], str | None]:
    """What a spreadsheet does to a number that it takes for one."""
    return lambda _, number: None if number[-1] == "X" else change(int(number))


def _swapped(rng: Random, number: str) -> str:
    at = rng.choice([place for place in range(16) if number[place] != number[place + 1]])
    return number[:at] + number[at + 1] + number[at] + number[at + 2 :]


def _dropped(rng: Random, number: str) -> str:
    at = rng.randrange(18)
    return number[:at] + number[at + 1 :]


def _added(rng: Random, number: str) -> str:
    at = rng.randrange(18)
    return number[:at] + rng.choice((number[at].replace("X", "0"), rng.choice(DIGITS))) + number[at:]


def _two_wrong(rng: Random, number: str) -> str:
    one, two = rng.sample(range(17), 2)
    return mistyped(rng, mistyped(rng, number, one), two)


def _letters(rng: Random, number: str) -> str | None:
    shapes = [(digit, shape) for digit, shape in (("0", "O"), ("0", "o"), ("1", "l"), ("1", "I")) if digit in number]
    return number.replace(*rng.choice(shapes)) if shapes else None


def _zero_width(rng: Random, number: str) -> str:
    at = rng.randrange(1, 18)
    return number[:at] + rng.choice("\u200b\u200c\u200d\u2060\ufeff") + number[at:]


def _at_given(name: str) -> list[int]:
    """The places of the given name's characters."""
    if "·" in name:
        return []
    return list(range(2 if name[:2] in names.COMPOUND else 1, len(name)))


def _confused(table: dict[str, str]) -> Callable[[Random, str], str | None]:
    """One character of the given name for another."""

    def change(rng: Random, name: str) -> str | None:
        places = [place for place in _at_given(name) if name[place] in table]
        if not places:
            return None
        at = rng.choice(places)
        return name[:at] + rng.choice(table[name[at]]) + name[at + 1 :]

    return change


def _surname_twin(rng: Random, name: str) -> str | None:
    twins = names.SURNAME_TWIN.get(name[0], "")
    return rng.choice(twins) + name[1:] if twins else None


def _translated(table: dict[str, str]) -> Callable[[Random, str], str | None]:
    return lambda _, name: "".join(table.get(sign, sign) for sign in name)


def _spaced_name(rng: Random, name: str) -> str:
    return rng.choice((name[0] + " " + name[1:], name[0] + "\u3000" + name[1:], " ".join(name), name + " "))


def _lost(rng: Random, name: str) -> str | None:
    places = [place for place in _at_given(name) if name[place] in names.RARE] or _at_given(name)
    if len(name) < 3 and not any(sign in names.RARE for sign in name):
        return None
    at = rng.choice(places) if places else 0
    return name[:at] + rng.choice(LOST) + name[at + 1 :] if places else None


def _other_character(rng: Random, name: str) -> str | None:
    places = _at_given(name)
    if not places:
        return None
    at = rng.choice(places)
    near = names.HOMOPHONE.get(name[at], "") + names.LOOK_ALIKE.get(name[at], "") + name[at]
    return name[:at] + rng.choice([sign for sign in names.GIVEN_POOL if sign not in near]) + name[at + 1 :]


def _three(change: Callable[[str], str]) -> Callable[[Random, str], str | None]:
    return lambda _, name: change(name) if len(name) == 3 and len(_at_given(name)) == 2 else None


def _former(_: Random, person: Person) -> Written | None:
    return (person.number, person.former) if person.former else None


def _undotted(rng: Random, name: str) -> str | None:
    return name.replace("·", rng.choice(("•", ".", "", "．", "・"))) if "·" in name else None


KINDS: dict[str, Kind] = {
    "id15": _number(_fifteen),
    "spaced": _number(_grouped(" ")),
    "hyphen": _number(_grouped("-")),
    "quoted": _number(lambda rng, number: rng.choice(("'", "‘", "＇", '"')) + number),
    "fullwidth": _number(lambda _, number: "".join(chr(ord(sign) + 0xFEE0) for sign in number)),
    "lowerx": _number(_last_x(lambda _, number: number[:17] + "x")),
    "times": _number(_last_x(lambda rng, number: number[:17] + rng.choice("×*Хｘ"))),
    "tab": _number(lambda _, number: number + "\t"),
    "zero_width": _number(_zero_width),
    "letters": _number(_letters),
    "check_wrong": _number(lambda rng, number: number[:17] + rng.choice("0123456789X".replace(number[17], ""))),
    "sub1": _number(mistyped),
    "swap": _number(_swapped),
    "drop1": _number(_dropped),
    "add1": _number(_added),
    "sub2": _number(_two_wrong),
    "excel15": _number(_digits_only(lambda number: f"{number // 1000}000")),
    "excel6": _number(_digits_only(lambda number: f"{float(number):.5E}")),
    "float_digits": _number(_digits_only(lambda number: str(int(float(number))))),
    "float_text": _number(_digits_only(lambda number: f"{float(number):.16E}")),
    "masked": _number(_masked(6, 4)),
    "masked_4_4": _number(_masked(4, 4)),
    "masked_10_4": _number(_masked(10, 4)),
    "masked_14_0": _number(_masked(14, 0)),
    "masked_3_4": _number(_masked(3, 4)),
    "masked_6_x": _number(_last_x(lambda _, number: f"{number[:6]}********{number[14:]}")),
    "labelled": _number(lambda rng, number: rng.choice(("身份证:", "身份证号：", "居民身份证", "SFZ")) + number),
    "remarked": _number(lambda rng, number: number + rng.choice(("（已注销）", "(一代证)", " 本人", "(户主)"))),
    "covered": _number(lambda rng, number: number[:6] + rng.choice((".", "-", "_", "#", "某")) * 8 + number[14:]),
    "cut": _number(lambda rng, number: number[: rng.choice((14, 15, 16, 17))]),
    "headless": _number(lambda rng, number: number[rng.choice((1, 2, 3)) :]),
    "missing": _number(lambda rng, _: rng.choice(BLANKS)),
    "n_homo": _name(_confused(names.HOMOPHONE)),
    "n_shape": _name(_confused(names.LOOK_ALIKE)),
    "n_surname_twin": _name(_surname_twin),
    "n_trad": _name(_translated(names.TRADITIONAL)),
    "n_variant": _name(_translated(names.VARIANTS)),
    "n_space": _name(_spaced_name),
    "n_note": _name(lambda rng, name: name + rng.choice(NOTES)),
    "n_rare": _name(_lost),
    "n_pinyin": _name(_translated(names.RARE)),
    "n_private": _name(_translated(names.PRIVATE)),
    "n_former": _former,
    "n_dots": _name(_undotted),
    "n_other": _name(_other_character),
    "n_drop": _name(_three(lambda name: name[0] + name[2])),
    "n_swap": _name(_three(lambda name: name[0] + name[2] + name[1])),
    "n_blank": _name(lambda rng, _: rng.choice(("", "", "无", "不详", "/"))),
    "n_org": _name(lambda rng, name: name[:2] + rng.choice(names.FIRMS)),
    "n_multi": _name(lambda rng, name: name + rng.choice("、,") + names.name(rng)),
    "n_other_person": _name(lambda rng, _: names.name(rng)),
}
KINDS |= {
    "missing_homo": _both(KINDS["missing"], KINDS["n_homo"]),
    "both_sub_homo": _both(KINDS["sub1"], KINDS["n_homo"]),
    "id15_homo": _both(KINDS["id15"], KINDS["n_homo"]),
    "id15_space": _both(KINDS["id15"], KINDS["n_space"]),
    "spaced_trad": _both(KINDS["spaced"], KINDS["n_trad"]),
    "excel15_note": _both(KINDS["excel15"], KINDS["n_note"]),
    "in_name": lambda rng, person: ("", person.name + rng.choice(("", " ", "(")) + person.number),
    "columns_swapped": lambda _, person: (person.name, person.number),
    "masked_space": _both(KINDS["masked"], KINDS["n_space"]),
}
