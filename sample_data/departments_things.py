"""Makes the sample files of the departments that register things: ships, farm machines, contracts, firms, policies.

    python sample_data/departments_things.py [FOLDER]     (FOLDER: the connectors; those of the project if left out)

The same bytes every time. Every person, number, ship, plate, contract, firm and policy is invented. Each file holds the
traps that such files are known for; tests/connectors/ says what is read, what comes back, and what is kept and told.
"""

import json
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
    dbf,
    milliseconds,
    packed,
    spoilt,
    stranger,
    text,
    workbook,
    write_samples,
    xml,
)
from invented.numbers import credit_code


def wide(number: str) -> str:
    """The number in full-width characters."""
    return "".join(chr(ord(sign) + 0xFEE0) for sign in number)


FISHERY, ORCHARD, DEVELOPER = credit_code(4101), credit_code(4102, "3"), credit_code(4103)


def ship(rng: Random) -> bytes:
    """The fishery office's table: DBF with short headings, names cut at the width of their field, rows marked as deleted."""
    fields = (
        ("渔船编码", "C", 16), ("船名", "C", 20), ("曾用名", "C", 12), ("船舶种类", "C", 12), ("所有人", "C", 16),
        ("身份证号", "C", 38), ("经营人", "C", 12), ("总吨位", "N", 6), ("主机功率", "C", 10), ("船舶价值", "C", 12),
        ("作业类型", "C", 8), ("登记日期", "D", 8), ("船舶状态", "C", 8), ("联系电话", "C", 13), ("地址", "C", 40),
    )  # fmt: skip

    def row(name: str, who: One, **said: str) -> list[str]:
        usual = {"渔船编码": f"3701992010{name[-5:]}", "船名": name, "船舶种类": "捕捞渔船", "所有人": who.name,
                 "身份证号": who.no, "经营人": who.name, "总吨位": "12", "主机功率": "44.1", "作业类型": "刺网",
                 "登记日期": "20120618", "船舶状态": "正常", "地址": who.address}  # fmt: skip
        return [(usual | said).get(heading, "") for heading, *_ in fields]

    told = [
        row("鲁永渔01001", JIANGUO, 船舶价值="8.6万元"),
        row("鲁永渔 01002", JIANGUO, 所有人="张建国、李秀英", 身份证号=f"{JIANGUO.no}、{XIUYING.no}", 主机功率="60马力"),
        row("鲁永渔-01003", QIANG, 所有人="李强(51%)、李娜", 身份证号=f"{QIANG.no},{NA.old_no}", 船舶状态="抵押"),
        row("鲁永渔01004", MAIMAITI),  # 努尔买买提·吐尔逊 is longer than the field
        row("鲁永渔01005", WEI, 所有人="永和县渔业有限公司", 身份证号=FISHERY, 经营人="王伟"),
        row("鲁永渔01006", GUOQING, 所有人="马店镇马店村村民委员会", 身份证号="", 联系电话="0536-100001"),
        row("鲁永渔01007", DESHAN, 所有人="张德山（已故）"),
        row("鲁永渔01008", WEI, 船舶状态="注销", 曾用名="鲁永渔00088"),
        row("鲁永渔01009", WEI, 船舶状态="灭失"),
        row("鲁永渔01010", FANG, 船舶状态="1", 船舶种类="舢板", 主机功率="无"),
        row("鲁永渔01011", LEI, 身份证号="3.70199E+17", 船舶状态="", 登记日期="19000101", 总吨位=""),
        row("鲁永货01012", LEI, 所有人="張磊", 船舶种类="自卸砂船", 总吨位="480", 主机功率="220", 作业类型="运砂", 船舶价值="350000"),
        row("鲁永渡01013", YAN, 所有人="王䶮", 船舶种类="客渡船", 身份证号=YAN.no.lower()),
        row("鲁永渔01014", GUILAN, 身份证号=f"{GUILAN.no[:6]}********{GUILAN.no[14:]}", 渔船编码="0000000000000000"),
        row("鲁永渔01015", HAO, 身份证号="待补", 联系电话="10012345678"),
        row("鲁永渔01016", GUANGMING, 身份证号="123456789012345678", 所有人="张三", 船名="测试船"),
        row("鲁永渔01001", MIN),  # sold by 张敏, and deleted
        row("鲁永渔01001", JIANGUO, 船舶价值="8.6万元"),  # the same row again
    ]  # fmt: skip
    people = (*(stranger(rng) for _ in range(6)), *ANYWHERE)
    others = [row(f"鲁永渔02{place:03}", who) for place, who in enumerate(people)]
    return dbf(fields, [*told, *others], deleted=(len(told) - 2,))


