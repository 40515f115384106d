"""授权一览 consent list: where each consent stands on a day; and what was read under one that was withdrawn since."""

from collections.abc import Callable
from datetime import date, timedelta

import polars as pl

from jiuzhu_check.checks import results
from jiuzhu_check.checks.audited import audited
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.consent import papers_of, read_consents, without_consent
from jiuzhu_check.checks.kept_run import DATASET, opened
from jiuzhu_check.checks.reach import NO_CONSENT
from jiuzhu_check.errors import NotFound
from jiuzhu_check.language import say
from jiuzhu_check.tables.consent import PAPER
from jiuzhu_check.tables.coverage import SOURCE_STATE
from jiuzhu_check.tables.inquiry import INQUIRY
from jiuzhu_check.tables.run import RUN
from jiuzhu_check.values.person_name import mask_name

_MEMBER = ["household_no", "member_no"]
STANDINGS = {
    "valid": "有效",
    "withdrawn": "已撤回",
    "expired": "已过期",
    "later": "尚未生效",
    "incomplete": "缺日期，不作数",
    "household": "是本户的，不作数",
    "missing": "没有授权书",
}
READ = {
    **{name: pl.String() for name in ("household_no", "member_no", "source", "title")},
    "data_date": pl.Date(),
    "how": pl.String(),
    "runs": pl.Int64(),
    "first": pl.Date(),
    "last": pl.Date(),
    "last_run": pl.String(),
    "after": pl.Int64(),
    "withdrawn_on": pl.Date(),
    "document_no": pl.String(),
}


def consent_list(
    centre: Centre,
    on: date,
    *,
    household_no: str = "",
    withdrawn: bool = False,
    expiring: int | None = None,
    missing: bool = False,
) -> pl.DataFrame:
    """PAPER rows with name (masked), role and standing (STANDINGS) on a day; a member without a paper has one row.

    Of households that apply or are on assistance. Filters; several narrow each other:
    withdrawn: only what was withdrawn until that day, also of households that have ended
    expiring:  only valid ones that end within so many days, of members who then have no other
    missing:   only members of whom nothing may be read, but for those who have withdrawn
    raises:    NotFound where there is no such household
    """
    facts = {"on": on.isoformat(), "withdrawn": withdrawn, "expiring": expiring, "missing": missing}
    with audited(centre.audit, "consent_list", subject=household_no, facts=facts) as ending:
        roster = _roster(centre, household_no)
        roster = roster if withdrawn else roster.filter(pl.col("stage") != "ended")
        papers = papers_of(roster, read_consents(centre.store))
        told = (
            roster.select(*_MEMBER, "role", name=mask_name(pl.col("name")))
            .join(papers, on=_MEMBER, how="left", maintain_order="left")
            .with_columns(standing=_standing(on))
        )
        if withdrawn:
            told = told.filter(pl.col("standing") == "withdrawn")
        if expiring is not None:
            soon = on + timedelta(days=expiring)
            ends = pl.col("valid_until").filter(pl.col("standing").is_in(["valid", "later"])).max().over(_MEMBER)
            told = told.filter(pl.col("standing") == "valid", pl.col("valid_until") == ends, ends <= soon)
        if missing:
            barred = without_consent(roster, papers, on).filter(~pl.col("reason").str.contains("撤回"))
            told = told.join(barred, on=_MEMBER, how="semi", maintain_order="left")
        ending.counts = {"members": told.select(_MEMBER).unique().height, "consents": told.height}
    columns = [*_MEMBER, "name", "role", *[name for name in PAPER.columns if name not in _MEMBER], "standing"]
    return told.select(columns).sort("household_no", pl.col("member_no").cast(pl.Int64), "signed_on", "consent_no")


def read_before(
    centre: Centre, household_no: str = "", *, progress: Callable[[str, int, int], None] = lambda _t, _d, _o: None
) -> pl.DataFrame:
    """READ rows: what kept runs and inquiries have read of members under a consent that was withdrawn since.

    how:         run, or inquiry (the department was told whom we ask about)
    runs:        how many of them; after: those on or after the day of the withdrawal, which was taken down later
    """
    with audited(centre.audit, "consent_withdrawn", subject=household_no) as ending:
        _roster(centre, household_no)
        ended = _ended(centre, household_no)
        rows = [_by_inquiries(centre, ended)]
        kept = centre.store.snapshots(DATASET) if ended.height else []
        for place, entry in enumerate(kept, start=1):
            rows.append(_by_run(centre, entry.id, ended))
            progress("", place, len(kept))
        told = pl.concat(rows).join(ended, on=_MEMBER)
        under = pl.col("again").is_null() | (pl.col("day") < pl.col("again"))
        grouped = (
            told.filter(under)
            .group_by(*_MEMBER, "source", "title", "data_date", "how", "withdrawn_on", "document_no")
            .agg(
                pl.len().cast(pl.Int64).alias("runs"),
                pl.col("day").min().alias("first"),
                pl.col("day").max().alias("last"),
                pl.col("run").sort_by("day", maintain_order=True).last().alias("last_run"),
                (pl.col("day") >= pl.col("withdrawn_on")).sum().cast(pl.Int64).alias("after"),
            )
            .select(list(READ))
            .sort("household_no", pl.col("member_no").cast(pl.Int64), "source", "data_date", "how", nulls_last=True)
        )
        ending.counts = {"members": ended.height, "rows": grouped.height}
    return grouped


