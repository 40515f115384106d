"""Names, at rough rates of how many bear them, and what each character may be confused with."""

from collections.abc import Mapping, Sequence
from random import Random

import polars as pl

# characters → bearers in ten thousand, of each
SURNAMES: Mapping[str, float] = {
    "王": 720, "李": 710, "张": 670, "刘": 520, "陈": 400, "杨": 300, "赵": 220, "黄": 200, "周": 190, "吴": 180,
    "徐孙": 150, "胡朱高": 120, "林何郭": 110, "马罗": 100, "梁宋郑谢韩": 75, "唐冯于董萧": 60, "程曹袁邓许傅沈曾彭吕": 50,
    "苏卢蒋蔡贾丁魏薛叶阎": 40, "余潘杜戴夏钟汪田任姜": 34, "范方石姚谭廖邹熊金陆": 28, "郝孔白崔康毛邱秦江史": 22,
    "顾侯邵孟龙万段雷钱汤": 18, "尹黎易常武乔贺赖龚文": 15, "庞樊兰殷施陶洪翟安颜": 12, "倪严牛温芦季俞章鲁葛": 10,
    "肖付闫代丘": 14, "单仇解区乐朴盖查": 3, "缪冼佟佘侍厍": 1,
}  # fmt: skip
COMPOUND = ("欧阳", "司马", "上官", "诸葛", "皇甫", "尉迟", "慕容")
GIVEN: Mapping[str, float] = {
    "国建华明文玉志": 60, "英秀红春海军平": 45, "丽林生荣金永成": 38, "伟芳敏静强杰": 34, "兰梅霞云峰清": 30,
    "德庆祥福凤桂珍": 28, "艳燕娟玲萍琴娜": 24, "勇涛波超辉刚亮": 22, "晓小佳新宇浩": 22, "雪莉洁慧颖琳": 18,
    "东山龙飞鹏翔斌彬": 16, "学忠义仁礼信善": 14, "振兴富贵根宝长": 13, "美香莲花菊月": 13, "立世光宏广士": 12,
    "凯旭晨阳天子俊豪": 11, "雅婷欣怡思梦瑶": 10, "爱淑惠素巧翠": 10, "先启泽润洪江河": 8, "维炜建健剑君均钧": 6,
    "瑛莺瑞睿锐铭鸣": 6, "诚程城升胜声": 6, "岚澜玫侠椿容融蓉芸锋": 4, "家嘉鑫锦进晋": 6, "群柏岩仙昆温勋": 4,
    "乾坤元亨利贞": 3, "未末己士土铃晴": 2,
}  # fmt: skip
RARE = {"䶮": "yan", "堃": "kun", "燚": "yi", "祎": "yi", "翀": "chong", "赟": "yun", "旸": "yang", "㛃": "jie"}
PRIVATE = {"䶮": "\ue863", "㛃": "\ue815"}
MINORITY = (("阿卜杜", "艾力", "古丽", "努尔", "买买提", "阿依夏木", "吐尔逊", "热依拉"), ("艾合买提", "吐尔逊", "阿不都拉", "买买提", "玉素甫", "肉孜"))  # fmt: skip
FIRMS = ("商贸有限公司", "建材有限公司", "物流有限公司", "农机专业合作社", "超市")

