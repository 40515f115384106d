"""What a roster's word for a relation to the head says. Codes stay unread: 2 is 配偶 in one system and 子 in the next."""

import polars as pl

WORDS = {
    "本人": "本人 户主 申请人 本户户主",
    "配偶": "配偶 妻 夫 妻子 丈夫 爱人 老婆 老公 夫妻",
    "子女": "子 女 儿 儿子 女儿 子女 孩子 之子 之女 长子 次子 三子 四子 五子 大儿子 二儿子 小儿子 独生子 独子 长女 次女"
    " 三女 四女 五女 大女儿 二女儿 小女儿 独生女 独女 养子 养女 继子 继女 养子女 继子女 其他儿子 其他女儿",
    "父母": "父 母 父亲 母亲 父母 爸爸 妈妈 养父 养母 继父 继母 养父母 继父母",
    "兄弟姐妹": "兄 弟 姐 妹 哥哥 弟弟 姐姐 妹妹 兄弟 姐妹 兄弟姐妹 兄弟姊妹",
    "祖父母": "祖父 祖母 祖父母 爷爷 奶奶 外祖父 外祖母 外祖父母 外公 外婆 姥爷 姥姥 曾祖父 曾祖母",
    "孙子女": "孙 孙子 孙女 孙子女 外孙 外孙子 外孙女 外孙子女 长孙 曾孙 曾孙女",
    "配偶的父母": "岳父 岳母 公公 婆婆 岳父母 公婆 配偶父母 配偶的父母",
    "子女的配偶": "儿媳 媳妇 儿媳妇 女婿 子女配偶 子女的配偶",
    "叔伯姑舅姨": "伯父 伯母 叔父 叔叔 婶母 姑父 姑母 姑姑 舅父 舅母 舅舅 姨父 姨母 侄子 侄女 外甥 外甥女 侄 甥",
    "其他": "其他 非亲属 其他亲属 共同生活人员",
}
_READ = {word: kind for kind, words in WORDS.items() for word in words.split()}


def relation() -> pl.Expr:
    """Of the column relation: a key of WORDS, null where it is blank or not understood."""
    said = pl.col("relation").str.replace_all(r"[\s（）()]", "")
    return said.replace_strict(_READ, default=None, return_dtype=pl.String)
