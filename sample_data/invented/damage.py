"""What happens to a number on its way through spreadsheets and keyboards. Each takes the whole number."""


def fifteen_digits(number: str) -> str:
    """The first-generation number: no century, no check character."""
    return number[:6] + number[8:17]


def full_width(number: str) -> str:
    """Every character typed with a Chinese keyboard."""
    return "".join(chr(ord(sign) + 0xFEE0) for sign in number)


def spaced(number: str) -> str:
    """Written in groups."""
    return f"{number[:6]} {number[6:14]} {number[14:]}"


def masked(number: str) -> str:
    """Six and four characters left."""
    return f"{number[:6]}********{number[14:]}"


def substituted(number: str) -> str:
    """One wrong digit in the sequence, so that the checksum fails."""
    return number[:15] + str((int(number[15]) + 3) % 10) + number[16:]


def swapped(number: str) -> str:
    """Two neighbouring digits that differ have changed places, so that the checksum fails."""
    place = next(place for place in range(15, 5, -1) if number[place] != number[place + 1])
    return number[:place] + number[place + 1] + number[place] + number[place + 2 :]


def dropped(number: str) -> str:
    """One digit of the sequence left out."""
    return number[:15] + number[16:]


def scientific(number: str) -> str:
    """What a spreadsheet shows of a long number, saved as text."""
    return f"{number[0]}.{number[1:6]}E+17"


def spreadsheet_float(number: str) -> float:
    """What a spreadsheet keeps of a long number: fifteen digits."""
    return float(number[:15] + "000")
