"""Everyday words are put in those of the article that answers, and only where it has other words."""

import pytest

from rag.question.synonyms import OFFICIAL, in_words_of, unknown_words

RULES = "每户限养一只犬。禁止携犬乘坐公共交通工具。高校毕业生就业有补贴，老年人优先，双休日照常。"


@pytest.mark.parametrize(
    ("question", "reworded"),
    [
        ("一家能养几只狗？", "每户能养几只犬？"),
        ("狗能坐公交吗？", "犬能坐公共交通工具吗？"),
        ("猫能坐公交吗？", "猫能坐公共交通工具吗？"),
        ("周末能来吗？", "双休日能来吗？"),
    ],
)
def test_an_everyday_word_becomes_the_articles(question: str, reworded: str) -> None:
    assert in_words_of(question, RULES) == reworded


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("狗怎么登记？", "狗和其他犬只都要登记。"),
        ("狗怎么登记？", "猫要登记。"),
        ("是哪一家公司？", "每户发一张卡。"),
        ("犬怎么登记？", RULES),
    ],
    ids=["the article says so too", "it has no word for it", "another meaning", "nothing everyday"],
)
def test_else_the_question_stays_as_it_is(question: str, text: str) -> None:
    assert in_words_of(question, text) == question


def test_words_that_a_text_does_not_hold_are_known() -> None:
    assert unknown_words("狗能坐公交吗？", RULES) == ["狗", "公交"]
    assert unknown_words("狗能坐公交吗？", "狗不能上公交车。") == []


def test_no_word_is_put_for_itself() -> None:
    assert [said for said, official in OFFICIAL.items() if {*said.split("|")} & {*official}] == []
