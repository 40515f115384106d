import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiuzhu_check.values import person_name


def read(raw: str | None) -> str | None:
    found = person_name.read(pl.Series([raw], dtype=pl.String)).item()
    return None if found is None else str(found)


@pytest.mark.parametrize("dot", [*"·•‧∙⋅・･．﹒.。●˙᛫-", "", " ", "\u3000"])
def test_every_middle_dot_is_the_same_name(dot: str) -> None:
    assert read(f"努尔买买提{dot}吐尔逊") == "努尔买买提吐尔逊"


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("张　伟", "张伟"), (" 张 伟 ", "张伟"), ("张\u200b伟\ufeff", "张伟"), ("张伟\t", "张伟"), ("'张伟", "张伟"),
        ("王芳（已故）", "王芳"), ("王芳(50%)", "王芳"), ("王芳【户主】", "王芳"), ("王芳（户主", "王芳"), ("王芳已故", "王芳"),
        ("李娜 曾用名：李丽", "李娜"), ("李娜曾用名李丽", "李娜"), ("李娜女士", "李娜"), ("王强先生", "王强"), ("李女士", "李"),
        ("张?", "张□"), ("张？", "张□"), ("张□", "张□"), ("张*", "张□"), ("张＊＊", "张□□"), ("张\ue863", "张□"),
        ("张(上龙下天)", "张□"), ("john smith", "JOHNSMITH"), ("ＪＯＨＮ　ＳＭＩＴＨ", "JOHNSMITH"), ("O'Brien", "OBRIEN"),
        ("\uf90a某", "金某"),
    ],
)  # fmt: skip
def test_folding_takes_away_what_is_not_the_name(raw: str, name: str) -> None:
    assert read(raw) == name


@pytest.mark.parametrize("raw", [None, "", " ", "无", "不详", "待补", "无名氏", "-", "/", "null", "未知"])
def test_a_word_for_blank_is_no_name(raw: str | None) -> None:
    assert read(raw) is None


@pytest.mark.parametrize(("one", "other"), [("張偉", "张伟"), ("肖红", "萧红"), ("付强", "傅强")])
def test_variants_stay_apart_for_they_are_evidence(one: str, other: str) -> None:
    assert read(one) != read(other)


pieces = st.sampled_from([*"张王李伟芳娜赵先生女士同志已故曾用名无不详·. (）A?\u3000", "先生", "已故", "曾用名"])


@given(st.lists(st.lists(pieces, max_size=6).map("".join), max_size=12))
@settings(deadline=None, derandomize=True)
def test_the_short_way_for_plain_names_says_what_folding_says(cells: list[str]) -> None:
    folded = pl.DataFrame({"raw": pl.Series(cells, dtype=pl.String)}).select(person_name.fold(pl.col("raw")))
    assert person_name.read(pl.Series(cells, dtype=pl.String)).to_list() == folded.to_series().to_list()


@pytest.mark.parametrize(
    "firm", ["某某商贸有限公司", "上崖村村民委员会", "某某县人民政府", "青崖镇卫生院", "某某县某某小学"]
)
def test_a_firm_or_a_committee_is_no_person(firm: str) -> None:
    told = pl.DataFrame({"name": [firm, "欧阳建国", None]}).select(person_name.is_organisation(pl.col("name")))
    assert told.to_series().to_list() == [True, False, None]


@given(st.lists(st.one_of(st.none(), st.text(alphabet="张王李伟芳娜", min_size=1, max_size=8)), max_size=8))
@settings(deadline=None, derandomize=True)
def test_a_masked_name_shows_its_first_character_only(names: list[str | None]) -> None:
    masked = pl.DataFrame({"name": pl.Series(names, dtype=pl.String)}).select(person_name.mask_name(pl.col("name")))
    for name, shown in zip(names, masked.to_series(), strict=True):
        assert (shown is None) == (name is None)
        assert name is None or (shown[0] == name[0] and set(shown[1:]) <= {"*"})
