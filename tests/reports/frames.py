"""An invented run over forty households: every state, tier and kind of finding occurs. No person in it is real."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random
from typing import Any

import polars as pl

from jiuzhu_check.tables.coverage import COVERAGE, SOURCE_STATE
from jiuzhu_check.tables.finding import EVIDENCE, FINDING
from jiuzhu_check.tables.link import LINK
from jiuzhu_check.tables.roster import DECLARATION, HOUSEHOLD, MEMBER
from jiuzhu_check.tables.run import RUN
from jiuzhu_check.tables.schema import Table

AS_OF = date(2018, 12, 1)
RUN_ID = "R20181201-01"
TOWNSHIPS = {"柳河镇": ("东柳村", "西柳村", "小桥村"), "石板街道": ("南苑社区", "北苑社区"), "云岭乡": ("云上村",)}
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "伟芳娜敏静秀英丽强磊洋艳勇军杰娟涛明超霞平刚桂兰志华建国文辉"
SOURCES = (
    ("vehicle", "机动车", "370600", "required", "arrived", date(2018, 11, 30), None),
    ("housing", "不动产登记", "370600", "required", "arrived", date(2018, 11, 30), None),
    ("housing", "不动产登记", "370700", "required", "arrived", date(2018, 11, 25), None),
    ("provident_fund", "住房公积金", "370600", "required", "arrived", date(2018, 11, 30), None),
    ("provident_fund", "住房公积金", "370700", "required", "stale", date(2018, 8, 31), "数据时点超过 60 天"),
    ("social_security", "社会保险", "370600", "optional", "arrived", date(2018, 10, 31), None),
    ("social_security", "社会保险", "370700", "optional", "missing", None, "本期未送达"),
    ("tax", "税务", None, "unsigned", "unsigned", None, None),
    ("bank", "银行存款", None, "unsigned", "unsigned", None, None),
    ("market_register", "市场主体", None, "unsigned", "unsigned", None, None),
)
RULES = {
    "undeclared_vehicle": ("登记车辆未申报", "difference", "vehicle", "0", "1", "辆", "第五十八条"),
    "vehicle_asked_about": ("县级政策过问的车辆", "question", "vehicle", None, "1", "辆", "第五十八条"),
    "undeclared_dwelling": ("登记住房多于申报", "difference", "housing", "1", "2", "套", "第五十八条"),
    "undeclared_wage": (
        "公积金缴存显示的工资未申报",
        "difference",
        "provident_fund",
        "0.00",
        "3120.50",
        "元/月",
        "第九条",
    ),
    "record_owner_to_review": ("记录归属待复核", "question", "housing", None, "1", "条", "第五十八条"),
    "registration_ended": ("登记已终止", "favourable", "vehicle", "1", "0", "辆", "第五十八条"),
}
TIERS = {
    "A1": "18 位号码相同，姓名相同",
    "A2": "18 位号码相同，姓名一字异写",
    "A3": "15 位旧号升位后相同，姓名相同",
    "B1": "号码一位有误，唯一可正，姓名相同",
    "C1": "18 位号码相同，姓名一字不同",
}
SENTENCES = {
    "undeclared_vehicle": "登记有机动车 1 辆，申报为 0 辆，登记与申报不一致，待核实。",
    "vehicle_asked_about": "登记有货车 1 辆，县级政策要求询问是否为生产经营所用。",
    "undeclared_dwelling": "登记有现有住房 2 套，申报为 1 套，登记与申报不一致，待核实。",
    "undeclared_wage": "公积金正常缴存，月缴存基数 3120.50 元，高于申报的月收入，登记与申报不一致，待核实。",
    "record_owner_to_review": "有 1 条登记可能属于本户成员，待人工复核后再行核对。",
    "registration_ended": "申报有机动车 1 辆，登记均已注销，现无在用车辆。",
}


@dataclass(frozen=True)
class Frames:
    """What a run hands to the reports."""

    run: pl.DataFrame
    households: pl.DataFrame
    members: pl.DataFrame
    findings: pl.DataFrame
    previous_findings: pl.DataFrame
    coverage: pl.DataFrame
    source_states: pl.DataFrame
    links: pl.DataFrame
    declarations: pl.DataFrame = field(default_factory=DECLARATION.empty)

    def but(self, **frames: pl.DataFrame) -> "Frames":
        return replace(self, **frames)

    def core(self) -> dict[str, pl.DataFrame]:
        names = ("run", "households", "members", "findings", "coverage", "source_states")
        return {name: getattr(self, name) for name in names}


def fit(table: Table, rows: list[dict[str, Any]]) -> pl.DataFrame:
    return table.check(table.fit(pl.DataFrame(rows, infer_schema_length=None) if rows else table.empty()))


def identity_number(region: str, born: date, order: int) -> str:
    digits = f"{region}{born:%Y%m%d}{order:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return digits + "10X98765432"[sum(int(d) * w for d, w in zip(digits, weights, strict=True)) % 11]


def households(count: int, random: Random) -> list[dict[str, Any]]:
    rows = []
    for place in range(count):
        township = random.choices(list(TOWNSHIPS), weights=(6, 5, 1))[0]
        rows.append(
            {
                "household_no": f"JZ{place + 1:06d}",
                "programme": random.choice(("城市低保", "农村低保", "农村低保", "农村特困")),
                "stage": "recipient",
                "class": random.choice(("A", "B", "C", None)),
                "region": "370683",
                "township": township,
                "village": random.choice(TOWNSHIPS[township]),
                "handler": "经办甲",
                "batch": "2018-12",
                "accepted_on": date(2018, 4, 1) + timedelta(days=place),
                "approved_on": date(2018, 5, 1) + timedelta(days=place),
            }
        )
    return rows


def members(of: list[dict[str, Any]], random: Random) -> Iterator[dict[str, Any]]:
    for household in of:
        surname = random.choice(SURNAMES)
        household["head_name"] = surname + "".join(random.choices(GIVEN, k=random.choice((1, 2, 2))))
        for place, relation in enumerate(("户主", "配偶", "子", "女")[: random.choice((1, 2, 2, 3, 4))]):
            family = surname if relation != "配偶" else random.choice(SURNAMES)
            name = household["head_name"] if not place else family + "".join(random.choices(GIVEN, k=2))
            born = date(1950 if place < 2 else 1985, 1, 1) + timedelta(days=random.randrange(12000))
            order = random.randrange(1, 499) * 2 + (relation in ("户主", "子"))
            number = identity_number("370683", born, order)
            yield {
                "household_no": household["household_no"],
                "member_no": str(place + 1),
                "person_no": number,
                "number": number,
                "number_kind": "valid",
                "name": name,
                "name_key": name,
                "sex": "male" if order % 2 else "female",
                "birth_date": born,
                "relation": relation,
                "lives_together": True,
                "role": "member",
                "phone": "13800000000",
            }


def coverage(of: list[dict[str, Any]], random: Random) -> Iterator[dict[str, Any]]:
    no_consent = {home for home in {person["household_no"]: None for person in of} if random.random() < 0.08}
    elsewhere = {home for home in {person["household_no"]: None for person in of} if random.random() < 0.12}
    shares = {"vehicle": 0.12, "housing": 0.3, "provident_fund": 0.08, "social_security": 0.2}
    late = {"provident_fund": "来源过期：数据时点 2018-08-31", "social_security": "来源缺失：370700 本期未送达"}
    for person in of:
        for source, share in shares.items():
            state, reason = ("hit" if random.random() < share else "no_record"), None
            if person["household_no"] in elsewhere and source in late:
                state, reason = "unchecked", late[source]
            if person["household_no"] in no_consent:
                state, reason = "unchecked", "未授权：授权书已于 2018-10-31 到期"
            yield {
                "run": RUN_ID,
                **{key: person[key] for key in ("household_no", "member_no", "person_no")},
                "source": source,
                "state": state,
                "reason": reason,
                "snapshot": None if state == "unchecked" else "2018-11-30.1",
                "data_date": None if state == "unchecked" else date(2018, 11, 25 if source == "housing" else 30),
            }


def evidence(source: str, row: int, tier: str) -> dict[str, Any]:
    day = "2018-11-25" if source == "housing" else "2018-11-30"
    piece = {
        "source": source,
        "supplier": "370600",
        "snapshot": "2018-11-30.1",
        "extract": {"vehicle": "vehicle.csv", "housing": "housing.xlsx"}.get(source, "provident_fund.txt"),
        "sheet": "不动产" if source == "housing" else "",
        "source_row": row,
        "slot": 2 if tier == "A2" else 1,
        "tier": tier,
        "reason": TIERS[tier],
        "data_date": day,
    }
    assert tuple(piece) == EVIDENCE
    return piece


def findings(of: list[dict[str, Any]], random: Random) -> Iterator[dict[str, Any]]:
    for place, person in enumerate(random.sample(of, k=min(30, len(of)))):
        rule = random.choices(list(RULES), weights=(6, 3, 5, 5, 2, 3))[0]
        title, kind, source, declared, found, unit, article = RULES[rule]
        tier = "C1" if rule == "record_owner_to_review" else random.choices(list(TIERS)[:4], weights=(8, 2, 1, 1))[0]
        pieces = [evidence(source, row, tier) for row in random.sample(range(2, 900), k=random.choice((1, 1, 2)))]
        changed = kind == "difference" and place % 7 == 0
        blank = kind == "difference" and place % 5 == 0
        whole = rule == "undeclared_dwelling"
        yield {
            "run": RUN_ID,
            "finding_id": f"{place:04x}{random.randrange(16**12):012x}",
            "household_no": person["household_no"],
            "member_no": None if whole else person["member_no"],
            "person_no": None if whole else person["person_no"],
            "rule": rule,
            "subject": "住房" if whole else f"LS{random.randrange(10**15):015d}",
            "kind": "question" if changed or blank else kind,
            "declared": None if blank else declared,
            "found": found,
            "unit": unit,
            "tier": tier,
            "data_date": min(date.fromisoformat(piece["data_date"]) for piece in pieces),
            "status": "changed_since_declaration" if changed else "to_verify",
            "evidence": json.dumps(pieces, ensure_ascii=False, separators=(",", ":")),
            "basis": f"《社会救助暂行办法》{article}",
            "first_seen": AS_OF,
            "title": title,
            "sentence": SENTENCES[rule],
        }


def links(found: list[dict[str, Any]], of: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    people = {(person["household_no"], person["member_no"]): person for person in of}
    for finding in found:
        person = people[finding["household_no"], finding["member_no"] or "1"]
        for piece in json.loads(finding["evidence"]):
            yield {
                "run": RUN_ID,
                **{key: value for key, value in piece.items() if key != "data_date"},
                "owner_no": person["person_no"],
                "owner_name": person["name"],
                **{key: person[key] for key in ("household_no", "member_no", "person_no")},
                "status": "review" if piece["tier"].startswith("C") else "accepted",
                "data_date": date.fromisoformat(piece["data_date"]),
            }


def source_states(random: Random) -> Iterator[dict[str, Any]]:
    names = ("source", "title", "supplier", "requirement", "state", "data_date", "reason")
    for source in SOURCES:
        rows = random.randrange(20_000, 90_000) if source[5] else None
        snapshot = f"{source[5]}.1" if source[5] else None
        yield {
            "run": RUN_ID,
            **dict(zip(names, source, strict=True)),
            "snapshot": snapshot,
            "rows": rows,
            "rejects": 3,
            "unusable": 12 if snapshot else None,
        }


def a_run(count: int = 40, seed: int = 20181201) -> Frames:
    random = Random(seed)
    homes = households(count, random)
    people = list(members(homes, random))
    found = list(findings(people, random))
    run = {
        "run": RUN_ID,
        "kind": "recipients",
        "as_of": AS_OF,
        "region": "370683",
        "policy": "0123abcd",
        "households": len(homes),
        "members": len(people),
        "complete": "no",
        "missing_parameters": "城市低保标准",
    }
    declared = [
        {"household_no": home["household_no"], "item": "vehicle", "declared": 0, "declared_on": home["accepted_on"]}
        for home in homes
    ]
    return Frames(
        run=fit(RUN, [run]),
        households=fit(HOUSEHOLD, homes),
        members=fit(MEMBER, people),
        findings=fit(FINDING, found),
        previous_findings=fit(FINDING, found[6:]),
        coverage=fit(COVERAGE, list(coverage(people, random))),
        source_states=fit(SOURCE_STATE, list(source_states(random))),
        links=fit(LINK, list(links(found, people))),
        declarations=fit(DECLARATION, declared),
    )


def an_empty_run() -> Frames:
    return a_run(0)
