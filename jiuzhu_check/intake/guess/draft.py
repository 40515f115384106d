"""草稿 draft: the text of a source.toml for a file as it was seen. In Chinese, for whoever corrects it.

Of the sample only headings and codes stand in it: no name, no number, no date, no amount.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from jiuzhu_check.intake.guess.columns import Column
from jiuzhu_check.intake.guess.content import MOST_CODES, SEPARATORS, names_in, showable
from jiuzhu_check.intake.guess.known import Known, code_of
from jiuzhu_check.intake.heading import stated_unit
from jiuzhu_check.intake.look import Seen
from jiuzhu_check.intake.source import Source
from jiuzhu_check.intake.spelling import normal
from jiuzhu_check.tables.record import OWNER, RECORDS
from jiuzhu_check.tables.schema import AREA, DATE, FLAG, MONEY, POWER
from jiuzhu_check.values import person_name

FOOTERS = ("合计", "总计", "小计", "共计", "注[:：]", "备注[:：]", "说明[:：]", "制表", "查询时间", "打印")
_KINDS = {
    "delimited": "分隔文本", "spreadsheet": "电子表格", "dbf": "DBF 表", "xml": "XML", "json": "JSON",
    "jsonl": "JSON 行", "fixed": "定长文本",
}  # fmt: skip
_MARKS = {"\t": "Tab", "\x1b": "0x1B"}
_HOW = {"content": "按内容猜的，请核实", "ending": "按表头末尾几个字猜的，请核实"}
_ABOUT = {
    "somebody_else": "像代办人、配偶等另一个人的，没有接：接错会认错人",
    "taken": "和上面某一列重复，没有接：两个表头不能同是一列",
    "unknown": "没有接",
}
_SHOWN = 40  # characters of a heading


@dataclass(frozen=True)
class Draft:
    """What a source.toml is written from.

    name:    of the source; table: of its records; source: the shipped one that is most like it, or null
    """

    name: str
    table: str
    seen: Seen
    columns: Sequence[Column]
    closest: Source | None
    known: Known

    @property
    def connected(self) -> list[Column]:
        """The headings that are taken for a column: the owner's first, then in the file's order."""
        first = ("owner_name_raw", "owner_no_raw")
        return sorted(
            (each for each in self.columns if each.column),
            key=lambda each: (first.index(each.column) if each.column in first else len(first), each.place),
        )

    def text(self) -> str:
        """The whole file."""
        parts = (
            self._head(), self._format(), self._columns(), self._left_out(), self._constant(), self._also(), self._read(),
            self._units(), self._owners(), self._contract(), *self._lookups(),
        )  # fmt: skip
        return "\n".join("\n".join(part) + "\n" for part in parts if part)

    def _head(self) -> list[str]:
        like = f"，写法仿 {self.closest.id}（{self.closest.title}）" if self.closest else ""
        return [
            f"# 由 connector guess 按一份样本写成的草稿{like}。逐段核对，改好后：",
            "#   jiuzhu-check connector preview --spec 这个文件 样本      看读成什么",
            "#   jiuzhu-check connector validate --folder connectors 目录  检验写法",
            f"title       = {_quoted(self.name)}   # 改成中文名称，报告里用它",
            'department  = "请填写"   # 哪个部门',
            f"table       = {_quoted(self.table)}",
            'legal_basis = "条款待核实"   # 核实后照抄 parameters/legal_basis.toml 里的一条',
            'status      = "active"',
        ]

    def _format(self) -> list[str]:
        seen, form = self.seen, self.seen.format
        where = "字段名就是表头" if not seen.grid.header_row else f"表头在第 {seen.grid.header_row} 行"
        titles = f"，上面 {len(seen.above)} 行是标题" if seen.above else ""
        packed = {"zip": "（ZIP 压缩包里）", "gzip": "（GZIP 压缩）"}.get(seen.packed, "")
        lines = [f"# 样本{packed}是{_KINDS[form.kind]}，{where}{titles}。表头行每次自己找，不用写。", "[format]"]
        inside = form.kind == "spreadsheet" and seen.packed == "zip"
        lines.append(f"kind      = {_quoted('zip' if inside else form.kind)}")
        if form.kind == "delimited":
            mark = _MARKS.get(form.delimiter, "")
            lines.append(f"encoding  = {_quoted(form.encoding)}   # 换了编码就拒收；写 auto 则每次自己判断")
            lines.append(f"delimiter = {_quoted(form.delimiter)}" + (f"   # {mark}" if mark else ""))
        if form.records:
            lines.append(f"records   = {_quoted(form.records)}   # 一行行数据在这里面")
        footers = ", ".join(map(_quoted, FOOTERS))
        return [*lines, "# 以这些字开头而又缺必需列的行，是合计或说明，不是数据", f"footers   = [{footers}]"]

    def _columns(self) -> list[str]:
        table = [
            (each.column, f"[{', '.join(map(_quoted, _spellings(each)))}]", _HOW.get(each.how, ""))
            for each in self.connected
        ]
        return [
            "# 左边是本程序的列名，右边是部门的表头；同一列有几种写法的，都列进 [ ] 里",
            "[columns]",
            *_aligned(table),
        ]

    def _left_out(self) -> list[str]:
        lines = []
        for each in self.columns:
            if each.column or (each.about == "blank" and each.content.kind == "blank"):
                continue
            shown = _heading(each)
            safe = [_clean(value) for value, _ in each.content.values if not self._names_somebody(value)]
            values = "、".join(safe[:8])
            told = f"{each.content.word}：{values}" if values else each.content.word
            lines.append(f"#   {shown}（{told}）{_ABOUT.get(each.about, '没有表头，却有内容；读不了，请部门补上表头')}")
        if not lines:
            return []
        free = [column for column in RECORDS[self.table].columns if column not in OWNER and column not in _ORIGIN]
        free = [column for column in free if column not in {each.column for each in self.columns}]
        return [
            "# 没有接的表头，不会读。要接的写进上面的 [columns]；不要的留在这里，日后有据可查：",
            *lines,
            f"# {self.table} 表还空着的列：{'、'.join(free)}",
        ]

    def _constant(self) -> list[str]:
        values = {value for source in self.known.of(self.table) for value in source.constants.values()}
        if not values or self.closest is None:
            return []
        lines = [
            "# 整份数据都是同一种东西的，在这里说明它是什么（去掉 #）；已有来源的写法：" + "、".join(sorted(values))
        ]
        told = self.closest.constants or {"kind": sorted(values)[0]}
        free = {column: value for column, value in told.items() if column not in {each.column for each in self.columns}}
        return (
            [*lines, "# [constant]", *(f"# {column} = {_quoted(value)}" for column, value in free.items())]
            if free
            else []
        )

    @property
    def also(self) -> Mapping[str, str]:
        """Columns that are a second reading of another one, as the other sources of this table have them."""
        given = {each.column for each in self.columns}
        every = {column: origin for source in self.known.of(self.table) for column, origin in source.also.items()}
        return {column: origin for column, origin in every.items() if origin in given and column not in given}

    def _also(self) -> list[str]:
        if not self.also:
            return []
        told = [(column, _quoted(origin), "") for column, origin in self.also.items()]
        return ["# 同一格再读一遍：比对用的另一种写法", "[also]", *_aligned(told)]

    def reader(self, column: str, content: str = "") -> str:
        """How a column is read; empty where as text."""
        dtype, shipped = RECORDS[self.table].columns[column], self.known.reader(self.table, column, self.closest)
        if column in self.lookup_columns:
            return ""
        if dtype == DATE and content in ("month", "day"):
            return content
        return shipped or {DATE: "day", MONEY: "money", AREA: "area", FLAG: "flag", POWER: "power"}.get(dtype, "")

    def _read(self) -> list[str]:
        asked = [
            *((each.column, each.content.kind) for each in self.connected),
            *((column, "") for column in self.also),
        ]
        told = [(column, _quoted(reader), "") for column, content in asked if (reader := self.reader(column, content))]
        return (
            ["# 怎样读：day 日期、month 月份、money 金额、area 面积……不写的照原文存", "[read]", *_aligned(told)]
            if told
            else []
        )

    def _units(self) -> list[str]:
        stated = stated_unit(self.seen.above)
        told = []
        for each in self.connected:
            if self.reader(each.column, each.content.kind) != "money":
                continue
            unit = each.unit or stated
            why = (
                f"表头写着{unit}"
                if each.unit
                else f"标题写着单位：{unit}"
                if stated
                else "表头没有写单位，请向部门核实"
            )
            told.append((each.column, _quoted(unit if unit in _UNITS else "元"), why))
        return ["# 单元格和表头都没有写单位时，按这个单位；一律换算成元", "[units]", *_aligned(told)] if told else []

    def _owners(self) -> list[str]:
        several = max((each.content.several for each in self.connected if each.column.startswith("owner_n")), default=0)
        found = f"样本里有 {several} 行一格有几位" if several else "样本里没有，有了也不丢"
        return [f"# 一格里有几位权利人时，由这些符号分开；{found}", "[owners]", f"separators = {_quoted(SEPARATORS)}"]

    @property
    def required(self) -> list[str]:
        """The columns by which the header is found and without which a delivery is refused."""
        given = [each.column for each in self.connected if each.content.kind != "blank" and each.always]
        wanted = [column for source in self._sources for column in source.contract.required if column in given]
        sure = [each.column for each in self.connected if each.how == "heading" and each.column in given]
        owner = [column for column in ("owner_name_raw", "owner_no_raw") if column in given]
        more = [column for column in dict.fromkeys([*wanted, *sure, *given]) if column not in OWNER]
        return [*owner, *more[:2]] or given[:2]

    @property
    def _sources(self) -> list[Source]:
        return sorted(self.known.of(self.table), key=lambda source: source is not self.closest)

    def _contract(self) -> list[str]:
        lines = [
            "# 约定：缺必需列的交付整份拒收；表头也靠必需列来找",
            "[contract]",
            f"required        = [{', '.join(map(_quoted, self.required))}]",
            "min_rows        = 1      # 至少几行；空表不等于没有记录",
            "max_drop_pct    = 20     # 比上一次少百分之几以上就拒收",
            "max_reject_pct  = 1.0    # 读不出来的行超过百分之几就拒收",
            "freshness_days  = 40     # 数据时点多少天以内算新",
        ]
        if not self.seen.ended:
            lines.append(
                "final_newline   = false  # 样本末尾没有换行：传输中断会看不出来，最好请部门补上，再删去这一行"
            )
        return lines

    @cached_property
    def _names(self) -> frozenset[str]:
        """Every name in the sample, be it an owner's or an agent's."""
        cells = [each.cells for each in self.columns if each.content.kind == "name"]
        return frozenset(name for column in cells for name in person_name.read(names_in(column)).drop_nulls().unique())

    def _names_somebody(self, value: str) -> bool:
        return any(value[start : start + size] in self._names for size in (2, 3, 4) for start in range(len(value)))

    @property
    def lookup_columns(self) -> list[str]:
        """The connected columns for which some source of this table has a code table."""
        return [each.column for each in self.connected if self.known.lookups(self.table, each.column, self.closest)]

    def _lookups(self) -> list[list[str]]:
        return [part for each in self.connected if each.column in self.lookup_columns if (part := self._lookup(each))]

    def _lookup(self, each: Column) -> list[str]:
        lookups = self.known.lookups(self.table, each.column, self.closest)
        counted, withheld = showable(each.cells, lambda value: bool(code_of(lookups, value)))
        safe = [(value, rows) for value, rows in counted if not self._names_somebody(value)]
        withheld += len(counted) - len(safe)
        coded = [(value, code_of(lookups, value), rows) for value, rows in safe]
        first = lookups[0]
        codes = "、".join(list(dict.fromkeys(first.values.values()))[:MOST_CODES])
        lines = [
            f"# {_heading(each)}：右边是本程序的代码，可用 {codes}",
            *(
                ["# 样本里有、而代码还不知道的，前面有 #：填上代码再去掉 #；不填则原文照存，并在取数时报告"]
                if any(not code for _, code, _ in coded)
                else []
            ),
            *([f"# 另有 {withheld} 种值太长、像号码或像姓名，没有列出"] if withheld else []),
        ]
        extra = [
            *(["letters = true   # 一格可有几个字母"] if first.letters else []),
            *([f"known   = {_quoted(first.known)}   # 这样写的代码照原样"] if first.known else []),
            *([f"ignore  = {_quoted(first.ignore)}   # 这样的部分不看"] if first.ignore else []),
        ]
        if extra:
            lines += [f"[lookups.{each.column}]", *extra]
        lines.append(f"[lookups.{each.column}.values]")
        lines += [
            f"{_quoted(value)} = {_quoted(code)}" if code else f'# {_quoted(value)} = ""   # {rows} 行'
            for value, code, rows in coded
        ]
        return lines


_ORIGIN = ("source", "supplier", "snapshot", "extract", "sheet", "source_row", "slot")
_UNITS = ("元", "万元", "千元", "百元", "分", "角", "亿元")


def _heading(each: Column) -> str:
    """A heading as it may be shown; one that could be somebody's is told by its place."""
    text = _clean(each.heading)
    if not normal(text) or len(text) > _SHOWN or re.search("[0-9]{6}", text):
        return f"第 {each.place + 1} 列"
    return text


def _clean(text: str) -> str:
    """The text as it may stand in a comment: on one line, without control characters."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\s]+", " ", text).strip()


def _spellings(each: Column) -> list[str]:
    """How the sheets call a column, each spelling once."""
    return list({normal(heading): heading.strip() for heading in (each.heading, *each.more)}.values())


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _aligned(rows: Sequence[tuple[str, str, str]]) -> list[str]:
    width = max(len(key) for key, _, _ in rows)
    return [f"{key:{width}} = {value}" + (f"   # {remark}" if remark else "") for key, value, remark in rows]
