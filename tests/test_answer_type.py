"""The kind of thing that a question expects, and whether a text gives it."""

import pytest

from rag.question.analysis import analyse
from rag.question.answer_type import AnswerType, answer_type_of, holds_answer_type, is_yes_or_no
from rag.question.fit import gives_answer_type


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("咨询电话是多少？", AnswerType.PHONE),
        ("早上几点开门？", AnswerType.CLOCK),
        ("补贴什么时候发？", AnswerType.DATE),
        ("补贴多少钱？", AnswerType.AMOUNT),
        ("桥有多长？", AnswerType.NUMBER),
        ("滞纳金是每日万分之几？", AnswerType.NUMBER),
        ("這項建議是誰提的？", AnswerType.PERSON),
        ("在哪里办？", AnswerType.PLACE),
        ("有哪些条件？", AnswerType.LIST),
        ("申请的必备条件是什么？", AnswerType.LIST),
        ("骗取补贴如何处理？", AnswerType.LIST),
        ("办证都需要什么？", AnswerType.LIST),
        ("能打哪几种球？", AnswerType.LIST),
        ("是哪几位委员提的？", AnswerType.PERSON),
        ("要几个工作日？", AnswerType.NUMBER),
        ("为什么停工？", AnswerType.REASON),
        ("桥通车了吗？", AnswerType.ANYTHING),
    ],
)
def test_a_question_expects_one_kind_of_thing(question: str, expected: AnswerType) -> None:
    assert answer_type_of(question) is expected


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        (AnswerType.PHONE, "拨打0358-8211234"),
        (AnswerType.PHONE, "拨打１２３４５"),
        (AnswerType.CLOCK, "上午9:00开门"),
        (AnswerType.DATE, "1月16日发放"),
        (AnswerType.AMOUNT, "每月六百元"),
        (AnswerType.NUMBER, "全长120米"),
        (AnswerType.NUMBER, "按日加收万分之五"),
        (AnswerType.PERSON, "沈若溪提出"),
        (AnswerType.PERSON, "由县水务局承担"),
        (AnswerType.REASON, "桥。"),
    ],
)
def test_these_texts_hold_what_is_expected(expected: AnswerType, text: str) -> None:
    assert holds_answer_type(expected, text)


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        (AnswerType.PHONE, "补贴12345元"),
        (AnswerType.AMOUNT, "补贴提高了"),
        (AnswerType.CLOCK, "桥通了"),
        (AnswerType.NUMBER, "桥通了"),
        (AnswerType.PERSON, "费用80元，时限为15日，程序从简"),
    ],
)
def test_these_do_not(expected: AnswerType, text: str) -> None:
    assert not holds_answer_type(expected, text)


def test_a_day_of_the_week_is_no_number() -> None:
    assert answer_type_of("图书馆星期几不开门？") is AnswerType.ANYTHING


@pytest.mark.parametrize(
    ("question", "text", "gives"),
    [
        ("几年之内不准再报？", "两年内不得重新申报。", True),
        ("几年之内不准再报？", "追回资金5万元。", False),
        ("办理要几个工作日？", "材料齐全的3个工作日内办结。", True),
        ("一共几家？", "2026年开业。", False),
        ("乡镇有几个点？", "周一至周五，每天8:00至17:30开放。", False),
        ("乡镇有几个点？", "城区5个，乡镇7个。", True),
        ("有几方面功能？", "具有四方面功能：", True),
        ("合作期限是多久？", "两家医院1月8日签约。", False),
        ("合作期限是多久？", "合作为期3年。", True),
        ("通知的有效期多久？", "有效期至2027年12月31日。", True),
        ("什么时候签约？", "两家医院1月8日签约。", True),
        ("审批要多久？", "主管部门在15日内办结。", True),
        ("隐患多久整改？", "发现隐患当日整改。", True),
        ("大桥建成多久了？", "大桥2003年建成通车。", True),
        ("申报期限是哪天？", "申报于3月5日开始。", True),
        ("试用期多长？", "试用期为一年。", True),
        ("试用期多长？", "试用期满后定级。", False),
        ("大桥有多长？", "大桥全长120米。", True),
        ("复检可以做几次？", "复检只进行一次。", True),
        ("今年什么时候供热？", "今年新增供热面积310万平方米。", False),
        ("什么时候供热？", "今年就能供上热。", True),
        ("湿地什么时候建好？", "年底前建成湿地。", True),
        ("收粮收到什么时候？", "10月18日，秋粮收购启动。", False),
        ("收粮收到什么时候？", "收购持续到明年1月31日。", True),
        ("卖一次粮要多长时间？", "用手机预约，几点到几点卖。", False),
        ("游船要坐多长时间？", "首班7时30分开，每40分钟一班。", False),
        ("游船要坐多长时间？", "全程约70分钟。", True),
        ("展馆一天开多长时间？", "每天8时至17时开放。", True),
    ],
)
def test_a_length_of_time_answers_how_long(question: str, text: str, gives: bool) -> None:
    assert gives_answer_type(analyse(question), text) is gives


