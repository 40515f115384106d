"""公示 notice: which households a level publishes, what of them, and for how long.

The roster is reduced here to what the policy lets that level show, before anything is rendered: what writes the page, the
workbook or the PDF gets a frame that has no other column. A cell that may hold something else than it should (a number in
the name, a remark about an illness) is not printed; its household is told to the clerk instead.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from jiuzhu_check.checks.audited import audited
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.errors import NotFound, UsageError
from jiuzhu_check.language import say
from jiuzhu_check.parameters.file import region_prefix
from jiuzhu_check.reports.notice import Notice, Period
from jiuzhu_check.tables.notice import FIELDS, NOTICE, REFUSED
from jiuzhu_check.values import identity_number, person_name
from jiuzhu_check.values.working_day import after

LEVELS = {"province": "省", "city": "市", "county": "县", "township": "乡镇", "village": "村"}
STAGES = {"applicants": ("applicant",), "recipients": ("recipient",), "filed": ("applicant", "recipient")}
# The digits of GB/T 2260 that a level's own region has.
_DIGITS = {"province": 2, "city": 4, "county": 6, "township": 6, "village": 6}
_DAYS = {
    "province": "notice.web_days", "city": "notice.web_days", "county": "deadline.second_notice",
    "township": "deadline.notice", "village": "deadline.notice",
}  # fmt: skip
_LONG_LASTING = ("recipient",)
_HEAD = r"^(户主|本人|申请人|本人或户主)$"
# A name is letters and dots, a place may have a bracket and a few digits: 八一村（北）, 718社区. All else is no name of one.
_NAME = r"^[\p{L}\p{M}]+(?:[·•‧∙⋅・･．.]\p{L}[\p{L}\p{M}]*)*$"
_LETTERS = r"[\p{Latin}\p{Greek}\p{Cyrillic}]"  # beside Chinese a remark, such as ICU
_PLACE = r"^[\p{L}\p{M}0-9·（）()、]{1,30}$"
_REGION = r"^(?:[0-9]{6}|[0-9]{9}|[0-9]{12})$"  # GB/T 2260, GB/T 10114
_TOO_MUCH = r"[0-9]{4}|号楼|单元|[0-9](?:室|栋|幢|号$)"  # of a place: a long number, or an address
WHY = {
    "no_applicant": "名册没有申请人（户主）姓名",
    "name_text": "姓名栏里有姓名以外的内容（数字、符号或说明）",
    "place_text": "乡镇或村一栏里有地名以外的内容",
    "region_text": "行政区划代码一栏里有代码以外的内容",
    "programme_text": "救助类别一栏里有类别以外的内容",
    "age_unknown": "申请人的出生日期不明，或不是名册上的成员，无法判断是否未成年",
    "amount_negative": "保障金额小于零",
    "amount_differs": "同一户各行的保障金额不一致",
}


@dataclass(frozen=True)
class Asked:
    """What notice is wanted. village and township as the roster has them; region: empty for the centre's own."""

    level: str
    kind: str
    since: date
    region: str = ""
    township: str = ""
    village: str = ""


@dataclass(frozen=True)
class Drawn:
    """A notice, and what its clerk has to know before it is posted.

    refused:   REFUSED rows: households that are not printed, and why
    unruled:   programme and households of it: nothing says what of them may be published
    placeless: households that no township or village board shows, for the roster does not say where they are
    kept_out:  households of minors that the policy leaves out
    known:     whether the holidays of all those days are known, or some were estimated
    """

    notice: Notice
    refused: pl.DataFrame
    unruled: dict[str, int]
    placeless: int
    kept_out: int
    known: bool


