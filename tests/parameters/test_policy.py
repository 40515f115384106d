"""A county's policy holds where and when it says so, and what does not fit is refused by file and parameter."""

import re
import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiuzhu_check.errors import ExitCode, PolicyError
from jiuzhu_check.parameters import policy as policy_module
from jiuzhu_check.parameters.file import region_prefix
from jiuzhu_check.parameters.parameter import Parameter
from jiuzhu_check.parameters.policy import BASIS_UNKNOWN, Policy, load_policy

SAMPLE = Path(__file__).parents[2] / "sample_data" / "policy"
SHIPPED = Path(policy_module.__file__).parent
DAY = date(2018, 12, 1)
HEAD = 'region = "370000"\nsource = "虚构"\n'
URBAN = '[[dibao_standard.urban]]\nfrom = 2018-01-01\nvalue = 616\nunit = "元/人月"\n'


# What national rules give in 2018, the same everywhere where the county says nothing else.
LAW = {
    "assistance_exclusive": ["低保+低保"],
    "composition_members": ["不能独立生活的成年子女", "共同居住的义务关系人", "未成年子女", "父母", "配偶"],
    "composition_study": ["专科", "中专", "中职", "初中", "小学", "技校", "本科", "职高", "高中", "高职"],
    "near_relative_relations": ["兄弟姐妹", "子女", "孙子女", "父母", "祖父母", "配偶"],
    "deadline_investigation": 10,
    "deadline_review": 5,
    "deadline_notice": 7,
    "deadline_second_notice": 7,
    "deadline_decision": 5,
    "deadline_confirmation": 3,
    "deadline_contested": 20,
    "deadline_notification_days": 3,
    "notice_village": ["保障金额", "家庭人口", "救助类别", "申请人姓名"],
    "notice_township": ["保障金额", "家庭人口", "救助类别", "村", "申请人姓名"],
    "notice_county": ["乡镇", "保障金额", "家庭人口", "救助类别", "村", "申请人姓名"],
    "notice_city": ["乡镇", "保障金额", "地区", "家庭人口", "救助类别", "申请人姓名"],
    "notice_province": ["乡镇", "保障金额", "地区", "家庭人口", "救助类别", "申请人姓名"],
    "notice_minor": "不写姓名",
    "notice_counted_in": "日历日",
    "recheck_a_urban": 12,
    "recheck_a_rural": 12,
    "recheck_b_urban": 6,
    "recheck_b_rural": 6,
    "recheck_c_urban": 1,
    "recheck_c_rural": 3,
}


def county(folder: Path, **files: str) -> Policy:
    for name, text in files.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return load_policy(folder)


def urban(policy: Policy, region: str, on: date) -> Decimal | None:
    return policy.limits([(region, "城市低保")], on)["dibao_standard_urban"].item()


def test_what_ships_has_no_local_figure() -> None:
    limits = load_policy().limits([("370683", "农村低保")], DAY)
    told = {name for name, cell in limits.row(0, named=True).items() if cell is not None}
    assert told == {
        "region", "programme", "income_counted", "income_not_counted", "income_programmes", "income_tax_deducted",
        "ship_registered", "vehicle_disability", *LAW,
    }  # fmt: skip


def test_the_words_of_the_sample_county_are_its_limits() -> None:
    said, national = (
        policy.limits([("370683", "农村低保")], DAY).row(0, named=True)
        for policy in (load_policy(SAMPLE), load_policy())
    )
    assert {name: cell for name, cell in said.items() if cell is not None and cell != national[name]} == {
        "dibao_standard_urban": Decimal(616),
        "dibao_standard_rural": Decimal(4800),
        "dwelling_allowed": 1,
        "dwelling_area_exception": Decimal(20),
        "premises_commercial": "difference",
        "provident_fund_wage_states": ["01"],
        "provident_fund_no_wage_states": ["02", "04"],
        "provident_fund_recency": 3,
        "vehicle_allowed": 0,
        "vehicle_exempt_types": ["M2"],
        "vehicle_livelihood_types": ["H", "N"],
    }


def test_every_shipped_value_has_a_national_source_of_grade_a_or_b() -> None:
    files = sorted(SHIPPED.glob("*.toml"))
    assert files
    for path in files:
        for topic in tomllib.loads(path.read_text(encoding="utf-8")).values():
            for spec in topic.values():
                assert spec["title"]
                for value in spec.get("values", []):
                    assert value["source"]["document"].startswith("《")
                    assert value["source"]["grade"] in ("A", "B")
                since = [(value["from"], value.get("programmes", [])) for value in spec.get("values", [])]
                assert since == sorted(since)
                assert all(since.count(each) == 1 for each in since)


@pytest.mark.parametrize("family", range(3))
def test_each_published_family_of_property_rules_can_be_said_in_a_policy_file(tmp_path: Path, family: int) -> None:
    page = (Path(__file__).parents[2] / "docs" / "policy.md").read_text(encoding="utf-8")
    said = re.findall(r"```toml\n(.*?)```", page, re.S)[family]
    limits = county(tmp_path, a=HEAD + said).limits([("370683", "低保边缘")], date(2022, 12, 1)).row(0, named=True)
    assert (limits["financial_asset_multiple"], limits["financial_asset_limit"], limits["property_standard"]) == (
        (Decimal(8), None, None),
        (None, Decimal(30000), None),
        (Decimal(2), None, "urban"),
    )[family]


