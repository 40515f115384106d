"""体检 doctor: whether everything that a check needs is as it should be, and what to do where it is not. It mends nothing."""

import os
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

from jiuzhu_check.audit.files import month_files
from jiuzhu_check.audit.verify import verify
from jiuzhu_check.checks.audited import audited
from jiuzhu_check.checks.backup import last_backup
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.machine import Seen, installed, machine, private, room
from jiuzhu_check.checks.source_list import Standing, standings
from jiuzhu_check.errors import JiuzhuError
from jiuzhu_check.intake.stored import ROSTER_DATASET
from jiuzhu_check.intake.transports.database import DRIVERS, EXTRAS_OF
from jiuzhu_check.language import say

_AHEAD = timedelta(minutes=5)  # clocks of two machines differ by less
_LOG_IN_FULL = 20 << 20  # bytes of the audit log that are read whole in a second or two
_SHOWN = 5
_BACKUP_OLD = 31  # days: a month's work is what a lost disk would cost


def examine(path: Path, today: date, now: datetime) -> list[Seen]:
    """Everything, in the order in which it is to be mended; works where there is no workspace yet."""
    seen = list(machine())
    if not (path / "workspace.toml").exists():
        lacking = say("{path} 不是工作区", path=path.absolute())
        todo = say("用 -C 指明；还没有的，运行 jiuzhu-check init 目录 --region 行政区划代码 --key-provider file。")
        return [*seen, Seen(say("工作区"), "problem", lacking, todo)]
    seen += _folders(path)
    try:
        centre = Centre.open(path)
    except JiuzhuError as problem:
        return [*seen, Seen(say("密钥"), "problem", problem.message, problem.hint), _unseen()]
    if centre.workspace.keys.before is None:
        seen.append(Seen(say("密钥"), "ok", say("{place}，打得开", place=centre.workspace.key_place)))
    else:
        half = say("更换密钥没有做完：旧的还要用；新的在 {place}", place=centre.workspace.key_place)
        seen.append(Seen(say("密钥"), "problem", half, say("运行 jiuzhu-check key rotate，把它做完。")))
    steps: tuple[Callable[[], Iterator[Seen]], ...] = (
        lambda: _audit_log(centre, now),
        lambda: _backup(path, now),
        lambda: _snapshots(centre, today, now),
        lambda: _roster(centre),
        lambda: _sources(standings(centre, today)),
        lambda: _libraries(centre),
        lambda: _policy(centre, today),
    )
    for step in steps:
        try:
            seen += step()
        except JiuzhuError as problem:
            seen.append(Seen(say("读不出来"), "problem", problem.message, problem.hint))
    return seen


def _unseen() -> Seen:
    return Seen(say("审计、名册、来源、政策"), "unseen", say("没有密钥，看不了"))


def _folders(path: Path) -> Iterator[Seen]:
    what = say("工作区权限")
    open_to_all = [
        each for each in (path / name for name in ("workspace.toml", "sources.toml", "policy", "connectors"))
        if each.exists() and each.stat().st_mode & 0o022
    ]  # fmt: skip
    wrong = private(what, path)
    if wrong:
        yield wrong
    elif not os.access(path, os.W_OK):
        yield Seen(what, "problem", say("{path} 写不进去", path=path), say("检查挂载和所有者。"))
    elif open_to_all:
        names = "、".join(each.name for each in open_to_all)
        yield Seen(
            what, "problem", say("{names} 别的用户能改", names=names), say("运行 chmod go-w，再看内容有没有被改过。")
        )
    else:
        yield Seen(what, "ok", str(path.absolute()))
    kept = sum(file.stat().st_size for file in (path / "store").rglob("*") if file.is_file())
    yield room(say("磁盘"), path, kept)


def _audit_log(centre: Centre, now: datetime) -> Iterator[Seen]:
    what, folder = say("审计记录"), centre.workspace.audit_dir
    if sum(file.stat().st_size for file in month_files(folder)) > _LOG_IN_FULL:
        yield Seen(what, "unseen", say("记录很多，这里不从头校验"), say("用 jiuzhu-check audit verify 校验。"))
        return
    told = verify(folder, centre.workspace.keys.audit)
    if told.problems:
        yield Seen(what, "problem", told.problems[0], say("保留现场，联系审计人员。"))
    else:
        yield Seen(what, "ok", say("{count:,} 条，完整", count=told.records))
    if told.last and datetime.fromisoformat(told.last) > now + _AHEAD:
        said = say("最后一条审计记录是 {last}，晚于现在的 {now}", last=told.last[:19], now=now.isoformat()[:19])
        yield Seen(say("时钟"), "problem", said, say("校准时钟（如 timedatectl set-ntp true），查明哪一段是错的。"))
    else:
        yield Seen(say("时钟"), "ok", now.isoformat()[:19])


def _backup(path: Path, now: datetime) -> Iterator[Seen]:
    what, last = say("备份"), last_backup(path)
    todo = say("运行 jiuzhu-check -C 工作区 backup 目录；密钥用 key escrow 托管。")
    if last is None:
        yield Seen(what, "note", say("没有备份过"), todo)
        return
    made, to = last
    days = (now - made).days
    said = say("{day} 备份到 {to}，{days} 天前", day=made.isoformat()[:10], to=to, days=days)
    yield Seen(what, "note", said, todo) if days > _BACKUP_OLD else Seen(what, "ok", said)


