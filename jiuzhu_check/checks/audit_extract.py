"""审计摘录 audit extract: who looked at whom, why, under which consent, when; and whether the log it is taken from is whole.

The log holds pseudonyms. Whoever has the key finds out whose they are by making the pseudonyms of the households and persons
of the roster of that time; nothing else undoes them. Of a run that names nobody (a night's recheck of everybody) the
kept result says whether a household was among those read. What else names nobody stays in an extract about one household,
marked so: it may have been read there too.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from itertools import product
from typing import Any

import polars as pl

from jiuzhu_check.audit import paper_code
from jiuzhu_check.audit.verify import Verification, verify
from jiuzhu_check.checks.audited import audited
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.consent import papers_of, read_consents, without_consent
from jiuzhu_check.checks.issued import Register
from jiuzhu_check.checks.kept_run import DATASET, opened
from jiuzhu_check.errors import Refused, UsageError
from jiuzhu_check.intake.stored import ROSTER_DATASET
from jiuzhu_check.language import say
from jiuzhu_check.store.snapshot import Snapshot
from jiuzhu_check.tables import roster as rosters
from jiuzhu_check.tables.audit_extract import AUDIT_EXTRACT
from jiuzhu_check.tables.roster import ROSTER
from jiuzhu_check.values import identity_number

CHINA = timezone(timedelta(hours=8))
# What an action of the log is called on the command line, where it is not its own words: review_list is review list.
COMMANDS = {
    "recipients": "check recipients", "entrants": "check entrants", "lookup": "case --person-no", "reveal": "--reveal",
    "notice": "report notice", "fetch": "pull", "inquiry": "inquiry ask", "inquiry_round": "pull",
    "answer": "inquiry answer", "quality": "source quality", "reject_rows": "reject export", "release": "reject release",
    "try_source": "connector test", "evaluate": "match evaluate", "decoys": "match decoys",
}  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """What an extract is about; empty and null: everything.

    since, until: China's calendar days, both within
    person_no:    a number as somebody said it; also finds what was about the person's household
    command:      as COMMANDS has it, or an action of the log; a first word stands for all that begin with it
    """

    reason: str
    since: date | None = None
    until: date | None = None
    household: str = ""
    person_no: str = ""
    operator: str = ""
    command: str = ""


@dataclass(frozen=True)
class Extract:
    """What was found, and in what state the log was when it was read.

    rows: AUDIT_EXTRACT rows in the order of the log
    raw:  of each row the lines of the log, intent and outcome (null: none), as the log seals them
    """

    workspace: str
    wanted: Wanted
    rows: pl.DataFrame
    raw: list[tuple[Mapping[str, Any], Mapping[str, Any] | None]] = field(repr=False)
    log: Verification


def extract(centre: Centre, wanted: Wanted) -> Extract:
    """The part of the log that is wanted; audited itself, before the log is read.

    raises: Refused without a reason, UsageError where the days are the wrong way round
    """
    if not wanted.reason.strip():
        raise Refused(
            say("摘录审计记录要写明原因。"), hint=say("加 --reason，写明谁要、文号、用途；原因里不要写号码。")
        )
    if wanted.since and wanted.until and wanted.until < wanted.since:
        raise UsageError(say("截止日早于起始日。"), hint=say("--from 写较早的一天，--to 写较晚的一天，两天都在内。"))
    facts = {
        "since": str(wanted.since or ""), "until": str(wanted.until or ""), "operator": wanted.operator, "command": wanted.command,
    }  # fmt: skip
    subject = wanted.household or wanted.person_no
    with audited(
        centre.audit, "audit_extract", purpose="audit", reason=wanted.reason, subject=subject, facts=facts
    ) as ending:
        acts: dict[int, Mapping[str, Any]] = {}
        ends: dict[int, Mapping[str, Any]] = {}

        def see(record: Mapping[str, Any]) -> None:
            if record["phase"] == "outcome":
                ends[record["intent"]] = record
            else:
                acts[record["seq"]] = record

        log = verify(centre.workspace.audit_dir, centre.workspace.keys.audit, see=see)
        homes, ours = _pseudonyms(centre, wanted)
        papers = _papers(centre, homes)
        asked = [(act, ends.get(act["seq"])) for act in acts.values() if _is_wanted(act, wanted, ours)]
        read = _read_by_run(centre, {str(_facts(*pair).get("run")) for pair in asked}, homes)
        raw = [(act, end) for act, end in asked if _may_concern(act, _facts(act, end), read, papers)]
        whose = _resolved(centre, [act for act, _ in raw])
        told = [_row(act, end, whose, read, papers) for act, end in raw]
        for row in told:
            if row["reach"] == "included" and len(homes) == 1:
                row["household_no"] = homes[0]
        rows = AUDIT_EXTRACT.fit(pl.DataFrame(told, schema={**AUDIT_EXTRACT.columns, "day": pl.String()}, orient="row"))
        rows = rows.with_columns(
            consent=_consents(centre, rows["household_no"].to_list(), [row["day"] for row in told])
        )
        ending.counts = {"rows": rows.height}
        ending.result = "ok" if log.is_whole else "damaged"
        return Extract(centre.workspace.id, wanted, rows, raw, log)


def _is_wanted(act: Mapping[str, Any], wanted: Wanted, ours: set[str] | None) -> bool:
    day = _moment(act["ts"]).date()
    subject = act.get("subject", "")
    return (
        (wanted.since is None or wanted.since <= day)
        and (wanted.until is None or day <= wanted.until)
        and (not wanted.operator or act["operator"] == wanted.operator)
        and (not wanted.command or _is_command(act["action"], wanted.command))
        and (ours is None or not subject or subject in ours)
    )


def _is_command(action: str, command: str) -> bool:
    words = command.split()
    return action == command or _command(action).split()[: len(words)] == words


def _command(action: str) -> str:
    return COMMANDS.get(action, action.replace("_", " "))


def _pseudonyms(centre: Centre, wanted: Wanted) -> tuple[list[str], set[str] | None]:
    """The households asked about, and what may stand in the log for them or the person; null: nobody is asked about."""
    if not (wanted.household or wanted.person_no):
        return [], None
    homes, said = [wanted.household], {wanted.household, wanted.person_no}
    if wanted.person_no:
        number = identity_number.read(pl.Series([wanted.person_no]))["number"][0]
        homes = centre.households_of(number, wanted.person_no)
        said |= {number, *homes}
    kept = [centre.store.snapshot(ROSTER_DATASET, entry.id) for entry in centre.store.snapshots(ROSTER_DATASET)]
    for home, roster in product(homes, kept):
        people = centre.household(home, roster)
        if wanted.person_no:
            number = identity_number.read(pl.Series([wanted.person_no]))["number"][0]
            people = people.filter(
                (pl.col("person_no") == wanted.person_no) | (pl.col("number") == pl.lit(number, pl.String))
            )
        said |= {text for column in _NAMING for text in people[column].to_list()}
    return homes, {centre.audit.pseudonym(text) for text in said if text}


def _read_by_run(centre: Centre, runs: set[str], homes: list[str]) -> dict[str, bool]:
    """Of each kept run of these whether it read one of the households; none where no household is asked about."""
    kept = {entry.id[7:]: entry.id for entry in centre.store.snapshots(DATASET)} if homes else {}
    told = {}
    for run in sorted(runs & set(kept)):
        roster = opened(centre.store, kept[run]).read("roster", ["household_no"])
        told[run] = bool(roster["household_no"].is_in(homes).any())
    return told


def _papers(centre: Centre, homes: list[str]) -> dict[str, str]:
    """Number and household of each paper that was given out; of these households alone where some are asked about."""
    issued = Register.open(centre).issued
    ours = issued.filter(pl.col("household_no").is_in(homes)) if homes else issued
    return dict(ours.select("number", "household_no").iter_rows())


def _issued_to(facts: Mapping[str, Any], papers: Mapping[str, str]) -> str | None:
    """The households whose papers a record of issue names; null where it is none, or of nobody who is asked about."""
    return (
        "、".join(dict.fromkeys(papers[number] for number, *_ in facts.get("papers", []) if number in papers)) or None
    )


def _may_concern(
    act: Mapping[str, Any], facts: Mapping[str, Any], read: Mapping[str, bool], papers: Mapping[str, str]
) -> bool:
    """Whether an act may have been about a household: no issue of another's papers, and not one on a run that did not read it.

    Rejected rows are of deliveries, whatever the run: they may be of anybody.
    """
    if act["action"] == paper_code.ACTION:
        return _issued_to(facts, papers) is not None
    return bool(act.get("subject")) or facts.get("table") == "rejects" or read.get(str(facts.get("run")), True)


def _facts(act: Mapping[str, Any], end: Mapping[str, Any] | None) -> dict[str, Any]:
    return {**act.get("facts", {}), **(end.get("facts", {}) if end else {})}


_NAMING = ("person_no", "number", "name", "name_key")


def _resolved(centre: Centre, acts: Iterable[Mapping[str, Any]]) -> dict[int, tuple[str | None, str | None]]:
    """By an act's number, household and member of its pseudonym, as the roster of that time had them.

    Where that roster had nobody of the kind, the one before it that did counts, else the first one after it. None where the
    pseudonym stands for something else, such as a run or a stranger. Of each roster only new names are tried: most rosters
    say again what the last one said.
    """
    waiting = {act["seq"]: act for act in acts if act.get("subject")}
    subjects = {act["subject"] for act in waiting.values()}
    told: dict[int, tuple[str | None, str | None]] = {}
    tried, known = pl.Series("text", dtype=pl.String), dict[str, str]()
    for entry in reversed(centre.store.snapshots(ROSTER_DATASET)):
        if not waiting:
            break
        roster = centre.store.snapshot(ROSTER_DATASET, entry.id)
        names = _names(roster)
        fresh = names.filter(~pl.col("text").is_in(tried.implode()))["text"].unique()
        known |= {text: subject for text in fresh if (subject := centre.audit.pseudonym(text)) in subjects}
        tried = pl.concat([tried, fresh])
        here = _by_subject(names, known)
        for seq, act in [(seq, act) for seq, act in waiting.items() if act["subject"] in here]:
            told[seq] = here[act["subject"]]
            if datetime.fromisoformat(roster.received) <= datetime.fromisoformat(act["ts"]):
                del waiting[seq]
    return told


def _by_subject(names: pl.DataFrame, known: Mapping[str, str]) -> dict[str, tuple[str | None, str | None]]:
    """Households and members of one roster for whom each pseudonym stands."""
    homes: dict[str, set[str]] = {}
    people: dict[str, set[str]] = {}
    for home, member, text in names.filter(pl.col("text").is_in(list(known))).iter_rows():
        homes.setdefault(known[text], set()).add(home)
        people.setdefault(known[text], set()).update({member} - {None})
    return {
        subject: ("、".join(sorted(homes[subject])), "、".join(sorted(people[subject])) or None) for subject in homes
    }


def _names(roster: Snapshot) -> pl.DataFrame:
    """household_no, member_no and text: everything by which a roster's households and members may have been asked for."""
    columns = ["household_no", "member_no", *_NAMING]
    parts = [roster.read(name, columns) for name in roster.part_names() if name.startswith("h")]
    people = pl.concat([ROSTER.empty().select(columns), *parts])
    by_name = people.unpivot(_NAMING, index=["household_no", "member_no"], variable_name="_", value_name="text").drop(
        "_"
    )
    by_home = people.select("household_no", member_no=pl.lit(None, pl.String), text="household_no")
    return pl.concat([by_home, by_name]).drop_nulls("text").unique(maintain_order=True)


