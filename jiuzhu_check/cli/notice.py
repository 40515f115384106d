"""report notice: what a level posts on its board or puts on its website."""

from enum import StrEnum
from pathlib import Path

import typer

from jiuzhu_check.cli.options import FONT_DIR, OUTPUT, day, font_folder, workspace_path
from jiuzhu_check.cli.screen import tell
from jiuzhu_check.language import say

SHOWN = 20
HELP = say(
    "公示（HTML、XLSX、PDF）：省、市、县网站，乡镇、村公示栏，各级只写政策允许公示的几项（申请人姓名、家庭人口、保障金额等），"
    "其他一概不写；写明公示期和异议反映电话、地址。名单取自名册，不是审核结论，张贴前请乡镇核对。\n\n"
    "起止日按政策的公示天数计，张贴当日不计；按工作日计的，扣除节假日和调休。政策没有写的（天数、电话、地址），留空手填。"
    "未成年人的家庭按政策不写姓名。近亲属单独登记（--kind filed）是内部登记表，不公示。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 report notice --level village --township 青崖镇 --village 上崖村 --format pdf\n"
    "    jiuzhu-check -C 工作区 report notice --level county --kind recipients --format xlsx -o 公布.xlsx"
)


class Level(StrEnum):
    """Whose board or website."""

    province = "province"
    city = "city"
    county = "county"
    township = "township"
    village = "village"


class Kind(StrEnum):
    """Which households."""

    applicants = "applicants"
    recipients = "recipients"
    filed = "filed"


class NoticeForm(StrEnum):
    """How it is written."""

    html = "html"
    xlsx = "xlsx"
    pdf = "pdf"


def notice(
    ctx: typer.Context,
    level: Level = typer.Option(..., "--level", help=say("哪一级：province 省 | city 市 | county 县 | township 乡镇 | village 村。")),
    kind: Kind = typer.Option(
        Kind.applicants, "--kind", help=say("applicants 申请家庭的公示 | recipients 在保家庭的公布 | filed 近亲属单独登记表（不公示）。")
    ),
    region: str = typer.Option("", "--region", metavar="CODE", help=say("哪个地区，六位行政区划代码；不写则为本中心所在的。")),
    township: str = typer.Option("", "--township", metavar="NAME", help=say("哪个乡镇（街道），名称与名册一致；乡镇、村两级必填。")),
    village: str = typer.Option("", "--village", metavar="NAME", help=say("哪个村（社区），名称与名册一致；村级必填。")),
    since: str | None = typer.Option(None, "--from", metavar="YYYY-MM-DD", help=say("哪一天张贴；不写则为当天。")),
    form: NoticeForm = typer.Option(NoticeForm.html, "--format", help=say("html | xlsx | pdf（要装 jiuzhu-check[pdf] 和中文字体）。")),
    font_dir: Path | None = FONT_DIR,
    output: Path | None = OUTPUT,
) -> None:  # fmt: skip
    """Write the notice, and tell the clerk what is not in it."""
    from jiuzhu_check.checks.centre import Centre
    from jiuzhu_check.checks.notice import WHY, Asked, draw_notice
    from jiuzhu_check.reports.notice import WRITERS, notice_pdf
    from jiuzhu_check.store.durable import write_file

    centre = Centre.open(workspace_path(ctx))
    asked = Asked(level.value, kind.value, day(since, "--from"), region, township, village)
    drawn = draw_notice(centre, asked)
    if form is NoticeForm.pdf:
        data = notice_pdf(drawn.notice, font_folder(font_dir))
    else:
        data = WRITERS[form.value](drawn.notice)
    place = drawn.notice.place
    path = output or centre.workspace.reports_dir / f"notice-{level}-{kind}-{place}-{asked.since}.{form}"
    write_file(path, data)
    tell(say("已写 {rows:,} 户到 {path}。", rows=drawn.notice.rows.height, path=path))
    if drawn.refused.height:
        tell(say("没有列出 {count:,} 户，请更正名册后重新生成，或手工补上：", count=drawn.refused.height))
        for home, code in drawn.refused.head(SHOWN).iter_rows():
            tell(say("  {home}：{why}", home=home, why=WHY[code]))
        if drawn.refused.height > SHOWN:
            tell(say("  另有 {more:,} 户。", more=drawn.refused.height - SHOWN))
    for programme, count in drawn.unruled.items():
        tell(
            say(
                "没有列出 {programme} {count:,} 户：政策没有写这一级可以公示哪些内容（notice.{level}）。",
                programme=programme or say("救助类别不明"),
                count=count,
                level=level.value,
            )
        )
    if drawn.placeless:
        tell(say("另有 {count:,} 户，名册没有写在哪个乡镇或村，不在任何一级的公示栏里。", count=drawn.placeless))
    if drawn.kept_out:
        tell(say("按政策没有列出未成年人的家庭 {count:,} 户。", count=drawn.kept_out))
    if drawn.notice.is_posted and not (drawn.notice.phone and drawn.notice.address):
        tell(say("政策没有写异议反映电话或地址（notice.phone、notice.address），已留空，请手填。"))
    if any(period.until is None and not period.lasting for period in drawn.notice.periods):
        tell(say("政策没有写公示几天，截止日已留空，请手填。"))
    if not drawn.known:
        tell(say("有的期限跨到节假日安排还没有公布的年份，按周一至周五估算。"))
