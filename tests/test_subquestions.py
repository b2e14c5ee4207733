"""Questions asked in one, two things side by side, and what says only where to look."""

import pytest

from rag.question.subquestions import (
    asks_summary,
    is_comparison,
    means_named,
    split_each,
    split_parts,
    without_frame,
    without_order,
)


def test_two_questions_in_one_are_two_parts() -> None:
    assert split_parts("青石桥全长多少？通车仪式由谁主持？") == ["青石桥全长多少？", "通车仪式由谁主持？"]


def test_a_question_with_an_introduction_stays_whole() -> None:
    assert split_parts("我家住青石桥边上；通车仪式由谁主持？") == ["我家住青石桥边上；通车仪式由谁主持？"]


@pytest.mark.parametrize(
    "question",
    [
        "两家各有多少人？",
        "首批食堂和助餐点哪个多？",
        "两座桥哪座更长？",
        "甲区和乙区的做法有什么不同？",
        "建议和规定差多少？",
        "上限分别是多少？",
    ],
)
def test_a_question_that_sets_two_things_side_by_side_is_a_comparison(question: str) -> None:
    assert is_comparison(question)


@pytest.mark.parametrize(
    "question",
    [
        "全市有多少人？",
        "各县怎样申请？",
        "补贴标准是多少？",
        "哪个部门负责？",
        "都要带什么材料？",
        "都有哪些活动？",
        "哪个部门更换证件？",
        "各有关部门怎么做？",
    ],
)
def test_a_question_about_one_thing_is_no_comparison(question: str) -> None:
    assert not is_comparison(question)


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("北岸和南岸各有什么动静？", ["北岸有什么动静？", "南岸有什么动静？"]),
        ("一孩和二孩的补贴各是多少？", ["一孩的补贴是多少？", "二孩的补贴是多少？"]),
        (
            "我今年70岁，坐渡船和逛公园各能便宜多少？",
            ["我今年70岁，坐渡船能便宜多少？", "我今年70岁，逛公园能便宜多少？"],
        ),
        ("北岸和南岸的路修好了吗？", ["北岸和南岸的路修好了吗？"]),
        ("张三，李四和王五分别建议什么？", ["张三，李四和王五分别建议什么？"]),
        ("首批渡船和首批班车，哪个多？", ["首批渡船有多少？", "首批班车有多少？"]),
        ("北桥跟南桥哪座桥更长？", ["北桥有多长？", "南桥有多长？"]),
        ("渡口开航与码头开工哪件事在前，各是几号？", ["渡口开航是几号？", "码头开工是几号？"]),
        (
            "二孩托育补贴，委员提的数和通知定的数差多少？",
            ["二孩托育补贴，委员提的数是多少？", "二孩托育补贴，通知定的数是多少？"],
        ),
        (
            "租房补贴跟护学岗补贴这两个文件，有效期各到什么时候",
            ["租房补贴的有效期到什么时候？", "护学岗补贴的有效期到什么时候？"],
        ),
        ("北桥和南桥哪座先开工？", ["北桥什么时候开工？", "南桥什么时候开工？"]),
        ("公交和渡船哪个便宜？", ["公交多少钱？", "渡船多少钱？"]),
        ("柳渡县和白苇县哪个人口多？", ["柳渡县，人口是多少？", "白苇县，人口是多少？"]),
        ("一孩和二孩补贴差多少？", ["一孩补贴是多少？", "二孩补贴是多少？"]),
        (
            "根据去年的报告，比较北厂和南厂的产值，哪家的产值更高？",
            ["根据去年的报告，北厂的产值是多少？", "根据去年的报告，南厂的产值是多少？"],
        ),
        (
            "沈若溪和罗远都提到要设基金，分别是什么基金？",
            ["沈若溪提到要设基金，是什么基金？", "罗远提到要设基金，是什么基金？"],
        ),
        ("甲区和乙区哪个小区有多少人？", ["甲区和乙区哪个小区有多少人？"]),
        (
            "比较北岸公司和南岸公司的净利润，哪家公司的净利润更高？",
            ["北岸公司的净利润是多少？", "南岸公司的净利润是多少？"],
        ),
        (
            "比较北岸公司和南岸公司分别进行的改名时间，哪家公司改名时间更早？",
            ["北岸公司进行的改名时间是什么时候？", "南岸公司进行的改名时间是什么时候？"],
        ),
        (
            "北岸公司和南岸公司的大规模融资，哪家公司的融资金额更大？",
            ["北岸公司的大规模融资，融资金额是多少？", "南岸公司的大规模融资，融资金额是多少？"],
        ),
        (
            "北岸公司和南岸公司在2019年和2021年分别收购了哪些企业？",
            ["北岸公司在2019年收购了哪些企业？", "南岸公司在2021年收购了哪些企业？"],
        ),
        (
            "比较北岸公司和南岸公司启用新码头的时间，哪家公司更早？",
            ["北岸公司启用新码头的时间是什么时候？", "南岸公司启用新码头的时间是什么时候？"],
        ),
    ],
)
def test_what_is_asked_of_two_is_asked_of_each(question: str, parts: list[str]) -> None:
    assert split_each(question) == parts


