"""A follow-up with what it leans on put back; the steps with a model are in test_chatbot."""

import pytest

from rag.answering.answerability import RetrievalSignals
from rag.answering.follow_ups import is_faithful, standalone_question
from rag.question.analysis import Question, analyse

HISTORY = [("青石桥全长多少米？", "大桥全长120米。")]


def nothing_found(_: Question) -> RetrievalSignals:
    return RetrievalSignals((), 0.0, 0.0, 0.0, 0, 1)


@pytest.mark.parametrize(
    ("rewritten", "faithful"),
    [
        ("青石桥的总投资是多少？", True),
        ("总投资是多少？", False),  # takes nothing from what was said
        ("青石桥由谁养护？", False),  # asks for something else
        ("白石桥的总投资是多少？", False),  # 白 was never said
        ("", False),
    ],
)
def test_a_rewriting_keeps_the_question_and_adds_only_what_was_said(rewritten: str, faithful: bool) -> None:
    assert is_faithful(analyse(rewritten), analyse("它总投资呢？"), HISTORY) is faithful


def test_a_question_that_leans_on_nothing_stays_as_it_is() -> None:
    asked = standalone_question(analyse("护学岗每月补贴多少元？"), HISTORY, nothing_found, None, lambda: False)
    assert asked.text == "护学岗每月补贴多少元？"


def test_what_lies_between_leans_on_the_last_question_that_stands_alone() -> None:
    history = [*HISTORY, ("它总投资呢？", "3500万元。")]
    asked = standalone_question(analyse("那它由谁养护？"), history, nothing_found, None, lambda: False)
    assert asked.text == "青石桥全长多少米，那它由谁养护？"
