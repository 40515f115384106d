"""What sources show besides wages, business and pensions: each kind counts, or does not, as the policy of the day lists it."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.income.cents import yuan
from jiuzhu_check.rules.income.line import LINE, lines, period
from jiuzhu_check.rules.terms import terms

# kind → class, item. What is not here has a file of its own, or is not known.
KINDS = {
    "labour": ("wage", "劳务报酬"),
    "royalty": ("wage", "稿酬"),
    "property": ("property", "财产性收入"),
    "interest": ("property", "利息"),
    "dividend": ("property", "红利"),
    "rent": ("property", "租金"),
    "land_transfer": ("property", "土地流转收入"),
    "collective_dividend": ("property", "集体分红"),
    "unknown_pension": ("transfer", "养老金（险种未注明）"),
    "unemployment_benefit": ("transfer", "失业保险金"),
    "after_death": ("transfer", "养老金（成员登记为死亡以后的月份）"),
    "severance": ("transfer", "解除劳动合同补偿"),
    "compensation": ("transfer", "补偿赔偿"),
    "inheritance": ("transfer", "继承所得"),
    "gift": ("transfer", "接受赠与"),
    "support": ("transfer", "收到的赡养（抚养、扶养）费"),
    "honour": ("excluded", "优抚待遇"),
    "award": ("excluded", "奖励"),
    "family_planning": ("excluded", "计划生育奖励扶助"),
    "scholarship": ("excluded", "奖学金、助学金"),
    "heroism": ("excluded", "见义勇为奖励"),
    "assistance": ("excluded", "政府救助"),
    "medical_insurance": ("excluded", "医疗保险待遇"),
    "old_age_allowance": ("excluded", "高龄津贴"),
    "paid_insurance": ("excluded", "代缴的社会保险费"),  # 不发给本人
}
OWN_FILE = ("wage", "bonus", "public_payroll", "business", "pension", "resident_pension")


def other_kinds(received: pl.DataFrame, household: pl.DataFrame, limits: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """LINE rows of every kind that has no file of its own. What the policy lists neither way is not counted, and asked about."""
    theirs = received.filter(~pl.col("kind").is_in(OWN_FILE) | pl.col("kind").is_null())
    if theirs.is_empty():
        return LINE.empty()
    policy = terms(household, limits, "income_counted", "income_not_counted", "income_tax_deducted")
    kind = pl.col("kind")
    excluded = pl.col("income_not_counted").list.contains(kind).fill_null(value=False)
    counted = ~excluded & pl.col("income_counted").list.contains(kind).fill_null(value=False)
    classes = {name: each[0] for name, each in KINDS.items()}
    items = {name: each[1] for name, each in KINDS.items()}
    return lines(
        theirs.join(policy, on="household_no", how="left").with_columns(
            net_of_tax(),
            counted=counted & pl.col("cents").is_not_null(),
            shown=pl.lit(True),
            livelihood=kind.is_in(["unemployment_benefit", "after_death"]),
            item=kind.replace_strict(items, default=pl.format("收入项目“{}”", kind.fill_null("未注明"))),
            formula=paid_in(as_of),
            what=pl.when(pl.col("cents").is_null())
            .then(unplaced_words())
            .when(kind == "after_death")
            .then(pl.lit("死亡登记以后的月份，不作为家庭收入，未计入；请核实死亡日期和养老金的发放。"))
            .when(excluded)
            .then(pl.lit("按规定不计入家庭收入。"))
            .when(counted)
            .then(pl.lit("计入家庭收入。"))
            .otherwise(pl.lit("政策没有列明这一项是否计入，未计入，请核实。"))
            + also_unplaced(),
            **{
                "class": pl.when(excluded)
                .then(pl.lit("excluded"))
                .otherwise(kind.replace_strict(classes, default="other").replace("excluded", "other"))
            },
        )
    )


def net_of_tax() -> pl.Expr:
    """The cents received, less the tax paid of it where the policy deducts it."""
    taxed = pl.col("income_tax_deducted").fill_null(value=False)
    return (pl.col("cents") - pl.when(taxed).then("tax").otherwise(0)).alias("cents")


def paid_in(as_of: date) -> pl.Expr:
    """How a sum of what was received came about, in words."""
    taxed = pl.col("income_tax_deducted").fill_null(value=False) & (pl.col("tax") > 0)
    less = pl.when(taxed).then(pl.format("，减已缴税款{}元", yuan("tax"))).otherwise(pl.lit(""))
    named = pl.format(f"{period(as_of)}内{{}}笔，合计{{}}元", "payments", yuan("cents")) + less
    return pl.when(pl.col("cents").is_null()).then(pl.lit("所属时间或金额未注明")).otherwise(named)


def unplaced_words() -> pl.Expr:
    """Why nothing of it counts where no amount has both its time and its sum."""
    return pl.lit("来源没有写明所属时间或金额，未计入，请核实。")


def also_unplaced() -> pl.Expr:
    """What to add where other amounts beside those that count have no time or sum."""
    more = pl.format("另有{}笔没有写明所属时间或金额，未计入。", "unplaced")
    return pl.when((pl.col("unplaced") > 0) & (pl.col("payments") > 0)).then(more).otherwise(pl.lit(""))
