"""Makes the sample files of the departments that register people: one function, one department's file as it really comes.

    python sample_data/departments_people.py [FOLDER]     (FOLDER: the connectors; those of the project if left out)

The same bytes every time. Every person, number, certificate, address and employer is invented. Each file holds the
traps that such files are known for; tests/connectors/ says what is read, what comes back, and what is kept and told.
"""

import sys
from pathlib import Path
from random import Random

from invented.department_files import (
    ANYWHERE,
    DESHAN,
    FANG,
    GUANGMING,
    GUILAN,
    GUOQING,
    HAO,
    JIANGUO,
    LEI,
    MAIMAITI,
    MIN,
    NA,
    QIANG,
    WEI,
    XIUYING,
    YAN,
    Cell,
    Makers,
    One,
    Rows,
    milliseconds,
    spoilt,
    stranger,
    text,
    workbook,
    write_samples,
)


def household_register(rng: Random) -> bytes:
    """The register of the police: pinyin headings, GB18030, codes of two systems, former names and numbers."""
    headings = "XM,GMSFHM,XB,CSRQ,HH,YHZGX,HKXZ,HJDXZ,CYM,YSFZH,HYZK,ZXBS,ZXYY,SWSJ,ZXSJ,PCS,RHRQ"
    police, day = "柳河派出所", "19980601"

    def row(who: One, house: str, relation: str, kind: str, **said: str) -> list[Cell]:
        usual = {"XM": who.name, "GMSFHM": who.no, "XB": who.sex, "CSRQ": who.born, "HH": house, "YHZGX": relation,
                 "HKXZ": kind, "HJDXZ": who.address, "PCS": police, "RHRQ": day}  # fmt: skip
        return [(usual | said).get(heading, "") for heading in headings.split(",")]

    told = [
        row(JIANGUO, "370199001", "02", "01", HYZK="20", ZXBS="正常", YSFZH=JIANGUO.old_no),
        row(XIUYING, "370199001", "10", "01", HYZK="已婚", ZXBS="正常", CSRQ="19630617"),  # the lunar day
        row(LEI, "370199001", "20", "01", HYZK="10", ZXBS="正常", CYM="张小磊、张石头"),
        row(DESHAN, "370199001", "51", "01", HYZK="30", ZXBS="死亡注销", ZXYY="死亡", SWSJ="20170402", ZXSJ="20170420"),
        row(WEI, "370199002", "1", "1", XM="王伟(曾用名王卫)", HYZK="2"),  # the other system's codes from here
        row(NA, "370199002", "2", "0", XM="李娜 曾用名：李丽", ZXBS="未注销"),
        row(HAO, "370199002", "2", "1", CYM="赵浩", YSFZH=f"{GUANGMING.no}、无", ZXBS="0"),
        row(MAIMAITI, "370199003", "户主", "非农业家庭户", XM="努尔买买提・吐尔逊", GMSFHM=" ".join((MAIMAITI.no[:6], MAIMAITI.no[6:14], MAIMAITI.no[14:])), ZXBS="否"),
        row(YAN, "370199004", "户主", "农业家庭户", XM="王？", GMSFHM=YAN.no, CSRQ="0000-00-00", ZXBS="正常"),
        row(YAN, "370199004", "户主", "农业家庭户", GMSFHM=YAN.no.lower(), ZXBS="注销", ZXYY="重复户口", ZXSJ="2009-05-06 00:00:00.0"),
        row(GUILAN, "370199005", "户主", "01", GMSFHM=f"{GUILAN.no[:4]}{'*' * 10}{GUILAN.no[14:]}", CSRQ="19450700", ZXBS="正常"),
        row(FANG, "370199006", "配偶", "02", GMSFHM=FANG.old_no, CYM="王方", ZXBS="1", HYZK="复婚"),
        row(QIANG, "370199006", "户主", "02", GMSFHM="待补", CSRQ=QIANG.born, ZXBS="正常", HYZK="未说明"),
    ]  # fmt: skip
    people = (*(stranger(rng) for _ in range(105)), *ANYWHERE)
    others = [row(who, f"370199{place:03}", "户主", "01", ZXBS="正常") for place, who in enumerate(people, 100)]
    lines: Rows = [headings.split(","), *told, *others]
    lines.insert(60, ["赵大海", "柳河派出所", "370199099"])  # a line that lost its separators
    return text([*lines, ["合计", f"{len(told) + len(others)}人", *[""] * 15]])


