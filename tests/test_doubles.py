"""The same article from two files is one with two sources; what is nearly the same is listed."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from fakes import make_article
from hypothesis import given
from hypothesis import strategies as st

from rag.__main__ import main
from rag.datatypes import Article, Kind
from rag.reading.article_json import article_from_json, article_to_json
from rag.reading.doubles import without_doubles
from rag.reading.near_doubles import near_doubles

NOTICE = """松溪县冬季取暖补贴按户发放，符合条件的家庭每户补贴{amount}元，由居住地的乡镇受理。
申请人须持身份证和户口簿到便民服务中心填写登记表，工作人员当场核对，材料齐全的当日办结。
补贴款在公示七天以后打入一卡通，逾期没有申请的视为自动放弃，举报虚报冒领的受法律保护。"""


def article(title: str, text: str, source: str, **facts: object) -> Article:
    made = make_article(title, *text.split("\n"), kind=Kind.POLICY)
    return replace(made, id=source, source=source, **facts)  # type: ignore[arg-type]


def test_the_one_of_which_most_is_known_stays_and_names_the_other_files() -> None:
    plain = article("取暖补贴", NOTICE, "a.txt")
    dated = article("取暖补贴", NOTICE.replace("，", "， "), "b.pdf", published="2026-11-01", copies=("c.htm",))
    other = article("另一篇", "渡口停航一天。", "d.txt")
    kept = without_doubles([plain, other, dated])
    assert [(a.source, a.copies) for a in kept] == [("b.pdf", ("a.txt", "c.htm")), ("d.txt", ())]


def test_one_figure_makes_another_article() -> None:
    one, other = (article("取暖补贴", NOTICE.format(amount=n), f"{n}.txt") for n in (300, 500))
    assert without_doubles([one, other]) == [one, other]


@given(st.lists(st.sampled_from(["甲。", "甲 。", "乙。"]), max_size=6))
def test_merging_twice_is_merging_once(texts: list[str]) -> None:
    once = without_doubles([article("题", text, f"{n}.txt") for n, text in enumerate(texts)])
    assert without_doubles(once) == once
    assert {name for a in once for name in (a.source, *a.copies)} == {f"{n}.txt" for n in range(len(texts))}


def test_copies_are_kept_with_the_article_and_an_article_without_keeps_its_form() -> None:
    alone = article("题", "字。", "a.txt")
    assert "copies" not in article_to_json(alone)
    both = replace(alone, copies=("b.txt",))
    assert article_from_json(json.loads(json.dumps(article_to_json(both)))) == both


def test_another_years_notice_is_nearly_the_same_and_another_matter_is_not() -> None:
    one = article("2025年取暖补贴", NOTICE.format(amount=300), "2025.txt")
    other = article("2026年取暖补贴", NOTICE.format(amount=500), "2026.txt")
    third = article("犬只管理", "养犬须到乡镇登记，每年交费50元，携犬外出须束牵引带。" * 5, "犬.txt")
    [pair] = near_doubles([one, third, other])
    assert (pair.one, pair.other) == (one, other)
    assert pair.share == 103 / 119  # eight runs of each hold the figure


def test_a_formula_that_two_share_makes_no_pair() -> None:
    formula = "由县人民政府办公室负责解释，执行中的问题请及时反映。"
    own = ("三号渡口因涨水停航一天，请改乘公交车或者绕行青石桥。", "图书馆周一闭馆整理书架，还书可投入门口的还书箱。")
    assert near_doubles([article(f"题{n}", words + formula, f"{n}.txt") for n, words in enumerate(own)]) == []


def test_a_long_text_is_told_from_its_double_as_a_short_one_is() -> None:
    lines = [f"第{n}条　松溪县{chr(0x4E00 + n)}类补贴每户{n * 7}元，向{chr(0x5E00 + n)}乡申请。" for n in range(1, 400)]
    one = article("甲", "\n".join(lines), "a.txt")
    [pair] = near_doubles([one, article("乙", "\n".join(lines[:-40]), "b.txt")])
    assert pair.share == pytest.approx(0.9, abs=0.07)


@pytest.mark.parametrize("text", ["", "短。", "？？？"])
def test_a_text_of_a_few_signs_is_near_to_nothing(text: str) -> None:
    assert near_doubles([article("甲", text, "a"), article("乙", text, "b")]) == []


def test_the_command_line_lists_both(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    title = "关于发放取暖补贴的通知\n\n"
    for name, amount in (("一", 300), ("二", 300), ("三", 500)):
        (tmp_path / f"{name}.txt").write_text(title + NOTICE.format(amount=amount), "utf-8")
    assert main(["articles", str(tmp_path), "--doubles"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "同一篇  《关于发放取暖补贴的通知》  一.txt、二.txt"
    assert lines[1].startswith("相同 ")
    assert lines[2] == "1 篇在几个文件里，1 对几乎相同"
    assert main(["articles", str(tmp_path), "--doubles", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["doubles"][0]["files"] == ["一.txt", "二.txt"]
    assert told["near"][0]["share"] > 0.5