def draw_notice(centre: Centre, asked: Asked) -> Drawn:
    """The notice of one level.

    raises: UsageError where level and place do not fit, NotFound where the roster has no such household
    """
    _check(asked)
    facts = {"level": asked.level, "kind": asked.kind, "place": f"{asked.township}{asked.village}"}
    with audited(centre.audit, "notice", facts=facts) as ending:
        roster = centre.placed(centre.roster()).filter(pl.col("stage").is_in(STAGES[asked.kind]))
        region = asked.region or centre.region
        homes, placeless = _within(_homes(roster, asked.since), asked, region)
        told = {name: _told(centre, asked, region, name) for name in homes["programme"].unique().sort().drop_nulls()}
        permitted = {name: each.fields for name, each in told.items() if "申请人姓名" in each.fields}
        unruled = homes.filter(~pl.col("programme").is_in(list(permitted)).fill_null(value=False))
        homes = homes.join(unruled, on="household_no", how="anti", maintain_order="left")
        shown = {FIELDS[field] for fields in permitted.values() for field in fields}
        reasons = _reasons(homes, shown)
        homes = homes.join(reasons, on="household_no", how="anti", maintain_order="left")
        homes, kept_out = _protected(centre, homes, asked, region)
        rows = _reduced(homes, permitted)
        periods, known = _periods(told, permitted, rows, asked)
        drawn = Drawn(
            notice=Notice(
                level=asked.level,
                kind=asked.kind,
                place=(asked.village and f"{asked.township}{asked.village}") or asked.township or _code(region, asked),
                on=asked.since,
                rows=rows,
                columns=tuple(name for name in NOTICE.columns if name in shown and name != "filed"),
                periods=periods,
                phone=_said(centre, "notice.phone", region, asked.since),
                address=_said(centre, "notice.address", region, asked.since),
                basis=centre.policy.basis("near_relative" if asked.kind == "filed" else "notice", asked.since),
            ),
            refused=reasons,
            unruled=dict(unruled.group_by("programme").len().sort("programme").iter_rows()),
            placeless=placeless,
            kept_out=kept_out,
            known=known,
        )
        ending.counts = {"households": rows.height, "refused": reasons.height}
        return drawn


@dataclass(frozen=True)
class _Told:
    """What the policy says of one programme at one level."""

    fields: tuple[str, ...]
    days: int | None
    in_working_days: bool


def _told(centre: Centre, asked: Asked, region: str, programme: str) -> _Told:
    def said(parameter: str) -> object:
        value = centre.policy.told(parameter, region, programme, asked.since)
        return None if value is None else value.cell

    fields = said(f"notice.{asked.level}")
    if asked.kind == "filed":  # the office's own register, not posted: what the village would be shown, and where
        fields = ("地区", "乡镇", "村", "救助类别", "申请人姓名", "家庭人口", "保障金额", "近亲属备案")
    days = said(_DAYS[asked.level])
    return _Told(
        tuple(str(each) for each in fields) if isinstance(fields, tuple) else (),
        days if isinstance(days, int) else None,
        said("notice.counted_in") == "工作日",
    )


def _check(asked: Asked) -> None:
    needed = {"township": ("township",), "village": ("township", "village")}.get(asked.level, ())
    if not all(getattr(asked, name) for name in needed) or (not needed and (asked.township or asked.village)):
        raise UsageError(
            say("级别与范围不合。"),
            hint=say("村级写 --township 和 --village，乡镇级写 --township，县级及以上只写 --region。"),
        )
    for place in (asked.township, asked.village):
        if place and not pl.select(_is_place(pl.lit(place))).item():
            raise UsageError(say("乡镇或村的名称里有地名以外的内容。"), hint=say("写名册上的地名；号码不写在命令里。"))
    if asked.region and not (len(asked.region) == 6 and asked.region.isascii() and asked.region.isdigit()):
        raise UsageError(say("{name} 的值不对。", name="--region"), hint=say("按 GB/T 2260 填写，例如 370100。"))


def _code(region: str, asked: Asked) -> str:
    """The level's own code: the county's 370199, its city's 370100, its province's 370000."""
    return region[: _DIGITS[asked.level]].ljust(6, "0")