HOMOPHONES = (
    "伟炜维卫", "建健剑见", "军君均钧", "华花桦", "丽莉立利", "平萍苹", "玉育宇裕", "英瑛莺", "明铭鸣", "志智致治",
    "红宏洪鸿", "文雯闻", "晓小", "芳方", "静婧敬", "杰洁", "兰岚澜", "梅玫", "霞侠", "生升胜声", "成诚程城", "林琳",
    "永勇咏", "荣容融蓉", "云芸", "峰锋丰", "清青庆", "佳家嘉", "新欣鑫", "金锦进晋", "桂贵", "艳燕彦", "辉慧惠",
    "刚钢", "浩皓昊", "飞菲", "祥翔", "国帼", "敏闽", "强蔷", "秀绣", "德得", "春椿", "凤奉", "珍真贞", "玲铃", "瑞睿锐",
)  # fmt: skip
LOOK_ALIKES = ("未末", "己已", "士土", "玲铃", "晴睛", "天夭", "刚钢", "清请", "林沐", "梅海", "春舂", "明朋", "田由")
SURNAME_TWINS = ("肖萧", "付傅", "闫阎", "代戴", "邱丘")
TRADITIONAL = dict(
    zip(
        "张刘陈杨赵黄吴孙马郑许华国兰凤丽军伟东荣云龙红贵爱广庆学义礼飞鹏宝长兴艳娟玲刚亮泽润维钧锐铭鸣诚声岚澜侠锋锦进",
        "張劉陳楊趙黃吳孫馬鄭許華國蘭鳳麗軍偉東榮雲龍紅貴愛廣慶學義禮飛鵬寶長興艷娟玲剛亮澤潤維鈞銳銘鳴誠聲嵐瀾俠鋒錦進",
        strict=True,
    )
)
VARIANTS = {"峰": "峯", "群": "羣", "柏": "栢", "升": "昇", "岩": "巖", "仙": "僊", "昆": "崑", "勋": "勛", "志": "誌"}


def _others(groups: Sequence[str]) -> dict[str, str]:
    """Each character with those that it may be confused with."""
    found: dict[str, str] = {}
    for group in groups:
        for sign in group:
            found[sign] = found.get(sign, "") + group.replace(sign, "")
    return found


HOMOPHONE, LOOK_ALIKE, SURNAME_TWIN = _others(HOMOPHONES), _others(LOOK_ALIKES), _others(SURNAME_TWINS)


def _pool(weights: Mapping[str, float]) -> list[str]:
    """Each character as often as its weight says: one drawn evenly from the pool comes at its rate."""
    return [sign for signs, weight in weights.items() for sign in signs for _ in range(round(weight))]


SURNAME_POOL, GIVEN_POOL = _pool(SURNAMES), _pool(GIVEN)
SINGLE = 15  # of a hundred given names have one character


def surname(rng: Random) -> str:
    """A surname; one in three hundred has two characters."""
    return rng.choice(COMPOUND) if rng.random() < 0.003 else rng.choice(SURNAME_POOL)


def given(rng: Random, generation: str = "") -> str:
    """A given name; a generation character makes it one of two."""
    if generation or rng.randrange(100) >= SINGLE:
        return (generation or rng.choice(GIVEN_POOL)) + rng.choice(GIVEN_POOL)
    return rng.choice(GIVEN_POOL)


def name(rng: Random) -> str:
    """Anybody's name."""
    return surname(rng) + given(rng)


def rare_name(rng: Random, family: str = "") -> str:
    """A name with a character that old systems cannot write."""
    return (family or surname(rng)) + rng.choice(("", rng.choice(GIVEN_POOL))) + rng.choice(list(RARE))


def minority_name(rng: Random) -> str:
    """A name in two parts with a dot between them."""
    return "·".join(rng.choice(part) for part in MINORITY)


def name_column(people: pl.Series, seed: int) -> pl.Series:
    """The names of people known by their place, the same place always the same name."""
    family = pl.Series(SURNAME_POOL).gather(people.hash(seed) % len(SURNAME_POOL))
    first = pl.Series(GIVEN_POOL).gather(people.hash(seed + 1) % len(GIVEN_POOL))
    second = pl.Series(GIVEN_POOL).gather(people.hash(seed + 2) % len(GIVEN_POOL))
    single = people.hash(seed + 3) % 100 < SINGLE
    whole = pl.DataFrame({"family": family, "first": first, "second": second, "single": single})
    return whole.select(
        name=pl.col("family") + pl.col("first") + pl.when("single").then(pl.lit("")).otherwise("second")
    ).to_series()
