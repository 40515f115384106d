"""授权 consent: without a valid one on the day, nothing of a member's is read (先授权后核对).

A consent stands in the roster or was handed in later (consent import). What was withdrawn is read no more, whatever day
a check takes for today: who withdraws wants nothing read from now on.
"""

import re
import unicodedata
from datetime import date

import polars as pl

from jiuzhu_check.store.snapshot import Store
from jiuzhu_check.tables import roster as rosters
from jiuzhu_check.tables.consent import CONSENT_EVENT, PAPER

DATASET = "consents"
PART = "consent"
EVERY_SOURCE = ("全部", "所有", "全部来源", "所有来源", "不限")

_MEMBER = ["household_no", "member_no"]
_SEVERAL = re.compile(r"[、，,;；/|\s]+")


def read_consents(store: Store) -> pl.DataFrame:
    """CONSENT_EVENT rows, oldest first: what was handed in beside the roster, and what was withdrawn."""
    last = store.latest(DATASET)
    return CONSENT_EVENT.fit(last.read(PART)) if last else CONSENT_EVENT.empty()


def consents_fingerprint(store: Store) -> str:
    """What the consents beside the roster are, as a run's name takes it in; empty where there is none."""
    last = store.latest(DATASET)
    return str(last.facts["content"]) if last else ""


def papers(store: Store, roster: pl.DataFrame) -> pl.DataFrame:
    """PAPER rows of some ROSTER rows: their consents in the roster and beside it, with what was withdrawn.

    One that was handed in stands in the place of the roster's, or an earlier one's, of the same number.
    """
    return papers_of(roster, read_consents(store))


