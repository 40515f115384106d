"""policy show | diff | validate | test | explain: what the law and the county's policy say, since when, and on what it rests."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from jiuzhu_check.cli.entry import group
from jiuzhu_check.cli.options import day, workspace_path
from jiuzhu_check.cli.screen import FORM, Form, block, on_terminal, show, tell
from jiuzhu_check.errors import NotFound, PolicyError, UsageError
from jiuzhu_check.language import say

if TYPE_CHECKING:
    from jiuzhu_check.parameters.file import Value
    from jiuzhu_check.parameters.parameter import Parameter
    from jiuzhu_check.parameters.policy import Policy

app = group(say("政策：各地自哪一天起是什么规定、依据什么；查看、比较、检验、说明规则。"))
REGION = typer.Argument(..., metavar="REGION", help=say("行政区划代码，如 370683；上级的规定自动继承。"))
DATE = typer.Option(None, "--date", metavar="YYYY-MM-DD", help=say("哪一天的规定；不写则为当天。"))
PROGRAMME = typer.Option("", "--programme", metavar="NAME", help=say("救助类别，如 低保边缘；不写则各类别都列出。"))
FOLDER = typer.Option(None, "--folder", metavar="DIR", help=say("政策文件所在目录；不写则为工作区的 policy/，不在工作区则只看国家规定。"))  # fmt: skip


@app.command("show", help=say(
    "列出某地某日的每一个参数：值、单位、起止、出自哪一级、依据。没有规定的留空，从不代填。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 policy show 370683 --date 2018-12-01\n"
    "    jiuzhu-check policy show 330424 --date 2023-06-01 --folder policy"
))  # fmt: skip
def show_(
    ctx: typer.Context,
    region: str = REGION,
    on: str = DATE,
    programme: str = PROGRAMME,
    folder: Path | None = FOLDER,
    form: Form | None = FORM,
) -> None:
    """List what holds."""
    policy, place, kind = _policy(ctx, folder), _region(region), _programme(programme)
    rows = [
        (
            parameter.id, parameter.title, _said(value), parameter.unit if value else "",
            value.since if value else None, value.until if value else None,
            _level(value), whom, value.source if value else "", value.grade if value else "",
        )
        for parameter, whom, value in _told(policy, place, kind, day(on, "--date"))
    ]  # fmt: skip
    heads = [
        say("参数"), say("名称"), say("值"), say("单位"), say("自"), say("至"), say("级别"), say("类别"), say("依据"),
        say("等级"),
    ]  # fmt: skip
    if on_terminal(form):  # what is said fits a screen; programs get every row
        said = [
            (row[1] + (f"（{row[7]}）" if row[7] else ""), f"{row[2]} {row[3]}".strip(), row[4], row[6], row[8])
            for row in rows
            if row[2]
        ]
        show(say("政策"), [heads[1], heads[2], heads[4], heads[6], heads[8]], said, form)
        tell(say("另有 {count} 个参数没有规定；加 --format tsv 看全部。", count=len(rows) - len(said)))
        return
    show(say("政策"), heads, rows, form)


@app.command("diff", help=say(
    "比较两份规定：同一地区的两天、两个地区、或现行的和一份草稿。只列不同的。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 policy diff 370683 --date 2021-06-30 --other-date 2021-07-01\n"
    "    jiuzhu-check -C 工作区 policy diff 370683 --other-folder draft"
))  # fmt: skip
def diff(
    ctx: typer.Context,
    region: str = REGION,
    on: str = DATE,
    other_date: str = typer.Option(None, "--other-date", metavar="YYYY-MM-DD", help=say("与这一天比。")),
    other_region: str = typer.Option("", "--other-region", metavar="REGION", help=say("与这个地区比。")),
    other_folder: Path | None = typer.Option(None, "--other-folder", metavar="DIR", help=say("与这个目录里的政策文件比。")),
    programme: str = PROGRAMME,
    folder: Path | None = FOLDER,
    form: Form | None = FORM,
) -> None:  # fmt: skip
    """List what differs."""
    from jiuzhu_check.parameters.programme import PROGRAMMES

    if not (other_date or other_region or other_folder):
        raise UsageError(
            say("没有写与什么比。"), hint=say("加 --other-date、--other-region 或 --other-folder，可以同时写。")
        )
    first = _policy(ctx, folder)
    second = _policy(ctx, other_folder) if other_folder else first
    kind, one, two = _programme(programme), day(on, "--date"), day(other_date or on, "--other-date")
    kinds = [kind] if kind else [None, *PROGRAMMES]
    rows = []
    for parameter in first.parameters.values():
        if parameter.type == "text":
            continue
        changed: dict[tuple[Value | None, Value | None], list[str]] = {}
        for each in kinds:
            before = first.told(parameter.id, _region(region), each, one)
            after = second.told(parameter.id, _region(other_region or region), each, two)
            if _said(before) != _said(after):
                changed.setdefault((before, after), []).append(each or "")
        for (before, after), whom in changed.items():
            source = after.source if after else ""
            of = "" if "" in whom else "、".join(whom)
            rows.append((parameter.id, parameter.title, of, _said(before), _said(after), parameter.unit, source))
    bases = [
        (each, first.parameters[each].title, "", first.basis(name, one), second.basis(name, two), "", "")
        for each, name in _bases(first)
        if first.basis(name, one) != second.basis(name, two)
    ]
    heads = [say("参数"), say("名称"), say("类别"), say("前"), say("后"), say("单位"), say("依据")]
    show(say("政策"), heads, [*rows, *bases], form)
    tell(say("{count} 处不同。", count=len(rows) + len(bases)))


@app.command("validate", help=say(
    "检验政策文件：写法、日期、单位、依据，一次全部指出；再检验标准之间的关系（如低保标准与消费支出、特困与低保），"
    "并由公布数重算公布的比例。不满足的指出来，退出码 14；只指出，不改。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 policy validate\n    jiuzhu-check policy validate 370683.toml"
))  # fmt: skip
def validate(
    ctx: typer.Context,
    files: list[Path] = typer.Argument(None, metavar="[FILE]...", help=say("政策文件或目录；不写则为工作区的 policy/。")),
    form: Form | None = FORM,
) -> None:  # fmt: skip
    """Everything that does not fit, at once; then the relations."""
    from jiuzhu_check.parameters.file import look
    from jiuzhu_check.parameters.policy import Policy, load_policy
    from jiuzhu_check.parameters.relation import check_relations, reproduced

    national = load_policy()
    paths = _files(files or [workspace_path(ctx) / "policy"])
    values, problems = look(paths, national.parameters)
    rows = [(say("要改"), each.message, each.hint) for each in problems]
    checked = check_relations(Policy(national.parameters, (*national.values, *values)))
    rows += [
        (
            _outcome(each.holds), say("{region} 自 {on}：{title}", region=each.region.ljust(6, "0"), on=each.on, title=each.relation.title),
            say("左边 {amount}，右边 {other}；依据 {source}", amount=_unsaid(each.amount), other=_unsaid(each.other), source=each.relation.source),
        )
        for each in checked
    ]  # fmt: skip
    rows += [
        (
            _outcome(each.computed == each.published), each.title,
            say("由公布数算得 {computed}，公布 {published}；依据 {source}", computed=each.computed, published=each.published, source=each.source),
        )
        for each in reproduced(national)
    ]  # fmt: skip
    show(say("检验"), [say("结果"), say("事项"), say("说明")], rows, form)
    broken = len(problems) + sum(each.holds is False for each in checked)
    broken += sum(each.computed != each.published for each in reproduced(national))
    tell(say("{files} 个文件，{values} 个值；{broken} 处不满足。", files=len(paths), values=len(values), broken=broken))
    if broken:
        raise PolicyError(say("政策文件有 {broken} 处要看。", broken=broken), hint=say("按上面的说明逐条改正或确认，再运行一次。"))  # fmt: skip


@app.command("test", help=say(
    "在政策上试算例：每个算例是一个 TOML，写一户人家、它的登记记录、日期和应有的发现。不符的逐条指出，退出码 14。\n\n"
    "算例怎样写见 docs/policy.md；算例里写的政策值先于县里的。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 policy test 算例/*.toml"
))  # fmt: skip
def try_(
    ctx: typer.Context,
    files: list[Path] = typer.Argument(..., metavar="FILE...", help=say("算例文件或目录。")),
    folder: Path | None = FOLDER,
    form: Form | None = FORM,
) -> None:  # fmt: skip
    """Each case, and what comes out otherwise than it says."""
    from jiuzhu_check.checks.worked_case import read_case

    county = _policy(ctx, folder) if folder or (workspace_path(ctx) / "policy").is_dir() else None
    region, rows, wrong = _own_region(ctx), [], 0
    paths = _files(files)
    for path in paths:
        case = read_case(path, county, region.ljust(6, "0") if region else "")
        differences = case.differences()
        wrong += bool(differences)
        rows.append((path.name, case.note, say("不符") if differences else say("相符"), "\n".join(differences)))
    show(say("算例"), [say("文件"), say("说明"), say("结果"), say("不符之处")], rows, form)
    tell(say("{count} 个算例，{wrong} 个不符。", count=len(paths), wrong=wrong))
    if wrong:
        raise PolicyError(
            say("{wrong} 个算例不符。", wrong=wrong), hint=say("看政策的值（policy show）和算例哪一个要改。")
        )


@app.command("explain", help=say(
    "说明一条规则：找什么、依据（随法律更替）、用到的参数和值、举例。不写规则则列出全部规则。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 policy explain vehicle_asked_about"
))  # fmt: skip
def explain(
    ctx: typer.Context,
    rule: str = typer.Argument("", metavar="[RULE]", help=say("规则，如 vehicle_asked_about。")),
    region: str = typer.Option("", "--region", metavar="REGION", help=say("哪个地区的参数；不写则为工作区的，再不然只看国家规定。")),
    on: str = DATE,
    folder: Path | None = FOLDER,
    form: Form | None = FORM,
) -> None:  # fmt: skip
    """One rule, or a list of all."""
    from jiuzhu_check.rules.run import all_rules

    policy, when = _policy(ctx, folder), day(on, "--date")
    if not rule:
        rows = [(each.id, each.title, policy.basis(each.basis, when), each.sentence) for each in all_rules() if each.in_force(when)]  # fmt: skip
        show(say("规则"), [say("规则"), say("名称"), say("依据"), say("找什么")], rows, form)
        return
    _explain_one(ctx, policy, rule, region, when, form)


def _explain_one(ctx: typer.Context, policy: "Policy", rule: str, region: str, on: date, form: Form | None) -> None:
    from jiuzhu_check.checks.worked_case import cases_of
    from jiuzhu_check.rules.reach import parameters_of
    from jiuzhu_check.rules.run import all_rules

    versions = [each for each in all_rules() if each.id == rule]
    if not versions:
        raise NotFound(say("没有这条规则。"), hint=say("用 jiuzhu-check policy explain 看全部规则。"))
    place = _region(region) if region else _own_region(ctx)
    pairs: list[tuple[str, str]] = []
    for each in versions:
        until = str(each.until) if each.until else say("今")
        pairs.append((say("名称"), each.title))
        pairs.append((say("找什么"), each.sentence))
        pairs.append((say("施行"), say("{since} 至 {until}", since=each.since, until=until)))
        for value in (value for value in policy.values if value.parameter == f"legal_basis.{each.basis}"):
            pairs.append((say("依据"), say("自 {since}：{basis}", since=value.since, basis=value.cell)))
        pairs.append((say("用到的表"), "、".join(each.tables)))
        for name in parameters_of(each, policy.parameters):
            parameter = policy.parameters[name]
            for whom, holds in _by_programme(policy, parameter, place, None, on):
                what = f"{_said(holds)} {parameter.unit}（{holds.source}）" if holds else say("没有规定")
                title = parameter.title + (f"（{whom}）" if whom else "")
                pairs.append((say("参数"), f"{name} {title}：{what}"))
    for case in cases_of(rule):
        pairs.append((say("例：有发现") if case.finds else say("例：没有发现"), case.note))
    if on_terminal(form):
        block(rule, pairs)
    else:
        show(rule, [say("项"), say("内容")], pairs, form)


def _outcome(holds: bool | None) -> str:
    return say("无从检验") if holds is None else say("满足") if holds else say("不满足")


def _unsaid(amount: object) -> str:
    return say("没有规定") if amount is None else str(amount)


def _policy(ctx: typer.Context, folder: Path | None) -> "Policy":
    """The folder's policy, else the workspace's, else what ships."""
    from jiuzhu_check.parameters.policy import load_policy

    if folder is not None and not folder.is_dir():
        raise UsageError(say("没有 {path} 这个目录。", path=folder), hint=say("检查 --folder 的路径。"))
    own = workspace_path(ctx) / "policy"
    return load_policy(folder or (own if own.is_dir() else None))


def _own_region(ctx: typer.Context) -> str:
    """The workspace's region, or the whole country where there is no workspace."""
    from jiuzhu_check.parameters.file import region_prefix
    from jiuzhu_check.store.settings import FILE, read_settings

    workspace = workspace_path(ctx)
    return region_prefix(read_settings(workspace).region) if (workspace / FILE).is_file() else ""


