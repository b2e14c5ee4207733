from decimal import Decimal

import pytest
from quantity_pairs import DIFFERENT, DIFFERENT_READ, SAME, SAME_READ, VAGUER

from rag.datatypes import Span
from rag.text.quantity_check import extract_quantities, is_torn, unsupported_quantities


def read(text: str) -> list[tuple[Decimal, str]]:
    return [(quantity.value, quantity.unit) for quantity in extract_quantities(text)]


def test_a_figure_has_its_value_unit_words_and_place_in_the_normalised_text() -> None:
    (quantity,) = extract_quantities("投资 １２ 万元")
    assert (quantity.low, quantity.high, quantity.unit, quantity.text, quantity.span) == (
        120000,
        120000,
        "元",
        "12万元",
        Span(2, 6),
    )


def test_a_date_is_its_year_and_its_month_with_its_day() -> None:
    (quantity,) = extract_quantities("2026年1月6日")
    assert (quantity.value, quantity.unit, quantity.text) == (Decimal(106), "月日", "2026年1月6日")
    assert quantity.date is not None
    assert quantity.date.year == 2026


def test_the_longer_reading_counts_where_two_overlap() -> None:
    assert read("百分之三十点五") == [(Decimal("30.5"), "%")]


def test_an_ordinal_is_not_a_count() -> None:
    assert read("第十三届") == [(Decimal(13), "第")]


def test_one_of_something_is_no_figure_in_chinese_numerals() -> None:
    assert read("一个部门、一项工作、一次讨论") == []


def test_the_number_of_a_list_item_is_no_figure() -> None:
    assert read("1. 补贴600元") == read("（1）补贴600元") == [(Decimal(600), "元")]


def test_markers_of_an_enumeration_are_no_figures() -> None:
    assert read("一是修桥，二要铺路，三、种树") == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("１２万元", "12万元"),
        ("12万元", "十二万元"),
        ("12万元", "120000元"),
        ("12万元", "120,000元"),
        ("3.5亿元", "35000万元"),
        ("三亿五千万元", "3.5亿元"),
        ("百分之三十", "30%"),
        ("30％", "30%"),
        ("百分之30.5", "30.5%"),
        ("一月六日", "1月6日"),
        ("九月九日", "9月9日"),
        ("十月二十九日", "10月29日"),
        ("二〇二六年", "2026年"),
        ("上午九点", "上午9点"),
        ("5位委员", "五名委员"),
        ("40公里", "40千米"),
        ("12所学校", "十二所学校"),
        ("第三届", "第3届"),
        ("一点五倍", "1.5倍"),
    ],
)
def test_two_ways_of_writing_one_figure_are_equal(one: str, other: str) -> None:
    assert (unsupported_quantities(one, other), unsupported_quantities(other, one)) == ([], [])


@pytest.mark.parametrize(
    ("statement", "quote", "missing"),
    [
        ("补贴800元", "补贴600元", ["800元"]),
        ("补贴600万元", "补贴600元", ["600万元"]),
        ("增长30%", "增长30个百分点", ["30%"]),
        ("满12岁", "满12年", ["12岁"]),
        ("1月16日", "1月6日", ["1月16日"]),
        ("2025年", "2026年", ["2025年"]),
        ("三十家", "十三家", ["三十家"]),
        ("1.5倍", "15倍", ["1.5倍"]),
        ("补贴600元，共3年", "补贴800元", ["600元", "3年"]),
    ],
)
def test_a_figure_that_the_quote_does_not_hold_is_named(statement: str, quote: str, missing: list[str]) -> None:
    assert unsupported_quantities(statement, quote) == missing


@pytest.mark.parametrize(("one", "other"), [*SAME, *SAME_READ])
def test_the_same_quantity_written_in_two_ways_agrees_both_ways(one: str, other: str) -> None:
    assert (unsupported_quantities(one, other), unsupported_quantities(other, one)) == ([], [])


@pytest.mark.parametrize(("statement", "quote"), VAGUER)
def test_a_statement_may_say_less_than_its_quote(statement: str, quote: str) -> None:
    assert unsupported_quantities(statement, quote) == []