def farm_machinery(rng: Random) -> bytes:
    """The farm machine office's workbook: merged headings in two lines, numbers as numbers, another unit of power on each sheet."""
    top: list[Cell] = ["序号", "机主信息", "", "", "农机信息", "", "", "", "", "", "登记信息", "", "", "补贴"]
    tractors: list[Cell] = ["", "*机主姓名", "*有效证件编号", "家庭联系地址", "号牌号码", "", "机械类型", "厂牌型号", "底盘号/机架号", "额定功率(千瓦)", "登记日期", "检验有效期", "状态", "购机补贴金额"]  # fmt: skip

    def row(who: One, plate: str, kind: str, power: Cell, day: Cell, state: str, **said: Cell) -> list[Cell]:
        usual: dict[str, Cell] = {
            "机主姓名": who.name, "有效证件编号": who.no, "家庭联系地址": who.address, "号牌号码": plate, "机械类型": kind,
            "厂牌型号": "东方红-504", "底盘号/机架号": f"dfh-{who.sequence:06}", "额定功率(千瓦)": power, "登记日期": day,
            "检验有效期": "2019-05-31", "状态": state, "购机补贴金额": 1.27,
        }  # fmt: skip
        return [(usual | said).get(str(heading).lstrip("*"), "") for heading in tractors]

    told = [
        row(JIANGUO, "鲁01-10001", "轮式拖拉机", 36.8, 41444, "正常"),
        row(QIANG, "鲁01·10002", "T11：大型轮式拖拉机", "88.2", "2015.06.01", "逾期未检验", 有效证件编号=spoilt(QIANG)),
        row(WEI, "鲁 01 10003", "T22", 8.8, "2009年3月1日", "报废"),
        row(GUOQING, "", "手扶拖拉机", "12马力", "1998-07", "", 有效证件编号=GUOQING.old_no),
        row(LEI, "无", "拖拉机", "", 39814, "转出", 机主姓名="张磊/张敏", 有效证件编号=f"{LEI.no}/{MIN.no}"),
        row(NA, "鲁01-10006", "3", "不详", "2016-11-11", "2", 有效证件编号=f"'{NA.no}"),
        row(WEI, "鲁01-10007", "履带拖拉机", 73.5, 42000, "正常", 机主姓名="永和县丰收农机专业合作社", 有效证件编号=ORCHARD),
        row(FANG, "鲁01-10008", "拖拉机运输机组", 18, 40000, "抵押", 机主姓名="王芳（王方）", 有效证件编号=QIANG.no),  # the husband's
        row(HAO, "鲁01-10009", "轮式拖拉机", 40.4, 43000, "正常", 机主姓名="赵子浩（赵光明代）", 有效证件编号=GUANGMING.no),
        row(YAN, "鲁01-10010", "微耕机", 4.2, 43282, "正常", 机主姓名="王？"),
    ]  # fmt: skip
    for place in range(5):
        told.append(row(stranger(rng), f"鲁01-2000{place}", "轮式拖拉机", 22.1, 42500 + place, "正常"))
    told += [row(who, "", "微耕机", 4.2, 43282, "正常") for who in ANYWHERE]
    numbered: Rows = [[place, *cells[1:]] for place, cells in enumerate(told, 1)]
    numbered.insert(5, ["小计", "5台", *[""] * 12])
    title: Rows = [["永和县拖拉机登记情况表"], ["单位：万元"], top, tractors]
    harvesters: Rows = [
        ["所有人", "身份证号", "号牌号码", "机型", "功率(马力)", "购机价(元)", "注册日期", "牌证状态"],
        [NA.name, NA.no, "鲁01-30001", "履带式联合收割机", 102, 128000, "20170520", "在用"],
        [JIANGUO.name, JIANGUO.no, "鲁01-30002", "玉米联合收割机", "140", "16.5万", "2014/9/1", "注销"],
        [
            MAIMAITI.name.replace("·", ""),
            MAIMAITI.no,
            "鲁01-30003",
            "谷物联合收割机",
            "75kW",
            "-",
            "0000-00-00",
            "有效",
        ],
    ]
    merged = {"拖拉机": ("A1:N1", "A2:N2", "B3:D3", "E3:J3", "K3:M3", "E4:F4")}
    sheets = {"拖拉机": [*title, *numbered, ["填表人：农机站", *[""] * 13]], "联合收割机": harvesters, "填表说明": [["本表每季度报一次"]]}  # fmt: skip
    return workbook(sheets, merged=merged)


