"""The roster, the extracts and the truth. Rows are written a chunk at a time; the same seed gives the same bytes."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random
from typing import IO

import polars as pl
import xlsxwriter

from tests.worlds.people import Person, Roster
from tests.worlds.records import Slot, Special
from tests.worlds.strangers import strangers

CHUNK = 500_000
SHEET_ROWS = 200_000  # beyond these, housing is delivered as text
SHARE = {"vehicle": 0.5, "housing": 0.17, "provident_fund": 0.33}
JOINTS = ("、", "、", "、", ",", ";", "/")


@dataclass(frozen=True)
class Style:
    """How a centre's departments write: headings that the connectors know, encodings, what stands between cells."""

    roster: str
    roster_encoding: str
    vehicle: str
    vehicle_encoding: str
    vehicle_separator: str
    housing: str
    title: bool  # a title row over the headings
    fund: str
    fund_encoding: str
    fund_separator: str
    born: str  # how a birth date is written
    sexes: tuple[str, str]  # a woman, a man


STYLES = {
    "practice": Style(
        roster="家庭编号,救助类别,办理状态,行政区划代码,乡镇街道,村居,受理日期,户主姓名,姓名,身份证号码,与户主关系,是否共同生活,性别,出生日期,曾用名,联系电话,申报日期,申报月收入(元),申报车辆数(户),申报住房套数(户),授权书编号,授权日期,授权截止日期",
        roster_encoding="utf-8-sig",
        vehicle="号牌种类,号牌号码,车辆品牌,车辆类型,使用性质,车辆识别代号,机动车所有人,身份证明名称,身份证明号码,初次登记日期,机动车状态,手机号码",
        vehicle_encoding="gb18030",
        vehicle_separator=",",
        housing="权利人,证件种类,证件号码,不动产权证号,坐落,建筑面积(平方米),规划用途,共有情况,登记时间,权属状态,交易价格(万元)",
        title=True,
        fund="个人账号,姓名,证件类型,证件号码,单位名称,缴存基数,单位缴存比例,个人缴存比例,月缴存额,缴存余额,账户状态,末次缴存年月,出生日期,性别,手机号码",
        fund_encoding="gb18030",
        fund_separator="|",
        born="%Y-%m-%d",
        sexes=("女", "男"),
    ),
    "codes": Style(
        roster="户号,保障类别,保障状态,区划代码,乡镇,社区,申请日期,申请人姓名,成员姓名,公民身份号码,与申请人关系,共同生活,XB,出生年月日,曾用姓名,手机号码,申报时间,月收入,车辆数,住房套数,授权编号,签署日期,授权到期日",
        roster_encoding="gb18030",
        vehicle="HPZL,HPHM,CLPP1,CLLX,SYXZ,CLSBDH,SYR,身份证明名称,SFZMHM,CCDJRQ,ZT,手机号码",
        vehicle_encoding="utf-8",
        vehicle_separator="\t",
        housing="QLR,ZJZL,ZJH,BDCQZH,ZL,JZMJ,GHYT,GYFS,DJSJ,QSZT,JYJG(元)",
        title=False,
        fund="GRZH,XINGMING,ZJLX,ZJHM,DWMC,GRJCJS,DWBL,GRBL,YJE,GRZHYE,GRZHZT,JZNY,CSRQ,XB,SJHM",
        fund_encoding="gb18030",
        fund_separator=";",
        born="%Y%m%d",
        sexes=("2", "1"),
    ),
}
_CREATED = datetime(2018, 11, 30)  # noqa: DTZ001 - a workbook has no zone
TRUTH = ("source", "row", "key", "pid", "id", "name", "rid", "rname", "cls")


@dataclass(frozen=True)
class Plan:
    """How large a world is."""

    records: Mapping[str, int]  # of each source
    of_members: Mapping[str, int]  # of these, the whole and clean ones of members
    columns: Mapping[str, float]  # the share of rows that say the owner's birth date and sex, and phone
    seed: int


