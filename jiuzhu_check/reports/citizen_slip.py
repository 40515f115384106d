"""告知单: one page for a citizen to take home: what was looked at, what to bring or explain, and how to object."""

from collections.abc import Sequence
from datetime import date

from jiuzhu_check.reports.asking import objection, questions
from jiuzhu_check.reports.dossier import Dossier, Look, Matter, Supporter
from jiuzhu_check.reports.paper import BY_HAND, Paper, Part, heading, text
from jiuzhu_check.store.settings import Contact

TITLE = "家庭经济状况核对告知单"
MATTERS = 8  # more do not fit on one page; the report has them all
NAMES = 6
_NOTHING = "要到有关部门查对登记情况；到 {} 一项也没有查对，原因写在下面。"
_NO_DECISION = "这张单子只说查到了什么，不是决定。"


def citizen_slip(of: Dossier, centre: Contact) -> Paper:
    """The household's slip; nothing of its supporters stands in it."""
    home = of.home
    told = of.run["as_of"]
    looked = (
        f"我们按您家签的授权书，在 {told} 到有关部门查对了登记情况。登记的情况可能不全，也可能有误，所以要听您说明。"
    )
    without = [person["name"] or "姓名未登记" for person in of.people if not person["consents"]]
    parts = [
        text(f"为了办理您家的社会救助，{looked if _any(of.looks) else _NOTHING.format(told)}{_NO_DECISION}"),
        heading("查了什么"),
        *_looked(of.looks, of.unsigned, family=len(of.people)),
        heading("对您家有利的情况"),
        text(_titles(of.favourable) or "这次没有查到。您家如果有残疾、重病、上学等情况，请告诉我们。"),
        heading("请您说明或者带来"),
        *_asked(
            of.matters,
            f"{_listed(without)}：在 {told} 没有有效的授权书，需要查对的，请本人（或者监护人）签授权书。"
            if without
            else "",
        ),
        *_to_object(of.run["as_of"], centre),
    ]
    return Paper(
        TITLE, [["家庭编号", home["household_no"]], ["户主", home["head_name"] or "未登记"]], parts, one_page=True
    )


def supporter_slip(of: Dossier, supporter: Supporter, centre: Contact) -> Paper:
    """A supporter's own slip; nothing of the household's records stands in it."""
    told = of.run["as_of"]
    looked = f"按您签的授权书，我们在 {told} 到有关部门查对了您本人的登记情况。这些情况只给您本人和审核机关看，不给该家庭看。"
    you = "您是一户社会救助申请（在保）家庭的赡养（抚养、扶养）义务人。"
    parts = [
        text(f"{you}{looked if _any(supporter.looks) else _NOTHING.format(told)}{_NO_DECISION}"),
        heading("查了什么"),
        *_looked(supporter.looks, of.unsigned, family=1),
        heading("请您说明或者带来"),
        *_asked(
            supporter.matters, "" if supporter.consents else f"您在 {told} 没有有效的授权书，需要查对的，请签授权书。"
        ),
        *_to_object(told, centre),
    ]
    return Paper(TITLE, [["姓名", supporter.name]], parts, one_page=True)


def _any(looks: Sequence[Look]) -> bool:
    """Whether anything was looked at."""
    return any(look.hit or look.no_record for look in looks)


def _looked(looks: Sequence[Look], unsigned: Sequence[str], *, family: int) -> list[Part]:
    """Three lines: what has a record, what has none, what was not looked at; a source may stand in several."""
    hit = [f"{_dated(look)}{_names(look.hit, family)}" for look in looks if look.hit]
    none = [f"{_dated(look)}{_names(look.no_record, family)}" for look in looks if look.no_record]
    gaps: dict[str, list[str]] = {}
    for look in looks:
        for reason, people in look.unchecked.items():
            gaps.setdefault(reason, []).append(f"{look.title}{_names(people, family)}")
    not_looked = [f"{'、'.join(titles)}（{reason}）" for reason, titles in gaps.items()]
    not_looked += [f"{'、'.join(unsigned)}（还没有和这些部门约定查对）"] if unsigned else []
    return [
        text(f"有登记的：{'；'.join(hit) or '无'}。"),
        text(f"查了、没有登记的：{'；'.join(none) or '无'}。"),
        text(f"没有查的：{'；'.join(not_looked)}。没有查，不等于您没有。" if not_looked else "没有查的：无，都查了。"),
    ]


def _dated(look: Look) -> str:
    return f"{look.title}（数据到 {look.days}）"


def _names(people: list[str], family: int) -> str:
    """Who, where not everybody."""
    if len(people) == family:
        return " 全家" if family > 1 else ""
    names = [each.split("（")[0].split(" ")[-1] for each in people]
    return " " + _listed(names)


def _listed(names: Sequence[str]) -> str:
    return "、".join(names[:NAMES]) + (f"等 {len(names)} 人" if len(names) > NAMES else "")


def _titles(matters: Sequence[Matter]) -> str:
    told = list(dict.fromkeys(matter.title for matter in matters))
    return "；".join(told) + "。" if told else ""


def _asked(matters: Sequence[Matter], to_sign: str) -> list[Part]:
    """What to explain and bring, more than fit on the page counted; then whose consent is missing."""
    asked = questions(matters)
    parts = []
    for at, (ask, of) in enumerate(asked[:MATTERS], 1):
        said = "；".join(filter(None, dict.fromkeys(map(_said, of))))
        about = ask.about + (f"：{said}" if said else "")
        parts.append(text(f"{at}. {about}。请说明{ask.explain}；可以带{ask.bring}。"))
    left = len(asked) - MATTERS
    if left > 0:
        parts.append(text(f"还有 {left} 项，请向我们询问。"))
    if to_sign:
        parts.append(text(f"{len(asked) + 1}. {to_sign}"))
    return parts or [text("没有需要您说明的。")]


def _said(matter: Matter) -> str:
    """What was found and declared; nothing where the law does not let the reader see it."""
    if not matter.found:
        return ""
    return f"查到 {matter.found}" + (f"，申报 {matter.declared}" if matter.declared else "")


def _to_object(on: date, centre: Contact) -> list[Part]:
    told = objection(on)
    return [
        heading("不同意怎么办"),
        text(
            "查到的和实际不一样，或者查的不是您本人，请到乡镇（街道）说明，带上有关材料；乡镇（街道）会再查一遍，您也可以先打电话问。"
        ),
        text(told.remedy),
        text(
            f"请在这一天以前来说明：{BY_HAND}\n找谁：{centre.name or BY_HAND}\n电话：{centre.phone or BY_HAND}\n"
            f"地址：{centre.address or BY_HAND}" + (f"\n时间：{centre.hours}" if centre.hours else "")
        ),
    ]
