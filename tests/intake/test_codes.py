import pytest

from tests.intake.extracts import FUND, HEADINGS, HOUSING, SOURCES, VEHICLE, row, taken, vehicles, written

CODES = [
    (VEHICLE, "vehicle_type", "K33", ["K33", "k33", "Ｋ３３", "K33:轿车", "K33：轿车", "K33轿车", "K33-轿车", "轿车", "小型轿车", "小型桥车"]),
    (VEHICLE, "vehicle_type", "M21", ["M21", "普通二轮摩托车", "两轮摩托车", "M21：普通二轮摩托车"]),
    (VEHICLE, "vehicle_type", "B11", ["B11", "B11：重型普通半挂车", "重型普通半挂车"]),
    (VEHICLE, "vehicle_type", "H1A", ["H1A", "重型车辆运输车"]),
    (VEHICLE, "vehicle_type", "X99", ["其他", "其它"]),
    (VEHICLE, "status", "A", ["A", "正常", "A:正常", "A正常", " Ａ "]),
    (VEHICLE, "status", "GQ", ["GQ", "gq", "G,Q", "G、Q", "违法未处理、逾期未检验", "违法未处理，逾期未检验", "G违法未处理/Q逾期未检验"]),
    (VEHICLE, "status", "L", ["暂扣", "扣留", "暂扣（扣留）"]),
    (VEHICLE, "status", "P", ["P", "达到报废标准公告牌证作废"]),
    (VEHICLE, "plate_type", "02", ["02", "2", "小型汽车", "02:小型汽车", "02小型汽车"]),
    (VEHICLE, "plate_type", "07", ["07", "普通摩托车", "两、三轮摩托车", "普通（两、三轮）摩托车"]),
    (VEHICLE, "plate_type", "52", ["52", "小型新能源", "小型新能源汽车"]),
    (VEHICLE, "plate_type", "26", ["26", "香港入出境车"]),
    (VEHICLE, "use", "A", ["A", "非营运", "A：非营运", "非营运(个人)"]),
    (VEHICLE, "use", "R", ["R", "危化品运输", "危险化学品运输"]),
    (HOUSING, "use", "residence", ["10", "住宅", "11-成套住宅", "成套住宅", "111", "别墅", "城镇住宅用地/住宅", "土地：城镇住宅用地 / 房屋：住宅", "非成套住宅、阁楼"]),
    (HOUSING, "use", "commercial", ["30", "商业、金融、信息", "31:商业服务", "34", "35"]),
    (HOUSING, "use", "office", ["60", "办公"]),
    (HOUSING, "use", "garage", ["车库", "14", "车位"]),
    (HOUSING, "use", "storage", ["储藏室", "17", "仓储、车库位、储藏、车库"]),
    (HOUSING, "use", "other", ["80", "其它", "其他", "41", "82", "宗教"]),
    (HOUSING, "co_ownership", "sole", ["0", "单独所有", "0:单独所有"]),
    (HOUSING, "co_ownership", "joint", ["1", "共同共有", "共同共有（夫妻）"]),
    (HOUSING, "co_ownership", "shares", ["2", "按份共有"]),
    (HOUSING, "co_ownership", "other", ["3", "其它共有", "其他共有"]),
    (HOUSING, "state", "current", ["现势", "有效", "是", "1", "Y"]),
    (HOUSING, "state", "historical", ["历史", "无效", "否", "注销", "N"]),
    (FUND, "status", "01", ["01", "1", "正常", "01:正常", "01正常"]),
    (FUND, "status", "02", ["02", "2", "封存"]),
    (FUND, "status", "03", ["03", "合并销户"]),
    (FUND, "status", "04", ["04", "外部转出销户"]),
    (FUND, "status", "05", ["05", "提取销户"]),
    (FUND, "status", "06", ["06", "冻结"]),
    (FUND, "status", "99", ["99", "其他", "其它"]),
]  # fmt: skip


@pytest.mark.parametrize(("source", "column", "code", "written"), CODES)
def test_a_code_is_read_from_code_label_or_both(source: object, column: str, code: str, written: list[str]) -> None:
    lookup = source.lookups[column]  # type: ignore[attr-defined]
    assert {raw: lookup.code(raw) for raw in written} == dict.fromkeys(written, code)


@pytest.mark.parametrize(
    ("source", "column", "raw"),
    [
        (VEHICLE, "status", "F"), (VEHICLE, "status", "GF"), (VEHICLE, "status", "别的"), (VEHICLE, "vehicle_type", "K"),
        (VEHICLE, "use", "Z"), (HOUSING, "use", "住宅/车库"), (HOUSING, "use", "住宅、商业"), (HOUSING, "use", "城镇住宅用地"),
        (HOUSING, "co_ownership", "共有"), (HOUSING, "state", "临时"), (FUND, "status", "07"),
    ],
)  # fmt: skip
def test_what_no_table_knows_or_what_says_two_things_is_no_code(source: object, column: str, raw: str) -> None:
    assert source.lookups[column].code(raw) is None  # type: ignore[attr-defined]


@pytest.mark.parametrize("code", [*(f"{n:02}" for n in (*range(1, 28), 31, 32, 41, 42, 43, 51, 52, 99))])
def test_every_kind_of_plate_has_a_label(code: str) -> None:
    assert code in {"25", *VEHICLE.lookups["plate_type"].values.values()}


@pytest.mark.parametrize("code", [*"ABCDEFGHIJKLMNOPQRSTU"])
def test_every_use_and_every_state_of_a_vehicle_has_a_label(code: str) -> None:
    assert code in VEHICLE.lookups["use"].values.values()
    assert code in VEHICLE.lookups["status"].values.values() or code in "FRSTU"  # F was never seen, Q is the last