def _row(
    act: Mapping[str, Any],
    end: Mapping[str, Any] | None,
    whose: Mapping[int, tuple[str | None, str | None]],
    read: Mapping[str, bool],
    papers: Mapping[str, str],
) -> dict[str, Any]:
    """The AUDIT_EXTRACT row, and the day that the act took for today; empty where it read no household's records."""
    facts = _facts(act, end)
    subject = act.get("subject") or None
    home, member = whose.get(act["seq"], (_issued_to(facts, papers), None))
    return {
        "seq": act["seq"],
        "at": _shown(act["ts"]),
        "operator": act["operator"],
        "host": act["host"],
        "login_uid": act["loginuid"],
        "os_uid": act["os_uid"],
        "tool": act["tool"],
        "action": act["action"],
        "command": _command(act["action"]),
        "purpose": act.get("purpose") or None,
        "reason": act.get("reason") or None,
        "reach": "named" if subject or home else "included" if read.get(str(facts.get("run"))) else "unnamed",
        "household_no": home,
        "member_no": member,
        "subject": subject,
        "consent": None,
        "result": end["result"] if end else "noted" if act["phase"] == "note" else None,
        "ended_at": _shown(end["ts"]) if end else None,
        "outcome_seq": end["seq"] if end else None,
        "counts": _json({**act.get("counts", {}), **(end["counts"] if end else {})}),
        "facts": _json(facts),
        "hash": act["hash"],
        "day": "" if act["action"] == "audit_extract" else str(facts.get("as_of") or _moment(act["ts"]).date()),
    }


