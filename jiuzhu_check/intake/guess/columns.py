"""列 columns: which canonical column each heading of an unknown file means, by what others call it and by its content."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from jiuzhu_check.intake.guess.content import Content
from jiuzhu_check.intake.guess.known import Known, code_of
from jiuzhu_check.intake.heading import unit_of
from jiuzhu_check.intake.source import Source
from jiuzhu_check.intake.spelling import normal
from jiuzhu_check.tables.record import RECORDS
from jiuzhu_check.tables.schema import AREA, DATE, FLAG, MONEY, POWER, TEXT

# A heading that speaks of somebody else than the owner: connected as the owner it would link strangers.
_SOMEBODY_ELSE = re.compile(
    "代办|经办|代理|委托|受托|监护|联系人|法定代表|承办|抵押|债权|配偶|父亲|母亲|家属|原产权|原车主|前手|审核|登记员|操作员"
)
_BY_CONTENT = {
    "number": "owner_no_raw", "name": "owner_name_raw", "plate": "plate_no", "vin": "vin", "unit_no": "unit_no",
    "land_certificate": "cert_no", "disability": "certificate_no", "credit_code": "entity_no", "metres": "area",
    "phone": "owner_phone", "sex": "owner_sex",
}  # fmt: skip
_FITTING = {
    DATE: ("day", "month", "amount", "code", "text"), MONEY: ("amount", "serial", "code", "text"),
    AREA: ("amount", "metres", "serial", "code", "text"), POWER: ("amount", "serial", "code", "text"), FLAG: ("flag", "code", "amount", "text"),
}  # fmt: skip
_MONEY = re.compile("额|金|价|款|费|资|薪|收入|余|值|元")
_NOT_ITS_OWN = "补贴"  # what an office paid towards a thing is not what it is worth
_TELLING = {"plate": ("vehicle", 2), "vin": ("vehicle", 2), "unit_no": ("real_estate", 3), "land_certificate": ("real_estate", 3),
            "metres": ("real_estate", 1), "disability": ("hardship", 3), "credit_code": ("market_entity", 1)}  # fmt: skip


@dataclass(frozen=True)
class Column:
    """One heading of the file.

    place:   from 0; column: the canonical one it is taken for, empty where none
    how:     heading: others call it so; content: its cells look so; ending: its end is what others call it; else empty
    about:   why it is not connected: somebody_else, taken (another heading is), unknown, blank
    more:    how other sheets of the file call the same column
    always:  whether every sheet has it
    """

    place: int
    heading: str
    content: Content
    cells: pl.Series = field(repr=False, compare=False)
    column: str = ""
    how: str = ""
    about: str = ""
    more: tuple[str, ...] = ()
    always: bool = True

    @property
    def unit(self) -> str:
        """The unit of money that the heading names."""
        return unit_of(self.heading)


def likely_columns(
    headings: Sequence[str],
    contents: Sequence[Content],
    cells: Sequence[pl.Series],
    table: str,
    known: Known,
    closest: Source | None,
) -> list[Column]:
    """Each heading, in the file's order, with the column it is most likely to be; each column is given out once."""
    offers = sorted(
        (
            (-weight, place, column, how)
            for place, (heading, content) in enumerate(zip(headings, contents, strict=True))
            for column, weight, how in _offers(heading, content, table, known, closest)
        ),
    )
    given: dict[int, tuple[str, str]] = {}
    for _, place, column, how in offers:
        if place not in given and column not in {column for column, _ in given.values()}:
            given[place] = column, how
    offered = {place for _, place, column, how in offers if how != "content" or column.startswith("owner_")}
    return [
        Column(
            place,
            heading,
            content,
            told,
            *given.get(place, ("", "")),
            _about(heading, place in given, place in offered),
        )
        for place, (heading, content, told) in enumerate(zip(headings, contents, cells, strict=True))
    ]


def united(sheets: Sequence[Sequence[Column]]) -> list[Column]:
    """The columns of several sheets as those of one: the first sheet's, under every heading that the sheets have."""
    whole: list[Column] = list(sheets[0])
    for sheet in sheets[1:]:
        given = {each.column: each for each in sheet if each.column}
        whole = [
            replace(
                each,
                more=tuple(dict.fromkeys([*each.more, given[each.column].heading]))
                if each.column in given
                else each.more,
                always=each.always and each.column in given,
            )
            if each.column
            else each
            for each in whole
        ]
        held = {each.column for each in whole if each.column}
        spelt = {normal(each.heading) for each in whole}
        whole += [replace(each, always=False) for column, each in given.items() if column not in held]
        whole += [each for each in sheet if not each.column and normal(each.heading) not in spelt]
    return whole