def marriage(rng: Random) -> bytes:
    """The answers of the national platform: UTF-8 with BOM, one row a couple, milliseconds since 1970, operation codes."""
    headings = (
        "name_man,cert_type_man,cert_num_man,birth_man,folk_man,nation_man,name_woman,cert_type_woman,cert_num_woman,"
        "folk_woman,nation_woman,op_type,op_date,dept_name,cert_no"
    )
    office = "永和县民政局婚姻登记处"

    def row(man: One | None, woman: One | None, code: str, on: str, serial: str, **said: str) -> list[Cell]:
        he = {"name_man": man.name, "cert_type_man": "01", "cert_num_man": man.no, "birth_man": man.born} if man else {}
        she = {"name_woman": woman.name, "cert_type_woman": "01", "cert_num_woman": woman.no} if woman else {}
        usual = {**he, **she, "folk_man": "01", "folk_woman": "01", "nation_man": "156", "nation_woman": "156",
                 "op_type": code, "op_date": on, "dept_name": office, "cert_no": serial}  # fmt: skip
        return [(usual | said).get(heading, "") for heading in headings.split(",")]

    return text(
        [
            headings.split(","),
            row(JIANGUO, XIUYING, "IA", milliseconds(1987, 5, 1, summer=1), "J370199-1987-000021"),
            row(JIANGUO, XIUYING, "ICA", milliseconds(2012, 3, 7), "BJ370199-2012-000008"),  # a lost certificate
            row(QIANG, FANG, "IA", milliseconds(1996, 10, 1), "J370199-1996-000310"),
            row(QIANG, FANG, "IB", milliseconds(2015, 6, 30), "L370199-2015-000044"),
            row(QIANG, NA, "IA", milliseconds(2018, 7, 1), "J370199-2018-000123"),  # the last one holds
            row(WEI, GUILAN, "ICB", "2001-04-09", "BL370199-2001-000002", cert_num_man=WEI.old_no),
            row(YAN, None, "INR", "20160808", "J370199-2016-000900", name_woman="ANNA PETROVA", cert_type_woman="03", cert_num_woman="E12345678", nation_woman="643"),
            row(LEI, NA, "ID", "2017-02-14 00:00:00.0", "C370199-2017-000001"),
            row(None, GUILAN, "离婚登记", "1999年12月31日", "无", name_man="", cert_num_man="/"),
            row(MAIMAITI, None, "2", "1900-01-01", "", name_woman="徐X", cert_num_woman="37019919XXXXXXXXXX"),
            row(GUOQING, None, "IX", "0000-00-00", "J370199-1975-000005", name_woman="", cert_num_woman="", birth_man="19500815"),
            *(row(stranger(rng, male=True), stranger(rng, male=False), "IA 结婚登记", milliseconds(rng.randint(1992, 2017), 8, 8), f"J370199-T-{place:04}") for place in range(6)),
            *(row(who, None, "IA", milliseconds(2016, 8, 8), f"J370199-T-{place:04}") for place, who in enumerate(ANYWHERE, 6)),
        ],
        encoding="utf-8-sig",
    )  # fmt: skip


