from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.datatypes import Span
from rag.text.normalization import (
    SENTENCE_MAX,
    alnum_only,
    bigrams,
    ends_sentence,
    normalize,
    normalize_with_offsets,
    split_sentences,
)

# Any code point, half characters too; and text as documents hold it, which random code points never come near.
ANY = st.text(st.characters(), max_size=60)
WRITTEN = st.text(
    st.sampled_from("桥建筑三十五百元米第点0123．.，；。！”、 \n\u2028\x85\u200b\u00adab：一二是㎏"), max_size=900
)


def sentences(text: str) -> list[str]:
    return [text[span.start : span.end] for span in split_sentences(text)]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("１２％", "12%"),
        ("ＷｉＦｉ", "wifi"),
        ("部門", "部门"),
        ("發展", "发展"),
        ("5㎏", "5kg"),
        ("，", ","),
        ("。", "。"),
    ],
)
def test_width_case_and_traditional_glyphs_are_folded(source: str, expected: str) -> None:
    assert normalize(source) == expected


def test_a_radical_out_of_a_pdf_is_the_character_it_looks_like() -> None:
    assert normalize("⻨⻥⻦⻩⻬⻮⻳⻰ ⼀⽇⽔⾦") == "麦鱼鸟黄齐齿龟龙 一日水金"


@pytest.mark.parametrize(
    "unseen", ["\u200b", "\u00ad", "\u2060", "\ufeff", "\u202e", "\ufe0f", "\U000e0041", "\x08", "\u3164"]
)
def test_what_cannot_be_seen_stands_between_no_two_characters(unseen: str) -> None:
    assert normalize(f"每户1{unseen}200元") == "每户1200元"


def test_a_figure_with_something_unseen_in_it_leads_back_to_all_of_it() -> None:
    source = "补1\u200b200元"
    folded = normalize_with_offsets(source)
    assert folded.to_source(Span(1, 5)) == Span(1, 6)
    assert folded.from_source(Span(1, 6)) == Span(1, 5)


def test_half_a_character_is_folded_like_any_other() -> None:
    assert normalize("桥\ud83d") == "桥\ufffd"


@given(ANY | WRITTEN)
def test_both_ways_of_normalising_agree(text: str) -> None:
    assert normalize_with_offsets(text).text == normalize(text)


@given(ANY | WRITTEN)
def test_offsets_never_go_back_and_end_with_the_text(text: str) -> None:
    folded = normalize_with_offsets(text)
    assert list(folded.offsets) == sorted(folded.offsets)
    assert (len(folded.offsets), folded.offsets[-1]) == (len(folded.text) + 1, len(text))


@given(ANY | WRITTEN, st.data())
def test_a_normalised_span_comes_from_a_source_span_that_holds_it(text: str, data: st.DataObject) -> None:
    folded = normalize_with_offsets(text)
    start = data.draw(st.integers(0, len(folded.text)))
    end = data.draw(st.integers(start, len(folded.text)))
    source = folded.to_source(Span(start, end))
    assert folded.text[start:end] in normalize(text[source.start : source.end])
    if start < end:
        assert folded.from_source(source).holds(Span(start, end))


