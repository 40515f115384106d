"""整表替换 replace: a roster that is the whole list of current recipients: which households it leaves out."""

from dataclasses import dataclass

import polars as pl

from jiuzhu_check.errors import ExtractChanged, Refused, UsageError
from jiuzhu_check.intake.source import Source
from jiuzhu_check.language import say
from jiuzhu_check.tables import roster as rosters


@dataclass(frozen=True)
class Replacing:
    """How a roster replaces the recipients that there are.

    region:      the centre's, for rows that name none
    accept_drop: more may leave than the contract's share
    agreed:      the households whose leaving was agreed to; null: nobody has been asked yet, so nothing may be kept
    """

    region: str
    accept_drop: bool = False
    agreed: frozenset[str] | None = None


@dataclass(frozen=True)
class Leaving:
    """Who would leave.

    regions:    those of the file
    recipients: how many there were in them
    households: HOUSEHOLD rows of those whom the file leaves out
    most:       the share of them in a hundred that may leave without being confirmed
    """

    regions: frozenset[str]
    recipients: int
    households: pl.DataFrame
    most: float

    @property
    def share(self) -> float:
        """Of a hundred recipients, how many would leave."""
        return 100 * self.households.height / max(1, self.recipients)

    def without_replaced(self, returned: pl.DataFrame, region: str) -> pl.DataFrame:
        """Rows that went back from earlier imports, without those of recipients whom this roster replaces."""
        theirs = pl.col("region").fill_null(region).is_in(list(self.regions)) & (pl.col("stage") == "recipient")
        return returned.filter(~theirs.fill_null(value=False))

    def hold(self) -> None:
        """Raises ExtractChanged where more would leave than may."""
        if self.share > self.most:
            raise ExtractChanged(
                say(
                    "名册没有列出 {left} 户在保家庭，占 {all} 户的 {share:.0f}%，超过约定的 {most:.0f}%；没有导入。",
                    left=self.households.height,
                    all=self.recipients,
                    share=self.share,
                    most=self.most,
                ),
                hint=say("请核对这份名册是否完整；确实如此的，加 --accept-drop。"),
            )


def leaving(
    before: pl.DataFrame, rows: pl.DataFrame, torn: pl.Series, source: Source, returned: pl.DataFrame, region: str
) -> Leaving:
    """The recipients of the file's regions whom it does not name, on any row, accepted or not.

    before:   ROSTER rows
    rows:     the file's rows that could be read, typed
    torn:     the cells of those that could not
    returned: RETURNED rows of this import
    raises:   UsageError where the file holds no recipient, Refused where a row that went back could be of any household
    """
    if rows.filter(pl.col("stage") == "recipient").is_empty():
        raise UsageError(
            say("--replace 的名册里没有在保家庭。"), hint=say("整表替换的是在保家庭名册；申请家庭不加 --replace 导入。")
        )
    nameless = returned.filter(pl.col("household_no").is_null())
    known = before.filter(pl.col("number").is_in(nameless["number"].drop_nulls().implode()))
    nobody = nameless.filter(~pl.col("number").is_in(known["number"].implode()).fill_null(value=False))
    if nobody.height:
        raise Refused(
            say(
                "有 {count} 行看不出是哪一户，不能据此认定谁不在名册上（第一处：第 {row} 行）；没有导入。",
                count=nobody.height,
                row=nobody["source_row"].min(),
            ),
            hint=say("补正这些行后再整表替换；或不加 --replace，先按户导入读得出的。"),
        )
    named = pl.concat([rows["household_no"].drop_nulls(), torn.str.strip_chars(), known["household_no"]]).unique()
    regions = rows["region"].fill_null(region).unique()
    recipients = rosters.households(before.filter(pl.col("stage") == "recipient")).filter(
        pl.col("region").fill_null(region).is_in(regions.implode())
    )
    left = recipients.filter(~pl.col("household_no").is_in(named.drop_nulls().implode()))
    return Leaving(frozenset(regions), recipients.height, left.sort("household_no"), source.contract.max_drop_pct)


def agreed(found: Leaving, replacing: Replacing) -> None:
    """Raises ExtractChanged where too many would leave, Refused where they are not those who were agreed to."""
    if not replacing.accept_drop:
        found.hold()
    if frozenset(found.households["household_no"]) != replacing.agreed:
        raise Refused(
            say("确认之后名册或文件变了，要停保的已不是所列的那些家庭；没有导入。"), hint=say("请重新执行，再看一遍。")
        )