def write_roster(out: Path, roster: Roster, style: Style, rng: Random) -> None:
    """roster.csv."""
    with _opened(out / "roster.csv", style.roster_encoding) as file:
        file.write(style.roster + "\n")
        for home in roster.homes:
            people = [roster.people[place] for place in home]
            same = (
                f"JZ{people[0].household:08}",
                rng.choice(("农村低保", "城市低保", "农村特困", "城市特困")),
                "在保" if rng.random() < 0.94 else "申请中",
                f"{people[0].number[:6]},第{rng.randrange(1, 20)}镇,{rng.randrange(1, 300)}村,2018-02-16",
                people[0].name,
            )
            things = f"{rng.choice(('', '0', '0', '1'))},{rng.choice(('', '1', '1', '0'))}"
            for person in people:
                file.write(",".join((*same, *_member(rng, person), things, _consent(rng, person))) + "\n")


def _member(rng: Random, person: Person) -> tuple[str, ...]:
    born = person.number[6:14]
    return (
        person.name,
        person.typed,
        person.relation,
        "是",
        "男" if int(person.number[16]) % 2 else "女",
        f"{born[:4]}-{born[4:6]}-{born[6:]}",
        person.former,
        person.phone,
        "2018-02-19",
        rng.choice(("", "0", "738", "1200")),
    )


def _consent(rng: Random, person: Person) -> str:
    first, last = ("2018-02-16", "2021-02-15") if person.may_be_checked else ("2015-03-01", "2018-02-28")
    return ",," if person.consent == "none" else f"SQ{person.pid:08},{first},{last}"


def write_people(out: Path, roster: Roster) -> None:
    """truth/people.csv: one row a member."""
    with _opened(out / "truth/people.csv", "utf-8") as file:
        file.write("pid,id,typed_id,name,household,consent\n")
        for one in roster.people:
            may = str(one.may_be_checked).lower()
            file.write(f"{one.pid},{one.number},{one.typed},{one.name},JZ{one.household:08},{may}\n")


def write_world(out: Path, facts: Mapping[str, object], special: Mapping[str, Special]) -> None:
    """truth/world.json: how it was made; truth/go_betweens.csv: source and number."""
    text = json.dumps(facts, ensure_ascii=False, indent=1)
    (out / "truth/world.json").write_text(text + "\n", encoding="utf-8")
    with _opened(out / "truth/go_betweens.csv", "utf-8") as file:
        file.write("source,number\n")
        file.writelines(f"{source},{number}\n" for source, each in special.items() for number in each.go_betweens)


