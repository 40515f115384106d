"""What gets a sheet of its own in a workbook; apart, so that a command's help needs no table to be read."""

from enum import StrEnum


class SheetPer(StrEnum):
    """Each township, each county, or nothing."""

    township = "township"
    county = "county"
    none = "none"
