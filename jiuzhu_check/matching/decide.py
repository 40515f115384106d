"""判定 decide: the candidates of each record slot → links. At most one person is accepted for a slot; ties go to review."""

from collections.abc import Mapping

import polars as pl

from jiuzhu_check.matching.evidence.name import RELATIONS, simplify
from jiuzhu_check.matching.evidence.number import PARTIAL, SENTENCES
from jiuzhu_check.matching.namesakes import limits
from jiuzhu_check.matching.tiers import ACCEPTED, FAR_FROM_ALONE, NOT_ALONE, ORDER, REVIEW, VETO, Tier, tier_of
from jiuzhu_check.tables.link import LINK
from jiuzhu_check.tables.record import telling
from jiuzhu_check.values import person_name


def decide(candidates: pl.DataFrame, households: pl.DataFrame, closed: frozenset[str] = frozenset()) -> pl.DataFrame:
    """LINK rows; run, data_date and subject are left null.

    candidates: CANDIDATE rows of any number of records
    households: household_no, member_no, person_no, name_key of the members under check
    closed:     tiers that a measurement has closed: what they would accept goes to review
    """
    if candidates.is_empty():
        return LINK.empty()
    tiered = _tiered(_with_namesakes_at_home(candidates, households), closed)
    other = _the_other_member(tiered, candidates, households)
    both = pl.concat([tiered, other]) if other.height else tiered
    slot = telling(both)
    pair = [*slot, "household_no", "member_no"]
    links = LINK.fit(_tied_to_review(both, slot)).sort(pair, maintain_order=True)
    again = pl.all_horizontal(pl.col(name).eq_missing(pl.col(name).shift()) for name in pair)
    return links.filter(~again | (pl.int_range(pl.len()) == 0))


def _tied_to_review(judged: pl.DataFrame, slot: list[str]) -> pl.DataFrame:
    """The pairs; where more than one person would be accepted for a slot, each goes to review."""
    accepted = pl.col("status") == ACCEPTED
    whose = pl.coalesce("number", "person_no", pl.format("{}:{}", "household_no", "member_no"))
    slots = judged.select(*slot, _at=pl.when(accepted).then(pl.int_range(pl.len()))).drop_nulls("_at")
    at_once = judged[slots.filter(slots.select(slot).is_duplicated())["_at"]]
    people = at_once.group_by(slot).agg(_people=whose.n_unique())
    tied = people.filter(pl.col("_people") > 1).select(*slot, _tied=pl.lit(value=True))
    if tied.is_empty():
        return judged
    here = accepted & pl.col("_tied").fill_null(value=False)
    return judged.join(tied, on=slot, how="left", nulls_equal=True, maintain_order="left").with_columns(
        status=pl.when(here).then(pl.lit(REVIEW)).otherwise("status"),
        reason=pl.when(here).then(pl.col("reason") + "；另有人同样相符").otherwise("reason"),
    )


def _tiered(candidates: pl.DataFrame, closed: frozenset[str]) -> pl.DataFrame:
    """Each pair of evidence is judged once, and the judgement joined back."""
    kinds = candidates.select("number_evidence", "name_relation", "name_detail").unique()
    judged = []
    for number, name, detail in kinds.iter_rows():
        tier = tier_of(number, name, detail)
        if tier is not None:
            words = f"{SENTENCES[number]}，{RELATIONS[name]}{f'（{detail}）' if detail else ''}"
            status = "review" if tier.code in closed and tier.status == "accepted" else tier.status
            judged.append((number, name, detail, tier.code, status, words))
    schema = ["number_evidence", "name_relation", "name_detail", "tier", "status", "reason"]
    table = pl.DataFrame(judged, schema=dict.fromkeys(schema, pl.String), orient="row")
    pairs = candidates.join(table, on=schema[:3], how="inner", maintain_order="left")
    generic = pl.col("go_between").is_not_null()
    own = pl.col("name_relation").is_in(["N0", "N1"])
    why = pl.format("；该号码在本表与 {} 个互不相干的姓名同现，疑为代办人号码", pl.col("go_between"))
    against = pl.col("contradicts").is_not_null()
    vetoed = (generic | against) & ~own
    # the row has a second valid number under the same name: it may be that one's
    two = pl.col("contradicts").str.contains("证号") & (pl.col("number_evidence") != "within")
    either = against & own & (pl.col("_namesake_at_home") | two)
    other = pl.format("；登记的{}与登记号码不符", pl.col("contradicts"))
    return _weighed(pairs).with_columns(
        tier=pl.when(vetoed).then(pl.lit(VETO.code)).otherwise("tier"),
        status=pl.when(vetoed)
        .then(pl.lit(VETO.status))
        .when((generic | either) & (pl.col("status") == ACCEPTED))
        .then(pl.lit(REVIEW))
        .otherwise("status"),
        reason=pl.col("reason")
        + pl.when(generic).then(why).otherwise(pl.lit(""))
        + pl.when(against).then(other).otherwise(pl.lit("")),
    )


