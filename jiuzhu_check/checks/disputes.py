"""异议 disputes: a household says that a finding is not right. It hands in evidence, and the township re-examines in time.

How a dispute ends is an answer on the finding like any other. Where the record proves to be somebody else's, the link is
answered 不同 too, so that it does not come back.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl

from jiuzhu_check.audit.reason import clean
from jiuzhu_check.checks import decisions, reexaminations
from jiuzhu_check.checks.appended import append, read_appended
from jiuzhu_check.checks.audited import audited
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.deadline import reexamination_days
from jiuzhu_check.checks.findings import last_found
from jiuzhu_check.checks.kept_run import KeptRun
from jiuzhu_check.checks.reexaminations import DISPUTES
from jiuzhu_check.checks.review import items, items_of
from jiuzhu_check.errors import NotFound, UsageError
from jiuzhu_check.language import say
from jiuzhu_check.store.lock import workspace_lock
from jiuzhu_check.tables import roster as rosters
from jiuzhu_check.tables.dispute import CAUSES, DISPUTE
from jiuzhu_check.tables.finding import evidence_pieces
from jiuzhu_check.tables.link import LINK
from jiuzhu_check.tables.record import ORIGIN
from jiuzhu_check.tables.reexamination import OUTCOMES
from jiuzhu_check.values.working_day import later

_FELL = ("corrected", "cleared")
_SIDE = ["source", "supplier", "subject", "slot", "owner_no", "owner_name", "household_no", "member_no"]


@dataclass(frozen=True)
class Closing:
    """How a dispute ends.

    outcome: tables/reexamination.py OUTCOMES; cause: tables/dispute.py CAUSES, of a finding that fell, else blank
    records: places of the records that are somebody else's in the finding's evidence, from 1; none: all of them
    """

    outcome: str
    cause: str
    note: str
    document_no: str
    handler: str
    on: date
    records: tuple[int, ...] = ()


def listed(centre: Centre, *, household: str = "", everything: bool = False) -> pl.DataFrame:
    """The newest DISPUTE row of each dispute, open ones first by due_on; closed ones only where everything is asked for."""
    with audited(centre.audit, "dispute_list", subject=household) as ending:
        newest = _newest(centre).with_columns(_closed=pl.col("event") == "closed")
        kept = newest if everything else newest.filter(~pl.col("_closed"))
        found = kept.filter(pl.col("household_no") == household) if household else kept
        ending.counts = {"disputes": found.height}
        return found.sort("_closed", "due_on", "dispute_no", nulls_last=True).drop("_closed")


def shown(centre: Centre, dispute_no: str) -> pl.DataFrame:
    """Every event of one dispute, oldest first; raises NotFound."""
    with audited(centre.audit, "dispute_show", facts={"dispute": dispute_no}):
        found = read_appended(centre.store, DISPUTES, DISPUTE).filter(pl.col("dispute_no") == dispute_no)
        if found.is_empty():
            raise _no_such()
        return found


def open_dispute(
    centre: Centre, household: str, finding_id: str, ground: str, handler: str, on: date, now: datetime
) -> pl.DataFrame:
    """A household disputes a finding; the DISPUTE row. The time runs from the first evidence on.

    raises: NotFound where that household has no such finding, UsageError where it is disputed already, no ground is given, or
            the day lies ahead
    """
    _not_ahead(on, now)
    said = clean(ground)
    if not said:
        raise UsageError(say("没有写明异议的理由。"), hint=say("写 --ground，或从标准输入给出；不写证件号码。"))
    with (
        workspace_lock(centre.workspace.path, "dispute open"),
        audited(centre.audit, "dispute_open", subject=household, facts={"finding": finding_id}),
    ):
        _, finding = last_found(centre, finding_id)
        if finding["household_no"][0] != household:
            raise NotFound(say("这一户没有这条发现。"), hint=say("用 finding list --household 查看编号。"))
        if finding_id in reexaminations.open_disputes(centre.store)["finding_id"]:
            raise UsageError(say("这条发现的异议正在办理。"), hint=say("用 dispute list 查看。"))
        known = read_appended(centre.store, DISPUTES, DISPUTE)["dispute_no"].n_unique()
        row = {
            "dispute_no": f"Y{known + 1:06}",
            "event": "opened",
            "finding_id": finding_id,
            "household_no": household,
            "member_no": finding["member_no"][0],
            "ground": said,
            "opened_on": on,
            "handler": clean(handler),
        }
        return _keep(centre, row, now)


def add_evidence(centre: Centre, dispute_no: str, evidence: list[str], on: date, now: datetime) -> pl.DataFrame:
    """The household hands something in; the DISPUTE row, with the day until which the township re-examines.

    The first evidence starts the time: as many working days as the policy gives; null where it gives none.

    raises: NotFound, UsageError where the dispute is closed, nothing is named, or the day lies ahead
    """
    _not_ahead(on, now)
    things = [clean(each) for each in evidence if clean(each)]
    if not things:
        raise UsageError(say("没有写明收到什么材料。"), hint=say("写 --item，每件一次，如 --item 过户协议。"))
    with (
        workspace_lock(centre.workspace.path, "dispute evidence"),
        audited(centre.audit, "dispute_evidence", facts={"dispute": dispute_no}),
    ):
        dispute = _open(centre, dispute_no)
        if on < dispute["opened_on"]:
            raise _too_early()
        since = dispute["evidence_on"] or on
        due = _due(centre, dispute["household_no"], since)
        held = [dispute["evidence"], *things] if dispute["evidence"] else things
        row = {**dispute, "event": "evidence", "evidence": "、".join(held), "evidence_on": since, **due}
        return _keep(centre, row, now)


def close(centre: Centre, dispute_no: str, closing: Closing, now: datetime) -> tuple[pl.DataFrame, int]:
    """The township has re-examined: the DISPUTE row, and how many links were answered 不同.

    raises: NotFound, UsageError where the dispute is closed, or outcome, cause, note and records do not fit each
            other, or the day lies ahead
    """
    _not_ahead(closing.on, now)
    told = _checked(closing)
    with (
        workspace_lock(centre.workspace.path, "dispute close"),
        audited(centre.audit, "dispute_close", facts={"dispute": dispute_no, "outcome": closing.outcome}),
    ):
        dispute = _open(centre, dispute_no)
        if closing.on < (dispute["evidence_on"] or dispute["opened_on"]):
            raise _too_early()
        snapshot, finding = last_found(centre, dispute["finding_id"])
        if finding["record_mark"][0] is None:
            raise UsageError(
                say("这条发现由旧版程序核对，还不能答复。"),
                hint=say("先重新核对：check recipients、check entrants 或 case。"),
            )
        others = _wrong_links(centre, snapshot, finding, closing) if closing.cause == "wrong_person" else None
        row = {
            **dispute, "event": "closed", "outcome": closing.outcome, "cause": closing.cause or None,
            "closed_on": closing.on, **told,
        }  # fmt: skip
        kept = _keep(centre, row, now)
        cause = f"（{CAUSES[closing.cause]}）" if closing.cause else ""
        answer = {
            **finding.select("finding_id", "household_no", "member_no", "rule", "subject", "run", "record_mark").row(
                0, named=True
            ),
            "outcome": closing.outcome,
            "note": f"异议 {dispute_no} 复查{cause}：{told['note'] or OUTCOMES[closing.outcome]}",
            "document_no": told["document_no"],
            "signer": told["handler"],
            "signed_on": closing.on,
        }
        reexaminations.record(centre.store, [answer], now)
        if others is None or others.is_empty():
            return kept, 0
        note = f"异议 {dispute_no} 复查：登记的不是本人"
        said = [decisions.Answer(item, "different", note, told["handler"]) for item in others["item"]]
        decisions.record(centre.store, said, others, now)
        return kept, others.n_unique(_SIDE)


def _wrong_links(centre: Centre, snapshot: KeptRun, finding: pl.DataFrame, closing: Closing) -> pl.DataFrame:
    """The review items of the records that are somebody else's, as review.items_of; none where no link leads to them.

    As the check that found them compared them, and as the newest does: the record may be missing from the last delivery
    and come back, and the member's name may have been corrected since.
    """
    pieces = evidence_pieces(finding)
    if not closing.records and pieces.height > 1:
        raise UsageError(
            say("这条发现有 {count} 条证据，没有写明哪几条不是本人的。", count=pieces.height),
            hint=say("用 finding show 看证据的次序，写 --record 1 --record 2。"),
        )
    if any(place > pieces.height for place in closing.records):
        raise UsageError(say("证据没有这么多条。"), hint=say("用 finding show 看证据的次序。"))
    chosen = pieces[[place - 1 for place in closing.records]] if closing.records else pieces
    home = finding["household_no"].head(1)
    links = LINK.fit(snapshot.read("link", homes=home)).join(chosen, on=list(ORIGIN), how="semi", nulls_equal=True)
    member = finding["member_no"][0]
    theirs = links if member is None else links.filter(pl.col("member_no") == member)
    then = items_of(centre, theirs, rosters.ROSTER.fit(snapshot.read("roster", homes=home)))
    now = items(centre, everything=True).join(theirs, on=_SIDE, how="semi", nulls_equal=True).select(then.columns)
    return pl.concat([then, now]).unique("item", keep="first", maintain_order=True)


def _checked(closing: Closing) -> dict[str, Any]:
    """note, document_no and handler as they are kept; raises UsageError."""
    note, document, handler = clean(closing.note), clean(closing.document_no), clean(closing.handler)
    if bool(closing.cause) != (closing.outcome in _FELL):
        raise UsageError(
            say("结论和原因不相配。"),
            hint=say(
                "已更正、不成立的须写 --cause：wrong_person 非本人、outdated 已过时、source_error 登记有误；其他的不写。"
            ),
        )
    if closing.cause == "wrong_person" and closing.outcome != "cleared":
        raise UsageError(say("结论和原因不相配。"), hint=say("登记的不是本人的，结论写 cleared（不成立）。"))
    if closing.records and closing.cause != "wrong_person":
        raise UsageError(say("--record 只用于登记不是本人的。"), hint=say("去掉 --record，或写 --cause wrong_person。"))
    if not note and closing.outcome != "upheld":
        raise UsageError(say("没有写明复查的依据。"), hint=say("写 --note，如“看过过户协议”；不写证件号码。"))
    return {"note": note or None, "document_no": document or None, "handler": handler}


def _due(centre: Centre, household: str, since: date) -> dict[str, Any]:
    homes = rosters.households(centre.household(household))
    if homes.is_empty():  # it has left the roster; its dispute has not
        return {"due_on": None, "known": None}
    days = reexamination_days(centre, homes, since)["days"]
    due: dict[str, Any] = later(pl.Series([since]), days).row(0, named=True)
    return due


def _open(centre: Centre, dispute_no: str) -> dict[str, Any]:
    found = _newest(centre).filter(pl.col("dispute_no") == dispute_no)
    if found.is_empty():
        raise _no_such()
    dispute = found.row(0, named=True)
    if dispute["event"] == "closed":
        raise UsageError(say("这件异议已经办结。"), hint=say("又有异议的，用 dispute open 另立一件。"))
    return dispute


def _newest(centre: Centre) -> pl.DataFrame:
    return read_appended(centre.store, DISPUTES, DISPUTE).unique("dispute_no", keep="last", maintain_order=True)


def _keep(centre: Centre, row: dict[str, Any], now: datetime) -> pl.DataFrame:
    told = pl.DataFrame([{**row, "taken_at": now.isoformat(timespec="seconds")}], schema=dict(DISPUTE.columns))
    return append(centre.store, DISPUTES, DISPUTE, told)


def _no_such() -> NotFound:
    return NotFound(say("没有这件异议。"), hint=say("用 dispute list --all 查看编号。"))


def _not_ahead(on: date, now: datetime) -> None:
    """Raises UsageError: what is dated ahead would not be seen until that day, and nothing could follow it."""
    if on > now.date():
        raise UsageError(say("日期在今天之后。"), hint=say("写实际的日期，不写则为今天。"))


def _too_early() -> UsageError:
    return UsageError(say("日期早于上一步。"), hint=say("用 dispute show 看各步的日期。"))
