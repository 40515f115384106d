"""名册导入 roster import: adds or updates by household and never displaces others. accepted + returned = delivered.

What cannot be taken goes back with row and reason (补正), and its whole household with it: a household checked without
one of its members would look poorer than it is.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from jiuzhu_check.intake.delivery import read_delivery
from jiuzhu_check.intake.parting import PARTS
from jiuzhu_check.intake.pull import read_file
from jiuzhu_check.intake.source import Source
from jiuzhu_check.intake.stored import ROSTER_DATASET, read_roster
from jiuzhu_check.store.bucket import bucket, bucket_text
from jiuzhu_check.store.snapshot import Store
from jiuzhu_check.tables.reject import REJECT
from jiuzhu_check.tables.roster import ROSTER, ROSTER_ROW
from jiuzhu_check.values import identity_number, person_name

_ONE_A_HOUSEHOLD = {
    "programme": "救助类别",
    "stage": "办理状态",
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
    flagged:       source_row, household_no and kind of each member whose number is taken but cannot be right, or is not
                   that of the birth date and sex beside it (kind 出生日期, 性别 or both), or may have lost its end in
                   a spreadsheet (kind ROUNDED)
    repeated:      household_no and source_row of members whose number stands in more than one household
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


def import_roster(store: Store, source: Source, path: Path) -> Imported:
    """Take in a roster file; households that it does not name stay as they are.

    raises: ExtractChanged where the file breaks its contract, NotFound where there is no such file
    """
    data = read_file(path)
    versions = store.snapshots(ROSTER_DATASET)
    snapshot = f"{len(versions) + 1:06}"
    _land(store, source, data, path.name)
    delivery = read_delivery(source, data, path.name)
    rows = _typed(delivery.rows)
    reasons = _reasons(rows, delivery.torn)
    accepted = rows.join(reasons, on=_ROW, how="anti")
    refused = delivery.rejects.select("sheet", "source_row", "code", "reason")
    returned = REJECT.fit(
        pl.concat([refused, reasons]).with_columns(
            source=pl.lit(source.id), supplier=pl.lit(""), snapshot=pl.lit(snapshot), extract=pl.lit(path.name)
        )
    ).sort("sheet", "source_row")
    before = read_roster(store.latest(ROSTER_DATASET))
    known = before["household_no"].unique()
    numbered = _number(accepted, before)
    kept = before.filter(~pl.col("household_no").is_in(accepted["household_no"].unique().implode()))
    roster = ROSTER.fit(pl.concat([kept, ROSTER.fit(numbered)])).sort(
        "household_no", pl.col("member_no").cast(pl.Int64)
    )
    households = accepted["household_no"].unique()
    updated = int(households.is_in(known.implode()).sum())
    facts = {
        "extract": path.name,
        "spec": source.fingerprint,
        "parts": PARTS,
        "delivered": delivery.delivered,
        "accepted": accepted.height,
        "returned": returned.height,
        "households": roster["household_no"].n_unique(),
        "members": roster.height,
        "content": _content(versions[-1].id if versions else "", store, data, source),
    }
    store.publish(ROSTER_DATASET, snapshot, _cut(roster, returned, store.bucket_key), data_date=None, facts=facts)
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
    )


def _land(store: Store, source: Source, data: bytes, extract: str) -> None:
    """Keep the file as it came, once, whatever it turns out to be."""
    place, name = f"landed/{source.id}", hashlib.sha256(data).hexdigest()[:16]
    if not store.has(place, name):
        store.land(place, name, data, facts={"extract": extract, "spec": source.fingerprint})


def _content(last: str, store: Store, data: bytes, source: Source) -> str:
    """What the roster is made of: the same files in the same order make the same roster."""
    before = str(store.snapshot(ROSTER_DATASET, last).facts["content"]) if last else ""
    return hashlib.sha256(f"{before}|{source.fingerprint}|".encode() + data).hexdigest()


def _typed(rows: pl.DataFrame) -> pl.DataFrame:
    rows = ROSTER_ROW.fit(rows).with_columns(rows["sheet"])
    numbers = identity_number.read(rows["person_no"])
    return rows.with_columns(
        number=numbers["number"],
        number_kind=numbers["kind"],
        name_key=person_name.read(rows["name"]),
        role=pl.col("role").fill_null("member"),
    ).with_columns(pl.coalesce("sex", identity_number.sex(pl.col("number"))))


def _reasons(rows: pl.DataFrame, torn: pl.Series) -> pl.DataFrame:
    """sheet, source_row, code, reason of every row that goes back: those at fault, and the rest of their households.

    torn: the cells of rows that could not be read; the households that they name go back too
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
    homes = pl.concat([homes, torn.str.strip_chars()])
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
    return told.drop_nulls("kind").select("source_row", "household_no", "kind")


def _repeated(roster: pl.DataFrame, accepted: pl.DataFrame) -> pl.DataFrame:
    twice = (
        roster.filter(pl.col("number").is_not_null() & (pl.col("stage") != "ended"))
        .group_by("number")
        .agg(homes=pl.col("household_no").n_unique())
        .filter(pl.col("homes") > 1)
    )
    return accepted.join(twice, on="number", how="semi").select("source_row", "household_no").sort("source_row")


def _cut(roster: pl.DataFrame, returned: pl.DataFrame, key: bytes) -> Iterator[tuple[str, pl.DataFrame]]:
    """Parts h000 ... by household, and the index i000 ... from a number to its household, i-loose for unusable numbers."""
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