class Extracts:
    """Writes the three extracts and truth/links.csv as it goes."""

    def __init__(self, out: Path, roster: Roster, style: Style, plan: Plan) -> None:
        self.out, self.roster, self.style, self.plan = out, roster, style, plan
        people = roster.people
        self.people = pl.DataFrame(
            {
                "pid": [one.pid for one in people],
                "id": [one.number for one in people],
                "typed": [one.typed for one in people],
                "name": [one.name for one in people],
                "phone": [one.phone for one in people],
            }
        )
        self.taken = pl.DataFrame({"number": list(roster.taken)}).sort("number")
        self.linked = 0

    def write(self, special: Mapping[str, Special], rng: Random) -> None:
        with (self.out / "truth/links.csv").open("wb") as truth:
            truth.write((",".join(TRUTH) + "\n").encode())
            for turn, (source, write) in enumerate((
                ("vehicle", self._vehicle), ("provident_fund", self._fund), ("housing", self._housing),
            )):  # fmt: skip
                write(self._rows(source, special[source], self.plan.seed + 1000 * (turn + 1), rng, truth))

    def _rows(self, source: str, special: Special, seed: int, rng: Random, truth: IO[bytes]) -> Iterator[pl.DataFrame]:
        """The owners of the rows, a chunk at a time: place, owner_no, owner_name, owners, key, birth, sex, phone.

        birth: YYYYMMDD; sex: 男 | 女; both, and the phone, null where the row does not say or has several owners
        """
        total = self.plan.records[source]
        first = 3 if source == "housing" and self.style.title else 2
        key = KEYS[source]
        placed = self._placed(source, special, rng)
        for begin in range(0, total, CHUNK):
            places = pl.int_range(begin, min(begin + CHUNK, total), eager=True).alias("place")
            others = strangers(places, max(1, int(total * 0.8)), seed, self.taken)
            here = placed.filter(pl.col("place").is_between(begin, begin + CHUNK - 1))
            slots = here.filter(pl.col("pid").is_not_null()).join(self.people, on="pid", how="inner")
            links = slots.sort("place", "slot").select(
                source=pl.lit(source),
                row=pl.col("place") + first,
                key=key(pl.col("place")),
                pid="pid",
                id="id",
                name="name",
                rid="rid",
                rname="rname",
                cls=pl.when((pl.col("cls") == "clean") & pl.col("id").is_in(special.go_betweens))
                .then(pl.lit("agent_own"))
                .when((pl.col("cls") == "clean") & (pl.col("id") != pl.col("typed")))
                .then(pl.lit("roster_typo"))
                .otherwise("cls"),
            )
            links.write_csv(truth, include_header=False)
            self.linked += links.height
            cells = (
                here.sort("place", "slot")
                .group_by("place", maintain_order=True)
                .agg(
                    rid=pl.col("rid").str.join("\0"), rname=pl.col("rname").str.join("\0"), owners=pl.len(),
                    joint=pl.col("joint").first(), pid=pl.col("pid").first(), true=pl.col("true").first(),
                    birth=pl.col("birth").first(), sex=pl.col("sex").first(),
                )
                .with_columns(pl.col(name).str.replace_all("\0", pl.col("joint"), literal=True) for name in ("rid", "rname"))
                .join(self.people.select("pid", "id", "phone"), on="pid", how="left", maintain_order="left")
            )  # fmt: skip
            yield (
                pl.DataFrame({"place": places})
                .hstack(others)
                .join(cells, on="place", how="left", maintain_order="left")
                .with_columns(whole=pl.coalesce("id", "true", pl.when(pl.col("owners").is_null()).then("number")))
                .select(
                    "place",
                    owner_no=pl.coalesce("rid", "number"),
                    owner_name=pl.coalesce("rname", "name"),
                    owners=pl.col("owners").fill_null(1),
                    key=key(pl.col("place")),
                    **_own_columns(self.plan),
                )
            )

    def _placed(self, source: str, special: Special, rng: Random) -> pl.DataFrame:
        """place, slot, rid, rname, pid, cls, joint of every row that is no mere stranger's."""
        clean = self.plan.of_members[source]
        rows = special.rows
        places = rng.sample(range(self.plan.records[source]), min(self.plan.records[source], len(rows) + clean))
        told = [
            (place, slot, each.number, each.name, each.pid, each.cls, joint, each.true, each.birth, each.sex)
            for place, row in zip(places, rows, strict=False)
            for joint in (rng.choice(JOINTS),)
            for slot, each in enumerate(row, 1)
        ]
        schema = {
            "place": pl.Int64, "slot": pl.Int64, "rid": pl.String, "rname": pl.String, "pid": pl.Int64,
            "cls": pl.String, "joint": pl.String, "true": pl.String, "birth": pl.String, "sex": pl.String,
        }  # fmt: skip
        rest = places[len(rows) :]
        owners = pl.DataFrame(
            {"place": rest, "pid": rng.choices(range(self.people.height), k=len(rest))},
            schema={"place": pl.Int64, "pid": pl.Int64},
        ).join(self.people, on="pid", how="left")
        whole = owners.select(
            "place",
            slot=pl.lit(1, pl.Int64),
            rid="id",
            rname="name",
            pid="pid",
            cls=pl.lit("clean"),
            joint=pl.lit("、"),
        )
        special = pl.DataFrame(told, schema=schema, orient="row")
        blank = [pl.col(name).replace("", None) for name in ("true", "birth", "sex")]
        return pl.concat([special.with_columns(blank), whole], how="diagonal")

    def _vehicle(self, chunks: Iterator[pl.DataFrame]) -> None:
        style = self.style
        with _opened(self.out / "inbox/vehicle.csv", style.vehicle_encoding) as file:
            file.write(style.vehicle.replace(",", style.vehicle_separator) + "\n")
            for rows in chunks:
                place = rows["place"]
                table = pl.DataFrame(
                    [
                        _pick(place, ("02", "02", "07"), 1),
                        "鲁Z" + place.cast(pl.String).str.zfill(5),
                        _pick(place, ("丰田牌", "五菱牌", "大众牌"), 2).alias("brand"),
                        _pick(place, ("K33", "K31", "M21", "H31"), 3).alias("type"),
                        _pick(place, ("A",), 4).alias("use"),
                        rows["key"],
                        rows["owner_name"],
                        _pick(place, ("A",), 5).alias("paper"),
                        rows["owner_no"],
                        _day(place).dt.strftime("%Y%m%d").alias("day"),
                        _pick(place, ("A", "A", "A", "E", "GQ", "Y"), 6).alias("state"),
                        _pick(place, ("",), 7).alias("phone"),
                    ]
                )
                file.write(table.write_csv(include_header=False, separator=style.vehicle_separator))

    def _fund(self, chunks: Iterator[pl.DataFrame]) -> None:
        style, sign = self.style, self.style.fund_separator
        with _opened(self.out / "inbox/provident_fund.txt", style.fund_encoding) as file:
            file.write(style.fund.replace(",", sign) + "\n")
            for rows in chunks:
                place = rows["place"]
                table = pl.DataFrame(
                    [
                        rows["key"],
                        rows["owner_name"].str.replace_all(sign, "", literal=True),
                        _pick(place, ("01",), 5).alias("paper"),
                        rows["owner_no"].str.replace_all(sign, "", literal=True),
                        _pick(place, ("某某中学", "某某纺织有限公司", "某某物流有限公司"), 2).alias("employer"),
                        ((place.hash(3) % 10_000 + 2000).cast(pl.String) + ".50").alias("base"),
                        _pick(place, ("12",), 4).alias("one"),
                        _pick(place, ("12",), 4).alias("two"),
                        _pick(place, ("1238.84", "802.00"), 6).alias("monthly"),
                        _pick(place, ("10231.87", "0.00"), 7).alias("balance"),
                        _pick(place, ("01", "01", "02", "05"), 8).alias("state"),
                        _pick(place, ("201811", "201810", "201806"), 9).alias("until"),
                        rows["birth"].str.to_date("%Y%m%d").dt.strftime(style.born),
                        rows["sex"].replace_strict(("女", "男"), style.sexes),
                        rows["phone"],
                    ]
                )
                file.write(table.write_csv(include_header=False, separator=sign))

    def _housing(self, chunks: Iterator[pl.DataFrame]) -> None:
        heads = self.style.housing.split(",")
        if self.plan.records["housing"] > SHEET_ROWS:
            with _opened(self.out / "inbox/housing.csv", "gb18030") as file:
                if self.style.title:
                    file.write("不动产登记信息查询结果" + "," * (len(heads) - 1) + "\n")
                file.write(",".join(heads) + "\n")
                for rows in chunks:
                    file.write(_homes(rows).write_csv(include_header=False))
            return
        book = xlsxwriter.Workbook(str(self.out / "inbox/housing.xlsx"), {"constant_memory": True})
        book.set_properties({"created": _CREATED})
        sheet, at = book.add_worksheet(), 0
        if self.style.title:
            sheet.write_string(0, 0, "不动产登记信息查询结果")
            at = 1
        for column, head in enumerate(heads):
            sheet.write_string(at, column, head)
        for rows in chunks:
            for cells in _homes(rows).iter_rows():
                at += 1
                for column, cell in enumerate(cells):
                    write = sheet.write_number if isinstance(cell, float) else sheet.write_string
                    write(at, column, cell)
        book.close()


