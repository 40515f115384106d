"""复核 review: the queue of links that a person has to look at, what people answered, and how often they said 相同.

An item is one record owner and one member, told by the values that were compared; rows of a delivery that say the same
are one item. Neither tier nor reason is handed to a reader: who judges must not know what the matcher made of it.
"""

import hashlib
import hmac
import math
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime

import polars as pl

from jiuzhu_check.checks import results
from jiuzhu_check.checks.audited import audited
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.consent import closed_since
from jiuzhu_check.checks.deadline import by_law
from jiuzhu_check.checks.decisions import Answer, checked, read_decisions, record
from jiuzhu_check.errors import IntegrityError, NotFound
from jiuzhu_check.intake.source import Source
from jiuzhu_check.intake.stored import kept_records, read_records
from jiuzhu_check.language import say
from jiuzhu_check.matching.decisions import settle, standing
from jiuzhu_check.reports.plain import mask_account
from jiuzhu_check.store.bucket import bucket
from jiuzhu_check.store.lock import workspace_lock
from jiuzhu_check.tables import roster as rosters
from jiuzhu_check.tables.decision import COMPARED
from jiuzhu_check.tables.link import LINK
from jiuzhu_check.tables.record import ACCOUNT, ORIGIN, OWNER
from jiuzhu_check.values import identity_number

SECOND_SHARE = 10  # one decided item in so many is read by a second reader
STATES = {
    "new": "未复核",
    "unsure": "不确定",
    "conflict": "意见不一",
    "several": "两人皆答相同",
    "decided": "已复核",
    "settled": "不待复核",
}
EFFECTS = ("可能有出入", "可能需询问", "预计无出入", "只改归属")
# What a household declares of a kind of record: counts of things, or a member's income. A ship is no car that it
# declared, a filed contract no home.
DECLARED = {"vehicle": "vehicle", "real_estate": "dwelling", "provident_fund": "income_month"}
_DECLARED_KINDS = (None, "motor_vehicle", "registered")
_MEMBER = ["household_no", "member_no"]
_UNREADABLE = "原始记录读不出来"


def queue(centre: Centre, reviewer: str = "", *, second: bool = False, household: str = "") -> pl.DataFrame:
    """The items to read, in the order to read them; see items.

    second:    instead, the items that a second reader is offered: a sample of a tenth of those that one other reader
               has decided, the same sample at every call
    reviewer:  who asks; nobody is offered an own answer
    household: instead, every link of one household, so that one that needs no review can be disputed
    raises:    NotFound where nothing was ever checked
    """
    with audited(centre.audit, "review_list", facts={"second": second}, subject=household) as ending:
        every = items(centre, everything=bool(household))
        if household:
            found = every.filter(pl.col("household_no") == household)
        else:
            found = _second(every, reviewer) if second else every.filter(pl.col("status") == "review")
        ending.counts = {"items": found.height}
        return found


def items(centre: Centre, *, everything: bool = False) -> pl.DataFrame:
    """Every item under review or ever answered, of the newest result of every household, in the queue's order.

    Links of members who have withdrawn their consent since are left out: showing them would open their records.

    everything: also the links that nobody has asked about
    returns:    item, COMPARED, status (what the next check would make of it), state (STATES), readers, effect (a place
                in EFFECTS), number_evidence and name_relation (for counting, not for showing), of the member name,
                relation, former_names, others (names of the rest of the household), of the household stage and
                accepted_on, due_on (an applicant's deadline by law, null where none is named), of the first record ORIGIN and data_date, records (how many rows say the same), as_of
    """
    decisions = read_decisions(centre.store)
    told = standing(decisions)
    links, roster = _newest(centre)
    settled = settle(links, decisions, roster.select(*_MEMBER, "person_no", "number", "name_key"))
    closed = closed_since(centre.store, roster)
    settled = settled.join(closed, on=_MEMBER, how="anti", maintain_order="left") if closed.height else settled
    people = _people(roster).join(_deadlines(centre, roster), on="household_no", how="left")
    named = settled.join(people, on=_MEMBER, how="left", maintain_order="left")
    answered = named.join(
        told.select(*COMPARED, "outcome", "readers"), on=list(COMPARED), how="left", nulls_equal=True
    ).with_columns(effect=_effect(centre.sources), as_of=links["as_of"].max() if links.height else None)
    asked = (pl.col("status") == "review") | pl.col("outcome").is_not_null()
    wanted = answered if everything else answered.filter(asked)
    ordered = wanted.sort("source", "supplier", "extract", "sheet", "source_row", "slot", *_MEMBER)
    alike = ordered.group_by(list(COMPARED), maintain_order=True).agg(pl.all().first(), records=pl.len())
    return (
        alike.with_columns(_items(alike, _key(centre, "item")), _state(), _waits())
        .sort("_waits", "effect", "household_no", "source", "item", nulls_last=True)
        .drop("_waits", "number", "tier", "reason", "expected_namesakes")
    )