def test_a_value_holds_in_its_region_and_below_and_the_nearer_region_wins(tmp_path: Path) -> None:
    city = URBAN.replace("616", "700")
    policy = county(tmp_path, a=HEAD + URBAN, b=HEAD.replace("370000", "370600") + city)
    assert urban(policy, "370211", DAY) == 616
    assert urban(policy, "370683", DAY) == 700
    assert urban(policy, "370683001002", DAY) == 700
    assert urban(policy, "110101", DAY) is None


def test_a_value_for_the_programme_wins_over_one_for_every_programme_of_the_same_region(tmp_path: Path) -> None:
    only = URBAN.replace("616", "924").replace("from", 'programmes = ["低保边缘"]\nfrom')
    policy = county(tmp_path, a=HEAD + URBAN + only)
    limits = policy.limits([("370683", "低保边缘"), ("370683", "城市低保"), ("370683", None)], DAY)
    told = dict(limits.select("programme", "dibao_standard_urban").rows())
    assert told == {"低保边缘": 924, "城市低保": 616, None: 616}


def test_a_nearer_region_wins_over_a_programme_of_a_wider_one(tmp_path: Path) -> None:
    only = URBAN.replace("616", "924").replace("from", 'programmes = ["城市低保"]\nfrom')
    policy = county(tmp_path, a=HEAD + only, b=HEAD.replace("370000", "370600") + URBAN)
    assert urban(policy, "370683", DAY) == 616


def test_two_values_of_one_day_that_share_a_programme_are_refused(tmp_path: Path) -> None:
    one = URBAN.replace("from", 'programmes = ["城市低保", "低保边缘"]\nfrom')
    other = URBAN.replace("from", 'programmes = ["低保边缘"]\nfrom')
    with pytest.raises(PolicyError, match="有两个值"):
        county(tmp_path, a=HEAD + one + other)
    with pytest.raises(PolicyError, match="救助类别"):
        county(tmp_path, a=HEAD + URBAN.replace("from", 'programmes = ["城镇低保"]\nfrom'))


def test_the_newest_value_not_after_the_day_wins_and_one_past_its_end_is_gone(tmp_path: Path) -> None:
    later = URBAN.replace("2018-01-01", "2018-07-01\nuntil = 2018-12-31").replace("616", "650")
    policy = county(tmp_path, a=HEAD + URBAN + later)
    days = [date(2017, 12, 31), date(2018, 1, 1), date(2018, 7, 1), date(2018, 12, 31), date(2019, 1, 1)]
    assert [urban(policy, "370000", day) for day in days] == [None, 616, 650, 650, 616]


def test_missing_parameters_are_named_by_title_and_region(tmp_path: Path) -> None:
    policy = county(tmp_path, a=HEAD.replace("370000", "370683") + URBAN)
    assert "城市低保标准" not in policy.missing([("370683", None)], DAY)
    assert "农村低保标准" in policy.missing([("370683", None)], DAY)
    assert "城市低保标准（370211）" in policy.missing([("370683", None), ("370211", None)], DAY)
    assert "城市低保标准（370211 等 2 地）" in policy.missing(
        [("370683", None), ("370211", None), ("370285", None), (None, None)], DAY
    )
    assert load_policy(SAMPLE).missing([("370683", None)], DAY) == []


def test_the_fingerprint_changes_with_what_is_in_force_and_with_nothing_else(tmp_path: Path) -> None:
    one, two, three = (tmp_path / name for name in "abc")
    for folder in (one, two, three):
        folder.mkdir()
    whole = county(one, a=HEAD + URBAN)
    renamed = county(two, z="# 注释\n" + HEAD + URBAN.replace("616", "616.00"))
    later = county(three, a=HEAD + URBAN + URBAN.replace("2018-01-01", "2019-01-01"))
    assert whole.fingerprint(DAY) == renamed.fingerprint(DAY) == later.fingerprint(DAY)
    assert later.fingerprint(date(2019, 1, 1)) != whole.fingerprint(date(2019, 1, 1))
    assert whole.fingerprint(DAY) != load_policy().fingerprint(DAY)


