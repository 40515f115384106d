"""不动产 as a household has it: one row a property, however many owners and rows the register gives it."""

import polars as pl

from jiuzhu_check.rules.found import all_evidence, evidence, only_member
from jiuzhu_check.rules.once import once
from jiuzhu_check.tables.finding import EVIDENCE

KNOWN_USE = ("residence", "commercial", "office", "industrial", "garage", "storage", "other")
USE_WORDS = {
    "commercial": "商业用房",
    "office": "办公用房",
    "industrial": "工业厂房",
    "garage": "车库、车位",
    "storage": "储藏室、仓储",
    "other": "其他用房",
}
# 不动产单元号：县级行政区6位、地籍区3位、地籍子区3位，然后是宗地特征码：J 集体、C 宅基地使用权宗地
RURAL_SITE = r"^[0-9]{12}JC|宅基地"
OLD_HOUSE = "祖宅|祖屋|老宅|老屋|泥砖房|泥砖屋|土坯房"


@once
def registered_properties(real_estate: pl.DataFrame) -> pl.DataFrame:
    """One row a household, property and use: a home and its garage may stand in one certificate.

    A filed contract (网签) is no registration yet.

    subject:     the unit number, else the certificate, else the address
    member_no:   null where it belongs to several members: a home co-owned within the household stands once
    use:         null where the source does not say, or says something unknown
    ended:       only historical registrations are left; otherwise those are set aside
    doubt:       why it must be asked about first, in Chinese; null where nothing is in doubt
    area:        built area, square metres; null where a source does not say
    rural:       it stands on a rural house site (宅基地); old: the register calls it an old or ancestral house
    record_date: the earliest; ended_on: the latest
    """
    return _properties(real_estate.filter(pl.col("kind").fill_null("registered") == "registered"))


@once
def filed_contracts(real_estate: pl.DataFrame) -> pl.DataFrame:
    """One row a household and property that it has a filed contract (网签) for and no registration yet.

    A cancelled contract is none; a property that was registered since, even if it is history by now, stands there.
    One that says that it was registered, and that no registration is found for, is in doubt. Where another property was registered after it, it may be the same one under other marks: that is in doubt.
    """
    registered = pl.col("kind").fill_null("registered") == "registered"
    known = real_estate.filter(registered).with_columns(place=_place())
    contracts = _properties(
        real_estate.filter(~registered).with_columns(cert_key=pl.coalesce("cert_key", "contract_no"))
    )
    dated = pl.col("record_date").is_not_null().all()
    newest = known.group_by("household_no").agg(registered_on=pl.when(dated).then(pl.col("record_date").max()))
    before = (pl.col("registered_on") < pl.col("record_date")).fill_null(value=False)
    perhaps = pl.when(pl.col("registers") & ~before).then(pl.lit("合同之后另有房屋登记，可能是同一处"))
    return (
        contracts.filter(~pl.col("ended"))
        .with_columns(place=_place())
        .join(known, on=["household_no", "unit_no"], how="anti")
        .join(known, on=["household_no", "place"], how="anti")
        .join(newest.with_columns(registers=pl.lit(value=True)), on="household_no", how="left", maintain_order="left")
        .with_columns(pl.coalesce("doubt", perhaps).alias("doubt"))
    )


@once
def dwellings(real_estate: pl.DataFrame) -> pl.DataFrame:
    """The properties that are homes; one whose use is not known is in doubt. Garages and storage are none."""
    return homes_of(registered_properties(real_estate))


def homes_of(properties: pl.DataFrame) -> pl.DataFrame:
    """Those of the properties that are homes; one whose use is not known is in doubt."""
    unknown = pl.when(pl.col("use").is_null()).then(pl.lit("房屋用途未注明或未识别"))
    return properties.filter(pl.col("use").fill_null("residence") == "residence").with_columns(
        pl.coalesce("doubt", unknown).alias("doubt")
    )


@once
def current_dwellings(real_estate: pl.DataFrame) -> pl.DataFrame:
    """The homes that are still registered."""
    return dwellings(real_estate).filter(~pl.col("ended"))


