"""Which sentences speak of what is asked about."""

from decimal import Decimal

import pytest

from rag.answering.constraints import age_rules, covers_age, speaks_of_another, within_constraints
from rag.question.analysis import analyse
from tests.fakes import make_evidence


@pytest.mark.parametrize(
    ("question", "text", "another"),
    [
        ("城南污水处理厂投资多少？", "城北污水处理厂预计投资1.8亿元。", True),
        ("城南污水处理厂投资多少？", "城南污水处理厂总投资3.6亿元，城北污水处理厂1.8亿元。", False),
        ("城南污水处理厂投资多少？", "该工程总投资3.6亿元。", False),
        ("城南和城北污水处理厂投资多少？", "城北污水处理厂预计投资1.8亿元。", False),
        ("二期工程什么时候完工？", "一期工程2023年完工。", True),
        ("二期工程什么时候完工？", "一、二期工程2023年完工。", False),
        ("一孩补贴多少？", "生育二孩补贴1000元，一孩500元。", False),
        ("市财政补助多少？", "由省财政补助300元。", True),
        ("市财政补助多少？", "由省市县财政补助300元。", False),
        ("男职工陪产假几天？", "女职工产假158天。", True),
        ("公办幼儿园收多少钱？", "民办幼儿园每月2000元。", True),
        ("白沙县每亩补多少？", "青岭县每亩40元。", True),
        ("白沙县每亩补多少？", "青岭县每亩40元，白沙县55元。", False),
        ("白沙县每亩补多少？", "每亩40元。", False),
        ("云河市每亩补多少？", "青岭县每亩40元。", False),  # which may lie in it
        ("2026年每月补多少？", "2024年每月500元。", True),
        ("2026年每月补多少？", "2024年每月500元，2026年每月650元。", False),
        ("2026年产值多少？", "产值300亿元，比2025年增长5%。", False),
        ("我2020年退休，每月补多少？", "2024年每月500元。", False),
        ("今年改造多少个小区？", "去年完成改造102个。", True),
        ("今年改造多少个小区？", "今年改造86个，去年102个。", False),
        ("今年改造多少个小区？", "2026年改造86个，比上年少。", False),
        ("去年改造多少个小区？", "今年改造86个。", True),
        ("今年什么时候供热？", "今冬11月12日送热，明年3月15日结束。", False),
        ("今年比去年多改造多少个小区？", "去年完成改造102个。", False),
        ("大专生就业补贴多少？", "博士每月3000元、本科800元。", True),
        ("大专生就业补贴多少？", "专科毕业生每月补贴500元。", False),
        ("研究生就业补贴多少？", "硕士每月补贴2000元。", False),
        ("本科生就业补贴多少？", "专科毕业生到制造业就业的，每月补贴500元。", True),
        ("本科生就业补贴多少？", "博士每月3000元、本科800元。", False),
        ("职工医保报销多少？", "城乡居民医保报销70%。", True),
        ("现在有多少头母猪？", "当时，母猪只剩下47头。", True),
        ("现在有多少头母猪？", "如今，存栏母猪680头。", False),
        ("当时有多少头母猪？", "目前存栏母猪680头。", True),
        ("女职工退休年龄是多少？", "男职工退休年龄为63周岁。", True),
    ],
)
def test_a_sentence_that_names_another_of_the_kind_speaks_of_another(question: str, text: str, another: bool) -> None:
    assert speaks_of_another(analyse(question), text) is another


@pytest.mark.parametrize(
    ("text", "age", "covers"),
    [
        ("65周岁以上老年人免费乘车", 63, False),
        ("65周岁以上老年人免费乘车", 65, True),
        ("65岁（含）以上老年人", 66, True),
        ("60至64周岁老年人半价", 63, True),
        ("60至64周岁老年人半价", 65, False),
        ("60周岁—64周岁老年人半价", 60, True),
        ("未满18周岁", 18, False),
        ("不满3岁的婴幼儿", 2, True),
        ("年龄不超过35周岁", 38, False),
        ("年龄不超过35周岁", 35, True),
        ("6岁以下儿童", 6, True),
        ("年满十八周岁的公民", 17, False),
        ("八十岁至八十九岁每月100元，九十岁以上每月200元", 93, True),
        ("老年人免费乘车", 63, None),
        ("三岁的孩子", 3, None),
    ],
)
def test_the_ages_that_a_text_speaks_of(text: str, age: int, covers: bool | None) -> None:
    assert covers_age(text, Decimal(age)) is covers


