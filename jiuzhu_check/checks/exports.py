"""导出 exports: the tables of one run, of all runs' newest results, or of the deliveries, in columns that never move."""

import io

import polars as pl

from jiuzhu_check.checks import results
from jiuzhu_check.checks.audited import audited
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.kept_run import KeptRun
from jiuzhu_check.intake.stored import ROSTER_DATASET, kept_records
from jiuzhu_check.store.snapshot import Store
from jiuzhu_check.tables.coverage import COVERAGE, SOURCE_STATE
from jiuzhu_check.tables.finding import FINDING, FINDING_EXPORT
from jiuzhu_check.tables.link import LINK, LINK_EXPORT
from jiuzhu_check.tables.reject import REJECT

TABLES = ("links", "findings", "coverage", "rejects")
_ORDER = {
    "links": ["source", "supplier", "snapshot", "extract", "sheet", "source_row", "slot", "household_no", "member_no"],
    "findings": ["household_no", "member_no", "rule", "subject", "finding_id"],
    "coverage": ["household_no", "member_no", "source"],
}


def export(centre: Centre, table: str, run: str) -> pl.DataFrame:
    """The rows of one export.

    table:  links | findings | coverage | rejects
    run:    a run's name; latest, the last batch run; all, the newest result of every household, whichever run made it
    raises: NotFound where there is no such run
    """
    if table == "rejects":
        return _rejects(centre, run)
    snapshots = results.find(centre.store, run)
    if run != "all":
        return _sorted(table, _table(snapshots[0], table))
    rows = [
        _table(snapshot, table).filter(pl.col("household_no").is_in(homes.implode()))
        for snapshot, homes in results.newest(snapshots)
    ]
    return _sorted(table, pl.concat(rows))


def _table(snapshot: KeptRun, table: str) -> pl.DataFrame:
    if table == "coverage":
        return results.load(snapshot).coverage.select(list(COVERAGE.columns))
    if table == "links":
        return LINK.fit(snapshot.read("link")).select(LINK_EXPORT)
    return FINDING.fit(snapshot.read("finding")).select(FINDING_EXPORT)


def _sorted(table: str, rows: pl.DataFrame) -> pl.DataFrame:
    return rows.sort(_ORDER[table], maintain_order=True)


def _rejects(centre: Centre, run: str) -> pl.DataFrame:
    """The rejects of the deliveries that a run read, and of the roster as it stands; of every delivery where run is all."""
    store = centre.store
    held = _deliveries(store)
    if run != "all":
        read = results.about(results.find(store, run)[0], SOURCE_STATE)
        used = {
            (source, supplier, snapshot)
            for source, supplier, snapshot in read.select("source", "supplier", "snapshot").iter_rows()
        }
        held = [each for each in held if each in used]
    rows = [kept_records(store, *each).read("rejects") for each in held]
    rosters = store.snapshots(ROSTER_DATASET)
    rows += [
        store.snapshot(ROSTER_DATASET, entry.id).read("rejects")
        for entry in (rosters if run == "all" else rosters[-1:])
    ]
    return REJECT.fit(pl.concat([REJECT.empty(), *rows])).sort("source", "supplier", "snapshot", "sheet", "source_row")


def _deliveries(store: Store) -> list[tuple[str, str, str]]:
    """Source, supplier and snapshot of every delivery that was taken in, and of those of which evidence was kept."""
    found = [
        (*place.split("/")[1:], entry.id)
        for prefix in ("records/", "evidence/")
        for place in store.datasets(prefix)
        for entry in store.snapshots(place)
    ]
    return list(dict.fromkeys(found))  # type: ignore[arg-type]


def export_bytes(centre: Centre, table: str, run: str, form: str) -> tuple[bytes, int]:
    """One export as csv, parquet or jsonl, and how many rows it has. It is audited before anything is read.

    A text cell that a spreadsheet would take for a formula gets an apostrophe in CSV.
    """
    with audited(centre.audit, "export", facts={"table": table, "run": run, "format": form}) as ending:
        rows = export(centre, table, run)
        if run == "latest":
            ending.facts = {"run": results.load(results.find(centre.store, run)[0]).id}
        ending.counts = {"rows": rows.height}
        return written(rows, form), rows.height


def written(rows: pl.DataFrame, form: str) -> bytes:
    """Rows as csv, parquet or jsonl; in CSV no text cell is a formula."""
    file = io.BytesIO()
    if form == "parquet":
        rows.write_parquet(file)
    elif form == "jsonl":
        rows.write_ndjson(file)
    else:
        texts = [name for name, dtype in rows.schema.items() if dtype == pl.String]
        rows.with_columns(_no_formula(name) for name in texts).write_csv(file)
    return file.getvalue()


def _no_formula(name: str) -> pl.Expr:
    """The text column, with an apostrophe before what a spreadsheet would take for a formula."""
    cell = pl.col(name)
    return pl.when(cell.str.contains(r"^[=+\-@\t\r＝＋－＠]")).then("'" + cell).otherwise(cell).alias(name)