def death(rng: Random) -> bytes:
    """The police's list of the dead: a workbook with a title, days as spreadsheet numbers, a number stored as a number."""
    headings = "序号,姓名,曾用名,公民身份号码,性别,出生日期,户籍地址,注销标识,注销原因,死亡时间,注销时间,所属派出所"

    def row(who: One, why: str, died: Cell, ended: Cell, **said: Cell) -> list[Cell]:
        usual: dict[str, Cell] = {
            "姓名": who.name, "公民身份号码": who.no, "性别": who.sex, "出生日期": f"{who.birth}", "户籍地址": who.address,
            "注销标识": 1, "注销原因": why, "死亡时间": died, "注销时间": ended, "所属派出所": "柳河派出所",
        }  # fmt: skip
        return [(usual | said).get(heading, "") for heading in headings.split(",")]

    told = [
        row(DESHAN, "死亡", "2017.04.02", 42845),
        row(GUILAN, "正常死亡", "2018年3月1日", "20180309", 公民身份号码=spoilt(GUILAN)),
        row(GUOQING, "", "2016-01-20", "", 曾用名="孙建军", 出生日期="1949-08-10"),  # no reason, and the lunar birthday
        row(MAIMAITI, "出国（境）定居", "", "2015-09-01"),
        row(WEI, "迁往市外", "", "2014-03-02"),
        row(YAN, "04", "2011-00-00", "2011-06-07", 公民身份号码="370199000000000000"),
        row(stranger(rng), "宣告死亡", 43282, "2018-07-02"),
        *(row(who, "死亡", "2018-08-01", "2018-08-09") for who in ANYWHERE),
    ]
    numbered: Rows = [[place, *row[1:]] for place, row in enumerate(told, 1)]
    lines: Rows = [["永和县死亡注销户口人员名单"], [""], list(headings.split(",")), *numbered]
    return workbook({"死亡注销": [*lines, ["合计", "12人"], ["制表人：户政科"]]})


def cremation(rng: Random) -> bytes:
    """The register of a funeral home: a title row, ages instead of birth dates, the relative who came along."""
    headings = "火化证号,死者姓名,死者性别,年龄,死者身份证号,死者住址,死亡日期,死亡原因,死亡地点,殡仪馆名称,火化日期,承办人姓名,承办人身份证号,家属电话"
    home = "永和县殡仪馆"

    def row(serial: str, who: One, age: str, died: str, burnt: str, agent: One, **said: str) -> list[Cell]:
        usual = {"火化证号": serial, "死者姓名": who.name, "死者性别": who.sex, "年龄": age, "死者身份证号": who.no,
                 "死者住址": who.address, "死亡日期": died, "死亡原因": "疾病", "死亡地点": "家中", "殡仪馆名称": home,
                 "火化日期": burnt, "承办人姓名": agent.name, "承办人身份证号": agent.no, "家属电话": "10012345678"}  # fmt: skip
        return [(usual | said).get(heading, "") for heading in headings.split(",")]

    return text(
        [
            [f"{home}火化登记表（2017年至2018年）", *[""] * 13],
            headings.split(","),
            row("H2017-0101", DESHAN, "79", "2017-04-02", "2017-04-04 09:30:00.0", JIANGUO),
            row("H2018-0033", GUILAN, "73岁", "2018/3/1", "2018/3/3", JIANGUO, 死者身份证号=f"'{GUILAN.no}"),
            row("H2018-0050", GUOQING, "69", "20180520", "20180522", LEI, 死者姓名="孙国庆（已故）", 死者身份证号=LEI.no),
            row("H2018-0051", YAN, "62", "2018-05-30", "2018-06-01", LEI, 死者姓名="王(上龙下天)", 死者身份证号=YAN.old_no),
            row("H2018-0066", WEI, "不详", "", "2018-07-15", WEI, 死者姓名="无名氏", 死者身份证号="无", 死者性别="男", 死者住址="不详", 承办人姓名="永和县救助管理站"),
            row("H2018-0070", FANG, "46", "农历六月初一", "2018-07-20", QIANG, 死者身份证号=f"{FANG.no[:6]}{'X' * 8}{FANG.no[14:]}", 死者住址='永和县城关街道"学前路"3号，2单元401室'),
            *(row(f"H2018-01{place:02}", who, "80", "2018-08-01", "2018-08-03", JIANGUO) for place, who in enumerate((*(stranger(rng) for _ in range(3)), *ANYWHERE))),
            ["合计", "14人", *[""] * 12],
        ]
    )  # fmt: skip


