"""核对报告: the formal report of one household. It says what was looked at and what was found, and decides nothing."""

from jiuzhu_check.reports import wording
from jiuzhu_check.reports.asking import Objection, objection, questions
from jiuzhu_check.reports.dossier import Dossier, Look, Matter, Row, Supporter, who
from jiuzhu_check.reports.paper import BY_HAND, Paper, Part, card, heading, note, signatures, table, text
from jiuzhu_check.reports.possible_explanation import possible_explanations
from jiuzhu_check.store.settings import Contact

TITLE = "社会救助家庭经济状况核对报告"
PURPOSES = {
    "recipients": "在保家庭定期复核（在保必核）",
    "entrants": "申请家庭核对（凡进必核）",
    "case": "个案核对",
}


def household_report(of: Dossier, centre: Contact, days: int | None) -> Paper:
    """The household's report.

    centre: whom to turn to; what is not set is left to be filled in by hand
    days:   the county's working days for a re-examination; null where the policy does not say
    """
    parts: list[Part] = []
    for title, section in (
        ("家庭成员和授权", _people(of)),
        ("各来源核对情况", _coverage(of)),
        ("有利事实", _favourable(of)),
        ("登记与申报不一致、需要询问的事项", _matters(of)),
        ("收入核算", _account(of)),
        ("请家庭说明的事项", _questions(of)),
        ("异议和联系", _objection(objection(of.run["as_of"]), centre, days)),
    ):
        parts += [
            heading(f"{'一二三四五六七八九'[len([each for each in parts if each['is'] == 'heading'])]}、{title}"),
            *section,
        ]
    parts.append(signatures("核对人", "复核人", "核对单位（盖章）", "日期"))
    return Paper(TITLE, _facts(of, centre), parts)


def _facts(of: Dossier, centre: Contact) -> list[list[str]]:
    run, home = of.run, of.home
    given = sum(bool(person["consents"]) for person in of.people)
    place = "".join(filter(None, (home["township"], home["village"])))
    kind = wording.STAGES.get(home["stage"], home["stage"] or "")
    return [
        ["家庭编号", home["household_no"]],
        ["户主", home["head_name"] or "未登记"],
        ["所在地", place or "未登记"],
        ["救助类别", f"{home['programme'] or '未登记'}（{kind}）"],
        ["核对目的", PURPOSES.get(run["kind"], run["kind"])],
        ["授权", f"家庭成员 {len(of.people)} 人，核对日授权有效 {given} 人"],
        ["核对日", str(run["as_of"])],
        ["核对批次", run["run"]],
        ["政策版本", run["policy"][:12]],
        ["核对单位", centre.name or BY_HAND],
    ]


def _people(of: Dossier) -> list[Part]:
    rows = [(person["member_no"], person["name"] or "姓名未登记", person["relation"], person["person_no"] or "未登记", person["consent"]) for person in of.people]  # fmt: skip
    parts = [table(("序号", "姓名", "关系", "证件号码", "授权书"), (1, 3, 2, 4, 6), rows)]
    if of.supporters:
        parts.append(note("家庭以外的赡养（抚养、扶养）义务人见第二部分。"))
    return parts


def _coverage(of: Dossier) -> list[Part]:
    if not of.looks:
        return [text("没有签约来源，没有作任何核对。没有核对不等于没有。"), *_unsigned(of)]
    hit, none, unchecked = (sum(look.counts[at] for look in of.looks) for at in range(3))
    parts = [
        text(
            f"家庭成员 {len(of.people)} 人，签约来源 {len(of.looks)} 项，共 {hit + none + unchecked} 人次：命中 {hit}，"
            f"未发现记录 {none}，未核对 {unchecked}。"
            + ("全部核对。" if of.complete else "信息不全：未核对不等于没有。")
        ),
        table(("来源", "数据时点", "命中", "未发现记录", "未核对及原因"), (3, 3, 4, 4, 6), map(_look, of.looks)),
    ]
    parts += [note(f"{look.title}：{look.note}。") for look in of.looks if look.note]
    parts += _unsigned(of)
    if of.supporters:
        parts.append(text("家庭以外的赡养（抚养、扶养）义务人（其本人的登记情况不在本报告列出）："))
        rows = [_asked(each) for each in of.supporters]
        parts.append(table(("序号", "姓名", "关系", "已核对的来源", "未核对及原因"), (1, 2, 2, 5, 6), rows))
    return parts


def _look(look: Look) -> tuple[str, ...]:
    return (
        f"{look.title}（{look.requirement}）",
        look.days,
        "\n".join(look.hit) or "—",
        "\n".join(look.no_record) or "—",
        "\n".join(f"{'、'.join(names)}：{reason}" for reason, names in look.unchecked.items()) or "—",
    )


def _unsigned(of: Dossier) -> list[Part]:
    if not of.unsigned:
        return []
    return [text(f"未签约、没有核对的来源：{'、'.join(of.unsigned)}。没有核对不等于没有。")]


def _asked(supporter: Supporter) -> tuple[str, ...]:
    gaps = "\n".join(f"{'、'.join(titles)}：{reason}" for reason, titles in supporter.unchecked.items())
    return supporter.member_no, supporter.name, supporter.relation, "、".join(supporter.checked) or "—", gaps or "—"