def subject_and_use() -> pl.Expr:
    """What tells a home from the garage in the same certificate: the home keeps the subject as it is."""
    words = pl.col("use").replace(USE_WORDS)
    return pl.when(pl.col("use").is_in(list(USE_WORDS))).then(pl.format("{} {}", "subject", words)).otherwise("subject")


def _properties(real_estate: pl.DataFrame) -> pl.DataFrame:
    historical = (pl.col("state") == "historical").fill_null(value=False)
    return (
        _told_apart(real_estate.sort("household_no", "member_no", *EVIDENCE))
        .with_columns(evidence(), historical=historical, use=pl.when(pl.col("use").is_in(KNOWN_USE)).then("use"))
        .with_columns(pl.coalesce("use", pl.col("use").max().over("household_no", "subject")))
        .with_columns(ended=pl.col("historical").all().over("household_no", "subject", "use"))
        .filter(pl.col("ended") | ~pl.col("historical"))
        .with_columns(
            twice=pl.col("subject").n_unique().over("household_no", "place") > 1,
            rural=_says(RURAL_SITE, "unit_no", "use_raw"),
            old=_says(OLD_HOUSE, "use_raw", "address"),
        )
        .group_by("household_no", "subject", "use", maintain_order=True)
        .agg(
            only_member(),
            _doubt(),
            pl.col("rural", "old").any(),
            pl.col("area", "unit_no", "address").drop_nulls().first(),
            pl.col("record_date").min(),
            pl.col("ended_on").max(),
            pl.col("ended").first(),
            evidence=all_evidence(),
        )
    )


def _says(words: str, *where: str) -> pl.Expr:
    return pl.any_horizontal(pl.col(column).str.contains(words).fill_null(value=False) for column in where)


def _place() -> pl.Expr:
    """An address whatever its spaces, brackets and commas."""
    letters = pl.col("address").str.normalize("NFKC").str.replace_all(r"[^\p{Han}A-Za-z0-9]", "")
    return letters.replace("", None)


def _told_apart(real_estate: pl.DataFrame) -> pl.DataFrame:
    """With `subject`: the same property from sources that give different marks of it, for one mark leads to the other."""
    by_unit = _led_by(real_estate.with_columns(mark="unit_no", place=_place()), "cert_key")
    marked = _led_by(by_unit.with_columns(pl.coalesce("mark", "cert_key")), "place")
    address = pl.when(pl.col("place").is_not_null()).then(pl.col("address").first().over("household_no", "place"))
    said = pl.concat_str("use_raw", "area", "record_date", separator=" ", ignore_nulls=True)
    return marked.with_columns(subject=pl.coalesce("mark", address, "address", said)).drop("mark")


def _led_by(marked: pl.DataFrame, other: str) -> pl.DataFrame:
    """The rows in order; one without a mark has the greatest one that its household has beside the same other mark."""
    here = ["household_no", other]
    wanting = marked.filter(pl.col("mark").is_null(), pl.col(other).is_not_null()).select(here).unique()
    known = marked.drop_nulls("mark").join(wanting, on=here, how="semi").group_by(here).agg(led=pl.col("mark").max())
    return (
        marked.join(known, on=here, how="left", maintain_order="left")
        .with_columns(mark=pl.coalesce("mark", "led"))
        .drop("led")
    )


def _doubt() -> pl.Expr:
    members = pl.col("member_no").n_unique()
    shared = (pl.col("co_ownership") != "sole").any()
    outside = (pl.col("owners").max() > members) | (shared & (members < 2))
    return (
        pl.when((pl.col("state") == "registered").any())
        .then(pl.lit("合同注明已办产权登记，登记中没有认出是哪一处"))
        .when((pl.col("state") == "current").not_().any() | pl.col("state").is_null().any())
        .then(pl.lit("权属状态未注明或未识别"))
        .when(outside.fill_null(value=False))
        .then(pl.lit("与家庭以外的人共有"))
        .when((pl.col("twice") & pl.col("place").is_not_null()).any())
        .then(pl.lit("同一坐落另有权证，可能是同一处"))
        .alias("doubt")
    )