def test_the_legal_basis_is_the_one_of_the_day() -> None:
    policy = load_policy()
    assert policy.basis("verification", date(2014, 4, 30)) == BASIS_UNKNOWN
    assert policy.basis("verification", DAY) == "《社会救助暂行办法》第五十八条"
    assert policy.basis("verification", date(2026, 7, 1)) == "《中华人民共和国社会救助法》第四十一条"
    assert "条款待核实" in policy.basis("declaration", date(2026, 7, 1))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD + URBAN.replace("urban", "ruban"), "没有 dibao_standard.ruban 这个参数"),
        (HEAD + "[[legal_basis.standard]]\nfrom = 2018-01-01\nvalue = '甲'\n", "没有 legal_basis.standard 这个参数"),
        (HEAD + URBAN.replace("元/人月", "元/人年"), "单位不对"),
        (HEAD + URBAN.replace("616", '"616"'), "应为数字"),
        (HEAD + URBAN.replace("616", "616.123"), "最多 2 位小数"),
        (HEAD + URBAN.replace("616", "-1"), "不小于零"),
        (HEAD + URBAN.replace("616", "nan"), "不小于零"),
        (HEAD + URBAN.replace("616", "true"), "应为数字"),
        (HEAD + URBAN.replace("2018-01-01", "'2018-01-01'"), "起始日期"),
        (HEAD + URBAN.replace("2018-01-01", "2018-01-01T00:00:00"), "起始日期"),
        (HEAD + URBAN + "until = 2017-01-01\n", "截止日期"),
        (HEAD + URBAN + "vlaue = 1\n", "不认识的项 vlaue"),
        (HEAD + "[[premises.commercial]]\nfrom = 2018-01-01\nvalue = 'no'\n", "之一"),
        (HEAD + "[[vehicle.allowed]]\nfrom = 2018-01-01\nvalue = 0.5\nunit = '辆'\n", "整数"),
        (HEAD + "[[vehicle.exempt_types]]\nfrom = 2018-01-01\nvalue = 'M2'\n", "应为列表"),
        (HEAD + "[[vehicle.exempt_types]]\nfrom = 2018-01-01\nvalue = ['']\n", "带引号的文字"),
        (HEAD + URBAN + URBAN, "有两个值"),
        (HEAD + "[dibao_standard.urban]\nvalue = 1\n", "写法不对"),
        (HEAD + "threshold = 1\n", "写法不对"),
        (HEAD.replace("虚构", "") + URBAN, "没有写依据"),
        (HEAD.replace("370000", "山东") + URBAN, "region"),
        (URBAN, "region"),
        ("region = 3\n", "region"),
        ("region = \n", "TOML"),
    ],
)
def test_what_does_not_fit_is_refused_with_file_and_advice(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(PolicyError, match=r"county\.toml") as refused:
        county(tmp_path, county=text)
    assert said in refused.value.message
    assert refused.value.hint
    assert refused.value.exit_code == ExitCode.POLICY


def test_two_files_may_not_say_two_values_of_one_day(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"b.toml.*另见 a.toml"):
        county(tmp_path, a=HEAD + URBAN, b=HEAD + URBAN.replace("616", "617"))


def test_a_near_name_is_offered(tmp_path: Path) -> None:
    with pytest.raises(PolicyError) as refused:
        county(tmp_path, a=HEAD + URBAN.replace("urban", "urbn"))
    assert refused.value.hint == "是否应为 dibao_standard.urban？"


def test_a_file_saved_by_notepad_is_read_and_one_in_another_encoding_refused(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_bytes(b"\xef\xbb\xbf" + (HEAD + URBAN).replace("\n", "\r\n").encode())
    assert urban(load_policy(tmp_path), "370000", DAY) == 616
    (tmp_path / "b.toml").write_bytes((HEAD + URBAN).encode("gb18030"))
    with pytest.raises(PolicyError, match="UTF-8"):
        load_policy(tmp_path)


@settings(deadline=None, derandomize=True)
@given(st.integers(0, 10**12 - 1).map(lambda cents: Decimal(cents) / 100))
def test_an_amount_is_read_to_the_cent(amount: Decimal) -> None:
    cell = Parameter("a.b", "甲", "money").cell(amount)
    assert cell == amount


@settings(deadline=None, derandomize=True)
@given(st.from_regex(r"[0-9]{6}([0-9]{3}([0-9]{3})?)?", fullmatch=True))
def test_a_region_lies_within_its_own_prefix(code: str) -> None:
    prefix = region_prefix(code)
    assert code.startswith(prefix)
    assert not code[len(prefix) :].strip("0")


BANDS = Parameter("imputed_wage.bands", "年龄段", "bands")


def test_bands_say_which_share_holds_for_which_sex_and_age() -> None:
    men = {"sex": "male", "age_from": 18, "age_to": 50, "rate": 1}
    women = {"sex": "female", "age_from": 18, "age_to": 45, "rate": Decimal("0.5")}
    assert BANDS.cell([men, women]) == (
        ("female", 18, 45, Decimal("0.5000")),
        ("male", 18, 50, Decimal("1.0000")),
    )


@pytest.mark.parametrize(
    ("bands", "said"),
    [
        ([{"age_from": 18, "age_to": 50, "rate": 1}, {"sex": "male", "age_from": 50, "rate": 1}], "不能重叠"),
        ([{"age_from": 18, "rate": 1}, {"age_from": 60, "age_to": 70, "rate": 1}], "不能重叠"),
        ([{"age_from": 50, "age_to": 18, "rate": 1}], "age_to"),
        ([{"age_to": 18, "rate": 1}], "必填"),
        ([{"sex": "男", "age_from": 18, "rate": 1}], "male"),
        ([], "列表"),
    ],
)
def test_bands_that_overlap_or_say_too_little_are_refused(bands: list[dict[str, object]], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        BANDS.cell(bands)
