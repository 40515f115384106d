"""The words that reports use for codes. Neutral on purpose: reports say what was seen, and decide nothing."""

from jiuzhu_check.tables.reexamination import OUTCOMES

RUN_KINDS = {"recipients": "在保必核", "entrants": "凡进必核", "case": "个案核对"}
PORTION = "只含 {portion}，不是全部在保家庭"
STAGES = {"applicant": "申请", "recipient": "在保"}
ROLES = {"member": "家庭成员", "supporter": "赡养、抚养、扶养义务人"}
SEXES = {"male": "男", "female": "女"}

KINDS = {"difference": "登记与申报不一致", "question": "需询问", "favourable": "有利事实"}
# What could matter to a household and no department delivers: said in every case, so that nobody takes it for looked at.
# item → what follows; the last only where the household has supporters
NOT_LOOKED_AT = {
    "租房支出": "没有来源，未核对；核算时没有扣减。",
    "支付给他人的赡养（抚养、扶养）费": "没有来源，未核对；核算时没有扣减。",
    "个人缴纳的社会保险费": "没有来源写明个人缴纳的金额，未核对；核算时没有扣减。",
    "出售房屋的网签合同": "网签合同只按买受人交来，未按出卖人核对；未见登记终止的，不等于没有出售。",
}
NOT_LOOKED_AT_OF_SUPPORTERS = {
    "义务人的财产": "没有来源，未核对；赡养能力只按收入和名册所写计算，规定须看财产的，请另行核实。",
}
ACCOUNT_CLASSES = {
    "wage": "工资性收入",
    "business": "经营净收入",
    "property": "财产净收入",
    "transfer": "转移净收入",
    "other": "其他收入",
    "supporter": "赡养（抚养、扶养）费",
    "deduction": "扣减",
    "excluded": "不计入的项目",
}
KIND_NOTES = {
    "difference": "登记的内容与家庭申报的不一致，待核实；不一致有多种原因，登记也可能有误。",
    "question": "仅凭登记不能下结论（如申报未填写、状态不明、与户外人员共有、申报后变化），请向家庭询问。",
    "favourable": "对家庭有利的登记情况，请一并考虑，应保尽保。",
}
NOT_DECLARED = "未填写或不涉及"  # many findings compare with the policy, not with the declaration
STATUSES = {
    "to_verify": "待核实",
    "changed_since_declaration": "申报后变化",
    "asked_again": "再次核实",
    "disputed": "异议办理中",
    "upheld": "已核实，仍不一致",
    "explained": "已核实：已说明",
    "corrected": "已核实：登记更正中",
    "cleared": "已核实：不成立",
}
COVERAGE_STATES = {"hit": "命中", "no_record": "未发现记录", "unchecked": "未核对"}
SOURCE_STATES = {
    "arrived": "到位",
    "partial": "部分答复",
    "stale": "过期",
    "missing": "缺失",
    "damaged": "损坏",
    "unsigned": "未签约",
}
REQUIREMENTS = {"required": "必需", "optional": "可选", "unsigned": "未签约"}
LINK_STATUSES = {"accepted": "采信", "review": "待复核", "lead": "仅线索", "vetoed": "否决"}

# What a record is of, where its code names it (tables/record.py): an event, a role, a burden.
THINGS = {
    "registered": "户籍登记",
    "cancelled": "户口注销",
    "married": "结婚登记",
    "divorced": "离婚登记",
    "annulled": "撤销婚姻",
    "deceased": "死亡",
    "cremated": "火化",
    "imprisoned": "在监狱服刑",
    "released": "刑满释放",
    "payroll": "财政供养",
    "village_committee": "村（居）民委员会成员",
    "case_handler": "社会救助经办人员",
    "near_relative": "近亲属备案",
    "composition": "家庭组成",
    "marital": "婚姻状况",
    "disability": "残疾",
    "veteran": "优抚",
    "medical_expense": "医疗费用",
    "education": "就学",
    "legal_representative": "法定代表人",
    "investor": "投资人",
    "executive": "高级管理人员",
    "proprietor": "个体经营者",
    "member": "合作社成员",
    "pension": "职工养老保险",
    "resident_pension": "居民养老保险",
    "medical": "职工医疗保险",
    "resident_medical": "居民医疗保险",
    "unemployment": "失业保险",
    "injury": "工伤保险",
    "maternity": "生育保险",
    # what a finding on a count or a sum is about
    "vehicle": "机动车",
    "dwelling": "住房",
    "commercial_premises": "商业用房",
    "ship": "船舶",
    "farm_machinery": "农业机械",
    "market_entity": "市场主体",
    "financial_asset": "金融资产",
    "income": "收入",
    "spending": "必要支出",
    "job": "就业",
}

