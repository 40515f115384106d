"""Makes the sample files of the departments that know about money: one function, one department's file as it really comes.

    python sample_data/departments_money.py [FOLDER]     (FOLDER: the connectors; those of the project if left out)

The same bytes every time. Every person, number, account, employer and amount is invented. Each file holds the traps that
such files are known for; tests/connectors/ says what is read, what comes back, and what is kept and told.
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
    milliseconds,
    spoilt,
    stranger,
    text,
    workbook,
    write_samples,
)
from invented.exports import foxpro, lemis_reply


def social_insurance(rng: Random) -> bytes:
    """A service's reply in GBK: a row one person's branch, codes of two systems, a state that contradicts itself."""
    headings = [
        "aac001", "aac002", "aac003", "aac006", "aab004", "aae140", "aac008", "aac031", "sac007", "aic020", "缴费起始年月",
        "缴至年月", "累计缴费月数", "欠费月数", "个人缴费额", "参保日期",
    ]  # fmt: skip
    garment = "永和县云锦服装有限公司"

    def row(who: One, branch: str, state: str, kind: str, **said: str) -> list[str]:
        usual = {"aac001": f"37019900{who.sequence:04}", "aac002": who.no, "aac003": who.name, "aae140": branch,
                 "aac031": state, "sac007": kind}  # fmt: skip
        return [(usual | said).get(heading, "") for heading in headings]

    paid = {"缴费起始年月": "201503", "缴至年月": "201811", "累计缴费月数": "45", "参保日期": "20150301"}
    rows = [
        row(LEI, "企业职工基本养老保险", "1", "101", aab004=garment, aac008="1", aic020="3620.00", **paid),
        row(LEI, "失业保险", "1", "101", aab004=garment, aac008="1", aic020="3620.00", **paid),
        row(LEI, "400", "1", "101", aac002=LEI.no.lower(), aab004=garment, aic020="3620.00", **paid),  # one list's 职工医保
        row(NA, "110:企业职工基本养老保险", "1/1 正常缴费人员", "灵活就业人员", aic020="￥3,269.5", 缴费起始年月="2016-01", 缴至年月="2018.1", 累计缴费月数="30个月", 欠费月数="4", 个人缴费额="7846.80", 参保日期="2016-01-15 00:00:00.0"),
        row(QIANG, "城镇职工基本养老保险", "2", "102", aic020="0", 缴费起始年月="201003", 缴至年月="201706", 累计缴费月数="61", 欠费月数="17"),
        row(QIANG, "110", "1/2", "公益性岗位", aab004="柳河镇人民政府", 缴费起始年月="201801"),  # two states that disagree
        row(XIUYING, "城乡居民基本养老保险", "正常参保", "城乡居民", aac006="19630617", 缴费起始年月="2012年1月", 缴至年月="2018年12月", 个人缴费额="100元", aic020="-"),
        row(FANG, "城乡居民养老保险", "0", "城乡居民", aac002=FANG.old_no),  # 未参保
        row(MAIMAITI, "新型农村合作医疗", "4", "城乡居民", aac003="努尔买买提・吐尔逊", 缴至年月="201612"),
        row(WEI, "养老保险", "1", "101", aab004=garment, aac002=WEI.no.lower(), aic020="2,900", 缴费起始年月="201401"),  # whose?
        row(WEI, "工伤保险", "9", "301", aab004=garment, aic020="无", aac002=f"{WEI.no[:6]}XXXXXXXX{WEI.no[14:]}", aac003="王X"),
        row(YAN, "150", "3", "城乡居民", aac003="王?"),
        row(GUILAN, "城乡居民基本养老保险", "终止参保", "居民", aac002="000000000000000000", 参保日期="0000-00-00"),
        *(row(stranger(rng), "企业职工基本养老保险", "1", "101", aab004=garment, aic020="4120.00", **paid) for _ in range(4)),
        *(row(who, "企业职工基本养老保险", "1", "101", aab004=garment, aic020="3800.00", **paid) for who in ANYWHERE),
    ]  # fmt: skip
    return lemis_reply(headings, rows)


def pension(rng: Random) -> bytes:
    """A month's payments on two sheets, with other headings each: back payments, the central part, a year's total."""
    employees: Rows = [
        ["永和县企业职工养老金发放明细表", *[""] * 11],
        ["发放年月：2018年11月", *[""] * 10, "单位：元"],
        ["个人编号", "姓名", "*社会保障号码", "待遇类别", "发放年月", "待遇所属期起", "待遇所属期止", "应发金额", "补发金额", "实发金额", "待遇发放状态", "首次领取年月"],
    ]  # fmt: skip
    employees += [
        ["3701990001", GUOQING.name, GUOQING.no, "企业职工基本养老保险", "201811", "", "", 2486.37, 0, 2486.37, "正常", "200910"],
        ["3701990002", YAN.name, YAN.no, "企业退休", "2018年11月", "", "", "2,105.40", "630.00", "2735.40元", "正常发放", "2016-11"],
        ["3701990002", YAN.name, YAN.no, "企业退休", "201811", "201801", "201810", 1050, "", 1050, "正常发放", "2016-11"],  # its months named
        ["3701990006", MIN.name, MIN.no, "遗属待遇", "201811", "201809", "", 300, "", 300, "正常", ""],  # to when, is not said
        ["3701990003", GUILAN.name, spoilt(GUILAN), "机关事业单位基本养老保险", "2018.1", "", "", 3120, "-", "", "停发", "2000-08"],
        ["3701990004", DESHAN.name, DESHAN.no, "企业职工基本养老保险", 43405, "", "", 1890.5, "", 1890.5, "正常", "1998-12"],  # dead
        ["3701990005", MAIMAITI.name, MAIMAITI.no, "遗属待遇", "201811", "", "", "陆佰元", "", "", "1", ""],
        ["小计", "7人", "", "", "", "", "", 10951.27, 630, "", "", ""],
    ]  # fmt: skip
    residents: Rows = [
        ["姓名", "证件号码", "险种", "发放期间", "月养老金", "发放金额", "其中：中央基础养老金", "发放状态", "开户银行", "银行账号", "联系电话"],
        [JIANGUO.name, JIANGUO.old_no, "城乡居民基本养老保险", "2018年第四季度", 140, 420, 264, "正常", "不读", "6222000000000000001", "10000000011"],
        [XIUYING.name, f"'{XIUYING.no}", "居民养老", "2018-11", "138元", 138, 88, "正常", "", "", ""],
        [FANG.name, f"{FANG.no[:6]} {FANG.no[6:14]} {FANG.no[14:]}", "新农保", "2018年度", "", "1,656.00", "", "暂停发放", "", "", ""],
        ["陈桂兰(已故)", GUILAN.no, "城乡居民养老保险", "201801-201803", "", 0, 0, "死亡终止", "", "", ""],
        [GUANGMING.name, GUANGMING.no, "城乡居民基本养老保险", "", 138, "", "", "正常", "", "", ""],  # a rate, no payment
        [HAO.name, GUANGMING.no, "城乡居民基本养老保险", "2018-11", 138, 138, 88, "正常", "", "", ""],  # under the father's number
    ]  # fmt: skip
    for who in (*(stranger(rng) for _ in range(3)), *ANYWHERE):
        residents.append([who.name, who.no, "城乡居民基本养老保险", "2018-11", 138, 138, 88, "正常", "", "", ""])
    residents.append(["合计", "14人", "", "", "", "", "", "", "", "", ""])
    return workbook({"企业职工": employees, "城乡居民": residents})


def unemployment_benefit(rng: Random) -> bytes:
    """A FoxPro table: headings cut at ten bytes, rows deleted and left in it, payments beside bare rates."""
    fields = [("姓名", 20), ("身份证号码", 18), ("失业经办机构", 30), ("失业登记时间", 10), ("待遇类别", 24), ("月标准", 10),
              ("发放年月", 8), ("发放金额", 12), ("享受起始年月", 8), ("享受终止年月", 8), ("发放状态", 10), ("剩余月数", 4)]  # fmt: skip
    office = "永和县失业保险处"

    def row(who: One, kind: str, state: str, **said: str) -> list[str]:
        usual = {"姓名": who.name, "身份证号码": who.no, "失业经办机构": office, "失业登记时间": "2018-05-08", "待遇类别": kind,
                 "发放状态": state}  # fmt: skip
        return [(usual | said).get(name, "") for name, _ in fields]

    lasting = {"享受起始年月": "201806", "享受终止年月": "201905"}
    rows = [
        row(QIANG, "失业保险金", "正常", 月标准="1219.20", 发放年月="201810", 发放金额="1219.20", 剩余月数="7", **lasting),
        row(QIANG, "失业保险金", "正常", 月标准="1219.20", 发放年月="201811", 发放金额="1219.20", 剩余月数="6", **lasting),
        row(QIANG, "代缴医疗保险费", "正常", 发放年月="201811", 发放金额="293.40", **lasting),  # no cash
        row(NA, "失业保险金", "在领", 月标准="1,219.20元", **lasting),  # a rate: what was paid is not said
        row(FANG, "一次性生活补助", "享受完毕", 发放年月="2018.1", 发放金额="3048"),
        row(LEI, "失业保险金", "停发", 月标准="1219.20", 发放年月="201803", 发放金额="0.00", 享受起始年月="201801", 享受终止年月="长期"),
        row(WEI, "失业保险金", "暂停享受", 月标准="-", 发放年月="201809", 发放金额="-", 身份证号码=f"{WEI.no[:10]}****{WEI.no[14:]}"),
        row(WEI, "失业保险金", "正常", 发放年月="201701", 发放金额="999"),  # deleted
        row(MAIMAITI, "失业保险金", "2", 姓名=MAIMAITI.name[:6], 发放年月="201811", 发放金额="1219.20", 身份证号码="待补"),  # cut at a width
        *(row(who, "失业保险金", "正常", 月标准="1219.20", 发放年月="201811", 发放金额="1219.20", **lasting) for who in (*(stranger(rng) for _ in range(3)), *ANYWHERE)),
    ]  # fmt: skip
    return foxpro(fields, rows, deleted=[7])


def tax(rng: Random) -> bytes:
    """Withholding and business returns: a filing period above the headings, cumulative columns, a refund, a company's row."""
    headings = "纳税人姓名,证件类型,纳税人识别号,扣缴义务人,所得项目名称,税款所属期起,税款所属期止,收入额,累计收入额,应纳税所得额,累计应纳税所得额,入库金额（元）,入库日期,"
    garment = "永和县云锦服装有限公司"

    def row(who: One, payer: str, kind: str, begun: str, ended: str, **said: str) -> list[Cell]:
        usual = {"纳税人姓名": who.name, "证件类型": "居民身份证", "纳税人识别号": who.no, "扣缴义务人": payer,
                 "所得项目名称": kind, "税款所属期起": begun, "税款所属期止": ended}  # fmt: skip
        return [(usual | said).get(heading, "") for heading in headings.split(",")]

    told = [
        row(LEI, garment, "正常工资薪金", "2018-10-01", "2018-10-31", 收入额="4,120.00", 累计收入额="38450.00", 应纳税所得额="0", **{"入库金额（元）": "0.00"}, 入库日期="-"),
        row(LEI, garment, "正常工资薪金", "2018-11-01", "2018-11-30", 收入额="4120.00", 累计收入额="42570.00", 应纳税所得额="0", **{"入库金额（元）": "0.00"}),
        row(LEI, garment, "全年一次性奖金", "2018-01-01", "2018-12-31", 收入额="6000", **{"入库金额（元）": "180"}, 入库日期=milliseconds(2018, 2, 12)),
        row(NA, "永和县柳河镇中心小学", "一般劳务报酬所得", "201809", "201809", 收入额="1500元", **{"入库金额（元）": "140"}, 入库日期="20181015"),
        row(NA, "", "稿酬所得", "", "", 收入额="-", 累计收入额="2600", 应纳税所得额=""),  # only cumulative
        row(WEI, "王伟五金店", "经营所得", "2018-01-01", "2018-03-31", 收入额="50000.00", 应纳税所得额="4300.00", **{"入库金额（元）": "215"}),
        row(WEI, "王伟五金店", "个体工商户生产、经营所得", "2018-01-01", "2018-09-30", 收入额="0.00", 累计收入额="148600", 应纳税所得额="12600", **{"入库金额（元）": "-65.00"}, 入库日期="2018年10月15日"),
        row(QIANG, "", "0101", "2018.1", "2018.1", 收入额="2100"),
        row(FANG, "平阳县人民医院", "解除劳动合同一次性补偿金", "2018-05", "2018-05", 收入额="2.4万元", 证件类型="身份证", 纳税人识别号=f"{FANG.no[:16]}{FANG.no[17]}{FANG.no[16]}"),
        row(MAIMAITI, "", "偶然所得", "2018-02-01", "2018-02-28", 收入额="800", 证件类型="护照", 纳税人识别号="E12345678"),
        row(HAO, "", "利息、股息、红利所得", "2018-06-01", "2018-06-30", 收入额="壹佰元", 纳税人姓名="永和县赵家村股份经济合作社", 纳税人识别号="N2370199MF0000000X"),  # an organisation
        row(GUANGMING, "", "财产租赁所得", "2018年", "", 收入额="7200", 纳税人姓名="赵光明（出租人）"),
        row(LEI, garment, "正常工资薪金", "2018-11-01", "2018-11-30", 收入额="4120.00", 累计收入额="42570.00", 应纳税所得额="0", **{"入库金额（元）": "0.00"}),  # twice
    ]  # fmt: skip
    others = [
        row(stranger(rng), garment, "正常工资薪金", "2018-11-01", "2018-11-30", 收入额="3900.00", 累计收入额="41200.00")
        for _ in range(100)
    ]
    others += [row(who, garment, "正常工资薪金", "2018-11-01", "2018-11-30", 收入额="3900.00") for who in ANYWHERE]
    lines: Rows = [["申报期：2018年11月", *[""] * 13], list(headings.split(",")), *told, *others]
    lines.insert(40, ["孙晓", garment, "正常工资薪金"])  # a line that lost its separators
    return text([*lines, ["合计", f"{len(told) + len(others)}笔", *[""] * 12]])


