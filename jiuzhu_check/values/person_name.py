"""姓名 person name: folded for comparison; what was delivered is kept beside it.

Folding takes away only what is not the name: width, spaces, the many middle dots (the 2016 notice of twelve
ministries allows U+00B7 alone, practice has a dozen), bracketed notes such as （已故） or （50%）, titles. Traditional and
variant characters stay, for whether they are the same name is evidence to be weighed (matching/evidence/name.py).
"""

import polars as pl

DOTS = "·•‧∙⋅・･．﹒.。●˙\u0307᛫-"
PLACEHOLDER = "□"  # one character that the sender could not write
_PLAIN = r"^[\x{3400}-\x{4DBF}\x{4E00}-\x{9FFF}]{2,4}$"  # Han characters that fold to themselves
_NOTE = r"[(\[【〔][^)\]】〕]*[)\]】〕]?"
_TITLES = r"(等[0-9一二两三四五六七八九十]+人|先生|女士|同志|已故|已亡|已去世)$"
_BLANKS = ["", "无", "不详", "待补", "无名氏", "空", "-", "—", "/", "NULL", "NONE", "暂无", "未知", "姓名"]
_ORGANISATION = (
    r"公司|集团|工厂|厂$|商店|商行|店$|合作社|供销社|联社|村民委员会|村委会|居民委员会|居委会|经济组织|村集体|"
    r"委员会$|人民政府|政府$|管理局|局$|学校|学院|中学|小学|幼儿园|医院|卫生院|银行|信用社|中心$|协会|工会|事务所|"
    r"经营部|服务部|门市部|工作室|养殖场|农场|林场|车队$|研究所|设计院|基金会|教会|寺$"
)


def read(raw: pl.Series) -> pl.Series:
    """The folded name of each cell, null where it is blank.

    >>> read(pl.Series(["张　伟", "努尔买买提・吐尔逊", "王芳（已故）", "李强等2人", " 无 "])).to_list()
    ['张伟', '努尔买买提吐尔逊', '王芳', '李强', None]
    """
    cells = raw.cast(pl.String)
    said = pl.col("raw").str.contains(rf"{_TITLES}|曾用名") | pl.col("raw").is_in(_BLANKS)
    plain = (pl.col("raw").str.contains(_PLAIN) & ~said).fill_null(value=False)
    hard = cells.to_frame("raw").select((~plain).arg_true()).to_series()
    if hard.is_empty():
        return cells.alias("name")
    return cells.scatter(hard, cells.gather(hard).to_frame("raw").select(fold(pl.col("raw"))).to_series()).alias("name")


def fold(raw: pl.Expr) -> pl.Expr:
    """The folded name as an expression; see read."""
    text = raw.str.normalize("NFKC").str.to_uppercase()
    text = text.str.replace_all(
        r"[\x{200B}-\x{200F}\x{2028}-\x{202F}\x{2060}-\x{206F}\x{FEFF}\x{FE00}-\x{FE0F}\x{E0100}-\x{E01EF}\x{2FF0}-\x{2FFF}\x00-\x1F\x7F-\x{9F}]",
        "",
    )
    text = text.str.replace_all(r"曾用名[:：]?.*$", "").str.strip_chars()
    bare = text.str.replace_all(_NOTE, "").str.strip_chars()
    # 张(上龙下天): the bracket describes a character that the sender could not write, so it stands for one
    text = pl.when(bare.str.len_chars() >= 2).then(bare).otherwise(text.str.replace(_NOTE, PLACEHOLDER))
    text = (
        text.str.replace_all(r"[0-9]{14,18}X?", "")
        .str.replace_all(_TITLES, "")
        .str.replace_all(rf"[\s{_escape(DOTS)}'’‘`\"“”]", "")
    )
    text = text.str.replace_all(r"[?？□*＊■▢☐〓○◯×�\x{E000}-\x{F8FF}]", PLACEHOLDER)
    return pl.when(~text.is_in(_BLANKS)).then(text)


def listed(cell: pl.Expr) -> pl.Expr:
    """The names of a cell that lists some, as they stand; null stays null."""
    return cell.str.replace_all("[,，;；/／|]", "、").str.split("、")


def is_organisation(name: pl.Expr) -> pl.Expr:
    """Whether the owner is a firm, a committee, an office: not a person. Null where the name is."""
    return (name.str.len_chars() >= 4) & name.str.contains(_ORGANISATION)


def mask_name(name: pl.Expr) -> pl.Expr:
    """The first character and a star for each other: 张**; null stays null."""
    hidden = (name.str.len_chars().cast(pl.Int64) - 1).clip(0, 3)
    return name.str.head(1) + pl.lit("*").repeat_by(hidden).list.join("")


def _escape(characters: str) -> str:
    return "".join(f"\\x{{{ord(character):X}}}" for character in characters)
