from decimal import Decimal

import pytest

from rag.datatypes import Span
from rag.figures import Figure, chinese_number, extract_figures, unsupported_figures


def read(text: str) -> list[tuple[Decimal, str]]:
    return [(figure.value, figure.unit) for figure in extract_figures(text)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("三", "3"),
        ("十", "10"),
        ("十二", "12"),
        ("二十", "20"),
        ("两百零三", "203"),
        ("三万五千", "35000"),
        ("一亿零五百万", "105000000"),
        ("十二万亿", "12000000000000"),
        ("二〇二六", "2026"),
        ("一点五", "1.5"),
        ("三十点二五", "30.25"),
    ],
)
def test_chinese_numerals_are_read(text: str, value: str) -> None:
    assert chinese_number(text) == Decimal(value)


@pytest.mark.parametrize("text", ["", "桥", "三桥", "一点桥"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert chinese_number(text) is None


def test_a_figure_has_its_value_unit_words_and_place_in_the_normalised_text() -> None:
    assert extract_figures("投资 １２ 万元") == [Figure(Decimal(120000), "元", "12万元", Span(2, 6))]


def test_a_date_is_its_year_and_its_month_with_its_day() -> None:
    assert read("2026年1月6日") == [(Decimal(2026), "年"), (Decimal(106), "月日")]


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
        ("120多家", "120家"),
        ("第三届", "第3届"),
        ("一点五倍", "1.5倍"),
    ],
)
def test_two_ways_of_writing_one_figure_are_equal(one: str, other: str) -> None:
    assert (unsupported_figures(one, other), unsupported_figures(other, one)) == ([], [])


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
    assert unsupported_figures(statement, quote) == missing


def test_a_number_without_unit_agrees_with_any_unit() -> None:
    assert unsupported_figures("补贴是600", "补贴600元") == []


def test_a_statement_without_figures_lacks_none() -> None:
    assert unsupported_figures("桥通了", "桥长600米") == []