def housing_contract(rng: Random) -> bytes:
    """The housing office's service: XML in GBK, buyers in one element, states of contracts that ended in several ways."""

    def row(serial: int, who: One, state: str, **said: str) -> dict[str, str]:
        usual = {"HTBH": f"YH2018{serial:05}", "MSRXM": who.name, "MSRZJHM": who.no, "CMRXM": "永和县安居置业有限公司",
                 "CMRZJHM": DEVELOPER, "FWZL": f"永和县城关街道文昌路8号{serial % 20 + 1}号楼1单元{serial:03}室",
                 "HTYDJZMJ": "89.56", "FWYT": "住宅", "CJJG": "412000.00", "QYRQ": "2018-05-01", "BARQ": "2018-05-03 10:20:30.0",
                 "HTZT": state, "GYFS": "单独所有", "BDCDYDM": f"370199003012GB00012F0002{serial:04}"}  # fmt: skip
        return usual | said

    couple = {"MSRXM": "张建国、李秀英", "MSRZJHM": f"{JIANGUO.no},{XIUYING.no}", "GYFS": "共同共有"}
    told = [
        row(1, JIANGUO, "已备案", **couple),
        row(2, LEI, "已办产权", CJJG="41.2万元", BDCDYDM="370199 003012 GB00012 F00020002"),
        row(3, QIANG, "备案撤销"),
        row(4, QIANG, "已注销", FWYT="城镇住宅用地/住宅"),
        row(5, FANG, "撤销申请中"),
        row(6, NA, "1", FWYT="10"),
        row(7, WEI, "已签约", BARQ="", FWYT="商铺", HTYDJZMJ="35.2平方米", CJJG="￥ 680,000"),
        row(8, GUOQING, "已备案", MSRZJHM=GUOQING.old_no, FWYT="地下车位", HTYDJZMJ="12.5㎡", BDCDYDM="", CJJG="120000"),
        row(9, YAN, "已备案", CMRXM="陈桂兰", CMRZJHM=GUILAN.no, MSRZJHM=" ".join((YAN.no[:6], YAN.no[6:14], YAN.no[14:]))),  # an older home
        row(10, MAIMAITI, "已备案", MSRXM="努尔买买提·吐尔逊（代理人：王伟）", CJJG="壹佰万元"),
        row(11, WEI, "已备案", MSRXM="永和县宏达商贸有限公司", MSRZJHM=credit_code(4104), FWYT="写字楼"),
        row(12, GUANGMING, "已备案", MSRXM="赵光明，赵子浩，赵大海", MSRZJHM=f"{GUANGMING.no}，{HAO.no}", GYFS="按份共有", GYFE="1/3"),
        row(13, MIN, "已备案", MSRZJHM=MIN.no[:17], FWYT="民宿", BARQ=milliseconds(2018, 9, 1)),
        row(14, GUILAN, "已备案", MSRZJHM=f"{GUILAN.no[:4]}{'X' * 10}{GUILAN.no[14:]}", BARQ="0000-00-00", HTYDJZMJ="土地：宗地面积33㎡ / 房屋：建筑面积88.10㎡"),
        row(1, JIANGUO, "已备案", **couple),  # the same record again
    ]  # fmt: skip
    told += [row(serial, stranger(rng), "已备案") for serial in range(20, 26)]
    told += [row(serial, who, "已备案") for serial, who in enumerate(ANYWHERE, 26)]
    del told[6]["GYFS"]  # an element that is not there
    return xml(told, "DATA", "RECORD", {"code": "200", "msg": "成功", "total": str(len(told))})


