"""How two names stand to each other, and how often chance makes two names alike."""

from itertools import product
from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiuzhu_check.matching.evidence import character as characters
from jiuzhu_check.matching.evidence.name import RELATIONS, relate, simplified, simplify
from jiuzhu_check.values import person_name


def relation(recorded: str, member: str) -> str:
    """The relation of two names as they are delivered and declared."""
    one, two = person_name.read(pl.Series([recorded, member]))
    return relate(one, two).code


@pytest.mark.parametrize(
    ("recorded", "member"),
    [
        ("張建國", "张建国"), ("葉紅", "叶红"), ("鍾偉", "钟伟"), ("锺伟", "钟伟"), ("鐘偉", "钟伟"), ("發", "发"), ("葛\U000e0100强", "葛强"),
        ("呉秀栄", "吴秀荣"), ("甯", "甯"), ("李冨貴", "李富贵"), ("王眀", "王明"), ("徐恵淸", "徐惠清"), ("沈國靜", "沈国静"), ("後藤", "後藤"),
    ],
)  # fmt: skip
def test_a_traditional_or_variant_character_is_the_same_name(recorded: str, member: str) -> None:
    assert relation(recorded, member) in ("N0", "N1")


@pytest.mark.parametrize(
    ("recorded", "member"),
    [
        ("王乾", "王干"), ("王徵", "王征"), ("王昇", "王升"), ("王陞", "王升"), ("王陞", "王昇"), ("于伟", "於伟"), ("甯静", "宁静"),
        ("王邨", "王村"), ("王喆", "王哲"), ("王堃", "王坤"), ("王氾", "王泛"), ("王鍾", "王鐘"), ("王發", "王髮"), ("王後", "王后"),
    ],
)  # fmt: skip
def test_characters_that_are_names_of_their_own_are_alike_and_not_the_same(recorded: str, member: str) -> None:
    assert relation(recorded, member) == "N2"


def test_no_character_with_a_name_of_its_own_is_folded_into_another() -> None:
    own = characters.by_hand()["own"]
    assert simplified(own) == own


def test_no_character_of_gb2312_but_one_is_folded_for_registers_write_it() -> None:
    written = [chr(code) for code in range(0x4E00, 0xA000) if _in_gb2312(chr(code))]
    assert {each for each in written if simplified(each) != each} == {"锺"}