def _homes(roster: pl.DataFrame, on: date) -> pl.DataFrame:
    """One row a household: where it is, who applies, how many live together, the amount, and whether a minor applies.

    The applicant is whom 户主姓名 names; where the roster has no such column, the member whose relation says so.
    """
    adult_since = pl.lit(on).dt.offset_by("-18y")
    born = pl.max_horizontal("birth_date", identity_number.birth_date(pl.col("number")))
    is_head = pl.col("relation").str.contains(_HEAD).fill_null(value=False)
    together = (pl.col("role") == "member") & pl.col("lives_together").ne_missing(other=False)
    first = [pl.col(name).drop_nulls().first() for name in ("region", "township", "village", "programme", "head_name")]
    people = roster.sort("household_no", pl.col("member_no").cast(pl.Int64)).with_columns(
        _minor=born > adult_since,
        _is_head=is_head,
        _together=together,
        _amounts=pl.col("amount_month").drop_nulls().n_unique().over("household_no"),
    )
    called = people.group_by("household_no", maintain_order=True).agg(
        pl.coalesce(pl.col("head_name").drop_nulls().first(), pl.col("name").filter("_is_head").first()).alias(
            "applicant"
        )
    )
    people = people.join(called, on="household_no", maintain_order="left").with_columns(
        _applies=(person_name.fold(pl.col("applicant")) == pl.col("name_key")).fill_null(value=False)
    )
    people = people.with_columns(
        _applies=pl.col("_applies") | (pl.col("_is_head") & ~pl.col("_applies").any().over("household_no"))
    )
    mine = pl.col("_minor").filter("_applies")
    ours = pl.col("_minor").filter("_together")
    return (
        people.group_by("household_no", maintain_order=True)
        .agg(
            *first,
            pl.col("applicant").first(),
            pl.col("_together").sum().cast(pl.Int64).alias("members"),
            pl.col("amount_month").drop_nulls().first(),
            pl.col("filed").max(),
            (pl.col("_amounts").first() > 1).alias("amount_differs"),
            ((mine.any() & (mine.len() > 0)) | (ours.all(ignore_nulls=False) & (ours.len() > 0)))
            .fill_null(value=False)
            .alias("minor"),
            # nobody of whom an age is unknown may be the applicant
            pl.when(mine.len() > 0)
            .then(mine.is_null().any())
            .otherwise(ours.is_null().any() | ours.any())
            .alias("age_unknown"),
        )
        .drop("head_name")
    )


def _within(homes: pl.DataFrame, asked: Asked, region: str) -> tuple[pl.DataFrame, int]:
    """The households of the level's place; and how many of the place above it the roster does not place."""
    if asked.kind == "filed":
        homes = homes.filter(pl.col("filed"))
    on_a_board = asked.level in ("township", "village")
    prefix = region_prefix(region) if on_a_board else region[: _DIGITS[asked.level]]
    inside = homes.filter(pl.col("region").str.starts_with(prefix))
    placeless = 0
    for column, name in (("township", asked.township), ("village", asked.village)):
        if name:
            placeless = inside.filter(pl.col(column).is_null()).height
            inside = inside.filter(pl.col(column).str.strip_chars() == name)
    if inside.is_empty():
        raise NotFound(
            say("名册里没有这个范围的家庭。"),
            hint=say("请核对 --level、--kind、--region 和地名，地名与名册所写的一致。"),
        )
    if asked.township and inside["region"].n_unique() > 1:
        raise UsageError(say("几个县都有这个乡镇。"), hint=say("加 --region，写明是哪个县。"))
    return inside, placeless


