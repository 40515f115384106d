"""关联说明 explanation: one link laid open: both sides' values, the evidence, the other possibilities, what would refute it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import tomli

from jiuzhu_check.reports import wording
from jiuzhu_check.reports.case_sheet import Section
from jiuzhu_check.reports.plain import hide_numbers, mask_account, plain_frame
from jiuzhu_check.reports.registered import registered
from jiuzhu_check.tables.record import ACCOUNT
from jiuzhu_check.values.identity_number import KINDS
from jiuzhu_check.values.person_name import mask_name

Row = Mapping[str, Any]

HIDDEN = "（已遮盖）"  # a birth date would fill the gap that the number's mask leaves
_COVERED = "*＊●■#?？"


@dataclass(frozen=True)
class Evidence:
    """What speaks for a link, in sentences.

    number, name: of the codes that the link keeps; empty where it keeps none
    more:         what the decision said besides
    same_number:  whether the member's number is the recorded one
    holder:       the other member of the household whose number the recorded one is, or null
    names:        member_no → how each member's name stands to the recorded one
    namesakes:    the other members whose name is the recorded one
    """

    number: str
    name: str
    more: Sequence[str]
    same_number: bool
    holder: Row | None
    names: Mapping[str, str]
    namesakes: Sequence[Row]


@dataclass(frozen=True)
class Known:
    """All that a run and the store know of one link.

    link:     LINK row
    record:   the record's columns, as stored; read again from the link where the snapshot is not at hand
    lost:     why the record is not at hand; empty where it is
    table:    the kind of record (tables/record.py), empty where unknown
    landed:   SHA-256 of the delivered file, empty where it was not kept
    spec:     fingerprint of the source.toml that the file was read by, empty where unknown
    home, person, others: HOUSEHOLD and MEMBER rows of the run; others are the rest of the household
    folded:   both numbers without what typing and export add: recorded, member's
    rivals:   the other LINK rows of the same owner slot in the same run
    alone:    the run checked this household only
    usual:    tier code → title and the status that it has before anybody has looked
    measured: how often the tier was right where the truth is known, in a sentence
    reviews:  what people said of it, in sentences
    """

    link: Row
    record: Row
    lost: str
    source_title: str
    table: str
    landed: str
    spec: str
    home: Row
    person: Row
    others: Sequence[Row]
    folded: tuple[str, str]
    evidence: Evidence
    rivals: Sequence[Row] = ()
    alone: bool = False
    usual: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    measured: str = ""
    reviews: Sequence[str] = ()


@dataclass(frozen=True)
class Explanation:
    """One link's sections under its title: 记录, 名册, 对照, 证据, 层级, 其他关联, 同户其他成员, 反证, 复核."""

    title: str
    sections: tuple[Section, ...]
    whole: bool  # whether the record was at hand


@dataclass(frozen=True)
class Dossier:
    """What one run says: some links explained, what stands before them, and what all of it rests on."""

    heading: str
    run: str
    before: tuple[Section, ...]
    links: tuple[Explanation, ...]
    basis: Section

    @property
    def whole(self) -> bool:
        """Whether every record was at hand."""
        return all(link.whole for link in self.links)


def explain_link(known: Known, *, reveal: bool = False) -> Explanation:
    """One link explained; numbers and other members' names are masked unless `reveal`. The same bytes every time."""
    link = known.link
    sections = (
        Section("记录", _record(known, reveal=reveal), ""),
        Section("名册", _roster(known, reveal=reveal), ""),
        Section("对照", _compared(known, reveal=reveal), ""),
        Section("证据", _two("种类", _evidence(known)), ""),
        Section("层级", _tier(known), ""),
        Section("其他关联", _rivals(known), f"这次核对{'（只核对本户）' if known.alone else ''}中，同一条记录没有关联到其他人"),
        Section("同户其他成员", _others(known, reveal=reveal), "本户没有其他成员"),
        Section("反证", _two("方面", _refuting(known)), ""),
        Section("复核", _two("次序", [(str(place), said) for place, said in enumerate(known.reviews, 1)]), "没有人工复核意见"),
    )  # fmt: skip
    shown = tuple(Section(part.title, _shown(part.rows, reveal=reveal), part.nothing) for part in sections)
    what = f"{known.source_title} {link['extract']} 第 {link['source_row']} 行"
    status = wording.LINK_STATUSES.get(link["status"], link["status"])
    title = f"{what} → {link['household_no']} {_who(known.person)}：{link['tier']} {_tier_title(known)}，{status}"
    return Explanation(title, shown, not known.lost)


