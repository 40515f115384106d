"""What a finding rests on, in words: which file and row, and why it is this person's."""

import polars as pl

from jiuzhu_check.reports import wording
from jiuzhu_check.reports.plain import plain_frame
from jiuzhu_check.tables.finding import evidence_pieces

_ACCOUNT = r"^[A-Z]?[0-9*]{7,}$"  # of a bank, a broker, an insurer or a fund: the row in the file says which it is
# A worklist cell names this many rows and says how many there are; export has them all.
SHOWN = 8


def evidence_rows(findings: pl.DataFrame, source_states: pl.DataFrame) -> pl.DataFrame:
    """One row for each piece of evidence, in the finding's order: finding_id, EVIDENCE, `where` and `why` in Chinese.

    A finding without evidence has no row here.
    """
    return plain_frame(evidence_pieces(findings)).with_columns(
        _where(source_titles(source_states)).alias("where"), why_this_person().alias("why")
    )


def evidence_cells(findings: pl.DataFrame, source_states: pl.DataFrame) -> pl.DataFrame:
    """Each finding's evidence in two cells, several lines each: finding_id, where, why."""
    rows = evidence_rows(findings, source_states)
    more = pl.when(pl.len() > SHOWN).then(pl.format("\n等共 {} 条", pl.len())).otherwise(pl.lit(""))
    return rows.group_by("finding_id", maintain_order=True).agg(
        (pl.col("where").head(SHOWN).str.join("\n") + more).alias("where"),
        pl.col("why").unique(maintain_order=True).head(SHOWN).str.join("\n").alias("why"),
    )


def evidence_places(lines: pl.DataFrame, source_states: pl.DataFrame) -> pl.Series:
    """Of each line with a list of evidence, where its records stand, several lines in a cell; empty where it has none."""
    numbered = lines.select("evidence").with_row_index("line")
    pieces = numbered.explode("evidence", empty_as_null=True).drop_nulls("evidence").unnest("evidence")
    places = (
        plain_frame(pieces)
        .with_columns(_where(source_titles(source_states)).alias("where"))
        .group_by("line", maintain_order=True)
        .agg(
            pl.col("where").unique(maintain_order=True).head(SHOWN).str.join("\n")
            + pl.when(pl.col("where").n_unique() > SHOWN)
            .then(pl.format("\n等共 {} 条", pl.col("where").n_unique()))
            .otherwise(pl.lit(""))
        )
    )
    return numbered.join(places, on="line", how="left", maintain_order="left")["where"].fill_null("")


def source_titles(source_states: pl.DataFrame) -> dict[str, str]:
    """Each source's Chinese title by its id."""
    titles: dict[str, str] = {}
    for source, title in source_states.select("source", "title").iter_rows():
        if title is not None:
            titles.setdefault(source, title)
    return titles


def subject_in_words() -> pl.Expr:
    """What a finding is about, a code of an event, a role or a burden put into words: death:deceased is death:死亡.

    An account's number is masked: deposit:6222********1170 is deposit:************1170.
    """
    source = pl.col("subject").str.extract("^([a-z][a-z0-9_]*:)").fill_null("")
    thing = pl.col("subject").str.strip_prefix(source)
    account = (source != "") & thing.str.contains(_ACCOUNT)
    masked = thing.str.head(-4).str.replace_all(".", "*") + thing.str.tail(4)
    return source + pl.when(account).then(masked).otherwise(thing.replace(wording.THINGS))


def why_this_person() -> pl.Expr:
    """Why a record is taken as this person's, from columns tier and reason: A1 号名一致：……"""
    meaning = pl.col("tier").replace_strict(wording.TIERS, default="", return_dtype=pl.String)
    tier = pl.col("tier").fill_null("") + pl.lit(" ") + meaning.fill_null("")
    return pl.concat_str(tier.str.strip_chars(), _led("：", pl.col("reason")))


def places_in_words(source_states: pl.DataFrame) -> pl.Expr:
    """Where a record stands, from its ORIGIN columns: 机动车 vehicle.csv 第 3 行."""
    return _where(source_titles(source_states))


def _where(titles: dict[str, str]) -> pl.Expr:
    return pl.concat_str(
        pl.col("source").replace(titles).fill_null("来源不明"),
        _led(" ", pl.col("extract")),
        _led(" 表 ", pl.col("sheet")),
        _led(" 第 ", pl.col("source_row").cast(pl.String))
        + pl.when(pl.col("source_row").is_not_null()).then(pl.lit(" 行")).otherwise(pl.lit("")),
        pl.when(pl.col("slot") > 1).then(pl.format(" 第 {} 位权利人", "slot")).otherwise(pl.lit("")),
    )


def _led(mark: str, text: pl.Expr) -> pl.Expr:
    return pl.when(text.fill_null("") != "").then(pl.lit(mark) + text).otherwise(pl.lit(""))