def _snapshots(centre: Centre, today: date, now: datetime) -> Iterator[Seen]:
    newest = [snapshot for name in centre.store.datasets() if (snapshot := centre.store.latest(name))]
    ahead = [each.dataset for each in newest if datetime.fromisoformat(each.received) > now + _AHEAD]
    later = [each.dataset for each in newest if each.data_date and each.data_date > today]
    if ahead:
        said = say("{names} 的快照存入时间晚于现在", names=_some(ahead))
        yield Seen(say("快照"), "problem", said, say("校准时钟；存入时间错了的，重新收一次。"))
    elif later:
        said = say("{names} 的数据时点晚于今天，今天的核对不会用它", names=_some(later))
        yield Seen(say("快照"), "note", said, say("核对 --data-date 写得对不对；写错了的重新收一次。"))
    else:
        yield Seen(say("快照"), "ok", say("{count} 个数据集", count=len(newest)))


def _roster(centre: Centre) -> Iterator[Seen]:
    what, snapshot = say("名册"), centre.store.latest(ROSTER_DATASET)
    if snapshot is None:
        yield Seen(what, "problem", say("还没有导入"), say("运行 jiuzhu-check -C 工作区 roster import 名册.csv。"))
    else:
        yield Seen(what, "ok", say("{day} 导入", day=snapshot.received[:10]))


def _sources(told: list[Standing]) -> Iterator[Seen]:
    """A line for each state that is not as it should be, and how many are."""
    signed = [each for each in told if each.state.requirement != "unsigned"]
    words = {
        "missing": (say("来源缺数据"), say("运行 jiuzhu-check -C 工作区 pull 来源 --file 文件 --data-date 日期。")),
        "stale": (say("来源过期"), say("请部门提供新的一份，再 pull。")),
        "damaged": (say("来源损坏"), say("从备份恢复，或请部门重交，再 pull。")),
    }
    for state, (what, todo) in words.items():
        for requirement, weight in (("required", "problem"), ("optional", "note")):
            names = [
                _title(each) for each in signed if (each.state.state, each.state.requirement) == (state, requirement)
            ]
            if names:
                need = say("必需") if requirement == "required" else say("可选")
                yield Seen(what, weight, say("{need}：{names}", need=need, names=_some(names)), todo)
    if refused := [_title(each) for each in signed if each.refused]:
        yield Seen(say("拒收的交付"), "note", _some(refused), say("用 jiuzhu-check -C 工作区 reject list 看原因。"))
    arrived = sum(each.state.state in ("arrived", "partial") for each in signed)
    fine = say("{arrived} 项到位，共签约 {signed} 项", arrived=arrived, signed=len(signed))
    if signed:
        yield Seen(say("来源"), "ok" if arrived == len(signed) else "note", fine)
    else:
        yield Seen(
            say("来源"), "problem", say("没有一个签约来源"), say("在 sources.toml 把签约的写为 required 或 optional。")
        )
    unsigned = [_title(each) for each in told if each.state.requirement == "unsigned"]
    if unsigned:
        said = say("{names}；没有核对，不代表没有登记", names=_some(unsigned))
        yield Seen(say("未签约来源"), "note", said, say("签约之后在 sources.toml 改为 required 或 optional。"))


def _libraries(centre: Centre) -> Iterator[Seen]:
    """What the signed sources are fetched by, and that is not installed."""
    wanted: dict[str, list[str]] = {}
    for name, entry in centre.register.items():
        way = centre.sources[name].transport if entry["requirement"] != "unsigned" else None
        if way is not None and way.kind != "folder":
            extra = EXTRAS_OF[DRIVERS[way.settings["driver"]][1]] if way.kind == "database" else way.kind
            wanted.setdefault(extra, []).append(name)
    for extra, names in wanted.items():
        if not installed(extra):
            said = say("{names} 要用的库没有装", names=_some(names))
            yield Seen(
                say("取数用的库"), "problem", said, say("运行 pip install 'jiuzhu-check[{extra}]'。", extra=extra)
            )


def _policy(centre: Centre, today: date) -> Iterator[Seen]:
    what, snapshot = say("政策标准"), centre.store.latest(ROSTER_DATASET)
    if snapshot is None:
        yield Seen(what, "unseen", say("还没有名册，不知道要哪些"))
        return
    with audited(centre.audit, "doctor"):
        parts = [name for name in snapshot.part_names() if name.startswith("h")]
        places = {place for part in parts for place in snapshot.read(part, ["region", "programme"]).unique().rows()}
    missing = centre.policy.missing([(region or centre.region, programme) for region, programme in places], today)
    if missing:
        said = say("缺 {names}；缺标准的项目没有比对", names=_some(missing))
        yield Seen(what, "note", said, say("写进工作区的 policy/，再 policy validate；怎样写见 docs/policy.md。"))
    else:
        yield Seen(what, "ok", say("名册上各地各类别要的都有"))


def _title(standing: Standing) -> str:
    return standing.state.source.title


def _some(names: list[str]) -> str:
    told = "、".join(dict.fromkeys(names[:_SHOWN]))
    return say("{names} 等 {count} 项", names=told, count=len(names)) if len(names) > _SHOWN else told