def basis(run: Row, version: str) -> Section:
    """依据: which run, policy and program the explanation rests on, and how to have it again."""
    rows = [
        ("核对编号", run["run"]),
        ("核对种类", wording.RUN_KINDS.get(run["kind"], run["kind"])),
        ("核对日", str(run["as_of"])),
        ("地区", run["region"]),
        ("政策指纹", run["policy"]),
        ("程序版本", version or "未记载"),
        ("重现", f"加 --run {run['run']}；快照和复核意见不变，输出逐字节相同"),
        ("说明", "核对编号由程序版本、政策、名册和各来源快照算出；快照编号由文件内容和接入说明（source.toml）算出。"),
        ("原则", "只核对、不认定：关联只说明记录登记在谁名下，结论由乡镇（街道）核实后依程序作出。"),
    ]
    return Section("依据", _two("项目", rows), "")


def covered(coverage: pl.DataFrame, members: pl.DataFrame, titles: Mapping[str, str]) -> Section:
    """覆盖: each member and source of the household: hit, no record, or unchecked and why."""
    people = members.select("household_no", "member_no", "relation")
    rows = coverage.join(people, on=["household_no", "member_no"], how="left")
    ordered = rows.sort(pl.col("member_no").cast(pl.Int64), "source")
    told = ordered.select(
        pl.col("member_no").alias("序号"),
        pl.col("relation").alias("关系"),
        pl.col("source").replace(dict(titles)).alias("来源"),
        pl.col("state").replace(wording.COVERAGE_STATES).alias("状态"),
        pl.col("data_date").cast(pl.String).alias("数据时点"),
        pl.col("reason").alias("说明"),
    )
    return Section("覆盖", _shown(told, reveal=False), "没有签约来源，未作核对")


def rejected(rows: pl.DataFrame, titles: Mapping[str, str]) -> Section:
    """退回: the delivered rows that were not accepted, so that nothing could be linked to them."""
    told = rows.select(
        pl.col("source").replace(dict(titles)).alias("来源"),
        pl.col("supplier").alias("供数地区"),
        pl.col("snapshot").alias("快照"),
        pl.col("extract").alias("文件"),
        pl.col("sheet").fill_null("").alias("工作表"),
        pl.col("source_row").cast(pl.String).alias("行号"),
        pl.col("code").alias("退回代码"),
        pl.col("reason").alias("退回原因"),
    )
    return Section("退回", _shown(told, reveal=False), "")


def mask_as_written(raw: str) -> str:
    """A number as delivered, masked, with its spaces, hyphens and other marks left where they stand.

    Of a number that was cut short only the region is left: its end would be the birth date.

    >>> mask_as_written("370199 1970 0101 0113"), mask_as_written("37019919700101"), mask_as_written("370199******0113")
    ('370199 **** **** 0113', '370199********', '************0113')
    """
    places = [place for place, letter in enumerate(raw) if letter.isalnum() or letter in _COVERED]
    whole = len(places) in (15, 17, 19) or any(letter in _COVERED for letter in raw)
    looks_like_one = all(raw[place].isdigit() for place in places[:6])
    head, tail = (6, 4) if len(places) == 18 else (6, 0) if looks_like_one and not whole else (0, 4)
    hidden = set(places[head : len(places) - tail]) if len(places) > max(head, tail) else set(places)
    return "".join("*" if place in hidden else letter for place, letter in enumerate(raw))


