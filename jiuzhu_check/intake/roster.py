"""名册导入 roster import: adds or updates by household and never displaces others. accepted + returned = delivered.

What cannot be taken goes back with row and reason (补正), and its whole household with it: a household checked without
one of its members would look poorer than it is.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from jiuzhu_check.errors import UsageError
from jiuzhu_check.intake.delivery import Delivery, read_delivery
from jiuzhu_check.intake.note import Note
from jiuzhu_check.intake.parting import PARTS
from jiuzhu_check.intake.pull import read_file
from jiuzhu_check.intake.roster_brought import BROUGHT
from jiuzhu_check.intake.roster_replace import Leaving, Replacing, agreed, leaving
from jiuzhu_check.intake.roster_returned import PART, read_returned, still_out, went_back
from jiuzhu_check.intake.source import Source
from jiuzhu_check.intake.stored import ROSTER_DATASET, read_roster
from jiuzhu_check.language import say
from jiuzhu_check.store.bucket import bucket, bucket_text
from jiuzhu_check.store.rehearsal import Rehearsal
from jiuzhu_check.store.snapshot import Store
from jiuzhu_check.tables import roster as rosters
from jiuzhu_check.tables.reject import NOT_DATA, REJECT
from jiuzhu_check.tables.roster import ROSTER, ROSTER_ROW
from jiuzhu_check.values import identity_number, person_name

_ONE_A_HOUSEHOLD = {
    "programme": "救助类别",
    "stage": "办理状态",
    "batch": "批次",
    "vehicle": "申报车辆数",
    "dwelling": "申报住房套数",
    "ancestral_house": "申报未居住祖屋数",
    "commercial_premises": "申报商业用房数",
    "ship": "申报船舶数",
    "farm_machinery": "申报农机数",
    "market_entity": "申报市场主体数",
    "financial_asset": "申报金融资产",
}
_ROW = ["sheet", "source_row"]
ROUNDED = "000"  # the end of a number that a spreadsheet kept fifteen digits of
_WITH_HOUSEHOLD = "同户有一行需补正，整户退回"
INDEX = {"number": pl.String(), "person_no": pl.String(), "household_no": pl.String()}


@dataclass(frozen=True)
class Imported:
    """What an import took in: delivered = accepted + returned, in rows.

    returned_rows: REJECT rows, with the reason of each
    flagged:       sheet, source_row, household_no and kind of each member whose number is taken but cannot be right, or is not
                   that of the birth date and sex beside it (kind 出生日期, 性别 or both), or may have lost its end in
                   a spreadsheet (kind ROUNDED)
    repeated:      sheet, source_row and household_no of members whose number stands in more than one household, and in
                   which others
    unread:        heading and notes of cells that hold something that cannot be read, and count as blank; so do codes that
                   no table knows
    batches:       batch and households of the applicants that were accepted; batch is null where they are in none
    leaving:       who left, or would leave, the recipients; null where the roster replaces nothing
    """

    extract: str
    delivered: int
    accepted: int
    returned: int
    households: int
    added: int
    updated: int
    returned_rows: pl.DataFrame
    flagged: pl.DataFrame
    repeated: pl.DataFrame
    unread: tuple[tuple[str, Note], ...]
    batches: pl.DataFrame
    leaving: Leaving | None = None


def import_roster(
    store: Store, source: Source, path: Path, *, batch: str = "", replacing: Replacing | None = None
) -> Imported:
    """Take in a roster file; households that it does not name stay as they are, unless it replaces the recipients.

    batch:     the batch of its applicants, where the file has no such column
    replacing: the file is the whole list of current recipients of its regions; whom it leaves out has ended
    raises:    ExtractChanged where the file breaks its contract, NotFound where there is no such file, UsageError where
               it names another batch; as roster_replace's leaving and agreed
    """
    assert replacing is None or replacing.agreed is not None or isinstance(store, Rehearsal), "nobody was asked"
    data = read_file(path)
    snapshot = f"{store.sequence(ROSTER_DATASET):06}"
    _land(store, source, data, path.name)
    delivery = read_delivery(source, data, path.name)
    rows = _in_batch(_typed(delivery.rows), batch)
    last = store.latest(ROSTER_DATASET)
    before, earlier = read_roster(last), read_returned(last)
    reasons = _reasons(rows, delivery.torn, before)
    returned = _returned(delivery, reasons, source, snapshot, path.name)
    accepted = _staying_in_batch(rows.join(reasons, on=_ROW, how="anti"), before, earlier)
    known = before["household_no"].unique()
    back = went_back(rows, delivery, returned, pl.concat([rows["household_no"], known]), batch)
    left = None
    if replacing is not None:
        left = leaving(before, rows, delivery.torn, source, back, replacing.region)
        if replacing.agreed is not None:
            agreed(left, replacing)
        earlier = left.without_replaced(earlier, replacing.region)
    roster = _now(before, accepted, left)
    households = accepted["household_no"].unique()
    updated = int(households.is_in(known.implode()).sum())
    how = [*([batch] if batch else []), *(["replace"] if left else [])]
    facts = {
        "extract": path.name,
        "spec": source.fingerprint,
        "parts": PARTS,
        "delivered": delivery.delivered,
        "accepted": accepted.height,
        "returned": returned.height,
        "households": roster["household_no"].n_unique(),
        "members": roster.height,
        "footers": delivery.rejects.filter(pl.col("code").is_in(NOT_DATA)).height,
        "ended": left.households.height if left else 0,
        "content": _content(last.id if last else "", store, data, source, *how),
    }
    named = pl.concat([households, *([left.households["household_no"]] if left else [])]).unique().sort()
    parts = _cut(roster, returned, still_out(earlier, back, accepted, path.name), named, store.bucket_key)
    store.publish(
        ROSTER_DATASET, snapshot, parts, data_date=None, facts=facts, narrow=lambda part: part.startswith("h")
    )
    return Imported(
        extract=path.name,
        delivered=delivery.delivered,
        accepted=accepted.height,
        returned=returned.height,
        households=households.len(),
        added=households.len() - updated,
        updated=updated,
        returned_rows=returned,
        flagged=_flagged(accepted),
        repeated=_repeated(roster, accepted),
        unread=tuple(
            (source.columns.get(note.column, (note.column,))[0], note)
            for note in delivery.notes
            if note.what in ("unreadable", "unknown_code")
        ),
        batches=rosters.batches(accepted).group_by("batch").agg(households=pl.len()).sort("batch", nulls_last=True),
        leaving=left,
    )


def _returned(delivery: Delivery, reasons: pl.DataFrame, source: Source, snapshot: str, extract: str) -> pl.DataFrame:
    """REJECT rows of what could not be read, and of what goes back for a reason."""
    refused = delivery.rejects.select("sheet", "source_row", "code", "reason")
    place = {"source": source.id, "supplier": "", "snapshot": snapshot, "extract": extract}
    told = pl.concat([refused, reasons]).with_columns(pl.lit(value).alias(name) for name, value in place.items())
    return REJECT.fit(told).sort("sheet", "source_row")


def _now(before: pl.DataFrame, accepted: pl.DataFrame, left: Leaving | None) -> pl.DataFrame:
    """ROSTER rows as they stand from now on: the households of the file, and all others; left: whose assistance has ended."""
    kept = before.filter(~pl.col("household_no").is_in(accepted["household_no"].unique().implode()))
    if left is not None:
        gone = pl.col("household_no").is_in(left.households["household_no"].implode())
        kept = kept.with_columns(stage=pl.when(gone).then(pl.lit("ended")).otherwise("stage"))
    both = pl.concat([kept, ROSTER.fit(_number(accepted, before))])
    return ROSTER.fit(both).sort("household_no", pl.col("member_no").cast(pl.Int64))


def _land(store: Store, source: Source, data: bytes, extract: str) -> None:
    """Keep the file as it came, once, whatever it turns out to be."""
    place, name = f"landed/{source.id}", hashlib.sha256(data).hexdigest()[:16]
    if not store.has(place, name):
        store.land(place, name, data, facts={"extract": extract, "spec": source.fingerprint})


def _content(last: str, store: Store, data: bytes, source: Source, *how: str) -> str:
    """What the roster is made of: the same files in the same order, taken in in the same way, make the same roster."""
    before = str(store.snapshot(ROSTER_DATASET, last).facts["content"]) if last else ""
    return hashlib.sha256("|".join([before, source.fingerprint, *how, ""]).encode() + data).hexdigest()


def _typed(rows: pl.DataFrame) -> pl.DataFrame:
    rows = ROSTER_ROW.fit(rows).with_columns(rows["sheet"])
    numbers = identity_number.read(rows["person_no"])
    return rows.with_columns(
        number=numbers["number"],
        number_kind=numbers["kind"],
        name_key=person_name.read(rows["name"]),
        role=pl.col("role").fill_null("member"),
    ).with_columns(pl.coalesce("sex", identity_number.sex(pl.col("number"))))


def _in_batch(rows: pl.DataFrame, batch: str) -> pl.DataFrame:
    """The rows with the batch of their applicants filled in; raises UsageError where the file says another one."""
    if not batch:
        return rows
    if rows.filter(pl.col("batch") != batch).height:
        raise UsageError(
            say("名册自己有批次栏，写的不是这一批。"), hint=say("去掉 --batch，按名册所写的批次导入；或改正名册。")
        )
    return rows.with_columns(batch=pl.when(pl.col("stage") == "applicant").then(pl.lit(batch)).otherwise("batch"))


def _staying_in_batch(accepted: pl.DataFrame, before: pl.DataFrame, returned: pl.DataFrame) -> pl.DataFrame:
    """The rows, a household's batch on each; an applicant whom this file puts into none stays where they were.

    returned: RETURNED rows of earlier imports: who went back then comes into the batch with which they came
    """
    went = returned.select("household_no", "batch").drop_nulls()
    known = (
        pl.concat([rosters.batches(before), went])
        .drop_nulls("batch")
        .unique("household_no", keep="first", maintain_order=True)
    )
    known = known.rename({"batch": "_batch"})
    joined = accepted.join(known, on="household_no", how="left", maintain_order="left")
    said = pl.col("batch").drop_nulls().first().over("household_no")
    stays = pl.when(pl.col("stage") == "applicant").then("_batch")
    return joined.with_columns(batch=pl.coalesce(said, stays)).drop("_batch")


def _reasons(rows: pl.DataFrame, torn: pl.Series, before: pl.DataFrame) -> pl.DataFrame:
    """sheet, source_row, code, reason of every row that goes back: those at fault, and the rest of their households.

    torn:   the cells of rows that could not be read; the households that they name go back too
    before: the roster so far; a row that names no household goes back with the one in which its person stands there
    """
    kind = pl.col("number_kind")
    at_fault = [
        ("no_household", pl.col("household_no").is_null(), "缺家庭编号"),
        ("no_name", pl.col("name_key").is_null(), "缺姓名"),
        (
            "spoilt_number",
            kind.is_in(identity_number.SPOILT),
            "身份证号码被电子表格改坏，末几位已丢失，请按文本格式重填",
        ),
        ("no_programme", pl.col("programme").is_null(), "缺救助类别"),
        (
            "no_stage",
            ~pl.col("stage").is_in(["applicant", "recipient", "ended"]).fill_null(False),
            "办理状态缺失或不认识",
        ),
        (
            "repeated_member",
            pl.col("number").is_not_null() & pl.struct("household_no", "number").is_duplicated(),
            "同一人在本户出现两次",
        ),
        *(
            (
                f"{column}_differs",
                pl.col("household_no").is_not_null()
                & (pl.col(column).n_unique().over("household_no") - _has_null(column) > 1),
                f"同一户各行的{title}不一致",
            )
            for column, title in _ONE_A_HOUSEHOLD.items()
        ),
    ]
    code = pl.coalesce(pl.when(found).then(pl.lit(name)) for name, found, _ in at_fault)
    reason = pl.coalesce(pl.when(found).then(pl.lit(words)) for _, found, words in at_fault)
    judged = rows.select(*_ROW, "household_no", code=code, reason=reason)
    homes = judged.filter(pl.col("code").is_not_null() & pl.col("household_no").is_not_null())["household_no"].unique()
    nameless = rows.filter(pl.col("household_no").is_null())["number"].drop_nulls()
    theirs = before.filter(pl.col("number").is_in(nameless.implode()))["household_no"]
    homes = pl.concat([homes, torn.str.strip_chars(), theirs])
    with_home = pl.col("household_no").is_in(homes.implode()).fill_null(False)
    return (
        judged.filter(pl.col("code").is_not_null() | with_home)
        .with_columns(pl.col("code").fill_null("with_household"), pl.col("reason").fill_null(_WITH_HOUSEHOLD))
        .drop("household_no")
    )


def _has_null(column: str) -> pl.Expr:
    return pl.col(column).is_null().any().over("household_no").cast(pl.UInt32)


def _number(accepted: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """The rows with member_no: a known member keeps theirs, a new one gets the next that nobody ever had."""
    home = accepted.join(
        before.group_by("household_no").agg(_ever=pl.col("members_ever").max()), on="household_no", how="left"
    ).sort(*_ROW)
    home = home.with_columns(pl.col("_ever").fill_null(0), _old=pl.lit(None, pl.String))
    for mark in ("number", "person_no", "name_key"):  # a name only speaks where no number has spoken
        home = _known_by(mark, home, before)
    fresh = pl.col("_old").is_null().cum_sum().over("household_no")
    return home.with_columns(
        member_no=pl.coalesce("_old", (pl.col("_ever") + fresh).cast(pl.String)),
        members_ever=(pl.col("_ever") + pl.col("_old").is_null().sum().over("household_no")).cast(pl.Int64),
    )


def _known_by(mark: str, home: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """The rows with _old filled where a mark is of one row and of one member that no other row has been given yet."""
    at = ["household_no", mark]
    given = home.select("household_no", member_no="_old").drop_nulls()
    free = before.join(given, on=["household_no", "member_no"], how="anti").select(*at, _found="member_no")
    waiting = home.filter(pl.col("_old").is_null()).select(*at)
    one = free.drop_nulls().unique(at, keep="none").join(waiting.unique(at, keep="none"), on=at)
    found = home.join(one, on=at, how="left", maintain_order="left")
    return found.with_columns(_old=pl.coalesce("_old", pl.when(pl.col("_old").is_null()).then("_found"))).drop("_found")


def _flagged(accepted: pl.DataFrame) -> pl.DataFrame:
    unusable = pl.when(pl.col("number").is_null()).then("number_kind")
    rounded = pl.when(pl.col("number").str.ends_with("000")).then(pl.lit(ROUNDED))
    told = accepted.with_columns(kind=pl.coalesce(unusable, identity_number.contradiction(), rounded))
    return told.drop_nulls("kind").select("sheet", "source_row", "household_no", "kind")


def _repeated(roster: pl.DataFrame, accepted: pl.DataFrame) -> pl.DataFrame:
    current = roster.filter(pl.col("number").is_not_null() & (pl.col("stage") != "ended"))
    elsewhere = (
        accepted.select("sheet", "source_row", "household_no", "number")
        .join(current.select("number", other="household_no"), on="number")
        .filter(pl.col("other") != pl.col("household_no"))
    )
    return (
        elsewhere.group_by("sheet", "source_row", "household_no")
        .agg(others=pl.col("other").unique().sort().str.join("、"))
        .sort("sheet", "source_row")
    )


def _cut(
    roster: pl.DataFrame, returned: pl.DataFrame, out: pl.DataFrame, named: pl.Series, key: bytes
) -> Iterator[tuple[str, pl.DataFrame]]:
    """Parts h000 ... by household, and the index i000 ... from a number to its household, i-loose for unusable numbers.

    Then what this import rejected, what is out of all of them, and the households that it brought or ended.
    """
    homes = roster.with_columns(_part=bucket_text(pl.col("household_no"), PARTS, key)).partition_by(
        "_part", as_dict=True
    )
    index = roster.select(*INDEX).with_columns(_part=bucket(pl.col("number"), PARTS, key))
    keyed = index.filter(pl.col("number").is_not_null()).partition_by("_part", as_dict=True)
    for part in range(PARTS):
        home = homes.get((part,))
        yield f"h{part:03}", home.drop("_part") if home is not None else ROSTER.empty()
        one = keyed.get((part,))
        yield f"i{part:03}", one.drop("_part").sort("number") if one is not None else pl.DataFrame(schema=INDEX)
    yield "i-loose", index.filter(pl.col("number").is_null()).drop("_part")
    yield "rejects", returned
    yield PART, out
    yield BROUGHT, named.to_frame("household_no")
