"""人工意见 decisions: what people said of links → links. A person's word goes before the matcher's.

A decision holds while the values that were compared are unchanged (tables/decision.py COMPARED); the same owners may come
in another order. Of several readers the newest answer counts; where one says 相同 and another 不同, nobody has decided, and the link goes to review.
"""

from collections.abc import Callable

import polars as pl

from jiuzhu_check.tables.decision import COMPARED
from jiuzhu_check.tables.link import LINK
from jiuzhu_check.tables.record import ORIGIN

_MEMBER = ["household_no", "member_no"]
_WHOSE = [*_MEMBER, "person_no", "name_key"]


def standing(decisions: pl.DataFrame) -> pl.DataFrame:
    """One row an item that anybody has answered: what stands now.

    decisions: DECISION rows, oldest first
    returns:   item, COMPARED, outcome (same | different | unsure | conflict), readers (in the order of their newest
               answers), reviewer and decided_on of the newest answer, number_evidence, name_relation
    """
    newest = decisions.unique(["item", "reviewer"], keep="last", maintain_order=True)
    outcome = pl.col("outcome")
    told = newest.group_by("item", maintain_order=True).agg(
        pl.col(*COMPARED, "number_evidence", "name_relation", "reviewer").last(),
        decided_on=pl.col("decided_at").last().str.head(10),
        readers=pl.col("reviewer"),
        outcome=pl.when((outcome == "same").any() & (outcome == "different").any())
        .then(pl.lit("conflict"))
        .otherwise(outcome.last()),
    )
    columns = ["item", *COMPARED, "outcome", "readers", "reviewer", "decided_on", "number_evidence", "name_relation"]
    return told.select(columns)


def settle(
    links: pl.DataFrame,
    decisions: pl.DataFrame,
    members: pl.DataFrame,
    elsewhere: Callable[[pl.DataFrame], pl.DataFrame] | None = None,
) -> pl.DataFrame:
    """The same links in the same order, each with the status that people gave it.

    links:     LINK rows, subject and all; whole owner slots
    decisions: DECISION rows, oldest first
    members:   household_no, member_no, person_no, number, name_key of the members under check (with consent)
    elsewhere: where not everybody is under check: of household_no, member_no, person_no, name_key those who would be if
               everybody were, and are not now, with their number
    returns:   at most one person is accepted for an owner slot: where 相同 was said of one, an automatic acceptance of
               another goes to review, and where it was said of two, both do; also where the one of whom it was said has
               no link to the slot any more, for a former name or a telephone is no longer theirs: a person decided
    """
    if decisions.is_empty() or links.is_empty():
        return links
    slot = list(ORIGIN)
    said = standing(decisions).select(*COMPARED, _words().alias("_words"), pl.col("outcome").alias("_said"))
    known = links.join(
        members.select(*_MEMBER, "number", "name_key"), on=_MEMBER, how="left", maintain_order="left"
    ).with_columns(_person=pl.coalesce("number", "person_no", pl.format("{}:{}", *_MEMBER)))
    told = _told(known, said)
    same = (pl.col("_said") == "same").fill_null(value=False)
    owners = told.filter(same).select(*slot, "_person")
    owners = pl.concat([owners, _owners_without_link(told, said, members, elsewhere)])
    by_slot = owners.group_by(slot, maintain_order=True).agg(
        _chosen=pl.col("_person").n_unique(), _one=pl.col("_person").first()
    )
    chosen = told.join(by_slot, on=slot, how="left", nulls_equal=True, maintain_order="left")
    several = (pl.col("_chosen") > 1).fill_null(value=False)
    tied = same & several
    another = several | (pl.col("_person") != pl.col("_one")).fill_null(value=False)
    passed_over = pl.col("_said").is_null() & another & pl.col("status").is_in(["accepted", "review"])
    status = (
        pl.when(tied | passed_over | pl.col("_said").is_in(["unsure", "conflict"]))
        .then(pl.lit("review"))
        .when(same)
        .then(pl.lit("accepted"))
        .when(pl.col("_said") == "different")
        .then(pl.lit("vetoed"))
        .otherwise("status")
    )
    more = (
        pl.when(tied)
        .then("；" + pl.col("_words") + "；另有人同样经人工复核为同一人")
        .when(passed_over)
        .then(pl.lit("；该记录已经人工复核为另一人"))
        .when(pl.col("_words").is_not_null())
        .then("；" + pl.col("_words"))
        .otherwise(pl.lit(""))
    )
    return LINK.fit(chosen.with_columns(status=status, reason=pl.col("reason") + more))