def difference(recorded: str, member: str) -> str:
    """Where two folded numbers differ, in words that hold none of their digits; empty where they are the same.

    >>> difference("11010519491231002X", "11010519491231003X"), difference("11010519491213002X", "11010519491231002X")
    ('第17位不同', '第13、14位互换')
    >>> difference("11010519491231002", "110105194912310021"), difference("1", "11010519491231002X")
    ('登记少第18位', '登记1位，名册18位')
    """
    if len(recorded) == len(member):
        return _apart(recorded, member)
    if abs(len(recorded) - len(member)) == 1:
        longer, shorter = (recorded, member) if len(recorded) > len(member) else (member, recorded)
        gaps = [place for place in range(len(longer)) if longer[:place] + longer[place + 1 :] == shorter]
        if gaps:
            return f"登记{'多' if longer is recorded else '少'}第{gaps[-1] + 1}位"
    return f"登记{len(recorded)}位，名册{len(member)}位"


def _apart(recorded: str, member: str) -> str:
    apart = [place for place in range(len(recorded)) if recorded[place] != member[place]]
    if not apart:
        return ""
    first = apart[0]
    swapped = len(apart) == 2 and recorded[first : first + 2] == member[first : first + 2][::-1]
    if swapped:
        return f"第{first + 1}、{first + 2}位互换"
    covered_up = [place for place in apart if recorded[place] in _COVERED]
    if len(covered_up) == len(apart):
        return f"登记遮盖{len(apart)}位，可见各位相同"
    if len(apart) > 4:
        return f"有{len(apart)}位不同"
    return f"第{'、'.join(str(place + 1) for place in apart)}位不同"


def _record(known: Known, *, reveal: bool) -> pl.DataFrame:
    link, record = known.link, known.record
    whole = (
        "读出时与入库时一致（SHA-256 已校验）"
        if not known.lost
        else f"{known.lost}；下列登记内容取自核对当时留存的关联"
    )
    return _one(
        来源=f"{known.source_title}（{link['source']}）",
        供数地区=link["supplier"],
        文件=link["extract"],
        工作表=link["sheet"],
        行号=f"第 {link['source_row']} 行，第 {link['slot']} 位权利人",
        标的=_subject(known, reveal=reveal),
        登记事项=_thing("" if known.lost else known.table, record),
        登记状态=_state(known),
        另一方=_named(record.get("other_name_raw"), reveal=reveal),
        死亡日期=_day(record.get("died_on")),
        登记日期=_day(record.get("record_date")) or "来源没有写",
        数据时点=_day(link["data_date"]),
        快照=link["snapshot"],
        快照内容=whole,
        文件SHA256=known.landed or "原始文件没有留存，无法给出",
        接入指纹=known.spec,
    )  # fmt: skip


def _subject(known: Known, *, reveal: bool) -> str | None:
    """What names the thing; an account's number masked unless `reveal`."""
    subject: str | None = known.link["subject"]
    account = ACCOUNT.get(known.table)
    if subject and account and not reveal and (known.lost or subject == known.record.get(account)):
        return mask_account(subject)
    return wording.THINGS.get(subject or "", subject)


def _thing(table: str, record: Row) -> str | None:
    """What is registered: what the money is and for when; the event, the role, or the kind of thing."""
    if money := registered(table, record):
        return money
    code = next((record[name] for name in ("event", "role") if record.get(name)), None)
    return wording.THINGS.get(code, code) if code else wording.KINDS_OF_THING.get(record.get("kind") or "")


def _state(known: Known) -> str | None:
    """How the registration stands, for the kinds of thing and tables whose states have words."""
    words = wording.STATES.get(known.record.get("kind") or known.table)
    code = known.record.get("state") or known.record.get("status")
    return words.get(code, code) if words and code else None


def _named(name: str | None, *, reveal: bool) -> str | None:
    """Somebody else's name, masked unless `reveal`."""
    if name is None or reveal:
        return name
    return pl.select(mask_name(pl.lit(name))).item()  # type: ignore[no-any-return]


def _roster(known: Known, *, reveal: bool) -> pl.DataFrame:
    home, person = known.home, known.person
    return _one(
        家庭=home["household_no"],
        成员=_who(person),
        姓名=person["name"],
        曾用名=person["former_names"],
        身份=wording.ROLES.get(person["role"], person["role"]),
        性别=wording.SEXES.get(person["sex"], person["sex"]),
        名册号码=_raw_number(person["person_no"], reveal=reveal),
        救助类别=home["programme"],
        办理状态=wording.STAGES.get(home["stage"], home["stage"]),
    )


