"""授权的补交与撤回 consents beside the roster: taken in, withdrawn; each under the lock, and audited."""

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from jiuzhu_check.audit.reason import clean
from jiuzhu_check.checks.audited import audited
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.consent import DATASET, PART, consents_fingerprint, named_sources, papers_of, read_consents
from jiuzhu_check.errors import NotFound, UsageError
from jiuzhu_check.intake.consent import ConsentList, consent_source, read_consent_list
from jiuzhu_check.intake.pull import read_file
from jiuzhu_check.intake.source import pick
from jiuzhu_check.language import say
from jiuzhu_check.store.lock import workspace_lock
from jiuzhu_check.store.snapshot import Store
from jiuzhu_check.tables.consent import CONSENT_EVENT

_MEMBER = ["household_no", "member_no"]


@dataclass(frozen=True)
class Taken:
    """What an import took in: the list, and how many of its accepted papers were not here before."""

    listed: ConsentList
    added: int


@dataclass(frozen=True)
class Withdrawn:
    """What a withdrawal ended.

    ended:     how many consents
    existing:  it had been taken down before
    elsewhere: the other households in which the same person stands: what was signed there still holds
    """

    ended: int
    existing: bool
    elsewhere: tuple[str, ...] = ()


def take_consents(centre: Centre, path: Path) -> Taken:
    """Take in a list of consents; what is here already stays, and the same paper again is no other.

    raises: ExtractChanged where the file breaks its contract, NotFound where there is no such file
    """
    with workspace_lock(centre.workspace.path, "consent import"), audited(centre.audit, "consent_import") as ending:
        source = consent_source(pick(centre.connectors, "roster"))
        data, roster, before = read_file(path), centre.roster(), read_consents(centre.store)
        _land(centre.store, data, path.name, source.fingerprint)
        ended = before.filter(pl.col("event") == "withdrawn").group_by(_MEMBER).agg(pl.col("withdrawn_on").max())
        known = papers_of(roster, before).select(*_MEMBER, "consent_no")
        listed = read_consent_list(source, data, path.name, roster, known, ended, lambda scope: _unknown(centre, scope))
        what = [name for name in CONSENT_EVENT.columns if name not in ("extract", "source_row")]
        standing = before.filter(pl.col("event") == "given").unique([*_MEMBER, "consent_no"], keep="last")
        added = listed.accepted.join(standing, on=what, how="anti", nulls_equal=True, maintain_order="left")
        if added.height:
            _keep(centre.store, before, added)
        counts = {"delivered": listed.delivered, "accepted": listed.accepted.height, "returned": listed.returned.height}
        ending.counts = {**counts, "added": added.height}
    return Taken(listed, added.height)


def withdraw(
    centre: Centre, household_no: str, member_no: str, on: date, document_no: str, *, today: date
) -> Withdrawn:
    """Take down that a member has withdrawn the consents signed until that day. Nothing of the member's is read any more.

    raises: NotFound where the roster has no such household or member, UsageError without a document's number, or
            where the day is still to come
    """
    document = clean(document_no)
    if not document:
        raise UsageError(say("没有写撤回的文号。"), hint=say("加 --document，写撤回书的编号；不要写姓名和号码。"))
    if on > today:
        raise UsageError(say("撤回日期在今天之后。"), hint=say("写收到撤回书的日期。"))
    facts = {"member": member_no, "on": on.isoformat(), "document": document}
    with (
        workspace_lock(centre.workspace.path, "consent withdraw"),
        audited(centre.audit, "consent_withdraw", subject=household_no, facts=facts) as ending,
    ):
        home, before = centre.household(household_no), read_consents(centre.store)
        theirs = home.filter(pl.col("member_no") == member_no)
        if home.is_empty():
            raise NotFound(say("名册里没有这个家庭编号。"), hint=say("请核对编号；新申请的家庭先导入名册。"))
        if theirs.is_empty():
            numbers = "、".join(home["member_no"].sort())
            raise NotFound(say("这个家庭里没有这位成员。"), hint=say("本户的成员序号：{numbers}。", numbers=numbers))
        same = (pl.col("event") == "withdrawn") & (pl.col("household_no") == household_no)
        same &= (pl.col("member_no") == member_no) & (pl.col("withdrawn_on") == on)
        existing = not before.filter(same & (pl.col("document_no") == document)).is_empty()
        row = CONSENT_EVENT.fit(
            pl.DataFrame(
                {
                    "event": ["withdrawn"],
                    "household_no": [household_no],
                    "member_no": [member_no],
                    "withdrawn_on": [on],
                    "document_no": [document],
                }
            )
        )
        standing = papers_of(theirs, before).filter(pl.col("withdrawn_on").is_null()).height
        after = papers_of(theirs, before if existing else pl.concat([before, row]))
        if not existing:
            _keep(centre.store, before, row)
        homes = centre.households_of(*theirs.select("number", "person_no").row(0))
        ended = standing - after.filter(pl.col("withdrawn_on").is_null()).height
        ending.counts = {"consents": ended}
    return Withdrawn(ended, existing, tuple(home for home in homes if home != household_no))


def _unknown(centre: Centre, scope: str | None) -> list[str]:
    """The names in a scope that are neither a source's nor its title."""
    titles = {centre.sources.outline(name).title for name in centre.sources}
    return [each for each in named_sources(scope) if each not in centre.sources and each not in titles]


def _land(store: Store, data: bytes, extract: str, fingerprint: str) -> None:
    """Keep the file as it came, once, whatever it turns out to be."""
    place, name = "landed/consent", hashlib.sha256(data).hexdigest()[:16]
    if not store.has(place, name):
        store.land(place, name, data, facts={"extract": extract, "spec": fingerprint})


def _keep(store: Store, before: pl.DataFrame, added: pl.DataFrame) -> None:
    """All that was taken down before, and the new rows. What they are made of says the same on every clock."""
    content = hashlib.sha256(f"{consents_fingerprint(store)}|{added.write_json()}".encode()).hexdigest()
    every = pl.concat([before, added])
    place = store.sequence(DATASET)
    facts = {"content": content, "events": every.height}
    store.publish(DATASET, f"{place:06}", {PART: every}, data_date=None, facts=facts)