def _told(links: pl.DataFrame, said: pl.DataFrame) -> pl.DataFrame:
    """The links with _words and _said of their decision.

    Owners who share one cell come in any order: where a record names nobody else so and one decision alone was made of
    these values, it goes with them to their new slot.
    """
    whose = [name for name in COMPARED if name != "slot"]
    record = [name for name in ORIGIN if name != "slot"]
    moved = said.unique(whose, keep="none").select(*whose, _moved_words="_words", _moved_said="_said")
    alone = pl.col("slot").n_unique().over(record + whose) == 1
    return (
        links.join(said, on=list(COMPARED), how="left", nulls_equal=True, maintain_order="left")
        .join(moved, on=whose, how="left", nulls_equal=True, maintain_order="left")
        .with_columns(
            pl.when(alone).then(pl.coalesce("_words", "_moved_words")).otherwise("_words").alias("_words"),
            pl.when(alone).then(pl.coalesce("_said", "_moved_said")).otherwise("_said").alias("_said"),
        )
    )


def _owners_without_link(
    links: pl.DataFrame,
    said: pl.DataFrame,
    members: pl.DataFrame,
    elsewhere: Callable[[pl.DataFrame], pl.DataFrame] | None,
) -> pl.DataFrame:
    """ORIGIN and _person: of whom 相同 was said and who are, or would be, under check, whether they have a link or not."""
    record = [name for name in COMPARED if name not in (*_WHOSE, "slot")]
    rest = [name for name in record if name not in ORIGIN]
    same = said.filter(pl.col("_said") == "same").select(*record, *_WHOSE, _slot="slot")
    near = links.filter(pl.col("subject").is_in(same["subject"].unique().implode(), nulls_equal=True))
    here = near.select(*ORIGIN, *rest).unique(maintain_order=True)
    alone = pl.col("slot").n_unique().over([name for name in ORIGIN if name != "slot"] + rest) == 1
    met = here.with_columns(_alone=alone).join(same, on=record, how="inner", nulls_equal=True, maintain_order="left")
    met = met.filter((pl.col("slot") == pl.col("_slot")) | pl.col("_alone"))
    if met.is_empty():
        return met.select(*ORIGIN, _person="person_no")
    people = met.select(_WHOSE).unique(maintain_order=True)
    would = [people.join(members.select(*_WHOSE, "number"), on=_WHOSE, how="inner", nulls_equal=True)]
    would += [] if elsewhere is None else [elsewhere(people)]
    found = met.join(pl.concat(would), on=_WHOSE, how="inner", nulls_equal=True, maintain_order="left")
    return found.select(*ORIGIN, _person=pl.coalesce("number", "person_no", pl.format("{}:{}", *_MEMBER)))


def _words() -> pl.Expr:
    by = pl.format("（{}，{}）", "reviewer", "decided_on")
    return (
        pl.when(pl.col("outcome") == "same")
        .then("经人工复核为同一人" + by)
        .when(pl.col("outcome") == "different")
        .then("经人工复核不是同一人" + by)
        .when(pl.col("outcome") == "unsure")
        .then("人工复核未能确定" + by)
        .otherwise(pl.format("复核意见不一（{}），须再复核", pl.col("readers").list.join("、")))
    )
