"""市场主体 as a household has them: one row an entity, whatever roles its members have in it."""

import polars as pl

from jiuzhu_check.rules.found import all_evidence, evidence, only_member
from jiuzhu_check.rules.once import once
from jiuzhu_check.rules.terms import terms
from jiuzhu_check.tables.finding import EVIDENCE

ENDED = ("deregistered", "cancelled")  # 注销、撤销；吊销 (revoked) is neither
POLICY = {
    "legal_representative": "market_entity_legal_representative",
    "investor": "market_entity_investor",
    "executive": "market_entity_executive",
    "proprietor": "market_entity_proprietor",
    "member": "market_entity_member",
}
ROLES = {
    "legal_representative": "法定代表人",
    "investor": "投资人",
    "executive": "高级管理人员",
    "proprietor": "个体经营者",
    "member": "合作社成员",
}


@once
def registered_entities(market_entity: pl.DataFrame, household: pl.DataFrame, limits: pl.DataFrame) -> pl.DataFrame:
    """One row a household and entity.

    subject:     the entity's credit code, also where only another row of the same old number gives it; else that, or its name
    member_no:   null where several members have a role in it
    roles:       the roles in words, joined by 、
    policy:      the strictest that the policy says of any of these roles; null: it is silent about all of them
    ended:       every row of it ended
    doubt:       why it must be asked about first, in Chinese; null where nothing is in doubt
    record_date: the earliest; ended_on: the latest
    """
    policy = terms(household, limits, *POLICY.values(), kiosk="market_entity_kiosk")
    of_role = pl.coalesce(pl.when(pl.col("role") == role).then(pl.col(column)) for role, column in POLICY.items())
    return (
        entity_rows(market_entity)
        .join(policy, on="household_no", how="left")
        .with_columns(policy=of_role, role_words=pl.col("role").replace_strict(ROLES, default=None))
        .group_by("household_no", "subject", maintain_order=True)
        .agg(
            only_member(),
            _doubt(),
            pl.col("role_words").drop_nulls().unique(maintain_order=True).str.join("、").alias("roles"),
            pl.col("record_date").min(),
            pl.col("ended_on").max(),
            policy=_strictest(),
            ended=_ended().all(),
            evidence=all_evidence(),
        )
    )


def entity_rows(market_entity: pl.DataFrame) -> pl.DataFrame:
    """The rows with `subject` and `evidence`, in a fixed order."""
    place = pl.format("{}!{}:{}", "extract", "sheet", "source_row")
    old = pl.col("registration_no")
    same = pl.when(old.is_not_null()).then(pl.col("entity_no").max().over("household_no", old))
    return market_entity.sort("household_no", "member_no", *EVIDENCE).with_columns(
        evidence(), subject=pl.coalesce("entity_no", same, old, "entity_name", place)
    )


def _ended() -> pl.Expr:
    return pl.col("state").is_in(ENDED).fill_null(value=False)


def _strictest() -> pl.Expr:
    said = pl.col("policy")
    return (
        pl.when((said == "difference").any())
        .then(pl.lit("difference"))
        .when((said == "question").any())
        .then(pl.lit("question"))
        .when((said == "not_asked").any())
        .then(pl.lit("not_asked"))
    )


def _doubt() -> pl.Expr:
    """吊销 is no end, a role without a name is none that the policy knows, a kiosk is looked at first."""
    state = pl.col("state")
    own_shop = (pl.col("role") == "proprietor") | pl.col("entity_type").str.contains("个体").fill_null(value=False)
    return (
        pl.when(_ended().any())
        .then(pl.lit("同一市场主体另有已注销、撤销的登记"))
        .when((state == "revoked").any())
        .then(pl.lit("登记状态为吊销，未见注销"))
        .when((state == "moved").any())
        .then(pl.lit("登记状态为迁出，现登记机关的情况不明"))
        .when((state == "active").all().not_() | state.is_null().any())
        .then(pl.lit("登记状态未注明或未识别"))
        .when(pl.col("role_words").is_null().any())
        .then(pl.lit("在其中的身份未注明或未识别"))
        .when((own_shop & pl.col("kiosk")).any())
        .then(pl.lit("个体工商户，须先核实是否夫妻经营、没有雇工"))
        .alias("doubt")
    )
