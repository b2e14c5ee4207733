"""Texts that the caller gives (`Chatbot.ask_over`) -> passages, each of an article of its own."""

from collections.abc import Sequence

from rag.datatypes import GIVEN, Article, Kind, Passage, Span
from rag.reading.structure import with_structure


def given_passages(texts: Sequence[str]) -> list[Passage]:
    return [given_passage(text, number) for number, text in enumerate(texts, start=1) if text.strip()]


def given_passage(text: str, number: int) -> Passage:
    """A text given by the caller as a passage of an article of its own."""
    article = Article(
        id=f"given-{number}",
        title=f"给定资料{number}",
        kind=Kind.NEWS,
        source=GIVEN,
        text=text,
        paragraphs=(Span(0, len(text)),),
    )
    return Passage(f"{article.id}#0", with_structure(article), Span(0, len(text)))