def deposit(rng: Random) -> bytes:
    """A bank's answer, parted by |@|: balances, products, foreign money, a joint account, bare answers to a limit."""
    headings = "序号|@|姓名|@|身份证号|@|数据有无标志|@|银行名称|@|账号|@|业务类型|@|币种|@|余额|@|理财|@|余额日期|@|账户状态|@|个人存款是否超限|@|家庭存款是否超限|@|近12个月交易额"
    bank, day = "永和农村商业银行", "2018-11-29"

    def row(who: One, mark: str, **said: str) -> list[Cell]:
        usual = {"姓名": who.name, "身份证号": who.no, "数据有无标志": mark}
        return [(usual | said).get(heading, "") for heading in headings.split("|@|")]

    def account(who: One, number: str, kind: str, amount: str, **said: str) -> list[Cell]:
        usual = {"银行名称": bank, "账号": number, "业务类型": kind, "币种": "人民币", "余额": amount, "余额日期": day,
                 "账户状态": "正常", "近12个月交易额": "不对外提供"}  # fmt: skip
        return row(who, "1", **(usual | said))

    told = [
        account(JIANGUO, "6222********1170", "活期储蓄", "1,204.56"),
        account(
            JIANGUO,
            "622200000000000117",
            "定期",
            "30000.00",
            余额日期="20181128",
            姓名="张建国、李秀英",
            身份证号=f"{JIANGUO.no}、{XIUYING.no}",
        ),
        account(LEI, "6222000000000003553", "理财产品", "", 理财="50,000.00"),
        account(LEI, "370199000355", "活期", "0.00", 账户状态="久悬"),
        account(NA, "6222********6020", "活期", "820.15", 币种="USD", 余额日期="2018/11/27"),
        account(NA, "6222********6021", "活期", "-", 币种="14", 余额日期="0000-00-00", 账户状态="3"),
        row(GUILAN, "0"),
        row(FANG, "", 个人存款是否超限="是", 家庭存款是否超限="是"),
        row(QIANG, "", 个人存款是否超限="否", 家庭存款是否超限="是"),
        row(WEI, "", 个人存款是否超限="部分超限", 银行名称=bank),
        row(MIN, "9"),  # what the mark means was never agreed
        row(HAO, "", 银行名称="无", 余额="/"),  # the list handed back
        account(YAN, "370199000419", "活期", "1.2万元", 姓名="王(上龙下天)", 币种="", 账户状态="冻结"),
        account(MAIMAITI, "6222********9119", "结构性存款", "约5000", 姓名="努尔买买提"),
        account(GUOQING, "6222********0590", "活期", "15", 身份证号=GUOQING.no[:17], 账户状态="销户"),
        account(DESHAN, "370199000031", "定期储蓄", "4600", 姓名="張德山"),  # dead, never closed
    ]
    people = (*(stranger(rng) for _ in range(3)), *ANYWHERE)
    others = [account(who, f"6222********{place:04}", "活期", "12.5") for place, who in enumerate(people)]
    numbered: Rows = [[place, *row[1:]] for place, row in enumerate([*told, *others], 1)]
    return text([list(headings.split("|@|")), *numbered], separator="|@|")


