"""The questions that the chat offers before anything was asked."""

import pytest
from fakes import make_article

from rag.answering.starter_questions import example_question
from rag.datatypes import Article, Kind


@pytest.mark.parametrize(
    ("article", "question"),
    [
        (
            make_article("让小店“开得久”", "甲。", kind=Kind.PROPOSAL, speaker="沈若溪"),
            "沈若溪对“让小店开得久”提出了哪些建议？",
        ),
        (make_article("护学岗补贴办法", "甲。", kind=Kind.POLICY), "《护学岗补贴办法》主要规定了什么？"),
        (make_article("青石桥通车", "甲。"), "“青石桥通车”是怎么回事？"),
        (make_article("让小店开得久", "甲。", kind=Kind.PROPOSAL), None),  # nobody to ask about
        (make_article("桥", "图为桥。", kind=Kind.CAPTION), None),
    ],
)
def test_an_article_is_asked_about_by_its_make(article: Article, question: str | None) -> None:
    assert example_question(article) == question
