"""赡养、抚养、扶养费: what those who owe support give, or are taken to give by the county's formula."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.income.cents import RATE, cents, half_up, rate, share, yuan
from jiuzhu_check.rules.income.imputed_wage import age_on
from jiuzhu_check.rules.income.line import LINE, WHOSE, lines
from jiuzhu_check.rules.terms import terms
from jiuzhu_check.tables.roster import SUPPORT

_SIBLINGS = "兄|弟|姐|妹"


def supporters(
    household: pl.DataFrame,
    member: pl.DataFrame,
    declaration: pl.DataFrame,
    earned: pl.DataFrame,
    hardship: pl.DataFrame,
    civil_status: pl.DataFrame,
    standards: pl.DataFrame,
    limits: pl.DataFrame,
    as_of: date,
) -> pl.DataFrame:
    """LINE rows, one a supporter, with the first of these that can be said:

    1. judged or agreed (判决或协议)      2. nothing, where the policy takes them to be without ability
    3. of a child: a share of the payer's own income, so much a child up to a cap
    4. the policy's formula, where the income and size of the supporter's household are known
    5. an estimate, where they are not and the policy says how; marked as estimated
    Where the policy says so, what is really paid counts if it is more. Without formula and estimate only what is judged
    or paid counts.

    earned: household_no, member_no, cents: the supporters' own income of a year, as far as it is known
    hardship, civil_status: the records of supporters and members
    """
    theirs = member.filter(pl.col("role") == "supporter")
    if theirs.is_empty():
        return LINE.empty()
    known = _facts(theirs, member, declaration, earned, hardship, civil_status, as_of)
    policy = terms(
        household, limits, "support_form", "support_line_multiple", "support_line_year", "support_threshold_multiple",
        "support_rate", "support_many_children", "support_many_rate", "support_divisor", "support_child_share",
        "support_children_cap", "support_actual_if_higher", "support_estimate_base", "support_estimate_rate",
        "support_without_ability", "minimum_wage_month",
    )  # fmt: skip
    owed = (
        known.join(policy, on="household_no", how="left")
        .join(standards.select("household_no", "dibao_year", "disposable"), on="household_no", how="left")
        .with_columns(
            household_year=cents("support_income") * 12, siblings=pl.len().over("household_no").cast(pl.Int64)
        )
        .with_columns(_judged(), _of_child(), _of_form(), _estimate(), unable=_without_ability())
    )
    paid = (cents("support_paid") * 12).alias("paid")
    return _worded(owed.with_columns(paid))


def _facts(
    theirs: pl.DataFrame,
    member: pl.DataFrame,
    declaration: pl.DataFrame,
    earned: pl.DataFrame,
    hardship: pl.DataFrame,
    civil_status: pl.DataFrame,
    as_of: date,
) -> pl.DataFrame:
    """The supporters with what was declared of them, their own income, age and disability, and whom they support."""
    of = list(WHOSE)
    declared = declaration.filter(pl.col("item").is_in(SUPPORT)).sort("declared_on", "declared", nulls_last=False)
    newest = declared.group_by(*of, "item", maintain_order=True).agg(pl.col("declared").last())
    told = newest.group_by(of, maintain_order=True).agg(
        pl.col("declared").filter(pl.col("item") == item).first().alias(item) for item in SUPPORT
    )
    severe = severely_disabled(hardship)
    inside = pl.col("event") == "imprisoned"
    jailed = civil_status.filter(inside, pl.col("ended_on").is_null()).select(of).unique(maintain_order=True)
    helped = (
        severe.join(member.filter(pl.col("role").ne_missing("supporter")), on=of, how="semi")
        .select("household_no")
        .unique(maintain_order=True)
        .with_columns(helps_disabled=pl.lit(True))
    )
    return (
        theirs.select(*of, "relation", "support_programme", age_on(as_of).alias("age"))
        .join(told, on=of, how="left", maintain_order="left")
        .join(earned.select(*of, own_year="cents"), on=of, how="left", maintain_order="left")
        .join(severe.with_columns(severe=pl.lit(True)), on=of, how="left", maintain_order="left")
        .join(jailed.with_columns(jailed=pl.lit(True)), on=of, how="left", maintain_order="left")
        .join(helped, on="household_no", how="left", maintain_order="left")
        .with_columns(pl.col("severe", "jailed", "helps_disabled").fill_null(value=False))
    )


def severely_disabled(hardship: pl.DataFrame) -> pl.DataFrame:
    """household_no, member_no of those with a disability of grade 1 or 2, or an intellectual or mental one of grade 3."""
    grade = pl.col("grade")
    mind = (grade == "3") & pl.col("category").is_in(["intellectual", "mental"])
    severe = hardship.filter(pl.col("kind") == "disability", grade.is_in(["1", "2"]) | mind)
    return severe.select(WHOSE).unique(maintain_order=True)


def _judged() -> pl.Expr:
    return (cents("support_judged") * 12).alias("judged")


def _of_child() -> pl.Expr:
    children = pl.col("support_children").cast(pl.Int64)
    every = pl.min_horizontal(rate("support_child_share") * children, rate("support_children_cap"))
    of_children = half_up(pl.col("own_year") * every, RATE)
    return pl.when((children > 0) & pl.col("support_child_share").is_not_null()).then(of_children).alias("of_child")


def _of_form() -> pl.Expr:
    """What is above the line, times the rate, shared out; null where the policy has no form or the ability is not known."""
    heads = pl.col("support_household").cast(pl.Int64)
    line = pl.coalesce(cents("support_line_year") * RATE, pl.col("dibao_year") * rate("support_line_multiple")) * heads
    income = pl.col("household_year") * RATE
    above = (income - line).clip(0)
    under = (income <= pl.col("dibao_year") * rate("support_threshold_multiple") * heads).fill_null(value=False)
    many = (pl.col("siblings") >= pl.col("support_many_children")).fill_null(value=False)
    part = (
        pl.when(many).then(pl.coalesce(rate("support_many_rate"), rate("support_rate"))).otherwise(rate("support_rate"))
    )
    by, form = pl.col("support_divisor"), pl.col("support_form")
    among = (
        pl.when(by == "supported_persons")
        .then(pl.col("support_persons").cast(pl.Int64))
        .when(by == "supporters")
        .then("siblings")
        .when(by == "none")
        .then(1)
    )
    over = among * RATE * RATE * pl.when(form == "head_excess").then(heads).otherwise(1)
    fee = half_up(above.cast(pl.Int128) * part, pl.when(heads > 0).then(over))
    return pl.when(form.is_not_null()).then(pl.when(under & (heads > 0)).then(0).otherwise(fee)).alias("of_form")


def _estimate() -> pl.Expr:
    of_wage = pl.col("support_estimate_base") == "minimum_wage"
    base = pl.when(of_wage).then(cents("minimum_wage_month") * 12).otherwise("disposable")
    said = pl.col("support_estimate_base").is_not_null()
    return pl.when(said).then(share(base, "support_estimate_rate")).alias("guess")


def _without_ability() -> pl.Expr:
    """Whether the policy takes them to be without ability; where income or size is not known, poverty is not assumed."""
    poor = (pl.col("household_year") < pl.col("disposable") * pl.col("support_household").cast(pl.Int64)).fill_null(
        value=False
    )
    age, programme = pl.col("age"), pl.col("support_programme")
    of_kind = {
        "tekun": programme.str.contains("特困"),
        "dibao_60": programme.is_in(["城市低保", "农村低保"]) & (age >= 60),
        "low_income_70": (age >= 70) & poor,
        "low_income_disabled": pl.col("severe") & poor,
        "imprisoned": pl.col("jailed"),
        "kin_of_disabled": pl.col("helps_disabled") & (pl.col("relation").str.contains(_SIBLINGS) | (age >= 60)),
    }
    listed = pl.col("support_without_ability")
    return pl.any_horizontal(
        (listed.list.contains(kind) & is_one).fill_null(value=False) for kind, is_one in of_kind.items()
    )


def _worded(owed: pl.DataFrame) -> pl.DataFrame:
    judged, child, form, guess = (pl.col(name) for name in ("judged", "of_child", "of_form", "guess"))
    ways = [
        (judged.is_not_null(), judged, pl.format("判决或协议{}元/月 × 12", "support_judged"), "按判决或协议计入。"),
        (
            pl.col("unable"),
            pl.lit(0, pl.Int64),
            pl.lit("没有赡养能力，0元"),
            "按规定视为没有赡养能力；财产没有来源，未核对，请另行核实。",
        ),
        (child.is_not_null(), child, _child_words(), "抚养费按抚养人收入的比例计入。"),
        (form.is_not_null(), form, _form_words(), "按当地公式计入。"),
        (
            guess.is_not_null(),
            guess,
            _guess_words(),
            "赡养能力不能确定，按当地规定估计；仅凭估计不作为不一致，请核实。",
        ),
    ]
    chosen = owed.with_columns(
        owed=pl.coalesce(pl.when(is_so).then(amount) for is_so, amount, _, _ in ways),
        formula=pl.coalesce(pl.when(is_so).then(words) for is_so, _, words, _ in ways),
        what=pl.coalesce(pl.when(is_so).then(pl.lit(words)) for is_so, _, _, words in ways),
        estimated=~judged.is_not_null() & ~pl.col("unable") & child.is_null() & form.is_null() & guess.is_not_null(),
    )
    more = pl.col("support_actual_if_higher").fill_null(value=False) & (pl.col("paid") > pl.col("owed"))
    actual = (more | pl.col("owed").is_null() & pl.col("paid").is_not_null()).fill_null(value=False)
    known = pl.col("owed").is_not_null() | actual
    return lines(
        chosen.with_columns(
            cents=pl.when(actual).then("paid").otherwise("owed"),
            counted=known,
            estimated=pl.col("estimated") & ~actual,
            item=pl.lit("赡养（抚养、扶养）费"),
            formula=pl.when(actual)
            .then(pl.format("实际给付{}元/月 × 12", "support_paid"))
            .otherwise(pl.col("formula").fill_null("未计算")),
            what=pl.when(actual)
            .then(pl.lit("按实际给付计入。"))
            .otherwise(pl.col("what").fill_null("当地政策没有规定公式，或者赡养能力尚不能确定，未计入，请核实。"))
            + pl.when(judged.is_null() & ~pl.col("unable"))
            .then(pl.lit("义务人的财产没有来源，未核对。"))
            .otherwise(pl.lit("")),
            **{"class": pl.lit("supporter")},
        )
    )


def _child_words() -> pl.Expr:
    cap = pl.format("，合计不超过{}%", _percent("support_children_cap")).fill_null("")
    return pl.format(
        "本人年收入{}元 × {}% × {}名子女{}",
        yuan("own_year"),
        _percent("support_child_share"),
        pl.col("support_children").cast(pl.Int64),
        cap,
    )


def _form_words() -> pl.Expr:
    line = pl.coalesce(
        pl.format("{}元", "support_line_year"),
        pl.format("低保标准{}元 × {}", yuan("dibao_year"), _plain("support_line_multiple")),
    )
    heads = pl.col("support_household").cast(pl.Int64)
    excess = pl.format("（家庭年收入{}元 - {} × {}人）", yuan("household_year"), line, heads)
    a_head = pl.when(pl.col("support_form") == "head_excess").then(pl.format(" ÷ {}人", heads)).otherwise(pl.lit(""))
    many = (pl.col("siblings") >= pl.col("support_many_children")).fill_null(value=False)
    part = pl.when(many).then(pl.coalesce("support_many_rate", "support_rate")).otherwise("support_rate")
    shared = (
        pl.when(pl.col("support_divisor") == "supported_persons")
        .then(pl.format(" ÷ 应赡养{}人", pl.col("support_persons").cast(pl.Int64)))
        .when(pl.col("support_divisor") == "supporters")
        .then(pl.format(" ÷ 赡养人{}名", "siblings"))
        .otherwise(pl.lit(""))
    )
    said = excess + a_head + pl.format(" × {}%", (part * 100).cast(pl.Decimal(12, 2))) + shared
    return said.fill_null("赡养人家庭人均收入不高于免算线，0元")


def _guess_words() -> pl.Expr:
    of_wage = pl.col("support_estimate_base") == "minimum_wage"
    return (
        pl.when(of_wage)
        .then(pl.format("最低工资标准{}元/月 × 12 × {}%", "minimum_wage_month", _percent("support_estimate_rate")))
        .otherwise(pl.format("人均可支配收入{}元 × {}%", yuan("disposable"), _percent("support_estimate_rate")))
    )


def _percent(share: str) -> pl.Expr:
    return (pl.col(share) * 100).cast(pl.Decimal(12, 2))


def _plain(rate: str) -> pl.Expr:
    return pl.col(rate).cast(pl.String).str.strip_chars_end("0").str.strip_chars_end(".")
