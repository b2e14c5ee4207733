import pytest

from rag.datatypes import Span
from rag.text import bare, bigrams, ends_sentence, normalize, normalize_with_offsets, split_sentences


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


def test_bare_keeps_letters_digits_and_han_only() -> None:
    assert bare("“部門”， １２％。wifi-6") == "部门12wifi6"


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


def test_an_empty_text_has_no_sentences() -> None:
    assert split_sentences(" \n ") == []


@pytest.mark.parametrize("text", ["桥通了。", "“桥通了。”", "（桥通了！）", "如下：", "桥……", "真的？ "])
def test_where_a_sentence_may_stop(text: str) -> None:
    assert ends_sentence(text)


@pytest.mark.parametrize("text", ["桥通", "加快建设,", "“桥通”", "一是修桥；", ""])
def test_where_a_sentence_may_not_stop(text: str) -> None:
    assert not ends_sentence(text)
