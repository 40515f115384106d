"""授权书清单 consent list: consents that were handed in beside the roster. accepted + returned = delivered.

Each row is one paper of one person. A row that does not name a member of its household without any doubt goes back with
the reason: a consent that stands beside the wrong person would open that person's records.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import polars as pl
import tomli

from jiuzhu_check.intake.delivery import read_delivery
from jiuzhu_check.intake.source import Source, read_source
from jiuzhu_check.tables.consent import CONSENT_EVENT, CONSENT_ROW
from jiuzhu_check.tables.reject import REJECT
from jiuzhu_check.values import identity_number, person_name

_MEMBER = ["household_no", "member_no"]
_ROW = ["sheet", "source_row"]


@dataclass(frozen=True)
class ConsentList:
    """What a list says: delivered = accepted + returned, in rows.

    accepted: CONSENT_EVENT rows, each of a member of the roster
    returned: REJECT rows, with the reason of each
    """

    extract: str
    delivered: int
    accepted: pl.DataFrame
    returned: pl.DataFrame


@cache
def _shipped() -> Source:
    return read_source("consent", tomli.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")))


def consent_source(roster: Source) -> Source:
    """How a list of consents is read: its own headings, and what the roster's connector calls the same columns."""
    shipped = _shipped()
    united = {
        column: tuple(dict.fromkeys((*names, *roster.columns.get(column, ()))))
        for column, names in shipped.columns.items()
    }
    return replace(shipped, columns=united)


def read_consent_list(
    source: Source,
    data: bytes,
    extract: str,
    roster: pl.DataFrame,
    papers: pl.DataFrame,
    withdrawn: pl.DataFrame,
    unknown: Callable[[str | None], Collection[str]],
) -> ConsentList:
    """A list, row by row.

    source:    consent_source
    roster:    ROSTER rows of everybody
    papers:    household_no, member_no, consent_no of the consents that are known already
    withdrawn: household_no, member_no, withdrawn_on of who has withdrawn, with the last day
    unknown:   of a scope: the names in it that are no source
    raises:    ExtractChanged where the file breaks its contract
    """
    delivery = read_delivery(source, data, extract)
    rows = _typed(delivery.rows)
    placed = _placed(rows, roster)
    judged = _judged(placed, roster, papers, withdrawn, unknown)
    at_fault = judged.filter(pl.col("code").is_not_null())
    returned = pl.concat(
        [delivery.rejects.select(*_ROW, "code", "reason"), at_fault.select(*_ROW, "code", "reason")]
    ).with_columns(source=pl.lit(source.id), supplier=pl.lit(""), extract=pl.lit(extract))
    fine = judged.filter(pl.col("code").is_null()).with_columns(event=pl.lit("given"), extract=pl.lit(extract))
    return ConsentList(
        extract,
        delivery.delivered,
        CONSENT_EVENT.fit(fine.sort(_ROW)),
        REJECT.fit(returned).sort(_ROW),
    )


def _typed(rows: pl.DataFrame) -> pl.DataFrame:
    typed = CONSENT_ROW.fit(rows).with_columns(rows["sheet"])
    typed = typed.with_columns(pl.col("household_no", "consent_no").str.strip_chars())
    return typed.with_columns(
        number=identity_number.read(typed["person_no"])["number"], name_key=person_name.read(typed["name"])
    )


def _placed(rows: pl.DataFrame, roster: pl.DataFrame) -> pl.DataFrame:
    """The rows with member_no, _name (the roster's, folded) and role; by number where there is one, else by name.

    _fits: how many members of the household it may mean
    """
    people = roster.select("household_no", "member_no", "role", "number", "person_no", _name="name_key")
    known = people["household_no"].unique().implode()
    rows = rows.with_columns(_home=pl.col("household_no").is_in(known).fill_null(value=False))
    numbered, named = pl.col("person_no").is_not_null(), pl.col("person_no").is_null()
    valid = pl.col("number").is_not_null()
    found = [
        _beside(rows.filter(numbered & valid), people.drop("person_no"), ["household_no", "number"]),
        _beside(rows.filter(numbered & ~valid), people.drop("number"), ["household_no", "person_no"]),
        _beside(
            rows.filter(named).with_columns(_key="name_key"),
            people.drop("number", "person_no").with_columns(_key="_name"),
            ["household_no", "_key"],
        ).drop("_key"),
    ]
    return pl.concat(found, how="diagonal").sort(_ROW)


