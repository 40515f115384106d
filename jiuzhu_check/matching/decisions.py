"""人工意见 decisions: what people said of links → links. A person's word goes before the matcher's.

A decision holds while the values that were compared are unchanged (tables/decision.py COMPARED); the same owners may come
in another order. Of several readers the newest answer counts; where one says 相同 and another 不同, nobody has decided, and the link goes to review.
"""

import polars as pl

from jiuzhu_check.tables.decision import COMPARED
from jiuzhu_check.tables.link import LINK
from jiuzhu_check.tables.record import ORIGIN

_MEMBER = ["household_no", "member_no"]


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


def settle(links: pl.DataFrame, decisions: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """The same links in the same order, each with the status that people gave it.

    links:     LINK rows, subject and all; whole owner slots
    decisions: DECISION rows, oldest first
    members:   household_no, member_no, number, name_key of the members under check (with consent)
    returns:   at most one person is accepted for an owner slot: where 相同 was said of one, an automatic acceptance of
               another goes to review, and where it was said of two, both do. Of one who is not among the links, for only
               some households are under check, the word stands as well
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
    chosen = told.with_columns(
        _chosen=pl.col("_person").filter(same).n_unique().over(slot),
        _one=pl.col("_person").filter(same).first().over(slot),
    )
    tied = same & (pl.col("_chosen") > 1)
    another = (pl.col("_chosen") > 0) & (pl.col("_person") != pl.col("_one"))
    passed_over = (
        pl.col("_said").is_null()
        & (another | _said_of_others(chosen, said))
        & pl.col("status").is_in(["accepted", "review"])
    )
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


def _said_of_others(links: pl.DataFrame, said: pl.DataFrame) -> pl.Series:
    """Whether 相同 was said of the record and somebody who has no link to it here, and is not this person."""
    record = [name for name in COMPARED if name not in (*_MEMBER, "person_no", "name_key", "slot")]
    same = said.filter(pl.col("_said") == "same").select(*record, *_MEMBER, _whose="person_no")
    absent = same.join(links, on=[*record, *_MEMBER], how="anti", nulls_equal=True).select(*record, "_whose").unique()
    numbered = links.select(*record, "number", "person_no").with_row_index("_at")
    met = numbered.join(absent, on=record, how="inner", nulls_equal=True)
    others = met.filter(
        (pl.col("_whose") != pl.col("number")).fill_null(value=True), pl.col("_whose") != pl.col("person_no")
    )
    return numbered["_at"].is_in(others["_at"].implode())


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