def prison(rng: Random) -> bytes:
    """The prisons' list: GB18030 with vertical bars, open-ended terms, people who are neither inside nor free."""
    headings = (
        "罪犯编号|姓名|性别|出生日期|身份证号码|家庭住址|监狱名称|罪名|入监日期|刑期起日|刑期止日|出监日期|在押现状"
    )

    def row(serial: str, who: One, into: str, until: str, state: str, **said: str) -> list[Cell]:
        usual = {"罪犯编号": serial, "姓名": who.name, "性别": who.sex, "出生日期": f"{who.birth}", "身份证号码": who.no,
                 "家庭住址": who.address, "监狱名称": "永和监狱", "罪名": "不对外提供", "入监日期": into, "刑期起日": into,
                 "刑期止日": until, "在押现状": state}  # fmt: skip
        return [(usual | said).get(heading, "") for heading in headings.split("|")]

    return text(
        [
            headings.split("|"),
            row("3799001", QIANG, "2017.02.15", "2020.02.14", "在押"),
            row("3799002", LEI, "20150310", "20180309", "刑满释放", 出监日期="20180309"),
            row("3799003", WEI, "2010-06-01", "长期", "在押", 姓名="王伟（别名王老五）", 身份证号码="0"),
            row("3799004", MAIMAITI, "2014/1/20", "9999-12-31", "暂予监外执行", 姓名="努尔买买提", 身份证号码=f"{MAIMAITI.no[:10]}********"),
            row("3799005", GUANGMING, "2016-09-09", "2019-09-08", "假释"),
            row("3799006", GUOQING, "2001-01-01", "2013-12-31", "Z9", 出生日期="1949-08-10"),
            *(row(f"379910{place}", who, "2018-01-02", "2021-01-01", "在押") for place, who in enumerate((*(stranger(rng) for _ in range(4)), *ANYWHERE))),
        ],
        separator="|",
    )  # fmt: skip


def public_payroll(rng: Random) -> bytes:
    """A month's payroll of the finance office: a stated unit, sums between the rows, a month that a spreadsheet cut."""
    headings = "单位名称,姓名,*身份证号码,编制类型,职务,发放年月,应发工资,代扣合计,实发工资,联系电话"
    rows: Rows = [
        ["永和县第一中学", LEI.name, LEI.no, "事业编制", "教师", "201811", 6210.5, 1040.25, 5170.25, "10000000001"],
        ["永和县第一中学", NA.name, NA.no, "合同制", "代课教师", "2018年11月", "2,100.00", "-", "2100元", ""],
        ["小计", "2人", "", "", "", "", 8310.5, "", 7270.25, ""],
        ["柳河镇人民政府", QIANG.name, QIANG.no, "公益性岗位", "护林员", "2018.1", "￥1 910.00", 0, 1910, ""],
        [
            "柳河镇人民政府",
            WEI.name,
            spoilt(WEI),
            "事业编制",
            "民政助理员",
            "2018-11",
            5890,
            900,
            4990,
            "",
        ],
        ["柳河镇人民政府", MIN.name, "", "公务员", "科员", 201811, "无", "", "无", "10000000002"],
        ["柳河镇人民政府", FANG.name, FANG.no, "公务员", "科员", 43405, "陆仟元", "", "", ""],
    ]
    for who in (*(stranger(rng) for _ in range(3)), *ANYWHERE):
        rows.append(["永和县人民医院", who.name, who.no, "事业编制", "护士", "201811", 5300, 800, 4500, ""])
    title: Rows = [["2018年11月财政供养人员工资发放表", *[""] * 9], ["单位：元", *[""] * 9], list(headings.split(","))]
    return workbook({"工资": [*title, *rows, ["合计", "14人", "", "", "", "", 0, "", 0, ""]]})