def _with_namesakes_at_home(candidates: pl.DataFrame, households: pl.DataFrame) -> pl.DataFrame:
    """The candidates with _namesake_at_home: whether somebody else of the household has the member's name.

    It is looked for where the record contradicts its number; elsewhere it does not matter.
    """
    doubtful = candidates.filter(pl.col("contradicts").is_not_null())["household_no"].unique()
    here = households.filter(pl.col("household_no").is_in(doubtful.implode()) & pl.col("name_key").is_not_null())
    shared = here.filter(pl.struct("household_no", "name_key").is_duplicated())
    at = ["household_no", "member_no"]
    marked = shared.select(*at, _namesake_at_home=pl.lit(value=True)).unique(at)
    return candidates.join(marked, on=at, how="left", maintain_order="left").with_columns(
        pl.col("_namesake_at_home").fill_null(value=False)
    )


def _weighed(pairs: pl.DataFrame) -> pl.DataFrame:
    """A partial number is somebody's only where nobody else fits, and the fewest are expected to; said in words."""
    accept, lead = limits()
    partial = pl.col("number_evidence").is_in(PARTIAL) & pl.col("tier").is_in(list(NOT_ALONE))
    expected = pl.col("expected_namesakes")
    rivals = pl.col("rivals").fill_null(0) > 0
    alone = ~rivals & (expected < accept)
    common = pl.col("seen_namesakes") > lead
    people = (
        expected.round_sig_figs(2)
        .cast(pl.Decimal(18, 8))
        .cast(pl.String)
        .str.strip_chars_end("0")
        .str.strip_chars_end(".")
    )
    fitting = pl.format("；预计另有约 {} 位同名者与登记可见的号码或出生日期也相合", people)
    words = pl.when(partial).then(fitting).otherwise(pl.lit(""))
    others = (
        pl.when(rivals)
        .then(pl.format("；本表或名册另有 {} 位同名者的有效号码也相合", pl.col("rivals")))
        .otherwise(pl.lit(""))
    )
    return pairs.with_columns(
        tier=pl.when(partial & ~alone & common)
        .then(_instead(FAR_FROM_ALONE, "code"))
        .when(partial & ~alone)
        .then(_instead(NOT_ALONE, "code"))
        .otherwise("tier"),
        status=pl.when(partial & ~alone & common)
        .then(_instead(FAR_FROM_ALONE, "status"))
        .when((partial & ~alone) | ((pl.col("status") == ACCEPTED) & rivals))
        .then(pl.lit(REVIEW))
        .otherwise("status"),
        reason=pl.col("reason") + words + others,
        expected_namesakes=pl.when(partial).then(people),
    )


def _instead(table: Mapping[str, Tier], attribute: str) -> pl.Expr:
    """The code or the status that each tier becomes."""
    become = {code: getattr(tier, attribute) for code, tier in table.items()}
    return pl.col("tier").replace_strict(become, default=None, return_dtype=pl.String)


def _the_other_member(tiered: pl.DataFrame, candidates: pl.DataFrame, households: pl.DataFrame) -> pl.DataFrame:
    """C2: the number is one member's and the name another's, so the other stands beside the first, both for review."""
    split = tiered.filter(pl.col("tier") == "C2")
    if split.is_empty():
        return tiered.clear()
    named = split.with_columns(person_name.read(split["owner_name"]).alias("_key")).with_columns(
        simplify(pl.col("_key"))
    )
    people = households.join(split, on="household_no", how="semi").select(
        "household_no", _key=simplify(pl.col("name_key")), _member="member_no", _person="person_no"
    )
    other = named.join(people, on=["household_no", "_key"], how="inner").with_columns(
        member_no=pl.col("_member"),
        person_no=pl.col("_person"),
        reason=pl.lit("登记姓名与本人相同，号码是同户另一成员的"),
    )
    return other.select(tiered.columns)


def weakest(tiers: list[str]) -> str:
    """The weakest of some tiers."""
    return max(tiers, key=lambda code: ORDER[code])
