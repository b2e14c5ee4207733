import math

import pytest
from fakes import hits, make_article, make_passage, proposal, told

from rag.answering.answerability import (
    ABOUT_THRESHOLD,
    ANSWERABLE_THRESHOLD,
    RetrievalSignals,
    examine,
    only_suggests,
    p_answerable,
    weighted_coverage,
)
from rag.datatypes import Kind
from rag.question.analysis import analyse
from rag.reading.passages import split_passages


def test_coverage_weighs_rare_bigrams_more() -> None:
    idf = {"青石": 3.0, "石桥": 1.0}
    assert weighted_coverage(analyse("青石桥"), "青石路", lambda gram: idf[gram]) == 0.75


def test_a_question_in_the_first_passages_words_is_covered_whole() -> None:
    found = examine(analyse("青石桥通车"), hits(make_passage("昨日青石桥通车。")), cosine=0.8, searched=45)
    assert (found.cosine, found.passage_coverage, found.article_coverage) == (0.8, 1.0, 1.0)
    assert found.about > 0.9


def test_a_question_about_something_else_is_covered_by_nothing() -> None:
    found = examine(analyse("海洋牧场"), hits(make_passage("昨日青石桥通车。")), cosine=0.2, searched=45)
    assert (found.passage_coverage, found.article_coverage) == (0.0, 0.0)
    assert found.about < ABOUT_THRESHOLD


def test_no_hits_cover_nothing() -> None:
    assert examine(analyse("青石桥"), [], cosine=0.0, searched=45) == RetrievalSignals((), 0.0, 0.0, 0.0, 0, 0.0)


def test_the_best_of_many_passages_counts_for_less() -> None:
    few, many = (
        examine(analyse("青石桥"), hits(make_passage("青石桥通车。")), 0.5, searched).about for searched in (45, 4500)
    )
    assert many < few


def test_fewer_than_45_passages_count_as_45() -> None:
    assert examine(analyse("青石桥"), [], 0.0, searched=3).search_size == 0.0
    assert examine(analyse("青石桥"), [], 0.0, searched=90).search_size == pytest.approx(math.log(2))


def test_a_place_that_no_article_names_is_counted() -> None:
    found = examine(analyse("白苇县的护学岗补贴"), hits(make_passage("柳渡县发放护学岗补贴。")), 0.5, searched=45)
    assert found.missing_names == 1


def test_a_speakers_name_counts_as_words_of_the_article() -> None:
    article = make_article("小店", "减免租金。", kind=Kind.PROPOSAL, speaker="沈若溪")
    assert examine(analyse("沈若溪"), hits(*split_passages(article)), cosine=0.1, searched=45).passage_coverage == 1.0


def test_what_the_judge_reads_decides_whether_it_is_told() -> None:
    found = RetrievalSignals((), 0.5, 1.0, 1.0, 0, 0.0)
    passage = make_passage("青石桥全长120米。")
    low, high = (
        p_answerable(analyse("青石桥多长？"), found, [told(passage, "120米", p, c)])
        for p, c in ((0.02, -9.0), (0.95, 5.0))
    )
    assert low < ANSWERABLE_THRESHOLD < high


def test_a_text_without_a_number_tells_less_of_how_long() -> None:
    found = RetrievalSignals((), 0.5, 1.0, 1.0, 0, 0.0)
    with_number, without = (
        p_answerable(analyse("青石桥多长？"), found, [told(make_passage(text), "青石桥")])
        for text in ("青石桥全长120米。", "青石桥全长可观。")
    )
    assert with_number > without


def test_a_suggestion_does_not_tell_what_became_of_it() -> None:
    article = proposal("罗远", "设立冷链基金。").article
    assert only_suggests(analyse("罗远的建议采纳了没有？"), article)
    assert only_suggests(analyse("罗远提的那些，市里采纳了没有？"), article)
    assert not only_suggests(analyse("罗远建议设什么基金？"), article)
    assert not only_suggests(analyse("办托育机构要消防批准吗？"), article)
    assert not only_suggests(analyse("罗远的建议采纳了没有？"), make_article("答复", "罗远的建议已采纳。"))
