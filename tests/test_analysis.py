"""A question analysed once: what the steps are given in place of its text."""

from decimal import Decimal

import pytest

from rag.question.analysis import analyse
from rag.question.answer_type import AnswerType
from rag.question.fit import gives_answer_type


def test_a_question_holds_what_it_asks_for_and_what_about() -> None:
    question = analyse("青石县63岁老人坐车每月补多少钱？")
    assert (question.answer_type, question.is_plain, question.is_yes_or_no) == (AnswerType.AMOUNT, True, False)
    assert question.runs == ("青石县63岁老人坐车每月补",)
    assert question.bigrams[:3] == ("青石", "石县", "县6")
    assert (question.names, question.age) == (("青石",), Decimal(63))
    assert (question.normalized, question.alnum_only) == (
        "青石县63岁老人坐车每月补多少钱?",
        "青石县63岁老人坐车每月补多少钱",
    )


def test_one_question_is_its_own_only_part() -> None:
    question = analyse("青石桥多长？")
    assert question.subquestions == question.each == (question.text,)
    assert question.searched == question.judged == question.text


def test_what_is_asked_in_one_stands_apart() -> None:
    assert analyse("青石桥全长多少米？白苇渡由谁养护？").subquestions == ("青石桥全长多少米？", "白苇渡由谁养护？")
    assert analyse("青石桥和白苇桥各投资多少？").each == ("青石桥投资多少？", "白苇桥投资多少？")
    assert analyse("如何通过拓宽渡口和增开夜航来便民？").means == (("拓宽", "宽渡", "渡口"), ("增开", "开夜", "夜航"))


@pytest.mark.parametrize(
    ("text", "searched"),
    [("总结一下青石桥的养护措施", "青石桥的养护措施"), ("这篇写摆渡人的文章是谁写的？", "摆渡人")],
)
def test_it_is_searched_by_what_texts_that_answer_say(text: str, searched: str) -> None:
    assert analyse(text).searched == searched


def test_two_questions_with_the_same_text_are_one() -> None:
    assert analyse("青石桥多长？") == analyse("青石桥多长？")
    assert len({analyse("青石桥多长？"), analyse("青石桥多长？"), analyse("青石桥多宽？")}) == 2


def test_a_question_cannot_be_written_into() -> None:
    with pytest.raises(AttributeError):
        analyse("青石桥多长？").text = "白苇桥多长？"  # type: ignore[misc]


@pytest.mark.parametrize("amount", ["1.5万元", "一万五", "15000块", "1.5w元"])
def test_what_a_question_states_is_no_content_however_it_is_written(amount: str) -> None:
    question = analyse(f"创业补助是不是{amount}？")
    assert question.bigrams == analyse("创业补助是多少？").bigrams
    assert [quantity.low for quantity in question.stated] == [15000]


@pytest.mark.parametrize("share", ["万分之几", "千分之几", "百分之几", "几分之几", "几成", "百分之多少", "几个点"])
def test_a_share_asked_for_in_parts_is_asked_for_in_any(share: str) -> None:
    question = analyse(f"排污费的滞纳金每日{share}？")
    assert question.answer_type is AnswerType.NUMBER
    assert question.bigrams == analyse("排污费的滞纳金每日多少？").bigrams
    assert (question.searched, question.judged) == ("排污费的滞纳金每日多少？",) * 2
    assert gives_answer_type(question, "排污费按日加收5‰的滞纳金。")
    assert not gives_answer_type(question, "排污费滞纳金最多200元。")
