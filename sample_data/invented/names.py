"""Names of every generation, put together from common surnames and characters."""

from random import Random

SURNAMES = (
    "王王王王李李李李张张张张刘刘刘陈陈陈杨杨赵赵黄周周吴徐徐孙孙马朱胡郭何林高高罗郑梁谢宋唐许韩冯曹彭曾肖田董潘袁"
    "蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯尹薛闫段雷黎史陶贺郝顾龚邵万武戴孔汤"
)
# (first character, second character) of given names, by sex and generation
OLD_MAN = ("德玉国文永福长兴保振志学建广传云", "明林山才华忠义生财发贵祥田春海亭")
OLD_WOMAN = ("秀桂玉凤淑月金素兰翠爱春", "英兰珍荣芳花梅云香芝莲霞")
MAN = ("建志海卫晓文永国学立成光洪宝", "军强勇伟峰涛刚平辉斌波东亮杰")
WOMAN = ("晓丽艳海红春秀玉小文雪美", "红梅燕霞芳娟丽萍玲敏静娜")
YOUNG_MAN = ("子浩俊家宇明梓一泽天", "轩宇豪涵杰博阳晨睿航")
YOUNG_WOMAN = ("雨欣梓佳思子梦诗雅可", "涵怡萱琪妍悦婷彤瑶欣")
# Names that a county has by the dozen.
COMMON = ("王伟", "李娜", "张伟", "王芳", "李伟", "王静", "张敏", "刘伟", "李秀英", "王秀英", "张秀兰", "李桂英")


def given_name(rng: Random, birth_year: int, male: bool) -> str:
    """A given name of one or two characters, as its generation has them."""
    if birth_year < 1962:
        first, second = OLD_MAN if male else OLD_WOMAN
    elif birth_year < 1996:
        first, second = MAN if male else WOMAN
    else:
        first, second = YOUNG_MAN if male else YOUNG_WOMAN
    return rng.choice(second) if rng.random() < 0.15 else rng.choice(first) + rng.choice(second)


def surname(rng: Random) -> str:
    """A surname, common ones more often."""
    return rng.choice(SURNAMES)
