"""The tables of two checks beside each other: the same, or the same but for those whose check is lost and said to be."""

import csv
import io
from collections.abc import Mapping


def without_run(tables: Mapping[str, bytes]) -> dict[str, list[dict[str, str]]]:
    """The rows of the tables without the run's name, which a second run of the day changes."""
    return {
        name: [{key: value for key, value in row.items() if key != "run"} for row in csv.DictReader(io.StringIO(told.decode()))]
        for name, told in tables.items()
    }  # fmt: skip


def lost(now: Mapping[str, bytes], then: Mapping[str, bytes], where: str) -> set[tuple[str, str, str]]:
    """Whose check at which source is lost; everything of the others is as it was."""
    after, before = without_run(now), without_run(then)
    who = ("household_no", "member_no", "source")
    told = [row for row in after["coverage"] if row["state"] == "unchecked" or "未读" in row["reason"]]
    unchecked = {tuple(row[key] for key in who) for row in told}

    def rest(rows: list[dict[str, str]]) -> list[dict[str, str]]:
        return [row for row in rows if tuple(row[key] for key in who) not in unchecked]

    for table in ("coverage", "links"):
        assert rest(after[table]) == rest(before[table]), (where, table)
    homes = {each[:2] for each in unchecked}
    for row in before["findings"]:
        assert row in after["findings"] or any(home == row["household_no"] for home, _ in homes), (where, row)
    return unchecked