def papers_of(roster: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """As papers, with the CONSENT_EVENT rows at hand."""
    key = [*_MEMBER, "consent_no"]
    here = roster.select(*_MEMBER, "role")
    theirs = events.join(here, on=_MEMBER, how="semi", maintain_order="left")
    given = theirs.filter(pl.col("event") == "given").unique(key, keep="last", maintain_order=True)
    rostered = rosters.consents(roster).join(given, on=key, how="anti", maintain_order="left")
    both = pl.concat(
        [
            PAPER.fit(rostered.with_columns(origin=pl.lit("roster"))),
            PAPER.fit(given.with_columns(origin=pl.lit("import"))),
        ]
    )
    own = pl.col("role") == "supporter"
    if here.filter(own).height:
        homes = both.join(here.filter(~own.fill_null(value=False)), on=_MEMBER, how="semi")
        shared = homes.select("household_no", "consent_no", _shared=True).drop_nulls().unique()
        both = both.join(here.filter(own), on=_MEMBER, how="left", maintain_order="left").join(
            shared, on=["household_no", "consent_no"], how="left", maintain_order="left"
        )
        both = PAPER.fit(both.with_columns(of_household=own & pl.col("_shared")))
    ended = theirs.filter(pl.col("event") == "withdrawn").sort("withdrawn_on", maintain_order=True)
    if ended.is_empty():
        return both
    last = ended.group_by(_MEMBER, maintain_order=True).agg(
        pl.col("withdrawn_on").last().alias("_on"), pl.col("document_no").last().alias("_by")
    )
    before = (pl.col("signed_on") <= pl.col("_on")) | (pl.col("_on").is_not_null() & pl.col("signed_on").is_null())
    return PAPER.fit(
        both.join(last, on=_MEMBER, how="left", maintain_order="left").with_columns(
            withdrawn_on=pl.when(before).then("_on"), document_no=pl.when(before).then("_by")
        )
    )


def closed_since(store: Store, roster: pl.DataFrame) -> pl.DataFrame:
    """household_no, member_no of those of some ROSTER rows who have withdrawn and not signed again.

    Those whose results an earlier check has kept, and whose records nobody may open any more.
    """
    events = read_consents(store)
    ended = events.filter(pl.col("event") == "withdrawn").select(_MEMBER).unique(maintain_order=True)
    theirs = roster.join(ended, on=_MEMBER, how="semi", maintain_order="left")
    standing = papers_of(theirs, events).filter(pl.col("withdrawn_on").is_null())
    return theirs.select(_MEMBER).join(standing, on=_MEMBER, how="anti", maintain_order="left")


def without_consent(members: pl.DataFrame, consents: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """household_no, member_no and reason of every member whose records may not be read on that day.

    A consent counts from the day it was signed to the last day it names. One that names no last day does not count:
    the paper must say, and the reason says so. Of several the reason is that of the one signed last.

    consents: PAPER rows, or CONSENT rows of which nothing was withdrawn
    """
    judged = _judged(members, consents, as_of)
    valid = judged.filter(pl.col("reason").is_null()).select(_MEMBER)
    return (
        judged.join(valid, on=_MEMBER, how="anti", maintain_order="left")
        .sort("signed_on", descending=True, nulls_last=True, maintain_order=True)
        .unique(_MEMBER, keep="first", maintain_order=True)
        .select(*_MEMBER, "reason")
    )


def scopes(members: pl.DataFrame, consents: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """household_no, member_no and scope (names of sources) of members whose valid consents name sources.

    Whoever has a valid consent that names none has agreed to every source, and is not among them.
    """
    if not consents["scope"].null_count() < consents.height:
        return pl.DataFrame(schema={**dict.fromkeys(_MEMBER, pl.String), "scope": pl.List(pl.String)})
    valid = _judged(members, consents, as_of).filter(pl.col("reason").is_null())
    told = {text: named_sources(text) for text in valid["scope"].unique().drop_nulls()}
    named = pl.DataFrame(
        {"scope": list(told), "_named": list(told.values())}, schema={"scope": pl.String, "_named": pl.List(pl.String)}
    )
    each = valid.join(named, on="scope", how="left", maintain_order="left")
    return (
        each.group_by(_MEMBER, maintain_order=True)
        .agg((pl.col("_named").list.len().fill_null(0) == 0).any().alias("_every"), pl.col("_named").explode().unique())
        .filter(~pl.col("_every"))
        .select(*_MEMBER, scope=pl.col("_named").list.sort())
    )


def named_sources(scope: str | None) -> list[str]:
    """The sources that a scope names, as it names them; none where it is of every source.

    >>> named_sources("机动车、vehicle")
    ['机动车', 'vehicle']
    >>> named_sources("全部来源")
    []
    """
    named = [each for each in _SEVERAL.split(unicodedata.normalize("NFKC", scope or "")) if each]
    return [] if any(each in EVERY_SOURCE for each in named) else named


def _judged(members: pl.DataFrame, consents: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Each member's papers with the reason why one does not count; null where it does. Who has none has one row."""
    signed = members.select(_MEMBER).join(
        PAPER.fit(consents), on=_MEMBER, how="left", nulls_equal=True, maintain_order="left"
    )
    reason = (
        pl.when(pl.col("consent_no").is_null())
        .then(pl.lit("未授权：没有授权书"))
        .when(pl.col("of_household").fill_null(value=False))
        .then(pl.lit("未授权：户外赡养（抚养、扶养）人没有自己的授权书"))
        .when(pl.col("withdrawn_on").is_not_null())
        .then(pl.format("未授权：已于{}撤回授权", "withdrawn_on"))
        .when(pl.col("signed_on").is_null())
        .then(pl.lit("未授权：授权书没有签署日期"))
        .when(pl.col("signed_on") > as_of)
        .then(pl.lit("未授权：授权书签署于核对日之后"))
        .when(pl.col("valid_until").is_null())
        .then(pl.lit("未授权：授权书没有截止日期"))
        .when(pl.col("valid_until") < as_of)
        .then(pl.lit("未授权：授权书已过期"))
    )
    return signed.with_columns(reason=reason)
