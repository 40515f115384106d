"""历次核对 run list: every run that is kept, what it was and what it found, without opening what it found."""

import polars as pl

from jiuzhu_check.checks import results
from jiuzhu_check.checks.audited import audited
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.kept_run import DATASET, KeptRun, opened
from jiuzhu_check.checks.portion import Portion
from jiuzhu_check.checks.run_difference import run_difference
from jiuzhu_check.errors import NotFound, UsageError
from jiuzhu_check.language import say
from jiuzhu_check.tables.coverage import SOURCE_STATE
from jiuzhu_check.tables.run import RUN


def run_list(centre: Centre, kind: str | None = None) -> pl.DataFrame:
    """RUN rows with findings (how many), kept_at (UTC) and lacking (signed sources that had not arrived), newest first.

    kind: recipients | entrants | case; null: all
    """
    entries = [entry.id for entry in centre.store.snapshots(DATASET)][::-1]
    wanted = [name for name in entries if kind is None or name[7:].startswith(f"{kind}-")]
    rows = [_told(opened(centre.store, name)) for name in wanted]
    schema = {**RUN.columns, "findings": pl.Int64(), "kept_at": pl.String(), "lacking": pl.Int64()}
    return pl.concat([pl.DataFrame(schema=schema), *rows])


def run_shown(centre: Centre, name: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """One run's row of run_list, and its SOURCE_STATE rows.

    name:   a run, or latest
    raises: NotFound, UsageError for all
    """
    snapshot = _one(centre, name)
    return _told(snapshot), results.about(snapshot, SOURCE_STATE)


def compared(centre: Centre, later: str, earlier: str | None) -> tuple[str, str, pl.DataFrame]:
    """The names of two runs, and how their findings differ: FINDING_CHANGE. It is audited.

    later:   a run, or latest
    earlier: a run; null: the one of its kind before it
    raises:  NotFound, also where there is none before it
    """
    with audited(centre.audit, "run_diff", facts={"later": later, "earlier": earlier or ""}) as ending:
        new = results.load(_one(centre, later))
        if earlier is None:
            portion = Portion.told(new.run["portion"][0])
            kind = str(new.run["kind"][0])
            old = results.previous(centre.store, kind, new.roster, new.id, portion=portion, region=centre.region)
            if old is None:
                raise NotFound(
                    say("{run} 之前没有同类的核对。", run=new.id), hint=say("用 run list 看有哪些，再写 --from。")
                )
        else:
            old = results.load(_one(centre, earlier))
            old = results.of_portion(old, Portion.told(new.run["portion"][0]), centre.region)
        rows = run_difference(old, new)
        ending.counts = dict(rows["change"].value_counts().iter_rows())
        return old.id, new.id, rows


def _one(centre: Centre, name: str) -> KeptRun:
    if name == "all":
        raise UsageError(say("要指明一次核对，不能用 all。"), hint=say("写 latest 或核对编号。"))
    return results.find(centre.store, name)[0]


def _told(snapshot: KeptRun) -> pl.DataFrame:
    states = results.about(snapshot, SOURCE_STATE)
    lacking = states.filter(pl.col("requirement") != "unsigned", pl.col("state") != "arrived")
    return results.about(snapshot, RUN).with_columns(
        findings=pl.lit(snapshot.rows_of("finding"), pl.Int64),
        kept_at=pl.lit(snapshot.received),
        lacking=pl.lit(lacking["source"].n_unique(), pl.Int64),
    )