def test_a_sentence_on_another_age_is_out_of_scope_where_one_speaks_of_the_age_that_is_asked_about() -> None:
    free, half, price = make_evidence("65周岁以上老年人免费乘车。", "60至64周岁老年人半价。", "票价2元。")
    assert within_constraints(analyse("我63岁，坐车要钱吗？"), [free, half, price]) == [half, price]
    assert within_constraints(analyse("我63岁，坐车要钱吗？"), [free, price]) == [free, price]
    assert within_constraints(analyse("老人坐车要钱吗？"), [free, half]) == [free, half]
    assert within_constraints(analyse("60岁和66岁的人坐车要钱吗？"), [free, half]) == [free, half]
    assert within_constraints(analyse("63岁坐车优惠多少？"), [free, price]) == [price]
    assert within_constraints(analyse("60岁以上坐车优惠多少？"), [free, price]) == [free, price]


def test_the_rules_on_an_age_are_those_that_hold_it_or_else_those_that_leave_it_out() -> None:
    free, half, price = evidence = make_evidence("65周岁以上老年人免费乘车。", "60至64周岁老年人半价。", "票价2元。")
    assert age_rules(analyse("我63岁，能免费坐车吗？"), evidence) == [half]
    assert age_rules(analyse("我40岁，能免费坐车吗？"), evidence) == [free, half]
    assert age_rules(analyse("老人能免费坐车吗？"), evidence) == []
    assert age_rules(analyse("我40岁，能免费坐车吗？"), [price]) == []


def test_a_rule_on_the_age_of_others_is_none() -> None:
    rules = make_evidence("医师岗位年龄不超过35周岁。", "护理岗位年龄不超过30周岁。")
    assert age_rules(analyse("护理岗位32岁能报吗？"), rules) == rules[1:]
    assert age_rules(analyse("医师岗位38岁能报吗？"), rules) == rules[:1]
    assert age_rules(analyse("32岁能报吗？"), rules) == rules[:1]


@pytest.mark.parametrize(
    ("question", "left"),
    [
        ("以前每月补多少？", ["原来的标准是每人每月1000元。"]),
        ("旧标准是多少？", ["原来的标准是每人每月1000元。"]),
        ("每月补多少？", ["每人每月补1500元。", "原来的标准是每人每月1000元。"]),
        ("5月1日以前每月补多少？", ["每人每月补1500元。", "原来的标准是每人每月1000元。"]),
    ],
)
def test_what_was_so_before_is_told_by_a_sentence_that_says_so(question: str, left: list[str]) -> None:
    sentences = [*make_evidence("每人每月补1500元。"), *make_evidence("原来的标准是每人每月1000元。")]
    assert [s.text for s in within_constraints(analyse(question), sentences)] == left


def test_where_nothing_is_said_of_before_everything_is_left() -> None:
    sentences = make_evidence("每人每月补1500元。")
    assert within_constraints(analyse("以前每月补多少？"), sentences) == sentences


@pytest.mark.parametrize(
    ("question", "left"),
    [
        ("街道有多少名代办员？", ["街道现有代办员12名。"]),
        ("街道计划增加到多少名代办员？", ["街道计划把代办员增加到20名。", "街道现有代办员12名。"]),
        ("小区有多少只手环？", ["街道计划把代办员增加到20名。", "街道现有代办员12名。"]),  # of which nothing is told
    ],
)
def test_what_is_planned_is_not_what_is_there(question: str, left: list[str]) -> None:
    sentences = [*make_evidence("街道计划把代办员增加到20名。"), *make_evidence("街道现有代办员12名。")]
    assert [s.text for s in within_constraints(analyse(question), sentences)] == left