def _homes(rows: pl.DataFrame) -> pl.DataFrame:
    place = rows["place"]
    return pl.DataFrame(
        [
            rows["owner_name"],
            _pick(place, ("身份证",), 1).alias("paper"),
            rows["owner_no"],
            rows["key"],
            ("花园路" + place.cast(pl.String) + "号").alias("address"),
            (place.hash(2) % 16_000 / 100 + 20).alias("area"),
            _pick(place, ("住宅", "住宅", "商业", "车库"), 3).alias("use"),
            pl.select(pl.when(rows["owners"] > 1).then(pl.lit("共同共有")).otherwise(pl.lit("单独所有"))).to_series().alias("shared"),
            _day(place).dt.strftime("%Y/%m/%d").alias("day"),
            _pick(place, ("现势", "现势", "历史"), 4).alias("state"),
            (place.hash(5) % 9000 / 100 + 10).alias("price"),
        ]
    )  # fmt: skip


KEYS: Mapping[str, Callable[[pl.Expr], pl.Expr]] = {
    "vehicle": lambda place: "LSV" + place.cast(pl.String).str.zfill(14),
    "provident_fund": lambda place: "37" + place.cast(pl.String).str.zfill(10),
    "housing": lambda place: "鲁(2018)某市不动产权第" + place.cast(pl.String).str.zfill(7) + "号",
}


