"""Drafted statements become shown sentences; the steps around it are in test_chatbot."""

from dataclasses import replace
from datetime import date

import pytest
from fakes import FakeJudge, make_evidence

from rag.answering.builder import AnswerBuilder, is_piece, says_the_same
from rag.datatypes import Status
from rag.question.analysis import analyse

SOURCE = make_evidence("青石桥全长120米。总投资3500万元。详见《关于青石桥的通知》。")
HOW = analyse("青石桥建得怎么样？")


def builder() -> AnswerBuilder:
    return AnswerBuilder(HOW.text, HOW, "model", "index", date(2026, 11, 27))


@pytest.mark.parametrize(
    ("statement", "shown"),
    [
        ("根据资料，青石桥全长120米。", ["青石桥全长120米。"]),
        ("- 青石桥全长120米", ["青石桥全长120米。"]),
        ("青石桥全长130米。", []),  # no figure of its own
        ("资料未提及青石桥的造价。", []),
        ("桥。", []),
        ("《关于青石桥的通知》。", []),
    ],
)
def test_a_statement_is_shown_without_the_models_frame_or_not_at_all(statement: str, shown: list[str]) -> None:
    assert [s.text for s in builder().check(statement, HOW, SOURCE, None)] == shown


@pytest.mark.parametrize(("question", "shown"), [("青石桥建得怎么样？", 0), ("什么时候发布的？", 1)])
def test_a_signature_answers_only_who_asks_for_its_date(question: str, shown: int) -> None:
    run = AnswerBuilder(question, analyse(question), "model", "index", date(2026, 11, 27))
    (signed,) = make_evidence("青石市交通局 2026年1月5日")
    assert len([*filter(None, [run.quote(signed)])]) == shown


def test_what_was_said_is_not_said_again_and_counts_as_told() -> None:
    run = builder()
    for _ in range(2):
        run.check("青石桥全长120米。", HOW, SOURCE, None)
    assert ([s.text for s in run.sentences], run.covered) == (["青石桥全长120米。"], 2)


def test_the_same_words_are_cited_by_the_same_number() -> None:
    source = make_evidence("青石桥全长120米，宽9米，两侧设有人行道和无障碍坡道。")
    run = builder()
    for statement in ("青石桥全长120米。", "青石桥宽9米，两侧设有人行道。"):
        run.check(statement, HOW, source, None)
    assert [[c.number for c in s.citations] for s in run.sentences] == [[1], [1]]


def test_what_stands_in_the_passage_of_a_sentence_that_was_shown_goes_on_with_it() -> None:
    source = make_evidence("青石桥由县里来建，通车后方便两岸。工期两年，由本地工人来做。")
    run, far = builder(), FakeJudge(doubt=0.9)
    alone = run.check("工期两年，由本地工人来做。", HOW, [replace(e, score=1.0) for e in source], far)
    run.check("青石桥由县里来建，通车后方便两岸。", HOW, [replace(e, score=0.0) for e in source], far)
    after = run.check("工期两年，由本地工人来做。", HOW, [replace(e, score=1.0) for e in source], far)
    assert [[s.text for s in shown] for shown in (alone, after)] == [[], ["工期两年，由本地工人来做。"]]


@pytest.mark.parametrize(
    ("text", "said", "same"),
    [
        ("每餐补贴6元。", "每餐补贴6元。", True),
        ("每餐补贴6元。", "每餐补贴3元。", False),
        ("甲乙丙丁。", "戊己庚辛。", False),
    ],
)
def test_another_figure_is_another_thing(text: str, said: str, same: bool) -> None:
    assert says_the_same(text, said) is same


def test_an_item_out_of_a_sentence_is_a_piece_of_it() -> None:
    sentences = make_evidence("补贴用于购买课桌、修缮操场、添置图书和体育器材。")
    assert is_piece("修缮操场", sentences) is True
    assert is_piece("补贴用于购买课桌、修缮操场、添置图书和体育器材。", sentences) is False


def test_a_part_that_is_not_told_makes_the_answer_partial() -> None:
    run = builder()
    run.check("青石桥全长120米。", HOW, SOURCE, None)
    answer = run.finish([("谁来养护？", Status.INSUFFICIENT)])
    assert (answer.status, answer.note) == (Status.PARTIAL, "文章没有说明：谁来养护？")
