"""登记有残疾."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.found import all_evidence
from jiuzhu_check.rules.personnel.hardship import burdens
from jiuzhu_check.rules.personnel.life_event import WHOSE
from jiuzhu_check.rules.rule import rule

_KINDS = {
    "visual": "视力",
    "hearing": "听力",
    "speech": "言语",
    "physical": "肢体",
    "intellectual": "智力",
    "mental": "精神",
    "multiple": "多重",
}
_GRADES = {"1": "一级", "2": "二级", "3": "三级", "4": "四级"}


@rule(id="registered_disability", title="登记有残疾", basis="hardship", since=date(2014, 5, 1))
def registered_disability(hardship: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """残疾人联合会登记成员持有残疾人证：核算收入、分类施保和专项救助时请一并考虑。"""
    cards = burdens(hardship, "disability", as_of).with_columns(
        said=_said(), lapsed=(pl.col("until") < as_of).fill_null(value=False)
    )
    return (
        cards.group_by(WHOSE, maintain_order=True)
        .agg(
            pl.col("said").unique().sort().str.join("、"),
            lapsed=pl.col("lapsed").all(),
            until=pl.col("until").max(),
            evidence=all_evidence(),
        )
        .with_columns(
            subject=pl.lit("disability"),
            kind=pl.lit("favourable"),
            status=pl.lit("to_verify"),
            declared=pl.lit(None),
            found=pl.col("said"),
            unit=pl.lit("残疾"),
            sentence=pl.format("登记有残疾人证（{}）", "said")
            + pl.when("lapsed").then(pl.format("，复审日期{}已过，请看证件", "until")).otherwise(pl.lit(""))
            + pl.lit("；请一并考虑，应保尽保。"),
        )
    )


def _said() -> pl.Expr:
    """肢体二级; what no code says stands as delivered."""
    return pl.col("category").replace(_KINDS).fill_null("类别未注明") + pl.col("grade").replace(_GRADES).fill_null(
        "（等级未注明）"
    )