def market_entity(rng: Random) -> bytes:
    """The market office's five tables in one zip: GB18030 with vertical bars; only one of them says who is what."""
    company, shop, coop, old = credit_code(4201), credit_code(4202, "2"), credit_code(4203, "3"), "370199228012345"

    def table(headings: str, *rows: str) -> bytes:
        return text([headings.split("|"), *(row.split("|") for row in rows)], separator="|")

    strangers = [stranger(rng) for _ in range(4)]
    basic = table(
        "UNISCID|REGNO|ENTNAME|ENTTYPE_CN|NAME|CERNO|REGCAP|REGCAPCUR_CN|ESTDATE|OPFROM|OPTO|REGORG_CN|REGSTATE_CN|REVDATE|CANDATE|DOM",
        f"{company}||永和县柳河商贸有限公司|有限责任公司(自然人独资)|张建国|{JIANGUO.no}|50|人民币|2016-03-08|2016-03-08|9999-12-31|永和县市场监督管理局|存续（在营、开业、在册）|||永和县柳河镇东街12号",
        f"|{old}|永和县老街饭店|私营有限责任公司|李强|{QIANG.no}|64913万元人民币||2003.05.01|2003.05.01|2013.04.30|永和县工商行政管理局|吊销，未注销|2010-08-02||永和县城关街道老街1号",
        f"{credit_code(4204)}|37019920000{old[-4:]}|永和县海通贸易有限公司|有限责任公司|王伟|{WEI.no}|6350万美元|美元|20080808|20080808|长期|山东省市场监督管理局|5|||",
        f"|企合粤深总字第012345号|永和（深圳）电子有限公司|中外合资经营|王伟|{WEI.no}|500万元（认缴）||1994-01-01||1900-01-01||注销企业||2001-02-03|",
        f"{credit_code(4205)}||永和县宏图建材有限公司|有限责任公司|努尔买买提·吐尔逊|{wide(MAIMAITI.no)}|-||2015/6/7|||永和县市场监督管理局|清算|||",
        f"{credit_code(4206)}||永和县宏图建材有限公司柳河分公司|分公司|{strangers[0].name}|{strangers[0].no}|||2015/6/7|||永和县市场监督管理局|1|||",
    )  # fmt: skip
    officers = table(
        "序号|企业名称|统一社会信用代码/注册号|姓名|证件号码|职务|登记状态",
        f"1|永和县柳河商贸有限公司|{company.lower()}|李秀英|{XIUYING.no}|监事|在业",
        f"2|永和县柳河商贸有限公司|{company}|张建国|{JIANGUO.no}|执行董事|在业",
        f"3|永和县老街饭店|{old[:6]} {old[6:]}|李强|{QIANG.no}|法定代表人、执行董事|D",
        f"4|永和县老街饭店|{old}|王芳|{FANG.no[:16]}{FANG.no[17]}{FANG.no[16]}|432K|吊销未注销",
        f"5|永和县第二机械厂|74162732-9|孙国庆|{GUOQING.old_no}|负责人|停业",
        f"6|永和县宏图建材有限公司|{credit_code(4205)}|{strangers[1].name}|{strangers[1].no}|经理|Z9",
        "7|永和县宏图建材有限公司|王大海|监事",  # a line that lost its separators
        "合计|7人|||||",
    )
    investors = table(
        "企业名称|统一社会信用代码|股东名称|股东证件号码|认缴出资额(万元)|认缴出资币种|实缴出资额(万元)",
        f"永和县柳河商贸有限公司|{company}|张建国|{JIANGUO.no}|50|人民币|0",
        f"永和县海通贸易有限公司|{credit_code(4204)}|王伟|{WEI.no}|635|美元|635",
        f"永和县海通贸易有限公司|{credit_code(4204)}|永和县柳河商贸有限公司|{company}|120|人民币|",
        f"永和县海通贸易有限公司|{credit_code(4204)}|李娜（王伟代持）|{NA.no}|15万元|人民币|",
        f"永和县宏图建材有限公司|{credit_code(4205)}|{strangers[2].name}|{strangers[2].no}|1,000.5|人民币|10",
    )
    individual = table(
        "名称|统一社会信用代码/注册号|经营者姓名|经营者身份证号|资金数额|组成形式|成立日期|经营状态|注销日期|经营场所",
        f"永和县马店镇光明小卖部|{shop}|赵光明|{GUANGMING.no}|0.8|个人经营|2011-01-05|开业||马店镇赵家村9号",
        f"永和县柳河镇桂兰理发店|{old[:-2]}|陈桂兰|{GUILAN.no[:6]}********{GUILAN.no[14:]}|3000元|个人经营|1999年9月9日|已注销|20121231|柳河镇南庄村",
        f"*|无|王䶮|{YAN.no}|壹万元|家庭经营|20140401|个体转企业||柳河镇南庄村22号",
        f"永和县城关镇芳芳服装店|{credit_code(4207, '2')}|王芳|'{FANG.no}|5|个人经营|42000|吊销未注销||城关街道",
        f"永和县马店镇伟伟农资店||王伟|{WEI.no}||个人经营|2018.1|存续||马店镇马店村",
        *(
            f"永和县柳河镇第{place}便民店|{credit_code(5000 + place, '2')}|{who.name}|{who.no}|2|个人经营|2016-06-06|存续||柳河镇西村"
            for place, who in enumerate((*(stranger(rng) for _ in range(80)), *ANYWHERE), 1)
        ),
    )  # fmt: skip
    members = table(
        "合作社名称|统一社会信用代码|成员姓名|成员证件号码|成员出资额(元)|登记状态",
        f"永和县丰收农机专业合作社|{coop}|赵光明|{GUANGMING.no}|20000|存续",
        f"永和县丰收农机专业合作社|{coop}|赵子浩、赵光明|{HAO.no}|200|存续",
        f"永和县丰收农机专业合作社|{coop}|马店镇马店村民委员会|54370199MEA123456X|50000|存续",
        f"永和县丰收农机专业合作社|{coop}|{strangers[3].name}|{strangers[3].no}|200|存续",
    )
    files = {"1企业基本信息.txt": basic, "2企业高级管理人员.txt": officers, "3企业投资人.txt": investors,
             "4个体经营者.txt": individual, "5农民专业合作社成员.txt": members}  # fmt: skip
    return packed(files)


