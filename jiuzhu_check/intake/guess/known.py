"""已知 known: what the shipped connectors know, taken together: headings, readers, code tables, by kind of record."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from jiuzhu_check.intake.source import Lookup, Source
from jiuzhu_check.intake.spelling import normal
from jiuzhu_check.tables.record import OWNER, RECORDS


@dataclass(frozen=True)
class Known:
    """The sources that departments send, seen by their tables."""

    sources: Mapping[str, Source]

    @cached_property
    def headings(self) -> Mapping[str, Mapping[str, str]]:
        """Table → normal heading → the column that most of the table's sources mean by it."""
        votes: dict[str, dict[str, Counter[str]]] = {table: {} for table in RECORDS}
        for source in self._departments:
            for column, names in source.columns.items():
                for name in names:
                    votes[source.table].setdefault(normal(name), Counter())[column] += 1
        return {
            table: {heading: counted.most_common(1)[0][0] for heading, counted in told.items()}
            for table, told in votes.items()
        }

    @cached_property
    def owners(self) -> Mapping[str, str]:
        """Normal heading → the column about the owner that some source means by it, whatever its table."""
        return {
            heading: column
            for told in self.headings.values()
            for heading, column in told.items()
            if column in OWNER and column != "record_date"
        }

    @cached_property
    def every_heading(self) -> frozenset[str]:
        """Each heading of each table."""
        return frozenset(heading for told in self.headings.values() for heading in told)

    def own_columns(self, table: str) -> Mapping[str, str]:
        """Normal heading → column, of the columns that tell of the thing and not of its owner."""
        return {heading: column for heading, column in self.headings[table].items() if column not in OWNER}

    def of(self, table: str) -> list[Source]:
        """The sources of one table."""
        return [source for source in self._departments if source.table == table]

    def closest(self, table: str, headings: set[str], said: str) -> Source | None:
        """The source of a table whose headings and title are most like these; null where the table has none.

        said: what the file says of itself: its name, its title rows, its sheets
        """

        def likeness(source: Source) -> tuple[float, str]:
            mine = {normal(name) for column, names in source.columns.items() if column not in OWNER for name in names}
            return (len(mine & headings) + 3 * (source.title in said), source.id)

        return max(self.of(table), key=likeness, default=None)

    def lookups(self, table: str, column: str, closest: Source | None) -> list[Lookup]:
        """The code tables of a column, that of the closest source first."""
        sources = sorted(self.of(table), key=lambda source: source is not closest)
        return [source.lookups[column] for source in sources if column in source.lookups]

    def reader(self, table: str, column: str, closest: Source | None) -> str:
        """How sources of this table read a column; empty where as text."""
        sources = sorted(self.of(table), key=lambda source: source is not closest)
        return next((source.readers[column] for source in sources if column in source.readers), "")

    def in_words(self, table: str) -> str:
        """A kind of record with the sources that have it: vehicle（机动车）."""
        titles = "、".join(source.title for source in self.of(table))
        return f"{table}（{titles}）" if titles else table

    @property
    def _departments(self) -> list[Source]:
        return [source for source in self.sources.values() if source.table in RECORDS]


def code_of(lookups: list[Lookup], value: str) -> str:
    """The code that the tables give a value: the first table's, else what the others agree on; empty where none."""
    told = [lookup.code(value) for lookup in lookups]
    if told and told[0]:
        return told[0]
    others = {code for code in told if code}
    return others.pop() if len(others) == 1 else ""