def _favourable(of: Dossier) -> list[Part]:
    if not of.favourable:
        return [text("核对到的来源中未见有利事实。" + ("" if of.complete else "未核对的来源除外。"))]
    return [note(wording.KIND_NOTES["favourable"]), *(_card(at, each) for at, each in enumerate(of.favourable, 1))]


def _matters(of: Dossier) -> list[Part]:
    if not of.matters:
        whole = "" if of.complete else "有来源没有核对（见第二部分），不能据此认为没有。"
        return [text(f"核对到的来源中，未发现登记与申报不一致或者需要询问的事项。{whole}")]
    kinds = [f"{title}：{wording.KIND_NOTES[kind]}" for kind, title in wording.KINDS.items() if kind != "favourable" and any(each.kind == kind for each in of.matters)]  # fmt: skip
    return [*map(note, kinds), *(_card(at, each) for at, each in enumerate(of.matters, 1))]


def _card(at: int, matter: Matter) -> Part:
    possible = None if matter.kind == "favourable" else possible_explanations().get(matter.rule)
    return card(
        f"{at}. {matter.title}（{wording.KINDS[matter.kind]}）",
        (
            ("对象", matter.who),
            ("申报", matter.declared or wording.NOT_DECLARED),
            ("查得", " ".join(filter(None, (matter.found, f"（{matter.subject}）" if matter.subject else "")))),
            ("说明", matter.sentence),
            ("来源和行号", "\n".join(dict.fromkeys(map(_place, matter.places)))),
            ("数据时点", matter.data_date),
            ("为何是本人", "\n".join(dict.fromkeys(place["why"] for place in matter.places if place["why"]))),
            ("规则和依据", f"{matter.rule}；{matter.basis}"),
            ("可能的合理解释", possible),
            ("办理情况", "\n".join([matter.status, *([f"首次接入：{matter.first}"] if matter.first else []), *matter.answers])),
        ),
    )  # fmt: skip


def _place(place: Row) -> str:
    told = [f"供数地区 {place['supplier']}"] if place["supplier"] else []
    told += [f"数据时点 {place['data_date']}"] if place["data_date"] else []
    return str(place["where"]) + (f"（{'，'.join(told)}）" if told else "")


def _account(of: Dossier) -> list[Part]:
    if of.sum is None:
        return [text("这次核对没有留下收入核算；重新核对后列出。")]
    rows = [
        (
            line["who"],
            "：".join(
                dict.fromkeys((str(wording.ACCOUNT_CLASSES.get(line["class"], line["class"])), str(line["item"])))
            ),
            "不明" if line["amount_year"] is None else f"{line['amount_year']:,}",
            _counted(line),
            "\n".join(filter(None, (line["formula"], line["what"]))),
        )
        for line in of.lines
    ]
    parts = [table(("对象", "项目", "全年（元）", "计入", "算式和说明"), (3, 4, 2.4, 2, 6), rows)] if rows else []
    if not rows:
        parts.append(text("没有可列的收入和支出。"))
    return [*parts, card("核算", _sum(of.sum)), note("核算数按登记、申报和当地政策算出，供审核参考，不是认定的收入。")]


def _counted(line: Row) -> str:
    if not line["counted"]:
        return "未计入"
    if line["class"] == "deduction":
        return "扣减"
    return "计入（推算或估计）" if line["estimated"] else "计入"


def _sum(told: Row) -> list[tuple[str, str | None]]:
    def yuan(name: str, unknown: str | None = None) -> str | None:
        return unknown if told[name] is None else f"{told[name]:,} 元"

    return [
        ("人数", f"{told['members']} 人" + (f"，其中收入不明 {told['unknown']} 人" if told["unknown"] else "")),
        ("全年收入", yuan("income_year", "信息不全")),
        ("其中推算或估计", yuan("estimated_year") if told["estimated_year"] else None),
        ("人均年收入", yuan("head_year", "信息不全")),
        ("标准", f"{told['standard']}：每人每年 {yuan('standard_year', '不明')}" if told["standard"] else "不比较"),
        ("标准减人均", yuan("margin_year")),
        ("说明", told["what_changes"]),
    ]


def _questions(of: Dossier) -> list[Part]:
    asked = [
        text(f"{at}. {_about(matters)}：请说明{ask.explain}；可以带{ask.bring}。")
        for at, (ask, matters) in enumerate(questions(of.matters), 1)
    ]
    gaps = [person for person in of.people if not person["consents"]]
    if gaps:
        names = "、".join(who(person) for person in gaps)
        asked.append(
            text(f"{len(asked) + 1}. {names}：核对日没有有效的授权书，需要核对的，请本人（或者监护人）签署授权书。")
        )
    return asked or [text("没有需要家庭说明的事项。")]


def _about(matters: list[Matter]) -> str:
    return "；".join(dict.fromkeys(f"{matter.title}（{matter.who}）" for matter in matters))


def _objection(told: Objection, centre: Contact, days: int | None) -> list[Part]:
    within = f"{days} 个工作日" if days is not None else f"{BY_HAND}（当地没有规定的，条款待核实）"
    return [
        text(told.township),
        text(told.remedy),
        card(
            "期限和联系",
            (
                ("提出异议", f"请在乡镇（街道）通知的期限内提出：{BY_HAND}"),
                ("复查期限", f"{within}；依据：{told.reexamination}"),
                ("核对单位", centre.name or BY_HAND),
                ("电话", centre.phone or BY_HAND),
                ("地址", centre.address or BY_HAND),
                ("办公时间", centre.hours or None),
            ),
        ),
    ]