def securities(rng: Random) -> bytes:
    """Answers as JSON lines: kinds side by side in one row, a value's own day, accounts of which only that they are there."""

    def row(who: One, mark: str, **said: str) -> dict[str, str]:
        usual = {"姓名": who.name, "证件号码": who.no, "结果标识": mark, "反馈时间": "2018-11-30 16:20:00"}
        return usual | said

    def holding(who: One, account: str, **said: str) -> dict[str, str]:
        usual = {"托管商": "东海证券", "证劵账户": account, "是否开立": "是", "数据记录的实际查询日期": "2018-11-28"}
        return row(who, "1", **(usual | said))

    rows = [
        holding(LEI, "A123450355", 股票总市值="12,350.00", 新三板总股本="1000", 新三板估值="0", 持有基金总市值="5000.5", 债券总市值="-", 资金余额="31.07", 总资产="17381.57"),
        holding(NA, "0100000602", 股票总市值="0.00", 持有基金总市值="", 债券总市值="", 数据记录的实际查询日期=milliseconds(2018, 11, 23)),
        holding(WEI, "A12345****", 股票总市值="2.1万元", 币种="港币"),
        holding(QIANG, "", 是否开立="否", 数据记录的实际查询日期="20181128"),
        holding(FANG, "B100000086"),  # opened, and nothing of what it holds
        row(JIANGUO, "0"),
        row(XIUYING, "2"),
        holding(GUANGMING, "0100000033", 证券类别="股票", 市值="800.00", 是否开立="销户", 数据记录的实际查询日期=""),
        holding(GUANGMING, "0100000033", 证券类别="收益凭证", 市值="约1万", 是否开立="5"),
        holding(HAO, "A123450015", 证件号码=GUANGMING.no, 持有基金总市值="10000"),  # the guardian's number
        holding(YAN, "A123450419", 姓名="王䶮", 证件号码=f"{YAN.no[:6]}　{YAN.no[6:]}", 债券总市值="１，０００．００"),
        *(holding(who, f"A1234560{place:02}", 股票总市值="3300") for place, who in enumerate((*(stranger(rng) for _ in range(3)), *ANYWHERE))),
    ]  # fmt: skip
    return "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in rows).encode()


MAKERS: Makers = {
    "social_insurance": ("sample.xml", social_insurance),
    "pension": ("sample.xlsx", pension),
    "unemployment_benefit": ("sample.dbf", unemployment_benefit),
    "tax": ("sample.csv", tax),
    "deposit": ("sample.txt", deposit),
    "securities": ("sample.jsonl", securities),
}


if __name__ == "__main__":
    write_samples(MAKERS, Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1] / "connectors")