def cadre(rng: Random) -> bytes:
    """The townships' filing of committee members and case handlers: tabs, one person in two offices, a term ended."""
    headings = "序号\t人员类别\t姓名\t身份证号\t单位（村居）\t职务\t任职日期\t离任日期\t联系电话"
    rows: Rows = [
        [1, "村（居）民委员会成员", WEI.name, WEI.no, "马店镇马店村", "主任", "2017-12-20", "", "10000000003"],
        [
            2,
            "村(居)委会成员",
            GUANGMING.name,
            f"\u200b{GUANGMING.no}",
            "马店镇赵家村",
            "委员",
            "2014-12-01",
            "2017-12-19",
            "",
        ],
        [3, "社会救助经办人员", NA.name, NA.no, "柳河镇人民政府", "民政助理员", "20160301", "长期", "10000000004"],
        [4, "村两委成员", NA.name, NA.no, "柳河镇北村", "支部委员", "2017-12-20", "", ""],
        [5, "网格员", XIUYING.name, XIUYING.no, "柳河镇东街社区", "网格员", "2018-01-01", "", ""],
        [6, "社区干部", "王芳（王方）", FANG.no[:17], "城关街道学前社区", "副主任", "2018年", "", "10000000005"],
    ]
    for place, who in enumerate((*(stranger(rng) for _ in range(3)), *ANYWHERE), 7):
        rows.append([place, "村委会成员", who.name, who.no, "柳河镇西村", "委员", "2017-12-20", "", ""])
    return text([list(headings.split("\t")), *rows], separator="\t", encoding="utf-8")


def disability(rng: Random) -> bytes:
    """The federation's cards: the number stands twice, in its own column and within the certificate's."""
    headings = (
        "家庭成员姓名,性别,出生日期,市区,镇街,村委,残疾人证号码,身份证号码,残疾类别,残疾等级,复审日期,联系电话,住址"
    )

    def row(who: One, kind: str, grade: str, ending: str, **said: str) -> list[Cell]:
        usual = {"家庭成员姓名": who.name, "性别": who.sex, "出生日期": f"{who.birth}", "市区": "永和县", "镇街": "柳河镇",
                 "村委": "东村", "残疾人证号码": f"{who.no}{ending}", "身份证号码": who.no, "残疾类别": kind,
                 "残疾等级": grade, "复审日期": "2025-06-30", "住址": who.address}  # fmt: skip
        return [(usual | said).get(heading, "") for heading in headings.split(",")]

    return text(
        [
            headings.split(","),
            row(JIANGUO, "肢体残疾", "三级", "43"),
            row(XIUYING, "视力", "2级", "12B1", 残疾人证号码=f"'{XIUYING.no}12B1", 身份证号码=f"{XIUYING.no[:6]}********{XIUYING.no[14:]}"),
            row(GUILAN, "2", "4", "24", 身份证号码="3.70199E+17"),
            row(MIN, "智力残疾", "一级", "51", 身份证号码=""),  # an old list without numbers
            row(HAO, "精神", "贰级", "62", 身份证号码=GUANGMING.no),  # the father's number
            row(YAN, "多重", "二级", "72", 身份证号码=f"{YAN.no[:16]}{YAN.no[17]}{YAN.no[16]}"),
            row(WEI, "8", "3", "43", 残疾人证号码=f"{WEI.no[:17]}{(int(WEI.no[17]) + 1) % 10}43", 身份证号码=WEI.no[:17]),
            row(FANG, "听力残疾;言语残疾", "一级", "21", 身份证号码=f"{NA.no[:14]}****", 复审日期="长期"),
            row(QIANG, "肢体", "五级", "", 残疾人证号码="永残字第0071号", 出生日期="1970-04-16"),
            row(GUOQING, "肢体", "4", "44", 残疾人证号码=" ".join((GUOQING.no[:6], GUOQING.no[6:14], GUOQING.no[14:] + "44")), 身份证号码=f"{GUOQING.no}44"),
            *(row(who, "肢体", "四级", "44") for who in (*(stranger(rng) for _ in range(4)), *ANYWHERE)),
        ]
    )  # fmt: skip


