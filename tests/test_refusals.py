"""The small words around an answer."""

import pytest
from fakes import make_article

from rag.answering.refusals import REFUSALS, refusal, title_marks
from rag.datatypes import Status


@pytest.mark.parametrize(
    ("title", "marked"),
    [("青石桥通车", "《青石桥通车》"), ("《护学岗办法》解读", "《〈护学岗办法〉解读》")],
)
def test_a_title_within_a_title_has_single_marks(title: str, marked: str) -> None:
    assert title_marks(title) == marked


def test_a_refusal_says_which_kind_it_is_and_what_was_looked_at() -> None:
    near = [make_article("青石桥通车", "甲。"), make_article("《护学岗办法》解读", "乙。")]
    assert refusal(Status.INSUFFICIENT, near) == (
        REFUSALS[Status.INSUFFICIENT][0] + "查看过的最接近文章：《青石桥通车》、《〈护学岗办法〉解读》。"
    )
    assert refusal(Status.NO_EVIDENCE) == REFUSALS[Status.NO_EVIDENCE][0]
