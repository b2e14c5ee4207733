import pytest
from fakes import make_article
from hypothesis import given
from hypothesis import strategies as st

from rag.datatypes import Span
from rag.reading.passages import (
    MAX_CHARACTERS,
    enumeration_starts,
    last_item,
    split_articles,
    split_paragraph,
    split_passages,
)

FILLER = "各部门要把这项工作放在心上并且按月通报进展。"  # 22 characters
ITEMS = ("一是修好桥，" + FILLER * 2, "二是铺好路，" + FILLER * 2, "三是种好树，" + FILLER * 2)


def texts(*paragraphs: str) -> list[str]:
    return [passage.text for passage in split_passages(make_article("甲", *paragraphs))]


def test_a_paragraph_is_a_passage() -> None:
    assert texts("青石桥昨日通车。", "白苇桥今日开工。") == ["青石桥昨日通车。", "白苇桥今日开工。"]


def test_passages_are_numbered_from_0_after_their_articles_id() -> None:
    articles = [make_article("甲", "桥。", "路。"), make_article("乙", "树。")]
    assert [p.id for p in split_articles(articles)] == ["甲#0", "甲#1", "乙#0"]


def test_the_items_of_a_long_enumeration_are_passages_of_their_own_with_the_lead_before_them() -> None:
    assert texts("她建议：" + "".join(ITEMS)) == ["她建议：", *ITEMS]


def test_a_short_enumeration_stays_whole() -> None:
    assert texts("她建议：一是修桥；二是铺路。") == ["她建议：一是修桥；二是铺路。"]


def test_a_heading_goes_with_the_paragraph_below_it() -> None:
    assert texts("一、申报条件", "年满16周岁，有本市户籍。") == ["一、申报条件\n年满16周岁，有本市户籍。"]


def test_two_headings_go_with_the_paragraph_below_them() -> None:
    assert texts("补贴办法", "一、条件", "年满16周岁，有本市户籍。") == ["补贴办法\n一、条件\n年满16周岁，有本市户籍。"]


def test_a_last_paragraph_that_looks_like_a_heading_is_a_passage() -> None:
    assert texts("青石桥昨日通车，全长120米。", "咨询电话见官网") == ["青石桥昨日通车，全长120米。", "咨询电话见官网"]


def test_a_long_paragraph_is_cut_at_sentence_ends_into_parts_of_at_most_300() -> None:
    parts = texts(FILLER * 30)
    assert [len(part) for part in parts] == [286, 286, 88]
    assert max(map(len, parts)) <= MAX_CHARACTERS


def test_a_sentence_longer_than_a_passage_is_cut_like_any_other() -> None:
    assert [len(part) for part in texts("桥" * 400 + "。路。")] == [300, 103]


def test_passages_cover_every_character_of_every_paragraph_once() -> None:
    article = make_article("甲", "她建议：" + "".join(ITEMS), FILLER * 30)
    assert "".join(p.text for p in split_passages(article)) == article.text.replace("\n", "")


WRITTEN = st.text(st.sampled_from("桥建筑一二三是要首先①（1）.。；：，？ 元路"), min_size=1, max_size=700).filter(
    str.strip
)


@given(st.lists(WRITTEN.map(str.strip), min_size=1, max_size=5))
def test_passages_of_any_paragraphs_hold_every_character_once_and_are_short(paragraphs: list[str]) -> None:
    article = make_article("甲", *paragraphs)
    passages = split_passages(article)
    assert all(len(passage.text) <= MAX_CHARACTERS for passage in passages)
    assert "".join("".join(p.text.split()) for p in passages) == "".join(article.text.split())


def test_parts_are_spans_of_the_article_not_of_the_paragraph() -> None:
    article = make_article("甲", "桥通了。", "她建议：" + "".join(ITEMS))
    assert split_paragraph(article.text, article.paragraphs[1])[:2] == [Span(5, 9), Span(9, 59)]


@pytest.mark.parametrize(
    ("words", "starts"),
    [
        ("一是桥；二是路。", [0, 4]),
        ("建议：一要修。二要铺。三要种。", [3, 7, 11]),
        ("首先修桥。其次铺路。最后种树。", [0, 5, 10]),
        ("首先修桥。最后种树。", [0, 5]),
        ("（1）桥；（2）路。", [0, 5]),
        ("①桥②路③树", [0, 2, 4]),
        ("第一，修桥。第二，铺路。", [0, 6]),
        ("材料： 1. 申请表； 2. 证明。", [4, 12]),
        ("1．修桥；2．铺路。", [0, 5]),
        ("1、修桥；2、铺路。", [0, 5]),
    ],
)
def test_an_enumeration_is_known_by_its_markers_in_order(words: str, starts: list[int]) -> None:
    assert enumeration_starts(words) == starts


@pytest.mark.parametrize(
    "words",
    [
        "一是桥。",
        "补贴1.5万元。2.5万元封顶。",
        "领表：1、2号窗口。交表：2、3号窗口。",
        "二是路。三是树。",
        "这一是桥那二是路。",
        "桥通了。",
        "",
    ],
)
def test_a_lone_marker_or_one_inside_a_clause_is_no_enumeration(words: str) -> None:
    assert enumeration_starts(words) == []


@pytest.mark.parametrize(
    ("paragraphs", "last"),
    [
        (["三个方面：一是桥。", "二是路。", "三是树。", "完。"], 2),
        (["一是桥。二是路。", "路要宽。", "三是树。"], 2),
        (["首先修桥。", "最后种树。"], 1),
        (["第一，修桥。", "第二，铺路。"], 1),
        (["第一,修桥。", "第二,铺路。"], 1),
        (["一是桥。", "一是树。", "二是草。"], 0),
        (["桥通了。", "一是路。", "二是树。"], 0),
        (["二是路。", "三是树。"], 0),
        (["一是桥。", "完。"], 0),
    ],
)
def test_a_list_of_running_text_goes_on_below_with_its_next_marker(paragraphs: list[str], last: int) -> None:
    assert last_item(paragraphs, 0) == last


@pytest.mark.parametrize(
    "asked", ["问：骗提的怎么处理？", "一、哪些人可以申请？", "记者：今年，有什么打算？", "多久办好?"]
)
def test_a_question_stands_over_its_answer(asked: str) -> None:
    article = make_article("解读", "前言。", asked, "责令退回。", "后记。")
    assert [p.text for p in split_passages(article)] == ["前言。", f"{asked}\n责令退回。", "后记。"]


def test_a_question_that_ends_the_article_or_goes_on_is_a_paragraph() -> None:
    article = make_article("桥", "老桥怎么办？有人说拆。", "谁来管？")
    assert [p.text for p in split_passages(article)] == ["老桥怎么办？有人说拆。", "谁来管？"]