def test_an_unknown_code_is_kept_and_said_with_its_first_row() -> None:
    delivery = taken(vehicles(row(1), (*row(2)[:3], "别的"), (*row(3)[:3], "别的"), (*row(4)[:3], " F ")))
    assert delivery.rows["status"].to_list() == ["A", "别的", "别的", "F"]
    assert {(note.column, note.what, note.value, note.rows, note.first) for note in delivery.notes} == {
        ("status", "unknown_code", "别的", 2, 3),
        ("status", "unknown_code", "F", 1, 5),
    }


def test_a_number_in_a_code_column_is_not_shown() -> None:
    delivery = taken(vehicles(row(1), (*row(2)[:3], row(2)[1]), (*row(3)[:3], row(3)[1])))
    assert [(note.value, note.rows, note.first) for note in delivery.notes] == [("", 2, 3)]


def test_a_column_of_nothing_but_unknown_codes_is_said_in_a_few_notes() -> None:
    delivery = taken(vehicles(*[(*row(serial)[:3], f"别的{serial}") for serial in range(500)]))
    assert delivery.rows["status"].n_unique() == 500
    assert 0 < len(delivery.notes) <= 20


# data-dictionary of the departments: every heading that was seen for a column that we read
NAMES = "姓名 XM xingming XINGMING aac003 accname"
NUMBERS = "身份证号 身份证号码 公民身份号码 公民身份证号 GMSFHM SFZH 证件号码 ZJHM ZJH 证件号 身份证件号码 身份证明号码 SFZMHM aac002 certinum 社会保障号码"
SEEN = {
    "vehicle": {
        "owner_name_raw": f"{NAMES} 机动车所有人 所有人 SYR CZXM 车主姓名",
        "owner_no_raw": f"{NUMBERS} CZSFZMHM",
        "plate_no": "号牌号码 车牌号码 车牌号 HPHM",
        "plate_type": "号牌种类 车牌种类 HPZL",
        "brand": "中文品牌 车辆品牌名称 厂牌 CLPP1",
        "vehicle_type": "车辆类型 机动车类型 CLLX",
        "use": "使用性质 用途 SYXZ",
        "status": "机动车状态 使用状态 车辆状态 ZT",
        "vin": "车辆识别代号 车架号 CLSBDH",
        "record_date": "初次登记日期 注册日期 登记日期 CCDJRQ",
        "value": "车辆现值 机动车登记原值 车辆购值 购置价",
    },
    "housing": {
        "owner_name_raw": f"{NAMES} 权利人 权利人名称 QLR QLRMC 房屋权利人/共有人 产权人 房屋所有权人",
        "owner_no_raw": f"{NUMBERS} 权利人证件号",
        "cert_no": "不动产权证号 BDCQZH 房产证编号 产权证号 权证号",
        "unit_no": "不动产单元号 BDCDYH BDCDYDM",
        "address": "坐落 房地坐落 房屋坐落位置 ZL 房屋地址",
        "area": "建筑面积 房屋建筑面积 MJ 面积",
        "use": "规划用途 用途 YT 房屋类型 FWYT",
        "co_ownership": "共有情况 GYQK 共有方式 GYFS",
        "record_date": "登记时间 DJSJ 房产证发证时间 登簿时间",
        "state": "权属状态 QSZT 是否现势 登记状态",
        "price": "房屋购值 交易价格 合同金额",
    },
    "provident_fund": {
        "owner_name_raw": f"{NAMES} 职工姓名 公积金姓名",
        "owner_no_raw": NUMBERS,
        "account_no": "GRZH 个人账号 个人帐号 职工账号 职工内码",
        "employer": "DWMC 单位名称 公积金缴纳单位名称",
        "base": "GRJCJS 个人缴存基数 缴存基数 工资基数 GZJS basenumber",
        "monthly": "HJYJCE 月缴存额 月缴额 当前核定月缴存额 YJE",
        "balance": "GRZHYE 个人账户余额 余额 账户余额 TOTALBALANCE",
        "paid_until": "JZNY 缴至年月 HJNY 汇缴年月 末次缴交年月 最后汇缴月",
        "status": "GRZHZT 个人账户状态 汇缴状态 当前状态 peraccstate",
        "record_date": "KHRQ 开户日期 开户时间",
    },
}
HEADS = [
    (name, column, heading)
    for name, columns in SEEN.items()
    for column, all_ in columns.items()
    for heading in all_.split()
]
CELLS = {"owner_no_raw": row(1)[1], "record_date": "20180701", "paid_until": "201807", "area": "80", "use": "A"}


@pytest.mark.parametrize(("name", "column", "heading"), HEADS)
def test_every_heading_that_was_seen_is_read(name: str, column: str, heading: str) -> None:
    source = SOURCES[name]
    others = [each for each in source.contract.required if each != column]
    heads = [f" *{heading} ", *(source.columns[each][0] for each in others)]
    delivery = taken(written([heads, [CELLS.get(each, "1") for each in (column, *others)]]), source)
    assert delivery.rows[column].null_count() == 0


def test_headings_come_in_any_order_case_and_width() -> None:
    heads = tuple(reversed(["ｓｙｒ", "sfzmhm（必填）", "*号 牌 号 码", "\ufeffＺＴ"]))
    delivery = taken(written([heads, tuple(reversed(row(1)))]))
    assert delivery.rows.select("owner_name_raw", "owner_no_raw", "plate_no", "status").row(0) == row(1)


def test_the_shipped_sources_know_their_own_first_headings() -> None:
    assert {VEHICLE.columns[column][0] for column in VEHICLE.contract.required} == set(HEADINGS)
