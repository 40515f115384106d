"""Counts that several reports share: each household's two-part result, and coverage by source that adds up."""

import polars as pl

from jiuzhu_check.tables.finding import CLOSED


def household_results(households: pl.DataFrame, findings: pl.DataFrame, coverage: pl.DataFrame) -> pl.DataFrame:
    """Each household's result in two parts that do not hide each other.

    returns: household_no, found (a difference or a question stands; neither favourable facts count here nor what a
             township has explained, had corrected or cleared),
             complete (every member was checked in every signed source; false where nothing could be looked at)
    """
    stands = (pl.col("kind") != "favourable") & ~pl.col("status").is_in(CLOSED)
    found = findings.filter(stands)["household_no"].unique()
    return households.select(
        "household_no",
        pl.col("household_no").is_in(found.implode()).alias("found"),
        pl.col("household_no").is_in(_whole(coverage, "household_no").implode()).alias("complete"),
    )


def complete_members(members: pl.DataFrame, coverage: pl.DataFrame) -> pl.DataFrame:
    """The members that were checked in every signed source: household_no, member_no."""
    unchecked = coverage.filter(pl.col("state") == "unchecked")
    looked_at = members.join(coverage, on=["household_no", "member_no"], how="semi", nulls_equal=True)
    return looked_at.join(unchecked, on=["household_no", "member_no"], how="anti").select("household_no", "member_no")


def unchecked_reasons(coverage: pl.DataFrame) -> pl.DataFrame:
    """How many members each reason leaves unchecked somewhere: reason, members, cells; most members first.

    The reason counted is the head of the sentence, before any colon, bracket or comma: details stay in the worklist.
    A member with two reasons counts under both.
    """
    return (
        coverage.filter(pl.col("state") == "unchecked")
        .with_columns(reason_head(pl.col("reason")).alias("reason"))
        .group_by("reason")
        .agg(pl.struct("household_no", "member_no").n_unique().cast(pl.Int64).alias("members"), pl.len().alias("cells"))
        .with_columns(pl.col("cells").cast(pl.Int64))
        .sort(pl.col("members"), pl.col("reason"), descending=[True, False])
    )


def reason_head(reason: pl.Expr) -> pl.Expr:
    """What a reason says before its details; 原因未注明 where it says nothing."""
    return reason.str.extract(r"^\s*([^：:（(，,；;]+)").str.strip_chars().fill_null("原因未注明")


def signed(source_states: pl.DataFrame) -> pl.DataFrame:
    """The sources under contract, in the register's order: source, title."""
    rows = source_states.filter(pl.col("requirement") != "unsigned")
    return rows.group_by("source", maintain_order=True).agg(pl.col("title").first().fill_null(pl.col("source").first()))


def unsigned_sources(source_states: pl.DataFrame, programme: str | None = None) -> list[str]:
    """The sources that are not signed, in the register's order: 存款, or 存款（农村特困） where some programmes have.

    programme: only what is not signed for this one, by its title alone
    """
    rows = source_states.unique("source", keep="first", maintain_order=True).select(
        pl.coalesce("title", "source"), pl.col("requirement") == "unsigned", "unsigned_for"
    )
    told = []
    for title, unsigned, some in rows.iter_rows():
        if unsigned or (programme and programme in (some or "").split("、")):
            told.append(title)
        elif some and programme is None:
            told.append(f"{title}（{some}）")
    return told


def coverage_by_source(
    members: pl.DataFrame,
    coverage: pl.DataFrame,
    source_states: pl.DataFrame,
    households: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """What became of every member in every signed source: source, title, hit, no_record, unchecked, total.

    households: with their programme; without them a source that some programme has not signed is not held to its count
    raises:     AssertionError where a member stands twice, or not at all, in a source that the household's programme has
                signed: counts would not add up
    """
    sources = signed(source_states)
    cells = coverage.select("household_no", "member_no", "source")
    assert cells.is_unique().all(), "coverage: a member stands twice in one source"
    counted = coverage.group_by("source").agg(
        *((pl.col("state") == state).sum().cast(pl.Int64).alias(state) for state in ("hit", "no_record", "unchecked")),
    )
    table = sources.join(counted, on="source", how="left", maintain_order="left").with_columns(
        pl.col("hit", "no_record", "unchecked").fill_null(0)
    )
    table = table.with_columns((pl.col("hit") + pl.col("no_record") + pl.col("unchecked")).alias("total"))
    assert set(coverage["source"].unique()) <= set(sources["source"]), "coverage: a source that is not signed"
    some = source_states.drop_nulls("unsigned_for").unique("source")
    for name, total in table.select("source", "total").iter_rows():
        apart = some.filter(pl.col("source") == name)["unsigned_for"].to_list()
        if apart and households is None:
            continue
        due = members
        if apart and households is not None:
            theirs = households.filter(pl.col("programme").is_in(apart[0].split("、")))
            due = members.join(theirs, on="household_no", how="anti")
            assert coverage.filter(pl.col("source") == name).join(theirs, on="household_no", how="semi").is_empty(), (
                "coverage: a household whose programme has not signed the source"
            )
        assert total == due.height, "coverage: members x signed sources do not add up"
    return table


def review_items(links: pl.DataFrame) -> int:
    """How many records wait for a person to say whose they are; one record counts once however many could own it."""
    record = ["source", "supplier", "snapshot", "extract", "sheet", "source_row", "slot"]
    return links.filter(pl.col("status") == "review").select(record).unique().height


def _whole(coverage: pl.DataFrame, key: str) -> pl.Series:
    checked = coverage.group_by(key).agg((pl.col("state") != "unchecked").all().alias("whole"))
    return checked.filter(pl.col("whole"))[key]
