"""Questions that an article answers by its make; the chat offers them before anything was asked."""

from rag.answering.refusals import title_marks
from rag.datatypes import Article, Kind


def example_question(article: Article) -> str | None:
    """A question that the article answers by its make: who suggests what, what a notice lays down, what happened."""
    if article.kind is Kind.PROPOSAL and article.speaker:
        return f"{article.speaker}对“{short_title(article.title)}”提出了哪些建议？"
    if article.kind is Kind.POLICY:
        return f"{title_marks(article.title)}主要规定了什么？"
    if article.kind in (Kind.NEWS, Kind.FEATURE):
        return f"“{short_title(article.title)}”是怎么回事？"
    return None


def short_title(title: str) -> str:
    return title.replace("“", "").replace("”", "")
