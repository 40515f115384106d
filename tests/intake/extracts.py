"""Small invented extracts, as departments write them."""

from collections.abc import Iterable, Sequence

import polars as pl

from jiuzhu_check.intake.delivery import Delivery, read_delivery
from jiuzhu_check.intake.shipped import shipped_connectors
from jiuzhu_check.intake.source import Source, find_sources
from jiuzhu_check.values.identity_number import check_digit

SOURCES = find_sources(shipped_connectors())
VEHICLE, HOUSING, FUND, ROSTER = (SOURCES[name] for name in ("vehicle", "housing", "provident_fund", "roster"))
HEADINGS = ("机动车所有人", "身份证明号码", "号牌号码", "机动车状态")


def number(serial: int, birth: str = "19800101") -> str:
    body = f"370199{birth}{serial:03}"
    return body + check_digit(body)


def row(serial: int) -> tuple[str, ...]:
    return (f"张{'甲乙丙丁戊己庚辛壬癸'[serial % 10]}", number(serial), f"鲁A{serial:05}", "A")


def written(rows: Iterable[Sequence[str]], delimiter: str = ",", end: str = "\n") -> str:
    return "".join(delimiter.join(cells) + end for cells in rows)


def vehicles(*rows: Sequence[str], delimiter: str = ",") -> str:
    """A vehicle extract with its heading."""
    return written([HEADINGS, *rows], delimiter)


def taken(text: str | bytes, source: Source = VEHICLE) -> Delivery:
    return read_delivery(source, text.encode() if isinstance(text, str) else text, "extract.csv")


def owners(delivery: Delivery) -> list[str | None]:
    return delivery.rows["owner_name_raw"].to_list()


def at(delivery: Delivery) -> list[int]:
    return delivery.rows["source_row"].to_list()


def rejected(delivery: Delivery) -> list[tuple[int, str]]:
    return delivery.rejects.select("source_row", "code").rows()


def one(delivery: Delivery, column: str) -> object:
    return delivery.rows.select(pl.col(column)).item()