def veterans(rng: Random) -> bytes:
    """The veterans' allowances: codes beside words, a military number where the citizen's should stand, ten thousands."""
    headings = "姓名,身份证号码,出生日期,优抚对象类别,优抚对象状态,伤残等级,优抚证号,工资待遇(万元),发放年月,批准日期,本次发至日期,家庭住址"

    def row(who: One, kind: str, amount: str, month: str, **said: str) -> list[Cell]:
        usual = {"姓名": who.name, "身份证号码": who.no, "出生日期": f"{who.birth}", "优抚对象类别": kind,
                 "优抚对象状态": "享受", "优抚证号": f"永优{who.sequence:05}", "工资待遇(万元)": amount, "发放年月": month,
                 "批准日期": "1998-08-01", "本次发至日期": "2018-12-31", "家庭住址": who.address}  # fmt: skip
        return [(usual | said).get(heading, "") for heading in headings.split(",")]

    return text(
        [
            headings.split(","),
            row(GUOQING, "11", "0.215", "2018-11", 伤残等级="七级"),
            row(YAN, "42:带病回乡退伍军人", "0.055", "201811", 身份证号码="南字第01234567号"),
            row(GUILAN, "21", "1835.00元", "2018年11月", 姓名="陈桂兰、陈桂花", 身份证号码=f"{GUILAN.no}、"),
            row(WEI, "参战退役人员", "0.06", "2018.1", 出生日期="", 批准日期="2007"),
            row(JIANGUO, "93", "", "", 优抚对象状态="注销", 本次发至日期="2012-06-30"),
            *(row(who, "41", "0.12", "201811") for who in (*(stranger(rng) for _ in range(3)), *ANYWHERE)),
        ]
    )  # fmt: skip


def medical_expense(rng: Random) -> bytes:
    """The insurer's settlements: fields parted by ESC, amounts in cents, a bill taken back, two persons under one number."""
    headings = "姓名,身份证号码,医院名称,医疗类别,医疗人员类别,总费用(分),统筹支出(分),个人账户(分),现金支付(分),入院时间,出院时间,结算日期,结算单号,病种"

    def row(who: One, total: str, fund: str, cash: str, on: str, serial: str, **said: str) -> list[Cell]:
        usual = {"姓名": who.name, "身份证号码": who.no, "医院名称": "永和县人民医院", "医疗类别": "普通住院",
                 "医疗人员类别": "居民", "总费用(分)": total, "统筹支出(分)": fund, "个人账户(分)": "0", "现金支付(分)": cash,
                 "入院时间": on, "出院时间": on, "结算日期": on, "结算单号": serial, "病种": "不对外提供"}  # fmt: skip
        return [(usual | said).get(heading, "") for heading in headings.split(",")]

    return text(
        [
            headings.split(","),
            row(JIANGUO, "8612345", "5123400", "3488945", "2018-05-06", "YJ180501"),
            row(XIUYING, "120000", "60000", "60000", "20180607", "YJ180601"),
            row(XIUYING, "-120000", "-60000", "-60000", "20180608", "YJ180602"),  # taken back
            row(XIUYING, "150000", "90000", "60000", "20180608", "YJ180603"),
            row(MIN, "¥20,000", "", "20000", "2018-09-01 10:11:12", "YJ180901", 医疗类别="门诊慢特病", 医院名称="永和县中医院"),
            row(NA, "无", "无", "30000.5", "2018-10-01", "YJ181001"),
            row(GUOQING, "500000", "400000", "100000", "1541001600000", "YJ181031", 身份证号码="111111111111111111"),
            row(FANG, "8800元", "0", "8800元", "2018-11-02", "YJ181102"),
            row(HAO, "45000", "15000", "30000", "2018-11-03", "YJ181103", 身份证号码=GUANGMING.no),  # the father's card
            *(row(who, "30000", "20000", "10000", "2018-11-05", f"YJ1812{place:02}") for place, who in enumerate((*(stranger(rng) for _ in range(3)), *ANYWHERE))),
        ],
        separator="\x1b",
    )  # fmt: skip


