"""Makes the file that docs/new-department.md begins with: the rural houses of 永和县, as nobody has described them yet.

    python sample_data/new_department.py [FOLDER]     (FOLDER: where to write; sample_data/new_department if left out)

The same bytes every time. Everybody in it is invented. It holds what such files are known for: GB18030, two title rows,
several owners in a cell, amounts in 万元, an agent's name, codes of the department's own, a total at the end.
"""

import sys
from datetime import date
from pathlib import Path
from random import Random

from invented.department_files import (
    FANG,
    GUILAN,
    JIANGUO,
    LEI,
    MAIMAITI,
    NA,
    QIANG,
    WEI,
    XIUYING,
    YAN,
    stranger,
    text,
)

SEED = 20181130
HEADINGS = "序号,户主及共有人,公民身份号码,房屋坐落,建筑面积(㎡),房屋用途,评估价(万元),发证日期,权证状态,经办人,备注"


def rural_house(rng: Random) -> bytes:
    """The file."""

    def row(
        names: str, numbers: str, place: str, area: str, use: str, price: str, day: str, state: str = "有效"
    ) -> list[str]:
        agent = rng.choice(("周海燕", "吴长顺"))
        return [names, numbers, f"永和县{place}", area, use, price, day, state, agent, ""]

    told = [
        row(f"{JIANGUO.name}、{XIUYING.name}", f"{JIANGUO.no}、{XIUYING.no}", "柳河镇东街12号", "142.5", "住宅", "18.6", "2015-06-01"),
        row(f"{QIANG.name}，{FANG.name}", f"{QIANG.no}，{FANG.old_no}", "城关街道学前路3号", "118", "住宅", "24", "2016/3/9"),
        row(NA.name, NA.no, "柳河镇北村7号", "96.30", "住宅", "9.85", "2014年11月20日"),
        row(MAIMAITI.name, MAIMAITI.no, "城关街道和平里5号", "210㎡", "商铺", "66", "20170512"),
        row("王？", YAN.no.lower(), "柳河镇南庄村22号", "88.8", "住宅", "7.2", "2013-05-05"),
        row(GUILAN.name, f"{GUILAN.no[:6]}********{GUILAN.no[14:]}", "柳河镇南庄村23号", "75", "住宅", "6", "2013-05-05", "注销"),
        row(f"{WEI.name}（已故）", WEI.no, "马店镇马店村1号", "130", "民宿", "31.5", "2018-02-28"),
        row(LEI.name, "", "柳河镇东街14号", "160", "民宿", "40", "2018-09-30"),
    ]  # fmt: skip
    for _ in range(32):
        who = stranger(rng)
        day = date(rng.randint(2012, 2018), rng.randint(1, 12), rng.randint(1, 28))
        use, state = rng.choice(["住宅"] * 8 + ["仓房"]), rng.choice(["有效"] * 9 + ["冻结"])
        place = who.address.removeprefix("永和县")
        told.append(
            row(
                who.name, who.no, place, f"{rng.randint(60, 200)}", use, f"{rng.randint(40, 300) / 10}", f"{day}", state
            )
        )
    head = [["永和县农村房屋登记情况表"], ["单位：万元"]]
    lines = [[str(place), *cells] for place, cells in enumerate(told, 1)]
    return text([*head, HEADINGS.split(","), *lines, ["合计", f"{len(told)}户", *[""] * 9]])


def make(folder: Path) -> None:
    """Write rural_house.csv into that folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "rural_house.csv").write_bytes(rural_house(Random(SEED)))


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "new_department")
