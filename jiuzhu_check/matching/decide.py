"""判定 decide: the candidates of each record slot → links. At most one person is accepted for a slot; ties go to review."""

import polars as pl

from jiuzhu_check.matching.evidence.name import RELATIONS
from jiuzhu_check.matching.evidence.number import SENTENCES
from jiuzhu_check.matching.tiers import ORDER, VETO, tier_of
from jiuzhu_check.tables.link import LINK
from jiuzhu_check.tables.record import ORIGIN

_MORE = {"several_edits": "登记号码校验位不符，改正一处后与名册中多人的号码都可相同"}


def decide(candidates: pl.DataFrame, households: pl.DataFrame, closed: frozenset[str] = frozenset()) -> pl.DataFrame:
    """LINK rows; run, data_date and subject are left null.

    candidates: CANDIDATE rows of any number of records
    households: household_no, member_no, person_no, name_key of the members under check
    closed:     tiers that a measurement has closed: what they would accept goes to review
    """
    tiered = _tiered(candidates, closed)
    both = pl.concat([tiered, _the_other_member(tiered, candidates, households)])
    slot = list(ORIGIN)
    accepted = pl.col("status") == "accepted"
    people = pl.col("number").filter(accepted).n_unique().over(slot)
    tied = accepted & (people > 1)
    links = both.with_columns(
        status=pl.when(tied).then(pl.lit("review")).otherwise("status"),
        reason=pl.when(tied).then(pl.col("reason") + "；另有人同样相符").otherwise("reason"),
    )
    return (
        LINK.fit(links)
        .unique([*slot, "household_no", "member_no"], keep="first", maintain_order=True)
        .sort(*slot, "household_no", "member_no")
    )


def _tiered(candidates: pl.DataFrame, closed: frozenset[str]) -> pl.DataFrame:
    """Each pair of evidence is judged once, and the judgement joined back."""
    kinds = candidates.select("number_evidence", "name_relation", "name_detail").unique()
    judged = []
    for number, name, detail in kinds.iter_rows():
        tier = tier_of(number, name, detail)
        if tier is not None:
            words = f"{SENTENCES.get(number) or _MORE[number]}，{RELATIONS[name]}{f'（{detail}）' if detail else ''}"
            status = "review" if tier.code in closed and tier.status == "accepted" else tier.status
            judged.append((number, name, detail, tier.code, status, words))
    schema = ["number_evidence", "name_relation", "name_detail", "tier", "status", "reason"]
    table = pl.DataFrame(judged, schema=dict.fromkeys(schema, pl.String), orient="row")
    pairs = candidates.join(table, on=schema[:3], how="inner", maintain_order="left")
    generic = pl.col("go_between").is_not_null()
    own = pl.col("name_relation").is_in(["N0", "N1"])
    why = pl.format("；该号码在本表与 {} 个互不相干的姓名同现，疑为代办人号码", pl.col("go_between"))
    return pairs.with_columns(
        tier=pl.when(generic & ~own).then(pl.lit(VETO.code)).otherwise("tier"),
        status=pl.when(generic & ~own)
        .then(pl.lit(VETO.status))
        .when(generic)
        .then(pl.lit("review"))
        .otherwise("status"),
        reason=pl.when(generic).then(pl.col("reason") + why).otherwise("reason"),
    )


def _the_other_member(tiered: pl.DataFrame, candidates: pl.DataFrame, households: pl.DataFrame) -> pl.DataFrame:
    """C2: the number is one member's and the name another's, so the other stands beside the first, both for review."""
    from jiuzhu_check.matching.evidence.name import simplified
    from jiuzhu_check.values.person_name import read

    split = tiered.filter(pl.col("tier") == "C2")
    if split.is_empty():
        return tiered.clear()
    named = split.with_columns(_key=pl.Series([simplified(name or "") for name in read(split["owner_name"])]))
    people = households.with_columns(
        _key=pl.Series([simplified(name or "") for name in households["name_key"]], dtype=pl.String)
    ).select("household_no", "_key", _member="member_no", _person="person_no")
    other = named.join(people, on=["household_no", "_key"], how="inner").with_columns(
        member_no=pl.col("_member"),
        person_no=pl.col("_person"),
        reason=pl.lit("登记姓名与本人相同，号码是同户另一成员的"),
    )
    return other.select(tiered.columns)


def weakest(tiers: list[str]) -> str:
    """The weakest of some tiers."""
    return max(tiers, key=lambda code: ORDER[code])