def _json(told: Mapping[str, Any]) -> str | None:
    return json.dumps(told, ensure_ascii=False, sort_keys=True) if told else None


def _moment(ts: str) -> datetime:
    return datetime.fromisoformat(ts).astimezone(CHINA)


def _shown(ts: str) -> str:
    return _moment(ts).isoformat(sep=" ", timespec="seconds")


def _consents(centre: Centre, homes: list[str | None], days: list[str]) -> pl.Series:
    """Of each row that names one household: whose consent held on that day, and why another's did not."""
    asked = {(home, on) for home, on in zip(homes, days, strict=True) if home and on and "、" not in home}
    told: dict[tuple[str | None, str], str] = {}
    events = read_consents(centre.store)  # what was withdrawn later held on an earlier day
    for home in sorted({home for home, _ in asked}):
        roster = centre.household(home)
        people = rosters.members(roster)
        for on in [] if roster.is_empty() else [on for at, on in asked if at == home]:
            day = date.fromisoformat(on)
            then = events.filter((pl.col("event") == "given") | (pl.col("withdrawn_on") <= day))
            told[home, on] = _consent_of(people, papers_of(roster, then), day)
    pairs = zip(homes, days, strict=True)
    return pl.Series("consent", [told.get(pair) for pair in pairs], dtype=pl.String)


def _consent_of(members: pl.DataFrame, papers: pl.DataFrame, on: date) -> str:
    without = without_consent(members, papers, on)
    held = papers.join(without, on="member_no", how="anti").filter(
        pl.col("signed_on") <= on, pl.col("valid_until") >= on
    )
    by_paper = held.group_by("consent_no", "signed_on", "valid_until", maintain_order=True).agg("member_no")
    said = [f"{no}（{since} 至 {until}，成员 {_listed(who)}）" for no, since, until, who in by_paper.iter_rows()]
    lacking = without.group_by("reason", maintain_order=True).agg("member_no")
    said += [f"成员 {_listed(who)} {reason}" for reason, who in lacking.iter_rows()]
    return "；".join(said)


def _listed(members: Iterable[str]) -> str:
    return "、".join(members)