def education(rng: Random) -> bytes:
    """The schools' workbook: pupils on one sheet, admissions with other headings on the next, last year's hidden."""
    pupils: Rows = [["学籍号", "学生姓名", "性别", "出生日期", "学生身份证件号", "学校名称", "学段", "年级", "入学日期", "学费(元)", "资助金额", "监护人姓名", "监护人身份证号", "家庭住址"]]  # fmt: skip
    told: Rows = [
        [f"G{HAO.no}", HAO.name, "男", f"{HAO.birth}", HAO.no, "永和县第一中学", "高中", "高一", "2018-09-01", 1600, 800, GUANGMING.name, GUANGMING.no, HAO.address],
        [f"L{MIN.no[6:]}", "张敏（曾用名：张小敏）", "女", "2001-07-20", MIN.no, "永和县第二中学", "高中", "高三", "2016-09-01", "1,600", "", JIANGUO.name, JIANGUO.no, MIN.address],
        ["G370199201201010011", "马晓", "女", "2012/1/1", "", "柳河镇中心小学", "小学", "一年级", "201809", 0, "", "马卫国", "无", "永和县柳河镇西村8号"],
    ]  # fmt: skip
    admitted: Rows = [
        ["2018年高考录取信息"],
        ["家庭成员姓名", "身份证号", "户口所在地", "院校名称", "批次名称", "录取年度", "学费标准(万元)"],
        [HAO.name, spoilt(HAO), HAO.address, "永和职业学院", "专科提前批", 2018, 0.5],
        [LEI.name, LEI.no, LEI.address, "东海大学", "本科一批", 2018, ""],
    ]
    for who in (*(stranger(rng) for _ in range(3)), *ANYWHERE):
        admitted.append([who.name, who.no, who.address, "东海大学", "本科二批", 2018, 0.48])
    return workbook({"在校生": [*pupils, *told], "高考录取": admitted, "去年": [*pupils, *told]}, hidden=("去年",))


def other_assistance(rng: Random) -> bytes:
    """Another county's programmes: the head's number beside the member's, and once in its place; periods and months."""
    headings = "救助证编号,申请类别,致贫原因,户主姓名,户主身份证号,姓名,身份证号,月人均收入,总发放金额(元),开始年月,截止年月,享受状态,发放单位,开户银行,银行账户,家庭住址"

    def row(
        serial: str, kind: str, head: One, who: One, amount: str, begun: str, state: str, **said: str
    ) -> list[Cell]:
        usual = {"救助证编号": serial, "申请类别": kind, "致贫原因": "因病", "户主姓名": head.name, "户主身份证号": head.no,
                 "姓名": who.name, "身份证号": who.no, "总发放金额(元)": amount, "开始年月": begun, "享受状态": state,
                 "发放单位": "平阳县民政局", "开户银行": "不读", "银行账户": "6222********0001", "家庭住址": who.address}  # fmt: skip
        return [(usual | said).get(heading, "") for heading in headings.split(",")]

    return text(
        [
            headings.split(","),
            row("PY-D-001", "农村低保", JIANGUO, JIANGUO, "1,260.00", "201801", "在享"),
            row("PY-D-001", "农村低保", JIANGUO, XIUYING, "1260", "2018年1月", "在享", 身份证号=JIANGUO.no),  # the head's number
            row("PY-L-017", "临时救助", FANG, FANG, "3000元", "2018-03", "已发放", 截止年月="2018-03"),
            row("PY-T-003", "特困供养", GUOQING, GUOQING, "9600", "2017/12", "停保", 截止年月="2018.10"),
            row("PY-G-002", "孤儿基本生活费", HAO, HAO, "", "2018.1", "暂停发放", 户主身份证号="无"),
            row("PY-K-009", "困难职工帮扶", QIANG, QIANG, "0.2万元", "20180801", "3", 身份证号=f"{QIANG.no[:6]}　{QIANG.no[6:]}"),
            *(row(f"PY-D-10{place}", "农村低保", who, who, "420", "201801", "在享") for place, who in enumerate((*(stranger(rng) for _ in range(3)), *ANYWHERE))),
            ["合计", "14人", *[""] * 14],
        ],
        encoding="utf-8",
    )  # fmt: skip


MAKERS: Makers = {
    "household_register": ("sample.csv", household_register),
    "marriage": ("sample.csv", marriage),
    "death": ("sample.xlsx", death),
    "cremation": ("sample.csv", cremation),
    "prison": ("sample.txt", prison),
    "public_payroll": ("sample.xlsx", public_payroll),
    "cadre": ("sample.txt", cadre),
    "disability": ("sample.csv", disability),
    "veterans": ("sample.csv", veterans),
    "medical_expense": ("sample.txt", medical_expense),
    "education": ("sample.xlsx", education),
    "other_assistance": ("sample.csv", other_assistance),
}


if __name__ == "__main__":
    write_samples(MAKERS, Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1] / "connectors")