@pytest.mark.parametrize(
    ("question", "text", "gives"),
    [
        ("城市低保有多少人？", "低保标准为每人每月780元。", False),
        ("城市低保有多少人？", "享受低保的居民1.1万人。", True),
        ("有几家企业停产？", "停产企业占12%。", False),
        ("笔试在哪里考？", "笔试时间为5月16日上午。", False),
        ("笔试在哪里考？", "考点设在市一中。", True),
        ("宿舍建多大面积？", "三年内建成800套。", False),
        ("宿舍建多大面积？", "每套60平方米。", True),
        ("加工园投资多少钱？", "加工率提高到45%。", False),
        ("加工园投资多少钱？", "总投资3亿元。", True),
        ("医保补贴多少？", "补贴50%。", True),
        ("大桥花了多少钱？", "大桥不收费。", False),
        ("大桥花了多少钱？", "总投资3亿元。", True),
        ("过大桥多少钱？", "大桥不收费。", True),
        ("公寓租金多少？", "租金不高于市场价的七成。", True),
        ("举报打什么电话？", "可拨打96119举报。", True),
        ("举报打什么电话？", "已检查小区12345个。", False),
        ("一户能养几只鸽子？", "每户限养一只。", True),
        ("一户能养几只鸽子？", "每户都要登记。", False),
        ("住院报销比例是多少？", "全年最高报销400元。", False),
        ("住院报销比例是多少？", "甲类药品报销六成。", True),
        ("开考比例是多少？", "紧缺岗位可放宽至2∶1。", True),
        ("剪纸体验要钱吗？", "每场限30人，需要预约。", False),
        ("剪纸体验要钱吗？", "活动全部免费，每场限30人。", True),
        ("居民要出钱吗？", "由专营单位出资。", True),
    ],
)
def test_an_area_a_sum_a_telephone_number_and_what_something_costs_are_told_apart(
    question: str, text: str, gives: bool
) -> None:
    assert gives_answer_type(analyse(question), text) is gives


@pytest.mark.parametrize(
    ("question", "whether"),
    [
        ("桥通车了吗？", True),
        ("一个月能领800吧？", True),
        ("我妈已经82岁了，每月能领多少高龄津贴？", False),
        ("有没有补贴，在哪里领？", False),
        ("告诉我条件有哪些吧", False),
    ],
)
def test_whether_something_is_so_is_asked_by_itself(question: str, whether: bool) -> None:
    assert is_yes_or_no(question) == whether


@pytest.mark.parametrize("question", ["四条路子分别叫什么？", "三个社团都叫什么？", "三条线路都从哪儿到哪儿？"])
def test_the_names_and_places_of_several_things_are_a_list(question: str) -> None:
    assert answer_type_of(question) is AnswerType.LIST


def test_what_is_to_be_summed_up_is_a_list() -> None:
    assert answer_type_of("总结一下沈若溪的建议") is AnswerType.LIST


def test_a_share_of_ten_thousand_that_is_asked_for_is_given_by_a_share_alone() -> None:
    assert gives_answer_type(analyse("滞纳金是每日万分之几？"), "按日加收万分之五的滞纳金。")
    assert not gives_answer_type(analyse("滞纳金是每日万分之几？"), "每季度收取3次滞纳金。")