def _beside(rows: pl.DataFrame, people: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    counted = people.group_by(key).agg(pl.len().alias("_fits"), pl.exclude(key).first())
    return rows.join(counted, on=key, how="left", maintain_order="left").with_columns(pl.col("_fits").fill_null(0))


def _judged(
    rows: pl.DataFrame,
    roster: pl.DataFrame,
    papers: pl.DataFrame,
    withdrawn: pl.DataFrame,
    unknown: Callable[[str | None], Collection[str]],
) -> pl.DataFrame:
    """The rows with code and reason of those at fault."""
    supporters = roster.filter(pl.col("role") == "supporter").select(_MEMBER)
    own = papers.join(supporters, on=_MEMBER, how="anti").select("household_no", "consent_no")
    here = rows.filter(pl.col("member_no").is_not_null(), pl.col("role").ne_missing("supporter"))
    homes = pl.concat([own, here.select("household_no", "consent_no")]).drop_nulls().unique()
    strange = {text: "、".join(unknown(text)) for text in rows["scope"].unique().drop_nulls()}
    rows = (
        rows.join(
            homes.with_columns(_of_home=True), on=["household_no", "consent_no"], how="left", maintain_order="left"
        )
        .join(withdrawn.select(*_MEMBER, _ended="withdrawn_on"), on=_MEMBER, how="left", maintain_order="left")
        .with_columns(_strange=pl.col("scope").replace_strict(strange, default="", return_dtype=pl.String))
    )
    paper = pl.struct("household_no", "member_no", "consent_no")
    faults: list[tuple[str, pl.Expr, pl.Expr | str]] = [
        ("no_household", pl.col("household_no").is_null(), "缺家庭编号"),
        ("no_such_household", ~pl.col("_home"), "名册里没有这个家庭编号"),
        ("no_person", pl.col("person_no").is_null() & pl.col("name_key").is_null(), "缺姓名和身份证号码"),
        (
            "no_such_member",
            (pl.col("_fits") == 0) & pl.col("person_no").is_not_null(),
            "名册上本户没有这个号码的人，请核对号码",
        ),
        ("no_such_member", pl.col("_fits") == 0, "名册上本户没有这个姓名的人"),
        ("several_members", pl.col("_fits") > 1, "名册上本户有几个人相符，请写身份证号码"),
        (
            "name_differs",
            pl.col("name_key").is_not_null() & pl.col("name_key").ne_missing(pl.col("_name")),
            "姓名与名册上这个号码的姓名不符",
        ),
        ("no_number", pl.col("consent_no").is_null(), "缺授权书编号"),
        ("no_signing", pl.col("signed_on").is_null(), "缺签署日期，或日期读不出来"),
        ("no_end", pl.col("valid_until").is_null(), "缺截止日期，或日期读不出来"),
        ("ends_before", pl.col("valid_until") < pl.col("signed_on"), "截止日期早于签署日期"),
        ("no_such_source", pl.col("_strange") != "", "授权范围里有不认识的来源，请写来源的名称"),
        (
            "household_paper",
            (pl.col("role") == "supporter") & pl.col("_of_home").fill_null(value=False),
            "户外赡养（抚养、扶养）人须另签授权书，这个编号是本户的",
        ),
        (
            "withdrawn",
            (pl.col("signed_on") <= pl.col("_ended")).fill_null(value=False),
            pl.format("此人已于{}撤回授权，要有之后签署的授权书", "_ended"),
        ),
        ("repeated", ~paper.is_first_distinct(), "同一份授权书在清单里出现两次"),
    ]
    code = pl.coalesce(pl.when(found).then(pl.lit(name)) for name, found, _ in faults)
    reason = pl.coalesce(
        pl.when(found).then(pl.lit(words) if isinstance(words, str) else words) for _, found, words in faults
    )
    return rows.with_columns(code=code, reason=reason)
