"""复查统计 outcomes: what became of the findings that were answered, by source and by the tier of the links behind them.

Where a record proved to be somebody else's, the link was wrong: that is how right a tier and a source are in this centre.
"""

import polars as pl

from jiuzhu_check.checks import results
from jiuzhu_check.checks.appended import read_appended
from jiuzhu_check.checks.audited import audited
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.reexaminations import DISPUTES, read_reexaminations
from jiuzhu_check.checks.review import wilson
from jiuzhu_check.errors import NotFound
from jiuzhu_check.store.snapshot import Store
from jiuzhu_check.tables.dispute import DISPUTE
from jiuzhu_check.tables.finding import FINDING, evidence_pieces
from jiuzhu_check.tables.reexamination import OUTCOMES


def counted(centre: Centre) -> pl.DataFrame:
    """One row a source and one a tier: how the answers fell, and how right the links were; audited.

    returns: by (source | tier), name, answered, the four OUTCOMES, wrong_person (of those cleared), told (answers that tell
             whether the record was the person's: of what was cleared only those with a cause), share, low, high: of those
             told the share that was, with its 95 % interval (Wilson); null where there is none
    """
    with audited(centre.audit, "finding_stats") as ending:
        told = answered_evidence(centre.store)
        ending.counts = {"answers": told["finding_id"].n_unique()}
        return pl.concat([_by(told, "source"), _by(told, "tier")])


def own_precision(store: Store) -> dict[str, str]:
    """Tier → how it did in this centre, in half a sentence; of which nothing tells it has none."""
    tiers = _by(answered_evidence(store), "tier").filter(pl.col("told") > 0)
    return {
        tier: f"；本中心复查 {of} 条，非本人 {wrong} 条，95 % 区间 {low:.1%}—{high:.1%}"
        for tier, of, wrong, low, high in tiers.select("name", "told", "wrong_person", "low", "high").iter_rows()
    }


def answered_evidence(store: Store) -> pl.DataFrame:
    """One row a piece of evidence of each finding that was answered: finding_id, outcome, cause, signed_on, title, EVIDENCE.

    The newest answer of a finding counts; cause: of a finding that fell in a dispute, otherwise null
    """
    newest = read_reexaminations(store).unique("finding_id", keep="last", maintain_order=True)
    closed = read_appended(store, DISPUTES, DISPUTE).filter(pl.col("event") == "closed")
    causes = closed.unique("finding_id", keep="last").select(
        "finding_id", "outcome", signed_on="closed_on", cause="cause"
    )
    answers = newest.join(causes, on=["finding_id", "outcome", "signed_on"], how="left", maintain_order="left")
    found = [FINDING.empty()]
    for (run,), theirs in answers.partition_by("run", as_dict=True, maintain_order=True).items():
        try:
            snapshot = results.find(store, str(run))[0]
        except NotFound:  # its retention has ended
            continue
        asked = pl.col("finding_id").is_in(theirs["finding_id"].implode())
        found.append(FINDING.fit(snapshot.read("finding", where=asked)))
    said = answers.select("finding_id", "outcome", "cause", "signed_on")
    return evidence_pieces(pl.concat(found), "title").join(said, on="finding_id", how="inner")


def evidence_now(store: Store, told: pl.DataFrame) -> pl.DataFrame:
    """The same for those findings that the newest check of their household still makes: where the record stands now."""
    rows = [told.clear()]
    for snapshot, homes in results.newest(results.find(store, "all")) if told.height else ():
        asked = pl.col("finding_id").is_in(told["finding_id"].unique().implode())
        found = FINDING.fit(snapshot.read("finding", where=asked, homes=homes))
        said = told.select("finding_id", "title", "outcome", "cause", "signed_on").unique(maintain_order=True)
        rows.append(evidence_pieces(found).join(said, on="finding_id", how="inner").select(told.columns))
    return pl.concat(rows)


def _by(told: pl.DataFrame, what: str) -> pl.DataFrame:
    """Findings counted once a source, or once a tier."""
    once = told.select("finding_id", "outcome", "cause", name=what).unique()
    outcome, wrong = pl.col("outcome"), pl.col("cause").eq_missing(pl.lit("wrong_person"))
    rows = (
        once.group_by("name")
        .agg(
            pl.len().cast(pl.Int64).alias("answered"),
            *((outcome == each).sum().cast(pl.Int64).alias(each) for each in OUTCOMES),
            wrong.sum().cast(pl.Int64).alias("wrong_person"),
            ((outcome != "cleared") | pl.col("cause").is_not_null()).sum().cast(pl.Int64).alias("told"),
        )
        .sort("name", nulls_last=True)
    )
    ends = [
        ((of - wrong) / of, *wilson(of - wrong, of)) if of else (None, None, None)
        for of, wrong in rows.select("told", "wrong_person").iter_rows()
    ]
    shares = pl.DataFrame(ends, schema=dict.fromkeys(("share", "low", "high"), pl.Float64), orient="row")
    return pl.concat([rows.select(pl.lit(what).alias("by"), pl.all()), shares], how="horizontal")