def _in_gb2312(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


@pytest.mark.parametrize(
    ("one", "other"),
    [
        "肖萧",
        "付傅",
        "闫阎",
        "代戴",
        "邱丘",
        "于於",
        "占詹",
        "余佘",
        "祁祈",
        "甯宁",
        "裴斐",
        "郄郗",
        "段叚",
        "侯候",
        "臧藏",
    ],
)
def test_surnames_written_for_each_other_are_two_surnames(one: str, other: str) -> None:
    assert relation(one + "建国", other + "建国") == "N2"
    assert relation(one + "芳", other + "芳") == "N2"


@pytest.mark.parametrize(
    ("surname", "alike"),
    [
        ("缪", "妙"), ("任", "仁"), ("宁", "凝"), ("翟", "宅"), ("尉", "魏"), ("秘", "必"), ("种", "崇"), ("员", "云"), ("折", "社"), ("黑", "赫"),
        ("么", "姚"), ("幺", "姚"), ("逄", "庞"), ("隗", "葵"), ("佴", "耐"), ("冼", "险"), ("覃", "秦"), ("覃", "谭"), ("卜", "补"), ("晁", "巢"),
        ("褚", "楚"), ("谌", "陈"), ("谌", "申"), ("璩", "曲"), ("郗", "习"), ("郗", "池"), ("妫", "桂"), ("召", "邵"), ("洗", "显"), ("繁", "婆"),
        ("能", "奈"), ("过", "郭"), ("葛", "格"), ("应", "英"), ("燕", "严"), ("占", "詹"), ("哈", "哈"), ("盛", "圣"), ("乐", "月"),
    ],
)  # fmt: skip
def test_a_surname_sounds_as_surnames_do(surname: str, alike: str) -> None:
    assert relation(alike + "建国", surname + "建国") in ("N0", "N2")


@pytest.mark.parametrize(
    ("recorded", "member"), [("玉迟建国", "尉迟建国"), ("蝉于飞", "单于飞"), ("墨俟强", "万俟强"), ("掌孙丽", "长孙丽")]
)
def test_a_compound_surname_has_readings_of_its_own(recorded: str, member: str) -> None:
    assert relation(recorded, member) == "N2"


@pytest.mark.parametrize(
    ("recorded", "member", "expected"),
    [
        ("张?国", "张建国", "N3"), ("张建□", "张建国", "N3"), ("□建国", "张建国", "N3"), ("张*", "张䶮", "N3"), ("张〓", "张䶮", "N3"),
        ("张\ue001", "张䶮", "N3"), ("张yan", "张䶮", "N3"), ("张YAN国", "张䶮国", "N3"), ("张yǎn", "张䶮", "N3"), ("吕lǜ", "吕律", "N3"),
        ("张X", "张䶮", "N3"), ("张Y国", "张䶮国", "N3"), ("zeng芳", "曾芳", "N3"), ("张yan", "张伟", "N6"), ("yan伟", "张伟", "N8"),
        ("王火华", "王烨", "N3"), ("王⿰火华", "王烨", "N3"), ("王烨", "王火华", "N3"), ("王金玉", "王钰", "N3"), ("李吉吉国", "李喆国", "N3"),
        ("张??", "张䶮", "N8"), ("张??", "张建国", "N8"), ("??", "王芳", "N8"), ("张?", "张建国", "N8"), ("李?国", "张建国", "N8"), ("王火花", "王烨", "N8"),
    ],
)  # fmt: skip
def test_a_lost_character_stands_for_exactly_one(recorded: str, member: str, expected: str) -> None:
    assert relation(recorded, member) == expected


def test_a_name_with_a_lost_character_is_never_known_to_be_the_same() -> None:
    assert relation("张?", "张?") == "N3"


@pytest.mark.parametrize(
    ("recorded", "member", "expected", "detail"),
    [
        ("阿不都热合曼·吐尔逊", "阿卜杜热合曼吐尔逊", "N2", "音译用字不同"),
        ("买买提·图尔荪", "麦麦提·吐尔逊", "N2", "音译用字不同"),
        ("阿依谷丽·依明", "阿依古丽・伊敏", "N2", "音译用字不同"),
        ("扎西多杰才让", "札西多吉才让", "N2", "音译用字不同"),
        ("阿依古丽", "阿依古丽·依明", "N4", "少后一节"),
        ("阿依谷丽", "阿依古丽·依明", "N4", "少后一节"),
        ("买买提", "买买提·吐尔逊", "N4", "少后一节"),
        ("阿依古丽·依明", "阿依古丽", "N4", "多后一节"),
        ("努尔买买·吐尔逊", "努尔买买提·吐尔逊", "N4", "少一字"),
        ("帕提古丽·吐尔逊", "阿依努尔·吐尔逊", "N8", ""),
        ("艾力·吐尔逊", "艾力·买买提", "N8", ""),
        ("艾力", "艾力·买买提", "N8", ""),
    ],
)
def test_a_long_name_is_written_by_its_sound(recorded: str, member: str, expected: str, detail: str) -> None:
    one, two = person_name.read(pl.Series([recorded, member]))
    found = relate(one, two)
    assert (found.code, found.detail) == (expected, detail)


@pytest.mark.parametrize(
    ("recorded", "member", "expected"),
    [
        ("王炜", "王伟", "N2"), ("王强", "王伟", "N6"), ("王芳", "王伟", "N6"), ("汪伟", "王伟", "N2"), ("李伟", "王伟", "N8"), ("李强", "王伟", "N8"),
        ("王小莉", "王晓丽", "N2"), ("汪小莉", "王晓丽", "N8"), ("王小芳", "王晓丽", "N8"), ("欧杨建国", "欧阳建国", "N2"), ("欧锋建国", "欧阳建国", "N8"),
    ],
)  # fmt: skip
def test_short_names_are_told_apart_by_the_kind_of_difference(recorded: str, member: str, expected: str) -> None:
    assert relation(recorded, member) == expected


# The commonest first; a name takes one about as often as its place says (frequency ~ 1 / (place + 20)).
GIVEN = (
    "英华国玉秀文明芳红建兰平丽军海林春梅霞金云志桂荣永伟凤龙生小艳德新燕杰清莲香东光辉晓敏娟成洪振福珍静宏学正祥胜爱美强玲"
    "家峰勇立宝世忠贵少卫亮雪长刚斌飞俊波义庆利超慧琴涛鹏宇兴发子佳天民元宁萍琳燕翠淑娜芬雷鑫浩磊洋旭婷欣雨嘉晨怡思梓涵轩"
    "泽瑞豪睿博悦雅诗语桐晴萱彤妍颖倩茜薇莹莎菲岚蕾蓉蓓菊芝芸仙花月凯锋昌盛富全根水木炳坤乾仁义礼智信良善康安顺和祖耀宗继"
    "先跃进援朝抗美卫星向阳前锦绣银铁钢山河江川湖松柏竹树森楠彬杉枫桦榕"
)
# A typed, scanned or heard list writes one for the other. By sound, by shape, and by both.
CONFUSIONS = (
    "建健 静靖 佳嘉 丽莉 伟炜 军均 志智 晓小 红虹 燕艳 霞侠 英瑛 琴芹 荣容 明铭 宏洪 永咏 平萍 刚钢 斌彬 鹏朋 飞菲 辉晖 杰洁 涛滔 "
    "勇咏 秀绣 梅玫 祥翔 福富 林琳 文雯 玉钰 凤风 云芸 婷停 琪淇 琪祺 浩皓 泽择 俊峻 峰锋 凡帆 颖颍 莹萤 芬纷 柏伯 娜那 薇微 "
    "宇字 春舂 钰珏 己已 未末 侯候 治冶 析折 晴睛 茜菌 玲铃 土士 日曰 毫豪 彬杉 慧彗 千干 亮高 喜善 倩债 阳阴 旭旮 晨震 梓样 轩轲"
)


def alike(one: str, other: str) -> bool:
    return relate("王" + one, "王" + other).code in ("N0", "N2")


def test_chance_makes_two_characters_of_names_alike_at_most_one_time_in_forty() -> None:
    chance = Random(20181130)
    weights = [1 / (place + 20) for place in range(len(GIVEN))]
    pairs = zip(chance.choices(GIVEN, weights, k=20_000), chance.choices(GIVEN, weights, k=20_000), strict=True)
    different = [pair for pair in pairs if pair[0] != pair[1]]
    assert sum(alike(*pair) for pair in different) / len(different) <= 0.025


def test_nineteen_of_twenty_typical_confusions_are_alike() -> None:
    confusions = CONFUSIONS.split()
    assert sum(alike(*pair) for pair in confusions) / len(confusions) >= 0.95


# Invented bearers of spellings that registers use side by side: own names and fathers' names.
SPELLINGS = [
    each.split()
    for each in (
        "阿卜杜热合曼 阿不都热合曼 阿布都热合曼", "麦麦提 买买提 买买堤", "吐尔逊 图尔荪 吐尔孙", "阿依古丽 阿依谷丽 阿衣古丽", "帕提古丽 帕提姑丽",
        "艾合买提 艾合麦提", "依明 伊敏", "玉素甫 玉苏甫 玉苏普", "司马义 斯马义", "尼亚孜 尼牙孜", "努尔麦麦提 努尔买买提", "古丽娜尔 谷丽娜尔",
        "阿卜力孜 阿不力孜 阿布力孜", "迪丽努尔 狄丽努尔", "吾甫尔 乌甫尔", "阿迪力 阿地力", "扎西多吉 札西多杰", "次仁旺堆 才仁旺堆", "阿里木 阿力木",
    )
]  # fmt: skip


def test_nine_of_ten_spellings_of_a_long_name_are_alike_and_brothers_are_not() -> None:
    chance = Random(20181130)
    same, brothers = [], []
    for _ in range(1000):
        own, father, brother = chance.sample(SPELLINGS, 3)
        name = own[0] + father[0]
        same.append((chance.choice(own) + chance.choice(father), name))
        brothers.append((brother[0] + father[0], name))
    said = [relate(*pair).code for pair in same if pair[0] != pair[1] and len(pair[1]) >= 5]
    assert sum(code == "N2" for code in said) / len(said) >= 0.9
    said = [relate(*pair).code for pair in brothers]
    assert sum(code in ("N0", "N1", "N2", "N4") for code in said) / len(said) <= 0.02


def test_every_character_with_a_shape_has_a_reading() -> None:
    shaped = list(characters._shapes())[1:]
    assert not [each for each in shaped if not characters.readings(each)]


steady = settings(deadline=None, derandomize=True, max_examples=200)
letters = st.sampled_from([*"张王李單单于欧阳建健國国伟炜芳昇升發髮发乾干䶮烨火华□AB", "阿不都", "古丽", "YAN"])
names = st.lists(letters, min_size=1, max_size=7).map("".join)


@steady
@given(names)
def test_a_name_is_itself_unless_a_character_is_lost(name: str) -> None:
    assert (relate(name, name).code == "N0") == (person_name.PLACEHOLDER not in name)


@steady
@given(names, names)
def test_the_relation_does_not_depend_on_which_of_two_names_is_on_the_roster(one: str, other: str) -> None:
    assert relate(one, other).code == relate(other, one).code
    assert relate(one, other).code in RELATIONS


@steady
@given(st.text(st.characters(min_codepoint=0x3400, max_codepoint=0x9FFF), max_size=6))
def test_simplifying_twice_is_simplifying_once_and_keeps_every_place(name: str) -> None:
    assert simplified(simplified(name)) == simplified(name)
    assert len(simplified(name)) == len(name)


@steady
@given(names, names)
def test_only_names_that_simplify_to_the_same_are_the_same(one: str, other: str) -> None:
    if relate(one, other).code in ("N0", "N1"):
        assert simplified(one) == simplified(other)


@steady
@given(st.text("张王李建国伟芳玉英", min_size=2, max_size=4), st.integers(0, 3))
def test_a_placeholder_for_any_one_character_is_that_character_lost(name: str, place: int) -> None:
    place %= len(name)
    assert relate(name[:place] + person_name.PLACEHOLDER + name[place + 1 :], name).code == "N3"


@steady
@given(*(st.sampled_from(GIVEN) for _ in range(2)))
def test_likeness_of_characters_goes_both_ways(one: str, other: str) -> None:
    for each, another in product((one, other), repeat=2):
        assert characters.look_alike(each, another) == characters.look_alike(another, each)


def test_a_few_names_are_simplified_as_many_are() -> None:
    forms = [chr(each) for each in characters.standard_forms()] + [
        *characters.standard_forms().values(),
        "王",
        "A",
        "·",
    ]
    few = pl.DataFrame({"name": forms})
    many = pl.concat([few] * 6)
    one_by_one = few.select(simplify(pl.col("name"))).to_series()
    assert one_by_one.to_list() == [simplified(each) for each in forms]
    assert many.select(simplify(pl.col("name"))).to_series().head(few.height).equals(one_by_one)
