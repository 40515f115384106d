"""答复 answer: what a department says of the people it was asked about: a record, nothing, or a word about somebody else."""

from dataclasses import dataclass

import polars as pl

from jiuzhu_check.tables.record import ORIGIN, OWNER, RECORDS


@dataclass(frozen=True)
class Answer:
    """One answer, read.

    records:  of people who were asked about, or whose number in the answer is not usable
    strangers: sheet, source_row, code and reason of rows about nobody who was asked about: they are not taken in
    found:    the numbers of whom there is a record; nothing: of whom it says that there is none
    """

    records: pl.DataFrame
    strangers: pl.DataFrame
    found: pl.Series
    nothing: pl.Series

    def told(self) -> pl.DataFrame:
        """Number and answer of everybody whom it answers for."""
        return pl.concat(
            [
                self.found.to_frame("number").with_columns(answer=pl.lit("found")),
                self.nothing.to_frame("number").with_columns(answer=pl.lit("nothing")),
            ]
        )


def read_answer(table: str, rows: pl.DataFrame, records: pl.DataFrame, asked: pl.Series) -> Answer:
    """The answer that delivered rows give.

    rows:    read delivered rows, with `answered` where the department tells it
    records: the same rows as records of `table`
    asked:   the valid numbers that were asked about

    A row says nothing was found where the department's mark says so, or where it has no mark and every cell but the
    person's is blank. A number that is not valid answers for nobody: whose it is, is the matcher's question.
    """
    own = [name for name in RECORDS[table].columns if name not in (*ORIGIN, *OWNER) and name in rows.columns]
    told = pl.any_horizontal(pl.col(own).is_not_null()) if own else pl.lit(value=False)
    if "answered" in rows.columns:
        told = pl.when(pl.col("answered").is_not_null()).then(pl.col("answered") != "nothing").otherwise(told)
    place = ["sheet", "source_row"]
    said = records.join(rows.select(*place, _told=told), on=place, how="left")
    stranger = pl.col("owner_no").is_not_null() & ~pl.col("owner_no").is_in(asked.implode())
    ours = said.filter(~stranger)
    found = ours.filter("_told")
    numbers = found["owner_no"].drop_nulls().unique()
    silent = ours.filter(~pl.col("_told"))["owner_no"].drop_nulls().unique()
    return Answer(
        found.drop("_told"),
        said.filter(stranger)
        .join(ours, on=place, how="anti")  # the other holder of a joint account is no reason to return the row
        .select(place)
        .unique(maintain_order=True)
        .with_columns(code=pl.lit("not_asked"), reason=pl.lit("不在查询名单内的人，没有收下")),
        numbers,
        silent.filter(~silent.is_in(numbers.implode())),
    )