def commercial_insurance(rng: Random) -> bytes:
    """The insurers' platform: JSON, numbers and texts mixed, what was paid and insured beside the cash value."""

    def row(who: One, insured: One, value: Cell | None, state: str, serial: int, **said: object) -> dict[str, object]:
        usual = {"保险公司名称": "永和人寿保险股份有限公司", "保单号": f"P2018{serial:08}", "险种名称": "年金保险",
                 "tbrxm": who.name, "tbrzjhm": who.no, "bbrxm": insured.name, "bbrzjhm": insured.no, "保单状态": state,
                 "保险起期": "2012-03-01", "年缴保费": 5000, "保险金额": 200000, "现金价值": value, "币种": "人民币",
                 "现金价值计算日": "2018-11-15", "反馈时间": "2018-12-03 08:00:00"}  # fmt: skip
        return usual | said

    told = [
        row(JIANGUO, XIUYING, 23456.7, "有效", 1),
        row(JIANGUO, XIUYING, "1,200.00", "有效", 1, 险种名称="附加重大疾病保险"),  # the rider of the same policy
        row(XIUYING, XIUYING, 0, "效力中止", 2, 险种名称="定期寿险", tbrzjhm=XIUYING.old_no),
        row(QIANG, HAO, None, "有效", 3, 险种名称="意外伤害保险", 保险金额=500000),
        row(FANG, FANG, "以合同约定为准", "有效", 4, tbrzjhm=f"\u00a0{FANG.no}\u200b", 币种="", 保险起期=milliseconds(2015, 7, 1)),
        row(WEI, WEI, "8000", "终止", 5, 保险起期="2001年1月1日"),
        row(WEI, WEI, "3.5万元", "退保申请中", 6, 现金价值计算日="2018.10"),
        row(MAIMAITI, MAIMAITI, "12000.50", "有效", 7, 币种="USD", tbrxm="努尔买买提.吐尔逊"),
        row(YAN, YAN, 9900, "1", 8, tbrzjhm=f"{YAN.no[:6]}********{YAN.no[14:]}", tbrxm="王*"),
        row(GUILAN, GUILAN, 15000, "失效", 9, tbrzjhm=GUILAN.no.replace(GUILAN.no[6:10], "1956", 1), 保单号=1234567890123456789),
        row(WEI, LEI, 88000, "有效", 10, tbrxm="永和县柳河商贸有限公司", tbrzjhm=credit_code(4201), 险种名称="团体年金保险"),
        row(LEI, MIN, 6600, "缴清", 11, tbrxm="张磊，张敏", tbrzjhm=f"{LEI.no}，{MIN.no}"),
        row(NA, NA, 4321, "有效", 12, tbrzjhm="111111111111111111"),
    ]  # fmt: skip
    for place in range(20, 25):
        who = stranger(rng)
        told.append(row(who, who, rng.randint(500, 30000), "有效", place))
    told += [row(who, who, 1000, "有效", place) for place, who in enumerate(ANYWHERE, 25)]
    answer = {"code": "0", "message": "成功", "data": {"total": len(told), "rows": told}}
    return (json.dumps(answer, ensure_ascii=False, indent=1) + "\n").encode()


MAKERS: Makers = {
    "ship": ("sample.dbf", ship),
    "farm_machinery": ("sample.xlsx", farm_machinery),
    "housing_contract": ("sample.xml", housing_contract),
    "market_entity": ("sample.zip", market_entity),
    "commercial_insurance": ("sample.json", commercial_insurance),
}


if __name__ == "__main__":
    write_samples(MAKERS, Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1] / "connectors")