def _region(code: str) -> str:
    from jiuzhu_check.parameters.file import region_prefix

    if not (code.isascii() and code.isdigit() and len(code) in (6, 9, 12)):
        raise UsageError(say("REGION 应为六位行政区划代码。"), hint=say("写成 370683 这样；全国写 000000。"))
    return region_prefix(code)


def _programme(name: str) -> str | None:
    from jiuzhu_check.parameters.programme import PROGRAMMES

    if name and name not in PROGRAMMES:
        raise UsageError(say("没有这个救助类别。"), hint=say("可写：{names}。", names="、".join(PROGRAMMES)))
    return name or None


def _told(
    policy: "Policy", region: str, programme: str | None, on: date
) -> Iterable[tuple["Parameter", str, "Value | None"]]:
    """Each parameter, for whom, and what holds: of one programme, or of each kind of them; none where nothing does."""
    for parameter in policy.parameters.values():
        if parameter.type != "text":
            for whom, value in _by_programme(policy, parameter, region, programme, on):
                yield parameter, whom, value


def _by_programme(
    policy: "Policy", parameter: "Parameter", region: str, programme: str | None, on: date
) -> list[tuple[str, "Value | None"]]:
    from jiuzhu_check.parameters.programme import PROGRAMMES

    if programme:
        return [(programme, policy.told(parameter.id, region, programme, on))]
    general = policy.told(parameter.id, region, None, on)
    own: dict[Value, list[str]] = {}
    for each in PROGRAMMES:
        value = policy.told(parameter.id, region, each, on)
        if value is not None and value is not general:
            own.setdefault(value, []).append(each)
    told: list[tuple[str, Value | None]] = [("、".join(names), value) for value, names in own.items()]
    return [("", general), *told] if general is not None or not told else told