def items_of(centre: Centre, links: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """The items that some LINK rows are, of whatever run: item, COMPARED, number_evidence, name_relation.

    members: ROSTER rows, as that run checked them
    """
    named = links.join(members.select(*_MEMBER, "name_key"), on=_MEMBER, how="left", maintain_order="left")
    alike = named.unique(list(COMPARED), keep="first", maintain_order=True)
    return alike.select(*COMPARED, "number_evidence", "name_relation", _items(alike, _key(centre, "item")))


def one_item(centre: Centre, item: str) -> pl.DataFrame:
    """The one row of items of that name. The caller has audited it.

    raises: NotFound where no link of the newest results is so named: the values that it stood for have changed
    """
    for everything in (False, True):
        found = items(centre, everything=everything).filter(pl.col("item") == item)
        if found.height:
            return found
    raise NotFound(say("没有这一项。"), hint=say("用 review list 查看；所比的内容变了，编号也会变，须重新复核。"))


def shown(centre: Centre, item: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """One item with its record's facts, and every DECISION row on it, oldest first; raises NotFound."""
    with audited(centre.audit, "review_show", facts={"item": item}):
        found = with_facts(centre, one_item(centre, item))
        return found, read_decisions(centre.store).filter(pl.col("item") == item)


def decide(centre: Centre, answer: Answer, now: datetime) -> pl.DataFrame:
    """Keep one answer; the DECISION row. It changes the next check, and no result that is there.

    raises: NotFound where there is no such item, UsageError as checks/decisions.py checked, Locked
    """
    given = checked(answer)
    with (
        workspace_lock(centre.workspace.path, "review decide"),
        audited(centre.audit, "review_decide", facts={"item": given.item, "outcome": given.outcome}),
    ):
        return record(centre.store, [given], one_item(centre, given.item), now)


def with_facts(centre: Centre, wanted: pl.DataFrame) -> pl.DataFrame:
    """The items with what their records say (facts): a line for each column, under the department's own heading."""
    told = [
        rows.select("item").with_columns(facts=_facts(centre, rows))
        for rows in wanted.partition_by("source", "supplier", "snapshot", maintain_order=True)
    ]
    facts = pl.concat([pl.DataFrame(schema={"item": pl.String, "facts": pl.String}), *told])
    return wanted.join(facts, on="item", how="left", maintain_order="left")


def counted(centre: Centre) -> tuple[pl.DataFrame, dict[str, int]]:
    """How the answers fell, by source and by what the matcher had seen; and how often two readers agreed.

    returns: one row a group: by (source | evidence), source or number_evidence and name_relation, open, decided, same,
             different, unsure, conflict, and share, low, high: 相同 among 相同 and 不同 with its 95 % interval (Wilson),
             null where there is none. Then second: items read by two, and agreed
    """
    with audited(centre.audit, "review_stats"):
        decisions = read_decisions(centre.store)
        open_ = items(centre).filter(pl.col("status") == "review")
        told = standing(decisions)
        groups = [
            _by(told, open_, "source", ["source"]),
            _by(told, open_, "evidence", ["number_evidence", "name_relation"]),
        ]
        return pl.concat(groups, how="diagonal"), _agreement(decisions)


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share.

    >>> tuple(round(end, 3) for end in wilson(9, 10))
    (0.596, 0.982)
    """
    z = 1.959964
    share, spread = hits / of, 1 + z * z / of
    middle = share + z * z / (2 * of)
    reach = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return max(0.0, (middle - reach) / spread), min(1.0, (middle + reach) / spread)


def newest_day(centre: Centre) -> date:
    """The day of the newest check; raises NotFound where there is none."""
    return date.fromisoformat(results.find(centre.store, "all")[0].facts["run"][0]["as_of"])


def _key(centre: Centre, what: str) -> bytes:
    return hmac.digest(centre.store.bucket_key, b"review " + what.encode(), "sha256")


def _items(rows: pl.DataFrame, key: bytes) -> pl.Series:
    """What stands for each row's compared values: the same from run to run, and no way back without the key."""
    said = ("\x1f".join("\0" if value is None else str(value) for value in row) for row in rows[list(COMPARED)].rows())
    return pl.Series("item", [hmac.digest(key, each.encode(), "sha256").hex()[:12] for each in said], dtype=pl.String)


def _newest(centre: Centre) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The links, with their run's as_of, and the ROSTER rows of every household's newest result."""
    links = [LINK.empty().with_columns(as_of=pl.lit(None, pl.Date))]
    people = [rosters.ROSTER.empty()]
    for snapshot, homes in results.newest(results.find(centre.store, "all")):
        here = pl.col("household_no").is_in(homes.implode())
        as_of = pl.lit(snapshot.facts["run"][0]["as_of"]).str.to_date()
        links.append(LINK.fit(snapshot.read("link").filter(here)).with_columns(as_of=as_of))
        people.append(rosters.ROSTER.fit(snapshot.read("roster").filter(here)))
    return pl.concat(links), pl.concat(people)


def _people(roster: pl.DataFrame) -> pl.DataFrame:
    """Each member with its household's declarations, days and other members."""
    homes = rosters.households(roster).select("household_no", "stage", "accepted_on")
    wide = rosters.declarations(roster)
    counts = wide.filter(pl.col("member_no").is_null()).pivot(
        "item", index="household_no", values="declared", aggregate_function="last"
    )
    known = [pl.col(name) if name in counts.columns else pl.lit(None).alias(name) for name in ("vehicle", "dwelling")]
    members = roster.select(*_MEMBER, "name", "name_key", "number", "relation", "former_names", "income_month")
    everybody = members.group_by("household_no", maintain_order=True).agg(
        _all=pl.struct("member_no", pl.format("{}（{}）", "name", pl.col("relation").fill_null("成员")).alias("_who"))
    )
    others = (
        members.select(_MEMBER)
        .join(everybody, on="household_no", how="left")
        .explode("_all")
        .unnest("_all", separator=":")
        .filter(pl.col("_all:member_no") != pl.col("member_no"))
        .group_by(_MEMBER)
        .agg(others=pl.col("_all:_who").str.join("、"))
    )
    return (
        members.join(others, on=_MEMBER, how="left")
        .join(homes, on="household_no", how="left")
        .join(counts.select("household_no", *known), on="household_no", how="left")
    )


def _effect(sources: Mapping[str, Source]) -> pl.Expr:
    """What saying 相同 would change, as a place in EFFECTS; by the household's counts, not yet by the county's policy."""
    item = pl.col("source").replace_strict(
        {
            name: DECLARED.get(source.table, "")
            for name, source in sources.items()
            if source.constants.get("kind") in _DECLARED_KINDS
        },
        default="",
        return_dtype=pl.String,
    )
    thing = pl.coalesce("subject", pl.format("{}!{}:{}", "extract", "sheet", "source_row"))
    held = pl.col("status") == "accepted"
    have = thing.filter(held).n_unique().over("household_no", "source")
    counted = held.any().over("household_no", "source", thing)
    declared = (
        pl.when(item == "vehicle")
        .then(pl.col("vehicle"))
        .when(item == "dwelling")
        .then(pl.col("dwelling"))
        .when(item == "income_month")
        .then(pl.col("income_month"))
    )
    more = pl.when(item == "income_month").then(declared == 0).otherwise(have + 1 > declared)
    return (
        pl.when(counted & (item != "income_month"))
        .then(3)
        .when(item == "")
        .then(2)
        .when(declared.is_null())
        .then(1)
        .when(more)
        .then(0)
        .otherwise(2)
    )


def _state() -> pl.Expr:
    outcome, waits = pl.col("outcome"), pl.col("status") == "review"
    return (
        pl.when(outcome.is_null() & waits)
        .then(pl.lit("new"))
        .when(outcome.is_null())
        .then(pl.lit("settled"))
        .when(outcome.is_in(["unsure", "conflict"]))
        .then(outcome)
        .when(waits)
        .then(pl.lit("several"))
        .otherwise(pl.lit("decided"))
        .alias("state")
    )


def _deadlines(centre: Centre, roster: pl.DataFrame) -> pl.DataFrame:
    """household_no, due_on of every applicant for whom the law of the newest check's day names a time."""
    if roster.is_empty():
        return pl.DataFrame(schema={"household_no": pl.String, "due_on": pl.Date})
    return by_law(centre, rosters.households(roster), newest_day(centre)).select("household_no", "due_on")


def _waits() -> pl.Expr:
    """An applicant's deadline, or the day of acceptance where the law names none; null for recipients: none runs."""
    until = pl.coalesce("due_on", "accepted_on")
    return pl.when(pl.col("stage") == "applicant").then(until).alias("_waits")


def _second(every: pl.DataFrame, reviewer: str) -> pl.DataFrame:
    decided = every.filter(pl.col("state") == "decided")
    lots = pl.Series([hashlib.sha256(f"second {item}".encode()).digest() for item in decided["item"]], dtype=pl.Binary)
    drawn = decided.with_columns(_lot=lots.rank("ordinal")).filter(
        pl.col("_lot") <= math.ceil(decided.height / SECOND_SHARE)
    )
    once = (pl.col("readers").list.len() == 1) & (pl.col("readers").list.first() != reviewer)
    return drawn.filter(once).drop("_lot")


def _facts(centre: Centre, rows: pl.DataFrame) -> pl.Series:
    """The facts of records of one snapshot, in the order of the rows."""
    source, supplier, name = rows.select("source", "supplier", "snapshot").row(0)
    snapshot = kept_records(centre.store, source, supplier, name)
    parts = int(snapshot.facts["parts"])
    numbers = identity_number.read(rows["owner_no"])["number"].to_frame("number")
    places = numbers.select(bucket(pl.col("number"), parts, centre.store.bucket_key)).to_series()
    there = snapshot.part_names()
    keyed = [part for place in sorted(places.drop_nulls().unique()) if (part := f"n{place:03}") in there]
    loose = [part for part in there if part.startswith("loose")]
    labels = _labels(centre.sources[source]) if source in centre.sources else {}
    waiting = rows.select(*ORIGIN).with_row_index("_at")
    told: dict[int, str] = {}
    for part in (*keyed, *loose):
        if len(told) == rows.height:
            break
        try:
            records = read_records(snapshot, part)
        except IntegrityError:
            continue
        for row in records.join(waiting, on=list(ORIGIN), how="inner").iter_rows(named=True):
            said = (
                f"{head}：{label(row[column])}" for column, (head, label) in labels.items() if row[column] is not None
            )
            told[row["_at"]] = "\n".join(said)
    return pl.Series([told.get(at, _UNREADABLE) for at in range(rows.height)], dtype=pl.String)


def _labels(source: Source) -> dict[str, tuple[str, Callable[[object], str]]]:
    """Of each column of the source but the owner's: the department's heading, and how it writes a value."""
    apart = {*ORIGIN, *OWNER} - {"record_date"}

    def speak(column: str) -> Callable[[object], str]:
        if column == ACCOUNT.get(source.table):
            return lambda value: mask_account(str(value))
        lookup = source.lookups.get(column)
        words = {code: raw for raw, code in reversed(list(lookup.values.items()))} if lookup else {}
        return lambda value: words.get(str(value), str(value))

    return {
        column: (headings[0], speak(column))
        for column, headings in source.columns.items()
        if column not in apart and headings
    }


def _by(told: pl.DataFrame, open_: pl.DataFrame, kind: str, keys: list[str]) -> pl.DataFrame:
    """One row a group of answers and of open items, sorted."""
    is_ = pl.col("outcome")
    answers = told.group_by(keys).agg(
        pl.len().alias("decided"),
        *(((is_ == each).sum()).alias(each) for each in ("same", "different", "unsure", "conflict")),
    )
    waiting = open_.group_by(keys).agg(pl.len().alias("open"))
    rows = waiting.join(answers, on=keys, how="full", coalesce=True, nulls_equal=True).sort(keys, nulls_last=True)
    ends = [_share(same or 0, different or 0) for same, different in rows.select("same", "different").iter_rows()]
    shares = pl.DataFrame(ends, schema=dict.fromkeys(("share", "low", "high"), pl.Float64), orient="row")
    numbers = ("open", "decided", "same", "different", "unsure", "conflict")
    whole = rows.select(
        pl.lit(kind).alias("by"), *keys, *(pl.col(name).fill_null(0).cast(pl.Int64) for name in numbers)
    )
    return pl.concat([whole, shares], how="horizontal")


def _share(same: int, different: int) -> tuple[float | None, float | None, float | None]:
    of = same + different
    return (same / of, *wilson(same, of)) if of else (None, None, None)


def _agreement(decisions: pl.DataFrame) -> dict[str, int]:
    """Of the items that two read: how many, and how often the first answers of the first two were the same."""
    pairs = list(_first_two(decisions))
    return {"second": len(pairs), "agreed": sum(one == other for one, other in pairs)}


def _first_two(decisions: pl.DataFrame) -> Iterator[tuple[str, str]]:
    firsts = decisions.unique(["item", "reviewer"], keep="first", maintain_order=True)
    for outcomes in firsts.group_by("item", maintain_order=True).agg("outcome")["outcome"]:
        if len(outcomes) > 1:
            yield outcomes[0], outcomes[1]