def likely_tables(
    headings: Sequence[str], contents: Sequence[Content], said: str, known: Known
) -> list[tuple[float, str]]:
    """Every kind of record with how well the file fits it, the best first. A heading that many know tells little.

    said: what the file says of itself: its name, its title rows, its sheets
    """
    spelt = {normal(heading) for heading in headings if normal(heading)}
    knowing = {each: [table for table in RECORDS if each in known.own_columns(table)] for each in spelt}
    rated = dict.fromkeys(RECORDS, 0.0)
    for tables in knowing.values():
        for table in tables:
            rated[table] += 1 / len(tables)
    for content in contents:
        if content.kind in _TELLING:
            table, weight = _TELLING[content.kind]
            rated[table] += weight
    for source in known.sources.values():
        if source.table in rated and source.title in said:
            rated[source.table] += 3
    order = list(RECORDS)
    return sorted(
        ((round(rating, 2), table) for table, rating in rated.items()),
        key=lambda each: (-each[0], order.index(each[1])),
    )


def _offers(
    heading: str, content: Content, table: str, known: Known, closest: Source | None
) -> Iterator[tuple[str, float, str]]:
    """Column, weight and reason of everything that a heading could be."""
    spelt, columns = normal(heading), RECORDS[table].columns
    if not spelt:
        return
    own = {normal(name): column for column, names in closest.columns.items() for name in names} if closest else {}
    if (column := own.get(spelt) or known.headings[table].get(spelt)) and _fits(column, content, table):
        yield column, 100 + (spelt in own), "heading"
    elif spelt in known.owners and _fits(known.owners[spelt], content, table):
        yield known.owners[spelt], 90, "heading"
    if _SOMEBODY_ELSE.search(heading):
        return
    if (column := _BY_CONTENT.get(content.kind, "")) in columns:
        yield column, 70 if content.kind == "number" else 60, "content"
    if column := _by_codes(content, table, known, closest):
        yield column, 55, "content"
    for length in range(len(spelt) - 1, 1, -1):
        ending = spelt[-length:]
        column = known.headings[table].get(ending) or known.owners.get(ending, "")
        if column and content.kind != "blank" and _fits(column, content, table) and _agrees(column, content):
            yield column, 50 + length / 10, "ending"
            break
    yield from _by_type(heading, content, table, known)


def _fits(column: str, content: Content, table: str) -> bool:
    """Whether the cells could be read as what the column holds; a column of blanks could be anything."""
    if content.kind == "blank":
        return True
    if column == "owner_no_raw":
        return content.kind in ("number", "credit_code", "amount", "text", "code", "disability")
    if column == "owner_name_raw":
        return content.kind in ("name", "organisation", "text", "code", "number", "address")
    return content.kind in _FITTING.get(RECORDS[table].columns[column], (content.kind,))


def _agrees(column: str, content: Content) -> bool:
    """Whether the cells speak for the column, where the heading alone does not."""
    return content.kind == {"owner_no_raw": "number", "owner_name_raw": "name"}.get(column, content.kind)


def _by_codes(content: Content, table: str, known: Known, closest: Source | None) -> str:
    """The column whose code tables know at least half of the values, and two of them."""
    values = [value for value, _ in content.values]
    found: Mapping[str, int] = {
        column: sum(
            bool(code_of(known.lookups(table, column, closest), value)) for value in values if not value.isdigit()
        )
        for column, dtype in RECORDS[table].columns.items()
        if dtype == TEXT
    }
    best = max(found, key=lambda column: found[column], default="")
    return best if best and found[best] >= max(2, len(values) / 2) else ""


def _by_type(heading: str, content: Content, table: str, known: Known) -> Iterator[tuple[str, float, str]]:
    """The one column of the table that holds such a thing."""
    columns = RECORDS[table].columns
    readers = {column: known.reader(table, column, None) for column in columns}
    if content.kind == "day" and re.search("登记|注册|发证|登簿", heading):
        yield "record_date", 40, "content"
    if content.kind == "day" and "出生" in heading:
        yield "owner_birth", 50, "content"
    months = [column for column, reader in readers.items() if reader == "month"]
    if content.kind == "month" and len(months) == 1:
        yield months[0], 40, "content"
    amounts = [column for column, dtype in columns.items() if dtype == MONEY]
    if (
        content.kind in ("amount", "code")
        and len(amounts) == 1
        and (unit_of(heading).endswith("元") or _MONEY.search(heading))
        and _NOT_ITS_OWN not in heading
    ):
        yield amounts[0], 45, "content"
    if content.kind in ("amount", "metres") and "area" in columns and "面积" in heading:
        yield "area", 45, "content"
    if content.kind == "address" and "address" in columns and re.search("坐落|座落|位置|房", heading):
        yield "address", 45, "content"
    if content.kind == "address" and re.search("住|通讯|联系|户籍", heading):
        yield "owner_address", 44, "content"


def _about(heading: str, given: bool, offered: bool) -> str:
    if given:
        return ""
    if not normal(heading):
        return "blank"
    return "somebody_else" if _SOMEBODY_ELSE.search(heading) else "taken" if offered else "unknown"