def _compared(known: Known, *, reveal: bool) -> pl.DataFrame:
    record, person = known.record, known.person
    number = {
        "项目": "号码",
        "登记原文": _raw_number(record["owner_no_raw"], reveal=reveal),
        "登记规范值": _number(record["owner_no"], record["owner_no_kind"], reveal=reveal),
        "名册原文": _raw_number(person["person_no"], reveal=reveal),
        "名册规范值": _number(person["number"], person["number_kind"], reveal=reveal),
        "比较": _numbers_compared(known),
    }
    name = {
        "项目": "姓名",
        "登记原文": record["owner_name_raw"] or "（空白）",
        "登记规范值": record["owner_name"] or "无",
        "名册原文": person["name"] or "（空白）",
        "名册规范值": person["name_key"] or "无",
        "比较": known.evidence.name,
    }
    more = [
        _both("出生日期", record.get("owner_birth"), person["birth_date"], private=not reveal),
        _both("电话", record.get("owner_phone"), person["phone"], private=not reveal),
        _both("住址", record.get("owner_address"), person["home_address"], private=not reveal),
        _both("工作单位", record.get("employer"), person["workplace"], private=False),
    ]
    return pl.DataFrame([number, name, *(each for each in more if each)], schema=dict.fromkeys(number, pl.String))


def _both(title: str, theirs: object, ours: object, *, private: bool) -> dict[str, str] | None:
    """A further field, where both sides have it; what is private is only said to be the same or not."""
    if theirs is None or ours is None:
        return None
    told, listed = (HIDDEN, HIDDEN) if private else (str(theirs), str(ours))
    return dict(zip(("项目", "登记原文", "登记规范值", "名册原文", "名册规范值", "比较"), (title, told, told, listed, listed, _alike(theirs, ours)), strict=True))  # fmt: skip


def _alike(theirs: object, ours: object) -> str:
    written = "".join(filter(str.isalnum, str(theirs))), "".join(filter(str.isalnum, str(ours)))
    return "相同" if written[0] == written[1] else "写法不同"


def _numbers_compared(known: Known) -> str:
    record, person = known.record, known.person
    if known.evidence.same_number:
        if record["owner_no_kind"] == "within":
            return "取自登记的证号，与名册相同"
        same = record["owner_no_raw"] == person["person_no"]
        return "原文相同" if same else "原文写法不同，规范后相同"
    if record["owner_no"] and person["number"]:
        return "两个不同的有效号码"
    recorded, listed = known.folded
    if not recorded:
        return "登记没有号码"
    if "E" in recorded:
        return KINDS.get(record["owner_no_kind"] or "", "")
    return difference(recorded, listed) or "写法相同，都不是有效号码"


def _evidence(known: Known) -> list[tuple[str, str]]:
    evidence, link = known.evidence, known.link
    told = [("号码", evidence.number), ("姓名", evidence.name)]
    if evidence.number and not evidence.same_number and (where := _numbers_compared(known)):
        told[0] = ("号码", f"{evidence.number}（{where}）" if evidence.holder is None else evidence.number)
    if link["expected_namesakes"] and not any("同名" in more for more in evidence.more):
        told.append(("同名", f"除本人外，可见证据同样相符的人预计有 {link['expected_namesakes']} 人。"))
    told += [
        ("同户", f"登记姓名与同户{_who(other)}的姓名相同，记录可能是其所有；两人都列出，全户只计一次。")
        for other in evidence.namesakes
    ]
    told += [(_kind(more), more) for more in evidence.more]
    return [(kind, _sentence(said)) for kind, said in told if said]


def _kind(said: str) -> str:
    return next((kind for kind in ("同名", "代办人", "复核") if kind in said), "其他")