def _reasons(homes: pl.DataFrame, shown: set[str]) -> pl.DataFrame:
    """REFUSED rows."""
    places = [pl.col(name) for name in ("township", "village") if name in shown]
    at_fault = {
        "no_applicant": pl.col("applicant").is_null(),
        "name_text": ~_is_name(pl.col("applicant")),
        "place_text": pl.any_horizontal(
            pl.lit(value=False), *((~_is_place(place)).fill_null(value=False) for place in places)
        ),
        "region_text": ~pl.col("region").str.contains(_REGION) & pl.lit("region" in shown),
        "programme_text": ~pl.col("programme").str.contains(r"^[\p{Han}（）()、·]{2,20}$"),
        "amount_negative": (pl.col("amount_month") < 0).fill_null(value=False) & pl.lit("amount_month" in shown),
        "amount_differs": pl.col("amount_differs") & pl.lit("amount_month" in shown),
        "age_unknown": pl.col("age_unknown") & ~pl.col("minor"),
    }
    code = pl.coalesce(pl.when(found.fill_null(value=True)).then(pl.lit(name)) for name, found in at_fault.items())
    return REFUSED.fit(homes.select("household_no", code=code).drop_nulls("code")).sort("household_no")


def _is_name(cell: pl.Expr) -> pl.Expr:
    name = cell.str.strip_chars()
    return (
        name.str.contains(_NAME)
        & ~(name.str.contains(r"\p{Han}") & name.str.contains(_LETTERS))
        & (cell.str.len_chars() <= 50)
    )


def _is_place(cell: pl.Expr) -> pl.Expr:
    return cell.str.strip_chars().str.contains(_PLACE) & ~cell.str.contains(_TOO_MUCH)


def _protected(centre: Centre, homes: pl.DataFrame, asked: Asked, region: str) -> tuple[pl.DataFrame, int]:
    """The households with the names that may be shown; and how many of minors are left out."""
    how = _said(centre, "notice.minor", region, asked.since) or "不写姓名"
    masked = centre.policy.told("notice.masked", region, None, asked.since)
    covers = masked is not None and isinstance(masked.cell, tuple) and LEVELS[asked.level] in masked.cell
    if asked.kind == "filed":
        return homes, 0  # not posted: the office has to know whom it registers
    minors = homes.filter("minor").height if how == "不列出" else 0
    name = pl.col("applicant").str.strip_chars()
    protected = person_name.mask_name(name) if how == "遮盖姓名" else pl.lit(None, pl.String)
    usual = person_name.mask_name(name) if covers else name
    kept = homes.filter(~pl.col("minor")) if how == "不列出" else homes
    return kept.with_columns(applicant=pl.when("minor").then(protected).otherwise(usual)), minors


def _reduced(homes: pl.DataFrame, permitted: dict[str, tuple[str, ...]]) -> pl.DataFrame:
    """NOTICE rows that hold of each household what may be shown of its programme, and nothing else."""
    held = homes.select(
        (
            pl.when(pl.col("programme").is_in([name for name, fields in permitted.items() if field in fields]))
            .then(pl.col(column))
            .alias(column)
        )
        for field, column in FIELDS.items()
    )
    return NOTICE.fit(held).sort(
        "region", "township", "village", "programme", "applicant", "members", "amount_month", nulls_last=True
    )


def _periods(
    told: dict[str, _Told], permitted: dict[str, tuple[str, ...]], rows: pl.DataFrame, asked: Asked
) -> tuple[tuple[Period, ...], bool]:
    """From when to when, for the programmes that have the same days; and whether all holidays are known."""
    if asked.kind == "filed":
        return (), True
    named = [name for name in permitted if name in set(rows["programme"].drop_nulls())] or list(permitted)
    if asked.kind == "recipients":
        return (Period(tuple(named), asked.since, None, None, in_working_days=False, lasting=True),), True
    known, periods = True, []
    for days, working in sorted({(told[name].days, told[name].in_working_days) for name in named}, key=str):
        names = tuple(name for name in named if (told[name].days, told[name].in_working_days) == (days, working))
        until = None
        if days is not None:
            until, sure = after(asked.since, days) if working else (asked.since + timedelta(days=days), True)
            known &= sure
        periods.append(Period(names, asked.since, until, days, in_working_days=working))
    return tuple(periods), known


def _said(centre: Centre, parameter: str, region: str, on: date) -> str:
    value = centre.policy.told(parameter, region, None, on)
    return "" if value is None else str(value.cell)
