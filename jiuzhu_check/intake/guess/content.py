"""内容 content: what the cells of a column look like, told by their shape and their checksums, never by their heading."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from jiuzhu_check.values import day, disability_certificate, identity_number, money, month, person_name
from jiuzhu_check.values.blank import says_nothing

SEPARATORS = "、，,;；/／|&＆\n"
LOOKED_AT = 5000  # cells of a column
MOST_CODES = 30  # distinct values; more, and it is no code
LONGEST_CODE = 20  # characters
_MOST_DIGITS = 4  # of a code: more are a number, an account, an amount
_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪"
    "田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温"
    "芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐梅莫庄辛管祝左涂谷祁时舒耿牟卜詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈"
    "鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边努艾买阿吐古"
)
_FIGURES = r"^[+-]?[0-9]{1,12}(?:\.[0-9]+)?$"
_DAY = (
    r"^(?:[0-9]{4}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}|[12][0-9]{7}(?:$|[ T0-9])|1[0-9]{12}$|0[89][0-9]{11}$|长期|永久)"
)
_MONTH = r"^(?:(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])|(?:19|20)[0-9]{2}[-/年][0-9]{1,2}月?)$"
_SHAPES = {
    "unit_no": r"^[0-9]{12}[GJZ][A-Z][0-9]{5}[FLQW][0-9]{8}$",
    "vin": r"^(?:[A-HJ-NPR-Z][A-HJ-NPR-Z0-9]{16}|[0-9][A-HJ-NPR-Z][A-HJ-NPR-Z0-9]{15})$",
    "plate": r"^\p{Han}(?:[A-Z][A-Z0-9]{4,6}|[0-9]{2}[0-9]{5})\p{Han}?$",
    "phone": r"^(?:\+?86)?1[0-9]{10}$|^0[0-9]{2,3}[0-9]{7,8}$",
    "sex": r"^[男女]性?$",
    "flag": r"^[是否]$",
    "land_certificate": r"不动产(?:权|证明)|权证|字第|[国集]用",
    "metres": r"^[0-9.]+(?:平方米|平米|㎡|M2)$",
}


@dataclass(frozen=True)
class Content:
    """What a column's cells are.

    kind:     number, disability, credit_code, unit_no, vin, plate, phone, sex, flag, land_certificate, metres, day, month,
              name, organisation, address, serial, amount, code, text, blank
    rows:     cells that say something; distinct: how many different ones
    several:  cells that hold several numbers or names
    values:   of a code the values that may be shown, the most frequent first, each with its rows
    withheld: how many values of a code may not: they could be personal
    """

    kind: str
    rows: int
    distinct: int
    several: int = 0
    values: tuple[tuple[str, int], ...] = ()
    withheld: int = 0

    @property
    def word(self) -> str:
        """The kind in Chinese, as it stands in a source.toml."""
        return {
            "number": "公民身份号码", "disability": "残疾人证号", "credit_code": "统一社会信用代码",
            "unit_no": "不动产单元号", "vin": "车辆识别代号", "plate": "号牌号码", "phone": "电话",
            "sex": "性别", "flag": "是或否", "land_certificate": "权证号", "metres": "面积",
            "day": "日期", "month": "月份", "name": "姓名", "organisation": "单位名称",
            "address": "地址", "serial": "顺序号", "amount": "数", "code": "代码",
            "text": "文字", "blank": "空白",
        }[self.kind]  # fmt: skip


def content_of(column: pl.Series) -> Content:
    """What the cells of one column are. Blank cells and words for blank count for nothing."""
    cells = column.to_frame("cell").filter(~says_nothing(pl.col("cell"))).to_series().head(LOOKED_AT)
    if cells.is_empty():
        return Content("blank", 0, 0)
    rows, distinct = cells.len(), cells.n_unique()
    text = cells.to_frame("cell").select(pl.col("cell").str.normalize("NFKC").str.strip_chars()).to_series()
    parts, several = _parts(text)
    kind = _person_kind(cells, parts, rows) or _shape_kind(text) or _figure_kind(text) or _word_kind(text, parts)
    if kind not in ("text", "amount") or not _few(rows, distinct):
        return Content(kind, rows, distinct, several if kind in ("number", "name", "credit_code") else 0)
    shown, withheld = showable(text)
    if kind == "amount" and not all(re.fullmatch("[0-9]{1,2}", value) for value, _ in shown):
        return Content(kind, rows, distinct)
    return Content("code" if kind == "text" else kind, rows, distinct, 0, shown, withheld)


def showable(
    text: pl.Series, known: Callable[[str], bool] = lambda value: False
) -> tuple[tuple[tuple[str, int], ...], int]:
    """The distinct values that may stand in a file for anybody to read, with their rows, and how many may not.

    A code is short, with few digits and none covered; where no code table knows it, it is no name either.
    """
    counted = (
        pl.DataFrame({"value": text.drop_nulls().str.strip_chars()})
        .group_by("value")
        .len("rows")
        .sort(["rows", "value"], descending=[True, False])
    )
    few = pl.col("value").str.count_matches("[0-9]") <= _MOST_DIGITS
    short = (pl.col("value").str.len_chars() <= LONGEST_CODE) & few & ~pl.col("value").str.contains(r"[*●■□]")
    named = _is_name(pl.col("value")) | person_name.is_organisation(pl.col("value"))
    told = counted.filter(short).with_columns(named=named.fill_null(value=False))
    kept = [(value, rows) for value, rows, name in told.iter_rows() if not name or known(value)][:MOST_CODES]
    return tuple(kept), counted.height - len(kept)


def _few(rows: int, distinct: int) -> bool:
    return distinct <= MOST_CODES and 2 * distinct <= rows


def _parts(text: pl.Series) -> tuple[pl.Series, int]:
    """The cells cut at what stands between owners, and how many cells a separator cuts; a blank may be in a name."""
    bare = text.str.replace_all(r"[(（][^)）]*[)）]", "")
    several = bare.str.strip_chars(SEPARATORS).str.contains(f"[{SEPARATORS}]")
    return bare.str.replace_all(f"[{SEPARATORS}]+|\\s+", "、").str.split("、").explode().str.strip_chars(), int(
        several.sum()
    )


def names_in(cells: pl.Series) -> pl.Series:
    """The names of cells that may hold several each."""
    return _parts(cells.drop_nulls())[0]


def _share(of: pl.Series, shape: str) -> float:
    return float(of.str.contains(shape).fill_null(value=False).mean() or 0)  # type: ignore[arg-type]


def _person_kind(cells: pl.Series, parts: pl.Series, rows: int) -> str:
    """number, disability or credit_code: what a checksum tells."""
    if disability_certificate.holder(cells).is_not_null().sum() >= 0.4 * rows:
        return "disability"
    kinds = identity_number.read(cells)["kind"]
    cut = identity_number.read(parts.filter(parts.str.len_chars() >= 15))["kind"]
    told = ("valid", "upgraded")
    whole = int(kinds.is_in(told).sum()) + int(cut.is_in(told).sum())
    damaged = int((~kinds.is_in([*told, "blank", "other", "placeholder", "military", "passport", "credit_code"])).sum())
    if whole >= 0.4 * rows or (whole and whole + damaged >= 0.8 * rows):
        return "number"
    return "credit_code" if kinds.eq("credit_code").sum() >= 0.4 * rows else ""


def _shape_kind(text: pl.Series) -> str:
    bare = text.str.to_uppercase().str.replace_all(r"[\s·•.\-]", "")
    for kind, shape in _SHAPES.items():
        if _share(text.str.to_uppercase() if kind in ("land_certificate", "metres") else bare, shape) >= 0.6:
            return kind
    return ""


def _figure_kind(text: pl.Series) -> str:
    frame = text.to_frame("cell")
    if _share(text, _MONTH) >= 0.6 and frame.select(month.read(pl.col("cell")).is_not_null().mean()).item() >= 0.6:
        return "month"
    if _share(text, _DAY) >= 0.6 and frame.select(day.read(pl.col("cell")).is_not_null().mean()).item() >= 0.5:
        return "day"
    if frame.select(money.read(pl.col("cell")).is_not_null().mean()).item() < 0.8:
        return ""
    whole = text.cast(pl.Int64, strict=False)
    steps = whole.diff().drop_nulls()
    return "serial" if whole.null_count() == 0 and steps.len() > 1 and (steps == 1).mean() == 1 else "amount"


def _word_kind(text: pl.Series, parts: pl.Series) -> str:
    names = parts.filter(parts != "").to_frame("name")
    distinct = names.unique()
    if names.height and distinct.select(_is_name(pl.col("name")).mean()).item() >= 0.6:
        return "name"
    frame = text.to_frame("cell")
    if frame.select(person_name.is_organisation(pl.col("cell")).fill_null(value=False).mean()).item() >= 0.5:
        return "organisation"
    placed = text.str.len_chars() >= 6
    if (placed & text.str.contains(r"[省市县区镇乡村路街巷号室组]")).mean() >= 0.6:  # type: ignore[operator]
        return "address"
    return "text"


def _is_name(cell: pl.Expr) -> pl.Expr:
    """Whether a cell reads like a person's name: two to four characters behind a usual surname, or a name with dots."""
    bare = person_name.fold(cell)
    usual = bare.str.contains(rf"^[{_SURNAMES}]\p{{Han}}{{1,3}}$")
    dotted = cell.str.contains(rf"^\p{{Han}}+[{person_name.DOTS[:8]}]\p{{Han}}+$")
    return (usual | dotted).fill_null(value=False)