def _bases(policy: "Policy") -> list[tuple[str, str]]:
    return [(each, each.removeprefix("legal_basis.")) for each in policy.parameters if each.startswith("legal_basis.")]


def _said(value: "Value | None") -> str:
    if value is None:
        return ""
    if isinstance(value.cell, bool):
        return say("是") if value.cell else say("否")
    if isinstance(value.cell, tuple):
        return "、".join(_band(each) if isinstance(each, tuple) else each for each in value.cell)
    if isinstance(value.cell, Decimal) and value.cell.as_tuple().exponent != -2:
        return f"{value.cell.normalize():f}"  # a rate has four places: 4, 0.3
    return str(value.cell)


def _band(band: tuple[str | None, int, int | None, object]) -> str:
    sex, age_from, age_to, rate = band
    who = {"male": say("男"), "female": say("女"), None: ""}[sex]
    return f"{who}{age_from}–{'' if age_to is None else age_to}: {rate:f}"


def _level(value: "Value | None") -> str:
    """Of which level the region is that says it."""
    if value is None:
        return ""
    levels = {0: say("全国"), 2: say("省"), 4: say("市"), 6: say("县"), 9: say("乡镇"), 12: say("村居")}
    return f"{levels[len(value.region)]} {value.region.ljust(6, '0') if value.region else ''}".strip()


def _files(given: list[Path]) -> list[Path]:
    found: list[Path] = []
    for path in given:
        if path.is_dir():
            found += sorted(path.glob("*.toml"))
        elif path.is_file():
            found.append(path)
        else:
            raise UsageError(say("没有 {path}。", path=path), hint=say("写政策文件或目录；在工作区里则可不写。"))
    return found