@given(ANY | WRITTEN, st.data())
def test_a_source_span_normalises_to_the_span_it_leads_to(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    folded = normalize_with_offsets(text)
    there = folded.from_source(Span(start, end))
    assert folded.text[there.start : there.end] == normalize(text[start:end])


def test_offsets_count_a_character_that_unfolds_into_two_once() -> None:
    folded = normalize_with_offsets("5㎏米")
    assert (folded.text, folded.offsets) == ("5kg米", (0, 1, 1, 2, 3))


def test_half_of_an_unfolded_character_leads_back_to_the_whole_of_it() -> None:
    assert normalize_with_offsets("5㎏米").to_source(Span(2, 4)) == Span(1, 3)


def test_an_empty_span_leads_back_to_an_empty_span() -> None:
    assert normalize_with_offsets("5㎏米").to_source(Span(3, 3)) == Span(2, 2)


def test_a_source_span_leads_to_all_that_it_unfolds_into() -> None:
    assert normalize_with_offsets("5㎏米").from_source(Span(1, 2)) == Span(1, 3)


def test_spans_of_plain_text_go_there_and_back_unchanged() -> None:
    folded = normalize_with_offsets("各部門聯合檢查")
    assert folded.text == "各部门联合检查"
    assert folded.to_source(folded.from_source(Span(1, 3))) == Span(1, 3)


def test_alnum_only_keeps_letters_digits_and_han_only() -> None:
    assert alnum_only("“部門”， １２％。wifi-6") == "部门12wifi6"


def test_bigrams_stop_at_punctuation_and_a_lone_character_counts_as_itself() -> None:
    assert bigrams("桥长12米。好") == ["桥长", "长1", "12", "2米", "好"]


def test_bigrams_of_punctuation_alone_are_none() -> None:
    assert bigrams("——！") == []


def test_sentences_end_at_their_marks() -> None:
    assert sentences("桥通了。真的吗？真的！走") == ["桥通了。", "真的吗？", "真的！", "走"]


def test_a_closing_quote_belongs_to_the_sentence_before_it() -> None:
    assert sentences("她说：“桥通了。”大家笑了。") == ["她说：“桥通了。”", "大家笑了。"]


def test_a_decimal_point_ends_nothing() -> None:
    assert sentences("桥长3.5公里。") == ["桥长3.5公里。"]


def test_blanks_around_a_sentence_are_left_out() -> None:
    assert split_sentences("  桥通了。 \n 走。") == [Span(2, 6), Span(9, 11)]


def test_spans_count_from_the_offset_given() -> None:
    assert split_sentences("桥通了。走。", offset=10) == [Span(10, 14), Span(14, 16)]


def test_a_semicolon_ends_an_item_of_an_enumeration_only() -> None:
    assert sentences("一是修桥；二是铺路。山高；水远。") == ["一是修桥；", "二是铺路。", "山高；水远。"]


@pytest.mark.parametrize("end", ["\n", "\r", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"])
def test_whatever_ends_a_line_ends_a_sentence(end: str) -> None:
    assert sentences(f"桥通了{end}路没有") == ["桥通了", "路没有"]


@pytest.mark.parametrize(
    ("sentence", "ends"),
    [
        ("修桥补路的村子都可以报名，" * 40, "报名，"),
        ("修桥、补路、" * 80, "、"),
        ("每座桥补助九百六十元水渠另算由村里报到镇里" * 30, "补助九百六十元"),
        ("桥面铺沥青护栏刷白漆由村里出工县里出料" * 30, "护栏刷白漆"),
        ("repair the bridge " * 40, "the"),
    ],
)
def test_a_sentence_without_an_end_is_cut_where_a_reader_would_breathe(sentence: str, ends: str) -> None:
    first, *_ = sentences(sentence)
    assert first.endswith(ends)
    assert len(first) <= SENTENCE_MAX


def test_dictation_is_cut_behind_each_quantity_so_that_a_quote_says_one_thing() -> None:
    clauses = ["修一座桥每座补助四千二百元", "种树由村里自己出工县里只出树苗每亩补助八百元", "验收合格的当月发放" * 30]
    assert sentences("".join(clauses)) == clauses


@pytest.mark.parametrize(
    "quantity",
    [
        "四千三百二十一元",
        "十五个工作日",
        "2026年",
        "1,234.5万元",
        "0571-8612345",
        "wence-desk",
        "百分之三十五",
        "第十二条",
    ],
)
def test_no_cut_parts_a_quantity_or_a_word_of_letters(quantity: str) -> None:
    for lead in range(285, 300):
        text = "桥" * lead + quantity + "桥" * 100
        assert any(quantity in sentence for sentence in sentences(text))


@given(ANY | WRITTEN, st.integers(0, 5))
def test_sentences_cover_the_text_in_order_and_are_no_longer_than_is_said(text: str, offset: int) -> None:
    spans = split_sentences(text, offset)
    assert all(0 < span.end - span.start <= SENTENCE_MAX for span in spans)
    assert all(one.end <= other.start for one, other in pairwise(spans))
    kept = "".join(text[span.start - offset : span.end - offset] for span in spans)
    assert "".join(kept.split()) == "".join(text.split())


def test_an_empty_text_has_no_sentences() -> None:
    assert split_sentences(" \n ") == []


@pytest.mark.parametrize("text", ["桥通了。", "“桥通了。”", "（桥通了！）", "如下：", "桥……", "真的？ "])
def test_where_a_sentence_may_stop(text: str) -> None:
    assert ends_sentence(text)


@pytest.mark.parametrize("text", ["桥通", "加快建设,", "“桥通”", "一是修桥；", ""])
def test_where_a_sentence_may_not_stop(text: str) -> None:
    assert not ends_sentence(text)