# What a record is of where its table holds several kinds of thing: a ship is no car, a contract no registered home.
KINDS_OF_THING = {
    "ship": "船舶",
    "farm_machinery": "农业机械",
    "contract": "房屋网签合同",
    "insurance": "商业保险",
}
# How its registration stands, by the kind of thing, else by the table; what is not here is told as it was delivered.
STATES = {
    "ship": {"registered": "在册", "ended": "登记已终止"},
    "farm_machinery": {"registered": "在册", "ended": "登记已终止"},
    "contract": {
        "current": "合同有效，备案不是登记",
        "registered": "已办不动产登记",
        "historical": "合同已撤销、注销或者解除",
    },
    "insurance": {"active": "有效", "suspended": "中止，尚可复效", "ended": "已终止"},
    "market_entity": {
        "active": "存续",
        "revoked": "吊销，未注销（主体仍然存在）",
        "deregistered": "已注销",
        "cancelled": "登记已撤销",
        "moved": "已迁出",
        "other": "其他",
    },
}
INCOMES = {
    "wage": "工资薪金",
    "labour": "劳务报酬",
    "royalty": "稿酬、特许权使用费",
    "business": "经营收入",
    "bonus": "全年一次性奖金",
    "severance": "解除劳动合同补偿金",
    "property": "利息、股息、租赁、转让等财产所得",
    "pension": "养老金",
    "unemployment_benefit": "失业保险待遇",
}
SCHEMES = {"employee": "职工", "resident": "城乡居民"}
INSURED = {"employed": "单位在业人员", "self_employed": "灵活就业或个体", "resident": "城乡居民"}
ASSETS = {
    "deposit": "存款",
    "wealth_product": "理财产品",
    "stock": "股票",
    "fund": "基金",
    "bond": "债券",
    "insurance": "商业保险",
}
CURRENCIES = {
    "CNY": "元", "人民币": "元", "USD": "美元", "HKD": "港元", "EUR": "欧元", "JPY": "日元", "GBP": "英镑",
}  # fmt: skip
PAYMENT_STATES = {"paying": "在发", "suspended": "暂停发放", "ended": "已终止发放"}
CONTRIBUTION_STATES = {"paying": "在缴", "suspended": "暂停缴费", "ended": "已终止缴费", "none": "未参保"}
ACCOUNT_STATES = {
    "open": "账户正常", "closed": "已销户", "frozen": "冻结", "dormant": "久悬或休眠", "none": "没有开户",
}  # fmt: skip

FOUND = {False: "未发现不符", True: "有疑点待核实"}
COMPLETE = {True: "已全部核对", False: "信息不全"}

PRINCIPLE = "只核对、不认定：本表列出登记与申报之间的出入和没有核到的部分，结论由乡镇（街道）核实后依程序作出。"
OBJECTION = (
    "家庭对登记内容有异议的，可向乡镇（街道）说明并提交材料；登记有误的，由经办人按来源文件和行号向数据提供部门"
    "提出校核，校核期间该项仍为待核实。"
)
ANSWERS = (STATUSES["to_verify"], *OUTCOMES.values())  # 处理: the first says that nobody has answered yet

TIERS = {
    "A1": "号名一致",
    "A2": "号同名异写",
    "A3": "旧号升位后号名一致",
    "B1": "号码一处笔误，更正后号名一致",
    "B2": "号码首尾有缺，号名相合",
    "B3": "号码部分遮盖，号名相合",
    "B4": "无号码，姓名、出生日期和另一项相合",
    "B5": "证号内的号码和姓名一致",
    "C1": "号码一致，姓名一字不同",
    "C2": "号码和姓名分属同户两人",
    "C3": "号码一致，姓名不同",
    "C4": "号码只见几位，与姓名相合，可能另有其人",
    "C5": "无号码，姓名和出生日期（或电话）相合",
    "C6": "号码有误，姓名相近",
    "D1": "线索，不计入",
    "D2": "不成匹配，不计入",
    "R": "否决，不计入",
}
TIER_GROUPS = {
    "A": "号码可靠，采信",
    "B": "号码或姓名有缺损但可还原，采信并提示更正；不利用途须先确认",
    "C": "不能确定是否本人，由人工复核，复核前不计入",
    "D": "只作线索，不计入",
    "R": "有相反证据，不计入",
}


def portion(told: str | None) -> str:
    """What part of the recipients a run was of, as RUN says it, for people; empty where it was of all.

    >>> [portion(each) for each in ("370683 1/4", "* 1/4", "370683 1/1", None)]
    ['370683 1/4', '1/4', '370683', '']
    """
    return (told or "").removeprefix("* ").removesuffix(" 1/1")