_ONE = {
    **dict.fromkeys((*_MEMBER, "source", "title"), pl.String()),
    "data_date": pl.Date(),
    "how": pl.String(),
    "run": pl.String(),
    "day": pl.Date(),
}


def _roster(centre: Centre, household_no: str) -> pl.DataFrame:
    roster = centre.household(household_no) if household_no else centre.roster()
    if household_no and roster.is_empty():
        raise NotFound(say("名册里没有这个家庭编号。"), hint=say("请核对编号；新申请的家庭先导入名册。"))
    return roster


def _standing(on: date) -> pl.Expr:
    whole = pl.col("signed_on").is_not_null() & pl.col("valid_until").is_not_null()
    return (
        pl.when(pl.col("consent_no").is_null())
        .then(pl.lit("missing"))
        .when(pl.col("of_household").fill_null(value=False))
        .then(pl.lit("household"))
        .when(pl.col("withdrawn_on") <= on)
        .then(pl.lit("withdrawn"))
        .when(~whole)
        .then(pl.lit("incomplete"))
        .when(pl.col("signed_on") > on)
        .then(pl.lit("later"))
        .when(pl.col("valid_until") < on)
        .then(pl.lit("expired"))
        .otherwise(pl.lit("valid"))
    )


def _ended(centre: Centre, household_no: str) -> pl.DataFrame:
    """Who has withdrawn: household_no, member_no, withdrawn_on (the last), document_no, again (signed anew on)."""
    events = read_consents(centre.store)
    if household_no:
        events = events.filter(pl.col("household_no") == household_no)
    last = (
        events.filter(pl.col("event") == "withdrawn")
        .sort("withdrawn_on", maintain_order=True)
        .unique(_MEMBER, keep="last", maintain_order=True)
        .select(*_MEMBER, "withdrawn_on", "document_no")
    )
    if last.is_empty():
        return last.with_columns(again=pl.lit(None, pl.Date))
    theirs = centre.roster().join(last, on=_MEMBER, how="semi")
    anew = papers_of(theirs, events).filter(pl.col("withdrawn_on").is_null())
    again = anew.group_by(_MEMBER).agg(pl.col("signed_on").min().alias("again"))
    return last.join(again, on=_MEMBER, how="left", maintain_order="left")


def _by_run(centre: Centre, name: str, ended: pl.DataFrame) -> pl.DataFrame:
    """What one kept run has looked at of these members: a source that was not read for them is not among it."""
    snapshot = opened(centre.store, name)
    states = results.about(snapshot, SOURCE_STATE)
    homes = pl.col("household_no").is_in(ended["household_no"].unique().implode())
    wide = snapshot.read("coverage", where=homes).join(ended, on=_MEMBER, how="semi")
    coverage = results.expand(wide, states, name[7:])
    looked = pl.col("snapshot").is_not_null() & ~pl.col("reason").str.starts_with(NO_CONSENT).fill_null(value=False)
    titles = states.unique("source", keep="first").select("source", "title")
    return (
        coverage.filter(looked)
        .join(titles, on="source", how="left")
        .select(
            *_MEMBER,
            "source",
            "title",
            "data_date",
            how=pl.lit("run"),
            run=pl.col("run"),
            day=pl.lit(results.about(snapshot, RUN)["as_of"][0]),
        )
    )


def _by_inquiries(centre: Centre, ended: pl.DataFrame) -> pl.DataFrame:
    """The lists on which these members went to a department."""
    rows = [pl.DataFrame(schema=_ONE)]
    for place in centre.store.datasets("inquiry/") if ended.height else []:
        source, last = place.removeprefix("inquiry/"), centre.store.latest(place)
        assert last is not None
        asked = INQUIRY.fit(last.read("inquiry")).join(ended, on=_MEMBER, how="semi").drop_nulls("asked_on")
        title = centre.sources[source].title if source in centre.sources else source
        rows.append(
            asked.select(
                *_MEMBER,
                source=pl.lit(source),
                title=pl.lit(title),
                data_date="answered_on",
                how=pl.lit("inquiry"),
                run="inquiry",
                day="asked_on",
            )
        )
    return pl.concat(rows)
