"""根据 ground: what a run found on its way and its tables do not tell, kept beside them: the next night starts from it.

index      the members whose records may be read, and the decoys (matching/candidates.py INDEX)
apart      of these, for whom a source may not be read: source, household_no, member_no (null: the whole household)
extra      numbers that are not their own under which records of members may stand: owner_no, household_no, member_no
turn       household_no and the next day on which a rule or a consent may say something else of it with nothing changed; of
           households that share a number, the run's own day
unsettled  LINK rows as the matcher decided them, where people said otherwise
record.*   the records behind all links, beside the household: household_no as _home, and the columns of their table
loose      FITTED rows of records without a usable number, and subject; generic: go-betweens; decoy_link: LINK rows to decoys
people     under how many valid numbers a source and supplier have records; null where nobody had to know
names      how many people, of the extract and the roster, hold each name that loose pairs bear
"""

from collections.abc import Iterable, Mapping

import polars as pl

from jiuzhu_check.checks.kept_run import TURN
from jiuzhu_check.checks.sources import SourceState
from jiuzhu_check.matching.candidates import FITTED, INDEX
from jiuzhu_check.matching.engines.engine import Worked
from jiuzhu_check.matching.namesakes import NAMED
from jiuzhu_check.tables.link import LINK
from jiuzhu_check.tables.record import ORIGIN, RECORDS, SUBJECT, telling
from jiuzhu_check.tables.schema import Table

INDEXED, APART, EXTRA, UNSETTLED = "index", "apart", "extra", "unsettled"
LOOSE, GENERIC, DECOY_LINK, PEOPLE, NAMES = "loose", "generic", "decoy_link", "people", "names"
_HOME, _MEMBER = "household_no", ["household_no", "member_no"]
_TEXT = pl.String()
_COLUMNS: Mapping[str, Mapping[str, pl.DataType]] = {
    INDEXED: {**dict.fromkeys(INDEX, _TEXT), "birth_date": pl.Date()},
    APART: {"source": _TEXT, "household_no": _TEXT, "member_no": _TEXT},
    EXTRA: {"owner_no": _TEXT, "household_no": _TEXT, "member_no": _TEXT},
    TURN: {"household_no": _TEXT, "on": pl.Date()},
    UNSETTLED: LINK.columns,
    LOOSE: {**FITTED, "subject": _TEXT},
    GENERIC: {"source": _TEXT, "supplier": _TEXT, "number": _TEXT, "names": pl.Int64()},
    DECOY_LINK: LINK.columns,
    PEOPLE: {"source": _TEXT, "supplier": _TEXT, "people": pl.Int64()},
    NAMES: {"source": _TEXT, "supplier": _TEXT, **NAMED},
    **{f"record.{name}": {"household_no": _TEXT, **table.columns} for name, table in RECORDS.items()},
}


def columns_of(name: str) -> dict[str, pl.DataType]:
    """The columns of one table of the ground."""
    return dict(_COLUMNS[name])


def held(table: Table) -> str:
    """The name under which the records of a table are kept."""
    return f"record.{table.name}"


def laid(state: SourceState, worked: Worked, decoys: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """What the parts of one source and supplier gave that is of no household; decoys: LINK rows to decoys."""
    place = {"source": pl.lit(state.source.id), "supplier": pl.lit(state.supplier)}
    return {
        LOOSE: with_subject(worked.spelt, things(worked.spelt_records, RECORDS[state.source.table])),
        GENERIC: worked.generic.with_columns(**place),
        DECOY_LINK: LINK.fit(decoys),
        PEOPLE: pl.DataFrame({"people": [worked.people]}, schema={"people": pl.Int64()}).with_columns(**place),
        NAMES: worked.names.with_columns(**place),
    }


def things(records: pl.DataFrame, table: Table) -> pl.DataFrame:
    """ORIGIN and subject of the records: what names the thing, the VIN, the unit number, the account."""
    if records.is_empty():
        return pl.DataFrame(schema={**ORIGIN, "subject": pl.String()})
    return records.select(*ORIGIN, subject=pl.coalesce(SUBJECT[table.name])).unique(
        telling(records), maintain_order=True
    )


def with_subject(pairs: pl.DataFrame, named: pl.DataFrame) -> pl.DataFrame:
    """The pairs with what names the thing; named: ORIGIN and subject of all records that they speak of."""
    slot = telling(named)
    return pairs.join(named.select(*slot, "subject"), on=slot, how="left", maintain_order="left")


def unsettled(decided: pl.DataFrame, settled: pl.DataFrame) -> pl.DataFrame:
    """The LINK rows that people's word changed, as they were before; both in the same order."""
    differ = (decided["status"] != settled["status"]) | (decided["reason"] != settled["reason"])
    return decided.filter(differ)


def before_people(links: pl.DataFrame, changed: pl.DataFrame) -> pl.DataFrame:
    """The LINK rows as the matcher decided them. changed: as unsettled gave them."""
    if changed.is_empty():
        return links
    key = [*ORIGIN, *_MEMBER]
    stand = links.join(changed, on=key, how="anti", nulls_equal=True, maintain_order="left")
    return pl.concat([stand, LINK.fit(changed)])


def with_homes(links: pl.DataFrame, records: pl.DataFrame, table: Table) -> pl.DataFrame:
    """The records that some links speak of, each once for every household that they name."""
    columns = _COLUMNS[held(table)]
    if links.is_empty() or records.is_empty():
        return pl.DataFrame(schema=dict(columns))
    slot = telling(records)
    homes = links.select(*slot, _HOME).unique()
    return records.join(homes, on=slot, how="inner", maintain_order="left").select(list(columns))


def together(found: Iterable[Mapping[str, pl.DataFrame]], names: Iterable[str]) -> dict[str, pl.DataFrame]:
    """What all sources gave, in the order of the household numbers; what none gave is empty."""
    each = list(found)
    return {name: laid_out(name, [one[name] for one in each if name in one]) for name in names}


def laid_out(name: str, frames: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """The rows of one table of the ground, with its columns, in the order of the household numbers."""
    columns = _COLUMNS[name]
    some = [frame.select(list(columns)) for frame in frames if frame.height]
    whole = pl.concat(some) if some else pl.DataFrame(schema=dict(columns))
    return whole.sort(_HOME, maintain_order=True) if _HOME in columns else whole