@pytest.mark.parametrize(
    "question",
    [
        "社保卡和身份证在哪个大厅办？",
        "柳渡和白苇划到哪个高中？",
        "书法班和舞蹈班在哪个少年宫？",
        "住建局和城管局哪个局长负责？",
        "老年卡和学生卡是免费的吗，分别怎么办？",
        "老年卡和学生卡在哪里办，分别要什么材料？",
        "幼儿园和小学是同一天开学吗，分别是哪天？",
        "关于托育和养老，委员们分别提了哪些建议？",
        "沈若溪，罗景行和叶南乔分别建议什么？",
        "托育补贴，养老补贴和租房补贴分别是多少？",
        "柳渡和白苇在2024年和2025年的桃园面积，哪个县更大？",
        "养老金和低保在2024年和2025年都涨了吗？",
        "白内障和青光眼都有，一年最多报多少？",
    ],
)
def test_a_question_that_would_lose_a_part_stays_whole(question: str) -> None:
    assert split_each(question) == [question]


@pytest.mark.parametrize(
    ("question", "rest"),
    [
        ("结合北岸公司2023年的财务报告，总结其未来展望。", "未来展望。"),
        ("结合北岸公司2023年的财务报告，渡船增加了多少？", "北岸公司2023年渡船增加了多少？"),
        ("总结一下沈若溪对小店的建议", "沈若溪对小店的建议"),
        ("根据《护学岗补贴通知》，补贴多少钱？", "根据《护学岗补贴通知》，补贴多少钱？"),
        ("年终总结大会什么时候召开？", "年终总结大会什么时候召开？"),
        ("根据去年的报告，为什么？", "根据去年的报告，为什么？"),
    ],
    ids=[
        "of a summary the topic",
        "a frame, but not whose",
        "an order to sum up",
        "a title",
        "a word of the question",
        "little would be left",
    ],
)
def test_what_says_where_to_look_is_no_part_of_what_is_looked_for(question: str, rest: str) -> None:
    assert without_frame(question) == rest


@pytest.mark.parametrize(
    ("question", "rest"),
    [
        ("总结一下助餐服务的措施", "助餐服务的措施"),
        ("请概括", "请概括"),
        ("年终总结会在哪里开？", "年终总结会在哪里开？"),
    ],
)
def test_an_order_to_sum_up_is_no_part_of_what_is_looked_for(question: str, rest: str) -> None:
    assert without_order(question) == rest


@pytest.mark.parametrize(
    "question", ["结合北岸公司的财务报告，总结其未来展望。", "概括一下这份通知", "梳理渡口改造的经过"]
)
def test_a_summary_is_asked_for(question: str) -> None:
    assert asks_summary(question)


@pytest.mark.parametrize(
    ("question", "means"),
    [
        ("公司如何通过债务重组、大规模融资和重大投资来支持发展？", ["债务重组", "大规模融资", "重大投资"]),
        ("渡口怎样通过增加班次以及推出了月票，来方便居民？", ["班次", "月票"]),
        ("渡口如何通过增加班次来方便居民？", []),
        ("渡口通过了哪些验收？", []),
    ],
    ids=["three", "what is done left out", "one", "none"],
)
def test_the_means_that_a_question_names(question: str, means: list[str]) -> None:
    assert means_named(question) == means


@pytest.mark.parametrize("question", ["年终总结大会什么时候召开？", "渡口改造有哪些措施？"])
def test_no_summary_is_asked_for(question: str) -> None:
    assert not asks_summary(question)