JOINABLE = ("", "clean", "id15", "sub1", "swap", "masked", "n_homo", "n_trad", "spaced", "excel15", "lowerx")


def joinable(slot: Slot) -> bool:
    """Whether both cells can be told apart when joined: they hold no separator and are not blank."""
    plain = (
        len(slot.number) > 14 and len(slot.name) > 1 and not any(sign in slot.number + slot.name for sign in "、,;/")
    )
    return slot.cls in JOINABLE and plain


def _own_columns(plan: Plan) -> dict[str, pl.Expr]:
    """birth, sex, phone: those that the damage says, else the true owner's in the share of rows that say any."""
    whole, alone = pl.col("whole"), pl.col("owners").fill_null(1) == 1
    tells, calls = (
        alone & (pl.col("place").hash(seed) % 1000 < plan.columns[name] * 1000)
        for seed, name in ((12, "birth_and_sex"), (13, "phone"))
    )
    stranger_phone = pl.lit("1") + (whole.hash(14) % 9_000_000_000 + 1_000_000_000).cast(pl.String)
    male = whole.str.slice(16, 1).is_in(list("13579"))
    return {
        "birth": pl.coalesce("birth", pl.when(tells).then(whole.str.slice(6, 8))),
        "sex": pl.coalesce("sex", pl.when(tells).then(pl.when(male).then(pl.lit("男")).otherwise(pl.lit("女")))),
        "phone": pl.when(calls & whole.is_not_null()).then(pl.coalesce("phone", stranger_phone)),
    }


def _pick(rows: pl.Series, table: tuple[str, ...], seed: int) -> pl.Series:
    return pl.Series(f"{seed}", table).gather(rows.hash(seed) % len(table))


def _day(rows: pl.Series) -> pl.Series:
    """A day from 2000 to 2018."""
    return ((rows.hash(99) % 6800).cast(pl.Int32) + 10_957).cast(pl.Date)


def _opened(path: Path, encoding: str) -> IO[str]:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.open("w", encoding=encoding, newline="")
