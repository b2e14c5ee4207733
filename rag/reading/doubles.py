"""The same article from two files: kept once, with the names of all that hold it."""

from collections.abc import Iterable
from dataclasses import replace

from rag.datatypes import Article
from rag.text.normalization import alnum_only


def without_doubles(articles: Iterable[Article]) -> list[Article]:
    """Each article once, in order. Of those whose titles and texts hold the same letters and figures the one of which most is known
    stays, and `copies` names the files of the others."""
    groups: dict[str, list[Article]] = {}
    for article in articles:
        groups.setdefault(f"{alnum_only(article.title)}\0{alnum_only(article.text)}", []).append(article)
    return [_one_of(group) for group in groups.values()]


def _one_of(group: list[Article]) -> Article:
    kept = max(group, key=_facts_known)
    names = {name for article in group for name in (article.source, *article.copies)} - {kept.source}
    return kept if tuple(sorted(names)) == kept.copies else replace(kept, copies=tuple(sorted(names)))


def _facts_known(article: Article) -> int:
    return sum(map(bool, (article.published, article.number, article.issuer, article.speaker, article.pages)))