def _tier(known: Known) -> pl.DataFrame:
    link = known.link
    code, status = link["tier"], link["status"]
    usual = known.usual.get(code, ("", status))[1]
    words, meaning = wording.LINK_STATUSES, wording.TIERS.get(code)
    changed = f"本层级通常为“{words.get(usual, usual)}”，本条因上列其他证据为“{words.get(status, status)}”。"
    return _one(
        层级=f"{code} {_tier_title(known)}",
        含义=meaning if meaning != _tier_title(known) else None,
        处理=wording.TIER_GROUPS.get(code[:1]),
        状态=words.get(status, status),
        状态说明=changed if status != usual else None,
        实测准确率=known.measured,
        为何不是更高层级=_phrases()["why_not_better"].get(code),
    )


def _rivals(known: Known) -> pl.DataFrame:
    rows = [
        {
            "家庭": rival["household_no"],
            "成员": rival["member_no"],
            "同户": "是" if rival["household_no"] == known.link["household_no"] else "否",
            "层级": rival["tier"],
            "状态": wording.LINK_STATUSES.get(rival["status"], rival["status"]),
            "理由": rival["reason"],
        }
        for rival in known.rivals
    ]
    return pl.DataFrame(rows, schema=dict.fromkeys(("家庭", "成员", "同户", "层级", "状态", "理由"), pl.String))


def _others(known: Known, *, reveal: bool) -> pl.DataFrame:
    shown = pl.DataFrame({"name": [other["name"] for other in known.others]}, schema={"name": pl.String})
    names = shown["name"] if reveal else shown.select(mask_name(pl.col("name"))).to_series()
    holder = known.evidence.holder
    rows = [
        {
            "序号": other["member_no"],
            "关系": other["relation"] or "成员",
            "姓名": name,
            "姓名与登记": known.evidence.names.get(other["member_no"], ""),
            "号码与登记": "登记的就是该成员的号码"
            if holder is not None and holder["member_no"] == other["member_no"]
            else "不同"
            if other["number"]
            else "名册无有效号码，不能比较",
        }
        for other, name in zip(known.others, names, strict=True)
    ]
    return pl.DataFrame(rows, schema=dict.fromkeys(("序号", "关系", "姓名", "姓名与登记", "号码与登记"), pl.String))


def _refuting(known: Known) -> list[tuple[str, str]]:
    refutes, link = _phrases()["refutes"], known.link
    if link["status"] == "vetoed":
        return [("否决", refutes["vetoed"])]
    number = "another" if known.evidence.holder is not None else link["number_evidence"]
    kind = known.record.get("kind")
    thing = kind if kind in refutes["record"] else known.table
    codes = {"record": ("登记", thing), "number": ("号码", number), "name": ("姓名", link["name_relation"])}
    told = [(kind, refutes[side].get(code) or refutes[side]["other"]) for side, (kind, code) in codes.items()]
    return told if known.table in refutes["not_owned"] else [*told, ("所有", refutes["owned"])]


def _tier_title(known: Known) -> str:
    code = known.link["tier"]
    return known.usual.get(code, ("", ""))[0] or wording.TIERS.get(code, "").split("，")[0]


@cache
def _phrases() -> dict[str, Any]:
    return tomli.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def _who(person: Row) -> str:
    return f"第{person['member_no']}位成员（{person['relation'] or '关系未写'}）"


def _raw_number(raw: str | None, *, reveal: bool) -> str:
    return "（空白）" if not raw else raw if reveal else mask_as_written(raw)


def _number(number: str | None, kind: str | None, *, reveal: bool) -> str:
    if number:
        return number if reveal else mask_as_written(number)
    return f"无（{KINDS.get(kind or 'blank', kind)}）"


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _sentence(text: str) -> str:
    return text if text.endswith("。") else f"{text}。"


def _one(**cells: str | None) -> pl.DataFrame:
    """One row; what is empty has no column."""
    return pl.DataFrame({head: [cell] for head, cell in cells.items() if cell})


def _two(head: str, rows: Sequence[tuple[str, str]]) -> pl.DataFrame:
    """Rows of a word and a sentence."""
    return pl.DataFrame(rows, schema={head: pl.String, "说明": pl.String}, orient="row")


def _shown(rows: pl.DataFrame, *, reveal: bool) -> pl.DataFrame:
    return plain_frame(rows) if reveal else hide_numbers(plain_frame(rows))