@pytest.mark.parametrize(("statement", "quote"), VAGUER)
def test_what_may_be_left_out_is_a_figure_all_the_same(statement: str, quote: str) -> None:
    assert unsupported_quantities(statement, "没有数字的一句话") != []


@pytest.mark.parametrize(("statement", "quote"), [*DIFFERENT, *DIFFERENT_READ])
def test_another_unit_bound_sign_date_or_rate_is_another_figure(statement: str, quote: str) -> None:
    assert unsupported_quantities(statement, quote) != []


@pytest.mark.parametrize(
    "text", sorted({text for pair in (*SAME, *SAME_READ, *VAGUER, *DIFFERENT, *DIFFERENT_READ) for text in pair})
)
def test_every_statement_supports_itself(text: str) -> None:
    assert unsupported_quantities(text, text) == []


@pytest.mark.parametrize("hidden", ["\u200b", "\u00ad", "\u2060", "\ufeff"])
def test_characters_that_nobody_sees_change_no_figure(hidden: str) -> None:
    assert unsupported_quantities("不高于4800元", f"不高于4{hidden}800{hidden}元") == []


@pytest.mark.parametrize(
    "text",
    [
        "统一六国", "统一部署", "十分重要", "千家万户", "千方百计", "百姓", "万一", "三位一体", "第三方", "①提交申请 ②审核", "一是修桥，二要铺路",
        "队伍壮大", "大陆", "亿万群众", "三农工作", "五险一金", "两岸", "成立", "上一级", "双方", "四方", "十里铺", "PM2.5", "每周", "相比",
    ],
)  # fmt: skip
def test_words_with_numerals_in_them_hold_no_figure(text: str) -> None:
    assert extract_quantities(text) == []


def test_the_columns_of_a_table_stay_apart() -> None:
    assert read("甲 12 600元") == [(Decimal(12), ""), (Decimal(600), "元")]


def test_a_range_has_both_its_ends_and_the_unit_that_they_share() -> None:
    (quantity,) = extract_quantities("补助3至5万元")
    assert (quantity.low, quantity.high, quantity.unit, quantity.text) == (30000, 50000, "元", "3至5万元")


def test_what_bounds_a_number_what_it_is_for_each_and_which_way_it_goes_are_read() -> None:
    (quantity,) = extract_quantities("每人每月补贴不超过500元")
    assert (quantity.bound, quantity.per) == ("≤", frozenset({("人", 1), ("月", 1)}))
    assert [q.change for q in extract_quantities("增长5%，下降3%，降至2%")] == ["+", "-", "-到"]


def test_a_statement_without_figures_lacks_none() -> None:
    assert unsupported_quantities("桥通了", "桥长600米") == []


@pytest.mark.parametrize(
    ("statement", "quote", "agree"),
    [
        ("补助$800", "补助800元", False),
        ("补助€800", "补助800元", False),
        ("补助US$800", "补助HK$800", False),
        ("补助¥800", "补助800元", True),
        ("补助US$800", "补助800美元", True),
        ("亏损5万元", "盈利5万元", False),
        ("逆差5亿元", "顺差5亿元", False),
        ("人口净流入5万人", "人口净流出5万人", False),
        ("人口净流入5万人", "人口净流入5万人", True),
    ],
)
def test_a_currency_before_the_number_and_a_word_for_its_sign_are_read(statement: str, quote: str, agree: bool) -> None:
    assert (unsupported_quantities(statement, quote) == []) is agree


@pytest.mark.parametrize(
    ("short", "quote", "torn"),
    [
        ("三。", "按日加收千分之三的违约金。", True),
        ("二十", "低保户按百分之二十交费。", True),
        ("千分之三", "按日加收千分之三的违约金。", False),
        ("三", "按日加收千分之三的违约金，分三档计收，第一档三。", False),
        ("十二", "上牌点共有十二处。", True),
        ("十二处", "上牌点共有十二处。", False),
        ("镇卫生院", "由镇卫生院办理，每人5元。", False),
    ],
)
def test_a_piece_of_a_quantity_is_torn_from_it(short: str, quote: str, torn: bool) -> None:
    assert is_torn(short, quote) is torn
